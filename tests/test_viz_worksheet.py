"""Worksheets: what is blank is blank everywhere, and answers are marked with hints."""

import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.graph import topological_order
from micrograd_nn.viz.text import number
from micrograd_nn.viz.worksheet import BLANK, BLANKS, worksheet
from tests.test_viz_steps import square_of, state_of


def named(data, label):
    return Value(data, label=label)


def expression():
    """Names w, x, p, y; x is used twice: y = w * x + x * 2, of p and q."""
    w, x = named(-1.5, "w"), named(3.0, "x")
    p, q = w * x, x * 2.25
    p.label, q.label = "p", "q"
    y = p * q
    y.label = "y"
    return y


# y.grad 1, p.grad 6.75, q.grad -4.5, w.grad 20.25, x.grad -10.125 + -10.125


def sheet(blank="grad", **kwargs):
    return worksheet(expression(), blank, engine="python", **kwargs)


RIGHT = {"y": 1.0, "p": 6.75, "q": -4.5, "w": 20.25, "x": -20.25}
DATA = {"y": -30.375, "p": -4.5, "q": 6.75}


def hint(name, answer, blank="grad", **others):
    answers = (RIGHT if blank == "grad" else DATA) | others
    marking = sheet(blank).check({**answers, name: answer})
    rows = {row.name: row for row in marking.rows}
    assert not marking
    assert rows[name].verdict == "wrong"
    return rows[name].hint


def texts(svg):
    return [text.text for text in ET.fromstring(svg).iter() if text.text]


# Pictures


def no_number_twice():
    """An expression whose gradients are none of the data that is given."""
    w, x, b = named(-1.5, "w"), named(3.0, "x"), named(4.1, "b")
    return (w * x + b).tanh().sin()


@pytest.mark.parametrize("blank", BLANKS)
def test_what_is_asked_for_is_shown_nowhere(blank):
    found = worksheet(no_number_twice(), blank, engine="python")
    asked = {number(b.right) for b in found.blanks}
    shown = set(" ".join(texts(found.svg)).split())

    assert {"−1.5", "3", "4.1"} <= shown
    assert asked.isdisjoint(shown)
    assert asked.isdisjoint(found.text.split())
    assert found.svg.count(f">{BLANK}<") == len(found.blanks)


def test_data_is_asked_without_gradients_which_could_tell_it():
    found = sheet("data")

    assert "grad" not in found.svg + found.solution
    assert BLANK in found.svg


@pytest.mark.parametrize("blank", BLANKS)
def test_the_solution_shows_every_number(blank):
    found = sheet(blank)

    for asked in found.blanks:
        assert number(asked.right) in texts(found.solution)
    assert BLANK not in found.solution


def test_blank_and_solution_are_laid_out_alike():
    found = sheet("both")
    outlines = [
        [(e.get("d"), e.get("viewBox")) for e in ET.fromstring(svg).iter()]
        for svg in (found.svg, found.solution)
    ]

    assert [x for x in outlines[0] if any(x)] == [x for x in outlines[1] if any(x)]


def test_gradients_need_no_backward_and_what_grad_holds_is_not_shown():
    root = expression()
    for node in topological_order(root):
        node.grad = 777.0
    before = repr(state_of(root))
    found = worksheet(root, engine="python")

    assert "777" not in found.solution + found.svg + found.text
    assert repr(state_of(root)) == before


@pytest.mark.parametrize(
    ("blank", "asked"),
    [
        ("grad", ["w", "x", "p", "q", "y"]),
        ("data", ["p", "q", "y"]),
        (
            "both",
            ["w", "x", *(f"{n}.{w}" for n in "pqy" for w in ("data", "grad"))],
        ),
    ],
)
def test_grads_are_asked_of_all_but_constants_and_data_of_results(blank, asked):
    assert [b.name for b in sheet(blank).blanks] == asked


def test_a_value_without_a_label_shows_the_name_to_answer_by():
    x = named(3.0, "x")
    found = worksheet(x * x + x, engine="python")

    assert {"v1", "v2"} <= set(texts(found.svg))
    assert found.check(x=7, v1=1, v2=1)


