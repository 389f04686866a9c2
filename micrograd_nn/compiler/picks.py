"""Instructions for picks: an entry of a table by an index that each example brings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from micrograd_nn.compiler.gradients import Gradients
from micrograd_nn.compiler.groups import OpGroup
from micrograd_nn.compiler.operands import Argument, Operands
from micrograd_nn.compiler.places import Block
from micrograd_nn.compiler.tape import Ids


@dataclass
class Pick:
    """The instructions of one group, written out by `forward` and then `backward`.

    The place of what a node picks is known once its index is: the place of the first
    entry of its table and so many steps. One `take` then fetches all.
    """

    block: Block
    operands: Operands
    gradients: Gradients

    def __post_init__(self) -> None:
        self.code = self.operands.code
        assert isinstance(self.block.group, OpGroup)
        self.group = self.block.group
        self.batched = self.group.batched
        self.space = "UV"[int(self.batched)]
        self.count = len(self.group.nodes)
        self.tables: Ids = self.group.operands[1:]
        self.arguments = self._arguments()
        for argument in self.arguments:
            known = self.operands.limits.get(argument.position, len(self.tables))
            self.operands.limits[argument.position] = min(known, len(self.tables))
        layout = self.operands.layout
        varying = self.tables[~layout.tape.constant[self.tables]]
        self.is_mixed = len(set(layout.in_v[varying].tolist())) > 1

    def forward(self) -> None:
        """Emit the lines that fetch what is picked."""
        if self.is_mixed:
            self._forward_mixed()
            return
        self.source = "UV"[int(self.operands.is_batched(self.tables))]
        places = self.operands.layout.places_in(self.tables, int(self.source == "V"))
        self.operands.load(self.tables)
        self.first, self.last = int(places.min()), int(places.max()) + 1
        self.found = self.code.buffer((self.count,), self.batched, "int")
        self._find(places if self.source == "V" else places - self.first)
        rows = f"{self.space}[{self.block.start}:{self.block.start + self.count}]"
        out = self.code.bind(rows)
        self.code.emit(f"{self._flat('')}.take({self.found}, None, {out})")

    def backward(self) -> None:
        """Emit the lines that pass the grads on, to what was picked alone."""
        tape, places = self.operands.layout.tape, self.operands.layout.place
        if not tape.wanted[self.tables].any():
            return
        if self.is_mixed:
            self._backward_mixed()
            return
        grad = self.gradients.of(self.space, self.block.start, (self.count,))
        targets = np.unique(places[self.tables[tape.wanted[self.tables]]])
        self.gradients.prepare(targets, self.source)
        found, grad = (self.code.bind(f"{x}.reshape(-1)") for x in (self.found, grad))
        if self.source == "V" and self.count == 1:  # no example picks a place twice
            self.code.emit(f"{self._flat('d')}[{found}] += {grad}")
        elif self.source == "V":
            self.code.call("add.at", self._flat("d"), found, grad)
        else:
            counts = f"bincount({found}, {grad}, {self.last - self.first})"
            self.code.emit(f"dU[{self.first}:{self.last}] += {counts}")

    def _forward_mixed(self) -> None:
        """For tables with entries that all examples share beside others: copy them."""
        self.found = self.code.buffer((self.count,), True, "int")
        count = len(self.tables)
        rows = self.code.constant(_guarded(np.arange(count), count), "i")
        taken = f"{rows}.take({self._indexes()} + 1, None, None, 'clip')"
        self.code.emit(f"{self.found}[...] = {taken}")
        table = self.operands.read(self.tables)
        out = self.code.bind(f"V[{self.block.start}:{self.block.start + self.count}]")
        self.code.emit(f"{out}[...] = {table}[{self._chosen()}]")

    def _backward_mixed(self) -> None:
        grad = self.gradients.of("V", self.block.start, (self.count,))

        def write(out: str) -> None:
            self.code.emit(f"{out}[...] = 0.0")
            self.code.emit(f"{out}[{self._chosen()}] = {grad}")

        self.gradients.add(self.tables, True, write)

    def _chosen(self) -> str:
        """The index, into the tables side by side, of what each node picks."""
        nodes = self.code.bind(f"arange({self.count})[:, None]")
        return f"{self.found}, {nodes}, {self.code.bind('arange(B)')}"

    def _arguments(self) -> list[Argument]:
        """The inputs that the indexes are of; mostly one."""
        ids = self.group.operands[0]
        return [a for a in self.operands.arguments if np.isin(a.ids, ids).any()]

    def _indexes(self) -> str:
        """The index of each node, one row a node."""
        if len(self.arguments) > 1:
            return self._gathered_indexes()
        (argument,) = self.arguments
        rows = self.group.operands[0] - argument.ids[0]
        if (rows == rows[0]).all():
            return f"{argument.name}[{rows[0]}]"
        if np.array_equal(rows, rows[0] + np.arange(len(rows))):
            return f"{argument.name}[{rows[0]}:{rows[-1] + 1}]"
        return f"{argument.name}[{self.code.constant(rows, 'i')}]"

    def _gathered_indexes(self) -> str:
        numbers = self.operands.read(self.group.operands[0])
        indexes = self.code.buffer((self.count,), self.batched, "int")
        self.code.emit(f"copyto({indexes}, {numbers}, 'unsafe')")
        return indexes

    def _find(self, places: Ids) -> None:
        """Emit the lines that make places of indexes; in `V` the column counts too."""
        width = "B" if self.source == "V" else "1"
        step = _steps(places)
        if step is None:
            steps = self.code.constant(_guarded(places, self.last), "i")
            wide = "[:, None]" if self.batched else ""
            nodes = self.code.bind(f"arange({self.count}){wide}")
            rows = f"({self._indexes()} + 1).clip(0, {len(places) + 1})"
            self.code.emit(f"{self.found}[...] = {steps}[{rows}, {nodes}]")
            starts = self._in_columns("0")
            if self.source == "V":
                self.code.call("multiply", self.found, width, self.found)
                self.code.call("add", self.found, starts, self.found)
        else:
            table = _guarded(step * np.arange(len(places)), self.last)
            steps = self.code.bind(f"{self.code.constant(table, 'i')} * {width}")
            starts = self._in_columns(self.code.constant(places[0], "i"))
            taken = f"{steps}.take({self._indexes()} + 1, None, None, 'clip')"
            self.code.call("add", taken, starts, self.found)

    def _in_columns(self, places: str) -> str:
        """What the index counts from, in the shape of `found`."""
        wide = f"{places}[:, None]" if self.batched and places != "0" else places
        if self.source == "V":
            return self.code.bind(f"{wide} * B + arange(B)")
        return self.code.bind(wide) if self.batched else places

    def _flat(self, prefix: str) -> str:
        if self.source == "U":
            return self.code.bind(f"{prefix}U[{self.first}:{self.last}]")
        return self.code.bind(f"{prefix}V[:{self.last}].reshape(-1)")


def _steps(places: Ids) -> int | None:
    """The distance between entries if it is the same in all tables; else None."""
    if len(places) == 1:
        return 0
    steps = np.diff(places, axis=0)
    return int(steps[0, 0]) if (steps == steps[0, 0]).all() else None


def _guarded(places: Ids, beyond: int) -> Ids:
    """A table of places by index + 1: what is clipped at an end leads beyond the array.

    There NumPy raises an IndexError; an index below 0 it would count from the end.
    """
    nowhere = np.full_like(places[:1], beyond)
    return np.concatenate([nowhere, places, nowhere])
