"""Graphviz asked only where it is safe, and done without wherever it fails."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from micrograd_nn import Value
from micrograd_nn.graph import topological_order
from micrograd_nn.nn import MLP
from micrograd_nn.viz import draw_dot, graphviz_program
from micrograd_nn.viz.boxes import Box
from micrograd_nn.viz.graphviz_layout import LARGE, plain_source
from micrograd_nn.viz.graphviz_program import (
    COMMANDS,
    find_dot,
    has_pygraphviz,
    installed,
)
from micrograd_nn.viz.layout import ENGINES, layout

needs_dot = pytest.mark.skipif(find_dot() is None, reason="needs Graphviz's dot")
needs_pygraphviz = pytest.mark.skipif(not has_pygraphviz(), reason="needs pygraphviz")
posix = pytest.mark.skipif(os.name != "posix", reason="writes a shell script")
each_engine = pytest.mark.parametrize(
    "engine",
    [
        pytest.param("dot", marks=needs_dot),
        pytest.param("pygraphviz", marks=needs_pygraphviz),
        "python",
    ],
)

BOXES, EDGES = [Box(40.0, 30.0, 30.0)] * 3, [(0, 2), (1, 2)]


@pytest.fixture
def no_dot(monkeypatch):
    monkeypatch.setenv("PATH", "")


@pytest.fixture
def no_pygraphviz(monkeypatch):
    monkeypatch.setattr(graphviz_program, "has_pygraphviz", lambda: False)


def ours():
    return layout(BOXES, EDGES, engine="python")


# Which one is asked


def test_without_a_path_there_is_no_dot(no_dot):
    assert find_dot() is None
    assert "dot" not in installed()


def fake_dot(folder, script):
    path = folder / "dot"
    path.write_text(f"#!{sys.executable}\n{script}\n")
    path.chmod(0o755)


@posix
def test_a_dot_elsewhere_on_the_path_is_found(monkeypatch, tmp_path):
    fake_dot(tmp_path, "")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_dot() == str(tmp_path / "dot")
    assert installed()[0] == "dot"


@posix
@pytest.mark.parametrize("entry", [".", "", "absolute"])
def test_a_dot_in_the_current_folder_is_ignored(monkeypatch, tmp_path, entry):
    fake_dot(tmp_path, "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path) if entry == "absolute" else f"{entry}:")

    assert find_dot() is None


@pytest.mark.parametrize(
    ("version", "counts"), [("2.0.4", True), ("1.14", False), ("odd", False)]
)
def test_only_a_pygraphviz_that_brings_graphviz_counts(monkeypatch, version, counts):
    monkeypatch.setattr(graphviz_program, "version", lambda name: version)

    assert has_pygraphviz() == counts


def test_a_python_that_cannot_be_started_runs_no_pygraphviz(monkeypatch):
    monkeypatch.setattr(graphviz_program, "has_pygraphviz", lambda: True)
    monkeypatch.setattr(sys, "executable", "")

    assert "pygraphviz" not in installed()


@pytest.fixture
def asked(monkeypatch):
    """What each engine of Graphviz was given; all are installed, and fail."""
    asked = []

    def fail(engine, format, source, purpose, instead, seconds):
        asked.append((engine, source))
        raise RuntimeError(f"{engine} failed")

    monkeypatch.setattr("micrograd_nn.viz.graphviz_layout.run_graphviz", fail)
    monkeypatch.setattr("micrograd_nn.viz.layout.installed", lambda: list(COMMANDS))
    return asked


def test_graphviz_is_asked_in_order_and_our_own_engine_comes_last(asked):
    assert layout(BOXES, EDGES) == ours()
    assert [engine for engine, _ in asked] == ["dot", "pygraphviz"]


def test_of_a_large_graph_only_who_asks_for_graphviz_gets_it(asked):
    boxes = [Box(20.0, 20.0, 20.0)] * (LARGE // 2 + 1)
    edges = [(i, i + 1) for i in range(LARGE // 2)]
    groups = [(0, 1, 2), (5, 6)]
    layout(boxes, edges)

    assert asked == []
    with pytest.raises(RuntimeError, match="dot failed"):
        layout(boxes, edges, engine="dot", groups=groups)
    [(_, source)] = asked
    assert "subgraph cluster0 { 0 1 2 }\nsubgraph cluster1 { 5 6 }\n" in source
    assert "nslimit=0.1 mclimit=0.1" in source


def test_where_edges_pass_many_layers_only_who_asks_for_graphviz_gets_it(asked):
    steps = 60  # each uses box 0, as the steps of Horner's rule use x
    boxes = [Box(20.0, 20.0, 20.0)] * (steps + 1)
    edges = [edge for i in range(2, steps + 1) for edge in [(i - 1, i), (0, i)]]
    found = layout(boxes, edges)

    assert asked == []
    assert found == layout(boxes, edges, engine="python")
    with pytest.raises(RuntimeError, match="dot failed"):
        layout(boxes, edges, engine="dot")


@pytest.mark.parametrize(
    ("taken", "limits"), [(1.0, [5.0, 4.0]), (4.9, [5.0, 0.1]), (5.0, [5.0])]
)
def test_all_of_graphviz_shares_one_time_limit(monkeypatch, taken, limits):
    clock, given = [0.0], []

    def slow(engine, format, source, purpose, instead, seconds):
        given.append(seconds)
        clock[0] += taken
        raise RuntimeError(f"{engine} failed")

    monkeypatch.setattr("micrograd_nn.viz.graphviz_layout.run_graphviz", slow)
    monkeypatch.setattr("micrograd_nn.viz.layout.installed", lambda: list(COMMANDS))
    monkeypatch.setattr("micrograd_nn.viz.layout.monotonic", lambda: clock[0])

    assert layout(BOXES, EDGES) == ours()
    assert given == [pytest.approx(limit) for limit in limits]


def test_who_asks_for_graphviz_waits_ten_seconds_at_most(monkeypatch):
    limits = []

    def note(engine, format, source, purpose, instead, seconds):
        limits.append(seconds)
        raise RuntimeError(f"{engine} failed")

    monkeypatch.setattr("micrograd_nn.viz.graphviz_layout.run_graphviz", note)
    for count in (3, 20_000):
        with pytest.raises(RuntimeError, match="dot failed"):
            layout([BOXES[0]] * count, [], engine="dot")

    assert limits == [5.0, 10.0]


def test_a_small_graph_has_no_clusters_and_no_limits():
    source = plain_source(BOXES, EDGES, [(0, 1)])

    assert "cluster" not in source
    assert "limit" not in source
    assert "ordering=in" in source


# What it is asked, and what may go wrong


def spied(monkeypatch):
    """All commands that are run from now on, with their arguments."""
    commands = []
    run = subprocess.run

    def spy(command, **kwargs):
        commands.append((command, kwargs))
        return run(command, **kwargs)

    monkeypatch.setattr(subprocess, "run", spy)
    return commands


@pytest.mark.parametrize(
    ("engine", "command"),
    [
        pytest.param("dot", [find_dot(), "-Tjson0"], marks=needs_dot),
        pytest.param(
            "pygraphviz",
            [sys.executable, "-P", "-c", graphviz_program.PYGRAPHVIZ, "json0"],
            marks=needs_pygraphviz,
        ),
    ],
)
def test_graphviz_is_asked_for_places_alone(monkeypatch, engine, command):
    commands = spied(monkeypatch)
    draw_dot(Value(2.0, label="secret").exp(), engine=engine)
    [(found, kwargs)] = commands

    assert found == command
    assert b"secret" not in kwargs["input"]
    assert kwargs["timeout"] == 5.0
    assert not kwargs.get("shell")


FAULTS = [
    ("raise SystemExit(1)", 60, r"exit status 1 \(no message\)"),
    ("raise SystemExit('a\\nno memory\\n')", 60, r"exit status 1 \(no memory\)"),
    ("import os; os.abort()", 60, "exit status -?[0-9]+ .*"),
    ("print('no json')", 60, "JSONDecodeError .*"),
    ("print('[]')", 60, "TypeError .*"),
    ('print(\'{"bb": "0,0,9,9"}\')', 60, "KeyError .*"),
    ("import time; time.sleep(60)", 0.5, "no answer within 0.5 s"),
]


@posix
@pytest.mark.parametrize(("script", "seconds", "reason"), FAULTS)
def test_where_dot_fails_our_own_engine_takes_over(
    monkeypatch, tmp_path, no_pygraphviz, script, seconds, reason
):
    fake_dot(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(graphviz_program, "TIMEOUT", seconds)

    assert layout(BOXES, EDGES) == ours()
    with pytest.raises(RuntimeError, match=f"failed: got {reason} from engine='dot'"):
        layout(BOXES, EDGES, engine="dot")


@pytest.mark.parametrize(("script", "seconds", "reason"), FAULTS)
def test_where_pygraphviz_fails_or_crashes_our_own_engine_takes_over(
    monkeypatch, no_dot, script, seconds, reason
):
    monkeypatch.setattr(graphviz_program, "has_pygraphviz", lambda: True)
    monkeypatch.setattr(graphviz_program, "PYGRAPHVIZ", script)
    monkeypatch.setattr(graphviz_program, "TIMEOUT", seconds)

    assert layout(BOXES, EDGES) == ours()
    with pytest.raises(RuntimeError, match=f"got {reason} from engine='pygraphviz'"):
        layout(BOXES, EDGES, engine="pygraphviz")


@posix
@needs_pygraphviz
def test_where_dot_fails_pygraphviz_takes_over(monkeypatch, tmp_path):
    fake_dot(tmp_path, "raise SystemExit(1)")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert layout(BOXES, EDGES) == layout(BOXES, EDGES, engine="pygraphviz")


@pytest.mark.parametrize(
    ("engine", "what"),
    [
        ("dot", "no program 'dot' on the path"),
        ("pygraphviz", "no pygraphviz >= 2.0"),
    ],
)
def test_without_graphviz_our_own_engine_takes_over_and_it_cannot_be_asked(
    no_dot, no_pygraphviz, engine, what
):
    message = f"not installed: got {what}; .*engine='{engine}'.*Install it.*'python'"

    assert layout(BOXES, EDGES) == ours()
    with pytest.raises(RuntimeError, match=message):
        layout(BOXES, EDGES, engine=engine)


@needs_pygraphviz
def test_pygraphviz_needs_no_program_and_says_nothing(no_dot, capfd):
    found = layout(BOXES, EDGES, engine="pygraphviz")
    chain = [(i, i + 1) for i in range(1_100)]  # of more it warns
    layout([Box(20.0, 20.0, 20.0)] * 1_101, chain, engine="pygraphviz")

    assert len(found.centers) == 3
    assert capfd.readouterr() == ("", "")


# One drawing, whichever ran


def graph():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    c = a * b + a
    c.backward()
    return c


@each_engine
def test_engines_move_things_and_change_nothing_else(engine):
    def shape(svg):
        return [(e.tag, e.text, sorted(e.keys())) for e in ET.fromstring(svg).iter()]

    svg = draw_dot(graph(), engine=engine).svg

    assert shape(svg) == shape(draw_dot(graph(), engine="python").svg)
    assert svg == draw_dot(graph(), engine=engine).svg


@each_engine
@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_edges_begin_and_end_at_their_boxes_exactly(engine, rankdir):
    found = layout(BOXES, EDGES, rankdir, engine)
    along = 0 if rankdir == "LR" else 1
    length = BOXES[0][along]

    for (tail, head), route in zip(EDGES, found.routes, strict=True):
        start = found.centers[tail][along] + length / 2
        assert route[0][along] == pytest.approx(start)
        assert route[-1][along] == pytest.approx(
            found.centers[head][along] - length / 2
        )


@each_engine
def test_columns_are_wide_apart_where_edges_between_them_rise(engine):
    few, many = (
        layout([BOXES[0]] * (n + 1), [(i, n) for i in range(n)], engine=engine)
        for n in (2, 30)
    )
    gaps = [found.centers[-1][0] - found.centers[0][0] - 40.0 for found in (few, many)]

    assert 40.0 <= gaps[0] <= 46.0
    assert gaps[1] >= 120.0


@each_engine
def test_nothing_is_laid_out_by_every_engine(engine):
    assert layout([], [], engine=engine).centers == []


@each_engine
def test_every_engine_draws_a_network_that_counts_as_large(monkeypatch, engine):
    monkeypatch.setattr("micrograd_nn.viz.graphviz_layout.LARGE", 10)
    root = MLP(2, [3, 1])([1.0, 2.0])
    svg = draw_dot(root, collapse="none", engine=engine).svg

    assert svg.count('class="mg-node ') == len(topological_order(root))


def test_every_engine_has_a_name():
    assert set(ENGINES) == {"python", *COMMANDS}


# PNG and PDF


@pytest.mark.parametrize(("format", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
@needs_pygraphviz
def test_png_and_pdf_need_no_program_if_there_is_pygraphviz(
    no_dot, tmp_path, format, start
):
    draw_dot(graph()).save(tmp_path / f"graph.{format}")

    assert (tmp_path / f"graph.{format}").read_bytes().startswith(start)
