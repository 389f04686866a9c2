r"""Graphviz: the DOT text of a scene, and coordinates from the program `dot`.

>>> print(quoted(r'say "hi" & <b>bye</b>\ '))
"say \"hi\" &amp; <b>bye</b>\\ "
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

from micrograd_nn.viz.boxes import Box, Edge, Layout, Route
from micrograd_nn.viz.scene import Card, Scene

TIMEOUT = 5.0  # seconds
# What goes wrong with a program that hangs, fails, or prints something else.
FAILURES = (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError)
INCH = 72.0  # points, which are our pixels

# Why no record shapes: with them dot 2.43 loses edges (1,252 drawn of 1,253).
HEADER = """\
digraph {{
  rankdir={rankdir} ordering=in
  node [shape=box fontname=monospace fontsize=11 margin="0.1,0.05"]
  edge [color="#666666" arrowsize=0.7]
"""


def dot_source(scene: Scene, rankdir: str) -> str:
    """The scene in the DOT language, one box for each Value and one for its op."""
    lines = [line for i, card in enumerate(scene.cards) for line in _nodes(i, card)]
    for tail, head in scene.edges:
        entry = f"op{head}" if scene.cards[head].symbol else f"n{head}"
        lines.append(f"n{tail} -> {entry}")
    body = "".join(f"  {line}\n" for line in lines)
    return HEADER.format(rankdir=rankdir) + body + "}\n"


def _nodes(i: int, card: Card) -> list[str]:
    rows = [f"{row.word} {row.text}" for row in card.rows]
    text = "\\n".join(quoted(part)[1:-1] for part in [card.label, *rows] if part)
    pale = ' color="#999999" fontsize=9' if card.kind == "constant" else ""
    lines = [f'n{i} [label="{text}"{pale}]']
    if card.symbol:
        lines.append(f"op{i} [shape=ellipse width=0.4 label={quoted(card.symbol)}]")
        lines.append(f"op{i} -> n{i} [weight=9]")
    return lines


def quoted(text: str) -> str:
    """`text` as a DOT string that shows it as it is.

    Quotes, backslashes and entities are what DOT reads in such a string; none is left.
    """
    plain = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def find_dot() -> str | None:
    """The path of the program `dot`, or None; one in the current folder is ignored."""
    found = shutil.which("dot")
    if found is None or not os.path.isabs(found):
        return None
    return None if os.path.samefile(os.path.dirname(found), os.curdir) else found


def missing_dot(purpose: str, instead: str) -> RuntimeError:
    """The error to raise where `dot` is needed and there is none."""
    return RuntimeError(
        f"Graphviz is not installed: got no program 'dot' on the path; expected it for "
        f"{purpose}. Install it (apt install graphviz, brew install graphviz, winget "
        f"install graphviz, or conda install graphviz), or {instead}."
    )


def dot_layout(boxes: Sequence[Box], edges: Sequence[Edge]) -> Layout:
    """Coordinates by `dot`, for a picture that flows from left to right.

    It is asked for places alone: boxes of a fixed size without any text.

    Raises:
        RuntimeError: If there is no `dot`, or it fails or takes more than 5 s.
    """
    purpose, instead = "engine='dot'", "use engine='python'"
    answer = run_dot("json0", _plain_source(boxes, edges), purpose, instead)
    try:
        return _read(json.loads(answer), len(boxes), len(edges))
    except FAILURES as error:
        raise _failure(error, purpose, instead) from error


def run_dot(format: str, source: str, purpose: str, instead: str) -> bytes:
    """What `dot` makes of that source, never through a shell.

    Args:
        format: As `dot` calls it: png, pdf, json0.
        source: DOT text.
        purpose: What it is for, and
        instead: what to do without it, for the message.

    Raises:
        RuntimeError: If there is no `dot`, or it fails or takes more than 5 s.
    """
    dot = find_dot()
    if dot is None:
        raise missing_dot(purpose, instead)
    command = [dot, f"-T{format}"]
    try:
        done = subprocess.run(
            command,
            input=source.encode(),
            capture_output=True,
            timeout=TIMEOUT,
            check=True,
        )
    except FAILURES as error:
        raise _failure(error, purpose, instead) from error
    return done.stdout


def _failure(error: Exception, purpose: str, instead: str) -> RuntimeError:
    return RuntimeError(
        f"Graphviz failed: got {type(error).__name__} from {find_dot()!r} for "
        f"{purpose}; expected its answer within {TIMEOUT:g} s. Else {instead}."
    )


def _plain_source(boxes: Sequence[Box], edges: Sequence[Edge]) -> str:
    nodes = [
        f"{i} [width={box.width / INCH:.4f} height={box.height / INCH:.4f}]"
        for i, box in enumerate(boxes)
    ]
    arrows = [f"{tail} -> {head} [id={i}]" for i, (tail, head) in enumerate(edges)]
    return "\n".join(
        [
            "digraph { rankdir=LR nodesep=0.22 ranksep=0.6 ordering=in",
            'node [shape=box fixedsize=true label=""]',
            "edge [dir=none tailport=e headport=w]",
            *nodes,
            *arrows,
            "}",
        ]
    )


def _read(answer: dict[str, Any], boxes: int, edges: int) -> Layout:
    *_, width, height = map(float, answer["bb"].split(","))
    places = {int(x["name"]): x["pos"] for x in answer.get("objects", ())}
    paths = {int(x["id"]): x["pos"] for x in answer.get("edges", ())}
    return Layout(
        width,
        height,
        [_points(places[i], height)[0] for i in range(boxes)],
        [_points(paths[i], height) for i in range(edges)],
    )


def _points(text: str, height: float) -> Route:
    pairs = (pair.split(",") for pair in text.split())
    return [(float(x), height - float(y)) for x, y in pairs]  # y goes up in DOT
