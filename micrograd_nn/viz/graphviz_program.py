"""Graphviz, wherever it is installed: the program `dot`, or inside `pygraphviz`.

Both run as a process of their own, never through a shell: one that hangs, crashes or
prints warnings can then neither stop nor soil the notebook that asked.

>>> from micrograd_nn.viz.graphviz_program import COMMANDS
>>> list(COMMANDS)  # in the order in which they are preferred
['dot', 'pygraphviz']
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

TIMEOUT = 5.0  # seconds, for each started piece of this length:
PIECE = 100_000  # characters of DOT, of some thousand boxes and edges
# What goes wrong with a program that hangs, fails, or prints something else.
FAILURES = (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError)

# What the other process runs. pygraphviz 2.0 is the first that brings Graphviz along;
# it imports nothing from the current folder (-P).
PYGRAPHVIZ = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))
"""

INSTALL = (
    "Install it (pip install 'pygraphviz>=2.0', apt install graphviz, brew install "
    "graphviz, winget install graphviz, or conda install graphviz)"
)


def find_dot() -> str | None:
    """The path of the program `dot`, or None; one in the current folder is ignored."""
    found = shutil.which("dot")
    if found is None or not os.path.isabs(found):
        return None
    return None if os.path.samefile(os.path.dirname(found), os.curdir) else found


def has_pygraphviz() -> bool:
    """Whether there is a pygraphviz that needs no other Graphviz."""
    try:
        return int(version("pygraphviz").partition(".")[0]) >= 2
    except (PackageNotFoundError, ValueError):
        return False


def _dot_command(format: str) -> list[str] | None:
    found = find_dot()
    return [found, f"-T{format}"] if found else None


def _pygraphviz_command(format: str) -> list[str] | None:
    if not sys.executable or not has_pygraphviz():
        return None
    return [sys.executable, "-P", "-c", PYGRAPHVIZ, format]


# From an engine to how it is called for a format; None where it is not installed.
COMMANDS: dict[str, Callable[[str], list[str] | None]] = {
    "dot": _dot_command,
    "pygraphviz": _pygraphviz_command,
}


def installed() -> list[str]:
    """The engines that are installed, the preferred one first.

    >>> set(installed()) <= {"dot", "pygraphviz"}
    True
    """
    return [engine for engine, command in COMMANDS.items() if command("json0")]


def run_graphviz(
    engine: str,
    format: str,
    source: str,
    purpose: str,
    instead: str,
    seconds: float | None = None,
) -> bytes:
    """What Graphviz makes of that source.

    Args:
        engine: "dot" or "pygraphviz".
        format: As Graphviz calls it: png, pdf, json0.
        source: DOT text.
        purpose: What it is for, and
        instead: what to do without it, for the message.
        seconds: How long it may take; None is 5 s for each 100 KB.

    Raises:
        RuntimeError: If it is missing, fails or takes longer.
    """
    command = COMMANDS[engine](format)
    if command is None:
        raise missing(engine, purpose, instead)
    try:
        done = subprocess.run(
            command,
            input=source.encode(),
            capture_output=True,
            timeout=time_limit(source) if seconds is None else seconds,
            check=True,
        )
    except FAILURES as error:
        raise failure(error, engine, purpose, instead) from error
    return done.stdout


def time_limit(source: str) -> float:
    """The seconds that Graphviz may take for that source.

    >>> time_limit("digraph { a -> b }"), time_limit("x" * 100_001)
    (5.0, 10.0)
    """
    return TIMEOUT * max(1, -(-len(source) // PIECE))


def missing(engine: str, purpose: str, instead: str) -> RuntimeError:
    """The error to raise where an engine is needed and is not installed."""
    known = {
        "dot": "no program 'dot' on the path",
        "pygraphviz": "no pygraphviz >= 2.0",
    }
    return RuntimeError(
        f"Graphviz is not installed: got {known[engine]}; expected it for {purpose}. "
        f"{INSTALL}, or {instead}."
    )


def failure(error: Exception, engine: str, purpose: str, instead: str) -> RuntimeError:
    """The error to raise where an engine did not do what it was asked for."""
    return RuntimeError(
        f"Graphviz failed: got {_reason(error)} from engine={engine!r} for {purpose}; "
        f"expected its answer. Else {instead}."
    )


def _reason(error: Exception) -> str:
    """What went wrong, with the last line that the program wrote of it.

    >>> _reason(subprocess.TimeoutExpired("dot", 5.0))
    'no answer within 5 s'
    >>> _reason(subprocess.CalledProcessError(1, "dot", stderr=b"no memory"))
    'exit status 1 (no memory)'
    """
    if isinstance(error, subprocess.TimeoutExpired):
        return f"no answer within {error.timeout:.3g} s"
    if isinstance(error, subprocess.CalledProcessError):
        lines = (error.stderr or b"").decode(errors="replace").splitlines()
        said = next(
            (line.strip() for line in lines[::-1] if line.strip()), "no message"
        )
        return f"exit status {error.returncode} ({said})"
    return f"{type(error).__name__} ({error})"
