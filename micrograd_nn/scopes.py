"""Which call of which module made a Value: noted while a graph is recorded.

A picture draws a network as its neurons or layers, so it must know their calls. Notes
are made only where a Value crosses the border of a call: on its way in, with the call
around this one; on its way out, with this one. What lies between belongs to the Values
around it; `viz.scopes` works that out, if it is ever asked.

>>> from micrograd_nn import Value
>>> from micrograd_nn.nn import MLP
>>> net = MLP(2, [1])
>>> calls = calls_of(net([Value(1.0), Value(2.0)]))
>>> calls.modules[0] is net, calls.modules[1:]
(True, (Layer of [LinearNeuron(2)], LinearNeuron(2)))
>>> calls.outers
(-1, 0, 1)
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from itertools import count
from types import FunctionType
from typing import Any

from micrograd_nn import recording
from micrograd_nn.engine import Value

# Where Values are looked for. Not in classes derived from these: a layer keeps its
# inputs in one, so that they are looked at once, and not by every neuron.
HOLDERS = frozenset({Value, list, tuple, dict})
OUTSIDE = -1  # the number of the call around an outermost one
MISSING = object()  # for an argument that was not passed
ALONE: tuple[int, ...] = (OUTSIDE,)  # what most calls have for `outers`,
NOTHING: dict[Any, int] = {}  # and for `made`

_ordinals = count()


class Calls:
    """An outermost call and all calls inside it, numbered as they began, itself 0.

    The Values that come out of the outermost call refer to this, and this to no Value:
    so a graph is freed at once when it is dropped, and this with it, unless a module
    keeps a Value of it. Values are noted
    by id. One that is made later may have the id of one that was dropped, but it
    cannot be an operand of a Value that was made in these calls.

    Attributes:
        modules: What was called.
        outers: The number of the call in which each call was made.
        made: By the id of a Value, the number of the call in which it was made.
        current: The number of the call that goes on, `OUTSIDE` after the last one.
        ordinal: Outermost calls count up in the order in which they begin.
    """

    __slots__ = ("current", "made", "modules", "ordinal", "outers")

    def __init__(self, module: Any) -> None:
        self.modules: Any = [module]
        self.outers: Any = [OUTSIDE]
        self.made: dict[Any, int] = {}  # by the Values themselves, while these go on
        self.current = 0
        self.ordinal = next(_ordinals)

    def close(self) -> None:
        """Let go of the Values. Most calls are small, and then keep hardly anything."""
        self.current = OUTSIDE  # a task that was started inside may outlive the call
        self.modules = tuple(self.modules)
        self.outers = tuple(self.outers) if len(self.modules) > 1 else ALONE
        self.made = {
            id(value): number
            for value, number in self.made.items()
            if (calls := getattr(value, "_calls", None)) is None
            or (calls is self and number)
        } or NOTHING


# Of this thread or task.
_current: ContextVar[Calls | None] = ContextVar("micrograd_nn_calls", default=None)


def calls_of(value: Value) -> Calls | None:
    """The calls out of which `value` came, if it came out of an outermost one."""
    calls: Calls | None = getattr(value, "_calls", None)
    return calls


def calls_in(values: Iterable[Value]) -> list[Calls]:
    """The different calls out of which these Values came, as they began."""
    found = {id(calls): calls for calls in map(calls_of, values) if calls}
    return sorted(found.values(), key=lambda calls: calls.ordinal)


def recorded(function: Any) -> Any:
    """`function`, the `__call__` of a class of modules, so that its calls are noted.

    It runs for every neuron, so it is written to be quick, and looks at nothing twice.
    """
    if not isinstance(function, FunctionType):  # some other callable: no call to note
        return function

    # One argument by position is the usual case, and passed on twice as fast as any.
    @functools.wraps(function)
    def call_module(module: Any, x: Any = MISSING, /, *more: Any, **named: Any) -> Any:
        calls = _current.get()
        if calls is None or calls.current == OUTSIDE:
            return _outermost(function, module, _given(x, more), named)
        outer, modules, made = calls.current, calls.modules, calls.made
        if modules[outer] is module and type(module).__call__ is not call_module:
            return function(module, *_given(x, more), **named)  # super().__call__(x)
        if x.__class__ in HOLDERS:
            _note(made, x, outer)
        if more or named:
            _note(made, (more, named), outer)
        number = calls.current = len(modules)
        modules.append(module)
        calls.outers.append(outer)
        try:
            if more or named or x is MISSING:
                result = function(module, *_given(x, more), **named)
            else:
                result = function(module, x)
        finally:
            calls.current = outer
        if result.__class__ is Value:
            made.setdefault(result, number)
        elif result.__class__ in HOLDERS:
            _note(made, result, number)
        return result

    return call_module


def _given(x: Any, more: tuple[Any, ...]) -> tuple[Any, ...]:
    return more if x is MISSING else (x, *more)


def _outermost(
    function: Callable[..., Any], module: Any, args: Any, named: dict[str, Any]
) -> Any:
    if recording.is_paused():  # nothing will be left to draw
        return function(module, *args, **named)
    calls = Calls(module)
    _note(calls.made, args, OUTSIDE)
    _note(calls.made, named, OUTSIDE)
    token = _current.set(calls)
    try:
        result = function(module, *args, **named)
        _mark(calls, result)
    finally:
        _current.reset(token)
        calls.close()
    return result


def note_kept(thing: Any) -> None:
    """Note what a module keeps in an attribute, such as its state, as coming out."""
    calls = _current.get()
    if calls is not None and calls.current != OUTSIDE:
        _mark(calls, thing)


def _mark(calls: Calls, thing: Any) -> None:
    """Make the results in `thing` refer to `calls`, unless they do to others."""
    kind = thing.__class__
    values = [thing] if kind is Value else _values(thing) if kind in HOLDERS else ()
    for value in values:
        calls.made.setdefault(value, calls.current)
        if value._a is not None and not hasattr(value, "_calls"):
            # A dictionary made at once takes 90 bytes less than one that grows.
            value.__dict__ = {"_calls": calls, **value.__dict__}


def _note(made: dict[Any, int], holder: Any, number: int) -> None:
    """Note the Values in `holder` as made in that call, but for those noted before."""
    if holder.__class__ is Value:
        made.setdefault(holder, number)
        return
    for x in holder.values() if holder.__class__ is dict else holder:
        if x.__class__ is Value:
            made.setdefault(x, number)
        elif x.__class__ in HOLDERS:
            for value in _values((x,)):
                made.setdefault(value, number)


def _values(holder: Any) -> list[Value]:
    """The Values in lists, tuples and dictionaries."""
    found, holders, seen = [], [holder], {id(holder)}
    for each in holders:  # grows as it is read
        for x in each.values() if each.__class__ is dict else each:
            if x.__class__ is Value:
                found.append(x)
            elif x.__class__ in HOLDERS and id(x) not in seen:
                seen.add(id(x))
                holders.append(x)
    return found
