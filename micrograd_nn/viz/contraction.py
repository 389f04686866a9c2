"""Contraction: Values shown as one become one node, and no cycle comes of it.

>>> operands = [(), (0,), (1,), (2,)]
>>> parts, order = contracted(operands, ["a", "a", None, None])
>>> parts, order
([0, 0, 1, 2], [0, 1, 2])

A group whose Values feed one outside that feeds the group again would make a cycle, and
so is cut in two:

>>> contracted(operands, ["a", None, "a", "a"])
([0, 1, 2, 2], [0, 1, 2])
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import count

from micrograd_nn.viz.attribution import Operands
from micrograd_nn.viz.components import components


def contracted(
    operands: Operands, groups: Sequence[Hashable | None]
) -> tuple[list[int], list[int]]:
    """The part that each Value is in, and all parts in an order, operands first.

    Args:
        operands: Those of each Value by position.
        groups: What each Value is grouped by; None for one that stays by itself.
    """
    alone = count()
    parts = _numbered([next(alone) if x is None else (x,) for x in groups])
    order = components(links(operands, parts))
    knots = [component for component in order if len(component) > 1]
    if knots:
        parts = _numbered(_cut(operands, parts, knots))
        order = components(links(operands, parts))
    return parts, [part for component in order for part in component]


def links(operands: Operands, parts: Sequence[int]) -> dict[int, dict[int, None]]:
    """The other parts that each part has operands in, each once, as they come."""
    found: dict[int, dict[int, None]] = {part: {} for part in parts}
    for part, positions in zip(parts, operands, strict=True):
        for position in positions:
            if parts[position] != part:
                found[part][parts[position]] = None
    return found


def _numbered(keys: Sequence[Hashable]) -> list[int]:
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]


def _cut(
    operands: Operands, parts: Sequence[int], knots: Sequence[Sequence[int]]
) -> list[Hashable]:
    """Smaller parts: those on cycles cut by how often a way there changed parts.

    That number never falls along an edge, and grows from part to part, so that no way
    comes back to the part that it left.
    """
    knot_of = {part: i for i, knot in enumerate(knots) for part in knot}
    changes = [0] * len(parts)
    for i, part in enumerate(parts):
        for j in operands[i] if part in knot_of else ():
            if knot_of.get(parts[j]) == knot_of[part]:
                changes[i] = max(changes[i], changes[j] + (parts[j] != part))
    return list(zip(parts, changes, strict=True))
