"""How compiling grows: time by nodes, and instructions by batch, width and length.

The time of a node should stay the same, and so should the number of instructions.

    python benchmarks/compiler_scaling.py --largest 100000
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
from collections.abc import Iterable
from functools import partial
from typing import Any

from compiler_speed import timed, use_one_thread
from tqdm import tqdm

SIZES = {1: 1_000, 14: 10_000, 152: 100_000, 1_521: 1_000_000}  # points: about nodes
POINTS = (25, 50, 100, 200)
WIDTHS = (8, 16, 32, 64)
LETTERS = (3, 7, 15)


def moons_loss(points: int) -> tuple[Any, list[Any]]:
    """The recorded loss of that many points, and its parameters."""
    from compiler_models import Moons
    from sklearn.datasets import make_moons

    inputs, labels = make_moons(n_samples=points, noise=0.1, random_state=1)
    random.seed(1337)
    model = Moons(inputs.tolist(), (labels * 2.0 - 1.0).tolist())
    return model.loss(), model.parameters()


def compile_times(sizes: Iterable[int], repeats: int) -> list[str]:
    """A line for each size: nodes, median seconds and microseconds a node."""
    import micrograd_nn as mn
    from micrograd_nn.graph import topological_order

    gradient_of_new_program(mn, *moons_loss(1))  # loads what compiling needs
    lines = []
    for points in tqdm(list(sizes), desc="compile"):
        loss, params = moons_loss(points)
        nodes = len(topological_order(loss))
        gc.collect()
        first_gradient = partial(gradient_of_new_program, mn, loss, params)
        seconds = statistics.median(timed(first_gradient) for _ in range(repeats))
        lines.append(f"| {nodes:,} | {seconds:.4f} | {seconds / nodes * 1e6:.2f} |")
    return lines


def gradient_of_new_program(mn: Any, loss: Any, params: list[Any]) -> None:
    """Compile and run once, as the time of a compiler is felt."""
    mn.compile(loss, params).value_and_grad()


def moons_instructions(points: int) -> int:
    """Of the program of a recorded batch."""
    import micrograd_nn as mn

    loss, params = moons_loss(points)
    return len(mn.compile(loss, params).instructions)


def mlp_instructions(width: int) -> int:
    """Of the program of a classifier with that many hidden neurons."""
    from compiler_models import Classifier
    from compiler_workloads import digits

    return instructions_of(Classifier(64, width, 10), *digits(8, (64,))[0])


def gpt_instructions(letters: int) -> int:
    """Of the program of a document with that many letters between its marks."""
    from compiler_models import GPT
    from compiler_workloads import documents

    return instructions_of(GPT(), *documents(letters)[0])


def instructions_of(model: Any, *arrays: Any) -> int:
    """Of the program of a function of one example, after its first batch."""
    import micrograd_nn as mn

    program = mn.compile(model.loss)
    program.value_and_grad(*arrays)
    return len(program.instructions)


def main() -> None:
    """Measure and print."""
    use_one_thread()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=1_000_000, help="nodes")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    sizes = [points for points, nodes in SIZES.items() if nodes <= options.largest]
    print("| scalar nodes | seconds to compile | µs a node |\n|--:|--:|--:|")
    print("\n".join(compile_times(sizes, options.repeats)))
    print("\n| what grows | instructions |\n|---|---|")
    print(row("moons, points", POINTS, map(moons_instructions, POINTS)))
    print(row("MLP, hidden neurons", WIDTHS, map(mlp_instructions, WIDTHS)))
    positions = [letters + 1 for letters in LETTERS]
    print(row("GPT, positions", positions, map(gpt_instructions, LETTERS)))


def row(what: str, sizes: Iterable[int], counts: Iterable[int]) -> str:
    """A line of the second table."""
    pairs = zip(sizes, counts, strict=True)
    return f"| {what} | {', '.join(f'{size}: {count}' for size, count in pairs)} |"


if __name__ == "__main__":
    main()
