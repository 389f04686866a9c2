import copy
import random

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import trees
from micrograd_nn.compress import prune, quantize
from micrograd_nn.engine import Value
from micrograd_nn.losses import mse_loss
from micrograd_nn.nn import MLP, BatchNorm1d, Linear, Module, ReLU, Sequential
from micrograd_nn.nn.freezing import freeze, unfreeze
from micrograd_nn.optim import OPTIMIZERS, AdamW
from micrograd_nn.training import fit, load_into, save

X = [[0.5, -1.0], [1.0, 2.0], [-0.5, 0.25], [2.0, 1.0]]
Y = [[1.0], [0.0], [2.0], [-1.0]]

every_backend = pytest.mark.parametrize("backend", ["eager", "compiled"])


def net():
    return Sequential(Linear(2, 4), ReLU(), Linear(4, 1))


def row(*numbers):
    layer = Linear(len(numbers), 1, bias=False)
    layer.load_tensors({"weight": [list(numbers)]})
    return layer


def weights(model):
    named = model.named_tensors().items()
    found = [tensor.data for name, tensor in named if name.endswith("weight")]
    return np.array(trees.leaves(found))


def test_the_smallest_weights_go_whatever_their_sign():
    layer = row(0.5, -0.1, -2.0, 0.2, 0.0)
    prune(layer, 0.6)

    assert weights(layer).tolist() == [0.5, 0.0, -2.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("amount", "zeros"), [(0.0, 0), (0, 0), (1, 1), (0.25, 1), (3, 3), (1.0, 4)]
)
def test_an_amount_is_a_share_or_a_number(amount, zeros):
    layer = row(0.5, -0.1, -2.0, 0.2)
    pruning = prune(layer, amount)

    assert pruning.zeros == {"weight": zeros}
    assert pruning.sparsity == zeros / 4
    assert (weights(layer) == 0.0).sum() == zeros


def test_of_equal_weights_the_first_go():
    layer = row(1.0, -1.0, 1.0, -1.0)
    prune(layer, 0.5)

    assert weights(layer).tolist() == [0.0, 0.0, 1.0, -1.0]


def test_a_global_amount_is_of_the_model_and_one_per_layer_of_each():
    def made():
        return Sequential(row(0.1, 0.2), row(3.0, 4.0))

    everywhere, each = prune(made(), 0.5), prune(made(), 0.5, scope="layer")

    assert everywhere.zeros == {"0.weight": 2, "1.weight": 0}
    assert each.zeros == {"0.weight": 1, "1.weight": 1}


def test_biases_and_the_scales_of_norms_are_left_alone():
    model = Sequential(Linear(2, 3), BatchNorm1d(3), Linear(3, 1))
    pruning = prune(model, 1.0)

    assert set(pruning.sizes) == {"0.weight", "2.weight"}
    assert len(model.parameters()) == 3 + 6 + 1


@every_backend
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_pruned_weights_stay_zero_through_training_and_others_move(backend, optimizer):
    model = net()
    prune(model, 0.5)
    before = weights(model)

    fit(model, X, Y, optimizer=optimizer, epochs=3, backend=backend, verbose=0)

    assert ((weights(model) == 0.0) == (before == 0.0)).all()
    assert (before == 0.0).sum() == 6
    assert (weights(model) != before).any()


def test_an_optimizer_that_was_made_before_moves_all_that_it_knows():
    model = net()
    optimizer = AdamW(model.parameters(), lr=0.1)
    prune(model, 0.5)
    mse_loss(model.batch(X), Y).backward()
    optimizer.step()

    assert (weights(model) == 0.0).sum() < 6


def test_a_program_that_was_trained_before_leaves_pruned_weights_alone():
    model = net()
    loss = mn.compile(lambda x, y: mse_loss(model(x), y))
    with loss.training(AdamW(model.parameters())) as training:
        training.step(X, Y)
    prune(model, 0.5)
    with loss.training(AdamW(model.parameters(), lr=0.1)) as training:
        training.step(X, Y)

    assert (weights(model) == 0.0).sum() == 6


def test_a_pruned_model_computes_the_same_eager_and_compiled():
    model = net()
    prune(model, 0.5)
    eager = [output.data for (output,) in model.batch(X)]

    np.testing.assert_allclose(
        mn.compile(lambda x: model(x))(X)[:, 0], eager, rtol=1e-14
    )


def test_a_second_amount_is_of_the_weights_that_are_left():
    layer = row(*range(1, 9))
    first = prune(layer, 0.5)
    second = prune(layer, 0.5)

    assert (first.sparsity, second.sparsity) == (0.5, 0.75)
    assert weights(layer).tolist() == [0.0] * 6 + [7.0, 8.0]


def test_state_and_tensors_keep_their_names_and_shapes():
    model = MLP(2, [3, 1])
    state, tensors = model.state_dict(), list(model.named_tensors())
    prune(model, 0.5)

    assert set(model.state_dict()) == set(state)
    assert list(model.named_tensors()) == tensors


def test_undo_gives_back_numbers_and_training():
    model = net()
    before, named = model.state_dict(), model.named_parameters()
    pruning = prune(model, 0.5)
    mse_loss(model.batch(X), Y).backward()
    model.zero_grad()
    pruning.undo()

    assert model.state_dict() == before
    assert model.named_parameters() == named
    assert all(value.grad == 0.0 for value in model.parameters())


def test_undo_leaves_what_was_trained_since():
    layer = row(0.1, 2.0)
    pruning = prune(layer, 0.5)
    layer.weight[0][1].data = 5.0
    pruning.undo()

    assert weights(layer).tolist() == [0.1, 5.0]


