"""The scene of the debugger's page: what the graph looks like after the last step.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.scene import scene_of
>>> from micrograd_nn.viz.steps import steps
>>> y = Value(2.0, label="x").exp()
>>> [card.label for card in page_scene(steps(y), scene_of(y)).cards]
['x', 'v1']
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from micrograd_nn.viz.scene import Card, Row, Scene, row_of
from micrograd_nn.viz.text import number

if TYPE_CHECKING:
    from micrograd_nn.viz.steps import Steps


def page_scene(steps: Steps, scene: Scene) -> Scene:
    """`scene` with the numbers of `steps`, and every card named as formulas name it."""
    pairs = zip(scene.cards, shown_on(steps, scene), strict=True)
    return scene._replace(cards=[_card(steps, card, node) for card, node in pairs])


def shown_on(steps: Steps, scene: Scene) -> list[int]:
    """For each card the Value whose numbers it has; -1 for a group without any.

    A group shows the one Value that others take from it, or the root.
    """
    card_of = {i: card for card, nodes in enumerate(scene.members) for i in nodes}
    taken: list[set[int]] = [set() for _ in scene.cards]
    for i, operands in enumerate(steps.graph.operands):
        for operand in operands:
            if card_of[operand] != card_of[i]:
                taken[card_of[operand]].add(operand)
    taken[card_of[len(card_of) - 1]].add(len(card_of) - 1)
    return [
        nodes[0] if len(nodes) == 1 else _only(outputs) if card.rows else -1
        for card, nodes, outputs in zip(scene.cards, scene.members, taken, strict=True)
    ]


def _only(outputs: set[int]) -> int:
    return max(outputs) if len(outputs) == 1 else -1


def _card(steps: Steps, card: Card, node: int) -> Card:
    if node < 0:
        return card
    rows = row_of("data", steps.graph.data[node]), _grad(steps, node)
    return card._replace(label=card.name, rows=rows[: len(card.rows)])


def _grad(steps: Steps, node: int) -> Row:
    """The last grad, with room for every other that there is on the way to it."""
    widths = [len(number(step.after)) for step in steps.ledger(node)]
    return row_of("grad", steps.grads[node])._replace(room=max(widths, default=0))
