"""How a backward pass goes, in four pieces; a lesson may put a wrong one in.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.snapshot import snapshot
>>> graph = snapshot(Value(2.0) * Value(3.0))
>>> list(RIGHT.order(graph)), RIGHT.start(graph)
([2, 1, 0], [None, None, None])
>>> RIGHT.multiply(2.0, 3.0), RIGHT.add(None, 6.0), RIGHT.add(6.0, 6.0)
(6.0, 6.0, 12.0)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from micrograd_nn.viz.snapshot import Snapshot

Grads = list[float | None]  # one for each Value; None: nothing has reached it


def results_first(graph: Snapshot) -> Iterable[int]:
    """Reverse topological order: a grad is complete before it is passed on."""
    return reversed(range(len(graph.order)))


def nothing(graph: Snapshot) -> Grads:
    """No gradient yet, whatever `.grad` holds."""
    return [None] * len(graph.order)


def product(partial: float, upstream: float) -> float:
    """What a node passes on to one operand."""
    return partial * upstream


def total(before: float | None, contribution: float) -> float:
    """The grad of an operand once it has received a contribution."""
    return (0.0 if before is None else before) + contribution


@dataclass(frozen=True)
class Way:
    """The pieces of a pass: the right ones, unless given.

    Attributes:
        order: In which order the nodes pass on their grads, by position.
        start: What the grads are before the pass; the root's is then set to 1.
        multiply: What a node passes on, from its partial and its grad.
        add: The grad of the operand after, from the one before and what came.
    """

    order: Callable[[Snapshot], Iterable[int]] = results_first
    start: Callable[[Snapshot], Grads] = nothing
    multiply: Callable[[float, float], float] = product
    add: Callable[[float | None, float], float] = total


RIGHT = Way()
