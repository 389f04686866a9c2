"""What a picture shows, as data: one card for each Value, and the edges between them.

A scene is a copy: it stays as it is when the graph goes on to change. Every form of the
picture is made from it, be it SVG, DOT or this table:

>>> from micrograd_nn import Value
>>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
>>> c = a * b + 1
>>> c.backward()
>>> print(table(scene_of(c)))
Value  data  grad  made by
a      2     −3
b      −3    2
v2     −6    1     * of a, b
v3     1
v4     −5    1     + of v2, v3
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from micrograd_nn.numbers import is_number
from micrograd_nn.viz.snapshot import Snapshot, snapshot
from micrograd_nn.viz.text import clean, columns, number, padded

Edge = tuple[int, int]  # from a card to a card, by position

LONGEST_SYMBOL = 16  # characters
LONGEST_NAME = 30  # characters, in a table


class Row(NamedTuple):
    """One number of a card.

    Attributes:
        word: What it is: "data" or "grad".
        text: How it prints.
        sign: -1, 0 or 1.
        room: The columns to keep free for it, at least, where the number may change.
    """

    word: str
    text: str
    sign: int
    room: int = 0


class Card(NamedTuple):
    """One Value as it is shown, or a group of them.

    Attributes:
        name: Its label, or "v" and its position if it has none.
        label: The name that its owner gave it, or "".
        symbol: The op that made it, or "".
        rows: Its data and its grad; of a constant, the data alone; of a group, those of
            its output, if it has one.
        title: All of it with every digit, for a tooltip and for screen readers.
        kind: "leaf", "constant", "result" or "group".
    """

    name: str
    label: str
    symbol: str
    rows: tuple[Row, ...]
    title: str
    kind: str


class Scene(NamedTuple):
    """All cards, operands before results, and one edge for each operand of each.

    The edges into a card stand in the order of its operands; `a + a` has two.

    Attributes:
        cards: One for each Value, or for each group of Values.
        edges: From card to card.
        members: For each card its Values, by position in topological order.
        edge_of: For (Value, number of its operand) the edge that shows it, by position
            in `edges`. One whose ends are on the same card has none.
        groups: Cards that belong together, by position; a layout may use that.
    """

    cards: list[Card]
    edges: list[Edge]
    members: list[tuple[int, ...]]
    edge_of: dict[tuple[int, int], int]
    groups: Sequence[tuple[int, ...]] = ()


def scene_of(target: Any, room: int = 0) -> Scene:
    """The scene of everything that a result was computed from, the result last.

    Args:
        target: The result, or what else `snapshot` takes.
        room: The columns to keep free for each number, if they are to change.
    """
    graph = snapshot(target)
    pairs = [(i, k) for i, xs in enumerate(graph.operands) for k in range(len(xs))]
    edges = [(graph.operands[i][k], i) for i, k in pairs]
    every = range(len(graph.order))
    cards = [card_of(graph, i, graph.names[i]) for i in every]
    members: list[tuple[int, ...]] = [(i,) for i in every]
    scene = Scene(cards, edges, members, {pair: e for e, pair in enumerate(pairs)})
    return with_room(scene, room) if room else scene


def with_room(scene: Scene, room: int) -> Scene:
    """The scene with `room` columns for each number; a constant needs no more."""
    return scene._replace(
        cards=[
            card
            if card.kind == "constant"
            else card._replace(rows=tuple(r._replace(room=room) for r in card.rows))
            for card in scene.cards
        ]
    )


def card_of(graph: Snapshot, i: int, name: str) -> Card:
    """The card of one Value; its name is shown unless it is only a number."""
    node = graph.order[i]
    label = clean(node.label) or ("" if name == f"v{i}" else name)
    symbol = clean(node._op, LONGEST_SYMBOL)
    rows = row_of("data", graph.data[i]), row_of("grad", graph.grads[i])
    kind = _kind(graph, i)
    shown = rows[:1] if kind == "constant" else rows
    return Card(name, label, symbol, shown, _title(graph, i, name, symbol), kind)


def _kind(graph: Snapshot, i: int) -> str:
    if graph.operands[i]:
        return "result"
    return "constant" if graph.is_constant(i) else "leaf"


def _title(graph: Snapshot, i: int, name: str, symbol: str) -> str:
    numbers = [f"data = {graph.data[i]!r}", f"grad = {clean(graph.grads[i])}"]
    return "\n".join([name, *numbers, *([f"made by {symbol}"] if symbol else [])])


def row_of(word: str, x: object) -> Row:
    """The row for a number, or for None: a dash.

    >>> row_of("grad", -0.5)
    Row(word='grad', text='−0.5', sign=-1, room=0)
    """
    signed = float(x) if is_number(x) else 0.0  # type: ignore[arg-type]
    return Row(word, number(x), (signed > 0) - (signed < 0))


def table(scene: Scene) -> str:
    """The scene as text, one line for each Value."""
    operands: list[list[str]] = [[] for _ in scene.cards]
    for tail, head in scene.edges:
        operands[head].append(clean(scene.cards[tail].name, LONGEST_NAME))
    lines = [("Value", "data", "grad", "made by")]
    for card, xs in zip(scene.cards, operands, strict=True):
        data, grad = [*(row.text for row in card.rows), "", ""][:2]
        made = clean(f"{card.symbol} of {', '.join(xs)}") if xs else ""
        lines.append((clean(card.name, LONGEST_NAME), data, grad, made))
    return _aligned(lines)


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(map(columns, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(padded, line, widths)).rstrip() for line in lines)
