"""Settings are checked in one way, and refused in one form."""

import math

import pytest

from micrograd_nn import Value
from micrograd_nn.ranges import in_range, one_of, whole_number


@pytest.mark.parametrize(
    ("ends", "accepted", "expected"),
    [
        ("[)", [0.0, 0.5], "0 <= x < 1"),
        ("(]", [0.5, 1.0], "0 < x <= 1"),
        ("()", [0.5], "0 < x < 1"),
        ("[]", [0.0, 0.5, 1.0], "0 <= x <= 1"),
    ],
)
def test_the_ends_of_a_range_belong_to_it_if_so_said(ends, accepted, expected):
    for given in (-0.1, 0.0, 0.5, 1.0, 1.1, math.nan):
        if given in accepted:
            assert in_range(given, "x", 0.0, 1.0, ends) == given
        else:
            with pytest.raises(ValueError, match=f"out of range: got x={given!r} .*"):
                in_range(given, "x", 0.0, 1.0, ends)
    with pytest.raises(ValueError, match=rf"\(float\); expected {expected}\."):
        in_range(7.0, "x", 0.0, 1.0, ends)


@pytest.mark.parametrize("given", ["1", None, Value(1.0), [1.0]])
def test_what_is_no_number_is_refused(given):
    with pytest.raises(TypeError, match="not a number: got x="):
        in_range(given, "x")


def test_a_number_becomes_a_float_and_a_count_an_int():
    assert type(in_range(3, "x")) is float
    assert type(whole_number(True, "x")) is int


@pytest.mark.parametrize("given", [2.0, "2", None])
def test_a_count_is_a_whole_number(given):
    with pytest.raises(TypeError, match=r"no such count: got x=.*whole number, 0 or m"):
        whole_number(given, "x")


def test_a_count_has_a_least():
    assert whole_number(3, "x", 3) == 3
    with pytest.raises(ValueError, match=r"got x=2 \(int\); expected a .* 3 or more\."):
        whole_number(2, "x", 3)


@pytest.mark.parametrize("given", ["c", "", None, 1, ["a"]])
def test_a_word_is_one_of_those_known(given):
    assert one_of(("a", "b"), "a", "x") == "a"
    with pytest.raises(ValueError, match=r"unknown x: .*one of 'a', 'b'"):
        one_of(("a", "b"), given, "x")
