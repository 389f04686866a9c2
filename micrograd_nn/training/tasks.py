"""What is learned: classes, or numbers. It decides on the loss and on the accuracy.

>>> import numpy as np
>>> task = infer_task((3,), np.array([0, 2, 1]))
>>> task.loss, task.reason
('cross_entropy', '3 outputs and whole-number targets')
>>> task.hits(np.array([[0.0, 1.0, 5.0]]), np.array([2]))
array([ True])
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from micrograd_nn.choices import choice
from micrograd_nn.engine import Value
from micrograd_nn.losses import (
    LOSSES,
    Loss,
    binary_cross_entropy_with_logits,
    cross_entropy,
    multi_margin_loss,
    nll_loss,
)
from micrograd_nn.training.examples import Array, Examples

Hits = Callable[[Array, Array], Any]

OF_CLASSES = (cross_entropy, nll_loss, multi_margin_loss)


@dataclass(frozen=True)
class Task:
    """What is learned.

    Attributes:
        loss: The name of its loss.
        reason: Why that was chosen; empty if it was given.
        function: The loss of one example: from outputs and target to a Value.
        hits: Which outputs are right, given targets; None if that is not the question.
    """

    loss: str
    reason: str
    function: Loss
    hits: Hits | None


def task_of(loss: Any, shape: tuple[int, ...] | None, targets: Array) -> Task:
    """The task of somebody who gave a loss, or None for the one that fits.

    Args:
        loss: A name in `LOSSES`, a function of outputs and target, or None.
        shape: Of the outputs for one example; None if they are no array.
        targets: Some.

    Raises:
        ValueError: If there is no loss of that name.
    """
    if loss is None:
        return infer_task(shape, targets)
    function = choice(LOSSES, loss, "loss")
    known = function in LOSSES.values()
    hits = _hits_of(_innermost(function), shape, targets)
    name = getattr(_innermost(function), "__name__", type(function).__name__)
    return Task(name, "", _fitting(function) if known else function, hits)


def infer_task(shape: tuple[int, ...] | None, targets: Array) -> Task:
    """The task that outputs and targets look like.

    Whole numbers for several outputs each are classes; 0 and 1 for one output each are
    two classes; all else is a regression.

    Args:
        shape: As for `task_of`.
        targets: All of them.
    """
    loss: Any
    if _are_classes(shape, targets):
        count = shape[-1] if shape else 0
        reason, loss = f"{count} outputs and whole-number targets", cross_entropy
    elif _match(shape, targets) and np.isin(targets, (0, 1)).all():
        reason, loss = "one output for each target, 0 or 1", _BINARY
    else:
        reason, loss = "targets are neither classes nor 0 and 1", LOSSES["mse_loss"]
    hits = _hits_of(loss, shape, targets)
    return Task(loss.__name__, reason, _fitting(loss), hits)


def class_targets(examples: Examples, task: Task) -> Examples:
    """The examples, their classes as integers though they came as 2.0."""
    targets = examples.targets
    if task.hits is not _hit_by_class or targets.dtype.kind != "f":
        return examples
    return replace(examples, targets=targets.astype(np.intp))


def _fitting(loss: Loss) -> Loss:
    """The loss, for which one output in a list is as good as the output alone."""

    def fitting(outputs: Any, target: Any) -> Any:
        return loss(*_matched(outputs, target))

    return fitting


def _matched(outputs: Any, target: Any) -> tuple[Any, Any]:
    alone = not isinstance(target, list)
    if isinstance(outputs, list) and len(outputs) == 1 and alone:
        return outputs[0], target
    if isinstance(outputs, Value) and not alone and len(target) == 1:
        return outputs, target[0]
    return outputs, target


def _hits_of(loss: Any, shape: tuple[int, ...] | None, targets: Array) -> Hits | None:
    """How to tell which outputs are right; the loss may be one that is not known."""
    by_class = loss in OF_CLASSES or loss not in LOSSES.values()
    if by_class and _are_classes(shape, targets):
        return _hit_by_class
    if loss is _BINARY and np.isin(targets, (0, 1)).all():
        return _hit_by_logit
    two = _match(shape, targets) and np.isin(targets, (-1, 1)).all()
    return _hit_by_sign if two else None


def _are_classes(shape: tuple[int, ...] | None, targets: Array) -> bool:
    """Whether each target is the number of one of several outputs."""
    if shape is None or shape[:-1] != targets.shape[1:] or not shape or shape[-1] < 2:
        return False
    whole = bool((targets == np.floor(targets)).all())
    return whole and bool(targets.min() >= 0)


def _match(shape: tuple[int, ...] | None, targets: Array) -> bool:
    """Whether there is an output for each target."""
    return shape is not None and _no_ones(shape) == _no_ones(targets.shape[1:])


def _no_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[:-1] if shape[-1:] == (1,) else shape


def _hit_by_class(outputs: Array, targets: Array) -> Any:
    return outputs.argmax(axis=-1) == targets


def _hit_by_logit(outputs: Array, targets: Array) -> Any:
    return (outputs.reshape(targets.shape) > 0.0) == (targets > 0.5)


def _hit_by_sign(outputs: Array, targets: Array) -> Any:
    return (outputs.reshape(targets.shape) > 0.0) == (targets > 0.0)


def _innermost(loss: Any) -> Any:
    while isinstance(loss, functools.partial):
        loss = loss.func
    return loss


_BINARY = binary_cross_entropy_with_logits
