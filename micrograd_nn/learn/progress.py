"""How far a learner has come: what the checks of the exercises last printed.

>>> from micrograd_nn.learn.exercises import RIGHT, WAITING
>>> def checked(printed):
...     return {
...         "cell_type": "code",
...         "metadata": {"tags": ["check"]},
...         "outputs": [{"output_type": "stream", "text": [printed]}],
...     }
>>> str(progress_of([checked(RIGHT), checked(WAITING)]))
'1 of 2 exercises right'
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from micrograd_nn.learn.copies import State, read
from micrograd_nn.learn.exercises import RIGHT, WAITING, WRONG
from micrograd_nn.learn.notebook import Cell, joined, tags


@dataclass(frozen=True)
class Progress:
    """How far a learner has come in a lesson.

    Attributes:
        begun: Whether a cell was run.
        right: How many exercises are solved.
        exercises: How many there are.
    """

    begun: bool
    right: int
    exercises: int

    def __str__(self) -> str:
        if not self.begun:
            return "not begun"
        if self.right == self.exercises:
            return "done"
        return f"{self.right} of {self.exercises} exercises right"


def progress_in(copy: Path) -> str:
    """What to say of a learner's copy, as it was last saved.

    Raises:
        OSError: If it cannot be read.
    """
    if not copy.exists():
        return State.MISSING.value
    notebook = read(copy)
    return str(progress_of(notebook["cells"])) if notebook else "not a notebook"


def progress_of(cells: Iterable[Cell]) -> Progress:
    """How far the cells of a notebook have come."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    checks = [cell for cell in code if "check" in tags(cell)]
    begun = any(cell.get("outputs") or cell.get("execution_count") for cell in code)
    return Progress(begun, sum(map(_is_right, checks)), len(checks))


def _is_right(check: Cell) -> bool:
    """Whether all that a cell checks is right."""
    outputs = check.get("outputs", [])
    if any(output.get("output_type") == "error" for output in outputs):
        return False  # in the second of two checks, say
    printed = [joined(output.get("text", "")) for output in outputs]
    lines = [line for text in printed for line in text.splitlines()]
    return RIGHT in lines and not any(x.startswith((WAITING, WRONG)) for x in lines)
