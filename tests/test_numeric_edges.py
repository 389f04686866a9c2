"""The policy of docs/design/0002-numeric-edges.md, row by row."""

import math

import pytest

from micrograd_nn import OPS, Value, apply, logsumexp, softmax, where
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.namespaces import read_floats

INF, NAN = math.inf, math.nan

# What is computed, of which numbers; its value, and its partial for each number.
ROWS = {
    "0**0": (lambda a: a**0, [0.0], 1.0, [0.0]),
    "0**0 of Values": (lambda a, b: a**b, [0.0, 0.0], 1.0, [0.0, 0.0]),
    "0**0.5": (lambda a: a**0.5, [0.0], 0.0, [INF]),
    "0**0.5 of Values": (lambda a, b: a**b, [0.0, 0.5], 0.0, [INF, 0.0]),
    "sqrt(0)": (lambda a: a.sqrt(), [0.0], 0.0, [INF]),
    "0**1": (lambda a: a**1, [0.0], 0.0, [1.0]),
    "0**2 of Values": (lambda a, b: a**b, [0.0, 2.0], 0.0, [0.0, 0.0]),
    "0**-1": (lambda a: a**-1, [0.0], INF, [-INF]),
    "0**-1 of Values": (lambda a, b: a**b, [0.0, -1.0], INF, [-INF, -INF]),
    "-0**-1": (lambda a: a**-1, [-0.0], -INF, [-INF]),
    "1/0": (lambda a: 1 / a, [0.0], INF, [-INF]),
    "1/0 of Values": (lambda a, b: a / b, [1.0, 0.0], INF, [INF, -INF]),
    "1/-0": (lambda a: 1 / a, [-0.0], -INF, [-INF]),
    "-1/0": (lambda a: -1 / a, [0.0], -INF, [INF]),
    "0/0": (lambda a, b: a / b, [0.0, 0.0], NAN, [INF, NAN]),
    "(-2)**0.5": (lambda a: a**0.5, [-2.0], NAN, [NAN]),
    "(-2)**0.5 of Values": (lambda a, b: a**b, [-2.0, 0.5], NAN, [NAN, NAN]),
    "sqrt(-2)": (lambda a: a.sqrt(), [-2.0], NAN, [NAN]),
    "(-2)**3": (lambda a: a**3, [-2.0], -8.0, [12.0]),
    "(-2)**3 of Values": (lambda a, b: a**b, [-2.0, 3.0], -8.0, [12.0, NAN]),
    "(-2)**2": (lambda a: a**2, [-2.0], 4.0, [-4.0]),
    "(-2)**-1": (lambda a: a**-1, [-2.0], -0.5, [-0.25]),
    "2**Value": (lambda b: 2**b, [3.0], 8.0, [8.0 * math.log(2.0)]),
    "0**Value": (lambda b: 0**b, [3.0], 0.0, [0.0]),
    "1e200**2": (lambda a: a**2, [1e200], INF, [2e200]),
    "(-1e200)**3": (lambda a: a**3, [-1e200], -INF, [INF]),
    "2**2000": (lambda b: 2**b, [2000.0], INF, [INF]),
    "2**-2000": (lambda b: 2**b, [-2000.0], 0.0, [0.0]),
    "nan**0": (lambda a: a**0, [NAN], 1.0, [0.0]),
    "nan**0 of Values": (lambda a, b: a**b, [NAN, 0.0], 1.0, [0.0, NAN]),
    "inf**0": (lambda a: a**0, [INF], 1.0, [0.0]),
    "1**nan": (lambda a, b: a**b, [1.0, NAN], 1.0, [NAN, 0.0]),
    "relu(0)": (lambda a: a.relu(), [0.0], 0.0, [0.0]),
    "relu(-0)": (lambda a: a.relu(), [-0.0], 0.0, [0.0]),
    "relu(5e-324)": (lambda a: a.relu(), [5e-324], 5e-324, [1.0]),
    "relu(nan)": (lambda a: a.relu(), [NAN], NAN, [NAN]),
    "abs(0)": (lambda a: abs(a), [0.0], 0.0, [0.0]),
    "abs(-0)": (lambda a: abs(a), [-0.0], 0.0, [0.0]),
    "leaky_relu(0)": (lambda a: a.leaky_relu(), [0.0], 0.0, [0.01]),
    "elu(0)": (lambda a: a.elu(0.5), [0.0], 0.0, [0.5]),
    "maximum tie": (lambda a, b: a.maximum(b), [2.0, 2.0], 2.0, [0.5, 0.5]),
    "minimum tie": (lambda a, b: a.minimum(b), [2.0, 2.0], 2.0, [0.5, 0.5]),
    "maximum nan": (lambda a, b: a.maximum(b), [NAN, 2.0], NAN, [NAN, NAN]),
    "minimum nan": (lambda a, b: a.minimum(b), [2.0, NAN], NAN, [NAN, NAN]),
    "exp(1000)": (lambda a: a.exp(), [1000.0], INF, [INF]),
    "exp(-1000)": (lambda a: a.exp(), [-1000.0], 0.0, [0.0]),
    "expm1(1000)": (lambda a: a.expm1(), [1000.0], INF, [INF]),
    "expm1(-40)": (lambda a: a.expm1(), [-40.0], -1.0, [math.exp(-40.0)]),
    "log(0)": (lambda a: a.log(), [0.0], -INF, [INF]),
    "log(-1)": (lambda a: a.log(), [-1.0], NAN, [NAN]),
    "log1p(-1)": (lambda a: a.log1p(), [-1.0], -INF, [INF]),
    "log1p(-2)": (lambda a: a.log1p(), [-2.0], NAN, [NAN]),
    "tanh(1000)": (lambda a: a.tanh(), [1000.0], 1.0, [0.0]),
    "tanh(18)": (lambda a: a.tanh(), [18.0], 1.0, [9.278091320974276e-16]),
    "tanh(-18)": (lambda a: a.tanh(), [-18.0], -1.0, [9.278091320974276e-16]),
    "sigmoid(-1000)": (lambda a: a.sigmoid(), [-1000.0], 0.0, [0.0]),
    "sigmoid(1000)": (lambda a: a.sigmoid(), [1000.0], 1.0, [0.0]),
    "sigmoid(40)": (lambda a: a.sigmoid(), [40.0], 1.0, [math.exp(-40.0)]),
    "sigmoid(-40)": (
        lambda a: a.sigmoid(),
        [-40.0],
        math.exp(-40.0),
        [math.exp(-40.0)],
    ),
    "softplus(1000)": (lambda a: a.softplus(), [1000.0], 1000.0, [1.0]),
    "softplus(-1000)": (lambda a: a.softplus(), [-1000.0], 0.0, [0.0]),
    "softplus(20.5)": (
        lambda a: a.softplus(),
        [20.5],
        20.5 + 1.2501528640590796e-9,
        [1 - 1.2501528632776e-9],
    ),
    "logsumexp(1000, 1000)": (
        lambda a, b: logsumexp([a, b]),
        [1000.0, 1000.0],
        1000.0 + math.log(2.0),
        [0.5, 0.5],
    ),
    "logsumexp(-1000, -1000)": (
        lambda a, b: logsumexp([a, b]),
        [-1000.0, -1000.0],
        -1000.0 + math.log(2.0),
        [0.5, 0.5],
    ),
    "logsumexp(-inf, 0)": (
        lambda a, b: logsumexp([a, b]),
        [-INF, 0.0],
        0.0,
        [0.0, 1.0],
    ),
    "softmax of far logits": (
        lambda a, b: softmax([a, b])[0],
        [-1000.0, 1000.0],
        0.0,
        [0.0, 0.0],
    ),
    "the branch not taken": (
        lambda a: where(a > 0, a.sqrt(), 0.0),
        [0.0],
        0.0,
        [0.0],
    ),
    "inf - inf": (lambda a, b: a - b, [INF, INF], NAN, [1.0, -1.0]),
    "0 * inf": (lambda a, b: a * b, [0.0, INF], NAN, [INF, 0.0]),
    "sin(inf)": (lambda a: a.sin(), [INF], NAN, [NAN]),
    "cos(-inf)": (lambda a: a.cos(), [-INF], NAN, [NAN]),
    "tan(inf)": (lambda a: a.tan(), [INF], NAN, [NAN]),
}


