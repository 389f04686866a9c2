"""How weights start: each call draws one number, or a matrix at once.

A unit that sums n products of weights and inputs has n times the variance of one
product. So the spread of the weights decides whether signals fade, keep their size or
explode from layer to layer; Xavier and He choose it from the number of connections.

>>> rng = random.Random(0)
>>> he_normal(fan_in=200, fan_out=10, rng=rng)
0.09417154046806644
>>> he_normal(fan_in=2, fan_out=10, rng=rng)  # fewer inputs, larger weights
-1.3965781047011498

A neuron calls its initializer as `initializer(fan_in, fan_out)`. To fix the rest, bind
it: `functools.partial(normal, std=0.02)`. What makes sense only for all weights of a
layer together, as `Orthogonal`, has a method `matrix(rows, columns)`; layers call
`weight_rows`, which serves both kinds.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import mul
from typing import Any, NoReturn

from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import in_range, whole_number

Rng = Any  # a random.Random, or the module `random` itself, which random.seed() seeds
Initializer = Callable[..., float]
Rows = list[list[float]]


def uniform(
    fan_in: int, fan_out: int, rng: Rng = random, low: float = -1.0, high: float = 1.0
) -> float:
    """A number between `low` and `high`, all equally likely; as in micrograd.

    Args:
        fan_in: How many inputs the unit has; makes no difference here.
        fan_out: How many units share those inputs; makes no difference here.
        rng: Where the randomness comes from.
        low: The lower end.
        high: The upper end.

    >>> -0.1 <= uniform(3, 1, low=-0.1, high=0.1) <= 0.1
    True
    """
    return float(rng.uniform(low, high))


def normal(
    fan_in: int, fan_out: int, rng: Rng = random, mean: float = 0.0, std: float = 1.0
) -> float:
    """A number from the normal distribution; other arguments as for `uniform`.

    >>> normal(3, 1, mean=5.0, std=0.0)
    5.0
    """
    return float(rng.gauss(mean, std))


def zeros(fan_in: int, fan_out: int, rng: Rng = random) -> float:
    """Zero, which suits biases; units that all start equal would stay equal.

    >>> zeros(3, 1)
    0.0
    """
    return 0.0


def xavier_uniform(
    fan_in: int, fan_out: int, rng: Rng = random, gain: float = 1.0
) -> float:
    """A uniform number of variance gain² · 2 / (fan_in + fan_out), for tanh units.

    The compromise of Glorot and Bengio (2010, equation 16) between signals that keep
    their size forward (1 / fan_in) and gradients that keep theirs backward.

    Args:
        fan_in: How many inputs the unit has.
        fan_out: How many units share those inputs.
        rng: Where the randomness comes from.
        gain: A factor on the result, as of `calculate_gain`.

    >>> abs(xavier_uniform(3, 3)) <= 1.0
    True
    """
    bound = math.sqrt(6.0 / (fan_in + fan_out))
    return gain * uniform(fan_in, fan_out, rng, -bound, bound)


def xavier_normal(
    fan_in: int, fan_out: int, rng: Rng = random, gain: float = 1.0
) -> float:
    """A normal number with the variance of `xavier_uniform`; see there.

    >>> isinstance(xavier_normal(3, 3, gain=5 / 3), float)
    True
    """
    return gain * normal(fan_in, fan_out, rng, std=math.sqrt(2.0 / (fan_in + fan_out)))


def he_uniform(
    fan_in: int, fan_out: int, rng: Rng = random, negative_slope: float = 0.0
) -> float:
    """A uniform number of variance 2 / fan_in, for ReLU units.

    Half of a ReLU's signals are cut to zero, so weights need twice the variance that
    1 / fan_in would give them (He et al., 2015, equation 10; also named after Kaiming).
    A leaky ReLU keeps some of that half, and needs less (equation 15).

    Args:
        fan_in: How many inputs the unit has.
        fan_out: How many units share those inputs; makes no difference here.
        rng: Where the randomness comes from.
        negative_slope: Of a leaky ReLU below 0.

    >>> abs(he_uniform(6, 1)) <= 1.0
    True
    """
    bound = math.sqrt(6.0 / (fan_in * (1.0 + negative_slope**2)))
    return uniform(fan_in, fan_out, rng, -bound, bound)


def he_normal(
    fan_in: int, fan_out: int, rng: Rng = random, negative_slope: float = 0.0
) -> float:
    """A normal number with the variance of `he_uniform`; see there.

    >>> isinstance(he_normal(6, 1), float)
    True
    """
    std = math.sqrt(2.0 / (fan_in * (1.0 + negative_slope**2)))
    return normal(fan_in, fan_out, rng, std=std)


def lecun_normal(fan_in: int, fan_out: int, rng: Rng = random) -> float:
    """A normal number of variance 1 / fan_in, which keeps the size of a linear unit.

    LeCun et al. (1998, "Efficient BackProp", equation 16); other arguments as for
    `he_uniform`.

    >>> isinstance(lecun_normal(6, 1), float)
    True
    """
    return normal(fan_in, fan_out, rng, std=math.sqrt(1.0 / fan_in))


@dataclass(frozen=True)
class Orthogonal:
    """A matrix that keeps lengths and angles: its rows, or columns, are orthonormal.

    Products of such matrices neither fade nor explode, however many there are (Saxe,
    McClelland and Ganguli, 2014), which suits recurrent and deep nets. Every one is
    equally likely: normal rows, each made orthogonal to those before (Mezzadri, 2007).

    Args:
        gain: A factor on the result, as of `calculate_gain`.
        rng: Where the randomness comes from.

    >>> rows = Orthogonal(gain=2.0).matrix(2, 2)
    >>> round(math.hypot(*rows[0]), 6), abs(round(sum(map(mul, *rows)), 6))
    (2.0, 0.0)
    """

    gain: float = 1.0
    rng: Rng = field(default=random, repr=False)

    def matrix(self, rows: int, columns: int) -> Rows:
        """The rows of a matrix; if there are more of them, its columns are orthonormal.

        It takes about rows · columns · min(rows, columns) products.

        Raises:
            TypeError: If a size is not a whole number.
            ValueError: If a size is below 1.
        """
        high, wide = whole_number(rows, "rows", 1), whole_number(columns, "columns", 1)
        basis: Rows = []
        while len(basis) < min(high, wide):
            basis.append(self._direction(max(high, wide), basis))
        scaled = [[self.gain * x for x in row] for row in basis]
        if high > wide:
            return [list(column) for column in zip(*scaled, strict=True)]
        return scaled

    def __call__(self, fan_in: int, fan_out: int) -> NoReturn:
        """Refuse to draw one number: it would be orthogonal to nothing.

        Raises:
            TypeError: Always.
        """
        raise TypeError(
            f"a matrix at once: got a call of {self!r} for one number; expected "
            f"{type(self).__name__}.matrix(rows, columns). Use it for a layer with a "
            "matrix of weights, such as Linear, or another initializer."
        )

    def _direction(self, size: int, basis: Rows) -> list[float]:
        """A random direction, orthogonal to those of `basis`."""
        vector = [self.rng.gauss(0.0, 1.0) for _ in range(size)]
        for other in basis * 2:  # once more takes off what rounding has left
            along = sum(map(mul, vector, other))
            vector = [x - along * y for x, y in zip(vector, other, strict=True)]
        length = math.hypot(*vector)
        return [x / length for x in vector]


orthogonal = Orthogonal()


def weight_rows(
    initializer: Any, rows: int, columns: int, fan_in: int, fan_out: int
) -> Rows:
    """The weights of a layer: a row for each output, a column for each input.

    Args:
        initializer: A function of `(fan_in, fan_out)` that draws a number, which is
            called row by row; or what has a method `matrix(rows, columns)`.
        rows: How many rows.
        columns: How many columns; for a convolution the weights of one filter.
        fan_in: How many inputs each unit has.
        fan_out: How many units share an input.

    >>> weight_rows(zeros, 2, 3, fan_in=3, fan_out=2)
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    if hasattr(initializer, "matrix"):
        matrix: Rows = initializer.matrix(rows, columns)
        return matrix
    return [[initializer(fan_in, fan_out) for _ in range(columns)] for _ in range(rows)]


