"""Reading numbers where they lie, and gathering them where they do not lie together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from micrograd_nn.compiler.code import Code, Dims
from micrograd_nn.compiler.places import Layout
from micrograd_nn.compiler.tape import Ids
from micrograd_nn.compiler.views import common, factor, is_plain, strides_of


@dataclass
class Argument:
    """An input of the program: its position and the ids of its numbers."""

    position: int
    ids: Ids

    @property
    def name(self) -> str:
        """What it is called in the source."""
        return f"x{self.position}"


@dataclass
class Operands:
    """Names, in a program, for arrays of numbers.

    Attributes:
        layout: Where the numbers are.
        code: The program, which gets a line where numbers have to be gathered.
        arguments: The inputs.
        loaded: The names of those inputs that must be copied into `V` before a run.
        limits: By position of an input, how many entries its indexes tell apart.
        gathered: The arrays that had to be gathered, by what is in them.
    """

    layout: Layout
    code: Code
    arguments: list[Argument]
    loaded: set[str] = field(default_factory=set)
    limits: dict[int, int] = field(default_factory=dict)
    gathered: dict[bytes, str] = field(default_factory=dict)

    def is_batched(self, ids: Ids) -> bool:
        """Whether some of these numbers differ from example to example."""
        return bool(self.layout.in_v[ids].any())

    def constant(self, ids: Ids) -> float | str | None:
        """The number, or the array of numbers, if all are constant; else None."""
        tape = self.layout.tape
        if not tape.constant[ids].all():
            return None
        numbers = tape.data[ids]
        first = numbers.flat[0]
        if np.array_equal(
            numbers.view(np.int64), np.full_like(numbers, first).view(np.int64)
        ):
            return float(first)
        return self.code.constant(numbers)

    def index(self, ids: Ids) -> Ids | None:
        """The places of these numbers if they are all in one space; else None.

        Constants among them get a place there.
        """
        tape, in_v = self.layout.tape, self.layout.in_v
        varying = in_v[ids[~tape.constant[ids]]]
        if not varying.size or varying.any() != varying.all():
            return None
        return self.layout.places_in(ids, int(varying[0]))

    def read(self, ids: Ids, merged: bool = False) -> str:
        """An array of these numbers, in their shape, with a batch axis if they differ.

        Args:
            ids: The ids, in any shape; not all constant.
            merged: Whether the last axis and the batch axis are to be one.
        """
        argument = self._argument(ids) if merged else None
        if argument:
            return argument
        self.load(ids)
        batched = self.is_batched(ids)
        index = self.index(ids)
        strides = None if index is None else strides_of(index)
        mergeable = not merged or ids.shape[-1] == 1 or (strides and strides[-1] == 1)
        if index is not None and strides is not None and mergeable:
            return self.view(
                "UV"[int(batched)], int(index.flat[0]), ids.shape, strides, merged
            )
        return self._gather(ids, index, batched, merged)

    def array(self, ids: Ids, merged: bool = False) -> str:
        """As `read`, for numbers that may be constant too."""
        if self.layout.tape.constant[ids].all():
            return self.code.constant(self.layout.tape.data[ids])
        return self.read(ids, merged)

    def wide(self, ids: Ids, batched: bool) -> str:
        """As `array`; if `batched`, with an axis for examples even if they share it."""
        name = self.array(ids)
        thin = batched and not self.is_batched(ids)
        return self.code.bind(f"{name}[..., None]") if thin else name

    def aligned(self, rows: Iterable[Ids], size: int) -> Dims:
        """The coarsest dimensions in which as many numbers are regular in all rows."""
        places = [self.index(row) for row in rows]
        patterns = [None if index is None else factor(index) for index in places]
        whole = ((size,), (1,))
        found = common([whole, *(pattern for pattern in patterns if pattern)])
        return found[0] if found else whole[0]

    def view(
        self, space: str, offset: int, dims: Dims, strides: Dims, merged: bool = False
    ) -> str:
        """A name for a regular part of an array of places."""
        return self.code.bind(view(space, offset, dims, strides, merged))

    def _argument(self, ids: Ids) -> str | None:
        for argument in self.arguments:
            if np.array_equal(ids.ravel(), argument.ids) and self.code.batched:
                shape = (*ids.shape[:-1], -1)
                return argument.name if len(shape) == 2 else None
        return None

    def load(self, ids: Ids) -> None:
        """Note that numbers are read where they are, so that inputs are put there."""
        for argument in self.arguments:
            if np.isin(argument.ids, ids).any():
                self.loaded.add(argument.name)

    def _gather(self, ids: Ids, index: Ids | None, batched: bool, merged: bool) -> str:
        key = ids.tobytes() + repr((ids.shape, merged)).encode()
        if key not in self.gathered:
            name = self.code.buffer(ids.shape, batched)
            if index is None:
                self._assemble(ids, name)
            else:
                places = self.code.constant(index, "i")
                self.code.emit(f"{'UV'[batched]}.take({places}, 0, {name}, 'clip')")
            if merged:
                name = self.code.bind(f"merged({name})")
            self.gathered[key] = name
        return self.gathered[key]

    def _assemble(self, ids: Ids, name: str) -> None:
        """Gather from both spaces into one array with a batch axis."""
        layout = self.layout
        flat = ids.ravel()
        rows = self.code.bind(f"{name}.reshape({len(flat)}, B)")
        in_v = layout.in_v[flat]
        for space, chosen in (("U", ~in_v), ("V", in_v)):
            where = self.code.constant(np.flatnonzero(chosen), "i")
            places = layout.places_in(flat[chosen], int(space == "V"))
            source = self.code.constant(places, "i")
            wide = "[:, None]" if space == "U" else ""
            self.code.emit(f"{rows}[{where}] = {space}[{source}]{wide}")


def view(
    space: str, offset: int, dims: Dims, strides: Dims, merged: bool = False
) -> str:
    """The expression for a regular part of an array of places."""
    batch = "B" if space.endswith("V") else ""
    if is_plain(dims, strides):
        size = int(np.prod(dims))
        rows = f"{space}[{offset}:{offset + size}]"
        if merged and batch:
            shape = [*map(str, dims[:-1]), f"{dims[-1]} * B"]
        else:
            shape = [*map(str, dims), *([batch] if batch else [])]
        same = len(dims) == 1 and not (merged and batch)
        return rows if same else f"{rows}.reshape({', '.join(shape)})"
    kind = "strided_rows" if batch else "strided"
    found = f"{kind}({space}, {offset}, {dims}, {strides})"
    return f"merged({found})" if merged and batch else found
