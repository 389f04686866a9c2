"""Settings that users choose: numbers in a range, whole numbers, words.

>>> in_range(0.5, "momentum", high=1.0)
0.5
>>> whole_number(0, "patience")
0
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral
from typing import Any

from micrograd_nn.numbers import as_number, shortened


def in_range(
    given: Any, name: str, low: float = 0.0, high: float = math.inf, ends: str = "[)"
) -> float:
    """`given` as a float, which lies between two ends.

    Args:
        given: A number.
        name: How the caller's argument is called, for the message.
        low: The lower end.
        high: The upper end.
        ends: Which of the two are allowed, in the notation of intervals: "[)" for the
            lower one alone.

    Raises:
        TypeError: If `given` is not a number.
        ValueError: If it is out of range, or nan.
    """
    number = as_number(given, name)
    above = number >= low if ends[0] == "[" else number > low
    below = number <= high if ends[1] == "]" else number < high
    if not (above and below):
        left, right = "<=" if ends[0] == "[" else "<", "<=" if ends[1] == "]" else "<"
        raise ValueError(
            f"out of range: got {name}={given!r} ({type(given).__name__}); "
            f"expected {low:g} {left} {name} {right} {high:g}."
        )
    return number


def whole_number(given: Any, name: str, least: int = 0) -> int:
    """`given` as an int, which is `least` or more.

    Raises:
        TypeError: If `given` is not a whole number.
        ValueError: If it is too small.
    """
    message = (
        f"no such count: got {name}={shortened(given)} ({type(given).__name__}); "
        f"expected a whole number, {least} or more."
    )
    if not isinstance(given, Integral):
        raise TypeError(message)
    if int(given) < least:
        raise ValueError(message)
    return int(given)


def one_of(known: Iterable[str], given: Any, name: str) -> str:
    """`given`, if it is one of the words that are known.

    Raises:
        ValueError: If it is not, with those that are.

    >>> one_of(("min", "max"), "max", "mode")
    'max'
    """
    words = list(known)
    if given not in words:
        raise ValueError(
            f"unknown {name}: got {name}={shortened(given)} ({type(given).__name__}); "
            f"expected one of {', '.join(map(repr, words))}."
        )
    return str(given)
