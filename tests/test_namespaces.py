import math
import random
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from micrograd_nn import OPS, Value
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.namespaces import (
    FLOATS,
    IEEE,
    LARGEST,
    TEXT,
    VALUES,
    IeeeFloat,
    read_floats,
)

INF, NAN = math.inf, math.nan
EDGES = [0.0, -0.0, 0.5, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 1e308, -1e308, INF, -INF, NAN]
NUMPY = {
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "atan": np.arctan,
    "tanh": np.tanh,
    "sign": np.sign,
    "pow": np.power,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "equal": np.equal,
}


def test_all_namespaces_have_the_same_names():
    names = set(vars(FLOATS))

    assert set(vars(IEEE)) == names
    assert set(vars(VALUES)) == names
    assert set(vars(TEXT)) == names | {"name"}


@pytest.mark.parametrize("name", NUMPY)
def test_edges_are_those_of_numpy(name):
    operands = 2 if NUMPY[name] in (np.power, np.maximum, np.minimum, np.equal) else 1
    columns = np.meshgrid(*[EDGES] * operands)
    points = list(zip(*(column.flat for column in columns), strict=True))
    with np.errstate(all="ignore"):
        for point in map(lambda p: tuple(map(float, p)), points):
            if name == "pow" and point == (-INF, 0.5):
                continue  # NumPy takes the square root; C11 (F.10.4.4) says inf
            want = float(NUMPY[name](*point))
            got = read_floats(lambda xp, *xs: getattr(xp, name)(*xs), *point)

            assert got == pytest.approx(want, 1e-14, 0, nan_ok=True), point


@pytest.mark.parametrize("x", EDGES)
@pytest.mark.parametrize("y", EDGES)
def test_ieee_arithmetic_is_that_of_numpy(x, y):
    a, b = IeeeFloat(x), IeeeFloat(y)
    c, d = np.float64(x), np.float64(y)
    with np.errstate(all="ignore"):
        pairs = [
            *((a + b, c + d), (a - b, c - d), (a * b, c * d), (a / b, c / d)),
            *((a + y, c + d), (a - y, c - d), (a * y, c * d), (a / y, c / d)),
            *((x + b, c + d), (x - b, c - d), (x * b, c * d), (x / b, c / d)),
            *((-a, -c), (+a, c), (abs(a), abs(c))),
        ]

    assert all(type(got) is IeeeFloat for got, _ in pairs)
    assert [float(got).hex() for got, _ in pairs] == [
        float(want).hex() for _, want in pairs
    ]


@pytest.mark.parametrize(
    ("body", "operands", "want"),
    [
        (lambda xp, x: 1.0 / x, (0.0,), INF),
        (lambda xp, x: 1.0 / x, (-0.0,), -INF),
        (lambda xp, x: x / x, (0.0,), NAN),
        (lambda xp, x: 1.0 / (1.0 / x), (0.0,), 0.0),
        (lambda xp, x: xp.exp(x) - xp.exp(x), (1000.0,), NAN),
        (lambda xp, x: 1.0 / (-xp.sqrt(x)), (0.0,), -INF),
        (lambda xp, x: 1.0 / +x, (0.0,), INF),
        (lambda xp, x, y: xp.pow(x, y), (-0.0, -3.0), -INF),
        (lambda xp, x, y: xp.pow(x, y), (-0.0, -2.0), INF),
        (lambda xp, x, y: xp.pow(x, y), (-1e200, 3.0), -INF),
        (lambda xp, x, y: xp.pow(x, y), (-1e200, 2.0), INF),
        (lambda xp, x, y: xp.pow(x, y), (-8.0, 1.0 / 3.0), NAN),
        (lambda xp, x: xp.where(x > 0.0, 1.0 / x, 7.0), (0.0,), 7.0),
        (lambda xp, x: xp.step(x) / x, (0.0,), NAN),
        (lambda xp, x: xp.sign(x) / x, (0.0,), NAN),
        (lambda xp, x: xp.equal(x, 0.0) / x, (0.0,), INF),
        (lambda xp, xs: xp.max(xs) / xp.min(xs), ([3.0, 0.0],), INF),
        (lambda xp, x: xp.erf(x) / x, (0.0,), NAN),
        (lambda xp, x: xp.erfc(x) / x, (0.0,), INF),
    ],
)
def test_where_python_raises_ieee_has_a_number(body, operands, want):
    got = read_floats(body, *operands)

    assert type(got) is float
    assert got == want or (math.isnan(got) and math.isnan(want))


