"""What `gradcheck` covers beyond a few first derivatives: orders, and large models."""

import math

import pytest

import micrograd_nn as mn
from micrograd_nn import Op, Value, apply
from micrograd_nn.gradcheck import check, gradcheck


def test_second_derivatives_are_checked_under_their_names():
    report = gradcheck(lambda x, y: x**3 * y, 2.0, 5.0, order=2)

    assert report
    rows = {row.name: row.analytic for row in report.rows}
    assert rows == {
        **{"df/dx": 60.0, "df/dy": 8.0},
        **{"d(df/dx)/dx": 60.0, "d(df/dx)/dy": 12.0},
        **{"d(df/dy)/dx": 12.0, "d(df/dy)/dy": 0.0},
    }


def test_a_partial_that_is_right_but_cut_fails_in_second_order_only():
    cut = Op(
        "cut",
        forward=lambda xp, x: x * x,
        partials=(lambda xp, y, x: 2.0 * getattr(x, "data", x),),
    )

    def f(x):
        return apply(cut, x)

    assert gradcheck(f, 3.0)
    report = gradcheck(f, 3.0, order=2)
    assert not report
    assert report.rows[0].name == "d(df/dx)/dx"
    assert "the path is cut at the leaf 6.0" in str(report)


def test_third_derivatives_are_checked():
    report = gradcheck(lambda x: x.sin(), 0.4, order=3)

    assert report
    assert report.rows[0].name.count("/dx") <= 3
    assert "d(d(df/dx)/dx)/dx" in {row.name for row in report.rows}


def test_second_order_refuses_ops_by_hand():
    def tanh(x):
        return Value(math.tanh(x.data), (x,), (1.0 - math.tanh(x.data) ** 2,))

    with pytest.raises(TypeError, match="no formula to differentiate: got op="):
        gradcheck(tanh, 0.5, order=2)


def spread(xs):
    return mn.sum(x.sin() for x in xs)


def test_of_many_inputs_a_direction_and_a_sample_are_checked():
    report = gradcheck(spread, [0.01 * i for i in range(242)])

    assert report, str(report)
    assert len(report.rows) == 51
    assert "df/d(random direction)" in {row.name for row in report.rows}
    assert report.notes == (
        "242 inputs were checked in one random direction, all together, and 50 of "
        "them one by one",
    )
    assert "and 41 more gradients, none of them worse" in str(report)


def test_one_bug_among_many_inputs_is_found():
    xs = [0.1 * i for i in range(300)]

    report = gradcheck(lambda xs: spread(xs) + Value(xs[123].data), xs)

    assert not report
    assert report.rows[0].name in ("df/d(random direction)", "df/dxs[123]")
    assert f"the leaf {xs[123]}" in str(report)


def test_many_outputs_are_checked_as_a_sum():
    def f(xs, fault=0.0):
        ys = [x * x for x in xs]
        return [*ys[:-1], ys[-1] + fault * Value(xs[-1].data)]

    xs = [0.1 * i for i in range(1, 31)]

    assert "30 outputs were checked as one sum" in str(gradcheck(f, xs))
    assert not gradcheck(lambda xs: f(xs, fault=1.0), xs)


@pytest.fixture
def tried(monkeypatch):
    """How many nodes were to be checked alone, one number for each call."""
    counts = []
    monkeypatch.setattr(
        check, "first_wrong_op", lambda nodes, rtol: counts.append(len(nodes))
    )
    return counts


def chain(x):
    for _ in range(750):
        x = x + 1.0
    return x


def test_of_a_large_graph_that_agrees_a_thousand_ops_are_tried(tried):
    assert gradcheck(chain, 2.0)
    assert tried == [1000]


def test_of_a_large_graph_that_does_not_agree_every_op_is_tried(tried):
    assert not gradcheck(lambda x: chain(x) + Value(x.data), 2.0)
    assert tried == [1503]


def test_the_seed_chooses_what_is_random():
    def names(seed):
        report = gradcheck(spread, [1.0] * 201, seed=seed)
        return {row.name for row in report.rows}

    assert names(1) == names(1) != names(2)
