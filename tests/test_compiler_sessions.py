"""Programs, optimizers, eager code and blocks that share parameters."""

import math
import types

import numpy as np
import pytest

from micrograd_nn import Op, Value, apply, compile, detect_anomaly
from micrograd_nn.losses import LOSSES
from micrograd_nn.nn import Module
from micrograd_nn.optim import SGD, Adam


def squared(w, target):
    return lambda x: (w * x - target) ** 2


# Programs side by side ----------------------------------------------------------------


def test_two_programs_that_train_each_others_inputs_see_every_step():
    g, d = Value(1.0), Value(2.0)
    losses = [lambda x: (g * x - d) ** 2, lambda x: (d * x - g + 1.0) ** 2]
    with (
        compile(losses[0]).training(SGD([g], lr=0.1)) as first,
        compile(losses[1]).training(SGD([d], lr=0.1)) as second,
    ):
        for _ in range(5):
            first.step([1.0])
            second.step([1.0])
    compiled = g.data, d.data

    g.data, d.data = 1.0, 2.0
    for _ in range(5):
        for loss, param in zip(losses, (g, d), strict=True):
            param.grad = 0.0
            loss(1.0).backward()
            SGD([param], lr=0.1).step()

    assert compiled == pytest.approx((g.data, d.data), rel=1e-12)


def test_another_program_sees_the_newest_numbers_inside_a_block():
    w = Value(1.0)
    score = compile(lambda x: w * x)

    with compile(squared(w, 3.0)).training(SGD([w], lr=0.1)) as train:
        for _ in range(60):
            train.step([1.0])
        inside = score([1.0])[0]

    assert inside == pytest.approx(3.0, abs=1e-4)
    assert inside == w.data


def test_training_some_parameters_leaves_the_program_as_it_was():
    a, b = Value(2.0), Value(0.5)
    program = compile(lambda x: a * x + b)

    program.training(SGD([a], lr=0.1))

    assert len(program.value_and_grad([1.0])[1]) == 2


def test_the_program_itself_sees_what_a_block_trains_of_it():
    a, b = Value(2.0), Value(0.5)
    program = compile(lambda x: (a * x + b - 1.0) ** 2)

    with program.training(SGD([a], lr=0.2)) as train:
        for _ in range(60):
            train.step([1.0])

        assert program([1.0])[0] == pytest.approx(0.0, abs=1e-6)


def test_a_layer_that_is_added_after_training_has_gradients():
    layers = [Value(1.0)]
    program = compile(lambda x: math.prod(layers, start=x))
    with program.training(SGD(layers, lr=0.0)) as train:
        train.step([1.0])

    layers.append(Value(2.0))

    assert len(program.value_and_grad([1.0])[1]) == 2


# Optimizers ---------------------------------------------------------------------------


def test_an_optimizer_is_in_one_block_at_a_time():
    w = Value(1.0)
    optimizer = SGD([w], lr=0.1)
    program = compile(squared(w, 3.0))

    with (
        program.training(optimizer),
        pytest.raises(RuntimeError, match="one block at a time: got optimizer=SGD"),
        program.training(optimizer),
    ):
        pass

    with program.training(optimizer) as train:  # and again in the next
        train.step([1.0])


def test_a_state_that_is_loaded_inside_a_block_is_gone_on_from():
    w = Value(1.0)
    optimizer = Adam([w], lr=0.1)
    start = optimizer.state_dict()

    with compile(squared(w, 3.0)).training(optimizer) as train:
        for _ in range(3):
            train.step([1.0])
        train.write_back()
        optimizer.load_state_dict(start)
        train.step([1.0])

    assert optimizer.steps == 1
    assert optimizer.state["exp_avg"] == pytest.approx([0.1 * w.grad])


def test_an_eager_step_inside_a_block_counts():
    w = Value(1.0)
    optimizer = Adam([w], lr=0.1)

    with compile(squared(w, 3.0)).training(optimizer) as train:
        train.step([1.0])
        train.write_back()
        optimizer.step()
        train.step([1.0])

    assert optimizer.steps == 3


def test_a_hyperparameter_that_is_refused_stays_refused():
    w = Value(1.0)
    optimizer = Adam([w], lr=0.1)
    with compile(squared(w, 3.0)).training(optimizer) as train:
        train.step([1.0])
        optimizer.betas = (0.9,)
        for _ in range(2):
            with pytest.raises(ValueError, match="unpack"):
                train.step([1.0])

    assert optimizer.steps == 1


