"""`no_grad`: ops that record nothing.

>>> from micrograd_nn import Value, no_grad
>>> with no_grad():
...     y = Value(2.0) * 3
>>> y.data, y.operands
(6.0, ())
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

_paused: ContextVar[bool] = ContextVar("micrograd_nn_paused", default=False)
pauses = 0  # how many no_grad() are open in all threads: mostly 0, and quick to ask
_lock = threading.Lock()


@contextmanager
def no_grad() -> Iterator[None]:
    """A context, or a decorator, in which ops record nothing: results are constants.

    Only the thread or task that enters it is affected; an exception ends it.
    """
    _count(1)
    try:
        with _paused_is(True):
            yield
    finally:
        _count(-1)


def resumed() -> AbstractContextManager[None]:
    """A context in which ops record again, for a gradient taken inside `no_grad`."""
    return _paused_is(False)


@contextmanager
def _paused_is(paused: bool) -> Iterator[None]:
    token = _paused.set(paused)
    try:
        yield
    finally:
        _paused.reset(token)


def is_paused() -> bool:
    """Whether this thread or task is inside `no_grad`."""
    return pauses > 0 and _paused.get()


def _count(change: int) -> None:
    global pauses
    with _lock:
        pauses += change
