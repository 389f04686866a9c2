"""Points in the plane, in two classes: data that fits into a picture.

>>> data = make_moons(n_samples=50)
>>> data
<Dataset moons: X (50, 2), y (50,); classes upper (25), lower (25)>

Moons and circles are those of scikit-learn; xor, gauss and spiral those of TensorFlow
Playground (Smilkov et al., 2017), with a radius of 1 for its 5. Half of the points, and
the odd one, are of class 0. Their order is random.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn.datasets.dataset import Dataset, Returned, returned
from micrograd_nn.datasets.seeds import generator, rounded
from micrograd_nn.ranges import in_range, whole_number

GAP = 0.06  # between the quadrants of xor
CENTER = 0.4  # of a cloud of gauss: ±CENTER on both axes
TURNS = 1.75  # of an arm of the spiral


def make_moons(
    n_samples: int = 100,
    *,
    noise: float = 0.1,
    seed: int | None = 0,
    return_X_y: bool = False,
) -> Returned:
    """Two half circles that reach into each other: no straight line parts them.

    Args:
        n_samples: How many points, at least 2.
        noise: Standard deviation of what is added to each coordinate.
        seed: Of the random numbers; None for other points every time.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If one is out of range.

    >>> X, y = make_moons(n_samples=4, noise=0.0, return_X_y=True)
    >>> X[y == 0]  # the ends of the upper moon
    array([[ 1.,  0.],
           [-1.,  0.]])
    """
    upper, lower = (np.linspace(0.0, np.pi, n) for n in _halves(n_samples))
    dataset = _noisy(
        ("moons", "upper", "lower"),
        (np.cos(upper), np.sin(upper)),
        (1.0 - np.cos(lower), 0.5 - np.sin(lower)),
        noise,
        generator(seed),
        "Two half circles of radius 1 that reach into each other, as scikit-learn's "
        "make_moons. A straight line gets nine in ten right, a bent one all.",
    )
    return returned(dataset, return_X_y)


def make_circles(
    n_samples: int = 100,
    *,
    noise: float = 0.05,
    factor: float = 0.5,
    seed: int | None = 0,
    return_X_y: bool = False,
) -> Returned:
    """A small circle inside a circle of radius 1.

    Args:
        n_samples: How many points, at least 2.
        noise: Standard deviation of what is added to each coordinate.
        factor: Radius of the inner circle, from 0 to 1.
        seed: Of the random numbers; None for other points every time.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If one is out of range.

    >>> X, y = make_circles(noise=0.0, return_X_y=True)
    >>> float(np.hypot(*X[y == 1].T).round(4).max())
    0.5
    """
    radius = in_range(factor, "factor", high=1.0, ends="[]")
    outer, inner = (_around(n) for n in _halves(n_samples))
    dataset = _noisy(
        ("circles", "outer", "inner"),
        (np.cos(outer), np.sin(outer)),
        (radius * np.cos(inner), radius * np.sin(inner)),
        noise,
        generator(seed),
        "A circle inside another, as scikit-learn's make_circles. No straight line is "
        "of use here, and a net without activations is a straight line.",
    )
    return returned(dataset, return_X_y)


def make_xor(
    n_samples: int = 100,
    *,
    noise: float = 0.0,
    seed: int | None = 0,
    return_X_y: bool = False,
) -> Returned:
    """Points of a square, of class 1 where exactly one coordinate is negative.

    Args:
        n_samples: How many points, at least 2.
        noise: Standard deviation of what is added to each coordinate.
        seed: Of the random numbers; None for other points every time.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If one is out of range.

    >>> X, y = make_xor(return_X_y=True)
    >>> bool(((X[:, 0] * X[:, 1] < 0) == (y == 1)).all())
    True
    """
    halves, rng = _halves(n_samples), generator(seed)
    same, other = ([rng.uniform(GAP, 1.0, n) for _ in "xy"] for n in halves)
    signs, others = (np.where(np.arange(n) % 2, -1.0, 1.0) for n in halves)
    dataset = _noisy(
        ("xor", "same", "different"),
        (same[0] * signs, same[1] * signs),
        (other[0] * others, -other[1] * others),
        noise,
        rng,
        "The four quadrants of a square, opposite ones of one class, as in TensorFlow "
        "Playground: exclusive or, which one neuron cannot do (Minsky, Papert, 1969).",
    )
    return returned(dataset, return_X_y)


def make_gauss(
    n_samples: int = 100,
    *,
    noise: float = 0.2,
    seed: int | None = 0,
    return_X_y: bool = False,
) -> Returned:
    """Two round clouds: what a straight line, or a single neuron, can part.

    Args:
        n_samples: How many points, at least 2.
        noise: Standard deviation of both clouds, along each axis.
        seed: Of the random numbers; None for other points every time.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If one is out of range.

    >>> X, y = make_gauss(noise=0.0, return_X_y=True)
    >>> np.unique(X, axis=0)
    array([[-0.4, -0.4],
           [ 0.4,  0.4]])
    """
    first, second = (np.full((2, n), CENTER) for n in _halves(n_samples))
    dataset = _noisy(
        ("gauss", "left", "right"),
        -first,
        second,
        noise,
        generator(seed),
        "Two normal distributions, around (-0.4, -0.4) and (0.4, 0.4), as in "
        "TensorFlow Playground. One neuron is enough.",
    )
    return returned(dataset, return_X_y)


def make_spiral(
    n_samples: int = 200,
    *,
    noise: float = 0.0,
    seed: int | None = 0,
    return_X_y: bool = False,
) -> Returned:
    """Two arms that wind around each other: the hardest of the five.

    Args:
        n_samples: How many points, at least 2.
        noise: Standard deviation of what is added to each coordinate.
        seed: Of the random numbers; None for other points every time.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If one is out of range.

    >>> X, y = make_spiral(n_samples=4, return_X_y=True)
    >>> X[y == 0].tolist(), X[y == 1].tolist()  # one is the other, turned by half
    ([[-0.353553, 0.353553], [-1.0, 0.0]], [[0.353553, -0.353553], [1.0, 0.0]])
    """
    first, second = _halves(n_samples)
    dataset = _noisy(
        ("spiral", "first arm", "second arm"),
        _arm(first, 0.0),
        _arm(second, np.pi),
        noise,
        generator(seed),
        "Two arms of 1.75 turns, as in TensorFlow Playground; the two spirals of Lang "
        "and Witbrock (1988), a test of how well a deep net trains.",
    )
    return returned(dataset, return_X_y)


def _halves(n_samples: int) -> tuple[int, int]:
    total = whole_number(n_samples, "n_samples", least=2)
    return total - total // 2, total // 2


def _around(n: int) -> Any:
    return np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)


def _arm(n: int, turned: float) -> tuple[Any, Any]:
    along = np.arange(1, n + 1) / n  # not from 0: there the arms would meet
    angle = 2.0 * np.pi * TURNS * along + turned
    return along * np.sin(angle), along * np.cos(angle)


def _noisy(
    names: tuple[str, str, str],
    first: Any,
    second: Any,
    noise: float,
    rng: np.random.Generator,
    description: str,
) -> Dataset:
    """The points of both classes, (x0, x1) each, moved a little and shuffled."""
    spread = in_range(noise, "noise")
    points = np.hstack([first, second]).T
    y = np.repeat([0, 1], [len(first[0]), len(second[0])]).astype(np.intp)
    X = rounded(points + spread * rng.standard_normal(points.shape))
    order = rng.permutation(len(y))
    name, *classes = names
    return Dataset(name, X[order], y[order], ("x0", "x1"), tuple(classes), description)
