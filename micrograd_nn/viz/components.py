"""Strongly connected components: what lies on cycles with one another.

>>> components({0: [1], 1: [2], 2: [1], 3: [0]})
[[1, 2], [0], [3]]
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping


def components(successors: Mapping[int, Iterable[int]]) -> list[list[int]]:
    """The components of a graph, each after all those that it leads to.

    By the path-based algorithm (Gabow, 2000), without recursion: a walk in depth keeps
    the nodes whose component is not finished, and where among them the components
    begin, as far as is known. An edge back to one of them closes a cycle, so that all
    later beginnings are none. Time is linear; the order depends only on that of
    `successors`.

    Args:
        successors: What each node leads to. Every node is a key.
    """
    finished: list[list[int]] = []
    number: dict[int, float] = {}  # where a node is among those kept; inf if finished
    kept: list[int] = []
    beginnings: list[int] = []
    trail: list[tuple[int | None, Iterator[int]]] = [(None, iter(successors))]
    while trail:
        node, rest = trail[-1]
        for other in rest:
            if other not in number:
                number[other] = len(kept)
                beginnings.append(len(kept))
                kept.append(other)
                trail.append((other, iter(successors[other])))
                break
            while beginnings and number[other] < beginnings[-1]:
                beginnings.pop()
        else:
            trail.pop()
            if node is not None and number[node] == beginnings[-1]:
                first = beginnings.pop()
                finished.append(kept[first:])
                number.update(dict.fromkeys(kept[first:], math.inf))
                del kept[first:]
    return finished
