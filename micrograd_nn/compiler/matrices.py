"""Pass 4, find matrices: dot products that share rows and columns are one product.

Each node of a linear group has a tuple of left factors and one of right factors. Take
the distinct left tuples as rows and the distinct right tuples as columns: if every row
meets every column, the group is a matrix product. A layer is one: its weights are the
rows, its examples the columns; and so is a convolution: its patches are the columns.
Heads of attention only meet their own keys: such a group falls apart into blocks, and
is a batch of matrix products. What meets nothing else is a block of one row and column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.compiler.groups import Group, LinearGroup, OpGroup
from micrograd_nn.compiler.tape import Ids, Tape

FULL = 0.4  # a block is computed whole if at least so much of it is needed


@dataclass
class Matrix:
    """A batch of matrix products: `left[c] @ right[c].T`, for each block c.

    Attributes:
        left: Ids of the left factors: block, row, position in the tuple.
        right: Ids of the right factors: block, column, position in the tuple.
        slots: Where in the result (block, row, column) each node of the group is.
    """

    left: Ids
    right: Ids
    slots: Ids

    @property
    def shape(self) -> tuple[int, int, int]:
        """The numbers of blocks, rows and columns."""
        return (*self.left.shape[:2], self.right.shape[1])

    @property
    def is_elementwise(self) -> bool:
        """Whether nothing is shared, so that the blocks are single dot products."""
        return self.shape[1:] == (1, 1)


def merge_equal(tape: Tape, groups: Sequence[Group]) -> Ids:
    """Keep one of all nodes that compute the same; the id that stands for each node.

    The groups lose their other nodes, and refer to the ones that are kept.
    """
    kept = np.arange(len(tape))
    _merge_constants(tape, kept)
    for group in groups:
        rows = [kept[array] for array in arrays(group)]
        if isinstance(group, LinearGroup) and len(group.nodes):
            numbers = group.constants.view(np.int64)[None]
            first, same = _distinct(np.concatenate([*rows, numbers]))
        else:
            first, same = _distinct(np.concatenate(rows))
        kept[group.nodes] = group.nodes[first][same]
        choose(group, [row[:, first] for row in rows], first)
    return kept


def arrays(group: Group) -> list[Ids]:
    """All arrays of operands of a group: one row a position, one column a node."""
    if isinstance(group, LinearGroup):
        pairs = [array for pair in group.pairs.values() for array in pair]
        return [*group.singles.values(), *pairs]
    assert isinstance(group, OpGroup)
    return [group.operands]


def choose(group: Group, rows: Sequence[Ids], first: Ids) -> None:
    """Give a group other arrays of operands, of its nodes `first`."""
    group.nodes = group.nodes[first]
    if isinstance(group, LinearGroup):
        found = iter(rows)
        group.constants = group.constants[first]
        group.singles = {sign: next(found) for sign in group.singles}
        group.pairs = {sign: (next(found), next(found)) for sign in group.pairs}
    else:
        assert isinstance(group, OpGroup)
        (group.operands,) = rows


def _merge_constants(tape: Tape, kept: Ids) -> None:
    ids = np.flatnonzero(tape.constant)
    if len(ids):
        _, first, same = np.unique(
            tape.data[ids].view(np.int64), return_index=True, return_inverse=True
        )
        kept[ids] = ids[first][same]


def find_matrix(left: Ids, right: Ids, rank: Ids, pad: int) -> Matrix:
    """The matrix product that dot products make up.

    Args:
        left: Ids of left factors: one row a position, one column a dot product.
        right: Ids of right factors.
        rank: Of each id how much it belongs to the left: parameters most, what differs
            from example to example least, so that all groups lie the same way.
        pad: The id of the zero that shorter dot products were filled up with.
    """
    swap = rank[right] > rank[left]
    left, right = np.where(swap, right, left), np.where(swap, left, right)
    right = _lengthened(left, right, pad)
    first_left, row = _distinct(left)
    first_right, column = _distinct(right)
    block = _blocks(row, column)
    found = _batched(row, column, block)
    outer = found and len(left) == 1 and 1 in (found[0].shape[1], found[1].shape[1])
    if found is None or outer:
        count = left.shape[1]
        return Matrix(left.T[:, None], right.T[:, None], np.arange(count))
    rows, columns, slots = found
    return Matrix(left.T[first_left[rows]], right.T[first_right[columns]], slots)


def _lengthened(left: Ids, right: Ids, pad: int) -> Ids:
    """Right tuples that are the beginning of a longer one, made that longer one.

    Where a tuple was filled up, what is on the right is multiplied by zero: it may as
    well be what others have there. So causal attention meets whole matrices of values.
    """
    lengths = ((left != pad) | (right != pad)).sum(axis=0)
    if lengths.min() == len(left):
        return right
    beginnings = _hashed(right).cumsum(axis=0)
    longest = np.flatnonzero(lengths == lengths.max())
    found = right.copy()
    for length in np.unique(lengths).tolist():
        here = np.flatnonzero(lengths == length)
        known, first = np.unique(beginnings[length - 1, longest], return_index=True)
        wanted = beginnings[length - 1, here]
        place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        same = known[place] == wanted
        found[:, here[same]] = right[:, longest[first[place[same]]]]
    return found


def _batched(row: Ids, column: Ids, block: Ids) -> tuple[Ids, Ids, Ids] | None:
    """Rows and columns of each block and the slot of each node, if blocks are alike."""
    rows, row_counts = _members(row, block)
    columns, column_counts = _members(column, block)
    if len(set(row_counts)) > 1 or len(set(column_counts)) > 1:
        return None
    blocks, height, width = len(row_counts), row_counts[0], column_counts[0]
    if len(row) < FULL * blocks * height * width:
        return None
    row_place, column_place = np.argsort(rows), np.argsort(columns)
    slots = row_place[row] * width + column_place[column] % width
    if len(np.unique(slots)) < len(slots):  # one product in two sums: each needs a slot
        return None
    return rows.reshape(blocks, height), columns.reshape(blocks, width), slots


def _members(ids: Ids, block: Ids) -> tuple[Ids, Ids]:
    """The ids of one block after those of another, and how many each block has."""
    distinct, first = np.unique(ids, return_index=True)
    order = np.argsort(block[first], kind="stable")
    return distinct[order], np.unique(block[first], return_counts=True)[1]


def _blocks(row: Ids, column: Ids) -> Ids:
    """For each dot product the block that it is in: the first row that it reaches."""
    block = row.copy()
    while True:
        by_column = np.full(column.max() + 1, len(row))
        np.minimum.at(by_column, column, block)
        by_row = np.full(row.max() + 1, len(row))
        np.minimum.at(by_row, row, by_column[column])
        further = by_row[by_row]  # so that a long chain takes few rounds
        while not np.array_equal(further, by_row):
            by_row, further = further, further[further]
        if np.array_equal(by_row[row], block):
            return block
        block = by_row[row]


def _distinct(rows: Ids) -> tuple[Ids, Ids]:
    """The first of all equal columns, in order of appearance, and which each one is."""
    hashes = _hashes(rows)
    _, first, same = np.unique(hashes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return first[order], np.argsort(order)[same]


def _hashes(rows: Ids) -> NDArray[np.uint64]:
    """A number for each column; of 64 random bits, so that equal means equal."""
    found: NDArray[np.uint64] = _hashed(rows).sum(axis=0)
    return found


def _hashed(rows: Ids) -> NDArray[np.uint64]:
    """What each entry adds to the hash of its column, by its position."""
    factors = np.random.default_rng(0).integers(1, 2**63, len(rows), np.uint64)
    found: NDArray[np.uint64] = rows.astype(np.uint64) * (2 * factors[:, None] + 1)
    return found
