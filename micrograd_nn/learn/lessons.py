"""The lessons that come with the package, and what their first cells say of them.

A lesson is a text `NN_name.py` of cells. The first one is its heading, what it is
about, and how long it takes:

>>> heading = '''# %% [markdown]
... # # 02 · Backprop by hand
... #
... # How does a computer know which knob to turn? It multiplies
... # small numbers, backwards.
... #
... # **Needs:** lesson 01 · **Takes:** 30 minutes
... '''
>>> lesson = described(Path("02_backprop_by_hand.py"), heading)
>>> lesson.number, lesson.title, lesson.minutes
(2, 'Backprop by hand', 30)
>>> lesson.opening
'How does a computer know which knob to turn?'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
NAMES = "[0-9][0-9]_*.py"

_HEADING = re.compile(r"# # \d\d · (.+)")
_MINUTES = re.compile(r"\*\*Takes:\*\* (\d+) minutes")
_OPENING = re.compile(r".+?\?(?=\s|$)")


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes:
        path: Its text.
        title: Its heading, without the number.
        minutes: How long it takes.
        introduction: The paragraph below the heading, as plain text.
    """

    path: Path
    title: str
    minutes: int
    introduction: str

    @property
    def name(self) -> str:
        """What its files are called, such as 02_backprop_by_hand."""
        return self.path.stem

    @property
    def opening(self) -> str:
        """The introduction up to its first question, or all of it if it asks none."""
        asked = _OPENING.match(self.introduction)
        return asked[0] if asked else self.introduction

    @property
    def number(self) -> int:
        """Its place among the lessons, from 0."""
        return int(self.name[:2])


def lessons() -> list[Lesson]:
    """The lessons, in order.

    Raises:
        FileNotFoundError: If there are none.
        ValueError: If the first cell of one lacks its heading or its minutes.
    """
    paths = sorted(folder().glob(NAMES))
    if not paths:
        raise FileNotFoundError(
            f"no lessons: got none in {str(folder())!r}; expected texts such as "
            "00_start_here.py. Install micrograd-nn anew."
        )
    return [described(path, path.read_text(encoding="utf-8")) for path in paths]


def folder() -> Path:
    """Where the texts are: in the package, or beside it in a clone."""
    packaged = PACKAGE / "notebooks"
    return packaged if packaged.is_dir() else PACKAGE.parent / "notebooks"


def numbered(lessons: list[Lesson], number: str) -> Lesson:
    """The one of the lessons that has this number, such as "7" or "07".

    Raises:
        ValueError: If there is none.
    """
    for lesson in lessons:
        if number.isdecimal() and int(number) == lesson.number:
            return lesson
    raise ValueError(
        f"no such lesson: got {number!r} (str); expected a number from "
        f"{lessons[0].number} to {lessons[-1].number}, or list, status, doctor or "
        "demo. To see them all: python -m micrograd_nn learn list."
    )


def described(path: Path, text: str) -> Lesson:
    """The lesson at `path`, as the first cell of its text describes it.

    Raises:
        ValueError: If that lacks its heading or its minutes.
    """
    first = text.partition("# %% [markdown]")[2].partition("\n# %%")[0]
    heading, minutes = _HEADING.search(first), _MINUTES.search(first)
    if not (heading and minutes):
        raise ValueError(
            f"not a lesson: got {path.name!r} whose first cell is {first[:60]!r}; "
            "expected its heading (# # 02 · Its title) and its minutes "
            "(**Takes:** 30 minutes). Write both there."
        )
    return Lesson(
        path, heading[1].strip(), int(minutes[1]), _introduction(first, heading)
    )


def _introduction(cell: str, heading: re.Match[str]) -> str:
    """The first paragraph after the heading, as plain text; badges are none."""
    words = re.sub("^# ?", "", cell[heading.end() :], flags=re.MULTILINE)
    paragraphs = [" ".join(part.split()) for part in words.split("\n\n")]
    prose = next((part for part in paragraphs if part[:1] not in ("", "[", "<")), "")
    return re.sub("[*`]", "", prose)
