"""The way out for graphs that do not group: one float operation after another.

A long chain of different ops has nothing to compute side by side. Its tape is read with
floats, node by node, as eager mode would, but with no graph to build and sort again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from micrograd_nn.compiler.linear import LinearForms
from micrograd_nn.compiler.places import Layout
from micrograd_nn.compiler.tape import PICK, Ids, Tape
from micrograd_nn.namespaces import FLOAT_ERRORS, FLOATS, read_floats
from micrograd_nn.op import Op

LOOSE = 4  # fewer nodes a group than this are quicker one by one
MANY = 16  # but a few groups are quick in any case

Line = tuple[int, Op, list[int]]


def is_loose(tape: Tape, forms: LinearForms, levels: Ids) -> bool:
    """Whether a graph has so many groups of so few nodes that arrays do not pay."""
    results = (tape.codes >= 0) & ~tape.constant & ~forms.inner
    keys = levels[results] * (len(tape.ops) + 1) + tape.codes[results]
    groups = len(np.unique(keys))
    return groups > MANY and len(keys) < LOOSE * groups


@dataclass
class Interpreter:
    """A tape that is read with floats; it has the attributes of a `Plan`.

    Attributes:
        tape: The graph.
        layout: The places of leaves, inputs and outputs, which are all in `U`.
        arguments: The ids of each input's numbers.
    """

    tape: Tape
    layout: Layout
    arguments: Sequence[Ids]
    limits: dict[int, int] = field(default_factory=dict)
    batched = False
    bytes_per_example = 0

    def __post_init__(self) -> None:
        self.lines = list(self._lines())
        self.numbers: list[float] = self.tape.data.tolist()
        self.rows = (
            self.layout.in_v[self.tape.roots],
            self.layout.place[self.tape.roots],
        )
        for _, op, operands in self.lines:
            if op is PICK:
                self._limit(operands[0], len(operands) - 1)

    @property
    def owners(self) -> Ids:
        """For each node the line that computes it, counted from 0; -1 for leaves."""
        found = np.full(len(self.tape), -1)
        found[[node for node, _, _ in self.lines]] = np.arange(len(self.lines))
        return found

    @property
    def passes(self) -> list[tuple[str, int, str]]:
        """For each pass its name, a count of what it left, and of what."""
        nodes = len(self.tape) - len(self.tape.pads)
        return [
            ("record", nodes, "scalar nodes"),
            ("group", len(self.lines), "ops with nothing to compute side by side"),
        ]

    @property
    def instructions(self) -> list[Line]:
        """One for each node."""
        return self.lines

    @property
    def source(self) -> str:
        """What a run does, as Python."""
        return "\n".join(
            f"v[{node}] = {op.name!r}({', '.join(f'v[{x}]' for x in operands)})"
            for node, op, operands in self.lines
        )

    def bind(self, U: Any, V: Any, dU: Any, dV: Any, B: int) -> tuple[Any, Any]:
        """The functions `forward` and `backward`, which work on these arrays."""
        self.grads = [0.0] * len(self.numbers)
        backward = self._backward(dU, self.numbers, self.grads)
        return self._forward(U, self.numbers), backward

    def first_not_finite(self) -> tuple[str, float, str] | None:
        """The first op of the last run that gave a nan or an infinity, and that."""
        for node, op, operands in self.lines:
            if not math.isfinite(self.numbers[node]):
                given = ", ".join(f"{self.numbers[x]:.6g}" for x in operands[:4])
                return f"{op.name}({given})", self.numbers[node], ""
        return None

    def _lines(self) -> Any:
        operands, starts = self.tape.operands.tolist(), self.tape.starts.tolist()
        for node, code in enumerate(self.tape.codes.tolist()):
            if code >= 0 and not self.tape.constant[node]:
                yield (
                    node,
                    self.tape.ops[code],
                    operands[starts[node] : starts[node + 1]],
                )

    def _limit(self, index: int, size: int) -> None:
        for position, ids in enumerate(self.arguments):
            if index in ids:
                known = self.limits.get(position, size)
                self.limits[position] = min(known, size)

    def _forward(self, U: Any, numbers: list[float]) -> Callable[..., None]:
        leaves, roots = self.layout.params.tolist(), self.tape.roots.tolist()
        steps = [(node, op, *_first_two(op, xs), xs) for node, op, xs in self.lines]

        def forward(*inputs: Any) -> None:
            for node, number in zip(leaves, U.tolist(), strict=False):
                numbers[node] = number
            for ids, array in zip(self.arguments, inputs, strict=True):
                for node, number in zip(ids.tolist(), array.tolist(), strict=True):
                    numbers[node] = number
            for node, op, a, b, operands in steps:
                try:
                    if b >= 0:
                        numbers[node] = op.forward(FLOATS, numbers[a], numbers[b])
                    elif a >= 0:
                        numbers[node] = op.forward(FLOATS, numbers[a])
                    else:
                        numbers[node] = _value(op, [numbers[x] for x in operands])
                except FLOAT_ERRORS:
                    numbers[node] = _value(op, [numbers[x] for x in operands])
            for root in roots:
                U[self.layout.place[root]] = numbers[root]

        return forward

    def _backward(
        self, dU: Any, numbers: list[float], grads: list[float]
    ) -> Callable[..., None]:
        params, count = self.layout.params.tolist(), len(grads)
        root = int(self.tape.roots[0]) if len(self.tape.roots) else 0
        steps = [(node, op, *_first_two(op, xs), xs) for node, op, xs in self.lines]
        steps.reverse()

        def backward(seed: float, *inputs: Any) -> None:
            grads[:] = [0.0] * count
            grads[root] = seed
            for node, op, a, b, operands in steps:
                y, grad = numbers[node], grads[node]
                try:
                    if b >= 0:
                        x1, x2 = numbers[a], numbers[b]
                        first, second = op.partials
                        da, db = first(FLOATS, y, x1, x2), second(FLOATS, y, x1, x2)
                        grads[a] += da * grad
                        grads[b] += db * grad
                        continue
                    if a >= 0:
                        grads[a] += op.partials[0](FLOATS, y, numbers[a]) * grad
                        continue
                except FLOAT_ERRORS:  # before anything was added
                    pass
                found = _partials(op, y, [numbers[x] for x in operands])
                for operand, partial in zip(operands, found, strict=True):
                    grads[operand] += partial * grad
            dU[: len(params)] = [grads[node] for node in params]

        return backward


def _first_two(op: Op, operands: list[int]) -> tuple[int, int]:
    """The operands of an op of one or two; -1 for what there is not."""
    if op.nary or len(operands) > 2:
        return -1, -1
    return operands[0], operands[1] if len(operands) == 2 else -1


def interpret(tape: Tape, arguments: Sequence[Ids], params: Ids | None) -> Interpreter:
    """The program that reads a tape with floats.

    Args:
        tape: The graph, of one example.
        arguments: The ids of each input's numbers.
        params: The parameters in the order that they must have, if there is one.
    """
    inputs = np.concatenate([*arguments, []]).astype(np.intp)
    leaves = (tape.codes < 0) & ~tape.constant
    leaves[inputs] = False
    if params is None:
        params = np.flatnonzero(leaves & tape.wanted)
    params = np.concatenate([params, np.flatnonzero(leaves & ~tape.wanted)])
    place = np.full(len(tape), -1)
    place[params] = np.arange(len(params))
    roots = np.unique(tape.roots[place[tape.roots] < 0])
    place[roots] = len(params) + np.arange(len(roots))
    none = np.stack([place, place])
    size = [len(params) + len(roots), 0]
    layout = Layout(tape, [], place, np.zeros(len(tape), bool), size, params, none)
    return Interpreter(tape, layout, arguments)


def _value(op: Op, numbers: list[float]) -> float:
    if op is PICK:
        index, *table = numbers
        if index < 0:
            raise IndexError(index)
        return table[int(index)]
    if op.nary:
        return float(read_floats(op.forward, numbers))
    return float(read_floats(op.forward, *numbers))


def _partials(op: Op, value: float, numbers: list[float]) -> Sequence[float]:
    if op is PICK:
        chosen = 1 + int(numbers[0])
        return [float(i == chosen) for i in range(len(numbers))]
    if op.nary:
        return list(read_floats(op.partials[0], value, numbers))
    return [read_floats(partial, value, *numbers) for partial in op.partials]
