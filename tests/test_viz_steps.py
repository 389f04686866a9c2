"""`steps`: every number of the record is the one that `backward()` uses."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings

import micrograd_nn as mn
from micrograd_nn import OPS, Op, Value, apply
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.graph import topological_order
from micrograd_nn.viz.steps import BACKWARD, FORWARD, SEED, steps
from tests.test_random_graphs import INPUTS, PROGRAMS, run


def named(data, label):
    return Value(data, label=label)


def neuron():
    x1, x2 = named(2.0, "x1"), named(0.0, "x2")
    w1, w2 = named(-3.0, "w1"), named(1.0, "w2")
    b = named(6.75, "b")
    p, q = x1 * w1, x2 * w2
    p.label, q.label = "p", "q"
    o = (p + q + b).tanh()
    o.label = "o"
    return o


def twice():
    a = named(3.0, "a")
    return a + a


def squared():
    a = named(3.0, "a")
    return a * a


def off_the_path():
    """Nodes that no gradient gets past, and one that only forks."""
    a, b = named(-2.0, "a"), named(0.0, "b")
    return a.relu() * b + (a * 0.0).exp()


def several():
    xs = [named(0.5 * i, f"x{i}") for i in range(5)]
    return mn.logsumexp(xs) * mn.max([*xs, xs[4]]) + mn.sum([xs[0], xs[0], 3.0])


def microgpt():
    a, b = named(0.5, "a"), named(2.0, "b")
    return Value(a.data * b.data, (a, b), (b.data, a.data)) + a


def square_of(x):
    """As micrograd's lecture writes an op: two contributions to one operand."""
    out = Value(x.data * x.data, (x,), "square")

    def step():
        x.grad += x.data * out.grad
        x.grad += x.data * out.grad

    out._backward = step
    return out


def by_hand():
    a = named(0.1, "a")
    return square_of(square_of(a) + a * 0.3) * a


def of_one_operand_twice():
    a = named(0.7, "a")
    out = Value(a.data * a.data, (a, a), "*")

    def step():
        a.grad += 2.0 * a.data * out.grad

    out._backward = step
    return out + a


def overwriting():
    """The classic fault of a `_backward` by hand: `=` in place of `+=`."""
    a = named(3.0, "a")
    out = Value(9.0, (a,), "square")
    out._backward = lambda: setattr(a, "grad", 6.0 * out.grad)
    out.label = "s"
    return out + a * 2.0


def with_a_step_on_a_leaf():
    a = named(3.0, "a")
    a._backward = lambda: None
    return a * 2.0


def not_finite():
    a, b = named(0.0, "a"), named(math.inf, "b")
    return a / a + b * a + (b - b)


def single():
    return named(4.0, "alone")


GRAPHS = [
    neuron,
    twice,
    squared,
    off_the_path,
    several,
    microgpt,
    by_hand,
    of_one_operand_twice,
    overwriting,
    with_a_step_on_a_leaf,
    not_finite,
    single,
]


def of_op(op):
    """One use of an op, among other things, with an operand that is used twice."""
    low, high = op.domain[0]
    xs = [Value(low + (high - low) * (0.3 + 0.1 * i)) for i in range(4)]
    operands = xs if op.nary else xs[: len(op.partials)]
    return apply(op, *operands) * xs[0]


def same(x, y):
    return x == y or (x != x and y != y)


def backward_of(steps):
    return [step for step in steps if step.phase == BACKWARD]


def assert_right(root):
    """The record of `root` against `backward()`, which is run afterwards."""
    with ignore_anomaly():
        found = steps(root)
        root.backward()
    order = topological_order(root)

    assert all(
        same(grad, node.grad) for grad, node in zip(found.grads, order, strict=True)
    )
    assert [node.data for node in order if node.data == node.data] == [
        x for x in found.graph.data if x == x
    ]
    for step in backward_of(found):
        assert same(step.upstream, order[step.node].grad)


@pytest.mark.parametrize("make", GRAPHS)
def test_the_gradients_are_those_of_backward_bit_for_bit(make):
    with ignore_anomaly():
        assert_right(make())


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_so_they_are_for_every_op(op):
    assert_right(of_op(op))


@settings(max_examples=60)
@given(PROGRAMS, INPUTS)
def test_so_they_are_for_random_graphs(program, numbers):
    with ignore_anomaly():
        root = run(program, list(map(Value, numbers)))
        assert_right(root)


