import copy
import random

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn.engine import Value
from micrograd_nn.losses import mse_loss
from micrograd_nn.nn import (
    GRU,
    MLP,
    BatchNorm1d,
    Conv1d,
    Embedding,
    Linear,
    ReLU,
    Sequential,
    Tanh,
)
from micrograd_nn.nn.freezing import freeze, frozen_parameters, unfreeze
from micrograd_nn.optim import SGD, AdamW
from micrograd_nn.training import fit, load, load_into, save

X = [[0.5, -1.0], [1.0, 2.0], [-0.5, 0.25], [2.0, 1.0]]
Y = [[1.0], [0.0], [2.0], [-1.0]]

every_layer = pytest.mark.parametrize(
    "layer",
    [MLP(2, [3, 1]), Linear(2, 3), Conv1d(1, 2, 2), GRU(2, 3), Embedding(3, 2)],
    ids=lambda layer: type(layer).__name__,
)
every_backend = pytest.mark.parametrize("backend", ["eager", "compiled"])


def net():
    return Sequential(Linear(2, 4), Tanh(), Linear(4, 1))


def numbers(module):
    return [value.data for value in [*module.parameters(), *module.buffers()]]


@every_layer
def test_a_frozen_layer_has_no_parameters_and_keeps_its_state(layer):
    layer = copy.deepcopy(layer)
    state, shapes = layer.state_dict(), list(layer.named_tensors())

    freeze(layer)

    assert layer.parameters() == []
    assert layer.state_dict() == state
    assert list(layer.named_tensors()) == shapes
    assert set(frozen_parameters(layer)) == set(layer.buffers())


@every_layer
def test_unfreezing_brings_back_the_same_parameters_in_the_same_order(layer):
    layer = copy.deepcopy(layer)
    before = layer.named_parameters()

    freeze(freeze(layer))

    assert layer.parameters() == []
    assert unfreeze(layer).named_parameters() == before
    assert layer.buffers() == []
    assert frozen_parameters(layer) == []


@every_backend
def test_fit_moves_what_is_not_frozen_and_nothing_else(backend):
    model = net()
    freeze(model[0])
    frozen, others = numbers(model[0]), numbers(model[2])

    fit(model, X, Y, epochs=3, backend=backend, verbose=0)

    assert numbers(model[0]) == frozen
    assert all(a != b for a, b in zip(numbers(model[2]), others, strict=True))


def test_weight_decay_and_momentum_do_not_reach_frozen_weights_either():
    model = net()
    optimizer = AdamW(model.parameters(), lr=0.1)
    loss = mn.compile(lambda x, y: mse_loss(model(x), y))
    with loss.training(optimizer) as training:
        training.step(X, Y)  # momentum has gathered when they are frozen
    freeze(model[0])
    frozen = numbers(model[0])

    with loss.training(AdamW(model.parameters(), lr=0.1, weight_decay=0.5)) as training:
        for _ in range(5):
            training.step(X, Y)

    assert numbers(model[0]) == frozen


def test_gradients_flow_through_frozen_layers_to_those_before():
    model = net()
    free = copy.deepcopy(model)
    freeze(model[2])
    for one in (model, free):
        mse_loss(one.batch(X), Y).backward()

    before, expected = model[0].parameters(), free[0].parameters()

    assert [v.grad for v in before] == [v.grad for v in expected]
    assert all(v.grad for v in before)


def test_a_compiled_program_differentiates_through_frozen_layers():
    model = net()
    freeze(model[2])
    program = mn.compile(lambda x, y: mse_loss(model(x), y), model.parameters())
    _, grad = program.value_and_grad(X, Y)
    mse_loss(model.batch(X), Y).backward()

    np.testing.assert_allclose(grad, [v.grad for v in model.parameters()], rtol=1e-12)


