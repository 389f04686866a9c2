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
from numbers import Integral
from typing import Any

from micrograd_nn import ops
from micrograd_nn.engine import Number, Value, apply
from micrograd_nn.inputs import nested
from micrograd_nn.numbers import shortened
from micrograd_nn.op import INDEX, Op

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


def take(table: Any, index: Any) -> Any:
    """The entry of `table` at `index`: `table[index]`, also where a program runs.

    Args:
        table: A sequence of entries: Values, numbers, or rows of them.
        index: An integer; or an input of a program that is recorded, see `compile`,
            if that is one: it differs from example to example.

    Returns:
        `table[index]` itself for an integer. For an input one Value, that picks an
        entry in every run; or for a table of rows a list with one for each column.

    Raises:
        IndexError: If the index is not in 0 ... len(table) - 1.
        TypeError: If the index is neither an integer nor an input that is one.
        ValueError: If the table is empty, or its rows differ in length.

    >>> take([[1.0, 2.0], [3.0, 4.0]], 1)
    [3.0, 4.0]
    """
    if isinstance(index, Value) and index.op == INDEX:
        return _picked(ops.pick(index), nested(list(table)))
    return table[_position(index, len(table))]


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
    shifted = _beneath_zero(logits)
    normalizer = sum([logit.exp() for logit in shifted]).log()
    return [logit - normalizer for logit in shifted]


def softmax(logits: Numbers) -> list[Value]:
    """Positive numbers that sum to 1, in proportion to exp(logit).

    >>> [p.data for p in softmax([0.0, 0.0])]
    [0.5, 0.5]

    Raises:
        ValueError: If there are no logits.
    """
    weights = [logit.exp() for logit in _beneath_zero(logits)]
    total = sum(weights)
    return [weight / total for weight in weights]


def _beneath_zero(logits: Numbers) -> list[Value]:
    """The logits less the largest: their exponentials cannot overflow, one is 1."""
    listed = _some(ops.LOGSUMEXP, logits)
    top = max(listed)
    return [logit - top for logit in listed]


def _position(index: Any, size: int) -> int:
    wanted = f"expected an integer from 0 to {size - 1}"
    got = f"got index={shortened(index)} ({type(index).__name__})"
    if not isinstance(index, Integral):
        raise TypeError(
            f"not an index: {got}; {wanted}. For an input of a program, pass it an "
            "array of integers."
        )
    position = int(index)
    if not 0 <= position < size:
        raise IndexError(f"no such entry: {got}; {wanted}. Number them from 0.")
    return position


def _picked(op: Op, entries: list[Any]) -> Any:
    if not any(isinstance(entry, list) for entry in entries):
        return apply(op, *_some(op, entries))
    lengths = [len(x) if isinstance(x, list) else 0 for x in entries]
    if len(set(lengths)) > 1:
        raise ValueError(
            f"not a table: got rows of {shortened(lengths)} entries; expected as many "
            "in each. Fill up the short ones."
        )
    return [_picked(op, list(column)) for column in zip(*entries, strict=True)]


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
