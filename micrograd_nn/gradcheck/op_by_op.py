"""Op by op: which op of a graph has a wrong rule.

Only a graph of scalars can be asked this: each node is an op on a few floats, and each
of its partials can be compared with finite differences of the op alone.

>>> from micrograd_nn import Op, Value, apply
>>> cube = Op("cube", lambda xp, x: x * x * x, (lambda xp, y, x: 2.0 * x * x,))
>>> print(first_wrong_op([apply(cube, Value(2.0))]))
wrong op: 'cube', operand 0, at inputs 2.0
FAIL  partial: analytic 8, numeric 12 ± ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from micrograd_nn.chain_rule import local_partials
from micrograd_nn.engine import Value
from micrograd_nn.gradcheck.finite_difference import derivative
from micrograd_nn.gradcheck.report import WrongOp
from micrograd_nn.gradcheck.verdict import Verdict, compare
from micrograd_nn.namespaces import read_floats
from micrograd_nn.op import CONSTANT


def first_wrong_op(nodes: Iterable[Value], rtol: float = 1e-6) -> WrongOp | None:
    """The first of `nodes` with a partial that finite differences contradict.

    Nodes made by hand are passed over: how they were computed is not recorded. Of a
    node with many operands, some fifty are tried.
    """
    wrong = (found for node in nodes for found in _wrong_partials(node, rtol))
    return next(wrong, None)


def _wrong_partials(node: Value, rtol: float) -> Iterator[WrongOp]:
    if node.op.forward is None:
        return
    inputs = tuple(operand.data for operand in node.operands)
    partials = local_partials(node)
    for position in range(0, len(inputs), 1 + len(inputs) // 50):
        if node.operands[position].op is CONSTANT:  # nobody asks for that partial
            continue
        numeric = derivative(_alone(node, inputs, position), inputs[position])
        found = compare("partial", partials[position], numeric, rtol)
        if found.verdict is Verdict.FAIL:
            yield WrongOp(node.op.symbol, position, inputs, found)


def _alone(
    node: Value, inputs: Sequence[float], position: int
) -> Callable[[float], float]:
    """The op of `node` as a function of one operand."""
    op = node.op

    def f(x: float) -> float:
        operands = [*inputs[:position], x, *inputs[position + 1 :]]
        given = [operands] if op.nary else operands
        return float(read_floats(op.forward, *given))

    return f
