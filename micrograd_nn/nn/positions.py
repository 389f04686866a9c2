"""Where a symbol stands, added to what it is: attention by itself knows no order.

>>> steps = PositionalEncoding(4)([[0.0, 0.0, 0.0, 0.0]] * 2)
>>> [round(x.data, 3) for x in steps[1]]  # of the second position
[0.841, 0.54, 0.01, 1.0]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import add
from typing import Any

from micrograd_nn.initializers import Initializer
from micrograd_nn.nn.examples import Inputs, size
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.sequences import Rows, sequence
from micrograd_nn.nn.weights import parameters


class Positions(Module):
    """A layer that adds a row of its own to each row of a sequence."""

    d_model: int

    def rows(self, length: int) -> Sequence[Sequence[Any]]:
        """What is added to a sequence of that length."""
        raise NotImplementedError  # each kind of positions has rows of its own

    def __call__(self, x: Inputs) -> Rows:
        """The sums, [time][d_model] as `x`."""
        steps = sequence(x, self.d_model, repr(self))
        added = self.rows(len(steps))
        return [list(map(add, *pair)) for pair in zip(steps, added, strict=True)]


class PositionalEncoding(Positions):
    """Sines and cosines of the position, for any length: there is nothing to learn.

    At d_model / 2 speeds, from 1 down to 1/10000 (Vaswani et al., 2017, section 3.5).

    Args:
        d_model: The number of features.

    Raises:
        ValueError: If that is not a positive whole number; in a call, if the shape does
            not fit.

    >>> PositionalEncoding(4).rows(1)
    [[0.0, 1.0, 0.0, 1.0]]
    """

    def __init__(self, d_model: int) -> None:
        self.d_model = size(d_model, "d_model")

    def rows(self, length: int) -> list[list[float]]:
        """The numbers for positions 0, 1, ..."""
        return [[self._at(t, i) for i in range(self.d_model)] for t in range(length)]

    def extra_repr(self) -> str:
        """The argument."""
        return str(self.d_model)

    def _at(self, position: int, feature: int) -> float:
        pair, is_cosine = divmod(feature, 2)
        angle = position / 10000.0 ** (2 * pair / self.d_model)
        return math.cos(angle) if is_cosine else math.sin(angle)


class PositionalEmbedding(Positions):
    """A row for each position that is learned, for sequences up to a greatest length.

    Args:
        max_len: How many positions there are.
        d_model: The number of features.
        initializer: How the rows start, as for `Embedding`.

    Attributes:
        weight: Values, [max_len][d_model].

    Raises:
        ValueError: If a size is not a positive whole number, or there is no such
            initializer; in a call, if the shape does not fit.

    >>> PositionalEmbedding(2, 3)([[0.0, 0.0, 0.0]] * 4)
    Traceback (most recent call last):
    ValueError: too long: PositionalEmbedding(2, 3) got 4 positions; expected ...
    """

    def __init__(
        self, max_len: int, d_model: int, *, initializer: str | Initializer = "normal"
    ) -> None:
        self.max_len = size(max_len, "max_len")
        self.d_model = size(d_model, "d_model")
        self.weight = parameters((max_len, d_model), initializer, max_len, d_model)

    def rows(self, length: int) -> Rows:
        """The rows for positions 0, 1, ...

        Raises:
            ValueError: If there are more positions than rows.
        """
        if length > self.max_len:
            raise ValueError(
                f"too long: {self!r} got {length} positions; expected at most "
                f"{self.max_len}. Cut the sequence, or make max_len larger."
            )
        found: Rows = self.weight[:length]
        return found

    def extra_repr(self) -> str:
        """The arguments."""
        return f"{self.max_len}, {self.d_model}"
