"""Formulas in forms that neither overflow nor cancel, for the ops that need them.

>>> from micrograd_nn.namespaces import FLOATS
>>> sigmoid(FLOATS, -800.0), logsumexp(FLOATS, [1000.0, 1000.0])
(0.0, 1000.6931471805599)

Each is checked against 50-digit arithmetic, and against the short form of textbooks.
"""

from __future__ import annotations

import math
from typing import Any

from micrograd_nn.namespaces import LARGEST


def _decay(xp: Any, x: Any) -> Any:
    # exp(-|x|), which never overflows. A choice of x or -x has a slope at 0; |x| has a
    # kink there, and the derivatives of what follows would be wrong.
    return xp.exp(xp.where(x >= 0.0, -x, x))


def sigmoid(xp: Any, x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    e = _decay(xp, x)
    return xp.where(x >= 0.0, 1.0, e) / (1.0 + e)


def sigmoid_slope(xp: Any, x: Any) -> Any:
    """The derivative of `sigmoid`."""
    e = _decay(xp, x)  # y * (1 - y) cancels where y is nearly 1
    return e / ((1.0 + e) * (1.0 + e))


def tanh_slope(xp: Any, x: Any) -> Any:
    """The derivative of tanh."""
    return 4.0 * sigmoid_slope(xp, 2.0 * x)  # 1 - y*y is 30% off at x = 18.5


def normal_cdf(xp: Any, x: Any) -> Any:
    """How likely a standard normal number is below `x`."""
    return 0.5 * xp.erfc(-math.sqrt(0.5) * x)  # 1 + erf would cancel in the left tail


def normal_density(xp: Any, x: Any) -> Any:
    """The derivative of `normal_cdf`."""
    return math.sqrt(0.5 / math.pi) * xp.exp(-0.5 * x * x)


def _top(xp: Any, xs: Any) -> Any:
    # The largest operand; a finite one, as inf - inf would be nan.
    return xp.minimum(xp.maximum(xp.max(xs), -LARGEST), LARGEST)


def _parts(xp: Any, xs: Any, top: Any) -> Any:
    return xp.each(lambda x: xp.exp(x - top), xs)


def logsumexp(xp: Any, xs: Any) -> Any:
    """The logarithm of the sum of exp of each."""
    top = _top(xp, xs)
    return top + xp.log(xp.sum(_parts(xp, xs, top)))


def softmax(xp: Any, y: Any, xs: Any) -> Any:
    """The partials of `logsumexp`: exp of each, over their sum."""
    parts = _parts(xp, xs, _top(xp, xs))  # what `logsumexp` computed too
    total = xp.sum(parts)
    return xp.each(lambda part: part / total, parts)
