"""A table of numbers as colours: attention, activations, errors by two settings.

>>> plot = heat_map([[0.0, 1.0], [0.5, 0.5]], rows=["a", "b"], write=True)
>>> plot.data["numbers"].tolist(), plot.data["rows"]
([[0.0, 1.0], [0.5, 0.5]], ['a', 'b'])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from micrograd_nn.ranges import in_range
from micrograd_nn.viz.plots.arguments import Floats, as_array, as_labels, finite
from micrograd_nn.viz.plots.plot import Plot, canvas, colour_bar
from micrograd_nn.viz.plots.theme import Theme
from micrograd_nn.viz.text import MINUS

LARGEST, SMALLEST = 6.0, 1.2  # inches of a side of a map in a new figure
LETTER, FEW = 0.09, 6  # inches of a letter; so many of the names of rows find room
LINE = 0.3  # inches of a label
PALE = 0.4  # of the colours of a map, where numbers must be read on it


def heat_map(
    numbers: Any,
    *,
    rows: Sequence[Any] | None = None,
    columns: Sequence[Any] | None = None,
    xlabel: str = "",
    ylabel: str = "",
    write: bool = False,
    high: float | None = None,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """A cell for each number, the stronger its colour the larger the number.

    If some are negative, blue is positive and vermillion negative; else it is ink on
    paper, from 0 up.

    Args:
        numbers: Shape (rows, columns).
        rows: A name for each row, from the top down.
        columns: A name for each column.
        xlabel: What the columns are.
        ylabel: What the rows are.
        write: Whether to write the numbers into the cells, on paler colours.
        high: The number with the strongest colour, for maps that are to be compared;
            the largest of `numbers` unless given.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `numbers`, and if given the names, `rows` and `columns`.

    Raises:
        TypeError: If those are not numbers, or names no lists.
        ValueError: If a number is not finite, `high` is not above 0, or shapes do not
            fit.
    """
    table = finite(as_array(numbers, "numbers", 2, "(rows, columns)"), "numbers")
    names = [_names(rows, "rows", len(table)), _names(columns, "columns", len(table.T))]
    cell = min(0.5 if write else 0.36, LARGEST / max(table.shape))
    height, width = (max(cell * count, SMALLEST) for count in table.shape)
    letters = max((len(str(name)) for name in names[0] or ()), default=0)
    beside = 1.7 + LETTER * max(letters - FEW, 0) + LINE * bool(ylabel)
    most = _strongest(table, high)
    alone = ax is None
    ax, colours = canvas(ax, theme, (width + beside, height + 0.9))
    if alone:  # cells are squares: let the layout know, or long names of rows are cut
        ax.figure.set_layout_engine("compressed")
    shown = ax.imshow(table, **_scale(table, most, write, colours))
    colour_bar(ax, shown, "", colours)
    if write:
        write_cells(ax, shown, _words(table), colours)
    ax.locator_params(integer=True)  # of rows and columns without names
    name_cells(ax, *names)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    return Plot(ax, {"numbers": table, "rows": names[0], "columns": names[1]})


def write_cells(ax: Any, shown: Any, words: Any, theme: Theme) -> None:
    """A word into each cell of an image, in ink that can be read on its colour."""
    longest = max(map(len, words.flat))
    size = min(11.0, 90 / len(words), _room(ax, len(words.T)) / (0.7 * longest + 0.3))
    tints = shown.to_rgba(shown.get_array())
    for (row, column), word in np.ndenumerate(words):
        look = {"color": theme.ink_on(tints[row, column]), "fontsize": size}
        if word:
            ax.text(column, row, word, ha="center", va="center", **look)


def name_cells(ax: Any, rows: list[Any] | None, columns: list[Any] | None) -> None:
    """The names at the cells, those of columns upright if they need the room."""
    if rows is not None:
        ax.set_yticks(range(len(rows)), rows)
    if columns is not None:
        letters = max(len(str(name)) for name in columns)
        upright = 6 * letters > _room(ax, len(columns))
        ax.set_xticks(range(len(columns)), columns, rotation=90 * upright)
    for spine in ax.spines.values():
        spine.set_visible(True)
    ax.tick_params(length=0)


def _room(ax: Any, columns: int) -> float:
    """The width of one of so many columns, in points."""
    return 72 * float(ax.get_window_extent().width / ax.figure.dpi) / columns


def _names(given: Any, name: str, count: int) -> list[Any] | None:
    return None if given is None else as_labels(given, name, count).tolist()


def _words(table: Floats) -> Any:
    """The numbers, all with as many decimals: two for those up to 1."""
    high = float(np.abs(table).max()) or 1.0
    whole = (table % 1 == 0).all()
    decimals = 0 if whole else max(0, 2 - int(np.log10(high)))
    rounded = table.round(decimals) + 0.0  # -0.0 + 0.0 is 0.0
    words = [[f"{x:.{decimals}f}".replace("-", MINUS) for x in row] for row in rounded]
    return np.array(words)


def _strongest(table: Floats, high: float | None) -> float:
    """The size of the numbers that have the strongest colour."""
    if high is not None:
        return in_range(high, "high", ends="()")
    return float(np.abs(table).max()) or 1.0


def _scale(table: Floats, high: float, write: bool, theme: Theme) -> dict[str, Any]:
    """The colours of the numbers, as `imshow` takes them."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    signed = bool((table < 0).any())
    tints = theme.diverging() if signed else colormaps[theme.paper]
    if write:
        middle = 0.5 if signed else 0.0
        shares = np.linspace(middle * (1 - PALE), middle + PALE * (1 - middle), tints.N)
        tints = ListedColormap(tints(shares))
    return {"cmap": tints, "vmin": -high if signed else 0.0, "vmax": high}
