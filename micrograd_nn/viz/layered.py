"""A layered layout in pure Python: always there, and the same on every run.

>>> from micrograd_nn.viz.boxes import Box
>>> box = Box(width=40, height=20, entry=20)
>>> layered_layout([box, box, box], [(0, 2), (1, 2)]).centers
[(20.0, 10.0), (20.0, 46.0), (104.0, 28.0)]

The method is that of Sugiyama, Tagawa and Toda (1981): layers, a good order in each
(see `layers`), then coordinates; edges that would pass too many layers go above them
all (see `lanes`). That bounds the pieces of edges by 8 for each box, and with them the
time: some seconds for 10,000 boxes. Nothing recurses.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from micrograd_nn.viz.boxes import Box, Edge, Layout, Route
from micrograd_nn.viz.columns import NARROWEST, Column, across, gap
from micrograd_nn.viz.lanes import LANE, Stop, lanes_of, stops_of
from micrograd_nn.viz.layers import Net, layers_of

SWEEPS = 12  # more move hardly anything by a pixel
GAP = 16.0  # pixels between boxes of one layer
STRAIGHT = 8.0  # the factor of Gansner, Koutsofios, North and Vo (1993)

Wish = tuple[float, float]  # a height, and how much it weighs
Pull = tuple[float, int]  # how much a piece resists to rise, and where it leads


def layered_layout(boxes: Sequence[Box], edges: Sequence[Edge]) -> Layout:
    """Coordinates for a picture that flows from left to right.

    Raises:
        ValueError: If the edges form a cycle.
    """
    net = layers_of(len(boxes), edges)
    rooms = [box.height + GAP for box in boxes] + [LANE] * (len(net.before) - net.boxes)
    heights, lanes = _moved_down(_heights(net, rooms), rooms, lanes_of(net))
    ways = [stops_of(net, chain, heights, lanes) for chain in net.chains]
    columns = _columns(net, boxes, ways)
    rights = [columns[net.layer_of[box]].right for box in range(net.boxes)]
    return Layout(
        max(rights, default=0.0),
        max(map(_lower, heights, rooms), default=0.0),
        [(rights[i] - box.width / 2, heights[i]) for i, box in enumerate(boxes)],
        [
            _route(way, columns, boxes[head].width)
            for way, (_, head) in zip(ways, edges, strict=True)
        ],
    )


def _moved_down(
    heights: list[float], rooms: list[float], lanes: dict[int, int]
) -> tuple[list[float], dict[int, float]]:
    """The heights of all nodes below all lanes, and those of the lanes."""
    above = LANE * (max(lanes.values(), default=-1) + 1)
    top = min(map(_upper, heights, rooms), default=0.0) - above
    return [height - top for height in heights], {
        tail: above - LANE * (lane + 0.5) for tail, lane in lanes.items()
    }


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
    pulls = _pulls(net)
    for sweep in range(SWEEPS):
        for layer in net.layers if sweep % 2 else net.layers[::-1]:
            _settle(layer, rooms, heights, [_mean(pulls, n, heights) for n in layer])
    for layer in net.layers:
        _settle(layer, rooms, heights, [_level(net, n, heights) for n in layer])
    return heights


def _settle(
    layer: list[int], rooms: list[float], heights: list[float], wishes: list[Wish]
) -> None:
    settled = _regression(wishes, [rooms[node] for node in layer])
    for node, height in zip(layer, settled, strict=True):
        heights[node] = height


def _pulls(net: Net) -> list[list[Pull]]:
    """For each node, what pulls it to the height of a neighbour, and how much."""
    pulls: list[list[Pull]] = [[] for _ in net.before]
    for right, lefts in enumerate(net.before):
        for left in lefts:
            alone = len(lefts) == len(net.after[left]) == 1
            weight = STRAIGHT if alone else 1.0  # nothing splits or joins at its ends
            pulls[left].append((weight, right))
            pulls[right].append((weight, left))
    return pulls


def _mean(pulls: list[list[Pull]], node: int, heights: list[float]) -> Wish:
    """To be as high as its neighbours on both sides."""
    weight = total = 0.0
    for pull, neighbour in pulls[node]:
        weight += pull
        total += pull * heights[neighbour]
    return (total / weight, weight) if weight else (heights[node], 1.0)


def _level(net: Net, node: int, heights: list[float]) -> Wish:
    """To be as high as the node before it in a chain, or to stay."""
    before = net.before[node]
    if len(before) == 1 and len(net.after[before[0]]) == 1:
        return heights[before[0]], STRAIGHT
    return heights[node], 1.0


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


def _columns(
    net: Net, boxes: Sequence[Box], ways: Sequence[Sequence[Stop]]
) -> list[Column]:
    """The column of each layer."""
    rises = [0.0] * len(net.layers)
    for way in ways:
        for (_, y0), (i, y1) in pairwise(way):
            rises[i] = max(rises[i], abs(y1 - y0))
    columns, right = [], -NARROWEST
    for layer, rise in zip(net.layers, rises, strict=True):
        left = right + gap(rise)
        right = left + max(boxes[n].width for n in layer if n < net.boxes)
        columns.append(Column(left, right))
    return columns


def _route(way: Sequence[Stop], columns: list[Column], head: float) -> Route:
    """The curves along `way`, to a box as wide as `head`."""
    layer, height = way[0]
    route: Route = [(columns[layer].right, height)]
    for (left, _), stop in pairwise(way):
        layer, height = stop
        end = columns[layer].right - (head if stop == way[-1] else 0.0)
        route += across(route[-1], columns[left], columns[layer], (end, height))[1:]
    return route
