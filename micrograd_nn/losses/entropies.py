"""Losses of probabilities: the surprise at what happened, -log p.

>>> from micrograd_nn import Value
>>> cross_entropy([Value(0.0), Value(0.0)], 1).data  # -log(1/2)
0.6931471805599453
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

from micrograd_nn import functions
from micrograd_nn.engine import Number, Value
from micrograd_nn.inputs import nested
from micrograd_nn.losses.classes import Row, Weights, entry, of_rows
from micrograd_nn.losses.domains import PROBABILITIES, checked
from micrograd_nn.losses.pairs import Outputs, of_pairs, require_same_length
from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import in_range


def binary_cross_entropy_with_logits(
    input: Outputs, target: Outputs, reduction: str = "mean", *, pos_weight: Any = 1.0
) -> Any:
    """The mean of -log p(target), where sigmoid(input) is the probability of 1.

    Computed as t · softplus(-x) + (1 - t) · softplus(x), which is exact where
    log(sigmoid(x)) would overflow or cancel: at a logit of -1000 for the target 1 it is
    1000, at 40 it is 4.2e-18.

    Args:
        input: Logits: outputs of a linear layer, before any sigmoid.
        target: 0, 1, or a probability between.
        reduction: "mean", "sum" or "none".
        pos_weight: A factor on what a missed 1 costs, from 0 up: a number, or one for
            each output of an example. Above 1 where ones are rare.

    Raises:
        ValueError: If a target is outside [0, 1], or shapes differ.

    >>> binary_cross_entropy_with_logits([Value(-1000.0), Value(0.0)], [1, 0]).data
    500.34657359027995
    """
    weights = _positive_weights(pos_weight, nested(input))

    def loss(x: Value, t: Value | Number) -> Value:
        weight = next(weights)
        missed = t if weight == 1.0 else weight * t
        return missed * (-x).softplus() + (1 - t) * x.softplus()

    return of_pairs(loss, input, target, reduction, PROBABILITIES)


def cross_entropy(
    input: Outputs,
    target: Any,
    reduction: str = "mean",
    *,
    weight: Any = None,
    label_smoothing: float = 0.0,
) -> Any:
    """The mean of -log p(target), where softmax(input) are the probabilities.

    Computed as logsumexp(logits - logits[target]), which cannot overflow, and is exact
    for logits of any size.

    Weights are PyTorch's: the mean over examples of known classes is a weighted one,
    the sum of weight · loss over the sum of the weights. So for one example alone, as
    in a function to compile, they cancel: there use "sum".

    Args:
        input: The logits of one example, or a list with those of several: outputs of a
            linear layer, before any softmax.
        target: For each example the index of its class, or else a probability for
            every class. While a program is recorded, an input may stand for either.
        reduction: Over the examples: "mean", "sum" or "none".
        weight: What an example of each class counts, from 0 up.
        label_smoothing: How much of a target's probability is shared by all classes
            (Szegedy et al., 2016), from 0 to 1.

    Raises:
        ValueError: If there is no such class, probabilities are outside [0, 1] or do
            not sum to 1, sizes differ, or an option is out of range.
        TypeError: If an index is not a whole number.

    >>> cross_entropy([[1.0, 2.0], [3.0, 3.0]], [1, 0]).data
    0.5032044340390841
    >>> cross_entropy([[1.0, 2.0], [3.0, 3.0]], [1, 0], weight=[3.0, 1.0]).data
    0.5981758072995147
    """
    share = in_range(label_smoothing, "label_smoothing", 0.0, 1.0, "[]")

    def loss(row: Row, t: Any, w: Weights, name: str) -> tuple[Value, Value | Number]:
        if isinstance(t, list):
            return _of_distribution(row, t, w, share, name), 1.0
        return _of_class(row, t, w, share, name)

    return of_rows(loss, input, target, reduction, weight)


def nll_loss(
    input: Outputs, target: Any, reduction: str = "mean", *, weight: Any = None
) -> Any:
    """The mean of -input[target]: `cross_entropy` for those who have log p already.

    Args:
        input: The log-probabilities of one example, as of `log_softmax`, or a list with
            those of several.
        target: For each example the index of its class.
        reduction: Over the examples: "mean", "sum" or "none".
        weight: As for `cross_entropy`.

    Raises:
        ValueError: If there is no such class, or sizes differ.
        TypeError: If an index is not a whole number.

    >>> nll_loss([[-0.5, -0.9], [-0.1, -2.4]], [1, 0]).data
    0.5
    """

    def loss(row: Row, t: Any, w: Weights, name: str) -> tuple[Value, Value | Number]:
        return _weighed(-entry(row, t, name), t, w, name)

    return of_rows(loss, input, target, reduction, weight)


def _of_class(
    row: Row, target: Any, weights: Weights, smoothing: float, name: str
) -> tuple[Value, Value | Number]:
    """The cross-entropy of one example of a class."""
    chosen = entry(row, target, name)
    loss = functions.logsumexp([logit - chosen for logit in row])
    loss, count = _weighed(loss, target, weights, name)
    if smoothing:
        every = _surprise([smoothing / len(row)] * len(row), row, weights)
        loss = (1.0 - smoothing) * loss + every
    return loss, count


def _weighed(
    loss: Value, target: Any, weights: Weights, name: str
) -> tuple[Value, Value | Number]:
    """A loss times the weight of its class, and that weight."""
    if weights is None:
        return loss, 1.0
    weight = entry(weights, target, name)
    return weight * loss, weight


def _of_distribution(
    row: Row, target: list[Any], weights: Weights, smoothing: float, name: str
) -> Value:
    """The cross-entropy of one example whose target is a distribution."""
    require_same_length(row, target)
    shares = [checked(p, name, PROBABILITIES) for p in target]
    numbers = [p for p in shares if not isinstance(p, Value)]
    if len(numbers) == len(shares) and abs(math.fsum(numbers) - 1.0) > 1e-4:
        raise ValueError(
            f"not a distribution: got {name}={shortened(target)}, which sums to "
            f"{math.fsum(numbers):.6g}; expected probabilities that sum to 1. "
            "For class indexes, pass a list of lists of logits."
        )
    if smoothing:
        shares = [(1.0 - smoothing) * p + smoothing / len(row) for p in shares]
    return _surprise(shares, row, weights)


def _surprise(shares: list[Any], row: Row, weights: Weights) -> Value:
    """The mean of -log p over classes, given the share of each."""
    if weights is not None:
        shares = [weight * p for weight, p in zip(weights, shares, strict=True)]
    both = zip(shares, functions.log_softmax(row), strict=True)
    return functions.sum([-p * log_share for p, log_share in both])


def _positive_weights(given: Any, outputs: Any) -> Iterator[float]:
    """The weight of every output, if it should be 1."""
    listed = nested(given)
    if not isinstance(listed, list):
        return itertools.repeat(in_range(listed, "pos_weight"))
    weights = [in_range(w, f"pos_weight[{i}]") for i, w in enumerate(listed)]
    return iter(_along_rows(weights, outputs, given))


def _along_rows(weights: list[float], outputs: Any, given: Any) -> list[float]:
    """The weights, repeated for each row of outputs."""
    if isinstance(outputs, list) and any(isinstance(x, list) for x in outputs):
        return [w for row in outputs for w in _along_rows(weights, row, given)]
    if not isinstance(outputs, list) or len(outputs) != len(weights):
        length = len(outputs) if isinstance(outputs, list) else 1
        raise ValueError(
            f"not a weight for each output: got pos_weight={shortened(given)} "
            f"({type(given).__name__}); expected a number, or a list of {length}, the "
            "outputs of an example."
        )
    return weights
