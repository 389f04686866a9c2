"""A histogram: how often numbers of each size come.

>>> histogram([0.0, 0.1, 0.9], bins=2).data["counts"].tolist()
[2, 1]
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn.inputs import nested
from micrograd_nn.trees import leaves
from micrograd_nn.viz.plots.arguments import as_array, as_count, as_ends, finite
from micrograd_nn.viz.plots.plot import Plot, canvas, grid


def histogram(
    numbers: Any,
    *,
    bins: int = 40,
    between: tuple[float, float] | None = None,
    label: str = "",
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """How many of the numbers lie in each of so many bins of the same width.

    Args:
        numbers: Numbers or Values, in an array or in nested lists.
        bins: How many bars.
        between: Where the first starts and the last ends; what lies outside is not
            counted. The smallest and the largest number by default.
        label: What the numbers are; it stands at the axis.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `edges` of the bars and their `counts`.

    Raises:
        TypeError: If those are no numbers.
        ValueError: If there are none, one is not finite, or `between` is no range.
    """
    flat = as_array(leaves(nested(numbers)), "numbers", 1, "a list of numbers")
    ends = None if between is None else as_ends(between, "between")
    counts, edges = np.histogram(finite(flat, "numbers"), as_count(bins, "bins"), ends)
    ax, colours = canvas(ax, theme)
    ax.bar(edges[:-1], counts, np.diff(edges), align="edge", color=colours.positive)
    ax.set(xlabel=label, ylabel="how many", xlim=(edges[0], edges[-1]))
    grid(ax, colours, "y")
    return Plot(ax, {"edges": edges, "counts": counts})
