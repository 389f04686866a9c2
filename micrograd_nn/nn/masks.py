"""Who may look where: what attention leaves out of its sums.

>>> visible(3, 3, None, is_causal=True)
[[0], [0, 1], [0, 1, 2]]
"""

from __future__ import annotations

from typing import Any

from micrograd_nn.inputs import nested
from micrograd_nn.nn.examples import shape
from micrograd_nn.numbers import shortened

Places = list[list[int]]  # for each query the keys that it may look at


def visible(queries: int, keys: int, attn_mask: Any, is_causal: bool) -> Places:
    """For each query the keys that it may look at.

    Args:
        queries: How many there are.
        keys: How many there are.
        attn_mask: [queries][keys], True where a query may not look; or None.
        is_causal: Whether it may not look at later keys either.

    Raises:
        TypeError: If the mask is not of bools.
        ValueError: If it has another shape, or leaves a query nothing to look at.

    >>> visible(2, 2, [[True, False], [False, False]], is_causal=False)
    [[1], [0, 1]]
    """
    hidden = _mask(queries, keys, attn_mask)
    places = [
        [j for j in range(keys) if not hidden[i][j] and not (is_causal and j > i)]
        for i in range(queries)
    ]
    if [] in places:
        raise ValueError(
            f"nowhere to look: got a mask that hides all keys from query "
            f"{places.index([])}; expected one key or more for each query. A mask has "
            "True where a query may not look."
        )
    return places


def _mask(queries: int, keys: int, attn_mask: Any) -> list[list[bool]]:
    if attn_mask is None:
        return [[False] * keys] * queries
    mask: list[list[bool]] = nested(attn_mask)
    if shape(mask) != (queries, keys):
        raise ValueError(
            f"wrong shape: got an attn_mask of shape {shape(mask)}; expected "
            f"{(queries, keys)}, a row for each query and a column for each key."
        )
    if {type(hidden) for row in mask for hidden in row} != {bool}:
        raise TypeError(
            f"not a mask: got attn_mask={shortened(attn_mask)} "
            f"({type(attn_mask).__name__}); expected bools, True where a query may not "
            "look. Write mask == -inf for a mask of numbers to be added."
        )
    return mask
