"""How notebooks show a Value: a picture where one can be read, text always."""

import base64
import re
import xml.etree.ElementTree as ET

import pytest

from micrograd_nn import Value, no_grad
from micrograd_nn.nn import MLP
from micrograd_nn.recording import symbolic
from micrograd_nn.viz import draw_dot, repr_mimebundle
from micrograd_nn.viz.notebook import HUGE, SVG, TEXT


def small():
    return Value(2.0, label="x") * 3


def chain(nodes):
    x = Value(0.5)
    for _ in range(nodes - 1):
        x = -x
    return x


def cards(bundle):
    return bundle[SVG].count('class="mg-node ')


def test_a_value_shows_as_text_and_as_the_picture_of_draw_dot():
    bundle = small()._repr_mimebundle_()

    assert bundle == {TEXT: "Value(data=6.0, grad=0.0)", SVG: draw_dot(small()).svg}
    assert ET.fromstring(bundle[SVG]).tag == "{http://www.w3.org/2000/svg}svg"
    assert bundle == repr_mimebundle(small())


@pytest.mark.parametrize(
    ("include", "exclude", "types"),
    [
        ([TEXT], None, {TEXT}),
        ([SVG], None, {SVG}),
        ({SVG, TEXT, "text/html"}, [], {SVG, TEXT}),
        (None, [SVG], {TEXT}),
        (None, {TEXT}, {SVG}),
        ([TEXT], [TEXT], set()),
        ([], (), {SVG, TEXT}),
    ],
)
def test_only_what_is_wanted_is_given(include, exclude, types):
    assert set(small()._repr_mimebundle_(include=include, exclude=exclude)) == types


def test_nothing_is_drawn_if_no_picture_is_wanted(monkeypatch):
    def fail(*_, **__):
        raise AssertionError("drawn")

    monkeypatch.setattr("micrograd_nn.viz.notebook._svg", fail)

    assert small()._repr_mimebundle_(include=[TEXT]) == {TEXT: repr(small())}


def test_a_network_is_collapsed_and_what_cannot_be_is_text():
    score = MLP(2, [16, 16, 1])([1.0, 2.0])

    assert cards(score._repr_mimebundle_()) == 35
    assert cards(chain(150)._repr_mimebundle_()) == 150
    assert set(chain(151)._repr_mimebundle_()) == {TEXT}


def test_a_huge_graph_is_text_without_a_look_at_it(monkeypatch):
    def fail(*_, **__):
        raise AssertionError("looked at")

    monkeypatch.setattr("micrograd_nn.viz.notebook.shown", fail)

    assert set(chain(HUGE + 1)._repr_mimebundle_()) == {TEXT}


def by_hand():
    return Value(4.0, (Value(2.0),), "square")


def odd_label():
    return Value(1.0, label="</script>\x00") + float("nan")


def label_is_no_text():
    x = Value(1.0)
    x.label = object()
    return x


def label_breaks():
    class Broken:
        def __str__(self):
            raise ZeroDivisionError

        def __repr__(self):
            return "broken"

    x = Value(1.0)
    x.label = Broken()
    return x


def unrecorded():
    with no_grad():
        return Value(2.0) * 3


@pytest.mark.parametrize(
    "make", [by_hand, odd_label, label_is_no_text, label_breaks, unrecorded]
)
def test_nothing_that_is_shown_raises(make):
    value = make()

    assert value._repr_mimebundle_()[TEXT] == repr(value)


def test_while_a_program_is_recorded_a_value_is_text():
    x = Value(2.0)
    with symbolic():
        bundle = (x * x)._repr_mimebundle_()

    assert set(bundle) == {TEXT}


def test_there_is_no_html_to_be_stripped():
    assert not hasattr(Value, "_repr_html_")
    assert "text/html" not in small()._repr_mimebundle_()


CELLS = ["from micrograd_nn import Value", "Value(2.0, label='width') * 3"]


@pytest.mark.slow
def test_a_notebook_keeps_text_and_picture_and_nbconvert_shows_them():
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    nbconvert = pytest.importorskip("nbconvert")
    pytest.importorskip("ipykernel")
    notebook = nbformat.v4.new_notebook(
        cells=list(map(nbformat.v4.new_code_cell, CELLS))
    )
    nbclient.NotebookClient(notebook, kernel_name="python3").execute()
    [output] = notebook.cells[1].outputs
    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)

    assert set(output.data) == {SVG, TEXT}
    assert output.data[TEXT] == "Value(data=6.0, grad=0.0)"
    [image] = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert b">width</text>" in base64.b64decode(image)
