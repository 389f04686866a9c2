"""Steps by hand: what is wrong with a `_backward` that a user wrote.

How such a node was computed is not recorded, so its op cannot be tried alone. Its step
can be, to see how it treats grads. And when the inputs move along a line, the slope of
the node must be the sum of its operands' slopes, each times its partial.

>>> from micrograd_nn import Value
>>> from micrograd_nn.gradcheck import gradcheck
>>> def square(x):
...     out = Value(x.data**2, (x,), "square")
...     out._backward = lambda: setattr(x, "grad", 2.0 * x.data * out.grad)
...     return out
>>> print(gradcheck(lambda x: square(x) + x, 3.0).wrong_op)
wrong op: 'square', operand 0, at inputs 3.0
FAIL  its step sets the operand's grad instead of adding to it (= in place of +=)
"""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from micrograd_nn.engine import Value
from micrograd_nn.gradcheck.finite_difference import Derivative, derivative
from micrograd_nn.gradcheck.function import (
    CheckedFunction,
    Line,
    grads_restored,
    graph_of,
    moved,
    random_direction,
    recorded,
)
from micrograd_nn.gradcheck.report import WrongOp
from micrograd_nn.gradcheck.verdict import Comparison, Verdict, compare

SETS = "its step sets the operand's grad instead of adding to it (= in place of +=)"
IGNORES = "its step does not multiply by the grad of its output"

SlopeOf = Callable[[Value], Derivative]


def first_wrong_step(
    function: CheckedFunction, rtol: float, rng: random.Random
) -> WrongOp | None:
    """The first node made by hand in the graph of `function` whose step is wrong."""
    nodes = graph_of(recorded(function))
    variables = function.variables.values()
    lines = [random_direction(variables, rng) for _ in range(2)]
    slopes = [_slopes_along(function, line, nodes) for line in lines]
    with grads_restored([*nodes, *variables]):  # a step may add to whatever it reaches
        steps = (node for node in nodes if node.op.partials is None)
        wrong = (_wrong_way(n) or _wrong_partial(n, slopes, rtol) for n in steps)
        return next(filter(None, wrong), None)


def _slopes_along(
    function: CheckedFunction, line: Line, nodes: Sequence[Value]
) -> SlopeOf:
    """How fast the data of each node changes along the line."""
    index = {node: i for i, node in enumerate(nodes)}
    shape = [node.op for node in nodes]

    @functools.cache
    def data(t: float) -> list[float]:
        with moved(line, t):
            there = graph_of(recorded(function))
            if [node.op for node in there] == shape:
                return [node.data for node in there]
        return [math.nan] * len(nodes)  # f takes another branch there

    return lambda node: derivative(lambda t: data(t)[index[node]], line.start)


def _operands(node: Value) -> list[Value]:
    return list(dict.fromkeys(node.operands))  # both of x * x get one grad


def _wrong_way(node: Value) -> WrongOp | None:
    """A fault that shows without knowing what the node computes."""
    once = _run_step(node)
    added = [grad - 1.0 for grad in _run_step(node, before=1.0)]
    scaled = [grad / 2.0 for grad in _run_step(node, upstream=2.0)]
    for fault, others in ((SETS, added), (IGNORES, scaled)):
        for position, (partial, other) in enumerate(zip(once, others, strict=True)):
            same = math.isclose(partial, other, rel_tol=1e-9, abs_tol=1e-9)
            if math.isfinite(partial) and not same:
                return _wrong(node, position, fault=fault)
    return None


def _run_step(node: Value, before: float = 0.0, upstream: float = 1.0) -> list[float]:
    """The grads of the operands after the step, if they were all `before`."""
    operands = _operands(node)
    for operand in operands:
        operand.grad = before
    node.grad = upstream
    node._backward()
    return [operand.grad for operand in operands]


def _wrong_partial(
    node: Value, slopes: Sequence[SlopeOf], rtol: float
) -> WrongOp | None:
    """The partials against finite differences: one by one where that can be told."""
    partials = _run_step(node)
    first, second = [_Slopes(node, partials, slope_of) for slope_of in slopes]
    found = compare("slope, all operands together", *first.together(), rtol)
    if found.verdict is not Verdict.FAIL:
        return None
    # If one partial is wrong, then what it should be is the same in all directions.
    blamed = [
        i for i in range(len(partials)) if _agree(first.needed(i), second.needed(i))
    ]
    if len(blamed) != 1:
        return _wrong(node, None, found)
    position = blamed[0]
    needed = first.needed(position)
    return _wrong(node, position, compare("partial", partials[position], needed, rtol))


class _Slopes:
    """The slopes of a node and of its operands in one direction."""

    def __init__(self, node: Value, partials: list[float], slope_of: SlopeOf) -> None:
        self.total = slope_of(node)
        self.pairs = [
            (partial, slope_of(operand))
            for partial, operand in zip(partials, _operands(node), strict=True)
        ]

    def together(self) -> tuple[float, Derivative]:
        """The node's slope by the chain rule, and by finite differences."""
        value = sum(partial * slope.value for partial, slope in self.pairs)
        return value, replace(self.total, error=self._error())

    def needed(self, position: int) -> Derivative:
        """What the partial at `position` must be if all others are right."""
        partial, slope = self.pairs[position]
        rest, total = self.together()
        if not slope.value:
            return Derivative()
        value = (total.value - rest) / slope.value + partial
        error = self._error() + abs(value) * slope.error
        return Derivative(value, error / abs(slope.value))

    def _error(self) -> float:
        errors = (abs(partial) * slope.error for partial, slope in self.pairs)
        return self.total.error + sum(errors)


def _agree(a: Derivative, b: Derivative) -> bool:
    difference = abs(a.value - b.value)
    return difference <= 1e-6 * abs(a.value) + 10.0 * (a.error + b.error)


def _wrong(
    node: Value,
    position: int | None,
    partial: Comparison | None = None,
    fault: str = "",
) -> WrongOp:
    inputs = tuple(operand.data for operand in _operands(node))
    return WrongOp(node.op.symbol, position, inputs, partial, fault)
