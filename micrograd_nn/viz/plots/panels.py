"""Several small plots in the place of one: rows and columns inside of given Axes.

>>> from micrograd_nn.viz.plots.plot import canvas
>>> len(panels(*canvas(None, "light"), count=3, columns=2))
3
"""

from __future__ import annotations

from typing import Any

from micrograd_nn.viz.plots.plot import paint
from micrograd_nn.viz.plots.theme import Theme


def rows_of(count: int, columns: int) -> int:
    """How many rows so many panels fill."""
    return -(-count // columns)


def panels(
    ax: Any,
    theme: Theme,
    count: int,
    columns: int,
    gap: tuple[float, float] = (0.1, 0.1),
    bare: bool = False,
) -> list[Any]:
    """Axes in rows and columns inside of `ax`, whose own frame goes.

    Args:
        ax: What to divide.
        theme: For their colours.
        count: How many.
        columns: How many in a row.
        gap: Between two, as a share of the width and of the height of one.
        bare: Whether they have no frame and no ticks.
    """
    ax.axis("off")
    rows = rows_of(count, columns)
    width, step_x = _shares(columns, gap[0])
    height, step_y = _shares(rows, gap[1])
    made = []
    for i in range(count):
        row, column = divmod(i, columns)
        place = [column * step_x, 1 - row * step_y - height, width, height]
        made.append(paint(ax.inset_axes(place), theme))
        if bare:
            made[-1].axis("off")
    return made


def _shares(count: int, gap: float) -> tuple[float, float]:
    """The size of one of `count` in a whole of 1, and from one to the next."""
    size = 1 / (count + (count - 1) * gap)
    return size, size * (1 + gap)
