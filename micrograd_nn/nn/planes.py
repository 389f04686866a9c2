"""Layers that look at channels: planes of numbers, such as the colours of an image.

A signal is an image that is one row high. So there is one formula for both: layers of
one dimension add an axis on the way in and drop it on the way out.

>>> class Mirror(PlaneLayer):
...     dimensions = 1
...     def _outputs(self, planes):
...         return [[row[::-1] for row in plane] for plane in planes]
>>> [[x.data for x in channel] for channel in Mirror()([[1.0, 2.0], [3.0, 4.0]])]
[[2.0, 1.0], [4.0, 3.0]]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from micrograd_nn.nn.examples import Inputs, as_values, require_shape
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.windows import Plane

AXES = {1: "[channels][length]", 2: "[channels][height][width]"}
Sizes = int | tuple[int, ...]  # one for all axes, or one for each


class PlaneLayer(Module):
    """A layer from planes to planes.

    Attributes:
        dimensions: Of an example, beside its channels: 1 or 2.
    """

    dimensions = 2
    _outputs: Callable[[list[Plane]], list[Plane]]  # what a subclass computes

    def __call__(self, x: Inputs) -> Any:
        """The channels that the layer makes of those of one example."""
        example = as_values(x)
        axes = AXES[self.dimensions]
        self._check(*require_shape(self._title(), example, axes))
        if self.dimensions == 1:
            return [plane[0] for plane in self._outputs([[row] for row in example])]
        return self._outputs(example)

    def _title(self) -> str:
        """What errors call it."""
        return type(self).__name__

    def _check(self, channels: int, *sizes: int) -> None:
        """Refuse an example of these sizes if it does not fit."""

    def _by_axis(self, sizes: Sequence[int], of_signals: int) -> tuple[int, int]:
        """The sizes for rows and columns; for rows of signals there is only one."""
        rows, columns = (of_signals, *sizes)[-2:]
        return rows, columns

    def _require_room(
        self, sizes: Sequence[int], window: Sequence[int], padding: Sequence[int]
    ) -> None:
        """Refuse an example that is smaller than a window.

        Raises:
            ValueError: If it is.
        """
        least = [max(1, w - 2 * p) for w, p in zip(window, padding, strict=True)]
        if any(got < wanted for got, wanted in zip(sizes, least, strict=True)):
            raise ValueError(
                f"too small: {self._title()} got channels of "
                f"{'x'.join(map(str, sizes))}; expected at least "
                f"{'x'.join(map(str, least))}. Use a smaller window, or more padding."
            )
