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
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from micrograd_nn.viz.boxes import DIRECTIONS, Box, Edge, Engine, Layout, Route
from micrograd_nn.viz.dot import dot_layout, find_dot
from micrograd_nn.viz.layered import layered_layout

ENGINES: dict[str, Engine] = {"dot": dot_layout, "python": layered_layout}
SPREAD = 8.0  # pixels between edges that enter one box, where there is room


def layout(
    boxes: Sequence[Box],
    edges: Sequence[Edge],
    rankdir: str = "LR",
    engine: str = "auto",
) -> Layout:
    """Where every box and every edge goes.

    Args:
        boxes: Their sizes, in pixels.
        edges: Pairs of positions in `boxes`; a pair may be repeated.
        rankdir: "LR", "RL", "TB" or "BT": where edges lead to.
        engine: "dot" (the program of Graphviz), "python" (ours), or "auto": the first
            where it is installed and works, else the second.

    Raises:
        ValueError: If `rankdir` or `engine` is none of these.
        RuntimeError: If the engine asked for is "dot", and it fails.
    """
    check_choice("rankdir", rankdir, DIRECTIONS)
    check_choice("engine", engine, ("auto", *ENGINES))
    level = [box.turned(rankdir) for box in boxes]
    found = _computed(level, edges, engine)
    return _docked(found, level, edges).turned(rankdir)


def check_choice(name: str, choice: object, known: Iterable[str]) -> None:
    """Refuse a `choice` that is not one of those known."""
    if choice not in list(known):
        raise ValueError(
            f"unknown {name}: got {name}={choice!r} ({type(choice).__name__}); "
            f"expected one of {', '.join(map(repr, known))}."
        )


def _computed(boxes: Sequence[Box], edges: Sequence[Edge], engine: str) -> Layout:
    if engine != "auto":
        return ENGINES[engine](boxes, edges)
    if find_dot() is not None:
        try:
            return dot_layout(boxes, edges)
        except RuntimeError:
            pass  # a picture by the other engine is better than none
    return layered_layout(boxes, edges)


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
    """`route` with both ends moved up or down, and level there as before."""
    level = 2  # points that move with the end: two at least, and all level with it
    while level < len(route) - 2 and route[-level - 1][1] == route[-1][1]:
        level += 1
    shifts = [start] * 2 + [0.0] * (len(route) - 2 - level) + [end] * level
    return [(x, y + shift) for (x, y), shift in zip(route, shifts, strict=True)]
