"""How weights start: each call draws one number.

A unit that sums n products of weights and inputs has n times the variance of one
product. So the spread of the weights decides whether signals fade, keep their size or
explode from layer to layer; Xavier and He choose it from the number of connections.

>>> rng = random.Random(0)
>>> he_normal(fan_in=200, fan_out=10, rng=rng)
0.09417154046806644
>>> he_normal(fan_in=2, fan_out=10, rng=rng)  # fewer inputs, larger weights
-1.3965781047011498

A neuron calls its initializer as `initializer(fan_in, fan_out)`. To fix the rest, bind
it: `functools.partial(normal, std=0.02)`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

Rng = Any  # a random.Random, or the module `random` itself, which random.seed() seeds
Initializer = Callable[..., float]


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
        gain: A factor on the result; 5/3 is usual for tanh.

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


def he_uniform(fan_in: int, fan_out: int, rng: Rng = random) -> float:
    """A uniform number of variance 2 / fan_in, for ReLU units.

    Half of a ReLU's signals are cut to zero, so weights need twice the variance that
    1 / fan_in would give them (He et al., 2015, equation 10; also named after Kaiming).

    >>> abs(he_uniform(6, 1)) <= 1.0
    True
    """
    bound = math.sqrt(6.0 / fan_in)
    return uniform(fan_in, fan_out, rng, -bound, bound)


def he_normal(fan_in: int, fan_out: int, rng: Rng = random) -> float:
    """A normal number with the variance of `he_uniform`; see there.

    >>> isinstance(he_normal(6, 1), float)
    True
    """
    return normal(fan_in, fan_out, rng, std=math.sqrt(2.0 / fan_in))


INITIALIZERS: dict[str, Initializer] = {
    function.__name__: function
    for function in (
        uniform,
        normal,
        zeros,
        xavier_uniform,
        xavier_normal,
        he_uniform,
        he_normal,
    )
}
