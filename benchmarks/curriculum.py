"""What the lessons reach, and how long it takes, beside others in the same run.

Every lesson is trained by `fit`, compiled; then a step of it is timed, beside one of
the eager engine and, for three nets, of PyTorch. All start from the same parameters and
must agree on the first three losses to 1e-9. Last come the estimators, beside those of
scikit-learn.

    python benchmarks/curriculum.py
    python benchmarks/curriculum.py --lesson digits --rounds 5

Needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compiler_speed import TOLERANCE, WINDOW, timed, use_one_thread
from compiler_tables import microseconds, versions
from tqdm import tqdm

if TYPE_CHECKING:
    from curriculum_rows import Row

    from tests.curriculum.lesson import Lesson

Step = Callable[[], Any]
EAGER_SECONDS = 3.0  # after so many an eager step is not repeated


def steps_of(row: Row, lesson: Lesson, stack: ExitStack) -> dict[str, Step]:
    """A step on the first batch: compiled, eager, and in PyTorch if it is there."""
    from micrograd_nn.training.compiled import Compiled
    from micrograd_nn.training.data import read_data
    from micrograd_nn.training.eager import Eager
    from micrograd_nn.training.making import make_task
    from micrograd_nn.training.settings import Settings

    data = read_data(*lesson.train)
    batch = [data.sample.take(slice(lesson.batch_size))]
    settings = Settings(clip_norm=lesson.options.get("clip_norm"))
    steps: dict[str, Step] = {}
    for kind in (Compiled, Eager):
        model = copy.deepcopy(lesson.model)
        task = make_task(model, data, lesson.options.get("loss"))
        optimizer = lesson.optimizer(model.parameters())
        backend = kind(model, task.function, optimizer, settings)
        stack.enter_context(backend)
        steps[backend.name] = lambda backend=backend: backend.step(batch)
    if row.twin:
        from curriculum_torch import step_of

        steps["PyTorch"] = step_of(row.twin, lesson)
    return steps


def require_same_losses(row: Row) -> None:
    """Refuse to time steps that do not compute the same."""
    with ExitStack() as stack:
        steps = steps_of(row, row.lessons()[0], stack)
        for i in range(3):
            losses = {name: float(step()) for name, step in steps.items()}
            spread = max(losses.values()) - min(losses.values())
            assert spread <= TOLERANCE * max(losses.values()), f"step {i}: {losses}"


def seconds_of(step: Step) -> float:
    """The time of one step now."""
    count, seconds = 1, timed(step)
    while seconds < WINDOW:
        count = max(2 * count, int(1.1 * WINDOW / seconds * count))
        seconds = timed(step, count)
    return seconds / count


def step_seconds(row: Row, rounds: int) -> dict[str, float]:
    """The medians over interleaved rounds; eager once, if it takes long."""
    with ExitStack() as stack:
        steps = steps_of(row, row.lessons()[0], stack)
        for step in steps.values():
            step()
        times: dict[str, list[float]] = {name: [] for name in steps}
        for _ in range(rounds):
            for name, step in steps.items():
                if sum(times[name]) < EAGER_SECONDS:
                    times[name].append(seconds_of(step))
    return {name: statistics.median(each) for name, each in times.items()}


def line_of(row: Row, rounds: int) -> str:
    """A line of the table: the lesson is trained, and a step of it is timed."""
    lessons = row.lessons()
    seconds = sum(timed(lambda lesson=lesson: row.train(lesson)) for lesson in lessons)
    figure = row.figure(lessons)
    require_same_losses(row)
    times = step_seconds(row, rounds)
    ours, eager = times["compiled"], times["eager"]
    torch = f"{times['PyTorch'] / ours:.1f}" if row.twin else ""
    steps = lessons[0].epochs * lessons[0].steps
    return (
        f"| {row.title} | {figure} | {row.wanted} | {seconds / len(lessons):.2f} "
        f"| {steps:,} | {microseconds(ours)} | {eager / ours:,.0f} | {torch} |"
    )


def estimator_lines() -> list[str]:
    """Our perceptron and scikit-learn's, on its digits: accuracy and seconds."""
    from sklearn import neural_network
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    from micrograd_nn import estimators

    X, y = load_digits(return_X_y=True)
    lines, seconds = [], {}
    for module in (estimators, neural_network):
        name, found, times = module.__name__.split(".")[0], [], []
        for seed in range(3):
            parts = train_test_split(
                X / 16.0, y, test_size=0.2, random_state=seed, stratify=y
            )
            model = module.MLPClassifier((32,), random_state=seed)
            start = time.perf_counter()
            model.fit(parts[0], parts[2])
            times.append(time.perf_counter() - start)
            found.append(model.score(parts[1], parts[3]))
        seconds[name] = statistics.median(times)
        lines.append(
            f"| {name} | {' '.join(f'{x:.3f}' for x in found)} | {seconds[name]:.2f} "
            f"| {seconds[name] / seconds['micrograd_nn']:.2f} |"
        )
    return lines


def main() -> None:
    """Measure and print."""
    use_one_thread()
    sys.path.insert(0, str(Path(__file__).parent.parent))
    warnings.filterwarnings("ignore", "still learning|Stochastic Optimizer")
    from curriculum_rows import ROWS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lesson", default="", help="only those with this in the name")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    chosen = [row for row in ROWS if options.lesson in row.title]
    lines = [line_of(row, options.rounds) for row in tqdm(chosen)]
    print(f"{versions()} Medians of {options.rounds} interleaved rounds.\n")
    print("| lesson | figure | wanted | s | steps | µs a step | eager | PyTorch |")
    print("|---|---|---|--:|--:|--:|--:|--:|", *lines, sep="\n")
    if not options.lesson:
        print("\n| MLPClassifier((32,)) on digits | accuracy | s | over ours |")
        print("|---|---|--:|--:|", *estimator_lines(), sep="\n")


if __name__ == "__main__":
    main()
