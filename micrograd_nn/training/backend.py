"""How a step is taken, whole or not at all: by a program, or one scalar at a time.

`compiled` and `eager` say how; both do the same, so that the loop need not know which.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self

import numpy as np

from micrograd_nn.anomaly import detect_anomaly, ignore_anomaly, is_detecting
from micrograd_nn.losses import Loss
from micrograd_nn.nn import Module
from micrograd_nn.optim import Optimizer
from micrograd_nn.training.examples import Array, Examples
from micrograd_nn.training.settings import Settings

PLAIN = Settings()


class Backend(ABC):
    """What trains and evaluates a model. In its context Values may lag behind.

    Args:
        model: The model, in training mode.
        loss: From the outputs for an example and its target to a Value.
        optimizer: Of some of its parameters.
        settings: What seeds random numbers, and bounds the gradient.

    Attributes:
        name: "compiled" or "eager".
        random_state: Where its random numbers are, as JSON has it.
    """

    name: str
    random_state: Any

    def __init__(
        self, model: Module, loss: Loss, optimizer: Optimizer, settings: Settings
    ) -> None:
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def step(self, batches: Sequence[Examples]) -> float:
        """One step along the gradient of all batches; returns their loss before it.

        The loss is the mean over examples, by their weights. If anything is raised,
        all is as it was before the step.

        Raises:
            FloatingPointError: If the loss or a parameter is not finite; it names the
                op, if one made it so.
        """
        before = self._savepoint(batches)
        try:
            with quietly():
                loss = self._step(batches)
            if math.isfinite(loss) and self._is_finite():
                return loss
            self._go_back(before)
            with detect_anomaly():
                self._find_gradient(batches)
            raise FloatingPointError(
                "the step made a parameter that is not finite"
                if math.isfinite(loss)
                else f"the loss is {loss}"
            )
        except BaseException:
            self._go_back(before)
            raise

    def write_back(self) -> None:
        """Bring Values and the optimizer up to date."""
        return None

    @abstractmethod
    def prepare(self, batch: Examples) -> None:
        """Try model and loss on a batch, without a step.

        Raises:
            Exception: What they raise.
        """

    @abstractmethod
    def check(self, examples: Examples) -> None:
        """Refuse targets that the loss will not take; the model is out of training.

        Raises:
            ValueError: Naming the first.
        """

    @abstractmethod
    def evaluate(self, examples: Examples) -> tuple[float, Any]:
        """The loss of examples, and the outputs; the model is out of training."""

    @abstractmethod
    def _savepoint(self, batches: Sequence[Examples]) -> Any:
        """All that a step changes."""

    @abstractmethod
    def _go_back(self, savepoint: Any) -> None:
        """Undo what was changed since."""

    @abstractmethod
    def _step(self, batches: Sequence[Examples]) -> float:
        """Take a step, and return the loss before it."""

    @abstractmethod
    def _find_gradient(self, batches: Sequence[Examples]) -> None:
        """Forward and backward, without a step."""

    @abstractmethod
    def _is_finite(self) -> bool:
        """Whether all parameters are."""


def quietly() -> AbstractContextManager[None]:
    """A context without warnings of nan and infinity; inside `detect_anomaly` none."""
    return nullcontext() if is_detecting() else ignore_anomaly()


def weighted_mean(losses: Any, examples: Examples) -> float:
    """The mean of losses by the weights of examples."""
    weights = np.ones(len(examples)) if examples.weights is None else examples.weights
    return float(np.asarray(losses, dtype=float).dot(weights)) / float(weights.sum())


def total_weight(batches: Sequence[Examples]) -> float:
    """How much the examples of a step count; 1 if they do not count at all."""
    return sum(batch.total_weight for batch in batches) or 1.0


def only_input(inputs: Sequence[Array], model: object) -> Array:
    """The one array of inputs of a model that mixes examples.

    Raises:
        ValueError: If there are several.
    """
    if len(inputs) > 1:
        raise ValueError(
            f"too many inputs: got {len(inputs)} arrays for {type(model).__name__}, "
            "which mixes examples; expected one array. Its batch(rows) takes one."
        )
    return inputs[0]
