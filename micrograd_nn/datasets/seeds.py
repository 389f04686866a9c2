"""Random numbers that are the same on every machine, for the same seed.

>>> generator(seed=1).integers(6, size=4).tolist()
[2, 3, 4, 5]
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn.ranges import whole_number

DECIMALS = 6


def generator(seed: int | None) -> np.random.Generator:
    """NumPy's generator, from a seed.

    The bit generator is named, so that another default of NumPy changes no data.

    Args:
        seed: An integer from 0 on; None for other numbers every time.

    Raises:
        TypeError: If it is neither.
        ValueError: If it is negative.
    """
    checked = None if seed is None else whole_number(seed, "seed")
    return np.random.Generator(np.random.PCG64(checked))


def balanced_classes(n: int, classes: int, rng: np.random.Generator) -> Any:
    """Classes 0 ... classes - 1 for `n` examples, equally often, in random order.

    >>> np.bincount(balanced_classes(100, 3, generator(seed=0)))
    array([34, 33, 33])
    """
    return rng.permutation(np.arange(n, dtype=np.intp) % classes)


def rounded(array: Any) -> Any:
    """`array` to six decimals.

    The last bit of a sine or an exponential differs between processors: it goes.

    >>> rounded(np.array([0.1 + 0.2]))
    array([0.3])
    """
    return np.round(array, DECIMALS) + 0.0  # without -0.0
