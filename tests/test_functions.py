import builtins
import math

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value, log_softmax, logsumexp, softmax, where
from micrograd_nn.engine import source
from micrograd_nn.op import CONSTANT, INDEX, INPUT
from micrograd_nn.recording import symbolic


def grads_of(result, operands):
    result.backward()
    return [operand.grad for operand in operands]


def test_sum_is_one_node_rounded_once():
    xs = [Value(0.1) for _ in range(10)]
    total = mn.sum(xs)

    assert total.operands == tuple(xs)
    assert total.data == 1.0
    assert builtins.sum(xs).data != 1.0
    assert grads_of(total, xs) == [1.0] * 10


def test_sum_takes_numbers_generators_and_nothing():
    assert mn.sum([1, 2.5, Value(3)]).data == 6.5
    assert mn.sum(x for x in (1, 2)).data == 3.0
    assert mn.sum(np.array([1.0, 2.0])).data == 3.0
    assert mn.sum([]).data == 0.0
    assert mn.sum([]).operands == ()


def test_a_value_summed_twice_has_two_edges():
    a = Value(3.0)

    assert grads_of(mn.sum([a, a, a]), [a]) == [3.0]


def test_the_builtin_sum_starts_where_it_is_told():
    a, b = Value(1.0), Value(2.0)

    assert builtins.sum([a, b]).data == 3.0
    assert builtins.sum([a, b], start=Value(4.0)).data == 7.0
    assert builtins.sum([a, b], 0.5).data == 3.5


@pytest.mark.parametrize("extreme", [mn.max, mn.min])
def test_extremes_take_an_iterable_or_several(extreme):
    pick = getattr(builtins, extreme.__name__)

    assert extreme([1.0, Value(3.0), 2]).data == pick(1, 3, 2)
    assert extreme(1.0, Value(3.0), 2).data == pick(1, 3, 2)
    assert extreme(iter([5.0])).data == 5.0


@pytest.mark.parametrize("extreme", [mn.max, mn.min])
@pytest.mark.parametrize(
    ("numbers", "shares"),
    [
        ([2.0, 2.0], [1 / 2, 1 / 2]),
        ([2.0, 2.0, 2.0], [1 / 3, 1 / 3, 1 / 3]),
        ([0.0, -0.0], [1 / 2, 1 / 2]),
        ([math.inf, math.inf], [1 / 2, 1 / 2]),
    ],
)
def test_ties_share_the_gradient(extreme, numbers, shares):
    xs = list(map(Value, numbers))

    assert grads_of(extreme(xs), xs) == shares


def test_what_is_not_the_extreme_gets_no_gradient():
    xs = [Value(1.0), Value(3.0), Value(3.0), Value(2.0)]

    assert grads_of(mn.max(xs), xs) == [0.0, 0.5, 0.5, 0.0]


@pytest.mark.parametrize("two", [mn.maximum, mn.minimum])
def test_two_way_choices_take_numbers_on_both_sides(two):
    pick = {"maximum": max, "minimum": min}[two.__name__]
    a = Value(2.0)

    assert two(1, 2.0).data == pick(1, 2)
    assert two(3.0, a).data == pick(3, 2)
    assert getattr(a, two.__name__)(3.0).data == pick(3, 2)
    assert grads_of(two(a, 2.0), [a]) == [0.5]


def test_where_takes_the_branch_and_gives_it_the_gradient():
    a, b = Value(1.0), Value(2.0)
    taken, other = where(a < b, a, b), where(a > b, a, b)

    assert (taken.data, other.data) == (1.0, 2.0)
    assert grads_of(taken, [a, b]) == [1.0, 0.0]
    assert where(np.bool_(True), 1, 2).data == 1.0


def test_where_makes_a_node_of_its_own():
    a = Value(1.0)

    assert where(True, a, 0.0) is not a
    assert where(True, a, 0.0).operands == (a,)


def test_where_refuses_a_value_as_its_condition():
    with pytest.raises(
        TypeError, match=r"not a condition: got condition=Value\(data=0"
    ):
        where(Value(0.0), 1.0, 2.0)


@pytest.mark.parametrize("function", [mn.max, mn.min, logsumexp, softmax, log_softmax])
def test_no_values_are_refused(function):
    with pytest.raises(ValueError, match="no values: got an empty sequence for"):
        function([])


def test_logsumexp_of_one_is_that_one():
    a = Value(-1000.0)

    assert logsumexp([a]).data == -1000.0
    assert grads_of(logsumexp([a]), [a]) == [1.0]


