"""A graph as plain data, at one moment: what the debugger's records are made from.

>>> from micrograd_nn import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> graph = snapshot(a * b)
>>> graph.names, graph.data, graph.operands
(['a', 'b', 'v2'], [2.0, -3.0, -6.0], [(), (), (0, 1)])
>>> graph.partials(2)
[-3.0, 2.0]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from micrograd_nn import epochs
from micrograd_nn.chain_rule import local_partials, partials_at
from micrograd_nn.engine import Value
from micrograd_nn.graph import topological_order
from micrograd_nn.namespaces import read_floats
from micrograd_nn.numbers import shortened
from micrograd_nn.op import CONSTANT, FAMILIES, Op
from micrograd_nn.viz.attribution import operands_of
from micrograd_nn.viz.names import names_of


@dataclass(frozen=True)
class Snapshot:
    """The Values of a graph in topological order, and their numbers.

    Attributes:
        order: The Values, the root last.
        names: What each is called.
        operands: For each the positions of its operands in `order`.
        ops: The record of the op that made it.
        data: Its number: that of the Value, or of a run of a program.
        grads: Its `.grad`, or what the program found; None if there is none.
        of_program: Whether the numbers are those of a run of a program.
    """

    order: list[Value]
    names: list[str]
    operands: list[tuple[int, ...]]
    ops: list[Op]
    data: list[float]
    grads: list[float | None]
    of_program: bool = False

    def partials(self, i: int) -> Sequence[float] | None:
        """The partial of node `i` for each operand; None if it has a `_backward`."""
        op, node = self.ops[i], self.order[i]
        if "_step" in node.__dict__:
            return None
        if op.partials is None or not self.operands[i]:
            return local_partials(node)
        return partials_at(op, self.data[i], [self.data[x] for x in self.operands[i]])

    def position(self, node: object) -> int:
        """Where `node` stands in the topological order.

        Raises:
            ValueError: If it is not in the graph.
        """
        found = (i for i, value in enumerate(self.order) if value is node)
        position = next(found, None)
        if position is None:
            raise ValueError(
                f"not in the graph: got {shortened(node)} ({type(node).__name__}); "
                f"expected one of the {len(self.order)} Values that the result was "
                "computed from. Pass the Value itself, not a copy."
            )
        return position

    def check(self) -> None:
        """Refuse a graph whose data changed after it was computed.

        Raises:
            RuntimeError: Naming what changed.
        """
        if not self.of_program:
            for node in self.order:
                epochs.check(node)

    def is_constant(self, i: int) -> bool:
        """Whether node `i` is a number that a formula wrapped: nobody asks its grad."""
        return self.order[i].op is CONSTANT


def snapshot(target: Any, *arrays: Any, example: int = 0) -> Snapshot:
    """The graph below a Value as it is now, or that of a program as it runs.

    Args:
        target: A Value; a program that gives one; what its `trace` gave; or a snapshot,
            which is what comes back then.
        arrays: For a program a batch, as for a call of it.
        example: Which of the batch to show.

    Raises:
        TypeError: If `target` is none of these, or there are arrays without a program.
    """
    if hasattr(target, "value_and_grad"):
        return _of_trace(target.trace(*arrays, example=example))
    alone = not arrays and example == 0
    if isinstance(target, Value) and alone:
        return _of_values(topological_order(target))
    if isinstance(target, Snapshot) and alone:
        return target
    if isinstance(getattr(target, "root", None), Value) and alone:
        return _of_trace(target)
    raise TypeError(
        f"nothing to show: got {shortened(target)} ({type(target).__name__}), "
        f"{len(arrays)} arrays and example={example!r}; expected a Value alone, or a "
        "program and its arrays. Pass the result of a computation, as a loss."
    )


def _of_values(order: list[Value]) -> Snapshot:
    return Snapshot(
        order,
        names_of(order),
        operands_of(order),
        [node.op for node in order],
        [node.data for node in order],
        [node.grad for node in order],
    )


def _of_trace(trace: Any) -> Snapshot:
    """What a program keeps no number for is computed from what it keeps."""
    order = topological_order(trace.root)
    numbers: dict[Value, float] = {}
    ops = [_settled(node.op, trace.data) for node in order]
    for node, op in zip(order, ops, strict=True):
        numbers[node] = trace.data.get(node, node._data)
        if node.operands and node not in trace.data:
            given = [numbers[operand] for operand in node.operands]
            numbers[node] = read_floats(op.forward, *([given] if op.nary else given))
    return Snapshot(
        order,
        names_of(order),
        operands_of(order),
        ops,
        list(numbers.values()),
        [trace.grads.get(node) for node in order],
        of_program=True,
    )


def _settled(op: Op, data: dict[Value, float]) -> Op:
    """`op`; or, if it picks by an input, the op that picks by the number of that."""
    index = op.params[0] if op.params else None
    return FAMILIES[op.name](int(data[index])) if isinstance(index, Value) else op
