"""`gradcheck` passes right gradients, fails wrong ones and changes nothing."""

import math
import random

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import OPS, Op, Value, apply
from micrograd_nn.gradcheck import Verdict, gradcheck
from micrograd_nn.gradcheck.op_by_op import first_wrong_op

RNG = random.Random(5)


def sampled(op):
    """A point inside the op's domain, away from its kinks and ties."""
    intervals = op.domain * 3 if op.nary else op.domain
    return [RNG.uniform(low, high) for low, high in intervals]


@pytest.mark.parametrize("name", OPS)
def test_every_op_passes_in_first_and_second_order(name):
    op = OPS[name]

    report = gradcheck(lambda xs: apply(op, *xs), sampled(op), order=2)

    assert report, str(report)


RIGHT = {
    "polynomial": (lambda x: x**3 - 2.0 * x + 1.0, (1.5,)),
    "used twice": (lambda x: x * x + x.sin() * x, (0.7,)),
    "diamond": (lambda a, b: (a + b) * (a * b) / (a + b).exp(), (1.5, -0.3)),
    "large": (lambda x: x**2 * 1e8, (1e4,)),
    "small": (lambda x: (x * 1e-6).tanh(), (1e-3,)),
    "zero gradient": (lambda x: (x.sin() ** 2 + x.cos() ** 2) * 3.0, (1.0,)),
    "unused input": (lambda x, y: x * 2.0, (1.0, 5.0)),
    "constant": (lambda x: 3.0, (1.0,)),
    "identity": (lambda x: x, (1.0,)),
    "branch": (lambda x: x**2 if x > 0 else -x, (0.5,)),
    "softmax": (lambda xs: mn.softmax(xs)[0].log(), ([0.2, -1.0, 3.0],)),
    "close to a pole": (lambda x: 1.0 / x + x.log(), (1e-9,)),
    "close to a kink": (lambda x: (x - 1.0).relu() * x, (1.0 + 1e-7,)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_gradients_pass(name):
    f, point = RIGHT[name]

    report = gradcheck(f, *point)

    assert report.verdict is Verdict.PASS, str(report)
    assert report.wrong_op is None
    assert report.notes == ()


def test_inputs_may_be_values_numbers_and_trees_of_them():
    def f(w, table, x):
        return (w[0] * x + w[1][0] * table["b"]).tanh() + w[2] * table["a"][1, 0]

    array = np.array([[1.0, 2.0], [3.0, 4.0]])
    report = gradcheck(f, [1, (Value(2.0),), 0.5], {"a": array, "b": 0.1}, x=0.3)

    assert report, str(report)
    assert {row.name for row in report.rows} == {
        *("df/dw[0]", "df/dw[1][0]", "df/dw[2]", "df/dtable['b']", "df/dx"),
        *(f"df/dtable['a'][{i}, {j}]" for i in (0, 1) for j in (0, 1)),
    }


def test_each_of_several_outputs_is_checked():
    report = gradcheck(lambda x, y: {"sum": x + y, "both": [x * y, x]}, 2.0, 3.0)

    assert report
    assert len(report.rows) == 6
    assert "df['both'][0]/dy" in {row.name for row in report.rows}


def test_inputs_without_a_name_in_the_signature_are_numbered():
    report = gradcheck(lambda *xs: xs[0] * xs[1], 2.0, 3.0)

    assert {row.name for row in report.rows} == {"df/dinputs[0]", "df/dinputs[1]"}


def test_a_callable_without_a_signature_can_be_checked():
    assert gradcheck(max, 1.0, 2.0)


FACTORS = {
    "sign": (-1.0, "the sign is wrong"),
    "factor 2": (2.0, "a factor 2 too much, or added twice"),
    "one half": (0.5, "a factor 2 is missing"),
    "minus 2": (-2.0, "the sign is wrong, and a factor 2 too much"),
    "minus half": (-0.5, "the sign is wrong, and a factor 2 is missing"),
    "zero": (0.0, "nothing comes back"),
    "three times": (3.0, "a factor 3 too much, or added that often"),
    "a third": (1.0 / 3.0, "a factor 3 is missing"),
    "+1%": (1.01, "nearly right"),
    "+0.05%": (1.0005, "nearly right"),
    "+1e-4": (1.0001, "nearly right"),
    "+1e-5": (1.00001, "nearly right"),
    "nan": (math.nan, "f is smooth here: its rule divides by zero"),
    "infinite": (math.inf, "f is smooth here: its rule divides by zero"),
    "odd": (0.7, ""),
}


@pytest.mark.parametrize("kind", FACTORS)
def test_a_wrong_factor_fails_and_names_op_operand_and_cause(kind):
    factor, hint = FACTORS[kind]
    wrong = Op(
        "wrong",
        forward=lambda xp, a, b: xp.sin(a) * b,
        partials=(
            lambda xp, y, a, b: xp.cos(a) * b,
            lambda xp, y, a, b: factor * xp.sin(a),
        ),
    )

    report = gradcheck(lambda x, w: apply(wrong, x * 2.0, w.exp()) + w, 0.4, 0.3)

    assert not report
    assert report.verdict is Verdict.FAIL
    assert [row.name for row in report.rows if row.verdict is Verdict.FAIL] == ["df/dw"]
    assert (report.wrong_op.op, report.wrong_op.position) == ("wrong", 1)
    assert report.wrong_op.inputs == (0.8, math.exp(0.3))
    assert report.wrong_op.partial.numeric.value == pytest.approx(math.sin(0.8))
    assert report.wrong_op.partial.hint.startswith(hint)


def test_the_partial_of_the_reciprocal_is_recognised():
    wrong = Op("wrong", lambda xp, x: 1.7 * x, (lambda xp, y, x: 1.0 / 1.7,))

    assert gradcheck(lambda x: apply(wrong, x), 2.0).rows[0].hint == (
        "it is 1 over the right one"
    )


def test_swapped_operands_are_recognised():
    swapped = Op(
        "swapped",
        forward=lambda xp, a, b: a * b,
        partials=(lambda xp, y, a, b: a, lambda xp, y, a, b: b),
    )

    report = gradcheck(lambda a, b: apply(swapped, a, b), 2.0, 3.0)

    assert not report
    assert report.wrong_op.op == "swapped"
    assert "df/da and df/db have each other's value" in str(report)


def test_a_wrong_op_over_many_operands_is_found():
    wrong = Op(
        "total",
        forward=lambda xp, xs: xp.sum(xs),
        partials=(lambda xp, y, xs: [1.0] * (len(xs) - 1) + [0.0],),
        nary=True,
    )

    report = gradcheck(lambda xs: apply(wrong, *xs), [1.0, 2.0, 3.0])

    assert not report
    assert (report.wrong_op.op, report.wrong_op.position) == ("total", 2)


def test_of_many_operands_some_fifty_are_tried():
    tried = set()

    def forward(xp, xs):
        tried.update(i for i, x in enumerate(xs) if x != 1.0)
        return xp.sum(xs)

    total = Op("total", forward, (lambda xp, y, xs: [1.0 for _ in xs],), nary=True)

    first_wrong_op([apply(total, *[Value(1.0) for _ in range(1000)])])

    assert 40 <= len(tried) <= 60


def test_an_op_is_wrong_even_where_its_error_does_not_reach_the_end():
    wrong = Op("wrong", lambda xp, x: x * x, (lambda xp, y, x: x,))

    report = gradcheck(lambda x: (apply(wrong, x) - 100.0).relu() + x, 3.0)

    assert [row.verdict for row in report.rows] == [Verdict.PASS]
    assert not report
    assert report.wrong_op.op == "wrong"


def test_the_first_wrong_op_of_a_chain_is_named():
    def wrong(name):
        return Op(name, lambda xp, x: 2.0 * x, (lambda xp, y, x: 1.0,))

    report = gradcheck(lambda x: apply(wrong("outer"), apply(wrong("inner"), x)), 1.0)

    assert report.wrong_op.op == "inner"


def test_a_path_that_was_cut_is_told_from_a_wrong_op():
    report = gradcheck(lambda x, y: x * Value(y.data) + y, 1.5, 4.0)

    assert not report
    assert report.wrong_op is None
    assert "the path is cut at the leaf 4.0" in str(report)


def test_a_cut_path_is_not_looked_for_across_branches():
    def f(x):
        return x * Value(x.data) if x.data == 3.0 else x * x + 0.0

    report = gradcheck(f, 3.0)

    assert not report
    assert "no path is cut" in str(report)


def test_a_part_computed_before_the_call_is_recognised():
    w = Value(2.0)
    before = w * 3.0

    report = gradcheck(lambda x: before * x, 1.0, parameters=[w])

    assert not report
    assert "is a part of f computed before the call?" in report.rows[0].hint
    assert "no path is cut in f" in report.notes[0]


KINKS = {
    "relu": (lambda x: x.relu(), (0.0,)),
    "abs": (lambda x: abs(x - 1.0), (1.0,)),
    "tie": (lambda a, b: a.maximum(b), (2.0, 2.0)),
    "tie of three": (lambda xs: mn.max(xs), ([1.0, 1.0, 1.0],)),
    "inside": (lambda x: ((x * 2.0 - 2.0).relu() * 3.0 + x).exp(), (1.0,)),
}


@pytest.mark.parametrize("name", KINKS)
def test_a_sub_gradient_passes_at_a_kink_and_the_report_says_so(name):
    f, point = KINKS[name]

    report = gradcheck(f, *point)

    assert report
    assert report.verdict is Verdict.KINK
    assert "f has a kink here" in str(report)


def test_what_is_no_sub_gradient_fails_at_a_kink():
    wrong = Op("wrong", lambda xp, x: xp.maximum(x, 0.0), (lambda xp, y, x: 1.001,))

    report = gradcheck(lambda x: apply(wrong, x), 0.0)

    assert report.verdict is Verdict.FAIL
    assert report.wrong_op.op == "wrong"


UNDECIDED = {
    "edge": (lambda x: x.sqrt(), 0.0, "not defined on one side"),
    "edge with a slope": (
        lambda x: x * 2.0 if x >= 0 else math.nan,
        0.0,
        "not defined on one side",
    ),
    "pole": (lambda x: x.log(), 0.0, "f is -inf here"),
    "outside": (lambda x: x.log(), -1.0, "f is nan here"),
    "jump": (lambda x: x + (1.0 if x > 0 else 0.0), 0.0, "f jumps"),
    "noise": (lambda x: (x + 1e14) - 1e14, 0.3, "hides the slope"),
    "fast": (lambda x: (x * 1e9).sin(), 1e3, "swings too fast"),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_cannot_be_told_is_never_a_pass(name):
    f, x, reason = UNDECIDED[name]

    report = gradcheck(f, x)

    assert not report
    assert report.verdict is Verdict.INCONCLUSIVE
    assert reason in str(report)
    assert report.wrong_op is None


def test_a_wrong_slope_at_an_edge_fails():
    wrong = Op("wrong", lambda xp, x: xp.pow(x, 1.5), (lambda xp, y, x: 1.0,))

    assert gradcheck(lambda x: apply(wrong, x), 0.0).verdict is Verdict.FAIL


def test_a_function_that_gives_other_results_each_time_is_told():
    report = gradcheck(lambda x: x * random.random(), 1.0)

    assert not report
    assert report.verdict is Verdict.NONDETERMINISTIC
    assert "equal inputs gave other results" in str(report)
    assert "NONDETERMINISTIC" in repr(report)


def test_a_function_that_is_always_nan_is_not_called_nondeterministic():
    assert gradcheck(lambda x: x * math.nan, 1.0).verdict is Verdict.INCONCLUSIVE
