"""What `xp` can be: the number systems in which an op's formulas are read.

An op writes each formula once, with arithmetic and the functions of `xp`. Reading it
with `FLOATS` gives a number, with `IEEE` the number that IEEE 754 asks for where
Python's `math` raises, with `TEXT` the formula as a string, with `VALUES` a graph of
the formula, which can be differentiated again.

>>> FLOATS.tanh(0.0), str(TEXT.tanh(TEXT.name("x")))
(0.0, 'tanh(x)')
"""

from __future__ import annotations

import functools
import math
import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any

Number = (
    Any  # a float, an IEEE float, a Formula, a Value or an array: whatever xp reads
)
Body = Callable[..., Number]

LARGEST = sys.float_info.max
# What Python raises where IEEE 754 has an answer: 1/0, exp(1000), log(0).
FLOAT_ERRORS = (ArithmeticError, ValueError)


def _maximum(x: float, y: float) -> float:
    return x if x > y or x != x else y  # a nan on either side comes out


def _minimum(x: float, y: float) -> float:
    return x if x < y or x != x else y


def _where(condition: bool, x: Number, y: Number) -> Number:
    return x if condition else y


def _step(x: float, below: float = 0.0) -> float:
    return 1.0 if x > 0.0 else below if x <= 0.0 else x


def _sign(x: float) -> float:
    return math.copysign(1.0, x) if x and x == x else x  # 0 and nan stay themselves


def _equal(x: float, y: float) -> float:
    return 1.0 if x == y else 0.0


def _largest(xs: Iterable[float]) -> float:
    return functools.reduce(_maximum, xs)


def _smallest(xs: Iterable[float]) -> float:
    return functools.reduce(_minimum, xs)


def _pick(xs: Sequence[Number], index: Any) -> Number:
    # An input of a recording may stand for the index: it has no number yet.
    return xs[index] if isinstance(index, int) else math.nan


def _each(function: Body, xs: Iterable[Number]) -> list[Number]:
    return [function(x) for x in xs]


def _one_hot(xs: Sequence[Number], index: Any) -> list[float]:
    chosen = operator.index(index)
    return [1.0 if i == chosen else 0.0 for i in range(len(xs))]


FLOATS = SimpleNamespace(
    exp=math.exp,
    log=math.log,
    log1p=math.log1p,
    expm1=math.expm1,
    sqrt=math.sqrt,
    sin=math.sin,
    cos=math.cos,
    tan=math.tan,
    atan=math.atan,
    tanh=math.tanh,
    erf=math.erf,
    erfc=math.erfc,
    pow=math.pow,  # unlike `**`, never a complex number
    maximum=_maximum,
    minimum=_minimum,
    where=_where,
    step=_step,
    sign=_sign,
    equal=_equal,
    sum=math.fsum,  # rounded once, whatever the order
    max=_largest,
    min=_smallest,
    pick=_pick,
)


class IeeeFloat(float):
    """A float whose arithmetic follows IEEE 754 where Python raises: 1/0 is inf."""

    __slots__ = ()

    def __truediv__(self, other: float) -> IeeeFloat:
        return IeeeFloat(_divide(self, other))

    def __rtruediv__(self, other: float) -> IeeeFloat:
        return IeeeFloat(_divide(other, self))

    def __pow__(self, other: Any, modulus: None = None) -> Any:
        return IEEE.pow(self, float(other))

    def __rpow__(self, other: Any, modulus: None = None) -> Any:
        return IEEE.pow(float(other), self)


def _divide(x: float, y: float) -> float:
    if y:
        return float(x) / float(y)
    if x == 0.0 or x != x:
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


def _closed(name: str) -> Callable[..., IeeeFloat]:
    method = getattr(float, name)
    return lambda *operands: IeeeFloat(method(*operands))


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "neg", "pos", "abs"):
    setattr(IeeeFloat, f"__{_name}__", _closed(f"__{_name}__"))


def _pole(x: float, *rest: float) -> float:
    """The limit of `log` or `log1p` where math refuses: -inf at the pole, else nan."""
    return math.nan if x < 0.0 or x != x else -math.inf


def _pow_edge(x: float, y: float) -> float:
    """`x**y` where math refuses it (C11, annex F.10.4.4)."""
    if x < 0.0 and not y.is_integer():
        return math.nan
    odd = y.is_integer() and y % 2.0 == 1.0
    return math.copysign(math.inf, x) if odd else math.inf