def test_a_learning_rate_that_is_no_number_moves_nothing():
    w = Value(1.0)
    optimizer = Adam([w], lr=0.1)
    with compile(squared(w, 3.0)).training(optimizer) as train:
        train.step([1.0])
        train.write_back()
        before = w.data, optimizer.state_dict()
        optimizer.lr = None
        with pytest.raises(TypeError, match="not a number: got lr=None"):
            train.step([1.0])
        optimizer.lr = 0.1

    assert (w.data, optimizer.state_dict()) == before


def test_a_rule_that_asks_for_numbers_says_what_to_write():
    class WarmUp(SGD):
        @staticmethod
        def rule(xp, param, grad, velocity, *, t, lr, **rest):
            return param - min(1.0, t / 10) * lr * grad, velocity

    w = Value(1.0)
    with (
        compile(squared(w, 3.0)).training(WarmUp([w], lr=0.1)) as train,
        pytest.raises(TypeError, match=r"got WarmUp.rule, .* Write xp.minimum"),
    ):
        train.step([1.0])


def test_shapes_in_turn_train_as_in_eager_mode():
    w = [Value(0.5), Value(-1.0), Value(2.0)]

    def loss(x):
        return (sum(a * b for a, b in zip(w, x, strict=False)) - 1.0) ** 2

    batches = [np.ones((2, 2)), np.full((2, 3), 0.5)] * 4
    optimizer = Adam(w, lr=0.05)
    with compile(loss, w).training(optimizer) as train:
        for batch in batches:
            train.step(batch)
    compiled = [v.data for v in w]

    for value, start in zip(w, (0.5, -1.0, 2.0), strict=True):
        value.data = start
    optimizer = Adam(w, lr=0.05)
    for batch in batches:
        optimizer.zero_grad()
        (sum(loss(row) for row in batch.tolist()) / 2).backward()
        optimizer.step()

    assert compiled == pytest.approx([v.data for v in w], rel=1e-12)


# Blocks -------------------------------------------------------------------------------


def test_a_step_needs_its_block():
    w = Value(1.0)
    train = compile(squared(w, 3.0)).training(SGD([w], lr=0.1))

    with pytest.raises(RuntimeError, match=r"not in a block: .* Call train.step"):
        train.step([1.0])
    with train:
        train.step([1.0])
    with pytest.raises(RuntimeError, match="not in a block"):
        train.step([1.0])


@pytest.mark.parametrize("given", [3, None, SGD])
def test_what_is_no_optimizer_is_refused(given):
    with pytest.raises(TypeError, match="not an optimizer: got optimizer="):
        compile(Value(1.0) * 2.0).training(given)


def test_a_number_that_changes_inside_a_block_is_told_of():
    w, state = Value(1.0), {"beta": 1.0}
    program = compile(lambda x: (w * x * state["beta"] - 3.0) ** 2)

    with program.training(SGD([w], lr=0.0)) as train:
        assert train.step([1.0]) == 4.0
        state["beta"] = 2.0
        with pytest.warns(RuntimeWarning, match="the function changed while it was"):
            losses = [train.step([1.0]) for _ in range(80)]

    assert losses[-1] == 1.0


def test_a_number_that_changes_is_used_from_the_next_write_back():
    w, state = Value(1.0), {"beta": 1.0}
    program = compile(lambda x: (w * x * state["beta"] - 3.0) ** 2)

    with program.training(SGD([w], lr=0.0)) as train:
        losses = []
        for state["beta"] in (1.0, 2.0, 3.0):
            train.write_back()
            losses.append(train.step([1.0]))

    assert losses == [4.0, 1.0, 0.0]


def test_a_function_that_keeps_what_it_computed_is_recorded_once():
    class Net(Module):
        def __init__(self):
            self.w, self.calls, self.last = Value(2.0), 0, None

        def __call__(self, x):
            self.calls += 1
            self.last = self.w * x
            return self.last

    net = Net()
    program = compile(net)
    for _ in range(5):
        program([1.0, 2.0])

    assert net.calls == 1


# What is recorded ---------------------------------------------------------------------


def test_ops_of_one_name_and_different_formulas_are_different():
    def bend(k):
        return Op("bend", lambda xp, x: k * x * x, (lambda xp, y, x: 2.0 * k * x,))

    w = Value(2.0)

    value, grad = compile(apply(bend(1.0), w) + apply(bend(10.0), w)).value_and_grad()

    assert (value, grad.tolist()) == (44.0, [44.0])


def test_a_program_inside_a_recorded_function_is_refused():
    w = Value(2.0)
    inner = compile(w * w)

    with pytest.raises(TypeError, match="the program would freeze this result"):
        compile(lambda x: inner() * x)([1.0])


