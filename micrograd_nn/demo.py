"""The demo: two nets trained on scalars alone, and pictures of what they learned.

`make demo`, or `python -m micrograd_nn demo`, trains MLP(2, [16, 16, 1]) on two
half-moons and MLP(64, [16, 10]) on scikit-learn's handwritten digits, one Value at a
time, and writes its pictures to `out/`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.functions import softmax
from micrograd_nn.losses import cross_entropy, hinge_loss
from micrograd_nn.nn import MLP, Neuron
from micrograd_nn.optim import Adam, Optimizer
from micrograd_nn.recording import no_grad
from micrograd_nn.viz import draw_dot
from micrograd_nn.viz.plots import decision_boundary, image_confidences, loss_curve

MOONS_STEPS = 30
DIGITS_EPOCHS = 3
BATCH = 16
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
    print(f"Time:   {time.perf_counter() - start:.0f} s, one scalar at a time")
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
    rows, signs = points.tolist(), (2 * labels - 1).tolist()
    model = MLP(2, [16, 16, 1])
    optimizer = Adam(model.parameters(), lr=0.05)
    losses = []
    for _ in _progress(range(MOONS_STEPS), "moons"):
        loss = hinge_loss([model(row) for row in rows], signs)
        losses.append(_step(loss, optimizer))
    with no_grad():
        hits = [
            (model(row).data > 0) == (y > 0) for row, y in zip(rows, signs, strict=True)
        ]
        boundary = decision_boundary(lambda point: model(point).data, points, signs)
    boundary.ax.set_title("Two half-moons, and where the net draws the line")
    files = [
        loss_curve({"moons, hinge loss": losses}).save(out / "moons_loss.png"),
        boundary.save(out / "moons_boundary.png"),
    ]
    return {"accuracy": sum(hits) / len(hits), "files": files}


def train_digits(out: Path, seed: int) -> dict[str, Any]:
    """Read handwritten digits of 8 by 8 pixels."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(
        images / 16.0, labels, test_size=HELD_OUT, random_state=seed, stratify=labels
    )
    model = MLP(64, [16, 10], initializer="he_uniform")
    optimizer = Adam(model.parameters(), lr=0.01)
    losses = []
    for rows, targets in _batches(train_x.tolist(), train_y.tolist()):
        loss = cross_entropy([model(row) for row in rows], targets)
        losses.append(_step(loss, optimizer))
    with no_grad():
        confidences = [[p.data for p in softmax(model(row))] for row in test_x.tolist()]
    guesses = [max(range(10), key=row.__getitem__) for row in confidences]
    hits = [guess == label for guess, label in zip(guesses, test_y, strict=True)]
    shown = _some_right_and_some_wrong(hits, 12)
    pictures = image_confidences(
        test_x[shown].reshape(-1, 8, 8), [confidences[i] for i in shown], test_y[shown]
    )
    files = [
        loss_curve({"digits, cross-entropy": losses}).save(out / "digits_loss.png"),
        pictures.save(out / "digits.png"),
    ]
    return {"accuracy": sum(hits) / len(hits), "files": files}


def _step(loss: Value, optimizer: Optimizer) -> float:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.data


def _batches(
    rows: list[Any], labels: list[int]
) -> Iterator[tuple[list[Any], list[int]]]:
    order = list(range(len(rows)))
    starts = range(0, len(rows), BATCH)
    for k in _progress(range(DIGITS_EPOCHS * len(starts)), "digits"):
        if k % len(starts) == 0:
            random.shuffle(order)
        chosen = order[starts[k % len(starts)] :][:BATCH]
        yield [rows[i] for i in chosen], [labels[i] for i in chosen]


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
