"""Steps as text: the table of the terminal, of doctests and of screen readers.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.steps import steps
>>> x = Value(2.0, label="x")
>>> print(step_table(steps(x * x)))
1  *  v1 = x * x = 2 * 2 = 4
2     v1.grad = 1
3  *  x.grad += v1.grad × x = 1 × 2 = 2   now 2
4  *  x.grad += v1.grad × x = 1 × 2 = 2   now 4
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from micrograd_nn.viz import rules
from micrograd_nn.viz.marks import marks_of
from micrograd_nn.viz.text import MINUS, clean, columns, number, padded

if TYPE_CHECKING:
    from micrograd_nn.viz.steps import Step, Steps

WIDEST = 72  # columns of a line, after which what it adds up to need not align


def step_table(steps: Steps) -> str:
    """One line for each step: its number, the op, what it computes; then the marks."""
    lines = [line(steps, step) for step in steps]
    symbols = [symbol(steps, step) for step in steps]
    width = min(WIDEST, max(map(columns, lines)))
    first, second = len(str(len(steps))), max(map(columns, symbols))
    rows = zip(symbols, lines, map(_now, steps), strict=True)
    table = [
        f"{i:{first}}  {padded(sign, second)}  {padded(text, width)}{now}".rstrip()
        for i, (sign, text, now) in enumerate(rows, 1)
    ]
    return "\n".join([*table, *_remarks(steps)])


def _remarks(steps: Steps) -> list[str]:
    """The marks, but for what the line of a step says itself."""
    return [
        f"{steps.names[i]} is {mark.kind}: {mark.text}"
        for i, marks in marks_of(steps).items()
        for mark in marks
        if mark.kind != "overwritten"
    ]


def symbol(steps: Steps, step: Step) -> str:
    """The op at work; none at the seed."""
    return "" if step.phase == "seed" else clean(steps.graph.order[step.node]._op)


def line(steps: Steps, step: Step) -> str:
    """What one step computes: with names, with numbers, and what comes out."""
    if step.phase == "forward":
        return _forward(steps, step)
    if step.operand is None:
        return f"{rules.term(steps.names[step.node])}.grad = {number(step.after)}"
    return _backward(steps, step)


def _forward(steps: Steps, step: Step) -> str:
    named = f"{steps.names[step.node]} = {step.rule}"
    return _chain(named, rules.worked(steps.graph, step.node), number(step.after))


def _backward(steps: Steps, step: Step) -> str:
    assert step.operand is not None
    assert step.local is not None
    node, operand = (rules.term(steps.names[i]) for i in (step.node, step.operand))
    local = factor(step.rule) or f"∂{node}/∂{operand}"
    sign = "=" if step.overwrites else "+="
    numbers = f"{number(step.upstream)} × {rules.bracketed(step.local)}"
    product = number(step.contribution)
    return _chain(f"{operand}.grad {sign} {node}.grad × {local}", numbers, product)


def factor(rule: str) -> str:
    """`rule` as it stands in a product: in brackets, unless it is one piece."""
    depths = accumulate((c in "([") - (c in ")]") for c in rule)
    open_space = any(c == " " and not d for c, d in zip(rule, depths, strict=True))
    return f"({rule})" if open_space or rule.startswith(MINUS) else rule


def _chain(first: str, second: str, third: str) -> str:
    """`a = b = c`; what would be said twice is said once."""
    said = first if first.endswith(f"= {second}") else f"{first} = {second}"
    return said if second == third else f"{said} = {third}"


def _now(step: Step) -> str:
    if step.operand is None:
        return ""
    lost = f", and {number(step.before)} is lost" if step.overwrites else ""
    return f"   now {number(step.after)}{lost}"