def test_a_notebook_shows_the_picture_and_a_terminal_the_table():
    found = sheet()

    assert found._repr_mimebundle_() == {
        "image/svg+xml": found.svg,
        "text/plain": found.text,
    }
    assert repr(found) == found.text
    assert found.text.splitlines()[1:] == [
        "w      −1.5    ________",
        "x      3       ________",
        "p      −4.5    ________  * of w, x",
        "v3     2.25",
        "q      6.75    ________  * of x, v3",
        "y      −30.38  ________  * of p, q",
    ]


@pytest.mark.parametrize("name", ["sheet.svg", "sheet.html", "SHEET.SVG"])
def test_both_pictures_can_be_saved(tmp_path, name):
    found = sheet()
    blank = found.save(tmp_path / name).read_text(encoding="utf-8")
    solved = found.save_solution(tmp_path / f"solved-{name}").read_text("utf-8")

    assert found.svg in blank
    assert found.solution in solved
    assert blank.startswith("<!DOCTYPE html>") == name.endswith("html")


def test_other_formats_are_refused(tmp_path):
    with pytest.raises(ValueError, match="format"):
        sheet().save(tmp_path / "sheet.docx")

    assert list(tmp_path.iterdir()) == []


def test_hostile_labels_stay_inert(tmp_path):
    x = named(2.0, "</svg><script>alert(1)</script>")
    found = worksheet(x * x, engine="python")
    page = found.save(tmp_path / "sheet.html").read_text("utf-8")

    assert "<script" not in page
    ET.fromstring(found.svg)


# Marks


def test_all_right_is_true():
    marking = sheet().check(RIGHT)

    assert marking
    assert {row.verdict for row in marking.rows} == {"right"}
    assert str(marking).splitlines()[0] == "5 of 5 are right"


def test_nothing_answered_is_missing():
    marking = sheet().check()

    assert not marking
    assert [row.verdict for row in marking.rows] == ["missing"] * 5
    assert str(marking).splitlines()[:2] == ["0 of 5 are right", "missing  w"]


def test_a_marking_does_not_tell_the_right_number():
    text = str(sheet().check(w=5.0, x=1.0))

    assert "20.25" not in text
    assert "wrong    w = 5: it is p.grad × x" in text


@pytest.mark.parametrize("answer", [20.25, 20.3, 20.1, np.float64(20.25), 20.2501])
def test_two_digits_are_enough(answer):
    assert sheet().check({**RIGHT, "w": answer})


@pytest.mark.parametrize("answer", [21.0, 19.5, -20.25, 0.0, math.nan, math.inf])
def test_less_than_that_is_wrong(answer):
    assert not sheet().check({**RIGHT, "w": answer})


def test_values_can_be_keys_and_names_may_say_which_number():
    root = expression()
    p = root.operands[0]
    found = worksheet(root, "grad", engine="python")

    assert found.check({**RIGHT, p: 6.75})
    assert found.check({f"{name}.grad": x for name, x in RIGHT.items()})


def test_both_are_told_apart():
    found = sheet("both")
    answers = {f"{n}.grad": x for n, x in RIGHT.items()}
    answers |= {f"{n}.data": x for n, x in DATA.items()}

    assert found.check(answers)
    assert not found.check(answers | {"p.data": 6.75})


def test_a_gradient_of_zero_must_be_zero():
    x = named(-2.0, "x")
    found = worksheet(x.relu(), engine="python")

    assert found.check(x=0, v1=1)
    assert not found.check(x=1e-3, v1=1)


def test_nan_is_right_where_it_is():
    x = named(0.0, "x")
    with mn.anomaly.ignore_anomaly():
        found = worksheet(x / x, engine="python")

    assert found.check(x=math.nan, v1=1)


# Hints


def test_a_flipped_sign():
    assert hint("w", -20.25) == "the sign is flipped"
    assert hint("p", 4.5, "data") == "the sign is flipped"


def test_another_contribution_that_was_forgotten():
    first = hint("x", -10.125)

    assert first == "add what is still to come: p.grad × w"


def test_the_last_contribution_alone_as_if_it_overwrote():
    a, b = named(2.0, "a"), named(5.0, "b")
    c = a * b
    c.label = "c"
    found = worksheet(c + a * 3.0, engine="python")
    rows = {row.name: row for row in found.check(a=5).rows}

    assert (
        rows["a"].hint == "that is only what comes by c.grad × b: add up all 2 products"
    )


