"""Learning rates side by side: too small, right, too large.

>>> plot = lr_sweep({0.001: 0.9, 0.1: 0.2, 10.0: float("nan")})
>>> plot.data["best"], plot.data["diverged"].tolist()
(0.1, [False, False, True])
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from micrograd_nn.numbers import as_number, shortened
from micrograd_nn.viz.plots.arguments import Floats, as_array
from micrograd_nn.viz.plots.curves import best_of, higher_is_better
from micrograd_nn.viz.plots.plot import Plot, canvas, grid, legend
from micrograd_nn.viz.plots.theme import Theme


def lr_sweep(
    results: Mapping[float, float],
    metric: str = "loss",
    *,
    diverged_above: float = math.inf,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """How training ended at each learning rate, the best marked.

    Args:
        results: From the learning rate to the final loss or accuracy. Those that are
            not finite diverged: they stand as crosses at the upper edge.
        metric: What the numbers are. The lowest is best, or of an accuracy or another
            score the highest.
        diverged_above: Numbers above this diverged too.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `lr`, ascending, `value` and `diverged` of each, and
        `best`: the best learning rate, or None if all diverged.

    Raises:
        TypeError: If that is no mapping of numbers.
        ValueError: If it is empty, or a learning rate is not above 0.
    """
    rates, values = _columns(results)
    diverged = ~np.isfinite(values)
    diverged |= values > as_number(diverged_above, "diverged_above")
    ax, colours = canvas(ax, theme)
    ax.set(xscale="log", xlabel="learning rate", ylabel=f"final {metric}")
    kept = np.where(diverged, np.nan, values)
    line = {"color": colours.positive, "marker": "o", "markersize": 5}
    ax.plot(rates[~diverged], values[~diverged], **line)
    best = best_of(kept, metric)
    if best is not None:
        _mark_best(ax, rates[best], values[best], metric, colours)
    _mark_diverged(ax, rates[diverged], colours)
    grid(ax, colours)
    legend(ax, colours)
    data = {"lr": rates, "value": values, "diverged": diverged}
    return Plot(ax, data | {"best": None if best is None else float(rates[best])})


def _columns(results: Any) -> tuple[Floats, Floats]:
    """Learning rates, ascending, and what came of each."""
    if not isinstance(results, Mapping):
        raise TypeError(
            f"no learning rates: got results={shortened(results)} "
            f"({type(results).__name__}); expected a mapping from learning rates to "
            "numbers. Pass {0.1: loss_of(0.1), ...}."
        )
    rates = as_array(list(results), "the learning rates", 1, "at least one")
    values = as_array(list(results.values()), "results", 1, "one number for each rate")
    if not (rates > 0).all() or not np.isfinite(rates).all():
        wrong = rates[~((rates > 0) & np.isfinite(rates))][0]
        raise ValueError(
            f"not a learning rate: got lr={wrong} (float); expected a finite number "
            "above 0, for the axis is logarithmic."
        )
    order = rates.argsort()
    return rates[order], values[order]


def _mark_best(ax: Any, rate: float, value: float, metric: str, theme: Theme) -> None:
    word = "highest" if higher_is_better(metric) else "lowest"
    look = {"marker": "*", "markersize": 15, "linestyle": "none", "color": theme.ink}
    ax.plot(rate, value, **look, label=f"{word}: {value:.4g} at {rate:.4g}")


def _mark_diverged(ax: Any, rates: Floats, theme: Theme) -> None:
    if not rates.size:
        return
    look = {"marker": "x", "markersize": 9, "markeredgewidth": 2.5}
    place = {"transform": ax.get_xaxis_transform(), "clip_on": False}
    colours = {"color": theme.negative, "linestyle": "none"}
    ax.plot(rates, np.ones(len(rates)), **look, **place, **colours, label="diverged")
