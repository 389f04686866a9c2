"""When a program makes a nan or an infinity: a warning or an error, as in eager mode.

>>> from micrograd_nn import compile, detect_anomaly
>>> program = compile(lambda x: (x - 1.0).log())
>>> with detect_anomaly():
...     program([3.0, 1.0])
Traceback (most recent call last):
FloatingPointError: h2 = log(h1) gave -inf in example 1: got finite inputs and ...
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.anomaly import report_line, report_param
from micrograd_nn.compiler.describe import formulas
from micrograd_nn.compiler.interpreter import Interpreter
from micrograd_nn.compiler.plan import Plan

if TYPE_CHECKING:
    from micrograd_nn.compiler.running import Compiled

Floats = NDArray[np.float64]


def report_run(
    compiled: Compiled, V: Floats, inputs: Sequence[NDArray[Any]], backward: bool
) -> None:
    """Say where a run gave the first nan or infinity: in a number, or in a gradient.

    Nothing is said if one of the inputs or parameters was one already.

    Args:
        compiled: What ran.
        V: The numbers that differ from example to example.
        inputs: The inputs of the run.
        backward: Whether it found a gradient too.
    """
    plan = compiled.plan
    leaves = compiled.U[: len(plan.layout.params)]
    if not all(np.isfinite(array).all() for array in (leaves, *inputs)):
        return
    if isinstance(plan, Interpreter):
        found = plan.first_not_finite()
    else:
        found = _first(plan, compiled.U, V, compiled.names)
    if found:
        report_line(*found)
    elif backward:
        _report_gradient(compiled)


def _first(
    plan: Plan, U: Floats, V: Floats, names: list[str]
) -> tuple[str, float, str] | None:
    """The first instruction that gave a nan or an infinity, that, and the example."""
    for i, instruction in enumerate(plan.instructions):
        block = instruction.block
        rows = (V if block.group.batched else U)[block.start :][: block.size]
        wrong = np.argwhere(~np.isfinite(rows))
        if len(wrong):
            where = f" in example {wrong[0][1]}" if block.group.batched else ""
            return formulas(plan, names)[i], float(rows[tuple(wrong[0])]), where
    return None


def _report_gradient(compiled: Compiled) -> None:
    for place in np.flatnonzero(~np.isfinite(compiled.grad))[:1].tolist():
        report_param(compiled.params[place], float(compiled.grad[place]))
