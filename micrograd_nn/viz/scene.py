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
from typing import NamedTuple

from micrograd_nn.engine import Value
from micrograd_nn.graph import topological_order
from micrograd_nn.numbers import is_number
from micrograd_nn.op import CONSTANT
from micrograd_nn.viz.names import names_of
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


def scene_of(root: Value, room: int = 0) -> Scene:
    """The scene of everything that `root` was computed from, `root` last.

    Args:
        root: The result.
        room: The columns to keep free for each number, if they are to change.
    """
    order = topological_order(root)
    position = {node: i for i, node in enumerate(order)}
    pairs = [(i, k) for i, node in enumerate(order) for k in range(len(node.operands))]
    edges = [(position[order[i].operands[k]], i) for i, k in pairs]
    cards = list(map(_card, order, names_of(order)))
    members: list[tuple[int, ...]] = [(i,) for i in range(len(order))]
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


def _card(node: Value, name: str) -> Card:
    label, symbol = clean(node.label), clean(node._op, LONGEST_SYMBOL)
    rows = [row_of("data", node.data), row_of("grad", node.grad)]
    kind = _kind(node)
    shown = tuple(rows[:1] if kind == "constant" else rows)
    return Card(name, label, symbol, shown, _title(node, name, symbol), kind)


def _kind(node: Value) -> str:
    if node.operands:
        return "result"
    return "constant" if node.op is CONSTANT else "leaf"


def _title(node: Value, name: str, symbol: str) -> str:
    numbers = [f"data = {node.data!r}", f"grad = {clean(node.grad)}"]
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