def test_of_two_prunings_each_undoes_its_own():
    layer = row(0.1, 0.2, 0.3, 0.4)
    first = prune(layer, 1)
    prune(layer, 1)
    first.undo()

    assert weights(layer).tolist() == [0.1, 0.0, 0.3, 0.4]
    assert [name for name, _ in layer.named_buffers()] == ["weight.0.1"]


def test_a_second_undo_is_refused():
    pruning = prune(row(1.0, 2.0), 0.5)
    pruning.undo()

    with pytest.raises(RuntimeError, match=r"undone already: got a second undo\(\)"):
        pruning.undo()


def test_pruned_weights_stay_pruned_when_a_layer_is_frozen_and_unfrozen():
    model = net()
    freeze(model)
    pruning = prune(model, 0.5)
    unfreeze(model)

    assert pruning.sparsity == 0.5
    assert len(model.parameters()) == 17 - 6


def test_a_shared_tensor_counts_once():
    first, second = Linear(2, 2, bias=False), Linear(2, 2, bias=False)
    second.weight = first.weight
    model = Sequential(first, second)
    pruning = prune(model, 0.5)

    assert pruning.sizes == {"0.weight": 4}
    assert len(model.parameters()) == 2


def test_copies_of_pruned_models_are_pruned():
    model = net()
    prune(model, 0.5)
    twin = copy.deepcopy(model)
    fit(twin, X, Y, epochs=2, verbose=0)

    assert ((weights(twin) == 0.0) == (weights(model) == 0.0)).all()
    assert not set(twin.buffers()) & set(model.buffers())


def test_pruning_again_finds_the_zeros_of_a_file(tmp_path):
    model = MLP(2, [4, 1])
    prune(model, 0.5)
    save(model, tmp_path / "model.safetensors")
    twin = load_into(MLP(2, [4, 1]), tmp_path / "model.safetensors")
    prune(twin, 0.5)

    assert weights(twin).tolist() == weights(model).tolist()
    assert len(twin.parameters()) == len(model.parameters())


def test_buffers_of_a_module_of_ones_own_are_no_weights():
    class Scaled(Module):
        def __init__(self):
            self.register_buffer("table", [[Value(0.01), Value(0.02)]])
            self.inner = Linear(2, 1)

    model = Scaled()

    assert set(prune(model, 1.0).sizes) == {"inner.weight"}
    assert model.table[0][0].data == 0.01


def test_a_pruning_prints_as_a_table():
    assert repr(prune(Sequential(row(0.1, 2.0), row(3.0)), 1)).splitlines() == [
        "pruned    zeros  weights  sparsity",
        "0.weight      1        2     50.0%",
        "1.weight      0        1      0.0%",
        "total         1        3     33.3%",
    ]


@pytest.mark.parametrize(
    ("amount", "error", "match"),
    [
        (1.5, ValueError, r"out of range: got amount=1.5 .*0 <= amount <= 1"),
        (-0.1, ValueError, "out of range: got amount=-0.1"),
        (float("nan"), ValueError, "out of range: got amount=nan"),
        (
            -1,
            ValueError,
            r"out of range: got amount=-1 \(int\); expected at most the 2",
        ),
        (3, ValueError, "out of range: got amount=3 .* the 2 weights that are left"),
        ("half", TypeError, "not a number: got amount='half'"),
    ],
)
def test_an_amount_that_is_none_is_refused_and_nothing_pruned(amount, error, match):
    layer = row(1.0, 2.0)

    with pytest.raises(error, match=match):
        prune(layer, amount)
    assert weights(layer).tolist() == [1.0, 2.0]


def test_an_amount_that_one_layer_does_not_have_prunes_none():
    model = Sequential(row(1.0, 2.0, 3.0), row(4.0))

    with pytest.raises(ValueError, match="expected at most the 1 weights"):
        prune(model, 2, scope="layer")
    assert weights(model).tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("function", [prune, quantize])
def test_a_model_without_finite_weights_is_refused(function):
    amount = 2
    with pytest.raises(TypeError, match=r"not a model: got model=\[\] \(list\)"):
        function([], amount)
    with pytest.raises(ValueError, match="no weights: got model=ReLU"):
        function(ReLU(), amount)
    with pytest.raises(ValueError, match="not finite: got inf in weight"):
        function(row(1.0, float("inf")), amount)


def test_an_unknown_scope_is_refused():
    with pytest.raises(ValueError, match="unknown scope: got scope='local'"):
        prune(net(), 0.5, scope="local")


@pytest.mark.oracle
@pytest.mark.parametrize("amount", [0.3, 0.75, 7])
def test_the_weights_that_go_are_those_of_pytorch(amount):
    torch = pytest.importorskip("torch")
    from torch.nn.utils import prune as theirs

    random.seed(1)
    ours = Sequential(Linear(4, 5), ReLU(), Linear(5, 3))
    twin = torch.nn.Sequential(
        torch.nn.Linear(4, 5), torch.nn.ReLU(), torch.nn.Linear(5, 3)
    ).double()
    state = {
        name: torch.tensor(tensor.data, dtype=torch.float64)
        for name, tensor in ours.named_tensors().items()
    }
    twin.load_state_dict(state)
    pairs = [(twin[0], "weight"), (twin[2], "weight")]
    for _ in range(2):
        prune(ours, amount)
        theirs.global_unstructured(pairs, theirs.L1Unstructured, amount=amount)

    expected = torch.cat([module.weight.flatten() for module, _ in pairs])
    assert weights(ours).tolist() == expected.tolist()
