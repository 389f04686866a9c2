"""Backpropagation done wrong on purpose: the classic faults, to be found by a learner.

Inside `inject`, `backward()` really is wrong, and `gradcheck` finds it; `faulty_steps`
shows where it goes wrong.

>>> from micrograd_nn import Value
>>> from micrograd_nn.gradcheck import gradcheck
>>> def f(x):
...     return x * x + x
>>> with inject("overwrite"):
...     print(gradcheck(f, 3.0))
gradcheck: FAIL, 0 of 1 gradients are right
FAIL  df/dx: analytic 3, numeric 7 ± ..., ratio 0.428571, relative error 0.6
...
>>> bool(gradcheck(f, 3.0))
True
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial

from micrograd_nn.engine import Value
from micrograd_nn.faulty_pass import FaultyPass, faulty_pass_on
from micrograd_nn.namespaces import Body
from micrograd_nn.numbers import is_number, shortened
from micrograd_nn.op import Op
from micrograd_nn.viz.snapshot import Snapshot, snapshot
from micrograd_nn.viz.steps import BACKWARD, Step, Steps, recorded
from micrograd_nn.viz.text import number
from micrograd_nn.viz.way import RIGHT, Grads, Way


@dataclass(frozen=True, eq=False)
class Fault:
    """One way to get backpropagation wrong.

    Attributes:
        name: The key in `FAULTS`.
        text: What is done, and what comes of it.
        way: How the pass goes.
        rules: Partials in place of the right ones, by the name of the op.
        accumulates: Whether the gradients of a pass are added to those that leaves had.
    """

    name: str
    text: str
    way: Way = RIGHT
    rules: Mapping[str, tuple[Body, ...]] = field(default_factory=dict)
    accumulates: bool = True

    def taught(self, op: Op) -> Op:
        """The record of `op`, with the partials of this fault."""
        if op.name not in self.rules:
            return op
        textbook = {k: body for k, body in op.textbook.items() if k == "forward"}
        return replace(op, partials=self.rules[op.name], textbook=textbook)


def _breadth_first(graph: Snapshot) -> list[int]:
    """The root, then its operands, then theirs: each one when it is first met."""
    order: list[int] = []
    seen, queue = set[int](), deque([len(graph.order) - 1])
    while queue:
        i = queue.popleft()
        if i not in seen:
            seen.add(i)
            order.append(i)
            queue += graph.operands[i]
    return order


def _what_is_held(graph: Snapshot) -> Grads:
    """The gradients of the passes before; 0 is the same as none."""
    return [float(x) if is_number(x) and x else None for x in graph.grads]


FAULTS = {
    fault.name: fault
    for fault in (
        Fault(
            "overwrite",
            "`operand.grad = ...` in place of `+=`: a Value that is used twice keeps "
            "only what came last",
            Way(add=lambda before, contribution: contribution),
            accumulates=False,
        ),
        Fault(
            "wrong_order",
            "breadth first in place of topological order: a Value passes its gradient "
            "on before all of it has arrived",
            Way(order=_breadth_first),
        ),
        Fault(
            "forgotten_reverse",
            "topological order, but not reversed: nearly every Value passes on nothing",
            Way(order=lambda graph: range(len(graph.order))),
        ),
        Fault(
            "forgotten_zero_grad",
            "gradients of the pass before are not cleared, not even on the way: a "
            "second pass compounds them",
            Way(start=_what_is_held),
            accumulates=False,
        ),
        Fault(
            "forgotten_upstream",
            "`operand.grad += partial`, without the node's own gradient: the chain "
            "breaks after one link",
            Way(multiply=lambda partial, upstream: partial),
        ),
        Fault(
            "wrong_rule",
            "the partials of a product swapped, and 1 - y as the slope of tanh",
            rules={
                "*": (lambda xp, y, a, b: a, lambda xp, y, a, b: b),
                "tanh": (lambda xp, y, x: 1.0 - y,),
            },
        ),
    )
}


def inject(fault: str | Fault) -> AbstractContextManager[None]:
    """A context, or a decorator, in which `backward()` has a fault.

    So has `gradcheck`, which relies on it, and a user's own loop over `_backward`, as
    far as rules go. All else is right as ever: `steps`, `grad` and its like, programs
    that were compiled. Only the thread or task that enters it is affected, and all is
    right again once it is left, by whatever way.

    Args:
        fault: A name in `FAULTS`, or one of your own.

    Raises:
        ValueError: If there is no such fault.

    >>> x = Value(3.0)
    >>> with inject("wrong_rule"):
    ...     (x * 5.0).backward()
    >>> x.grad
    3.0
    """
    chosen = _chosen(fault)
    return faulty_pass_on(FaultyPass(partial(_run_backward, chosen), chosen.taught))


def _chosen(fault: str | Fault) -> Fault:
    name = fault if isinstance(fault, str) else ""
    found = fault if isinstance(fault, Fault) else FAULTS.get(name)
    if found is None:
        raise ValueError(
            f"no such fault: got fault={shortened(fault)} ({type(fault).__name__}); "
            f"expected one of {', '.join(FAULTS)}. Or pass a Fault of your own."
        )
    return found


def _run_backward(fault: Fault, root: Value) -> None:
    graph = snapshot(root)
    graph.check()
    for node, grad in zip(graph.order, _taken(graph, fault).grads, strict=True):
        adds = fault.accumulates and not node.operands
        node.grad = (grad or 0.0) + ((node.grad or 0.0) if adds else 0.0)


def _taken(graph: Snapshot, fault: Fault) -> Steps:
    """The steps of a pass with the fault."""
    taught = replace(graph, ops=[fault.taught(op) for op in graph.ops])
    return recorded(taught, fault.way)


@dataclass(frozen=True, repr=False)
class FaultySteps(Steps):
    """The steps of a pass with a fault.

    Attributes:
        fault: What is wrong.
        first_wrong: The first step that is not as it should be, by index; None if the
            fault does not show in this graph.
        should_be: What the gradient should be after it.
    """

    fault: Fault
    first_wrong: int | None
    should_be: float | None

    def __repr__(self) -> str:
        return "\n".join([self.fault.text, super().__repr__(), self._verdict()])

    def _verdict(self) -> str:
        if self.first_wrong is None:
            return "No step is wrong: the fault does not show in this graph."
        operand = self[self.first_wrong].operand
        assert operand is not None
        return (
            f"The first wrong step is {self.first_wrong + 1}: "
            f"{self.names[operand]}.grad should be {number(self.should_be)} there."
        )


def faulty_steps(root: Value, fault: str | Fault) -> FaultySteps:
    """The steps of a pass with a fault, and the first of them that goes wrong.

    Args:
        root: The result to differentiate.
        fault: A name in `FAULTS`, or one of your own.

    Raises:
        RuntimeError: If data changed after it was used.
        TypeError: If `root` is not a Value.
        ValueError: If there is no such fault.

    >>> x = Value(3.0, label="x")
    >>> print(faulty_steps(x * x, "overwrite"))
    `operand.grad = ...` in place of `+=`: a Value that is used twice keeps only ...
    1  *  v1 = x * x = 3 * 3 = 9
    2     v1.grad = 1
    3  *  x.grad += v1.grad × x = 1 × 3 = 3   now 3
    4  *  x.grad = v1.grad × x = 1 × 3 = 3    now 3, and 3 is lost
    The first wrong step is 4: x.grad should be 6 there.
    """
    graph, chosen = snapshot(root), _chosen(fault)
    graph.check()
    found = _taken(graph, chosen)
    step, should_be = _first_wrong(found, recorded(graph))
    return FaultySteps(found.graph, found.records, chosen, step, should_be)


def _first_wrong(found: Steps, right: Steps) -> tuple[int | None, float | None]:
    """The first step whose numbers are not right, and what its grad should be."""
    contributions = {_edge(step): step.contribution for step in right}
    grads: dict[int, float] = {}
    for step in found:
        if step.phase == BACKWARD and step.operand is not None:
            right_one = contributions[_edge(step)]
            should_be = RIGHT.add(grads.get(step.operand), right_one or 0.0)
            if not _same(step.after, should_be):
                return step.index, should_be
            grads[step.operand] = step.after
    return None, None


def _edge(step: Step) -> tuple[int, int | None]:
    return step.node, step.position


def _same(x: float, y: float) -> bool:
    return math.isclose(x, y, rel_tol=1e-9) or (x != x and y != y)
