"""`to_torch`: whatever the layer, PyTorch computes the same."""

import sys

import numpy as np
import pytest

from micrograd_nn import Value, trees
from micrograd_nn.export import assert_same, to_torch
from micrograd_nn.nn import (
    GPT,
    MLP,
    RNN,
    BatchNorm1d,
    Dropout,
    Elementwise,
    Linear,
    Module,
    Neuron,
    PositionalEmbedding,
    Residual,
    RNNCell,
    Sequential,
    Softplus,
    Tanh,
    freeze,
)
from micrograd_nn.nn.mlp import ACTIVATIONS
from micrograd_nn.optim import SGD
from micrograd_nn.training import fit, predict
from tests.compiled import assert_close
from tests.layer_cases import CASES

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


class Sine(Elementwise):
    function = staticmethod(Value.sin)


class Own(Module):
    def __init__(self):
        self.inner = Linear(2, 2)

    def __call__(self, x):
        return self.inner(x)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def called(twin, x):
    """Its outputs; of layers that give more, the first thing."""
    inputs = (x, x, x) if hasattr(twin, "in_proj_weight") else (x,)  # attention
    outputs = twin(*inputs)
    return outputs[0] if isinstance(outputs, tuple) else outputs


@pytest.mark.oracle
@every_case
def test_the_twin_of_a_layer_computes_what_it_does(case, torch):
    module = case.make()
    twin = to_torch(module)
    outputs = module.batch(case.rows().tolist())
    first = [row[0] if isinstance(row, tuple) else row for row in outputs]

    found = called(twin, torch.tensor(case.rows())).detach()
    numbers = trees.rebuilt(first, iter([x.data for x in trees.leaves(first)]))
    assert_close(found, numbers)


@pytest.mark.oracle
@every_case
def test_the_twin_has_the_tensors_of_the_layer_in_float64(case, torch):
    module = case.make()
    state = to_torch(module).state_dict()

    assert {name: x.tolist() for name, x in state.items()} == {
        name: tensor.data for name, tensor in module.named_tensors().items()
    }
    assert {x.dtype for x in state.values()} <= {torch.float64, torch.int64}


@pytest.mark.oracle
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_of_neurons_are_the_same_far_out_too(name, torch):
    net = MLP(1, [3, 1], activation=name)
    net.load_tensors(
        {
            "layers.0.weight": [[1.0]] * 3,
            "layers.0.bias": [0.0, 0.5, 1.0],
            "layers.1.weight": [[1.0, 2.0, 3.0]],
            "layers.1.bias": [0.25],
        }
    )
    X = [[0.01], [0.7], [22.0], [30.0]] + [[-0.6], [-12.0]] * (name[:3] != "log")

    assert_same(net, to_torch(net), X)


@pytest.mark.oracle
def test_softplus_is_exact_where_that_of_pytorch_is_cut_off(torch):
    assert_same(Softplus(), to_torch(Softplus()), [[19.0, 20.5, 49.0, 51.0, -40.0]])


@pytest.mark.oracle
def test_the_twin_learns_the_same(torch):
    X = np.random.default_rng(0).normal(size=(8, 3))
    net = Sequential(Linear(3, 4), BatchNorm1d(4), Tanh(), MLP(4, [3, 1]))
    twin = to_torch(net)
    ours = SGD(net.parameters(), lr=0.01)
    fit(net, X, X.sum(1), optimizer=ours, batch_size=8, epochs=5, verbose=0)
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.01)
    inputs, targets = torch.tensor(X), torch.tensor(X.sum(1))
    for _ in range(5):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(twin(inputs), targets).backward()
        optimizer.step()

    assert_same(net, twin, X)


@pytest.mark.oracle
def test_each_part_is_in_training_or_not_as_it_was(torch):
    net = Sequential(Linear(2, 2), Sequential(Dropout(0.5), Linear(2, 2)))
    net[1].eval()
    net[1][1].train()

    modes = {name: inner.training for name, inner in to_torch(net).named_modules()}
    assert modes == {"": True, "0": True, "1": False, "1.0": False, "1.1": True}


