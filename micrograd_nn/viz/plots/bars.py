"""Bars with names: how large a few numbers are, next to each other.

>>> bar_chart({"good": 1.5, "bad": -2.0}, label="weight").data
{'good': 1.5, 'bad': -2.0}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from micrograd_nn.viz.plots.arguments import Floats, as_array, as_named
from micrograd_nn.viz.plots.plot import SIZE, Plot, canvas, grid, written

ROOM = 0.16  # beside the longest bar, as a share of the axis, for its number


def bar_chart(
    values: Mapping[str, float],
    *,
    label: str = "",
    log: bool = False,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """A bar for each name, from the top down, with its number at its end.

    Blue is positive, vermillion negative. What is not finite, or on a logarithmic axis
    not above 0, has no bar, but its number all the same.

    Args:
        values: From a name to its number.
        label: What the numbers are; it stands at the axis.
        log: Whether the axis grows by factors.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are the numbers by name.

    Raises:
        TypeError: If the numbers have no names, or are no numbers.
        ValueError: If there are none.
    """
    named = as_named(values, "values")
    numbers = as_array(list(named.values()), "values", 1, "one number for each name")
    shown = np.isfinite(numbers) & ((numbers > 0) | (not log))
    ax, colours = canvas(ax, theme, (SIZE[0], 0.36 * len(numbers) + 0.9))
    bars = np.flatnonzero(shown), numbers[shown]
    ax.barh(*bars, color=[colours.of_sign(x) for x in bars[1]])
    ax.set(xscale="log" if log else "linear", xlabel=label)
    ax.set(xlim=_extent(numbers[shown], log), ylim=(len(numbers) - 0.4, -0.6))
    ax.set_yticks(range(len(numbers)), list(named))
    ax.tick_params(axis="y", length=0)
    if not log:
        ax.axvline(0, color=colours.muted, linewidth=0.8)
    _write(ax, numbers, shown, colours.ink)
    grid(ax, colours, "x")
    return Plot(ax, dict(zip(named, numbers.tolist(), strict=True)))


def _extent(numbers: Floats, log: bool) -> tuple[float, float]:
    """The ends of the axis, with room for the numbers."""
    if log:
        decades = np.log10(numbers) if numbers.size else np.zeros(1)
        low, high = decades.min() - 0.5, decades.max()
        return float(10**low), float(10 ** (high + ROOM * (high - low)))
    low, high = min(0.0, *numbers, 0.0), max(0.0, *numbers, 0.0)
    room = ROOM * (high - low) or 1.0
    return low - room * (low < 0), high + room * (high > 0 or low == 0)


def _write(ax: Any, numbers: Floats, shown: Any, ink: str) -> None:
    """The number at the end of each bar; where that would begin if there is none."""
    start = max(0.0, ax.get_xlim()[0])
    look = {"va": "center", "fontsize": 9, "color": ink, "textcoords": "offset points"}
    for i, x in enumerate(numbers.tolist()):
        side = -1 if shown[i] and x < 0 else 1
        place = {"xytext": (4 * side, 0), "ha": "left" if side > 0 else "right"}
        ax.annotate(written(x, 3), (x if shown[i] else start, i), **place, **look)
