"""One Value as a card: its size, and its drawing.

A card lists label, data and grad. If an op made the Value, the op stands before it, and
both are laid out as one box: so they stay together, whatever the engine.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.scene import scene_of
>>> leaf, root = scene_of(Value(2.0, label="x").tanh()).cards
>>> box_of(leaf, "LR").width < box_of(root, "LR").width
True
"""

from __future__ import annotations

import textwrap
from html import escape

from micrograd_nn.viz.boxes import DIRECTIONS, Box, Point
from micrograd_nn.viz.scene import Card, Row
from micrograd_nn.viz.svg import SIGNS, TINT, coordinate, element, paint, point
from micrograd_nn.viz.text import columns

FONT = 12  # pixels
COLUMN = 7.3  # pixels that a character takes, at most, in the fonts we ask for
ROW = 19.0  # pixels, the height of a line
PAD = 7.0  # pixels, left and right of a text
GAP = 18.0  # pixels from an op to its card
LABEL_COLUMNS = 24  # a longer label goes on in the next line

Size = tuple[float, float]


def box_of(card: Card, rankdir: str) -> Box:
    """The box that op and card take together."""
    (op_width, op_height), (width, height) = _op_size(card), _card_size(card)
    if not op_width:
        return Box(width, height, height if DIRECTIONS[rankdir][0] else width)
    if DIRECTIONS[rankdir][0]:
        return Box(op_width + GAP + width, max(op_height, height), op_height)
    return Box(max(op_width, width), op_height + GAP + height, op_width)


def _op_size(card: Card) -> Size:
    if not card.symbol:
        return 0.0, 0.0
    return max(26.0, columns(card.symbol) * COLUMN + 2 * PAD), 26.0


def _card_size(card: Card) -> Size:
    lines = _lines(card)
    widths = [columns(line) for line in lines]
    widths += [columns(_word(card, row) + row.text) + 1 for row in card.rows]
    count = len(lines) + len(card.rows)
    return max(widths) * COLUMN + 2 * PAD, count * ROW + 4


def _lines(card: Card) -> list[str]:
    return textwrap.wrap(card.label, LABEL_COLUMNS)


def _word(card: Card, row: Row) -> str:
    return "" if card.kind == "constant" else row.word


def _centers(card: Card, rankdir: str, center: Point) -> tuple[Point, Point]:
    """The centers of the op and of the card in a box at `center`."""
    (dx, dy), box = DIRECTIONS[rankdir], box_of(card, rankdir)

    def at(size: Size, side: int) -> Point:
        along = (box.width - size[0]) / 2, (box.height - size[1]) / 2
        return center[0] + side * dx * along[0], center[1] + side * dy * along[1]

    return at(_op_size(card), -1), at(_card_size(card), 1)


def result_edge(card: Card, rankdir: str, center: Point) -> str:
    """The path from the op to its card."""
    (x, y), (card_x, card_y) = _centers(card, rankdir, center)
    dx, dy = DIRECTIONS[rankdir]
    (op_width, op_height), (width, height) = _op_size(card), _card_size(card)
    start = x + dx * op_width / 2, y + dy * op_height / 2
    end = card_x - dx * width / 2, card_y - dy * height / 2
    return f"M{point(start)}L{point(end)}"


def drawing(card: Card, rankdir: str, center: Point, theme: str) -> str:
    """The op and the card, as SVG."""
    op_center, card_center = _centers(card, rankdir, center)
    title = element("title", escape(card.title))
    op = _op(card, op_center, theme) if card.symbol else ""
    return title + op + _frame(card, card_center, theme) + _content(card, card_center)


def _op(card: Card, center: Point, theme: str) -> str:
    shape = _rect(center, _op_size(card), rx=8, **paint("op", "line", theme=theme))
    return shape + _text(card.symbol, center, "middle", font_size=13)


def _frame(card: Card, center: Point, theme: str) -> str:
    dashes = {"stroke_dasharray": "3 2"} if card.kind == "constant" else {}
    colours = paint("card", "line", theme=theme)
    return _rect(center, _card_size(card), rx=4, **colours, **dashes)


def _content(card: Card, center: Point) -> str:
    """The lines of the label, then a line for each number."""
    x, y = center[0], center[1] - _card_size(card)[1] / 2 + 2 + ROW / 2
    parts = []
    for line in _lines(card):
        parts.append(_text(line, (x, y), "middle", font_weight="bold"))
        y += ROW
    for row in card.rows:
        parts.append(_row(card, row, (x, y)))
        y += ROW
    return "".join(parts)


def _row(card: Card, row: Row, center: Point) -> str:
    """A word on the left and a number on the right, tinted by its sign."""
    (x, y), width = center, _card_size(card)[0]
    if card.kind == "constant":
        return _text(row.text, center, "middle", font_size=11)
    tint = {"fill": SIGNS.get(row.sign), "fill_opacity": TINT}
    chip = _rect(center, (width - 6, ROW - 3), rx=3, **tint) if row.sign else ""
    word = _text(row.word, (x - width / 2 + PAD, y), "start", fill_opacity=0.75)
    return chip + word + _text(row.text, (x + width / 2 - PAD, y), "end")


def _rect(center: Point, size: Size, **attributes: object) -> str:
    (x, y), (width, height) = center, size
    corner = {"x": coordinate(x - width / 2), "y": coordinate(y - height / 2)}
    sides = {"width": coordinate(width), "height": coordinate(height)}
    return element("rect", **corner, **sides, **attributes)


def _text(text: str, center: Point, anchor: str, **attributes: object) -> str:
    # A third of the size under the center is the line that digits stand on.
    x, y = coordinate(center[0]), coordinate(center[1] + FONT / 3)
    where = {"x": x, "y": y, "text_anchor": anchor}
    return element("text", escape(text), **where, **attributes)
