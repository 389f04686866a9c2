"""DOT text that no label breaks out of, and that Graphviz reads as it was meant."""

import json
import re

import pytest

from micrograd_nn import Value
from micrograd_nn.viz import draw_dot
from micrograd_nn.viz.dot import dot_source, quoted
from micrograd_nn.viz.graphviz_program import COMMANDS, run_graphviz
from micrograd_nn.viz.scene import Card, Row, Scene, scene_of

engines = pytest.mark.parametrize(
    "engine",
    [
        pytest.param(
            engine,
            marks=pytest.mark.skipif(not command("json0"), reason=f"needs {engine}"),
        )
        for engine, command in COMMANDS.items()
    ],
)

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


def graph_with_labels():
    total = Value(0.0)
    for label in HOSTILE:
        total = total + Value(1.0, label=label)
    return total


def json_of(source, engine):
    return json.loads(run_graphviz(engine, "json0", source, "a test", "skip it"))


def test_outside_its_strings_the_source_holds_only_names_of_ours():
    source = draw_dot(graph_with_labels()).source
    rest = re.sub(r'"(?:[^"\\]|\\.)*"', '""', source)

    assert re.fullmatch(
        r"digraph \{\n(  (rankdir=LR ordering=in|(node|edge|n\d+|op\d+) "
        r'\[(\w+=(\w+|[\d.]+|"") ?)+\]|(n|op)\d+ -> (n|op)\d+( \[weight=9\])?)\n)*\}\n',
        rest,
    )


@engines
def test_graphviz_reads_the_source_and_shows_every_label_as_it_is(engine):
    root = graph_with_labels()
    nodes = json_of(draw_dot(root).source, engine)["objects"]
    results = sum(bool(card.symbol) for card in scene_of(root).cards)
    labels = [card.label for card in scene_of(root).cards if card.label]

    assert len(nodes) == len(scene_of(root).cards) + results
    for label in labels:
        shown = label.replace("&", "&amp;").replace("\\", "\\\\")
        assert any(node["label"].startswith(f"{shown}\\n") for node in nodes)
    assert not any("URL" in node or "href" in node for node in nodes)


@engines
def test_graphviz_draws_all_edges_of_the_source(engine):
    a = Value(2.0, label="a")
    edges = json_of(draw_dot(a + a).source, engine)["edges"]

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


def test_a_group_has_two_outlines_and_its_name_breaks_out_of_nothing():
    rows = (Row("data", "2", 1),)
    card = Card("g", 'layer "a\\" URL="x', "", rows, "g", "group")
    source = dot_source(Scene([card], [], [(0, 1)], {}), "LR")

    assert r'n0 [label="layer \"a\\\" URL=\"x\ndata 2" peripheries=2]' in source
