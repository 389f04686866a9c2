"""Functions over sequences of Values: one node where a chain of `+` takes many.

>>> from micrograd_nn import Value
>>> xs = [Value(1.0), Value(2.0), Value(3.0)]
>>> total = sum(x * x for x in xs)
>>> total.data, len(total.operands)
(14.0, 3)

`sum`, `max` and `min` have the names of the built-ins, so import the package, not them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from micrograd_nn import ops
from micrograd_nn.engine import Number, Value, apply
from micrograd_nn.op import Op

Numbers = Iterable[Value | Number]


def sum(values: Numbers) -> Value:
    """The sum as one node, rounded once (`math.fsum`); 0 for no values."""
    return apply(ops.SUM, *values)


def max(values: Numbers | Value | Number, *more: Value | Number) -> Value:
    """The largest, of an iterable or of several arguments.

    In a tie of n, each of the tied gets 1/n of the gradient. A nan comes out.

    Raises:
        ValueError: If there are no values.
    """
    return _extreme(ops.MAX, values, more)


def min(values: Numbers | Value | Number, *more: Value | Number) -> Value:
    """The smallest; else as `max`."""
    return _extreme(ops.MIN, values, more)


def maximum(a: Value | Number, b: Value | Number) -> Value:
    """The larger of two; in a tie each gets half of the gradient."""
    return apply(ops.MAXIMUM, a, b)


def minimum(a: Value | Number, b: Value | Number) -> Value:
    """The smaller of two; in a tie each gets half of the gradient."""
    return apply(ops.MINIMUM, a, b)


def where(condition: bool, a: Value | Number, b: Value | Number) -> Value:
    """`a` if the condition holds, else `b`: only the one taken gets a gradient.

    Raises:
        TypeError: If the condition is a Value, not a comparison of Values.

    >>> x = Value(0.0)
    >>> where(x > 0, x, 2 * x)
    Value(data=0.0, grad=0.0)
    """
    if isinstance(condition, Value):  # true whatever its data, as any object
        raise TypeError(
            f"not a condition: got condition={condition!r} (Value); expected a bool. "
            "Compare it, as in where(x > 0, a, b)."
        )
    return apply(ops.IDENTITY, a if condition else b)


def logsumexp(values: Numbers) -> Value:
    """The logarithm of the sum of the exponentials, which cannot overflow.

    >>> logsumexp([1000.0, 1000.0]).data
    1000.6931471805599

    Raises:
        ValueError: If there are no values.
    """
    return apply(ops.LOGSUMEXP, *_some(ops.LOGSUMEXP, values))


def log_softmax(logits: Numbers) -> list[Value]:
    """The logarithms of `softmax(logits)`, exact where those would be 0."""
    listed = _some(ops.LOGSUMEXP, logits)
    top = max(listed)  # next to a large logit, the logarithm of the sum would be lost
    shifted = [logit - top for logit in listed]
    normalizer = logsumexp(shifted)
    return [logit - normalizer for logit in shifted]


def softmax(logits: Numbers) -> list[Value]:
    """Positive numbers that sum to 1, in proportion to exp(logit).

    >>> [p.data for p in softmax([0.0, 0.0])]
    [0.5, 0.5]

    Raises:
        ValueError: If there are no logits.
    """
    return [logit.exp() for logit in log_softmax(logits)]


def _extreme(op: Op, values: Any, more: tuple[Any, ...]) -> Value:
    return apply(op, *((values, *more) if more else _some(op, values)))


def _some(op: Op, values: Numbers) -> list[Any]:
    listed = list(values)
    if not listed:
        raise ValueError(
            f"no values: got an empty sequence for {op.name}; expected at least one. "
            "Check what it was built from."
        )
    return listed
