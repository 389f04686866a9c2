"""The steps of `compiler_workloads.py` one scalar at a time, and compiled.

The eager engine and the compiler take the same function of one example. micrograd
takes its own MLP, with `exp` and `log` made as its other ops are.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import cycle
from typing import TYPE_CHECKING, Any

import micrograd.nn
from compiler_models import moons_loss
from micrograd.engine import Value as Micrograd

import micrograd_nn as mn

if TYPE_CHECKING:
    from compiler_workloads import Workload

sys.setrecursionlimit(100_000)  # for micrograd's sort


def compiled_step(workload: Workload, stack: ExitStack) -> Callable[[], float]:
    """Our program in training, until `stack` closes."""
    model = workload.model()
    program = compiled(workload, model)
    optimizer = workload.optimizer(model.parameters())
    train = stack.enter_context(program.training(optimizer))
    arrays = [()] if workload.recorded else workload.batches
    batches = cycle(arrays)
    return lambda: train.step(*next(batches))


def compiled(workload: Workload, model: Any) -> Any:
    """Our program: of the recorded loss, or of the function of one example."""
    if workload.recorded:
        return mn.compile(model.loss(), model.parameters())
    return mn.compile(model.loss, model.parameters())


class ScalarStep:
    """A step of a scalar engine, in two parts.

    Args:
        losses: Records the mean loss of each next batch.
        params: The parameters.
        update: Moves them by their grads, and sets those to 0.
        scale: The examples of a batch over those that `losses` takes.
    """

    def __init__(
        self, losses: Iterator[Any], update: Callable[[], None], scale: float
    ) -> None:
        self.losses, self.update, self.scale = losses, update, scale

    def gradient(self) -> float:
        """Forward and backward; the loss."""
        loss = next(self.losses)
        loss.backward()
        return loss.data

    def __call__(self) -> float:
        """The whole step; the loss."""
        loss = self.gradient()
        self.update()
        return loss


def eager_step(workload: Workload) -> ScalarStep:
    """Our eager engine, in a loop over the batch."""
    model = workload.model()
    optimizer = workload.optimizer(model.parameters())

    def update() -> None:
        optimizer.step()
        optimizer.zero_grad()

    def loss(batch: Any) -> Any:
        if workload.recorded:
            return model.loss()
        return mean([model.loss(*example) for example in batch])

    return scalar_step(workload, loss, update)


def micrograd_step(workload: Workload) -> ScalarStep:
    """The package micrograd from PyPI, with gradient descent as in its demo."""
    mlp = micrograd_mlp(workload)
    lr = workload.hyperparameters()["lr"]

    def update() -> None:
        for p in mlp.parameters():
            p.data -= lr * p.grad
        mlp.zero_grad()

    def loss(batch: Any) -> Any:
        if workload.recorded:
            return moons_loss(mlp, *zip(*batch, strict=True), Micrograd)
        return mean([cross_entropy(mlp(x), y) for x, y in batch])

    return scalar_step(workload, loss, update)


def scalar_step(
    workload: Workload, loss: Callable[[Any], Any], update: Callable[[], None]
) -> ScalarStep:
    """A step on the first examples of each batch, as many as the workload says."""
    taken = workload.scaled or workload.batch_size
    rows = [
        list(zip(*(array[:taken].tolist() for array in batch), strict=True))
        for batch in workload.batches
    ]
    return ScalarStep(map(loss, cycle(rows)), update, workload.batch_size / taken)


def mean(losses: list[Any]) -> Any:
    """The mean, with any engine."""
    total = mn.sum(losses) if isinstance(losses[0], mn.Value) else sum(losses)
    return total * (1.0 / len(losses))


def micrograd_mlp(workload: Workload) -> Any:
    """The network class of micrograd, with the numbers of ours."""
    ours = workload.model()
    sizes = [len(layer.neurons) for layer in ours.mlp.layers]
    random.seed(0)
    mlp = micrograd.nn.MLP(len(ours.mlp.layers[0].neurons[0].w), sizes)
    for theirs, parameter in zip(mlp.parameters(), ours.parameters(), strict=True):
        theirs.data = parameter.data
    return mlp


def cross_entropy(logits: list[Micrograd], target: int) -> Micrograd:
    """The softmax cross-entropy, made from micrograd's ops and these two."""
    top = max(logit.data for logit in logits)
    total = sum(exp(logit - top) for logit in logits)
    return log(total) - (logits[target] - top)


def exp(x: Micrograd) -> Micrograd:
    """The exponential, as micrograd makes ops."""
    out = Micrograd(math.exp(x.data), (x,), "exp")

    def backward() -> None:
        x.grad += out.data * out.grad

    out._backward = backward
    return out


def log(x: Micrograd) -> Micrograd:
    """The logarithm, as micrograd makes ops."""
    out = Micrograd(math.log(x.data), (x,), "log")

    def backward() -> None:
        x.grad += out.grad / x.data

    out._backward = backward
    return out