@pytest.mark.parametrize("make", GRAPHS)
def test_there_is_one_backward_step_for_each_operand_of_each_node(make):
    with ignore_anomaly():
        found = steps(make())
    order = found.graph.order
    edges = [(step.node, step.position) for step in backward_of(found)]

    assert len(edges) == len(set(edges))
    assert sorted(edges) == [
        (i, k) for i, node in enumerate(order) for k in range(len(node.operands))
    ]
    for step in backward_of(found):
        assert order[step.operand] is order[step.node].operands[step.position]


@pytest.mark.parametrize("make", GRAPHS)
def test_phases_come_in_order_and_steps_are_numbered_from_0(make):
    with ignore_anomaly():
        found = steps(make())
    results = sum(bool(node.operands) for node in found.graph.order)
    phases = [step.phase for step in found]

    assert [step.index for step in found] == list(range(len(found)))
    assert phases == [
        *[FORWARD] * results,
        SEED,
        *[BACKWARD] * (len(found) - results - 1),
    ]


@pytest.mark.parametrize("make", [m for m in GRAPHS if m is not overwriting])
def test_a_step_adds_its_product_to_what_was_there(make):
    with ignore_anomaly():
        found = steps(make())

    for step in backward_of(found):
        total = (step.before or 0.0) + step.contribution
        assert step.after == pytest.approx(total, rel=1e-15, nan_ok=True)
        assert step.contribution == pytest.approx(
            step.upstream * step.local, rel=1e-15, nan_ok=True
        )
        assert not step.overwrites


@pytest.mark.parametrize("make", [m for m in GRAPHS if m is not overwriting])
def test_the_ledger_of_a_node_adds_up_to_its_gradient(make):
    with ignore_anomaly():
        found = steps(make())

    for i, grad in enumerate(found.grads[:-1]):
        ledger = found.ledger(i)
        total = math.fsum(x for x in (s.contribution for s in ledger) if x == x)
        assert ledger
        assert total == pytest.approx(grad, rel=1e-14) or grad != grad
    assert found.ledger(len(found.grads) - 1) == []


@pytest.mark.parametrize("make", GRAPHS)
def test_the_state_after_a_step_is_the_same_forward_and_backward(make):
    with ignore_anomaly():
        found = steps(make())
    grads = [None] * len(found.graph.order)
    assert found.grads_after(-1) == grads
    states = []
    for step in found:
        if step.phase != FORWARD:
            grads[step.node if step.operand is None else step.operand] = step.after
        states.append(repr(grads))
    back = list(found.grads)

    for step in reversed(found):
        assert repr(found.grads_after(step.index)) == states[step.index] == repr(back)
        if step.phase != FORWARD:
            back[step.node if step.operand is None else step.operand] = step.before


def test_what_is_not_reached_yet_has_no_gradient():
    found = steps(twice())

    assert found.grads_after(0) == [None, None]
    assert found.grads_after(1) == [None, 1.0]
    assert found.grads_after(2) == [1.0, 1.0]
    assert found.grads_after(3) == [2.0, 1.0]


def state_of(root):
    order = topological_order(root)
    return [(v.data, repr(v.grad), v._changed, v.op, set(vars(v))) for v in order]


@pytest.mark.parametrize("make", GRAPHS)
def test_nothing_of_the_graph_changes(make):
    with ignore_anomaly():
        root = make()
    for i, node in enumerate(topological_order(root)):
        node.grad = 10.0 + i
    epoch, before = mn.epochs.now, repr(state_of(root))

    str(steps(root))
    steps(root).to_json()

    assert repr(state_of(root)) == before
    assert mn.epochs.now == epoch


def test_nothing_changes_though_a_step_by_hand_raises():
    a = Value(3.0)
    out = Value(9.0, (a,), "broken")

    def step():
        a.grad += 1.0
        raise ZeroDivisionError("of my own")

    out._backward = step
    root = out * 2.0
    a.grad, out.grad = 7.0, None
    with pytest.raises(ZeroDivisionError, match="of my own"):
        steps(root)

    assert (a.grad, out.grad, root.grad) == (7.0, None, 0.0)


def test_an_op_by_hand_without_a_rule_is_refused_as_by_backward():
    out = Value(9.0, (Value(3.0),), "square")

    with pytest.raises(RuntimeError, match="no rule for a gradient: got op='square'"):
        steps(out)


