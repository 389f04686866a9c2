"""Exercises: blanks are found, right answers are told from wrong ones."""

import functools

import numpy as np
import pytest

from micrograd_nn import fast_mode
from micrograd_nn.learn import check
from micrograd_nn.learn.exercises import has_blank
from micrograd_nn.nn import Module


def blank(x):
    return ...


def blank_within(x):
    y = ...
    return [y for _ in range(x)]


def blank_in_an_inner_function(x):
    def inner():
        return ...

    return inner


class BlankMethod:
    def __init__(self):
        self.x = 1.0

    def __call__(self):
        return ...


class BlankStatic:
    @staticmethod
    def make():
        return ...


class BlankModule(Module):
    def __call__(self, x):  # which is wrapped, so that its calls are noted
        return ...


class BlankProperty:
    @property
    def size(self):
        return ...


def written(x):
    return x + 1


class BlankAttribute:
    size = ...


class BlankWithin:
    class Inner:
        def __call__(self):
            return ...


def blank_in_a_default(x, size=...):
    return x * size


def blank_in_a_default_by_name(x, *, size=...):
    return x * size


@functools.cache
def blank_that_is_decorated(x):
    return ...


class Written:
    """A class with a docstring, and an attribute."""

    size = 3

    def __call__(self, x):
        return x[..., 0]


BLANK = [
    ...,
    [1, ...],
    {"w": [0.0, ...]},
    blank,
    blank_within,
    blank_in_an_inner_function,
    lambda x: ...,
    BlankMethod,
    BlankStatic,
    BlankModule,
    BlankProperty,
    BlankAttribute,
    BlankWithin,
    [written, blank],
    {1, ...},
    lambda x: lambda y: lambda z: ...,
    blank_in_a_default,
    blank_in_a_default_by_name,
    blank_that_is_decorated,
    functools.partial(blank, 1),
    functools.partial(written, ...),
    functools.partial(written, x=...),
]
FILLED = [
    *(0.0, None, [], "...", [1, 2], {"w": 1}, {3}, np.ones(3)),
    *(written, Written, Written(), Module, len, functools.partial(written, 1)),
    lambda x, size=3: x * size,
]


@pytest.mark.parametrize("answer", BLANK, ids=repr)
def test_a_blank_is_found_wherever_it_is(answer):
    assert has_blank(answer)


@pytest.mark.parametrize("answer", FILLED, ids=repr)
def test_an_answer_without_blanks_is_ready_to_be_checked(answer):
    assert not has_blank(answer)


def says(capsys, test, *answers):
    check(test, *answers)
    return capsys.readouterr().out


def test_a_blank_is_not_checked(capsys):
    def never(answer):
        raise RuntimeError("was called")

    assert says(capsys, never, 1, blank) == "⏳ not done yet\n"


def is_two(answer):
    assert answer == 2, "one and one is two"


def test_an_answer_is_right_or_wrong(capsys):
    assert says(capsys, is_two, 2) == "✓ right\n"
    assert says(capsys, is_two, 3) == "✗ not right yet: one and one is two\n"


def test_a_test_that_says_nothing_is_a_test(capsys):
    def silent(answer):
        if answer != 2:
            raise AssertionError

    assert says(capsys, silent, 3) == "✗ not right yet\n"


def test_a_reason_may_begin_on_its_second_line(capsys):
    def close(answer):
        np.testing.assert_allclose(answer, 2.0)

    said = says(capsys, close, 3)
    assert said.startswith("✗ not right yet: Not equal to tolerance")
    assert said.count("\n") == 1


def test_what_an_answer_raises_is_for_its_author_to_see():
    def divides(answer):
        assert answer(0) == 1

    with pytest.raises(ZeroDivisionError):
        check(divides, lambda x: 1 / x)


def test_the_test_comes_first():
    with pytest.raises(
        TypeError, match=r"not a test: got test=3 \(int\); expected a f"
    ):
        check(3, is_two)


@pytest.mark.parametrize(
    ("setting", "fast"), [("1", True), ("yes", True), ("0", False), ("", False)]
)
def test_an_environment_variable_asks_for_short_lessons(monkeypatch, setting, fast):
    monkeypatch.setenv("MICROGRAD_NN_FAST", setting)

    assert fast_mode() is fast


def test_lessons_are_long_unless_asked_for(monkeypatch):
    monkeypatch.delenv("MICROGRAD_NN_FAST", raising=False)

    assert not fast_mode()
