"""`nudge` and `replayed`: a graph run again with other numbers, itself untouched."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import micrograd_nn as mn
from micrograd_nn import OPS, Value, apply
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.viz.nudge import nudge
from micrograd_nn.viz.replay import replayed
from micrograd_nn.viz.snapshot import snapshot
from tests.test_random_graphs import INPUTS, PROGRAMS, run
from tests.test_viz_steps import of_op, square_of, state_of


def named(data, label="x"):
    return Value(data, label=label)


def leaf_positions(graph):
    return [i for i, operands in enumerate(graph.operands) if not operands]


@settings(max_examples=60)
@given(PROGRAMS, INPUTS, st.floats(-2.0, 2.0))
def test_a_replay_has_the_numbers_of_a_new_graph(program, numbers, other):
    with ignore_anomaly():
        leaves = list(map(Value, numbers))
        graph = snapshot(run(program, leaves))
        if leaves[0] not in graph.order:
            return
        again = replayed(graph, {graph.order.index(leaves[0]): other})
        new = snapshot(run(program, list(map(Value, [other, *numbers[1:]]))))

    assert repr(again.data) == repr(new.data)


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_every_op_runs_again_to_the_same_number(op):
    graph = snapshot(of_op(op))
    leaves = {i: graph.data[i] for i in leaf_positions(graph)}

    assert replayed(graph, leaves).data == graph.data


def test_what_does_not_depend_on_it_keeps_its_number():
    x, y = named(2.0), named(3.0, "y")
    beside = square_of(y)  # which could not be run again
    graph = snapshot(x * 2.0 + beside)

    assert replayed(graph, {graph.position(x): 5.0}).data[-1] == 19.0


def test_a_node_on_the_way_can_be_replaced():
    x = named(2.0)
    y = x * x
    graph = snapshot(y + x)

    assert replayed(graph, {graph.position(y): 10.0}).data == [2.0, 10.0, 12.0]


def test_nothing_of_the_graph_changes():
    x = named(2.0)
    root = (x * x).exp() + x
    root.backward()
    epoch, before = mn.epochs.now, repr(state_of(root))

    nudge(root, x)

    assert repr(state_of(root)) == before
    assert mn.epochs.now == epoch


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_every_op_moves_as_its_gradient_says(op):
    low, high = op.domain[0]
    xs = [Value(low + (high - low) * (0.55 + 0.1 * i)) for i in range(3)]
    operands = xs if op.nary else xs[: len(op.partials)]
    root = apply(op, *operands)
    for leaf in operands:
        found = nudge(root, leaf, 1e-5)

        assert found.before == root.data
        assert found.difference == pytest.approx(0.0, abs=1e-7)
        assert found.change == pytest.approx(found.predicted, abs=1e-7)


def test_what_is_off_shrinks_with_the_square_of_the_nudge():
    x = named(0.3)
    y = x.exp()
    coarse, fine = nudge(y, x, 1e-2), nudge(y, x, 1e-3)

    assert coarse.difference / fine.difference == pytest.approx(100.0, rel=0.01)


def test_the_text_says_what_moved_and_what_grad_says():
    x = named(3.0)
    y = x * x
    y.label = "y"

    assert str(nudge(y, x, -0.01)) == (
        "x − 0.01: y changes by −0.0599\n"
        "x.grad × (−0.01) = 6 × (−0.01) = −0.06, which is off by 0.0001"
    )


def test_at_a_kink_the_prediction_is_off_by_the_whole_change():
    x = named(0.0)
    found = nudge(x.relu(), x, 0.5)

    assert (found.change, found.predicted) == (0.5, 0.0)


def test_a_result_on_the_way_can_be_nudged_and_the_root():
    x = named(2.0)
    y = x * x
    root = y * 3.0

    assert nudge(root, y, 0.5).change == 1.5
    assert nudge(root, root, 0.5).change == 0.5
    assert nudge(root, root, 0.5).grad == 1.0


def test_a_constant_can_be_nudged():
    root = named(2.0) * 3.0

    assert nudge(root, root.operands[1], 0.5).change == 1.0


@pytest.mark.parametrize("x", [0.0, 1.0, -3e8, 1e-9, 1e200])
def test_left_out_h_fits_the_size_of_the_number(x):
    leaf = named(x)
    found = nudge(leaf + 0.0, leaf)

    assert found.h == pytest.approx(1e-4 * max(1.0, abs(x)))
    assert found.after == x + found.h


def test_h_is_what_rounding_leaves_of_it():
    x = named(1e16)
    found = nudge(x * 1.0, x, 3.0)

    assert found.h == 4.0
    assert found.difference == 0.0


@pytest.mark.parametrize("h", [0.0, math.nan, math.inf, 1e-30])
def test_a_nudge_that_moves_nothing_is_refused(h):
    x = named(2.0)

    with pytest.raises(
        ValueError, match=r"not a nudge: got h=.* for data=2.0; expected"
    ):
        nudge(x * x, x, h)


def test_a_nudge_that_is_no_number_is_refused():
    x = named(2.0)

    with pytest.raises(TypeError, match="not a number: got h='1'"):
        nudge(x * x, x, "1")


def test_an_op_by_hand_on_the_way_cannot_be_run_again():
    x = named(2.0)

    with pytest.raises(TypeError, match="no formula to run again: got v1 with op='squ"):
        nudge(square_of(x) + 1.0, x)


def test_numbers_that_changed_since_are_refused():
    x = named(2.0)
    y = x * x
    x.data = 3.0

    with pytest.raises(RuntimeError, match="data changed since it was used: got x=3"):
        nudge(y, x)


def test_a_node_outside_of_the_graph_is_refused():
    with pytest.raises(ValueError, match="not in the graph"):
        nudge(named(2.0) * 3.0, named(2.0))


def test_a_long_chain_is_run_again():
    x = root = named(1.0)
    for _ in range(5_000):
        root = root + random.choice((0.5, -0.5))

    assert nudge(root, x, 0.25).change == 0.25


def test_a_number_that_is_none_cannot_be_nudged():
    x = Value(math.nan, label="x")

    with pytest.raises(ValueError, match="not a nudge"):
        nudge(x * 2.0, x)
