"""Training a program: what an eager loop does, step by step."""

import json

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.compiler import compile
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import MLP
from micrograd_nn.optim import OPTIMIZERS, SGD, Adam, Optimizer
from tests.compiled import assert_close, eager_value_and_grad

HYPERPARAMETERS = {
    "sgd": [
        {"lr": 0.05},
        {"lr": 0.05, "weight_decay": 0.1},
        {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01},
        {"lr": 0.05, "momentum": 0.8, "nesterov": True},
    ],
    "adam": [
        {"lr": 0.02},
        {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.1},
        {"lr": 0.02, "betas": (0.0, 0.0), "eps": 0.1},
    ],
    "adamw": [
        {"lr": 0.02},
        {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.5},
        {"lr": 0.02, "weight_decay": 0.0},
    ],
    "rmsprop": [
        {"lr": 0.02},
        {"lr": 0.02, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1, "momentum": 0.5},
        {"lr": 0.02, "centered": True},
        {"lr": 0.02, "momentum": 0.9, "centered": True},
    ],
    "adagrad": [
        {"lr": 0.05},
        {"lr": 0.05, "lr_decay": 0.1, "weight_decay": 0.1, "eps": 1e-3},
        {"lr": 0.05, "initial_accumulator_value": 0.5},
    ],
}
EVERY = [(name, given) for name in OPTIMIZERS for given in HYPERPARAMETERS[name]]
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(6, 3)), RNG.integers(0, 3, 6)


def model_with(*sizes):
    """The same model each time: numbers do not depend on what ran before."""
    model = MLP(3, [*sizes, 3], activation="tanh")
    rng = np.random.default_rng(len(sizes))
    for parameter in model.parameters():
        parameter.data = rng.normal() / 2
    return model


def loss_of(model):
    return lambda x, y: cross_entropy(
        model(x), y if mn.recording.is_symbolic() else int(y)
    )


def eager_step(loss, optimizer, *arrays):
    found, _ = eager_value_and_grad(loss, optimizer.params, *arrays)
    optimizer.step()
    return found


def numbers(params):
    return [param.data for param in params]


def assert_same_state(mine, eager):
    assert mine.steps == eager.steps
    for name in eager.state_names:
        assert_close(mine.state[name], eager.state[name])
    assert_close(numbers(mine.params), numbers(eager.params))


@pytest.mark.parametrize(("name", "given"), EVERY)
def test_every_optimizer_goes_where_the_eager_loop_goes(name, given):
    models = [model_with(4), model_with(4)]
    mine, eager = (OPTIMIZERS[name](m.parameters(), **given) for m in models)
    with compile(loss_of(models[0])).training(mine) as train:
        for step in range(50):
            mine.lr = eager.lr = given["lr"] / (1 + step / 10)
            rows = slice(0, 3) if step % 2 else slice(2, 6)
            expected = eager_step(loss_of(models[1]), eager, X[rows], Y[rows])

            assert_close(train.step(X[rows], Y[rows]), expected)

    assert_same_state(mine, eager)
    assert_close(
        [p.grad for p in mine.params], [p.grad for p in eager.params], tolerance=1e-11
    )


@pytest.mark.parametrize(("name", "given"), EVERY)
def test_an_optimizer_that_was_used_goes_on_and_is_used_later(name, given):
    models = [model_with(4), model_with(4)]
    mine, eager = (OPTIMIZERS[name](m.parameters(), **given) for m in models)
    for optimizer, model in zip((mine, eager), models, strict=True):
        for _ in range(3):
            eager_step(loss_of(model), optimizer, X, Y)
    program = compile(loss_of(models[0]))
    for _ in range(2):
        with program.training(mine) as train:
            for _ in range(3):
                train.step(X, Y)
                eager_step(loss_of(models[1]), eager, X, Y)
    for optimizer, model in zip((mine, eager), models, strict=True):
        eager_step(loss_of(model), optimizer, X, Y)

    assert_same_state(mine, eager)


