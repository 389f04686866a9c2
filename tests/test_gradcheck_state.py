"""What `gradcheck` does with models: closures, state and bad input."""

import random
from contextlib import nullcontext

import pytest

import micrograd_nn as mn
from micrograd_nn import Op, Value, apply, no_grad
from micrograd_nn.gradcheck import gradcheck
from micrograd_nn.recording import is_paused


def network(size):
    """A closure over parameters: two inputs, `size` hidden units, one output."""
    rng = random.Random(3)
    rows = [[Value(rng.uniform(-1, 1)) for _ in range(3)] for _ in range(size)]
    last = [Value(rng.uniform(-1, 1), label=f"last{i}") for i in range(size)]

    def f(x, y):
        hidden = [(w[0] * x + w[1] * y + w[2]).tanh() for w in rows]
        return mn.sum(w * h for w, h in zip(last, hidden, strict=True))

    return f, [w for row in rows for w in row] + last


def test_the_parameters_of_a_closure_are_checked_under_their_names():
    f, parameters = network(2)

    report = gradcheck(f, 0.3, -0.5, parameters=parameters)

    assert report, str(report)
    names = {row.name for row in report.rows}
    assert {"df/dx", "df/dlast1", "df/dparameters[0]"} < names
    assert len(names) == 2 + len(parameters)
    assert report.call == "gradcheck(f, 0.3, -0.5, parameters=...)"


def test_a_function_may_have_parameters_only():
    w = Value(2.0, label="w")

    report = gradcheck(lambda: w**2, parameters=[w, w])

    assert [row.name for row in report.rows] == ["df/dw"]


def test_a_grad_from_before_does_not_count():
    w = Value(2.0)
    w.grad = 7.0

    assert gradcheck(lambda: w**2, parameters=[w])


def test_a_bug_in_the_gradient_of_a_parameter_is_found():
    w = Value(2.0, label="w")
    wrong = Op("wrong", lambda xp, a, b: a * b, (*[lambda xp, y, a, b: b] * 2,))

    report = gradcheck(lambda x: apply(wrong, x, w), 3.0, parameters=iter([w]))

    assert [row.name for row in report.rows if not row.verdict.passed] == ["df/dw"]


def fails(x):
    raise LookupError("f fails")


def fails_when_moved(x):
    if x.data != 3.0:
        raise LookupError("f fails")
    return x * 2.0


FAILING = (fails, fails_when_moved)


@pytest.mark.parametrize("f", [Value.exp, *FAILING])
def test_data_and_grads_are_afterwards_what_they_were(f):
    w, other = Value(3.0, label="w"), Value(5.0)
    w.grad, other.grad = 7.0, None
    earlier = w * w
    kept = other * 2.0
    kept.grad = 11.0

    with pytest.raises(LookupError) if f in FAILING else nullcontext():
        gradcheck(lambda: f(w) * kept * other, parameters=[w], order=2)

    assert (w.data, w.grad) == (3.0, 7.0)
    assert (other.data, other.grad, kept.grad) == (5.0, None, 11.0)
    earlier.backward()  # a graph from before the check still fits its data
    assert w.grad == 13.0


def test_values_given_as_inputs_are_left_alone():
    x = Value(3.0)
    x.grad = 7.0

    assert gradcheck(lambda x: x * x, x)
    assert (x.data, x.grad) == (3.0, 7.0)


def test_steps_by_hand_leave_the_grads_that_they_reach():
    w = Value(2.0)
    w.grad = 7.0

    def scaled(x):
        out = Value(x.data * w.data, (x, w), "scaled")

        def step():
            x.grad += w.data * out.grad
            w.grad += x.data * out.grad

        out._backward = step
        return out

    assert gradcheck(scaled, 3.0)
    assert w.grad == 7.0


def test_moved_passes_record_nothing():
    paused = []

    def f(x):
        paused.append(is_paused())
        return x.exp()

    gradcheck(f, 1.0)

    assert paused.count(True) > 40
    assert paused.count(False) < 10


def test_a_check_works_inside_no_grad():
    with no_grad():
        assert gradcheck(lambda x: x.exp() * x, 1.0, order=2)


def test_no_warning_comes_from_steps_that_leave_the_domain():
    assert gradcheck(lambda x: x.log() + x.sqrt(), 1e-3)


def test_random_numbers_of_the_user_are_not_disturbed():
    random.seed(1)
    expected = random.random()
    random.seed(1)

    gradcheck(mn.sum, [1.0] * 201)

    assert random.random() == expected


REFUSED = {
    "no inputs": ((lambda: Value(1.0),), {}, ValueError, "no inputs or parameters"),
    "no outputs": ((lambda x: [], 1.0), {}, ValueError, "got no outputs"),
    "no return": ((lambda x: None, 1.0), {}, TypeError, "not an output: got f=None"),
    "a text": ((lambda x: x, "1"), {}, TypeError, "not a number: got x='1'"),
    "text inside": ((lambda x: x, [1, "1"]), {}, TypeError, r"got x\[1\]='1'"),
    "order 0": ((lambda x: x, 1.0), {"order": 0}, ValueError, "got order=0"),
    "order 1.5": ((lambda x: x, 1.0), {"order": 1.5}, ValueError, "got order=1.5"),
    "rtol": ((lambda x: x, 1.0), {"rtol": 2.0}, ValueError, "got rtol=2.0"),
    "parameter": (
        (lambda x: x, 1.0),
        {"parameters": [1.0]},
        TypeError,
        r"not a parameter: got parameters\[0\]=1.0 \(float\); expected a Value",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_with_advice(name):
    arguments, settings, error, message = REFUSED[name]

    with pytest.raises(error, match=message):
        gradcheck(*arguments, **settings)
