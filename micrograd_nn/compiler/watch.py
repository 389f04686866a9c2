"""Whether what a function was recorded from has changed since.

A program keeps the layers and the parameters that were there when it was recorded, and
plain numbers as they were. If a layer is added or a parameter replaced later, it must
be recorded again. The numbers in Values may change: a program reads those.

>>> from micrograd_nn.nn import MLP
>>> model = MLP(2, [3, 1])
>>> watch = Watch(lambda x: model(x))
>>> print(watch.changed())
None
>>> model.layers.append(model.layers[0])
>>> watch.changed()
'model.layers has 3 items, had 2'
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd_nn.compiler.reachable import Part, reachable, spelled
from micrograd_nn.numbers import is_number, shortened


class Watch:
    """Everything that a function reaches, as it was when this was made.

    Values and other objects are compared by identity, which says nothing of the numbers
    in them: those of Values are read anew in every run. Plain numbers, strings,
    containers and arrays of up to 10,000 numbers are compared by what they are.

    Args:
        f: The function, method or module that is recorded.
    """

    def __init__(self, f: Callable[..., Any]) -> None:
        self._parts = reachable(f)

    def changed(self) -> str | None:
        """What changed first, in words; None if nothing did."""
        for part in self._parts:
            now = part.now()
            if not _same(part.items, now):
                return _difference(part, now)
        return None


def _same(a: Any, b: Any) -> bool:
    # Lists are compared at the speed of C: what is identical is not looked into.
    try:
        return a is b or bool(a == b)
    except Exception:  # another array, whose == has no single truth; or a deep list
        return False


def _difference(part: Part, now: list[Any]) -> str:
    """What differs between the items that a part had and those that it has now."""
    before, after, name = part.by_key(part.items), part.by_key(now), spelled(part.name)
    if not part.keyed and len(before) != len(after):
        return f"{name} has {len(after)} items, had {len(before)}"
    for key in after | before:
        inner = spelled(part.name_of(key))
        if key not in after:
            return f"{inner} is gone"
        if key not in before:
            return f"{inner} is new"
        if not _same(before[key], after[key]):
            return f"{inner} is {_told(after[key], before[key])}"
    return f"{name} has another order"


def _told(now: Any, before: Any) -> str:
    kinds = type(now).__name__, type(before).__name__
    if kinds[0] == kinds[1] and not _is_plain(now):
        return f"another {kinds[0]}"
    texts = [
        shortened(x) if _is_plain(x) else f"a {type(x).__name__}" for x in (now, before)
    ]
    return ", was ".join(texts)


def _is_plain(x: Any) -> bool:
    return isinstance(x, (str, bytes, complex, type(None))) or is_number(x)
