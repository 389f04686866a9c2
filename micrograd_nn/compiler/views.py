"""Indexes as views: rows of numbers that lie at regular distances need no gathering.

>>> factor(np.array([0, 4, 8, 1, 5, 9]))  # the transpose of a 3 x 4 block, in part
((2, 3), (1, 4))
>>> common([((6,), (1,)), ((2, 3), (0, 1))])
((2, 3), [(3, 1), (0, 1)])
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.compiler.code import Dims

Index = NDArray[np.intp]
Pattern = tuple[Dims, Dims]  # dimensions and, for each, the distance between neighbours


def strides_of(index: Index) -> Dims | None:
    """The distance along each axis if `index` is regular along all; else None."""
    if index.size == 0:
        return None
    strides: list[int] = []
    expected: Any = index.flat[0]
    for axis, length in enumerate(index.shape):
        corner = [0] * index.ndim
        corner[axis] = min(1, length - 1)
        stride = int(index[tuple(corner)] - index.flat[0])
        strides.append(stride)
        shape = [1] * index.ndim
        shape[axis] = length
        expected = expected + stride * np.arange(length).reshape(shape)
    return tuple(strides) if np.array_equal(index, expected) else None


def plain_strides(dims: Dims) -> Dims:
    """The distances in an array of those dimensions that lies in one piece."""
    return tuple(np.cumprod((1, *dims[:0:-1]))[::-1].tolist())


def is_plain(dims: Dims, strides: Dims) -> bool:
    """Whether such a view lies in one piece; an axis of length 1 may step anywhere."""
    steps = zip(dims, strides, plain_strides(dims), strict=True)
    return all(stride == plain or n == 1 for n, stride, plain in steps)


def factor(index: Index) -> Pattern | None:
    """The nested loops of regular steps that visit a one-dimensional index.

    None if there are none of at most four levels.
    """
    dims: list[int] = []
    strides: list[int] = []
    while len(index) > 1:
        steps = np.diff(index)
        length = _run(steps)
        if len(index) % length or len(dims) == 4:
            return None
        blocks = index.reshape(-1, length)
        if (np.diff(blocks, axis=1) != steps[0]).any():
            return None
        dims.insert(0, length)
        strides.insert(0, int(steps[0]))
        index = blocks[:, 0]
    return (tuple(dims), tuple(strides)) if dims else ((1,), (0,))


def _run(steps: Index) -> int:
    """How many numbers, from the first, lie at one distance."""
    other = np.flatnonzero(steps != steps[0])
    return int(other[0]) + 1 if len(other) else len(steps) + 1


def common(patterns: Sequence[Pattern]) -> tuple[Dims, list[Dims]] | None:
    """The coarsest dimensions that fit all patterns, and the strides of each."""
    marks = sorted({m for dims, _ in patterns for m in _marks(dims)})
    if any(b % a for a, b in pairwise(marks)) or len(marks) > 6:
        return None
    dims = tuple(b // a for a, b in pairwise(marks))[::-1] or (1,)
    return dims, [_refined(pattern, dims) for pattern in patterns]


def _marks(dims: Dims) -> list[int]:
    """How many elements the inner axes hold: 1, those of the last one, and so on."""
    return [math.prod(dims[len(dims) - i :]) for i in range(len(dims) + 1)]


def _refined(pattern: Pattern, dims: Dims) -> Dims:
    """The strides of `pattern` when its axes are split up into `dims`."""
    marks = _marks(pattern[0])
    found = []
    for mark in _marks(dims)[:-1]:
        axis = max(i for i, m in enumerate(marks[:-1]) if m <= mark)
        found.append(pattern[1][len(pattern[0]) - 1 - axis] * (mark // marks[axis]))
    return tuple(found[::-1])


def is_injective(dims: Dims, strides: Dims) -> bool:
    """Whether no element is visited twice: each axis steps over all inner ones."""
    reach = 0
    for stride, length in sorted(
        (abs(s), n) for s, n in zip(strides, dims, strict=True) if n > 1
    ):
        if stride <= reach:
            return False
        reach += stride * (length - 1)
    return True
