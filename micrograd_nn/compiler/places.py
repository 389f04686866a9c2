"""Pass 5, lay out: where each number lives, so that operands lie side by side.

There are two arrays. `U` has a place for each node that is the same for all examples:
first the parameters, in the order in which the matrices use them, then results. `V` has
a row for each node that differs from example to example: first the inputs, then the
results. A group's nodes lie together, in the order of their operands' places; so what
one group writes is what the next one reads, mostly in one piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from micrograd_nn.compiler.groups import Group, LinearGroup
from micrograd_nn.compiler.matrices import Matrix, arrays, choose, find_matrix
from micrograd_nn.compiler.tape import Ids, Mask, Tape

FEW = 4  # operands of a node, to look at


@dataclass
class Block:
    """The places of one group.

    Attributes:
        group: The group; its nodes are in the order of their places.
        start: The first place.
        size: How many places; some may be of no node, in blocks computed whole.
        matrix: The matrix product that the main pairs make up, if there are any.
        sign: The sign of those pairs.
    """

    group: Group
    start: int
    size: int
    matrix: Matrix | None = None
    sign: float = 1.0


@dataclass
class Layout:
    """The places of all nodes.

    Attributes:
        tape: The graph.
        blocks: The groups with their places, in the order of execution.
        place: By id, the place in `U` or `V`; -1 for what has none.
        in_v: By id, whether that is in `V`.
        sizes: How many places `U` and `V` have.
        params: The ids of the leaves, in the order of their places, the first in `U`:
            parameters, then leaves whose gradients are not wanted.
        constants: By space and id, the places of constants that come mixed with others.
    """

    tape: Tape
    blocks: list[Block]
    place: Ids
    in_v: Mask
    sizes: list[int]
    params: Ids
    constants: Ids

    @property
    def wanted(self) -> int:
        """How many of `params` have gradients: the first ones."""
        return int(self.tape.wanted[self.params].sum())

    def places_in(self, ids: Ids, space: int) -> Ids:
        """The places of `ids` in `U` (0) or `V` (1); constants get one where needed."""
        fixed = self.tape.constant[ids]
        new = np.unique(ids[fixed])
        new = new[self.constants[space, new] < 0]
        self.constants[space, new] = self.sizes[space] + np.arange(len(new))
        self.sizes[space] += len(new)
        return np.where(fixed, self.constants[space, ids], self.place[ids])


def lay_out(
    tape: Tape,
    groups: Sequence[Group],
    kept: Ids,
    inputs: int,
    params: Ids | None = None,
) -> Layout:
    """Places for every node.

    Args:
        tape: The graph.
        groups: Its groups.
        kept: The id that stands for each.
        inputs: How many ids, the first, are inputs.
        params: The parameters in the order that they must have, if there is one.
    """
    leaves = (tape.codes < 0) & ~tape.constant
    leaves[:inputs] = False
    rank = np.where(leaves & tape.wanted, 2, np.where(tape.batched, 0, 1))
    pad = int(kept[tape.pads[0.0]])
    matrices = [_matrix(group, rank, pad) for group in groups]
    found = _in_order_of_use(groups, matrices, leaves, tape)
    if params is not None:
        found = np.concatenate([params, found[~tape.wanted[found]]])
    params = found
    nowhere = np.full(len(tape), -1)
    constants = np.stack([nowhere, nowhere])
    layout = Layout(tape, [], nowhere, tape.batched.copy(), [0, 0], params, constants)
    _take_places(layout, params)
    _take_places(layout, np.arange(inputs))
    for group, (matrix, sign) in zip(groups, matrices, strict=True):
        layout.blocks.append(_block(layout, group, matrix, sign))
    layout.place = layout.place[kept]
    layout.in_v = layout.in_v[kept]
    return layout


def _matrix(group: Group, rank: Ids, pad: int) -> tuple[Matrix | None, float]:
    if not isinstance(group, LinearGroup) or not group.pairs:
        return None, 1.0
    sign, (left, right) = next(iter(group.pairs.items()))
    return find_matrix(left, right, rank, pad), sign


def _in_order_of_use(
    groups: Sequence[Group],
    matrices: Sequence[tuple[Matrix | None, float]],
    is_param: Mask,
    tape: Tape,
) -> Ids:
    """The leaves: row by row of the matrices, then those that are in none.

    Those whose gradients are wanted come first.
    """
    large = [m.left.ravel() for m, _ in matrices if m and m.shape[1] > 1]
    used = [array.T.ravel() for group in groups for array in arrays(group)]
    ids = np.concatenate([*large, *used, np.flatnonzero(is_param)])
    distinct, first = np.unique(ids, return_index=True)
    ordered = distinct[np.argsort(first)]
    ordered = ordered[is_param[ordered]]
    wanted_first: Ids = ordered[np.argsort(~tape.wanted[ordered], kind="stable")]
    return wanted_first


def _take_places(layout: Layout, ids: Ids, count: int = 0) -> int:
    """Give `ids` the next places; returns the first."""
    space = int(layout.in_v[ids[0]]) if len(ids) else 0
    start = layout.sizes[space]
    layout.place[ids] = start + np.arange(len(ids))
    layout.sizes[space] += max(len(ids), count)
    return start


def _block(layout: Layout, group: Group, matrix: Matrix | None, sign: float) -> Block:
    if matrix is None:
        _reorder(group, _order(layout, group))
        start = _take_places(layout, group.nodes)
        return Block(group, start, len(group.nodes))
    matrix = _sorted(layout, matrix)
    order = np.argsort(matrix.slots)
    _reorder(group, order)
    matrix.slots = matrix.slots[order]
    blocks, rows, columns = matrix.shape
    start = _take_places(layout, group.nodes, blocks * rows * columns)
    layout.place[group.nodes] = start + matrix.slots
    return Block(group, start, blocks * rows * columns, matrix, sign)


def _order(layout: Layout, group: Group) -> Ids:
    """The nodes by the place of the operand that tells most of them apart."""
    rows = [layout.place[row] for array in arrays(group) for row in array[:FEW]]
    leading = max(rows, key=lambda row: len(np.unique(row)))
    order: Ids = np.argsort(leading, kind="stable")
    return order


def _sorted(layout: Layout, matrix: Matrix) -> Matrix:
    """The same product, its blocks, rows and columns by the places of their factors."""
    blocks, rows, columns = matrix.shape
    place = layout.place
    left, right = matrix.left, matrix.right
    if blocks * rows * columns == 1:
        inner = np.argsort(place[left[0, 0]], kind="stable")
        return Matrix(left[:, :, inner], right[:, :, inner], matrix.slots)
    by_row = np.argsort(place[left[:, :, 0]], axis=1, kind="stable")
    by_column = np.argsort(place[right[:, :, 0]], axis=1, kind="stable")
    left = np.take_along_axis(left, by_row[:, :, None], axis=1)
    right = np.take_along_axis(right, by_column[:, :, None], axis=1)
    first = np.maximum(place[left[:, 0, 0]], place[right[:, 0, 0]])
    by_block = np.argsort(first, kind="stable")
    old = np.arange(blocks * rows * columns).reshape(blocks, rows, columns)
    old = np.take_along_axis(old, by_row[:, :, None], axis=1)
    old = np.take_along_axis(old, by_column[:, None, :], axis=2)[by_block]
    new = np.argsort(old.ravel())
    return Matrix(left[by_block], right[by_block], new[matrix.slots])


def _reorder(group: Group, order: Ids) -> None:
    choose(group, [array[:, order] for array in arrays(group)], order)
