"""Exercises: a graph with blanks, its solution, and what is wrong with an answer.

>>> from micrograd_nn import Value
>>> w, x = Value(-1.5, label="w"), Value(3.0, label="x")
>>> y = w * x
>>> y.label = "y"
>>> sheet = worksheet(y)
>>> sheet
Value  data  grad      made by
w      −1.5  ________
x      3     ________
y      −4.5  ________  * of w, x
>>> print(sheet.check(w=-1.5, y=1))
1 of 3 is right
wrong    w = −1.5: the partial of a product is the other factor
missing  x
right    y = 1
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from micrograd_nn.engine import Value
from micrograd_nn.files import format_of, write_whole
from micrograd_nn.numbers import as_number, shortened
from micrograd_nn.ranges import one_of
from micrograd_nn.viz import mistakes
from micrograd_nn.viz.marking import Marked, Marking
from micrograd_nn.viz.picture import picture
from micrograd_nn.viz.scene import Card, Row, Scene, row_of, scene_of, table
from micrograd_nn.viz.steps import Steps, steps

BLANKS = {"data": ("data",), "grad": ("grad",), "both": ("data", "grad")}
BLANK = "_" * 8  # a line to write on
ROOM = 10  # columns for any number: both pictures are laid out alike
LARGEST = 60  # Values; more are no exercise
NEAR = 0.01  # how far an answer may be off, of its size: two digits will do
FORMATS = ("svg", "html")

Answers = Mapping[Any, Any]  # numbers by name, or by Value


class Blank(NamedTuple):
    """One number to find."""

    name: str
    word: str
    node: int
    right: float
    hint: str

    def fits(self, answer: float) -> bool:
        """Whether the answer is right, to two digits."""
        return _near(answer, self.right)


@dataclass(frozen=True, repr=False)
class Worksheet:
    """A graph with blanks: a notebook shows it, and it can be printed and checked.

    Attributes:
        svg: The picture with the blanks.
        solution: The picture with the numbers.
        text: The blanks as a table.
        steps: How the numbers are found.
        blanks: What is asked for.
    """

    svg: str
    solution: str
    text: str
    steps: Steps
    blanks: tuple[Blank, ...]

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": self.text}

    def check(self, answers: Answers | None = None, /, **named: Any) -> Marking:
        """The answers, each right, wrong or missing, with hints for typical mistakes.

        Two digits are enough.

        Args:
            answers: Numbers by the name of the Value, or by the Value. Where both its
                numbers are blank, by "name.data" and "name.grad".
            named: Numbers by name.

        Raises:
            TypeError: If an answer is not a number, or they have no names.
            ValueError: If nothing of that name is blank.
        """
        if answers is not None and not isinstance(answers, Mapping):
            raise TypeError(
                f"no answers by name: got answers={shortened(answers)} "
                f"({type(answers).__name__}); expected a dictionary. "
                "Pass them as in check(w=3) or check({'w': 3})."
            )
        given = {**(answers or {}), **named}
        found = {self._blank(key): as_number(x, str(key)) for key, x in given.items()}
        return Marking(tuple(self._marked(blank, found) for blank in self.blanks))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture with the blanks to `path`, which ends in .svg or .html.

        Raises:
            ValueError: If it has another ending.
        """
        return _saved(self.svg, "Worksheet", path)

    def save_solution(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture with the numbers; else as `save`."""
        return _saved(self.solution, "Solution", path)

    def _blank(self, key: Any) -> Blank:
        if isinstance(key, Value):
            key = self.steps.names[self.steps.graph.position(key)]
        for blank in self.blanks:
            if key in (blank.name, f"{self.steps.names[blank.node]}.{blank.word}"):
                return blank
        raise ValueError(
            f"not on the worksheet: got name={shortened(key)} ({type(key).__name__}); "
            f"expected one of {', '.join(blank.name for blank in self.blanks)}. "
            "Leave it out."
        )

    def _marked(self, blank: Blank, found: Mapping[Blank, float]) -> Marked:
        answer = found.get(blank)
        if answer is None:
            return Marked(blank.name, "missing")
        if blank.fits(answer):
            return Marked(blank.name, "right", answer)
        others = {b.node: x for b, x in found.items() if b.word == blank.word}
        typical = mistakes.in_data if blank.word == "data" else mistakes.in_grad
        known = typical(self.steps, blank.node, others)
        hints = (hint for wrong, hint in known if _near(answer, wrong))
        return Marked(blank.name, "wrong", answer, next(hints, blank.hint))


def worksheet(
    root: Value,
    blank: str = "grad",
    rankdir: str = "LR",
    *,
    theme: str = "light",
    engine: str = "auto",
) -> Worksheet:
    """The graph of `root` as an exercise: numbers to be found by hand, then checked.

    Gradients are those of one `backward()`, whether it was called or not.

    Args:
        root: The result of a small computation, of named Values.
        blank: What to leave out: "grad", "data" (of results, then without any grad),
            or "both".
        rankdir: Where the graph flows, as for `draw_dot`.
        theme: "light", "dark" or "auto".
        engine: What finds places for the cards, as for `draw_dot`.

    Raises:
        TypeError: If `root` is not a Value.
        ValueError: If there are more than 60 Values, or an argument is not one of those
            listed.

    >>> x = Value(3.0, label="x")
    >>> bool(worksheet(x * x).check({"x": 6, "v1": 1}))
    True
    """
    one_of(BLANKS, blank, "blank")
    found = steps(root)
    found.graph.check()
    _check_size(found)
    blanks = tuple(_blanks(found, BLANKS[blank]))
    shown = ("data",) if blank == "data" else ("data", "grad")  # a grad may tell data
    solved = _solved(scene_of(root, ROOM), found, shown)
    open_ = _emptied(solved, blanks)
    svg = picture(open_, rankdir, theme, engine)
    solution = picture(solved, rankdir, theme, engine)
    return Worksheet(svg, solution, table(open_), found, blanks)


def _check_size(found: Steps) -> None:
    count = len(found.names)
    if count > LARGEST:
        raise ValueError(
            f"too large for a worksheet: got {count} Values; expected at most "
            f"{LARGEST}. Take a smaller expression, or an inner Value of this one."
        )


def _blanks(found: Steps, words: tuple[str, ...]) -> Iterable[Blank]:
    graph = found.graph
    for i, name in enumerate(graph.names):
        asked = [word for word in words if _is_asked(found, i, word)]
        for word in asked:
            full = f"{name}.{word}" if len(asked) > 1 else name
            if word == "data":
                yield Blank(full, word, i, graph.data[i], mistakes.right_data(found, i))
            else:
                grad = found.grads[i] or 0.0
                yield Blank(full, word, i, grad, mistakes.right_grad(found, i))


def _is_asked(found: Steps, i: int, word: str) -> bool:
    """Data is asked of results, grad of all but constants."""
    if word == "data":
        return bool(found.graph.operands[i])
    return not found.graph.is_constant(i)


def _solved(scene: Scene, found: Steps, words: tuple[str, ...]) -> Scene:
    """The scene with the gradients of one pass, whatever `.grad` holds."""
    cards = []
    for i, card in enumerate(scene.cards):
        x = {"data": found.graph.data[i], "grad": found.grads[i] or 0.0}
        rows = tuple(_with(row, x[row.word]) for row in card.rows if row.word in words)
        title = "\n".join([card.name, *(f"{r.word} = {x[r.word]!r}" for r in rows)])
        # Answers go by name, so that a Value without a label shows its name too.
        label = "" if card.kind == "constant" else card.name
        cards.append(card._replace(label=label, rows=rows, title=title))
    return scene._replace(cards=cards)


def _with(row: Row, x: float) -> Row:
    return row_of(row.word, x)._replace(room=row.room)


def _emptied(scene: Scene, blanks: Iterable[Blank]) -> Scene:
    """The scene with blanks, in titles too: they show when a mouse rests on a card."""
    asked = {(blank.node, blank.word) for blank in blanks}
    cards = []
    for i, card in enumerate(scene.cards):
        words = [row.word for row in card.rows if (i, row.word) in asked]
        cards.append(_emptied_card(card, words))
    return scene._replace(cards=cards)


def _emptied_card(card: Card, words: list[str]) -> Card:
    rows = tuple(
        row._replace(text=BLANK, sign=0) if row.word in words else row
        for row in card.rows
    )
    title = "\n".join([card.name, *(f"{row.word} = {row.text}" for row in rows)])
    return card._replace(rows=rows, title=title)


def _near(answer: float, right: float) -> bool:
    close = math.isclose(answer, right, rel_tol=NEAR, abs_tol=0.0 if right else 1e-9)
    return close or (math.isnan(answer) and math.isnan(right))


def _saved(svg: str, title: str, path: str | os.PathLike[str]) -> Path:
    path = Path(path)
    format = format_of(path, FORMATS)
    head = (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    )
    whole = f"{head}<h1>{title}</h1>{svg}</html>" if format == "html" else svg
    write_whole(path, f"{whole}\n".encode())
    return path
