"""All passes in a row: from outputs recorded as Values to the source of a program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd_nn.compiler.code import Code
from micrograd_nn.compiler.elementwise import Elementwise
from micrograd_nn.compiler.gradients import Gradients
from micrograd_nn.compiler.groups import LinearGroup, OpGroup, find_groups, find_levels
from micrograd_nn.compiler.interpreter import Interpreter, interpret, is_loose
from micrograd_nn.compiler.linear import find_linear_forms
from micrograd_nn.compiler.matrices import merge_equal
from micrograd_nn.compiler.opaque import Opaque, is_opaque
from micrograd_nn.compiler.operands import Argument, Operands
from micrograd_nn.compiler.picks import Pick
from micrograd_nn.compiler.places import Block, Layout, lay_out
from micrograd_nn.compiler.runtime import NAMES
from micrograd_nn.compiler.scalars import Scalar, is_scalar
from micrograd_nn.compiler.sums import Linear
from micrograd_nn.compiler.tape import PICK, Ids, Mask, Tape, read_graph
from micrograd_nn.engine import Value

Pass = tuple[str, int, str]


@dataclass
class Plan:
    """A compiled graph, for any batch size.

    Attributes:
        tape: The graph.
        layout: Where its numbers are.
        instructions: What the program does, in order.
        arguments: The inputs.
        source: The program as Python.
        constants: The arrays that the source refers to.
        limits: By name of an input, how large its indexes may get.
        rows: For each output whether it is in `V`, and its place.
        batched: Whether there is a batch axis.
        bytes_per_example: How much memory each example of a run takes.
        passes: For each pass its name, a count of what it left, and of what.
    """

    tape: Tape
    layout: Layout
    instructions: list[Any]
    arguments: list[Argument]
    source: str
    constants: dict[str, Any]
    limits: dict[str, int]
    rows: tuple[Mask, Ids]
    batched: bool
    bytes_per_example: int
    passes: list[Pass]

    def __post_init__(self) -> None:
        names = {**NAMES, **self.constants}
        exec(compile(self.source, "<micrograd_nn program>", "exec"), names)
        self.bind: Callable[..., Any] = names["bind"]


def make_plan(
    roots: Sequence[Value],
    params: Iterable[Value],
    inputs: Sequence[Sequence[Value]] = (),
    batched: bool = True,
    order: Sequence[Value] | None = None,
) -> Plan | Interpreter:
    """Compile the graph of `roots`.

    Args:
        roots: The outputs; gradients are those of the first.
        params: The leaves whose gradients are wanted.
        inputs: For each argument its placeholders.
        batched: Whether there will be more than one example in a run.
        order: The order that the leaves must have in `U`, if there is one already.
    """
    leaves = [value for argument in inputs for value in argument]
    tape = read_graph(roots, params, leaves, batched)
    placed = None if order is None else _ids_of(tape, order)
    arguments = _arguments(inputs)
    forms = find_linear_forms(tape)
    levels = find_levels(tape, forms.inner)
    if not batched and is_loose(tape, forms, levels):
        return interpret(tape, [argument.ids for argument in arguments], placed)
    groups = find_groups(tape, forms, levels)
    counts: list[Pass] = [
        ("record", len(tape) - len(tape.pads), "scalar nodes"),
        (
            "linear forms",
            sum(len(g.nodes) for g in groups),
            "sums of terms and other ops",
        ),
        ("group", len(groups), "groups of nodes that are computed side by side"),
    ]
    kept = merge_equal(tape, groups)
    different = sum(len(g.nodes) for g in groups)
    counts.append(("merge equal", different, "nodes that differ from each other"))
    layout = lay_out(tape, groups, kept, len(leaves), placed)
    matrices = [block.matrix for block in layout.blocks]
    products = sum(not m.is_elementwise for m in matrices if m is not None)
    counts.append(("find matrices", products, "matrix products"))
    code = Code(batched)
    operands = Operands(layout, code, arguments)
    gradients = Gradients(layout, code)
    instructions = [_kind(block)(block, operands, gradients) for block in layout.blocks]
    for instruction in instructions:
        instruction.forward()
    operands.load(tape.roots)
    rows = _rows_of_roots(layout)
    counts.append(
        ("lay out", len(operands.gathered), "arrays to gather, the rest are views")
    )
    counts.append(("forward", len(code.forward), "array instructions"))
    code.lines = code.backward
    gradients.start()
    _seed(layout, code, gradients)
    for instruction in reversed(instructions):
        block = instruction.block
        if gradients.reached(instruction.space, block.start, block.size):
            instruction.backward()
    counts.append(("differentiate", len(code.backward), "array instructions"))
    _load(layout, code, operands)
    source = code.source(argument.name for argument in arguments)
    return Plan(
        tape,
        layout,
        instructions,
        arguments,
        source,
        code.constants,
        operands.limits,
        rows,
        batched,
        8 * (2 * layout.sizes[1] + code.numbers_per_example),
        counts,
    )


def _arguments(inputs: Sequence[Sequence[Value]]) -> list[Argument]:
    ends = np.cumsum([len(argument) for argument in inputs], dtype=int).tolist()
    spans = zip([0, *ends], ends, strict=False)
    return [Argument(f"x{i}", np.arange(*span)) for i, span in enumerate(spans)]


def _ids_of(tape: Tape, values: Sequence[Value]) -> Ids:
    index = {node: i for i, node in enumerate(tape.nodes)}
    return np.array([index[value] for value in values], dtype=np.int64)


def _kind(block: Block) -> Callable[..., Any]:
    if isinstance(block.group, OpGroup) and block.group.op is PICK:
        return Pick
    if isinstance(block.group, OpGroup) and is_opaque(block.group.op):
        return Opaque
    if is_scalar(block):
        return Scalar
    return Linear if isinstance(block.group, LinearGroup) else Elementwise


def _rows_of_roots(layout: Layout) -> tuple[Mask, Ids]:
    """For each output whether it is in `V`, and its place."""
    roots = layout.tape.roots
    fixed = layout.tape.constant[roots]
    places = layout.place[roots]
    places[fixed] = layout.places_in(roots[fixed], 0)
    return layout.in_v[roots], places


def _seed(layout: Layout, code: Code, gradients: Gradients) -> None:
    if not layout.tape.wanted[layout.tape.roots[:1]].any():
        return
    root = layout.tape.roots[0]
    space, place = "UV"[int(layout.in_v[root])], int(layout.place[root])
    seed = "seed" if space == "V" else "seed * B"
    code.emit(f"d{space}[{place}] = {seed}")
    gradients.written[space][place] = True


def _load(layout: Layout, code: Code, operands: Operands) -> None:
    """Copy inputs where they are needed beside other numbers; fill in constants."""
    space = "UV"[code.batched]
    for argument in operands.arguments:
        if argument.name in operands.loaded:
            places = layout.place[argument.ids]
            rows = f"{space}[{places[0]}:{places[-1] + 1}]"
            code.forward.insert(0, f"{rows} = {argument.name}")
    for row, space in enumerate("UV"):
        ids = np.flatnonzero(layout.constants[row] >= 0)
        if len(ids):
            where = code.constant(layout.constants[row, ids], "i")
            wide = "[:, None]" if space == "V" else ""
            code.prologue.append(
                f"{space}[{where}] = {code.constant(layout.tape.data[ids])}{wide}"
            )
