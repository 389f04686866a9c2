"""How uncertain a function's values are: the size of its rounding errors.

A smooth function is nearly a polynomial over nine close points, so its high
differences vanish. What is left of them is noise, and shows its size. This is ECnoise
(Moré and Wild, Estimating computational noise, SIAM J. Sci. Comput. 33, 2011), on
points that are not quite evenly spaced, so that no rounding error comes twice.

>>> noise = noise_level(lambda x: (x + 1e6) - 1e6, 0.1)
>>> 1e-11 < noise < 1e-10  # 1e6 + x is rounded to a multiple of 1.2e-10
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

GRID = (1.0, 2.0317, 2.9643, 4.0471, 4.9789, 6.0239, 6.9671, 8.0113, 9.0397)
FIRST = 2.0**-24  # spacing of the grid, relative to x
FINEST = 2.0**-42
COARSEST = 2.0**-5
COARSER = 32.0
TRIES = 30


def noise_level(f: Callable[[float], float], x: float) -> float:
    """The standard deviation of the rounding errors of `f` near `x`.

    Each side of `x` is measured alone and the smaller level returned: a kink looks
    like noise too, but a single one is on one side only.

    Args:
        f: Gives a float, or nan or an infinity where it is not defined.
        x: The point.

    Returns:
        The level, in the units of `f`; 0.0 if no noise was seen.
    """
    levels = [_level_beside(f, x, side) for side in (1.0, -1.0)]
    return min((level for level in levels if level is not None), default=0.0)


def _level_beside(f: Callable[[float], float], x: float, side: float) -> float | None:
    """The level at the first spacing that shows it; None if `f` is not defined there.

    Too fine a spacing gives one value nine times, too coarse a one more than noise.
    """
    spacing = FIRST * (abs(x) or 1e-3)
    level = None
    for _ in range(TRIES):
        points = [x + side * spacing * units for units in GRID]
        values = [f(point) for point in points]
        settled = False
        too_fine = _mostly_equal(values)
        if too_fine:
            settled = bool(level)  # the spacing before this one was too coarse
            level = level or 0.0
        elif all(map(math.isfinite, values)):
            level, settled = _level([(p - x) / spacing for p in points], values)
        spacing = spacing * COARSER if too_fine else spacing / COARSER
        if settled or not FINEST * abs(x) < spacing < COARSEST * max(abs(x), 1.0):
            break
    return level


def _mostly_equal(values: Sequence[float]) -> bool:
    middle = values[len(values) // 2]
    return sum(value == middle for value in values) > len(values) // 2


def _level(units: Sequence[float], values: Sequence[float]) -> tuple[float, bool]:
    """The noise that the differences show, and whether they agree about it.

    They do if three orders in a row are within a factor of four, with both signs in
    the first: the differences of a smooth function fall from order to order.
    """
    rows = _differences(units, values)
    levels = [_size(row) for row in rows]
    for order, row in enumerate(rows[:-2]):
        three = levels[order : order + 3]
        if min(row) < 0.0 < max(row) and max(three) <= 4.0 * min(three):
            return levels[order], True
    return levels[-1], False


def _differences(units: Sequence[float], values: Sequence[float]) -> list[list[float]]:
    """The divided differences of each order, in units of what noise of 1 would give."""
    current = [value - values[0] for value in values]
    rows = []
    for order, norms in enumerate(_NORMS, start=1):
        gaps = [b - a for a, b in zip(units, units[order:], strict=False)]
        steps = [b - a for a, b in pairwise(current)]
        current = [step / gap for step, gap in zip(steps, gaps, strict=True)]
        rows.append([x / norm for x, norm in zip(current, norms, strict=True)])
    return rows


def _size(xs: Sequence[float]) -> float:
    """The root of the mean square."""
    return math.hypot(*xs) / math.sqrt(len(xs))


def _norm(units: Sequence[float]) -> float:
    """What noise of 1 gives as the divided difference at these points."""
    return math.hypot(*(1.0 / math.prod(u - v for v in units if v != u) for u in units))


_NORMS = [
    [_norm(GRID[i : i + order + 1]) for i in range(len(GRID) - order)]
    for order in range(1, len(GRID))
]
