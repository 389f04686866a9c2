"""`Plot`: what every plot returns, and the Axes that every plot draws in.

>>> ax, theme = canvas(None, "dark")
>>> _ = ax.plot([3.0, 2.0], color=theme.positive)
>>> Plot(ax, {"loss": np.array([3.0, 2.0]), "best": 2})
Plot(loss: array of 2, best: 2)

Figures are made without pyplot: nothing is kept alive or shown behind one's back, and a
program without a display can draw. Such figures do not show themselves in a notebook,
so a `Plot` does.
"""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from micrograd_nn.files import format_of, write_whole
from micrograd_nn.numbers import shortened
from micrograd_nn.viz.plots.theme import Theme, theme_of
from micrograd_nn.viz.text import number

SIZE = (6.0, 4.5)  # inches
BESIDE = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.02)}  # a legend, to the right
DPI = 150  # dots in an inch; a notebook shows half as many points


@dataclass(eq=False, repr=False)
class Plot:
    """What was drawn: the matplotlib Axes, and the numbers behind it.

    Attributes:
        ax: The Axes, to add to.
        data: The numbers that the picture shows, by name.
    """

    ax: Any
    data: dict[str, Any]

    @property
    def figure(self) -> Any:
        """The whole figure that the Axes are in."""
        return self.ax.figure.canvas.figure  # not a part of it, as SubFigures are

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the whole figure to `path`, in the format of its ending.

        Raises:
            ValueError: If matplotlib writes no such format.
        """
        path = Path(path)
        known = sorted(self.figure.canvas.get_supported_filetypes())
        write_whole(path, self.to_bytes(format_of(path, known)))
        return path

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        width, height = map(float, self.figure.get_size_inches() * DPI / 2)
        picture = base64.b64encode(self.to_bytes()).decode()
        shown = {"image/png": picture, "text/plain": repr(self)}
        return shown, {"image/png": {"width": width, "height": height}}

    def to_bytes(self, format: str = "png", dpi: float = DPI) -> bytes:
        """The whole figure as a file of that format would hold it."""
        buffer = io.BytesIO()
        back = self.figure.get_facecolor()
        self.figure.savefig(buffer, format=format, dpi=dpi, facecolor=back)
        return buffer.getvalue()

    def __repr__(self) -> str:
        shown = (f"{name}: {_brief(item)}" for name, item in self.data.items())
        return f"Plot({', '.join(shown)})"


def _brief(item: Any) -> str:
    if isinstance(item, np.ndarray):
        return f"array of {' x '.join(map(str, item.shape))}"
    return shortened(item, 40)


def new_figure(width: float, height: float) -> Any:
    """A figure of so many inches, that makes room for its labels.

    Raises:
        ImportError: If matplotlib is missing.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            "plots need matplotlib: got no such module; expected it installed. "
            "Run: pip install 'micrograd-nn[viz]'"
        ) from error
    return Figure(figsize=(width, height), layout="constrained")


def canvas(ax: Any, theme: str, size: tuple[float, float] = SIZE) -> tuple[Any, Theme]:
    """The Axes to draw in, painted in the colours of the theme, and those.

    Args:
        ax: The Axes; None for those of a new figure.
        theme: "light", "dark", or "auto": what the background of the figure is.
        size: Of a new figure, in inches.

    Raises:
        ImportError: If matplotlib is missing.
        TypeError: If `ax` are not Axes.
        ValueError: If there is no such theme.
    """
    if ax is not None and not hasattr(ax, "inset_axes"):
        raise TypeError(
            f"not Axes: got ax={shortened(ax)} ({type(ax).__name__}); expected one "
            "matplotlib Axes. Pass one of those that figure.subplots() gives."
        )
    figure = new_figure(*size) if ax is None else ax.figure
    colours = theme_of(theme, figure.canvas.figure.get_facecolor())
    figure.set_facecolor(colours.back)
    return paint(figure.subplots() if ax is None else ax, colours), colours


def paint(ax: Any, theme: Theme) -> Any:
    """`ax`, its background, frame and words in the colours of the theme."""
    ax.set_facecolor(theme.back)
    ax.tick_params(which="both", colors=theme.ink)
    for text in (ax.xaxis.label, ax.yaxis.label, ax.title):
        text.set_color(theme.ink)
    for side, spine in ax.spines.items():
        spine.set_color(theme.muted)
        spine.set_visible(side in ("left", "bottom"))
    return ax


def grid(ax: Any, theme: Theme, axis: str = "both") -> None:
    """Faint lines behind what is drawn."""
    ax.grid(axis=axis, color=theme.muted, alpha=0.25, linewidth=0.8)
    ax.set_axisbelow(True)


def whole_numbers(ax: Any) -> None:
    """Ticks of the lower axis at whole numbers alone, as steps and epochs are."""
    ax.locator_params(axis="x", integer=True)


def written(x: float, digits: int = 2) -> str:
    """A number as it stands in a picture, with so many significant digits.

    >>> written(-1234.5), written(0.000123, 1)
    ('−1200', '0.0001')
    """
    return number(float(f"{x:.{digits}g}"))


def legend(ax: Any, theme: Theme, **options: Any) -> None:
    """A legend on the background of the theme, if there is anything to explain."""
    if ax.get_legend_handles_labels()[0]:
        colours = {"labelcolor": theme.ink, "facecolor": theme.back}
        ax.legend(**colours, edgecolor="none", framealpha=0.85, **options)


def colour_bar(ax: Any, shown: Any, label: str, theme: Theme) -> Any:
    """The scale of the colours of `shown`, beside `ax`."""
    bar = ax.figure.colorbar(shown, ax=ax, label=label, shrink=0.9)
    bar.outline.set_visible(False)
    bar.ax.tick_params(colors=theme.ink)
    bar.ax.yaxis.label.set_color(theme.ink)
    return bar