@pytest.mark.oracle
def test_what_is_frozen_asks_for_no_gradient(torch):
    net = Sequential(Linear(2, 2), Linear(2, 2))
    freeze(net[0])

    asking = {name: p.requires_grad for name, p in to_torch(net).named_parameters()}
    assert asking == {
        "0.weight": False,
        "0.bias": False,
        "1.weight": True,
        "1.bias": True,
    }


@pytest.mark.oracle
def test_modules_and_tensors_that_are_shared_are_shared(torch):
    layer = Linear(2, 2)
    net = Sequential(layer, Tanh(), layer)
    twin = to_torch(net)
    gpt = to_torch(GPT(3, 2, n_head=1, n_embd=2, tie_weights=True))

    assert twin[0] is twin[2]
    assert gpt.lm_head.weight is gpt.wte.weight
    assert len(list(twin.parameters())) == 2
    assert_same(net, twin, [[1.0, -2.0]])


@pytest.mark.oracle
def test_random_numbers_of_pytorch_are_left_alone(torch):
    torch.manual_seed(0)
    wanted = torch.rand(3)
    torch.manual_seed(0)
    to_torch(Linear(3, 3))

    assert torch.rand(3).equal(wanted)


@pytest.mark.oracle
def test_a_twin_is_shown_by_the_names_of_its_layers(torch):
    shown = repr(to_torch(Sequential(MLP(2, [3, 1]), PositionalEmbedding(4, 3))))

    assert shown == (
        "Sequential(\n"
        "  (0): MLP(\n"
        "    (layers): ModuleList(\n"
        "      (0): Layer(3 x ReLUNeuron(2))\n"
        "      (1): Layer(1 x LinearNeuron(3))\n"
        "    )\n"
        "  )\n"
        "  (1): PositionalEmbedding(4, 3)\n"
        ")"
    )


def of_neurons_that_differ():
    net = MLP(2, [2, 1])
    net.layers[0].neurons[1] = Neuron(2, activation="tanh")
    return net


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("model", "name"),
    [
        (lambda: Own(), r"Own=Own\("),
        (lambda: Sequential(Linear(2, 2), Sine()), r"Sequential\.1=Sine\(\) \(Sine\)"),
        (lambda: Residual(Sequential(Sine())), r"Residual\.module\.0=Sine\(\)"),
        (lambda: MLP(2, [2, 1], activation=lambda x: x * x), r"MLP\.layers\.0=Layer"),
        (of_neurons_that_differ, r"MLP\.layers\.0=Layer of \[ReLU"),
        (lambda: RNN(2, 2, nonlinearity="sigmoid"), r"RNN=RNN\(.*Use tanh or relu"),
        (lambda: RNNCell(2, 2, nonlinearity="sin"), r"RNNCell=RNNCell\(.*or relu"),
    ],
)
def test_a_layer_that_pytorch_has_not_is_named(model, name, torch):
    with pytest.raises(ValueError, match=f"no counterpart in PyTorch: got {name}"):
        to_torch(model())


@pytest.mark.oracle
def test_modules_of_pytorch_are_compared_out_of_training_in_their_own_precision(torch):
    net = Sequential(Linear(2, 3), Dropout(0.9))
    twin = to_torch(net).float()
    X = np.random.default_rng(0).normal(size=(4, 2))

    assert_same(net, twin, X, tolerance=1e-5)
    with pytest.raises(AssertionError, match="not the same: got "):
        assert_same(net, twin, X)
    assert twin.training
    assert twin[1].training


@pytest.mark.oracle
def test_functions_may_give_tensors(torch):
    net = RNN(2, 3)
    twin = to_torch(net)
    X = np.random.default_rng(0).normal(size=(4, 5, 2))

    assert_same(lambda X: predict(net, X)[0], lambda X: twin(torch.tensor(X))[0], X)


def test_without_pytorch_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)

    with pytest.raises(ImportError, match=r"needs torch: got no such module; .*export"):
        to_torch(Linear(1, 1))


def test_only_modules_have_twins():
    with pytest.raises(TypeError, match="not a model: got model=3"):
        to_torch(3)
