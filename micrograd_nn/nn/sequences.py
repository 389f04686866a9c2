"""One sequence as a layer takes it: rows of Values, a row for each step.

>>> sequence([[1, 2], [3, 4]], 2, "RNN(2 -> 3)")[1]
[Value(data=3.0, grad=0.0), Value(data=4.0, grad=0.0)]
"""

from __future__ import annotations

from micrograd_nn.engine import Value
from micrograd_nn.nn.examples import Inputs, as_values, require, require_shape

Rows = list[list[Value]]


def sequence(x: Inputs, features: int, title: str) -> Rows:
    """The Values of `x`, [time][features].

    Args:
        x: Numbers, Values, or an array.
        features: How many there are in each row.
        title: The layer, as in `RNN(2 -> 3)`.

    Raises:
        TypeError: If something in it is no number.
        ValueError: If it has another shape.
    """
    rows: Rows = as_values(x)
    found = require_shape(title, rows, "[time][features]")
    advice = "The innermost lists hold the features of one step."
    require(title, "features", found[-1], features, advice)
    return rows
