import math
import random
from itertools import pairwise

import pytest
from mpmath import mp

from micrograd_nn import OPS, Op, Value, apply
from micrograd_nn.namespaces import read_floats
from tests.oracles import TRUTHS, check, partial_at, points_of, truth_of

EXTREMES = [
    *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, 5e-324, -5e-324, 1e-300, -1e-300),
    *(1000.0, -1000.0, 1.5e154, -1.5e154, 1.7e308, -1.7e308),
    *(math.inf, -math.inf, math.nan),
]


def arity(op):
    return 3 if op.nary else len(op.partials)


def sampled(op):
    """Operands from the op's own domain, away from its kinks and from ties."""
    domain = op.domain * arity(op) if op.nary else op.domain
    while True:
        point = [random.uniform(*interval) for interval in domain]
        gaps = [abs(x - kink) for x in point for kink in op.kinks]
        gaps += [abs(a - b) for a, b in pairwise(point)]
        if min(gaps, default=1.0) > 0.01:
            return point


@pytest.mark.parametrize("key", OPS)
def test_value_and_partials_are_those_of_mpmath(key):
    assert len(points_of(OPS[key])) >= 5

    check(OPS[key])


@pytest.mark.parametrize("key", OPS)
def test_partials_are_the_slopes_of_the_value(key):
    op = OPS[key]
    for _ in range(5):
        point = sampled(op)
        operands = [Value(x) for x in point]
        apply(op, *operands).backward()
        for position, operand in enumerate(operands):
            ends = []
            for h in (-1e-5, 1e-5):
                moved = [x + h * (i == position) for i, x in enumerate(point)]
                ends.append(apply(op, *moved).data)
            slope = (ends[1] - ends[0]) / 2e-5

            assert operand.grad == pytest.approx(slope, rel=1e-6, abs=1e-8), point


@pytest.mark.parametrize("name", sorted(TRUTHS))
def test_the_truths_agree_with_each_other(name):
    op = next(op for op in OPS.values() if op.name == name)
    truth = truth_of(op)
    point = tuple(sampled(op))
    orders = [(1, *([0] * (len(point) - 1))), (0, 1, *([0] * (len(point) - 2)))]
    with mp.workdps(30):
        for position, order in enumerate(orders[: len(point)]):
            slope = mp.diff(truth.value, point, order)
            partial = partial_at(op, position)

            assert mp.almosteq(slope, partial(*map(mp.mpf, point)), 1e-12)


def test_an_op_without_a_truth_fails_with_advice():
    with pytest.raises(AssertionError, match="add its value and partials"):
        check(Op("unheard_of", lambda xp, x: x, (lambda xp, y, x: 1.0,)))


@pytest.mark.parametrize("key", OPS)
def test_whatever_comes_in_floats_come_out(key):
    op = OPS[key]
    points = [(x,) for x in EXTREMES]
    if arity(op) > 1:
        points = [(x, y) for x in EXTREMES for y in EXTREMES]
    for point in points:
        operands = [list(point)] if op.nary else point
        value = read_floats(op.forward, *operands)
        partials = [read_floats(p, value, *operands) for p in op.partials]
        found = [value, *(partials[0] if op.nary else partials)]

        assert {type(number) for number in found} == {float}, (point, found)


@pytest.mark.parametrize("key", OPS)
def test_the_engine_gives_what_the_record_says(key):
    op = OPS[key]
    point = sampled(op)
    operands = [Value(x) for x in point]
    result = apply(op, *operands)
    result.backward()
    numbers = [point] if op.nary else point
    partials = [read_floats(p, result.data, *numbers) for p in op.partials]

    assert result.op == op
    assert result.operands == tuple(operands)
    assert result.data == read_floats(op.forward, *numbers)
    assert [x.grad for x in operands] == (partials[0] if op.nary else partials)


METHODS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "neg": lambda a: -a,
    "abs": abs,
    "power(-1.0)": lambda a: a**-1,
    "power(0.0)": lambda a: a**0,
    "power(0.5)": lambda a: a**0.5,
    "power(2.0)": lambda a: a**2,
    "power(3.0)": lambda a: a**3,
    "leaky_relu(0.01)": lambda a: a.leaky_relu(),
    "elu(1.0)": lambda a: a.elu(),
    "elu(0.5)": lambda a: a.elu(0.5),
}


@pytest.mark.parametrize("key", [k for k, op in OPS.items() if not op.nary])
def test_every_op_has_a_method_or_an_operator(key):
    if key == "identity":
        return  # `where` alone uses it
    operands = [Value(x) for x in sampled(OPS[key])]
    method = METHODS.get(key) or (lambda a, *rest: getattr(a, key)(*rest))

    result = method(*operands)

    assert result.op == OPS[key]
    assert result.operands == tuple(operands)


@pytest.mark.parametrize("make", [Value.leaky_relu, Value.elu])
@pytest.mark.parametrize("param", ["0.1", None, 1j])
def test_a_parameter_must_be_a_number(make, param):
    with pytest.raises(TypeError, match=r"not a number: got (alpha|negative_slope)="):
        make(Value(1.0), param)


def test_constants_of_the_same_op_share_one_record():
    a = Value(2.0)

    assert (a**3).op is (a**3.0).op
    assert (a**3).op == OPS["power(3.0)"]
    assert (a**3).op != (a**2).op
