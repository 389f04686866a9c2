"""The derivative of a function of one number, from its values alone, with its error.

The difference quotient (f(x + h) - f(x - h)) / 2h is wrong by about h² when h is large
and by the rounding of f over h when h is small, and no h is right for every f. So take
a sequence of steps and extrapolate to h = 0 (Ridders, Advances in Engineering Software
4, 1982). An extrapolation is believed as far as its neighbours in the table, and the
quotients at all smaller steps, agree with it.

>>> d = derivative(lambda x: x**3, 2.0)
>>> abs(d.value - 12.0) < d.error < 1e-12
True
>>> tip = derivative(abs, 0.0)
>>> tip.kink, tip.left.value, tip.right.value
(True, -1.0, 1.0)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from micrograd_nn.gradcheck.noise import noise_level
from micrograd_nn.namespaces import FLOAT_ERRORS

EPSILON = sys.float_info.epsilon
SHRINK = 4.0  # each step is a quarter of the one before
COLUMNS = 3  # of the table; more change nothing

Function = Callable[[float], float]


@dataclass(frozen=True)
class Slope:
    """A slope and an estimate of its error: nan and infinity if nothing is known."""

    value: float = math.nan
    error: float = math.inf

    @property
    def known(self) -> bool:
        """Whether anything is."""
        return math.isfinite(self.error)

    def __str__(self) -> str:
        return f"{self.value:.12g} ± {self.error:.1g}" if self.known else "unknown"


@dataclass(frozen=True)
class Derivative(Slope):
    """The derivative of `f` at `x`, as far as the values of `f` show it.

    Attributes:
        left: The slope from below.
        right: The slope from above.
        kink: Whether both are known and differ; `value` is then between them.
        edge: Whether `f` is defined on one side only; `value` is the slope there.
        height: f(x).
        noise: The size of the rounding errors in `f`; see `noise_level`.
    """

    left: Slope = Slope()
    right: Slope = Slope()
    kink: bool = False
    edge: bool = False
    height: float = math.nan
    noise: float = 0.0


@dataclass(frozen=True)
class Quotient:
    """A difference quotient: its step, its value, and what rounding may add to it."""

    step: float
    value: float
    rounding: float


def derivative(f: Function, x: float) -> Derivative:
    """The derivative of `f` at `x`, from about 70 values of `f`.

    Args:
        f: A function of one float. It is not defined where it raises ArithmeticError or
            ValueError or gives nan or an infinity.
        x: The point. The steps from it go from a quarter of max(1, |x|) down to about
            1,000 times the rounding of x.
    """
    f = _total(f)
    height, noise, steps = f(x), noise_level(f, x), _steps(x)
    above, below = [f(x + h) for h in steps], [f(x - h) for h in steps]
    if _is_unresolved(noise, above + below):
        return Derivative(height=height, noise=noise)
    here = [height] * len(steps)
    center = _limit(_quotients(steps, above, below, 2.0, noise), power=2)
    left = _limit(_quotients(steps, here, below, 1.0, noise), power=1)
    right = _limit(_quotients(steps, above, here, 1.0, noise), power=1)
    kink = _differ(left, right)
    edge = math.isfinite(above[-1]) != math.isfinite(below[-1])
    best = center if kink else _best(center, left, right, edge)
    return Derivative(best.value, best.error, left, right, kink, edge, height, noise)


def _total(f: Function) -> Function:
    def total(x: float) -> float:
        try:
            return f(x)
        except FLOAT_ERRORS:
            return math.nan

    return total


def _steps(x: float) -> list[float]:
    """Steps h, the largest first; those below |x| so that x + h and x - h are exact."""
    size = abs(x)
    h = 0.25 * max(1.0, size)
    steps = []
    while h > 1000.0 * EPSILON * (size or 1e-6):
        steps.append((size + h) - size)
        h /= SHRINK
    return steps


def _is_unresolved(noise: float, values: Sequence[float]) -> bool:
    # As sin(1e9 * x) at x = 1: it swings too fast to be told from noise.
    sizes = [abs(value) for value in values if math.isfinite(value)]
    return noise > 0.01 * max(sizes, default=0.0)


def _quotients(
    steps: Sequence[float],
    highs: Sequence[float],
    lows: Sequence[float],
    width: float,
    noise: float,
) -> list[Quotient]:
    """The quotients over `width` steps each; one that leaves the domain is skipped."""
    quotients = [
        Quotient(
            step,
            value=(high - low) / (width * step),
            rounding=(2.0 * EPSILON * max(abs(high), abs(low)) + 3.0 * noise) / step,
        )
        for step, high, low in zip(steps, highs, lows, strict=True)
    ]
    return [quotient for quotient in quotients if math.isfinite(quotient.value)]


def _limit(quotients: list[Quotient], power: int) -> Slope:
    """The quotients' limit at step 0, if their error is a series in step**power."""
    for error, row, value in sorted(_extrapolations(quotients, power)):
        if _is_confirmed(value, error, quotients[row:], power):
            return Slope(value, error)
    return Slope()


def _extrapolations(
    quotients: list[Quotient], power: int
) -> Iterator[tuple[float, int, float]]:
    """Neville's table, as (error, row, value) of every extrapolation in it."""
    above: list[float] = []
    for row, quotient in enumerate(quotients):
        current = [quotient.value]
        for column in range(1, min(row, COLUMNS) + 1):
            ratio = (quotients[row - column].step / quotient.step) ** power
            change = (current[-1] - above[column - 1]) / (ratio - 1.0)
            current.append(current[-1] + change)
            distance = max(abs(change), abs(current[-1] - above[column - 1]))
            error = distance + quotient.rounding
            if math.isfinite(error):
                yield error, row, current[-1]
        above = current


def _is_confirmed(
    value: float, error: float, quotients: list[Quotient], power: int
) -> bool:
    """Whether the smaller steps come as near to `value` as rounding and power allow."""
    first, *smaller = quotients
    distance = 2.0 * abs(first.value - value)
    return all(
        abs(quotient.value - value)
        <= error
        + 2.0 * quotient.rounding
        + distance * (quotient.step / first.step) ** power
        for quotient in smaller
    )


def _differ(left: Slope, right: Slope) -> bool:
    difference = abs(left.value - right.value)
    size = max(abs(left.value), abs(right.value))
    return difference > max(20.0 * (left.error + right.error), 1e-6 * size)


def _best(center: Slope, left: Slope, right: Slope, edge: bool) -> Slope:
    """The slope to believe where there is no kink: mostly the central one."""
    if edge:
        return min(left, right, key=lambda slope: slope.error)
    # A kink not far away hides the slope on its own side, but not on the other.
    slopes = sorted((center, left, right), key=lambda slope: slope.error)
    return slopes[0] if slopes[-1].error <= 1e-3 * abs(center.value) else center
