"""Where a Value would turn into a plain number: `v < 1`, `if v:`, `float(v)`.

>>> from micrograd_nn import Value
>>> Value(2.0) > 1.0
True
>>> float(Value(2.0))
Traceback (most recent call last):
TypeError: a plain number would cut the graph: got Value(data=2.0, grad=0.0) (Value)...
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NoReturn

from micrograd_nn import recording
from micrograd_nn.numbers import as_number, is_number

Number = Any


class Conversions:
    """The conversions of a Value: `<` and its like look at data, `float` is refused.

    `==` and hash are by identity and `bool` is true, as for any object. While a program
    is recorded all of them are refused, but for hash.
    """

    __slots__ = ()

    _data: float

    def __lt__(self, other: Conversions | Number) -> bool:
        return _compare(operator.lt, self, other)

    def __le__(self, other: Conversions | Number) -> bool:
        return _compare(operator.le, self, other)

    def __gt__(self, other: Conversions | Number) -> bool:
        return _compare(operator.gt, self, other)

    def __ge__(self, other: Conversions | Number) -> bool:
        return _compare(operator.ge, self, other)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if recording.pauses and (isinstance(other, Conversions) or is_number(other)):
            recording.refuse_if_symbolic("a comparison of v", self)
        return NotImplemented

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        recording.refuse_if_symbolic("bool(v)", self)
        return True

    def __float__(self) -> NoReturn:
        _refuse("float(v)", self)

    def __int__(self) -> NoReturn:
        _refuse("int(v)", self)

    def __round__(self, digits: int | None = None) -> NoReturn:
        _refuse("round(v)", self)

    def __index__(self) -> NoReturn:
        _refuse("v as an index", self)


def _refuse(use: str, value: Conversions) -> NoReturn:
    recording.refuse_if_symbolic(use, value)
    raise TypeError(
        f"a plain number would cut the graph: got {value!r} (Value); expected .data "
        "for the number, or a method such as v.exp() in place of math.exp(v)."
    )


def _compare(
    relation: Callable[[float, float], bool], value: Conversions, other: Any
) -> bool:
    if recording.pauses:
        recording.refuse_if_symbolic("a comparison of v", value)
    if isinstance(other, Conversions):
        return relation(value._data, other._data)
    if is_number(other):
        return relation(value._data, as_number(other, "operand"))
    return NotImplemented  # type: ignore[no-any-return]  # as Python asks
