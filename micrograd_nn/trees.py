"""Arguments that hold numbers in lists, tuples, dictionaries or NumPy arrays.

>>> leaves([1.0, {"b": (2.0, 3.0)}])
[1.0, 2.0, 3.0]
>>> rebuilt([1.0, {"b": (2.0, 3.0)}], iter("xyz"))
['x', {'b': ('y', 'z')}]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def leaves(tree: Any) -> list[Any]:
    """Everything in `tree` that is not itself a container, in order."""
    if _is_array(tree):
        return list(tree.flat)
    if isinstance(tree, dict):
        return [leaf for item in tree.values() for leaf in leaves(item)]
    if isinstance(tree, (list, tuple)):
        return [leaf for item in tree for leaf in leaves(item)]
    return [tree]


def rebuilt(tree: Any, new: Iterator[Any]) -> Any:
    """A tree of the same shape, its leaves taken from `new`."""
    if _is_array(tree):
        return _rebuilt_array(tree, new)
    if isinstance(tree, dict):
        return {key: rebuilt(item, new) for key, item in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):  # a named tuple
        return type(tree)(*(rebuilt(item, new) for item in tree))
    if isinstance(tree, (list, tuple)):
        return type(tree)(rebuilt(item, new) for item in tree)
    return next(new)


def paths(tree: Any, name: str) -> list[str]:
    """A name for every leaf: `name` and how to get there, as in `w[2]['b']`."""
    if _is_array(tree):
        return [f"{name}{list(index)}" for index in _indexes(tree.shape)]
    if isinstance(tree, dict):
        items = [(f"[{key!r}]", item) for key, item in tree.items()]
    elif isinstance(tree, (list, tuple)):
        items = [(f"[{index}]", item) for index, item in enumerate(tree)]
    else:
        return [name]
    return [path for key, item in items for path in paths(item, name + key)]


def _is_array(tree: Any) -> bool:
    # By name, so that this needs no NumPy; a 0-d array is a number.
    return type(tree).__module__ == "numpy" and getattr(tree, "ndim", 0) > 0


def _rebuilt_array(array: Any, new: Iterator[Any]) -> Any:
    import numpy as np  # it made the array, so it is there

    items = [next(new) for _ in array.flat]
    if items and all(map(_is_array, items)):  # the rows of a Hessian
        return np.reshape(items, (*array.shape, *items[0].shape))
    result = array.astype(object)
    for index, item in zip(_indexes(array.shape), items, strict=True):
        result[index] = item
    plain = all(isinstance(x, float) for x in result.flat)
    return result.astype(float) if plain else result


def _indexes(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if not shape:
        yield ()
        return
    for first in range(shape[0]):
        for rest in _indexes(shape[1:]):
            yield (first, *rest)
