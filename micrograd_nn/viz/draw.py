"""`draw_dot`: the graph of a Value as a picture, with or without Graphviz.

>>> from micrograd_nn import Value
>>> a = Value(2.0, label="a")
>>> drawing = draw_dot(a * a)
>>> drawing
Value  data  grad  made by
a      2     0
v1     4     0     * of a, a

In a notebook the last line shows the picture instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.graph import topological_order
from micrograd_nn.numbers import shortened
from micrograd_nn.viz.dot import dot_source, run_dot
from micrograd_nn.viz.files import write_whole
from micrograd_nn.viz.layout import check_choice
from micrograd_nn.viz.picture import picture
from micrograd_nn.viz.scene import Scene, scene_of, table

FORMATS = ("svg", "png", "pdf")
NOTEBOOK_NODES = 150  # more are too small to read in the width of a page


def trace(root: Value) -> tuple[set[Value], set[tuple[Value, Value]]]:
    """All Values that `root` was computed from, and the (operand, result) pairs.

    They are sets, as micrograd's are, so the two edges of `a + a` are one pair here;
    `operands` of each Value has them both, in order.

    >>> a = Value(2.0)
    >>> b = a + a
    >>> trace(b) == ({a, b}, {(a, b)})
    True

    Raises:
        TypeError: If `root` is not a Value.
    """
    nodes = _order(root)
    return set(nodes), {(x, node) for node in nodes for x in node.operands}


def draw_dot(
    root: Value,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    theme: str = "auto",
    engine: str = "auto",
    max_nodes: int = 500,
) -> Drawing:
    """The graph that computed `root`, as a picture that a notebook shows.

    There is a card for each Value with its label, data and grad, and before it the op
    that made it. The operands of an op arrive in order, the first at the top (or left).
    Blue numbers are positive, vermillion ones negative. A number that a formula wrapped
    has a dashed card without a grad.

    Args:
        root: The result to draw. The picture shows the graph as it is now.
        format: What `render` writes: "svg" (always works), "png" or "pdf" (Graphviz).
        rankdir: Where the graph flows: "LR" (left to right), "TB" (down, better for a
            long chain), "RL" or "BT".
        theme: "light", "dark", or "auto": what the viewer's system prefers.
        engine: What finds places for the cards: "dot" (Graphviz), "python" (ours), or
            "auto": the first if it is installed.
        max_nodes: The most Values to draw.

    Raises:
        TypeError: If `root` is not a Value.
        ValueError: If there are more Values, or an argument is not one of those listed.
        RuntimeError: If the engine asked for is "dot", and it is missing or fails.

    >>> x = Value(3.0, label="x")
    >>> "<svg" in draw_dot(x * 2 + 1).svg
    True
    """
    check_choice("format", format, FORMATS)
    scene = _scene_within(root, max_nodes)
    svg = picture(scene, rankdir, theme, engine)
    return Drawing(svg, dot_source(scene, rankdir), table(scene), format)


def _order(root: Value) -> list[Value]:
    if not isinstance(root, Value):
        raise TypeError(
            f"nothing to draw: got root={shortened(root)} ({type(root).__name__}); "
            "expected a Value. Pass the result of a computation, as a loss."
        )
    return topological_order(root)


def _scene_within(root: Value, max_nodes: int) -> Scene:
    count = len(_order(root))
    if count > max_nodes:
        raise ValueError(
            f"graph too large to draw: got {count} Values; expected at most "
            f"max_nodes={max_nodes}. Draw a smaller part (an inner Value, or one "
            "sample in place of a batch), or pass a larger max_nodes."
        )
    return scene_of(root)


@dataclass(frozen=True, repr=False)
class Drawing:
    """A finished picture: a notebook shows it, and it can be written to a file.

    Attributes:
        svg: The picture.
        source: The same graph in the DOT language, for Graphviz and other tools.
        text: The same as a table.
        format: What `render` writes.
    """

    svg: str
    source: str
    text: str
    format: str = "svg"

    def __repr__(self) -> str:
        return self.text

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": self.text}

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to `path`, in the format of its ending.

        Raises:
            ValueError: If the ending is none of .svg, .png and .pdf.
            RuntimeError: If Graphviz is needed (.png, .pdf) and is not installed.
        """
        path = Path(path)
        format = path.suffix[1:].lower()
        check_choice("format", format, FORMATS)
        write_whole(path, self._bytes(format))
        return path

    def render(self, name: str | os.PathLike[str], format: str | None = None) -> str:
        """Write the picture to `name.svg` (or its format), and the DOT text to `name`.

        Returns:
            The path of the picture.

        Raises:
            ValueError: If there is no such format.
            RuntimeError: If Graphviz is needed (png, pdf) and is not installed.
        """
        path = self.save(f"{os.fspath(name)}.{format or self.format}")
        write_whole(Path(name), self.source.encode())
        return str(path)

    def to_graphviz(self) -> Any:
        """The picture as a `graphviz.Source`, for what that package can do with it."""
        import graphviz

        return graphviz.Source(self.source)

    def _bytes(self, format: str) -> bytes:
        if format == "svg":
            return self.svg.encode()
        instead = "write it as svg, which needs none"
        return run_dot(format, self.source, f"format={format!r}", instead)


def repr_mimebundle(value: Value) -> dict[str, str]:
    """How a notebook shows a Value: as text, with its graph if that is small.

    >>> sorted(repr_mimebundle(Value(2.0) * 3))
    ['image/svg+xml', 'text/plain']
    """
    text = {"text/plain": repr(value)}
    if len(topological_order(value)) > NOTEBOOK_NODES:
        return text
    return {"image/svg+xml": picture(scene_of(value)), **text}
