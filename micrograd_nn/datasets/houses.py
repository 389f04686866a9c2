"""Houses with prices whose truth is known, so that a model can be held against it.

>>> data = make_houses(n_samples=3, noise=0.0)
>>> data.feature_names
('area', 'rooms', 'age', 'distance')
>>> data.X[0].tolist(), float(data.y[0])
([141.9, 5.0, 40.0, 10.9], 291680.0)
>>> float(round(30_000 + 2200 * 141.9 + 8000 * 5 - 900 * 40 - 5000 * 10.9))
291680.0
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn.datasets.dataset import Dataset, Returned, returned
from micrograd_nn.datasets.seeds import generator
from micrograd_nn.ranges import in_range, whole_number

# The truth, in euros: for a house at all, per m², per room, per year, per km.
PRICES = {
    "base": 30_000.0,
    "area": 2_200.0,
    "rooms": 8_000.0,
    "age": -900.0,
    "distance": -5_000.0,
}
FEATURES = tuple(PRICES)[1:]
TYPICAL_AREA = 100.0  # m²
BEND = 10.0  # euros per (m² away from TYPICAL_AREA)², at nonlinearity=1


def make_houses(
    n_samples: int = 200,
    *,
    noise: float = 6_000.0,
    nonlinearity: float = 0.0,
    outliers: float = 0.0,
    seed: int | None = 0,
    return_X_y: bool = False,
) -> Returned:
    """Houses and what they cost: `PRICES` times the features, and noise.

    Args:
        n_samples: How many houses, at least 1.
        noise: Standard deviation of the price, in euros.
        nonlinearity: How far the truth is from a plane: with 1, a house of 200 m² costs
            100,000 euros more than `PRICES` tells.
        outliers: Share of the prices, from 0 to 1, that have a zero too many.
        seed: Of the random numbers; None for other houses every time.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If one is out of range.

    >>> X, y = make_houses(return_X_y=True)
    >>> per_m2, *_ = np.linalg.lstsq(np.c_[X, np.ones(len(X))], y, rcond=None)[0]
    >>> bool(abs(per_m2 - 2200) < 50)
    True
    """
    n = whole_number(n_samples, "n_samples", least=1)
    rng = generator(seed)
    X = _houses(n, rng)
    y = PRICES["base"] + X @ [PRICES[name] for name in FEATURES]
    bend = in_range(nonlinearity, "nonlinearity", low=-np.inf, ends="()")
    y += bend * BEND * (X[:, 0] - TYPICAL_AREA) ** 2
    y += in_range(noise, "noise") * rng.standard_normal(n)
    wrong = rng.permutation(n) < in_range(outliers, "outliers", high=1.0, ends="[]") * n
    y[wrong] *= 10.0
    dataset = Dataset("houses", X, np.round(y), FEATURES, description=_DESCRIPTION)
    return returned(dataset, return_X_y)


def _houses(n: int, rng: np.random.Generator) -> Any:
    area = np.round(rng.uniform(40.0, 200.0, n), 1)
    rooms = np.maximum(1.0, np.round(area / 30.0 + rng.standard_normal(n)))
    age = rng.integers(0, 80, n)
    distance = np.round(rng.uniform(0.0, 20.0, n), 1)
    return np.column_stack([area, rooms, age, distance])


_DESCRIPTION = (
    "Houses by area (m²), rooms, age (years) and distance to the city (km), and their "
    "prices in euros: 30,000 + 2,200 per m² + 8,000 per room - 900 per year - 5,000 "
    "per km, and noise. Made up, so that what a model learned can be held against the "
    "truth."
)
