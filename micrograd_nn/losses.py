"""Loss functions: one number for how far outputs are from their targets.

>>> from micrograd_nn import Value
>>> outputs = [Value(2.0), Value(-1.0)]
>>> mse_loss(outputs, [1.0, 1.0])  # the mean of 1 and 4
Value(data=2.5, grad=0.0)

All take `(input, target, reduction)`, named and ordered as in PyTorch. The input is one
output or a list of them, Values or numbers. Targets are numbers, in lists or arrays of
the same shape; where they are Values, gradients flow into them too. `reduction` is
"mean", "sum", or "none" for one loss per output.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Integral
from typing import Any

from micrograd_nn import functions, trees
from micrograd_nn.engine import Number, Value
from micrograd_nn.inputs import as_value, nested
from micrograd_nn.numbers import as_number, shortened
from micrograd_nn.op import INDEX, INPUT, SOURCES

Outputs = Any  # a Value or a number, or lists, tuples or arrays of them
Loss = Callable[..., Any]
# Which targets are right, asked of a number or of an array of them; and in words.
Domain = tuple[Callable[[Any], Any], str]

NUMBERS: Domain = (lambda t: True, "a number")
LABELS: Domain = (lambda t: abs(t) == 1.0, "-1 or 1. For 0 and 1 pass 2 * label - 1")
PROBABILITIES: Domain = (lambda t: (t >= 0.0) & (t <= 1.0), "a probability from 0 to 1")


def mse_loss(input: Outputs, target: Outputs, reduction: str = "mean") -> Any:
    """The mean of the squared errors, (input - target)².

    Raises:
        ValueError: If the shapes differ, or there is nothing to take a mean of.

    >>> mse_loss([[Value(3.0), Value(1.0)]], [[0.0, 1.0]], reduction="sum").data
    9.0
    """
    return _of_pairs(lambda x, t: (x - t) ** 2, input, target, reduction, NUMBERS)


def hinge_loss(input: Outputs, target: Outputs, reduction: str = "mean") -> Any:
    """The mean of max(0, 1 - target · input), for labels -1 and 1.

    The loss of support-vector machines (Cortes and Vapnik, 1995): nothing, once an
    output is on the right side by a margin of 1. PyTorch has only relatives of it.

    Raises:
        ValueError: If a label is not -1 or 1, or the shapes differ.

    >>> hinge_loss([Value(3.0), Value(0.5)], [1, -1], reduction="none")
    [Value(data=0.0, grad=0.0), Value(data=1.5, grad=0.0)]
    """
    return _of_pairs(lambda x, t: (1 - t * x).relu(), input, target, reduction, LABELS)


def binary_cross_entropy_with_logits(
    input: Outputs, target: Outputs, reduction: str = "mean"
) -> Any:
    """The mean of -log p(target), where sigmoid(input) is the probability of 1.

    Computed as t · softplus(-x) + (1 - t) · softplus(x), which is exact where
    log(sigmoid(x)) would overflow or cancel: at a logit of -1000 for the target 1 it is
    1000, at 40 it is 4.2e-18.

    Args:
        input: Logits: outputs of a linear layer, before any sigmoid.
        target: 0, 1, or a probability between.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: If a target is outside [0, 1], or the shapes differ.

    >>> binary_cross_entropy_with_logits([Value(-1000.0), Value(0.0)], [1, 0]).data
    500.34657359027995
    """
    return _of_pairs(
        lambda x, t: t * (-x).softplus() + (1 - t) * x.softplus(),
        input,
        target,
        reduction,
        PROBABILITIES,
    )


def cross_entropy(input: Outputs, target: Any, reduction: str = "mean") -> Any:
    """The mean of -log p(target), where softmax(input) are the probabilities.

    Computed as logsumexp(logits - logits[target]), which cannot overflow, and is exact
    for logits of any size.

    Args:
        input: The logits of one example, or a list with those of several: outputs of a
            linear layer, before any softmax.
        target: For each example the index of its class, or else a probability for
            every class. While a program is recorded, an input may stand for either.
        reduction: Over the examples: "mean", "sum" or "none".

    Raises:
        ValueError: If there is no such class, probabilities are outside [0, 1] or do
            not sum to 1, or sizes differ.
        TypeError: If an index is not a whole number.

    >>> cross_entropy([Value(0.0), Value(0.0)], 1).data  # -log(1/2)
    0.6931471805599453
    >>> cross_entropy([[1.0, 2.0], [3.0, 3.0]], [1, 0]).data
    0.5032044340390841
    """
    rows, targets = nested(input), nested(target)
    if not (isinstance(rows, list) and rows and isinstance(rows[0], list)):
        return _reduced(_class_loss(rows, targets, "target"), reduction)
    _require_same_length(rows, targets)
    pairs = enumerate(zip(rows, targets, strict=True))
    losses = [_class_loss(row, t, f"target {i}") for i, (row, t) in pairs]
    return _reduced(losses, reduction)


LOSSES: dict[str, Loss] = {
    function.__name__: function
    for function in (
        mse_loss,
        cross_entropy,
        binary_cross_entropy_with_logits,
        hinge_loss,
    )
}


def _of_pairs(
    loss: Callable[[Value, Any], Value],
    input: Outputs,
    target: Outputs,
    reduction: str,
    domain: Domain,
) -> Any:
    """The losses of outputs and their targets, in the shape of `input`."""
    outputs = nested(input)
    losses = [
        loss(as_value(x, f"output {i}"), _checked(t, f"target {i}", domain))
        for i, (x, t) in enumerate(_pairs(outputs, nested(target)))
    ]
    return _reduced(trees.rebuilt(outputs, iter(losses)), reduction)


def _pairs(outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Every output with its target."""
    if not isinstance(outputs, list) and not isinstance(targets, list):
        return [(outputs, targets)]
    _require_same_length(outputs, targets)
    both = zip(outputs, targets, strict=True)
    return [pair for x, t in both for pair in _pairs(x, t)]


