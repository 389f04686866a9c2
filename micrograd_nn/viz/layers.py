"""Layers: the first half of the layout, in which nothing has a size yet.

Every box gets a layer, left of all that it leads to; long edges are cut into pieces of
one layer each; each layer is ordered so that few pieces cross. A parameter that every
step of a chain uses would need a cut in each layer for each of those edges, which is
quadratic in the steps. So the cuts are limited: the edges of the boxes that would need
most are left whole, and pass outside (see `lanes`).

>>> net = layers_of(4, [(0, 2), (1, 2), (0, 3), (2, 3)])
>>> net.layers  # 4 is the cut of the edge from 0 to 3
[[0, 1], [4, 2], [3]]
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from micrograd_nn.viz.boxes import Edge

ROUNDS = 6  # more find hardly any crossing to undo
WORTHWHILE = 0.99  # the share of crossings that a round may leave for another to follow
CUTS = 8  # for each box, on average, but
FEW_CUTS = 1_000  # any graph may have so many


@dataclass
class Net:
    """The graph with its long edges cut; its nodes are the boxes, then the cuts.

    Attributes:
        boxes: How many nodes are boxes.
        layer_of: The layer of each node.
        chains: For each edge, its nodes from tail to head; these two where it is whole.
        layers: The nodes of each layer, from top to bottom.
        before: For each node, its neighbours in the layer to the left.
        after: The same to the right. Edges left whole are in neither.
    """

    boxes: int
    layer_of: list[int]
    chains: list[list[int]]
    layers: list[list[int]]
    before: list[list[int]]
    after: list[list[int]]

    def is_whole(self, chain: Sequence[int]) -> bool:
        """Whether the edge along `chain` is long, and was not cut."""
        return self.layer_of[chain[1]] > self.layer_of[chain[0]] + 1


def layers_of(count: int, edges: Sequence[Edge]) -> Net:
    """The layers of a graph of `count` boxes, cut and ordered.

    Raises:
        ValueError: If the edges form a cycle.
    """
    net = _cut(count, edges, _layer_of(count, edges))
    _order(net)
    return net


def reaches_far(count: int, edges: Sequence[Edge]) -> bool:
    """Whether edges of a graph of `count` boxes are left whole: they pass many layers.

    >>> horner = [edge for i in range(1, 60) for edge in [(i - 1, i), (60, i)]]
    >>> reaches_far(61, horner), reaches_far(61, horner[::2])
    (True, False)

    Raises:
        ValueError: If the edges form a cycle.
    """
    return bool(_left_whole(count, edges, _layer_of(count, edges)))


def _left_whole(count: int, edges: Sequence[Edge], layer_of: list[int]) -> set[int]:
    """The boxes whose long edges are not cut: enough that the rest is in the limit."""
    cuts: Counter[int] = Counter()
    for tail, head in edges:
        cuts[tail] += layer_of[head] - layer_of[tail] - 1
    excess = cuts.total() - max(CUTS * count, FEW_CUTS)
    whole = set()
    for tail, needed in cuts.most_common():
        if excess <= 0:
            break
        whole.add(tail)
        excess -= needed
    return whole


def _layer_of(count: int, edges: Sequence[Edge]) -> list[int]:
    """The layer of each box: as far right as what it leads to allows."""
    before: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for tail, head in edges:
        before[head].append(tail)
        waiting[tail] += 1
    distance = [0] * count
    ready = [box for box in range(count) if not waiting[box]]
    for box in ready:  # grows as it is read
        for tail in before[box]:
            distance[tail] = max(distance[tail], distance[box] + 1)
            waiting[tail] -= 1
            if not waiting[tail]:
                ready.append(tail)
    if len(ready) < count:
        raise ValueError(
            f"edges form a cycle: got {count - len(ready)} boxes that wait for one "
            "another; expected none. Check what the boxes stand for."
        )
    last = max(distance, default=0)
    return [last - d for d in distance]


def _cut(count: int, edges: Sequence[Edge], layer_of: list[int]) -> Net:
    # Boxes come in the order in which a depth-first search left them, and a cut goes
    # with the box it comes from: in that order a tree has no crossings.
    whole = _left_whole(count, edges, layer_of)
    origin, layer_of, chains = list(range(count)), list(layer_of), []
    for tail, head in edges:
        start = layer_of[head] if tail in whole else layer_of[tail] + 1
        between = range(start, layer_of[head])
        cuts = range(len(origin), len(origin) + len(between))
        chains.append([tail, *cuts, head])
        layer_of += between
        origin += [tail] * len(between)
    layers: list[list[int]] = [[] for _ in range(max(layer_of, default=-1) + 1)]
    for node in sorted(range(len(origin)), key=origin.__getitem__):
        layers[layer_of[node]].append(node)
    net = Net(count, layer_of, chains, layers, [], [])
    in_layers = [chain for chain in chains if not net.is_whole(chain)]
    net.before, net.after = _neighbours(len(origin), in_layers)
    return net


def _neighbours(
    count: int, chains: Sequence[list[int]]
) -> tuple[list[list[int]], list[list[int]]]:
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for chain in chains:
        for left, right in pairwise(chain):
            before[right].append(left)
            after[left].append(right)
    return before, after


# The order in each layer: every node goes to the mean position (the barycentre) of its
# neighbours in the layer that was ordered before it, from right to left and back.


def _order(net: Net) -> None:
    best, fewest = list(net.layers), _crossings(net)
    for _ in range(ROUNDS):
        before = fewest
        for leftward in (True, False):
            _sort_layers(net, leftward)
            crossings = _crossings(net)
            if crossings < fewest:
                best, fewest = list(net.layers), crossings
        if fewest >= WORTHWHILE * before:
            break
    net.layers = best


def _sort_layers(net: Net, leftward: bool) -> None:
    position = _positions(net)
    neighbours = net.after if leftward else net.before
    numbers = range(len(net.layers))
    for i in reversed(numbers) if leftward else numbers:
        net.layers[i] = _sorted(net.layers[i], neighbours, position)
        for place, node in enumerate(net.layers[i]):
            position[node] = place


def _sorted(
    layer: list[int], neighbours: list[list[int]], position: list[int]
) -> list[int]:
    """`layer` by barycentre; who has no neighbour there keeps its place."""

    def barycentre(node: int) -> float:
        return sum(position[x] for x in neighbours[node]) / len(neighbours[node])

    moving = iter(sorted((n for n in layer if neighbours[n]), key=barycentre))
    return [next(moving) if neighbours[node] else node for node in layer]


def _positions(net: Net) -> list[int]:
    position = [0] * len(net.before)
    for layer in net.layers:
        for place, node in enumerate(layer):
            position[node] = place
    return position


def _crossings(net: Net) -> int:
    position = _positions(net)
    total = 0
    for layer in net.layers:
        passed: list[int] = []
        for node in layer:
            ends = [position[x] for x in net.after[node]]
            total += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return total
