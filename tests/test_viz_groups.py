"""Piles of cards, and the classes by which a script finds what it repaints."""

import re
import xml.etree.ElementTree as ET

import pytest

from micrograd_nn import Value
from micrograd_nn.nn import MLP
from micrograd_nn.viz import cards, draw_dot
from micrograd_nn.viz.boxes import DIRECTIONS
from micrograd_nn.viz.picture import picture
from micrograd_nn.viz.scene import Card, Scene, row_of, scene_of, table, with_room
from micrograd_nn.viz.text import columns

SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = [
    "</script><img onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "]]><b>&amp;&#0;",
    '" onload="alert(1)',
    "a\\",
]


def group(name="layers[0]", rows=(), title="2 Values"):
    return Card(name, name, "", tuple(rows), f"{name}\n{title}", "group")


def scene(name="layers[0]"):
    """A leaf, a group of three Values without numbers, and one of two with them."""
    leaf = scene_of(Value(2.0, label="x")).cards[0]
    numbers = row_of("data", -1.5), row_of("grad", 0.0)
    piles = [group(name), group("layers[1]", numbers)]
    return Scene(
        [leaf, *piles], [(0, 1), (1, 2)], [(0,), (1, 2, 3), (4, 5)], {(1, 0): 0}
    )


def parsed(scene, rankdir="LR"):
    return ET.fromstring(picture(scene, rankdir, engine="python"))


def classed(tree, *names):
    return [e for e in tree.iter() if {*names} <= set(e.get("class", "").split())]


# Groups


def test_a_group_is_a_pile_of_two_cards_with_round_corners():
    leaf, plain, numbered = classed(parsed(scene()), "mg-node")

    for node, outlines in [(leaf, 1), (plain, 2), (numbered, 2)]:
        frames = [r for r in node.iter(f"{SVG}rect") if r.get("stroke")]
        assert len(frames) == outlines
        assert frames[-1].get("class") == "mg-card mg-line"
        assert len(classed(node, "mg-card")) == 1
    assert [r.get("rx") for r in plain.iter(f"{SVG}rect")] == ["8", "8"]


def test_a_group_shows_its_name_and_the_numbers_of_its_output_if_it_has_one():
    _, plain, numbered = classed(parsed(scene()), "mg-node")

    assert [t.text for t in plain.iter(f"{SVG}text")] == ["layers[0]"]
    assert [t.text for t in numbered.iter(f"{SVG}text")] == [
        *("layers[1]", "data", "−1.5", "grad", "0")
    ]


def test_what_is_inside_of_a_group_is_in_its_title():
    _, plain, _ = classed(parsed(scene()), "mg-node")

    assert plain[0].tag == f"{SVG}title"
    assert plain[0].text == "layers[0]\n2 Values"


@pytest.mark.parametrize("rankdir", DIRECTIONS)
def test_both_cards_of_a_pile_are_inside_their_box(rankdir):
    box = cards.box_of(group(), rankdir)
    _, plain, _ = classed(parsed(scene(), rankdir), "mg-node")

    for rect in plain.iter(f"{SVG}rect"):
        x, y, width, height = (
            float(rect.get(k)) for k in ("x", "y", "width", "height")
        )
        assert -box.width / 2 - 0.1 <= x <= x + width <= box.width / 2 + 0.1
        assert -box.height / 2 - 0.1 <= y <= y + height <= box.height / 2 + 0.1


def test_a_table_has_a_line_for_each_group():
    assert table(scene()).splitlines() == [
        "Value      data  grad  made by",
        "x          2     0",
        "layers[0]              of x",
        "layers[1]  −1.5  0     of layers[0]",
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_of_a_group_is_shown_and_does_nothing(name):
    def shape(tree):
        return [(e.tag, sorted(e.keys())) for e in tree.iter()]

    found = parsed(scene(name))
    shown = [t.text for t in classed(found, "mg-node")[1].iter(f"{SVG}text")]

    assert shape(found) == shape(
        parsed(scene("x" * 10 if len(shown) < 2 else "x " * 24))
    )
    assert "".join(shown).replace(" ", "") == name.replace(" ", "")


def test_a_network_reads_as_the_textbook_picture():
    xs = [Value(1.0, label="x0"), Value(1.0, label="x1")]
    drawing = draw_dot(MLP(2, [3, 1])(xs), collapse="neuron", engine="python")
    found = ET.fromstring(drawing.svg)
    places = [
        float(re.match(r"translate\((\S+) ", node.get("transform"))[1])
        for node in classed(found, "mg-node")
    ]
    columns = sorted({round(place, -1) for place in places})

    assert len(classed(found, "mg-group")) == 4
    assert len(classed(found, "mg-operand-edge")) == 9
    assert [sum(round(p, -1) == c for p in places) for c in columns] == [2, 3, 1]


# What a script finds


def test_cards_and_edges_come_in_the_order_of_the_scene():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    found = scene_of(a * b + a)
    tree = parsed(found)
    titles = [node[0].text.split("\n")[0] for node in classed(tree, "mg-node")]
    heads = [
        int(re.search(r"-n(\d+)-operand\d+$", path.get("id"))[1])
        for path in classed(tree, "mg-operand-edge")
    ]

    assert titles == [card.name for card in found.cards]
    assert heads == [head for _, head in found.edges]


def test_numbers_and_their_tints_are_found_by_class():
    x = Value(-2.0, label="x")
    x.grad = 0.5
    [node] = classed(parsed(scene_of(x)), "mg-node")

    for word, text in [("data", "−2"), ("grad", "0.5")]:
        [value] = classed(node, "mg-value", f"mg-{word}")
        [chip] = classed(node, "mg-chip", f"mg-{word}")

        assert value.text == text
        assert chip.tag == f"{SVG}rect"


def test_a_constant_has_a_number_too():
    _, constant, _ = classed(parsed(scene_of(Value(2.0) * 3.0)), "mg-node")

    assert [v.text for v in classed(constant, "mg-value", "mg-data")] == ["3"]


def test_a_number_that_may_change_has_a_tint_and_room():
    x = Value(0.0, label="x")
    fixed, roomy = (
        classed(parsed(scene_of(x, room)), "mg-node")[0] for room in (0, 12)
    )
    [frame] = classed(roomy, "mg-card")

    assert classed(fixed, "mg-chip") == []
    assert [chip.get("fill") for chip in classed(roomy, "mg-chip")] == ["none"] * 2
    assert float(frame.get("width")) >= (len("data") + 12) * cards.COLUMN


def test_longer_numbers_get_the_room_they_need_anyway():
    x = Value(-0.00012345)

    assert with_room(scene_of(x), 3).cards[0].rows[0].room == 3
    assert cards.box_of(scene_of(x, 3).cards[0], "LR") == cards.box_of(
        scene_of(x).cards[0], "LR"
    )
    assert columns("−0.0001234") == 10
