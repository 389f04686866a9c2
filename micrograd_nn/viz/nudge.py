"""What a gradient means: nudge one number, run forward again, see the result move.

>>> from micrograd_nn import Value
>>> x = Value(3.0, label="x")
>>> y = x * x
>>> y.label = "y"
>>> print(nudge(y, x, 0.01))
x + 0.01: y changes by 0.0601
x.grad × 0.01 = 6 × 0.01 = 0.06, which is off by 0.0001

To first order the change is the gradient times the nudge; what it is off by shrinks
with the square of the nudge, unless the gradient is wrong.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.numbers import as_number
from micrograd_nn.viz.replay import replayed
from micrograd_nn.viz.rules import bracketed
from micrograd_nn.viz.snapshot import Snapshot, snapshot
from micrograd_nn.viz.steps import recorded
from micrograd_nn.viz.text import MINUS, number

RELATIVE = 1e-4  # the nudge of a number, in terms of its size


@dataclass(frozen=True, repr=False)
class Nudge:
    """One number moved by a little, and what came of it.

    Attributes:
        leaf: What the Value is called.
        root: What the result is called.
        h: By how much the number was moved, as rounding allows.
        grad: The gradient of the result by it.
        before: The result as it was.
        after: The result as it is with the number moved.
    """

    leaf: str
    root: str
    h: float
    grad: float
    before: float
    after: float

    @property
    def change(self) -> float:
        """How much the result moved."""
        return self.after - self.before

    @property
    def predicted(self) -> float:
        """How much the gradient says that it moves: grad * h."""
        return self.grad * self.h

    @property
    def difference(self) -> float:
        """How far that is off."""
        return self.change - self.predicted

    def __repr__(self) -> str:
        sign, size = MINUS if self.h < 0.0 else "+", number(abs(self.h))
        h, change = bracketed(self.h), number(self.change)
        product = f"{self.leaf}.grad × {h} = {number(self.grad)} × {h}"
        predicted, difference = number(self.predicted), number(self.difference)
        return (
            f"{self.leaf} {sign} {size}: {self.root} changes by {change}\n"
            f"{product} = {predicted}, which is off by {difference}"
        )


def nudge(root: Value, leaf: Value, h: float | None = None) -> Nudge:
    """What `root` does when the data of `leaf` is moved by `h`, and what grad says.

    Nothing of the graph is changed: it is run again on a copy of its numbers.

    Args:
        root: The result.
        leaf: A Value that it was computed from: a leaf, or a result on the way.
        h: How far to move it; 1e-4 times its size, or 1e-4 if it is small, unless
            given.

    Raises:
        TypeError: If `root` is not a Value, `h` not a number, or an op between them was
            written by hand.
        ValueError: If `root` was not computed from `leaf`, or `h` does not move it.
        RuntimeError: If `.data` was assigned after it was used.

    >>> x = Value(2.0)
    >>> found = nudge(x**3, x, h=0.5)
    >>> found.change, found.predicted, found.difference
    (7.625, 6.0, 1.625)
    """
    graph = snapshot(root)
    graph.check()
    return nudged(graph, graph.position(leaf), h)


def nudged(graph: Snapshot, i: int, h: float | None = None) -> Nudge:
    """As `nudge`, of the node at position `i` of a graph that was taken before."""
    moved = _moved(graph.data[i], h)
    grad = recorded(graph).grads[i]
    after = replayed(graph, {i: moved}).data[-1]
    exact = moved - graph.data[i]  # x + h is rounded
    return Nudge(
        graph.names[i], graph.names[-1], exact, grad or 0.0, graph.data[-1], after
    )


def _moved(x: float, h: Any) -> float:
    step = RELATIVE * max(1.0, abs(x)) if h is None else as_number(h, "h")
    if not math.isfinite(x + step) or x + step == x:
        raise ValueError(
            f"not a nudge: got h={step!r} ({type(step).__name__}) for data={x!r}; "
            "expected a number that moves it. Leave h out, for one that fits."
        )
    return x + step
