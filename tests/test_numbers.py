from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from micrograd_nn import Value
from micrograd_nn.numbers import as_number, is_number, shortened

ACCEPTED = [
    *(True, False, 0, 2, -3, 2.5, -0.0, Fraction(1, 4), Decimal("0.25")),
    *(np.float64(2.5), np.float32(0.5), np.float16(0.5), np.longdouble(0.5)),
    *(np.int8(-3), np.uint64(2**63), np.int64(7), np.bool_(True), np.array(2.0)),
    *(np.array(3), np.array(True), float("inf"), Decimal("-Infinity"), 10**308),
]


class Tensor:
    """Stands in for PyTorch's, which the tests do not need."""


REFUSED = {
    "a string": ("1.0", r"'1.0' \(str\); expected a real number. Use float"),
    "bytes": (b"1", r"\(bytes\)"),
    "None": (None, r"None \(NoneType\).*Is a return missing"),
    "a complex number": (1j, r"1j \(complex\).*Use .real or .imag"),
    "a NumPy complex": (np.complex128(1), r"\(complex128\)"),
    "a list": ([1, 2], r"\[1, 2\] \(list\).*one Value per element"),
    "a tuple": ((1.0,), r"\(tuple\).*one Value per element"),
    "a dictionary": ({}, r"\(dict\)"),
    "an array": (np.array([1.0]), r"array\(\[1.\]\) \(ndarray\).*v \* array"),
    "an array of text": (np.array("a"), r"\(ndarray\)"),
    "a date": (np.datetime64("2020"), r"\(datetime64\)"),
    "an object array": (np.array(None), r"\(ndarray\)"),
    "a Value": (Value(1.0), r"\(Value\).*Use its .data"),
    "a tensor": (Tensor(), r"\(Tensor\).*Use .item\(\)"),
    "a class": (float, r"\(type\)"),
}
TOO_LARGE = [
    *(10**400, -(10**400), Fraction(10**400, 3), Decimal("1e400"), Decimal("-1e400")),
]


@pytest.mark.parametrize("x", ACCEPTED, ids=lambda x: f"{x!r} {type(x).__name__}")
def test_real_scalars_become_floats(x):
    assert is_number(x)
    assert type(as_number(x, "x")) is float
    assert as_number(x, "x") == float(x)


def test_nan_stays_nan():
    assert as_number(Decimal("nan"), "x") != as_number(float("nan"), "x")


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_real_number_is_refused_with_advice(case):
    x, message = REFUSED[case]

    assert not is_number(x)
    with pytest.raises(TypeError, match=f"not a number: got data=.*{message}"):
        Value(x)


@pytest.mark.parametrize("x", TOO_LARGE, ids=lambda x: type(x).__name__)
def test_a_number_beyond_floats_is_refused(x):
    kind = type(x).__name__
    with pytest.raises(OverflowError, match=f"too large for a float: .* type {kind}"):
        as_number(x, "data")


def test_a_long_double_beyond_floats_is_refused():
    x = np.longdouble("1e400")
    if np.isinf(x):
        pytest.skip("long double is double here")

    with pytest.raises(OverflowError, match="too large for a float"):
        as_number(x, "data")


def test_a_signaling_nan_is_refused():
    with pytest.raises(ValueError, match="signaling NaN"):
        as_number(Decimal("sNaN"), "data")


@pytest.mark.parametrize("width", [10, 60])
def test_what_is_long_is_cut_for_messages(width):
    assert len(shortened("a" * 1000, width)) == width
    assert shortened("a" * 1000, width).endswith("...")
    assert shortened("a" * (width - 2), width) == repr("a" * (width - 2))


def test_messages_show_sixty_characters():
    assert len(shortened("a" * 1000)) == 60