@pytest.mark.parametrize(
    ("numbers", "want"),
    [
        ([0.1] * 10, 1.0),
        ([1e308, 1e308, -1e308], 1e308),
        ([1e308, 1e308, -1e308, -1e308, 5.0], 5.0),
        ([-1e308, -1e308, 1e308, 1e308, 1e308, 1e308], INF),
        ([1e308, 1e308], INF),
        ([-1e308, -1e308], -INF),
        ([INF, 1e308, 1e308], INF),
        ([INF, -INF], NAN),
        ([INF, -INF, NAN], NAN),
        ([], 0.0),
    ],
)
def test_a_sum_is_rounded_once_whatever_the_order(numbers, want):
    for _ in range(3):
        got = read_floats(lambda xp, xs: xp.sum(xs), numbers)
        random.shuffle(numbers)

        assert got == want or (math.isnan(got) and math.isnan(want))


def test_a_list_of_floats_comes_out_as_floats():
    got = read_floats(lambda xp, xs: [1.0 / x for x in xs], [0.0, 2.0])

    assert got == [INF, 0.5]
    assert {type(x) for x in got} == {float}


def test_an_error_that_is_no_float_error_passes():
    with pytest.raises(KeyError):
        read_floats(lambda xp, x: {}[x], 1.0)


# Text ---------------------------------------------------------------------------------


def bars_to_abs(text):
    """|x| as abs(x): a bar opens at the start and after all but an operand."""
    result = ""
    for sign in text:
        opens = re.search(r"(^|[^\w)\]\s]|\bif|\belse)\s*$", result)
        result += sign if sign != "|" else "abs(" if opens else ")"
    return result


def evaluated(text, **operands):
    """What Python makes of a formula, its signs replaced by Python's."""
    code = bars_to_abs(text).replace("≥", ">=").replace("≤", "<=")
    code = code.replace(" = ", " == ").replace("[", "(").replace("]", ")")
    folds = {"sum": sum, "max": max, "min": min}
    names = {k: lambda *xs, f=f: f(xs) for k, f in folds.items()}
    return eval(code, {**vars(FLOATS), **names, "inf": INF, **operands})


@pytest.mark.parametrize("key", OPS)
def test_the_text_of_an_op_says_what_it_computes(key):
    op = OPS[key]
    names = ["a", "b", "c"] if op.nary else ["a", "b"][: len(op.partials)]
    for _ in range(20):
        numbers = [
            random.uniform(*interval)
            for interval in (op.domain * 3 if op.nary else op.domain)
        ]
        given = [numbers] if op.nary else numbers
        scope = dict(zip(names, numbers, strict=True))
        y = read_floats(op.forward, *given)
        partials = [read_floats(partial, y, *given) for partial in op.partials]

        assert evaluated(op.formula(*names), **scope) == pytest.approx(y, rel=2e-3)
        for position, partial in enumerate(partials[0] if op.nary else partials):
            text = op.rule(position, *names)

            assert evaluated(text, y=y, **scope) == pytest.approx(partial, 2e-3, 1e-3)


def trees(children):
    unary = st.sampled_from(["neg", "abs", "exp", "tanh", "step", "sign", "leak"])
    binary = st.sampled_from(["+", "-", "*", "/", "pow", "maximum", "equal", ">", "≤"])
    return st.one_of(
        st.tuples(unary, children),
        st.tuples(binary, children, children),
        st.tuples(st.just("where"), children, children, children),
    )


LEAVES = st.sampled_from(["a", "b", "c", 0.5, 2.0, -3.0, 1.0, -0.25])
BUILD = {
    "+": lambda xp, x, y: x + y,
    "-": lambda xp, x, y: x - y,
    "*": lambda xp, x, y: x * y,
    "/": lambda xp, x, y: x / y,
    ">": lambda xp, x, y: 1.0 * (x > y),
    "≤": lambda xp, x, y: 1.0 * (x <= y),
    "neg": lambda xp, x: -x,
    "abs": lambda xp, x: abs(x),
    "leak": lambda xp, x: xp.step(x, 0.25),
    "where": lambda xp, x, y, z: xp.where(x < y, y, z),
}


def read(xp, tree, scope):
    """The tree built with the arithmetic of `xp`."""
    if not isinstance(tree, tuple):
        return scope.get(tree, tree)
    name, *operands = tree
    build = BUILD.get(name) or (lambda xp, *xs: getattr(xp, name)(*xs))
    return build(xp, *(read(xp, operand, scope) for operand in operands))


@given(st.recursive(LEAVES, trees, max_leaves=8))
def test_text_has_the_brackets_that_it_needs(tree):
    scope = {"a": 1.5, "b": -2.0, "c": 0.25}
    try:
        want = read(FLOATS, tree, scope)
        names = {name: TEXT.name(name) for name in scope}
        text = str(read(TEXT, tree, names))
        got = evaluated(text, **scope)
    except (ArithmeticError, ValueError):
        assume(False)  # Python refuses what only IEEE has
    assume(abs(want) < 1e6)
    assert got == pytest.approx(want, rel=1e-9, abs=1e-9), text


