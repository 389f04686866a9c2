"""What one op does, in words of mathematics: made from the op's record, never by hand.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.snapshot import snapshot
>>> w, x = Value(-1.5, label="w"), Value(3.0, label="x")
>>> y = (w * x).tanh()
>>> y.label = "y"
>>> graph = snapshot(y)
>>> formula(graph, 2), worked(graph, 2)
('w * x', '−1.5 * 3')
>>> rule(graph, 3, 0)
'1 − y * y'
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from micrograd_nn.namespaces import ATOM, SIGN, Formula
from micrograd_nn.viz.snapshot import Snapshot
from micrograd_nn.viz.text import ELLIPSIS, MINUS, clean, number

LONGEST = 64  # characters of a formula
MANY = 4  # operands that a formula can name, if there may be any number
SEVERAL = 64  # operands up to which the rule of each is worth its writing
# What reading as text raises where an op of a user's own calls `math.exp` or `float`.
UNREADABLE = (TypeError, ValueError, AttributeError)
# Stand-ins for operands, from a range of characters that means nothing to anybody: a
# name may hold a sign that a formula has too.
PRIVATE = 0xE000


def formula(graph: Snapshot, i: int) -> str:
    """What node `i` computes, in terms of the names of its operands; "" for a leaf."""
    return _forward(graph, i, [_called(graph, x) for x in graph.operands[i]])


def worked(graph: Snapshot, i: int) -> str:
    """The same with numbers in place of names."""
    return _forward(graph, i, [number(graph.data[x]) for x in graph.operands[i]])


def rule(graph: Snapshot, i: int, position: int) -> str:
    """The partial of node `i` for one operand, as text; "" if unknown, or too long."""
    op, operands = graph.ops[i], graph.operands[i]
    if op.partials is None or len(operands) > SEVERAL:
        return ""
    names = [term(graph.names[i]), *(_called(graph, x) for x in operands)]
    output, *stands = _stand_ins(names)
    try:
        text = _shown(op.rule(position, *stands, output=output), names)
    except UNREADABLE:
        return ""
    return text if len(text) <= LONGEST else ""


def bracketed(x: float) -> str:
    """`x` as it stands after an operator: a negative number in brackets.

    >>> bracketed(2.0), bracketed(-2.0)
    ('2', '(−2)')
    """
    text = number(x)
    return f"({text})" if text.startswith(MINUS) else text


def term(name: str) -> str:
    """A name as it stands in a formula: in brackets, if it looks like one itself.

    >>> term("x1"), term("x1*w1 + b")
    ('x1', '(x1*w1 + b)')
    """
    return name if re.fullmatch(r"[\w.\[\]'\"]*", name) else f"({name})"


def _called(graph: Snapshot, i: int) -> str:
    """What node `i` is called in a formula: a constant by its number."""
    return number(graph.data[i]) if graph.is_constant(i) else term(graph.names[i])


def _forward(graph: Snapshot, i: int, operands: Sequence[str]) -> str:
    op = graph.ops[i]
    if not operands:
        return ""
    if op.forward is None:
        return _listed(clean(graph.order[i]._op) or "by hand", operands)
    if op.nary and len(operands) > MANY:
        return _listed(op.name, operands)
    try:
        text = _shown(op.formula(*_stand_ins(operands)), operands)
    except UNREADABLE:
        return _listed(op.name, operands)
    return text if len(text) <= LONGEST else _listed(op.name, operands)


def _stand_ins(texts: Sequence[str]) -> list[Formula]:
    """A sign for each text, with the rank that says where it needs brackets."""
    return [
        Formula(chr(PRIVATE + i), SIGN if text.startswith(MINUS) else ATOM)
        for i, text in enumerate(texts)
    ]


def _shown(text: str, names: Sequence[str]) -> str:
    table: dict[int, str] = {PRIVATE + i: name for i, name in enumerate(names)}
    return text.translate({ord("-"): MINUS, **table})


def _listed(function: str, operands: Sequence[str]) -> str:
    """A call, its operands shortened: `sum(a, b, … z)`."""
    if len(operands) > MANY:
        operands = [*operands[: MANY - 2], f"{ELLIPSIS} {operands[-1]}"]
    return f"{function}({', '.join(operands)})"
