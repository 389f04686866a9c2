"""A scalar autograd engine that teaches: backpropagation to read, check and see.

>>> from micrograd_nn import Value
>>> x = Value(3.0)
>>> (x**2).backward()
>>> x.grad
6.0
"""

import typing as _typing

from micrograd_nn import randomness as randomness
from micrograd_nn.anomaly import detect_anomaly
from micrograd_nn.engine import Value, apply
from micrograd_nn.functions import (
    log_softmax,
    logsumexp,
    maximum,
    minimum,
    softmax,
    take,
    where,
)
from micrograd_nn.functions import max as max
from micrograd_nn.functions import min as min
from micrograd_nn.functions import sum as sum
from micrograd_nn.gradcheck import assert_gradcheck, gradcheck
from micrograd_nn.gradients import grad, hessian, value_and_grad
from micrograd_nn.learn.fast import fast_mode
from micrograd_nn.op import OPS, Op, register
from micrograd_nn.randomness import seed
from micrograd_nn.recording import no_grad

if _typing.TYPE_CHECKING:
    from micrograd_nn.compiler import compile as compile
    from micrograd_nn.training import History as History
    from micrograd_nn.training import fit as fit

__version__ = "0.1.0"

# Without compile, sum, max and min: `from micrograd_nn import *` must leave the
# built-ins alone.
__all__ = [
    "OPS",
    "Op",
    "Value",
    "apply",
    "assert_gradcheck",
    "detect_anomaly",
    "fast_mode",
    "grad",
    "gradcheck",
    "hessian",
    "log_softmax",
    "logsumexp",
    "maximum",
    "minimum",
    "no_grad",
    "register",
    "seed",
    "softmax",
    "take",
    "value_and_grad",
    "where",
]


def __getattr__(name: str) -> _typing.Any:
    # Only who compiles or trains pays for importing NumPy.
    if name == "compile":
        from micrograd_nn.compiler import compile

        return compile
    if name in ("History", "fit"):
        from micrograd_nn import training

        return getattr(training, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
