"""`weighted_sum`: the formula of every neuron, recorded without a call for each node.

The nodes are those that `bias + w[0] * x[0] + w[1] * x[1] + ...` records. Most nodes of
a net are made here, so the lines that make one stand in the loop twice: that saves a
quarter of the forward pass (docs/design/0001-op-record.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_nn import epochs, recording
from micrograd_nn.engine import Value
from micrograd_nn.namespaces import FLOATS
from micrograd_nn.ops import ADD, MUL

_new = object.__new__


def weighted_sum(
    bias: Value, weights: Sequence[Value], inputs: Sequence[Value]
) -> Value:
    """The Value of `bias + weights[0] * inputs[0] + ...`, added from left to right.

    Args:
        bias: What the sum starts at.
        weights: As many as there are inputs. Values; numbers are slower.
        inputs: Values.

    Raises:
        ValueError: If there are more weights than inputs, or fewer.

    >>> total = weighted_sum(Value(1.0), [Value(2.0)], [Value(3.0)])
    >>> total.data, [operand.data for operand in total.operands]
    (7.0, [1.0, 6.0])
    """
    if recording.is_paused():
        return _op_by_op(bias, weights, inputs)
    try:
        total = _recorded(bias, weights, inputs)
    except AttributeError:  # a plain number as a weight or as the bias
        return _op_by_op(bias, weights, inputs)
    if total._data - total._data and not recording.is_symbolic():
        return _op_by_op(bias, weights, inputs)  # again, to report where that began
    return total


def _recorded(bias: Value, weights: Sequence[Value], inputs: Sequence[Value]) -> Value:
    times, plus = epochs.stamped(MUL), epochs.stamped(ADD)
    multiply, add = times.forward, plus.forward
    total = bias
    for weight, x in zip(weights, inputs, strict=True):
        product = _new(Value)
        product._data = multiply(FLOATS, weight._data, x._data)
        product.grad = 0.0
        product.op = times
        product._a = weight
        product._b = x
        longer = _new(Value)
        longer._data = add(FLOATS, total._data, product._data)
        longer.grad = 0.0
        longer.op = plus
        longer._a = total
        longer._b = product
        total = longer
    return total


def _op_by_op(bias: Value, weights: Sequence[Value], inputs: Sequence[Value]) -> Value:
    for weight, x in zip(weights, inputs, strict=True):
        bias = bias + weight * x
    return bias
