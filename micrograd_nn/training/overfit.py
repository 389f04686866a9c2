"""A test to run first: a net that cannot learn 20 examples by heart has a bug.

As in Stanford's CS231n (Karpathy and others): before you train on everything, overfit a
tiny subset, without regularization, to a loss of zero.

>>> import random
>>> from micrograd_nn.datasets import make_moons
>>> from micrograd_nn.nn import MLP
>>> random.seed(1)
>>> X, y = make_moons(100, return_X_y=True)
>>> print(overfit_tiny(MLP(2, [16, 16, 1]), X, y))
passed: 20 examples learned by heart (accuracy 1, loss ...
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd_nn.nn import Module
from micrograd_nn.optim import Adam
from micrograd_nn.ranges import whole_number
from micrograd_nn.training.callbacks import Callback, Logs
from micrograd_nn.training.examples import read_examples
from micrograd_nn.training.fitting import fit
from micrograd_nn.training.history import History

SMALL = 0.01  # what is left of the first loss when numbers are learned by heart
ADVICE = (
    "Look for targets that are shuffled against X, inputs on very different scales, a "
    "loss that does not fit the outputs, a layer whose gradient is 0, strong dropout, "
    "or too few neurons; and try another lr."
)


@dataclass(frozen=True)
class Overfitted:
    """Whether a few examples were learned by heart; true if so.

    Attributes:
        passed: Whether.
        examples: How many there were.
        loss: The last loss.
        accuracy: The last accuracy, for classes; else None.
        history: How it went.
    """

    passed: bool
    examples: int
    loss: float
    accuracy: float | None
    history: History

    def __bool__(self) -> bool:
        return self.passed

    def __str__(self) -> str:
        right = "" if self.accuracy is None else f"accuracy {self.accuracy:.3g}, "
        reached = (
            f"({right}loss {self.loss:.2g} after {len(self.history.epoch)} epochs)"
        )
        if self.passed:
            return f"passed: {self.examples} examples learned by heart {reached}"
        return f"failed: {self.examples} examples not learned {reached}. {ADVICE}"


class _UntilLearned(Callback):
    """Stops once everything is right and next to nothing is left of the loss."""

    sees_values = False
    learned = False

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Look at the epoch."""
        first = self.run.history.history["loss"][0]
        right = logs.get("accuracy", 1.0) == 1.0
        self.learned = right and logs["loss"] <= SMALL * max(first, 1.0)
        if self.learned:
            self.run.stop("learned by heart")


def overfit_tiny(
    model: Module,
    X: Any,
    y: Any,
    n: int = 20,
    *,
    loss: Any = None,
    lr: float = 0.01,
    epochs: int = 500,
    seed: int = 0,
) -> Overfitted:
    """Whether a copy of a model can learn a few examples by heart.

    The model itself is left as it is.

    Args:
        model: The model.
        X: Examples, as for `fit`.
        y: Their targets.
        n: How many of them to learn, drawn at random.
        loss: As for `fit`; not one that reads parameters of the model, since those
            are not the copy's.
        lr: The learning rate of Adam.
        epochs: How long to try.
        seed: Which examples are drawn.

    Returns:
        The result: true if all are right and the loss is below a hundredth of the
        first one, or of 1. Printed, it says what to look at.

    Raises:
        TypeError: As for `fit`.
        ValueError: As for `fit`.
        FloatingPointError: As for `fit`.
    """
    examples = read_examples(X, y)
    order = np.random.default_rng(whole_number(seed, "seed")).permutation(len(examples))
    few = examples.take(order[: whole_number(n, "n", 1)])
    twin, stop = copy.deepcopy(model), _UntilLearned()
    history = fit(
        twin,
        few.inputs if isinstance(X, tuple) else few.inputs[0],
        few.targets,
        loss=loss,
        optimizer=lambda parameters: Adam(parameters, lr=lr),
        epochs=epochs,
        batch_size=len(few),
        callbacks=[stop],
        verbose=0,
        seed=seed,
    )
    last = {name: numbers[-1] for name, numbers in history.history.items()}
    accuracy = last.get("accuracy")
    return Overfitted(stop.learned, len(few), last["loss"], accuracy, history)
