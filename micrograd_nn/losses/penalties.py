"""Penalties on the size of parameters, to be added to a loss: small ones are simpler.

>>> from micrograd_nn import Value
>>> weights = [Value(3.0), Value(-4.0)]
>>> l1_penalty(weights).data, l2_penalty(weights).data
(7.0, 25.0)

How much they count is yours to say: `loss + 1e-3 * l2_penalty(model.parameters())`.
"""

from __future__ import annotations

from collections.abc import Iterable

from micrograd_nn import functions, trees
from micrograd_nn.engine import Value
from micrograd_nn.inputs import as_value
from micrograd_nn.numbers import shortened


def l1_penalty(parameters: Iterable[Value]) -> Value:
    """The sum of the absolute parameters, which pulls small ones to 0 for good.

    The lasso (Tibshirani, 1996).

    Args:
        parameters: Values, in a list or nested lists.

    Raises:
        TypeError: If there is no list of Values.

    >>> l1_penalty([Value(0.5), Value(-0.5)]).data
    1.0
    """
    return functions.sum([abs(x) for x in _listed(parameters)])


def l2_penalty(parameters: Iterable[Value]) -> Value:
    """The sum of the squared parameters, which pulls large ones the most.

    Ridge regression (Hoerl and Kennard, 1970). Its gradient is 2 · parameter: half of
    what it counts is the `weight_decay` of `SGD`.

    Args:
        parameters: Values, in a list or nested lists.

    Raises:
        TypeError: If there is no list of Values.

    >>> l2_penalty([[Value(0.5)], [Value(-0.5)]]).data
    0.5
    """
    return functions.sum([x * x for x in _listed(parameters)])


def _listed(parameters: Iterable[Value]) -> list[Value]:
    if not isinstance(parameters, Iterable):
        raise TypeError(
            f"no list of parameters: got parameters={shortened(parameters)} "
            f"({type(parameters).__name__}); expected Values in a list. "
            "Pass model.parameters()."
        )
    found = trees.leaves(list(parameters))
    return [as_value(x, f"parameters[{i}]") for i, x in enumerate(found)]
