"""The whole picture as SVG: background, edges, cards.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.scene import scene_of
>>> picture(scene_of(Value(2.0)), engine="python")[:40]
'<svg xmlns="http://www.w3.org/2000/svg" '

It names no address but that of SVG itself, needs no script and no font of its own, and
is the same, byte for byte, whenever the same graph is drawn by the same engine.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

from micrograd_nn.ranges import one_of
from micrograd_nn.viz import cards
from micrograd_nn.viz.boxes import DIRECTIONS, Layout, Point, Route
from micrograd_nn.viz.layout import layout
from micrograd_nn.viz.scene import Card, Scene
from micrograd_nn.viz.svg import (
    THEMES,
    arrow_head,
    coordinate,
    dark_style,
    element,
    paint,
    point,
)

MARGIN = 12  # pixels
SMALLEST = 2 / 3  # how far a picture shrinks to fit a page; then the page must scroll
FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def picture(
    scene: Scene,
    rankdir: str = "LR",
    theme: str = "auto",
    engine: str = "auto",
    lead: float = 0.0,
) -> str:
    """The scene as one SVG element; for the arguments see `draw_dot` and `layout`."""
    one_of(THEMES, theme, "theme")
    one_of(DIRECTIONS, rankdir, "rankdir")
    boxes = [cards.box_of(card, rankdir) for card in scene.cards]
    found = layout(boxes, scene.edges, rankdir, engine, scene.groups, lead)
    return _Picture(scene, found, rankdir, theme).svg()


@dataclass(frozen=True)
class _Picture:
    scene: Scene
    layout: Layout
    rankdir: str
    theme: str

    def svg(self) -> str:
        width = math.ceil(self.layout.width) + 2 * MARGIN
        height = math.ceil(self.layout.height) + 2 * MARGIN
        size = {"width": width, "height": height}
        back = element("rect", x=-MARGIN, y=-MARGIN, **size, **self.paint("back"))
        style = dark_style() if self.theme == "auto" else ""
        defs = element("defs", arrow_head(self.tip, self.theme))
        return element(
            "svg",
            style + defs + back + self.edges() + self.nodes(),
            xmlns="http://www.w3.org/2000/svg",
            class_=f"mg-{self.theme}",
            **size,
            viewBox=f"{-MARGIN} {-MARGIN} {width} {height}",
            style=f"max-width:100%;min-width:{width * SMALLEST:.0f}px;height:auto",
            role="img",
            aria_label=f"Graph of {sum(map(len, self.scene.members))} Values",
            font_family=FONTS,
            font_size=cards.FONT,
        )

    def paint(self, *roles: str) -> dict[str, str]:
        return paint(*roles, theme=self.theme)

    @cached_property
    def key(self) -> str:
        """A prefix for ids, which must differ between the pictures of one page."""
        shown = repr((self.scene, self.rankdir, self.theme))
        return f"mg{zlib.crc32(shown.encode()):08x}"

    @property
    def tip(self) -> str:
        return f"{self.key}-tip"

    def edges(self) -> str:
        """One path for each operand of each Value, and one from each op to its card."""
        lines = "".join(self.operand_edges() + self.result_edges())
        mark = {"marker_end": f"url(#{self.tip})"}
        return element("g", lines, fill="none", **mark, **self.paint("line"))

    def operand_edges(self) -> list[str]:
        seen = Counter[int]()
        paths = []
        for (_, head), route in zip(self.scene.edges, self.layout.routes, strict=True):
            name = f"{self.key}-n{head}-operand{seen[head]}"
            paths.append(
                element("path", class_="mg-operand-edge", id=name, d=_path(route))
            )
            seen[head] += 1
        return paths

    def result_edges(self) -> list[str]:
        return [
            element("path", class_="mg-op-edge", d=cards.result_edge(*place))
            for place in self.places()
            if place[0].symbol
        ]

    def nodes(self) -> str:
        groups = [
            element(
                "g",
                cards.drawing(card, rankdir, self.theme),
                id=f"{self.key}-n{i}",
                class_=f"mg-node mg-{card.kind}",
                transform=f"translate({point(center)})",
            )
            for i, (card, rankdir, center) in enumerate(self.places())
        ]
        return element("g", "".join(groups), **self.paint("ink"))

    def places(self) -> Iterator[tuple[Card, str, Point]]:
        return zip(self.scene.cards, repeat(self.rankdir), self.layout.centers)


def _path(route: Route) -> str:
    """The route as SVG; level pieces are lines, joined as far as they go.

    >>> _path([(0, 0), (5, 0), (5, 9), (9, 9), (10, 9), (10, 9), (20, 9)])
    'M0 0C5 0 5 9 9 9H20'
    """
    parts = [f"M{point(route[0])}"]
    for i in range(0, len(route) - 1, 3):
        start, *more = route[i : i + 4]
        if any(y != start[1] for _, y in more):
            parts.append(f"C{' '.join(map(point, more))}")
            continue
        if parts[-1].startswith("H"):
            parts.pop()
        parts.append(f"H{coordinate(more[-1][0])}")
    return "".join(parts)
