"""Losses of examples that are of one class among several: a row of outputs for each.

>>> from micrograd_nn import Value
>>> row = [Value(0.1), Value(0.7), Value(0.2)]
>>> entry(row, 1, "target").data
0.7
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral
from typing import Any

from micrograd_nn import functions
from micrograd_nn.engine import Number, Value
from micrograd_nn.inputs import as_value, nested
from micrograd_nn.losses.pairs import Outputs, require_same_length
from micrograd_nn.losses.reductions import reduced
from micrograd_nn.numbers import shortened
from micrograd_nn.op import SOURCES
from micrograd_nn.ranges import in_range

Row = list[Value]
Weights = Sequence[float] | None
# The loss of a row and its target, times its weight; and what it counts in the mean.
RowLoss = Callable[[Row, Any, Weights, str], tuple[Value, Value | Number]]


def of_rows(
    loss: RowLoss, input: Outputs, target: Any, reduction: str, weight: Any = None
) -> Any:
    """The losses of rows of outputs and their targets, reduced.

    Args:
        loss: The loss of one row, its target, the weights of classes and the target's
            name for messages.
        input: The outputs for one example, or a list with those of several.
        target: What `loss` takes, for the example or for each of them.
        reduction: "mean", "sum" or "none".
        weight: A number from 0 up for each class, in a list or an array; or None.

    Raises:
        TypeError: If something is not a number.
        ValueError: If lengths differ, or there is nothing to reduce.
    """
    rows, targets = nested(input), nested(target)
    alone = not (isinstance(rows, list) and rows and isinstance(rows[0], list))
    if alone:
        examples = [(rows, targets, "target")]
    else:
        require_same_length(rows, targets)
        pairs = enumerate(zip(rows, targets, strict=True))
        examples = [(row, t, f"target {i}") for i, (row, t) in pairs]
    found = [_loss_of(loss, row, t, weight, name) for row, t, name in examples]
    losses = [one for one, _ in found]
    counts = None if weight is None else [count for _, count in found]
    return reduced(losses[0] if alone else losses, reduction, counts)


def entry(table: Sequence[Any], target: Any, name: str) -> Any:
    """The entry of the class that `target` names: an index, or an input that is one.

    Raises:
        TypeError: If it is not a whole number.
        ValueError: If there is no such class.
    """
    if isinstance(target, Value) and target.op.name in SOURCES:
        return functions.take(table, target)
    return table[class_index(target, len(table), name)]


def class_index(target: Any, classes: int, name: str) -> int:
    """`target` as an int, if there is such a class.

    Raises:
        TypeError: If it is not a whole number.
        ValueError: If there is no such class.
    """
    message = (
        f"no such class: got {name}={shortened(target)} ({type(target).__name__}); "
        f"expected an integer from 0 to {classes - 1}. Number the classes from 0."
    )
    if not isinstance(target, Integral):
        raise TypeError(message)
    if not 0 <= int(target) < classes:
        raise ValueError(message)
    return int(target)


def _loss_of(
    loss: RowLoss, row: Any, target: Any, weight: Any, name: str
) -> tuple[Value, Value | Number]:
    if not isinstance(row, list) or not row:
        raise ValueError(
            f"no logits: got input={shortened(row)} ({type(row).__name__}); "
            "expected a list with one logit for each class, or a list of such lists."
        )
    values = [as_value(x, f"logit {i}") for i, x in enumerate(row)]
    return loss(values, target, _class_weights(weight, len(row)), name)


def _class_weights(given: Any, classes: int) -> Weights:
    if given is None:
        return None
    listed = nested(given)
    if not isinstance(listed, list) or len(listed) != classes:
        raise ValueError(
            f"not a weight for each class: got weight={shortened(given)} "
            f"({type(given).__name__}); expected a list of {classes} numbers."
        )
    return [in_range(w, f"weight[{i}]") for i, w in enumerate(listed)]
