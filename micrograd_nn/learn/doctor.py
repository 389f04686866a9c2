"""What the lessons need, what of that is there, and how to get the rest.

>>> package("no-such-package", "1.0", "arrays").state
'missing'
>>> how_to_get_graphviz("darwin").partition(", or")[0]
'brew install graphviz'
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from micrograd_nn import __version__
from micrograd_nn.learn.lab import ONE_THREAD
from micrograd_nn.learn.lessons import PACKAGE, folder, lessons
from micrograd_nn.learn.requirements import bounds, is_recent, version_of
from micrograd_nn.learn.table import aligned
from micrograd_nn.viz.graphviz_program import FAILURES, TIMEOUT, find_dot, installed

# What the package and its extra `notebooks` ask for, and what for.
PURPOSES = {
    "numpy": "arrays, training",
    "tqdm": "progress of training",
    "safetensors": "nets in files",
    "graphviz": "graphs as Digraph objects of Python",
    "matplotlib": "plots",
    "jupyterlab": "opening the lessons",
    "ipykernel": "running the lessons",
    "jupytext": "copying the lessons",
    "ipywidgets": "sliders, from lesson 01 on",
    "scikit-learn": "handwritten digits, from lesson 05 on",
    "faker": "first names, lesson 11",
}
GET_PACKAGES = 'python -m pip install "micrograd-nn[notebooks]"'
GET_GRAPHVIZ = {
    "darwin": "brew install graphviz",
    "linux": "apt install graphviz (Debian, Ubuntu), dnf install graphviz (Fedora)",
    "win32": "winget install graphviz",
}
GET_GRAPHVIZ_ANYWHERE = (
    "conda install -c conda-forge graphviz, or "
    'python -m pip install "pygraphviz>=2.0", which brings it along'
)


@dataclass(frozen=True)
class Finding:
    """One thing that is used.

    Attributes:
        name: What it is.
        state: "ok", or what is wrong with it.
        found: Which version is there.
        least: The version that it takes.
        purpose: What for.
        cure: How to get it; empty if there is no need.
    """

    name: str
    state: str
    found: str
    least: str
    purpose: str
    cure: str = ""

    @property
    def row(self) -> tuple[str, ...]:
        """Its row of the table."""
        cells = (self.name, self.state, self.found, self.least, self.purpose)
        return tuple(cell or "-" for cell in cells)


def examine() -> int:
    """Print what is there, what is missing, and how to get it.

    Returns:
        The exit code: 0 if all that is needed is there, else 1.
    """
    needed, useful = list(_needed()), list(_useful())
    ill = any(finding.state != "ok" for finding in needed)
    print(f"micrograd-nn {__version__} in {PACKAGE}\n")
    print(*_table("needed", needed), "", *_table("of use", useful), "", sep="\n")
    for advice in _advice([*needed, *useful]):
        print(advice)
    print("Not all that is needed is there." if ill else "All that is needed is there.")
    return 1 if ill else 0


def package(name: str, least: str, purpose: str, cure: str = "") -> Finding:
    """Whether a distribution is installed, and recent enough."""
    found = version_of(name)
    if found is None:
        return Finding(name, "missing", "", least, purpose, cure)
    state = "ok" if is_recent(found, least) else "too old"
    return Finding(name, state, found, least, purpose, cure)


def how_to_get_graphviz(system: str) -> str:
    """The commands that install Graphviz.

    Args:
        system: As `sys.platform` has it.
    """
    here = GET_GRAPHVIZ.get(system, GET_GRAPHVIZ["linux"])
    return f"{here}, or {GET_GRAPHVIZ_ANYWHERE}"


def _needed() -> Iterator[Finding]:
    purpose = f"everything; it is {sys.executable}"
    yield Finding("Python", "ok", platform.python_version(), "3.11", purpose)
    yield _texts()
    least = bounds({"notebooks"})
    for name, purpose in PURPOSES.items():
        yield package(name, least.get(name, ""), purpose, GET_PACKAGES)


def _texts() -> Finding:
    purpose = f"texts in {folder()}"
    try:
        return Finding("lessons", "ok", str(len(lessons())), "", purpose)
    except (OSError, ValueError) as error:
        return Finding("lessons", "missing", "", "", purpose, str(error))


def _useful() -> Iterator[Finding]:
    dot, cure = _version_of_dot(), how_to_get_graphviz(sys.platform)
    purpose = "Graphviz: large graphs, PNG and PDF of graphs"
    yield Finding(
        "dot", "ok" if dot else "missing", dot, "", purpose, "" if installed() else cure
    )
    least = bounds({"graphviz"}).get("pygraphviz", "")
    yield package("pygraphviz", least, "the same, where there is no dot")
    yield _threads()


def _version_of_dot() -> str:
    """The version of the program, or nothing if it is not there or does not run."""
    path = find_dot()
    if path is None:
        return ""
    try:
        run = subprocess.run(
            [path, "-V"], capture_output=True, text=True, timeout=TIMEOUT, check=True
        )
    except FAILURES:
        return ""
    found = re.search(r"[\d.]+", run.stdout + run.stderr)
    return found[0] if found else "unknown"


def _threads() -> Finding:
    ((name, one),) = ONE_THREAD.items()
    found = os.environ.get(name, "")
    return Finding(
        name,
        "ok" if found else "not set",
        found,
        "",
        "speed: small nets only lose by more threads",
        f"set it to {one} before Python starts; `learn` does for the lessons it opens",
    )


def _table(title: str, findings: Sequence[Finding]) -> list[str]:
    header = (title, "state", "found", "least", "for")
    return aligned([header, *(finding.row for finding in findings)])


def _advice(findings: Sequence[Finding]) -> Iterator[str]:
    """A paragraph for each cure, with what it cures."""
    cures: dict[str, list[str]] = {}
    for finding in findings:
        if finding.state != "ok" and finding.cure:
            cures.setdefault(finding.cure, []).append(finding.name)
    for cure, names in cures.items():
        yield f"For {', '.join(names)}:\n  {cure}\n"