def same(got, want):
    return math.isnan(want) if math.isnan(got) else got == pytest.approx(want, 1e-12, 0)


@pytest.mark.parametrize("case", ROWS)
def test_edges_have_the_numbers_of_the_policy(case):
    function, numbers, value, partials = ROWS[case]
    operands = list(map(Value, numbers))
    with ignore_anomaly():
        result = function(*operands)
        result.backward()
    grads = [operand.grad for operand in operands]

    assert type(result.data) is float
    assert same(result.data, value), result
    assert all(map(same, grads, partials)), grads


# Value and partials at the infinities; for binary and n-ary ops, some pairs of them.
NOT_A_NUMBER = {(NAN,): (NAN, [NAN])}
INFINITIES = {
    "+": {(INF, -INF): (NAN, [1, 1]), (INF, 1.0): (INF, [1, 1])},
    "-": {(INF, INF): (NAN, [1, -1]), (1.0, INF): (-INF, [1, -1])},
    "*": {(INF, -2.0): (-INF, [-2, INF]), (0.0, INF): (NAN, [INF, 0])},
    "/": {(INF, INF): (NAN, [0, NAN]), (1.0, INF): (0, [0, 0])},
    "**": {
        (INF, 2.0): (INF, [INF, INF]),
        (2.0, INF): (INF, [INF, INF]),
        (2.0, -INF): (0, [NAN, 0]),
        (0.0, INF): (0, [NAN, 0]),
    },
    "power(-1.0)": {(INF,): (0, [0]), (-INF,): (0, [0])} | NOT_A_NUMBER,
    "power(0.0)": {(INF,): (1, [0]), (-INF,): (1, [0]), (NAN,): (1, [0])},
    "power(0.5)": {(INF,): (INF, [0]), (-INF,): (INF, [0])} | NOT_A_NUMBER,  # C11
    "power(2.0)": {(INF,): (INF, [INF]), (-INF,): (INF, [-INF])} | NOT_A_NUMBER,
    "power(3.0)": {(INF,): (INF, [INF]), (-INF,): (-INF, [INF])} | NOT_A_NUMBER,
    "neg": {(INF,): (-INF, [-1]), (-INF,): (INF, [-1]), (NAN,): (NAN, [-1])},
    "abs": {(INF,): (INF, [1]), (-INF,): (INF, [-1])} | NOT_A_NUMBER,
    "identity": {(INF,): (INF, [1]), (-INF,): (-INF, [1]), (NAN,): (NAN, [1])},
    "exp": {(INF,): (INF, [INF]), (-INF,): (0, [0])} | NOT_A_NUMBER,
    "log": {(INF,): (INF, [0]), (-INF,): (NAN, [NAN])} | NOT_A_NUMBER,
    "log1p": {(INF,): (INF, [0]), (-INF,): (NAN, [NAN])} | NOT_A_NUMBER,
    "expm1": {(INF,): (INF, [INF]), (-INF,): (-1, [0])} | NOT_A_NUMBER,
    "sqrt": {(INF,): (INF, [0]), (-INF,): (NAN, [NAN])} | NOT_A_NUMBER,
    "sin": {(INF,): (NAN, [NAN]), (-INF,): (NAN, [NAN])} | NOT_A_NUMBER,
    "cos": {(INF,): (NAN, [NAN]), (-INF,): (NAN, [NAN])} | NOT_A_NUMBER,
    "tan": {(INF,): (NAN, [NAN]), (-INF,): (NAN, [NAN])} | NOT_A_NUMBER,
    "atan": {(INF,): (math.pi / 2, [0]), (-INF,): (-math.pi / 2, [0])} | NOT_A_NUMBER,
    "tanh": {(INF,): (1, [0]), (-INF,): (-1, [0])} | NOT_A_NUMBER,
    "sigmoid": {(INF,): (1, [0]), (-INF,): (0, [0])} | NOT_A_NUMBER,
    "relu": {(INF,): (INF, [1]), (-INF,): (0, [0])} | NOT_A_NUMBER,
    "leaky_relu(0.01)": {(INF,): (INF, [1]), (-INF,): (-INF, [0.01])} | NOT_A_NUMBER,
    "elu(1.0)": {(INF,): (INF, [1]), (-INF,): (-1, [0])} | NOT_A_NUMBER,
    "elu(0.5)": {(INF,): (INF, [1]), (-INF,): (-0.5, [0])} | NOT_A_NUMBER,
    # inf * 0, as in PyTorch: a limit is not what the formula says.
    "gelu": {(INF,): (INF, [NAN]), (-INF,): (NAN, [NAN])} | NOT_A_NUMBER,
    "silu": {(INF,): (INF, [NAN]), (-INF,): (NAN, [NAN])} | NOT_A_NUMBER,
    "softplus": {(INF,): (INF, [1]), (-INF,): (0, [0])} | NOT_A_NUMBER,
    "erf": {(INF,): (1, [0]), (-INF,): (-1, [0])} | NOT_A_NUMBER,
    "erfc": {(INF,): (0, [0]), (-INF,): (2, [0])} | NOT_A_NUMBER,
    "maximum": {(INF, 1.0): (INF, [1, 0]), (-INF, -INF): (-INF, [0.5, 0.5])},
    "minimum": {(INF, 1.0): (1, [0, 1]), (INF, INF): (INF, [0.5, 0.5])},
    "sum": {(INF, -INF): (NAN, [1, 1]), (INF, 1.0): (INF, [1, 1])},
    "max": {(INF, 1.0): (INF, [1, 0]), (NAN, 1.0): (NAN, [NAN, NAN])},
    "min": {(INF, 1.0): (1, [0, 1]), (1.0, NAN): (NAN, [NAN, NAN])},
    "logsumexp": {
        (INF, 1.0): (INF, [NAN, 0]),
        (-INF, 1.0): (1, [0, 1]),
        (-INF, -INF): (-INF, [NAN, NAN]),
        (NAN, 1.0): (NAN, [NAN, NAN]),
    },
    "pick(0)": {(INF, 1.0): (INF, [1, 0]), (1.0, NAN): (1, [1, 0])},
}


