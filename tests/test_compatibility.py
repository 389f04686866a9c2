"""What code written for micrograd, its lectures and microgpt relies on.

A script for those says `from micrograd_nn.engine import Value`, and no more changes.
"""

import math
import random
from itertools import pairwise

import numpy as np
import pytest

from micrograd_nn.engine import Value

# Golden numbers -----------------------------------------------------------------------


def readme_of_micrograd(a, b):
    """The expression that micrograd's README ends with 24.7041."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def test_the_readme_of_micrograd_gives_its_numbers():
    a, b = Value(-4.0), Value(2.0)
    g = readme_of_micrograd(a, b)
    g.backward()

    assert g.data == 24.70408163265306
    assert a.grad == 138.83381924198252
    assert b.grad == 645.5772594752186


def lecture_neuron():
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    n = x1 * w1 + x2 * w2 + b
    n.label = "n"
    return x1, x2, w1, w2, n


def tanh_as_one(n):
    return n.tanh()


def tanh_in_pieces(n):
    e = (2 * n).exp()
    return (e - 1) / (e + 1)


@pytest.mark.parametrize("activation", [tanh_as_one, tanh_in_pieces])
def test_the_neuron_of_the_lecture_gives_its_numbers(activation):
    x1, x2, w1, w2, n = lecture_neuron()
    o = activation(n)
    o.backward()

    assert o.data == pytest.approx(0.7071, abs=1e-4)
    assert [v.grad for v in (x1, w1, x2, w2)] == pytest.approx([-1.5, 1.0, 0.5, 0.0])


def test_the_diamond_of_issue_68_gives_its_numbers():
    a, b = Value(2), Value(3)
    c, d = a + b, a * b
    e, f = c + d, c * d
    y = e + f
    y.backward()

    assert (a.grad, b.grad) == (25.0, 19.0)


def test_backward_twice_doubles_where_micrograd_compounds():
    x = Value(2.0)
    y = (3 * x) ** 2
    y.backward()

    assert x.grad == 36.0
    y.backward()
    assert x.grad == 72.0


# micrograd and its lectures -----------------------------------------------------------


def test_the_constructor_is_that_of_micrograd():
    a, b = Value(1.0), Value(2.0)
    out = Value(3.0, (a, b), "+", "sum")
    named = Value(data=3.0, _children=(a, b), _op="+", label="sum")

    for value in (out, named):
        assert value._prev == (a, b)
        assert value._op == "+"
        assert value.label == "sum"
    assert Value(1.0, set(), "")._prev == ()
    assert Value(3.0, {a}, "f")._prev == (a,)


def test_prev_iterates_in_order_and_knows_its_members():
    a, b = Value(1.0), Value(2.0)

    assert list((a - b)._prev) == [a, b]
    assert a in (a - b)._prev
    assert Value(1.0) not in (a - b)._prev
    assert (a * a)._prev == (a, a)
    assert a._prev == ()


@pytest.mark.parametrize(
    ("make", "symbol"),
    [
        (lambda a: a, ""),
        (lambda a: a + 1, "+"),
        (lambda a: 1 - a, "-"),
        (lambda a: a * a, "*"),
        (lambda a: a / 2, "/"),
        (lambda a: a**2, "**2"),
        (lambda a: a**-1, "**-1"),
        (lambda a: a**0.5, "**0.5"),
        (lambda a: a**a, "**"),
        (lambda a: a.relu(), "ReLU"),
        (lambda a: a.tanh(), "tanh"),
        (lambda a: a.exp(), "exp"),
        (lambda a: a.log(), "log"),
        (lambda a: Value(1.0, (a,), "sin"), "sin"),
        (lambda a: (a + 1)._prev[1], ""),
    ],
)
def test_op_is_the_symbol_to_show(make, symbol):
    assert make(Value(2.0))._op == symbol


def test_data_grad_label_and_new_attributes_can_be_written():
    for v in (Value(1.0), Value(1.0) * 2):
        v.data, v.grad, v.label, v.momentum = 5, 0.25, "v", 0.9

        assert (v.data, v.grad, v.label, v.momentum) == (5.0, 0.25, "v", 0.9)


def test_a_walk_over_prev_finds_every_node_and_edge():
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    *_, n = lecture_neuron()
    build(n.tanh())

    assert len(nodes) == 10
    assert len(edges) == 9


def test_an_op_may_be_written_by_hand():
    def sin(x):
        out = Value(math.sin(x.data), (x,), "sin")

        def _backward():
            x.grad += math.cos(x.data) * out.grad

        out._backward = _backward
        return out

    x = Value(0.5)
    y = sin(x) * sin(x) + sin(sin(x))
    y.backward()

    truth = 2 * math.sin(0.5) * math.cos(0.5)
    truth += math.cos(math.sin(0.5)) * math.cos(0.5)
    assert x.grad == pytest.approx(truth, rel=1e-14)
    once = x.grad
    y.backward()
    assert x.grad == 2 * once


def test_the_rule_of_a_recorded_op_may_be_replaced():
    a, b = Value(2.0), Value(3.0)
    out = a * b

    def straight_through():
        a.grad += out.grad
        b.grad += out.grad

    out._backward = straight_through
    (out * 2).backward()

    assert (a.grad, b.grad) == (2.0, 2.0)
    assert out._op == "*"
    assert out._prev == (a, b)


def test_a_step_without_operands_runs_too():
    x, reached = Value(3.0), []
    out = Value(6.0)

    def step():
        reached.append(out.grad)
        x.grad += 2 * out.grad

    out._backward = step
    (out * 5).backward()

    assert reached == [5.0]
    assert x.grad == 10.0


def test_the_manual_drill_works_node_by_node():
    x1, x2, w1, w2, n = lecture_neuron()
    o = n.tanh()
    products, b = n._prev
    x1w1, x2w2 = products._prev

    o.grad = 1.0
    o._backward()
    assert n.grad == pytest.approx(0.5)
    n._backward()
    assert (b.grad, products.grad) == pytest.approx((0.5, 0.5))
    b._backward()
    products._backward()
    assert (x1w1.grad, x2w2.grad) == pytest.approx((0.5, 0.5))
    x1w1._backward()
    x2w2._backward()
    assert [v.grad for v in (x1, w1, x2, w2)] == pytest.approx([-1.5, 1.0, 0.5, 0.0])


def test_a_drill_over_a_sorted_list_is_backward():
    a, b = Value(-4.0), Value(2.0)
    g = readme_of_micrograd(a, b)
    order, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build(child)
            order.append(v)

    build(g)
    g.grad = 1.0
    for node in reversed(order):
        node._backward()

    assert (a.grad, b.grad) == (138.83381924198252, 645.5772594752186)


def test_a_drill_on_stale_data_is_refused_too():
    a = Value(2.0)
    o = a * a
    a.data = 10.0
    o.grad = 1.0
    with pytest.raises(RuntimeError, match="data changed"):
        o._backward()


def test_gradient_descent_by_hand_goes_down():
    x1, x2, w1, w2, n = lecture_neuron()
    before = n.tanh()
    before.backward()
    for leaf in (x1, x2, w1, w2):
        leaf.data += 0.01 * leaf.grad
    after = (x1 * w1 + x2 * w2 + n._prev[1]).tanh()

    assert after.data > before.data


def test_numpy_numbers_may_stand_on_either_side():
    v = Value(2.0)
    labels = np.array([-1, 1])

    assert all(type(-y * v) is Value for y in labels)
    assert [(1 + -y * v).relu().data for y in labels] == [3.0, 0.0]
    assert type(np.float64(2) * v) is Value
    assert (np.float64(2) ** v).data == 4.0
    assert type(sum([v, v, 1.5])) is Value


def test_object_arrays_are_arrays_of_values():
    v = Value(2.0)
    left, right = np.array([1.0, 3.0]) * v, v * np.array([1.0, 3.0])

    assert [x.data for x in left] == [x.data for x in right] == [2.0, 6.0]
    assert [x.data for x in np.exp(left)] == [math.exp(2.0), math.exp(6.0)]
    np.exp(left).sum().backward()
    assert v.grad == pytest.approx(math.exp(2.0) + 3 * math.exp(6.0))


def test_values_live_in_sets_and_keys():
    a, b = Value(1.0), Value(1.0)

    assert len({a, b}) == 2
    assert {a: 1, b: 2}[b] == 2
    assert a != b
    assert bool(Value(0.0)) is True


def test_a_hinge_loss_script_of_the_demo_trains():
    random.seed(1337)
    xs = [(random.gauss(0, 1), random.gauss(0, 1)) for _ in range(20)]
    ys = np.array([1 if x > y else -1 for x, y in xs])
    hidden = [[Value(random.uniform(-1, 1)) for _ in range(3)] for _ in range(4)]
    top = [Value(random.uniform(-1, 1)) for _ in range(5)]
    parameters = [p for row in [*hidden, top] for p in row]

    def score(x):
        act = [sum((w * i for w, i in zip(r, x, strict=False)), r[2]) for r in hidden]
        act = [a.relu() for a in act]
        return sum((w * a for w, a in zip(top, act, strict=False)), top[-1])

    def loss():
        scores = [score(list(map(Value, x))) for x in xs]
        losses = [(1 + -yi * s).relu() for yi, s in zip(ys, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        penalty = 1e-4 * sum(p * p for p in parameters)
        right = [(yi > 0) == (s.data > 0) for yi, s in zip(ys, scores, strict=True)]
        return data_loss + penalty, sum(right) / len(right)

    for k in range(25):
        total, accuracy = loss()
        for p in parameters:
            p.grad = 0
        total.backward()
        for p in parameters:
            p.data -= (1.0 - 0.9 * k / 100) * 0.3 * p.grad
        if k == 0:
            start = total.data

    assert total.data < 0.5 * start
    assert accuracy >= 0.9


# microgpt -----------------------------------------------------------------------------


def test_the_constructor_is_that_of_microgpt():
    a, b = Value(2.0), Value(3.0)
    out = Value(a.data * b.data, (a, b), (b.data, a.data))
    out.backward()

    assert out._children == (a, b)
    assert out._local_grads == (3.0, 2.0)
    assert out._op == ""
    assert (a.grad, b.grad) == (3.0, 2.0)
    assert Value(1.0, (), ())._children == ()
    assert Value(1.0, (), ()).operands == ()


def test_local_grads_of_recorded_ops_are_their_partials():
    a, b = Value(2.0), Value(3.0)

    assert (a * b)._local_grads == (3.0, 2.0)
    assert (a**2)._local_grads == (4.0,)
    assert a._local_grads == ()


def test_local_grads_of_a_repeated_operand_add_up():
    a = Value(5.0)
    out = Value(10.0, (a, a), (1, 1))
    (out * out).backward()

    assert a.grad == 40.0


def test_a_bigram_script_in_the_way_of_microgpt_trains():
    random.seed(42)
    text = "abcabcabdabc"
    letters = sorted(set(text))
    size = len(letters)
    table = [[Value(random.gauss(0, 0.5)) for _ in range(3)] for _ in range(size)]
    head = [[Value(random.gauss(0, 0.5)) for _ in range(3)] for _ in range(size)]
    params = [p for matrix in (table, head) for row in matrix for p in row]
    for p in params:
        p.m, p.v = 0.0, 0.0

    def linear(x, w):
        return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in w]

    def rmsnorm(x):
        mean_square = sum(xi * xi for xi in x) / len(x)
        scale = (mean_square + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    def softmax(logits):
        top = max(val.data for val in logits)
        exps = [(val - top).exp() for val in logits]
        total = sum(exps)
        return [e / total for e in exps]

    def step(number):
        losses = []
        for here, there in pairwise(text):
            x = rmsnorm(table[letters.index(here)])
            probs = softmax(linear([xi.relu() + xi for xi in x], head))
            losses.append(-probs[letters.index(there)].log())
        loss = (1 / len(losses)) * sum(losses)
        loss.backward()
        for p in params:
            p.m = 0.9 * p.m + 0.1 * p.grad
            p.v = 0.99 * p.v + 0.01 * p.grad**2
            m_hat = p.m / (1 - 0.9 ** (number + 1))
            v_hat = p.v / (1 - 0.99 ** (number + 1))
            p.data -= 0.1 * m_hat / (v_hat**0.5 + 1e-8)
            p.grad = 0
        return loss.data, probs

    losses = [step(number)[0] for number in range(30)]
    _, probs = step(30)

    assert losses[-1] < 0.4 * losses[0]
    weights = [p.data for p in probs]
    assert sum(weights) == pytest.approx(1.0)
    assert random.choices(range(size), weights=weights)[0] in range(size)


# Faults seen in peers -----------------------------------------------------------------


@pytest.mark.parametrize("bad", ["a", [1, 2]])
def test_what_is_no_number_is_refused(bad):
    with pytest.raises(TypeError, match="not a number"):
        Value(bad)


def test_a_fractional_power_of_a_negative_number_is_no_complex_number():
    with pytest.warns(RuntimeWarning, match="power gave nan: got -4.0"):
        y = Value(-4) ** 0.5

    assert math.isnan(y.data)
