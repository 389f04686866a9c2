"""Loss landscapes: the loss over one number or two, and the path taken downhill.

>>> plot = loss_slice(lambda x: x * x, -1.0, 1.0, path=[-1.0, -0.5], resolution=3)
>>> plot.data["loss"].tolist(), plot.data["path_loss"].tolist()
([1.0, 0.0, 1.0], [1.0, 0.25])

`ParameterSlice` makes such a function of one number or two out of a net's loss.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.engine import Value
from micrograd_nn.numbers import shortened
from micrograd_nn.recording import no_grad
from micrograd_nn.viz.plots.arguments import Floats, Range, as_array, as_range, finite
from micrograd_nn.viz.plots.plot import Plot, canvas, colour_bar, grid, legend, written
from micrograd_nn.viz.plots.theme import Theme

LEVELS = 18  # contour lines
STEEP = 30.0  # from this ratio of largest to smallest loss on, they grow by factors
FLATTEST = 1e-3  # of the largest loss: from where on they do
CROWD = 60  # steps, of which each has a dot of its own


def loss_slice(
    function: Callable[[Any], Any],
    start: float,
    stop: float,
    *,
    path: Any = None,
    resolution: int = 200,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """A loss over one number as a line, and a ball that rolls along it.

    Args:
        function: Of one Value, to a Value or a number; or a `ParameterSlice`. The axis
            is named after its argument.
        start: From where to draw.
        stop: To where.
        path: Where the ball was after each step: n numbers.
        resolution: How many points of the line are computed.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `x` and `loss`, and with a path `path` and `path_loss`.

    Raises:
        TypeError: If that is no function, or something is not a number.
        ValueError: If the range is empty, or the path of a wrong shape.
    """
    _require_function(function)
    xs = as_range((start, stop), "(start, stop)", resolution)
    data = {"x": xs, "loss": _values(function, xs[:, None])}
    if path is not None:
        data["path"] = finite(as_array(path, "path", 1, "a list of numbers"), "path")
        data["path_loss"] = _values(function, data["path"][:, None])
    ax, colours = canvas(ax, theme)
    ax.plot(xs, data["loss"], color=colours.positive)
    if path is not None:
        _draw_path(ax, data["path"], data["path_loss"], colours)
    ax.set(xlabel=_names(function, 1)[0], ylabel="loss", xlim=(xs[0], xs[-1]))
    grid(ax, colours)
    legend(ax, colours)
    return Plot(ax, data)


def loss_landscape(
    function: Callable[[Any, Any], Any],
    x_range: Range | None = None,
    y_range: Range | None = None,
    *,
    path: Any = None,
    resolution: int = 40,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """A loss over two numbers as a map with contour lines, and the path taken.

    Args:
        function: Of two Values, to a Value or a number; or a `ParameterSlice`. The axes
            are named after its arguments.
        x_range: The ends of the first number; those of the path with a margin, or else
            -1 and 1, by default.
        y_range: The ends of the second number.
        path: Where descent was after each step: shape (n, 2).
        resolution: Grid points along each side.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `x` and `y`, the grid; `loss`, of shape (len(y), len(x));
        and with a path `path`.

    Raises:
        TypeError: If that is no function, or something is not a number.
        ValueError: If a range is empty, the path of a wrong shape, or the loss nowhere
            finite.
    """
    _require_function(function)
    way = None if path is None else finite(_path(path), "path")
    xs = as_range(x_range or _extent(way, 0), "x_range", resolution)
    ys = as_range(y_range or _extent(way, 1), "y_range", resolution)
    places = np.stack([axis.ravel() for axis in np.meshgrid(xs, ys)], axis=1)
    loss = _values(function, places).reshape(len(ys), len(xs))
    ax, colours = canvas(ax, theme)
    _draw_map(ax, xs, ys, loss, colours)
    data = {"x": xs, "y": ys, "loss": loss}
    if way is not None:
        _draw_path(ax, way[:, 0], way[:, 1], colours)
        data["path"] = way
    names = dict(zip(("xlabel", "ylabel"), _names(function, 2), strict=True))
    ax.set(xlim=(xs[0], xs[-1]), ylim=(ys[0], ys[-1]), **names)
    legend(ax, colours)
    return Plot(ax, data)


def _require_function(function: Any) -> None:
    if not callable(function):
        raise TypeError(
            f"no landscape: got function={shortened(function)} "
            f"({type(function).__name__}); expected a function of one number or two. "
            "Make one of a net's loss with ParameterSlice."
        )


def _names(function: Any, count: int) -> list[str]:
    """What the axes are called: as the function says, or after its arguments."""
    word = getattr(function, "axis_name", "parameter")
    named = [] if hasattr(function, "axis_name") else _arguments(function)[:count]
    if len(named) == count:
        return named
    return [word] if count == 1 else [f"{word} {i + 1}" for i in range(count)]


def _arguments(function: Any) -> list[str]:
    """The names of what a function takes by position; none if it does not tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a built-in
        return []
    kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [each.name for each in parameters if each.kind in kinds]


