"""All passes in a row: from outputs recorded as Values to a program that runs.

Read this first, then each pass in the order in which it is called here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd_nn.compiler.emit import Emitted, Instruction
from micrograd_nn.compiler.groups import Group, find_groups, find_levels
from micrograd_nn.compiler.interpreter import Interpreter, interpret, is_loose
from micrograd_nn.compiler.linear import LinearForms, find_linear_forms
from micrograd_nn.compiler.matrices import merge_equal
from micrograd_nn.compiler.operands import Argument
from micrograd_nn.compiler.places import Layout, lay_out
from micrograd_nn.compiler.runtime import NAMES
from micrograd_nn.compiler.tape import Ids, Tape, read_graph
from micrograd_nn.engine import Value

Pass = tuple[str, int, str]


@dataclass
class Plan:
    """A compiled graph, for any batch size.

    Attributes:
        tape: The graph.
        owners: For each node the instruction that computes it, counted from 0; -1 for
            leaves and constants.
        layout: Where its numbers are.
        emitted: What the program does.
        passes: For each pass its name, a count of what it left, and of what.
    """

    tape: Tape
    owners: Ids
    layout: Layout
    emitted: Emitted
    passes: list[Pass]

    def __post_init__(self) -> None:
        self.source = self.emitted.source
        self.rows = self.emitted.rows
        self.batched = self.emitted.code.batched
        self.limits = self.emitted.operands.limits
        names = {**NAMES, **self.emitted.code.constants}
        exec(compile(self.source, "<micrograd_nn program>", "exec"), names)
        self.bind: Callable[..., Any] = names["bind"]

    @property
    def instructions(self) -> list[Instruction]:
        """What the program does, in order."""
        return self.emitted.instructions

    @property
    def arguments(self) -> list[Argument]:
        """The inputs."""
        return self.emitted.operands.arguments

    @property
    def bytes_per_example(self) -> int:
        """How much memory each example of a run takes."""
        return 8 * (2 * self.layout.sizes[1] + self.emitted.code.numbers_per_example)


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
        order: The order that the params must have in `U`, if there is one already.
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
    owners, grouped = _owners(tape, forms, groups), _count(groups)
    kept = merge_equal(tape, groups)
    layout = lay_out(tape, groups, kept, len(leaves), placed)
    emitted = Emitted(layout, arguments, batched)
    return Plan(tape, owners, layout, emitted, _passes(groups, grouped, emitted))


def _arguments(inputs: Sequence[Sequence[Value]]) -> list[Argument]:
    ends = np.cumsum([len(argument) for argument in inputs], dtype=int).tolist()
    spans = zip([0, *ends], ends, strict=False)
    return [Argument(i, np.arange(*span)) for i, span in enumerate(spans)]


def _ids_of(tape: Tape, values: Sequence[Value]) -> Ids:
    index = {node: i for i, node in enumerate(tape.nodes)}
    return np.array([index[value] for value in values], dtype=np.intp)


def _owners(tape: Tape, forms: LinearForms, groups: Sequence[Group]) -> Ids:
    """The instruction of each node; what is inside a form has that of the form."""
    owners = np.full(len(tape), -1)
    for number, group in enumerate(groups):
        owners[group.nodes] = number
    return owners[forms.owners]


def _count(groups: Sequence[Group]) -> int:
    return sum(len(group.nodes) for group in groups)


def _passes(groups: Sequence[Group], grouped: int, emitted: Emitted) -> list[Pass]:
    tape = emitted.layout.tape
    found = [block.matrix for block in emitted.layout.blocks]
    matrices = [m for m in found if m is not None and not m.is_elementwise]
    code = emitted.code
    return [
        ("record", len(tape) - len(tape.pads), "scalar nodes"),
        ("linear forms", grouped, "sums of terms and other ops"),
        ("group", len(groups), "groups of nodes that are computed side by side"),
        ("merge equal", _count(groups), "nodes that differ from each other"),
        ("find matrices", len(matrices), "matrix products"),
        ("lay out", len(emitted.operands.gathered), "arrays to gather; else views"),
        ("forward", len(code.forward), "array instructions"),
        ("differentiate", len(code.backward), "array instructions"),
    ]
