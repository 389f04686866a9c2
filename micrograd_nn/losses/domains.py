"""Which targets a loss accepts: asked of a number at once, of an input in every run.

>>> checked(1, "target", LABELS)
1.0
>>> checked(0, "target", LABELS)
Traceback (most recent call last):
ValueError: not a target of this loss: got target=0 (int); expected -1 or 1. For 0 ...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd_nn.engine import Number, Value
from micrograd_nn.numbers import as_number
from micrograd_nn.op import INDEX, INPUT

# Which targets are right, asked of a number or of an array of them; and in words.
Domain = tuple[Callable[[Any], Any], str]

NUMBERS: Domain = (lambda t: True, "a number")
LABELS: Domain = (lambda t: abs(t) == 1.0, "-1 or 1. For 0 and 1 pass 2 * label - 1")
PROBABILITIES: Domain = (lambda t: (t >= 0.0) & (t <= 1.0), "a probability from 0 to 1")


def checked(target: Any, name: str, domain: Domain) -> Value | Number:
    """`target` as a float in `domain`; a Value may be computed, so it is not asked.

    An input of a program has no number yet: the program asks those that will come.

    Raises:
        TypeError: If it is not a number.
        ValueError: If it is outside of the domain.
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
