"""Rules as text: read as mathematics, they give the numbers that run."""

import math
import re

import pytest

import micrograd_nn as mn
from micrograd_nn import OPS, Op, Value, apply
from micrograd_nn.namespaces import FLOATS
from micrograd_nn.viz import rules
from micrograd_nn.viz.snapshot import snapshot

FUNCTIONS = {
    **{name: f for name, f in vars(FLOATS).items() if callable(f)},
    "sum": lambda *xs: math.fsum(xs),
    "max": max,
    "min": min,
    "maximum": max,
    "minimum": min,
}


def value_of(text, names):
    """What the text says, with numbers for its names; [a condition] is 0 or 1."""
    text = text.replace("−", "-").replace(" = ", " == ")
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub(r"\[([^]]*)\]", r"(1.0 if \1 else 0.0)", text)
    return float(eval(text, {"abs": abs, **FUNCTIONS}, names))


def of_op(op):
    low, high = op.domain[0]
    count = 3 if op.nary else len(op.partials)
    xs = [
        Value(low + (high - low) * (0.6 + 0.07 * i), label="abc"[i])
        for i in range(count)
    ]
    root = apply(op, *xs)
    root.label = "y"
    return snapshot(root)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_the_formula_gives_the_number(op):
    graph = of_op(op)
    names = dict(zip(graph.names, graph.data, strict=True))

    said = value_of(rules.formula(graph, len(graph.order) - 1), names)
    assert said == pytest.approx(graph.data[-1], rel=1e-3)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_the_rule_gives_the_partial(op):
    graph = of_op(op)
    root = len(graph.order) - 1
    names = dict(zip(graph.names, graph.data, strict=True))

    for position, partial in enumerate(graph.partials(root)):
        said = value_of(rules.rule(graph, root, position), names)
        assert said == pytest.approx(partial, rel=1e-3)


def test_numbers_stand_for_names_in_what_is_worked():
    x = Value(-2.0, label="x")
    graph = snapshot(x**3.0 - 1e-7 * x)

    assert rules.worked(graph, 1) == "(−2)**3"
    assert rules.worked(graph, 3) == "1e−7 * (−2)"
    assert rules.formula(graph, 3) == "1e−7 * x"


def test_a_leaf_has_no_formula():
    graph = snapshot(Value(2.0))

    assert rules.formula(graph, 0) == rules.worked(graph, 0) == ""


def test_a_name_is_never_taken_for_a_part_of_the_formula():
    a, b = Value(2.0, label="b"), Value(3.0, label="a - b")
    graph = snapshot(a - b)

    assert rules.formula(graph, 2) == "b − (a - b)"


def test_of_many_operands_a_few_are_named():
    xs = [Value(float(i), label=f"x{i}") for i in range(100)]
    graph = snapshot(mn.sum(xs))

    assert rules.formula(graph, 100) == "sum(x0, x1, … x99)"
    assert rules.rule(graph, 100, 3) == ""


def test_a_rule_that_is_too_long_is_left_out():
    xs = [Value(float(i), label=f"a_long_name_{i}") for i in range(9)]
    graph = snapshot(mn.max(xs))

    assert rules.rule(graph, 9, 0) == ""
    assert (
        rules.formula(graph, 9) == "max(a_long_name_0, a_long_name_1, … a_long_name_8)"
    )


def test_an_op_by_hand_is_named_by_its_symbol():
    x = Value(3.0, label="x")

    assert rules.formula(snapshot(Value(9.0, (x,), (6.0,))), 1) == "by hand(x)"
    node = Value(9.0, (x,), "square")
    node._backward = lambda: None
    assert rules.formula(snapshot(node), 1) == "square(x)"
    assert rules.rule(snapshot(node), 1, 0) == ""


UNREADABLE = {
    "math": lambda xp, *xs: math.sin(xs[-1]),
    "float": lambda xp, *xs: float(xs[-1]),
    "attribute": lambda xp, *xs: 1.0 if xs[-1].is_integer() else 2.0,
    "value": lambda xp, *xs: 1.0 if isinstance(xs[-1], float) else int("no"),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_takes_floats_only_is_named_not_written_out(body):
    graph = snapshot(apply(Op("mine", body, (body,)), Value(2.0, label="x")))

    assert rules.formula(graph, 1) == "mine(x)"
    assert rules.rule(graph, 1, 0) == ""


@pytest.mark.parametrize(
    ("x", "text"), [(2.0, "2"), (-2.0, "(−2)"), (-0.0, "0"), (math.nan, "nan")]
)
def test_negative_numbers_are_bracketed(x, text):
    assert rules.bracketed(x) == text
