"""`gradcheck` on ops written by hand: which step is wrong, and how."""

import math

import pytest

from micrograd_nn import Value
from micrograd_nn.gradcheck import Verdict, gradcheck


def by_hand(name, function, slope, step=None):
    """An op of one operand as in the lectures, its rule perhaps not as it should be."""

    def op(x):
        out = Value(function(x.data), (x,), name)

        def add():
            x.grad += slope(x.data, out.data) * out.grad

        out._backward = (lambda: step(x, out)) if step else add
        return out

    return op


def product(fault_a=1.0, fault_b=1.0):
    def op(a, b):
        out = Value(a.data * b.data, (a, b), "product")

        def step():
            a.grad += fault_a * b.data * out.grad
            b.grad += fault_b * a.data * out.grad

        out._backward = step
        return out

    return op


tanh = by_hand("mytanh", math.tanh, lambda x, t: 1.0 - t * t)


def test_right_steps_by_hand_pass():
    report = gradcheck(
        lambda x, w: tanh(product()(x, w)) * x + product()(x, x), 0.5, 0.7
    )

    assert report, str(report)


def test_partials_given_as_numbers_are_checked():
    def right(x):
        return Value(x.data**2, (x,), (2.0 * x.data,))

    def wrong(x):
        return Value(x.data**2, (x,), (x.data,))

    assert gradcheck(lambda x: right(x) + x, 3.0)
    report = gradcheck(lambda x: wrong(x) + x, 3.0)
    assert not report
    assert report.wrong_op.partial.numeric.value == pytest.approx(6.0)


def test_a_wrong_rule_by_hand_is_named_among_right_ones():
    wrong = by_hand("badtanh", math.tanh, lambda x, t: 1.0 - t)

    report = gradcheck(
        lambda x, w: tanh(x * w) * wrong(product()(x, w) + 1.0), 0.5, 0.7
    )

    assert not report
    assert (report.wrong_op.op, report.wrong_op.position) == ("badtanh", 0)
    assert report.wrong_op.partial.analytic == pytest.approx(1.0 - math.tanh(1.35))
    assert report.wrong_op.partial.numeric.value == pytest.approx(
        1.0 - math.tanh(1.35) ** 2
    )


@pytest.mark.parametrize(("faults", "position"), [((2.0, 1.0), 0), ((1.0, 0.0), 1)])
def test_the_wrong_operand_of_two_is_named(faults, position):
    report = gradcheck(lambda x, w: product(*faults)(x.sin(), w.exp()), 0.5, 0.7)

    assert not report
    assert (report.wrong_op.op, report.wrong_op.position) == ("product", position)


def test_an_operand_that_does_not_depend_on_the_inputs_is_not_blamed():
    wrong = product(2.0, 2.0)

    report = gradcheck(lambda x: wrong(x.sin(), Value(3.0)), 0.5)

    assert not report
    assert (report.wrong_op.op, report.wrong_op.position) == ("product", 0)


def test_if_the_operands_move_as_one_the_op_is_named():
    report = gradcheck(lambda x: product(2.0, 1.0)(x.sin(), x.exp()), 0.5)

    assert not report
    assert (report.wrong_op.op, report.wrong_op.position) == ("product", None)


def test_if_both_operands_are_wrong_the_op_is_named():
    report = gradcheck(lambda x, w: product(2.0, 2.0)(x.sin(), w.exp()), 0.5, 0.7)

    assert not report
    assert (report.wrong_op.op, report.wrong_op.position) == ("product", None)


STEPS = {
    "sets instead of adding": (
        lambda x, out: setattr(x, "grad", 2.0 * x.data * out.grad),
        "sets the operand's grad instead of adding",
    ),
    "ignores the grad of its output": (
        lambda x, out: setattr(x, "grad", x.grad + 2.0 * x.data),
        "does not multiply by the grad of its output",
    ),
}


@pytest.mark.parametrize("kind", STEPS)
def test_a_step_that_mistreats_grads_is_recognised(kind):
    step, fault = STEPS[kind]
    square = by_hand("square", lambda x: x * x, None, step)

    report = gradcheck(lambda x: 3.0 * square(x) + x, 2.0)

    assert not report
    assert report.wrong_op.op == "square"
    assert fault in str(report)


def test_a_step_that_adds_twice_is_recognised():
    def twice(x, out):
        x.grad += math.cos(x.data) * out.grad
        x.grad += math.cos(x.data) * out.grad

    report = gradcheck(by_hand("sine", math.sin, None, twice), 0.4)

    assert not report
    assert report.rows[0].hint == "a factor 2 too much, or added twice"


def test_an_operand_that_was_not_named_is_found():
    def square(x):
        return Value(x.data**2, (), "square")

    report = gradcheck(lambda x: square(x) + x, 3.0)

    assert not report
    assert "the path is cut at the leaf 9.0" in str(report)


def test_a_step_on_a_kink_is_not_blamed():
    relu = by_hand("myrelu", lambda x: max(x, 0.0), lambda x, y: float(x > 0.0))

    report = gradcheck(lambda x: relu(x) + x, 0.0)

    assert report.verdict is Verdict.KINK


def test_a_step_in_a_function_with_branches_is_checked_on_its_own_branch():
    def f(x):
        return tanh(x) * 2.0 if x > 0.5 else x

    assert gradcheck(f, 0.6)
