"""Blocks of compiled training: there and back, and what comes beside the loss."""

import numpy as np
import pytest

from micrograd_nn import Value, compile
from micrograd_nn.nn import MLP
from micrograd_nn.optim import Adam

X, Y = np.random.default_rng(0).normal(size=(2, 6, 2))


def trained(model, optimizer):
    program = compile(lambda x, y: (model(x) - y[0]) ** 2, optimizer.params)
    return program.training(optimizer)


def numbers(optimizer):
    return [param.data for param in optimizer.params], optimizer.state_dict()


def test_steps_are_taken_back_with_the_state_of_the_optimizer():
    model = MLP(2, [3, 1])
    optimizer = Adam(model.parameters(), lr=0.1)
    with trained(model, optimizer) as train:
        train.step(X, Y)
        train.write_back()
        before = numbers(optimizer)
        savepoint = train.savepoint(X, Y)
        losses = [train.step(X, Y), train.step(X[:3], Y[:3])]
        train.accumulate(X, Y)

        train.go_back(savepoint)
        train.write_back()
        assert numbers(optimizer) == before
        assert [train.step(X, Y), train.step(X[:3], Y[:3])] == losses


def test_a_step_is_taken_back_before_anything_was_run():
    model = MLP(2, [3, 1])
    optimizer = Adam(model.parameters(), lr=0.1)
    before = numbers(optimizer)

    with trained(model, optimizer) as train:
        savepoint = train.savepoint(X, Y)
        train.step(X, Y)
        train.go_back(savepoint)

    assert numbers(optimizer) == before


def test_numbers_that_were_assigned_are_gone_back_to():
    w = Value(1.0)
    optimizer = Adam([w], lr=0.1)
    with compile(lambda x: (w * x - 3.0) ** 2).training(optimizer) as train:
        train.step([1.0])
        w.data = 7.0
        savepoint = train.savepoint([1.0])
        train.step([1.0])
        train.go_back(savepoint)

    assert w.data == 7.0


def test_parameters_that_are_not_finite_are_told():
    w = Value(1.0)
    with compile(lambda x: w * x).training(Adam([w], lr=1.0)) as train:
        train.step([1.0])
        assert train.is_finite()
        train.step([np.inf])
        assert not train.is_finite()


@pytest.mark.parametrize("batch", [[[1.0], [2.0], [3.0]], [[1.0]]])
def test_what_comes_beside_the_loss_is_there_after_a_step(batch):
    w = Value(2.0)

    def loss(x):
        y = w * x[0]
        return y * y, [y, {"x": x[0]}]

    with compile(loss, [w]).training(Adam([w], lr=0.0)) as train:
        found = train.step(batch)
        y, others = train.beside_loss

    xs = np.array(batch)[:, 0]
    assert found == pytest.approx(np.mean((2 * xs) ** 2))
    assert y.tolist() == (2 * xs).tolist()
    assert others["x"].tolist() == xs.tolist()
    assert w.grad == pytest.approx(np.mean(4 * xs * xs))


@pytest.mark.parametrize("outputs", [2, 3])
def test_a_tuple_of_losses_is_no_loss(outputs):
    w = Value(2.0)
    program = compile(lambda x: (w * x,) * outputs)

    with pytest.raises(TypeError, match=f"not a loss: got {outputs} outputs; .*a list"):
        program.value_and_grad([1.0])
