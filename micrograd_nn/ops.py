"""Every op, once: what it computes and the partial derivative for each operand.

The engine reads these formulas with floats, higher derivatives with Values, the
visualizer as text, the compiler with arrays (see `namespaces`); so a new op is one
record here and one line on `Value`.

>>> print(TANH.formula("x"), "and", MUL.rule(0, "a", "b"))
tanh(x) and b

The formulas are those of any table of derivatives; what they give at the edges (0**0,
ties, infinities) is decided in docs/design/0002-numeric-edges.md.
"""

from __future__ import annotations

import math
from typing import Any

from micrograd_nn.op import POSITIVE, REAL, Op, family, listed, register
from micrograd_nn.stable import (
    logsumexp,
    normal_cdf,
    normal_density,
    sigmoid,
    sigmoid_slope,
    softmax,
    tanh_slope,
)

SMALLEST = 2.0**-1022  # of the normal floats; 1 / SMALLEST is finite

# Arithmetic ---------------------------------------------------------------------------

ADD = register(
    Op(
        "+",
        forward=lambda xp, a, b: a + b,
        partials=(lambda xp, y, a, b: 1.0, lambda xp, y, a, b: 1.0),
        domain=(REAL, REAL),
    )
)

SUB = register(
    Op(
        "-",
        forward=lambda xp, a, b: a - b,
        partials=(lambda xp, y, a, b: 1.0, lambda xp, y, a, b: -1.0),
        domain=(REAL, REAL),
    )
)

MUL = register(
    Op(
        "*",
        forward=lambda xp, a, b: a * b,
        partials=(lambda xp, y, a, b: b, lambda xp, y, a, b: a),
        domain=(REAL, REAL),
    )
)

DIV = register(
    Op(
        "/",
        forward=lambda xp, a, b: a / b,
        partials=(lambda xp, y, a, b: 1.0 / b, lambda xp, y, a, b: -y / b),
        domain=(REAL, POSITIVE),
    )
)


def _flat(xp: Any, a: Any, b: Any) -> Any:
    # a**0 is 1 for every a, 0 and nan included: the factor 0 wins over a**-1.
    return xp.equal(b, 0.0) * (1.0 - (abs(a) >= SMALLEST))


def _log_base(xp: Any, a: Any, b: Any) -> Any:
    # 0**b is flat in b for b >= 0: the factor 0 wins over log(0).
    return xp.log(xp.where(xp.equal(a, 0.0) * (b >= 0.0), 1.0, a))


POW = register(
    Op(
        "**",
        forward=lambda xp, a, b: xp.pow(a, b),
        partials=(
            lambda xp, y, a, b: xp.where(_flat(xp, a, b), 0.0, b * xp.pow(a, b - 1.0)),
            lambda xp, y, a, b: y * _log_base(xp, a, b),
        ),
        domain=(POSITIVE, REAL),
        textbook={
            "partials": (
                lambda xp, y, a, b: b * xp.pow(a, b - 1.0),
                lambda xp, y, a, b: y * xp.log(a),
            )
        },
    )
)


@family
def power(exponent: float) -> Op:
    """`x**exponent` for a fixed exponent, whose own partial is never asked for."""
    if exponent == 0.0:
        return _zeroth_power(exponent)
    return Op(
        "power",
        forward=lambda xp, x: xp.pow(x, exponent),
        partials=(lambda xp, y, x: exponent * xp.pow(x, exponent - 1.0),),
        symbol=f"**{exponent:.16g}",
        params=(exponent,),
        domain=(REAL if exponent.is_integer() and exponent >= 0.0 else POSITIVE,),
    )


def _zeroth_power(exponent: float) -> Op:
    return Op(
        "power",
        forward=lambda xp, x: xp.pow(x, exponent),
        partials=(lambda xp, y, x: 0.0,),  # at 0 and nan too
        symbol="**0",
        params=(exponent,),
    )


for _exponent in (-1.0, 0.0, 0.5, 2.0, 3.0):
    register(power(_exponent))

NEG = register(
    Op(
        "neg",
        forward=lambda xp, x: -x,
        partials=(lambda xp, y, x: -1.0,),
        symbol="-",
    )
)

ABS = register(
    Op(
        "abs",
        forward=lambda xp, x: abs(x),
        partials=(lambda xp, y, x: xp.sign(x),),
        kinks=(0.0,),
    )
)

IDENTITY = register(
    Op("identity", lambda xp, x: x, partials=(lambda xp, y, x: 1.0,), symbol="=")
)

# Exponentials and logarithms ----------------------------------------------------------

