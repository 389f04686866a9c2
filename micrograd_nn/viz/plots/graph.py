"""A small graph inside of matplotlib Axes: a card for each Value, an arrow to each use.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.plots.plot import canvas
>>> from micrograd_nn.viz.scene import scene_of
>>> scene, names = scene_of(Value(2.0).tanh()), ["x", "y"]
>>> draw_graph(*canvas(None, "light"), scene, names, place(scene, names))

The numbers stand on cards of one size, so the cards stay where they are when the
numbers change: that is how the frames of a film want it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd_nn.viz.boxes import Box, Layout, Point
from micrograd_nn.viz.cards import COLUMN, FONT, PAD, ROW
from micrograd_nn.viz.layout import layout
from micrograd_nn.viz.plots.theme import Theme
from micrograd_nn.viz.scene import Card, Scene
from micrograd_nn.viz.svg import TINT
from micrograd_nn.viz.text import clean, columns

WIDTH = 10 * COLUMN + 2 * PAD  # of a card: room for −0.0001234
NAME = 10  # characters of a name
MARGIN = 10.0  # pixels around the graph


def place(scene: Scene, names: Sequence[str]) -> Layout:
    """Where the cards of a scene go; the same for any numbers on them."""
    boxes = list(map(_box, scene.cards, names))
    return layout(boxes, scene.edges, "LR", engine="python")


def aspect(places: Layout) -> float:
    """Height over width of a graph with its margins."""
    return (places.height + 2 * MARGIN) / (places.width + 2 * MARGIN)


def draw_graph(
    ax: Any, theme: Theme, scene: Scene, names: Sequence[str], places: Layout
) -> None:
    """Draw a scene into `ax`, as large as it fits: names, values and gradients.

    Args:
        ax: The Axes; their frame goes.
        theme: The colours.
        scene: What to draw.
        names: One for each card.
        places: Where `place` put the cards.
    """
    point = _scale(ax, places)
    for route in places.routes:
        _draw_edge(ax, theme, route, point)
    for card, name, center in zip(scene.cards, names, places.centers, strict=True):
        _draw_card(ax, theme, card, name, center, FONT * point)


def _box(card: Card, name: str) -> Box:
    height = (len(card.rows) + bool(name)) * ROW
    return Box(_op_width(card) + WIDTH, height, height)


def _op_width(card: Card) -> float:
    return max(22.0, columns(card.symbol) * COLUMN + PAD) if card.symbol else 0.0


def _scale(ax: Any, places: Layout) -> float:
    """Fit the coordinates of `ax` to the layout; returns points of type per pixel."""
    width, height = places.width + 2 * MARGIN, places.height + 2 * MARGIN
    ax.set(xlim=(-MARGIN, width - MARGIN), ylim=(height - MARGIN, -MARGIN))
    ax.set_aspect("equal")
    ax.axis("off")
    inches = ax.figure.canvas.figure.get_size_inches() * ax.get_position().size
    return float(72 * min(inches[0] / width, inches[1] / height))


def _draw_edge(ax: Any, theme: Theme, route: Sequence[Point], scale: float) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    codes = [Path.MOVETO] + [Path.CURVE4] * (len(route) - 1)
    head = f"-|>,head_length={5 * scale},head_width={2.5 * scale}"
    look: dict[str, Any] = {"color": theme.muted, "linewidth": scale, "shrinkB": 0}
    path = Path(list(route), codes)
    ax.add_patch(
        FancyArrowPatch(
            path=path, arrowstyle=head, mutation_scale=1, shrinkA=0, zorder=1, **look
        )
    )


def _draw_card(
    ax: Any, theme: Theme, card: Card, name: str, center: Point, size: float
) -> None:
    """The op on the left, if any; then name, value and gradient, from the top down."""
    op, box = _op_width(card), _box(card, name)
    left, top = center[0] - box.width / 2, center[1] - box.height / 2
    edge = {"edgecolor": theme.muted, "linewidth": 0.8}
    if op:
        grey = theme.tints(theme.muted)(0.3)
        _rectangle(ax, (left, top), (op, box.height), facecolor=grey, **edge)
        where = left + op / 2, center[1]
        _write(ax, theme, card.symbol, where, size, "center", weight="bold")
    left += op
    _rectangle(ax, (left, top), (WIDTH, box.height), facecolor=theme.back, **edge)
    if name:
        title = left + WIDTH / 2, top + ROW / 2
        _write(ax, theme, clean(name, NAME), title, size, "center", weight="bold")
        top += ROW
    for row in card.rows:
        tint = theme.tints(theme.of_sign(row.sign))(TINT) if row.sign else theme.back
        chip = (left + 1, top + 1), (WIDTH - 2, ROW - 2)
        _rectangle(ax, *chip, facecolor=tint, linewidth=0)
        right = left + WIDTH - PAD, top + ROW / 2
        _write(ax, theme, row.text, right, size, "right")
        top += ROW


def _rectangle(ax: Any, corner: Point, sides: Point, **look: Any) -> None:
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle(corner, *sides, zorder=2, **look))


def _write(
    ax: Any, theme: Theme, text: str, at: Point, size: float, side: str, **look: Any
) -> None:
    look |= {"family": "monospace", "color": theme.ink, "zorder": 3}
    ax.text(*at, text, fontsize=size, ha=side, va="center_baseline", **look)