def test_softmax_sums_to_one_and_shifts_do_not_matter():
    for shift in (-1000.0, 0.0, 1000.0):
        ps = softmax([shift + x for x in (1.0, 2.0, 3.0)])

        assert mn.sum(ps).data == pytest.approx(1.0, rel=1e-12)
        assert [p.data for p in ps] == pytest.approx(
            [0.09003057317038046, 0.24472847105479764, 0.6652409557748218], rel=1e-12
        )


def test_the_gradient_of_softmax_is_its_jacobian():
    xs = [Value(x) for x in (0.1, 0.7, -0.4)]
    ps = softmax(xs)
    ps[1].backward()
    p = [p.data for p in ps]

    assert [x.grad for x in xs] == pytest.approx(
        [-p[1] * p[0], p[1] * (1 - p[1]), -p[1] * p[2]], rel=1e-12
    )


def test_log_softmax_has_no_limit():
    assert [p.data for p in log_softmax([0.0, 2000.0])] == [-2000.0, 0.0]


@pytest.mark.parametrize("function", [mn.sum, logsumexp, mn.maximum, mn.max])
def test_what_is_no_number_is_named(function):
    arguments = (1.0, "2") if function is mn.maximum else ([1.0, "2"],)
    with pytest.raises(TypeError, match=r"got operand 1 of \w+='2' \(str\)"):
        function(*arguments)


@pytest.mark.parametrize("size", [1e10, 1e16, -1e16])
def test_a_softmax_of_equal_logits_is_even_whatever_their_size(size):
    logits = [Value(size), Value(size)]
    probabilities = softmax(logits)
    logsumexp(logits).backward()

    assert [p.data for p in probabilities] == [0.5, 0.5]
    assert [logit.grad for logit in logits] == [0.5, 0.5]


TABLES = {
    "numbers": [1.0, 2.0, 3.0],
    "Values": [Value(1.0), Value(2.0), Value(3.0)],
    "rows": [[Value(1.0), 2.0], [Value(3.0), 4.0], (5.0, 6.0)],
    "a tuple": (1.0, Value(2.0), 3.0),
    "an array": np.arange(6.0).reshape(3, 2),
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("index", [0, 2, True, np.int64(1), np.uint8(2)])
def test_take_is_the_entry_itself(table, index):
    got, want = mn.take(table, index), table[int(index)]

    assert got is want or (got == want).all() or got == want


def test_take_of_an_integer_records_nothing():
    a, b = Value(1.0), Value(2.0)

    assert mn.take([a, b], 1) is b


@pytest.mark.parametrize("index", [-1, 3, np.int64(-3), 10**30])
def test_take_refuses_an_entry_that_is_not_there(index):
    message = r"no such entry: got index=.*int.*; expected an integer from 0 to 2"
    with pytest.raises(IndexError, match=message):
        mn.take([1.0, 2.0, 3.0], index)


@pytest.mark.parametrize("index", [1.0, "1", None, slice(1), Value(1.0), np.ones(2)])
def test_take_refuses_what_is_no_integer(index):
    message = "not an index: got index=.*; expected an integer from 0 to 1"
    with pytest.raises(TypeError, match=message):
        mn.take([1.0, 2.0], index)


def test_take_by_an_input_is_one_node():
    k, a, b = source(INDEX, "k"), Value(1.0), Value(2.0)
    with symbolic():
        picked = mn.take([a, b, 3], k)

    assert picked.op.name == "pick"
    assert picked.op.params == (k,)
    assert picked.operands[:2] == (a, b)
    assert picked.operands[2].op is CONSTANT
    assert picked.op.rule(1, "a", "b") == "[k = 1]"


def test_take_of_a_row_by_an_input_is_a_node_for_each_column():
    k, w = source(INDEX), [[Value(3.0 * i + j) for j in range(3)] for i in range(2)]
    with symbolic():
        rows, tables = mn.take(w, k), mn.take([w, w], k)
        constants = mn.take(np.eye(2), k)

    assert [x.operands for x in rows] == [(w[0][j], w[1][j]) for j in range(3)]
    assert [[x.operands for x in row] for row in tables] == [
        [(x, x) for x in row] for row in w
    ]
    assert [[x.data for x in node.operands] for node in constants] == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([], "no values: got an empty sequence for pick"),
        ([[1.0], [1.0, 2.0]], r"not a table: got rows of \[1, 2\] entries; expected"),
        ([1.0, [2.0]], r"not a table: got rows of \[0, 1\] entries; expected as many"),
    ],
)
def test_take_by_an_input_needs_a_table(table, message):
    with pytest.raises(ValueError, match=message):
        mn.take(table, source(INDEX))


def test_take_by_an_input_that_is_no_integer_is_refused():
    with pytest.raises(TypeError, match="pass it an array of integers"):
        mn.take([1.0, 2.0], source(INPUT))
