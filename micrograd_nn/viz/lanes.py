"""Lanes: where edges that were left whole pass, above all boxes.

All edges from one box share a lane, a height of their own, until each leaves it just
before the box it leads to. So an edge has three pieces however far it goes.

>>> from micrograd_nn.viz.layers import layers_of
>>> horner = [edge for i in range(1, 60) for edge in [(i - 1, i), (60, i)]]
>>> net = layers_of(61, horner)
>>> lanes_of(net)  # in the lowest one is box 60, which every step uses
{60: 0}
>>> stops_of(net, [60, 59], heights=[50.0] * 61, lanes={60: 7.0})
[(0, 50.0), (1, 7.0), (58, 7.0), (59, 50.0)]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from micrograd_nn.viz.layers import Net

LANE = 14.0  # pixels kept free where an edge passes a layer

Stop = tuple[int, float]  # a layer, and how high an edge passes it


def lanes_of(net: Net) -> dict[int, int]:
    """The lane of each box with edges left whole, counted from the lowest.

    Lanes that are one behind the other share a number.
    """
    ends: dict[int, int] = {}
    for tail, head in filter(net.is_whole, net.chains):
        ends[tail] = max(ends.get(tail, 0), net.layer_of[head])
    lanes: dict[int, int] = {}
    taken: list[int] = []  # the layer up to which each lane is
    for tail in sorted(ends, key=lambda box: (net.layer_of[box], box)):
        start = net.layer_of[tail]
        free = (lane for lane, end in enumerate(taken) if end <= start)
        lanes[tail] = next(free, len(taken))
        taken[lanes[tail] : lanes[tail] + 1] = [ends[tail]]
    return lanes


def stops_of(
    net: Net,
    chain: Sequence[int],
    heights: Sequence[float],
    lanes: Mapping[int, float],
) -> list[Stop]:
    """The way of the edge along `chain`.

    Args:
        net: The graph.
        chain: The nodes of an edge.
        heights: Of each node.
        lanes: The heights of the lanes, by the box whose edges they are for.
    """
    stops = [(net.layer_of[node], heights[node]) for node in chain]
    if net.is_whole(chain):
        lane = lanes[chain[0]]
        stops[1:1] = [(stops[0][0] + 1, lane), (stops[1][0] - 1, lane)]
    return stops
