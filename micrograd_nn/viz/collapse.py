"""A large graph made small: one card for all Values of a neuron, a layer, a sample.

>>> from micrograd_nn import Value
>>> from micrograd_nn.nn import MLP
>>> x, y = Value(1.0, label="x"), Value(2.0, label="y")
>>> root = MLP(2, [4, 1])([x, y])
>>> {level: count_at(root, level) for level in LEVELS}
{'none': 47, 'neuron': 7, 'layer': 4, 'call': 2, 'sample': 2}
>>> [card.name for card in scene_at(root, "layer").cards]
['x', 'y', 'layers[0]', 'layers[1]']

The groups come first, from the graph alone; a card is made only for what is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from micrograd_nn.ranges import one_of
from micrograd_nn.viz.contraction import contracted
from micrograd_nn.viz.levels import LEVELS, groups_at
from micrograd_nn.viz.names import Unique
from micrograd_nn.viz.scene import Card, Edge, Scene, card_of, scene_of
from micrograd_nn.viz.scopes import Scope, scopes_of
from micrograd_nn.viz.snapshot import snapshot
from micrograd_nn.viz.text import clean


def scene_at(target: Any, level: str | None) -> Scene:
    """The scene of everything that a result was computed from, at a level of detail.

    Args:
        target: The result, or what else `snapshot` takes.
        level: "none" (or None) for a card for each Value; else for each "neuron" (the
            innermost calls of modules), "layer" (the calls inside the outermost ones),
            outermost "call", or "sample" (with its piece of the loss).

    Raises:
        ValueError: If there is no such level.
    """
    return Outline(target).scene(level)


def count_at(target: Any, level: str | None) -> int:
    """How many cards `scene_at` would make.

    Raises:
        ValueError: If there is no such level.
    """
    return Outline(target).count(level)


class Outline:
    """A graph and its scopes: found once, to be shown at several levels.

    Args:
        target: The result, or what else `snapshot` takes.

    >>> from micrograd_nn import Value
    >>> net = Outline(Value(2.0) * 3)
    >>> net.count("none"), net.count("neuron")
    (3, 3)
    """

    def __init__(self, target: Any) -> None:
        self.graph = snapshot(target)

    @cached_property
    def scopes(self) -> list[Scope | None]:
        """The scope of each Value."""
        return scopes_of(self.graph.order, self.graph.operands)

    def count(self, level: str | None) -> int:
        """How many cards there are at that level; see `count_at`."""
        level = _checked(level)
        if level == "none":
            return len(self.graph.order)
        return len(_Parts(self, level).parts)

    def scene(self, level: str | None) -> Scene:
        """The scene at that level; see `scene_at`."""
        level = _checked(level)
        return scene_of(self.graph) if level == "none" else _Parts(self, level).scene()


def _checked(level: str | None) -> str:
    level = "none" if level is None else level
    one_of(LEVELS, level, "level")
    return level


class _Parts:
    """What a graph is made of at one level."""

    def __init__(self, outline: Outline, level: str) -> None:
        self.graph = outline.graph
        self.operands = outline.graph.operands
        self.scopes = outline.scopes
        self.groups = groups_at(level, self.scopes, self.operands)
        self.part_of, self.parts = contracted(self.operands, self.groups)

    def scene(self) -> Scene:
        """A card for each part, operands before results."""
        members = self.members()
        edges, edge_of = self.edges(members)
        return Scene(self.cards(members), edges, members, edge_of)

    def members(self) -> list[tuple[int, ...]]:
        """The Values of each part, in the order of the parts."""
        found: dict[int, list[int]] = {part: [] for part in self.parts}
        for i, part in enumerate(self.part_of):
            found[part].append(i)
        return [tuple(found[part]) for part in self.parts]

    def edges(
        self, members: Sequence[tuple[int, ...]]
    ) -> tuple[list[Edge], dict[tuple[int, int], int]]:
        """The edges between cards, and which of them shows each operand.

        Those to or from a group are one for each two cards; `a + a` still has two.
        """
        holder = [0] * len(self.operands)
        for card, inside in enumerate(members):
            for i in inside:
                holder[i] = card
        edges: dict[tuple[int, int, int], int] = {}
        edge_of = {}
        for head, inside in enumerate(members):
            for i in inside:
                for k, j in enumerate(self.operands[i]):
                    tail = holder[j]
                    if tail != head:
                        alone = len(inside) == len(members[tail]) == 1
                        key = tail, head, k if alone else -1
                        edge_of[i, k] = edges.setdefault(key, len(edges))
        return [(tail, head) for tail, head, _ in edges], edge_of

    def cards(self, members: Sequence[tuple[int, ...]]) -> list[Card]:
        groups = [self.groups[x[0]] if len(x) > 1 else None for x in members]
        names = self.names(members, groups)
        outputs = self.outputs()
        return [
            card_of(self.graph, inside[0], name)
            if group is None
            else self.group_card(group, name, inside, outputs)
            for inside, group, name in zip(members, groups, names, strict=True)
        ]

    def names(
        self, members: Sequence[tuple[int, ...]], groups: Sequence[Scope | None]
    ) -> list[str]:
        """The names of the cards; those of single Values are what they always are."""
        single, unique = self.graph.names, Unique()
        for inside, group in zip(members, groups, strict=True):
            if group is None:
                unique(single[inside[0]])
        return [
            single[inside[0]] if group is None else unique(name)
            for inside, group, name in zip(
                members, groups, _titles(groups), strict=True
            )
        ]

    def outputs(self) -> set[int]:
        """The Values that something on another card was computed from, and the root."""
        found = {len(self.operands) - 1}
        for part, positions in zip(self.part_of, self.operands, strict=True):
            found.update(j for j in positions if self.part_of[j] != part)
        return found

    def group_card(
        self, group: Scope, name: str, inside: Sequence[int], outputs: set[int]
    ) -> Card:
        shown = [i for i in inside if i in outputs]
        card = card_of(self.graph, shown[0], name) if len(shown) == 1 else None
        numbers = card.title.split("\n")[1:3] if card else []
        title = "\n".join([name, *_kind(group), self.count(inside), *numbers])
        return Card(name, name, "", card.rows if card else (), title, "group")

    def count(self, inside: Sequence[int]) -> str:
        scopes = [self.scopes[i] for i in inside]
        parameters = sum(x is not None and x.kind == "parameters" for x in scopes)
        if parameters == len(inside):
            return _counted(parameters, "parameter")
        of_which = (
            f", {_counted(parameters, 'parameter')} of them" if parameters else ""
        )
        return _counted(len(inside), "Value") + of_which


def _titles(groups: Sequence[Scope | None]) -> list[str]:
    """What to call each group: after its scope, and which call or part it is."""
    cards = Counter(groups)
    calls = Counter(group.name for group in cards if group)
    part = Counter[Scope | None]()
    titles = []
    for group in groups:
        title = group.name if group else ""
        if group and group.kind == "call" and calls[title] > 1:
            title += f" (call {group.number})"
        if cards[group] > 1:
            part[group] += 1
            title += f" (part {part[group]})"
        titles.append(title)
    return titles


def _kind(group: Scope) -> list[str]:
    """The module as it shows itself; if that takes several lines, its class."""
    if group.module is None:
        return []
    shown = repr(group.module)
    return [type(group.module).__name__ if "\n" in shown else clean(shown)]


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
