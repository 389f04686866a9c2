"""Layout: from the sizes of boxes and the edges between them to coordinates.

>>> from micrograd_nn.viz.boxes import Box
>>> box = Box(width=40, height=20, entry=20)
>>> layout([box, box], [(0, 1)], rankdir="TB", engine="python").centers
[(20.0, 10.0), (20.0, 74.0)]

Whichever engine ran, the picture is drawn by the same code and looks the same; so an
engine is asked for as little as possible.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import replace
from time import monotonic

from micrograd_nn.ranges import one_of
from micrograd_nn.viz.boxes import DIRECTIONS, Box, Edge, Group, Layout, Route
from micrograd_nn.viz.graphviz_layout import graphviz_layout, is_large
from micrograd_nn.viz.graphviz_program import TIMEOUT, installed
from micrograd_nn.viz.layered import layered_layout
from micrograd_nn.viz.layers import reaches_far

ENGINES = ("dot", "pygraphviz", "python")
SPREAD = 8.0  # pixels between edges that enter one box, where there is room


def layout(
    boxes: Sequence[Box],
    edges: Sequence[Edge],
    rankdir: str = "LR",
    engine: str = "auto",
    groups: Sequence[Group] = (),
    lead: float = 0.0,
) -> Layout:
    """Where every box and every edge goes.

    Args:
        boxes: Their sizes, in pixels.
        edges: Pairs of positions in `boxes`; a pair may be repeated.
        rankdir: "LR", "RL", "TB" or "BT": where edges lead to.
        engine: "dot" (the program of Graphviz), "pygraphviz" (Graphviz too), "python"
            (ours), or "auto": the first that is installed and works within 5 s. Of more
            than 2,500 boxes and edges, or where edges pass many layers, Graphviz may
            need minutes, so "auto" is ours then.
        groups: Boxes that belong together. Graphviz then needs seconds.
        lead: Pixels by which each edge is longer than need be, for texts beside it.

    Raises:
        ValueError: If `rankdir` or `engine` is none of these.
        RuntimeError: If the engine asked for is Graphviz, and it is missing, fails, or
            takes more than 10 s.
    """
    one_of(DIRECTIONS, rankdir, "rankdir")
    one_of(("auto", *ENGINES), engine, "engine")
    level = [box.turned(rankdir) for box in boxes]
    longer = [box._replace(width=box.width + lead) for box in level]
    found = _cut(_computed(longer, edges, groups, engine), lead)
    return _docked(found, level, edges).turned(rankdir)


def _cut(found: Layout, lead: float) -> Layout:
    """`found` with `lead` cut off the end of each box; its edges start there."""
    return Layout(
        found.width - lead,
        found.height,
        [(x - lead / 2, y) for x, y in found.centers],
        [[(x - lead, y), *rest] for (x, y), *rest in found.routes],
    )


def _computed(
    boxes: Sequence[Box], edges: Sequence[Edge], groups: Sequence[Group], engine: str
) -> Layout:
    if engine == "python":
        return layered_layout(boxes, edges)
    if engine != "auto":
        return graphviz_layout(engine, boxes, edges, groups)
    if is_large(boxes, edges) or reaches_far(len(boxes), edges):
        return layered_layout(boxes, edges)
    return _by_graphviz(boxes, edges) or layered_layout(boxes, edges)


def _by_graphviz(boxes: Sequence[Box], edges: Sequence[Edge]) -> Layout | None:
    """By the first engine that works within the time that all have together, or None.

    A picture by another engine is better than none. But one that takes too long is the
    last: they are all Graphviz, and need about the same time.
    """
    end = monotonic() + TIMEOUT
    for engine in installed():
        if (seconds := end - monotonic()) > 0:
            with suppress(RuntimeError):
                return graphviz_layout(engine, boxes, edges, (), seconds)
    return None


def _docked(found: Layout, boxes: Sequence[Box], edges: Sequence[Edge]) -> Layout:
    """`found`, with the edges into each box side by side, in the order of `edges`."""
    starts = _side_by_side(edges, [boxes[tail].entry for tail, _ in edges])
    heads = [head for _, head in edges]
    ends = _side_by_side(heads, [boxes[head].entry for head in heads])
    routes = _untwisted(found.routes, edges)
    return replace(found, routes=list(map(_shifted, routes, starts, ends)))


def _untwisted(routes: Sequence[Route], edges: Sequence[Edge]) -> list[Route]:
    """`routes`, so exchanged that parallel edges take theirs from the top down."""

    def height(i: int) -> float:
        return sum(y for _, y in routes[i]) / len(routes[i])

    numbers = range(len(edges))
    from_top = sorted(numbers, key=lambda i: (edges[i], height(i)))
    taken = dict(zip(sorted(numbers, key=edges.__getitem__), from_top, strict=True))
    return [routes[taken[i]] for i in numbers]


def _side_by_side(groups: Sequence[Hashable], rooms: Sequence[float]) -> list[float]:
    """How far each member of a group stands off the middle of the room that it has.

    >>> _side_by_side("aab", [30.0, 30.0, 30.0])
    [-4.0, 4.0, 0.0]
    """
    sizes, seen, offsets = Counter(groups), Counter[Hashable](), []
    for group, room in zip(groups, rooms, strict=True):
        step = min(SPREAD, room / (sizes[group] + 1))
        offsets.append((seen[group] - (sizes[group] - 1) / 2) * step)
        seen[group] += 1
    return offsets


def _shifted(route: Route, start: float, end: float) -> Route:
    """`route` with both ends moved up or down, and level there as before.

    >>> _shifted([(0, 0), (5, 0), (5, 9), (10, 9)], start=1, end=-1)
    [(0, 1), (5, 1), (5, 8), (10, 8)]
    """
    first, last = _level(route), _level(route[::-1])
    if first == len(route):  # then the widest of its curves is to rise
        widest = max(range(0, len(route) - 3, 3), key=lambda i: _width(route, i))
        first, last = widest + 2, len(route) - widest - 2
    last = min(last, len(route) - first)
    shifts = [start] * first + [0.0] * (len(route) - first - last) + [end] * last
    return [(x, y + shift) for (x, y), shift in zip(route, shifts, strict=True)]


def _level(route: Route) -> int:
    """How many points are as high as the first; two at least, by which it leaves."""
    rising = (i for i, (_, y) in enumerate(route) if y != route[0][1])
    return max(2, next(rising, len(route)))


def _width(route: Route, i: int) -> float:
    return route[i + 3][0] - route[i][0]
