"""The record of one op, and the table in which every reader finds it.

>>> square = Op("square", lambda xp, x: x * x, (lambda xp, y, x: 2.0 * x,))
>>> square.formula("x"), square.rule(0, "x")
('x * x', '2 * x')
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from micrograd_nn.namespaces import TEXT, Body, Formula

Interval = tuple[float, float]
REAL: Interval = (-4.0, 4.0)
POSITIVE: Interval = (0.1, 4.0)


@dataclass(eq=False, repr=False)
class Op:
    """The record of one scalar op. Compare with `==`: an op has a copy per epoch.

    Attributes:
        name: The key in `OPS`; with `params` it says which op this is.
        forward: `forward(xp, *operands)`, the output. None if it is not known.
        partials: One `partial(xp, y, *operands)` per operand, where `y` is the output.
            None if they are not known.
        symbol: What a picture shows; the name unless given.
        params: The numbers fixed when the op was made, as the 3 of `x**3`.
        domain: Where to sample each operand in a test, as (low, high).
        kinks: Inputs at which a unary op has no derivative, but a sub-gradient.
        nary: True if it takes one sequence of operands: `forward(xp, xs)` and a single
            `partials[0](xp, y, xs)` that gives the partials of all of them.
        pad: For an n-ary op the operand that changes nothing, as the 0 of a sum.
        textbook: Formulas to read as text in place of those that run, by "forward" and
            "partials": for readers, where a form that is exact everywhere is long.
        epoch: When a node with this copy of the record was made; see `epochs`.
        stamp: The copy for the latest epoch in which it was used.
    """

    name: str
    forward: Any  # Body | None
    partials: Any  # tuple[Body, ...] | None
    symbol: str = "\0"  # not given
    params: tuple[Any, ...] = ()
    domain: tuple[Interval, ...] = (REAL,)
    kinks: tuple[float, ...] = ()
    nary: bool = False
    pad: float | None = None
    textbook: dict[str, Any] = field(default_factory=dict)
    epoch: int = -1
    stamp: Op | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.symbol = self.name if self.symbol == "\0" else self.symbol

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Op) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        find_op(*self._key())  # refuse now what could not be found when loaded
        return find_op, self._key()

    def __repr__(self) -> str:
        return f"Op({', '.join(map(repr, (self.name, *self.params)))})"

    def _key(self) -> tuple[Any, ...]:
        return (self.name, *self.params)

    def formula(self, *operands: str | Formula) -> str:
        """The output as text, in terms of the operands: their names, or formulas."""
        body = self.textbook.get("forward", self.forward)
        return str(self._read(body, operands))

    def rule(
        self, position: int, *operands: str | Formula, output: str | Formula = "y"
    ) -> str:
        """The partial for the operand at `position` as text, as `formula` writes it.

        >>> from micrograd_nn.ops import EXP, MUL
        >>> MUL.rule(1, "w", "x"), EXP.rule(0, "x", output="h")
        ('w', 'h')
        """
        partials = self.textbook.get("partials", self.partials)
        if partials is None:
            return _text(self._read(None, operands))
        if self.nary:
            return _text(self._read(partials[0], operands, output)[position])
        return _text(self._read(partials[position], operands, output))

    def _read(self, body: Body | None, operands: Iterable[Any], *output: Any) -> Any:
        if body is None:
            raise ValueError(
                f"no formula is known: got op={self!r}; expected one of OPS."
            )
        names = [TEXT.name(operand) for operand in operands]
        given = map(TEXT.name, output)
        return body(TEXT, *given, names) if self.nary else body(TEXT, *given, *names)


def _text(formula: Any) -> str:
    return f"{formula:.4g}" if isinstance(formula, float) else str(formula)


OPS: dict[str, Op] = {}
FAMILIES: dict[str, Callable[..., Op]] = {}


def register(op: Op) -> Op:
    """`op`, now found in `OPS` by every reader that walks it.

    Raises:
        ValueError: If another op has that name already.
    """
    key = _title(op.name, op.params)
    if key in OPS or key in MARKS:
        raise ValueError(
            f"op name is taken: got name={key!r}; expected a new one. "
            "Choose another name."
        )
    OPS[key] = op
    return op


def find_op(name: str, *params: Any) -> Op:
    """The op of that name and those parameters, as pickles and files refer to it."""
    title, known = _title(name, params), OPS | MARKS
    if title in known:
        return known[title]
    if params and name in FAMILIES:
        return FAMILIES[name](*params)
    raise ValueError(
        f"unknown op: got name={title!r}; expected one of {', '.join(OPS)}. "
        "Register it before you load what uses it."
    )


def _title(name: str, params: tuple[Any, ...]) -> str:
    return name + (f"({', '.join(map(str, params))})" if params else "")


def _mark(name: str, *params: Any) -> Op:
    return Op(name, None, partials=(), symbol=" ", params=params, epoch=sys.maxsize)


# Marks of nodes that are not computed. A constant is a number that a formula wrapped; a
# leaf is a Value that somebody made, so somebody may want its grad. An input stands for
# what each example brings to a program; an index is an input that is a whole number.
LEAF, CONSTANT, INPUT, INDEX = map(_mark, ("leaf", "constant", "input", "index"))
MARKS = {mark.name: mark for mark in (LEAF, CONSTANT, INPUT, INDEX)}
SOURCES = ("input", "index", "random")  # of numbers that are not there yet


def listed(make: Callable[..., Op]) -> Callable[..., Op]:
    """`make`, listed in `FAMILIES` under its name, which is that of its ops."""
    FAMILIES[make.__name__] = make
    return make


def family(make: Callable[..., Op]) -> Callable[..., Op]:
    """`make`, cached and listed in `FAMILIES`: one op for equal parameters."""
    return listed(lru_cache(maxsize=1024)(make))


@family
def by_hand(symbol: str) -> Op:
    """An op that a user wrote, with a `_backward` or partials in its node."""
    return Op("by_hand", forward=None, partials=None, symbol=symbol, params=(symbol,))


@family
def random(kind: str, *params: float) -> Op:
    """The mark of a number that a program draws anew for every example of a run."""
    return _mark("random", kind, *params)