@pytest.mark.parametrize(("name", "given"), EVERY)
def test_a_saved_state_goes_on_bit_for_bit(name, given):
    models = [model_with(4), model_with(4)]
    whole, first = (OPTIMIZERS[name](m.parameters(), **given) for m in models)
    for optimizer, model, count in zip((whole, first), models, (7, 4), strict=True):
        with compile(loss_of(model)).training(optimizer) as train:
            for _ in range(count):
                train.step(X, Y)
    second = OPTIMIZERS[name](models[1].parameters(), lr=9.0)
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    with compile(loss_of(models[1])).training(second) as train:
        for _ in range(3):
            train.step(X, Y)

    assert second.state_dict() == whole.state_dict()
    assert numbers(second.params) == numbers(whole.params)


class SignSGD(Optimizer):
    state_names = ()

    def __init__(self, params, lr=0.1):
        super().__init__(params, lr=lr)

    @staticmethod
    def rule(xp, param, grad, *, t, lr):
        return (param - lr * xp.sign(grad),)


def test_an_optimizer_that_remembers_nothing_is_compiled_too():
    models = [model_with(4), model_with(4)]
    mine, eager = (SignSGD(m.parameters(), lr=0.01) for m in models)
    with compile(loss_of(models[0])).training(mine) as train:
        for _ in range(5):
            eager_step(loss_of(models[1]), eager, X, Y)
            train.step(X, Y)

    assert_same_state(mine, eager)


def test_every_hyper_parameter_may_change_in_between():
    models = [model_with(4), model_with(4)]
    mine, eager = (SGD(m.parameters(), momentum=0.5) for m in models)
    with compile(loss_of(models[0])).training(mine) as train:
        for step in range(9):
            mine.momentum = eager.momentum = 0.9 - step / 20
            mine.weight_decay = eager.weight_decay = 0.1 * (step % 3)
            eager_step(loss_of(models[1]), eager, X, Y)
            train.step(X, Y)

    assert_same_state(mine, eager)


