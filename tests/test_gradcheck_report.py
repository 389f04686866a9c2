"""What the report of `gradcheck` says and how it prints."""

import pytest

from micrograd_nn import Op, Value, apply
from micrograd_nn.gradcheck import GradcheckReport, assert_gradcheck, gradcheck


def cut(x, y):
    return x * Value(y.data) + y


def test_the_call_in_the_report_repeats_it():
    report = gradcheck(cut, Value(0.1), y=[1e-7][0], seed=3, rtol=1e-5)

    assert report.call == "gradcheck(cut, 0.1, y=1e-07, rtol=1e-05, seed=3)"
    assert eval(report.call).rows == report.rows


def test_the_report_has_the_worst_first():
    report = gradcheck(
        lambda a, b, c, d: a + b.relu() + 1.001 * c - 0.001 * Value(c.data) + d.sqrt(),
        *(1.0, 0.0, 1.0, 0.0),
    )

    assert [row.verdict for row in report.rows] == [
        "fail",
        "inconclusive",
        "kink",
        "pass",
    ]


def test_a_failure_prints_all_that_is_needed():
    text = str(gradcheck(cut, 1.5, 4.0))

    for part in (
        "gradcheck: FAIL, 1 of 2 gradients are right",
        "FAIL  df/dy: analytic 1, numeric 2.5 ± ",
        "ratio 0.4, relative error 0.6",
        "slope on the left 2.5 ± ",
        "PASS  df/dx: analytic 4, numeric 4 ± ",
        "to repeat: gradcheck(cut, 1.5, 4.0)",
    ):
        assert part in text


def test_a_wrong_op_prints_all_that_is_needed():
    wrong = Op("wrong", lambda xp, a, b: a * b, (*[lambda xp, y, a, b: b] * 2,))

    text = str(gradcheck(lambda a, b: apply(wrong, a, b), 2.0, 3.0))

    assert "wrong op: 'wrong', operand 1, at inputs 2.0, 3.0\n" in text
    assert "FAIL  partial: analytic 3, numeric 2 ± " in text


def test_a_report_in_a_failed_assertion_tells_what_is_wrong():
    report = gradcheck(cut, 1.5, 4.0)

    assert repr(report).startswith(
        "<gradcheck: FAIL  df/dy: analytic 1, numeric 2.5 ± "
    )
    assert repr(gradcheck(lambda x: x, 1.0)) == (
        "<gradcheck: pass, 1 of 1 gradients are right>"
    )


def test_assert_gradcheck_raises_with_the_report():
    assert_gradcheck(lambda a, b: a / b, a=1.5, b=4.0)
    with pytest.raises(
        AssertionError, match=r"FAIL  df/dy: analytic 1, numeric 2\.5"
    ) as e:
        assert_gradcheck(cut, 1.5, y=4.0)

    assert isinstance(e.value.args[0], GradcheckReport)


def test_a_wider_tolerance_accepts_more():
    nearly = Op("nearly", lambda xp, x: 2.0 * x, (lambda xp, y, x: 2.0002,))

    assert not gradcheck(lambda x: apply(nearly, x), 1.0)
    assert gradcheck(lambda x: apply(nearly, x), 1.0, rtol=1e-3)
