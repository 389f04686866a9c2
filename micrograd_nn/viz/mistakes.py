"""Typical mistakes in numbers worked out by hand: the number that each one leads to.

A wrong answer that is one of these numbers tells which mistake was made.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.steps import steps
>>> w, x = Value(-1.5, label="w"), Value(3.0, label="x")
>>> for number, hint in in_grad(steps(w * x), 0, {}):
...     print(number, "-", hint)
-3.0 - the sign is flipped
3.0 - multiply by the grad of v2
-1.5 - the partial of a product is the other factor
1.0 - that is the grad of v2: multiply it by the partial
-1.5 - that is its data
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from micrograd_nn.ops import MUL
from micrograd_nn.viz import rules
from micrograd_nn.viz.replay import forward
from micrograd_nn.viz.step_table import factor
from micrograd_nn.viz.steps import Step, Steps

MANY = 4  # products that a hint spells out

Answers = Mapping[int, float]  # by position in topological order
Mistake = tuple[float, str]


def in_grad(steps: Steps, i: int, answers: Answers) -> Iterator[Mistake]:
    """What the grad of node `i` may have been taken for, and a hint for each.

    Args:
        steps: Those of the right pass.
        i: The node, by position in topological order.
        answers: The grads that were answered, right or wrong.
    """
    graph, ledger = steps.graph, steps.ledger(i)
    yield -(steps.grads[i] or 0.0), "the sign is flipped"
    if not ledger:
        return
    yield from _following(steps, ledger, answers)
    yield from _incomplete(steps, ledger)
    above, products = _above(steps, ledger), [_numbers(step) for step in ledger]
    yield sum(local for _, local in products), f"multiply by the grad of {above}"
    if all(graph.ops[step.node] == MUL for step in ledger):
        own = sum(upstream * graph.data[i] for upstream, _ in products)
        yield own, "the partial of a product is the other factor"
    passed = sum(upstream for upstream, _ in products)
    yield passed, f"that is the grad of {above}: multiply it by the partial"
    yield graph.data[i], "that is its data"


def in_data(steps: Steps, i: int, answers: Answers) -> Iterator[Mistake]:
    """What the data of node `i` may have been taken for; else as `in_grad`."""
    graph, operands = steps.graph, steps.graph.operands[i]
    yield -graph.data[i], "the sign is flipped"
    wrong = [x for x in operands if answers.get(x, graph.data[x]) != graph.data[x]]
    if wrong and graph.ops[i].forward is not None:
        given = [answers.get(x, graph.data[x]) for x in operands]
        yield forward(graph, i, given), _follows(steps, wrong, "data")
    yield steps.grads[i] or 0.0, "that is its grad"


def right_grad(steps: Steps, i: int) -> str:
    """How to find the grad of node `i`, without its number."""
    ledger = steps.ledger(i)
    if not ledger:
        return "the derivative of the result by itself is 1"
    if len(ledger) > MANY:
        return f"it is the sum of {len(ledger)} products"
    return f"it is {' + '.join(_product(steps, step) for step in ledger)}"


def right_data(steps: Steps, i: int) -> str:
    """How to find the data of node `i`, without its number."""
    return f"it is {rules.formula(steps.graph, i)}"


def _following(
    steps: Steps, ledger: Sequence[Step], answers: Answers
) -> Iterator[Mistake]:
    """The right product, but with a grad from above that was wrong."""
    grads = steps.grads
    wrong = [
        s.node for s in ledger if answers.get(s.node, grads[s.node]) != grads[s.node]
    ]
    if wrong:
        products = (
            answers.get(step.node, _numbers(step)[0]) * _numbers(step)[1]
            for step in ledger
        )
        yield sum(products), _follows(steps, wrong, "grad")


def _follows(steps: Steps, wrong: Sequence[int], word: str) -> str:
    names = " and ".join(dict.fromkeys(f"{steps.names[x]}.{word}" for x in wrong))
    return f"right for your {names}: look there"


def _incomplete(steps: Steps, ledger: Sequence[Step]) -> Iterator[Mistake]:
    """Some of the contributions in place of all."""
    for count, step in enumerate(ledger[:-1], 1):
        missing = " and ".join(_product(steps, s) for s in ledger[count:][:MANY])
        yield step.after, f"add what is still to come: {missing}"
    for step in ledger if len(ledger) > 1 else ():
        here = f"that is only what comes by {_product(steps, step)}"
        yield step.contribution or 0.0, f"{here}: add up all {len(ledger)} products"


def _product(steps: Steps, step: Step) -> str:
    node = steps.names[step.node]
    return f"{node}.grad × {factor(step.rule) or 'its partial'}"


def _above(steps: Steps, ledger: Sequence[Step]) -> str:
    return " and ".join(dict.fromkeys(steps.names[step.node] for step in ledger))


def _numbers(step: Step) -> tuple[float, float]:
    """Upstream and partial, which every step of a ledger has."""
    assert step.upstream is not None
    assert step.local is not None
    return step.upstream, step.local
