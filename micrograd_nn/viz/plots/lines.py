"""Lines over shared numbers: whatever has an x and a few ys.

>>> plot = line_plot([0.1, 1.0], {"loss": [2.0, 0.5]}, xlabel="learning rate")
>>> plot.data["x"].tolist(), plot.data["loss"].tolist()
([0.1, 1.0], [2.0, 0.5])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from micrograd_nn.viz.plots.arguments import Floats, as_named, finite, line_of, without
from micrograd_nn.viz.plots.plot import Plot, canvas, grid, legend, whole_numbers

STYLES = ("-", "--", "-.", ":")  # one a line, for readers who see no colours
FEW = 12  # points, of which each has a dot


def line_plot(
    x: Sequence[float] | None,
    lines: Mapping[str, Sequence[float]],
    *,
    xlabel: str = "",
    ylabel: str = "",
    logx: bool = False,
    logy: bool = False,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """One line for each name, all over the same numbers.

    Args:
        x: The numbers along the lower axis; None for 1, 2, ...
        lines: From a name to its numbers, one for each of `x`. Where one is nan, the
            line is interrupted. An empty name stays out of the legend.
        xlabel: What stands at the lower axis.
        ylabel: What stands at the left axis.
        logx: Whether the lower axis grows by factors.
        logy: Whether the left axis does.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `x`, and the lines by name.

    Raises:
        TypeError: If the lines have no names, or something is not a number.
        ValueError: If there are no lines, one is called x, or one has not as many
            numbers as `x`.
    """
    named = without("x", as_named(lines, "lines"), "lines")
    drawn = {name: line_of(numbers, name) for name, numbers in named.items()}
    xs = _shared(x, drawn)
    ax, colours = canvas(ax, theme)
    looks = drawn.items(), cycle(colours.series), cycle(STYLES)
    for (name, line), colour, style in zip(*looks, strict=False):
        dots = {"marker": "o", "markersize": 4} if len(line) <= FEW else {}
        ax.plot(xs[: len(line)], line, label=name, color=colour, ls=style, **dots)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.set(xscale="log" if logx else "linear", yscale="log" if logy else "linear")
    if x is None and not logx:
        whole_numbers(ax)
    grid(ax, colours)
    legend(ax, colours)
    return Plot(ax, {"x": xs, **drawn})


def _shared(x: Any, lines: dict[str, Floats]) -> Floats:
    """The numbers of the lower axis, as many as the longest line has."""
    if x is None:
        return np.arange(1.0, max(map(len, lines.values())) + 1)
    xs = finite(line_of(x, "x"), "x")
    for name, line in lines.items():
        if len(line) != len(xs):
            raise ValueError(
                f"wrong length: got {len(line)} numbers in {name}; expected {len(xs)}, "
                "one for each x. Pass x=None to count them from 1."
            )
    return xs
