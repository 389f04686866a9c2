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
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from micrograd_nn import epochs
from micrograd_nn.namespaces import read_floats
from micrograd_nn.op import Op
from micrograd_nn.viz.text import clean, number

if TYPE_CHECKING:
    from micrograd_nn.viz.snapshot import Snapshot
    from micrograd_nn.viz.steps import Steps

FLAT = 1e-2  # a partial so small passes next to nothing on
FAR = 1e3  # from 0: there a function that levels off has done so


class Mark(NamedTuple):
    """One remark on a Value.

    Attributes:
        kind: "stale", "not finite", "accumulated", "dead" or "saturated".
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
    for i in range(len(steps.graph.order)):
        yield from ((i, mark) for mark in _of_op(steps.graph, i))
        yield from ((i, mark) for mark in _of_history(steps, i))


def _first_not_finite(steps: Steps) -> Iterator[tuple[int, Mark]]:
    """The first number, and the first gradient, that is nan or infinite."""
    numbers = ((i, x) for i, x in enumerate(steps.graph.data))
    grads = ((s.operand, s.after) for s in steps if s.operand is not None)
    for word, pairs in (("data", numbers), ("grad", grads)):
        wrong = next(((i, x) for i, x in pairs if not math.isfinite(x)), None)
        if wrong:
            text = f"its {word} is the first that is {number(wrong[1])}"
            yield wrong[0], Mark("not finite", text)


def _of_op(graph: Snapshot, i: int) -> Iterator[Mark]:
    """Whether an activation passes next to no gradient here."""
    op, partials = graph.ops[i], graph.partials(i)
    if len(graph.operands[i]) != 1 or op.nary or not partials or op.partials is None:
        return
    if abs(partials[0]) < FLAT and any(flat_ends(op)):
        symbol, x = clean(graph.order[i]._op), number(graph.data[graph.operands[i][0]])
        kind = "saturated" if all(flat_ends(op)) else "dead"
        little = "no gradient" if partials[0] == 0.0 else "hardly any gradient"
        yield Mark(kind, f"its input {x} is where {symbol} is flat: {little} passes")


@lru_cache(maxsize=256)
def flat_ends(op: Op) -> tuple[bool, bool]:
    """Whether a unary op levels off far to the left, and far to the right.

    >>> from micrograd_nn import OPS
    >>> [flat_ends(OPS[name]) for name in ("relu", "tanh", "sin")]
    [(True, False), (True, True), (False, False)]
    """
    left, right = (_slope(op, x) for x in (-FAR, FAR))
    return abs(left) < FLAT, abs(right) < FLAT


def _slope(op: Op, x: float) -> float:
    slope: float = read_floats(op.partials[0], read_floats(op.forward, x), x)
    return slope


def _of_history(steps: Steps, i: int) -> Iterator[Mark]:
    """Whether the Value holds what this graph and this pass do not explain."""
    graph, found, held = steps.graph, steps.grads[i], steps.graph.grads[i]
    if graph.of_program:
        return
    if epochs.is_stale(graph.order[i]):
        yield Mark("stale", "data changed since this was computed: run forward again")
    if graph.operands[i] or graph.is_constant(i) or not found or not held:
        return
    if not math.isclose(held, found, rel_tol=1e-9):
        yield Mark("accumulated", _accumulated(held, found))


def _accumulated(held: float, found: float) -> str:
    passes = held / found
    times = f", {number(passes)} times as much" if passes == round(passes) else ""
    return (
        f"its grad holds {number(held)}{times}; this pass gives {number(found)}: "
        "was it set to 0 before backward()?"
    )
