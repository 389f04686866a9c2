import math
import threading
import warnings

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Op, Value, apply, detect_anomaly, grad
from micrograd_nn.anomaly import ignore_anomaly

INF = math.inf


def log_of_array():
    with np.errstate(invalid="ignore"):  # NumPy warns too, and names no operand
        return np.log(np.array([Value(0.0)]))


OPERATIONS = {
    "an operator": (lambda: Value(1.0) / Value(0.0), "/ gave inf: got 1.0, 0.0"),
    "a reflected one": (lambda: 1 / Value(0.0), "/ gave inf: got 1.0, 0.0"),
    "a power": (lambda: Value(1e200) ** 2, r"power gave inf: got 1e\+200"),
    "a method": (lambda: Value(1000.0).exp(), "exp gave inf: got 1000.0"),
    "a method of two": (
        lambda: apply((Value(2.0) ** Value(1.0)).op, -2.0, 0.5),
        r"\*\* gave nan: got -2.0, 0.5",
    ),
    "a sum": (lambda: mn.sum([1e308, 1e308]), r"sum gave inf: got 1e\+308, 1e\+308"),
    "an array": (log_of_array, "log gave -inf: got 0.0"),
    "a reduction": (lambda: sum([Value(1e308), 1e308]), r"\+ gave inf: got"),
}
GRADIENTS = {
    "backward": (
        lambda: Value(0.0, label="x").sqrt().backward(),
        "gradient through sqrt is inf: got upstream grad=1.0, partial=inf for operand "
        "0, x=0.0",
    ),
    "grad": (
        lambda: grad(lambda x: x.sqrt())(0.0),
        "gradient is inf: got a point where it is not finite",
    ),
    "value_and_grad": (
        lambda: mn.value_and_grad(lambda x: x.sqrt())(0.0),
        "gradient is inf",
    ),
}
cases = pytest.mark.parametrize("case", [*OPERATIONS, *GRADIENTS])


@cases
def test_a_warning_names_the_op_and_points_at_the_line_of_the_user(case):
    run, message = (OPERATIONS | GRADIENTS)[case]
    with pytest.warns(RuntimeWarning, match=message) as caught:
        run()

    lines = {line for *_, line in run.__code__.co_lines()}
    assert {warning.filename for warning in caught} == {__file__}
    assert {warning.lineno for warning in caught} <= lines
    assert "Run it under `with detect_anomaly():`" in str(caught[0].message)


@cases
def test_detect_anomaly_raises_there(case):
    run, message = (OPERATIONS | GRADIENTS)[case]
    with detect_anomaly(), pytest.raises(FloatingPointError, match=message):
        run()


@cases
def test_ignore_anomaly_says_nothing(case):
    run, _ = (OPERATIONS | GRADIENTS)[case]
    with ignore_anomaly():
        run()


def test_what_comes_in_not_finite_is_not_reported():
    inf = Value(INF)
    with detect_anomaly():
        results = [inf + 1, inf.exp(), mn.sum([inf, 1.0]), Value(math.nan) * 2]

    assert not any(math.isfinite(y.data) for y in results)


@pytest.mark.parametrize("f", [lambda x: x - x, lambda x: x * 0, lambda x: x.sin()])
def test_the_first_nan_is_reported_even_if_an_infinity_came_in(f):
    with pytest.warns(RuntimeWarning, match="gave nan: got inf"):
        y = f(Value(INF))

    assert math.isnan(y.data)


def test_a_long_list_of_operands_is_cut():
    with pytest.warns(RuntimeWarning, match=r"got 1e\+308(, 1e\+308){3}; "):
        mn.sum([1e308] * 4)
    with pytest.warns(RuntimeWarning, match=r"got 1e\+308(, 1e\+308){3}, ...; "):
        mn.sum([1e308] * 5)


def test_labels_name_operands():
    with pytest.warns(RuntimeWarning, match="exp gave inf: got logit=1000.0;"):
        Value(1000.0, label="logit").exp()


def test_the_first_edge_that_is_not_finite_is_named():
    x = Value(0.0, label="x")
    y = (x.sqrt() * 3.0 + 1.0) ** 2
    with pytest.warns(RuntimeWarning, match="through sqrt is inf.* grad=6.0, part"):
        y.backward()

    assert x.grad == INF


def test_a_gradient_that_nobody_asked_for_is_not_reported():
    with detect_anomaly():
        x = Value(2.0)
        y = 0.0 ** (x - 1.5)  # d/d0 is infinite, and no one's
        y.backward()

    assert x.grad == 0.0


def test_a_grad_that_was_not_finite_before_is_not_reported():
    x = Value(1.0)
    x.grad = math.nan
    with detect_anomaly():
        (x * 2).backward()

    assert math.isnan(x.grad)


@pytest.mark.parametrize("overflow", ["sum of paths", "local gradient", "step"])
def test_no_leaf_gets_an_infinity_in_silence(overflow):
    x = Value(0.5)
    if overflow == "sum of paths":
        y = x * 1e308 + x * 1e308
    else:
        y = Value(1.0, (x,), (INF,))
    if overflow == "step":
        y._backward = lambda: setattr(x, "grad", INF)
    with pytest.warns(RuntimeWarning, match="gradient"):
        y.backward()


def test_a_report_leaves_no_half_state_where_it_raises():
    x = Value(1.0)
    x.grad = 5.0
    with detect_anomaly():
        with pytest.raises(FloatingPointError):
            y = x * 1e308 * 10
        y = x * 2
        y.backward()

    assert x.grad == 7.0


def test_the_policy_ends_with_its_block():
    with detect_anomaly():
        with ignore_anomaly():
            Value(0.0).log()
        with pytest.raises(FloatingPointError):
            Value(0.0).log()
    with pytest.raises(RuntimeWarning):
        Value(0.0).log()


def test_an_exception_ends_the_policy():
    with pytest.raises(KeyError), ignore_anomaly():
        raise KeyError
    with pytest.warns(RuntimeWarning):
        Value(0.0).log()


def test_the_policy_may_decorate_a_function():
    @detect_anomaly()
    def f(x):
        return x.log()

    for _ in range(2):
        with pytest.raises(FloatingPointError, match=r"log gave -inf: got 0.0"):
            f(Value(0.0))
    assert f(Value(1.0)).data == 0.0


def test_the_policy_of_one_thread_is_not_that_of_another():
    raised = []

    def work():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                Value(0.0).log()
            except RuntimeWarning:
                raised.append("warning")

    with detect_anomaly():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    assert raised == ["warning"]


def test_higher_order_readings_are_quiet():
    with detect_anomaly():
        assert grad(lambda x: 0.0**x)(2.0) == 0.0
        assert grad(grad(lambda x: x**2))(0.0) == 2.0


def test_an_op_of_the_user_is_reported_by_its_name():
    steep = Op("steep", lambda xp, x: 1.0 / x, (lambda xp, y, x: -y / x,))
    with pytest.warns(RuntimeWarning, match="steep gave inf: got 0.0"):
        apply(steep, 0.0)
