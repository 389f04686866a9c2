"""What a `_backward` written by hand adds to its operands: found out by running it.

>>> from micrograd_nn import Value
>>> x = Value(3.0)
>>> square = Value(9.0, (x,), "square")
>>> def step():
...     x.grad += 6.0 * square.grad
>>> square._backward = step
>>> products(square, 2.0), x.grad
([(6.0, 12.0)], 0.0)
"""

from __future__ import annotations

from micrograd_nn.engine import Value


def products(node: Value, upstream: float) -> list[tuple[float | None, float]]:
    """For each operand of `node` its partial, and what it adds at a grad of `upstream`.

    The partial is None where it cannot be told: at an `upstream` of 0. An operand that
    stands twice has all of it at its first place. The grads are put back as they were.
    """
    operands = node.operands
    kept = [node.grad, *(operand.grad for operand in operands)]
    try:
        node.grad = upstream
        for operand in operands:
            operand.grad = 0.0
        node._backward()
        added = {operand: float(operand.grad) for operand in operands}
    finally:
        for value, grad in zip((node, *operands), kept, strict=True):
            value.grad = grad
    found = [added.pop(operand, 0.0) for operand in operands]
    return [(x / upstream if upstream else None, x) for x in found]
