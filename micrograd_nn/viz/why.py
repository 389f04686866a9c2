"""Why a gradient is what it is: the sum over all paths of the products along them.

Each path from the result down to a Value adds the product of the partials that it
passes (the chain rule for several variables; Bauer, Computational graphs and rounding
error, SIAM J. Numer. Anal. 11, 1974).

>>> from micrograd_nn import Value
>>> x = Value(2.0, label="x")
>>> p = x * x
>>> p.label = "p"
>>> y = p + x
>>> y.label = "y"
>>> print(why(y, x))
x.grad = 5: 3 paths
+2 = 1 × 1 × 2   y ← p ← x
+2 = 1 × 1 × 2   y ← p ← x
+1 = 1 × 1       y ← x

There may be far more paths than one could list: sixty doublings make 2**60 of them. So
they are counted node by node, and of each node only the largest few are kept: a path
that is among the largest is one of the largest at each of its nodes.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from micrograd_nn.engine import Value
from micrograd_nn.viz.rules import bracketed
from micrograd_nn.viz.snapshot import Snapshot
from micrograd_nn.viz.steps import Step, Steps, steps
from micrograd_nn.viz.text import ELLIPSIS, columns, number, padded

LONGEST = 8  # factors, or names, that a line shows
DIFFERS = "a grad on the way was not passed on as it should be."
EXACT = 10**21  # a count below it is printed in full
ROUNDING = 1e-9  # of the largest product


@dataclass(frozen=True)
class Path:
    """One way from the result to a Value.

    Attributes:
        product: What it adds to the gradient: the product of the partials along it.
        nodes: The Values that it passes, by position in topological order, root first.
        partials: The local derivatives along it, one fewer than there are nodes.
    """

    product: float
    nodes: tuple[int, ...]
    partials: tuple[float, ...]


@dataclass(frozen=True, repr=False)
class Paths:
    """All paths from a result to a Value; `print` shows the largest.

    Attributes:
        names: What the Values of the graph are called.
        node: The Value, by position in topological order.
        grad: Its gradient.
        count: How many paths there are.
        largest: Those whose products are largest in size, in that order.
    """

    names: list[str]
    node: int
    grad: float
    count: int
    largest: list[Path]

    @property
    def others(self) -> int:
        """How many paths `largest` leaves out."""
        return self.count - len(self.largest)

    @property
    def rest(self) -> float:
        """What the other paths add up to."""
        return self.grad - sum(path.product for path in self.largest)

    def __repr__(self) -> str:
        title = f"{self.names[self.node]}.grad = {number(self.grad)}: "
        lines = [f"{_signed(path.product)} = {_factors(path)}" for path in self.largest]
        width = max(map(columns, lines))
        shown = [
            f"{padded(line, width)}   {self._way(path)}"
            for line, path in zip(lines, self.largest, strict=True)
        ]
        if self.others:
            shown.append(f"{_signed(self.rest)} from {_paths(self.others, 'other ')}")
        elif not self._add_up():
            total = number(self.grad - self.rest)
            shown.append(f"The paths add up to {total}: {DIFFERS}")
        return "\n".join([title + _paths(self.count), *shown])

    def _add_up(self) -> bool:
        size = max(abs(path.product) for path in self.largest)
        return not math.isfinite(self.rest) or abs(self.rest) <= ROUNDING * size

    def _way(self, path: Path) -> str:
        return " ← ".join(_shortened([self.names[i] for i in path.nodes]))


def why(root: Value, node: Value, largest: int = 10) -> Paths:
    """The paths that make the gradient of `node`, the largest first.

    Args:
        root: The result that is differentiated.
        node: A Value that it was computed from.
        largest: How many paths to find; they are all counted.

    Raises:
        RuntimeError: If data changed after it was used.
        TypeError: If `root` is not a Value.
        ValueError: If `root` was not computed from `node`, or `largest` is below 1.

    >>> x = Value(3.0, label="x")
    >>> found = why(x * x * x, x, largest=1)
    >>> found.count, found.grad, found.largest[0].product, found.rest
    (3, 27.0, 9.0, 18.0)
    """
    found = steps(root)
    found.graph.check()
    return paths(found, found.graph.position(node), largest)


def paths(steps: Steps, node: int, largest: int = 10) -> Paths:
    """As `why`, of steps taken before, for the Value at position `node`."""
    if not isinstance(largest, int) or largest < 1:
        raise ValueError(
            f"too few paths: got largest={largest!r} ({type(largest).__name__}); "
            "expected an integer from 1 on. Leave it at 10."
        )
    counts, ways = _ways(steps, node, largest)
    grad = steps.grads[node] or 0.0
    return Paths(steps.names, node, grad, counts[node], list(map(_path, ways[node])))


class _Way(NamedTuple):
    """A path from the root to a node: the path before its last edge, and that."""

    product: float
    node: int
    partial: float = 1.0
    before: _Way | None = None

    @property
    def size(self) -> float:
        """How much it adds; what is not a number comes first of all."""
        return math.inf if math.isnan(self.product) else abs(self.product)


def _ways(
    steps: Steps, target: int, largest: int
) -> tuple[dict[int, int], dict[int, list[_Way]]]:
    """For each node from the root to the target: how many ways, and the largest."""
    root = len(steps.graph.order) - 1
    counts, ways = {root: 1}, {root: [_Way(1.0, root)]}
    leading = _leading_to(target, steps.graph)
    for i in reversed(range(target, root)):
        if leading[i]:
            ledger = steps.ledger(i)
            longer = (_longer(way, step) for step in ledger for way in ways[step.node])
            counts[i] = sum(counts[step.node] for step in ledger)
            ways[i] = heapq.nlargest(largest, longer, key=lambda way: way.size)
    return counts, ways


def _leading_to(target: int, graph: Snapshot) -> list[bool]:
    """For each Value whether the target is below it."""
    leading: list[bool] = []
    for i, operands in enumerate(graph.operands):
        leading.append(i == target or any(leading[x] for x in operands))
    return leading


def _longer(way: _Way, step: Step) -> _Way:
    assert step.operand is not None
    assert step.local is not None
    return _Way(way.product * step.local, step.operand, step.local, way)


def _path(way: _Way) -> Path:
    passed = [way]
    while way.before:
        way = way.before
        passed.append(way)
    passed.reverse()
    nodes = tuple(way.node for way in passed)
    return Path(passed[-1].product, nodes, tuple(way.partial for way in passed[1:]))


def _factors(path: Path) -> str:
    return " × ".join(_shortened([1.0, *path.partials], bracketed))


def _shortened(items: Sequence[Any], shown: Callable[[Any], str] = str) -> list[str]:
    """Each as text; of many the first and the last few."""
    if len(items) <= LONGEST:
        return list(map(shown, items))
    half = LONGEST // 2
    return [*map(shown, items[:half]), ELLIPSIS, *map(shown, items[-half + 1 :])]


def _signed(x: float) -> str:
    text = number(x)
    return f"+{text}" if x >= 0.0 else text


def _paths(count: int, other: str = "") -> str:
    if count >= EXACT:
        return f"about 10^{math.log10(count):.0f} {other}paths"
    return f"{count:,} {other}path{'s' if count > 1 else ''}"
