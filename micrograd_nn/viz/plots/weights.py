"""The weights of a layer as pictures: what each of its neurons looks for.

>>> weight_images([[1.0, -2.0, 0.0, 0.5]]).data["images"].shape
(1, 2, 2)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from micrograd_nn.nn import Layer
from micrograd_nn.numbers import shortened
from micrograd_nn.viz.plots.arguments import Floats, as_array, as_count, finite
from micrograd_nn.viz.plots.panels import panels, rows_of
from micrograd_nn.viz.plots.plot import Plot, canvas, colour_bar


def weight_images(
    weights: Any,
    shape: tuple[int, int] | None = None,
    *,
    columns: int = 8,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """A picture for each neuron: its weights over the pixels that they weigh.

    Blue weights are positive: the neuron wants ink there. Vermillion ones are negative.
    All pictures have the same scale, symmetric around 0.

    Args:
        weights: A `Layer`; or Values or numbers of shape (neurons, pixels) or
            (neurons, height, width).
        shape: Height and width; a square by default.
        columns: Pictures in a row.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `images`, of shape (neurons, height, width), and `limit`:
        the weight of the strongest colour.

    Raises:
        TypeError: If those are no weights.
        ValueError: If they do not fit the shape, or one is not finite.
    """
    images = _images(weights, shape)
    limit = float(abs(images).max()) or 1.0
    columns = min(as_count(columns, "columns"), len(images))
    rows = rows_of(len(images), columns)
    ax, colours = canvas(ax, theme, (1.0 * columns + 1.0, 1.0 * rows + 0.4))
    look = {"cmap": colours.diverging(), "vmin": -limit, "vmax": limit}
    cells = panels(ax, colours, len(images), columns)
    for cell, image in zip(cells, images, strict=True):
        shown = cell.imshow(image, **look)
        cell.set(xticks=[], yticks=[])
        for spine in cell.spines.values():
            spine.set_visible(True)
    colour_bar(ax, shown, "weight", colours)
    return Plot(ax, {"images": images, "limit": limit})


def _images(weights: Any, shape: tuple[int, int] | None) -> Floats:
    if isinstance(weights, Layer):
        weights = [neuron.w for neuron in weights.neurons]
    if np.ndim(weights) == 3 and shape is None:
        images = as_array(weights, "weights", 3)
    else:
        rows = as_array(weights, "weights", 2, "(neurons, pixels)")
        images = rows.reshape(len(rows), *_shape(rows.shape[1], shape))
    return finite(images, "weights")


def _shape(pixels: int, given: tuple[int, int] | None) -> tuple[int, int]:
    """Height and width of a picture of so many pixels."""
    side = math.isqrt(pixels)
    shape = (side, side) if given is None else given
    if math.prod(shape) != pixels or len(shape) != 2:
        raise ValueError(
            f"no such picture: got shape={shortened(given)} for {pixels} weights of a "
            "neuron; expected as many pixels. Pass shape=(height, width)."
        )
    return shape
