import pytest

from micrograd_nn import Value


def test_a_step_set_after_the_data_of_an_operand_changed_is_refused():
    a = Value(2.0)
    y = a * a
    a.data = 10.0
    with pytest.raises(RuntimeError, match="data changed since it was used"):
        y._backward = lambda: None


def test_the_data_of_a_node_may_be_set_before_its_step():
    a = Value(2.0)
    out = Value(0.0, (a,), "double")
    out.data = 2 * a.data
    out._backward = lambda: setattr(a, "grad", a.grad + 2 * out.grad)
    (out * 3).backward()

    assert a.grad == 6.0
