"""Losses of single outputs, each with a target of its own.

>>> of_pairs(lambda x, t: x * t, [1.0, 2.0], [3, 4], "sum", NUMBERS).data
11.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd_nn import trees
from micrograd_nn.engine import Value
from micrograd_nn.inputs import as_value, nested
from micrograd_nn.losses.domains import NUMBERS, Domain, checked
from micrograd_nn.losses.reductions import reduced

Outputs = Any  # a Value or a number, or lists, tuples or arrays of them
Loss = Callable[..., Any]


def of_pairs(
    loss: Callable[[Value, Any], Value],
    input: Outputs,
    target: Outputs,
    reduction: str,
    domain: Domain = NUMBERS,
) -> Any:
    """The losses of outputs and their targets, in the shape of `input`, reduced.

    Args:
        loss: The loss of one output and its target.
        input: Outputs.
        target: As many, in the same shape.
        reduction: "mean", "sum" or "none".
        domain: Which targets are right.

    Raises:
        TypeError: If something is not a number.
        ValueError: If shapes differ, a target is outside of the domain, or there is
            nothing to reduce.
    """
    outputs = nested(input)
    losses = [
        loss(as_value(x, f"output {i}"), checked(t, f"target {i}", domain))
        for i, (x, t) in enumerate(_pairs(outputs, nested(target)))
    ]
    return reduced(trees.rebuilt(outputs, iter(losses)), reduction)


def require_same_length(outputs: Any, targets: Any, name: str = "target") -> None:
    """Refuse lists of different lengths, or a list beside a number.

    Args:
        outputs: The outputs.
        targets: What should be as long.
        name: How the caller's argument is called, for the message.

    Raises:
        ValueError: Telling both.
    """
    length, wanted = _length(targets), _length(outputs)
    if length != wanted:
        raise ValueError(
            f"shapes differ: got {length} in {name} for {wanted} in input; "
            f"expected a {name} for each output. Check how both were made."
        )


def _pairs(outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Every output with its target."""
    if not isinstance(outputs, list) and not isinstance(targets, list):
        return [(outputs, targets)]
    require_same_length(outputs, targets)
    both = zip(outputs, targets, strict=True)
    return [pair for x, t in both for pair in _pairs(x, t)]


def _length(tree: Any) -> str:
    return f"a list of {len(tree)}" if isinstance(tree, list) else "a number"
