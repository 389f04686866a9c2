"""Instructions for a single number that all examples share: plain Python floats.

A NumPy call on one number takes ten times as long as the float operation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from micrograd_nn.compiler.code import text
from micrograd_nn.compiler.expressions import Trace, as_floats, length, read_op
from micrograd_nn.compiler.gradients import Gradients
from micrograd_nn.compiler.groups import Group, LinearGroup, OpGroup
from micrograd_nn.compiler.operands import Operands
from micrograd_nn.compiler.places import Block
from micrograd_nn.namespaces import FLOAT_ERRORS
from micrograd_nn.op import Op

LONG = 200  # functions in a formula; as arrays, what comes twice is computed once
MOST = 8  # terms; a longer sum is quicker as an array


def is_scalar(block: Block) -> bool:
    """Whether a block is one number, of few terms, that all examples share."""
    group = block.group
    if group.batched or block.size != 1:
        return False
    if isinstance(group, LinearGroup):
        singles = sum(len(rows) for rows in group.singles.values())
        pairs = sum(len(left) for left, _ in group.pairs.values())
        return singles + pairs <= MOST
    return isinstance(group, OpGroup) and not group.op.nary and _is_short(group.op)


def _is_short(op: Op) -> bool:
    """Whether the formulas of an op are short when all is written out."""
    trace = Trace()
    operands = [trace.operand(f"v{i}") for i in range(len(op.partials))]
    output, partials = read_op(op, operands, trace, range(len(operands)))
    return all(length(x) <= LONG for x in (output, *partials.values()))


@dataclass
class Scalar:
    """The instructions of one node, written out by `forward` and then `backward`."""

    block: Block
    operands: Operands
    gradients: Gradients
    space = "U"

    def __post_init__(self) -> None:
        self.code = self.operands.code
        self.group: Group = self.block.group

    def forward(self) -> None:
        """Emit the line that computes the number."""
        if isinstance(self.group, LinearGroup):
            formula, self.partials = self._linear(self.group)
        else:
            assert isinstance(self.group, OpGroup)
            formula, self.partials = self._read(self.group)
        self.code.emit(f"U[{self.block.start}] = {formula}")

    def backward(self) -> None:
        """Emit the lines that pass its grad on."""
        grad = f"dU.item({self.block.start})"
        for node, partial in self.partials:
            product = grad if partial == "1.0" else f"{partial} * {grad}"
            self.gradients.add_number(node, product)

    def _number(self, node: int) -> str:
        """A number as source, read from where it is."""
        layout = self.operands.layout
        if layout.tape.constant[node]:
            return text(float(layout.tape.data[node]))
        self.operands.load(np.array([node]))
        return f"U.item({layout.place[node]})"

    def _linear(self, group: LinearGroup) -> tuple[str, list[tuple[int, str]]]:
        terms, partials = [], []
        for sign, rows in group.singles.items():
            for node in rows[:, 0].tolist():
                terms.append(f"{_sign(sign)}{self._number(node)}")
                partials.append((node, text(sign)))
        for sign, (left, right) in group.pairs.items():
            for a, b in zip(left[:, 0].tolist(), right[:, 0].tolist(), strict=True):
                x, y = self._number(a), self._number(b)
                terms.append(f"{_sign(sign)}{x} * {y}")
                partials += [(a, f"{_sign(sign)}{y}"), (b, f"{_sign(sign)}{x}")]
        if group.constants[0] or not terms:
            terms.append(text(float(group.constants[0])))
        return " + ".join(terms), partials

    def _read(self, group: OpGroup) -> tuple[str, list[tuple[int, str]]]:
        """The formulas of the op's record as source."""
        trace = Trace()
        nodes = group.operands[:, 0].tolist()
        constant = self.operands.layout.tape.constant
        operands = [
            float(self.operands.layout.tape.data[node])
            if constant[node]
            else trace.operand(self._number(node))
            for node in nodes
        ]
        wanted = self.operands.layout.tape.wanted
        needed = [i for i, node in enumerate(nodes) if wanted[node]]
        try:
            output, partials = read_op(group.op, operands, trace, needed)
        except FLOAT_ERRORS:  # 1 / 0 for a constant 0, which a run can tell
            operands = [trace.operand(self._number(node)) for node in nodes]
            output, partials = read_op(group.op, operands, trace, needed)
        names = {id(output): f"U.item({self.block.start})"}
        found = [
            (nodes[i], as_floats(partial, names))
            for i, partial in partials.items()
            if not (isinstance(partial, float) and partial == 0.0)
        ]
        return as_floats(output), found


def _sign(sign: float) -> str:
    return "-" if sign < 0 else ""
