"""Activations as layers: without one in between, two linear layers are one.

Each bends every number of an example by itself; only softmax looks at a whole row.

>>> from micrograd_nn.nn import Linear, Sequential
>>> Sequential(Linear(2, 3), ReLU(), Linear(3, 1))
Sequential(
  (0): Linear(in_features=2, out_features=3, bias=True)
  (1): ReLU()
  (2): Linear(in_features=3, out_features=1, bias=True)
)

The formulas, and the papers that they are from, are in `ops.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from micrograd_nn.engine import Number, Value
from micrograd_nn.functions import log_softmax, softmax
from micrograd_nn.nn.examples import Inputs, Nested, along_rows, as_values, each
from micrograd_nn.nn.module import Module
from micrograd_nn.numbers import as_number


class Elementwise(Module):
    """A layer that applies a function to every number; one of your own is two lines.

    Attributes:
        function: From Value to Value.

    >>> class Sine(Elementwise):
    ...     function = staticmethod(Value.sin)
    >>> Sine()([[0.0]])
    [[Value(data=0.0, grad=0.0)]]
    """

    function: Callable[[Value], Value]

    def __call__(self, x: Inputs) -> Nested:
        """What the function gives for every number, in lists as they came."""
        return each(self.function, as_values(x))


class ReLU(Elementwise):
    """x above 0, else 0."""

    function = staticmethod(Value.relu)


class GELU(Elementwise):
    """x times the normal distribution function of x."""

    function = staticmethod(Value.gelu)


class SiLU(Elementwise):
    """x times its sigmoid; also called swish."""

    function = staticmethod(Value.silu)


class Softplus(Elementwise):
    """log(1 + exp(x)): a smooth ReLU."""

    function = staticmethod(Value.softplus)


class Sigmoid(Elementwise):
    """1 / (1 + exp(-x)): between 0 and 1."""

    function = staticmethod(Value.sigmoid)


class Tanh(Elementwise):
    """The hyperbolic tangent: between -1 and 1."""

    function = staticmethod(Value.tanh)


class LeakyReLU(Elementwise):
    """x above 0, else `negative_slope` times x.

    Args:
        negative_slope: The slope beneath 0.

    Raises:
        TypeError: If the slope is not a number.

    >>> LeakyReLU(0.1)([-2.0, 3.0])
    [Value(data=-0.2, grad=0.0), Value(data=3.0, grad=0.0)]
    """

    def __init__(self, negative_slope: Number = 0.01) -> None:
        self.negative_slope = as_number(negative_slope, "negative_slope")

    def function(self, x: Value) -> Value:
        """The formula."""
        return x.leaky_relu(self.negative_slope)

    def extra_repr(self) -> str:
        """The argument."""
        return f"negative_slope={self.negative_slope}"


class ELU(Elementwise):
    """x above 0, else `alpha` · (exp(x) - 1).

    Args:
        alpha: How far below 0 it reaches.

    Raises:
        TypeError: If `alpha` is not a number.
    """

    def __init__(self, alpha: Number = 1.0) -> None:
        self.alpha = as_number(alpha, "alpha")

    def function(self, x: Value) -> Value:
        """The formula."""
        return x.elu(self.alpha)

    def extra_repr(self) -> str:
        """The argument."""
        return f"alpha={self.alpha}"


class Softmax(Module):
    """Probabilities from logits: positive, and each innermost list sums to 1.

    A loss wants the logits themselves: see `losses.cross_entropy`.
    """

    def __call__(self, x: Inputs) -> Nested:
        """The probabilities, in lists as the logits came."""
        return along_rows(softmax, as_values(x))


class LogSoftmax(Module):
    """The logarithms of `Softmax`, exact where those would be 0."""

    def __call__(self, x: Inputs) -> Nested:
        """The log-probabilities, in lists as the logits came."""
        return along_rows(log_softmax, as_values(x))


class Identity(Module):
    """The input itself: where a layer is expected, and nothing is to be done."""

    def __call__(self, x: Inputs) -> Nested:
        """The Values of `x`."""
        return as_values(x)
