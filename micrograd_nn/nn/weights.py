"""Parameters of layers: Values in nested lists, as an initializer draws them.

>>> weight = parameters((2, 3), "zeros", fan_in=3, fan_out=2)
>>> len(weight), len(weight[0]), weight[1][2]
(2, 3, Value(data=0.0, grad=0.0))
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from typing import Any

from micrograd_nn.choices import choice
from micrograd_nn.engine import Value
from micrograd_nn.initializers import (
    INITIALIZERS,
    Initializer,
    he_uniform,
    weight_rows,
    zeros,
)

# How the layers of PyTorch start: uniform between ±1/√fan_in.
by_fan_in = functools.partial(he_uniform, negative_slope=math.sqrt(5.0))


def parameters(
    shape: Sequence[int], initializer: str | Initializer, fan_in: int, fan_out: int
) -> Any:
    """Nested lists of that shape, of Values that the initializer draws in order.

    Args:
        shape: The lengths, outermost first, of which there is at least one.
        initializer: A name of `INITIALIZERS`, or what `weight_rows` takes.
        fan_in: How many inputs each unit has.
        fan_out: How many units share an input.

    Raises:
        ValueError: If there is no such initializer.
    """
    draw = choice(INITIALIZERS, initializer, "initializer")
    rows = weight_rows(draw, shape[0], math.prod(shape[1:]), fan_in, fan_out)
    return _nested(shape, iter([Value(number) for row in rows for number in row]))


def biases(
    count: int, initializer: str | Initializer, fan_in: int, fan_out: int
) -> list[Value]:
    """What is added to each output: drawn if the weights are PyTorch's, else zeros.

    Args:
        count: How many.
        initializer: That of the weights.
        fan_in: How many inputs each unit has.
        fan_out: How many units share an input.
    """
    start = by_fan_in if initializer is by_fan_in else zeros
    found: list[Value] = parameters((count,), start, fan_in, fan_out)
    return found


def filled(shape: Sequence[int], number: float) -> Any:
    """Nested lists of that shape, of Values that all start at `number`."""
    return _nested(shape, iter([Value(number) for _ in range(math.prod(shape))]))


def _nested(shape: Sequence[int], values: Iterator[Value]) -> Any:
    if not shape:
        return next(values)
    return [_nested(shape[1:], values) for _ in range(shape[0])]
