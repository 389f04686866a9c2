"""Numbers with the mean taken off and the spread divided out.

>>> xs = [Value(1.0), Value(3.0)]
>>> found = standardize(xs, eps=0.0)
>>> [x.data for x in found.values], found.mean.data, found.variance.data
([-1.0, 1.0], 2.0, 1.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from micrograd_nn import functions
from micrograd_nn.engine import Value


class Standardized(NamedTuple):
    """Numbers of mean 0 and variance 1, and what was taken out of them.

    Attributes:
        values: The numbers, in order.
        mean: Their mean before.
        variance: Their variance before: the mean of the squared distances from it.
    """

    values: list[Value]
    mean: Value
    variance: Value


def standardize(xs: Sequence[Value], eps: float) -> Standardized:
    """`(x - mean) / sqrt(variance + eps)` for every number.

    Args:
        xs: At least one.
        eps: What keeps the root of a variance of 0 away from 0.
    """
    mean = functions.sum(xs) / len(xs)
    centered = [x - mean for x in xs]
    variance = functions.sum([c * c for c in centered]) / len(xs)
    scale = (variance + eps) ** -0.5
    return Standardized([c * scale for c in centered], mean, variance)