EXP = register(
    Op("exp", forward=lambda xp, x: xp.exp(x), partials=(lambda xp, y, x: y,))
)

LOG = register(
    Op(
        "log",
        forward=lambda xp, x: xp.log(x),
        # 1/x where log is defined, nan where it is not.
        partials=(lambda xp, y, x: xp.where(x >= 0.0, 1.0 / x, y),),
        domain=(POSITIVE,),
        textbook={"partials": (lambda xp, y, x: 1.0 / x,)},
    )
)

LOG1P = register(
    Op(
        "log1p",
        forward=lambda xp, x: xp.log1p(x),
        partials=(lambda xp, y, x: xp.where(x >= -1.0, 1.0 / (1.0 + x), y),),
        domain=((-0.9, 4.0),),
        textbook={"partials": (lambda xp, y, x: 1.0 / (1.0 + x),)},
    )
)

EXPM1 = register(
    Op(
        "expm1",
        forward=lambda xp, x: xp.expm1(x),
        partials=(lambda xp, y, x: xp.exp(x),),  # y + 1 would lose exp(-40)
    )
)

SQRT = register(
    Op(
        "sqrt",
        forward=lambda xp, x: xp.sqrt(x),
        partials=(lambda xp, y, x: 0.5 / y,),
        domain=(POSITIVE,),
    )
)

# Trigonometry -------------------------------------------------------------------------

SIN = register(
    Op("sin", forward=lambda xp, x: xp.sin(x), partials=(lambda xp, y, x: xp.cos(x),))
)

COS = register(
    Op("cos", forward=lambda xp, x: xp.cos(x), partials=(lambda xp, y, x: -xp.sin(x),))
)

TAN = register(
    Op(
        "tan",
        forward=lambda xp, x: xp.tan(x),
        partials=(lambda xp, y, x: 1.0 + y * y,),
        domain=((-1.4, 1.4),),
    )
)

ATAN = register(
    Op(
        "atan",
        forward=lambda xp, x: xp.atan(x),
        partials=(lambda xp, y, x: 1.0 / (1.0 + x * x),),
    )
)

# Activations --------------------------------------------------------------------------


TANH = register(
    Op(
        "tanh",
        forward=lambda xp, x: xp.tanh(x),
        partials=(lambda xp, y, x: tanh_slope(xp, x),),
        textbook={"partials": (lambda xp, y, x: 1.0 - y * y,)},
    )
)

SIGMOID = register(
    Op(
        "sigmoid",
        forward=sigmoid,
        partials=(lambda xp, y, x: sigmoid_slope(xp, x),),
        textbook={
            "forward": lambda xp, x: 1.0 / (1.0 + xp.exp(-x)),
            "partials": (lambda xp, y, x: y * (1.0 - y),),
        },
    )
)

RELU = register(
    Op(
        "relu",
        forward=lambda xp, x: xp.maximum(x, 0.0),
        partials=(lambda xp, y, x: xp.step(x),),
        symbol="ReLU",
        kinks=(0.0,),
    )
)


@family
def leaky_relu(negative_slope: float) -> Op:
    """`x` above zero, `negative_slope * x` beneath (Maas, Hannun and Ng, 2013)."""
    return Op(
        "leaky_relu",
        forward=lambda xp, x: xp.where(x > 0.0, x, negative_slope * x),
        partials=(lambda xp, y, x: xp.step(x, negative_slope),),
        params=(negative_slope,),
        kinks=(0.0,),
    )


@family
def elu(alpha: float) -> Op:
    """`x` above zero, `alpha * (exp(x) - 1)` beneath (Clevert et al., 2015)."""
    return Op(
        "elu",
        forward=lambda xp, x: xp.where(
            x > 0.0, x, alpha * xp.expm1(xp.minimum(x, 0.0))
        ),
        partials=(
            lambda xp, y, x: xp.where(x > 0.0, 1.0, alpha * xp.exp(xp.minimum(x, 0.0))),
        ),
        params=(alpha,),
        kinks=() if alpha == 1.0 else (0.0,),
        textbook={
            "forward": lambda xp, x: xp.where(x > 0.0, x, alpha * (xp.exp(x) - 1.0)),
            "partials": (lambda xp, y, x: xp.where(x > 0.0, 1.0, y + alpha),),
        },
    )


register(leaky_relu(0.01))
register(elu(1.0))
register(elu(0.5))


GELU = register(
    Op(
        "gelu",  # x times the normal distribution function (Hendrycks and Gimpel, 2016)
        forward=lambda xp, x: x * normal_cdf(xp, x),
        partials=(lambda xp, y, x: normal_cdf(xp, x) + x * normal_density(xp, x),),
    )
)

