"""Rows in columns that line up, for a terminal.

>>> aligned([("numpy", "2.4", "arrays"), ("faker", "-", "names")])
['numpy  2.4  arrays', 'faker  -    names']
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

from micrograd_nn.viz.text import columns, padded

GAP = "  "
NARROWEST = 60  # columns of a terminal that are worth wrapping for
LEAST = 16  # columns that the last cell of a row has, whatever is before it


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """A line for each row; the last cell is wrapped beneath itself if need be.

    Args:
        rows: The cells, of each as many.
    """
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)][:-1]
    return [_line(row, widths) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    start = "".join(
        padded(cell, width) + GAP for cell, width in zip(row[:-1], widths, strict=True)
    )
    width = max(shutil.get_terminal_size().columns, NARROWEST)
    lines = textwrap.wrap(
        row[-1],
        max(width - columns(start), LEAST),
        break_long_words=False,  # paths and commands are to be copied
        break_on_hyphens=False,
    )
    return f"\n{' ' * columns(start)}".join([start + lines[0], *lines[1:]])
