"""Training by a compiled program: parameters in one array, a step in microseconds.

A program is recorded for one example, and runs many. Where layers mix examples, as
batch norm does, a whole batch is recorded as one example, anew for each size.

>>> from micrograd_nn.losses import mse_loss
>>> from micrograd_nn.nn import Neuron
>>> from micrograd_nn.optim import SGD
>>> from micrograd_nn.training.examples import read_examples
>>> model = Neuron(1, nonlin=False)
>>> model.w[0].data = 0.5
>>> batch = read_examples([[1.0], [2.0]], [2.0, 4.0])
>>> with Compiled(model, mse_loss, SGD(model.parameters(), lr=0.1)) as backend:
...     print([round(backend.step([batch]), 2) for _ in range(3)])
[5.62, 0.6, 0.1]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from micrograd_nn import epochs, functions
from micrograd_nn.compiler import compile
from micrograd_nn.losses import Loss
from micrograd_nn.nn import Module
from micrograd_nn.nn.running import collected
from micrograd_nn.optim import Optimizer
from micrograd_nn.training.backend import (
    PLAIN,
    Backend,
    only_input,
    quietly,
    total_weight,
    weighted_mean,
)
from micrograd_nn.training.eager import Eager
from micrograd_nn.training.examples import Array, Examples
from micrograd_nn.training.modes import in_mode
from micrograd_nn.training.settings import Settings


class Compiled(Backend):
    """Steps of a program.

    Args:
        model: As for `Backend`.
        loss: As for `Backend`.
        optimizer: As for `Backend`.
        settings: What seeds the random numbers of layers, and bounds the gradient.
        weighted: Whether examples have weights.
    """

    name = "compiled"

    def __init__(
        self,
        model: Module,
        loss: Loss,
        optimizer: Optimizer,
        settings: Settings = PLAIN,
        weighted: bool = False,
    ) -> None:
        super().__init__(model, loss, optimizer, settings)
        self._mixes, self._weighted = model.needs_batch, weighted
        self._running = model.buffers() if self._mixes else []
        self._told: list[Any] = []
        if self._mixes:
            function = _loss_of_batch(model, loss, self._told)
        else:
            function = _loss_of_example(model, loss, weighted)
        self._program = compile(function, optimizer.params, seed=settings.seed)
        self._training = self._program.training(
            optimizer, clip_norm=settings.clip_norm, clip_value=settings.clip_value
        )
        self._one_by_one = Eager(model, loss, optimizer, settings)
        self._evaluation = compile(_loss_and_outputs(model, loss), [])

    def __enter__(self) -> Self:
        self._training.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._training.__exit__(*error)

    def prepare(self, batch: Examples) -> None:
        """See `Backend.prepare`: both programs are recorded."""
        if len(batch) == 1 and not self._mixes:
            batch = batch.take([0, 0])  # an axis of examples, from the start
        self._program.prepare(self._arrays(batch, 1.0))
        with in_mode(self.model, False):
            self._has_program = not self.model.needs_batch
            self.check(batch)

    def check(self, examples: Examples) -> None:
        """See `Backend.check`: targets and indexes, without running anything."""
        if self._has_program:
            compiled, batch = self._evaluation.prepare(_in_order(examples))
            batch.check_indexes(compiled.limits)
            for domain in compiled.domains:
                batch.check_domain(*domain)

    def evaluate(self, examples: Examples) -> tuple[float, Any]:
        """See `Backend.evaluate`."""
        if not self._has_program:  # a batch of all is not worth one
            return self._one_by_one.evaluate(examples)
        self._evaluation.random = np.random.default_rng(self.settings.seed)
        with quietly():
            losses, outputs = self._evaluation(*_in_order(examples))
        return weighted_mean(losses, examples), outputs

    def write_back(self) -> None:
        """See `Backend.write_back`."""
        self._training.write_back()

    @property
    def random_state(self) -> Any:
        """Where its random numbers are, as JSON has it."""
        return self._program.random.bit_generator.state

    @random_state.setter
    def random_state(self, state: Any) -> None:
        self._program.random.bit_generator.state = state

    def _savepoint(self, batches: Sequence[Examples]) -> Any:
        running = [value.data for value in self._running]
        arrays = self._arrays(batches[0], 1.0)
        return self._training.savepoint(*arrays), self.random_state, running

    def _go_back(self, savepoint: Any) -> None:
        parameters, self.random_state, running = savepoint
        self._training.go_back(parameters)
        if running:
            epochs.assign(self._running, running)

    def _step(self, batches: Sequence[Examples]) -> float:
        return self._run(batches, self._training.step)

    def _find_gradient(self, batches: Sequence[Examples]) -> None:
        self._run(batches, self._training.accumulate)

    def _is_finite(self) -> bool:
        return self._training.is_finite()

    def _run(self, batches: Sequence[Examples], last: Callable[..., float]) -> float:
        """Accumulate the gradients of batches, and do something else with the last."""
        sizes = [1 if self._mixes else len(batch) for batch in batches]
        share = sum(sizes) / total_weight(batches)
        calls = [*[self._training.accumulate] * (len(batches) - 1), last]
        loss = 0.0
        for batch, size, call in zip(batches, sizes, calls, strict=True):
            loss += size * call(*self._arrays(batch, share))
            self._take_up()
        return loss / sum(sizes)

    def _arrays(self, batch: Examples, share: float) -> tuple[Array, ...]:
        """The arguments of the program; `share` is what a weight of 1 makes in it."""
        if not self._mixes and not self._weighted:
            return _in_order(batch)
        weights = np.ones(len(batch)) if batch.weights is None else batch.weights
        arrays = weights * share, batch.targets, *batch.inputs
        if not self._mixes:
            return arrays
        only_input(batch.inputs, self.model)
        return tuple(array[None] for array in arrays)

    def _take_up(self) -> None:
        """Have layers remember the statistics of the batch that was run."""
        if self._told:
            statistics = self._training.beside_loss
            for i, layer in enumerate(self._told):
                layer.update(statistics[i][0].tolist())


def _loss_of_example(model: Module, loss: Loss, weighted: bool) -> Callable[..., Any]:
    if weighted:
        return lambda weight, y, *x: weight * loss(model(*x), y)
    return lambda y, *x: loss(model(*x), y)


def _loss_of_batch(model: Module, loss: Loss, told: list[Any]) -> Callable[..., Any]:
    """A function of a batch: its loss, and what layers would remember of it.

    Args:
        model: The model.
        loss: The loss.
        told: Where to put the layers when it is recorded.
    """

    def loss_of_batch(weights: Any, y: Any, x: Any) -> Any:
        with collected() as found:
            outputs = model.batch(x)
        told[:] = [layer for layer, _ in found]
        columns = zip(weights, outputs, y, strict=True)
        losses = [weight * loss(output, target) for weight, output, target in columns]
        # By number in a dictionary: lists of one length would come back as one array.
        return functions.sum(losses), {
            i: numbers for i, (_, numbers) in enumerate(found)
        }

    return loss_of_batch


def _loss_and_outputs(model: Module, loss: Loss) -> Callable[..., Any]:
    def loss_and_outputs(y: Any, *x: Any) -> Any:
        outputs = model(*x)
        return loss(outputs, y), outputs

    return loss_and_outputs


def _in_order(examples: Examples) -> tuple[Array, ...]:
    """The arguments of a function of a target and of inputs."""
    return examples.targets, *examples.inputs
