"""A layered layout in pure Python: always there, and the same on every run.

>>> from micrograd_nn.viz.boxes import Box
>>> box = Box(width=40, height=20, entry=20)
>>> layered_layout([box, box, box], [(0, 2), (1, 2)]).centers
[(20.0, 10.0), (20.0, 46.0), (104.0, 28.0)]

The method is that of Sugiyama, Tagawa and Toda (1981): layers, a good order in each
(see `layers`), then coordinates. Time is nearly linear, and nothing recurses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from micrograd_nn.viz.boxes import Box, Edge, Layout, Route, curve
from micrograd_nn.viz.layers import Net, layers_of

SWEEPS = 12  # more move hardly anything by a pixel
GAP = 16.0  # pixels between boxes of one layer
LANE = 14.0  # pixels kept free where an edge passes a layer
LAYER_GAP = 44.0  # pixels between layers, at least
STEEPEST = 4.0  # pixels that an edge may rise for each that it goes right
STRAIGHT = 8.0  # the factor of Gansner, Koutsofios, North and Vo (1993)

Wish = tuple[float, float]  # a height, and how much it weighs


def layered_layout(boxes: Sequence[Box], edges: Sequence[Edge]) -> Layout:
    """Coordinates for a picture that flows from left to right.

    Raises:
        ValueError: If the edges form a cycle.
    """
    net = layers_of(len(boxes), edges)
    rooms = [box.height + GAP for box in boxes] + [LANE] * (len(net.before) - net.boxes)
    heights = _heights(net, rooms)
    top = min(map(_upper, heights, rooms), default=0.0)
    heights = [height - top for height in heights]
    columns = _columns(net, boxes, heights)
    return Layout(
        max((column.right for column in columns), default=0.0),
        max(map(_lower, heights, rooms), default=0.0),
        [(columns[i].right - box.width / 2, heights[i]) for i, box in enumerate(boxes)],
        [_route(chain, boxes, columns, heights) for chain in net.chains],
    )


def _upper(height: float, room: float) -> float:
    return height - (room - GAP) / 2


def _lower(height: float, room: float) -> float:
    return height + (room - GAP) / 2


# The heights: the sum of the squares of how far each piece rises, weighted, is made
# small. Given the layers beside it, the best heights of one layer are a regression
# with an order to keep; round by round, that is done for every layer in turn. What
# slant is left in chains is taken out at the end.


def _heights(net: Net, rooms: list[float]) -> list[float]:
    heights = [0.0] * len(rooms)
    for layer in net.layers:
        ends = accumulate(rooms[node] for node in layer)
        for node, end in zip(layer, ends, strict=True):
            heights[node] = end - rooms[node] / 2
    for sweep in range(SWEEPS):
        for layer in net.layers if sweep % 2 else net.layers[::-1]:
            _settle(layer, rooms, heights, [_mean(net, n, heights) for n in layer])
    for layer in net.layers:
        _settle(layer, rooms, heights, [_level(net, n, heights) for n in layer])
    return heights


def _settle(
    layer: list[int], rooms: list[float], heights: list[float], wishes: list[Wish]
) -> None:
    settled = _regression(wishes, [rooms[node] for node in layer])
    for node, height in zip(layer, settled, strict=True):
        heights[node] = height


def _mean(net: Net, node: int, heights: list[float]) -> Wish:
    """To be as high as its neighbours on both sides."""
    pulls = [(_pull(net, x, node), heights[x]) for x in net.before[node]]
    pulls += [(_pull(net, node, x), heights[x]) for x in net.after[node]]
    weight = sum(pull for pull, _ in pulls)
    if not weight:
        return heights[node], 1.0
    return sum(pull * height for pull, height in pulls) / weight, weight


def _level(net: Net, node: int, heights: list[float]) -> Wish:
    """To be as high as the node before it in a chain, or to stay."""
    for left in net.before[node]:
        if _pull(net, left, node) == STRAIGHT:
            return heights[left], STRAIGHT
    return heights[node], 1.0


def _pull(net: Net, left: int, right: int) -> float:
    """How much a piece resists to rise: more if nothing splits or joins at its ends."""
    alone = len(net.after[left]) == len(net.before[right]) == 1
    return STRAIGHT if alone else 1.0


def _regression(wishes: Sequence[Wish], rooms: Sequence[float]) -> list[float]:
    """The least-squares heights, in order and with room for each.

    Neighbours whose wishes conflict are pooled and share one wish, their mean, until
    none conflict (the pool-adjacent-violators algorithm; Barlow et al., 1972).

    >>> _regression([(0.0, 1.0), (0.0, 1.0), (9.0, 1.0)], [2.0, 2.0, 2.0])
    [-1.0, 1.0, 9.0]
    """
    ends = accumulate(rooms)
    offsets = [end - room / 2 for end, room in zip(ends, rooms, strict=True)]
    pools: list[tuple[float, float, int]] = []  # mean wish, weight, how many
    for (wish, weight), offset in zip(wishes, offsets, strict=True):
        mean, count = wish - offset, 1
        while pools and pools[-1][0] > mean:
            other, more, members = pools.pop()
            mean = (mean * weight + other * more) / (weight + more)
            weight, count = weight + more, count + members
        pools.append((mean, weight, count))
    means = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


# Across: every layer is a column, as wide as its widest box; boxes stand at its right.


@dataclass(frozen=True)
class _Column:
    left: float
    right: float


def _columns(net: Net, boxes: Sequence[Box], heights: list[float]) -> list[_Column]:
    """The column of each node."""
    column_of = [_Column(0.0, 0.0)] * len(heights)
    right = -LAYER_GAP
    for layer in net.layers:
        rise = max(
            (abs(heights[x] - heights[n]) for n in layer for x in net.before[n]),
            default=0.0,
        )
        left = right + max(LAYER_GAP, rise / STEEPEST)
        right = left + max(boxes[n].width for n in layer if n < net.boxes)
        for node in layer:
            column_of[node] = _Column(left, right)
    return column_of


def _route(
    chain: list[int],
    boxes: Sequence[Box],
    columns: list[_Column],
    heights: list[float],
) -> Route:
    """The curve along `chain`: it rises between columns, and is level within them."""
    tail, *cuts, head = chain
    entry = columns[head].right - boxes[head].width
    route: Route = [(columns[tail].right, heights[tail])]
    for node, end in [*((cut, columns[cut].right) for cut in cuts), (head, entry)]:
        height = heights[node]
        route += curve(route[-1], (columns[node].left, height))
        if end > columns[node].left:
            route += curve(route[-1], (end, height))
    return route
