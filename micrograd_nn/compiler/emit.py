"""Pass 7, emit: the instructions of all groups, written out as one program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from micrograd_nn.compiler.code import Code
from micrograd_nn.compiler.elementwise import Elementwise
from micrograd_nn.compiler.gradients import Gradients
from micrograd_nn.compiler.groups import LinearGroup, OpGroup
from micrograd_nn.compiler.opaque import Opaque, is_opaque
from micrograd_nn.compiler.operands import Argument, Operands
from micrograd_nn.compiler.picks import Pick
from micrograd_nn.compiler.places import Block, Layout
from micrograd_nn.compiler.scalars import Scalar, is_scalar
from micrograd_nn.compiler.sums import Linear
from micrograd_nn.compiler.tape import PICK, Ids, Mask

Instruction = Any  # of the kinds below; all have `block`, `space`, forward and backward


class Emitted:
    """A program in full.

    Args:
        layout: Where the numbers are.
        arguments: The inputs.
        batched: Whether there is a batch axis.

    Attributes:
        code: The lines, the arrays that they name, and what those refer to.
        operands: Which inputs are copied or are indexes, and what is gathered.
        instructions: What the program does, in order.
        rows: For each output whether it is in `V`, and its place.
    """

    def __init__(
        self, layout: Layout, arguments: Sequence[Argument], batched: bool
    ) -> None:
        self.layout = layout
        self.code = Code(batched)
        self.operands = Operands(layout, self.code, list(arguments))
        self.gradients = Gradients(layout, self.code)
        self.instructions: list[Instruction] = [
            kind_of(block)(block, self.operands, self.gradients)
            for block in layout.blocks
        ]
        self._forward()
        self._backward()
        self._load()

    @property
    def source(self) -> str:
        """The program as Python."""
        return self.code.source(argument.name for argument in self.operands.arguments)

    def _forward(self) -> None:
        for instruction in self.instructions:
            instruction.forward()
        roots = self.layout.tape.roots
        self.operands.load(roots)
        self.rows = _rows_of(self.layout, roots)

    def _backward(self) -> None:
        self.code.lines = self.code.backward
        self.gradients.start()
        self._seed()
        for instruction in reversed(self.instructions):
            block = instruction.block
            if self.gradients.reached(instruction.space, block.start, block.size):
                instruction.backward()

    def _seed(self) -> None:
        """Emit the line that sets the grad of the first output."""
        layout = self.layout
        for root in layout.tape.roots[:1][layout.tape.wanted[layout.tape.roots[:1]]]:
            space, place = "UV"[int(layout.in_v[root])], int(layout.place[root])
            seed = "seed" if space == "V" else "seed * B"
            self.code.emit(f"d{space}[{place}] = {seed}")
            self.gradients.written[space][place] = True

    def _load(self) -> None:
        """Copy inputs that are needed beside other numbers; fill in constants."""
        space = "UV"[self.code.batched]
        for argument in self.operands.arguments:
            if argument.name in self.operands.loaded:
                places = self.layout.place[argument.ids]
                rows = f"{space}[{places[0]}:{places[-1] + 1}]"
                self.code.forward.insert(0, f"{rows} = {argument.name}")
        for row, space in enumerate("UV"):
            self._fill(space, self.layout.constants[row])

    def _fill(self, space: str, places: Ids) -> None:
        ids = np.flatnonzero(places >= 0)
        if len(ids):
            where = self.code.constant(places[ids], "i")
            numbers = self.code.constant(self.layout.tape.data[ids])
            wide = "[:, None]" if space == "V" else ""
            self.code.prologue.append(f"{space}[{where}] = {numbers}{wide}")


def kind_of(block: Block) -> Callable[..., Instruction]:
    """The kind of instruction that computes a block."""
    group = block.group
    if isinstance(group, OpGroup) and group.op is PICK:
        return Pick
    if isinstance(group, OpGroup) and is_opaque(group.op):
        return Opaque
    if is_scalar(block):
        return Scalar
    return Linear if isinstance(group, LinearGroup) else Elementwise


def _rows_of(layout: Layout, roots: Ids) -> tuple[Mask, Ids]:
    fixed = layout.tape.constant[roots]
    places = layout.place[roots]
    places[fixed] = layout.places_in(roots[fixed], 0)
    return layout.in_v[roots], places
