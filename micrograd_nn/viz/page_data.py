"""The steps and their picture as one compact piece of JSON, for the debugger's page.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.scene import scene_of
>>> from micrograd_nn.viz.steps import steps
>>> x = Value(2.0, label="x")
>>> data = page_data(steps(x.exp()), scene_of(x.exp()), {})
>>> data["values"][0], data["backward"][0][:2]
(['x', '', 2.0, 0], [1, 0])

`assets/records.js` reads it, and nothing else does: other tools read `Steps.to_json()`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from micrograd_nn.viz import rules, step_table
from micrograd_nn.viz.marks import Mark
from micrograd_nn.viz.page_scene import shown_on
from micrograd_nn.viz.scene import Scene
from micrograd_nn.viz.step_json import strict
from micrograd_nn.viz.text import clean

if TYPE_CHECKING:
    from micrograd_nn.viz.steps import Step, Steps

Marks = Mapping[int, Sequence[Mark]]


def as_script(data: Any) -> str:
    r"""`data` as strict JSON that is safe inside a script element, and pure ASCII.

    >>> as_script(["</script>", float("-inf")])
    '["\\u003c/script>","-inf"]'
    """
    text = json.dumps(strict(data), allow_nan=False, separators=(",", ":"))
    return text.replace("<", r"\u003c")


def page_data(steps: Steps, scene: Scene, marks: Marks) -> dict[str, Any]:
    """What the page shows, as lists of numbers and texts.

    Returns:
        "values": for each Value its name, op, data, card, operands, their edges in the
        picture (-1 for none), whether it is a constant, its marks; empty ones at the
        end are left out. "groups": for each card of several Values its position, its
        name, and the Value whose numbers it has, or -1. "forward": node, formula, the
        same with numbers. "backward": node, position of the operand, rule, the same in
        brackets where a product needs them, "+=" or "=", upstream, local, contribution,
        before, after.
    """
    return {
        "values": _values(steps, scene, marks),
        "groups": _groups(steps, scene),
        "forward": [_forward(steps, s) for s in steps if s.phase == "forward"],
        "backward": [_backward(s) for s in steps if s.phase == "backward"],
    }


def _values(steps: Steps, scene: Scene, marks: Marks) -> list[list[Any]]:
    graph = steps.graph
    card_of = {i: card for card, nodes in enumerate(scene.members) for i in nodes}
    return [
        _trimmed(
            graph.names[i],
            clean(node._op),
            graph.data[i],
            card_of[i],
            list(graph.operands[i]),
            [scene.edge_of.get((i, k), -1) for k in range(len(graph.operands[i]))],
            int(graph.is_constant(i)),
            [list(mark) for mark in marks.get(i, ())],
        )
        for i, node in enumerate(graph.order)
    ]


def _groups(steps: Steps, scene: Scene) -> list[list[Any]]:
    shown = shown_on(steps, scene)
    return [
        [card, scene.cards[card].name, shown[card]]
        for card, nodes in enumerate(scene.members)
        if len(nodes) > 1
    ]


def _trimmed(name: str, op: str, data: float, card: int, *more: Any) -> list[Any]:
    kept = list(more)
    while kept and not kept[-1]:
        kept.pop()
    return [name, op, data, card, *kept]


def _forward(steps: Steps, step: Step) -> list[Any]:
    return [step.node, step.rule, rules.worked(steps.graph, step.node)]


def _backward(step: Step) -> list[Any]:
    factor = step_table.factor(step.rule)
    return [
        step.node,
        step.position,
        step.rule,
        factor if factor != step.rule else "",
        "=" if step.overwrites else "+=",
        step.upstream,
        step.local,
        step.contribution,
        step.before,
        step.after,
    ]
