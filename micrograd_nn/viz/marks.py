"""What deserves a second look in a graph: marks on its Values, each with its reason.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.steps import steps
>>> x = Value(-2.0, label="x")
>>> y = x.relu()
>>> marks_of(steps(y))
{1: [Mark(kind='dead', text='its input −2 is where ReLU is flat: no gradient passes')]}
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from micrograd_nn import epochs
from micrograd_nn.namespaces import FLOAT_ERRORS, read_floats
from micrograd_nn.numbers import is_number
from micrograd_nn.op import Op
from micrograd_nn.viz.text import clean, number

if TYPE_CHECKING:
    from micrograd_nn.viz.snapshot import Snapshot
    from micrograd_nn.viz.steps import Steps

FLAT = 1e-2  # a partial so small passes next to nothing on
FAR = 1e3  # from 0: there a function that levels off has done so
STEEP = 10.0  # the slope of no activation, but of exp
MANY = 1e6  # passes; more have not been run, and the grad holds something else


class Mark(NamedTuple):
    """One remark on a Value.

    Attributes:
        kind: "stale", "not finite", "overwritten", "accumulated", "dead" or
            "saturated".
        text: The reason, in words.
    """

    kind: str
    text: str


def marks_of(steps: Steps) -> dict[int, list[Mark]]:
    """The marks of each Value that has any, by position in topological order."""
    found: dict[int, list[Mark]] = {}
    for i, mark in _all_marks(steps):
        found.setdefault(i, []).append(mark)
    return dict(sorted(found.items()))


def _all_marks(steps: Steps) -> Iterator[tuple[int, Mark]]:
    yield from _first_not_finite(steps)
    yield from _overwritten(steps)
    for i in range(len(steps.graph.order)):
        yield from ((i, mark) for mark in _of_op(steps.graph, i))
        yield from ((i, mark) for mark in _of_history(steps, i))


def _first_not_finite(steps: Steps) -> Iterator[tuple[int, Mark]]:
    """The first number, and the first gradient, that is nan or infinite."""
    numbers = ((i, x) for i, x in enumerate(steps.graph.data))
    grads = (
        (s.operand, s.after)
        for s in steps
        if s.operand is not None and not steps.graph.is_constant(s.operand)
    )
    for word, pairs in (("data", numbers), ("grad", grads)):
        wrong = next(((i, x) for i, x in pairs if not math.isfinite(x)), None)
        if wrong:
            text = f"its {word} is the first that is {number(wrong[1])}"
            yield wrong[0], Mark("not finite", text)


def _overwritten(steps: Steps) -> Iterator[tuple[int, Mark]]:
    """Each Value whose grad a step sets where it ought to add to it."""
    for step in steps:
        if step.operand is not None and step.overwrites:
            node, lost = steps.names[step.node], number(step.before)
            text = f"{node} sets its grad (= in place of +=): {lost} is lost"
            yield step.operand, Mark("overwritten", text)


def _of_op(graph: Snapshot, i: int) -> Iterator[Mark]:
    """Whether an activation passes next to no gradient here."""
    op, partials = graph.ops[i], graph.partials(i)
    if len(graph.operands[i]) != 1 or op.nary or not partials or op.partials is None:
        return
    if abs(partials[0]) < FLAT and (kind := kind_of(op)):
        symbol, x = clean(graph.order[i]._op), number(graph.data[graph.operands[i][0]])
        little = "no gradient" if partials[0] == 0.0 else "hardly any gradient"
        yield Mark(kind, f"its input {x} is where {symbol} is flat: {little} passes")


def kind_of(op: Op) -> str:
    """What an activation is where it is flat; "" for an op that is none.

    One that levels off at both ends, each at its own height, is "saturated" there; one
    that does so at one end, and goes on straight at the other, "dead".

    >>> from micrograd_nn import OPS
    >>> [kind_of(OPS[name]) for name in ("relu", "tanh", "exp", "log", "power(-1.0)")]
    ['dead', 'saturated', '', '', '']
    """
    left, right = (_end(op, sign) for sign in (-1.0, 1.0))
    if left.is_flat and right.is_flat:
        return "saturated" if abs(right.height - left.height) > FLAT else ""
    straight = FLAT < max(abs(left.slope), abs(right.slope)) < STEEP
    return "dead" if (left.is_flat or right.is_flat) and straight else ""


class _End(NamedTuple):
    """A unary op far from 0."""

    height: float
    slope: float
    is_flat: bool


def _end(op: Op, sign: float) -> _End:
    near, far = (_at(op, sign * x) for x in (FAR, 2.0 * FAR))
    levels_off = abs(far[0] - near[0]) < FLAT and abs(near[1]) < FLAT
    return _End(*near, is_flat=levels_off)


def _at(op: Op, x: float) -> tuple[float, float]:
    """The output and the partial."""
    try:
        y = float(read_floats(op.forward, x))
        return y, float(read_floats(op.partials[0], y, x))
    except FLOAT_ERRORS:  # an op of a user's own may not be made for that
        return math.nan, math.nan


def _of_history(steps: Steps, i: int) -> Iterator[Mark]:
    """Whether the Value holds what this graph and this pass do not explain."""
    graph, found, held = steps.graph, steps.grads[i], steps.graph.grads[i]
    if graph.of_program:
        return
    if epochs.is_stale(graph.order[i]):
        yield Mark("stale", "data changed since this was computed: run forward again")
    if graph.operands[i] or graph.is_constant(i) or not found or not is_number(held):
        return
    held = float(held or 0.0)
    if held and math.isfinite(held) and not math.isclose(held, found, rel_tol=1e-9):
        yield Mark("accumulated", _accumulated(held, found))


def _accumulated(held: float, found: float) -> str:
    passes = held / found
    often = 1.5 < passes < MANY and math.isclose(passes, round(passes), rel_tol=1e-9)
    times = f", {passes:.0f} times as much" if often else ""
    return (
        f"its grad holds {number(held)}{times}; this pass gives {number(found)}: "
        "was it set to 0 before backward()?"
    )
