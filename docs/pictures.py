"""The pictures and the page of the README, made anew: `make pictures`.

The screenshots need Chromium and the extra `browser`; without them, the rest is made.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from micrograd_nn import Value
from micrograd_nn.viz import debug, draw_dot

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "debugger.html"
SIZE = {"width": 1400, "height": 480}
STEP = 8  # the one that the README shows: a gradient gets its second contribution


def neuron() -> Value:
    """The neuron of the README."""
    w, x, b = Value(-1.5, label="w"), Value(3.0, label="x"), Value(5.0, label="b")
    y = (w * x + b).tanh()
    y.label = "y"
    y.backward()
    return y


def squared_error() -> Value:
    """One neuron and its loss, each step of it with a name."""
    w, x, b = Value(-1.5, label="w"), Value(3.0, label="x"), Value(5.0, label="b")
    target = Value(1.0, label="target")
    p = w * x
    s = p + b
    y = s.tanh()
    e = y - target
    loss = e * e
    names = {"p": p, "s": s, "y": y, "e": e, "loss": loss}
    for name, value in names.items():
        value.label = name
    return loss


def make(folder: Path = DOCS) -> None:
    """Write what needs no browser."""
    draw_dot(neuron(), engine="python").save(folder / "images" / "neuron.svg")
    debug(squared_error(), engine="python").save(folder / PAGE.name)


def photograph() -> None:
    """Take pictures of the page, in light and dark."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for scheme in ("light", "dark"):
            tab = chromium.new_page(
                viewport=SIZE, color_scheme=scheme, device_scale_factor=1.5
            )
            tab.goto(PAGE.as_uri())
            for _ in range(STEP):
                tab.keyboard.press("ArrowRight")
            tab.wait_for_timeout(500)
            tab.screenshot(path=DOCS / "images" / f"debugger-{scheme}.png")
        chromium.close()


if __name__ == "__main__":
    make()
    photograph()
