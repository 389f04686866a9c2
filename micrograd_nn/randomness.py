"""Random numbers in a formula, for noise and dropout: drawn anew in every run.

In eager code a draw is a constant, from the standard library's `random`. While a
program is recorded it is a source, from which the program draws for every example of
every run, with a seeded generator of its own. `random.random()` would be frozen.

>>> from micrograd_nn import Value
>>> def dropout(x, p):  # Srivastava et al., 2014
...     return x * bernoulli(1.0 - p) / (1.0 - p)
>>> dropout(Value(3.0), 0.5).data in (0.0, 6.0)
True
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

from micrograd_nn import op, recording
from micrograd_nn.engine import Number, Value, constant, source
from micrograd_nn.numbers import as_number
from micrograd_nn.ranges import whole_number


class Kind(NamedTuple):
    """How random numbers of a kind are drawn; the parameters come last.

    Attributes:
        one: One number, from the standard library.
        many: `many(generator, shape, *params)`: an array, from a NumPy `Generator`.
    """

    one: Callable[..., float]
    many: Callable[..., Any]


KINDS = {
    "uniform": Kind(
        lambda: random.random(),
        lambda generator, shape: generator.random(shape),
    ),
    "normal": Kind(
        lambda: random.gauss(0.0, 1.0),
        lambda generator, shape: generator.standard_normal(shape),
    ),
    "bernoulli": Kind(
        lambda p: float(random.random() < p),
        lambda generator, shape, p: (generator.random(shape) < p).astype(float),
    ),
}


def seed(number: int) -> None:
    """Start the random numbers anew: the same seed, the same weights and draws.

    It seeds the standard library's `random`, which initial weights and eager draws
    come from. Data sets and `fit` take a seed of their own, which is 0 unless given.

    Args:
        number: An integer from 0 up.

    Raises:
        TypeError: If it is not a whole number.
        ValueError: If it is negative.

    >>> seed(0)
    >>> first = uniform()
    >>> seed(0)
    >>> first.data == uniform().data
    True
    """
    random.seed(whole_number(number, "number"))


def uniform() -> Value:
    """A random number from 0 up to 1, all equally likely."""
    return _drawn("uniform")


def normal() -> Value:
    """A random number of the normal distribution with mean 0 and deviation 1."""
    return _drawn("normal")


def bernoulli(p: Number) -> Value:
    """1 with probability `p`, else 0.

    Args:
        p: A plain number from 0 to 1.

    Raises:
        TypeError: If `p` is not a number.
        ValueError: If `p` is not in 0 ... 1.

    >>> bernoulli(1.0), bernoulli(0.0)
    (Value(data=1.0, grad=0.0), Value(data=0.0, grad=0.0))
    """
    number = as_number(p, "p")
    if not 0.0 <= number <= 1.0:
        raise ValueError(
            f"not a probability: got p={p!r} ({type(p).__name__}); expected a number "
            "from 0 to 1. Divide a percentage by 100."
        )
    return _drawn("bernoulli", number)


def _drawn(kind: str, *params: float) -> Value:
    if not recording.is_symbolic():
        return constant(KINDS[kind].one(*params))
    drawn = source(op.random(kind, *params))
    recording.note_draw(drawn)
    return drawn
