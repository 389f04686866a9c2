"""Ops that users write on a Value, as micrograd's lectures and microgpt do.

In micrograd a new op names its operands and sets `_backward` next; in microgpt it gives
the partials as numbers.

>>> from micrograd_nn import Value
>>> x = Value(3.0)
>>> square = Value(x.data**2, (x,), (2 * x.data,))
>>> square.backward()
>>> x.grad
6.0

Such an op has no formula, so it is not differentiated twice, copied or compiled; for
that there is `micrograd_nn.op.Op`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_nn import epochs, recording
from micrograd_nn.numbers import as_number, shortened
from micrograd_nn.op import CONSTANT, by_hand

if TYPE_CHECKING:
    from micrograd_nn.engine import Value


def record(node: Value, operands: tuple[Any, ...], rule: str | Sequence[float]) -> None:
    """Make `node`, a leaf so far, the result of an op by hand.

    Args:
        node: A new Value.
        operands: The Values that it was made of.
        rule: The op's symbol, where `_backward` is set next; or one partial for each
            operand.

    Raises:
        TypeError: If an operand is not a Value or a partial is not a number.
        ValueError: If there are more partials than operands, or fewer.
    """
    for operand in operands:
        if not hasattr(operand, "operands"):
            raise TypeError(
                f"not an operand: got child={shortened(operand)} "
                f"({type(operand).__name__}); expected a Value. Wrap it in Value(...)."
            )
    symbol = rule if isinstance(rule, str) else ""
    partials = None if isinstance(rule, str) else _matched(rule, operands)
    if not operands:
        node._symbol = symbol  # a leaf that shows a symbol is a leaf
    elif recording.is_paused():
        node.op = CONSTANT
    else:
        if partials is not None:
            node.__dict__["_partials"] = partials
        _set_rule(node, operands, symbol)


def set_step(node: Value, step: Callable[[], None]) -> None:
    """Let `step` do what `node` does in `backward()`, in place of the chain rule.

    Raises:
        RuntimeError: If the data of an operand changed after `node` was made.
    """
    epochs.check_operands(node)
    if node.op is not CONSTANT:
        node.__dict__["_step"] = step
        _set_rule(node, node.operands, node._op)


def _set_rule(node: Value, operands: tuple[Value, ...], symbol: str) -> None:
    node.op = epochs.stamped(by_hand(symbol))
    node._a, node._b = operands or None, None


def _matched(partials: Sequence[float], operands: Sequence[Value]) -> tuple[float, ...]:
    if len(partials) != len(operands):
        raise ValueError(
            f"one local gradient per operand: got {len(partials)} for {len(operands)}; "
            "expected as many. Pass them as the third argument."
        )
    return tuple(as_number(partial, "local gradient") for partial in partials)
