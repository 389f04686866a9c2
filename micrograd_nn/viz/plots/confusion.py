"""The confusion matrix: which class is taken for which.

>>> plot = confusion_matrix(["cat", "cat", "dog"], ["cat", "dog", "dog"])
>>> plot.data["matrix"].tolist(), plot.data["classes"]
([[1, 1], [0, 1]], ['cat', 'dog'])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.viz.plots.arguments import as_classes, as_labels
from micrograd_nn.viz.plots.heat import name_cells, write_cells
from micrograd_nn.viz.plots.plot import Plot, canvas
from micrograd_nn.viz.plots.theme import Theme

STRONGEST = 0.75  # of a tint, so that the number on it can be read


def confusion_matrix(
    y_true: Any,
    y_pred: Any,
    *,
    classes: Sequence[Any] | None = None,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """How many examples of each class (rows) were taken for each (columns).

    Blue, on the diagonal, is right; vermillion is wrong. The colour is the stronger the
    larger the share of its row.

    Args:
        y_true: The true label of each example: numbers or words.
        y_pred: The predicted label of each.
        classes: All labels, in order; those that come, sorted, by default.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `matrix`, the counts; `classes`; and `accuracy`, the
        share on the diagonal.

    Raises:
        TypeError: If those are not lists of labels.
        ValueError: If they are empty or of different lengths, or one is not among
            `classes`.
    """
    true = as_labels(y_true, "y_true")
    predicted = as_labels(y_pred, "y_pred", len(true))
    names = as_classes(classes, true, predicted)
    matrix = _counts(true, predicted, names)
    ax, colours = canvas(ax, theme, (5.4, 5.0))
    _draw(ax, matrix, colours)
    name_cells(ax, names, names)
    ax.set(xlabel="predicted", ylabel="true")
    accuracy = float(matrix.trace() / matrix.sum())
    ax.set_title(f"accuracy {accuracy:.3f}")
    return Plot(ax, {"matrix": matrix, "classes": names, "accuracy": accuracy})


def _counts(
    true: NDArray[Any], predicted: NDArray[Any], classes: list[Any]
) -> NDArray[np.int64]:
    position = {label: i for i, label in enumerate(classes)}
    matrix = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for row, column in zip(true.tolist(), predicted.tolist(), strict=True):
        matrix[position[row], position[column]] += 1
    return matrix


def _draw(ax: Any, matrix: NDArray[np.int64], theme: Theme) -> None:
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    signed = np.where(np.eye(len(matrix), dtype=bool), shares, -shares)
    limit = 1 / STRONGEST
    shown = ax.imshow(signed, cmap=theme.diverging(), vmin=-limit, vmax=limit)
    write_cells(ax, shown, np.where(matrix, matrix.astype(str), ""), theme)