SILU = register(
    Op(
        "silu",  # x * sigmoid(x) (Elfwing, Uchibe and Doya, 2017)
        forward=lambda xp, x: x * sigmoid(xp, x),
        partials=(lambda xp, y, x: sigmoid(xp, x) + x * sigmoid_slope(xp, x),),
        textbook={
            "forward": lambda xp, x: x / (1.0 + xp.exp(-x)),
            "partials": (lambda xp, y, x: y + (1.0 - y) / (1.0 + xp.exp(-x)),),
        },
    )
)

SOFTPLUS = register(
    Op(
        "softplus",
        forward=lambda xp, x: xp.maximum(x, 0.0) + xp.log1p(xp.exp(-abs(x))),
        partials=(lambda xp, y, x: sigmoid(xp, x),),
        textbook={
            "forward": lambda xp, x: xp.log(1.0 + xp.exp(x)),
            "partials": (lambda xp, y, x: 1.0 / (1.0 + xp.exp(-x)),),
        },
    )
)

ERF = register(
    Op(
        "erf",
        forward=lambda xp, x: xp.erf(x),
        partials=(lambda xp, y, x: 2.0 / math.sqrt(math.pi) * xp.exp(-x * x),),
    )
)

ERFC = register(
    Op(
        "erfc",
        forward=lambda xp, x: xp.erfc(x),
        partials=(lambda xp, y, x: -2.0 / math.sqrt(math.pi) * xp.exp(-x * x),),
    )
)

# Choices ------------------------------------------------------------------------------


def _share(xp: Any, a: Any, b: Any) -> Any:
    """How much of max(a, b) is a: one half in a tie."""
    return xp.where(xp.equal(a, b), 0.5, xp.step(a - b))


MAXIMUM = register(
    Op(
        "maximum",
        forward=lambda xp, a, b: xp.maximum(a, b),
        partials=(
            lambda xp, y, a, b: _share(xp, a, b),
            lambda xp, y, a, b: _share(xp, b, a),
        ),
        domain=(REAL, REAL),
    )
)

MINIMUM = register(
    Op(
        "minimum",
        forward=lambda xp, a, b: xp.minimum(a, b),
        partials=(
            lambda xp, y, a, b: _share(xp, b, a),
            lambda xp, y, a, b: _share(xp, a, b),
        ),
        domain=(REAL, REAL),
    )
)

# Ops over a sequence ------------------------------------------------------------------


def _hit_share(xp: Any, y: Any, xs: Any) -> Any:
    hits = xp.each(lambda x: xp.equal(x, y), xs)
    return xp.each(lambda hit: hit / xp.sum(hits), hits)


def _shares(xp: Any, y: Any, xs: Any) -> Any:
    """1/n for each of the n operands that equal the output `y`."""
    hits = xp.each(lambda x: xp.equal(x, y), xs)
    ties = xp.maximum(xp.sum(hits), 1.0)  # a nan equals nothing, itself included
    return xp.each(lambda hit: xp.where(xp.equal(y, y), hit / ties, y), hits)


SUM = register(
    Op(
        "sum",
        forward=lambda xp, xs: xp.sum(xs),
        partials=(lambda xp, y, xs: xp.each(lambda x: 1.0, xs),),
        nary=True,
        pad=0.0,
    )
)

MAX = register(
    Op(
        "max",
        forward=lambda xp, xs: xp.max(xs),
        partials=(_shares,),
        nary=True,
        pad=-math.inf,
        textbook={"partials": (_hit_share,)},
    )
)

MIN = register(
    Op(
        "min",
        forward=lambda xp, xs: xp.min(xs),
        partials=(_shares,),
        nary=True,
        pad=math.inf,
        textbook={"partials": (_hit_share,)},
    )
)


LOGSUMEXP = register(
    Op(
        "logsumexp",
        logsumexp,
        partials=(softmax,),
        nary=True,
        pad=-math.inf,
        textbook={
            "forward": lambda xp, xs: xp.log(xp.sum(xp.each(xp.exp, xs))),
            "partials": (lambda xp, y, xs: xp.each(lambda x: xp.exp(x - y), xs),),
        },
    )
)


@listed
def pick(index: Any) -> Op:
    """The operand at `index`: a whole number, or an input that stands for one."""
    return Op(
        "pick",
        forward=lambda xp, xs: xp.pick(xs, index),
        partials=(lambda xp, y, xs: xp.one_hot(xs, index),),
        params=(index,),
        nary=True,
    )


register(pick(0))
