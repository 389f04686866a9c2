"""What every function of this package returns: examples, targets, and what they are.

>>> import numpy as np
>>> data = Dataset("coins", np.eye(3), np.array([0, 1, 1]), target_names=("a", "b"))
>>> data
<Dataset coins: X (3, 3), y (3,); classes a (1), b (2)>
>>> X, y = data
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd_nn.datasets.vocabulary import Vocabulary

Array = Any  # of NumPy


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Examples and their targets; unpacks into both: `X, y = dataset`.

    Like scikit-learn's Bunch, but with the same fields for all data.

    Attributes:
        name: As in `DATASETS`.
        X: One example a row: numbers, or for sequences their steps.
        y: One target a row: a class 0, 1, ... for classification, a number for
            regression, or a class for every step.
        feature_names: What the columns of `X` are; empty for pixels and steps.
        target_names: What the classes are; empty for regression.
        description: What it is, where it comes from, and what it teaches.
        images: Shape (n, height, width), from 0 to 1, if the examples are images; `X`
            holds their pixels in rows.
        texts: The examples as text, if they are.
        vocabulary: The words or characters that texts are made of.
    """

    name: str
    X: Array
    y: Array
    feature_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    description: str = ""
    images: Array = None
    texts: tuple[str, ...] = ()
    vocabulary: Vocabulary | None = None

    def __len__(self) -> int:
        return len(self.X)

    def __iter__(self) -> Iterator[Array]:
        return iter((self.X, self.y))

    def __repr__(self) -> str:
        shapes = f"X {self.X.shape}, y {self.y.shape}"
        return f"<Dataset {self.name}: {shapes}; {self._targets()}>"

    def _targets(self) -> str:
        if not self.target_names:
            return f"targets from {self.y.min():g} to {self.y.max():g}"
        if self.y.ndim > 1 or len(self.target_names) > 10:
            return f"{len(self.target_names)} classes"
        counts = np.bincount(self.y, minlength=len(self.target_names))
        named = zip(self.target_names, counts, strict=True)
        return "classes " + ", ".join(f"{name} ({count})" for name, count in named)


# A Dataset, or the pair if `return_X_y`. `Any` stands for the pair: with a union of the
# two, type checkers would refuse `data.X`.
Returned = Dataset | Any


def returned(dataset: Dataset, return_X_y: bool) -> Returned:
    """The data set itself, or the pair (X, y) as scikit-learn returns it."""
    return (dataset.X, dataset.y) if return_X_y else dataset
