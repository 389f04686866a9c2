"""Boxes, and where a layout puts them: geometry that knows nothing of Values.

Both layout engines work from left to right. A picture that flows another way is turned
before and turned back after:

>>> turned((10.0, 2.0), "TB", length=100.0), turned((10.0, 2.0), "RL", length=100.0)
((2.0, 10.0), (90.0, 2.0))
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

Point = tuple[float, float]
Edge = tuple[int, int]  # from a box to a box, by position
Group = tuple[int, ...]  # boxes that belong together, by position
# The control points of joined cubic Bézier curves: 1 + 3 for each curve.
Route = list[Point]

# Which way a picture flows: x to the right, y down.
DIRECTIONS = {"LR": (1, 0), "RL": (-1, 0), "TB": (0, 1), "BT": (0, -1)}


class Box(NamedTuple):
    """The size of a box, and the length of the middle of its side where edges enter."""

    width: float
    height: float
    entry: float

    def turned(self, rankdir: str) -> Box:
        """The same box in a picture that flows from left to right."""
        if DIRECTIONS[rankdir][0]:
            return self
        return Box(self.height, self.width, self.entry)


@dataclass(frozen=True)
class Layout:
    """Where everything is, in pixels from the top left corner.

    Attributes:
        width: Of the whole picture.
        height: Of the whole picture.
        centers: One for each box.
        routes: One for each edge, from border to border.
    """

    width: float
    height: float
    centers: list[Point]
    routes: list[Route]

    def turned(self, rankdir: str) -> Layout:
        """This layout, which flows from left to right, made to flow along `rankdir`."""
        upright = bool(DIRECTIONS[rankdir][1])
        size = (self.height, self.width) if upright else (self.width, self.height)
        return Layout(
            *size,
            [turned(center, rankdir, self.width) for center in self.centers],
            [[turned(p, rankdir, self.width) for p in route] for route in self.routes],
        )


def turned(point: Point, rankdir: str, length: float) -> Point:
    """Where a point of a picture from left to right, `length` long, comes to lie."""
    x, y = point
    dx, dy = DIRECTIONS[rankdir]
    along = x if dx + dy > 0 else length - x
    return (along, y) if dx else (y, along)


def curve(start: Point, end: Point) -> list[Point]:
    """What to add to a route at `start` for it to reach `end`, level at both."""
    middle = (start[0] + end[0]) / 2
    return [(middle, start[1]), (middle, end[1]), end]
