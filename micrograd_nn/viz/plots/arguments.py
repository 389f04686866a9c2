"""The arguments of plots as arrays: numbers, Values, and lists of either.

>>> from micrograd_nn import Value
>>> as_array([[Value(1.0), 2]], "weights", ndim=2)
array([[1., 2.]])
>>> as_array([1.0], "points", ndim=2)
Traceback (most recent call last):
ValueError: wrong shape: got points of shape (1,); expected 2 axes. ...
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn import trees
from micrograd_nn.engine import Value
from micrograd_nn.inputs import nested
from micrograd_nn.numbers import shortened

Floats = NDArray[np.float64]
Range = tuple[float, float]


def as_array(x: Any, name: str, ndim: int, expected: str = "") -> Floats:
    """`x` as floats.

    Args:
        x: An array, or lists of numbers or Values.
        name: How the caller's argument is called, for the message.
        ndim: How many axes it must have.
        expected: What the message says that it must be.

    Raises:
        TypeError: If it holds anything but real numbers.
        ValueError: If it is ragged, empty, or has another number of axes.
    """
    expected = expected or f"{ndim} axes"
    array = _floats(x, name, expected)
    if array.ndim != ndim or not array.size:
        raise ValueError(
            f"wrong shape: got {name} of shape {array.shape}; expected {expected}. "
            "Check how it was made."
        )
    return array


def _floats(x: Any, name: str, expected: str) -> Floats:
    tree = nested(x)
    plain = (v.data if isinstance(v, Value) else v for v in trees.leaves(tree))
    try:
        array = np.asarray(trees.rebuilt(tree, plain))
    except ValueError:  # NumPy's word for it is "inhomogeneous"
        raise ValueError(_refusal("ragged", x, name, expected)) from None
    if array.dtype.kind not in "biuf":
        raise TypeError(_refusal("not numbers", x, name, expected))
    return array.astype(np.float64)


def _refusal(problem: str, x: Any, name: str, expected: str) -> str:
    return (
        f"{problem}: got {name}={shortened(x)} ({type(x).__name__}); "
        f"expected {expected} of real numbers. Check how it was made."
    )


def as_plane(points: Any) -> Floats:
    """`points` as finite floats of shape (n, 2).

    Raises:
        TypeError: If they are not numbers.
        ValueError: If they have another shape, or one is not finite.
    """
    array = as_array(points, "points", 2, "(n, 2): two coordinates for each point")
    if array.shape[1] != 2:
        raise ValueError(
            f"not in a plane: got points of shape {array.shape}; expected (n, 2). "
            "Pass two of the features."
        )
    return finite(array, "points")


def finite(array: Floats, name: str) -> Floats:
    """`array`, in which there must be no nan and no infinity.

    Raises:
        ValueError: If there is one.
    """
    if not np.isfinite(array).all():
        wrong = array[~np.isfinite(array)].flat[0]
        raise ValueError(
            f"not finite: got {name} with {wrong} (float); expected finite numbers. "
            "Find out where it comes from with detect_anomaly()."
        )
    return array


def as_named(x: Any, name: str, of: str = "numbers") -> dict[str, Any]:
    """The mapping `x`, its names as words.

    Args:
        x: From names to whatever the caller draws.
        name: How the caller's argument is called, for the message.
        of: What the names stand for, for the message.

    Raises:
        TypeError: If it is no mapping.
        ValueError: If it is empty.
    """
    if not isinstance(x, Mapping):
        raise TypeError(
            f"no names: got {name}={shortened(x)} ({type(x).__name__}); "
            f'expected a mapping from names to {of}. Pass {{"a name": ..., ...}}.'
        )
    if not x:
        raise ValueError(
            f"nothing to draw: got {name}={{}} ({type(x).__name__}); expected at "
            f"least one name. Check how it was made."
        )
    return {str(key): item for key, item in x.items()}


def without(taken: str, named: dict[str, Any], name: str) -> dict[str, Any]:
    """`named`, in which nothing may have the name that the data keep for themselves.

    Raises:
        ValueError: If something has.
    """
    if taken in named:
        raise ValueError(
            f"name in use: got {taken!r} (str) among the names of {name}; expected "
            "another, for the data of the plot have one of that name."
        )
    return named


def line_of(x: Any, name: str) -> Floats:
    """The numbers of one line, in which nan and infinities are gaps.

    Raises:
        TypeError: If they are not numbers.
        ValueError: If there are none.
    """
    return as_array(x, name, 1, "a list of at least one number")


def as_functions(x: Any, name: str, of: str) -> dict[str, Any]:
    """The mapping `x` from names to functions of one `of`.

    Raises:
        TypeError: If it is no mapping, or something in it cannot be called.
        ValueError: If it is empty.
    """
    functions = as_named(x, name, f"functions of one {of}")
    for key, function in functions.items():
        if not callable(function):
            raise TypeError(
                f"not a function: got {name}[{key!r}]={shortened(function)} "
                f"({type(function).__name__}); expected a function of one {of}. "
                f"Pass a lambda."
            )
    return functions


def as_count(x: Any, name: str, low: int = 1, high: int | None = None) -> int:
    """`x` as a whole number from `low` up, to `high` if that is given.

    Raises:
        ValueError: If it is none.
    """
    whole = hasattr(x, "__index__") and low <= x
    if not whole or (high is not None and x > high):
        wanted = f"{low} or more" if high is None else f"from {low} to {high}"
        raise ValueError(
            f"out of range: got {name}={shortened(x)} ({type(x).__name__}); expected "
            f"a whole number, {wanted}."
        )
    return int(x)


def as_ends(ends: Any, name: str) -> Range:
    """The `ends` of a range, as floats.

    Raises:
        TypeError: If they are no numbers.
        ValueError: If the range is empty or infinite, or those are not two.
    """
    found = as_array(ends, name, 1, "two ends")
    if len(found) != 2 or not found[0] < found[1] or not np.isfinite(found).all():
        raise ValueError(
            f"no range: got {name}={shortened(ends)} ({type(ends).__name__}); expected "
            "two finite numbers, the smaller one first."
        )
    low, high = found.tolist()
    return low, high


def as_range(ends: Range, name: str, count: int) -> Floats:
    """So many numbers from the first of the `ends` to the second.

    Raises:
        TypeError: If an end is no number.
        ValueError: If the range is empty or infinite, or `count` is no whole number
            from 2 up.
    """
    start, stop = as_ends(ends, name)
    return np.linspace(start, stop, as_count(count, "resolution", low=2))


def as_labels(x: Any, name: str, count: int | None = None) -> NDArray[Any]:
    """`x` as an array of labels: numbers or words.

    Args:
        x: A list or an array.
        name: How the caller's argument is called, for the message.
        count: How many there must be; any number but 0 by default.

    Raises:
        TypeError: If it is no list.
        ValueError: If it holds another number of labels.
    """
    labels = np.asarray(nested(x))
    if labels.ndim != 1 or labels.dtype.kind == "O":
        raise TypeError(
            f"not labels: got {name}={shortened(x)} ({type(x).__name__}); expected a "
            "list of numbers or of words. Pass one for each example."
        )
    if not len(labels) or len(labels) != (count or len(labels)):
        raise ValueError(
            f"wrong length: got {len(labels)} labels in {name}; expected "
            f"{count or 'at least one'}, one for each example. "
            "Check how they were made."
        )
    return labels


def as_classes(given: Sequence[Any] | None, *labels: NDArray[Any]) -> list[Any]:
    """The classes in order: as given, or else all that `labels` hold, sorted.

    Raises:
        ValueError: If a label is none of those given.
    """
    present = np.unique(np.concatenate(labels)).tolist()
    if given is None:
        return list(present)
    classes = list(nested(given))
    unknown = [label for label in present if label not in classes]
    if unknown:
        raise ValueError(
            f"unknown class: got the label {unknown[0]!r} "
            f"({type(unknown[0]).__name__}); expected one of "
            f"classes={shortened(classes)}. List every class, in order."
        )
    return classes
