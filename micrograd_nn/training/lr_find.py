"""A learning rate to start with: the range test, from tiny steps to divergence.

The learning rate grows by a factor with every batch; the loss falls, and then shoots up
(Smith, 2017, "Cyclical Learning Rates"). A tenth of where it was lowest is a good
start.

>>> import random
>>> from micrograd_nn.datasets import make_moons
>>> from micrograd_nn.nn import MLP
>>> random.seed(1)
>>> X, y = make_moons(200, noise=0.1, return_X_y=True)
>>> found = lr_find(MLP(2, [16, 16, 1]), X, y)
>>> 1e-3 < found.suggestion < 1.0
True
"""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from micrograd_nn.nn import Module
from micrograd_nn.ranges import in_range, whole_number
from micrograd_nn.training.backend import Backend
from micrograd_nn.training.batches import Batches
from micrograd_nn.training.checkpoint import require_module
from micrograd_nn.training.data import read_data
from micrograd_nn.training.examples import Examples
from micrograd_nn.training.making import (
    make_backend,
    make_batches,
    make_optimizer,
    make_task,
)
from micrograd_nn.training.modes import in_mode
from micrograd_nn.training.settings import Settings

KEPT = 0.8  # of the running mean of losses, in each step
TOO_MUCH = 4.0  # times the lowest loss: it has diverged


@dataclass(frozen=True)
class RangeTest:
    """What was found.

    Attributes:
        lrs: The learning rates, rising.
        losses: The loss at each, smoothed.
        suggestion: A tenth of the one where the loss was lowest.
    """

    lrs: list[float]
    losses: list[float]
    suggestion: float

    def __str__(self) -> str:
        span = f"{self.lrs[0]:.2g} to {self.lrs[-1]:.2g}"
        return f"suggested lr: {self.suggestion:.2g} ({len(self.lrs)} steps, {span})"


def lr_find(
    model: Module,
    X: Any,
    y: Any = None,
    *,
    loss: Any = None,
    optimizer: Any = "adam",
    low: float = 1e-6,
    high: float = 10.0,
    steps: int = 100,
    batch_size: int = 32,
    seed: int = 0,
    backend: str = "auto",
) -> RangeTest:
    """The learning rates of a sweep, their losses, and one to start with.

    A copy of the model is trained; the model itself is left as it is.

    Args:
        model: The model.
        X: As for `fit`.
        y: As for `fit`.
        loss: As for `fit`; not one that reads parameters of the model, since those
            are not the copy's.
        optimizer: As for `fit`, but no optimizer that was made already.
        low: The first learning rate, above 0.
        high: The last one, unless the loss diverges before.
        steps: How many batches there are from `low` to `high`.
        batch_size: As for `fit`.
        seed: As for `fit`.
        backend: As for `fit`.

    Raises:
        TypeError: As for `fit`.
        ValueError: As for `fit`; or if `low` is not below `high`.
    """
    require_module(model)
    low = in_range(low, "low", 0.0, in_range(high, "high"), "()")
    settings = Settings(batch_size, seed=seed)
    growth = (high / low) ** (1.0 / (whole_number(steps, "steps", 2) - 1))
    data, twin = read_data(X, y, epochs=2), copy.deepcopy(model)
    with in_mode(twin, True):
        task = make_task(twin, data, loss)
        data, made = data.for_task(task), make_optimizer(twin, optimizer)
        batches = make_batches(twin, data, settings)
        with make_backend(backend, twin, task, made, data, settings) as stepper:
            lrs = [low * growth**i for i in range(steps)]
            return _result(list(_sweep(stepper, batches, lrs)))


def _sweep(
    stepper: Backend, batches: Batches, lrs: list[float]
) -> Iterator[tuple[float, float]]:
    """Learning rates and smoothed losses, until those shoot up."""
    mean, lowest = 0.0, math.inf
    for count, (lr, batch) in enumerate(zip(lrs, _endless(batches), strict=False), 1):
        stepper.optimizer.lr = lr
        try:
            mean = KEPT * mean + (1.0 - KEPT) * stepper.step([batch])
        except FloatingPointError:
            return
        smooth = mean / (1.0 - KEPT**count)  # the mean starts at 0
        lowest = min(lowest, smooth)
        yield lr, smooth
        if smooth > TOO_MUCH * lowest:
            return


def _endless(batches: Batches) -> Iterator[Examples]:
    for epoch in itertools.count():
        yield from batches.epoch(epoch)


def _result(found: list[tuple[float, float]]) -> RangeTest:
    if not found:
        raise ValueError(
            "diverged at once: got a first step that is not finite; expected a loss. "
            "Pass a smaller low, or look at the data."
        )
    lrs, losses = map(list, zip(*found, strict=True))
    return RangeTest(lrs, losses, lrs[losses.index(min(losses))] / 10.0)
