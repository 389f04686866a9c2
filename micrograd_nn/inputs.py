"""Numbers that users bring, as lists and Values: rows, outputs, targets.

>>> nested(((1, 2), [3]))
[[1, 2], [3]]
"""

from __future__ import annotations

from typing import Any

from micrograd_nn.engine import Number, Value, constant
from micrograd_nn.numbers import as_number


def as_value(x: Value | Number, name: str) -> Value:
    """`x` itself if it is a Value, else a Value for the number: no parameter.

    Raises:
        TypeError: If `x` is neither.
    """
    return x if isinstance(x, Value) else constant(as_number(x, name))


def nested(tree: Any) -> Any:
    """`tree` with its arrays and tuples turned into lists, on every level."""
    if hasattr(tree, "tolist"):  # NumPy, pandas, PyTorch
        tree = tree.tolist()
    if isinstance(tree, (list, tuple)):
        return [nested(branch) for branch in tree]
    return tree
