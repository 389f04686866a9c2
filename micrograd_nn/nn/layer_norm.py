"""`LayerNorm` and `RMSNorm`: each example, or step, brought to one scale by itself.

>>> [round(x.data, 3) for x in LayerNorm(3)([1.0, 2.0, 3.0])]
[-1.225, 0.0, 1.225]
>>> [round(x.data, 3) for x in RMSNorm(2)([3.0, 4.0])]  # over the root of 25 / 2
[0.849, 1.131]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from micrograd_nn import functions, trees
from micrograd_nn.engine import Value
from micrograd_nn.nn.examples import Inputs, Nested, as_values, shape, sizes
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.standardize import standardize
from micrograd_nn.nn.weights import filled
from micrograd_nn.ranges import in_range

Shape = int | Sequence[int]


class NormLayer(Module):
    """A layer that does the same to whatever has a shape of `normalized_shape`."""

    normalized_shape: tuple[int, ...]
    _outputs: Callable[[list[Value]], list[Value]]  # what a subclass computes

    def __call__(self, x: Inputs) -> Nested:
        """`x`, with the numbers of each step at one scale."""
        x = as_values(x)
        found, wanted = shape(x), self.normalized_shape
        if found is None or found[-len(wanted) :] != wanted:
            raise ValueError(
                f"wrong shape: {type(self).__name__}({wanted}) got an example of shape "
                f"{found or 'several'}; expected {wanted} at its end."
            )
        return self._within(x, len(found) - len(wanted))

    def _within(self, x: Nested, depth: int) -> Nested:
        if depth:
            return [self._within(branch, depth - 1) for branch in x]
        return trees.rebuilt(x, iter(self._outputs(trees.leaves(x))))


class LayerNorm(NormLayer):
    """(x - mean) / sqrt(variance + eps) · weight + bias, over the last axes of x.

    Unlike batch norm it needs no other examples, nor a memory of them (Ba, Kiros and
    Hinton, 2016).

    Args:
        normalized_shape: The sizes of the axes that share a mean; a number for one.
        eps: Added to the variance, so that the root of 0 does no harm.
        elementwise_affine: Whether there are weights.
        bias: Whether there are biases beside them.

    Attributes:
        weight: Values of that shape, or None. They start at 1.
        bias: Values of that shape, or None. They start at 0.

    Raises:
        ValueError: If a size is not a positive whole number, or `eps` is below 0.

    >>> LayerNorm(4)
    LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=True)
    """

    def __init__(
        self,
        normalized_shape: Shape,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        self.normalized_shape = sizes(normalized_shape, "normalized_shape")
        self.eps = in_range(eps, "eps")
        self.elementwise_affine = elementwise_affine
        has_bias = elementwise_affine and bias
        self.weight = filled(self.normalized_shape, 1.0) if elementwise_affine else None
        self.bias = filled(self.normalized_shape, 0.0) if has_bias else None

    def extra_repr(self) -> str:
        """The arguments."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine="
            f"{self.elementwise_affine}, bias={self.bias is not None}"
        )

    def _outputs(self, xs: list[Value]) -> list[Value]:
        found = standardize(xs, self.eps).values
        if self.weight is not None:
            found = [
                x * w for x, w in zip(found, trees.leaves(self.weight), strict=True)
            ]
        if self.bias is not None:
            found = [x + b for x, b in zip(found, trees.leaves(self.bias), strict=True)]
        return found


class RMSNorm(NormLayer):
    """x / sqrt(mean(x²) + eps) · weight, over the last axes of x.

    `LayerNorm` without the mean, which made little difference (Zhang and Sennrich,
    2019).

    Args:
        normalized_shape: As for `LayerNorm`.
        eps: Added to the mean; 2.2e-16, the spacing of floats at 1, unless given.
        elementwise_affine: Whether there are weights.

    Attributes:
        weight: Values of that shape, or None. They start at 1.

    Raises:
        ValueError: If a size is not a positive whole number, or `eps` is below 0.

    >>> RMSNorm(4)
    RMSNorm((4,), eps=None, elementwise_affine=True)
    """

    def __init__(
        self,
        normalized_shape: Shape,
        eps: float | None = None,
        elementwise_affine: bool = True,
    ) -> None:
        self.normalized_shape = sizes(normalized_shape, "normalized_shape")
        self.eps = None if eps is None else in_range(eps, "eps")
        self.elementwise_affine = elementwise_affine
        self.weight = filled(self.normalized_shape, 1.0) if elementwise_affine else None

    def extra_repr(self) -> str:
        """The arguments."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine="
            f"{self.elementwise_affine}"
        )

    def _outputs(self, xs: list[Value]) -> list[Value]:
        eps = sys.float_info.epsilon if self.eps is None else self.eps
        scale = (functions.sum([x * x for x in xs]) / len(xs) + eps) ** -0.5
        found = [x * scale for x in xs]
        if self.weight is not None:
            found = [
                x * w for x, w in zip(found, trees.leaves(self.weight), strict=True)
            ]
        return found