def _sum_edge(xs: Iterable[float]) -> float:
    """The sum where `math.fsum` overflows on its way, or meets inf - inf."""
    try:
        return 2.0**64 * math.fsum(2.0**-64 * x for x in xs)
    except ValueError:
        return math.nan


_EDGES: dict[str, Callable[..., float]] = {
    "exp": lambda x: math.inf,
    "expm1": lambda x: math.inf,
    "log": _pole,
    "log1p": lambda x: _pole(1.0 + x),
    "pow": _pow_edge,
    "sum": _sum_edge,
}


def _total(name: str, function: Callable[..., float]) -> Callable[..., IeeeFloat]:
    """`function`, with the value of IEEE 754 where it would raise."""
    edge: Callable[..., float] = _EDGES.get(name, lambda x: math.nan)

    def ieee(*operands: Any) -> IeeeFloat:
        try:
            return IeeeFloat(function(*operands))
        except FLOAT_ERRORS:
            return IeeeFloat(edge(*operands))

    return ieee


IEEE = SimpleNamespace(**{k: _total(k, f) for k, f in vars(FLOATS).items()})

# Of a list a list; where `xs` is an array, its first axis counts the operands.
for _namespace in (FLOATS, IEEE):
    _namespace.each = _each
    _namespace.one_hot = _one_hot


def read_floats(body: Body, *operands: Any) -> Any:
    """The floats that `body` gives for `operands`, by IEEE 754 where Python raises.

    `operands` are floats, or one list of floats for an n-ary op.

    >>> read_floats(lambda xp, x: 1.0 / xp.log(x), 1.0)
    inf
    """
    try:
        return body(FLOATS, *operands)
    except FLOAT_ERRORS:
        given = [_converted(IeeeFloat, x) for x in operands]
        return _converted(float, body(IEEE, *given))


def _converted(kind: Callable[[Any], Any], x: Any) -> Any:
    return _each(kind, x) if isinstance(x, Sequence) else kind(x)


SIGN, ATOM = 3, 5


class Formula:
    """A piece of mathematics as text, with just the brackets that it needs.

    `rank` is the binding strength of its outermost operator: 0 for a conditional, 1 for
    a sum, 2 for a product, 3 for a sign, 4 for a power, 5 for an atom.
    """

    def __init__(self, text: str, rank: int = ATOM) -> None:
        self.text, self.rank = text, rank

    def __str__(self) -> str:
        return self.text

    def __add__(self, other: Any) -> Formula:
        return _infix(self, " + ", other, 1)

    def __radd__(self, other: Any) -> Formula:
        return _infix(other, " + ", self, 1)

    def __sub__(self, other: Any) -> Formula:
        return _infix(self, " - ", other, 1, right=2)

    def __rsub__(self, other: Any) -> Formula:
        return _infix(other, " - ", self, 1, right=2)

    def __mul__(self, other: Any) -> Formula:
        return _infix(self, " * ", other, 2)

    def __rmul__(self, other: Any) -> Formula:
        return _infix(other, " * ", self, 2)

    def __truediv__(self, other: Any) -> Formula:
        return _infix(self, " / ", other, 2, right=3)

    def __rtruediv__(self, other: Any) -> Formula:
        return _infix(other, " / ", self, 2, right=3)

    def __pow__(self, other: Any) -> Formula:
        return _power(self, other)

    def __rpow__(self, other: Any) -> Formula:
        return _power(other, self)

    def __neg__(self) -> Formula:
        return Formula("-" + _bracketed(self, SIGN + 1), SIGN)

    def __abs__(self) -> Formula:
        return Formula(f"|{self.text}|")

    def _comparison(self, sign: str, other: Any) -> Formula:
        return Formula(f"{_bracketed(self, 1)} {sign} {_bracketed(other, 1)}", 0)

    def __gt__(self, other: Any) -> Formula:
        return self._comparison(">", other)

    def __ge__(self, other: Any) -> Formula:
        return self._comparison("≥", other)

    def __lt__(self, other: Any) -> Formula:
        return self._comparison("<", other)

    def __le__(self, other: Any) -> Formula:
        return self._comparison("≤", other)


