"""How other libraries decide whether a gradient is right, restated on plain floats.

Each rule takes a function of a list of floats, a point and a gradient, and says whether
the gradient passes. All have the defaults that the library has for float64.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import numpy as np

Function = Callable[[list[float]], float]
Rule = Callable[[Function, list[float], Sequence[float]], bool]


def _difference(
    f: Function, point: list[float], direction: Sequence[float], step: float
) -> float:
    """(f(x + step * direction) - f(x - step * direction)) / (2 * step)."""
    high = [x + step * d for x, d in zip(point, direction, strict=True)]
    low = [x - step * d for x, d in zip(point, direction, strict=True)]
    return (f(high) - f(low)) / (2.0 * step)


def _axes(count: int) -> list[list[float]]:
    return [[float(i == j) for j in range(count)] for i in range(count)]


def _dot(xs: Sequence[float], ys: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(xs, ys, strict=True))


def pytorch(f: Function, point: list[float], gradient: Sequence[float]) -> bool:
    """torch.autograd.gradcheck of PyTorch 2.13 (torch/autograd/gradcheck.py).

    Each entry of the Jacobian by itself, eps=1e-6, torch.allclose with atol=1e-5 and
    rtol=1e-3 of the numeric one.
    """
    numeric = [_difference(f, point, axis, 1e-6) for axis in _axes(len(point))]
    return all(
        abs(a - n) <= 1e-5 + 1e-3 * abs(n)
        for a, n in zip(gradient, numeric, strict=True)
    )


def jax(f: Function, point: list[float], gradient: Sequence[float]) -> bool:
    """jax.test_util.check_grads of JAX 0.10, order 1 (jax/_src/public_test_util.py).

    Forward, then reverse, each in the direction that RandomState(0) gives, eps=1e-4,
    numpy's assert_allclose with atol=1e-5 and rtol=1e-5 of the numeric one.
    """
    state = np.random.RandomState(0)
    direction = [float(state.randn()) for _ in point]
    cotangent = float(state.randn())
    analytic = _dot(gradient, direction)
    numeric = _difference(f, point, direction, 1e-4)
    return all(
        abs(analytic * scale - numeric * scale) <= 1e-5 + 1e-5 * abs(numeric * scale)
        for scale in (1.0, cotangent)
    )


def hips(rng: random.Random) -> Rule:
    """check_grads of HIPS autograd 1.9, order 1 (autograd/test_util.py).

    Forward and reverse, each in a random direction and times a random number, a step of
    5e-7, |a - b| < 1e-6 or |a - b| / |a + b| < 1e-6.
    """

    def rule(f: Function, point: list[float], gradient: Sequence[float]) -> bool:
        return all(one_mode(f, point, gradient) for _ in ("forward", "reverse"))

    def one_mode(f: Function, point: list[float], gradient: Sequence[float]) -> bool:
        direction = [rng.gauss(0.0, 1.0) for _ in point]
        scale = rng.gauss(0.0, 1.0)
        a = scale * _dot(gradient, direction)
        b = scale * _difference(f, point, direction, 5e-7)
        return abs(a - b) < 1e-6 or abs(a - b) < 1e-6 * abs(a + b)

    return rule


def textbook(f: Function, point: list[float], gradient: Sequence[float]) -> bool:
    """The recipe of courses, as in the notes of Stanford's CS231n ("Gradient checks").

    Each entry by itself, h=1e-5, |a - n| / max(|a|, |n|), here at most 1e-5.
    """
    numeric = [_difference(f, point, axis, 1e-5) for axis in _axes(len(point))]
    return all(
        math.isfinite(n) and abs(a - n) <= 1e-5 * max(abs(a), abs(n))
        for a, n in zip(gradient, numeric, strict=True)
    )
