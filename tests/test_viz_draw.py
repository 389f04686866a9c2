"""`draw_dot`: what the picture holds, in every viewer, whatever the labels."""

import math
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD
from micrograd_nn.viz import cards, draw_dot, repr_mimebundle, trace
from micrograd_nn.viz.boxes import DIRECTIONS
from micrograd_nn.viz.graphviz_program import installed
from micrograd_nn.viz.scene import scene_of
from micrograd_nn.viz.svg import ROLES, SIGNS, THEMES, TINT
from micrograd_nn.viz.text import LONGEST, clean, columns, number

SVG = "{http://www.w3.org/2000/svg}"
needs_graphviz = pytest.mark.skipif(not installed(), reason="needs Graphviz")


def neuron():
    """The neuron of micrograd's lecture."""
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    o = (x1 * w1 + x2 * w2 + b).tanh()
    o.label = "o"
    o.backward()
    return o


def doubled():
    a = Value(3.0, label="a")
    return a + a


def diamond():
    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    return (a * b) * (a + b)


def several():
    """Ops over sequences, constants, and one operand many times."""
    xs = [Value(float(i), label=f"x{i}") for i in range(5)]
    return mn.logsumexp(xs) - mn.max([*xs, xs[0], 9.0]) + mn.sum(xs * 2)


def by_hand():
    a = Value(0.5, label="a")
    out = Value(math.sin(0.5), (a,), "sin")
    out._backward = lambda: None
    return Value(2 * out.data, (out, a), (2.0, 0.0))  # microgpt's way: no symbol


def single():
    return Value(4.0, label="alone")


GRAPHS = [neuron, doubled, diamond, several, by_hand, single]


def parsed(root, **kwargs):
    kwargs.setdefault("engine", "python")
    return ET.fromstring(draw_dot(root, **kwargs).svg)


def classed(svg, name):
    return [e for e in svg.iter() if name in e.get("class", "").split()]


def groups(svg):
    """The group of each Value, in topological order."""
    return [g for g in svg.iter(f"{SVG}g") if re.search(r"-n\d+$", g.get("id", ""))]


def labelled(root, label):
    return next(v for v in mn.graph.topological_order(root) if v.label == label)


def texts(group):
    return [text.text for text in group.iter(f"{SVG}text")]


# What is drawn


@pytest.mark.parametrize("make", GRAPHS)
def test_there_is_a_card_for_each_value_and_an_edge_for_each_operand(make):
    root = make()
    order = mn.graph.topological_order(root)
    svg = parsed(root)

    assert len(groups(svg)) == len(order)
    assert len(classed(svg, "mg-operand-edge")) == sum(len(v.operands) for v in order)
    assert len(classed(svg, "mg-op-edge")) == sum(bool(v._op) for v in order)


def test_the_two_edges_of_a_plus_a_are_drawn_apart():
    first, second = classed(parsed(doubled()), "mg-operand-edge")

    assert first.get("d") != second.get("d")
    assert first.get("id").endswith("-n1-operand0")
    assert second.get("id").endswith("-n1-operand1")


def test_a_card_shows_op_label_data_and_grad():
    x1, *_, o = groups(parsed(neuron()))

    assert texts(x1) == ["x1", "data", "2", "grad", "−1.5"]
    assert texts(o) == ["tanh", "o", "data", "0.7071", "grad", "1"]


def test_a_title_has_every_digit():
    root = neuron()
    x1, *_, o = groups(parsed(root))

    assert x1[0].text == f"x1\ndata = 2.0\ngrad = {labelled(root, 'x1').grad!r}"
    assert o[0].text == f"o\ndata = {root.data!r}\ngrad = 1.0\nmade by tanh"


def test_every_value_has_a_title_and_an_id_of_its_own():
    svg = parsed(several())
    ids = [e.get("id") for e in svg.iter() if e.get("id")]

    assert all(group[0].tag == f"{SVG}title" for group in groups(svg))
    assert len(ids) == len(set(ids))


def test_ids_differ_between_pictures_of_different_graphs():
    ids = [e.get("id") for f in GRAPHS for e in parsed(f()).iter() if e.get("id")]

    assert len(ids) == len(set(ids))


def test_a_constant_is_a_dashed_card_with_its_number_alone():
    _, constant, _ = groups(parsed(Value(2.0) * 3.0))

    assert constant.get("class") == "mg-node mg-constant"
    assert texts(constant) == ["3"]
    assert constant.find(f"{SVG}rect").get("stroke-dasharray")


def test_a_grad_that_was_cleared_is_a_dash():
    x = Value(2.0)
    x.grad = None

    assert texts(groups(parsed(x))[0]) == ["data", "2", "grad", "–"]


