"""The training steps that `compiler_speed.py` measures: models, data, optimizers.

Each model is written with scalars, as a learner writes it, and says in `loss` what it
makes of one example. The eager engine runs that in a Python loop over the batch, the
compiler runs it as it stands; `arrays` has the same numbers for the array libraries.

>>> [workload.name for workload in WORKLOADS]
['moons', 'digits', 'mnist', 'gpt', 'gpt-16', 'cnn']
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from compiler_models import CNN, GPT, Classifier, Moons
from sklearn.datasets import load_digits, make_moons

from micrograd_nn import Value
from micrograd_nn.optim import SGD, Adam, Optimizer

SEED = 1337
BATCHES = 4  # that the steps take in turn
LETTERS = 26  # and after them the token that begins and ends a document


@dataclass(frozen=True)
class Workload:
    """One training step, to be done by all competitors.

    Attributes:
        name: What `--workload` calls it.
        title: What the table calls it.
        build: Makes the model, from the random numbers that come next.
        batches: The arrays of each batch; a step takes the next of them.
        optimizer: Makes the optimizer of the parameters.
        targets: By competitor, its least time over ours; for NumPy the largest of ours
            over its own. None where it is measured but nothing was promised.
        scaled: How many examples the scalar engines take, where a whole batch would
            take them too long; their times are scaled up to the batch.
        recorded: Whether the compiler gets the loss of the whole batch as one Value.
    """

    name: str
    title: str
    build: Callable[[], Any]
    batches: list[tuple[np.ndarray, ...]]
    optimizer: Callable[[Any], Optimizer]
    targets: dict[str, float | None]
    scaled: int | None = None
    recorded: bool = False

    def model(self) -> Any:
        """A new model, with the same numbers each time."""
        random.seed(SEED)
        return self.build()

    def arrays(self) -> dict[str, np.ndarray]:
        """The parameters of a new model, by name."""
        return {name: numbers(tree) for name, tree in self.model().named_arrays()}

    def hyperparameters(self) -> dict[str, Any]:
        """Those of the optimizer, such as `lr`."""
        return self.optimizer([Value(0.0)]).hyperparameters

    @property
    def batch_size(self) -> int:
        """The number of examples in a batch."""
        return len(self.batches[0][0])

    def first(self, examples: int) -> Workload:
        """The same step on the first examples of each batch only."""
        batches = [tuple(a[:examples] for a in batch) for batch in self.batches]
        return replace(self, batches=batches, scaled=None)


def numbers(tree: Any) -> np.ndarray:
    """The data of Values in nested lists, as an array."""
    if isinstance(tree, Value):
        return np.float64(tree.data)
    return np.array([numbers(branch) for branch in tree])


def digits(batch: int, shape: tuple[int, ...]) -> list[tuple[np.ndarray, ...]]:
    """Batches of scikit-learn's digits, pixels from 0 to 1, in images of `shape`."""
    images, labels = load_digits(return_X_y=True)
    count = BATCHES * batch
    pixels = (images[:count] / 16.0).reshape(BATCHES, batch, *shape)
    return list(zip(pixels, labels[:count].reshape(BATCHES, batch), strict=True))


def random_images(batch: int, pixels: int, classes: int) -> list[Any]:
    """Batches in the shape of MNIST; their numbers make no difference to the time."""
    rng = np.random.default_rng(SEED)
    return [
        (rng.random((batch, pixels)), rng.integers(0, classes, batch))
        for _ in range(BATCHES)
    ]


def documents(letters: int) -> list[tuple[np.ndarray, ...]]:
    """Made-up names of that many letters between two marks, one a batch."""
    rng = np.random.default_rng(SEED)

    def names() -> Iterator[list[int]]:
        for _ in range(BATCHES):
            yield [LETTERS, *rng.integers(0, LETTERS, letters).tolist(), LETTERS]

    return [(np.array([name]),) for name in names()]


def moons() -> list[tuple[np.ndarray, ...]]:
    """All points of micrograd's demo as the only batch, with labels -1 and 1."""
    points, labels = make_moons(n_samples=100, noise=0.1, random_state=1)
    return [(points, labels * 2.0 - 1.0)]


ADAM = partial(Adam, lr=0.01, betas=(0.85, 0.99), eps=1e-8)
GPT_STEP = Workload(
    name="gpt",
    title="GPT as microgpt, one document of 8 positions, Adam",
    build=GPT,
    batches=documents(7),
    optimizer=ADAM,
    targets={"eager": 350, "NumPy": 1.2, "PyTorch": 4.5, "JAX": 1.2},
)
WORKLOADS = [
    Workload(
        name="moons",
        title="moons, 100 points, MLP 2-16-16-1, SGD",
        build=partial(Moons, *(a.tolist() for a in moons()[0])),
        batches=moons(),
        optimizer=partial(SGD, lr=0.05),
        targets={
            "eager": 800,
            "micrograd": 10_000,
            "NumPy": 1.0,
            "NumPy, tuned": None,
            "PyTorch": 5.0,
            "JAX": None,
        },
        recorded=True,
    ),
    Workload(
        name="digits",
        title="digits, batch 32, MLP 64-32-10, SGD",
        build=partial(Classifier, 64, 32, 10),
        batches=digits(32, (64,)),
        optimizer=partial(SGD, lr=0.1),
        targets={
            "eager": 3_000,
            "micrograd": 50_000,
            "NumPy": 1.1,
            "NumPy, tuned": None,
            "PyTorch": 3.5,
            "JAX": 1.4,
        },
    ),
    Workload(
        name="mnist",
        title="MNIST's shape, batch 100, MLP 784-50-10, SGD",
        build=partial(Classifier, 784, 50, 10),
        batches=random_images(100, 784, 10),
        optimizer=partial(SGD, lr=0.1),
        targets={
            "eager": 15_000,
            "micrograd": 100_000,
            "NumPy": 1.1,
            "NumPy, tuned": None,
            "PyTorch": 1.25,
            "JAX": None,
        },
        scaled=2,
    ),
    GPT_STEP,
    replace(
        GPT_STEP,
        name="gpt-16",
        title="the same, 16 positions",
        batches=documents(15),
        targets=dict.fromkeys(GPT_STEP.targets),
    ),
    Workload(
        name="cnn",
        title="digits, batch 32, CNN of two 3x3 convolutions, SGD",
        build=CNN,
        batches=digits(32, (8, 8)),
        optimizer=partial(SGD, lr=0.1),
        targets={
            "eager": 1_000,
            "NumPy": 1.3,
            "NumPy, tuned": None,
            "PyTorch": 1.5,
            "JAX": None,
        },
    ),
]
