"""`debug`: its text, JSON, page and cell, as far as they show without a browser."""

import base64
import hashlib
import html
import json
import math
import os
import re
import subprocess
import sys
import warnings
from html.parser import HTMLParser
from pathlib import Path

import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.graph import topological_order
from micrograd_nn.nn import MLP
from micrograd_nn.viz.debug import debug
from micrograd_nn.viz.draw import draw_dot
from micrograd_nn.viz.marks import marks_of
from micrograd_nn.viz.page import COLOURS, GROUNDS, TEXTS, asset, theme_style
from micrograd_nn.viz.page_data import as_script
from micrograd_nn.viz.steps import Steps, steps
from micrograd_nn.viz.svg import THEMES
from tests.debugged import HOSTILE, bundle, dbg, expression, hostile


def not_finite():
    x = Value(0.0, label="x")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return x.log() * x + Value(math.inf)


GRAPHS = [expression, hostile, not_finite, lambda: Value(2.0, label="alone")]


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text of every element."""

    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts, self._open = [], {}, []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._open.append(len(self.tags) - 1)

    def handle_endtag(self, tag):
        if self._open:
            self._open.pop()

    def handle_data(self, data):
        if self._open:
            i = self._open[-1]
            self.texts[i] = self.texts.get(i, "") + data

    def named(self, tag):
        return [
            (attributes, self.texts.get(i, ""))
            for i, (name, attributes) in enumerate(self.tags)
            if name == tag
        ]


def data_of(page):
    """The records that the page holds."""
    [(_, text)] = [
        found
        for found in Elements(page).named("script")
        if found[0].get("id") == "data"
    ]
    return json.loads(text)


# Text and JSON


@pytest.mark.parametrize("make", GRAPHS)
def test_the_text_is_the_table_of_the_steps(make):
    root = make()

    assert str(dbg(root)) == dbg(root).text == str(steps(root))


@pytest.mark.parametrize("make", GRAPHS)
def test_the_json_is_that_of_the_steps(make):
    root = make()

    assert dbg(root).json == steps(root).to_json()
    assert json.loads(dbg(root).json)["steps"]


def test_steps_made_before_are_taken_as_they_are():
    found = steps(expression())

    assert debug(found, engine="python").steps is found


def test_the_debugger_keeps_what_it_showed():
    root = expression()
    debugger, other = dbg(root), dbg(root)
    before = debugger.html, debugger.text
    for value in topological_order(root):
        value.grad = 7.0

    assert (debugger.html, debugger.text) == before
    assert other.html == before[0]


def test_debugging_leaves_the_graph_alone():
    root = expression()
    root.backward()
    before = [(v.data, v.grad, v.label) for v in topological_order(root)]
    _ = dbg(root).html

    assert before == [(v.data, v.grad, v.label) for v in topological_order(root)]


def test_more_steps_than_a_page_takes_have_a_text_and_json_but_no_page():
    x = y = Value(1.0, label="x")
    for _ in range(2_000):
        y = y + x
    debugger = dbg(y, max_steps=6_000)

    assert len(debugger.steps) == 6_001
    assert debugger.text.count("\n") == 6_000
    assert len(json.loads(debugger.json)["steps"]) == 6_001
    with pytest.raises(
        ValueError, match=r"too many steps for a page: got 6001; .*\.text"
    ):
        _ = debugger.html
    assert list(debugger._repr_mimebundle_()) == ["text/plain"]
    assert "too many steps" in debugger._repr_mimebundle_()["text/plain"]


def test_where_a_page_is_too_large_a_notebook_has_the_collapsed_picture():
    loss = MLP(2, [16, 1])([1.0, 2.0])
    debugger = dbg(loss, max_steps=100)
    shown = debugger._repr_mimebundle_()

    assert set(shown) == {"image/svg+xml", "text/plain"}
    assert shown["image/svg+xml"] == draw_dot(loss, engine="python").svg
    assert shown["text/plain"].startswith("too many steps for a page: got ")


def test_too_many_steps_are_counted_without_being_made(monkeypatch):
    def fail(*_):
        raise AssertionError("made")

    count = len(steps(expression()))
    monkeypatch.setitem(debug.__globals__, "steps", fail)
    advice = dbg(expression(), max_steps=5)._repr_mimebundle_()["text/plain"]

    assert f"got {count}; expected at most max_steps=5" in advice


@pytest.mark.parametrize("make", GRAPHS)
def test_a_page_may_have_just_as_many_steps_as_allowed(make):
    count = len(steps(make()))

    assert "<script>" in dbg(make(), max_steps=count).html
    if count > 1:
        with pytest.raises(ValueError, match=f"got {count}; .*max_steps={count - 1}"):
            _ = dbg(make(), max_steps=count - 1).html


# Arguments


@pytest.mark.parametrize(
    "wrong",
    [{"theme": "blue"}, {"rankdir": "up"}, {"engine": "jet"}, {"collapse": "no"}],
)
def test_an_unknown_choice_is_refused_at_once(wrong):
    [name] = wrong

    with pytest.raises(ValueError, match=f"unknown {name}: got {name}="):
        debug(expression(), **wrong)


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError, match=r"got 3\.0 \(float\)"):
        debug(3.0)


@pytest.mark.parametrize("wrong", [None, 0, -1, 2.5, "9", math.inf])
def test_a_bound_that_is_no_whole_number_from_1_is_refused(wrong):
    with pytest.raises(ValueError, match=r"not a number of steps: got max_steps="):
        debug(expression(), max_steps=wrong)


@pytest.mark.parametrize(
    ("arrays", "example"), [((), 7), (([1, 2],), 0), (([1, 2],), 7)]
)
def test_steps_made_before_take_neither_arrays_nor_an_example(arrays, example):
    with pytest.raises(TypeError, match=f"{len(arrays)} arrays and example={example}"):
        debug(steps(expression()), *arrays, example=example)


# Files


@pytest.mark.parametrize("ending", ["html", "json", "txt", "svg"])
def test_it_saves_what_the_ending_says(tmp_path, ending):
    debugger = dbg(expression())
    path = debugger.save(tmp_path / f"x.{ending.upper()}")
    face = {"txt": "text"}.get(ending, ending)

    assert path.read_text(encoding="utf-8") == getattr(debugger, face)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_another_ending_is_refused_and_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="unknown format: got format='pdf'"):
        dbg(expression()).save(tmp_path / "x.pdf")

    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_missing_is_named_and_not_made(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such folder: got '.*nope' for 'a"):
        dbg(expression()).save(tmp_path / "nope" / "a.svg")

    assert not list(tmp_path.iterdir())


# The page


@pytest.mark.parametrize("make", GRAPHS)
def test_the_page_names_no_address_but_that_of_svg(make):
    page = dbg(make()).html
    addresses = re.findall(r"[a-z]+://[^\"'\s<>)]+", page)

    assert set(addresses) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|import)\b *\(", page)
    assert not re.search(r"@import|url\((?!#)", page)


@pytest.mark.parametrize("make", GRAPHS)
def test_the_policy_allows_the_one_script_by_its_hash(make):
    elements = Elements(dbg(make()).html)
    [policy] = [a["content"] for a, _ in elements.named("meta") if "http-equiv" in a]
    [script] = [text for a, text in elements.named("script") if not a]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert policy.startswith("default-src 'none';")
    assert f"script-src 'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2]


def test_hostile_labels_add_no_element_and_no_handler_to_the_page():
    tame = mn.sum([Value(float(i), label="tame") for i in range(len(HOSTILE))])
    names = [Elements(dbg(root).html).named for root in (hostile(), tame)]
    attributes = [key for _, a in Elements(dbg(hostile()).html).tags for key in a]

    for tag in ("script", "style", "img", "b", "iframe", "meta"):
        assert len(names[0](tag)) == len(names[1](tag))
    assert not [key for key in attributes if key.startswith("on")]


@pytest.mark.parametrize("make", GRAPHS)
def test_the_data_of_the_page_is_pure_ascii_without_an_opening_bracket(make):
    text = as_script(data_of(dbg(make()).html))

    assert text.isascii()
    assert "<" not in text
    assert text in dbg(make()).html


def number_of(x):
    return float(x) if isinstance(x, str) else x


@pytest.mark.parametrize("make", GRAPHS)
def test_the_data_of_the_page_holds_every_record(make):
    root = make()
    found, data = steps(root), data_of(dbg(root).html)
    rows = [
        (row[0], data["values"][row[0]][4][row[1]], *row[1:3], *map(number_of, row[5:]))
        for row in data["backward"]
    ]
    records = [
        (s.node, s.operand, s.position, s.rule, *_numbers(s))
        for s in found
        if s.phase == "backward"
    ]

    assert repr(rows) == repr(records)
    assert [row[:2] for row in data["forward"]] == [
        [s.node, s.rule] for s in found if s.phase == "forward"
    ]
    assert repr([number_of(row[2]) for row in data["values"]]) == repr(found.graph.data)


def _numbers(step):
    return step.upstream, step.local, step.contribution, step.before, step.after


def test_the_data_of_the_page_has_the_marks():
    x = Value(-20.0, label="x")
    y = x.tanh()
    values = data_of(dbg(y).html)["values"]

    assert values[1][7] == [list(mark) for mark in marks_of(steps(y))[1]]
    assert values[1][7][0][0] == "saturated"


def test_a_step_that_overwrites_says_so():
    x = Value(3.0, label="x")
    y = x * x
    right = steps(y)
    *first, last = right.records
    wrong = Steps(right.graph, [*first, type(last)(**{**_fields(last), "after": 3.0})])

    assert [row[4] for row in data_of(dbg(wrong).html)["backward"]] == ["+=", "="]


def _fields(step):
    return {name: getattr(step, name) for name in step.__slots__}


def test_the_page_is_small():
    page = dbg(expression()).html

    assert len(page.encode()) < 45_000


def test_the_page_is_the_same_from_run_to_run():
    code = (
        "from tests.debugged import *; import hashlib;"
        "print(hashlib.sha256(dbg(expression()).html.encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parent.parent,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(runs) == 1


def test_an_empty_path_is_enough(monkeypatch):
    monkeypatch.setenv("PATH", "")

    assert "<svg" in debug(expression()).html


def test_a_program_is_debugged_with_its_own_numbers():
    pytest.importorskip("numpy")
    w = Value(2.0, label="w")
    program = mn.compile(lambda x: mn.sum([(w * xi).tanh() for xi in x]))
    debugger = debug(program, [[0.25]], engine="python")

    assert debugger.steps.graph.of_program
    assert math.tanh(0.5) in debugger.steps.graph.data
    assert "<svg" in debugger.html


# Colours


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


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_every_text_has_enough_contrast(text, ground, theme):
    assert contrast(COLOURS[text][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_outlines_and_borders_of_controls_stand_out(theme):
    colour = {name: pair[theme] for name, pair in COLOURS.items()}

    for line in ("up", "to", "line"):
        assert contrast(colour[line], colour["back"]) >= 3.0
    assert contrast(colour["up"], colour["to"]) >= 1.2  # without any hue


def test_every_theme_has_all_colours_of_the_style():
    used = set(re.findall(r"var\(--(\w+)\)", asset("page.css")))

    for theme in THEMES:
        assert used <= set(re.findall(r"--(\w+):", theme_style(theme)))
    assert set(COLOURS) <= used


@pytest.mark.parametrize("theme", THEMES)
def test_the_page_always_paints_a_background(theme):
    assert re.search(r"^html \{ background: var\(--back\)", asset("page.css"), re.M)
    assert "--back:#" in theme_style(theme)
    assert f'class="mg-{theme}"' in dbg(expression(), theme=theme).html


# The notebook's cell


def test_a_notebook_gets_a_frame_with_the_page_and_a_picture_and_a_text():
    debugger = dbg(expression())
    both = debugger._repr_mimebundle_()
    elements = Elements(both["text/html"])
    [(frame, _)] = elements.named("iframe")
    [(image, _)] = elements.named("img")
    [(_, text)] = elements.named("pre")

    assert set(both) == {"text/html", "text/plain"}
    assert frame["srcdoc"] == debugger.html
    assert frame["sandbox"] == "allow-scripts"
    assert base64.b64decode(image["src"].partition(",")[2]).decode() == debugger.svg
    assert text == debugger.text == both["text/plain"]


def test_a_notebook_gets_no_more_lines_than_one_may_scroll_past():
    x = y = Value(1.0, label="x")
    for _ in range(100):
        y = y + x
    lines = bundle(y)["text/plain"].splitlines()

    assert len(lines) == 201
    assert lines[-1] == "and 101 more steps: print(...) shows them"
    assert lines[:-1] == dbg(y).text.splitlines()[:200]


def test_what_follows_the_frame_is_hidden_where_styles_are_kept():
    elements = Elements(bundle()["text/html"])

    assert [tag for tag, _ in elements.tags] == ["div", "style", "iframe", "img", "pre"]
    assert elements.named("style")[0][1] == ".mg-debugger iframe~*{display:none}"


def test_a_cell_has_no_ids_that_could_meet_those_of_another():
    assert not [a["id"] for _, a in Elements(bundle()["text/html"]).tags if "id" in a]


def test_hostile_labels_stay_text_in_a_cell():
    elements = Elements(bundle(hostile())["text/html"])

    assert [tag for tag, _ in elements.tags] == ["div", "style", "iframe", "img", "pre"]
    assert HOSTILE[0] in elements.named("pre")[0][1]


def test_picture_and_text_are_left_when_a_notebook_is_sanitized():
    sanitize = pytest.importorskip("nbconvert.preprocessors.sanitize")
    bleach = pytest.importorskip("bleach")
    # What JupyterLab keeps of untrusted HTML: images whatever their address, no frame.
    kept = bleach.clean(
        bundle()["text/html"],
        tags={"div", "img", "pre"},
        attributes={"*": ["class"], "img": ["src", "alt"]},
        protocols=["data"],
        strip=True,
    )
    elements = Elements(kept)

    assert [tag for tag, _ in elements.tags] == ["div", "img", "pre"]
    assert elements.named("img")[0][0]["src"].startswith("data:image/svg+xml;base64,")
    assert elements.named("pre")[0][1] == dbg(expression()).text
    assert sanitize.SanitizeHTML


def test_the_frame_is_as_high_as_its_graph_within_bounds():
    heights = []
    for root in (Value(1.0), mn.sum([Value(float(i)) for i in range(60)])):
        [(frame, _)] = Elements(bundle(root)["text/html"]).named("iframe")
        heights.append(int(frame["height"]))

    assert 300 < heights[0] < heights[1] < 1000


def test_the_page_survives_being_an_attribute():
    page = dbg(hostile()).html

    assert html.unescape(html.escape(page)) == page
