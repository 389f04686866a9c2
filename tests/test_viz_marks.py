"""Marks: each is shown where it should be, and nowhere else."""

import json
import math
from decimal import Decimal

import pytest

from micrograd_nn import OPS, Op, Value, apply
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.viz.marks import kind_of, marks_of
from micrograd_nn.viz.steps import steps
from tests.test_viz_steps import overwriting


def marks(root):
    """(name, kind) of all marks."""
    found = steps(root)
    return [
        (found.names[i], mark.kind)
        for i, of_node in marks_of(found).items()
        for mark in of_node
    ]


def named(data, label="x"):
    return Value(data, label=label)


@pytest.mark.parametrize("x", [-2.0, 0.0])
def test_a_relu_that_passes_nothing_is_dead(x):
    assert marks(named(x).relu()) == [("v1", "dead")]


@pytest.mark.parametrize("x", [-9.0, 9.0])
@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
def test_an_activation_far_out_is_saturated(name, x):
    assert marks(getattr(named(x), name)()) == [("v1", "saturated")]


@pytest.mark.parametrize(
    "make",
    [
        lambda: named(2.0).relu(),
        lambda: named(1.0).tanh(),
        lambda: named(-2.0).leaky_relu(),
        lambda: named(math.pi / 2).sin(),  # flat here, but not beyond
        lambda: named(0.0) ** 2,
        lambda: named(5.0) * 0.0,
    ],
    ids=["relu", "tanh", "leaky_relu", "sin", "square", "product"],
)
def test_what_passes_a_gradient_or_is_flat_by_chance_is_not_marked(make):
    assert marks(make()) == []


def test_the_text_says_whether_any_gradient_passes():
    found = steps(named(-2.0).relu() + named(9.0, "y").tanh())
    texts = [mark.text for of_node in marks_of(found).values() for mark in of_node]

    assert texts == [
        "its input −2 is where ReLU is flat: no gradient passes",
        "its input 9 is where tanh is flat: hardly any gradient passes",
    ]


KINDS = {
    **dict.fromkeys(("relu", "leaky_relu(0.01)", "elu(1.0)", "elu(0.5)"), "dead"),
    **dict.fromkeys(("gelu", "silu", "softplus"), "dead"),
    **dict.fromkeys(("tanh", "sigmoid", "atan", "erf", "erfc"), "saturated"),
    "leaky_relu(0.01)": "",
}


@pytest.mark.parametrize("key", [k for k, op in OPS.items() if not op.nary])
def test_only_activations_are_dead_or_saturated(key):
    if len(OPS[key].partials) == 1:
        assert kind_of(OPS[key]) == KINDS.get(key, "")


@pytest.mark.parametrize(
    "make", [lambda x: x.log(), lambda x: x**-1, lambda x: (-x / 20).exp()]
)
def test_a_small_slope_of_another_op_is_not_marked(make):
    assert marks(make(named(200.0))) == []


def test_an_op_of_a_users_own_may_fail_far_out():
    soft = Op("soft", lambda xp, x: math.exp(x), (lambda xp, y, x: math.exp(x),))

    assert kind_of(soft) == ""
    assert marks(apply(soft, named(-20.0))) == []


def test_two_ops_of_one_name_are_told_apart():
    gate = Op("mine", lambda xp, x: xp.maximum(x, 0.0), (lambda xp, y, x: xp.step(x),))
    steep = Op("mine", lambda xp, x: x * x, (lambda xp, y, x: 2.0 * x,))

    assert marks(apply(gate, named(-1.0))) == [("v1", "dead")]
    assert marks(apply(steep, named(0.0))) == []


def test_the_first_number_and_the_first_gradient_that_are_not_finite_are_marked():
    x, y = named(0.0), named(1.0, "y")
    with ignore_anomaly():
        root = (x / x) * y + 1.0
    found = steps(root)

    assert marks(root) == [("v1", "not finite"), ("y", "not finite")]
    assert marks_of(found)[1][0].text == "its data is the first that is nan"
    assert [m.text for m in marks_of(found)[2]] == ["its grad is the first that is nan"]


def test_the_gradient_of_a_constant_concerns_nobody():
    x = named(0.5)
    with ignore_anomaly():
        root = 0.0**x  # its slope in the constant 0 is infinite
    found = steps(root)

    assert math.inf in found.grads
    assert marks(root) == []


def test_data_that_changed_since_makes_what_used_it_stale():
    x = named(2.0)
    y = x * 3.0
    root = y + 1.0
    assert marks(root) == []
    x.data = 5.0

    assert marks(root) == [("v2", "stale")]


def test_a_leaf_that_accumulated_two_passes_is_marked():
    x = named(2.0)
    (x * 3.0).backward()
    root = x * 3.0
    root.backward()
    found = steps(root)

    assert marks(root) == [("x", "accumulated")]
    assert marks_of(found)[0][0].text == (
        "its grad holds 6, 2 times as much; this pass gives 3: "
        "was it set to 0 before backward()?"
    )


@pytest.mark.parametrize("held", [0.0, None, 3.0, 3.0 + 1e-15, math.nan, math.inf, "3"])
def test_a_leaf_that_holds_one_pass_or_nothing_that_counts_is_not(held):
    x = named(2.0)
    root = x * 3.0
    x.grad = held

    assert marks(root) == []


@pytest.mark.parametrize("held", [1e308, 1e-320, -3.0, 7.5, Decimal(9)])
def test_any_other_number_that_a_leaf_holds_is_told(held):
    x = named(2.0)
    root = x * 3.0
    x.grad = held
    found = steps(root)

    assert marks(root) == [("x", "accumulated")]
    assert ("times as much" in marks_of(found)[0][0].text) == (held == 9)
    json.loads(found.to_json())


@pytest.mark.parametrize(
    "make",
    [lambda x: x * 0.0, lambda x: x.relu() if x.data < 0 else (-x).relu()],
    ids=["zero", "dead"],
)
def test_a_leaf_that_this_pass_gives_nothing_is_not(make):
    x = named(2.0)
    root = make(x)
    x.grad = 7.0

    assert "accumulated" not in [kind for _, kind in marks(root)]


def test_a_gradient_that_a_step_by_hand_overwrites_is_marked():
    found = steps(overwriting())

    assert [mark.text for mark in marks_of(found)[found.names.index("a")]] == [
        "s sets its grad (= in place of +=): 2 is lost"
    ]


def test_an_op_by_hand_has_no_marks_of_its_own():
    x = named(-2.0)
    out = Value(0.0, (x,), "flat")
    out._backward = lambda: None
    root = Value(0.0, (out,), (0.0,))

    assert marks(root) == []
