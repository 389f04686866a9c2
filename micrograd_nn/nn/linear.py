"""`Linear`: each output is a bias plus a weighted sum of all inputs.

>>> layer = Linear(2, 1)
>>> layer.load_tensors({"weight": [[3.0, -1.0]], "bias": [0.5]})
>>> layer([2.0, 1.0])
[Value(data=5.5, grad=0.0)]
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import add, mul

from micrograd_nn import functions
from micrograd_nn.engine import Value
from micrograd_nn.initializers import Initializer
from micrograd_nn.nn.examples import (
    Inputs,
    Nested,
    along_rows,
    as_values,
    require,
    size,
)
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.weights import biases, by_fan_in, parameters


class Linear(Module):
    """y = W x + b, for features or a sequence of them.

    Args:
        in_features: The number of inputs.
        out_features: The number of outputs.
        bias: Whether something is added to each output.
        initializer: How weights start: a name of `INITIALIZERS` or a function of
            `(fan_in, fan_out)`; biases then start at 0. Unless given, both start as in
            PyTorch: uniform between ±1/√in_features.

    Attributes:
        weight: Values, [out_features][in_features].
        bias: Values, [out_features], or None.

    Raises:
        ValueError: If a size is not a positive whole number, or there is no such
            initializer.

    >>> Linear(2, 3)
    Linear(in_features=2, out_features=3, bias=True)
    >>> len(Linear(2, 3)([[1.0, 2.0]] * 5))  # a sequence of five steps
    5
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        initializer: str | Initializer = by_fan_in,
    ) -> None:
        self.in_features = size(in_features, "in_features")
        self.out_features = size(out_features, "out_features")
        fans = in_features, out_features
        self.weight = parameters((out_features, in_features), initializer, *fans)
        self.bias = biases(out_features, initializer, *fans) if bias else None

    def __call__(self, x: Inputs) -> Nested:
        """The outputs for features, or for each step of a sequence, in a list."""
        return along_rows(self._outputs, as_values(x))

    def extra_repr(self) -> str:
        """The arguments."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )

    def _outputs(self, row: list[Value]) -> list[Value]:
        require(
            f"Linear({self.in_features} -> {self.out_features})",
            "inputs",
            len(row),
            self.in_features,
            "The innermost lists hold the features of one example or one step.",
        )
        return sums(self.bias, self.weight, row)

    def _sizes(self) -> tuple[int, int]:
        return self.in_features, self.out_features


def sums(
    bias: Sequence[Value] | None, rows: Sequence[Sequence[Value]], x: Sequence[Value]
) -> list[Value]:
    """For each row of weights its weighted sum of `x`, plus its bias if there is one.

    Each is one n-ary sum, where a `Neuron` has a chain: half of the nodes, and one sum
    even if it starts with the zeros of a padded image.

    >>> [y.data for y in sums(None, [[Value(2.0)], [Value(3.0)]], [Value(5.0)])]
    [10.0, 15.0]
    """
    dots = [functions.sum(map(mul, row, x)) for row in rows]
    return dots if bias is None else list(map(add, dots, bias))
