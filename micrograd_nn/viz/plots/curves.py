"""Curves of a training run: losses over the steps, metrics over the epochs.

>>> plot = loss_curve({"train": [1.0, 0.5, 0.25]})
>>> plot.ax.get_ylabel()
'loss'
>>> history = {"loss": [2.0, 1.0, 0.5], "val_loss": [2.0, 1.5, 1.8]}
>>> history_curve(history).data["best"]
{'loss': 2}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from micrograd_nn.viz.plots.arguments import Floats, as_count, as_named, line_of
from micrograd_nn.viz.plots.panels import panels
from micrograd_nn.viz.plots.plot import (
    SIZE,
    Plot,
    canvas,
    grid,
    legend,
    whole_numbers,
)
from micrograd_nn.viz.plots.theme import Theme

NOT_METRICS = ("lr", "learning_rate")  # what Keras keeps beside the metrics
HIGHER_IS_BETTER = ("acc", "auc", "f1", "precision", "r2", "recall", "reward", "score")


def loss_curve(
    losses: Mapping[str, Sequence[float]],
    *,
    smooth: int = 1,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """The loss over the steps of training, one line for each name.

    Args:
        losses: From a name to its losses, one a step. Where one is nan, the line is
            interrupted.
        smooth: Over how many steps, up to each, to take the mean. Above 1 the losses
            themselves are a faint line behind it.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are the lines by name; smoothed ones as "mean of <name>".

    Raises:
        TypeError: If the losses have no names, or are not numbers.
        ValueError: If there are none, or `smooth` is not a whole number from 1 up.
    """
    lines = {name: line_of(x, name) for name, x in as_named(losses, "losses").items()}
    as_count(smooth, "smooth")
    ax, colours = canvas(ax, theme)
    data = dict(lines)
    for (name, line), colour in zip(lines.items(), cycle(colours.series), strict=False):
        if smooth > 1:
            ax.plot(_from_one(line), line, color=colour, alpha=0.3, linewidth=0.8)
            line = data[f"mean of {name}"] = _running_mean(line, smooth)
        ax.plot(_from_one(line), line, label=name, color=colour)
    ax.set(xlabel="step", ylabel="loss")
    whole_numbers(ax)
    grid(ax, colours)
    legend(ax, colours)
    return Plot(ax, data)


def history_curve(
    history: Any,
    metric: str | None = None,
    *,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """Metrics over the epochs, in training and validation, the best epoch marked.

    The gap between the two is shaded: where it opens, the model overfits. The best
    epoch is that of the lowest loss, or of the highest accuracy or other score, in
    validation if there is any.

    Args:
        history: From the name of a metric ("loss", "accuracy") and of its twin in
            validation ("val_loss", "val_accuracy") to its values, one an epoch; or an
            object with such a `history`, as Keras' `fit` returns.
        metric: The one to draw; all of them, each in a panel of its own, by default.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are what was drawn by name, and `best`: from each metric to
        its best epoch, counted from 1; one that was never finite has none.

    Raises:
        TypeError: If that is no mapping, or holds no numbers.
        ValueError: If there is no such metric.
    """
    found = as_named(getattr(history, "history", history), "history")
    metrics = _metrics(found, metric)
    names = [key for name in metrics for key in (name, f"val_{name}") if key in found]
    data: dict[str, Any] = {name: line_of(found[name], name) for name in names}
    ax, colours = canvas(ax, theme, (SIZE[0] * len(metrics), SIZE[1]))
    several = len(metrics) > 1
    axes = (
        panels(ax, colours, len(metrics), len(metrics), (0.3, 0)) if several else [ax]
    )
    pairs = zip(axes, metrics, strict=True)
    best = {name: _draw_metric(panel, name, data, colours) for panel, name in pairs}
    data["best"] = {name: epoch for name, epoch in best.items() if epoch is not None}
    return Plot(ax, data)


def higher_is_better(metric: str) -> bool:
    """Whether a metric of that name is a score, not a loss or an error.

    >>> higher_is_better("val_accuracy"), higher_is_better("loss")
    (True, False)
    """
    words = metric.lower().split("_")
    return any(word.startswith(HIGHER_IS_BETTER) for word in words)


def best_of(values: Floats, metric: str) -> int | None:
    """The position of the best finite value; None if there is none."""
    if not np.isfinite(values).any():
        return None
    signed = -values if higher_is_better(metric) else values
    return int(np.where(np.isfinite(values), signed, np.inf).argmin())


def _from_one(line: Floats) -> range:
    return range(1, len(line) + 1)


def _running_mean(line: Floats, window: int) -> Floats:
    """The mean of each number and of those before it, `window` at most."""
    starts = np.maximum(np.arange(len(line)) - window + 1, 0)
    return np.array([line[start : i + 1].mean() for i, start in enumerate(starts)])


def _metrics(history: Mapping[str, Any], wanted: str | None) -> list[str]:
    names = [key.removeprefix("val_") for key in history]
    known = [name for name in dict.fromkeys(names) if name not in NOT_METRICS]
    if wanted is None and known:
        return known
    if wanted not in known:
        raise ValueError(
            f"no such metric: got metric={wanted!r} ({type(wanted).__name__}); "
            f"expected one of {', '.join(known) or 'them'} in the history."
        )
    return [wanted]


def _draw_metric(ax: Any, name: str, data: dict[str, Any], theme: Theme) -> int | None:
    """Draw one metric, and return its best epoch."""
    train, validation = data.get(name), data.get(f"val_{name}")
    for line, word, colour in (
        (train, "training", theme.positive),
        (validation, "validation", theme.negative),
    ):
        if line is not None:
            ax.plot(_from_one(line), line, label=word, color=colour)
    if train is not None and validation is not None:
        _shade_gap(ax, train, validation, theme)
    ax.set(xlabel="epoch", ylabel=name)
    whole_numbers(ax)
    judged = train if validation is None else validation
    epoch = _mark_best(ax, judged, name, theme)
    grid(ax, theme)
    legend(ax, theme)
    return epoch


def _shade_gap(ax: Any, train: Floats, validation: Floats, theme: Theme) -> None:
    both = min(len(train), len(validation))
    epochs, look = range(1, both + 1), {"color": theme.muted, "alpha": 0.2}
    ax.fill_between(epochs, train[:both], validation[:both], **look, linewidth=0)


def _mark_best(ax: Any, line: Any, name: str, theme: Theme) -> int | None:
    best = best_of(line, name)
    if best is None:
        return None
    ax.axvline(best + 1, color=theme.ink, linestyle=":", linewidth=1)
    look = {"marker": "o", "markersize": 7, "color": theme.ink, "linestyle": "none"}
    ax.plot(best + 1, line[best], **look, label=f"best: epoch {best + 1}")
    return best + 1
