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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.files import format_of, write_whole
from micrograd_nn.ranges import one_of
from micrograd_nn.viz.dot import dot_source
from micrograd_nn.viz.graphviz_layout import is_large
from micrograd_nn.viz.graphviz_program import COMMANDS, installed, run_graphviz
from micrograd_nn.viz.picture import picture
from micrograd_nn.viz.policy import grouped, shown
from micrograd_nn.viz.scene import table
from micrograd_nn.viz.snapshot import Snapshot, snapshot
from micrograd_nn.viz.steps import recorded

FORMATS = ("svg", "png", "pdf")


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
    nodes = snapshot(root).order
    return set(nodes), {(x, node) for node in nodes for x in node.operands}


def draw_dot(
    root: Any,
    format: str = "svg",
    rankdir: str = "LR",
    *,
    collapse: str = "auto",
    focus: Value | None = None,
    theme: str = "auto",
    engine: str = "auto",
    max_nodes: int = 500,
) -> Drawing:
    """The graph that computed a result, as a picture that a notebook shows.

    There is a card for each Value with its label, data and grad, and before it the op
    that made it. The operands of an op arrive in order, the first at the top (or left).
    Blue numbers are positive, vermillion ones negative. A number that a formula wrapped
    has a dashed card without a grad. Of a large network, a pile of cards stands for
    each neuron or layer, with the numbers of its output.

    Args:
        root: The result to draw, a Value: the picture shows the graph as it is now. Or
            what `program.trace(...)` gave: it shows the numbers of that run.
        format: What `render` writes: "svg" (always works), "png" or "pdf" (Graphviz).
        rankdir: Where the graph flows: "LR" (left to right), "TB" (down, better for a
            long chain), "RL" or "BT".
        collapse: What one card shows: "none" (a Value), "neuron", "layer", "call" (of a
            whole module), "sample" (with its loss), or "auto": by size, from Values
            (up to 150) and neurons (up to 1,000 Values) to samples.
        focus: Draw only this Value of the graph, and what is up to 2 edges away.
        theme: "light", "dark", or "auto": what the viewer's system prefers.
        engine: What finds places for the cards: "dot" (the program of Graphviz),
            "pygraphviz" (a package that brings Graphviz along), "python" (ours), or
            "auto": the first that is installed. Of more than 2,500 cards and edges, or
            where edges pass many others (a weight that each step of a long chain uses),
            that is ours, which needs seconds. Graphviz may then need minutes, so it is
            stopped after 10 s.
        max_nodes: The most cards to draw.

    Raises:
        TypeError: If `root` is neither.
        ValueError: If there are more cards, or an argument is not one of those listed,
            or `focus` is not in the graph.
        RuntimeError: If the engine asked for is Graphviz, and it is missing, fails, or
            takes more than 10 s.

    >>> x = Value(3.0, label="x")
    >>> "<svg" in draw_dot(x * 2 + 1).svg
    True
    """
    one_of(FORMATS, format, "format")
    graph = _numbered(root)
    scene = shown(graph, collapse, focus, max_nodes)
    if engine in COMMANDS and is_large(scene.cards, scene.edges):
        scene = grouped(scene, graph)
    svg = picture(scene, rankdir, theme, engine)
    return Drawing(svg, dot_source(scene, rankdir), table(scene), format)


def _numbered(root: Any) -> Snapshot:
    """The graph; what a program kept no gradient for has that of the chain rule."""
    graph = snapshot(root)
    if not graph.of_program:
        return graph
    pairs = zip(graph.grads, recorded(graph).grads, strict=True)
    return replace(graph, grads=[x if kept is None else kept for kept, x in pairs])


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
        format = format_of(path, FORMATS)
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
        engine = next(iter(installed()), "dot")
        instead = "write it as svg, which needs none"
        return run_graphviz(engine, format, self.source, f"format={format!r}", instead)
