"""What layers do to the plane: its grid, bent, and where the points end up.

>>> plot = bent_plane(lambda p: [p[0] + p[1], p[0] * p[1]], [[0, 1], [2, 3]], [-1, 1])
>>> plot.data["points"].tolist()
[[1.0, 0.0], [5.0, 6.0]]

The last layer of a net tells classes apart by straight lines. The layers before it move
the points until straight lines are enough (Olah, "Neural Networks, Manifolds, and
Topology", 2014).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn.numbers import shortened
from micrograd_nn.viz.plots.arguments import (
    Floats,
    as_classes,
    as_count,
    as_labels,
    as_plane,
    finite,
)
from micrograd_nn.viz.plots.boundary import class_colours, draw_points
from micrograd_nn.viz.plots.plot import BESIDE, Plot, canvas, legend
from micrograd_nn.viz.plots.scores import Score, at_points, grid_around
from micrograd_nn.viz.plots.theme import Theme

STEPS = 6  # from one line of the grid to the next, for lines may bend in between


def bent_plane(
    transform: Score,
    points: Any,
    labels: Any,
    *,
    lines: int = 13,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """Where each point goes, and with it the lines of a square grid.

    Args:
        transform: From two numbers to two: a module, such as the hidden layers of a net
            whose last one has two neurons; a compiled program; or a function, as for
            `decision_boundary`.
        points: Shape (n, 2).
        labels: The class of each point: numbers, or words.
        lines: Of the grid, in each direction.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `points`, where they end up; `labels`; and `grid`, of
        shape (n, n, 2): where the points of a fine grid do.

    Raises:
        TypeError: If `transform` is no function, or something is not a number.
        ValueError: If it does not give two finite numbers, or shapes do not fit.

    >>> from micrograd_nn.nn import Layer
    >>> plot = bent_plane(Layer(2, 2), [[0, 0], [1, 1]], [0, 1], lines=3)
    >>> plot.data["grid"].shape
    (13, 13, 2)
    """
    places = as_plane(points)
    classes = as_labels(labels, "labels", len(places))
    count = as_count(lines, "lines", low=2)
    xs, ys = grid_around(places, STEPS * (count - 1) + 1)
    fine = np.stack(np.meshgrid(xs, ys), axis=-1)
    both = _moved(transform, np.vstack([fine.reshape(-1, 2), places]))
    grid, moved = both[: -len(places)].reshape(fine.shape), both[-len(places) :]
    ax, colours = canvas(ax, theme)
    _draw_grid(ax, grid, colours)
    kinds = as_classes(None, classes)
    by_class = class_colours(kinds, colours)
    draw_points(ax, moved, classes, by_class, colours)
    legend(ax, colours, **BESIDE)
    ax.set(xlabel="first output", ylabel="second output")
    return Plot(ax, {"points": moved, "labels": classes.tolist(), "grid": grid})


def _moved(transform: Score, points: Floats) -> Floats:
    """Where a transform sends points."""
    if not callable(transform):
        raise TypeError(
            f"not a function: got transform={shortened(transform)} "
            f"({type(transform).__name__}); expected a function of points, a module or "
            "a compiled program."
        )
    outputs = at_points(transform, points)
    if outputs.shape[1] != 2:
        raise ValueError(
            f"not a plane: got {outputs.shape[1]} outputs for each point; expected 2. "
            "Pass layers of which the last has two neurons."
        )
    return finite(outputs, "outputs")


def _draw_grid(ax: Any, grid: Floats, theme: Theme) -> None:
    look = {"color": theme.tints(theme.muted)(0.6), "linewidth": 0.8, "zorder": 1}
    for line in (*grid[::STEPS], *grid.swapaxes(0, 1)[::STEPS]):
        ax.plot(*line.T, **look)
