"""Which call made each Value of a graph, from the notes of `micrograd_nn.scopes`.

Only Values that crossed the border of a call were noted. The graph is read from its
root down, and any other Value belongs where those belong that were computed from it: to
their call, or else to the innermost one around all of them.

>>> from micrograd_nn import Value
>>> from micrograd_nn.graph import topological_order
>>> from micrograd_nn.nn import Neuron
>>> neuron, x = Neuron(1), Value(2.0)
>>> order = topological_order(neuron([x * 3]) + 1)
>>> calls = CallTree(order)
>>> made_in(order, operands_of(order), calls)  # b, w, x, 3, x * 3, w * ..., ...
[0, 0, -1, -1, -1, 0, 0, 0, -1, -1]
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.scopes import OUTSIDE, Calls, calls_in, calls_of

UNKNOWN = -2
Operands = list[tuple[int, ...]]  # for each Value those of its operands, by position


def operands_of(order: Sequence[Value]) -> Operands:
    """The operands of each Value, by their positions in `order`."""
    position = {node: i for i, node in enumerate(order)}
    found: Operands = []
    for node in order:
        a, b = node._a, node._b
        if b is not None:
            found.append((position[a], position[b]))
        elif a is None:
            found.append(())
        else:
            found.append(tuple(position[x] for x in node.operands))
    return found


class CallTree:
    """All calls that made a graph, numbered so that outer ones come first.

    Args:
        order: The Values of the graph.

    Attributes:
        modules: What was called.
        outers: The number of the call around each.
        outermost: For each call the outermost call that it is in, counted from 0.
        made: For each call the notes of its outermost one.
        starts: For each call the number of its outermost one.
    """

    def __init__(self, order: Sequence[Value]) -> None:
        every = calls_in(order)
        ends = list(accumulate((len(calls.modules) for calls in every), initial=0))
        self._start = dict(zip(map(id, every), ends, strict=False))
        self.modules: list[Any] = []
        self.outers: list[int] = []
        self.outermost: list[int] = []
        self.made: list[dict[int, int]] = []
        self.starts: list[int] = []
        for i, calls in enumerate(every):
            start, size = ends[i], len(calls.modules)
            self.modules += calls.modules
            self.outers += [OUTSIDE, *(start + x for x in calls.outers[1:])]
            self.outermost += [i] * size
            self.made += [calls.made] * size
            self.starts += [start] * size

    def noted(self, node: Value, calls: Calls) -> int:
        """The number of the call in which `node`, which came out of these, was made."""
        number = calls.made.get(id(node), 0)
        return number if number == OUTSIDE else self._start[id(calls)] + number

    def around(self, a: int, b: int) -> int:
        """The innermost call that both are in, or are; `b` if `a` is not known."""
        if a == UNKNOWN:
            return b
        while a != b:
            if a > b:
                a = self.outers[a]
            else:
                b = self.outers[b]
        return a


def made_in(order: Sequence[Value], operands: Operands, calls: CallTree) -> list[int]:
    """The number of the call that made each Value, or -1 where it was none."""
    around = [UNKNOWN] * len(order)  # all that was computed from each Value so far
    noted: dict[int, int] = {}
    for i in reversed(range(len(order))):
        out_of = calls_of(order[i])
        if out_of is not None:
            around[i] = calls.noted(order[i], out_of)
        elif i in noted:
            around[i] = noted[i]
        elif around[i] == UNKNOWN:
            around[i] = OUTSIDE
        call = around[i]
        made = calls.made[call] if call != OUTSIDE else {}
        for j in operands[i]:
            around[j] = calls.around(around[j], call)
            number = made.get(id(order[j]))
            if number is not None:
                start = 0 if number == OUTSIDE else calls.starts[call]
                noted[j] = _first(start + number, noted.get(j, OUTSIDE))
    return around


def _first(a: int, b: int) -> int:
    """The call that made a Value, of two that passed it on: the first one."""
    return max(a, b) if OUTSIDE in (a, b) else min(a, b)
