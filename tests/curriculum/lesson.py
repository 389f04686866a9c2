"""A `Lesson`: a net, what it learns from, and how."""

import math
import random
from dataclasses import dataclass, field
from typing import Any

from micrograd_nn.nn import Module
from micrograd_nn.optim import SGD, Adam
from micrograd_nn.training import fit, score


@dataclass(frozen=True, eq=False)
class Lesson:
    """A net, what it learns from, and how.

    Attributes:
        model: The net, as it starts.
        train: X and y to learn from.
        test: X and y that are new to it.
        optimizer: Makes one of parameters.
        epochs: How many.
        batch_size: How many examples a step takes.
        options: Others of `fit`.
    """

    model: Module
    train: tuple[Any, Any]
    test: tuple[Any, Any] | None
    optimizer: Any
    epochs: int
    batch_size: int = 32
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def steps(self):
        """How many steps an epoch has."""
        return math.ceil(len(self.train[1]) / self.batch_size)

    def fit(self, **others):
        """Train the net, and return the history."""
        arguments = {
            "optimizer": self.optimizer,
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "verbose": 0,
        }
        return fit(self.model, *self.train, **(arguments | self.options | others))

    def score(self):
        """How good the net is on what is new to it."""
        return score(self.model, *self.test)


def adam(lr):
    """An optimizer for `fit`."""
    return lambda params: Adam(params, lr=lr)


def sgd(lr):
    """Another."""
    return lambda params: SGD(params, lr=lr)


def seeded(seed, make):
    """What a function makes with the random numbers of that seed."""
    random.seed(seed)
    return make()