def calculate_gain(nonlinearity: str, negative_slope: float = 0.01) -> float:
    """What makes up for the signal that an activation takes away; PyTorch's table.

    Args:
        nonlinearity: A name: "linear", "sigmoid", "tanh", "relu" or "leaky_relu".
        negative_slope: Of a leaky ReLU below 0.

    Raises:
        ValueError: If the name is none of these.

    >>> round(calculate_gain("tanh"), 4), calculate_gain("relu") == 2**0.5
    (1.6667, True)
    """
    slope = in_range(negative_slope, "negative_slope")
    gains = {
        "linear": 1.0,
        "sigmoid": 1.0,
        "tanh": 5.0 / 3.0,
        "relu": math.sqrt(2.0),
        "leaky_relu": math.sqrt(2.0 / (1.0 + slope**2)),
    }
    if nonlinearity not in gains:
        raise ValueError(
            f"no such nonlinearity: got nonlinearity={shortened(nonlinearity)} "
            f"({type(nonlinearity).__name__}); expected one of {', '.join(gains)}. "
            "Give the gain itself for another."
        )
    return gains[nonlinearity]


INITIALIZERS: dict[str, Initializer] = {
    "uniform": uniform,
    "normal": normal,
    "zeros": zeros,
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "lecun_normal": lecun_normal,
    "orthogonal": orthogonal,
}
