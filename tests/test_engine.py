import gc
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from micrograd_nn import Op, Value, apply, grad
from micrograd_nn.engine import constant
from micrograd_nn.op import CONSTANT, LEAF

NUMBERS = [
    *(2, 2.0, True, Fraction(1, 2), Decimal("0.5"), np.float64(2.0), np.float32(0.5)),
    *(np.int64(3), np.uint8(3), np.bool_(True), np.array(2.0), np.array(2)),
]
ARITHMETIC = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}


def named(x):
    return f"{x!r} of {type(x).__name__}"


# Making -------------------------------------------------------------------------------


def test_a_new_value_is_a_leaf_without_grad_or_label():
    a = Value(2)

    assert (a.data, a.grad, a.label, a.operands) == (2.0, 0.0, "", ())
    assert a.op is LEAF
    assert type(a.data) is float


def test_a_result_knows_its_op_and_its_operands_in_order():
    a, b = Value(2.0), Value(3.0)

    assert (a - b).operands == (a, b)
    assert (a * a).operands == (a, a)
    assert a.exp().operands == (a,)


def test_every_value_takes_any_attribute():
    for value in (Value(1.0), Value(1.0) + 1.0, Value(1.0).exp()):
        value.m = value.velocity = 0.5

        assert (value.m, value.velocity) == (0.5, 0.5)
        assert {"m", "velocity", "data", "grad", "backward"} <= set(dir(value))


@pytest.mark.parametrize("bad", ["a", None, [1, 2], 1j, Value(1.0)], ids=repr)
def test_bad_data_changes_nothing(bad):
    a = Value(2.0)
    y = a * a
    with pytest.raises(TypeError, match="not a number: got data="):
        a.data = bad
    with pytest.raises(OverflowError, match="too large for a float"):
        a.data = 10**400
    y.backward()

    assert (a.data, a.grad) == (2.0, 4.0)


def test_assigned_data_is_a_float():
    a = Value(1.0)
    for number in NUMBERS:
        a.data = number

        assert type(a.data) is float


def test_data_cannot_be_deleted():
    with pytest.raises(AttributeError):
        del Value(1.0).data


# Arithmetic ---------------------------------------------------------------------------


@pytest.mark.parametrize("number", NUMBERS, ids=named)
@pytest.mark.parametrize("sign", ARITHMETIC)
def test_numbers_may_stand_on_either_side(sign, number):
    v = Value(1.5)
    f = ARITHMETIC[sign]
    for result, want in [
        (f(v, number), f(1.5, float(number))),
        (f(number, v), f(float(number), 1.5)),
    ]:
        assert type(result) is Value
        assert type(result.data) is float
        assert result.data == want
        assert v in result.operands


@pytest.mark.parametrize("sign", ARITHMETIC)
@pytest.mark.parametrize("foreign", ["a", None, [1.0], (1,), 1j, {}, object()])
def test_a_foreign_operand_is_left_to_python(sign, foreign):
    if sign == "*" and isinstance(foreign, (str, list, tuple)):
        message = r"a plain number would cut|unsupported operand"
    else:
        message = r"unsupported operand type|can only concatenate|must be str"
    with pytest.raises(TypeError, match=message):
        ARITHMETIC[sign](Value(1.0), foreign)
    with pytest.raises(TypeError, match=message):
        ARITHMETIC[sign](foreign, Value(1.0))


@pytest.mark.parametrize("sign", ARITHMETIC)
def test_another_class_may_take_over(sign):
    class Absorbing:
        def __add__(self, other):
            return self

        __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __add__
        __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __add__

    absorbing = Absorbing()

    assert ARITHMETIC[sign](Value(1.0), absorbing) is absorbing
    assert ARITHMETIC[sign](absorbing, Value(1.0)) is absorbing


@pytest.mark.parametrize("sign", ARITHMETIC)
def test_a_number_beyond_floats_is_refused(sign):
    with pytest.raises(OverflowError, match="too large for a float: got"):
        ARITHMETIC[sign](Value(1.0), 10**400)
    with pytest.raises(OverflowError, match="too large for a float: got"):
        ARITHMETIC[sign](10**400, Value(1.0))


@pytest.mark.parametrize("sign", ARITHMETIC)
def test_arrays_give_arrays_of_values(sign):
    v, array = Value(2.0), np.array([[1.0, 2.0], [3.0, 4.0]])
    f = ARITHMETIC[sign]
    for result, want in [(f(v, array), f(2.0, array)), (f(array, v), f(array, 2.0))]:
        assert result.dtype == object
        assert [x.data for x in result.flat] == list(want.flat)
        assert all(v in x.operands for x in result.flat)


