"""The debugger's page: how long a step takes to repaint, beside drawing all anew.

A page of a graph that is not collapsed is opened in headless Chromium. A step is timed
with the layout that it forces, and then up to the next frame, painting and scrolling
included. Beside it in the same run: what a page without a memory would do, the whole
picture parsed and laid out again.

    python benchmarks/page_speed.py    # needs Chromium, and `make browser`
"""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from micrograd_nn import Value
from micrograd_nn.nn import MLP
from micrograd_nn.viz import debug

SIZES = {121: (3, 4, 4, 1), 984: (2, 16, 16, 1)}
MEASURE = """async rounds => {
  const picture = document.querySelector(".mg-node").closest("svg");
  const frame = () => new Promise(go => requestAnimationFrame(() => setTimeout(go)));
  const median = xs => xs.sort((a, b) => a - b)[xs.length >> 1];
  const times = { step: [], frame: [], anew: [] };
  for (let i = 1; i < rounds; i++) {
    show(Math.floor(i * (steps.length - 2) / rounds));
    await frame();
    let start = performance.now();
    show(now + 1);
    picture.getBoundingClientRect();
    times.step.push(performance.now() - start);
    await frame();
    times.frame.push(performance.now() - start);
    const twin = document.createElement("div");
    document.body.append(twin);
    start = performance.now();
    twin.innerHTML = picture.outerHTML;
    twin.querySelector(".mg-node").getBoundingClientRect();
    times.anew.push(performance.now() - start);
    twin.remove();
  }
  return Object.fromEntries(Object.entries(times).map(([k, xs]) => [k, median(xs)]));
}"""


def loss_of(sizes: tuple[int, ...]) -> Value:
    """The graph to step through."""
    random.seed(0)
    score = MLP(sizes[0], sizes[1:])([random.uniform(-1, 1) for _ in range(sizes[0])])
    return Value(0.0) + (score - 1.0) ** 2


def measured(chromium: Any, sizes: tuple[int, ...], folder: Path) -> dict[str, float]:
    """Milliseconds: medians over 60 steps spread over the pass."""
    path = debug(loss_of(sizes), collapse="none").save(folder / "page.html")
    tab = chromium.new_page(viewport={"width": 1180, "height": 700})
    tab.goto(path.as_uri())
    times: dict[str, float] = tab.evaluate(MEASURE, 60)
    return times


def main() -> None:
    """Print the table."""
    print(
        "| Values | step and layout | up to the next frame | all anew | step / anew |"
    )
    print("|--:|--:|--:|--:|--:|")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for count, sizes in SIZES.items():
            ms = measured(chromium, sizes, Path(folder))
            ratio = ms["step"] / ms["anew"]
            row = [f"{ms[key]:.1f} ms" for key in ("step", "frame", "anew")]
            print(f"| {count} | {' | '.join(row)} | {ratio:.2f} |")
        chromium.close()


if __name__ == "__main__":
    main()
