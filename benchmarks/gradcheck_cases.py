"""Functions with gradients known to 50 digits, and wrong gradients for them.

A function is an expression of the package's own ops. Its true gradient comes from the
values of the ops alone, in mpmath, so it owes nothing to the partials under check.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from mpmath import mp

from micrograd_nn import Value, apply
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.engine import constant
from micrograd_nn.namespaces import FLOATS, read_floats

DIGITS = 50
CORRECT = 1e-9  # how near to the truth a gradient must be to count as correct
# What a wrong gradient must be off by to count as wrong: the planted +1e-4 is off by
# ten times the first, and a checker may call a gradient below 1e-12 zero.
WRONG, WRONG_ABSOLUTE = 1e-5, 1e-11

# A number, the index of an input, or (op, operand, ...).
Expression = Any
Point = list[float]


@dataclass(frozen=True)
class Case:
    """A function at a point, with its gradient.

    Attributes:
        family: How it was made.
        expression: The function.
        point: Its inputs.
        truth: The gradient by mpmath.
        gradient: The gradient by backpropagation.
    """

    family: str
    expression: Expression
    point: Point
    truth: Point
    gradient: Point

    @property
    def is_correct(self) -> bool:
        """Whether backpropagation is right: rounding may have spoilt it."""
        pairs = zip(self.gradient, self.truth, strict=True)
        return all(abs(a - b) <= CORRECT * abs(b) for a, b in pairs)

    @property
    def used(self) -> list[int]:
        """The indexes of the inputs that the expression mentions."""
        return sorted(set(uses(self.expression)))

    def __call__(self, point: Point) -> float:
        """The function at another point."""
        return read(self.expression, FLOATS, point)


def read(expression: Expression, xp: Any, point: Any) -> Any:
    """The value of an expression in the number system `xp`."""
    if isinstance(expression, int):
        return point[expression]
    if isinstance(expression, float):
        return expression if xp is FLOATS else mp.mpf(expression)
    op, *operands = expression
    numbers = [read(operand, xp, point) for operand in operands]
    given = [numbers] if op.nary else numbers
    return read_floats(op.forward, *given) if xp is FLOATS else op.forward(xp, *given)


def build(expression: Expression, values: Mapping[int, Value]) -> Value:
    """The expression as a graph."""
    if isinstance(expression, int):
        return values[expression]
    if isinstance(expression, float):
        return constant(expression)
    op, *operands = expression
    return apply(op, *(build(operand, values) for operand in operands))


def backpropagated(
    expression: Expression, point: Point, cut: Mapping[int, int] | None = None
) -> Point:
    """The gradient by backpropagation; `cut` maps indexes to inputs held constant."""
    inputs = [Value(x) for x in point]
    held = {index: constant(point[i]) for index, i in (cut or {}).items()}
    with ignore_anomaly():
        build(expression, dict(enumerate(inputs)) | held).backward()
    return [value.grad for value in inputs]


def uses(expression: Expression) -> list[int]:
    """The index of an input for each place where the expression mentions one."""
    if isinstance(expression, int):
        return [expression]
    if isinstance(expression, float):
        return []
    return [index for operand in expression[1:] for index in uses(operand)]


def _tame(name: str) -> Callable[[Any], Any]:
    function = getattr(mp, name)

    def tame(x: Any) -> Any:
        if abs(x) > 1e6:  # mpmath would compute millions of digits
            raise ValueError(name)
        return function(x)

    return tame


def _power(x: Any, y: Any) -> Any:
    if x and abs(y * mp.log(abs(x))) > 1e4:
        raise ValueError("**")
    return _real(mp.power(x, y))


def _real(x: Any) -> Any:
    if isinstance(x, mp.mpc):
        raise ValueError("not real")
    return x


TRANSCENDENTAL = ("exp", "expm1", "sin", "cos", "tan", "tanh", "erf", "erfc")

TRUTH = SimpleNamespace(
    **{name: _tame(name) for name in TRANSCENDENTAL},
    log=lambda x: _real(mp.log(x)),
    log1p=lambda x: _real(mp.log(1 + x)),
    sqrt=lambda x: _real(mp.sqrt(x)),
    atan=mp.atan,
    pow=_power,
    maximum=max,
    minimum=min,
    where=lambda condition, x, y: x if condition else y,
    sum=mp.fsum,
    max=max,
    min=min,
    pick=FLOATS.pick,
    each=FLOATS.each,
)


def true_gradient(expression: Expression, point: Point) -> Point:
    """Central differences at 50 digits, with a step of 1e-18 of each input."""
    return [_true_slope(expression, point, i) for i in range(len(point))]


def _true_slope(expression: Expression, point: Point, index: int) -> float:
    with mp.workdps(DIGITS):
        step = mp.mpf(10) ** -18 * (abs(point[index]) or 1)
        low, high = [mp.mpf(x) for x in point], [mp.mpf(x) for x in point]
        low[index] -= step
        high[index] += step
        rise = read(expression, TRUTH, high) - read(expression, TRUTH, low)
        return float(rise / (2 * step))


def make_case(family: str, expression: Expression, point: Point) -> Case | None:
    """The case of that function, or None if something in it is not finite."""
    try:
        value = read(expression, FLOATS, point)
        truth = true_gradient(expression, point)
        gradient = backpropagated(expression, point)
    except (ArithmeticError, ValueError):
        return None
    finite = all(abs(x) < 1e100 for x in (value, *truth, *gradient))
    return Case(family, expression, point, truth, gradient) if finite else None


FACTORS = {
    "sign": -1.0,
    "times 2": 2.0,
    "half": 0.5,
    "zero": 0.0,
    "+0.1%": 1.001,
    "+0.05%": 1.0005,
    "+0.01%": 1.0001,
}


def planted_bugs(case: Case, rng: random.Random) -> Iterator[tuple[str, Point]]:
    """Wrong gradients for a case, with the kind of each.

    One that is within the tolerance of the truth, as twice a zero, is left out.
    """
    for kind, gradient in _candidates(case, rng):
        pairs = list(zip(gradient, case.truth, strict=True))
        if all(math.isfinite(wrong) for wrong in gradient) and any(
            abs(wrong - right) > WRONG * max(abs(wrong), abs(right)) + WRONG_ABSOLUTE
            for wrong, right in pairs
        ):
            yield kind, gradient


def _candidates(case: Case, rng: random.Random) -> Iterator[tuple[str, Point]]:
    chosen = rng.choice(case.used)
    for kind, factor in FACTORS.items():
        yield kind, _replaced(case.gradient, {chosen: factor * case.gradient[chosen]})
    if len(case.used) > 1:
        a, b = rng.sample(case.used, 2)
        found = case.gradient
        yield "operands swapped", _replaced(found, {a: found[b], b: found[a]})
    places = uses(case.expression)
    if len(places) > 1:
        yield "path cut", _without_path(case, rng.randrange(len(places)))


def _replaced(gradient: Point, new: Mapping[int, float]) -> Point:
    return [new.get(index, slope) for index, slope in enumerate(gradient)]


def _without_path(case: Case, place: int) -> Point:
    """The gradient if one use of an input is cut off."""
    indexes = iter(range(len(uses(case.expression))))
    held = len(case.point)

    def cut(expression: Expression) -> Expression:
        if isinstance(expression, int):
            return held if next(indexes) == place else expression
        if isinstance(expression, float):
            return expression
        return (expression[0], *map(cut, expression[1:]))

    original = uses(case.expression)[place]
    return backpropagated(cut(case.expression), case.point, {held: original})
