"""Pools: each window of a channel becomes one number, its largest or its mean.

>>> image = [[[1.0, 2.0, 0.0, 0.0], [3.0, 4.0, 0.0, 8.0]]]
>>> [[x.data for x in row] for row in MaxPool2d(2)(image)[0]]
[[4.0, 8.0]]
>>> [[x.data for x in row] for row in AdaptiveAvgPool2d(1)(image)[0]]
[[2.25]]
"""

from __future__ import annotations

import math
from collections.abc import Callable

from micrograd_nn import functions
from micrograd_nn.engine import Value
from micrograd_nn.nn.examples import sizes as as_sizes
from micrograd_nn.nn.planes import PlaneLayer, Sizes
from micrograd_nn.nn.windows import Plane, even_spans, spans, windows
from micrograd_nn.numbers import shortened


class PoolLayer(PlaneLayer):
    """A layer that makes one number of each window."""

    _places: Callable[[int, int], list[list[slice]]]  # windows along rows and columns
    _pooled: Callable[[list[Value]], Value]

    def _outputs(self, planes: list[Plane]) -> list[Plane]:
        places = self._places(len(planes[0]), len(planes[0][0]))
        return [
            [
                [self._pooled(window) for window in row]
                for row in windows(plane, *places)
            ]
            for plane in planes
        ]


class FixedPoolLayer(PoolLayer):
    """A pool with windows of one size; its arguments are those of `MaxPool2d`."""

    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0
    ) -> None:
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = kernel_size if stride is None else stride
        self._kernel = as_sizes(kernel_size, "kernel_size", self.dimensions)
        self._steps = as_sizes(self.stride, "stride", self.dimensions)
        self._border = as_sizes(padding, "padding", self.dimensions, least=0)
        if any(2 * p > k for p, k in zip(self._border, self._kernel, strict=True)):
            raise ValueError(
                f"too much padding: got padding={shortened(padding)} "
                f"({type(padding).__name__}); expected at most half of kernel_size="
                f"{shortened(kernel_size)}. Every window must see something."
            )

    def extra_repr(self) -> str:
        """The arguments."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, "
            f"padding={self.padding}"
        )

    def _check(self, channels: int, *sizes: int) -> None:
        self._require_room(sizes, self._kernel, self._border)

    def _places(self, rows: int, columns: int) -> list[list[slice]]:
        kernel = self._by_axis(self._kernel, 1)
        steps, border = self._by_axis(self._steps, 1), self._by_axis(self._border, 0)
        axes = zip((rows, columns), kernel, steps, border, strict=True)
        return [spans(*axis) for axis in axes]


class MaxPool2d(FixedPoolLayer):
    """The largest number of each window; of n equal ones each gets 1/n of the gradient.

    Args:
        kernel_size: Of a window: one number, or height and width.
        stride: From one window to the next; `kernel_size` unless given.
        padding: How far windows reach beyond the edge; at most half of their size.

    Raises:
        ValueError: If a size is no whole number, or there is too much padding.

    >>> MaxPool2d(3, stride=2, padding=1)
    MaxPool2d(kernel_size=3, stride=2, padding=1)
    """

    def _pooled(self, window: list[Value]) -> Value:
        return functions.max(window)


class MaxPool1d(MaxPool2d):
    """`MaxPool2d` over [channels][length]."""

    dimensions = 1


class AvgPool2d(FixedPoolLayer):
    """The mean of each window; beyond the edge there are zeros, which count.

    The arguments are those of `MaxPool2d`.
    """

    def _pooled(self, window: list[Value]) -> Value:
        return functions.sum(window) / math.prod(self._kernel)


class AvgPool1d(AvgPool2d):
    """`AvgPool2d` over [channels][length]."""

    dimensions = 1


class AdaptivePoolLayer(PoolLayer):
    """A pool with so many windows; its argument is that of `AdaptiveMaxPool2d`."""

    def __init__(self, output_size: Sizes) -> None:
        self.output_size = output_size
        self._counts = as_sizes(output_size, "output_size", self.dimensions)

    def extra_repr(self) -> str:
        """The argument."""
        return f"output_size={self.output_size}"

    def _places(self, rows: int, columns: int) -> list[list[slice]]:
        axes = zip((rows, columns), self._by_axis(self._counts, 1), strict=True)
        return [even_spans(*axis) for axis in axes]


class AdaptiveMaxPool2d(AdaptivePoolLayer):
    """The largest numbers of as many windows as there should be outputs.

    Args:
        output_size: How many windows cover a plane: one number, or rows and columns.
            With 1 each channel becomes one number: a global pool.

    Raises:
        ValueError: If a size is no whole number.

    >>> AdaptiveMaxPool2d(1)
    AdaptiveMaxPool2d(output_size=1)
    """

    def _pooled(self, window: list[Value]) -> Value:
        return functions.max(window)


class AdaptiveMaxPool1d(AdaptiveMaxPool2d):
    """`AdaptiveMaxPool2d` over [channels][length]."""

    dimensions = 1


class AdaptiveAvgPool2d(AdaptivePoolLayer):
    """The means of as many windows as there should be outputs.

    The argument is that of `AdaptiveMaxPool2d`.
    """

    def _pooled(self, window: list[Value]) -> Value:
        return functions.sum(window) / len(window)


class AdaptiveAvgPool1d(AdaptiveAvgPool2d):
    """`AdaptiveAvgPool2d` over [channels][length]."""

    dimensions = 1
