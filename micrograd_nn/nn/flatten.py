"""`Flatten`: from images to features.

>>> [x.data for x in Flatten()([[1.0, 2.0], [3.0, 4.0]])]
[1.0, 2.0, 3.0, 4.0]
"""

from __future__ import annotations

from micrograd_nn import trees
from micrograd_nn.engine import Value
from micrograd_nn.nn.examples import Inputs, as_values
from micrograd_nn.nn.module import Module


class Flatten(Module):
    """All Values of one example in one list, the last axis fastest."""

    def __call__(self, x: Inputs) -> list[Value]:
        """The Values of `x`."""
        return trees.leaves(as_values(x))
