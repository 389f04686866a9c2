"""The scores of a classifier on a grid of points, however it wants to be asked.

>>> xs = ys = np.array([0.0, 1.0])
>>> on_grid(lambda point: point[0] - point[1], xs, ys)[..., 0]
array([[ 0.,  1.],
       [-1.,  0.]])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from micrograd_nn.compiler import Program, compile
from micrograd_nn.nn import Module
from micrograd_nn.numbers import shortened
from micrograd_nn.recording import no_grad
from micrograd_nn.viz.plots.arguments import Floats, as_array, as_count

Score = Callable[[Any], Any]
MARGIN = 0.1  # of the extent of the points, around them


def grid_around(points: Floats, resolution: int) -> tuple[Floats, Floats]:
    """The coordinates of a grid that holds all points, with a margin.

    Raises:
        ValueError: If `resolution` is not a whole number from 2 up.
    """
    count = as_count(resolution, "resolution", low=2)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.where(high > low, (high - low) * MARGIN, 1.0)
    xs, ys = np.linspace(low - margin, high + margin, count).T
    return xs, ys


def on_grid(score: Score, xs: Floats, ys: Floats) -> Floats:
    """The scores at each point of a grid: shape (len(ys), len(xs), scores).

    Args:
        score: A module, which is compiled; a compiled program; or a function. That gets
            all points as an array of shape (n, 2); if it does not return n rows, it is
            asked again with one point [x, y] after the other.
        xs: The first coordinate.
        ys: The second.

    Raises:
        TypeError: If that cannot be called, or does not return numbers.
        ValueError: If it returns anything but one number or one row for each point.
    """
    points = np.stack([axis.ravel() for axis in np.meshgrid(xs, ys)], axis=1)
    return at_points(score, points).reshape(len(ys), len(xs), -1)


def at_points(score: Score, points: Floats) -> Floats:
    """A row of scores for each point.

    Args:
        score: As for `on_grid`.
        points: Shape (n, 2).

    Raises:
        TypeError: As `on_grid` does.
        ValueError: As `on_grid` does.
    """
    return _scores(_callable(score), points)


def _callable(score: Any) -> Score:
    if not callable(score):
        raise TypeError(
            f"not a classifier: got score={shortened(score)} ({type(score).__name__}); "
            "expected a function of points, a module or a compiled program."
        )
    return compile(score) if isinstance(score, Module) else score


def _scores(score: Score, points: Floats) -> Floats:
    with no_grad():
        if isinstance(score, Program):
            return _rows(score(points), len(points))
        try:
            return _rows(score(points), len(points))
        except (IndexError, TypeError, ValueError):  # it wants one point at a time
            return _rows([score(point) for point in points.tolist()], len(points))


def _rows(scores: Any, count: int) -> Floats:
    expected = "a number or a row of numbers for each point"
    ndim = 2 if np.ndim(scores) == 2 else 1
    rows = as_array(scores, "scores", ndim, expected)
    if len(rows) != count:
        raise ValueError(
            f"wrong number of scores: got {len(rows)} for {count} points; expected "
            f"{expected}. Check what the function returns."
        )
    return rows.reshape(count, -1)
