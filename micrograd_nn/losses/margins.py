"""Losses of a margin: nothing, once the right answer is ahead by enough.

>>> from micrograd_nn import Value
>>> hinge_loss([Value(3.0), Value(0.5)], [1, -1], reduction="none")
[Value(data=0.0, grad=0.0), Value(data=1.5, grad=0.0)]
"""

from __future__ import annotations

from typing import Any

from micrograd_nn import functions
from micrograd_nn.engine import Number, Value
from micrograd_nn.losses.classes import Row, Weights, entry, of_rows
from micrograd_nn.losses.domains import LABELS
from micrograd_nn.losses.pairs import Outputs, of_pairs
from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import in_range


def hinge_loss(input: Outputs, target: Outputs, reduction: str = "mean") -> Any:
    """The mean of max(0, 1 - target · input), for labels -1 and 1.

    The loss of support-vector machines (Cortes and Vapnik, 1995): nothing, once an
    output is on the right side by a margin of 1. PyTorch has only relatives of it.

    Raises:
        ValueError: If a label is not -1 or 1, or the shapes differ.

    >>> hinge_loss([Value(0.25), Value(-0.5)], [1, 1]).data
    1.125
    """
    return of_pairs(lambda x, t: (1 - t * x).relu(), input, target, reduction, LABELS)


def multi_margin_loss(
    input: Outputs,
    target: Any,
    reduction: str = "mean",
    *,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
) -> Any:
    """The mean of what the scores of wrong classes come too close to the right one's.

    For each wrong class that is max(0, margin - score[target] + score)**p, and an
    example costs their sum over the number of classes (the hinge loss for several
    classes of Weston and Watkins, 1999). As in PyTorch, weights are factors on the
    losses, and the mean is over the number of examples.

    Args:
        input: The scores of one example, or a list with those of several.
        target: For each example the index of its class.
        reduction: Over the examples: "mean", "sum" or "none".
        p: 1 or 2.
        margin: How far the right score should be ahead, from 0 up.
        weight: What an example of each class counts, from 0 up.

    Raises:
        ValueError: If there is no such class, sizes differ, or an option is out of
            range.
        TypeError: If an index is not a whole number.

    >>> multi_margin_loss([2.0, 1.5, 0.0, 2.5], 0).data  # (0.5 + 0 + 1.5) / 4
    0.5
    """
    least = in_range(margin, "margin")
    if p not in (1, 2):
        raise ValueError(
            f"no such power: got p={shortened(p)} ({type(p).__name__}); expected 1 "
            "or 2."
        )

    def loss(row: Row, t: Any, w: Weights, name: str) -> tuple[Value, Value | Number]:
        chosen = entry(row, t, name)
        short = [(x - chosen + least).relu() for x in row]
        costs = short if p == 1 else [x * x for x in short]
        # The class itself is among them, short by all of the margin.
        mean = (functions.sum(costs) - least**p) / len(row)
        return (mean if w is None else entry(w, t, name) * mean), 1.0

    return of_rows(loss, input, target, reduction, weight)
