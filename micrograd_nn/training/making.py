"""What `fit` is told by name or by a function, made: optimizer, schedule, backend."""

from __future__ import annotations

import warnings
from typing import Any

from micrograd_nn.choices import choice
from micrograd_nn.nn import Module
from micrograd_nn.nn.examples import shape
from micrograd_nn.numbers import shortened
from micrograd_nn.optim import (
    OPTIMIZERS,
    Optimizer,
    Schedule,
)
from micrograd_nn.training.backend import Backend, only_input
from micrograd_nn.training.batches import Batches
from micrograd_nn.training.compiled import Compiled
from micrograd_nn.training.data import Data
from micrograd_nn.training.eager import Eager, evaluating, first_outputs
from micrograd_nn.training.examples import Examples
from micrograd_nn.training.modes import in_mode
from micrograd_nn.training.settings import Settings
from micrograd_nn.training.tasks import Task, task_of

BACKENDS = ("auto", "compiled", "eager")


def make_task(model: Module, data: Data, loss: Any) -> Task:
    """What is to be learned, by the loss or by the looks of outputs and targets."""
    with evaluating(model):
        outputs = first_outputs(model, data.sample.inputs)
    return task_of(loss, shape(outputs), data.sample.targets)


def make_optimizer(model: Module, given: Any) -> Optimizer:
    """An optimizer of the parameters of a model.

    Args:
        model: The model.
        given: A name in `OPTIMIZERS`, a function of parameters, or an optimizer.

    Raises:
        TypeError: If the function gives something else.
        ValueError: If there is none of that name, or it is one of another model.
    """
    if isinstance(given, Optimizer):
        optimizer = given
    else:
        optimizer = choice(OPTIMIZERS, given, "optimizer")(model.parameters())
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"not an optimizer: got {shortened(optimizer)} "
            f"({type(optimizer).__name__}) from optimizer={shortened(given)}; expected "
            "one. Pass a name, or a function such as lambda params: SGD(params, lr=1)."
        )
    if not set(optimizer.params) & set(model.parameters()):
        raise ValueError(
            f"another model's optimizer: got {optimizer!r}; expected one of parameters "
            f"of this {type(model).__name__}. Make it with model.parameters()."
        )
    return optimizer


def make_schedule(optimizer: Optimizer, given: Any) -> Schedule | None:
    """A schedule of an optimizer.

    Args:
        optimizer: The optimizer.
        given: A schedule of it, a function that makes one of it, or None.

    Raises:
        TypeError: If it is no schedule.
        ValueError: If it is one of another optimizer.
    """
    if given is None:
        return None
    callable_one = callable(given) and not isinstance(given, Schedule)
    schedule = given(optimizer) if callable_one else given
    if not isinstance(schedule, Schedule):
        raise TypeError(
            f"not a schedule: got schedule={shortened(given)} "
            f"({type(given).__name__}); expected one, or a function that makes one of "
            "the optimizer, such as lambda optimizer: StepLR(optimizer, 10)."
        )
    if schedule.optimizer is not optimizer:
        raise ValueError(
            f"another optimizer's schedule: got {schedule!r}; expected one of the "
            "optimizer that is used. Pass both, or a function of the optimizer."
        )
    return schedule


def make_batches(model: Module, data: Data, settings: Settings) -> Batches:
    """The batches of each epoch; of a model that mixes examples none is of one."""
    least = 2 if model.needs_batch else 1
    return data.batches(settings.batch_size, settings.order_seed, least)


def make_backend(
    given: str,
    model: Module,
    task: Task,
    optimizer: Optimizer,
    data: Data,
    settings: Settings,
) -> Backend:
    """What takes the steps: a program if the model can be compiled.

    Args:
        given: "auto", "compiled" or "eager".
        model: The model, in training mode.
        task: What it learns.
        optimizer: Its optimizer.
        data: What it is trained on, which is tried and checked.
        settings: What seeds random numbers and bounds the gradient.

    Raises:
        ValueError: If there is no such backend, or it cannot take the data.
        Exception: What model and loss raise.
    """
    if given not in BACKENDS:
        raise ValueError(
            f"no such backend: got backend={given!r} ({type(given).__name__}); "
            f"expected one of {', '.join(BACKENDS)}."
        )
    if model.needs_batch:
        only_input(data.sample.inputs, model)
    weighted = data.stream is not None or data.sample.weights is not None
    compiled = Compiled(model, task.function, optimizer, settings, weighted)
    eager = Eager(model, task.function, optimizer, settings)
    found = _prepared(
        given, compiled, eager, data.sample.take(slice(settings.batch_size))
    )
    with in_mode(model, False):
        for examples in filter(None, (data.sample, data.validation)):
            found.check(examples)
    return found


def _prepared(given: str, compiled: Compiled, eager: Eager, batch: Examples) -> Backend:
    """The backend that was asked for, tried with a batch."""
    if given == "eager":
        eager.prepare(batch)
        return eager
    try:
        compiled.prepare(batch)
    except Exception as error:
        if given == "compiled":
            raise
        eager.prepare(batch)  # what is wrong with either is raised here
        _warn_of_eager(eager.model, error)
        return eager
    return compiled


def _warn_of_eager(model: Module, error: Exception) -> None:
    warnings.warn(
        f"trained one scalar at a time, which is slow: got a {type(model).__name__} "
        f"that cannot be compiled ({error}). Pass backend='eager' if you like.",
        RuntimeWarning,
        stacklevel=5,
    )
