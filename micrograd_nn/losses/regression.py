"""Losses of numbers: how far off an output is.

>>> from micrograd_nn import Value
>>> errors = [Value(0.5), Value(-4.0)]
>>> [
...     [x.data for x in loss(errors, [0.0, 0.0], "none")]
...     for loss in (mse_loss, l1_loss, huber_loss)
... ]
[[0.25, 16.0], [0.5, 4.0], [0.125, 3.5]]
"""

from __future__ import annotations

import math
from typing import Any

from micrograd_nn.engine import Number, Value
from micrograd_nn.losses.pairs import Outputs, of_pairs
from micrograd_nn.ranges import in_range


def mse_loss(input: Outputs, target: Outputs, reduction: str = "mean") -> Any:
    """The mean of the squared errors, (input - target)².

    Raises:
        ValueError: If the shapes differ, or there is nothing to take a mean of.

    >>> mse_loss([[Value(3.0), Value(1.0)]], [[0.0, 1.0]], reduction="sum").data
    9.0
    """
    return of_pairs(lambda x, t: (x - t) ** 2, input, target, reduction)


def l1_loss(input: Outputs, target: Outputs, reduction: str = "mean") -> Any:
    """The mean of the absolute errors, |input - target|, which outliers sway less.

    Raises:
        ValueError: If the shapes differ, or there is nothing to take a mean of.

    >>> l1_loss([Value(3.0), Value(0.0)], [0.0, 1.0]).data
    2.0
    """
    return of_pairs(lambda x, t: abs(x - t), input, target, reduction)


def huber_loss(
    input: Outputs, target: Outputs, reduction: str = "mean", delta: float = 1.0
) -> Any:
    """The mean of half of the squared errors, but for large ones, which count linearly.

    An error e costs e² / 2 up to `delta`, and delta · (|e| - delta / 2) beyond (Huber,
    1964). Both are c · (e - c / 2), where c is e brought into the range of ±delta.

    Args:
        input: Outputs.
        target: A number for each.
        reduction: "mean", "sum" or "none".
        delta: From which error on the loss goes straight.

    Raises:
        ValueError: If `delta` is not above 0, the shapes differ, or there is nothing to
            take a mean of.

    >>> huber_loss([Value(3.0), Value(1.0)], [0.0, 0.0], "none", delta=2.0)
    [Value(data=4.0, grad=0.0), Value(data=0.5, grad=0.0)]
    """
    bound = in_range(delta, "delta", 0.0, math.inf, "()")

    def loss(x: Value, t: Value | Number) -> Value:
        error = x - t
        clipped = error.minimum(bound).maximum(-bound)
        return clipped * (error - 0.5 * clipped)

    return of_pairs(loss, input, target, reduction)
