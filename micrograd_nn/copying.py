"""Copies and pickles of graphs of any depth.

`copy.deepcopy` and `pickle` recurse into what an object refers to, and so fail on a
long chain. Here a graph is handled operands first: each node finds its operands done
already, and nothing nests.

>>> import copy
>>> from micrograd_nn import Value
>>> a = Value(3.0)
>>> twin, b = copy.deepcopy((a * a, a))
>>> twin.backward()
>>> a.grad, b.grad
(0.0, 6.0)
"""

from __future__ import annotations

import copy
import threading
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

from micrograd_nn import epochs
from micrograd_nn.graph import topological_order


def copy_node(node: Any) -> Any:
    """A node like `node`, of the same operands."""
    _refuse_step_by_hand(node)
    twin = _rebuild(*_state(node, node.operands))
    twin.__dict__.update(_extras(node))
    return twin


def copy_graph(root: Any, memo: dict[Any, Any]) -> Any:
    """A deep copy of `root` and of everything below it that is not in `memo` yet."""
    order = topological_order(root, memo.setdefault(copy_graph, set()))
    for node in order:
        _refuse_step_by_hand(node)
        operands = [memo[id(operand)] for operand in node.operands]
        memo[id(node)] = _rebuild(*_state(node, operands))
    for node in order:  # what was set on a node may refer to any other
        memo[id(node)].__dict__.update(copy.deepcopy(_extras(node), memo))
    return memo[id(root)]


def reduce_graph(root: Any) -> tuple[Any, ...]:
    """What pickle stores for `root`: its ancestors in order, then `root` itself."""
    _refuse_step_by_hand(root)
    state = *_state(root, root.operands), epochs.is_stale(root)
    extras = {k: v for k, v in _extras(root).items() if k != "_changed"} or None
    if root._a is None or root in _known():
        return _rebuild_now, state, extras
    return _rebuild_last, (_Ancestors(root), state), extras


_threads = threading.local()


def _known() -> set[Any]:
    """Nodes whose operands the pickler at work in this thread has met before them."""
    if not hasattr(_threads, "nodes"):
        _threads.nodes = set()
    return _threads.nodes  # type: ignore[no-any-return]  # of any thread


class _Ancestors:
    """All that a node was computed from: pickled as a list, one by one, in order.

    Its members are known from then on, and store themselves alone. A pickler keeps
    what it has pickled, so they are forgotten when it is dropped: done, or failed.
    """

    def __init__(self, root: Any) -> None:
        known = _known()
        nodes = topological_order(root, known)
        weakref.finalize(self, known.difference_update, nodes)
        self.nodes = nodes[:-1]

    def __reduce__(self) -> tuple[Any, tuple[()], None, Iterator[Any]]:
        return list, (), None, iter(self.nodes)


def _state(node: Any, operands: Sequence[Any]) -> tuple[Any, ...]:
    if node._b is not None:
        a, b = operands
    elif node._a.__class__ is tuple:
        a, b = tuple(operands), None
    else:
        a, b = operands[0] if operands else None, None
    return type(node), node._data, node.grad, node.op, a, b


def _rebuild(kind: Any, data: float, grad: float, op: Any, a: Any, b: Any) -> Any:
    node = kind.__new__(kind)
    node._data = data
    node.grad = grad
    node.op = op
    node._a = a
    node._b = b
    return node


def _rebuild_now(*state: Any) -> Any:
    """The node of a pickle: of this epoch, as are its operands, unless it is stale."""
    *parts, is_stale = state
    node = _rebuild(*parts)
    node.op = epochs.stamped(node.op)
    if is_stale:
        epochs.mark_changed(node)
    return node


def _rebuild_last(ancestors: list[Any], state: tuple[Any, ...]) -> Any:
    return _rebuild_now(*state)


def _extras(node: Any) -> dict[str, Any]:
    """What was set on the node, but for its slots and the calls that it came out of."""
    return {k: v for k, v in node.__dict__.items() if k not in ("grad", "_calls")}


def _refuse_step_by_hand(node: Any) -> None:
    if "_step" in node.__dict__:
        raise TypeError(
            f"cannot be copied: got op={node.op.symbol!r} with a _backward of its own, "
            "which would still add to the old graph; expected ops from records. Define "
            "it with micrograd_nn.op.Op, or build the graph again."
        )
