"""Corners of the passes that ordinary networks do not come to."""

import math
import random
import types

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value, compile
from micrograd_nn.compiler import batches, program
from micrograd_nn.compiler.interpreter import Interpreter
from micrograd_nn.compiler.views import common
from micrograd_nn.optim import Optimizer
from tests.compiled import assert_same

RNG = random.Random(11)


def values(count):
    return [Value(RNG.uniform(0.5, 1.5)) for _ in range(count)]


class Swap(Optimizer):
    """New state and new parameter each need the other's old value."""

    state_names = ("last",)

    def __init__(self, params, lr=0.1):
        super().__init__(params, lr=lr)

    @staticmethod
    def rule(xp, param, grad, last, *, t, lr):
        return param - lr * (grad + 0.5 * last), param * 1.0


def test_a_rule_that_needs_old_values_at_the_end_gets_them():
    w = values(3)
    start = [v.data for v in w]

    def loss(x):
        return (mn.sum([a * b for a, b in zip(w, x, strict=True)]) - 1.0) ** 2

    rows = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 2.0]])
    with compile(loss).training(Swap(w)) as train:
        for _ in range(5):
            train.step(rows)
    compiled = [v.data for v in w]
    for value, number in zip(w, start, strict=True):
        value.data = number
    optimizer = Swap(w)
    for _ in range(5):
        optimizer.zero_grad()
        (mn.sum([loss(row) for row in rows.tolist()]) / 2).backward()
        optimizer.step()

    assert compiled == pytest.approx([v.data for v in w], rel=1e-12)


def test_patterns_that_do_not_divide_each_other_have_nothing_in_common():
    assert common([((6,), (1,)), ((2, 3), (0, 1)), ((3, 2), (0, 1))]) is None


def test_operands_that_repeat_in_different_ways_are_gathered():
    a, b, c = values(2), values(3), values(6)

    def f(x):
        return mn.sum([a[i // 3] / b[i // 2] * (c[i] * x).exp() for i in range(6)])

    assert_same(f, [*a, *b, *c], np.array([0.1, 0.2, 0.3]))


def test_dot_products_that_share_little_are_not_computed_whole():
    w, v = [values(2) for _ in range(6)], [values(2) for _ in range(6)]

    def f(x):
        cells = [(i, i) for i in range(6)] + [(i, (i + 1) % 6) for i in range(5)]
        dots = [w[i][0] * v[j][0] + w[i][1] * v[j][1] for i, j in cells]
        return mn.sum([(dot * x).tanh() for dot in dots])

    params = [p for row in (*w, *v) for p in row]
    assert_same(f, params, np.array([0.5, 1.0]))


def test_one_place_that_gets_most_of_the_grads():
    w = values(30)

    def f(x):
        h = [(w[0] * x).sin(), *[(w[i] * x).tanh() for i in range(1, 5)]]
        return mn.sum([(h[0 if i % 9 else i // 9 + 1] * w[i]).exp() for i in range(30)])

    assert_same(f, w, np.array([0.1, 0.4, 0.9]))


def test_a_table_of_one_entry_and_a_table_of_inputs_are_picked_from():
    w = Value(2.0)
    program = compile(lambda x, i: w * mn.take(x, i) + mn.take([w], i))
    loss, grad = program.value_and_grad([[5.0], [7.0]], [0, 0])

    assert (loss, grad.tolist()) == (14.0, [7.0])


def test_a_loose_graph_has_sums_maxima_and_divisions_by_zero():
    w = values(2)

    def build():
        v = w[0]
        for i in range(12):
            v = mn.max([v.sin(), v * w[1], w[0]]) + v.tanh() / (i + 1.5)
            v = mn.logsumexp([v, w[1], v * 0.5]).exp() / (v * v + 3.0)
            v = (1.0 / (w[0] - w[0])).minimum(2.0) * v.cos().elu() + v.log1p() ** 2
        return v

    with mn.anomaly.ignore_anomaly():
        root = build()
        for value in w:
            value.grad = 0.0
        root.backward()
        program = compile(root, w)
        value, grad = program.value_and_grad()

    assert isinstance(program._latest().plan, Interpreter)
    assert value == pytest.approx(root.data, rel=1e-12)
    np.testing.assert_allclose(grad, [v.grad for v in w], rtol=1e-12)
    assert program.scalars(1)[0].operands


def test_only_so_many_shapes_are_kept(monkeypatch):
    monkeypatch.setattr(program, "SHAPES", 2)
    monkeypatch.setattr(batches, "SHAPES", 2)
    w = Value(2.0)
    doubled = compile(lambda x: w * mn.sum(x))

    for width in (1, 2, 3, 1):
        assert doubled(np.ones((2, width))).tolist() == [2.0 * width] * 2

    assert len(doubled._compiled) == 2


def test_what_numpy_cannot_read_is_refused():
    class Tensor:
        def __array__(self, *args, **kwargs):
            raise RuntimeError("it requires grad")

    with pytest.raises(TypeError, match=r"got x \(Tensor\), .*: it requires grad"):
        compile(lambda x: x)(Tensor())


def test_a_read_only_dictionary_is_watched():
    inside = {"beta": 2.0}
    options = types.MappingProxyType(inside)
    w = Value(1.0)
    scaled = compile(lambda x: w * x * options["beta"])
    before = scaled([1.0])[0]

    inside["beta"] = 3.0

    assert (before, scaled([1.0])[0]) == (2.0, 3.0)


def test_a_division_of_several_by_a_constant_zero_is_what_ieee_says():
    w = values(3)
    with mn.anomaly.ignore_anomaly():
        program = compile(mn.sum([(v / 0.0).atan() for v in w]))

        assert program() == pytest.approx(1.5 * math.pi)


def test_an_unknown_name_of_the_package_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'compose'"):
        mn.compose  # noqa: B018 - reading it is the test
