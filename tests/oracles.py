"""What every op should give, told by mpmath at 50 digits, and what counts as close.

`TRUTHS` is keyed by the name of an op. Each function takes the op's params, then its
operands. The formulas are meant to be other ones than those of `ops.py`.
"""

import dataclasses
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from mpmath import mp

from micrograd_nn.namespaces import read_floats
from micrograd_nn.op import Op

EPSILON = sys.float_info.epsilon
SUBNORMAL = 2.0**-1074
DIGITS = 50


@dataclass(frozen=True)
class Truth:
    """The value and the partials of an op, and where they are what they say."""

    value: Callable[..., Any]
    partials: tuple[Callable[..., Any], ...]
    smooth: Callable[..., bool] = lambda *operands: True
    symmetric: bool = True  # or the partial of an n-ary op takes a position first


def _sech2(x):
    return 1 / mp.cosh(x) ** 2


def _gauss(x):
    return mp.exp(-x * x)


def _choice(pick, other):
    """`max` or `min` of two or more: what is picked has the partial 1."""
    return Truth(
        lambda *xs: pick(xs),
        (lambda *xs: mp.mpf(xs[0] == pick(xs)), lambda *xs: mp.mpf(xs[1] == pick(xs))),
        smooth=lambda *xs: len(set(xs)) == len(xs),
    )


def _power(x, n):
    return x**n if x or n > 0 else mp.mpf(n == 0)


TRUTHS = {
    "+": Truth(lambda a, b: a + b, (lambda a, b: 1, lambda a, b: 1)),
    "-": Truth(lambda a, b: a - b, (lambda a, b: 1, lambda a, b: -1)),
    "*": Truth(lambda a, b: a * b, (lambda a, b: b, lambda a, b: a)),
    "/": Truth(
        lambda a, b: a / b,
        (lambda a, b: 1 / b, lambda a, b: -a / (b * b)),
        smooth=lambda a, b: b != 0,
    ),
    "**": Truth(
        lambda a, b: _power(a, b),
        (
            lambda a, b: b * _power(a, b - 1) if b else 0,
            lambda a, b: _power(a, b) * mp.log(a) if a > 0 else 0 if not a else mp.nan,
        ),
        smooth=lambda a, b: a > 0 or (b == int(b) and (a != 0 or b > 1)),
    ),
    "power": Truth(
        lambda n, x: _power(x, n),
        (lambda n, x: n * _power(x, n - 1) if n else 0,),
        smooth=lambda n, x: x > 0 or (n == int(n) and (x != 0 or n >= 0)),
    ),
    "neg": Truth(lambda x: -x, (lambda x: -1,)),
    "abs": Truth(abs, (mp.sign,), smooth=lambda x: x != 0),
    "identity": Truth(lambda x: x, (lambda x: 1,)),
    "exp": Truth(mp.exp, (mp.exp,)),
    "log": Truth(mp.log, (lambda x: 1 / x,), smooth=lambda x: x > 0),
    "log1p": Truth(mp.log1p, (lambda x: 1 / (1 + x),), smooth=lambda x: x > -1),
    "expm1": Truth(mp.expm1, (mp.exp,)),
    "sqrt": Truth(mp.sqrt, (lambda x: x ** mp.mpf(-0.5) / 2,), smooth=lambda x: x > 0),
    "sin": Truth(mp.sin, (mp.cos,)),
    "cos": Truth(mp.cos, (lambda x: -mp.sin(x),)),
    "tan": Truth(mp.tan, (lambda x: mp.sec(x) ** 2,)),
    "atan": Truth(mp.atan, (lambda x: 1 / (1 + x * x),)),
    "tanh": Truth(mp.tanh, (_sech2,)),
    "sigmoid": Truth(lambda x: 1 / (1 + mp.exp(-x)), (lambda x: _sech2(x / 2) / 4,)),
    "relu": Truth(
        lambda x: max(x, mp.mpf(0)),
        (lambda x: mp.mpf(x > 0),),
        smooth=lambda x: x != 0,
    ),
    "leaky_relu": Truth(
        lambda slope, x: x if x > 0 else slope * x,
        (lambda slope, x: 1 if x > 0 else slope,),
        smooth=lambda slope, x: x != 0,
    ),
    "elu": Truth(
        lambda alpha, x: x if x > 0 else alpha * mp.expm1(x),
        (lambda alpha, x: 1 if x > 0 else alpha * mp.exp(x),),
        smooth=lambda alpha, x: x != 0,
    ),
    "gelu": Truth(
        lambda x: x * mp.ncdf(x),
        (lambda x: mp.ncdf(x) + x * mp.npdf(x),),
    ),
    "silu": Truth(
        lambda x: x / (1 + mp.exp(-x)),
        (lambda x: 1 / (1 + mp.exp(-x)) + x * _sech2(x / 2) / 4,),
    ),
    "softplus": Truth(lambda x: mp.log1p(mp.exp(x)), (lambda x: 1 / (1 + mp.exp(-x)),)),
    "erf": Truth(mp.erf, (lambda x: 2 / mp.sqrt(mp.pi) * _gauss(x),)),
    "erfc": Truth(mp.erfc, (lambda x: -2 / mp.sqrt(mp.pi) * _gauss(x),)),
    "maximum": _choice(max, min),
    "minimum": _choice(min, max),
    "sum": Truth(lambda *xs: mp.fsum(xs), (lambda *xs: 1,)),
    "max": _choice(max, min),
    "min": _choice(min, max),
    "logsumexp": Truth(
        lambda *xs: mp.log(mp.fsum(map(mp.exp, xs))),
        (lambda *xs: mp.exp(xs[0]) / mp.fsum(map(mp.exp, xs)),),
    ),
    "pick": Truth(
        lambda index, *xs: xs[int(index)],
        (lambda index, position, *xs: int(index == position),),
        symmetric=False,
    ),
}

