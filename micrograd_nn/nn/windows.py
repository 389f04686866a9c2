"""The windows that a filter or a pool looks at, side by side on a plane of numbers.

A plane is a list of rows. Along each axis spans say where windows lie; every window is
a flat list, row after row.

>>> plane = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
>>> steps = spans(3, size=2, stride=1)
>>> windows(plane, steps, steps)
[[[1, 2, 4, 5], [2, 3, 5, 6]], [[4, 5, 7, 8], [5, 6, 8, 9]]]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Plane = list[list[Any]]


def spans(length: int, size: int, stride: int, padding: int = 0) -> list[slice]:
    """Windows of `size` along an axis, `stride` apart; what is beyond it is left out.

    Args:
        length: Of the axis.
        size: Of each window.
        stride: From the start of one to the start of the next.
        padding: How far beyond both ends of the axis they reach.

    >>> spans(4, size=2, stride=2), spans(4, size=3, stride=2, padding=1)
    ([slice(0, 2, None), slice(2, 4, None)], [slice(0, 2, None), slice(1, 4, None)])
    """
    starts = range(-padding, length + padding - size + 1, stride)
    return [slice(max(0, start), start + size) for start in starts]


def even_spans(length: int, count: int) -> list[slice]:
    """`count` windows that cover an axis, as equal as can be.

    >>> even_spans(5, 2)
    [slice(0, 3, None), slice(2, 5, None)]
    """
    return [
        slice(i * length // count, -(-(i + 1) * length // count)) for i in range(count)
    ]


def windows(
    plane: Plane, rows: Sequence[slice], columns: Sequence[slice]
) -> list[list[list[Any]]]:
    """For each span of rows, and for each of columns, what is inside of both."""
    return [
        [[x for line in plane[row] for x in line[column]] for column in columns]
        for row in rows
    ]


def padded(plane: Plane, rows: int, columns: int, fill: Any) -> Plane:
    """The plane with a border: so many rows above and below, columns left and right.

    >>> padded([[1]], 0, 2, fill=0)
    [[0, 0, 1, 0, 0]]
    """
    side = [fill] * columns
    edge = [[fill] * (len(plane[0]) + 2 * columns) for _ in range(rows)]
    return [*edge, *([*side, *row, *side] for row in plane), *edge]
