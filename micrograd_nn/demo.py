"""The demo: two nets written in scalars, compiled and trained, and what they learned.

`make demo`, or `python -m micrograd_nn demo`, trains MLP(2, [16, 16, 1]) on two
half-moons and MLP(64, [32, 10]) on scikit-learn's handwritten digits, and writes its
pictures to `out/`. A few steps of a copy of each are also taken one scalar at a time,
to compare.
"""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from micrograd_nn.compiler import compile
from micrograd_nn.engine import Value
from micrograd_nn.functions import softmax
from micrograd_nn.losses import cross_entropy, hinge_loss
from micrograd_nn.nn import MLP, Neuron
from micrograd_nn.optim import Adam
from micrograd_nn.viz import draw_dot
from micrograd_nn.viz.plots import (
    confusion_matrix,
    decision_boundary,
    history_curve,
    image_confidences,
    loss_curve,
    weight_images,
)

MOONS_STEPS = 300
DIGITS_EPOCHS = 20
BATCH = 32
HELD_OUT = 360  # of 1,797 digits


def run(folder: str | Path = "out", seed: int = 1) -> dict[str, float]:
    """Train both nets, write the pictures, and print and return the accuracies.

    Args:
        folder: Where to write; made if need be.
        seed: Of the weights and of the order of the examples.

    Raises:
        ImportError: If the packages of the extra `demo` are missing.
    """
    _require_packages()
    start = time.perf_counter()
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    random.seed(seed)
    drawn = [draw_neuron(out)]
    moons = train_moons(out)
    digits = train_digits(out, seed)
    drawn += [*moons.pop("files"), *digits.pop("files")]
    print("\nPictures:", *drawn, sep="\n  ")
    print(f"Moons:  accuracy {moons['accuracy']:.3f} on the 100 points it learned from")
    print(f"Digits: accuracy {digits['accuracy']:.3f} on {HELD_OUT} held-out images")
    print(f"Time:   {time.perf_counter() - start:.0f} s")
    return {"moons": moons["accuracy"], "digits": digits["accuracy"]}


def draw_neuron(out: Path) -> Path:
    """One neuron with two inputs, its values and its gradients."""
    neuron = Neuron(2, activation="tanh")
    inputs = [Value(2.0, label="x0"), Value(-1.0, label="x1")]
    for name, weight in zip(("w0", "w1"), neuron.w, strict=True):
        weight.label = name
    neuron.b.label = "b"
    output = neuron(inputs)
    output.label = "out"
    output.backward()
    path = out / "neuron.svg"
    draw_dot(output).save(path)
    return path


def train_moons(out: Path) -> dict[str, Any]:
    """Tell two half-moons apart."""
    from sklearn.datasets import make_moons

    points, labels = make_moons(n_samples=100, noise=0.1, random_state=1)
    signs = 2 * labels - 1
    model = MLP(2, [16, 16, 1])
    optimizer = Adam(model.parameters(), lr=0.05)
    program = compile(lambda x, y: hinge_loss(model(x), y))
    _compare("moons", model, hinge_loss, points, signs)
    with program.training(optimizer) as train:
        steps = _progress(range(MOONS_STEPS), "moons")
        losses = [train.step(points, signs) for _ in steps]
    score = compile(model)
    boundary = decision_boundary(score, points, signs)
    boundary.ax.set_title("Two half-moons, and where the net draws the line")
    files = [
        loss_curve({"moons, hinge loss": losses}).save(out / "moons_loss.png"),
        boundary.save(out / "moons_boundary.png"),
    ]
    hits = (score(points) > 0) == (signs > 0)
    return {"accuracy": float(hits.mean()), "files": files}


def train_digits(out: Path, seed: int) -> dict[str, Any]:
    """Read handwritten digits of 8 by 8 pixels."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(
        images / 16.0, labels, test_size=HELD_OUT, random_state=seed, stratify=labels
    )
    model = MLP(64, [32, 10], initializer="he_uniform")
    optimizer = Adam(model.parameters(), lr=0.005)
    program = compile(lambda x, y: cross_entropy(model(x), y))
    _compare("digits", model, cross_entropy, train_x[:BATCH], train_y[:BATCH])
    program(train_x[:BATCH], train_y[:BATCH])
    print(f"\nWhat was found in the scalars of the digits' loss:\n\n{program}\n")
    classify = compile(lambda x: softmax(model(x)))
    history: dict[str, list[float]] = {"loss": [], "val_loss": [], "val_accuracy": []}
    with program.training(optimizer) as train:
        for batches in _epochs(len(train_x)):
            losses = [train.step(train_x[i], train_y[i]) for i in batches]
            guesses = classify(test_x).argmax(axis=1)
            history["loss"].append(sum(losses) / len(losses))
            history["val_loss"].append(program(test_x, test_y).mean())
            history["val_accuracy"].append((guesses == test_y).mean())
    confidences = classify(test_x)
    confusion = confusion_matrix(test_y, confidences.argmax(axis=1))
    shown = _some_right_and_some_wrong(confidences.argmax(axis=1) == test_y, 12)
    pictures = image_confidences(
        test_x[shown].reshape(-1, 8, 8), confidences[shown], test_y[shown]
    )
    files = [
        pictures.save(out / "digits.png"),
        confusion.save(out / "digits_confusion.png"),
        history_curve(history).save(out / "digits_history.png"),
        weight_images(model.layers[0]).save(out / "digits_weights.png"),
    ]
    return {"accuracy": confusion.data["accuracy"], "files": files}


def _compare(
    name: str, model: MLP, loss: Callable[..., Value], inputs: Any, targets: Any
) -> None:
    """Print how long a step takes one scalar at a time, and how long compiled."""
    twin = copy.deepcopy(model)  # the real one is to be trained from its start
    optimizer = Adam(twin.parameters())
    program = compile(lambda x, y: loss(twin(x), y))

    def eager() -> None:
        optimizer.zero_grad()
        loss([twin(row) for row in inputs.tolist()], targets.tolist()).backward()
        optimizer.step()

    slow = median(_seconds(eager) for _ in range(3))
    with program.training(optimizer) as train:
        first = _seconds(lambda: train.step(inputs, targets))
        quick = median(_seconds(lambda: train.step(inputs, targets)) for _ in range(99))
    print(
        f"{name}: a step takes {slow * 1e3:.0f} ms one scalar at a time, "
        f"{quick * 1e3:.3f} ms compiled ({slow / quick:,.0f} times faster); "
        f"compiling took {first * 1e3:.0f} ms"
    )


def _seconds(function: Callable[[], Any]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _epochs(count: int) -> Iterator[list[list[int]]]:
    """For each epoch its batches, each a list of examples, shuffled anew."""
    order = list(range(count))
    for _ in _progress(range(DIGITS_EPOCHS), "digits"):
        random.shuffle(order)
        yield [order[i : i + BATCH] for i in range(0, count, BATCH)]


def _some_right_and_some_wrong(hits: Sequence[bool], count: int) -> list[int]:
    wrong = [i for i, hit in enumerate(hits) if not hit][: count // 3]
    right = [i for i, hit in enumerate(hits) if hit][: count - len(wrong)]
    return right + wrong


def _progress(steps: range, name: str) -> Any:
    from tqdm import tqdm

    return tqdm(steps, desc=name)


def _require_packages() -> None:
    missing = [p for p in ("matplotlib", "sklearn", "tqdm") if find_spec(p) is None]
    if missing:
        raise ImportError(
            f"the demo needs more packages: got no {', '.join(missing)}; expected the "
            "extra `demo`. Run: pip install 'micrograd-nn[demo]'"
        )
