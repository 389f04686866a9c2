"""Pictures of graphs: time, size and edges drawn, beside micrograd's way in one run.

micrograd's notebook `trace_graph.ipynb` (Karpathy, 2020) draws a graph with the package
graphviz: a record for each Value, a node for its op, sets of nodes and edges. `peer`
does the same for the same Values, and the program `dot` draws it. The graphs are those
of a network's squared error, after `backward()`.

    python benchmarks/drawing_speed.py
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import random
import statistics
import subprocess
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, NamedTuple

import graphviz
from tqdm import tqdm

from micrograd_nn import Value
from micrograd_nn.graph import topological_order
from micrograd_nn.nn import MLP
from micrograd_nn.viz import draw_dot, trace
from micrograd_nn.viz.graphviz_program import COMMANDS, find_dot

NETS = {121: (3, 4, 4, 1), 984: (2, 16, 16, 1), 9_408: (10, 52, 48, 1)}
PATIENCE = 60  # seconds that a peer may take; ours gives Graphviz 10 at most


class Picture(NamedTuple):
    """What a way of drawing made of a graph."""

    svg: str
    edges: int  # from operands to ops


def loss_of(sizes: tuple[int, ...]) -> Value:
    """The graph to draw."""
    random.seed(0)
    score = MLP(sizes[0], sizes[1:])([random.uniform(-1, 1) for _ in range(sizes[0])])
    loss = Value(0.0) + (score - 1.0) ** 2
    loss.backward()
    return loss


def peer(root: Value) -> Picture:
    """The graph as micrograd's notebook draws it.

    Raises:
        subprocess.TimeoutExpired: If `dot` takes more than a minute.
    """
    nodes, edges = trace(root)
    dot = graphviz.Digraph(graph_attr={"rankdir": "LR"})
    for node in nodes:
        numbers = f"{{ data {node.data:.4f} | grad {node.grad:.4f} }}"
        dot.node(str(id(node)), numbers, shape="record")
        if node._op:
            dot.node(f"{id(node)}{node._op}", node._op)
            dot.edge(f"{id(node)}{node._op}", str(id(node)))
    for operand, result in edges:
        dot.edge(str(id(operand)), f"{id(result)}{result._op}")
    done = subprocess.run(
        [find_dot() or "dot", "-Tsvg"],
        input=dot.source.encode(),
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    svg = done.stdout.decode()
    results = sum(bool(node._op) for node in nodes)
    return Picture(svg, svg.count('class="edge"') - results)


def ours(engine: str, collapse: str) -> Callable[[Value], Picture]:
    """A way to draw with this package."""

    def draw(root: Value) -> Picture:
        made = draw_dot(root, engine=engine, collapse=collapse, max_nodes=10_000)
        return Picture(made.svg, made.svg.count('class="mg-operand-edge"'))

    return draw


def ways() -> dict[str, Callable[[Value], Picture]]:
    """All ways to draw that are installed, by name."""
    engines = [e for e, command in COMMANDS.items() if command("json0")] + ["python"]
    full = {f"ours, {engine}, in full": ours(engine, "none") for engine in engines}
    return {
        "micrograd's way": peer,
        **full,
        "ours, as it is by default": ours("auto", "auto"),
    }


def measured(root: Value, rounds: int) -> dict[str, tuple[float, Picture] | None]:
    """The median seconds of each way and its picture; None if it takes too long."""
    seconds: dict[str, list[float]] = {name: [] for name in ways()}
    pictures: dict[str, Picture] = {}
    for name in list(ways()) * rounds:
        start = time.perf_counter()
        try:
            pictures[name] = ways()[name](root)
        except (subprocess.TimeoutExpired, RuntimeError):  # ours raises the latter
            continue
        seconds[name].append(time.perf_counter() - start)
    return {
        name: (statistics.median(seconds[name]), pictures[name])
        if name in pictures
        else None
        for name in seconds
    }


def rows(nodes: int, results: dict[str, Any], edges: int) -> list[str]:
    """The lines of the table for one graph."""
    lines = [f"| {nodes:,} Values, {edges:,} edges | | | | | |"]
    first = results["micrograd's way"]
    for name, result in results.items():
        if result is None:
            lines.append(f"| | {name} | given up | | | |")
            continue
        seconds, (svg, drawn) = result
        ratio = f"{seconds / first[0]:.2f}" if first else ""
        size, packed = len(svg.encode()) / 1e3, len(gzip.compress(svg.encode())) / 1e3
        lines.append(
            f"| | {name} | {seconds:.3f} s | {ratio} | {size:,.0f} / {packed:,.0f} "
            f"| {drawn:,} |"
        )
    return lines


def main() -> None:
    """Draw each graph in every way, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    table = [
        "| graph | drawn by | time | over micrograd's way | KB of SVG / gzipped "
        "| edges drawn |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for nodes, sizes in tqdm(NETS.items(), desc="graphs"):
        root = loss_of(sizes)
        order = topological_order(root)
        assert len(order) == nodes, f"another graph: {len(order)} Values"
        edges = sum(len(node.operands) for node in order)
        table += rows(nodes, measured(root, rounds if nodes < 5_000 else 1), edges)
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} CPUs; {dot_version()};"
    )
    packages = ", ".join(f"{p} {version(p)}" for p in ("graphviz", "pygraphviz"))
    print(f"{packages}. Medians of {rounds} rounds (one of the largest graph).\n")
    print("\n".join(table))


def dot_version() -> str:
    """What the program says of itself."""
    done = subprocess.run([find_dot() or "dot", "-V"], capture_output=True, check=True)
    return done.stderr.decode().strip()


if __name__ == "__main__":
    main()
