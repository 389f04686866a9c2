"""What a function reaches: all that its result may depend on, but for its arguments.

From the function one comes to the variables that its code names, from these to what is
in lists, modules and other objects, and to the functions that those name in turn. The
code of others is not entered: this package, the standard library, what is installed.
Of a user's own objects only those attributes count that some code names, for a trainer
may keep a history; of modules all.

>>> layers = [1.0, [2.0]]
>>> parts = reachable(lambda x: x * layers[0])[1:]
>>> [(spelled(part.name), part.items) for part in parts]
[('layers', [1.0, [2.0]]), ('layers[1]', [2.0])]
"""

from __future__ import annotations

import argparse
import dis
import functools
import os
import sys
from collections import UserDict, UserList, deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import (
    CodeType,
    FunctionType,
    MappingProxyType,
    MethodType,
    ModuleType,
    SimpleNamespace,
)
from typing import Any

import numpy as np

from micrograd_nn.engine import Value
from micrograd_nn.nn import Module
from micrograd_nn.op import Op

LEAVES = (Value, Op, str, bytes, int, float, complex, type(None))
# What the standard library has to keep things in.
HOLDERS = (SimpleNamespace, argparse.Namespace, UserDict, UserList)
SMALL = 10_000  # numbers in an array; a larger one is data, and told by identity
SEQUENCES = (list, tuple, set, frozenset, deque)
# What wraps other things for good: the attributes that lead to them, and their names.
WRAPPERS: dict[type, dict[str, str]] = {
    MethodType: {"__self__": "self", "__func__": "{0}"},
    functools.partial: {"func": "{0}", "args": "{0}.args", "keywords": "{0}.keywords"},
    functools.cached_property: {"func": "{0}"},
    functools._lru_cache_wrapper: {"__wrapped__": "{0}"},
    property: {"fget": "{0}"},
    staticmethod: {"__func__": "{0}"},
    classmethod: {"__func__": "{0}"},
}
DYNAMIC = {"getattr", "vars", "dir", "__dict__"}  # code that does not name attributes
_PACKAGE = str(Path(__file__).parent.parent) + os.sep
_TRAINING = str(Path(__file__).parent.parent / "training") + os.sep
# In a browser all of the standard library but a few modules, as os, is in a zip file.
_STDLIB = {str(Path(file).parent) + os.sep for file in (os.__file__, dis.__file__)}
_FOREIGN = (_PACKAGE, *_STDLIB, "<frozen")


# An outer name, a form and what fills it: spelled out when needed, for they are long
# where something lies deep.
Name = tuple[Any, str, Any]


def spelled(name: Name) -> str:
    """A name as text.

    >>> spelled(((None, "{1}", "model"), "{0}.{1}", "layers"))
    'model.layers'
    """
    fillings, text = [], ""
    outer: Name | None = name
    while outer:
        outer, *filling = outer
        fillings.append(filling)
    for form, key in reversed(fillings):
        text = form.format(text, key)
    return text


