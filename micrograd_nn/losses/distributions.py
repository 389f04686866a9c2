"""Losses of whole distributions: how much one differs from another.

>>> from math import log
>>> half, fifth = [log(0.5), log(0.5)], [log(0.2), log(0.8)]
>>> round(kl_div(fifth, [0.5, 0.5], "sum").data, 4), kl_div(half, [0.5, 0.5]).data
(0.2231, 0.0)
"""

from __future__ import annotations

import sys
from typing import Any

from micrograd_nn.engine import Number, Value
from micrograd_nn.functions import log_softmax
from micrograd_nn.inputs import as_value, nested
from micrograd_nn.losses.domains import NUMBERS, PROBABILITIES
from micrograd_nn.losses.entropies import cross_entropy
from micrograd_nn.losses.pairs import Outputs, of_pairs, require_same_length
from micrograd_nn.losses.reductions import REDUCTIONS, reduced, require_reduction
from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import in_range

TINY = sys.float_info.min


def kl_div(
    input: Outputs, target: Outputs, reduction: str = "mean", log_target: bool = False
) -> Any:
    """The mean of target · (log target - input): Kullback and Leibler's divergence.

    As in PyTorch, the input holds log-probabilities and comes first, though it is the
    divergence *from* the target; and "mean" is over all numbers. The divergence itself
    (Kullback and Leibler, 1951) is the sum over one example, and its mean over several
    is "batchmean". A probability of 0 counts 0, its limit.

    Args:
        input: Log-probabilities, as of `log_softmax`.
        target: As many probabilities; or their logarithms.
        reduction: "mean", "sum", "none", or "batchmean", the sum over the length of
            `input`.
        log_target: Whether the target holds logarithms.

    Raises:
        ValueError: If a probability is outside [0, 1], or shapes differ.

    >>> rows = [[-0.5, -1.0], [-2.0, -0.25]]
    >>> kl_div(rows, rows, "batchmean", log_target=True).data
    0.0
    """
    require_reduction(reduction, (*REDUCTIONS, "batchmean"))
    loss, domain = (_of_logs, NUMBERS) if log_target else (_of_share, PROBABILITIES)
    if reduction != "batchmean":
        return of_pairs(loss, input, target, reduction, domain)
    outputs = nested(input)
    total = of_pairs(loss, outputs, target, "sum", domain)
    return total / len(outputs) if isinstance(outputs, list) else total


def distillation_loss(
    input: Outputs,
    target: Any,
    teacher: Outputs,
    reduction: str = "mean",
    *,
    temperature: float = 2.0,
    alpha: float = 0.5,
) -> Any:
    """What a student pays for not answering as its teacher, and for being wrong.

    That is alpha · T² · KL(teacher ‖ student), both softened by the temperature T, and
    (1 - alpha) · `cross_entropy` with the target. A high temperature shows what the
    teacher knows of the wrong classes; T² keeps the gradient at its size (Hinton,
    Vinyals and Dean, 2015).

    Args:
        input: The student's logits for one example, or a list with those of several.
        target: As for `cross_entropy`; or None if alpha is 1.
        teacher: The teacher's logits. Pass numbers: gradients flow into Values.
        reduction: Over the examples: "mean", "sum" or "none".
        temperature: What all logits are divided by, above 0.
        alpha: How much the teacher counts, from 0 to 1.

    Raises:
        ValueError: If sizes differ, an option is out of range, or the target is missing
            or not one of `cross_entropy`.
        TypeError: If an index is not a whole number.

    >>> distillation_loss([1.0, 2.0], 1, teacher=[1.0, 2.0], alpha=1.0).data
    0.0
    """
    share = in_range(alpha, "alpha", 0.0, 1.0, "[]")
    heat = in_range(temperature, "temperature", 0.0, ends="()")
    require_reduction(reduction)
    soft = _softened(nested(input), nested(teacher), heat)
    if target is None and share == 1.0:
        return reduced(soft, reduction)
    hard = cross_entropy(input, target, "none")
    if isinstance(soft, Value):
        return share * soft + (1.0 - share) * hard
    both = zip(soft, hard, strict=True)
    return reduced([share * a + (1.0 - share) * b for a, b in both], reduction)


def _of_share(x: Value, p: Value | Number) -> Value:
    share = as_value(p, "target")
    # At 0 a product of 0 and a number: log 0 would make it nan.
    return share * (share.maximum(TINY).log() - x)


def _of_logs(x: Value, log_share: Value | Number) -> Value:
    target = as_value(log_share, "target")
    return target.exp() * (target - x)


def _softened(student: Any, teacher: Any, heat: float) -> Any:
    """T² times the divergence of one example, or a list with those of several."""
    require_same_length(student, teacher, "teacher")
    if not (isinstance(student, list) and student):
        raise ValueError(
            f"no logits: got input={shortened(student)} ({type(student).__name__}); "
            "expected a list with one logit for each class, or a list of such lists."
        )
    if isinstance(student[0], list):
        both = zip(student, teacher, strict=True)
        return [_softened(row, other, heat) for row, other in both]
    cooled = [
        [as_value(x, f"logit {i}") / heat for i, x in enumerate(row)]
        for row in (student, teacher)
    ]
    ours, theirs = map(log_softmax, cooled)
    return heat * heat * kl_div(ours, theirs, "sum", log_target=True)
