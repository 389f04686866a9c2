"""Where a classifier of points in the plane changes its mind.

>>> points, labels = [[0.0, 0.0], [1.0, 1.0]], ["below", "above"]
>>> plot = decision_boundary(lambda p: p[0] - p[1], points, labels, resolution=3)
>>> plot.data["classes"], plot.data["score"].shape
(['above', 'below'], (3, 3))
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.numbers import as_number, shortened
from micrograd_nn.viz.plots.arguments import (
    Floats,
    as_classes,
    as_labels,
    as_plane,
    finite,
)
from micrograd_nn.viz.plots.plot import BESIDE, Plot, canvas, colour_bar, legend
from micrograd_nn.viz.plots.scores import Score, grid_around, on_grid
from micrograd_nn.viz.plots.theme import MARKERS, Theme

SHADES = 24  # of a score, from one end to the other
DOT, STAR = 42, 80  # square points that a marker takes; of a star, most is air


def decision_boundary(
    score: Score,
    points: Any,
    labels: Any,
    *,
    classes: Sequence[Any] | None = None,
    threshold: float | None = None,
    resolution: int = 100,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """The plane as a classifier sees it, and the points that it learned from.

    The stronger the colour, the surer the classifier; black lines are where it is not.
    A score for each point tells two classes apart; several, one for each class, tell as
    many. If the labels are numbers with a fraction, a single score is a prediction of
    them: then both have the colours of one scale.

    Args:
        score: A module or a compiled program; or a function that takes an array of
            points, of shape (n, 2), and returns n scores, or n rows with one for each
            class. A function that takes a single point is slower, but works too.
        points: Shape (n, 2).
        labels: The class of each point: numbers, or words.
        classes: The label of each column of scores; or the labels of a single score
            that is below and above the threshold. Those that come, sorted, by default.
        threshold: Between two classes. By default 0; for scores that are all from 0 to
            1, as probabilities are, 0.5.
        resolution: Grid points along each side.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `x` and `y`, the grid; `score` at its points, of shape
        (len(y), len(x)) or (len(y), len(x), classes); `classes`; and `threshold`.

    Raises:
        TypeError: If `score` is no function, or something is not a number.
        ValueError: If shapes do not fit, or there are more classes than scores.

    >>> from micrograd_nn.nn import MLP
    >>> plot = decision_boundary(MLP(2, [3]), [[0, 0], [1, 0], [0, 1]], [0, 1, 2])
    >>> plot.data["score"].shape
    (100, 100, 3)
    """
    places = as_plane(points)
    answers = as_labels(labels, "labels", len(places))
    xs, ys = grid_around(places, resolution)
    scores = finite(on_grid(score, xs, ys), "scores")
    plane: dict[str, Any] = {
        "x": xs,
        "y": ys,
        "score": scores[..., 0] if scores.shape[2] == 1 else scores,
    }
    if _is_regression(scores, answers, classes):
        return _regression(plane, places, answers, canvas(ax, theme))
    names = _classes(classes, answers, scores.shape[2])
    middle = _threshold(threshold, scores)
    ax, colours = canvas(ax, theme)
    plane |= {"classes": names, "threshold": middle}
    draw_plane(ax, plane, places, answers, colours)
    legend(ax, colours, **BESIDE)
    return Plot(ax, plane)


def draw_plane(
    ax: Any, plane: dict[str, Any], points: Floats, labels: Any, theme: Theme
) -> None:
    """The regions of the classes, and the points; `plane` is the data of the plot."""
    colours = class_colours(plane["classes"], theme)
    if plane["threshold"] is None:
        _shade_many(ax, plane, list(colours.values()), theme)
    else:
        _shade_two(ax, plane, theme)
    draw_points(ax, points, labels, colours, theme)
    _finish(ax, plane)


def class_colours(classes: list[Any], theme: Theme) -> dict[Any, str]:
    """A colour for each class; if just two, those of negative and positive numbers."""
    signs, two = (theme.negative, theme.positive), len(classes) == 2
    return dict(zip(classes, signs if two else cycle(theme.series), strict=False))


def draw_points(
    ax: Any,
    points: Floats,
    labels: NDArray[Any],
    colours: dict[Any, str],
    theme: Theme,
) -> None:
    """The points, with a colour and a marker for each label."""
    for (name, colour), marker in zip(colours.items(), cycle(MARKERS), strict=False):
        x, y = points[labels == name].T
        look = {"color": colour, "marker": marker, "edgecolor": theme.back}
        size = STAR if marker == "*" else DOT
        ax.scatter(x, y, s=size, linewidth=0.8, label=str(name), **look)


def _is_regression(
    scores: Floats, labels: NDArray[Any], classes: Sequence[Any] | None
) -> bool:
    fractions = labels.dtype.kind == "f" and (labels % 1 != 0).any()
    return bool(fractions and scores.shape[2] == 1 and classes is None)


def _classes(
    given: Sequence[Any] | None, labels: NDArray[Any], columns: int
) -> list[Any]:
    names = as_classes(given, labels)
    wanted = max(columns, 2)
    if len(names) != wanted:
        raise ValueError(
            f"classes and scores differ: got {len(names)} classes "
            f"({shortened(names)}) for {columns} scores at each point; expected "
            f"{wanted} classes. Pass classes=[...] with one for each column."
        )
    return names


def _threshold(given: float | None, scores: Floats) -> float | None:
    """What lies between two classes; nothing does between more."""
    if scores.shape[2] > 1:
        return None
    if given is not None:
        return as_number(given, "threshold")
    return 0.5 if scores.min() >= 0 and scores.max() <= 1 else 0.0


def _shade_two(ax: Any, plane: dict[str, Any], theme: Theme) -> None:
    """Both sides of a threshold, the stronger the further from it."""
    xs, ys, scores = plane["x"], plane["y"], plane["score"] - plane["threshold"]
    limit = float(np.abs(scores).max()) or 1.0
    # No shade straddles the threshold, so that even a faint one tells the side.
    shades = np.linspace(-limit, limit, SHADES + 1)
    strengths = 0.16 + 0.34 * np.abs((shades[1:] + shades[:-1]) / 2) / limit
    sides = [theme.negative] * (SHADES // 2) + [theme.positive] * (SHADES // 2)
    tints = [theme.tints(c)(s) for c, s in zip(sides, strengths, strict=True)]
    ax.contourf(xs, ys, scores, levels=shades, colors=tints)
    _line(ax, xs, ys, scores, theme)


def _shade_many(
    ax: Any, plane: dict[str, Any], colours: list[str], theme: Theme
) -> None:
    """For each class where its score is the largest."""
    xs, ys, scores = plane["x"], plane["y"], plane["score"]
    for i, colour in enumerate(colours):
        lead = scores[..., i] - np.delete(scores, i, axis=2).max(axis=2)
        tint = [theme.tints(colour)(0.3)]
        if (lead > 0).any():
            ax.contourf(xs, ys, lead, levels=[0.0, np.inf], colors=tint)
            _line(ax, xs, ys, lead, theme)


def _line(ax: Any, xs: Floats, ys: Floats, lead: Floats, theme: Theme) -> None:
    if lead.min() < 0 < lead.max():
        ax.contour(xs, ys, lead, levels=[0.0], colors=theme.ink, linewidths=1.5)


def _regression(
    plane: dict[str, Any], points: Floats, targets: Any, drawn_in: tuple[Any, Theme]
) -> Plot:
    ax, theme = drawn_in
    ends = [f(np.append(plane["score"], targets)) for f in (np.min, np.max)]
    look = {"cmap": "cividis", "vmin": ends[0], "vmax": ends[1]}
    ax.contourf(plane["x"], plane["y"], plane["score"], levels=SHADES, **look)
    edge = {"edgecolor": theme.back, "linewidth": 1.2}
    dots = ax.scatter(*points.T, c=targets, s=DOT, **edge, **look)
    colour_bar(ax, dots, "score", theme)
    _finish(ax, plane)
    return Plot(ax, plane | {"classes": None, "threshold": None})


def _finish(ax: Any, plane: dict[str, Any]) -> None:
    xs, ys = plane["x"], plane["y"]
    ax.set(xlabel="$x_0$", ylabel="$x_1$", xlim=xs[[0, -1]], ylim=ys[[0, -1]])
