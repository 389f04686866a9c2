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


def stamped(op: Op) -> Op:
    """`op` with the stamp of this epoch; the marks of leaves are of every epoch."""
    if op.stamp.epoch != now and op not in (LEAF, CONSTANT):
        op.stamp = dataclasses.replace(op, epoch=now)
        op.stamp.stamp = op  # not itself: a cycle would wait for the collector
    return op.stamp


def newest_change(order: list[Value], leaves: list[Value]) -> int:
    """The epoch in which data of this graph was last assigned; 0 for never."""
    return max(
        [node._changed for node in (order if _results_were_assigned else leaves)]
    )


def check(node: Value) -> None:
    """Refuse a node whose own data, or an operand's, changed after it was recorded.

    Raises:
        RuntimeError: Naming what changed.
    """
    for value in (node, *node.operands):
        if value._changed > node.op.epoch:
            raise RuntimeError(
                "data changed since it was used: "
                f"got {describe(value)}, assigned after op {node.op.symbol!r} ran; "
                "expected the data of the forward pass. "
                "Compute the result again, then call backward()."
            )
