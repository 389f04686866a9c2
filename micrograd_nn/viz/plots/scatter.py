"""Points of the plane, with their classes and names: maps of words and of digits.

>>> plot = scatter_plot([[0.0, 1.0], [1.0, 0.0]], names=["king", "queen"])
>>> plot.data["points"].shape, plot.data["names"]
((2, 2), ['king', 'queen'])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn.viz.plots.arguments import Floats, as_classes, as_labels, as_plane
from micrograd_nn.viz.plots.boundary import DOT, class_colours, draw_points
from micrograd_nn.viz.plots.plot import BESIDE, Plot, canvas, grid, legend

AWAY = 6, 5  # points from a dot to its name, across and up
ROOM = 0.12  # around the points, as a share of the axes, for names
RADIUS = 4.0  # points from the middle of a dot, where no other name should be
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
ACROSS = {1: "left", 0: "center", -1: "right"}
UPRIGHT = {1: "bottom", 0: "center", -1: "top"}


def scatter_plot(
    points: Any,
    classes: Any = None,
    *,
    names: Any = None,
    xlabel: str = "",
    ylabel: str = "",
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """Points of the plane, coloured and marked by class, with a name beside each.

    Args:
        points: Shape (n, 2).
        classes: The class of each point: numbers, or words. Two have the colours that
            `decision_boundary` gives them.
        names: What to write beside each point: a short list of words.
        xlabel: What stands at the lower axis.
        ylabel: What stands at the left axis.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `points`; and `classes` and `names`, one for each point,
        if given.

    Raises:
        TypeError: If those are not numbers and labels.
        ValueError: If shapes do not fit, or a point is not finite.
    """
    places = as_plane(points)
    count = len(places)
    labels = None if classes is None else as_labels(classes, "classes", count)
    words = None if names is None else as_labels(names, "names", count).tolist()
    ax, colours = canvas(ax, theme)
    if labels is None:
        ax.scatter(*places.T, s=DOT, color=colours.positive, edgecolor=colours.back)
    else:
        kinds = as_classes(None, labels)
        by_class = class_colours(kinds, colours)
        draw_points(ax, places, labels, by_class, colours)
        legend(ax, colours, **BESIDE)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    grid(ax, colours)
    if words is not None:
        _write(ax, places, words, colours.ink)
    kept = None if labels is None else labels.tolist()
    return Plot(ax, {"points": places, "classes": kept, "names": words})


def _write(ax: Any, points: Floats, names: list[Any], ink: str) -> None:
    """A name beside each point, where it covers the least of what is there."""
    from matplotlib.transforms import Bbox

    look = {"color": ink, "fontsize": 9, "textcoords": "offset points"}
    ax.margins(ROOM)
    ax.figure.canvas.figure.draw_without_rendering()  # then all have their places
    dots, radius = ax.transData.transform(points), RADIUS * ax.figure.dpi / 72
    taken = [Bbox([dot - radius, dot + radius]) for dot in dots]
    for place, name in zip(points, names, strict=True):
        text = ax.annotate(str(name), place, xytext=(0, 0), **look)
        covered = [_covered(_move(text, side), taken, ax.bbox) for side in SIDES]
        taken.append(_move(text, SIDES[int(np.argmin(covered))]))


def _move(text: Any, side: tuple[int, int]) -> Any:
    """The box of the text, once it is on that side of its point."""
    right, up = side
    text.set(ha=ACROSS[right], va=UPRIGHT[up])
    text.set_position((AWAY[0] * right, AWAY[1] * up))
    return text.get_window_extent()


def _covered(box: Any, taken: list[Any], inside: Any) -> float:
    """How much of the box lies on others, or is not inside."""
    out = _area(box) - _common(box, inside)
    return out + sum(_common(box, other) for other in taken)


def _common(box: Any, other: Any) -> float:
    common = box.intersection(box, other)
    return 0.0 if common is None else _area(common)


def _area(box: Any) -> float:
    return float(box.width * box.height)