@pytest.mark.parametrize(
    "name", ["exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "log1p", "expm1"]
)
def test_numpy_functions_work_on_arrays_of_values(name):
    values = [Value(0.3), Value(0.7)]
    results = getattr(np, name)(np.array(values))

    assert [x.operands for x in results] == [(v,) for v in values]
    assert [x.data for x in results] == [getattr(math, name)(v.data) for v in values]


def test_numpy_reduces_arrays_of_values():
    a, b = Value(2.0), Value(3.0)
    array = np.array([a, b])

    assert array.sum().data == 5.0
    assert array.mean().data == 2.5
    assert array.max() is b
    assert (array @ array).data == 13.0
    assert np.abs(-array)[0].data == 2.0
    assert type(np.exp(a)) is Value


def test_there_is_no_modular_power():
    with pytest.raises(TypeError, match=r"__pow__|unsupported operand"):
        pow(Value(2.0), 2, 3)


@pytest.mark.parametrize(
    "operation",
    [lambda v: v // 2, lambda v: v % 2, lambda v: divmod(v, 2), lambda v: v @ v],
)
def test_what_has_no_useful_gradient_is_no_operator(operation):
    with pytest.raises(TypeError, match="unsupported operand"):
        operation(Value(2.0))


def test_signs_and_augmented_assignment():
    a = b = Value(2.0)
    a += 1
    b_plus = +b

    assert (a.data, b.data, b_plus) == (3.0, 2.0, b)
    assert a.operands[0] is b


# Comparison, conversion, printing -----------------------------------------------------


def test_comparisons_are_about_data():
    a, b = Value(1.0), Value(2.0)

    assert [a < b, a <= b, a > b, a >= b] == [True, True, False, False]
    assert [b < a, b <= a, b > a, b >= a] == [False, False, True, True]
    assert [a < a, a <= a, a > a, a >= a] == [False, True, False, True]
    assert 0.5 < a < Fraction(3, 2)
    assert np.float64(0.5) < a < np.int64(3)
    assert type(a < np.float64(2.0)) is bool
    assert (np.array([0.5, 1.5]) < a).tolist() == [True, False]


def test_values_can_be_sorted_and_the_largest_found():
    a, b, c = Value(1.0), Value(2.0), Value(3.0)

    assert sorted([c, a, b]) == [a, b, c]
    assert max([a, c, b]) is c
    assert min(a, c, b) is a


@pytest.mark.parametrize("foreign", ["a", None, [1.0], 1j])
def test_what_has_no_order_is_refused(foreign):
    for compare in (lambda a, b: a < b, lambda a, b: a >= b):
        with pytest.raises(TypeError, match="not supported between instances of"):
            compare(Value(1.0), foreign)


def test_nan_is_in_no_order():
    assert not Value(math.nan) < 1.0
    assert not Value(math.nan) >= 1.0


def test_equality_and_hash_are_those_of_identity():
    a, b = Value(1.0), Value(1.0)

    assert a == {"the same": a}["the same"]
    assert a not in (b, 1.0, "a", None)
    assert len({a, b, a}) == 2
    assert {a: "x"}[a] == "x"
    assert bool(Value(0.0)) is True


@pytest.mark.parametrize("cut", [float, int, math.exp, math.floor, complex, np.float64])
def test_a_plain_number_would_cut_the_graph(cut):
    with pytest.raises(TypeError, match=r"cut the graph: got Value.*\.data.*v.exp\(\)"):
        cut(Value(2.0))


def test_an_array_of_floats_would_cut_the_graph():
    with pytest.raises(TypeError, match="cut the graph"):
        np.array([Value(1.0)], dtype=float)


def test_values_print_themselves():
    a = Value(2, label="x")
    a.grad = -0.5

    assert repr(a) == str(a) == f"{a}" == "Value(data=2.0, grad=-0.5, label='x')"
    assert repr(Value(-0.0)) == "Value(data=-0.0, grad=0.0)"
    assert f"{a:.3f} {a:>6} {a:e}" == "2.000    2.0 2.000000e+00"


def test_a_bad_format_is_refused():
    with pytest.raises(ValueError, match="Unknown format code 'd'"):
        f"{Value(1.0):d}"


# Ops by hand --------------------------------------------------------------------------


@pytest.mark.parametrize("child", [1.0, None, "a"])
def test_an_operand_by_hand_must_be_a_value(child):
    with pytest.raises(
        TypeError, match=r"not an operand: got child=.*expected a Value"
    ):
        Value(1.0, (child,), "f")


@pytest.mark.parametrize("partials", [(), (1.0,), (1.0, 2.0, 3.0)])
def test_there_is_one_local_gradient_per_operand(partials):
    a, b = Value(1.0), Value(2.0)
    with pytest.raises(ValueError, match=f"got {len(partials)} for 2"):
        Value(1.0, (a, b), partials)


def test_a_local_gradient_must_be_a_number():
    with pytest.raises(TypeError, match="not a number: got local gradient='a'"):
        Value(1.0, (Value(2.0),), ("a",))


def test_an_op_by_hand_without_a_rule_says_so_in_backward():
    a = Value(2.0)
    a.grad = 7.0
    y = Value(4.0, (a,), "f") * 2
    with pytest.raises(RuntimeError, match="no rule for a gradient: got op='f'"):
        y.backward()

    assert a.grad == 7.0


# Ops from records ---------------------------------------------------------------------


def test_apply_takes_numbers_and_values():
    double = Op("double", lambda xp, x: 2.0 * x, (lambda xp, y, x: 2.0,))
    a = Value(3.0)

    assert apply(double, a).operands == (a,)
    assert apply(double, 3).data == 6.0
    assert apply(double, np.float32(3)).operands[0].op is CONSTANT


@pytest.mark.parametrize("operands", [(), (1.0,), (1.0, 2.0, 3.0)])
def test_apply_counts_the_operands(operands):
    with pytest.raises(TypeError, match=f"operands: got {len(operands)} for \\*; exp"):
        apply((Value(1.0) * 2).op, *operands)


def test_apply_names_the_operand_that_is_no_number():
    with pytest.raises(TypeError, match=r"got operand 1 of \*='a' \(str\)"):
        apply((Value(1.0) * 2).op, 1.0, "a")


def test_an_op_may_have_three_operands():
    blend = Op(
        "blend",
        lambda xp, t, a, b: t * a + (1.0 - t) * b,
        (
            lambda xp, y, t, a, b: a - b,
            lambda xp, y, t, a, b: t,
            lambda xp, y, t, a, b: 1.0 - t,
        ),
    )
    operands = [Value(0.25), Value(2.0), Value(6.0)]
    y = apply(blend, *operands)
    y.backward()

    assert y.data == 5.0
    assert y.operands == tuple(operands)
    assert [x.grad for x in operands] == [-4.0, 0.25, 0.75]


@pytest.mark.parametrize("number", [3, True, np.float64(3.0), Fraction(1, 2)])
def test_what_a_formula_gives_becomes_a_float(number):
    odd = Op("odd", lambda xp, x: number, (lambda xp, y, x: 0,))

    assert type(apply(odd, 1.0).data) is float


def test_a_rule_must_give_a_partial_for_each_operand():
    short = Op("short", lambda xp, xs: 1.0, (lambda xp, y, xs: [1.0],), nary=True)
    a = Value(1.0)
    with pytest.raises(ValueError, match=r"zip\(\)"):
        apply(short, a, a).backward()
    with pytest.raises(ValueError, match=r"zip\(\)"):
        grad(lambda x: apply(short, x, x))(1.0)

    assert a.grad == 0.0


def test_an_op_may_have_no_operands():
    two = Op("two", lambda xp: 2.0, ())

    assert apply(two).data == 2.0
    assert apply(two).operands == ()


def test_a_constant_is_a_leaf_that_a_formula_made():
    assert constant(2.0).op is CONSTANT
    assert constant(2.0).operands == ()
    assert (Value(1.0) + 2).operands[1].op is CONSTANT


# Subclasses ---------------------------------------------------------------------------


class Parameter(Value):
    """A Value with an attribute and a method of its own."""

    def __init__(self, data, decay=0.0):
        super().__init__(data)
        self.decay = decay

    def half(self):
        return self / 2


def test_a_subclass_works_in_formulas():
    p, a = Parameter(3.0, decay=0.1), Value(2.0)
    for y in (p * a, a * p, p * 2, 2 * p, p**2, p.half(), -p):
        p.grad = 0.0
        y.backward()

        assert type(y) is Value
        assert p.grad != 0.0
    assert p.decay == 0.1


def test_a_subclass_may_reflect():
    class Loud(Value):
        def __radd__(self, other):
            return "loud"

    assert Value(1.0) + Loud(1.0) == "loud"
    assert (Loud(1.0) + Value(1.0)).data == 2.0


def test_a_leaf_with_a_symbol_shows_it_and_takes_new_data():
    w = Value(3.0, (), "w")
    w.data = 5.0
    (w * 2).backward()

    assert (w._op, w.grad) == ("w", 2.0)


def test_an_op_that_gives_an_int_gives_a_value_of_a_float():
    sign = Op("sign", lambda xp, x: xp.where(x > 0, 1, 0), (lambda xp, y, x: 0,))

    y = apply(sign, Value(2.0))

    assert type(y.data) is float


def test_a_grad_set_to_another_kind_of_float_becomes_a_float():
    v = Value(2.0)
    v.grad = np.float32(0.5)
    (v * 3).backward()

    assert type(v.grad) is float
    assert v.grad == 3.5


def test_ops_that_are_no_longer_used_are_freed_without_the_collector():
    def grow(start):
        for i in range(start, start + 3000):
            (Value(1.0) ** (i / 7.0)).backward()
        return len([o for o in gc.get_objects() if type(o) is Op])

    gc.collect()
    gc.disable()
    try:
        first = grow(1)
        second = grow(10_001)
    finally:
        gc.enable()

    assert second <= first + 10
