"""The numbers of a run, scalar by scalar: what the debugger shows of a program.

>>> from micrograd_nn import Value, compile
>>> w = Value(3.0, label="w")
>>> found = compile(lambda x: (w * x) ** 2).trace([2.0])
>>> found.data[w], found.grads[w], found.data[found.root]
(3.0, 24.0, 36.0)
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from micrograd_nn import trees
from micrograd_nn.compiler.batches import Batch
from micrograd_nn.compiler.interpreter import Interpreter
from micrograd_nn.compiler.plan import Plan
from micrograd_nn.compiler.running import Run
from micrograd_nn.engine import Value

if TYPE_CHECKING:
    from micrograd_nn.compiler.program import Program


Floats = NDArray[np.float64]


class Trace(NamedTuple):
    """One run of a program, for one example.

    Attributes:
        root: The loss, as it was recorded.
        data: The number of each Value that the program keeps one for, in that run.
        grads: The gradient of each Value that the program finds one for.
    """

    root: Value
    data: dict[Value, float]
    grads: dict[Value, float]


def trace(program: Program, arrays: Sequence[Any] = (), example: int = 0) -> Trace:
    """Run a program with one example, and look at what it holds then.

    Random numbers are drawn as the next run will draw them, from a copy.

    Args:
        program: What to run.
        arrays: The batch, as for a call of the program.
        example: Which of the batch, from 0.

    Raises:
        IndexError: If there is no such example.
        TypeError: As for a call; or if the program gives more than one Value.
        ValueError: As for a call.
    """
    program.check_unchanged()
    _, batch = program.prepare(arrays)
    compiled, one = program.prepare(_rows(batch, example))
    run, inputs = compiled.traced(one, copy.deepcopy(program.random))
    plan = compiled.plan
    if isinstance(plan, Interpreter):
        data, grads = _of_floats(plan)
    else:
        data, grads = _of_arrays(plan, compiled.U, compiled.dU, run)
    placeholders = [*compiled.recorded.inputs, compiled.recorded.random]
    for values, numbers in zip(placeholders, inputs, strict=False):
        data |= zip(values, np.ravel(numbers).tolist(), strict=True)
    return Trace(trees.leaves(compiled.recorded.outputs)[0], data, grads)


def _rows(batch: Batch, example: int) -> list[NDArray[Any]]:
    """The arrays of one example."""
    if not hasattr(example, "__index__") or not -batch.size <= example < batch.size:
        raise IndexError(
            f"no such example: got example={example!r} ({type(example).__name__}); "
            f"expected an integer from 0 to {batch.size - 1}. Count from 0."
        )
    start = index(example) % batch.size
    return [array[start : start + 1] for array in batch.arrays]


Found = tuple[dict[Value, float], dict[Value, float]]


def _of_arrays(plan: Plan, U: Floats, dU: Floats, run: Run) -> Found:
    """What the arrays hold. A place of several nodes has the sum of their grads."""
    layout, tape = plan.layout, plan.tape
    has_place = (layout.place >= 0) & ~tape.constant
    nodes_at = [
        np.bincount(layout.place[has_place & (layout.in_v == v)]) for v in (0, 1)
    ]
    numbers = [(U, dU), (run.V[:, 0], run.dV[:, 0])]
    data, grads = {}, {}
    for i in np.flatnonzero(has_place).tolist():
        space, place, node = int(layout.in_v[i]), layout.place[i], tape.nodes[i]
        values, slopes = numbers[space]
        data[node] = float(values[place])
        if tape.wanted[i] and nodes_at[space][place] == 1:
            grads[node] = float(slopes[place])
    return data, grads


def _of_floats(plan: Interpreter) -> Found:
    nodes = range(len(plan.tape) - len(plan.tape.pads))
    data = {plan.tape.nodes[i]: plan.numbers[i] for i in nodes}
    wanted = [i for i in nodes if plan.tape.wanted[i]]
    return data, {plan.tape.nodes[i]: plan.grads[i] for i in wanted}
