"""Images side by side, as they are: what a net is to look at.

>>> image_grid([[[0.0, 1.0], [1.0, 0.0]]], ["a stroke"]).data["images"].shape
(1, 2, 2)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd_nn.viz.plots.arguments import as_array, as_count, as_labels, finite
from micrograd_nn.viz.plots.panels import panels, rows_of
from micrograd_nn.viz.plots.plot import Plot, canvas


def image_grid(
    images: Any,
    titles: Sequence[Any] | None = None,
    *,
    columns: int = 10,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """Images in rows, all with the same scale: 0 is paper, the largest number ink.

    If some numbers are negative, blue is positive and vermillion negative, as in
    `weight_images`.

    Args:
        images: Shape (n, height, width).
        titles: What stands over each, such as its label; nothing by default.
        columns: Images in a row.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `images`, and `titles` as words.

    Raises:
        TypeError: If those are no numbers and no titles.
        ValueError: If shapes do not fit, or a number is not finite.
    """
    pictures = finite(as_array(images, "images", 3, "(n, height, width)"), "images")
    count = len(pictures)
    words = [] if titles is None else as_labels(titles, "titles", count).tolist()
    columns = min(as_count(columns, "columns"), count)
    rows, gap = rows_of(count, columns), 0.3 if words else 0.12
    ax, colours = canvas(ax, theme, (0.8 * columns + 0.2, 0.8 * (1 + gap) * rows + 0.1))
    most = float(abs(pictures).max()) or 1.0
    look = {"cmap": colours.paper, "vmin": 0.0, "vmax": most}
    if pictures.min() < 0.0:
        look = {"cmap": colours.diverging(), "vmin": -most, "vmax": most}
    cells = panels(ax, colours, count, columns, (0.12, gap), bare=True)
    for cell, picture in zip(cells, pictures, strict=True):
        cell.imshow(picture, **look)
    for cell, word in zip(cells, map(str, words), strict=False):
        cell.set_title(word, fontsize=9, color=colours.ink, pad=2)
    return Plot(ax, {"images": pictures, "titles": list(map(str, words))})
