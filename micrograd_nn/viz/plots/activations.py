"""Histograms of what the neurons of each layer give: alive, dead or saturated.

>>> from micrograd_nn.nn import MLP
>>> plot = activation_histograms(MLP(2, [3, 1]), [[0.0, 1.0], [1.0, -1.0]], bins=4)
>>> plot.data["layer"], plot.data["counts"].shape
(['layers.0', 'layers.1'], (2, 4))
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn.viz.plots.arguments import Floats, as_count, finite
from micrograd_nn.viz.plots.layers import in_turn, layer_outputs
from micrograd_nn.viz.plots.panels import panels, rows_of
from micrograd_nn.viz.plots.plot import Plot, canvas
from micrograd_nn.viz.plots.theme import Theme

COLUMNS = 4  # panels in a row


def activation_histograms(
    model: Any, inputs: Any, *, bins: int = 30, ax: Any = None, theme: str = "auto"
) -> Plot:
    """How the outputs of each layer are spread, over all neurons and examples.

    All panels have the same axis: where signals vanish, the histogram is a spike at 0.

    Args:
        model: A Sequential, or a module that calls those of its list `layers` in turn.
        inputs: A batch: shape (examples, features).
        bins: Bars of each histogram.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `layer`, the names; `mean`, `std` and `zeros` (the share
        of outputs that are 0) of each; and of the bars `edges`, and `counts`, of shape
        (layers, bins).

    Raises:
        TypeError: If the model has no such list, or the inputs are not numbers.
        ValueError: If shapes do not fit, or an output is not finite.
    """
    layers = in_turn(model)
    names, called = list(layers), list(layers.values())
    outputs = [finite(rows, "outputs") for rows in layer_outputs(called, inputs)]
    edges = _edges(outputs, as_count(bins, "bins"))
    counts = np.array([np.histogram(rows, edges)[0] for rows in outputs])
    data = {
        "layer": names,
        "mean": np.array([rows.mean() for rows in outputs]),
        "std": np.array([rows.std() for rows in outputs]),
        "zeros": np.array([(rows == 0).mean() for rows in outputs]),
        "edges": edges,
        "counts": counts,
    }
    columns = min(COLUMNS, len(names))
    rows = rows_of(len(names), columns)
    ax, colours = canvas(ax, theme, (2.4 * columns + 0.4, 2.1 * rows + 0.3))
    for i, panel in enumerate(panels(ax, colours, len(names), columns, (0.12, 0.55))):
        _draw(panel, data, i, colours)
    return Plot(ax, data)


def _edges(outputs: list[Floats], bins: int) -> Floats:
    """The ends of the bars: the same for all, 0 among what they cover."""
    low = min(0.0, *(float(rows.min()) for rows in outputs))
    high = max(0.0, *(float(rows.max()) for rows in outputs))
    return np.linspace(low, high if high > low else 1.0, bins + 1)


def _draw(ax: Any, data: dict[str, Any], i: int, theme: Theme) -> None:
    edges, counts = data["edges"], data["counts"][i]
    ax.bar(edges[:-1], counts, np.diff(edges), align="edge", color=theme.positive)
    ax.set_title(data["layer"][i], fontsize=10, loc="left", pad=14, color=theme.ink)
    numbers = [f"mean {data['mean'][i]:.2g}", f"std {data['std'][i]:.2g}"]
    if data["zeros"][i]:
        numbers.append(f"{data['zeros'][i]:.0%} zero")
    look = {"transform": ax.transAxes, "color": theme.ink, "fontsize": 8}
    ax.text(0, 1.03, ", ".join(numbers), va="bottom", **look)
    ax.set(yticks=[], xlim=(edges[0], edges[-1]))
    ax.tick_params(labelsize=8)
    ax.spines["left"].set_visible(False)
