"""Where a path is cut: a leaf that changes with the inputs, and yet has no operands.

`Value(x.data)`, `y * x.data` and `float` make such leaves. No gradient passes them.

>>> from micrograd_nn import Value
>>> from micrograd_nn.gradcheck.function import checked_function
>>> function = checked_function(lambda x: x * Value(x.data * 10.0), (3.0,), {}, ())
>>> first_cut(function, random.Random(0))
Value(data=30.0, grad=0.0)
"""

from __future__ import annotations

import random

from micrograd_nn.engine import Value
from micrograd_nn.gradcheck.function import (
    CheckedFunction,
    graph_of,
    moved,
    random_direction,
    recorded,
)

STEP = 2.0**-20  # small, so that the function takes the same branches


def first_cut(function: CheckedFunction, rng: random.Random) -> Value | None:
    """The first leaf in the graph that follows the inputs; None if there is none."""
    nodes = graph_of(recorded(function))
    variables = function.variables.values()
    with moved(random_direction(variables, rng), STEP):
        others = graph_of(recorded(function))
        data = [node.data for node in others]
    if [node.op for node in nodes] != [node.op for node in others]:
        return None
    inputs = set(variables)
    for node, there in zip(nodes, data, strict=True):
        if not node.operands and node not in inputs and node.data != there:
            return node
    return None
