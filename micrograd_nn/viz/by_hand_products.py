"""What a `_backward` written by hand does to its operands: found out by running it.

>>> from micrograd_nn import Value
>>> x = Value(3.0)
>>> square = Value(9.0, (x,), "square")
>>> def step():
...     x.grad += 6.0 * square.grad
>>> square._backward = step
>>> products(square, 2.0, [5.0]), x.grad
([Product(local=6.0, contribution=12.0, after=17.0)], 0.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from micrograd_nn.engine import Value


class Product(NamedTuple):
    """What one operand receives.

    Attributes:
        local: The partial.
        contribution: What it makes of the node's grad.
        after: The operand's grad then; None where that is up to who adds it.
    """

    local: float
    contribution: float
    after: float | None = None


def products(node: Value, upstream: float, before: Sequence[float]) -> list[Product]:
    """For each operand of `node` what it receives at a grad of `upstream`.

    The function is run from zero with a grad of 1, which gives the partial, with one of
    `upstream`, and once more upon the grads `before`: one that sets them where it ought
    to add to them shows. An operand that stands twice has all of it at its first place.
    The grads are put back as they were.
    """
    operands = node.operands
    zeros = [0.0] * len(operands)
    kept = [node.grad, *(operand.grad for operand in operands)]
    try:
        local = _grads_after(node, 1.0, zeros)
        found = _grads_after(node, upstream, zeros)
        after = _grads_after(node, upstream, before)
    finally:
        for value, grad in zip((node, *operands), kept, strict=True):
            value.grad = grad
    return [Product(local.pop(x, 0.0), found.pop(x, 0.0), after[x]) for x in operands]


def _grads_after(
    node: Value, upstream: float, before: Sequence[float]
) -> dict[Value, float]:
    """The grad of each operand after one run of the function."""
    for operand, grad in zip(node.operands, before, strict=True):
        operand.grad = grad
    node.grad = upstream
    if node.operands:
        node._backward()
    return {operand: float(operand.grad) for operand in node.operands}
