"""What counts as a number, and becomes a float on the way into a `Value`."""

from __future__ import annotations

import math
from decimal import Decimal
from numbers import Real
from typing import Any

ADVICE = {
    "Value": "Use its .data for the number, or the Value itself in a formula",
    "Tensor": "Use .item() for the number",
    "ndarray": "Use one Value per element, or v * array for an array of Values",
    "list": "Use one Value per element",
    "tuple": "Use one Value per element",
    "str": "Use float(...) first",
    "complex": "Use .real or .imag",
    "NoneType": "Is a return missing in the function that made it",
}


def is_number(x: object) -> bool:
    """Whether `x` is a real scalar: bool, int, float, Fraction, Decimal or NumPy's."""
    return isinstance(x, (Real, Decimal)) or _is_numpy_scalar(x)


def as_number(x: Any, name: str) -> float:
    """The float equal to `x`.

    >>> as_number(True, "data"), as_number(Decimal("0.5"), "data")
    (1.0, 0.5)

    Raises:
        TypeError: If `x` is not a real number.
        OverflowError: If `x` is finite, but no float is as large.
    """
    if not is_number(x):
        raise TypeError(_refusal(x, name))
    try:
        number = float(x)
    except OverflowError:
        number = math.inf
    if math.isinf(number) and x != number:
        raise OverflowError(
            f"too large for a float: got {name} of type {type(x).__name__}; "
            "expected at most 1.8e308 in size. Scale it down."
        )
    return number


def _is_numpy_scalar(x: object) -> bool:
    # By name, so that the core runs without NumPy: bools and 0-d arrays are not Real.
    if type(x).__module__ != "numpy":
        return False
    kind = getattr(getattr(x, "dtype", None), "kind", "")
    return kind in tuple("biuf") and getattr(x, "ndim", None) == 0


def _refusal(x: object, name: str) -> str:
    kind = type(x).__name__
    advice = ADVICE.get(kind, "Convert it with float(...) first")
    return (
        f"not a number: got {name}={shortened(x)} ({kind}); "
        f"expected a real number. {advice}."
    )


def shortened(x: object, width: int = 60) -> str:
    """`repr(x)`, cut to `width` characters for a message.

    >>> shortened("abc" * 9, 12)
    "'abcabcab..."
    """
    text = repr(x)
    return text if len(text) <= width else text[: width - 3] + "..."
