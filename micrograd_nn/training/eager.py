"""Training one scalar at a time: slow, and open to the debugger at every op.

>>> from micrograd_nn.losses import mse_loss
>>> from micrograd_nn.nn import Neuron
>>> from micrograd_nn.optim import SGD
>>> from micrograd_nn.training.examples import read_examples
>>> model = Neuron(1, nonlin=False)
>>> model.w[0].data = 0.5
>>> backend = Eager(model, mse_loss, SGD(model.parameters(), lr=0.1))
>>> batch = read_examples([[1.0], [2.0]], [2.0, 4.0])
>>> [round(backend.step([batch]), 2) for _ in range(3)]
[5.62, 0.6, 0.1]
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np

from micrograd_nn import epochs, functions, recording, trees
from micrograd_nn.engine import Value
from micrograd_nn.losses import Loss
from micrograd_nn.nn import Module
from micrograd_nn.optim import Optimizer, clip_grad_norm_, clip_grad_value_
from micrograd_nn.training.backend import (
    PLAIN,
    Backend,
    only_input,
    quietly,
    total_weight,
    weighted_mean,
)
from micrograd_nn.training.examples import Array, Examples
from micrograd_nn.training.modes import in_mode
from micrograd_nn.training.settings import Settings


class Eager(Backend):
    """Forward, backward and step, as a loop by hand has them.

    Args:
        model: As for `Backend`.
        loss: As for `Backend`.
        optimizer: As for `Backend`.
        settings: What seeds the random numbers of layers, and bounds the gradient.
    """

    name = "eager"

    def __init__(
        self,
        model: Module,
        loss: Loss,
        optimizer: Optimizer,
        settings: Settings = PLAIN,
    ) -> None:
        super().__init__(model, loss, optimizer, settings)
        self._random = random.Random(settings.seed)
        self._values = [*optimizer.params, *model.buffers()]

    def prepare(self, batch: Examples) -> None:
        """See `Backend.prepare`: of one example."""
        self._try(batch, batch.targets[:1])

    def check(self, examples: Examples) -> None:
        """See `Backend.check`: the loss of one output and every target."""
        self._try(examples, examples.targets)

    def evaluate(self, examples: Examples) -> tuple[float, Any]:
        """See `Backend.evaluate`."""
        with self._evaluating():
            outputs = outputs_of(self.model, examples.inputs)
            losses = [loss.data for loss in self._losses(outputs, examples)]
        return weighted_mean(losses, examples), numbers_of(outputs)

    @property
    def random_state(self) -> Any:
        """Where its random numbers are, as JSON has it."""
        version, numbers, pending = self._random.getstate()
        return [version, list(numbers), pending]

    @random_state.setter
    def random_state(self, state: Any) -> None:
        version, numbers, pending = state
        self._random.setstate((version, tuple(numbers), pending))

    def _savepoint(self, batches: Sequence[Examples]) -> Any:
        numbers = [value.data for value in self._values]
        optimizer = self.optimizer.state, self.optimizer.steps
        return numbers, optimizer, self._random.getstate()

    def _go_back(self, savepoint: Any) -> None:
        numbers, optimizer, drawn = savepoint
        epochs.assign(self._values, numbers)
        self.optimizer.state, self.optimizer.steps = optimizer
        self._random.setstate(drawn)

    def _step(self, batches: Sequence[Examples]) -> float:
        loss = self._backward(batches)
        if self.settings.clip_norm is not None:
            clip_grad_norm_(self.optimizer.params, self.settings.clip_norm)
        if self.settings.clip_value is not None:
            clip_grad_value_(self.optimizer.params, self.settings.clip_value)
        self.optimizer.step()
        return loss

    def _find_gradient(self, batches: Sequence[Examples]) -> None:
        self._backward(batches)

    def _is_finite(self) -> bool:
        return all(math.isfinite(value.data) for value in self._values)

    def _backward(self, batches: Sequence[Examples]) -> float:
        """Set the gradient to that of the mean loss, which is returned."""
        self.model.zero_grad()
        self.optimizer.zero_grad()
        total, loss = total_weight(batches), 0.0
        with _drawing_from(self._random):
            for batch in batches:
                losses = self._losses(outputs_of(self.model, batch.inputs), batch)
                part = functions.sum(_weighed(losses, batch)) / total
                part.backward()
                loss += part.data
        return loss

    def _try(self, examples: Examples, targets: Array) -> None:
        with self._evaluating():
            outputs = first_outputs(self.model, examples.inputs)
            for target in targets.tolist():
                self.loss(outputs, target)

    def _losses(self, outputs: Sequence[Any], examples: Examples) -> list[Value]:
        pairs = zip(outputs, examples.targets.tolist(), strict=True)
        return [self.loss(output, target) for output, target in pairs]

    def _evaluating(self) -> AbstractContextManager[None]:
        return evaluating(self.model, self.settings.seed)


@contextmanager
def evaluating(model: Module, seed: int = 0) -> Iterator[None]:
    """Out of training, nothing recorded, and the same random numbers each time."""
    fresh = _drawing_from(random.Random(seed))
    with in_mode(model, False), recording.no_grad(), quietly(), fresh:
        yield


def outputs_of(model: Module, inputs: Sequence[Array]) -> list[Any]:
    """What a model gives for each example: Values, as it is called in a loop."""
    if model.needs_batch:
        return model.batch(only_input(inputs, model).tolist())
    columns = [array.tolist() for array in inputs]
    return [model(*row) for row in zip(*columns, strict=True)]


def first_outputs(model: Module, inputs: Sequence[Array]) -> Any:
    """What a model gives for the first example, beside another if it mixes them."""
    few = [array[: 2 if model.needs_batch else 1] for array in inputs]
    return outputs_of(model, few)[0]


def numbers_of(outputs: Sequence[Any]) -> Any:
    """The numbers of outputs, in an array if those of all examples are alike."""
    numbers = [
        trees.rebuilt(output, iter([value.data for value in trees.leaves(output)]))
        for output in outputs
    ]
    try:
        return np.array(numbers, dtype=float)
    except (TypeError, ValueError):  # dictionaries, or of different lengths
        return numbers


def _weighed(losses: list[Value], examples: Examples) -> list[Value]:
    if examples.weights is None:
        return losses
    weights = examples.weights.tolist()
    return [weight * loss for weight, loss in zip(weights, losses, strict=True)]


@contextmanager
def _drawing_from(generator: random.Random) -> Iterator[None]:
    """A context in which the module `random` draws from a generator of our own."""
    outside = random.getstate()
    random.setstate(generator.getstate())
    try:
        yield
    finally:
        generator.setstate(random.getstate())
        random.setstate(outside)