def _path(path: Any) -> Floats:
    array = as_array(path, "path", 2, "(n, 2): two numbers for each step")
    if array.shape[1] != 2:
        raise ValueError(
            f"wrong shape: got path of shape {array.shape}; expected (n, 2). "
            "Project it first, as ParameterSlice does."
        )
    return array


def _extent(path: Floats | None, axis: int) -> Range:
    if path is None:
        return -1.0, 1.0
    low, high = path[:, axis].min(), path[:, axis].max()
    margin = 0.25 * (high - low) or 1.0
    return low - margin, high + margin


def _values(function: Callable[..., Any], places: Floats) -> Floats:
    """The loss at each place, nan where it is not finite."""
    with no_grad(), ignore_anomaly():
        results = [function(*map(Value, place)) for place in places.tolist()]
    losses = as_array(results, "losses", 1, "one number for each place")
    return np.where(np.isfinite(losses), losses, np.nan)


def _draw_map(ax: Any, xs: Floats, ys: Floats, loss: Floats, theme: Theme) -> None:
    levels, norm = _levels(loss)
    shown = np.ma.masked_invalid(loss.clip(levels[0], levels[-1]))
    look = {"levels": levels, "norm": norm, "cmap": "cividis"}
    tints = ax.contourf(xs, ys, shown, **look)
    # No line at the lowest level: on a flat bottom it would follow rounding errors.
    thin = {"colors": "white", "linewidths": 0.4, "alpha": 0.5}
    ax.contour(xs, ys, shown, levels=levels[1:], **thin)
    bar = colour_bar(ax, tints, "loss", theme)
    ticks = levels[:: LEVELS // 6]
    bar.set_ticks(ticks, labels=map(written, ticks))


def _levels(loss: Floats) -> tuple[Floats, Any]:
    """The losses of contour lines, in equal steps or factors, and a norm to fit."""
    from matplotlib.colors import LogNorm, Normalize

    if np.isnan(loss).all():
        raise ValueError(
            "nothing to draw: got a loss that is nowhere finite; expected it to be "
            "somewhere. Choose a smaller range."
        )
    low, high = float(np.nanmin(loss)), float(np.nanmax(loss))
    if low >= 0 and low * STEEP < high:
        lowest = max(low, high * FLATTEST)
        return np.geomspace(lowest, high, LEVELS), LogNorm(lowest, high)
    low, high = (low - 0.5, high + 0.5) if low == high else (low, high)
    return np.linspace(low, high, LEVELS), Normalize(low, high)


def _draw_path(ax: Any, xs: Floats, ys: Floats, theme: Theme) -> None:
    """Steps from a ring to a ball, on any background."""
    edge = {"markeredgecolor": theme.ink, "zorder": 5, "clip_on": False}
    line = {"color": theme.negative, "linewidth": 1.4, "zorder": 4}
    ax.plot(xs, ys, marker="." if len(xs) < CROWD else "", **line)
    ax.plot(xs[0], ys[0], "o", ms=8, mfc=theme.back, label="start", **edge)
    end = {"ms": 11, "mfc": theme.negative}
    ax.plot(xs[-1], ys[-1], "o", label=f"step {len(xs) - 1}", **end, **edge)
