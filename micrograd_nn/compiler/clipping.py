"""Clipping for compiled training: the whole gradient at once, in place.

>>> grad = np.array([30.0, -40.0])
>>> clipped(max_norm=1.0)(grad)
>>> grad.round(3).tolist()
[0.6, -0.8]
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.optim.clipping import clip_factor
from micrograd_nn.ranges import in_range

Floats = NDArray[np.float64]


def clipped(
    max_norm: float | None = None, clip_value: float | None = None
) -> Callable[[Floats], None] | None:
    """A function that clips an array as `optim.clip_grad_norm_` or `..._value_` does.

    Args:
        max_norm: The largest norm; or
        clip_value: The largest size of a single number. None of both: no function.

    Raises:
        TypeError: If one is not a number.
        ValueError: If one is below 0, or both are given.
    """
    if max_norm is not None and clip_value is not None:
        raise ValueError(
            f"clip in one way: got clip_norm={max_norm!r} and "
            f"clip_value={clip_value!r}; expected one of them. The norm keeps the "
            "direction of the gradient."
        )
    if max_norm is not None:
        longest = in_range(max_norm, "clip_norm", ends="[]")
        return lambda grad: _clip_norm(grad, longest)
    if clip_value is not None:
        most = in_range(clip_value, "clip_value", ends="[]")
        return lambda grad: _clip_value(grad, most)
    return None


def _clip_norm(grad: Floats, max_norm: float) -> None:
    np.multiply(grad, clip_factor(_norm(grad), max_norm), grad)


def _clip_value(grad: Floats, most: float) -> None:
    np.clip(grad, -most, most, grad)


def _norm(grad: Floats) -> float:
    norm = math.sqrt(float(grad.dot(grad)))
    largest = float(np.abs(grad).max(initial=0.0))
    if norm < math.inf or not largest < math.inf:
        return norm
    return float(np.linalg.norm(grad / largest)) * largest  # the squares overflow
