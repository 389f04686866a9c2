"""`to_torch`: the same model as a `torch.nn.Module`, with the same weights.

Layers have PyTorch's names, arguments and layout of parameters, so most of it is to
look up the class of that name. What PyTorch has not is in `torch_twins.py`.

    net = MLP(64, [32, 10])
    twin = to_torch(net)
    assert_same(net, twin, X)
"""

from __future__ import annotations

from typing import Any

from micrograd_nn import trees
from micrograd_nn.export.errors import imported
from micrograd_nn.export.torch_twins import Twins
from micrograd_nn.nn import Module
from micrograd_nn.nn.tensors import Tensor
from micrograd_nn.training.checkpoint import require_module


def to_torch(model: Module) -> Any:
    """A module of PyTorch that computes what `model` does, on batches, in float64.

    Names in its `state_dict` are those of `named_tensors`; what is frozen asks for no
    gradient; each part is in training or not, as here; modules and tensors that are
    shared are shared. Recurrent layers and attention are called as in PyTorch, with
    `batch_first=True`. To keep it in a file, save its `state_dict`.

    Args:
        model: Made of layers of `micrograd_nn.nn`.

    Raises:
        ImportError: If PyTorch is missing.
        TypeError: If that is no module.
        ValueError: If PyTorch has no counterpart of a layer, which it names: such as a
            module of your own.
    """
    require_module(model)
    torch = imported("torch", "to_torch")
    with torch.random.fork_rng(devices=[]):  # layers draw weights that we replace
        twins = Twins(torch)
        twin = twins.of(model, type(model).__name__).double()
    tensors = model.named_tensors()
    twin.load_state_dict(
        {name: torch.tensor(x.data, dtype=torch.float64) for name, x in tensors.items()}
    )
    _share(twin, tensors)
    _freeze(twin, model, tensors)
    for inner, its_twin in reversed(twins.made.items()):  # outer ones first
        its_twin.train(inner.training)
    return twin


def _share(twin: Any, tensors: dict[str, Tensor]) -> None:
    """Make one parameter of those that have the same Values here."""
    known = dict(twin.named_parameters(remove_duplicate=False))
    first: dict[tuple[int, ...], Any] = {}
    for name, tensor in tensors.items():
        if name in known:
            values = tuple(map(id, trees.leaves(tensor.values)))
            holder, _, attribute = name.rpartition(".")
            shared = first.setdefault(values, known[name])
            setattr(twin.get_submodule(holder), attribute, shared)


def _freeze(twin: Any, model: Module, tensors: dict[str, Tensor]) -> None:
    """Have no gradient computed for what is no parameter here."""
    trained = set(model.parameters())
    for name, parameter in twin.named_parameters():
        if trained.isdisjoint(trees.leaves(tensors[name].values)):
            parameter.requires_grad_(False)
