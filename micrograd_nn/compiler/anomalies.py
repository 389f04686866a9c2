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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.anomaly import report_line
from micrograd_nn.compiler.describe import formula_of
from micrograd_nn.compiler.interpreter import Interpreter
from micrograd_nn.compiler.plan import Plan

Floats = NDArray[np.float64]


def report_run(
    plan: Plan | Interpreter,
    U: Floats,
    V: Floats,
    inputs: Sequence[NDArray[Any]],
    names: list[str],
) -> None:
    """Say which instruction of a run was the first to give a nan or an infinity.

    Nothing is said if one of the inputs or parameters was one already.

    Args:
        plan: What ran.
        U: The numbers that all examples share.
        V: Those that differ.
        inputs: The inputs of the run.
        names: What the function calls them.
    """
    leaves = U[: len(plan.layout.params)]
    if not all(np.isfinite(array).all() for array in (leaves, *inputs)):
        return
    if isinstance(plan, Interpreter):
        report_line("a program", "a number that is not finite", "")
        return
    for i, instruction in enumerate(plan.instructions):
        block = instruction.block
        rows = (V if block.group.batched else U)[block.start :][: block.size]
        wrong = np.argwhere(~np.isfinite(rows))
        if len(wrong):
            where = f" in example {wrong[0][1]}" if block.group.batched else ""
            report_line(formula_of(plan, names, i), rows[tuple(wrong[0])], where)
            return