def test_a_step_by_hand_that_overwrites_is_shown_to():
    root = overwriting()
    found = steps(root)
    root.backward()
    last = found[-1]

    assert (last.before, last.contribution, last.after) == (2.0, 6.0, 6.0)
    assert last.overwrites
    assert str(found).splitlines()[-1] == (
        "9  square  a.grad = s.grad × ∂s/∂a = 1 × 6 = 6   now 6, and 2 is lost"
    )
    assert found.grads[0] == root.operands[1].operands[0].grad == 6.0


def test_the_partial_of_a_step_by_hand_is_known_where_no_gradient_arrives():
    root = square_of(named(3.0, "x")) * 0.0
    last = steps(root)[-1]

    assert (last.upstream, last.local, last.contribution) == (0.0, 6.0, 0.0)


def test_gradients_start_from_nothing_whatever_grad_holds():
    root = neuron()
    clean = steps(root).records
    root.backward()
    root.backward()

    assert steps(root).records == clean


@pytest.mark.parametrize(
    "length", [5_000, pytest.param(100_000, marks=pytest.mark.slow)]
)
def test_a_long_chain_is_recorded_without_recursion(length):
    x = root = Value(1.0)
    for _ in range(length):
        root = root * 1.00001
    found = steps(root)
    root.backward()

    assert len(found) == length + 1 + 2 * length
    assert found.grads[0] == x.grad


def test_a_sum_of_10_000_operands_is_recorded():
    xs = [Value(float(i)) for i in range(10_000)]
    found = steps(mn.logsumexp(xs) + mn.sum(xs))

    assert len(found) == 3 + 1 + 2 + 20_000
    assert sum(found.grads[:10_000]) == pytest.approx(10_001.0)


NO_VALUES = [None, 3.0, "x", [Value(1.0)]]


@pytest.mark.parametrize("root", NO_VALUES)
def test_what_is_no_value_is_refused(root):
    with pytest.raises(TypeError, match=r"nothing to show: got .*; expected a Value"):
        steps(root)


# Text


def test_the_table_of_a_neuron():
    assert str(steps(neuron())) == (
        """\
 1  *     p = x1 * w1 = 2 * (−3) = −6
 2  *     q = x2 * w2 = 0 * 1 = 0
 3  +     v6 = p + q = −6 + 0 = −6
 4  +     v8 = v6 + b = −6 + 6.75 = 0.75
 5  tanh  o = tanh(v8) = tanh(0.75) = 0.6351
 6        o.grad = 1
 7  tanh  v8.grad += o.grad × (1 − o * o) = 1 × 0.5966 = 0.5966   now 0.5966
 8  +     v6.grad += v8.grad × 1 = 0.5966 × 1 = 0.5966            now 0.5966
 9  +     b.grad += v8.grad × 1 = 0.5966 × 1 = 0.5966             now 0.5966
10  +     p.grad += v6.grad × 1 = 0.5966 × 1 = 0.5966             now 0.5966
11  +     q.grad += v6.grad × 1 = 0.5966 × 1 = 0.5966             now 0.5966
12  *     x2.grad += q.grad × w2 = 0.5966 × 1 = 0.5966            now 0.5966
13  *     w2.grad += q.grad × x2 = 0.5966 × 0 = 0                 now 0
14  *     x1.grad += p.grad × w1 = 0.5966 × (−3) = −1.79          now −1.79
15  *     w1.grad += p.grad × x1 = 0.5966 × 2 = 1.193             now 1.193"""
    )


def test_the_table_of_one_operand_twice():
    assert str(steps(twice())) == (
        """\
1  +  v1 = a + a = 3 + 3 = 6
2     v1.grad = 1
3  +  a.grad += v1.grad × 1 = 1 × 1 = 1   now 1
4  +  a.grad += v1.grad × 1 = 1 × 1 = 1   now 2"""
    )


def test_the_table_of_a_constant_and_an_op_by_hand():
    assert str(steps(square_of(named(3.0, "x")) / 2)) == (
        """\
1  square  v1 = square(x) = square(3) = 9
2  /       v3 = v1 / 2 = 9 / 2 = 4.5
3          v3.grad = 1
4  /       v1.grad += v3.grad × (1 / 2) = 1 × 0.5 = 0.5           now 0.5
5  /       v2.grad += v3.grad × (−v3 / 2) = 1 × (−2.25) = −2.25   now −2.25
6  square  x.grad += v1.grad × ∂v1/∂x = 0.5 × 6 = 3               now 3"""
    )


