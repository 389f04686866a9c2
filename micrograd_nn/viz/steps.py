"""`steps(root)`: every product of the chain rule, one record each, as data.

Forward comes first, a step for each op; then the seed, as the derivative of the root by
itself is 1; then backward, results first, a step for each operand of each node:

    operand.grad += node.grad * partial

>>> from micrograd_nn import Value
>>> w, x = Value(-1.5, label="w"), Value(3.0, label="x")
>>> p = w * x
>>> p.label = "p"
>>> print(steps(p))
1  *  p = w * x = −1.5 * 3 = −4.5
2     p.grad = 1
3  *  w.grad += p.grad × x = 1 × 3 = 3           now 3
4  *  x.grad += p.grad × w = 1 × (−1.5) = −1.5   now −1.5

Nothing of the graph is changed: the gradients are computed beside it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, overload

from micrograd_nn.viz import by_hand_products, rules
from micrograd_nn.viz.by_hand_products import Product
from micrograd_nn.viz.snapshot import Snapshot, snapshot
from micrograd_nn.viz.step_json import as_json
from micrograd_nn.viz.step_table import step_table
from micrograd_nn.viz.way import RIGHT, Grads, Way

FORWARD, SEED, BACKWARD = "forward", "seed", "backward"
ROUNDING = 1e-9  # of what is added, for a function by hand that adds in several parts


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pass. What a step has not is None, or "".

    Attributes:
        index: Its number, from 0.
        phase: "forward", "seed" or "backward".
        node: The Value whose op is at work, by position in topological order.
        rule: The formula as text: of the result going forward, of the partial backward.
        after: The data of the node going forward; else the grad that is now known.
        operand: The Value whose grad it adds to, by position likewise.
        position: Which operand of the node that is, from 0.
        upstream: The grad of the node.
        local: The partial of the node for that operand.
        contribution: upstream * local.
        before: The grad of the operand before; None if nothing had reached it yet.
    """

    index: int
    phase: str
    node: int
    rule: str
    after: float
    operand: int | None = None
    position: int | None = None
    upstream: float | None = None
    local: float | None = None
    contribution: float | None = None
    before: float | None = None

    @property
    def overwrites(self) -> bool:
        """Whether the grad before is lost: `=` in place of `+=`."""
        if self.before is None or self.contribution is None:
            return False
        total = self.before + self.contribution
        size = max(abs(self.before), abs(self.contribution))
        near = math.isclose(self.after, total, rel_tol=0.0, abs_tol=ROUNDING * size)
        return not near and not (math.isnan(self.after) and math.isnan(total))


@dataclass(frozen=True, repr=False)
class Steps(Sequence[Step]):
    """All steps of one pass, forward and backward; `print` shows them as a table.

    Attributes:
        graph: The Values, what they are called, and their numbers.
        records: The steps.
    """

    graph: Snapshot
    records: list[Step]

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> list[Step]: ...
    def __getitem__(self, index: int | slice) -> Step | list[Step]:
        return self.records[index]

    def __len__(self) -> int:
        return len(self.records)

    def __repr__(self) -> str:
        return step_table(self)

    def to_json(self) -> str:
        """The Values and the steps as strict JSON; see `step_json.as_data`."""
        return as_json(self)

    @property
    def names(self) -> list[str]:
        """What each Value is called, in topological order."""
        return self.graph.names

    @cached_property
    def grads(self) -> list[float | None]:
        """The gradient of each Value after the last step."""
        return self.grads_after(len(self) - 1)

    def grads_after(self, index: int) -> list[float | None]:
        """The gradient of each Value once that step is done; None if not reached.

        Args:
            index: The number of the step; -1 for before the first.

        Raises:
            IndexError: If there is no such step.
        """
        if not hasattr(index, "__index__") or not -1 <= index < len(self):
            raise IndexError(
                f"no such step: got index={index!r} ({type(index).__name__}); expected "
                f"an integer from -1 to {len(self) - 1}. Count from 0."
            )
        grads: list[float | None] = [None] * len(self.graph.order)
        for step in self.records[: index + 1]:
            if step.phase == SEED:
                grads[step.node] = step.after
            elif step.operand is not None:
                grads[step.operand] = step.after
        return grads

    def ledger(self, node: int) -> list[Step]:
        """The steps that add to the gradient of one Value: all of them, in order.

        At step k those up to k have been added, and the others are still to come.

        >>> from micrograd_nn import Value
        >>> a = Value(3.0, label="a")
        >>> [step.contribution for step in steps(a * a).ledger(0)]
        [3.0, 3.0]
        """
        return self._ledgers.get(node, [])

    @cached_property
    def _ledgers(self) -> dict[int, list[Step]]:
        ledgers = defaultdict(list)
        for step in self.records:
            if step.operand is not None:
                ledgers[step.operand].append(step)
        return dict(ledgers)


def steps(target: Any, *arrays: Any, example: int = 0) -> Steps:
    """The steps of a pass over a graph, forward and backward.

    Gradients start from nothing, whatever `.grad` holds: these are the gradients that
    one `backward()` adds. An op with a `_backward` of its own has no partial that one
    could read: its function is run, and what it did to grads is taken back.

    Args:
        target: The result to differentiate; or a program, as `compile` gives it, whose
            own numbers are shown then.
        arrays: For a program a batch, as for a call of it.
        example: Which of the batch to show.

    Raises:
        TypeError: If `target` is neither, or a Value and there are arrays.
    """
    return recorded(snapshot(target, *arrays, example=example))


def recorded(graph: Snapshot, way: Way = RIGHT) -> Steps:
    """The steps of a pass with the numbers of `graph`, taken in some other `way`."""
    index, root = count(), len(graph.order) - 1
    records = list(_forward(graph, index))
    records.append(Step(next(index), SEED, root, "", 1.0))
    return Steps(graph, [*records, *_backward(graph, way, index)])


def _forward(graph: Snapshot, index: Iterator[int]) -> Iterator[Step]:
    for i, operands in enumerate(graph.operands):
        if operands:
            text = rules.formula(graph, i)
            yield Step(next(index), FORWARD, i, text, graph.data[i])


def _backward(graph: Snapshot, way: Way, index: Iterator[int]) -> Iterator[Step]:
    grads = way.start(graph)
    grads[-1] = 1.0
    for i in way.order(graph):
        upstream = grads[i] or 0.0
        for position, product in enumerate(_products(graph, way, i, grads)):
            operand = graph.operands[i][position]
            before, after = grads[operand], product.after
            if after is None:
                after = way.add(before, product.contribution)
            grads[operand] = after
            yield Step(
                next(index),
                BACKWARD,
                i,
                rules.rule(graph, i, position),
                after,
                operand,
                position,
                upstream,
                product.local,
                product.contribution,
                before,
            )


def _products(graph: Snapshot, way: Way, i: int, grads: Grads) -> list[Product]:
    """What node `i` passes on to each of its operands."""
    partials, upstream = graph.partials(i), grads[i] or 0.0
    if partials is None:
        before = [grads[x] or 0.0 for x in graph.operands[i]]
        return by_hand_products.products(graph.order[i], upstream, before)
    return [Product(x, way.multiply(x, upstream)) for x in partials]
