"""What happens when a nan or an infinity appears: a warning, or an error on request.

>>> from micrograd_nn import Value, detect_anomaly
>>> with detect_anomaly():
...     Value(1000.0, label="x").exp()
Traceback (most recent call last):
FloatingPointError: exp gave inf: got x=1000.0; expected a finite result.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import TYPE_CHECKING

from micrograd_nn import recording

if TYPE_CHECKING:
    from micrograd_nn.engine import Value
    from micrograd_nn.op import Op

_policy: ContextVar[str] = ContextVar("micrograd_nn_anomaly", default="warn")

NEXT_STEP = "Run it under `with detect_anomaly():` to stop here with a traceback."


@contextmanager
def _policy_of(policy: str) -> Iterator[None]:
    token = _policy.set(policy)
    try:
        yield
    finally:
        _policy.reset(token)


def detect_anomaly() -> AbstractContextManager[None]:
    """A context in which the first op or gradient that is not finite raises.

    Outside it, the same place gives a RuntimeWarning, as NumPy does.

    Raises:
        FloatingPointError: In its body, naming the op, its operands and, in
            `backward()`, the edge of the graph.
    """
    return _policy_of("raise")


def is_detecting() -> bool:
    """Whether this thread or task is inside `detect_anomaly`."""
    return _policy.get() == "raise"


def ignore_anomaly() -> AbstractContextManager[None]:
    """A context in which a nan or an infinity passes without a word."""
    return _policy_of("ignore")


def report_result(op: Op, data: float, operands: Sequence[Value]) -> None:
    """Say that `op` made `data`: an infinity of finite operands, or the first nan."""
    if recording.is_symbolic():  # nan is what all have that depends on an input
        return
    known = math.isnan if math.isnan(data) else _is_not_finite
    if not any(known(operand._data) for operand in operands):
        named = ", ".join(map(describe, operands[:4]))
        named += ", ..." if len(operands) > 4 else ""
        _report(f"{op.name} gave {data}: got {named}; expected a finite result.")


def _is_not_finite(x: float) -> bool:
    return not math.isfinite(x)


def report_edge(node: Value, position: int, partial: float, grad: float) -> None:
    """Say that the product for one operand of `node` is the first not finite."""
    operand = node.operands[position]
    _report(
        f"gradient through {node.op.name} is {partial * grad}: got upstream "
        f"grad={grad}, partial={partial} for operand {position}, {describe(operand)}; "
        "expected a finite product."
    )


def report_leaf(leaf: Value) -> None:
    """Say that what reached `leaf` adds up to a gradient that is not finite."""
    _report(f"gradient of {describe(leaf)} is {leaf.grad}: expected a finite sum.")


def report_gradient(grad: float) -> None:
    """Say that a function of `gradients` found a gradient that is not finite."""
    _report(
        f"gradient is {grad}: got a point where it is not finite; expected another."
    )


def report_line(formula: str, found: object, where: str) -> None:
    """Say that an instruction of a program made a nan or an infinity."""
    _report(
        f"{formula} gave {found}{where}: got finite inputs and parameters; expected a "
        "finite result."
    )


def report_param(value: Value, grad: float) -> None:
    """Say that the gradient of a program for one parameter is not finite."""
    _report(f"gradient of {describe(value)} is {grad}: expected a finite sum.")


def describe(value: Value) -> str:
    """`label=data`, or the data alone: how messages name a Value."""
    return f"{value.label}={value._data!r}" if value.label else repr(value._data)


def _report(message: str) -> None:
    policy = _policy.get()
    if policy == "raise":
        raise FloatingPointError(message)
    if policy == "warn":
        warnings.warn(
            f"{message} {NEXT_STEP}", RuntimeWarning, stacklevel=_user_level()
        )


def _user_level() -> int:
    """The stacklevel of the line that called this package, to show in a warning."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back and _is_ours(frame):
        level, frame = level + 1, frame.f_back
    return level


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("micrograd_nn.")
