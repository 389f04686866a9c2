"""Instructions for picks: an entry of a table by an index that each example brings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from micrograd_nn.compiler.gradients import Gradients
from micrograd_nn.compiler.groups import OpGroup
from micrograd_nn.compiler.operands import Argument, Operands
from micrograd_nn.compiler.places import Block
from micrograd_nn.compiler.tape import Ids

NOWHERE = 2**40  # a place beyond any array, so that NumPy raises an IndexError


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
        self.argument = self._argument()
        known = self.operands.limits.get(self.argument.name, len(self.tables))
        self.operands.limits[self.argument.name] = min(known, len(self.tables))

    def forward(self) -> None:
        """Emit the lines that fetch what is picked."""
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

    def _argument(self) -> Argument:
        """The input that the indexes are of."""
        ids = self.group.operands[0]
        return next(a for a in self.operands.arguments if np.isin(ids, a.ids).all())

    def _indexes(self) -> str:
        """The index of each node, one row a node."""
        rows = self.group.operands[0] - self.argument.ids[0]
        if (rows == rows[0]).all():
            return f"{self.argument.name}[{rows[0]}]"
        if np.array_equal(rows, rows[0] + np.arange(len(rows))):
            return f"{self.argument.name}[{rows[0]}:{rows[-1] + 1}]"
        return f"{self.argument.name}[{self.code.constant(rows, 'i')}]"

    def _find(self, places: Ids) -> None:
        """Emit the lines that make places of indexes; in `V` the column counts too."""
        width = "B" if self.source == "V" else "1"
        step = _steps(places)
        if step is None:
            steps = self.code.constant(_guarded(places), "i")
            wide = "[:, None]" if self.batched else ""
            nodes = self.code.bind(f"arange({self.count}){wide}")
            self.code.emit(f"{self.found}[...] = {steps}[{self._indexes()}, {nodes}]")
            starts = self._in_columns("0")
            if self.source == "V":
                self.code.call("multiply", self.found, width, self.found)
                self.code.call("add", self.found, starts, self.found)
        else:
            table = _guarded(step * np.arange(len(places)))
            steps = self.code.bind(f"{self.code.constant(table, 'i')} * {width}")
            starts = self._in_columns(self.code.constant(places[0], "i"))
            self.code.call(
                "add", f"{steps}.take({self._indexes()})", starts, self.found
            )

    def _in_columns(self, places: str) -> str:
        """What the index counts from, in the shape of `found`."""
        wide = f"{places}[:, None]" if self.batched and places != "0" else places
        if self.source == "V":
            return self.code.bind(f"{wide} * B + arange(B)")
        return self.code.bind(wide) if self.batched else places

    def _flat(self, prefix: str) -> str:
        if self.source == "U":
            return self.code.bind(f"{prefix}U[{self.first}:{self.last}]")
        return self.code.bind(f"{prefix}V.reshape(-1)")


def _steps(places: Ids) -> int | None:
    """The distance between entries if it is the same in all tables; else None."""
    if len(places) == 1:
        return 0
    steps = np.diff(places, axis=0)
    return int(steps[0, 0]) if (steps == steps[0, 0]).all() else None


def _guarded(places: Ids) -> Ids:
    """A table of places by index, in which indexes below 0 lead out of all arrays.

    NumPy counts them from the end: there the table has places that nobody has.
    """
    return np.concatenate([places, np.full_like(places, NOWHERE)])