def test_attributes_of_a_namespace_are_watched():
    w, options = Value(1.0), types.SimpleNamespace(beta=2.0)
    program = compile(lambda x: w * x * options.beta)
    before = program([1.0])[0]

    options.beta = 5.0

    assert (before, program([1.0])[0]) == (2.0, 5.0)


def test_a_small_array_that_changes_in_place_is_noticed():
    w, scale = Value(1.0), np.array([2.0, 3.0])
    program = compile(lambda x: w * x * float(scale[0]))
    before = program([1.0])[0]

    scale[0] = 5.0

    assert (before, program([1.0])[0]) == (2.0, 5.0)


def test_a_formula_that_uses_itself_often_compiles():
    def forward(xp, x):
        for _ in range(40):
            x = x * x * 0.5 + x
        return x

    op = Op("tower", forward, (lambda xp, y, x: 1.0,))
    w = Value(1e-4)

    assert compile(apply(op, w), [w])() == pytest.approx(apply(op, w).data, rel=1e-12)


# Anomalies ----------------------------------------------------------------------------


def test_a_gradient_that_is_not_finite_stops_a_step_under_detect_anomaly():
    w = Value(0.0, label="w")
    program = compile(lambda x: (w * x).sqrt() + 1.0)

    with (
        detect_anomaly(),
        program.training(SGD([w], lr=0.1)) as train,
        pytest.raises(FloatingPointError, match=r"gradient of w=0.0 is inf"),
    ):
        train.step([1.0])

    assert w.data == 0.0


def test_a_number_on_the_way_that_is_not_finite_is_found_under_detect_anomaly():
    w = Value(1.0)
    program = compile(lambda x: 1.0 / (x.exp() + w))

    with (
        detect_anomaly(),
        pytest.raises(FloatingPointError, match=r"exp\(x\) gave inf"),
    ):
        program([1000.0])


def test_a_refused_batch_draws_no_random_numbers():
    from micrograd_nn import randomness, take

    table = [Value(1.0), Value(2.0)]

    def noisy(index):
        return take(table, index) + randomness.uniform()

    first, second = compile(noisy, seed=3), compile(noisy, seed=3)
    with pytest.raises(ValueError, match="no such index"):
        first([5])

    assert first([0]) == second([0])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"params": 5}, TypeError, "no list of parameters: got params=5"),
        ({"params": "ab"}, TypeError, "no list of parameters: got params='ab'"),
        ({"params": [Value(1.0) * 2]}, TypeError, "not a parameter: got params"),
        ({"seed": -1}, ValueError, "not a seed: got seed=-1"),
        ({"seed": "a"}, ValueError, "not a seed: got seed='a'"),
        ({"backend": "jax"}, ValueError, "no such backend: got backend='jax'"),
        ({"backend": list}, ValueError, "no such backend"),
    ],
)
def test_wrong_arguments_of_compile_are_refused_at_once(arguments, error, message):
    with pytest.raises(error, match=message):
        compile(lambda x: x, **arguments)


def test_a_program_is_not_compiled_again():
    with pytest.raises(TypeError, match="nothing to compile: got target="):
        compile(compile(lambda x: x))


def test_lines_are_counted_from_one():
    program = compile(Value(2.0).exp())

    assert len(program.scalars(1)) == 1
    for line in (0, 2):
        with pytest.raises(IndexError, match=f"no such line: got line={line}"):
            program.scalars(line)


def test_masked_arrays_are_refused():
    w = Value(1.0)

    with pytest.raises(TypeError, match="not an array of numbers"):
        compile(lambda x: w * x)(np.ma.masked_array([1.0, 2.0], mask=[0, 1]))


# Targets ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "target", "expected"),
    [
        ("hinge_loss", 0, "-1 or 1"),
        ("binary_cross_entropy_with_logits", 7, "a probability from 0 to 1"),
    ],
)
def test_targets_that_a_loss_does_not_accept_are_refused(loss, target, expected):
    w = Value(1.0)
    program = compile(lambda x, y: LOSSES[loss](w * x, y))

    with pytest.raises(ValueError, match=rf"got y={target} .*; expected {expected}"):
        program.value_and_grad([0.3, 0.3], [1, target])

    assert program.value_and_grad([0.3, 0.3], [1, 1])[0] > 0.0


def test_a_target_among_other_numbers_of_an_input_is_checked():
    w = Value(1.0)
    program = compile(lambda x: LOSSES["hinge_loss"](w * x[0], x[1]))

    program([[5.0, 1.0]])
    with pytest.raises(ValueError, match=r"got x=0\.0"):
        program([[5.0, 0.0], [5.0, 1.0]])
