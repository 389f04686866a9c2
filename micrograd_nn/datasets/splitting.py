"""What is learned from and what is held out, without scikit-learn.

>>> train_test_split(["a", "b", "c", "d"], test_size=1, seed=1)
[['b', 'c', 'd'], ['a']]

scikit-learn's own does more, but the lessons have to split without it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from micrograd_nn.datasets.seeds import generator
from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import in_range


def train_test_split(
    *arrays: Any,
    test_size: float = 0.25,
    stratify: Any = None,
    seed: int | None = 0,
) -> list[Any]:
    """Each array in two parts, shuffled the same way: X_train, X_test, y_train, y_test.

    Args:
        *arrays: Arrays or lists of one length, such as X, y and texts.
        test_size: Examples to hold out: their number, or their share as a float between
            0 and 1, rounded up.
        stratify: The classes, to hold out the same share of each; or None.
        seed: Of the shuffle; None for another one every time.

    Returns:
        For each array its part to train on and its part to test on.

    Raises:
        TypeError: If there are no arrays, or `test_size` is not a number.
        ValueError: If lengths differ, or a part would be empty.

    >>> from micrograd_nn.datasets import make_moons
    >>> X_train, X_test, y_train, y_test = train_test_split(*make_moons(n_samples=100))
    >>> len(X_train), len(X_test)
    (75, 25)
    """
    n = _length(arrays, stratify)
    held_out = _held_out(test_size, n)
    order = generator(seed).permutation(n)
    if stratify is not None:
        order = order[_spread(np.asarray(stratify)[order], held_out)]
    train, test = order[held_out:], order[:held_out]
    return [_taken(array, part) for array in arrays for part in (train, test)]


def _length(arrays: Sequence[Any], stratify: Any) -> int:
    if not arrays:
        raise TypeError(
            "nothing to split: got arrays=() (tuple); expected at least one array. "
            "Pass X and y."
        )
    lengths = [len(a) for a in arrays] + ([] if stratify is None else [len(stratify)])
    if len(set(lengths)) > 1:
        raise ValueError(
            f"lengths differ: got lengths={lengths!r} (list); expected one example in "
            "each array for one in the others. Pass whole data sets."
        )
    return lengths[0]


def _held_out(test_size: float, n: int) -> int:
    size = in_range(test_size, "test_size")
    held_out = math.ceil(size * n) if isinstance(test_size, float) else int(size)
    if not 0 < held_out < n:
        raise ValueError(
            f"a part would be empty: got test_size={shortened(test_size)} "
            f"({type(test_size).__name__}) of {n} examples; expected a share between "
            f"0.0 and 1.0, or an integer from 1 to {n - 1}."
        )
    return held_out


def _spread(classes: Any, held_out: int) -> Any:
    """An order in which any beginning has about the same share of each class.

    The k-th of the m examples of a class stands at (k + 1/2) / m of the way.
    """
    place = np.empty(len(classes))
    for one in np.unique(classes):
        members = np.flatnonzero(classes == one)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.argsort(place, kind="stable")


def _taken(array: Any, part: Any) -> Any:
    if isinstance(array, np.ndarray):
        return array[part]
    taken = [array[i] for i in part]
    return tuple(taken) if isinstance(array, tuple) else taken
