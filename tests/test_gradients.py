import math
import random
from collections import namedtuple
from functools import reduce

import numpy as np
import pytest
from mpmath import mp

import micrograd_nn as mn
from micrograd_nn import OPS, Value, apply, grad, hessian, value_and_grad
from micrograd_nn.gradients import gradients_of
from tests.oracles import points_of, truth_of

# Any order, of every op ---------------------------------------------------------------

# Where no order of derivative is far out, and rounding costs little.
CALM = [(0.0,), (0.3,), (-0.3,), (1.0,), (2.5,), (-2.5,), (5.5,), (-5.5,)]
CALM_PAIRS = [(1.5, -2.0), (0.3, 2.5), (2.0, 3.0), (1.25, 1.0), (3.0, 0.5)]
CALM_LISTS = [(1.0, -2.0, 3.0), (20.5, 20.0), (-1.5, -0.5)]


def calm_points(op):
    calm = CALM_LISTS if op.nary else CALM if len(op.partials) == 1 else CALM_PAIRS
    # elu(1) has no second derivative at 0, though it has a first.
    return [
        point
        for point in calm
        if truth_of(op).smooth(*point) and (op.name, *point) != ("elu", 0.0)
    ]


def truths(op, point, order):
    """The derivative of that order, as mpmath finds it by differences."""
    with mp.workdps(60):
        numbers = tuple(map(mp.mpf, point))
        if sum(order) == 0:
            return float(truth_of(op).value(*numbers))
        return float(mp.diff(truth_of(op).value, numbers, order))


def derived(function, order):
    """`function` differentiated `order[i]` times by its argument i."""
    for argnum, times in enumerate(order):
        for _ in range(times):
            function = grad(function, argnum)
    return function


def orders_of(count):
    """The orders from 1 to 3 of so many arguments, the mixed ones included."""
    found = {()}
    for _ in range(count):
        found = {(*order, k) for order in found for k in range(4)}
    return sorted(order for order in found if 1 <= sum(order) <= 3)


@pytest.mark.parametrize("key", OPS)
def test_derivatives_to_the_third_order_are_those_of_mpmath(key):
    op = OPS[key]
    for point in calm_points(op):
        for order in orders_of(len(point)):
            got = derived(lambda *xs: apply(op, *xs), order)(*point)

            assert type(got) is float
            assert got == pytest.approx(truths(op, point, order), 1e-9, 1e-11), (
                point,
                order,
            )


@pytest.mark.parametrize("key", OPS)
def test_the_first_order_is_what_backward_finds(key):
    op = OPS[key]
    for point in points_of(op):
        values = list(map(Value, point))
        with mn.anomaly.ignore_anomaly():
            apply(op, *values).backward()
            found = grad(lambda xs: apply(op, *xs))(list(point))

        assert found == pytest.approx([v.grad for v in values], 1e-15, 0, nan_ok=True)


def differences(f, point, h=1e-5):
    """The rows of slopes of the list-valued `f`, by central differences."""
    rows = []
    for i, x in enumerate(point):
        low, high = ([*point[:i], x + step, *point[i + 1 :]] for step in (-h, h))
        rows.append((np.array(f(high)) - f(low)) / (2 * h))
    return np.array(rows)


@pytest.mark.parametrize("key", OPS)
def test_the_hessian_is_symmetric_and_that_of_differences(key):
    op = OPS[key]
    for point in calm_points(op):
        rows = np.array(hessian(lambda xs: apply(op, *xs))(list(point)))

        assert rows == pytest.approx(rows.T, 1e-12, 1e-14)
        assert rows == pytest.approx(
            differences(grad(lambda xs: apply(op, *xs)), list(point)), 1e-5, 1e-7
        )


def test_high_orders_of_an_exponential():
    assert derived(lambda x: (2 * x).exp(), (6,))(0.0) == 64.0


def test_high_orders_of_a_power_end_in_zero():
    assert derived(lambda x: x**3, (3,))(0.0) == 6.0
    assert derived(lambda x: x**3, (4,))(0.0) == 0.0
    assert derived(lambda x: x**3, (5,))(0.0) == 0.0


# Nested functions ---------------------------------------------------------------------


def test_perturbations_are_not_confused():
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: grad(lambda y: x * y)(x))(3.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: y * y * x)(x))(3.0) == 12.0
    assert grad(lambda x: grad(lambda x: x**3)(x) * x)(2.0) == 36.0


def test_three_levels_do_not_meet():
    f = grad(
        lambda x: grad(lambda y: grad(lambda z: x * y * z)(y) * x * y)(x)  # 2x**3
    )

    assert f(2.0) == pytest.approx(24.0)