@pytest.mark.parametrize("key", OPS)
def test_infinities_have_the_numbers_of_the_policy(key):
    op = OPS[key]
    assert key in INFINITIES, f"no policy for {key!r}: say in INFINITIES what comes out"
    for point, (value, partials) in INFINITIES[key].items():
        operands = list(map(Value, point))
        with ignore_anomaly():
            result = apply(op, *operands)
            result.backward()
        grads = [operand.grad for operand in operands]

        assert same(result.data, float(value)), (point, result)
        assert all(map(same, grads, map(float, partials))), (point, grads)


@pytest.mark.parametrize(
    "key",
    [
        key
        for key, op in OPS.items()
        if (op.nary or len(op.partials) == 2) and op.name != "pick"
    ],
)
def test_a_nan_on_either_side_comes_out(key):
    op = OPS[key]
    for point in [(NAN, 2.0), (2.0, NAN), (NAN, NAN)]:
        operands = [list(point)] if op.nary else point

        assert math.isnan(read_floats(op.forward, *operands)), point


@pytest.mark.parametrize("x", [18.0, 19.5, 100.0, 350.0])
def test_the_slope_of_tanh_is_right_far_out_where_one_minus_square_is_not(x):
    a = Value(x)
    y = a.tanh()
    y.backward()

    assert a.grad == pytest.approx(4 * math.exp(-2 * x), 1e-12, 0)
    assert (1 - y.data**2) != pytest.approx(a.grad, 0.01, 0)


def test_a_sum_of_products_of_zero_and_a_number_is_no_nan():
    x = Value(0.0)
    (x**2 * x.exp()).backward()

    assert x.grad == 0.0
