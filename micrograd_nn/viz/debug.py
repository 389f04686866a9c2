"""`debug(loss)`: a debugger for backprop, one product of the chain rule at a time.

>>> from micrograd_nn import Value
>>> w, x = Value(-1.5, label="w"), Value(3.0, label="x")
>>> p = w * x
>>> p.label = "p"
>>> print(debug(p))
1  *  p = w * x = −1.5 * 3 = −4.5
2     p.grad = 1
3  *  w.grad += p.grad × x = 1 × 3 = 3           now 3
4  *  x.grad += p.grad × w = 1 × (−1.5) = −1.5   now −1.5

In a notebook the last line of a cell shows the page instead, and
`debug(p).save("p.html")` writes it: it opens in any browser, without a network.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from micrograd_nn.files import format_of, write_whole
from micrograd_nn.ranges import one_of
from micrograd_nn.viz.boxes import DIRECTIONS
from micrograd_nn.viz.collapse import Outline
from micrograd_nn.viz.layout import ENGINES
from micrograd_nn.viz.marks import marks_of
from micrograd_nn.viz.notebook_cell import cell
from micrograd_nn.viz.page import page
from micrograd_nn.viz.page_data import Marks, page_data
from micrograd_nn.viz.page_scene import page_scene
from micrograd_nn.viz.picture import picture
from micrograd_nn.viz.policy import COLLAPSES, FULL, level_for
from micrograd_nn.viz.scene import Scene
from micrograd_nn.viz.snapshot import Snapshot, snapshot
from micrograd_nn.viz.steps import Steps, steps
from micrograd_nn.viz.svg import THEMES

LEAD = (44.0, 12.0)  # pixels for a partial on an edge that goes across, or down
LINES = 200
FORMATS = ("html", "json", "txt", "svg")
ABOVE = 250  # pixels that the bar and the rule take in a notebook
LOWEST, HIGHEST = 260, 560  # pixels of the graph below them


def debug(
    target: Any,
    *arrays: Any,
    example: int = 0,
    collapse: str = "auto",
    rankdir: str = "LR",
    theme: str = "auto",
    engine: str = "auto",
    max_steps: int = 20_000,
) -> Debugger:
    """A debugger that steps through the pass that computed a Value, and back.

    One step is one op forward, or one product of the chain rule backward. The graph is
    taken as it is now; nothing of it is changed. More than `max_steps` records are made
    when they are first asked for.

    Args:
        target: The result to differentiate, what else `steps` takes, or what it gave.
        arrays: For a program a batch, as for a call of it.
        example: Which of the batch to show.
        collapse: What one card shows, as in `draw_dot`. Every step is there at every
            level.
        rankdir: Where the graph flows, as in `draw_dot`.
        theme: "light", "dark", or "auto": what the viewer's system prefers.
        engine: What finds places for the cards, as in `draw_dot`.
        max_steps: The most steps of a page; text and JSON have no such bound.

    Raises:
        TypeError: If `target` is not a Value, and no program; or it is steps, and there
            are arrays or an example.
        ValueError: If an argument is not one of those listed, or `max_steps` is no
            whole number from 1.

    >>> from micrograd_nn import Value
    >>> x = Value(3.0, label="x")
    >>> debugger = debug(x * x)
    >>> len(debugger.steps), "<script>" in debugger.html
    (4, True)
    """
    one_of(COLLAPSES, collapse, "collapse")
    one_of(THEMES, theme, "theme")
    one_of(DIRECTIONS, rankdir, "rankdir")
    one_of(("auto", *ENGINES), engine, "engine")
    _check_max_steps(max_steps)
    given = target if isinstance(target, Steps) else None
    if given is not None:
        _check_alone(given, arrays, example)
    graph = given.graph if given else snapshot(target, *arrays, example=example)
    if given is None and _count(graph) <= max_steps:
        given = steps(graph)
    outline = Outline(graph)
    scene = outline.scene(level_for(outline, collapse))
    marks = {} if given is None else marks_of(given)
    return Debugger(graph, scene, given, marks, rankdir, theme, engine, max_steps)


def _check_max_steps(max_steps: Any) -> None:
    if not hasattr(max_steps, "__index__") or max_steps < 1:
        raise ValueError(
            f"not a number of steps: got max_steps={max_steps!r} "
            f"({type(max_steps).__name__}); expected a whole number, 1 or more. "
            "Leave it out for 20,000."
        )


def _check_alone(given: Steps, arrays: Sequence[Any], example: int) -> None:
    if arrays or example:
        raise TypeError(
            f"steps that are made already: got {len(given)} of them "
            f"({type(given).__name__}), {len(arrays)} arrays and example={example!r}; "
            "expected nothing beside them. Pass arrays and example to steps(...), "
            "where the program is run."
        )


def _count(graph: Snapshot) -> int:
    """How many steps a pass has: an op each, the seed, an operand each."""
    return sum(1 + len(operands) for operands in graph.operands if operands) + 1


@dataclass(frozen=True, repr=False)
class Debugger:
    """The steps of one pass, as a page, as text and as JSON.

    Attributes:
        graph: The Values and their numbers.
        scene: What the picture shows.
        given: The records, if they are made already.
        marks: What deserves a second look, by position of the Value; of `given`.
        rankdir: As given to `debug`, like what follows.
        theme: Likewise.
        engine: Likewise.
        max_steps: Likewise.
    """

    graph: Snapshot
    scene: Scene
    given: Steps | None
    marks: Marks
    rankdir: str = "LR"
    theme: str = "auto"
    engine: str = "auto"
    max_steps: int = 20_000

    def __repr__(self) -> str:
        return self.text

    @cached_property
    def steps(self) -> Steps:
        """The records."""
        return steps(self.graph) if self.given is None else self.given

    @property
    def text(self) -> str:
        """The table of the steps, one line each."""
        return str(self.steps)

    @property
    def json(self) -> str:
        """The Values and the steps, for other tools."""
        return self.steps.to_json()

    @cached_property
    def svg(self) -> str:
        """The picture after the last step."""
        lead = LEAD[DIRECTIONS[self.rankdir][1] != 0]
        scene = page_scene(self.steps, self.scene)
        return picture(scene, self.rankdir, self.theme, self.engine, lead)

    @cached_property
    def html(self) -> str:
        """The page.

        Raises:
            ValueError: If there are more than `max_steps` steps.
        """
        if advice := self._too_large():
            raise ValueError(advice)
        data = page_data(self.steps, self.scene, self.marks)
        title = f"Backprop debugger: {self.steps.names[-1]}"
        return page(data, self.svg, title, self.theme)

    def _too_large(self) -> str:
        count = _count(self.graph) if self.given is None else len(self.given)
        if count <= self.max_steps:
            return ""
        return (
            f"too many steps for a page: got {count}; expected at most "
            f"max_steps={self.max_steps}. Debug a smaller part (an inner Value, or one "
            "sample in place of a batch), read .text or .json, or pass a larger "
            "max_steps."
        )

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        if advice := self._too_large():
            return {**self._still(), "text/plain": advice}
        found = re.search(r'height="(\d+)"', self.svg)
        height = ABOVE + min(max(int(found[1]) if found else 0, LOWEST), HIGHEST)
        text = _head(self.text)
        return {
            "text/html": cell(self.html, self.svg, text, height),
            "text/plain": text,
        }

    def _still(self) -> dict[str, str]:
        """The picture with the gradients as they stand, if one can be read."""
        if len(self.scene.cards) > FULL:
            return {}
        svg = picture(self.scene, self.rankdir, self.theme, self.engine)
        return {"image/svg+xml": svg}

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the debugger to `path`: a page, or what its ending says.

        Raises:
            FileNotFoundError: If there is no such folder.
            ValueError: If the ending is none of .html, .json, .txt and .svg, or there
                are too many steps for a page.
        """
        path = Path(path)
        format = format_of(path, FORMATS)
        face = {"txt": "text"}.get(format, format)
        write_whole(path, getattr(self, face).encode())
        return path


def _head(text: str) -> str:
    """As many lines as one may want to scroll past in a notebook."""
    first, rest = text.split("\n")[:LINES], text.count("\n") + 1 - LINES
    more = [f"and {rest} more steps: print(...) shows them"] if rest > 0 else []
    return "\n".join([*first, *more])