def test_a_function_may_use_backward_inside():
    def f(x):
        inner = Value(3.0)
        (inner * inner).backward()
        return x * inner.grad

    assert grad(f)(2.0) == 6.0


def test_a_derivative_may_be_part_of_a_loss():
    """f'(x) = w at every x: fitted by the gradient of a gradient."""
    w = 0.5
    for _ in range(60):
        w -= 0.1 * grad(lambda w: (grad(lambda x: w * x)(1.0) - 3.0) ** 2)(w)

    assert w == pytest.approx(3.0, abs=1e-4)


# Arguments ----------------------------------------------------------------------------

Layer = namedtuple("Layer", "w b")
ARGUMENTS = {
    "a number": (3.0, lambda x: x**2, 6.0),
    "an int": (3, lambda x: x**2, 6.0),
    "a number of NumPy": (np.float64(3.0), lambda x: x**2, 6.0),
    "a list": ([3.0, 5.0], lambda x: x[0] * x[1], [5.0, 3.0]),
    "a tuple": ((3.0, 5.0), lambda x: x[0] * x[1], (5.0, 3.0)),
    "a dictionary": ({"a": 3.0, "b": 5.0}, lambda x: x["a"] ** 2, {"a": 6.0, "b": 0.0}),
    "a named tuple": (Layer(3.0, 5.0), lambda x: x.w * x.b, Layer(5.0, 3.0)),
    "a nest": (
        [{"w": (3.0, 4.0)}, 5.0],
        lambda x: x[0]["w"][0] * x[1],
        [{"w": (5.0, 0.0)}, 3.0],
    ),
}


@pytest.mark.parametrize("case", ARGUMENTS)
def test_the_gradient_has_the_shape_of_the_argument(case):
    argument, f, want = ARGUMENTS[case]
    got = grad(f)(argument)

    assert got == want
    assert type(got) is type(want)


def test_arrays_give_arrays():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    got = grad(lambda x: (x**3).sum())(x)

    assert got.dtype == float
    assert got.tolist() == (3 * x**2).tolist()


def test_argnums_choose_the_arguments():
    def f(x, y, scale=1.0):
        return scale * x**2 * y

    assert grad(f)(2.0, 3.0) == 12.0
    assert grad(f, 1)(2.0, 3.0) == 4.0
    assert grad(f, -1)(2.0, 3.0) == 4.0
    assert grad(lambda x: x * x, -1)(2.0) == 4.0
    assert grad(f, (0,))(2.0, 3.0) == (12.0,)
    assert grad(f, [1, 0])(2.0, 3.0) == (4.0, 12.0)
    assert grad(f, ())(2.0, 3.0) == ()
    assert grad(f, (0, 1))(2.0, 3.0, scale=10.0) == (120.0, 40.0)


@pytest.mark.parametrize("argnums", [(0, 0), (0, -2)])
def test_an_argument_is_chosen_once(argnums):
    with pytest.raises(ValueError, match="argnums"):
        grad(lambda x, y: x * y, argnums)(2.0, 3.0)


def test_value_and_grad_gives_both():
    assert value_and_grad(lambda x, y: x * y, (0, 1))(2.0, 5.0) == (10.0, (5.0, 2.0))
    assert value_and_grad(lambda x: 7.0)(2.0) == (7.0, 0.0)


def test_the_hessian_has_the_shape_twice():
    assert hessian(lambda x: x**3)(2.0) == 12.0
    assert hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0]) == [[10.0, 6.0], [6.0, 0.0]]
    assert hessian(lambda x: x["a"] ** 2)({"a": 3.0}) == {"a": {"a": 2.0}}
    assert hessian(lambda x, y: x * y * y, (0, 1))(2.0, 3.0) == ((0, 6), (6, 4))
    assert hessian(lambda x, y: x * y * y, 1)(2.0, 3.0) == 4.0


def test_the_hessian_by_an_array_is_an_array():
    got = hessian(lambda x: (x**3).sum() + x[0] * x[1])(np.array([1.0, 2.0]))

    assert got.dtype == float
    assert got.tolist() == [[6.0, 1.0], [1.0, 12.0]]


# Values and numbers -------------------------------------------------------------------


def test_values_give_values_that_can_be_differentiated_again():
    x = Value(2.0)
    slope = grad(lambda x: x**3)(x)
    slope.backward()

    assert type(slope) is Value
    assert (slope.data, x.grad) == (12.0, 12.0)


def test_no_grad_of_the_arguments_is_touched():
    x, w = Value(2.0), Value(3.0)
    x.grad = w.grad = 5.0
    grad(lambda x: x * w)(x)
    hessian(lambda x: x * x * w)(x)

    assert (x.grad, w.grad) == (5.0, 5.0)


