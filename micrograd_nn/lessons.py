"""A wrong pass in place of the right one, while a lesson about it lasts.

`backward()` asks here whether a lesson is on. The lessons are in `viz.faults`.

>>> from micrograd_nn import Value
>>> from micrograd_nn.lessons import Lesson, lesson_on
>>> x = Value(3.0)
>>> with lesson_on(Lesson(lambda root: print("no gradients today"), lambda op: op)):
...     (x * x).backward()
no gradients today
>>> (x * x).backward()
>>> x.grad
6.0
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from micrograd_nn.engine import Value
    from micrograd_nn.op import Op


class Lesson(NamedTuple):
    """What `backward()` does while a lesson is on.

    Attributes:
        run_backward: What it does for a root.
        taught: The record of an op as the lesson has it: with partials of its own.
    """

    run_backward: Callable[[Value], None]
    taught: Callable[[Op], Op]


_lesson: ContextVar[Lesson | None] = ContextVar("micrograd_nn_lesson", default=None)
current = _lesson.get  # None if no lesson is on, in this thread or task


@contextmanager
def lesson_on(lesson: Lesson) -> Iterator[None]:
    """A context, or a decorator, in which a lesson is on: in this thread or task."""
    token = _lesson.set(lesson)
    try:
        yield
    finally:
        _lesson.reset(token)
