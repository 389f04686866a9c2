"""A net as a drawing: a circle for each neuron, a line for each weight.

>>> from micrograd_nn.nn import MLP
>>> plot = network_diagram(MLP(2, [3, 1]))
>>> [weights.shape for weights in plot.data["weights"]]
[(3, 2), (1, 3)]
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from micrograd_nn.numbers import shortened
from micrograd_nn.viz.plots.arguments import Floats, as_count, as_plane, finite
from micrograd_nn.viz.plots.layers import (
    dense_layers,
    layer_outputs,
    weights_and_biases,
)
from micrograd_nn.viz.plots.plot import Plot, canvas
from micrograd_nn.viz.plots.scores import grid_around
from micrograd_nn.viz.plots.theme import Theme

RADIUS = 0.36  # of a neuron, where neighbours are 1 apart
THINNEST, THICKEST = 0.4, 5.0  # points
PIXELS = 30  # of a heat map, along each side


class Column(NamedTuple):
    """The inputs or the neurons of a layer, from the top down.

    Attributes:
        x: Where the column is.
        numbers: Which of them are drawn.
        ys: How high each of those is.
        hidden: How many are not drawn.
        gap: How high the gap is in their place.
    """

    x: float
    numbers: list[int]
    ys: list[float]
    hidden: int = 0
    gap: float = 0.0


def network_diagram(
    model: Any,
    points: Any = None,
    *,
    max_neurons: int = 12,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """The neurons of a net, layer by layer, and the weights between them.

    A line is the thicker the larger its weight: blue is positive, vermillion negative.
    With points of the plane, each neuron shows its output over that plane: how one
    layer after the other bends it (the idea of TensorFlow Playground, 2016).

    Args:
        model: An `MLP` or a `Layer`.
        points: Shape (n, 2): draw each neuron as a heat map of the plane around them.
        max_neurons: In a column; of larger layers the first and the last are drawn.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `weights`, an array of shape (neurons, inputs) for each
        layer, and `biases`; with points also `x` and `y`, the grid, and `outputs`: for
        each layer an array of shape (neurons, len(y), len(x)).

    Raises:
        TypeError: If the model is not made of `Layer`s.
        ValueError: If a weight is not finite, or there are points, but not two inputs.
    """
    most = as_count(max_neurons, "max_neurons", low=2)
    layers = dense_layers(model)
    pairs = [weights_and_biases(layer) for layer in layers]
    data: dict[str, Any] = {
        "weights": [finite(weights, "weights") for weights, _ in pairs],
        "biases": [biases for _, biases in pairs],
    }
    sizes = [data["weights"][0].shape[1], *map(len, data["weights"])]
    if points is not None:
        data |= _outputs(model, layers, points, sizes[0])
    columns = _columns(sizes, most)
    tallest = min(max(sizes), most)
    unit = min(0.62, 6.0 / tallest)  # inches from one neuron to the next
    size = (unit * (columns[-1].x + 1.6), unit * (tallest + 1.0) + 0.6)
    ax, colours = canvas(ax, theme, (max(size[0], 4.5), size[1]))
    _draw_weights(ax, columns, data["weights"], colours)
    for i, column in enumerate(columns):
        _draw_column(ax, column, i, data, colours)
    _caption(ax, columns, tallest, data["weights"], colours)
    return Plot(ax, data)


def _outputs(model: Any, layers: list[Any], points: Any, nin: int) -> dict[str, Any]:
    """The output of each neuron over a grid around the points."""
    places = as_plane(points)
    if nin != 2:
        raise ValueError(
            f"no plane: got points for a model of {nin} inputs ({shortened(model)}); "
            "expected 2. Leave out the points."
        )
    xs, ys = grid_around(places, PIXELS)
    grid = np.stack([axis.ravel() for axis in np.meshgrid(xs, ys)], axis=1)
    rows = layer_outputs(layers, grid)
    maps = [np.moveaxis(r.reshape(PIXELS, PIXELS, -1), 2, 0) for r in rows]
    return {"x": xs, "y": ys, "outputs": maps}


def _columns(sizes: list[int], most: int) -> list[Column]:
    step = max(2.4, 0.35 * min(max(sizes), most))
    return [_column(i * step, size, most) for i, size in enumerate(sizes)]


def _column(x: float, size: int, most: int) -> Column:
    ys = _heights(min(size, most))
    if size <= most:
        return Column(x, list(range(size)), ys)
    top = most // 2
    gap = ys.pop(top)
    numbers = [*range(top), *range(size - len(ys) + top, size)]
    return Column(x, numbers, ys, size - len(numbers), gap)


def _heights(count: int) -> list[float]:
    return [(count - 1) / 2 - i for i in range(count)]


def _draw_weights(
    ax: Any, columns: list[Column], weights: list[Floats], theme: Theme
) -> None:
    from matplotlib.collections import LineCollection

    largest = max(float(np.abs(w).max()) for w in weights) or 1.0
    for before, after, matrix in zip(columns, columns[1:], weights, strict=False):
        pairs = [
            (matrix[i, k], [(before.x, y0), (after.x, y1)])
            for k, y0 in zip(before.numbers, before.ys, strict=True)
            for i, y1 in zip(after.numbers, after.ys, strict=True)
        ]
        pairs.sort(key=lambda pair: abs(pair[0]))  # the strongest on top
        widths = [THINNEST + THICKEST * abs(w) / largest for w, _ in pairs]
        colours = [theme.of_sign(w) for w, _ in pairs]
        lines = [line for _, line in pairs]
        ax.add_collection(
            LineCollection(lines, linewidths=widths, colors=colours, alpha=0.8)
        )


def _draw_column(
    ax: Any, column: Column, i: int, data: dict[str, Any], theme: Theme
) -> None:
    for number, y in zip(column.numbers, column.ys, strict=True):
        if "outputs" in data:
            heat = (
                _input_map(data, number) if i == 0 else data["outputs"][i - 1][number]
            )
            _draw_map(ax, column.x, y, heat, theme)
        else:
            bias = 0.0 if i == 0 else data["biases"][i - 1][number]
            _draw_circle(ax, column.x, y, bias, theme)
    if column.hidden:
        look = {"ha": "center", "va": "center", "color": theme.ink, "fontsize": 9}
        ax.text(column.x, column.gap, f"{column.hidden} more", **look)


def _input_map(data: dict[str, Any], number: int) -> Floats:
    plane = np.meshgrid(data["x"], data["y"])
    return np.asarray(plane[number])


def _draw_map(ax: Any, x: float, y: float, heat: Floats, theme: Theme) -> None:
    limit = float(np.abs(heat).max()) or 1.0
    place = (x - RADIUS, x + RADIUS, y - RADIUS, y + RADIUS)
    look = {"cmap": theme.diverging(), "vmin": -limit, "vmax": limit, "zorder": 3}
    ax.imshow(heat, extent=place, origin="lower", **look)
    _frame(ax, x, y, theme)


def _frame(ax: Any, x: float, y: float, theme: Theme) -> None:
    from matplotlib.patches import Rectangle

    corner, side = (x - RADIUS, y - RADIUS), 2 * RADIUS
    look: dict[str, Any] = {"edgecolor": theme.ink, "linewidth": 1.0, "zorder": 4}
    ax.add_patch(Rectangle(corner, side, side, fill=False, **look))


def _draw_circle(ax: Any, x: float, y: float, bias: float, theme: Theme) -> None:
    from matplotlib.patches import Circle

    tint = theme.tints(theme.of_sign(bias))(0.25) if bias else theme.back
    look = {"facecolor": tint, "edgecolor": theme.ink, "linewidth": 1.0, "zorder": 3}
    ax.add_patch(Circle((x, y), RADIUS, **look))


def _caption(
    ax: Any, columns: list[Column], tallest: int, weights: list[Floats], theme: Theme
) -> None:
    top, bottom = tallest / 2, -tallest / 2
    look = {"ha": "center", "color": theme.ink, "fontsize": 9}
    names = ["inputs", *(f"layers.{i}" for i in range(len(weights)))]
    for column, name in zip(columns, names, strict=True):
        ax.text(column.x, top, name, va="bottom", **look)
    largest = max(float(np.abs(w).max()) for w in weights)
    words = f"blue > 0, vermillion < 0;\nthe widest line is a weight of {largest:.2g}"
    ax.text(columns[-1].x / 2, bottom, words, va="top", **look)
    ax.set(xlim=(-0.8, columns[-1].x + 0.8), ylim=(bottom - 0.5, top + 0.5))
    ax.set_aspect("equal")
    ax.axis("off")
