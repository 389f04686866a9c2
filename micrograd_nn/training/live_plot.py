"""`LivePlot`: the loss curve in a notebook, drawn anew after each epoch."""

from __future__ import annotations

import io
import sys
from typing import Any

from micrograd_nn.ranges import whole_number
from micrograd_nn.training.callbacks import Callback, Logs


class LivePlot(Callback):
    """Draws the losses while they fall; outside of a notebook it does nothing.

    Args:
        every: After how many epochs to draw.

    Raises:
        TypeError: If that is no whole number.
        ValueError: If it is below 1.
    """

    def __init__(self, every: int = 1) -> None:
        self.every = whole_number(every, "every", 1)
        self._handle: Any = None

    def on_train_begin(self) -> None:
        """Start a new picture."""
        self._handle = None

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Draw, if it is time."""
        if (epoch + 1) % self.every == 0:
            self._draw()

    def on_train_end(self) -> None:
        """Draw the last epoch too."""
        if self.run.history.epoch:
            self._draw()

    def _draw(self) -> None:
        if not in_notebook():
            return
        from IPython import display

        image_of: Any = display.Image
        image = image_of(data=_png(self.run.history.plot()))
        if self._handle is None:
            show: Any = display.display
            self._handle = show(image, display_id=True)
        else:
            self._handle.update(image)


def _png(plot: Any) -> bytes:
    """The picture of a plot, whose figure is closed: the cell need not show it too."""
    from matplotlib import pyplot

    content, figure = io.BytesIO(), plot.ax.figure
    figure.savefig(content, format="png", dpi=100, facecolor="white")
    pyplot.close(figure)
    return content.getvalue()


def in_notebook() -> bool:
    """Whether a notebook shows what is displayed."""
    ipython = sys.modules.get("IPython")  # who runs in one has it
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")
