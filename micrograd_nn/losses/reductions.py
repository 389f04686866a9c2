"""From the losses of examples to one loss: their mean, their sum, or none of it.

>>> from micrograd_nn import Value
>>> reduced([Value(1.0), Value(4.0)], "mean").data
2.5
>>> reduced([Value(1.0), Value(4.0)], "mean", weights=[1.0, 3.0]).data
1.25
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd_nn import functions, trees
from micrograd_nn.engine import Number, Value
from micrograd_nn.numbers import shortened

REDUCTIONS = ("mean", "sum", "none")


def reduced(
    losses: Any, reduction: str, weights: Sequence[Value | Number] | None = None
) -> Any:
    """The mean or the sum of losses, in one node; or the losses as they are.

    Args:
        losses: One, or lists of them.
        reduction: "mean", "sum" or "none".
        weights: What the mean divides by the sum of, one for each loss, which has been
            multiplied by it; their number unless given.

    Raises:
        ValueError: If there is no such reduction, or nothing to reduce.
    """
    require_reduction(reduction)
    if reduction == "none" or (isinstance(losses, Value) and weights is None):
        return losses
    every = trees.leaves(losses)
    if not every:
        raise ValueError(
            "no examples: got input=[] (list); expected at least one output. "
            "Check what the batch was made of."
        )
    total = losses if isinstance(losses, Value) else functions.sum(every)
    if reduction == "sum":
        return total
    return total / (len(every) if weights is None else functions.sum(weights))


def require_reduction(given: Any, known: Sequence[str] = REDUCTIONS) -> None:
    """Refuse what is not one of the reductions.

    Raises:
        ValueError: Naming those that there are.
    """
    if not isinstance(given, str) or given not in known:
        *others, last = map(repr, known)
        raise ValueError(
            f"no such reduction: got reduction={shortened(given)} "
            f"({type(given).__name__}); expected {', '.join(others)} or {last}."
        )
