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


def copy_graph(root: Any, memo: dict[int, Any]) -> Any:
    """A deep copy of `root` and of everything below it that is not in `memo` yet."""
    for node in topological_order(root):
        if id(node) not in memo:
            _refuse_step_by_hand(node)
            operands = [memo[id(operand)] for operand in node.operands]
            twin = memo[id(node)] = _rebuild(*_state(node, operands))
            # What was set may refer back to the node, so it comes after it.
            twin.__dict__.update(copy.deepcopy(_extras(node), memo))
    return memo[id(root)]


def reduce_graph(root: Any) -> tuple[Any, ...]:
    """What pickle stores for `root`: its ancestors in order, then `root` itself."""
    _refuse_step_by_hand(root)
    epochs.check(root)
    # What was set comes third, after the node, to which it may refer back.
    extras = {k: v for k, v in _extras(root).items() if k != "_changed"} or None
    state = _state(root, root.operands)
    if root._a is None or id(root) in _known_ids():
        return _rebuild_now, state, extras
    ancestors = _Ancestors(root)
    return _rebuild_last, (ancestors, state, _Done(ancestors)), extras


_threads = threading.local()


def _known_ids() -> set[int]:
    """Nodes whose operands the pickler at work in this thread has met before them."""
    if not hasattr(_threads, "ids"):
        _threads.ids = set()
    return _threads.ids  # type: ignore[no-any-return]


class _Ancestors:
    """All that a node was computed from: pickled as a list, one by one, in order.

    Meanwhile its members are known, and so store themselves alone. They are forgotten
    when `_Done` is pickled or, if pickling fails, when the pickler drops this object.
    """

    def __init__(self, root: Any) -> None:
        self.nodes = topological_order(root)[:-1]
        ids = set(map(id, self.nodes))
        known = _known_ids()
        known |= ids
        self.forget = weakref.finalize(self, known.difference_update, ids)

    def __reduce__(self) -> tuple[Any, tuple[()], None, Iterator[Any]]:
        return list, (), None, iter(self.nodes)


class _Done:
    def __init__(self, ancestors: _Ancestors) -> None:
        self.ancestors = ancestors

    def __reduce__(self) -> tuple[Any, tuple[()]]:
        self.ancestors.forget()
        return tuple, ()


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
    """The node of a pickle: its op and its operands' data are of this epoch."""
    node = _rebuild(*state)
    node.op = epochs.stamped(node.op)
    return node


def _rebuild_last(ancestors: list[Any], state: tuple[Any, ...], done: object) -> Any:
    return _rebuild_now(*state)


def _extras(node: Any) -> dict[str, Any]:
    """What was set on the node, but for its slots."""
    return {k: v for k, v in node.__dict__.items() if k != "grad"}


def _refuse_step_by_hand(node: Any) -> None:
    if "_step" in node.__dict__:
        raise TypeError(
            f"cannot be copied: got op={node.op.symbol!r} with a _backward of its own, "
            "which would still add to the old graph; expected ops from records. Define "
            "it with micrograd_nn.op.Op, or build the graph again."
        )
