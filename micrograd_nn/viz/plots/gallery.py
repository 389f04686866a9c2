"""Functions side by side, each with its slope: a gallery of activations.

>>> plot = function_gallery({"relu": lambda x: x.relu()}, -2, 2)
>>> y, slope = plot.data["relu"]
>>> y[[0, -1]].tolist(), slope[[0, -1]].tolist()
([0.0, 2.0], [0.0, 1.0])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.engine import Value
from micrograd_nn.inputs import as_value
from micrograd_nn.viz.plots.arguments import Floats, as_functions, as_range, without
from micrograd_nn.viz.plots.multiples import small_multiples
from micrograd_nn.viz.plots.plot import Plot, canvas, grid, legend

RESOLUTION = 201  # an odd number: one is in the middle, where most kinks are


def function_gallery(
    functions: Mapping[str, Callable[[Any], Any]],
    low: float = -4.0,
    high: float = 4.0,
    *,
    columns: int = 4,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """A panel for each function: the function itself, and its slope dashed.

    Args:
        functions: From a name to a function of one Value. Its slope is the gradient
            that `backward()` finds. Where one is not finite, its line is interrupted.
        low: From where to draw.
        high: To where.
        columns: Panels in a row.
        ax: Where to draw, one of a figure's subplots; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `x`, and for each name two arrays: of the function and
        of its slope.

    Raises:
        TypeError: If those are no functions with names, or one gives no number.
        ValueError: If there are none, one is called x, or the range is empty.
    """
    named = without("x", as_functions(functions, "functions", "Value"), "functions")
    xs = as_range((low, high), "(low, high)", RESOLUTION)
    curves = {name: _curve(function, xs) for name, function in named.items()}
    drawings = {name: partial(_draw, xs, *curve) for name, curve in curves.items()}
    explained = next(iter(drawings))
    drawings[explained] = partial(drawings[explained], explain=True)
    plot = small_multiples(drawings, columns=columns, ax=ax, theme=theme)
    return Plot(plot.ax, {"x": xs, **curves})


def _curve(function: Callable[[Any], Any], xs: Floats) -> tuple[Floats, Floats]:
    """The function and its slope at each x; nan where they are not finite."""
    with ignore_anomaly():
        pairs = np.array([_at(function, x) for x in xs.tolist()])
    y, slope = np.where(np.isfinite(pairs), pairs, np.nan).T
    return y, slope


def _at(function: Callable[[Any], Any], x: float) -> tuple[float, float]:
    start = Value(x)
    end = as_value(function(start), "what the function gave")
    end.backward()
    return end.data, start.grad


def _draw(xs: Floats, y: Floats, slope: Floats, ax: Any, explain: bool = False) -> None:
    """One panel; one of them explains the lines of all."""
    ax, theme = canvas(ax, "auto")
    ax.plot(xs, y, color=theme.positive, label="function")
    ax.plot(xs, slope, color=theme.negative, linestyle="--", label="its slope")
    ax.set_xlim(xs[0], xs[-1])
    grid(ax, theme)
    if explain:
        legend(ax, theme)