class Tokens(mn.nn.Module):
    """A small language model: embeddings, causal attention, logits."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.tables = [
            [[Value(x) for x in row] for row in rng.normal(size=shape).tolist()]
            for shape in [(5, 4), (8, 4), (4, 4), (4, 4), (4, 4), (5, 4)]
        ]

    def __call__(self, tokens):
        wte, wpe, wq, wk, wv, head = self.tables
        keys, losses = [], []
        for t in range(len(tokens) - 1):
            x = [a + b for a, b in zip(mn.take(wte, tokens[t]), wpe[t], strict=True)]
            q, k, v = ([dot(row, x) for row in w] for w in (wq, wk, wv))
            keys.append((k, v))
            weights = mn.softmax([dot(q, k) for k, _ in keys])
            columns = zip(*(v for _, v in keys), strict=True)
            h = [a + dot(weights, c) for a, c in zip(x, columns, strict=True)]
            losses.append(cross_entropy([dot(row, h) for row in head], tokens[t + 1]))
        return mn.sum(losses) / len(losses)


def dot(a, b):
    return mn.sum([x * y for x, y in zip(a, b, strict=True)])


@pytest.mark.parametrize("given", [None, "all"])
def test_documents_of_many_lengths_train_a_language_model(given):
    models = [Tokens(), Tokens()]
    mine, eager = (Adam(m.parameters(), lr=0.02) for m in models)
    program = compile(models[0], given and models[0].parameters())
    rng = np.random.default_rng(1)
    with program.training(mine) as train:
        for step in range(30):
            document = rng.integers(0, 5, (1, 3 + step % 5))
            expected = eager_step(models[1], eager, document)

            assert_close(train.step(document), expected)

    assert_same_state(mine, eager)


def test_longer_examples_do_not_make_an_optimizer_move_more_parameters():
    weights = [Value(1.0 + i) for i in range(4)]
    program = compile(lambda x: dot(weights[: len(x)], x) ** 2)
    program(X[:, :2])  # it reaches two parameters here
    optimizer = Adam(weights[:2], lr=0.1)
    with program.training(optimizer) as train:
        train.step(X[:, :2])
        train.step(X)

    assert numbers(weights[2:]) == [3.0, 4.0]
    assert len(optimizer.state["exp_avg"]) == 2


@pytest.mark.parametrize("error", [None, ZeroDivisionError, KeyboardInterrupt])
def test_leaving_the_block_writes_back(error):
    models = [model_with(2), model_with(2)]
    mine, eager = (Adam(m.parameters(), lr=0.1) for m in models)
    eager_step(loss_of(models[1]), eager, X, Y)

    def run():
        with compile(loss_of(models[0])).training(mine) as train:
            train.step(X, Y)
            if error:
                raise error

    if error:
        with pytest.raises(error):
            run()
    else:
        run()
    assert_same_state(mine, eager)


def test_a_block_without_steps_changes_nothing():
    model = model_with(2)
    optimizer = Adam(model.parameters())
    before = numbers(optimizer.params)
    model.parameters()[0].grad = 7.0
    with compile(loss_of(model)).training(optimizer) as train:
        train.write_back()

    assert numbers(optimizer.params) == before
    assert (optimizer.steps, model.parameters()[0].grad) == (0, 7.0)


WRONG = {
    "a column too many": (np.zeros((6, 4)), Y),
    "a class that is not there": (X, np.full(6, 3)),
    "a negative class": (X, Y - 5),
    "lengths that differ": (X, Y[:3]),
    "no examples": (X[:0], Y[:0]),
    "an array too many": (X, Y, Y),
    "an array too few": (X,),
    "text": (X, ["a"] * 6),
    "ragged rows": ([[1.0], [1.0, 2.0]], Y[:2]),
    "classes as floats": (X, Y / 1.0),
    "no batch axis": (1.0, Y),
    "complex numbers": (X + 1j, Y),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_batch_in_the_middle_leaves_everything_as_it_was(wrong):
    models = [model_with(4), model_with(4)]
    mine, eager = (Adam(m.parameters(), lr=0.1) for m in models)
    with compile(loss_of(models[0])).training(mine) as train:
        for _ in range(2):
            train.step(X, Y)
            eager_step(loss_of(models[1]), eager, X, Y)
            with pytest.raises((TypeError, ValueError)):
                train.step(*wrong)
        train.write_back()

        assert_same_state(mine, eager)

    assert_same_state(mine, eager)


def test_a_wrong_first_batch_does_no_harm():
    model = model_with(4)
    program = compile(loss_of(model))
    with pytest.raises(ValueError, match="wrong number of inputs"):
        program(np.zeros((6, 4)), Y)
    expected, grad = eager_value_and_grad(loss_of(model), model.parameters(), X, Y)
    found = program.value_and_grad(X, Y)

    assert_close(found[0], expected)
    assert_close(
        dict(zip(map(id, program.params), found[1], strict=True))[
            id(model.parameters()[0])
        ],
        grad[0],
    )


def test_numbers_that_are_assigned_in_between_are_seen():
    weight, other = Value(1.0), Value(2.0)
    with compile(lambda x: weight * other * x).training(SGD([weight], lr=1.0)) as train:
        assert train.step([1.0]) == 2.0  # weight: 1 - 2
        weight.data = 5.0
        assert train.step([1.0]) == 10.0  # weight: 5 - 2
        other.data = 0.5
        assert train.step([1.0]) == 1.5  # weight: 3 - 0.5
        weight.data = 7.0

    assert weight.data == 7.0


def test_a_number_assigned_after_the_last_step_stays_and_the_others_are_written():
    a, b = Value(1.0), Value(1.0)
    with compile(lambda x: a * b * x).training(SGD([a, b], lr=0.5)) as train:
        train.step([1.0])
        a.data = 7.0
        train.write_back()

        assert (a.data, b.data) == (7.0, 0.5)


def test_the_program_that_trains_computes_with_what_it_has_learned():
    weight = Value(1.0)
    program = compile(lambda x: weight * x)
    with program.training(SGD([weight], lr=0.25)) as train:
        train.step([1.0])

        assert program([1.0, 2.0]).tolist() == [0.75, 1.5]
        assert program([1.0]).tolist() == [0.75]

    assert weight.data == 0.75


def test_a_layer_that_is_added_is_detected_after_the_values_are_written_back():
    models = [model_with(3), model_with(3)]
    mine, eager = (Adam(m.parameters(), lr=0.05) for m in models)
    with compile(loss_of(models[0])).training(mine) as train:
        for step in range(4):
            if step == 2:
                train.write_back()
                for model in models:
                    model.layers.append(model_with().layers[0])
                train.write_back()
            expected = eager_step(loss_of(models[1]), eager, X, Y)

            assert_close(train.step(X, Y), expected)

    assert_same_state(mine, eager)


def test_a_layer_that_is_added_between_two_blocks_is_trained():
    model = model_with(3)
    program = compile(loss_of(model))
    with program.training(SGD(model.parameters(), lr=0.1)) as train:
        train.step(X, Y)
    new = model_with().layers[0]
    model.layers.append(new)
    before = numbers(new.parameters())
    expected, _ = eager_value_and_grad(loss_of(model), model.parameters(), X, Y)
    with program.training(SGD(model.parameters(), lr=0.1)) as train:
        assert_close(train.step(X, Y), expected)

    assert all(a != b for a, b in zip(before, numbers(new.parameters()), strict=True))


def test_parameters_that_the_optimizer_does_not_have_stay_and_may_be_assigned():
    models = [model_with(3), model_with(3)]
    mine, eager = (Adam(m.layers[1].parameters(), lr=0.1) for m in models)
    with compile(loss_of(models[0])).training(mine) as train:
        for step in range(6):
            for model in models:
                model.layers[0].neurons[1].b.data = step / 3
            expected = eager_step(loss_of(models[1]), eager, X, Y)

            assert_close(train.step(X, Y), expected)

    assert_same_state(mine, eager)
    assert numbers(models[0].layers[0].parameters()) == numbers(
        models[1].layers[0].parameters()
    )


@pytest.mark.parametrize("given", HYPERPARAMETERS["sgd"])
def test_parameters_that_are_not_reached_move_as_in_eager_mode(given):
    pairs = [[Value(2.0), Value(3.0)] for _ in range(2)]
    mine, eager = (SGD(pair, **given) for pair in pairs)
    with compile(lambda x: pairs[0][1] * x).training(mine) as train:
        for _ in range(5):
            train.step([1.0, 2.0])
            eager_step(lambda x: pairs[1][1] * x, eager, [1.0, 2.0])

    assert_same_state(mine, eager)
    assert pairs[0][0].grad == 0.0


def test_programs_that_share_parameters_take_turns():
    weights = [[Value(1.0), Value(-0.5)] for _ in range(2)]
    a, b = (lambda x, w=weights[i]: (w[0] * x + w[1]) ** 2 for i in range(2))
    mine, eager = (SGD(w, lr=0.05, momentum=0.9) for w in weights)

    def other(w):
        return lambda x: w[0] * w[0] * x - w[1]

    first, second = compile(a), compile(other(weights[0]))
    for _ in range(3):
        for program, f in ((first, b), (second, other(weights[1]))):
            with program.training(mine) as train:
                train.step([1.0, 2.0])
            eager_step(f, eager, [1.0, 2.0])

    assert_same_state(mine, eager)


def test_a_recorded_value_is_trained():
    models = [model_with(3), model_with(3)]
    mine, eager = (Adam(m.parameters(), lr=0.05) for m in models)

    def batch_loss(model):
        return cross_entropy([model(row) for row in X], Y.tolist())

    with compile(batch_loss(models[0])).training(mine) as train:
        for _ in range(10):
            loss = batch_loss(models[1])
            eager.zero_grad()
            loss.backward()
            eager.step()

            assert_close(train.step(), loss.data)

    assert_same_state(mine, eager)


def test_a_long_chain_is_trained_number_by_number():
    weights = [Value(0.5), Value(0.5)]

    def chain(w):
        y = w
        for i in range(600):
            y = (y * 1.01).sin() if i % 2 else (y + 0.1).tanh()
        return y

    mine, eager = (SGD([w], lr=0.5) for w in weights)
    program = compile(chain(weights[0]))
    with program.training(mine) as train:
        for _ in range(4):
            expected = eager_step(lambda: chain(weights[1]), eager)

            assert_close(train.step(), expected)

    assert "one after another" in str(program)
    assert_same_state(mine, eager)


@pytest.mark.parametrize("huge", [1e200, np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_is_not_finite_passes_as_in_eager_mode(name, huge):
    weights = [Value(1.0), Value(1.0)]
    mine, eager = (OPTIMIZERS[name]([w], lr=0.1) for w in weights)
    with (
        ignore_anomaly(),
        compile(lambda x: weights[0] * x).training(mine) as train,
    ):
        for x in ([1.0, huge], [huge, -huge]):
            train.step(x)
            eager_step(lambda x: weights[1] * x, eager, x)

    assert_same_state(mine, eager)