@dataclass
class Part:
    """A container; or the variables of a function, the attributes of an object.

    Attributes:
        name: What to call it.
        read: Gives what is in it now: a dictionary, or else a sequence.
        form: How to call one of its items, given this name and a key or an index.
        keyed: Whether it is a dictionary.
        items: What was in it: of a dictionary the keys, then the values.
    """

    name: Name
    read: Callable[[], Collection[Any]]
    form: str
    keyed: bool = field(init=False)
    items: list[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.keyed = isinstance(self.read(), dict)
        self.items = list(self.now())

    def now(self) -> list[Any]:
        """What is in it now, in a row as `items` are; perhaps the list itself."""
        found = self.read()
        if isinstance(found, dict):
            return [*found, *found.values()]
        return found if isinstance(found, list) else list(found)

    def by_key(self, items: list[Any]) -> dict[Any, Any]:
        """A row of items by their keys, or by their indexes."""
        half = len(items) // 2 if self.keyed else 0
        keys = items[:half] if self.keyed else range(len(items))
        return dict(zip(keys, items[half:], strict=True))

    def name_of(self, key: Any) -> Name:
        """What to call the item of that key, or at that index."""
        return self.name, self.form, key


def reachable(f: Callable[..., Any]) -> list[Part]:
    """Every container that `f` reaches, outer ones first, each once."""
    names: set[str] = set()
    while True:  # until no code turns up that names attributes not looked at before
        known = len(names)
        parts = _walk(f, names)
        if len(names) == known:
            return parts


def _walk(f: Callable[..., Any], names: set[str]) -> list[Part]:
    parts: list[Part] = []
    start: Name = (None, "{1}", getattr(f, "__name__", "f"))
    queue: deque[tuple[Name, Any]] = deque([(start, f)])
    seen: dict[int, Any] = {}  # what was met, kept: so no two have one id
    while queue:
        name, thing = queue.popleft()
        if id(thing) in seen:
            continue
        seen[id(thing)] = thing
        found = list(_parts(name, thing, names))
        parts += found
        queue += _wrapped(name, thing)
        for part in found:
            queue += [
                (part.name_of(key), item)
                for key, item in part.by_key(part.items).items()
                if not isinstance(item, LEAVES)
            ]
    return parts


def _parts(name: Name, thing: Any, names: set[str]) -> Iterator[Part]:
    if isinstance(thing, SEQUENCES):
        yield Part(name, lambda: thing, "{0}[{1}]")
    elif isinstance(thing, dict):
        yield Part(name, lambda: thing, "{0}[{1!r}]")
    elif isinstance(thing, MappingProxyType):
        yield Part(name, lambda: dict(thing), "{0}[{1!r}]")
    elif isinstance(thing, HOLDERS):
        yield Part(name, lambda: vars(thing), "{0}.{1}")
    elif isinstance(thing, np.ndarray):
        if thing.size <= SMALL and thing.dtype.kind != "O":
            yield Part(name, lambda: [thing.tobytes()], "the numbers in {0}")
    elif isinstance(thing, FunctionType):
        if _is_users(thing.__code__.co_filename):
            names |= _names(thing.__code__)
            yield Part(name, lambda: _variables(thing), "{1}")
    elif isinstance(thing, (type, ModuleType)):
        if _is_users(_file(thing)):
            yield Part(name, lambda: _named(thing, names), "{0}.{1}")
    elif isinstance(thing, Module):
        yield Part(name, lambda: thing.__dict__, "{0}.{1}")
    elif _is_users(_file(type(thing))):
        yield Part(name, lambda: _named(thing, names), "{0}.{1}")


def _wrapped(name: Name, thing: Any) -> Iterator[tuple[Name, Any]]:
    """What belongs to `thing` for good: what it wraps, and its class."""
    for attribute, form in WRAPPERS.get(type(thing), {}).items():
        yield (name, form, None), getattr(thing, attribute)
    if isinstance(thing, FunctionType) and "__wrapped__" in vars(thing):
        yield (name, "{0}", None), vars(thing)["__wrapped__"]  # as functools.wraps says
    for base in (thing if isinstance(thing, type) else type(thing)).__mro__:
        if base is not thing and _is_users(_file(base)):
            yield (None, "{1}", base.__name__), base


def _variables(f: FunctionType) -> dict[str, Any]:
    """The variables from outside that the code of `f` names, and its defaults."""
    own = ("__code__", "__defaults__", "__kwdefaults__")
    variables = {f"{f.__name__}.{name}": getattr(f, name) for name in own}
    named, there = _globals(f.__code__), f.__globals__
    variables |= {name: there[name] for name in named if name in there}
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
        try:
            variables[name] = cell.cell_contents
        except ValueError:  # nothing was assigned yet
            continue
    return variables


def _named(thing: Any, names: set[str]) -> dict[str, Any]:
    """The attributes of an object, a class or a file that some code names."""
    found = dict(getattr(thing, "__dict__", {}))
    for kind in () if isinstance(thing, type) else type(thing).__mro__:
        slots = getattr(kind, "__slots__", ())
        every = (slots,) if isinstance(slots, str) else slots
        found |= {name: getattr(thing, name) for name in every if hasattr(thing, name)}
    if names & DYNAMIC and not isinstance(thing, (type, ModuleType)):
        return found
    made = isinstance(thing, type) and thing.__name__ in names  # by some code
    wanted = names | ({"__init__", "__new__"} if made else set())
    return {k: x for k, x in found.items() if k in wanted or _is_implicit(k, x)}


def _is_implicit(name: str, thing: Any) -> bool:
    """Whether Python itself calls the method, as it calls `__call__` for `f(x)`."""
    special = name.startswith("__") and name not in ("__init__", "__new__", "__del__")
    return special and isinstance(thing, FunctionType)


@functools.lru_cache(maxsize=1024)
def _globals(code: CodeType) -> list[str]:
    return sorted(
        {
            instruction.argval
            for inner in _codes(code)
            for instruction in dis.get_instructions(inner)
            if "GLOBAL" in instruction.opname or instruction.opname == "LOAD_NAME"
        }
    )


def _names(code: CodeType) -> set[str]:
    """All variables from outside and attributes that the code names."""
    codes = _codes(code)
    return {name for x in codes for name in (*x.co_names, *x.co_freevars)}


def _codes(code: CodeType) -> list[CodeType]:
    """The code, and that of the functions that are defined in it."""
    found = [code]
    for outer in found:
        found += [inner for inner in outer.co_consts if isinstance(inner, CodeType)]
    return found


def _file(thing: Any) -> str:
    """The file that a class or a module comes from; `<frozen` if none can be."""
    name = thing.__name__ if isinstance(thing, ModuleType) else thing.__module__
    if name in sys.builtin_module_names:
        return "<frozen"
    return getattr(sys.modules.get(name), "__file__", None) or ""  # as of __main__


@functools.lru_cache(maxsize=1024)
def _is_users(file: str) -> bool:
    installed = {"site-packages", "dist-packages"} & set(Path(file).parts)
    # The functions of `fit` hold a user's model and loss, and are little else.
    ours = file.startswith(_TRAINING)
    return ours or (not installed and not file.startswith(_FOREIGN))
