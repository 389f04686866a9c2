"""Examples as arrays: inputs, targets and weights, checked before anything is trained.

>>> examples = read_examples([[0.0, 1.0], [1.0, 1.0], [2.0, 0.0]], [1, 0, 1])
>>> len(examples), examples.take(slice(2)).targets.tolist()
(3, [1, 0])
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.compiler.batches import as_array
from micrograd_nn.numbers import shortened

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Examples:
    """Examples side by side: the first axis of every array counts them.

    Attributes:
        inputs: What the model is called with: an array for each argument.
        targets: What its outputs should be.
        weights: How much each example counts, or None if all count the same.
    """

    inputs: tuple[Array, ...]
    targets: Array
    weights: Array | None = None

    def __len__(self) -> int:
        return len(self.targets)

    def take(self, chosen: Any) -> Examples:
        """Some of the examples, by a slice or by an array of their numbers."""
        weights = None if self.weights is None else self.weights[chosen]
        inputs = tuple(array[chosen] for array in self.inputs)
        return Examples(inputs, self.targets[chosen], weights)

    @property
    def total_weight(self) -> float:
        """How much all of them count: their number, if there are no weights."""
        return float(len(self) if self.weights is None else self.weights.sum())


def read_examples(
    X: Any, y: Any, sample_weight: Any = None, *, name: str = ""
) -> Examples:
    """Arrays or lists as examples.

    Args:
        X: An example a row; a tuple of arrays for a model of several arguments.
        y: A target for each.
        sample_weight: A number from 0 up for each, or None.
        name: What comes before the names of arguments in messages.

    Raises:
        TypeError: If something holds no real numbers.
        ValueError: If there are no examples, lengths differ, rows are ragged, or a
            number is a nan or an infinity.
    """
    inputs = read_inputs(X, name)
    if y is None:
        raise ValueError(
            f"no targets: got {name}y=None (NoneType) beside an array of examples; "
            "expected a target for each. Pass y; what reproduces its inputs has "
            "y=X. Batches come from an iterator or from a function that makes one."
        )
    weights = None
    if sample_weight is not None:
        weights = _array(sample_weight, f"{name}sample_weight")
    found = Examples(inputs, _array(y, f"{name}y"), weights)
    _require_one_length(found, name)
    if weights is not None:
        require_weights(weights, name)
    return found


def read_inputs(X: Any, name: str = "") -> tuple[Array, ...]:
    """The arrays of what a model is called with.

    Raises:
        TypeError: As for `read_examples`.
        ValueError: As for `read_examples`.
    """
    if isinstance(X, tuple) and X:
        return tuple(_array(x, f"{name}X[{i}]") for i, x in enumerate(X))
    return (_array(X, f"{name}X"),)


def _array(x: Any, name: str) -> Array:
    """`x` as an array of finite numbers."""
    array = as_array(x, name)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0]
        where = "".join(f"[{i}]" for i in place)
        raise ValueError(
            f"not finite: got {name}{where}={array[tuple(place)]} (float); expected "
            "numbers. Leave such examples out, or fill in what is missing."
        )
    return array


def _require_one_length(examples: Examples, name: str) -> None:
    weights = [] if examples.weights is None else [examples.weights]
    lengths = [len(array) for array in (*examples.inputs, examples.targets, *weights)]
    if len(set(lengths)) > 1 or not lengths[0]:
        raise ValueError(
            f"not one example each: got {lengths} examples in {name}X, y and "
            "sample_weight; expected as many in each, and at least one. Check how "
            "they were made."
        )


def require_weights(weights: Array, name: str) -> None:
    """Refuse weights of examples that cannot be: all zero, or some below.

    Raises:
        ValueError: If they are so.
    """
    if weights.ndim != 1 or (weights < 0).any() or not weights.sum() > 0.0:
        raise ValueError(
            f"not weights: got {name}sample_weight={shortened(weights.tolist())} of "
            f"shape {weights.shape}; expected a number from 0 up for each example, "
            "and one above 0."
        )
