"""Small multiples: plots of the same kind side by side, to compare them.

>>> lines = {"rising": [1.0, 2.0], "falling": [2.0, 1.0]}
>>> drawings = {name: lambda ax, y=y: ax.plot(y)[0] for name, y in lines.items()}
>>> list(small_multiples(drawings).data)
['rising', 'falling']
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from micrograd_nn.numbers import shortened
from micrograd_nn.viz.plots.arguments import as_array, as_count, as_functions
from micrograd_nn.viz.plots.panels import rows_of
from micrograd_nn.viz.plots.plot import Plot, canvas, paint
from micrograd_nn.viz.plots.theme import Theme

SMALLEST, LARGEST = 7.0, 10.0  # points of the letters in a panel
POINTS_AN_INCH = 3.6  # of the width of a panel: the wider, the larger the letters
TITLE = 10.0  # points


def small_multiples(
    drawings: Mapping[str, Callable[[Any], Any]],
    *,
    columns: int = 4,
    size: tuple[float, float] = (2.6, 2.2),
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """A panel for each title, that its function draws: the same kind of plot each.

    A legend that all panels have is shown once, at the end of the first row.

    Args:
        drawings: From a title to a function of one Axes, which draws into it. Mostly
            another plot: `lambda ax: decision_boundary(net, points, labels, ax=ax)`.
        columns: Panels in a row.
        size: Width and height of a panel in a new figure, in inches.
        ax: Where to draw, one of a figure's subplots; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are, by title, what each function returned: of a plot its
        data.

    Raises:
        TypeError: If those are no functions with titles, or `ax` is no subplot.
        ValueError: If there are none, or `columns` is not a whole number from 1 up.
    """
    functions = as_functions(drawings, "drawings", "Axes")
    columns = min(as_count(columns, "columns"), len(functions))
    rows = rows_of(len(functions), columns)
    width, height = _inches(size)
    ax, colours = canvas(ax, theme, (width * columns, height * rows))
    places = _divided(ax, rows, columns)
    wide = ax.get_window_extent().width / ax.figure.dpi / columns
    before = len(ax.figure.axes)
    drawn = {
        title: _draw(ax.figure, place, title, function, colours, wide)
        for place, (title, function) in zip(places, functions.items(), strict=False)
    }
    _share_legend(ax.figure.axes[before:], columns - 1)
    return Plot(ax, drawn)


def _share_legend(axes: list[Any], keeper: int) -> None:
    """Leave a legend that all panels have to one of them."""
    legends = [each.get_legend() for each in axes]
    words = {
        tuple(text.get_text() for text in legend.get_texts()) if legend else None
        for legend in legends
    }
    if words == {None} or len(words) > 1:
        return
    for i, legend in enumerate(legends):
        if i != keeper:
            legend.remove()


def _inches(size: Any) -> tuple[float, float]:
    inches = as_array(size, "size", 1, "width and height")
    if len(inches) != 2 or not (np.isfinite(inches) & (inches > 0)).all():
        raise ValueError(
            f"no such size: got size={shortened(size)} ({type(size).__name__}); "
            "expected a width and a height above 0, in inches."
        )
    width, height = inches.tolist()
    return width, height


def _divided(ax: Any, rows: int, columns: int) -> list[Any]:
    """Places for subplots inside of that of `ax`, whose own frame goes.

    Subplots, not insets as in `panels`: the layout of the figure makes room for labels,
    legends and scales of colours of subplots alone.
    """
    place = ax.get_subplotspec()
    if place is None:
        raise TypeError(
            f"not a subplot: got ax={shortened(ax)} ({type(ax).__name__}); expected "
            "Axes with a place in a grid. Pass one of those that figure.subplots() "
            "gives."
        )
    ax.axis("off")
    return list(place.subgridspec(rows, columns))


def _draw(
    figure: Any,
    place: Any,
    title: str,
    function: Callable[[Any], Any],
    theme: Theme,
    wide: float,
) -> Any:
    """Draw one panel, so many inches wide, and return what its function gives."""
    from matplotlib import rc_context

    before = len(figure.axes)
    letters = min(max(POINTS_AN_INCH * wide, SMALLEST), LARGEST)
    panel = paint(figure.add_subplot(place), theme)
    with rc_context({"font.size": letters}):
        result = function(panel)
    _limit_letters(figure.axes[before:], letters)
    lines = _wrapped(title, wide), panel.get_title()  # its own, if it has one
    look = {"fontsize": TITLE, "color": theme.ink, "pad": 6 + _overhang(panel)}
    panel.set_title("\n".join(filter(None, lines)), **look)
    return result.data if isinstance(result, Plot) else result


def _limit_letters(axes: list[Any], points: float) -> None:
    """Make larger letters that small: those of ticks, and of a size of their own."""
    from matplotlib.text import Text

    for text in (text for each in axes for text in each.findobj(Text)):
        text.set_fontsize(min(text.get_fontsize(), points))


def _overhang(panel: Any) -> float:
    """How far the titles of insets reach above the panel, in points."""
    tops = [float(inset.get_tightbbox().y1) for inset in panel.child_axes]
    over = max(tops, default=0.0) - float(panel.bbox.y1)
    return max(0.0, over) * 72 / float(panel.figure.dpi)


def _wrapped(title: str, wide: float) -> str:
    """`title` in lines that are not wider than so many inches."""
    return "\n".join(
        line for given in title.splitlines() for line in _lines(given, wide)
    )


def _lines(line: str, wide: float) -> list[str]:
    from matplotlib.textpath import TextPath

    inches = TextPath((0, 0), line, size=TITLE).get_extents().width / 72
    fitting = len(line) if inches <= wide else int(len(line) * wide / inches)
    return textwrap.wrap(line, max(fitting, 1))
