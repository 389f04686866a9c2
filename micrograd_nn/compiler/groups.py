"""Pass 3, group: nodes that can be computed side by side become one array.

The level of a node is its longest distance from the leaves, so nodes of one level never
need each other. Those that are also made by the same op from as many operands form a
group. Sums of different lengths, as over the keys that a causal attention sees, are
filled up with zeros to one length, so that a longer sequence needs no more groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.compiler.linear import Floats, LinearForms, Terms
from micrograd_nn.compiler.tape import Ids, Mask, Tape
from micrograd_nn.op import Op

RAGGED = 3  # so many lengths are filled up to one
WASTE = 3  # but no more than to so many times the terms
SIGNS = (1.0, -1.0)


@dataclass
class Group:
    """Nodes that are made alike, side by side.

    Attributes:
        nodes: Their ids.
        batched: Whether they differ from example to example.
        level: Their distance from the leaves.
    """

    nodes: Ids
    batched: bool
    level: int


@dataclass
class OpGroup(Group):
    """Nodes that one op makes.

    Attributes:
        op: The op.
        operands: The ids of its operands: one row an operand, one column a node.
    """

    op: Op
    operands: Ids


@dataclass
class LinearGroup(Group):
    """Linear forms of one shape: for each node constant + Σ ± single + Σ ± a · b.

    Attributes:
        constants: What is added to each node.
        singles: By sign, the ids of single terms: one row a term, one column a node.
        pairs: By sign, the ids of the factors: a pair of such arrays.
    """

    constants: Floats
    singles: dict[float, Ids] = field(default_factory=dict)
    pairs: dict[float, tuple[Ids, Ids]] = field(default_factory=dict)


def find_groups(tape: Tape, forms: LinearForms, levels: Ids) -> list[Group]:
    """The groups of a tape, in an order in which they can be computed."""
    results = (tape.codes >= 0) & ~tape.constant & ~forms.inner
    found: list[Group] = [*_op_groups(tape, forms, results, levels)]
    found += _linear_groups(tape, forms, results, levels)
    # Of one level single nodes first: in the backward pass, what adds a penalty on all
    # parameters then comes after the matrices, each of which writes to a few of them.
    return sorted(found, key=lambda group: (group.level, len(group.nodes) > 1))


def find_levels(tape: Tape, inner: Mask) -> Ids:
    """The longest distance from the leaves; what is inside a form adds none."""
    levels: list[int] = []
    operands, starts = tape.operands.tolist(), tape.starts.tolist()
    steps = np.where(inner | tape.constant, 0, 1).tolist()
    start = 0
    for step, end in zip(steps, starts[1:], strict=True):
        if end - start == 2:
            a, b = levels[operands[start]], levels[operands[start + 1]]
            levels.append((a if a > b else b) + step)
        elif end > start:
            levels.append(max([levels[i] for i in operands[start:end]]) + step)
        else:
            levels.append(0)
        start = end
    return np.array(levels)


def _op_groups(
    tape: Tape, forms: LinearForms, results: Mask, levels: Ids
) -> Iterator[OpGroup]:
    counts = np.diff(tape.starts)
    ids = np.flatnonzero(results & ~forms.is_form)
    keys = levels[ids], tape.codes[ids], tape.batched[ids]
    lengths = counts[ids]
    for nodes in _alike(np.arange(len(ids)), *keys):
        longest = lengths[nodes].max()
        if (
            tape.ops[tape.codes[ids[nodes[0]]]].pad is not None
            and longest * len(nodes) <= WASTE * lengths[nodes].sum()
        ):
            lengths[nodes] = longest
    for nodes in _alike(ids, *keys, lengths):
        op = tape.ops[tape.codes[nodes[0]]]
        fill = tape.pads[op.pad] if op.pad is not None else 0
        rows = _rows(tape.operands, tape.starts[nodes], counts[nodes], fill)
        yield OpGroup(*_common(tape, levels, nodes), op, rows)


def _linear_groups(
    tape: Tape, forms: LinearForms, results: Mask, levels: Ids
) -> Iterator[LinearGroup]:
    singles = [_Runs(forms.singles, sign, len(tape)) for sign in SIGNS]
    pairs = [_Runs(forms.pairs, sign, len(tape)) for sign in SIGNS]
    counts = np.stack([runs.counts for runs in (*singles, *pairs)])
    ids = np.flatnonzero(results & forms.is_form)
    lengths = _lengths(ids, levels, tape.batched, counts)
    zero = tape.pads[0.0]
    for nodes in _alike(ids, levels[ids], tape.batched[ids], *lengths):
        common = _common(tape, levels, nodes)
        group = LinearGroup(*common, forms.constants[nodes])
        for sign, single, pair in zip(SIGNS, singles, pairs, strict=True):
            if single.counts[nodes].any():
                (group.singles[sign],) = single.rows(nodes, zero)
            if pair.counts[nodes].any():
                left, right = pair.rows(nodes, zero)
                group.pairs[sign] = left, right
        yield group


def _common(tape: Tape, levels: Ids, nodes: Ids) -> tuple[Ids, bool, int]:
    """The first fields of a group."""
    return nodes, bool(tape.batched[nodes[0]]), int(levels[nodes[0]])


class _Runs:
    """The terms of one sign, form after form."""

    def __init__(self, terms: Terms, sign: float, size: int) -> None:
        chosen = terms.signs == sign
        operands = terms.operands[chosen]
        self.columns = list(operands.T) if operands.ndim == 2 else [operands]
        self.counts = np.bincount(terms.forms[chosen], minlength=size)
        self.starts = np.cumsum(self.counts) - self.counts

    def rows(self, nodes: Ids, fill: int) -> list[Ids]:
        """For each column the terms of some forms, beside each other."""
        starts, counts = self.starts[nodes], self.counts[nodes]
        return [_rows(column, starts, counts, fill) for column in self.columns]


def _lengths(ids: Ids, levels: Ids, batched: Mask, counts: Ids) -> list[Ids]:
    """Per kind of term, the length that decides which forms are alike.

    Where there are many lengths of one kind they count as one, the longest.
    """
    lengths = counts[:, ids]
    for nodes in _alike(np.arange(len(ids)), levels[ids], batched[ids], *(lengths > 0)):
        here = lengths[:, nodes]
        longest = here.max(axis=1, keepdims=True)
        several = max(len(np.unique(row)) for row in here) >= RAGGED
        if several and longest.sum() * len(nodes) <= WASTE * here.sum():
            lengths[:, nodes] = longest
    return list(lengths)


def _alike(ids: Ids, *keys: NDArray[Any]) -> Iterator[Ids]:
    """The ids with equal keys together, each lot in ascending order."""
    if not len(ids):
        return
    order = np.lexsort(keys)
    columns = np.stack(keys)[:, order]
    changes = np.flatnonzero((columns[:, 1:] != columns[:, :-1]).any(axis=0)) + 1
    yield from (np.sort(lot) for lot in np.split(ids[order], changes))


def _rows(column: Ids, starts: Ids, counts: Ids, fill: int) -> Ids:
    """Runs of `column` beside each other: one row a position, one column a run."""
    positions = np.arange(counts.max(initial=0))[:, None]
    inside = positions < counts
    return np.where(inside, column[np.where(inside, starts + positions, 0)], fill)
