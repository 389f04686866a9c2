"""Clipping: gradients made smaller after `backward()`, before `optimizer.step()`.

Where a loss has cliffs, as those of recurrent nets do, one step along a huge gradient
throws the parameters far off (Pascanu, Mikolov and Bengio, 2013).

>>> a, b = Value(1.0), Value(1.0)
>>> a.grad, b.grad = 30.0, 40.0
>>> norm = clip_grad_norm_([a, b], max_norm=1.0)
>>> norm, round(a.grad, 3), round(b.grad, 3)
(50.0, 0.6, 0.8)
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from micrograd_nn.engine import Value
from micrograd_nn.numbers import as_number, shortened
from micrograd_nn.ranges import in_range


def clip_grad_norm_(
    parameters: Value | Iterable[Value],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """The norm that the gradient had; now it is `max_norm` at most, its direction kept.

    Args:
        parameters: Values. Those with a grad of None are left alone.
        max_norm: The largest norm, from 0 up.
        norm_type: Which norm: 2 for the length, 1 for the sum, inf for the largest.
        error_if_nonfinite: Whether to refuse a norm that is inf or nan.

    Raises:
        TypeError: If there is no list of Values, or a grad is no number.
        ValueError: If `max_norm` or `norm_type` is out of range.
        RuntimeError: If the norm is not finite, and it should be. Nothing has changed.

    >>> w = Value(2.0)
    >>> w.grad = -0.25
    >>> clip_grad_norm_(w, max_norm=1.0), w.grad
    (0.25, -0.25)
    """
    most = in_range(max_norm, "max_norm", ends="[]")
    power = in_range(norm_type, "norm_type", ends="(]")
    clipped = _with_grads(parameters)
    grads = [as_number(value.grad, "grad") for value in clipped]
    norm = _norm(grads, power)
    if error_if_nonfinite and not math.isfinite(norm):
        raise RuntimeError(
            f"the gradient is not finite: got a norm of {norm} over {len(grads)} "
            "parameters; expected a number. Use a smaller learning rate, or find where "
            "it starts with detect_anomaly()."
        )
    factor = clip_factor(norm, most)
    for value, grad in zip(clipped, grads, strict=True):
        value.grad = grad * factor
    return norm


def clip_grad_value_(parameters: Value | Iterable[Value], clip_value: float) -> None:
    """Bring every grad into the range of ±clip_value, which may turn the direction.

    Args:
        parameters: Values. Those with a grad of None are left alone.
        clip_value: The largest size, from 0 up.

    Raises:
        TypeError: If there is no list of Values, or a grad is no number.
        ValueError: If `clip_value` is below 0.

    >>> w = Value(2.0)
    >>> w.grad = -30.0
    >>> clip_grad_value_([w], 5.0)
    >>> w.grad
    -5.0
    """
    most = in_range(clip_value, "clip_value", ends="[]")
    clipped = _with_grads(parameters)
    grads = [as_number(value.grad, "grad") for value in clipped]
    for value, grad in zip(clipped, grads, strict=True):
        value.grad = min(max(grad, -most), most)  # a nan stays: it comes first


def clip_factor(norm: float, max_norm: float) -> float:
    """What a gradient of that norm is multiplied by, at most 1.

    >>> round(clip_factor(50.0, 1.0), 6), clip_factor(0.5, 1.0)
    (0.02, 1.0)
    """
    factor = max_norm / (norm + 1e-6)  # as in PyTorch, for a norm of 0
    return min(1.0, factor) if factor == factor else factor


def _norm(grads: list[float], power: float) -> float:
    if not all(map(math.isfinite, grads)):
        return math.nan if any(map(math.isnan, grads)) else math.inf
    if power == 2.0:
        return math.hypot(*grads)
    sizes = list(map(abs, grads))
    largest = max(sizes, default=0.0)
    if power == math.inf or not largest:
        return largest
    # Over the largest, so that no power overflows.
    total = math.fsum((x / largest) ** power for x in sizes)
    return largest * math.pow(total, 1.0 / power)


def _with_grads(parameters: Value | Iterable[Value]) -> list[Value]:
    listed = [parameters] if isinstance(parameters, Value) else parameters
    if not isinstance(listed, Iterable):
        raise TypeError(_refusal("parameters", parameters))
    found = list(listed)
    for i, value in enumerate(found):
        if not isinstance(value, Value):
            raise TypeError(_refusal(f"parameters[{i}]", value))
    return [value for value in found if value.grad is not None]


def _refusal(name: str, given: object) -> str:
    return (
        f"not a parameter: got {name}={shortened(given)} ({type(given).__name__}); "
        "expected Values. Pass model.parameters()."
    )
