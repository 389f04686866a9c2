"""The chain rule on a recorded graph: what `backward()` does, step by step.

>>> from micrograd_nn import Value
>>> a, b = Value(2.0), Value(-3.0)
>>> local_partials(a * b)  # of a product: the other factor
[-3.0, 2.0]
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING

from micrograd_nn import epochs, faulty_pass
from micrograd_nn.anomaly import report_edge, report_leaf
from micrograd_nn.graph import topological_order
from micrograd_nn.namespaces import FLOAT_ERRORS, FLOATS, read_floats
from micrograd_nn.op import CONSTANT, Op

if TYPE_CHECKING:
    from micrograd_nn.engine import Value


def run_backward(root: Value) -> None:
    """Set `.grad` of all below `root`; leaves add to theirs, or keep it on an error."""
    fault = faulty_pass.current()
    if fault is not None:
        return fault.run_backward(root)
    order = topological_order(root)
    leaves = [node for node in order if node._a is None]
    before = [leaf.grad for leaf in leaves]
    try:
        for node in order:
            node.grad = 0.0
        root.grad = 1.0
        _propagate_in_reverse(order, epochs.newest_change(order, leaves))
        _report_not_finite(order, leaves)
        _set_grads(leaves, list(map(_accumulated, before, leaves)))
    except BaseException:  # Ctrl-C too
        _set_grads(leaves, before)
        raise


def propagate(node: Value) -> None:
    """Add what `node` passes on to the grad of each operand: the chain rule."""
    epochs.check(node)
    if node.op.partials is None and "_step" in node.__dict__:
        node.__dict__["_step"]()
        return
    for operand, partial in zip(node.operands, local_partials(node), strict=True):
        operand.grad += partial * node.grad


def _propagate_in_reverse(order: list[Value], newest_change: int) -> None:
    """`propagate` each node, results first; written out for one and two operands."""
    for node in reversed(order):
        a = node._a
        op = node.op
        if a is None or a.__class__ is tuple:
            if op.partials != ():  # nothing to do for a leaf
                propagate(node)
            continue
        if op.epoch < newest_change:
            epochs.check(node)
        b = node._b
        grad = node.grad
        try:
            if b is None:
                a.grad += op.partials[0](FLOATS, node._data, a._data) * grad
            else:
                first, second = op.partials
                x, y, data = a._data, b._data, node._data
                da = first(FLOATS, data, x, y)
                db = second(FLOATS, data, x, y)
                a.grad += da * grad
                b.grad += db * grad
        except FLOAT_ERRORS:  # before anything was added: float arithmetic cannot raise
            propagate(node)


def local_partials(node: Value) -> Sequence[float]:
    """The partial of `node` for each of its operands, at their data."""
    if node._a is None:
        return ()
    if node.op.partials is None:
        return _partials_by_hand(node)
    fault = faulty_pass.current()
    op = node.op if fault is None else fault.taught(node.op)
    return partials_at(op, node._data, [operand._data for operand in node.operands])


def partials_at(op: Op, output: float, operands: Sequence[float]) -> Sequence[float]:
    """The partials of `op` where its operands have these data."""
    if op.nary:
        every: Sequence[float] = read_floats(op.partials[0], output, operands)
        return every
    return [read_floats(partial, output, *operands) for partial in op.partials]


def _partials_by_hand(node: Value) -> Sequence[float]:
    known: Sequence[float] | None = node.__dict__.get("_partials")
    if known is None:
        raise RuntimeError(
            f"no rule for a gradient: got op={node.op.symbol!r} made by hand; expected "
            "`_backward` to be set. Set node._backward = step, or pass its partials."
        )
    return known


def _set_grads(nodes: Iterable[Value], grads: Iterable[float]) -> None:
    # All at once: no signal can interrupt this one call of C code.
    deque(map(setattr, nodes, repeat("grad"), grads), maxlen=0)


def _accumulated(before: float | None, leaf: Value) -> float:
    return float(before or 0.0) + leaf.grad  # a grad set to None counts as zero


def _report_not_finite(order: list[Value], leaves: list[Value]) -> None:
    """Report the first product of the pass that left a nan or an infinity in a leaf."""
    wrong = [v for v in leaves if v.grad - v.grad and v.op is not CONSTANT]
    if not wrong:
        return
    for node in reversed(order):
        for position, partial in enumerate(_known_partials(node)):
            product = partial * node.grad
            if product - product and node.operands[position].op is not CONSTANT:
                return report_edge(node, position, partial, node.grad)
    report_leaf(wrong[0])  # the products are finite, their sum is not


def _known_partials(node: Value) -> Sequence[float]:
    return () if "_step" in node.__dict__ else local_partials(node)
