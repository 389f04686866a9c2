"""A step from several batches: the same as from all of them at once."""

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import MLP
from micrograd_nn.optim import OPTIMIZERS, SGD, Adam
from tests.compiled import assert_close

RNG = np.random.default_rng(4)
X, Y = RNG.normal(size=(12, 3)), RNG.integers(0, 3, 12)


def twins():
    models = [MLP(3, [4, 3], activation="tanh") for _ in range(2)]
    for mine, other in zip(*(model.parameters() for model in models), strict=True):
        other.data = mine.data
    return models


def program_of(model):
    return mn.compile(lambda x, y: cross_entropy(model(x), y))


def numbers(params):
    return [param.data for param in params]


@pytest.mark.parametrize("cuts", [[4, 8], [5], [1, 2, 11], []], ids=str)
@pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_pieces_of_any_size_make_the_step_of_the_whole(kind, cuts):
    models = twins()
    mine, whole = (kind(model.parameters(), lr=0.05) for model in models)
    with (
        program_of(models[0]).training(mine) as train,
        program_of(models[1]).training(whole) as other,
    ):
        for _ in range(20):
            losses = [
                train.accumulate(x, y) * len(x)
                for x, y in zip(np.split(X, cuts), np.split(Y, cuts), strict=True)
            ]
            train.update()

            assert_close(sum(losses) / 12, other.step(X, Y))

    assert mine.steps == whole.steps == 20
    assert_close(numbers(mine.params), numbers(whole.params))
    assert_close([p.grad for p in mine.params], [p.grad for p in whole.params])


def test_a_step_includes_what_was_accumulated_and_forgets_it():
    models = twins()
    mine, whole = (Adam(model.parameters(), lr=0.05) for model in models)
    with (
        program_of(models[0]).training(mine) as train,
        program_of(models[1]).training(whole) as other,
    ):
        for _ in range(5):
            train.accumulate(X[:5], Y[:5])
            train.step(X[5:], Y[5:])
            other.step(X, Y)
            train.step(X[:3], Y[:3])
            other.step(X[:3], Y[:3])

    assert_close(numbers(mine.params), numbers(whole.params))


def test_what_is_accumulated_is_clipped_as_a_whole():
    models = twins()
    mine, whole = (SGD(model.parameters(), lr=0.5) for model in models)
    with (
        program_of(models[0]).training(mine, clip_norm=0.1) as train,
        program_of(models[1]).training(whole, clip_norm=0.1) as other,
    ):
        for _ in range(10):
            train.accumulate(X[:5], Y[:5])
            train.accumulate(X[5:], Y[5:])
            train.update()
            other.step(X, Y)

    assert_close(numbers(mine.params), numbers(whole.params))


def test_parameters_that_are_assigned_in_between_are_moved_from_there():
    w = Value(1.0)
    with mn.compile(lambda x: w * x).training(SGD([w], lr=1.0)) as train:
        train.accumulate([2.0])
        w.data = 10.0
        train.accumulate([4.0])
        w.data = 20.0
        train.update()

        assert train.step([1.0]) == 17.0
    assert w.data == 16.0


def test_a_wrong_batch_adds_nothing():
    models = twins()
    mine, whole = (Adam(model.parameters(), lr=0.05) for model in models)
    with (
        program_of(models[0]).training(mine) as train,
        program_of(models[1]).training(whole) as other,
    ):
        train.accumulate(X[:5], Y[:5])
        with pytest.raises(ValueError, match="no such index: got y=3"):
            train.accumulate(X[5:], np.full(7, 3))
        with pytest.raises(ValueError, match="no such index: got y=3"):
            train.step(X[5:], np.full(7, 3))
        train.accumulate(X[5:], Y[5:])
        train.update()
        other.step(X, Y)

    assert_close(numbers(mine.params), numbers(whole.params))


def test_a_learning_rate_that_is_no_number_loses_nothing():
    w = Value(1.0)
    optimizer = SGD([w], lr=1.0)
    with mn.compile(lambda x: w * x).training(optimizer) as train:
        train.accumulate([2.0])
        optimizer.lr = "x"
        with pytest.raises(TypeError, match="not a number: got lr='x'"):
            train.update()
        optimizer.lr = 0.25
        train.update()

    assert w.data == 0.5


def test_what_is_left_at_the_end_of_a_block_is_dropped():
    w = Value(1.0)
    program = mn.compile(lambda x: w * x)
    optimizer = SGD([w], lr=1.0)
    training = program.training(optimizer)
    with training as train:
        train.accumulate([2.0])
    with training as train:
        train.step([0.5])

    assert w.data == 0.5
    assert optimizer.steps == 1


@pytest.mark.parametrize("after", ["nothing", "a step", "an update"])
def test_an_update_needs_a_gradient(after):
    w = Value(1.0)
    with mn.compile(lambda x: w * x).training(SGD([w])) as train:
        if after == "a step":
            train.step([1.0])
        if after == "an update":
            train.accumulate([1.0])
            train.update()
        with pytest.raises(RuntimeError, match="nothing to go along: got an update wi"):
            train.update()


@pytest.mark.parametrize("act", [lambda t: t.update(), lambda t: t.accumulate([1.0])])
def test_outside_of_the_block_nothing_is_accumulated(act):
    w = Value(1.0)
    training = mn.compile(lambda x: w * x).training(SGD([w]))

    with pytest.raises(RuntimeError, match="not in a block"):
        act(training)


def test_an_update_after_the_function_changed_is_refused():
    model = MLP(3, [4, 3], activation="tanh")
    optimizer = SGD(model.parameters(), lr=0.1)
    before = numbers(optimizer.params)
    with program_of(model).training(optimizer) as train:
        train.accumulate(X, Y)
        model.layers[0].neurons[0].nonlin = False
        train.write_back()
        with pytest.raises(RuntimeError, match="not recorded yet"):
            train.update()
        train.accumulate(X, Y)
        train.update()

    assert optimizer.steps == 1
    assert numbers(optimizer.params) != before


def test_a_state_that_is_loaded_in_between_is_used():
    models = twins()
    mine, other = (Adam(model.parameters(), lr=0.05) for model in models)
    saved = Adam(models[1].parameters(), lr=0.05).state_dict() | {"steps": 5}
    with program_of(models[0]).training(mine) as train:
        train.accumulate(X, Y)
        mine.load_state_dict(saved)
        train.update()
    other.load_state_dict(saved)
    with program_of(models[1]).training(other) as train:
        train.step(X, Y)

    assert mine.steps == other.steps == 6
    assert_close(numbers(mine.params), numbers(other.params))
