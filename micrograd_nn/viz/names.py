"""What each Value of a graph is called, in pictures, tables and steps.

>>> from micrograd_nn import Value
>>> from micrograd_nn.graph import topological_order
>>> names_of(topological_order(Value(2.0, label="a") * 3.0))
['a', 'v1', 'v2']
"""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_nn.engine import Value
from micrograd_nn.viz.text import clean


def names_of(order: Sequence[Value]) -> list[str]:
    """A name for each Value: its label, or "v" and its position if it has none.

    Args:
        order: The Values of a graph in topological order.
    """
    return [clean(node.label) or f"v{i}" for i, node in enumerate(order)]
