"""Columns: a layout from left to right is made of them, and edges rise between them.

>>> boxes = [Box(40, 20, 20)] * 3
>>> columns_of(boxes, [(20, 0), (20, 50), (104, 25)])
[Column(left=0.0, right=40.0), Column(left=84.0, right=124.0)]
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from micrograd_nn.viz.boxes import Box, Edge, Layout, Point, Route, curve

NARROWEST, WIDEST = 44.0, 400.0  # pixels between columns
STEEPEST = 4.0  # pixels that an edge may rise for each that it goes right, if it can


class Column(NamedTuple):
    """What the boxes above each other take from left to right."""

    left: float
    right: float


def columns_of(boxes: Sequence[Box], centers: Sequence[Point]) -> list[Column]:
    """The columns, from the left; boxes that are partly above each other share one."""
    pairs = zip(boxes, centers, strict=True)
    columns: list[Column] = []
    for left, right in sorted(
        (x - b.width / 2, x + b.width / 2) for b, (x, _) in pairs
    ):
        if columns and left <= columns[-1].right:
            start, end = columns.pop()
            left, right = start, max(right, end)
        columns.append(Column(left, right))
    return columns


def gap(rise: float) -> float:
    """How far apart two columns are if an edge between them rises so much.

    >>> gap(0.0), gap(800.0), gap(1e6)
    (44.0, 200.0, 400.0)
    """
    return min(max(NARROWEST, abs(rise) / STEEPEST), WIDEST)


def tidied(found: Layout, boxes: Sequence[Box], edges: Sequence[Edge]) -> Layout:
    """`found` with edges as our own engine draws them, as far as that is possible.

    An edge from a column to the next is one curve between them. One that passes columns
    in between keeps its way, and gets as far as the borders of its boxes.
    """
    columns = columns_of(boxes, found.centers)
    lefts = [column.left for column in columns]
    place = [bisect_right(lefts, x) - 1 for x, _ in found.centers]

    def route(edge: Edge, old: Route) -> Route:
        tail, head = edge
        (x0, y0), (x1, y1) = (found.centers[box] for box in edge)
        start, end = (x0 + boxes[tail].width / 2, y0), (x1 - boxes[head].width / 2, y1)
        if place[head] != place[tail] + 1:
            return [start, *old[1:-1], end]
        return across(start, columns[place[tail]], columns[place[head]], end)

    routes = list(map(route, edges, found.routes))
    return _widened(replace(found, routes=routes), columns)


def across(start: Point, tail: Column, head: Column, end: Point) -> Route:
    """The way from one column to another: it rises between them, and is level in them.

    >>> across((0, 0), Column(-9, 0), Column(40, 60), (40, 8))
    [(0, 0), (20.0, 0), (20.0, 8), (40, 8)]
    """
    route = [start]
    for x, y in ((tail.right, start[1]), (head.left, end[1]), end):
        if x > route[-1][0]:
            route += curve(route[-1], (x, y))
    return route


def _widened(found: Layout, columns: Sequence[Column]) -> Layout:
    """`found` with gaps so wide that the edges in them are not too steep."""
    if not columns:
        return found
    old = [border for column in columns for border in column]
    widths = [right - left for left, right in pairwise(old)]  # a column, a gap, ...
    gaps = map(gap, _rises(found.routes, columns))
    widths[1::2] = map(max, widths[1::2], gaps)
    new = list(accumulate(widths, initial=old[0]))
    moved = _stretched(old, new)
    return Layout(
        moved((found.width, 0.0))[0],
        found.height,
        list(map(moved, found.centers)),
        [list(map(moved, route)) for route in found.routes],
    )


def _rises(routes: Sequence[Route], columns: Sequence[Column]) -> list[float]:
    """How much edges rise, at most, in the gap after each column but the last."""
    rises = [0.0] * (len(columns) - 1)
    lefts = [column.left for column in columns]
    for route in routes:
        for (x0, y0), (x1, y1) in pairwise(route[::3]):  # the ends of the curves
            i = bisect_right(lefts, (x0 + x1) / 2) - 1
            if 0 <= i < len(rises) and (x0 + x1) / 2 > columns[i].right:
                rises[i] = max(rises[i], abs(y1 - y0))
    return rises


def _stretched(old: list[float], new: list[float]) -> Callable[[Point], Point]:
    """The map that takes each x of `old` to that of `new`, and is linear in between.

    >>> moved = _stretched([0.0, 10.0, 20.0], [0.0, 10.0, 40.0])
    >>> moved((15.0, 1.0)), moved((21.0, 1.0))
    ((25.0, 1.0), (41.0, 1.0))
    """

    def moved(point: Point) -> Point:
        x, y = point
        i = bisect_right(old, x) - 1
        if not 0 <= i < len(old) - 1:
            i = max(0, min(i, len(old) - 1))
            return new[i] + x - old[i], y
        share = (x - old[i]) / (old[i + 1] - old[i])
        return new[i] + share * (new[i + 1] - new[i]), y

    return moved