def _require_same_length(outputs: Any, targets: Any) -> None:
    length, wanted = _length(targets), _length(outputs)
    if length != wanted:
        raise ValueError(
            f"shapes differ: got {length} in target for {wanted} in input; "
            "expected a target for each output. Check how both were made."
        )


def _length(tree: Any) -> str:
    return f"a list of {len(tree)}" if isinstance(tree, list) else "a number"


def _checked(target: Any, name: str, domain: Domain) -> Value | Number:
    """`target` as a float in `domain`; a Value may be computed, so it is not asked.

    An input of a program has no number yet: the program asks those that will come.
    """
    accepts, expected = domain
    if isinstance(target, Value):
        if target.op in (INPUT, INDEX):
            target.domain = domain  # type: ignore[attr-defined]  # for the program
        return target
    number = as_number(target, name)
    if not accepts(number):
        raise ValueError(
            f"not a target of this loss: got {name}={target!r} "
            f"({type(target).__name__}); expected {expected}."
        )
    return number


def _class_loss(logits: Any, target: Any, name: str) -> Value:
    """The cross-entropy of one example."""
    if not isinstance(logits, list) or not logits:
        raise ValueError(
            f"no logits: got input={shortened(logits)} ({type(logits).__name__}); "
            "expected a list with one logit for each class, or a list of such lists."
        )
    values = [as_value(x, f"logit {i}") for i, x in enumerate(logits)]
    if isinstance(target, list):
        return _soft_class_loss(values, target, name)
    chosen = _logit(values, target, name)
    return functions.logsumexp([value - chosen for value in values])


def _logit(logits: list[Value], target: Any, name: str) -> Value:
    if isinstance(target, Value) and target.op.name in SOURCES:
        picked: Value = functions.take(logits, target)
        return picked
    return logits[_index(target, len(logits), name)]


def _index(target: Any, classes: int, name: str) -> int:
    message = (
        f"no such class: got {name}={shortened(target)} ({type(target).__name__}); "
        f"expected an integer from 0 to {classes - 1}. Number the classes from 0."
    )
    if not isinstance(target, Integral):
        raise TypeError(message)
    if not 0 <= int(target) < classes:
        raise ValueError(message)
    return int(target)


def _soft_class_loss(logits: list[Value], target: list[Any], name: str) -> Value:
    """The cross-entropy of one example whose target is a distribution."""
    _require_same_length(logits, target)
    shares = [_checked(p, name, PROBABILITIES) for p in target]
    numbers = [p for p in shares if not isinstance(p, Value)]
    if len(numbers) == len(shares) and abs(math.fsum(numbers) - 1.0) > 1e-4:
        raise ValueError(
            f"not a distribution: got {name}={shortened(target)}, which sums to "
            f"{math.fsum(numbers):.6g}; expected probabilities that sum to 1. "
            "For class indexes, pass a list of lists of logits."
        )
    both = zip(shares, functions.log_softmax(logits), strict=True)
    return functions.sum([-p * log_share for p, log_share in both])


def _reduced(losses: Any, reduction: str) -> Any:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(
            f"no such reduction: got reduction={reduction!r} "
            f"({type(reduction).__name__}); expected 'mean', 'sum' or 'none'."
        )
    if reduction == "none" or isinstance(losses, Value):
        return losses
    every = trees.leaves(losses)
    if not every:
        raise ValueError(
            "no examples: got input=[] (list); expected at least one output. "
            "Check what the batch was made of."
        )
    total = functions.sum(every)
    return total / len(every) if reduction == "mean" else total