def test_the_same_value_twice_is_two_arguments():
    x = Value(3.0)
    first, second = grad(lambda a, b: a * a * b, (0, 1))(x, x)

    assert (first.data, second.data) == (18.0, 9.0)


def test_what_f_reaches_some_other_way_is_not_the_argument():
    x = Value(3.0)

    assert grad(lambda y: x * y)(x).data == 3.0


def test_a_value_beside_the_chosen_argument_gives_values():
    w = Value(3.0)
    slope = grad(lambda x, w: w * x * x)(2.0, w)
    slope.backward()

    assert slope.data == 12.0
    assert w.grad == 4.0


def test_integers_and_booleans_may_come_out_of_f():
    assert grad(lambda x: 3)(1.0) == 0.0
    assert grad(lambda x: x.data > 0)(1.0) == 0.0
    assert grad(lambda x: np.float64(3.0))(1.0) == 0.0


def test_the_argument_itself_may_come_out_of_f():
    assert grad(lambda x: x)(2.0) == 1.0
    assert grad(lambda x: x[1])([2.0, 3.0]) == [0.0, 1.0]


def test_branches_and_loops_of_python_are_followed():
    def f(x):
        for _ in range(3):
            x = x * x if x > 1.0 else x * 2.0
        return x

    assert grad(f)(0.5) == 16.0  # of (4x)**2
    assert grad(f)(1.5) == pytest.approx(8 * 1.5**7)


def test_long_chains_need_no_stack():
    assert grad(lambda x: reduce(lambda y, _: y + x, range(50_000), x))(1.0) == 50_001.0


def test_a_branch_not_taken_brings_no_nan():
    def f(x):
        return mn.where(x > 0, x.log() if x > 0 else x, 0.0)

    assert grad(f)(-1.0) == 0.0
    assert grad(grad(lambda x: x**2.0))(0.0) == 2.0


# Errors -------------------------------------------------------------------------------


@pytest.mark.parametrize("transform", [grad, value_and_grad, hessian])
@pytest.mark.parametrize("result", [None, "a", [Value(1.0)], 1j, np.ones(2)])
def test_a_function_must_give_one_number(transform, result):
    with pytest.raises(TypeError, match=r"not a scalar: got .* from f; expected a Val"):
        transform(lambda x: result)(1.0)


@pytest.mark.parametrize("transform", [grad, value_and_grad, hessian])
@pytest.mark.parametrize("argnums", [1, -2, (0, 1)])
def test_an_argument_must_be_there(transform, argnums):
    with pytest.raises(TypeError, match=r"no such argument: got argnums=.* for 1 pos"):
        transform(lambda x: x, argnums)(1.0)
    with pytest.raises(TypeError, match="for 0 positional"):
        transform(lambda x: x, 0)()


def test_a_leaf_that_is_no_number_is_named_by_its_path():
    with pytest.raises(TypeError, match=r"got argument 1\[0\]\['w'\]\[2\]='a' \(str\)"):
        grad(lambda x, y: x, 1)(1.0, [{"w": (1.0, 2.0, "a")}])


def test_an_op_by_hand_has_no_formula_to_differentiate():
    with pytest.raises(TypeError, match="no formula to differentiate: got op='triple'"):
        grad(lambda x: Value(3 * x.data, (x,), "triple"))(2.0)
    with pytest.raises(TypeError, match="no formula to differentiate"):
        grad(lambda x: Value(3 * x.data, (x,), (3.0,)))(2.0)


def test_an_op_by_hand_beside_the_argument_does_no_harm():
    a = Value(2.0)
    factor = Value(6.0, (a,), (3.0,))

    assert grad(lambda x: x * factor)(2.0) == 6.0


def test_an_error_in_f_passes_and_leaves_no_trace():
    def f(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        grad(f)(1.0)

    assert type(grad(lambda x: x * 2)(1.0)) is float


def test_gradients_of_a_root_among_its_inputs():
    a = Value(2.0)
    y = a * a
    direct, below = gradients_of(y, [y, a])

    assert direct.data == 1.0
    assert below.data == 0.0  # a is reached through y, which was asked for first


def test_random_polynomials_have_the_derivatives_of_numpy():
    for _ in range(20):
        polynomial = np.polynomial.Polynomial(np.random.uniform(-2, 2, size=6))
        x = random.uniform(-1.5, 1.5)
        for order in range(1, 6):
            want = polynomial.deriv(order)(x)

            assert derived(polynomial, (order,))(x) == pytest.approx(want, 1e-9, 1e-9)


def test_the_gradient_is_that_of_the_function_as_mathematics_knows_it():
    gamma_like = grad(lambda x: x * x.log() - x + 0.5 * (2 * math.pi / x).log())

    assert gamma_like(10.0) == pytest.approx(math.log(10.0) - 0.05, rel=1e-14)
