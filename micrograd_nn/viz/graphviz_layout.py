"""Layout by Graphviz, which is asked for places alone: boxes without any text.

>>> print(plain_source([Box(72, 36, 36)] * 2, [(0, 1)]))
digraph { rankdir=LR nodesep=0.22 ranksep=0.6 ordering=in
node [shape=box fixedsize=true label=""]
edge [dir=none tailport=e headport=w]
0 [width=1.0000 height=0.5000]
1 [width=1.0000 height=0.5000]
0 -> 1 [id=0]
}
"""

from __future__ import annotations

import json
from collections.abc import Sequence, Sized
from typing import Any

from micrograd_nn.viz.boxes import Box, Edge, Group, Layout, Route
from micrograd_nn.viz.columns import tidied
from micrograd_nn.viz.graphviz_program import (
    FAILURES,
    failure,
    run_graphviz,
    time_limit,
)

INCH = 72.0  # points, which are our pixels
PATIENCE = 10.0  # seconds, at most, for any graph
LARGE = 2_500  # boxes and edges, from which on Graphviz may need many seconds

# What a large graph costs goes down to a tenth, and its picture is hardly worse. The
# ranks, which nslimit1 would limit, must be the best: long edges cost more than they.
SMALL_GRAPH, LARGE_GRAPH = "ordering=in", "nslimit=0.1 mclimit=0.1"


def graphviz_layout(
    engine: str,
    boxes: Sequence[Box],
    edges: Sequence[Edge],
    groups: Sequence[Group],
    seconds: float = PATIENCE,
) -> Layout:
    """Coordinates by Graphviz, for a picture that flows from left to right.

    Args:
        engine: "dot" or "pygraphviz".
        boxes: Their sizes.
        edges: Between them.
        groups: Boxes to be kept together if there are many; that saves time.
        seconds: The most it may take.

    Raises:
        RuntimeError: If it is missing, fails or takes too long.
    """
    purpose, instead = f"engine={engine!r}", "use engine='python'"
    source = plain_source(boxes, edges, groups)
    limit = min(time_limit(source), seconds)
    answer = run_graphviz(engine, "json0", source, purpose, instead, limit)
    try:
        found = _read(json.loads(answer), len(boxes), len(edges))
    except FAILURES as error:
        raise failure(error, engine, purpose, instead) from error
    return tidied(found, boxes, edges)


def is_large(boxes: Sized, edges: Sized) -> bool:
    """Whether Graphviz needs seconds for a graph."""
    return len(boxes) + len(edges) > LARGE


def plain_source(
    boxes: Sequence[Box], edges: Sequence[Edge], groups: Sequence[Group] = ()
) -> str:
    """The boxes in the DOT language."""
    large = is_large(boxes, edges)
    effort = LARGE_GRAPH if large else SMALL_GRAPH
    nodes = [
        f"{i} [width={box.width / INCH:.4f} height={box.height / INCH:.4f}]"
        for i, box in enumerate(boxes)
    ]
    arrows = [f"{tail} -> {head} [id={i}]" for i, (tail, head) in enumerate(edges)]
    clusters = [
        f"subgraph cluster{i} {{ {' '.join(map(str, group))} }}"
        for i, group in enumerate(groups if large else ())
    ]
    return "\n".join(
        [
            f"digraph {{ rankdir=LR nodesep=0.22 ranksep=0.6 {effort}",
            'node [shape=box fixedsize=true label=""]',
            "edge [dir=none tailport=e headport=w]",
            *nodes,
            *arrows,
            *clusters,
            "}",
        ]
    )


def _read(answer: dict[str, Any], boxes: int, edges: int) -> Layout:
    *_, width, height = map(float, answer["bb"].split(","))
    # Clusters are objects too, and have no place of their own.
    places = {x["name"]: x["pos"] for x in answer.get("objects", ()) if "pos" in x}
    paths = {x["id"]: x["pos"] for x in answer.get("edges", ())}
    return Layout(
        width,
        height,
        [_points(places[str(i)], height)[0] for i in range(boxes)],
        [_points(paths[str(i)], height) for i in range(edges)],
    )


def _points(text: str, height: float) -> Route:
    pairs = (pair.split(",") for pair in text.split())
    return [(float(x), height - float(y)) for x, y in pairs]  # y goes up in DOT
