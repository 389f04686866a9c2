"""Pass 1, record: the graph as arrays, one entry a node.

>>> from micrograd_nn import Value
>>> a, b = Value(2.0), Value(3.0)
>>> tape = read_graph([a * b + 1.0], {a})
>>> [tape.ops[code].symbol for code in tape.codes if code >= 0], tape.data
(['*', '+'], array([2., 3., 6., 1., 7., 0.]))

The last is a zero, for what is too short.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.engine import Value, constant
from micrograd_nn.graph import topological_order
from micrograd_nn.op import LEAF, Op

Ids = NDArray[np.intp]
Mask = NDArray[np.bool_]

# Bits: depends on a parameter, differs from example to example, may be assigned.
WANTED, VARIES, LIVE = 1, 2, 4

# All picks by an index that comes with each example: its first operand is that index.
PICK = Op("pick", forward=None, partials=(), nary=True)


@dataclass
class Tape:
    """A recorded graph, operands before results.

    Attributes:
        nodes: The Values, by id: an id is a position in all the arrays.
        ops: The distinct ops.
        codes: Which of `ops` made each node; -1 for leaves.
        starts: Where the operands of each node begin in `operands`; one entry more.
        operands: The ids of the operands of all nodes, one after another.
        data: The numbers that the nodes had when they were recorded.
        wanted: Whether the gradient of each node is needed.
        batched: Whether each node differs from example to example.
        constant: Whether each node is the same in every run.
        roots: The ids of the outputs.
        pads: By number, the ids of constants that fill up what is too short.
    """

    nodes: list[Value]
    ops: list[Op]
    codes: Ids
    starts: Ids
    operands: Ids
    data: NDArray[np.float64]
    wanted: Mask
    batched: Mask
    constant: Mask
    roots: Ids
    pads: dict[float, int]

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def edges(self) -> tuple[Ids, Ids, Ids]:
        """For each operand of each node: the node, the position, the operand."""
        counts = np.diff(self.starts)
        nodes = np.repeat(np.arange(len(self)), counts)
        return nodes, np.arange(len(nodes)) - self.starts[nodes], self.operands


def read_graph(
    roots: Sequence[Value],
    params: Iterable[Value],
    inputs: Sequence[Value] = (),
    batched: bool = True,
) -> Tape:
    """The graph of `roots` as a tape.

    Args:
        roots: The outputs.
        params: The leaves whose gradients are wanted.
        inputs: The leaves that every example brings its own numbers for.
        batched: Whether there will be more than one example in a run.

    Raises:
        TypeError: If an op was written by hand: it has no formula to compile.
    """
    params = list(params)
    nodes = _ordered([*roots, *params], inputs)
    pads = {0.0, *(op.pad for op in _copies(nodes).values() if op.pad is not None)}
    nodes += map(constant, sorted(pads))
    index = {node: i for i, node in enumerate(nodes)}
    counts, operands = _operands(nodes, index)
    ops, codes = _ops(nodes, counts)
    bits = _dependencies(nodes, counts, operands, set(params), set(inputs))
    varies = (bits & VARIES) > 0
    return Tape(
        nodes,
        ops,
        codes,
        np.concatenate([[0], np.cumsum(counts)]).astype(np.intp),
        np.array(operands, dtype=np.intp),
        np.array([node._data for node in nodes]),
        wanted=(bits & WANTED) > 0,
        batched=varies & batched,
        constant=bits == 0,
        roots=np.array([index[root] for root in roots], dtype=np.intp),
        pads=dict(
            zip(sorted(pads), range(len(nodes) - len(pads), len(nodes)), strict=True)
        ),
    )


def _ordered(roots: Sequence[Value], inputs: Sequence[Value]) -> list[Value]:
    seen: set[Any] = set(inputs)
    found = [node for root in roots for node in topological_order(root, seen)]
    return [*inputs, *found]


def _operands(
    nodes: Sequence[Value], index: dict[Value, int]
) -> tuple[list[int], list[int]]:
    """How many operands each node has, and the ids of all of them."""
    counts: list[int] = []
    operands: list[int] = []
    for node in nodes:
        a, b = node._a, node._b
        if b is not None:
            operands += (index[a], index[b])
            counts.append(2)
        elif a is None:
            counts.append(0)
        elif a.__class__ is tuple:
            chosen = _symbolic_index(node.op)
            listed = a if chosen is None else (chosen, *a)
            operands += [index[operand] for operand in listed]
            counts.append(len(listed))
        else:
            operands.append(index[a])
            counts.append(1)
    return counts, operands


def _symbolic_index(op: Op) -> Value | None:
    """The input that says which operand `op` picks, if it is not a fixed one."""
    found = op.params[0] if op.name == PICK.name else None
    return found if isinstance(found, Value) else None


def _ops(nodes: Sequence[Value], counts: Sequence[int]) -> tuple[list[Op], Ids]:
    ops: list[Op] = []
    code_of: dict[int, int] = {}
    for key, op in _copies(nodes).items():
        found = op if _symbolic_index(op) is None else PICK
        code = next((i for i, op in enumerate(ops) if _is_same(op, found)), len(ops))
        if code == len(ops):
            ops.append(found)
        code_of[key] = code
    codes = np.array([code_of[id(node.op)] for node in nodes], dtype=np.intp)
    _require_formulas(ops)
    return ops, np.where(np.asarray(counts) > 0, codes, -1)


def _is_same(a: Op, b: Op) -> bool:
    # Users may give two ops one name; a copy for another epoch has the same formulas.
    return a is b or (a == b and a.forward is b.forward and a.partials == b.partials)


def _copies(nodes: Sequence[Value]) -> dict[int, Op]:
    """The op records: one an op and epoch, so few, while there are many nodes."""
    return {id(node.op): node.op for node in nodes}


def _require_formulas(ops: Sequence[Op]) -> None:
    for op in ops:
        if op.partials is None:
            raise TypeError(
                f"no formula to compile: got op={op.symbol!r} made by hand; expected "
                "ops from records. Define it with micrograd_nn.op.Op and apply()."
            )


def _dependencies(
    nodes: Sequence[Value],
    counts: Sequence[int],
    operands: Sequence[int],
    params: set[Value],
    inputs: set[Value],
) -> NDArray[np.int8]:
    """The bits `WANTED`, `VARIES` and `LIVE` of every node."""
    bits: list[int] = []
    place = 0
    for node, count in zip(nodes, counts, strict=True):
        if count == 2:
            bits.append(bits[operands[place]] | bits[operands[place + 1]])
        elif count:
            found = 0
            for operand in operands[place : place + count]:
                found |= bits[operand]
            bits.append(found)
        else:
            live = LIVE * (node.op is LEAF)
            bits.append(WANTED * (node in params) | VARIES * (node in inputs) | live)
        place += count
    return np.array(bits, dtype=np.int8)
