"""Our files in PyTorch, and PyTorch's files here: the same outputs."""

import random

import numpy as np
import pytest

from micrograd_nn.nn import (
    LSTM,
    MLP,
    BatchNorm1d,
    Conv2d,
    Flatten,
    LayerNorm,
    Linear,
    MaxPool2d,
    Module,
    ReLU,
    Sequential,
    Tanh,
)
from micrograd_nn.training import Checkpoint, fit, load_into, predict, save

pytestmark = pytest.mark.oracle

torch = pytest.importorskip("torch")
RNG = np.random.default_rng(0)


class Recurrent(Module):
    def __init__(self):
        self.lstm, self.head = LSTM(2, 3), Linear(3, 2)

    def __call__(self, x):
        return self.head(self.lstm(x)[0][-1])


def torch_recurrent():
    class Twin(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = torch.nn.LSTM(2, 3, batch_first=True)
            self.head = torch.nn.Linear(3, 2)

        def forward(self, x):
            return self.head(self.lstm(x)[0][:, -1])

    return Twin()


def torch_mlp():
    class Twin(torch.nn.Module):
        def __init__(self):
            super().__init__()
            sizes = [(3, 4), (4, 2)]
            self.layers = torch.nn.ModuleList(torch.nn.Linear(*s) for s in sizes)

        def forward(self, x):
            return self.layers[1](self.layers[0](x).tanh())

    return Twin()


CASES = {
    "mlp": ((3,), lambda: MLP(3, [4, 2], activation="tanh"), torch_mlp),
    "sequential": (
        (3,),
        lambda: Sequential(
            Linear(3, 5), BatchNorm1d(5), Tanh(), LayerNorm(5), Linear(5, 2)
        ),
        lambda: torch.nn.Sequential(
            torch.nn.Linear(3, 5),
            torch.nn.BatchNorm1d(5),
            torch.nn.Tanh(),
            torch.nn.LayerNorm(5),
            torch.nn.Linear(5, 2),
        ),
    ),
    "convolution": (
        (1, 4, 4),
        lambda: Sequential(
            Conv2d(1, 2, 3, padding=1), ReLU(), MaxPool2d(2), Flatten(), Linear(8, 2)
        ),
        lambda: torch.nn.Sequential(
            torch.nn.Conv2d(1, 2, 3, padding=1),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
            torch.nn.Flatten(),
            torch.nn.Linear(8, 2),
        ),
    ),
    "recurrent": ((4, 2), Recurrent, torch_recurrent),
}
cases = pytest.mark.parametrize(("shape", "ours", "theirs"), CASES.values(), ids=CASES)


@cases
def test_pytorch_loads_a_trained_model(shape, ours, theirs, tmp_path):
    from safetensors.torch import load_file

    X, y = RNG.normal(size=(12, *shape)), RNG.integers(0, 2, 12)
    random.seed(1)
    model, path = ours(), tmp_path / "model.safetensors"
    fit(model, X, y, epochs=2, batch_size=6, verbose=0)
    save(model, path)

    twin = theirs().double()
    twin.load_state_dict(load_file(path))
    outputs = twin.eval()(torch.tensor(X)).detach().numpy()

    np.testing.assert_allclose(predict(model, X), outputs, rtol=1e-10, atol=1e-12)


@cases
def test_a_model_of_pytorch_is_loaded(shape, ours, theirs, tmp_path):
    from safetensors.torch import save_file

    X, path = RNG.normal(size=(5, *shape)), tmp_path / "torch.safetensors"
    twin = theirs().double()
    save_file(twin.state_dict(), path)

    model = load_into(ours(), path)

    outputs = twin.eval()(torch.tensor(X)).detach().numpy()
    np.testing.assert_allclose(predict(model, X), outputs, rtol=1e-10, atol=1e-12)


def test_what_a_checkpoint_has_beside_the_model_is_told_by_its_name(tmp_path):
    from safetensors.torch import load_file

    path = tmp_path / "model.safetensors"
    X, y = RNG.normal(size=(12, 3)), RNG.integers(0, 2, 12)
    fit(MLP(3, [4, 2]), X, y, epochs=1, verbose=0, callbacks=[Checkpoint(path)])

    found = load_file(path)

    assert {name for name in found if "/" in name} == {
        "training/exp_avg",
        "training/exp_avg_sq",
    }
    own = {name: x for name, x in found.items() if "/" not in name}
    torch_mlp().double().load_state_dict(own)
