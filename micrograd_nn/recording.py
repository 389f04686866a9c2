"""How ops record: as always, not at all, or with inputs that have no number yet.

>>> from micrograd_nn import Value, no_grad
>>> with no_grad():
...     y = Value(2.0) * 3
>>> y.data, y.operands
(6.0, ())

While a program is recorded, nothing may read a number: it would be frozen, the same
for every input that the program is run with.

>>> with symbolic():
...     y.data
Traceback (most recent call last):
TypeError: the program would freeze this number: got v.data with v=Value(data=6.0, ...
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

RECORDING, PAUSED, SYMBOLIC = "recording", "paused", "symbolic"
_mode: ContextVar[str] = ContextVar("micrograd_nn_mode", default=RECORDING)
_draws: ContextVar[list[Any]] = ContextVar("micrograd_nn_draws")
# How many no_grad() and symbolic() are open in all threads: mostly 0, and quick to ask.
pauses = 0
_lock = threading.Lock()

_FORMULA = "the Value itself in a formula, with methods such as v.exp()"
_CHOICE = (
    "maximum, minimum, relu or abs for the branch, mn.max(values) for max(values), or "
    "mn.take([a, b], y) for a choice by an integer"
)
# What reads a number: what the program would freeze, and what to write instead.
INSTEAD = {
    "v.data": ("number", f"{_FORMULA}, and mn.max(values) for max(v.data ...)"),
    "v.data = number": ("assignment", "it outside of the function"),
    "float(v)": ("number", _FORMULA),
    "int(v)": ("number", f"{_FORMULA}, and mn.take(table, index) for table[index]"),
    "round(v)": ("number", _FORMULA),
    "a copy of v": ("number", "the Value itself"),
    "v as an index": ("index", "mn.take(table, index) for table[index]"),
    "a comparison of v": ("branch", _CHOICE),
    "bool(v)": ("branch", f"{_CHOICE}; `v is None` asks whether there is a Value"),
    "v.backward()": ("gradient", "grad(f)(v), or program.backward() outside"),
    "program(...)": ("result", "the function that it was compiled from"),
    "no_grad()": ("result", "the formula without it"),
}


@contextmanager
def no_grad() -> Iterator[None]:
    """A context, or a decorator, in which ops record nothing: results are constants.

    Only the thread or task that enters it is affected; an exception ends it.

    Raises:
        TypeError: If a program is being recorded.
    """
    refuse_if_symbolic("no_grad()")
    with _counted(PAUSED):
        yield


@contextmanager
def symbolic() -> Iterator[list[Any]]:
    """A context in which a program is recorded: whatever reads a number raises.

    That is `.data`, comparisons, `bool`, `float` and the like, of any Value, and
    `backward` and `no_grad`. A Value that is made inside is a constant of the program.

    Yields:
        The random numbers that are asked for inside, in that order.
    """
    draws: list[Any] = []
    token = _draws.set(draws)
    try:
        with _counted(SYMBOLIC):
            yield draws
    finally:
        _draws.reset(token)


def note_draw(value: Any) -> None:
    """Add a random number to those of the program that is recorded."""
    _draws.get().append(value)


def resumed() -> AbstractContextManager[None]:
    """A context in which ops record again, for a gradient taken inside `no_grad`."""
    return _mode_is(SYMBOLIC if is_symbolic() else RECORDING)


@contextmanager
def _counted(mode: str) -> Iterator[None]:
    _count(1)
    try:
        with _mode_is(mode):
            yield
    finally:
        _count(-1)


@contextmanager
def _mode_is(mode: str) -> Iterator[None]:
    token = _mode.set(mode)
    try:
        yield
    finally:
        _mode.reset(token)


def is_paused() -> bool:
    """Whether this thread or task is inside `no_grad`."""
    return pauses > 0 and _mode.get() == PAUSED


def is_symbolic() -> bool:
    """Whether this thread or task records a program."""
    return pauses > 0 and _mode.get() == SYMBOLIC


def refuse_if_symbolic(use: str, value: object = None) -> None:
    """Refuse what would read a number while a program is recorded.

    Args:
        use: What is done, a key of `INSTEAD`.
        value: The Value to which it is done, if there is one.

    Raises:
        TypeError: Telling what to write instead.
    """
    if is_symbolic():
        frozen, instead = INSTEAD[use]
        of = "" if value is None else f" with v={value!r} (Value)"
        raise TypeError(
            f"the program would freeze this {frozen}: got {use}{of}; expected a "
            f"formula that holds for all inputs. Write {instead}."
        )


def _count(change: int) -> None:
    global pauses
    with _lock:
        pauses += change
