import copy
import re

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value, epochs, grad, no_grad
from micrograd_nn.ops import MUL

STALE = "data changed since it was used: got {}, assigned after op {} ran"


def stale(got, op):
    return re.escape(STALE.format(got, repr(op)))


def test_data_assigned_after_use_is_refused_and_named():
    a = Value(2.0, label="a")
    y = a * a
    a.grad = 7.0
    a.data = 10.0
    with pytest.raises(RuntimeError, match=stale("a=10.0", "*")):
        y.backward()

    assert a.grad == 7.0
    assert y.data == 4.0


def test_the_same_number_assigned_is_a_change_too():
    a = Value(2.0)
    y = a * a
    a.data = 2.0
    with pytest.raises(RuntimeError, match=stale("2.0", "*")):
        y.backward()


def test_data_assigned_before_use_is_fine():
    a = Value(2.0)
    a.data = 10.0
    y = a * a
    y.backward()

    assert a.grad == 20.0


def test_computing_again_is_the_way_out():
    a = Value(2.0)
    old = a * a
    a.data = 10.0
    new = a * a
    new.backward()

    assert a.grad == 20.0
    with pytest.raises(RuntimeError, match="Compute the result again"):
        old.backward()


def test_a_change_between_two_uses_is_found():
    a = Value(2.0)
    early = a * 3
    a.data = 5.0
    late = a * 4
    late.backward()

    assert a.grad == 4.0
    with pytest.raises(RuntimeError, match=stale("5.0", "*")):
        (early + late).backward()


def test_a_change_of_another_graph_does_not_matter():
    a, b = Value(2.0), Value(3.0)
    y = a * a
    z = b * b
    b.data = 4.0
    y.backward()

    assert a.grad == 4.0
    with pytest.raises(RuntimeError, match=stale("4.0", "*")):
        z.backward()


def test_an_optimizer_step_between_forward_and_backward_is_found():
    weights = [Value(float(i)) for i in range(5)]
    loss = sum(w * w for w in weights)
    for w in weights:
        w.data -= 0.1
    with pytest.raises(RuntimeError, match="data changed"):
        loss.backward()


def test_a_training_loop_never_sees_it():
    w = Value(0.0)
    for _ in range(50):
        loss = (w - 3.0) ** 2
        w.grad = 0.0
        loss.backward()
        w.data -= 0.1 * w.grad

    assert w.data == pytest.approx(3.0, abs=1e-3)


def test_a_result_that_was_assigned_has_no_gradient():
    a = Value(2.0)
    y = a * a
    y.data = 5.0
    z = y * 3
    with pytest.raises(RuntimeError, match=stale("5.0", "*")):
        z.backward()  # a * a does not make 5


def test_an_assigned_result_is_found_below_other_nodes(monkeypatch):
    monkeypatch.setattr(epochs, "_results_were_assigned", False)  # it is the first
    a = Value(2.0)
    y = a.exp()
    z = (y + 1) * 2
    y.data = 5.0
    with pytest.raises(RuntimeError, match=stale("5.0", "+")):
        z.backward()


@pytest.mark.parametrize(
    "make",
    [
        lambda a: a.exp(),
        lambda a: a + 1,
        lambda a: mn.sum([a, a, 2.0]),
        lambda a: Value(6.0, (a,), (3.0,)),
        lambda a: mn.where(True, a, 0.0),
    ],
)
def test_every_kind_of_node_is_checked(make):
    a = Value(2.0)
    y = make(a)
    a.data = 1.0
    with pytest.raises(RuntimeError, match=r"data changed since it was used: got 1.0"):
        y.backward()


def test_a_step_by_hand_is_checked():
    a = Value(2.0)
    out = Value(6.0, (a,), "triple")
    out._backward = lambda: setattr(a, "grad", a.grad + 3.0 * out.grad)
    a.data = 1.0
    with pytest.raises(RuntimeError, match=stale("1.0", "triple")):
        out.backward()


def test_functional_gradients_check_too():
    a = Value(2.0)

    def f(x):
        y = x * a
        a.data = 3.0
        return y

    with pytest.raises(RuntimeError, match=stale("3.0", "*")):
        grad(f)(1.0)


def test_what_no_grad_made_is_a_number_of_its_own():
    a = Value(2.0)
    with no_grad():
        frozen = a * a
    a.data = 10.0
    y = frozen * 3
    y.backward()

    assert y.data == 12.0


def test_grad_and_labels_may_change_at_any_time():
    a = Value(2.0)
    y = a * a
    a.grad, a.label = 1.0, "a"
    y.backward()

    assert a.grad == 5.0


def test_a_copy_is_of_the_same_epoch():
    a = Value(2.0)
    a.data = 3.0
    y = copy.deepcopy(a * a)
    y.backward()

    assert y.operands[0].grad == 6.0
    assert y.operands[0] is not a


def test_a_copy_of_a_stale_graph_is_stale():
    a = Value(2.0)
    y = a * a
    a.data = 3.0
    with pytest.raises(RuntimeError, match=stale("3.0", "*")):
        copy.deepcopy(y).backward()


def test_arrays_of_values_are_checked_one_by_one():
    xs = np.array([Value(1.0), Value(2.0)])
    total = (xs * 2).sum()
    xs[1].data = 3.0
    with pytest.raises(RuntimeError, match=stale("3.0", "*")):
        total.backward()


def test_the_nodes_of_one_epoch_share_a_record():
    a = Value(2.0)
    first, second = a * 2, a * 3
    a.data = 1.0
    third = a * 2

    assert first.op is second.op
    assert third.op is not first.op
    assert first.op == third.op == MUL
