"""`python -m micrograd_nn learn`: the lessons, from the command line.

learn           copy all lessons beside you, and open lesson 00 in JupyterLab
learn 7         the same, and open lesson 07
learn list      the lessons, how long they take, and what they are about
learn status    how far you have come
learn doctor    what is missing, and how to get it
learn demo      two nets trained, and pictures of what they learned
"""

from __future__ import annotations

import io
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path

from micrograd_nn.learn.copies import State, copy_lessons, copy_of, default_folder
from micrograd_nn.learn.doctor import examine
from micrograd_nn.learn.lab import open_in_lab, require_lab
from micrograd_nn.learn.lessons import Lesson, lessons, numbered
from micrograd_nn.learn.progress import progress_in
from micrograd_nn.learn.table import aligned


def learn(options: Namespace) -> int:
    """Do what `options.what` says: a word, or the number of a lesson.

    Returns:
        The exit code.

    Raises:
        ValueError: If it is neither; nothing is copied.
        ImportError: If packages of the extra `notebooks` are missing; the same.
    """
    _print_what_can_be()
    folder = Path(options.folder) if options.folder else default_folder()
    if options.what in WORDS:
        return WORDS[options.what](folder)
    known = lessons()
    chosen = numbered(known, options.what)
    if options.open:
        require_lab()
    _say_copied(copy_lessons(known, folder), folder)
    return _open(copy_of(chosen, folder)) if options.open else 0


def _print_what_can_be() -> None:
    """Have letters that the terminal does not know replaced, not raise an error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _open(copy: Path) -> int:
    print(f"JupyterLab opens {copy}; Ctrl-C stops it.", flush=True)
    return open_in_lab(copy)


def _say_copied(states: Mapping[Path, State], folder: Path) -> None:
    """What was done, and which copies are the learner's own by now."""
    was = list(states.values())
    print(f"Copied {was.count(State.MISSING)} of {len(was)} lessons to {folder}.")
    if State.OUTDATED in was:
        print(f"Renewed {was.count(State.OUTDATED)} that you had not edited.")
    for path, state in states.items():
        if state is State.EDITED:
            print(f"Kept as you edited it: {path.name}.")
        if state is State.EDITED_OUTDATED:
            print(
                f"Kept as you edited it: {path.name}. It has a newer version; to get "
                "that beside yours, rename yours."
            )


def _list(folder: Path) -> int:
    rows = [
        (*_heading(each), f"{each.minutes} min", each.opening) for each in lessons()
    ]
    print(*aligned(rows), sep="\n")
    return 0


def _status(folder: Path) -> int:
    rows = [(*_heading(each), progress_in(copy_of(each, folder))) for each in lessons()]
    print(f"Copies in {folder.resolve()}, as they were last saved:\n")
    print(*aligned(rows), sep="\n")
    ahead = [number for number, _, progress in rows if progress != "done"]
    print(
        f"\nNext: python -m micrograd_nn learn {ahead[0]}" if ahead else "\nAll done."
    )
    return 0


def _doctor(folder: Path) -> int:
    return examine()


def _demo(folder: Path) -> int:
    from micrograd_nn.demo import run

    run()
    return 0


def _heading(lesson: Lesson) -> tuple[str, str]:
    return f"{lesson.number:02}", lesson.title


WORDS: dict[str, Callable[[Path], int]] = {
    "list": _list,
    "status": _status,
    "doctor": _doctor,
    "demo": _demo,
}