def test_the_picture_keeps_what_it_showed():
    x = Value(2.0)
    y = x * x
    drawing = draw_dot(y, engine="python")
    before = drawing.svg
    y.backward()

    assert drawing.svg == before
    assert draw_dot(y, engine="python").svg != before


def test_drawing_leaves_the_graph_alone():
    o = neuron()
    before = [(v.data, v.grad, v.label) for v in mn.graph.topological_order(o)]
    draw_dot(o)

    assert before == [(v.data, v.grad, v.label) for v in mn.graph.topological_order(o)]


def sides(rect):
    x, y, width, height = (float(rect.get(k)) for k in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


@pytest.mark.parametrize("rankdir", DIRECTIONS)
@pytest.mark.parametrize("make", GRAPHS)
def test_every_text_is_inside_a_box_of_its_group(make, rankdir):
    for group in groups(parsed(make(), rankdir=rankdir)):
        boxes = [sides(r) for r in group.iter(f"{SVG}rect") if r.get("stroke")]
        for text in group.iter(f"{SVG}text"):
            width = columns(text.text) * cards.COLUMN
            share = {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor"), 0.0)
            left, y = float(text.get("x")) - share * width, float(text.get("y"))

            assert any(
                x0 <= left and left + width <= x1 and y0 + 10 <= y <= y1 - 3
                for x0, y0, x1, y1 in boxes
            )


def test_a_long_label_goes_on_in_the_next_line():
    label = "layer1.neuron0.w[2] of the model that was trained on Sunday"
    [group] = groups(parsed(Value(1.0, label=label)))

    assert " ".join(texts(group)[:3]) == label
    assert max(map(len, texts(group))) <= cards.LABEL_COLUMNS


def test_wide_letters_get_the_room_they_need():
    narrow, wide = (parsed(Value(1.0, label=c * 20)) for c in ("a", "損"))

    assert int(wide.get("width")) > 1.7 * int(narrow.get("width"))
    assert columns("e\u0301") == 1


@pytest.mark.parametrize(
    ("rankdir", "axis", "sign"),
    [("LR", 0, 1), ("RL", 0, -1), ("TB", 1, 1), ("BT", 1, -1)],
)
def test_the_op_stands_before_its_card_whatever_the_direction(rankdir, axis, sign):
    op, card = (
        sides(rect)
        for rect in groups(parsed(Value(0.0).exp(), rankdir=rankdir))[1]
        if rect.tag == f"{SVG}rect" and rect.get("stroke")
    )

    assert sign * (card[axis] - op[axis]) > 0


# Themes


def test_every_theme_paints_its_background_first():
    for theme, colour in [("light", 1), ("dark", 2), ("auto", 1)]:
        svg = parsed(neuron(), theme=theme)
        [back] = classed(svg, "mg-back")

        assert back.get("fill") == ROLES["back"][colour]
        assert [back.get(k) for k in ("x", "y", "width", "height")] == [
            *svg.get("viewBox").split()[:2],
            svg.get("width"),
            svg.get("height"),
        ]


def test_only_the_automatic_theme_has_a_style_and_it_names_our_classes_alone():
    styles = {
        theme: parsed(neuron(), theme=theme).find(f"{SVG}style") for theme in THEMES
    }
    rules = styles["auto"].text
    selectors = re.findall(r"[{}]([^{}@]+)\{", rules)

    assert styles["light"] is None
    assert styles["dark"] is None
    assert rules.startswith("@media (prefers-color-scheme:dark){")
    assert len(selectors) == len(ROLES)
    assert all(selector.startswith(".mg-auto .mg-") for selector in selectors)


def luminance(colour):
    """The relative luminance of WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def mixed(over, under, share):
    pairs = [(int(over[i : i + 2], 16), int(under[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


@pytest.mark.parametrize("theme", [1, 2])
def test_digits_words_and_lines_have_enough_contrast(theme):
    colour = {role: colours[theme] for role, colours in ROLES.items()}
    tints = [mixed(sign, colour["card"], TINT) for sign in SIGNS.values()]

    for ground in [colour["card"], *tints]:
        assert contrast(colour["ink"], ground) >= 4.5
        assert contrast(mixed(colour["ink"], ground, 0.75), ground) >= 4.5
    assert contrast(colour["ink"], colour["op"]) >= 4.5
    assert contrast(colour["line"], colour["back"]) >= contrast("#767676", "#ffffff")
    assert TINT <= 0.25


def test_a_number_is_tinted_by_its_sign_and_zero_is_not():
    leaf = Value(-2.0)
    leaf.grad = 3.0
    fills = [[r.get("fill") for r in groups(parsed(v))[0]] for v in (leaf, Value(0.0))]

    assert SIGNS[-1] in fills[0]
    assert SIGNS[1] in fills[0]
    assert not set(SIGNS.values()) & set(fills[1])


def test_arrow_heads_do_not_grow_with_the_line():
    [marker] = parsed(neuron()).iter(f"{SVG}marker")

    assert marker.get("markerUnits") == "userSpaceOnUse"


# Safety

HOSTILE = [
    "</script><img onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "]]><b>&amp;&#0;",
    "a\\",
    '" onload="alert(1)',
    "' onload='alert(1)",
    "two\nlines\x00\x07\x1b[31m",
    "lone \ud800 surrogate \uffff",
    "\u202eesrever",
]


@pytest.mark.parametrize("label", HOSTILE)
@pytest.mark.parametrize("engine", ["python", "auto"])
def test_a_hostile_label_or_symbol_is_shown_and_does_nothing(label, engine):
    root = Value(1.0, (Value(2.0, label=label),), label)
    plain = Value(1.0, (Value(2.0, label="x"),), "x")
    svg, expected = parsed(root, engine=engine), parsed(plain, engine=engine)

    def shape(tree):
        return {(e.tag, *e.keys()) for e in tree.iter()}

    assert shape(svg) == shape(expected)
    assert "".join(texts(groups(svg)[0])[:-4]).replace(" ", "") == clean(label).replace(
        " ", ""
    )
    assert groups(svg)[0][0].text.startswith(clean(label))


def test_the_picture_names_no_address_but_that_of_svg():
    for label in ("x", "https://example.org/"):
        svg = draw_dot(Value(1.0, label=label).exp(), engine="python").svg
        attributes = re.sub(r">[^<]*<", "><", svg)

        assert re.findall(r"\w+://[^\"]*", attributes) == ["http://www.w3.org/2000/svg"]
        assert not re.search(r"(href|src|@import|<script|<image|<foreign)", attributes)


def test_labels_are_cut():
    assert clean("a" * 100) == "a" * (LONGEST - 1) + "…"
    assert clean("a" * LONGEST) == "a" * LONGEST


PROGRAM = """
from micrograd_nn import Value
from micrograd_nn.viz import draw_dot
a, b = Value(1.5, label="a"), Value(-2.0)
drawing = draw_dot((a * b + a).tanh() * (a + a), engine="python")
print(ascii(drawing.svg + drawing.source + drawing.text))
"""


def test_a_picture_is_the_same_byte_for_byte_from_run_to_run():
    outputs = {
        subprocess.check_output(
            [sys.executable, "-c", PROGRAM], env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    }

    assert len(outputs) == 1


# Numbers

NUMBERS = [
    (0.0, "0"),
    (-0.0, "0"),
    (2.0, "2"),
    (-1.5, "−1.5"),
    (0.70710678, "0.7071"),
    (-0.00001, "−1e−5"),
    (0.0001, "0.0001"),
    (0.00012344, "0.0001234"),
    (0.00009999, "9.999e−5"),
    (123.456, "123.5"),
    (9999.4, "9999"),
    (9999.6, "10000"),
    (12345.6, "12346"),
    (-99999.4, "−99999"),
    (99999.6, "1e5"),
    (123456.0, "1.235e5"),
    (1.5e300, "1.5e300"),
    (5e-324, "4.941e−324"),
    (math.nan, "nan"),
    (math.inf, "infinity"),
    (-math.inf, "−infinity"),
    (None, "–"),
    (Fraction(1, 3), "0.3333"),
    (True, "1"),
    ("text", "text"),
]


@pytest.mark.parametrize(("x", "text"), NUMBERS)
def test_numbers_have_four_digits_a_true_minus_and_short_exponents(x, text):
    assert number(x) == text


# Tables, notebooks, files


def test_the_table_has_a_line_for_each_value():
    a = Value(2.0, label="a")
    y = a * a + 1
    y.backward()

    assert str(draw_dot(y)).splitlines() == [
        "Value  data  grad  made by",
        "a      2     4",
        "v1     4     1     * of a, a",
        "v2     1",
        "v3     5     1     + of v1, v2",
    ]


def test_a_notebook_gets_svg_and_text_but_no_html():
    drawing = draw_dot(neuron())
    bundle = drawing._repr_mimebundle_(include=None, exclude=None)

    assert bundle == {"image/svg+xml": drawing.svg, "text/plain": drawing.text}
    assert drawing._repr_svg_() == drawing.svg
    assert not hasattr(drawing, "_repr_html_")


def chain(nodes):
    x = Value(0.5)
    for _ in range(nodes - 1):
        x = -x
    return x


def test_a_value_shows_as_its_graph_where_that_is_small():
    small, large = repr_mimebundle(chain(150)), repr_mimebundle(chain(151))

    assert set(small) == {"image/svg+xml", "text/plain"}
    assert large == {"text/plain": repr(chain(151))}


def test_trace_gives_micrograds_sets():
    a, b = Value(1.0), Value(2.0)
    c = a * b
    d = c + c

    assert trace(d) == ({a, b, c, d}, {(a, c), (b, c), (c, d)})


def test_a_graph_too_large_is_refused_whatever_its_depth():
    root = chain(100_000)

    with pytest.raises(ValueError, match=r"got 100000 Values.*max_nodes=500.*larger"):
        draw_dot(root)
    assert len(groups(parsed(chain(501), max_nodes=501))) == 501


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"format": "gif"}, "unknown format: got format='gif'.*'svg', 'png', 'pdf'"),
        ({"theme": "blue"}, "unknown theme: got theme='blue'.*'auto', 'light', 'dark'"),
        ({"rankdir": "XY"}, "unknown rankdir: got rankdir='XY'.*'LR'"),
        ({"engine": "neato"}, "unknown engine: got engine='neato'.*'python'"),
    ],
)
def test_an_unknown_choice_is_refused_with_the_known_ones(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_dot(Value(1.0), **arguments)


def test_render_writes_the_picture_and_its_source_without_graphviz(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("PATH", "")
    drawing = draw_dot(neuron())
    path = drawing.render(tmp_path / "graph")

    assert path == str(tmp_path / "graph.svg")
    assert sorted(os.listdir(tmp_path)) == ["graph", "graph.svg"]
    assert (tmp_path / "graph.svg").read_text(encoding="utf-8") == drawing.svg
    assert (tmp_path / "graph").read_text(encoding="utf-8") == drawing.source


def test_save_goes_by_the_ending_and_takes_the_place_of_what_was_there(tmp_path):
    path = tmp_path / "graph.SVG"
    path.write_text("old")
    drawing = draw_dot(neuron())

    assert drawing.save(path) == path
    assert path.read_text(encoding="utf-8") == drawing.svg
    with pytest.raises(ValueError, match="unknown format: got format='txt'"):
        drawing.save(tmp_path / "graph.txt")
    assert os.listdir(tmp_path) == ["graph.SVG"]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(monkeypatch, tmp_path):
    path = tmp_path / "graph.svg"
    path.write_text("old")

    def full(_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="disk full"):
        draw_dot(Value(1.0), engine="python").save(path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["graph.svg"]


def test_a_run_of_a_program_is_drawn_with_its_numbers():
    w = Value(0.5, label="w")
    program = mn.compile(lambda x: (w * x).tanh())
    with program.training(SGD([w], lr=1.0)) as train:
        train.step([1.0])
        picture = draw_dot(program.trace([2.0]), engine="python")
        newest = program.trace([2.0]).data[w]

    assert newest != 0.5
    assert f"w      {number(newest)}" in picture.text
    assert "x      2" in picture.text
    assert "–" not in picture.text  # where the program keeps no grad, the chain rule's


def test_a_parameter_without_a_label_is_called_by_its_place_in_the_model():
    net = MLP(1, [1])
    shown = texts(groups(parsed(net([Value(1.0)])))[0])

    assert shown[0] == "layers[0].neurons[0].b"


def test_a_long_path_goes_on_in_the_next_line_with_a_whole_step_of_it():
    x = Value(1.0, label="model.layers[10].neurons[12].w[3]")

    assert texts(groups(parsed(x))[0])[:2] == ["model.layers[10]", ".neurons[12].w[3]"]


@pytest.mark.parametrize("show", [draw_dot, trace])
def test_what_is_no_value_is_refused(show):
    with pytest.raises(TypeError, match=r"nothing to show: got \[1.0\] \(list\)"):
        show([1.0])


@pytest.mark.parametrize("format", ["png", "pdf"])
def test_png_and_pdf_without_graphviz_say_what_to_install(
    monkeypatch, tmp_path, format
):
    monkeypatch.setattr("micrograd_nn.viz.draw.installed", list)
    monkeypatch.setenv("PATH", "")
    drawing = draw_dot(neuron(), format=format)

    with pytest.raises(
        RuntimeError,
        match=f"not installed: .*format='{format}'.*apt install graphviz.*as svg",
    ):
        drawing.render(tmp_path / "graph")
    assert os.listdir(tmp_path) == []


@needs_graphviz
@pytest.mark.parametrize(("format", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_png_and_pdf_are_drawn_by_graphviz(tmp_path, format, start):
    path = draw_dot(neuron(), format=format).render(tmp_path / "graph")

    assert path.endswith(f"graph.{format}")
    assert (tmp_path / f"graph.{format}").read_bytes().startswith(start)


def test_the_scene_calls_values_what_they_are():
    a = Value(2.0, label="a")
    kinds = [(card.name, card.kind) for card in scene_of(a * 3.0).cards]

    assert kinds == [("a", "leaf"), ("v1", "constant"), ("v2", "result")]


def test_a_drawing_is_a_source_for_the_graphviz_package_too():
    drawing = draw_dot(Value(1.0) * 2)

    assert drawing.to_graphviz().source == drawing.source
