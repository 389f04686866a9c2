"""Plots of a training run, with matplotlib (the extra `viz`).

Each draws into `ax`, or into a new figure, and returns a `Plot` with what it drew.

>>> plot = loss_curve({"train": [1.0, 0.5, 0.25]})
>>> plot.ax.get_ylabel()
'loss'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

# Blue and vermillion of Okabe and Ito (2008): told apart by colour-blind readers too.
BLUE, VERMILLION = "#0072B2", "#D55E00"


@dataclass
class Plot:
    """What was drawn: the matplotlib Axes, and the arrays behind it."""

    ax: Any
    data: dict[str, Any]

    def save(self, path: str | Path) -> Path:
        """Write the whole figure to `path`, in the format of its ending."""
        self.ax.figure.savefig(path, dpi=150, facecolor="white")
        return Path(path)


def loss_curve(losses: Mapping[str, Sequence[float]], ax: Any = None) -> Plot:
    """The loss over the steps of training, one line for each name.

    Args:
        losses: From a name to its losses, one a step.
        ax: Where to draw; a new figure by default.
    """
    ax = ax or _new_axes()
    for (name, values), colour in zip(
        losses.items(), (BLUE, VERMILLION, "black", "grey"), strict=False
    ):
        ax.plot(range(1, len(values) + 1), values, label=name, color=colour)
    ax.set(xlabel="step", ylabel="loss")
    ax.grid(alpha=0.3)
    ax.legend()
    return Plot(ax, {name: np.asarray(values) for name, values in losses.items()})


def decision_boundary(
    score: Callable[[Sequence[float]], float],
    points: Any,
    labels: Any,
    ax: Any = None,
    resolution: int = 40,
) -> Plot:
    """Where a classifier of points in the plane changes its mind.

    Args:
        score: Takes a point [x, y]; positive for one class, negative for the other.
        points: Shape (n, 2).
        labels: Shape (n,); positive for one class.
        ax: Where to draw; a new figure by default.
        resolution: Grid points along each side.
    """
    ax = ax or _new_axes()
    points, positive = np.asarray(points), np.asarray(labels) > 0
    low, high = points.min(axis=0) - 0.5, points.max(axis=0) + 0.5
    xs, ys = (np.linspace(low[i], high[i], resolution) for i in (0, 1))
    scores = np.array([[score([x, y]) for x in xs.tolist()] for y in ys.tolist()])
    sides = [-np.inf, 0.0, np.inf]
    ax.contourf(xs, ys, scores, levels=sides, colors=["#F6D5BC", "#BBD9EA"])
    ax.contour(xs, ys, scores, levels=[0.0], colors="black", linewidths=1.5)
    for chosen, colour in ((~positive, VERMILLION), (positive, BLUE)):
        ax.scatter(*points[chosen].T, color=colour, edgecolor="white", s=40)
    ax.set(xlabel="$x_0$", ylabel="$x_1$")
    return Plot(ax, {"x": xs, "y": ys, "score": scores})


def image_confidences(
    images: Any, probabilities: Any, labels: Sequence[int], columns: int = 6
) -> Plot:
    """Images with a bar for the confidence in each class, the true class in blue.

    Args:
        images: Shape (n, height, width).
        probabilities: Shape (n, classes).
        labels: The true class of each image.
        columns: Images in a row.
    """
    images, probabilities = np.asarray(images), np.asarray(probabilities)
    rows = -(-len(images) // columns)
    figure = _new_figure(1.7 * columns, 2.7 * rows)
    grid = figure.subplots(2 * rows, columns, squeeze=False)
    for ax in grid.flat:
        ax.axis("off")
    for i, (image, confidence) in enumerate(zip(images, probabilities, strict=True)):
        row, column = divmod(i, columns)
        _draw_image(grid[2 * row, column], image, int(confidence.argmax()), labels[i])
        _draw_bars(grid[2 * row + 1, column], confidence, labels[i])
    return Plot(grid[0, 0], {"images": images, "probabilities": probabilities})


def _draw_image(ax: Any, image: Any, guess: int, label: int) -> None:
    ax.imshow(image, cmap="gray_r")
    verdict = "right" if guess == label else f"is a {label}"
    colour = BLUE if guess == label else VERMILLION
    ax.set_title(f"{guess} ({verdict})", color=colour, fontsize=10)


def _draw_bars(ax: Any, confidence: Any, label: int) -> None:
    classes = range(len(confidence))
    ax.axis("on")
    ax.bar(
        classes, confidence, color=[BLUE if c == label else VERMILLION for c in classes]
    )
    ax.set(ylim=(0, 1), yticks=[])
    ax.set_xticks(classes)
    ax.tick_params(labelsize=7)


def _new_axes() -> Any:
    return _new_figure(6.0, 4.5).subplots()


def _new_figure(width: float, height: float) -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            "plots need matplotlib: got no such module; expected it installed. "
            "Run: pip install 'micrograd-nn[viz]'"
        ) from error
    return Figure(figsize=(width, height), layout="constrained")