def test_the_grad_from_above_that_was_forgotten():
    assert hint("w", 3.0) == "multiply by the grad of p"


def test_the_partial_that_was_forgotten():
    assert hint("w", 6.75) == "that is the grad of p: multiply it by the partial"


def test_its_own_factor_in_place_of_the_other():
    assert hint("w", -10.125) == "the partial of a product is the other factor"


def test_data_in_place_of_grad():
    x = named(0.25, "x")
    y = x.tanh()
    y.label = "y"
    rows = worksheet(y, engine="python").check(x=0.25).rows

    assert rows[0].hint == "that is its data"


def test_grad_in_place_of_data():
    assert hint("p", 6.75, "data") == "that is its grad"


def test_an_answer_that_follows_from_a_wrong_one_says_which():
    assert hint("w", 6.0, p=2.0) == "right for your p.grad: look there"
    assert hint("y", 13.5, "data", p=2.0) == "right for your p.data: look there"


def test_the_seed():
    assert hint("y", 30.0) == "the derivative of the result by itself is 1"


def test_else_how_it_is_found_without_a_number():
    assert hint("x", 123.0) == "it is q.grad × 2.25 + p.grad × w"
    assert hint("p", 123.0, "data") == "it is w * x"


def test_of_many_products_their_count():
    x = named(2.0, "x")
    found = worksheet(mn.sum([x] * 6), engine="python")

    assert found.check(x=50).rows[0].hint == "it is the sum of 6 products"


def test_an_op_by_hand_is_marked_too():
    x = named(3.0, "x")
    root = square_of(x)
    root.label = "y"
    grads = worksheet(root, engine="python").check(x=123, y=1)
    data = worksheet(root * 2.0, "data", engine="python").check(y=5, v3=10)

    assert grads.rows[0].hint == "it is y.grad × its partial"
    assert [row.verdict for row in data.rows] == ["wrong", "wrong"]
    assert data.rows[0].hint == "it is square(x)"
    assert data.rows[1].hint == "right for your y.data: look there"


# Refusals


@pytest.mark.parametrize("key", ["z", "y.data", "", 3, None])
def test_a_name_that_is_not_blank_is_refused(key):
    with pytest.raises(
        ValueError, match=r"not on the worksheet: got .*; expected one of"
    ):
        sheet().check({key: 1.0})


def test_a_value_of_another_graph_is_refused():
    with pytest.raises(ValueError, match="not in the graph"):
        sheet().check({Value(1.0): 1.0})


@pytest.mark.parametrize("answer", ["1", None, [1.0], Value(1.0)])
def test_an_answer_that_is_no_number_is_refused(answer):
    with pytest.raises(TypeError, match="not a number: got w="):
        sheet().check(w=answer)


def test_a_graph_too_large_for_an_exercise_is_refused():
    root = x = Value(1.0)
    for _ in range(60):
        root = root + x

    with pytest.raises(ValueError, match="too large for a worksheet: got 61 Values"):
        worksheet(root)


@pytest.mark.parametrize("wrong", [{"blank": "all"}, {"rankdir": "up"}, {"theme": "x"}])
def test_an_unknown_choice_is_refused(wrong):
    with pytest.raises(ValueError, match="expected one of"):
        worksheet(expression(), engine="python", **wrong)


def test_a_root_that_is_no_value_is_refused():
    with pytest.raises(TypeError, match="nothing to show"):
        worksheet(3.0)


def test_a_graph_whose_data_changed_is_no_exercise():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 3.0

    with pytest.raises(RuntimeError, match="data changed since it was used"):
        worksheet(y)


@pytest.mark.parametrize("answer", [0.0, -1e-10])
def test_a_tiny_gradient_is_not_taken_for_zero_or_its_negative(answer):
    sheet = worksheet(Value(1e-10, label="s") * Value(1.0, label="v"))

    assert sheet.check(v=answer).rows[1].verdict == "wrong"


def test_answers_without_names_are_refused():
    with pytest.raises(TypeError, match=r"no answers by name: got answers=\[4, 1\]"):
        worksheet(Value(2.0, label="x") * 3.0).check([4, 1])
