"""A wrong pass in place of the right one, for lessons about what goes wrong.

`backward()` asks here whether one is on. The faults are in `viz.faults`.

>>> from micrograd_nn import Value
>>> from micrograd_nn.faulty_pass import FaultyPass, faulty_pass_on
>>> x = Value(3.0)
>>> idle = FaultyPass(lambda root: print("no gradients today"), lambda op: op)
>>> with faulty_pass_on(idle):
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


class FaultyPass(NamedTuple):
    """What `backward()` does while it is on.

    Attributes:
        run_backward: What it does for a root.
        taught: The record of an op as the fault has it: with partials of its own.
    """

    run_backward: Callable[[Value], None]
    taught: Callable[[Op], Op]


_current: ContextVar[FaultyPass | None] = ContextVar("faulty_pass", default=None)
current = _current.get  # None if none is on, in this thread or task


@contextmanager
def faulty_pass_on(fault: FaultyPass) -> Iterator[None]:
    """A context, or a decorator, in which it is on: in this thread or task."""
    token = _current.set(fault)
    try:
        yield
    finally:
        _current.reset(token)
