"""Images that a classifier looked at, with its confidence in each class.

>>> plot = image_confidences([[[0.0, 1.0], [1.0, 0.0]]], [[0.9, 0.1]], [1])
>>> plot.data["predicted"]
[0]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd_nn.viz.plots.arguments import (
    Floats,
    as_array,
    as_classes,
    as_count,
    as_labels,
    finite,
)
from micrograd_nn.viz.plots.panels import panels, rows_of
from micrograd_nn.viz.plots.plot import Plot, canvas
from micrograd_nn.viz.plots.theme import Theme


def image_confidences(
    images: Any,
    probabilities: Any,
    labels: Any = None,
    *,
    columns: int = 6,
    classes: Sequence[Any] | None = None,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """Images with a bar for the confidence in each class, the true class in blue.

    Args:
        images: Shape (n, height, width).
        probabilities: Shape (n, classes), from 0 to 1.
        labels: The true class of each image; None if there is none, as of a drawing
            that is no class at all. Then all bars are blue.
        columns: Images in a row.
        classes: The label of each column of `probabilities`; 0, 1, ... by default.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `images`, `probabilities`, and `predicted`: the likeliest
        class of each.

    Raises:
        TypeError: If those are not numbers and labels.
        ValueError: If shapes do not fit, a label is not among the classes, or a
            probability is not from 0 to 1.
    """
    pictures = finite(as_array(images, "images", 3, "(n, height, width)"), "images")
    shares = _probabilities(probabilities, len(pictures))
    names = list(range(shares.shape[1])) if classes is None else list(classes)
    true = _true(labels, len(pictures), names)
    columns = min(as_count(columns, "columns"), len(pictures))
    rows = rows_of(len(pictures), columns)
    ax, colours = canvas(ax, theme, (1.7 * columns, 2.5 * rows))
    cells = panels(ax, colours, len(pictures), columns, (0.15, 0.12), bare=True)
    predicted = [names[i] for i in shares.argmax(axis=1)]
    for i, cell in enumerate(cells):
        _draw_image(cell, pictures[i], predicted[i], true[i], colours)
        _draw_bars(cell, shares[i], names, true[i], colours)
    data = {"images": pictures, "probabilities": shares, "predicted": predicted}
    return Plot(ax, data)


def _true(labels: Any, count: int, classes: list[Any]) -> list[Any]:
    """The true class of each image, or None for each."""
    if labels is None:
        return [None] * count
    true = as_labels(labels, "labels", count)
    as_classes(classes, true)
    return list(true)


def _probabilities(given: Any, count: int) -> Floats:
    shares = as_array(given, "probabilities", 2, "(n, classes)")
    if len(shares) != count or not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError(
            f"not confidences: got probabilities of shape {shares.shape} from "
            f"{shares.min():.4g} to {shares.max():.4g} for {count} images; expected "
            "a row for each image, of numbers from 0 to 1. Pass logits through softmax."
        )
    return shares


def _draw_image(cell: Any, image: Floats, guess: Any, label: Any, theme: Theme) -> None:
    ax = cell.inset_axes([0, 0.38, 1, 0.5])
    ax.imshow(image, cmap=theme.paper)
    ax.axis("off")
    wrong = label is not None and guess != label
    verdict = f", is {label}" if wrong else ", right" * (label is not None)
    colour = theme.wrong_text if wrong else theme.ink
    ax.set_title(f"says {guess}{verdict}", color=colour, fontsize=10, pad=3)


def _draw_bars(
    cell: Any, shares: Floats, classes: list[Any], label: Any, theme: Theme
) -> None:
    ax = cell.inset_axes([0, 0.08, 1, 0.26])
    blue = [label is None or c == label for c in classes]
    colours = [theme.positive if b else theme.negative for b in blue]
    ax.bar(range(len(classes)), shares, color=colours)
    ax.set(ylim=(0, 1), yticks=[], facecolor=theme.back)
    ax.set_xticks(range(len(classes)), classes)
    ax.tick_params(labelsize=6.5, length=0, pad=1.5, colors=theme.ink)
    for side, spine in ax.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(theme.muted)