def test_the_table_of_a_single_leaf():
    assert str(steps(single())) == "1    alone.grad = 1"


def test_nan_and_infinity_are_words():
    with ignore_anomaly():
        text = str(steps(not_finite()))

    assert "= 0 / 0 = nan" in text
    assert "infinity" in text


HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "a\nb\r\n\x00\x1b[31m",
    "\u202egrad",
    'quote " and \\ and \ud800',
    "a) = (b",
    "x" * 10_000,
    "\ue000 * {0} %s",
]


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_labels_can_break_neither_the_table_nor_the_json(label):
    x = named(2.0, label)
    y = Value(4.0, (x,), label) * (x.relu() / 4.0).tanh()
    y.operands[0]._backward = lambda: None
    found = steps(y)
    text, data = str(found), found.to_json()

    assert len(text.splitlines()) == len(found)
    assert max(map(len, text.splitlines())) < 1000
    assert text.replace("\n", "").isprintable()
    assert json.loads(data.encode().decode())["nodes"][0]["name"] == found.names[0]


# JSON


@pytest.mark.parametrize("make", GRAPHS)
def test_json_is_strict_and_has_every_number(make):
    with ignore_anomaly():
        found = steps(make())
    data = json.loads(found.to_json(), parse_constant=pytest.fail)

    def number(x):
        return float(x) if isinstance(x, str) else x

    assert len(data["steps"]) == len(found)
    for step, record in zip(data["steps"], found, strict=True):
        for field in ("upstream", "local", "contribution", "before", "after"):
            assert same(number(step[field]), getattr(record, field))
        assert step["text"] in str(found)
    for i, node in enumerate(data["nodes"]):
        assert same(number(node["data"]), found.graph.data[i])
        assert same(number(node["grad"]), found.grads[i])
        assert tuple(node["operands"]) == found.graph.operands[i]
        assert node["constant"] == found.graph.is_constant(i)


def test_what_json_has_no_number_for_is_a_string():
    x = named(math.inf, "x")
    with ignore_anomaly():
        data = json.loads(steps(x - x).to_json())

    assert [node["data"] for node in data["nodes"]] == ["inf", "nan"]


# An op that cannot be read as text


def test_an_op_of_a_users_own_that_calls_math_is_shown_by_its_name():
    soft = Op("soft", lambda xp, x: math.exp(x), (lambda xp, y, x: math.exp(float(x)),))
    found = steps(apply(soft, named(-20.0, "x")))

    assert found[0].rule == "soft(x)"
    assert found[-1].rule == ""
    assert "∂v1/∂x" in str(found)
    assert json.loads(found.to_json())["nodes"][1]["marks"] == []


def test_a_label_that_is_a_formula_itself_stands_in_brackets():
    q, k = named(3.0, "x1*w1 + b"), named(2.0, "k")
    o = q * k
    o.label = "o"

    assert str(steps(o)).splitlines() == [
        "1  *  o = (x1*w1 + b) * k = 3 * 2 = 6",
        "2     o.grad = 1",
        "3  *  (x1*w1 + b).grad += o.grad × k = 1 × 2 = 2   now 2",
        "4  *  k.grad += o.grad × (x1*w1 + b) = 1 × 3 = 3   now 3",
    ]


def test_the_table_ends_with_the_marks():
    a = named(1.0, "a")
    b = a * 2
    a.data = 5.0

    assert str(steps(b)).splitlines()[-1] == (
        "v2 is stale: data changed since this was computed: run forward again"
    )


@pytest.mark.parametrize("index", [-2, 3, "a", None, 0.0])
def test_a_step_that_is_not_there_is_refused(index):
    with pytest.raises(IndexError, match="no such step: got index="):
        steps(named(2.0, "x").exp()).grads_after(index)


@pytest.mark.parametrize("target", [np.array([Value(1.0)]), None, "y", [Value(1.0)]])
def test_what_is_neither_a_value_nor_a_program_is_refused(target):
    with pytest.raises(TypeError, match="nothing to show: got "):
        steps(target)


def test_an_example_is_for_programs():
    with pytest.raises(TypeError, match="0 arrays and example=3; expected a Value"):
        steps(Value(2.0), example=3)
