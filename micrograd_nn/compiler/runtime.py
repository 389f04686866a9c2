"""What the source of a program may call: NumPy, and a few ways to look at arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from micrograd_nn.namespaces import FLOAT_ERRORS, FLOATS, IEEE, IeeeFloat

Array = NDArray[Any]


def strided(
    array: Array, offset: int, dims: Sequence[int], strides: Sequence[int]
) -> Array:
    """The numbers of a one-dimensional array at regular distances."""
    steps = [stride * array.itemsize for stride in strides]
    return as_strided(array[offset:], dims, steps)


def strided_rows(
    array: Array, offset: int, dims: Sequence[int], strides: Sequence[int]
) -> Array:
    """The rows of an array at regular distances."""
    steps = [stride * array.strides[0] for stride in strides]
    return as_strided(array[offset:], (*dims, array.shape[1]), (*steps, array.itemsize))


def merged(array: Array) -> Array:
    """The last two axes as one, in place."""
    found = array.reshape(*array.shape[:-2], array.shape[-2] * array.shape[-1])
    assert np.shares_memory(found, array)
    return found


def flat(array: Array) -> Array:
    """All axes as one, in place."""
    found = array.reshape(-1)
    assert np.shares_memory(found, array)
    return found


def batch_first(array: Array) -> Array:
    """The last axis in front."""
    return np.moveaxis(array, -1, 0)


def _safe(name: str) -> Callable[..., float]:
    """A function of floats, by IEEE 754 where Python raises."""
    function: Callable[..., float] = getattr(FLOATS, name)
    edge = getattr(IEEE, name)

    def safe(*xs: float) -> float:
        try:
            return function(*xs)
        except FLOAT_ERRORS:
            return float(edge(*xs))

    return safe


SAFE = SimpleNamespace(**{name: _safe(name) for name in vars(FLOATS)})


def quotient(x: float, y: float) -> float:
    """X / y for floats, by IEEE 754 where Python raises."""
    return x / y if y else float(IeeeFloat(x) / y)


def stacked(array: Array, count: int) -> Array:
    """The array so many times, along a new first axis."""
    return np.broadcast_to(array, (count, *array.shape))


def erf(x: Array, out: Array) -> None:
    """The error function, number by number: NumPy has none."""
    out[...] = np.frompyfunc(math.erf, 1, 1)(x)


def erfc(x: Array, out: Array) -> None:
    """1 - erf(x), number by number."""
    out[...] = np.frompyfunc(math.erfc, 1, 1)(x)


FUNCTIONS = [
    "absolute", "add", "arange", "arctan", "array", "bincount", "copyto", "cos",
    "divide", "dot", "empty", "equal", "exp", "expm1", "full", "greater",
    "greater_equal", "less", "less_equal", "log", "log1p", "matmul", "maximum",
    "minimum", "multiply", "negative", "ones", "positive", "power", "sign", "sin",
    "sqrt", "square", "subtract", "tan", "tanh", "zeros",
]  # fmt: skip

NAMES: dict[str, Any] = (
    {"SAFE": SAFE}
    | {name: getattr(np, name) for name in FUNCTIONS}
    | {
        function.__name__: function
        for function in (
            strided,
            strided_rows,
            merged,
            flat,
            batch_first,
            stacked,
            quotient,
            erf,
            erfc,
        )
    }
)
