"""A window on a large picture: one card, and what is a few edges away.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.scene import scene_of
>>> y = Value(1.0)
>>> for _ in range(9):
...     y = y + 1
>>> scene = scene_of(y)
>>> [card.name for card in focused(scene, node=10, hops=1).cards]
['v8', 'v9', 'v10', 'v12']
>>> print(focused(scene, node=10, hops=1).cards[0].title)
v8
data = 5.0
grad = 0.0
made by +
2 edges left out: to v6, v7
"""

from __future__ import annotations

from itertools import compress

from micrograd_nn.viz.scene import Card, Scene
from micrograd_nn.viz.text import clean

HUB = 24  # edges; a card with more, such as that of all parameters, leads everywhere
LISTED = 4  # names in a title


def focused(scene: Scene, node: int, hops: int = 2) -> Scene:
    """The part of `scene` around one Value: its card, and those `hops` edges away.

    A card with more than 24 edges is shown, but what lies behind it is not, unless the
    Value is on it. The title of a card tells which of its edges were left out.

    Args:
        scene: Of a whole graph, collapsed or not.
        node: The position of the Value in topological order.
        hops: How many edges to follow, along them or against them.

    Raises:
        ValueError: If there is no such Value, or `hops` is negative.
    """
    neighbours = _neighbours(scene)
    near = _near(neighbours, _card_of(scene, node), _checked(hops))
    kept = [tail in near and head in near for tail, head in scene.edges]
    card = {old: new for new, old in enumerate(sorted(near))}
    edge = {old: new for new, old in enumerate(compress(range(len(kept)), kept))}
    return scene._replace(
        cards=[_told(scene, i, neighbours[i], near) for i in card],
        edges=[(card[tail], card[head]) for tail, head in compress(scene.edges, kept)],
        members=[scene.members[i] for i in card],
        edge_of={pair: edge[i] for pair, i in scene.edge_of.items() if i in edge},
        groups=[tuple(card[i] for i in group if i in card) for group in scene.groups],
    )


def _card_of(scene: Scene, node: int) -> int:
    for i, members in enumerate(scene.members):
        if node in members:
            return i
    count = sum(map(len, scene.members))
    raise ValueError(
        f"no such Value: got node={node!r} ({type(node).__name__}); expected a "
        f"position from 0 to {count - 1}. The root is the last."
    )


def _checked(hops: int) -> int:
    if hops < 0:
        raise ValueError(
            f"not a distance: got hops={hops!r} ({type(hops).__name__}); expected 0 or "
            "more edges. Pass 2 for a window of ordinary size."
        )
    return hops


def _neighbours(scene: Scene) -> list[list[int]]:
    """The cards at the other ends of the edges of each card, by edge."""
    found: list[list[int]] = [[] for _ in scene.cards]
    for tail, head in scene.edges:
        found[head].append(tail)
        found[tail].append(head)
    return found


def _near(neighbours: list[list[int]], start: int, hops: int) -> set[int]:
    near, border = {start}, [start]
    for _ in range(hops):
        passed = [i for i in border if i == start or len(neighbours[i]) <= HUB]
        border = list({x for i in passed for x in neighbours[i]} - near)
        near.update(border)
    return near


def _told(scene: Scene, card: int, neighbours: list[int], near: set[int]) -> Card:
    """The card, its title telling which edges lead out of the window."""
    shown = scene.cards[card]
    left_out = [x for x in neighbours if x not in near]
    if not left_out:
        return shown
    names = [clean(scene.cards[x].name, 30) for x in dict.fromkeys(left_out)]
    listed = ", ".join(names[:LISTED] + (["…"] if len(names) > LISTED else []))
    edges = f"{len(left_out):,} edge{'s' * (len(left_out) > 1)}"
    return shown._replace(title=f"{shown.title}\n{edges} left out: to {listed}")
