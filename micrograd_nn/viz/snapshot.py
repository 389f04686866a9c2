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

from micrograd_nn.chain_rule import local_partials
from micrograd_nn.engine import Value
from micrograd_nn.graph import topological_order
from micrograd_nn.namespaces import read_floats
from micrograd_nn.numbers import shortened
from micrograd_nn.op import CONSTANT, Op
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
    """

    order: list[Value]
    names: list[str]
    operands: list[tuple[int, ...]]
    ops: list[Op]
    data: list[float]

    def partials(self, i: int) -> Sequence[float] | None:
        """The partial of node `i` for each operand; None if it has a `_backward`."""
        op, node = self.ops[i], self.order[i]
        if "_step" in node.__dict__:
            return None
        if op.partials is None or not self.operands[i]:
            return local_partials(node)
        numbers = [self.data[x] for x in self.operands[i]]
        if op.nary:
            every: Sequence[float] = read_floats(op.partials[0], self.data[i], numbers)
            return every
        return [read_floats(p, self.data[i], *numbers) for p in op.partials]

    def is_constant(self, i: int) -> bool:
        """Whether node `i` is a number that a formula wrapped: nobody asks its grad."""
        return self.order[i].op is CONSTANT


def snapshot(root: Value) -> Snapshot:
    """The graph below `root`, as it is now.

    Raises:
        TypeError: If `root` is not a Value.
    """
    if not isinstance(root, Value):
        raise TypeError(
            f"nothing to show: got root={shortened(root)} ({type(root).__name__}); "
            "expected a Value. Pass the result of a computation, as a loss."
        )
    order = topological_order(root)
    position = {node: i for i, node in enumerate(order)}
    return Snapshot(
        order,
        names_of(order),
        [tuple(position[x] for x in node.operands) for node in order],
        [node.op for node in order],
        [node.data for node in order],
    )
