"""Time and memory of the eager engine beside its peers, as ratios in one run.

The work is one step of micrograd's moons demo: 100 points through MLP(2, [16, 16, 1]),
hinge loss plus L2, forward and backward. Each engine runs in processes of its own, in
turn, with the garbage collector on and scikit-learn imported, as learners have it; a
step's graph is dropped before the next, as when the step is a function.

    python benchmarks/engine_speed.py
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm import tqdm

ENGINES = ("micrograd", "microgpt-style", "micrograd-nn")
STEPS = {"micrograd": 5, "microgpt-style": 15, "micrograd-nn": 25}
NODES = 65_818
KEPT_GRAPHS = 10


def engine(name: str) -> tuple[Any, Any]:
    """The `Value` and `MLP` of that engine."""
    if name == "micrograd-nn":
        from micrograd_nn.engine import Value
        from micrograd_nn.nn import MLP

        return Value, MLP
    import micrograd.nn
    from micrograd.engine import Value as MicrogradValue

    if name == "micrograd":
        return MicrogradValue, micrograd.nn.MLP
    import peers

    micrograd.nn.Value = peers.Value
    return peers.Value, micrograd.nn.MLP


def moons_loss(name: str) -> Callable[[], Any]:
    """The function that records the demo's loss once."""
    from sklearn.datasets import make_moons

    value, mlp = engine(name)
    inputs, labels = make_moons(n_samples=100, noise=0.1, random_state=1)
    rows, signs = inputs.tolist(), (labels * 2 - 1).tolist()
    random.seed(1337)
    model = mlp(2, [16, 16, 1])

    def loss() -> Any:
        scores = [model(list(map(value, row))) for row in rows]
        hinges = [
            (1 + -y * score).relu() for y, score in zip(signs, scores, strict=True)
        ]
        return sum(hinges) * (1.0 / len(hinges)) + 1e-4 * sum(
            p * p for p in model.parameters()
        )

    return loss


def measured_seconds(name: str) -> dict[str, Any]:
    """The seconds of some steps, after one that warms up, and the loss."""
    sys.setrecursionlimit(100_000)  # for the recursive sorts
    loss = moons_loss(name)

    def step() -> float:
        start = time.perf_counter()
        total = loss()
        total.backward()
        return time.perf_counter() - start

    step()
    return {"seconds": [step() for _ in range(STEPS[name])], "loss": loss().data}


def measured_bytes(name: str) -> dict[str, float]:
    """The resident memory that one node of a recorded graph takes."""
    loss = moons_loss(name)
    loss()
    gc.collect()
    before = resident_bytes()
    kept = [loss() for _ in range(KEPT_GRAPHS)]
    return {"bytes": (resident_bytes() - before) / (len(kept) * NODES)}


def resident_bytes() -> int:
    """What the kernel says that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])  # on Linux
    return pages * resource.getpagesize()


def in_process(*arguments: str) -> dict[str, Any]:
    """What this script prints when it is run with those arguments."""
    command = [sys.executable, __file__, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def table(seconds: dict[str, list[float]], memory: dict[str, float]) -> str:
    """The result, as Markdown."""
    median = {name: statistics.median(times) for name, times in seconds.items()}
    ours = median["micrograd-nn"]
    rows = [
        f"| {name} | {median[name] * 1e3:.0f} ms | {median[name] / NODES * 1e6:.2f} µs "
        f"| {median[name] / ours:.2f} | {memory[name]:.0f} |"
        for name in ENGINES
    ]
    head = "| engine | step | per node | time over ours | bytes per node |"
    return "\n".join([head, "|---|--:|--:|--:|--:|", *rows])


def main() -> None:
    """Run the engines in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--bytes", choices=ENGINES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.seconds:
        print(json.dumps(measured_seconds(options.seconds)))
    elif options.bytes:
        print(json.dumps(measured_bytes(options.bytes)))
    else:
        report(options.rounds)


def report(rounds: int) -> None:
    """Measure all engines, in interleaved processes, and print what came out."""
    memory = {name: in_process("--bytes", name)["bytes"] for name in ENGINES}
    seconds: dict[str, list[float]] = {name: [] for name in ENGINES}
    losses = set()
    for name in tqdm(ENGINES * rounds, desc="moons step"):
        result = in_process("--seconds", name)
        seconds[name] += result["seconds"]
        losses.add(round(result["loss"], 9))
    assert len(losses) == 1, f"the engines disagree: {losses}"
    packages = ", ".join(f"{p} {version(p)}" for p in ("micrograd", "scikit-learn"))
    print(f"Python {platform.python_version()}, {packages}; loss {losses.pop()}; ")
    print(f"{NODES:,} nodes; medians over {rounds} interleaved processes each.\n")
    print(table(seconds, memory))


if __name__ == "__main__":
    main()
