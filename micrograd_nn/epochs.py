"""Whether a graph still fits its numbers: assigning `.data` starts a new epoch.

The partial of `a * a` is read off `a.data` when `backward()` runs. If that number was
assigned since the product was recorded, the gradient would be that of another
function, so `backward()` refuses. A node knows when it was recorded through its op: the
first op recorded in an epoch is copied with a stamp of that epoch, and all nodes of
the epoch share the copy. That costs no memory per node.

>>> from micrograd_nn import Value
>>> a = Value(2.0, label="a")
>>> y = a * a
>>> a.data = 10.0
>>> y.backward()
Traceback (most recent call last):
RuntimeError: data changed since it was used: got a=10.0, assigned after op '*' ran; ...
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

from micrograd_nn.anomaly import describe
from micrograd_nn.op import CONSTANT, LEAF, Op

if TYPE_CHECKING:
    from micrograd_nn.engine import Value

now = 0
_results_were_assigned = False


def mark_changed(value: Value) -> None:
    """Note that the data of `value` was assigned, and start a new epoch."""
    global now, _results_were_assigned
    now += 1
    value._changed = now
    _results_were_assigned |= value._a is not None


def assign(values: Iterable[Value], numbers: Iterable[float]) -> None:
    """Assign data to many Values at once: one epoch for all."""
    global now
    now += 1
    for value, number in zip(values, numbers, strict=True):
        value._changed = now
        value._data = number


def stamped(op: Op) -> Op:
    """`op` with the stamp of this epoch; the marks of leaves are of every epoch."""
    if op is LEAF or op is CONSTANT:
        return op
    if op.stamp is None or op.stamp.epoch != now:
        op.stamp = dataclasses.replace(op, epoch=now)
    return op.stamp


def newest_change(order: list[Value], leaves: list[Value]) -> int:
    """The epoch in which data of this graph was last assigned; 0 for never."""
    return max(
        [node._changed for node in (order if _results_were_assigned else leaves)]
    )


def is_stale(node: Value) -> bool:
    """Whether data of the node or of an operand changed after it was recorded."""
    values = (node, *node.operands) if node._a is not None else ()
    return any(value._changed > node.op.epoch for value in values)


def check(node: Value) -> None:
    """Refuse a node that is stale.

    Raises:
        RuntimeError: Naming what changed.
    """
    if is_stale(node):
        check_operands(node)
        raise RuntimeError(_refusal(node, node))


def check_operands(node: Value) -> None:
    """Refuse a node if the data of an operand changed after it was recorded.

    Raises:
        RuntimeError: Naming what changed.
    """
    for operand in node.operands:
        if operand._changed > node.op.epoch:
            raise RuntimeError(_refusal(operand, node))


def _refusal(changed: Value, node: Value) -> str:
    return (
        f"data changed since it was used: got {describe(changed)}, assigned after op "
        f"{node.op.symbol!r} ran; expected the data of the forward pass. "
        "Compute the result again, then call backward()."
    )
