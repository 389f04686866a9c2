"""One card: its size, and its drawing, around the middle of its box.

A card lists label, data and grad. If an op made the Value, the op stands before it, and
both are laid out as one box: so they stay together, whatever the engine. A group looks
like a pile of cards.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.scene import scene_of
>>> leaf, root = scene_of(Value(2.0, label="x").tanh()).cards
>>> box_of(leaf, "LR").width < box_of(root, "LR").width
True

Classes are for scripts that repaint a picture: `mg-card` is the frame, `mg-value` the
text of a number, `mg-chip` its tint; the last two also have `mg-data` or `mg-grad`.
"""

from __future__ import annotations

import re
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
PILE = 4.0  # pixels by which the card behind a group's shows
LABEL_COLUMNS = 24  # a longer label goes on in the next line

Size = tuple[float, float]


def box_of(card: Card, rankdir: str) -> Box:
    """The box that op and card take together."""
    (op_width, op_height), (width, height) = _op_size(card), _size(card)
    if not op_width:
        return Box(width, height, height if DIRECTIONS[rankdir][0] else width)
    if DIRECTIONS[rankdir][0]:
        return Box(op_width + GAP + width, max(op_height, height), op_height)
    return Box(max(op_width, width), op_height + GAP + height, op_width)


def _op_size(card: Card) -> Size:
    if not card.symbol:
        return 0.0, 0.0
    return max(26.0, columns(card.symbol) * COLUMN + 2 * PAD), 26.0


def _size(card: Card) -> Size:
    """Of the card, and of what shows of the one behind it."""
    width, height = _card_size(card)
    return (width + PILE, height + PILE) if card.kind == "group" else (width, height)


def _card_size(card: Card) -> Size:
    lines = _lines(card)
    widths = [columns(line) for line in lines]
    widths += [columns(_word(card, row)) + _room(row) + 1 for row in card.rows]
    count = len(lines) + len(card.rows)
    return max(widths) * COLUMN + 2 * PAD, count * ROW + 4


def _lines(card: Card) -> list[str]:
    """The label; a long path goes on in the next line with a step of it: `.w[2]`."""
    lines = [""]
    for piece in re.split(r"(?<=\])(?=\.)", card.label):
        if columns(lines[-1] + piece) > LABEL_COLUMNS:
            lines.append("")
        lines[-1] += piece
    return [part for line in lines for part in textwrap.wrap(line, LABEL_COLUMNS)]


def _word(card: Card, row: Row) -> str:
    return "" if card.kind == "constant" else row.word


def _room(row: Row) -> int:
    return max(columns(row.text), row.room)


def _middles(card: Card, rankdir: str) -> tuple[Point, Point]:
    """Those of the op and of the card, seen from the middle of their box."""
    (dx, dy), box = DIRECTIONS[rankdir], box_of(card, rankdir)

    def at(size: Size, side: int) -> Point:
        return (
            side * dx * (box.width - size[0]) / 2,
            side * dy * (box.height - size[1]) / 2,
        )

    return at(_op_size(card), -1), at(_size(card), 1)


def result_edge(card: Card, rankdir: str, center: Point) -> str:
    """The path from the op to its card, in a box at `center`."""
    op, result = _middles(card, rankdir)
    start = _border(op, _op_size(card), rankdir, 1)
    end = _border(result, _size(card), rankdir, -1)
    (x, y), (x0, y0), (x1, y1) = center, start, end
    return f"M{point((x + x0, y + y0))}L{point((x + x1, y + y1))}"


def _border(middle: Point, size: Size, rankdir: str, side: int) -> Point:
    """Where edges leave what is at `middle` (side 1), or enter it (-1)."""
    dx, dy = DIRECTIONS[rankdir]
    return middle[0] + side * dx * size[0] / 2, middle[1] + side * dy * size[1] / 2


def drawing(card: Card, rankdir: str, theme: str) -> str:
    """The op and the card as SVG, around the middle of their box."""
    op_middle, middle = _middles(card, rankdir)
    parts = [element("title", escape(card.title))]
    if card.symbol:
        parts.append(_op(card, op_middle, theme))
    if card.kind == "group":
        behind, middle = _moved(middle, PILE / 2), _moved(middle, -PILE / 2)
        parts.append(_frame(card, behind, "op", theme))
    return "".join(parts) + _frame(card, middle, "card", theme) + _content(card, middle)


def _moved(place: Point, by: float) -> Point:
    return place[0] + by, place[1] + by


def _op(card: Card, middle: Point, theme: str) -> str:
    shape = _rect(middle, _op_size(card), rx=8, **paint("op", "line", theme=theme))
    return shape + _text(card.symbol, middle, text_anchor="middle", font_size=13)


def _frame(card: Card, middle: Point, role: str, theme: str) -> str:
    dashes = {"stroke_dasharray": "3 2"} if card.kind == "constant" else {}
    corner = 8 if card.kind == "group" else 4
    colours = paint(role, "line", theme=theme)
    return _rect(middle, _card_size(card), rx=corner, **colours, **dashes)


def _content(card: Card, middle: Point) -> str:
    """The lines of the label, then a line for each number."""
    x, y = middle[0], middle[1] - _card_size(card)[1] / 2 + 2 + ROW / 2
    parts = []
    for line in _lines(card):
        parts.append(_text(line, (x, y), text_anchor="middle", font_weight="bold"))
        y += ROW
    for row in card.rows:
        parts.append(_row(card, row, (x, y)))
        y += ROW
    return "".join(parts)


def _row(card: Card, row: Row, middle: Point) -> str:
    """A word on the left and a number on the right, tinted by its sign."""
    (x, y), (width, _) = middle, _card_size(card)
    value = {"class_": f"mg-value mg-{row.word}"}
    if card.kind == "constant":
        return _text(row.text, middle, text_anchor="middle", font_size=11, **value)
    word = _text(row.word, (x - width / 2 + PAD, y), fill_opacity=0.75)
    number = _text(row.text, (x + width / 2 - PAD, y), text_anchor="end", **value)
    return _chip(row, middle, width) + word + number


def _chip(row: Row, middle: Point, width: float) -> str:
    """The tint; there is one for a number that may change, even if it is 0 now."""
    if not row.sign and not row.room:
        return ""
    colour = SIGNS.get(row.sign, "none")
    tint = {"fill": colour, "fill_opacity": TINT, "class_": f"mg-chip mg-{row.word}"}
    return _rect(middle, (width - 6, ROW - 3), rx=3, **tint)


def _rect(middle: Point, size: Size, **attributes: object) -> str:
    (x, y), (width, height) = middle, size
    corner = {"x": coordinate(x - width / 2), "y": coordinate(y - height / 2)}
    sides = {"width": coordinate(width), "height": coordinate(height)}
    return element("rect", **corner, **sides, **attributes)


def _text(text: str, middle: Point, **attributes: object) -> str:
    # A third of the size under the middle is the line that digits stand on.
    x, y = coordinate(middle[0]), coordinate(middle[1] + FONT / 3)
    return element("text", escape(text), x=x, y=y, **attributes)