UNARY_POINTS = [
    *(0.0, 1.0, -1.0, 1e-300, -1e-300, 1e-9, -1e-9, 0.3, -0.3, 2.5, -2.5),
    *(5.5, -5.5, 18.0, -18.0, 20.5, -30.0, 1000.0, -1000.0),
]
BINARY_POINTS = [
    *((1.5, -2.0), (-2.5, 3.0), (0.3, 2.5), (0.5, 1.0), (0.0, 3.0), (3.0, 0.0)),
    *((1.0, 1000.0), (1000.0, -3.0), (-1000.0, 0.25), (1e-300, 2.0), (2.0, 1e-300)),
    *((-1e-300, 1.0), (1.0, -1e-300), (1000.0, 1000.5), (2.0, 1000.0), (0.5, -1.0)),
]
NARY_POINTS = [
    *((0.3,), (1.0, -2.0, 3.0), (3.0, 1.0, -2.0), (20.5, 20.0), (-1.5, -0.5)),
    *((1000.0, 1e-300, -1000.0), (-1000.0, -1001.5), (0.1, 0.2, 0.30001, -0.6)),
]


def truth_of(op: Op) -> Truth:
    """The truth about `op`, whose functions take the operands alone.

    Raises:
        AssertionError: If nobody has written it down.
    """
    assert op.name in TRUTHS, (
        f"no truth for op {op.name!r}: add its value and partials, in mpmath, to "
        "TRUTHS in tests/oracles.py"
    )
    truth = TRUTHS[op.name]
    params = [mp.mpf(param) for param in op.params]

    def with_params(function):
        return lambda *operands: function(*params, *operands)

    return dataclasses.replace(
        truth,
        value=with_params(truth.value),
        partials=tuple(map(with_params, truth.partials)),
        smooth=with_params(truth.smooth),
    )


def partial_at(op: Op, position: int) -> Callable[..., Any]:
    """The true partial for the operand at `position`."""
    truth = truth_of(op)
    if not op.nary:
        return truth.partials[position]
    first = truth.partials[0]
    if not truth.symmetric:
        return lambda *xs: first(position, *xs)
    return lambda *xs: first(xs[position], *xs[:position], *xs[position + 1 :])


def points_of(op: Op) -> list[tuple[float, ...]]:
    """Where to look at `op`: on both sides of kinks, at 0 and 1, far out and far in."""
    smooth = truth_of(op).smooth
    if op.nary:
        points = NARY_POINTS
    elif len(op.partials) == 2:
        points = BINARY_POINTS
    else:
        points = [(x,) for x in UNARY_POINTS]
    return [point for point in points if smooth(*point)]


def check(op: Op) -> None:
    """Assert that the value and every partial of `op` are true at all its points."""
    for point in points_of(op):
        known = _known(op, point)
        for name, got, (exact, slack) in zip(
            ("value", *map("partial {}".format, range(len(point)))),
            _computed(op, point),
            known,
            strict=True,
        ):
            assert _is_close(got, exact, slack), (
                f"{name} of {op!r} at {point}: got {got!r}, truth {mp.nstr(exact, 20)}"
            )


def _computed(op: Op, point: Sequence[float]) -> list[float]:
    if op.nary:
        value = read_floats(op.forward, list(point))
        return [value, *read_floats(op.partials[0], value, list(point))]
    value = read_floats(op.forward, *point)
    return [value, *(read_floats(partial, value, *point) for partial in op.partials)]


@cache
def _known(op: Op, point: tuple[float, ...]) -> list[tuple[Any, Any]]:
    """The value and the partials at `point`, each with what rounding may cost."""
    truth = truth_of(op)
    partials = [partial_at(op, i) for i in range(len(point))]
    with mp.workdps(DIGITS):
        numbers = [mp.mpf(x) for x in point]
        return [
            (mp.mpf(quantity(*numbers)), _slack(quantity, numbers))
            for quantity in (truth.value, *partials)
        ]


def _slack(quantity: Callable[..., Any], numbers: list[Any]) -> Any:
    """What an error of 4 ulp in the operands does to `quantity`."""
    total = mp.mpf(0)
    for position, x in enumerate(numbers):
        if x:
            step = abs(x) * mp.mpf(10) ** -20
            ends = [
                quantity(*numbers[:position], x + h, *numbers[position + 1 :])
                for h in (-step, step)
            ]
            total += abs(x * (ends[1] - ends[0]) / (2 * step))
    return 4 * EPSILON * total


def _is_close(got: float, exact: Any, slack: Any) -> bool:
    """Whether `got` is within 1e-12 of the truth, and what rounding may cost."""
    if mp.isnan(exact):
        return math.isnan(got)
    if abs(exact) > sys.float_info.max:
        return got == math.copysign(math.inf, exact)
    if not math.isfinite(got):
        return False
    with mp.workdps(DIGITS):
        allowed = abs(exact) * mp.mpf(1e-12) + (slack if mp.isfinite(slack) else 0)
        return abs(got - exact) <= allowed + 2 * SUBNORMAL
