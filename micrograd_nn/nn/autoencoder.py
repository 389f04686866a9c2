"""`Autoencoder`: a net that says what it was told, through a bottleneck.

    x -> encoder -> code -> decoder -> x again, nearly

Nobody tells it classes. But to get 64 pixels through 2 numbers it has to find what
differs between digits, so that its code is a map on which equals lie together (Hinton
and Salakhutdinov, 2006, "Reducing the Dimensionality of Data with Neural Networks").

>>> import random
>>> random.seed(0)
>>> net = Autoencoder([64, 16, 2])
>>> len(net.encode([0.5] * 64)), len(net.decode([0.1, -0.3])), len(net([0.5] * 64))
(2, 64, 64)

Its targets are its inputs: `fit(net, X, X)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd_nn.initializers import Initializer
from micrograd_nn.nn.examples import Inputs, sizes
from micrograd_nn.nn.mlp import MLP, Activation
from micrograd_nn.nn.module import Module


class Autoencoder(Module):
    """Two MLPs, one the mirror image of the other; code and output are linear.

    With no activation at all, what it learns is the plane of PCA (Baldi and Hornik,
    1989).

    Args:
        sizes: The number of inputs, the widths of hidden layers, and the length of the
            code; decoding goes through them backward.
        activation: Of hidden layers: a name, a function, or None, as for `MLP`.
        initializer: How weights start: a name of `INITIALIZERS` or a function of
            `(fan_in, fan_out)`.

    Attributes:
        sizes: As given, in a list.
        activation: As given.
        encoder: The MLP from inputs to code.
        decoder: The MLP from code to outputs.

    Raises:
        ValueError: If there are not two sizes or more, one is not a positive whole
            number, or a name is unknown.

    >>> Autoencoder([4, 3, 2])
    Autoencoder(
      (encoder): MLP of [Layer of [ReLUNeuron(4), ...], ...]
      (decoder): MLP of [...]
    )
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: str | Activation | None = "relu",
        initializer: str | Initializer = "xavier_uniform",
    ) -> None:
        self.sizes, self.activation = _checked(sizes), activation
        options: dict[str, Any] = {"activation": activation, "initializer": initializer}
        first, *others = self.sizes
        last, *back = reversed(self.sizes)
        self.encoder = MLP(first, others, **options)
        self.decoder = MLP(last, back, **options)

    def __call__(self, x: Inputs) -> Any:
        """The example as it comes back out of its code."""
        return self.decode(self.encode(x))

    def encode(self, x: Inputs) -> Any:
        """The code of an example: a list, or the Value if it is one number."""
        return self.encoder(x)

    def decode(self, code: Inputs) -> Any:
        """The example that a code stands for."""
        return self.decoder(code)

    def _sizes(self) -> tuple[int, int]:
        return self.sizes[0], self.sizes[0]


def _checked(given: Any) -> list[int]:
    listed = sizes(given, "sizes")
    if len(listed) < 2:
        raise ValueError(
            f"too few layers: got sizes={given!r} ({type(given).__name__}); expected "
            "two or more, as in [64, 32, 2]: inputs, hidden layers, code."
        )
    return list(listed)
