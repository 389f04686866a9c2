"""One frame of a training film: four views of the same moment.

The graph of one example is above; the loss, the plane and the optimizer are below.

>>> data = {"loss": [2.0, 1.0], "example": 0, "example_loss": [3.0, 2.5]}
>>> caption(data, 1)
'Step 1 of 1: the loss of all points is 1, that of point 0 is 2.5.'
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn.viz.boxes import Layout
from micrograd_nn.viz.plots.boundary import draw_plane
from micrograd_nn.viz.plots.graph import aspect, draw_graph, place
from micrograd_nn.viz.plots.plot import Plot, grid, new_figure, paint, whole_numbers
from micrograd_nn.viz.plots.theme import Theme
from micrograd_nn.viz.svg import TINT
from micrograd_nn.viz.text import DASH, clean, number

WIDTH = 14.0  # inches of the whole
BELOW = 3.9  # inches, from the bottom up to the graph
ABOVE = 0.4  # inches, for the words over the graph
TALLEST = 6.0  # inches of a graph
# Left, bottom, width and height of the three below: shares of WIDTH, and inches.
LOSS = (0.05, 0.55, 0.25, 2.5)
PLANE = (0.36, 0.55, 0.22, 2.5)
TABLE = (0.61, 0.25, 0.38, 2.8)
ROWS = 12  # of the table
HEAD = {"loc": "left", "fontsize": 11}


def caption(data: dict[str, Any], step: int) -> str:
    """What a frame shows, in words."""
    return (
        f"Step {step} of {len(data['loss']) - 1}: the loss of all points is "
        f"{number(data['loss'][step])}, that of point {data['example']} is "
        f"{number(data['example_loss'][step])}."
    )


def draw(data: dict[str, Any], step: int, theme: Theme) -> Plot:
    """The frame after so many steps; its Axes are those of the graph."""
    places = place(data["scene"][0], data["names"])
    graph = 0.01, BELOW, 0.98, min(0.98 * WIDTH * aspect(places), TALLEST)
    height = BELOW + graph[3] + ABOVE
    figure = new_figure(WIDTH, height)
    figure.set_layout_engine("none")  # all have their places
    figure.set_facecolor(theme.back)
    axes = [
        paint(figure.add_axes((x, y / height, width, tall / height)), theme)
        for x, y, width, tall in (graph, LOSS, PLANE, TABLE)
    ]
    _draw_example(axes[0], data, step, places, theme)
    _draw_loss(axes[1], data, step, theme)
    _draw_predictions(axes[2], data, step, theme)
    table = _table(data, step)
    _draw_table(axes[3], table, data, step, theme)
    shown = {"step": step, "loss": data["loss"][: step + 1], "table": table}
    shown |= {"scene": data["scene"][step], "score": data["score"][step]}
    return Plot(axes[0], shown)


def _draw_example(
    ax: Any, data: dict[str, Any], step: int, places: Layout, theme: Theme
) -> None:
    draw_graph(ax, theme, data["scene"][step], data["names"], places)
    words = (
        f"Step {step}: the graph of point {data['example']}. On each card the value, "
        "and under it the gradient of this point's loss"
    )
    ax.set_title(words, color=theme.ink, **HEAD)


def _draw_loss(ax: Any, data: dict[str, Any], step: int, theme: Theme) -> None:
    loss = data["loss"]
    ax.plot(loss[: step + 1], color=theme.positive)
    look = {"marker": "o", "markersize": 8, "color": theme.negative}
    ax.plot(step, loss[step], **look)
    finite = loss[np.isfinite(loss)]
    top = float(finite.max()) if finite.size else 1.0
    ax.set(xlim=(-0.5, len(loss) - 0.5), ylim=(min(0.0, *finite), top * 1.1 or 1.0))
    ax.set(xlabel="step", ylabel="loss")
    whole_numbers(ax)
    ax.set_title(
        f"The loss of all points: {number(loss[step])}", color=theme.ink, **HEAD
    )
    grid(ax, theme)


def _draw_predictions(ax: Any, data: dict[str, Any], step: int, theme: Theme) -> None:
    scores, labels = data["score"], data["labels"]
    alone = scores.shape[-1] == 1
    plane = {
        "x": data["x"],
        "y": data["y"],
        "score": scores[step, ..., 0] if alone else scores[step],
        "threshold": 0.0 if alone else None,
        "classes": np.unique(labels).tolist() if alone else range(scores.shape[-1]),
    }
    if np.isfinite(plane["score"]).all():
        draw_plane(ax, plane, data["points"], labels, theme)
    ring = {"s": 170, "facecolor": "none", "edgecolor": theme.ink, "linewidth": 2}
    ax.scatter(*data["points"][data["example"]], **ring)
    words = f"What it predicts (ring: point {data['example']})"
    ax.set_title(words, color=theme.ink, **HEAD)


def _table(data: dict[str, Any], step: int) -> list[list[Any]]:
    """A row for each parameter: name, value, gradient, optimizer's state, next step."""
    values = data["parameters"]
    last = step == len(values) - 1
    moves = [None] * len(values[0]) if last else (values[step + 1] - values[step])
    columns = [values[step], data["gradients"][step]]
    columns += [state[step] for state in data["state"].values()]
    return [
        [name, *map(float, numbers), move]
        for name, *numbers, move in zip(
            data["parameter_names"], *columns, moves, strict=True
        )
    ]


def _draw_table(
    ax: Any, table: list[list[Any]], data: dict[str, Any], step: int, theme: Theme
) -> None:
    head = ["", "value", "gradient", *data["state"], "next step"]
    ax.set(xlim=(0, len(head)), ylim=(ROWS + 1.6, 0))
    ax.axis("off")
    for i, word in enumerate(head):
        _cell(ax, theme, i, 0, clean(word, 16), None, size=7.5)
    for row, (name, *numbers) in enumerate(table[:ROWS], start=1):
        _cell(ax, theme, 0, row, clean(name, 12), None)
        for i, x in enumerate(numbers, start=1):
            _cell(ax, theme, i, row, DASH if x is None else number(x), x)
    if len(table) > ROWS:
        _cell(ax, theme, 0, ROWS + 1, f"{len(table) - ROWS} more", None)
    words = f"{data['optimizer']}, lr = {number(data['lr'])}, gradients of all points"
    ax.set_title(words, color=theme.ink, **HEAD)


def _cell(
    ax: Any,
    theme: Theme,
    i: int,
    row: int,
    text: str,
    x: float | None,
    size: float = 8.5,
) -> None:
    if x:
        from matplotlib.patches import Rectangle

        tint = theme.tints(theme.of_sign(x))(TINT)
        ax.add_patch(Rectangle((i + 0.03, row + 0.05), 0.94, 0.9, color=tint, lw=0))
    look = {"family": "monospace", "fontsize": size, "color": theme.ink}
    ax.text(i + 0.92, row + 0.55, text, ha="right", va="center", **look)
