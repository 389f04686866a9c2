"""`Conv1d` and `Conv2d`: one small filter, moved over the whole example.

Each output is the weighted sum of one window, and all windows share the weights: a
pattern is found wherever it is (LeCun et al., 1989). What deep learning calls a
convolution is a cross-correlation: the filter is not flipped.

>>> edge = Conv1d(1, 1, kernel_size=2, bias=False)
>>> edge.load_tensors({"weight": [[[-1.0, 1.0]]]})
>>> [[y.data for y in channel] for channel in edge([[0.0, 0.0, 5.0, 5.0]])]
[[0.0, 5.0, 0.0]]
"""

from __future__ import annotations

import math
from typing import Any

from micrograd_nn import trees
from micrograd_nn.engine import constant
from micrograd_nn.initializers import Initializer
from micrograd_nn.nn.examples import require, size
from micrograd_nn.nn.examples import sizes as as_sizes
from micrograd_nn.nn.linear import sums
from micrograd_nn.nn.planes import AXES, PlaneLayer, Sizes
from micrograd_nn.nn.weights import biases, by_fan_in, parameters
from micrograd_nn.nn.windows import Plane, padded, spans, windows


class Conv2d(PlaneLayer):
    """Filters over images: [in_channels][height][width] to [out_channels][...][...].

    Along each axis there are (size + 2 · padding - kernel_size) // stride + 1 outputs.

    Args:
        in_channels: The number of planes of an example.
        out_channels: The number of filters.
        kernel_size: Of a filter: one number, or height and width.
        stride: How far it is moved at a time.
        padding: How many zeros there are around the image, at each side.
        bias: Whether a number is added to all outputs of a filter.
        initializer: As for `Linear`; each output has
            in_channels · kernel_size inputs.

    Attributes:
        weight: Values, [out_channels][in_channels][height][width].
        bias: Values, [out_channels], or None.

    Raises:
        ValueError: If a size is not a positive whole number, or there is no such
            initializer.

    >>> layer = Conv2d(1, 8, 3, padding=1)
    >>> layer
    Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    >>> planes = layer([[[0.5] * 4] * 4])
    >>> len(planes), len(planes[0]), len(planes[0][0])
    (8, 4, 4)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        bias: bool = True,
        *,
        initializer: str | Initializer = by_fan_in,
    ) -> None:
        n = self.dimensions
        self.in_channels = size(in_channels, "in_channels")
        self.out_channels = size(out_channels, "out_channels")
        self.kernel_size = as_sizes(kernel_size, "kernel_size", n)
        self.stride = as_sizes(stride, "stride", n)
        self.padding = as_sizes(padding, "padding", n, least=0)
        area = math.prod(self.kernel_size)
        fans = in_channels * area, out_channels * area
        shape = out_channels, in_channels, *self.kernel_size
        self.weight = parameters(shape, initializer, *fans)
        self.bias = biases(out_channels, initializer, *fans) if bias else None

    def extra_repr(self) -> str:
        """The arguments, but for defaults."""
        padding = f", padding={self.padding}" if any(self.padding) else ""
        return (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}{padding}{'' if self.bias else ', bias=False'}"
        )

    def _title(self) -> str:
        name = type(self).__name__
        return f"{name}({self.in_channels} -> {self.out_channels})"

    def _check(self, channels: int, *sizes: int) -> None:
        advice = f"Pass one example as {AXES[self.dimensions]}."
        require(self._title(), "channels", channels, self.in_channels, advice)
        self._require_room(sizes, self.kernel_size, self.padding)

    def _outputs(self, planes: list[Plane]) -> list[Plane]:
        patches = self._patches(planes)
        filters = [trees.leaves(weight) for weight in self.weight]
        maps = [[sums(self.bias, filters, patch) for patch in row] for row in patches]
        return [
            [[outputs[i] for outputs in row] for row in maps]
            for i in range(self.out_channels)
        ]

    def _patches(self, planes: list[Plane]) -> list[list[list[Any]]]:
        """For each place of the filter its window, of one channel after the other."""
        border = self._by_axis(self.padding, 0)
        zero = constant(0.0)
        wide = [padded(plane, *border, zero) for plane in planes]
        kernel = self._by_axis(self.kernel_size, 1)
        stride = self._by_axis(self.stride, 1)
        axes = len(wide[0]), len(wide[0][0])
        places = [spans(*axis) for axis in zip(axes, kernel, stride, strict=True)]
        channels = [windows(plane, *places) for plane in wide]
        return [
            [[x for part in parts for x in part] for parts in zip(*rows, strict=True)]
            for rows in zip(*channels, strict=True)
        ]


class Conv1d(Conv2d):
    """Filters over signals: [in_channels][length] to [out_channels][...].

    The arguments are those of `Conv2d`, with one number for each size; weights are
    [out_channels][in_channels][kernel_size].

    >>> Conv1d(2, 4, 3, stride=2)
    Conv1d(2, 4, kernel_size=(3,), stride=(2,))
    """

    dimensions = 1
