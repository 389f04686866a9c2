"""The learner's copies of the lessons: made, renewed, and never written over.

A copy is edited if its cells are no longer those that it was made with: another source,
kind or tag, one more or one less. To run a notebook edits nothing, nor does folding a
cell; what it printed goes when a newer version of an unedited lesson takes its place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from micrograd_nn.files import write_whole
from micrograd_nn.learn.lessons import Lesson
from micrograd_nn.learn.notebook import KEY, as_bytes, fingerprint, notebook_of

FOLDER = "micrograd-nn-lessons"


class State(Enum):
    """What a copy is, beside the lesson as the package has it."""

    MISSING = "not copied"
    CURRENT = "as in the package"
    OUTDATED = "of an older version"
    EDITED = "edited"
    EDITED_OUTDATED = "edited, of an older version"


def default_folder() -> Path:
    """Where copies go: beside the learner, who may be among them already."""
    return Path() if Path.cwd().name == FOLDER else Path(FOLDER)


def copy_of(lesson: Lesson, folder: Path) -> Path:
    """The file that the copy of a lesson is."""
    return folder / f"{lesson.name}.ipynb"


def copy_lessons(lessons: Sequence[Lesson], folder: Path) -> dict[Path, State]:
    """Write the copies that are missing or outdated, and no other.

    Args:
        lessons: Which.
        folder: Where to; made if need be.

    Returns:
        What each copy was before.

    Raises:
        ImportError: If jupytext is not installed; nothing is written.
        NotADirectoryError: If `folder` is a file.
        OSError: If a copy cannot be read or written.
    """
    notebooks = {
        copy_of(lesson, folder): notebook_of(lesson.path) for lesson in lessons
    }
    states = {path: state_of(path, notebooks[path]) for path in notebooks}
    _make(folder)
    for path, state in states.items():
        if state in (State.MISSING, State.OUTDATED):
            write_whole(path, as_bytes(notebooks[path]))
    return states


def _make(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(
            f"no folder for the lessons: got {str(folder)!r}, which is a file; "
            "expected a folder, or a name that is free. Choose another with --folder."
        )
    folder.mkdir(parents=True, exist_ok=True)


def state_of(path: Path, notebook: Any) -> State:
    """What the copy at `path` is, beside the notebook that would be written there."""
    if not path.exists():
        return State.MISSING
    copy, written = read(path), notebook["metadata"][KEY]["fingerprint"]
    if copy is None:
        return State.EDITED_OUTDATED
    found, made = fingerprint(copy["cells"]), _made_with(copy)
    if found == written:
        return State.CURRENT
    if found == made:
        return State.OUTDATED
    return State.EDITED if made == written else State.EDITED_OUTDATED


def read(path: Path) -> dict[str, Any] | None:
    """The notebook at `path`; None if what is there is none.

    Raises:
        OSError: If it cannot be read.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        fingerprint(notebook["cells"])
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return dict(notebook)


def _made_with(copy: dict[str, Any]) -> Any:
    """The fingerprint that it keeps, if it does."""
    try:
        return copy["metadata"][KEY]["fingerprint"]
    except (LookupError, TypeError):
        return None
