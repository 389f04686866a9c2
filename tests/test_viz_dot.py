"""DOT text that no label breaks out of, and `dot` asked only where it is safe."""

import json
import os
import re
import subprocess
import sys

import pytest

from micrograd_nn import Value
from micrograd_nn.viz import dot, draw_dot
from micrograd_nn.viz.boxes import Box
from micrograd_nn.viz.dot import dot_source, find_dot, quoted
from micrograd_nn.viz.layout import layout
from micrograd_nn.viz.scene import scene_of

needs_dot = pytest.mark.skipif(find_dot() is None, reason="needs Graphviz's dot")
posix = pytest.mark.skipif(os.name != "posix", reason="writes a shell script")

HOSTILE = [
    "</script><img onerror=alert(1)>",
    "a\\",
    'a" URL="javascript:alert(1)',
    'a\\" URL=\\"javascript:alert(1)',
    "<b>bold</b>",
    "\\N \\G \\l \\n",
    "&lt;b&gt; &amp; &#65;",
    "{a|b} ]; } digraph {",
    "two\nlines\tand\x00\x07 control",
    "lone \ud800 surrogate",
    "損失 Ω",
]

BOXES, EDGES = [Box(40.0, 30.0, 30.0)] * 3, [(0, 2), (1, 2)]


def graph_with_labels():
    total = Value(0.0)
    for label in HOSTILE:
        total = total + Value(1.0, label=label)
    return total


def json_of(source):
    done = subprocess.run(
        [find_dot(), "-Tjson0"], input=source.encode(), capture_output=True, check=True
    )
    assert done.stderr == b""
    return json.loads(done.stdout)


def test_outside_its_strings_the_source_holds_only_names_of_ours():
    source = draw_dot(graph_with_labels()).source
    rest = re.sub(r'"(?:[^"\\]|\\.)*"', '""', source)

    assert re.fullmatch(
        r"digraph \{\n(  (rankdir=LR ordering=in|(node|edge|n\d+|op\d+) "
        r'\[(\w+=(\w+|[\d.]+|"") ?)+\]|(n|op)\d+ -> (n|op)\d+( \[weight=9\])?)\n)*\}\n',
        rest,
    )


@needs_dot
def test_graphviz_reads_the_source_and_shows_every_label_as_it_is():
    root = graph_with_labels()
    nodes = json_of(draw_dot(root).source)["objects"]
    results = sum(bool(card.symbol) for card in scene_of(root).cards)
    labels = [card.label for card in scene_of(root).cards if card.label]

    assert len(nodes) == len(scene_of(root).cards) + results
    for label in labels:
        shown = label.replace("&", "&amp;").replace("\\", "\\\\")
        assert any(node["label"].startswith(f"{shown}\\n") for node in nodes)
    assert not any("URL" in node or "href" in node for node in nodes)


@needs_dot
def test_graphviz_draws_all_edges_of_the_source():
    a = Value(2.0, label="a")
    edges = json_of(draw_dot(a + a).source)["edges"]

    assert len(edges) == 3


def test_the_source_has_an_edge_for_each_operand_and_one_from_op_to_result():
    a = Value(2.0, label="a")
    source = draw_dot((a + a) * 3.0).source

    assert source.count("n0 -> op1\n") == 2
    assert "op1 -> n1 [weight=9]\n" in source
    assert 'n0 [label="a\\ndata 2\\ngrad 0"]' in source
    assert 'n2 [label="data 3" color="#999999" fontsize=9]' in source


def test_an_operand_leads_to_the_value_itself_where_no_op_is_named():
    a = Value(2.0)
    node = Value(6.0, (a,), (3.0,))

    assert "n0 -> n1\n" in dot_source(scene_of(node), "LR")


def test_the_source_names_its_rankdir():
    assert "rankdir=TB" in draw_dot(Value(1.0), rankdir="TB").source


@pytest.mark.parametrize("text", HOSTILE)
def test_a_quoted_string_ends_where_it_should(text):
    assert re.fullmatch(r'"(?:[^"\\]|\\[\\"])*"', quoted(text), re.DOTALL)


def test_without_a_path_there_is_no_dot(monkeypatch):
    monkeypatch.setenv("PATH", "")

    assert find_dot() is None


def fake_dot(folder, script):
    path = folder / "dot"
    path.write_text(f"#!{sys.executable}\n{script}\n")
    path.chmod(0o755)


@posix
def test_a_dot_elsewhere_on_the_path_is_found(monkeypatch, tmp_path):
    fake_dot(tmp_path, "")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_dot() == str(tmp_path / "dot")


@posix
@pytest.mark.parametrize("entry", [".", "", "absolute"])
def test_a_dot_in_the_current_folder_is_ignored(monkeypatch, tmp_path, entry):
    fake_dot(tmp_path, "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path) if entry == "absolute" else f"{entry}:")

    assert find_dot() is None


@posix
@pytest.mark.parametrize(
    ("script", "seconds", "reason"),
    [
        ("raise SystemExit(1)", 60, "CalledProcessError"),
        ("print('no json')", 60, "JSONDecodeError"),
        ("print('[]')", 60, "TypeError"),
        ('print(\'{"bb": "0,0,9,9"}\')', 60, "KeyError"),
        ("import time; time.sleep(60)", 0.5, "TimeoutExpired"),
    ],
)
def test_where_dot_fails_our_own_engine_takes_over(
    monkeypatch, tmp_path, script, seconds, reason
):
    fake_dot(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dot, "TIMEOUT", seconds)

    assert layout(BOXES, EDGES) == layout(BOXES, EDGES, engine="python")
    with pytest.raises(RuntimeError, match=f"Graphviz failed: got {reason}"):
        layout(BOXES, EDGES, engine="dot")


def test_without_dot_our_own_engine_takes_over_and_dot_cannot_be_asked(monkeypatch):
    monkeypatch.setenv("PATH", "")

    assert layout(BOXES, EDGES) == layout(BOXES, EDGES, engine="python")
    with pytest.raises(RuntimeError, match=r"not installed.*engine='dot'.*Install it"):
        layout(BOXES, EDGES, engine="dot")


@needs_dot
def test_dot_is_asked_for_places_alone(monkeypatch):
    asked = []
    run = subprocess.run

    def spy(command, **kwargs):
        asked.append((command, kwargs))
        return run(command, **kwargs)

    monkeypatch.setattr(subprocess, "run", spy)
    draw_dot(Value(2.0, label="secret").exp(), engine="dot")
    [(command, kwargs)] = asked

    assert command == [find_dot(), "-Tjson0"]
    assert b"secret" not in kwargs["input"]
    assert kwargs["timeout"] == 5.0
    assert not kwargs.get("shell")
