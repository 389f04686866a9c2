"""`check`: says whether an exercise is done, and never stops a notebook that it is not.

An exercise leaves blanks, written `...` where a number, say, is to be: `return ...`.
While one is left in an answer, there is nothing to check yet.

>>> def test_double(double):
...     assert double(3) == 6, "twice 3 is 6"
>>> check(test_double, lambda x: ...)
⏳ not done yet
>>> check(test_double, lambda x: x + 2)
✗ not right yet: twice 3 is 6
>>> check(test_double, lambda x: 2 * x)
✓ right
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from micrograd_nn.numbers import shortened

WAITING, WRONG, RIGHT = "⏳ not done yet", "✗ not right yet", "✓ right"


def check(test: Callable[..., object], *answers: Any) -> None:
    """Print whether the answers pass the test, or that a blank is left.

    Args:
        test: Called with the answers; asserts what is true of right ones. What it
            says with an assertion is printed.
        *answers: Functions, classes, numbers or lists of these.

    Raises:
        TypeError: If `test` cannot be called.
        Exception: What an answer raises, but for a failed assertion.
    """
    if not callable(test):
        raise TypeError(
            f"not a test: got test={shortened(test)} ({type(test).__name__}); expected "
            "a function that asserts. Pass the test first, then the answers."
        )
    if any(map(has_blank, answers)):
        return print(WAITING)
    try:
        test(*answers)
    except AssertionError as error:
        reason = str(error).strip().partition("\n")[0]
        return print(f"{WRONG}: {reason}" if reason else WRONG)
    print(RIGHT)


def has_blank(answer: Any) -> bool:
    """Whether `...` is left in it: in its code, if it is a function or a class.

    An index such as `x[..., i]` looks the same: exercises are such as need none.

    >>> has_blank([1.0, ...]), has_blank([1.0, 2.0])
    (True, False)
    """
    return answer is ... or any(map(has_blank, _parts(answer)))


def _parts(answer: Any) -> Iterable[Any]:
    """What a learner writes of an answer, or an author of its stub."""
    if isinstance(answer, (list, tuple, set)):
        return answer
    if isinstance(answer, dict):
        return answer.values()
    if isinstance(answer, partial):
        return (answer.func, answer.args, answer.keywords)
    if inspect.isclass(answer):
        return vars(answer).values()
    if inspect.iscode(answer):
        return [x for x in answer.co_consts if x is ... or inspect.iscode(x)]
    return _parts_of_function(answer)


def _parts_of_function(answer: Any) -> Iterable[Any]:
    """Its code and its defaults; nothing if it is none."""
    function = getattr(answer, "fget", getattr(answer, "__func__", answer))
    written = inspect.unwrap(function) if callable(function) else function
    code = getattr(written, "__code__", None)
    if not inspect.iscode(code):
        return ()
    return (code, written.__defaults__, written.__kwdefaults__)
