"""Answers to a worksheet, marked.

>>> marking = Marking((Marked("w", "right", 3.0), Marked("x", "missing")))
>>> print(marking, bool(marking))
1 of 2 is right
right    w = 3
missing  x False
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from micrograd_nn.viz.text import number


class Marked(NamedTuple):
    """One answer, marked.

    Attributes:
        name: Which number was asked for.
        verdict: "right", "wrong" or "missing".
        answer: What was answered; None if nothing was.
        hint: What may have gone wrong.
    """

    name: str
    verdict: str
    answer: float | None = None
    hint: str = ""

    def __str__(self) -> str:
        answer = "" if self.answer is None else f" = {number(self.answer)}"
        hint = f": {self.hint}" if self.hint else ""
        return f"{self.verdict:7}  {self.name}{answer}{hint}"


@dataclass(frozen=True, repr=False)
class Marking:
    """All answers, marked: true if every number was found.

    Attributes:
        rows: One for each blank.
    """

    rows: tuple[Marked, ...]

    def __bool__(self) -> bool:
        return all(row.verdict == "right" for row in self.rows)

    def __repr__(self) -> str:
        count = sum(row.verdict == "right" for row in self.rows)
        title = f"{count} of {len(self.rows)} {'is' if count == 1 else 'are'} right"
        return "\n".join([title, *map(str, self.rows)])