def test_a_frozen_weight_that_is_assigned_is_seen_by_a_program():
    model = net()
    freeze(model)
    program = mn.compile(lambda x: model(x))
    program(X)
    model[2].bias[0].data += 10.0

    np.testing.assert_allclose(program(X)[0], model(X[0])[0].data)


def test_buffers_that_a_layer_has_anyway_stay_buffers():
    model = Sequential(Linear(2, 2), BatchNorm1d(2), Linear(2, 1))
    running = model[1].buffers()

    unfreeze(freeze(model))

    assert model.buffers() == running
    assert len(model.parameters()) == 6 + 4 + 3


def test_running_statistics_of_a_frozen_norm_go_on_until_eval():
    norm = freeze(BatchNorm1d(2))
    norm.batch(X)

    assert norm.running_mean[0].data != 0.0
    assert norm.weight[0].data == 1.0


def test_unfreezing_clears_the_gradients_that_zero_grad_left_alone():
    model = net()
    freeze(model[0])
    mse_loss(model.batch(X), Y).backward()
    model.zero_grad()
    gathered = model[0].weight[0][0].grad
    unfreeze(model)

    assert gathered != 0.0
    assert [v.grad for v in model.parameters()] == [0.0] * 17


def test_a_part_can_be_unfrozen_alone():
    model = freeze(net())
    unfreeze(model[2])

    assert set(model.parameters()) == {*model[2].weight[0], *model[2].bias}


def test_a_tensor_that_two_layers_share_is_frozen_in_what_contains_both():
    first, second = Linear(2, 2), Linear(2, 2)
    second.weight = first.weight
    model = Sequential(first, second)
    freeze(first)

    assert set(model.parameters()) == set(second.bias)


def test_copies_of_frozen_modules_are_frozen():
    twin = copy.deepcopy(freeze(net()))

    assert twin.parameters() == []
    assert len(unfreeze(twin).parameters()) == 17


def test_a_frozen_attribute_that_is_gone_does_no_harm():
    layer = freeze(Linear(2, 1))
    del layer.bias

    assert len(unfreeze(layer).parameters()) == 2


def test_what_a_user_keeps_in_a_module_need_not_be_a_parameter():
    layer = Linear(1, 1)
    layer.notes, layer.last_loss = ["seen"], Value(1.0) * 2.0
    freeze(layer)

    assert layer.parameters() == []
    assert unfreeze(layer).notes == ["seen"]


def test_a_file_of_a_frozen_model_loads(tmp_path):
    model = freeze(net())
    save(model, tmp_path / "model.safetensors")
    twin = load_into(net(), tmp_path / "model.safetensors")

    assert twin.state_dict() == model.state_dict()


def test_transfer_trains_a_new_head_on_old_features():
    random.seed(0)
    model = Sequential(Linear(2, 4), ReLU(), Linear(4, 1))
    fit(model, X, Y, epochs=20, verbose=0)
    transferred = Sequential(freeze(model[0]), model[1], Linear(4, 2))
    optimizer = SGD(transferred.parameters(), lr=0.1)
    history = fit(transferred, X, [0, 1, 0, 1], optimizer=optimizer, verbose=0)

    assert len(optimizer.params) == 10
    assert history.history["loss"][-1] < history.history["loss"][0]


@pytest.mark.parametrize("function", [freeze, unfreeze, frozen_parameters])
def test_what_is_no_module_is_refused(function):
    with pytest.raises(TypeError, match=r"not a module: got module=\[\] \(list\)"):
        function([])


def test_a_frozen_model_is_saved_with_its_architecture(tmp_path):
    net = MLP(2, [3, 1])
    freeze(net.layers[0])
    path = tmp_path / "net.safetensors"
    save(net, path)
    found = load(path)

    assert found.state_dict() == net.state_dict()


def test_a_summary_counts_as_many_scalars_of_a_frozen_model():
    net = MLP(2, [3, 1])
    before = net.summary().rows[-1].nodes
    freeze(net.layers[0])

    assert net.summary().rows[-1].nodes == before
