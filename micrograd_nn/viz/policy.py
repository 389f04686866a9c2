"""How much of a graph is drawn: all of it, its neurons, its layers, or a window.

A picture of more than 150 cards is too small to read. So "auto" draws a graph in full
up to that, by neuron up to 1,000 Values, and by layer beyond; then by call or sample,
if there are many of them.

>>> from micrograd_nn import Value
>>> from micrograd_nn.nn import MLP
>>> outline = Outline(MLP(2, [16, 16, 1])([Value(1.0), Value(2.0)]))
>>> outline.count("none"), level_for(outline, "auto"), outline.count("neuron")
(979, 'neuron', 35)
"""

from __future__ import annotations

from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.numbers import is_number
from micrograd_nn.ranges import one_of
from micrograd_nn.viz.collapse import Outline
from micrograd_nn.viz.focus import focused
from micrograd_nn.viz.levels import LEVELS
from micrograd_nn.viz.scene import Card, Scene

FULL = 150  # Values; the cards of more do not fit a page
BY_NEURON = 1_000  # Values
COLLAPSES = ("auto", *LEVELS)
HOPS = 2  # from the middle of a window to its border


def shown(
    target: Any,
    collapse: str = "auto",
    focus: Value | None = None,
    max_nodes: int = 500,
) -> Scene:
    """What a picture of a graph shows; the arguments are those of `draw_dot`.

    Raises:
        ValueError: If that is more than `max_nodes` cards; if there is no such
            collapse, or it comes with a focus; or if `focus` is not in the graph.
    """
    one_of(COLLAPSES, collapse, "collapse")
    outline = Outline(target)
    if focus is not None:
        scene = _window(outline, focus, collapse)
        _check_size(len(scene.cards), "Values near the focus", max_nodes)
        return scene
    level = level_for(outline, collapse)
    what = "Values" if level == "none" else "cards"
    _check_size(outline.count(level), what, max_nodes)
    return outline.scene(level)


def level_for(outline: Outline, collapse: str) -> str:
    """The level that `collapse` stands for: itself, but for "auto"."""
    if collapse != "auto":
        return collapse
    size = outline.count("none")
    if size <= FULL:
        return "none"
    counts = {"none": size}
    for level in ("neuron", "layer", "call", "sample")[size > BY_NEURON :]:
        counts[level] = outline.count(level)
        if counts[level] <= FULL:
            return level
    # The smallest; "none", which comes first, where there is nothing to collapse.
    return min(counts, key=counts.__getitem__)


def grouped(scene: Scene, target: Any) -> Scene:
    """A full `scene` of a graph with the cards of each neuron as a group.

    Parameters that several calls share are with the first of them: Graphviz takes ten
    times as long if they are by themselves. A scene that is not full is left as it is.
    """
    outline = Outline(target)
    if len(scene.cards) < outline.count("none"):
        return scene
    groups = [
        list(inside)
        for inside in outline.scene("neuron").members
        if len(inside) > 1 and scene.cards[inside[-1]].kind == "result"
    ]
    home = {i: group for group in groups for i in group}
    for tail, head in scene.edges:
        if tail not in home and head in home and scene.cards[tail].kind == "leaf":
            home[tail] = home[head]
            home[tail].append(tail)
    return scene._replace(groups=[tuple(group) for group in groups])


def _window(outline: Outline, focus: Value, collapse: str) -> Scene:
    if focus not in outline.graph.order:
        raise ValueError(
            f"nothing to focus on: got focus={focus!r} ({type(focus).__name__}); "
            "expected a Value that root was computed from. Pass one of its operands, "
            "or theirs."
        )
    if collapse not in ("auto", "none"):
        raise ValueError(
            f"two ways to draw a part: got collapse={collapse!r} (str) and a focus; "
            "expected one of them. Leave one out."
        )
    window = focused(outline.scene("none"), outline.graph.order.index(focus), HOPS)
    return window._replace(cards=list(map(_named, window.cards)))


def _named(card: Card) -> Card:
    """The card with its name on it: titles tell of what is left out by name."""
    return card if card.kind == "constant" else card._replace(label=card.name)


def _check_size(count: int, what: str, max_nodes: int) -> None:
    if not is_number(max_nodes) or not max_nodes >= 1:
        raise ValueError(
            f"no bound: got max_nodes={max_nodes!r} ({type(max_nodes).__name__}); "
            "expected a number from 1. Pass math.inf for none."
        )
    if count > max_nodes:
        raise ValueError(
            f"graph too large to draw: got {count} {what}; expected at most "
            f"max_nodes={max_nodes}. Draw many as one (collapse='neuron', 'layer', "
            "'call' or 'sample'), or what is near one Value (focus=value), or a "
            "smaller part (an inner Value, or one sample in place of a batch), or "
            "pass a larger max_nodes."
        )
