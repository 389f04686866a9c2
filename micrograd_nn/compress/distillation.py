"""Distillation: a student learns from the answers of a teacher, not from labels.

A label says that this is a 3. A teacher also says that it is nearly an 8 and no 1 at
all, and that is most of what it knows (Hinton, Vinyals and Dean, 2015, "Distilling the
Knowledge in a Neural Network"). So a student learns from few examples; it even learns
of a class of which it saw none, from what other examples have of it.

>>> from micrograd_nn.nn import Identity, Linear
>>> teacher = Identity()  # its logits are what it is given
>>> soft_targets(teacher, [[4.0, 2.0, -4.0]], temperature=1.0).round(3)
array([[0.881, 0.119, 0.   ]])
>>> soft_targets(teacher, [[4.0, 2.0, -4.0]], temperature=4.0).round(3)
array([[0.574, 0.348, 0.078]])
>>> student = Linear(3, 3)
>>> history = distil(student, teacher, [[4.0, 2.0, -4.0]], epochs=3, verbose=0)
>>> history.epoch
[0, 1, 2]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.datasets import one_hot
from micrograd_nn.losses import distillation_loss
from micrograd_nn.nn import Module
from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import in_range
from micrograd_nn.training import History, fit, predict

Floats = NDArray[np.float64]


def soft_targets(teacher: Module, X: Any, temperature: float = 4.0) -> Floats:
    """The probabilities that a teacher gives each class, softened by a temperature.

    They are the softmax of logits / temperature: the higher it is, the more one sees
    of what the teacher thinks of the wrong classes.

    Args:
        teacher: From examples to a logit for each class.
        X: An example a row; no labels are needed.
        temperature: Above 0; 1 leaves probabilities as they are.

    Returns:
        Shape (examples, classes).

    Raises:
        TypeError: If the teacher is not a module, or something is not a number.
        ValueError: If the temperature is out of range, or there are no logits.
    """
    heat = in_range(temperature, "temperature", ends="()")
    logits = _logits(teacher, X) / heat
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: Floats = powers / powers.sum(axis=1, keepdims=True)
    return found


def distil(
    student: Module,
    teacher: Module,
    X: Any,
    y: Any = None,
    *,
    temperature: float = 4.0,
    alpha: float = 0.5,
    **options: Any,
) -> History:
    """Train a student on what its teacher says of examples; see `distillation_loss`.

    The teacher is asked once, before, and stays as it is.

    Args:
        student: From examples to a logit for each class; it is trained.
        teacher: From examples to as many logits.
        X: An example a row.
        y: The class of each, from 0; or None to learn from the teacher alone.
        temperature: What all logits are divided by, above 0.
        alpha: How much the teacher counts beside `y`, from 0 to 1.
        **options: Those of `fit`, such as `epochs`. To measure on other examples, hold
            some out by `validation_split`.

    Returns:
        The history of `fit`.

    Raises:
        TypeError: If something is not a module or not a number.
        ValueError: If sizes differ, an option is out of range, or there is no such
            class. Nothing has changed then.
    """
    if "validation_data" in options:
        raise ValueError(
            "no teacher for it: got validation_data; expected validation_split. Its "
            "examples have to be among X, of which the teacher is asked."
        )
    in_range(temperature, "temperature", ends="()")
    in_range(alpha, "alpha", 0.0, 1.0, "[]")
    targets = logits = _logits(teacher, X)
    if y is not None:
        targets = np.stack([_shares(y, logits), logits], axis=1)
    loss = _loss(y is not None, temperature, alpha)
    return fit(student, X, targets, loss=loss, **options)


def _loss(labelled: bool, temperature: float, alpha: float) -> Callable[..., Any]:
    """From a student's logits for an example, and its row of targets, to the loss."""

    def distillation(outputs: Any, target: Any) -> Any:
        label, teacher = target if labelled else (None, target)
        return distillation_loss(
            outputs,
            label,
            teacher,
            temperature=temperature,
            alpha=alpha if labelled else 1.0,
        )

    return distillation


def _logits(teacher: Module, X: Any) -> Floats:
    logits: Any = predict(teacher, X)
    if getattr(logits, "ndim", 0) != 2:
        raise ValueError(
            f"not logits: got outputs of shape {np.shape(logits)} from the teacher; "
            "expected a logit for each class, of each example. For two classes have a "
            "model of two outputs."
        )
    found: Floats = logits
    return found


def _shares(y: Any, logits: Floats) -> Floats:
    """Classes as probabilities: 1 for the class, 0 for the others."""
    labels, (count, classes) = np.asarray(y), logits.shape
    if labels.shape != (count,) or not np.isin(labels, np.arange(classes)).all():
        raise ValueError(
            f"not the classes: got y={shortened(y)} of shape {labels.shape}; expected "
            f"a whole number from 0 to {classes - 1} for each of {count} examples."
        )
    shares: Floats = one_hot(labels.astype(int), classes)
    return shares
