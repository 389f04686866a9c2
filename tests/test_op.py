import dataclasses
import math
import pickle
import weakref

import pytest

from micrograd_nn import OPS, Op, Value, apply, register
from micrograd_nn.namespaces import TEXT, read_floats
from micrograd_nn.op import (
    CONSTANT,
    FAMILIES,
    LEAF,
    MARKS,
    by_hand,
    family,
    find_op,
    random,
)
from micrograd_nn.ops import MUL, SUM, pick, power

INF = math.inf


def make(name="test_op", **fields):
    record = {"forward": lambda xp, x: 2.0 * x, "partials": (lambda xp, y, x: 2.0,)}
    return Op(name, **(record | fields))


@pytest.fixture
def registered():
    op = register(make())
    yield op
    del OPS[op.name]


@pytest.mark.parametrize("key", OPS)
def test_every_key_names_its_op(key):
    op = OPS[key]
    params = f"({', '.join(map(str, op.params))})" if op.params else ""

    assert key == op.name + params
    assert find_op(op.name, *op.params) is op


@pytest.mark.parametrize("key", OPS)
def test_every_op_has_a_domain_for_each_operand(key):
    op = OPS[key]

    assert len(op.domain) == (1 if op.nary else len(op.partials))
    assert all(low < high for low, high in op.domain)
    assert len(op.partials) == 1 or not op.kinks


@pytest.mark.parametrize("key", OPS)
def test_an_op_pickles_to_itself(key):
    assert pickle.loads(pickle.dumps(OPS[key])) is OPS[key]


def test_ops_are_equal_by_name_and_params():
    assert make() == make(forward=None)
    assert hash(make()) == hash(make(forward=None))
    assert make() != make("other")
    assert power(3.0) != power(2.0)
    assert make() != "test_op"


def test_an_op_prints_its_name_and_params():
    assert repr(MUL) == "Op('*')"
    assert repr(power(3.0)) == "Op('power', 3.0)"


def test_the_symbol_is_the_name_unless_given():
    assert make().symbol == "test_op"
    assert make(symbol="T").symbol == "T"
    assert make(symbol="").symbol == ""
    assert power(0.1 + 0.2).symbol == "**0.3"
    assert power(2.0).symbol == "**2"
    assert power(-0.5).symbol == "**-0.5"
    assert power(1e300).symbol == "**1e+300"


def test_a_registered_op_is_found_by_name(registered):
    assert OPS["test_op"] is registered
    assert find_op("test_op") is registered


def test_a_registered_op_with_params_is_found_by_both():
    op = register(make(params=(3.0,)))
    try:
        assert find_op("test_op", 3.0) is op
        assert pickle.loads(pickle.dumps(op)) is op
    finally:
        del OPS["test_op(3.0)"]


def test_a_taken_name_is_refused(registered):
    with pytest.raises(ValueError, match=r"op name is taken: got name='test_op'"):
        register(make())

    assert OPS["test_op"] is registered


def test_a_taken_name_with_params_is_refused():
    with pytest.raises(ValueError, match=r"taken: got name='power\(2.0\)'"):
        register(dataclasses.replace(power(2.0)))


@pytest.mark.parametrize("key", [("unheard",), ("unheard", 1.0), ("power",)])
def test_an_unknown_op_is_refused(key):
    with pytest.raises(ValueError, match=r"unknown op: got name='(unheard|power)"):
        find_op(*key)


def test_an_op_that_could_not_be_found_again_is_not_pickled():
    with pytest.raises(ValueError, match="Register it before"):
        pickle.dumps(make())


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_the_marks_of_leaves_are_found_but_are_no_ops(mark):
    assert find_op(mark.name) is mark
    assert pickle.loads(pickle.dumps(mark)) is mark
    assert mark.name not in OPS
    assert mark.partials == ()


def test_the_marks_of_random_numbers_are_a_family():
    mark = find_op("random", "bernoulli", 0.5)

    assert mark is random("bernoulli", 0.5)
    assert mark != random("bernoulli", 0.25)
    assert mark.partials == ()


@pytest.mark.parametrize(
    ("key", "pad"), [("sum", 0.0), ("max", -INF), ("min", INF), ("logsumexp", -INF)]
)
def test_the_pad_of_an_op_changes_nothing(key, pad):
    op = OPS[key]
    filled = [3.0, -1.0, pad, pad]
    value = read_floats(op.forward, filled[:2])
    partials = read_floats(op.partials[0], value, filled[:2])

    assert op.pad == pad
    assert read_floats(op.forward, filled) == value
    assert read_floats(op.partials[0], value, filled)[:2] == partials


def test_the_ops_of_a_listed_family_are_not_kept():
    made = pick(Value(1.0))
    alive = weakref.ref(made)
    del made

    assert alive() is None
    assert find_op("pick", 2) == pick(2)
    assert pick(2) is not pick(2)


def test_a_family_gives_one_op_for_equal_params():
    @family
    def test_family(number):
        return make("test_family", params=(number,))

    try:
        assert test_family(1.0) is test_family(1.0)
        assert find_op("test_family", 2.0) is test_family(2.0)
    finally:
        del FAMILIES["test_family"]


def test_a_formula_is_the_output_in_terms_of_names():
    assert MUL.formula("w", "x") == "w * x"
    assert power(2.0).formula("x") == "x**2"
    assert SUM.formula("a", "b", "c") == "sum(a, b, c)"


def test_a_rule_is_the_partial_in_terms_of_names():
    assert MUL.rule(0, "w", "x") == "x"
    assert SUM.rule(2, "a", "b", "c") == "1"
    assert OPS["exp"].rule(0, "x", output="h") == "h"
    assert OPS["-"].rule(1, "a", "b") == "-1"
    assert make(partials=(lambda xp, y, x: 1 / 3,)).rule(0, "x") == "0.3333"


@pytest.mark.parametrize("op", [LEAF, CONSTANT, by_hand("sin")])
def test_an_op_without_a_formula_says_so(op):
    with pytest.raises(ValueError, match=r"no formula is known: got op=Op\('\w+'"):
        op.formula("x")


def test_an_op_without_partials_says_so():
    with pytest.raises(ValueError, match=r"no formula is known: got op=Op\('by_hand'"):
        by_hand("sin").rule(0, "x")


@pytest.mark.parametrize("op", [LEAF, by_hand("sin")])
def test_an_op_without_a_formula_cannot_be_applied(op):
    with pytest.raises(TypeError, match="wrong number of operands: got 1"):
        apply(op, Value(1.0))


@pytest.mark.parametrize("name", MARKS)
def test_the_marks_of_leaves_are_no_names_for_ops(name):
    with pytest.raises(ValueError, match="op name is taken"):
        register(Op(name, lambda xp, x: x, (lambda xp, y, x: 1.0,)))


def test_an_op_may_use_the_power_operator():
    square = Op("square_by_power", lambda xp, x: x**2, (lambda xp, y, x: 2 * x**1,))

    with pytest.warns(RuntimeWarning, match="gave inf"):
        y = apply(square, Value(1e200))

    assert y.data == float("inf")
    assert square.formula("x") == "x**2"
    assert (2 ** TEXT.name("x")).text == "2**x"
    assert read_floats(lambda xp, x: 2.0**x, 2000.0) == float("inf")