def _formula(x: Any) -> Formula:
    if isinstance(x, Formula):
        return x
    return Formula(f"{x:.4g}", SIGN if x < 0 else ATOM)


def _bracketed(x: Any, rank: int) -> str:
    formula = _formula(x)
    return formula.text if formula.rank >= rank else f"({formula.text})"


def _infix(x: Any, sign: str, y: Any, rank: int, right: int | None = None) -> Formula:
    if sign == " * " and x.__class__ is float and x == 1.0:
        return _formula(y)
    # A sign on the right of an operator is bracketed too: a * (-b).
    tail = _formula(y)
    needed = SIGN + 1 if tail.rank == SIGN else rank if right is None else right
    return Formula(_bracketed(x, rank) + sign + _bracketed(tail, needed), rank)


def _power(x: Any, y: Any) -> Formula:
    if y.__class__ is float and y == 1.0:
        return _formula(x)
    return Formula(f"{_bracketed(x, ATOM)}**{_bracketed(y, ATOM)}", 4)


def _call(name: str) -> Callable[..., Formula]:
    return lambda *xs: Formula(f"{name}({', '.join(str(_formula(x)) for x in xs)})")


def _conditional(condition: Formula, x: Any, y: Any) -> Formula:
    return Formula(f"{_bracketed(x, 1)} if {condition} else {_bracketed(y, 0)}", 0)


def _indicator(x: Any, below: float = 0.0) -> Formula:
    yes = f"{_bracketed(x, 1)} > 0"
    return (
        Formula(f"[{yes}]")
        if below == 0.0
        else Formula(f"1 if {yes} else {below:g}", 0)
    )


def _fold(name: str) -> Callable[[Iterable[Any]], Formula]:
    return lambda xs: _call(name)(*xs)


def _unless_bound(name: str) -> Callable[[Any, Any], Any]:
    """A call, but for the largest float: to a reader, that is no bound at all."""
    return lambda x, y: x if y in (LARGEST, -LARGEST) else _call(name)(x, y)


def _picked(xs: Sequence[Any], index: Any) -> Any:
    return xs[index] if isinstance(index, int) else _call("pick")(_label(index), *xs)


def _hits(xs: Sequence[Any], index: Any) -> list[Any]:
    if isinstance(index, int):
        return _one_hot(xs, index)
    return [Formula(f"[{_label(index)} = {i}]") for i in range(len(xs))]


def _label(index: Any) -> Formula:
    return Formula(index.label or "index")


TEXT = SimpleNamespace(
    **{name: _call(name) for name in vars(FLOATS)}
    | {name: _fold(name) for name in ("sum", "max", "min")}
)
TEXT.name = lambda x: x if isinstance(x, Formula) else Formula(x)
TEXT.where = _conditional
TEXT.step = _indicator
TEXT.equal = lambda x, y: Formula(f"[{_bracketed(x, 1)} = {_bracketed(y, 1)}]")
TEXT.pow = _power
TEXT.maximum = _unless_bound("maximum")
TEXT.minimum = _unless_bound("minimum")
TEXT.each = _each
TEXT.pick = _picked
TEXT.one_hot = _hits


def _method(name: str) -> Callable[..., Any]:
    function = getattr(FLOATS, name)
    return lambda x, *rest: (
        function(x, *rest) if isinstance(x, float) else getattr(x, name)(*rest)
    )


def _data(x: Any) -> float:
    return x if isinstance(x, float) else x.data


# Step, sign and equality are flat between their jumps: plain numbers, whose own partial
# is zero, as the sub-gradients in `ops` say. All else is the method of that name.
VALUES = SimpleNamespace(**{name: _method(name) for name in vars(FLOATS)})
VALUES.each = _each
VALUES.pick = _pick
VALUES.one_hot = _one_hot
VALUES.pow = operator.pow
VALUES.where = _where
VALUES.step = lambda x, below=0.0: _step(_data(x), below)
VALUES.sign = lambda x: _sign(_data(x))
VALUES.equal = lambda x, y: _equal(_data(x), _data(y))
VALUES.sum = functools.partial(functools.reduce, operator.add)
VALUES.max = functools.partial(functools.reduce, lambda x, y: x.maximum(y))
VALUES.min = functools.partial(functools.reduce, lambda x, y: x.minimum(y))
