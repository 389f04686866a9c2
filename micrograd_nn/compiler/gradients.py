"""Pass 6, differentiate: what each instruction passes on to its operands.

A contribution to grads is an array in the shape of the operands. Where those lie at
regular distances it is written straight into `dU` or `dV`; where one operand got
several numbers, their sum is. The first that writes to a place assigns, later ones add.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from micrograd_nn.compiler.code import Code, Dims
from micrograd_nn.compiler.operands import view
from micrograd_nn.compiler.places import Layout
from micrograd_nn.compiler.tape import Ids, Mask
from micrograd_nn.compiler.views import (
    is_injective,
    is_plain,
    plain_strides,
    strides_of,
)

PADDED = 4  # rows filled up with zeros to so many times their number are still quicker

Write = Callable[[str], None]  # emits the lines that compute a contribution into a name


@dataclass
class Ready:
    """A contribution that is there already: an array and its sign."""

    name: str
    sign: float = 1.0


@dataclass
class Gradients:
    """Where grads are collected, and which places have been written to so far."""

    layout: Layout
    code: Code
    written: dict[str, Mask] = field(default_factory=dict)

    def start(self) -> None:
        """Begin the backward pass: nothing has been written to."""
        sizes = zip("UV", self.layout.sizes, strict=True)
        self.written = {space: np.zeros(size, bool) for space, size in sizes}

    def of(self, space: str, start: int, dims: Dims) -> str:
        """The grads of a block that lies together."""
        return self.code.bind(view(f"d{space}", start, dims, plain_strides(dims)), "d")

    def reached(self, space: str, start: int, size: int) -> bool:
        """Whether any grad arrived at a block; what did not stays zero."""
        return bool(self.written[space][start : start + size].any())

    def add(
        self, ids: Ids, batched: bool, given: Write | Ready, merged: bool = False
    ) -> None:
        """Add a contribution.

        Args:
            ids: The operands.
            batched: Whether the contribution has a batch axis behind those of `ids`.
            given: What emits the lines that compute it, or the array that holds it.
            merged: Whether those lines need the last axis and the batch in one piece.
        """
        wanted = self.layout.tape.wanted[ids]
        if not wanted.any():
            return
        in_v = self.layout.in_v[ids]
        strides = strides_of(self.layout.place[ids])
        one_space = wanted.all() and in_v.any() == in_v.all()
        if one_space and strides and self._is_regular(ids.shape, strides):
            self._add_regular(ids, strides, batched, given, merged)
        else:
            self._scatter(ids, wanted, batched, given)

    def prepare(self, places: Ids, space: str) -> None:
        """Zero what nothing was written to yet, for lines that only add."""
        self._zero(places, space)
        self.written[space][places] = True

    def add_number(self, node: int, formula: str) -> None:
        """Add a number, given as source, to the grad of one node of `U`."""
        if self.layout.tape.wanted[node]:
            place = int(self.layout.place[node])
            sign = "+" if self.written["U"][place] else ""
            self.written["U"][place] = True
            self.code.emit(f"dU[{place}] {sign}= {formula}")

    def _is_regular(self, shape: Dims, strides: Dims) -> bool:
        """Whether no place comes twice, but for axes on which nothing moves."""
        moving = [(n, s) for n, s in zip(shape, strides, strict=True) if s]
        return is_injective(tuple(n for n, _ in moving), tuple(s for _, s in moving))

    def _add_regular(
        self, ids: Ids, strides: Dims, batched: bool, given: Write | Ready, merged: bool
    ) -> None:
        """Write to a view, after a sum over the axes on which nothing moves."""
        index, space = self.layout.place[ids], "UV"[int(self.layout.in_v[ids].any())]
        axes = [a for a, s in enumerate(strides) if s == 0 and ids.shape[a] > 1]
        kept = [a for a in range(ids.ndim) if a not in axes]
        over_batch = batched and space == "U"
        dims = tuple(ids.shape[a] for a in kept) or (1,)
        steps = tuple(strides[a] for a in kept) or (1,)
        target = view(f"d{space}", int(index.flat[0]), dims, steps)
        target = self.code.bind(target, "d")
        if axes or over_batch:
            axes += [ids.ndim] * over_batch
            rows = (*ids.shape, "B") if batched else ids.shape
            given, batched = (
                self._summed(given, ids.shape, rows, axes, batched),
                space == "V",
            )
            if not is_plain(dims, steps):
                given = self._computed(given, dims, batched)
        elif merged and strides[-1] != 1 and ids.shape[-1] > 1:
            given = self._computed(given, ids.shape, batched)
        self._accumulate(target, np.unique(index), space, dims, batched, given)

    def _computed(self, given: Write | Ready, shape: Dims, batched: bool) -> Ready:
        """A contribution as an array; release it if its sign is 1 and you made it."""
        if isinstance(given, Ready):
            return given
        name = self.code.scratch(shape, batched)
        given(name)
        return Ready(name)

    def _summed(
        self,
        given: Write | Ready,
        shape: Dims,
        rows: tuple[int | str, ...],
        axes: list[int],
        batched: bool,
    ) -> Write:
        """What emits the sum of a contribution over some axes."""

        def write(out: str) -> None:
            ready = self._computed(given, shape, batched)
            self._sum(ready, rows, axes, out)
            self._released(given, ready)

        return write

    def _sum(
        self, ready: Ready, rows: tuple[int | str, ...], axes: list[int], out: str
    ) -> None:
        name, sign = ready.name, ready.sign
        trailing = axes == list(range(len(rows) - len(axes), len(rows)))
        if trailing and self.code.is_plain(name):
            # A product with ones is several times quicker than a sum.
            count = " * ".join(str(rows[a]) for a in axes)
            flat = self.code.bind(f"{name}.reshape(-1, {count})")
            ones = self.code.bind(f"full({count}, {sign})")
            self.code.call("dot", flat, ones, self.code.bind(f"flat({out})"))
        elif axes == [0]:
            self.code.sum_first(name, int(rows[0]), self._target(rows, axes, out), sign)
        else:
            axis = axes[0] if len(axes) == 1 else tuple(axes)
            target = self._target(rows, axes, out)
            self.code.emit(f"add.reduce({name}, {axis}, None, {target})")
            if sign < 0:
                self.code.call("negative", out, out)

    def _target(self, rows: tuple[int | str, ...], axes: list[int], out: str) -> str:
        """`out`, without its axis of length 1 where nothing else is left."""
        kept = [n for a, n in enumerate(rows) if a not in axes]
        if kept and kept != ["B"]:
            return out
        return self.code.bind(f"{out}.reshape({'B' if kept else '()'})")

    def _released(self, given: Write | Ready, ready: Ready) -> None:
        if not isinstance(given, Ready):
            self.code.release([ready.name])

    def _accumulate(
        self,
        target: str,
        places: Ids,
        space: str,
        dims: Dims,
        batched: bool,
        given: Write | Ready,
    ) -> None:
        """Assign to places that nothing was written to, else add."""
        fresh = not self.written[space][places].any()
        if not fresh:
            self._zero(places, space)
        self.written[space][places] = True
        if fresh and not isinstance(given, Ready):
            given(target)
            return
        ready = self._computed(given, dims, batched)
        if fresh and ready.sign > 0:
            self.code.copy(target, ready.name)
        elif fresh:
            self.code.call("negative", ready.name, target)
        else:
            function = "add" if ready.sign > 0 else "subtract"
            self.code.call(function, target, ready.name, target)
        self._released(given, ready)

    def _zero(self, places: Ids, space: str) -> None:
        """Zero those places that nothing was written to, before something is added."""
        new = places[~self.written[space][places]]
        if len(new):
            self.code.emit(f"d{space}[{self._slice(new)}] = 0.0")

    def _scatter(
        self, ids: Ids, wanted: Mask, batched: bool, given: Write | Ready
    ) -> None:
        """Send each number of a contribution to its own place."""
        # One row more, of zeros, for places that get fewer numbers than others.
        shape = f"({ids.size + 1}, B)" if batched else f"{ids.size + 1}"
        flat = self.code.own(f"zeros({shape})")
        batch = ", B" if batched else ""
        dims = ", ".join(map(str, ids.shape))
        name = self.code.bind(f"{flat}[:{ids.size}].reshape({dims}{batch})")
        if not isinstance(given, Ready):
            given(name)
        else:
            self.code.call("multiply", given.name, given.sign, name)
        for space in "UV":
            chosen = (wanted & (self.layout.in_v[ids] == (space == "V"))).ravel()
            if chosen.any():
                self._scatter_to(
                    space, ids.ravel(), np.flatnonzero(chosen), flat, batched
                )

    def _scatter_to(
        self, space: str, ids: Ids, positions: Ids, flat: str, batched: bool
    ) -> None:
        places = self.layout.place[ids[positions]]
        if batched and space == "U":
            sums = self.code.buffer((len(ids) + 1,), False)
            self.code.call("dot", flat, self.code.bind("ones(B)"), sums)
            flat, batched = sums, False
        distinct, first, which = np.unique(
            places, return_index=True, return_inverse=True
        )
        if len(distinct) == len(places):
            numbers = f"{flat}.take({self.code.constant(positions[first], 'i')}, 0)"
        elif batched:
            numbers = self._sums_of_rows(flat, positions, which, len(ids))
        else:
            bins = self.code.constant(which, "i")
            taken = f"{flat}.take({self.code.constant(positions, 'i')})"
            numbers = f"bincount({bins}, {taken}, {len(distinct)})"
        fresh = not self.written[space][distinct].any()
        if not fresh:
            self._zero(distinct, space)
        self.written[space][distinct] = True
        sign = "" if fresh else "+"
        self.code.emit(f"d{space}[{self._slice(distinct)}] {sign}= {numbers}")

    def _sums_of_rows(self, flat: str, positions: Ids, which: Ids, zero: int) -> str:
        """For each place the sum of its rows; the row `zero` is one of zeros."""
        counts = np.bincount(which)
        order = np.argsort(which, kind="stable")
        starts = np.cumsum(counts) - counts
        most = counts.max()
        if most * len(counts) > PADDED * len(order):
            rows = f"{flat}.take({self.code.constant(positions[order], 'i')}, 0)"
            return f"add.reduceat({rows}, {self.code.constant(starts, 'i')}, 0)"
        nth = np.arange(most)[:, None]
        sources = np.where(
            nth < counts,
            positions[order[np.minimum(starts + nth, len(order) - 1)]],
            zero,
        )
        rows = self.code.buffer((most, len(counts)), True)
        sums = self.code.buffer((len(counts),), True)
        self.code.emit(
            f"{flat}.take({self.code.constant(sources, 'i')}, 0, {rows}, 'clip')"
        )
        self.code.sum_first(rows, most, sums)
        return sums

    def _slice(self, places: Ids) -> str:
        if np.array_equal(places, places[0] + np.arange(len(places))):
            return f"{places[0]}:{places[-1] + 1}"
        return self.code.constant(places, "i")