a, b, c = map(TEXT.name, "abc")


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (a + b + c, "a + b + c"),
        (a - (b - c), "a - (b - c)"),
        (a - b - c, "a - b - c"),
        ((a + b) * c, "(a + b) * c"),
        (a * b + c, "a * b + c"),
        (a / (b * c), "a / (b * c)"),
        (a * b / c, "a * b / c"),
        (-a * b, "-a * b"),
        (-(a * b), "-(a * b)"),
        (a * -b, "a * (-b)"),
        (a - -1.0, "a - (-1)"),
        (2.0 - a, "2 - a"),
        (2.0 + a, "2 + a"),
        (2.0 / a, "2 / a"),
        (TEXT.pow(-a, 2.0), "(-a)**2"),
        (-TEXT.pow(a, 2.0), "-a**2"),
        (TEXT.pow(TEXT.pow(a, b), c), "(a**b)**c"),
        (TEXT.pow(a, -1.0), "a**(-1)"),
        (abs(a - b), "|a - b|"),
        (TEXT.exp(a + b), "exp(a + b)"),
        (TEXT.sum([a, b * c]), "sum(a, b * c)"),
        (TEXT.where(a > b, a + 1.0, -b), "a + 1 if a > b else -b"),
        (2.0 * TEXT.where(a >= 0.0, a, b), "2 * (a if a ≥ 0 else b)"),
        (TEXT.step(TEXT.where(a < b, a, b)), "[(a if a < b else b) > 0]"),
        (TEXT.equal(TEXT.where(a <= b, a, b), c), "[(a if a ≤ b else b) = c]"),
        (TEXT.step(a, 0.01), "1 if a > 0 else 0.01"),
        (
            TEXT.where(a > b, a, TEXT.where(b > c, b, c)),
            "a if a > b else b if b > c else c",
        ),
        (TEXT.step(a + b), "[a + b > 0]"),
        (TEXT.equal(a + b, -c), "[a + b = -c]"),
        (TEXT.where(a + b < c - 1.0, a, b), "a if a + b < c - 1 else b"),
        (1.0 - (a > -1.0), "1 - (a > -1)"),
        (TEXT.pow(0.5, a) * -0.5, "0.5**a * (-0.5)"),
        (-0.5 * a, "-0.5 * a"),
        (TEXT.pow(0.0, a), "0**a"),
        (TEXT.maximum(a, 1e300), "maximum(a, 1e+300)"),
        (TEXT.maximum(a + b, -LARGEST), "a + b"),
        (TEXT.minimum(a, LARGEST), "a"),
        (TEXT.pick([a, b + c], 1), "b + c"),
        (TEXT.pick([a, b + c], Value(1, label="k")), "pick(k, a, b + c)"),
        (TEXT.pick([a, b], Value(1)), "pick(index, a, b)"),
        (TEXT.one_hot([a, b], Value(1, label="k"))[1], "[k = 1]"),
    ],
)
def test_text_has_no_bracket_that_it_does_not_need(formula, text):
    assert str(formula) == text


# Values -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted({*vars(FLOATS)} - {"each"}))
def test_reading_with_values_gives_the_numbers_of_floats(name):
    folds = name in ("sum", "max", "min", "pick", "one_hot")
    point = {"where": (True, 0.75, 0.5), "step": (0.75, 0.1)}.get(name, (0.75,))
    if name in ("pow", "maximum", "minimum", "equal"):
        point = (0.75, 0.5)
    numbers = [[0.75, 0.5]] if folds else point
    values = [Value(x) if type(x) is float else x for x in point]
    if folds:
        values = [[Value(0.75), Value(0.5)]]
    if name == "step":
        values[1] = 0.1  # a param of the op, not an operand
    if name in ("pick", "one_hot"):
        numbers, values = [*numbers, 1], [*values, 1]

    got = getattr(VALUES, name)(*values)

    assert getattr(got, "data", got) == getattr(FLOATS, name)(*numbers)


@pytest.mark.parametrize("xp", [FLOATS, IEEE, VALUES, TEXT])
def test_each_applies_a_function_to_every_operand(xp):
    assert xp.each(lambda x: x + x, [1.0, 2.0]) == [2.0, 4.0]
    assert xp.each(lambda x: 1.0, "abc") == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("name", ["step", "sign", "equal"])
def test_jumps_are_plain_numbers_among_values(name):
    operands = [Value(2.0), Value(2.0)] if name == "equal" else [Value(2.0)]

    assert type(getattr(VALUES, name)(*operands)) is float


def test_functions_of_values_take_plain_numbers_too():
    with ignore_anomaly():
        assert VALUES.log(1.0) == 0.0
        assert VALUES.maximum(2.0, 1.0) == 2.0
        assert VALUES.sum([1.0, 2.0]) == 3.0
