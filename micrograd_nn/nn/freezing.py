"""`freeze` and `unfreeze`: layers that keep what they learned, for transfer learning.

A net that was trained on one task has first layers that serve another (Yosinski et al.,
2014). Freeze them, give the net a new last layer, and train that alone:

>>> from micrograd_nn.nn import Linear, ReLU, Sequential
>>> net = Sequential(Linear(2, 3), ReLU(), Linear(3, 1))
>>> _ = freeze(net[0])
>>> [name for name, _ in net.named_parameters()]
['2.weight.0.0', '2.weight.0.1', '2.weight.0.2', '2.bias.0']

What is frozen is no parameter but a buffer: part of the state, yet left out of
`parameters()`, and so of every optimizer that is made of them, of `fit`, and of what a
program differentiates to train. Only names move from one list to another: the Values
stay, with their gradients, which flow through them to the layers before.

PyTorch has a flag on each parameter, `requires_grad`, at which backward passes and
optimizers look. Here no engine and no rule has to know.
"""

from __future__ import annotations

from typing import Any, TypeVar

from micrograd_nn import trees
from micrograd_nn.engine import Value
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.tensors import is_leaf
from micrograd_nn.numbers import shortened

AnyModule = TypeVar("AnyModule", bound=Module)


def freeze(module: AnyModule) -> AnyModule:
    """The module itself, all its parameters from now on out of training.

    Make the optimizer afterwards: one that was made before knows them still. Layers
    that learn in other ways go on to: for the running statistics of a batch norm there
    is `eval()`. A tensor that two modules share is frozen in what contains both.

    Args:
        module: A layer, or a whole model.

    Raises:
        TypeError: If it is not a module.

    >>> from micrograd_nn.nn import MLP
    >>> freeze(MLP(2, [3, 1])).parameters()
    []
    """
    for inner in _modules(module):
        names = [
            name
            for name, thing in vars(inner).items()
            if name not in inner._buffers and any(map(is_leaf, trees.leaves(thing)))
        ]
        _set_frozen(inner, (*_frozen(inner), *names))
    return module


def unfreeze(module: AnyModule) -> AnyModule:
    """The module itself, its parameters in training again.

    Their gradients are set to 0: `zero_grad` had left them alone.

    Args:
        module: A layer, or a whole model; what was not frozen stays as it is.

    Raises:
        TypeError: If it is not a module.

    >>> from micrograd_nn.nn import MLP
    >>> len(unfreeze(freeze(MLP(2, [3, 1]))).parameters())
    13
    """
    for value in frozen_parameters(module):
        value.grad = 0.0
    for inner in module.modules():
        _set_frozen(inner, ())
    return module


def frozen_parameters(module: Module) -> list[Value]:
    """The Values that `freeze` has taken out of training, in a module and inside it.

    Raises:
        TypeError: If it is not a module.

    >>> from micrograd_nn.nn import Linear
    >>> len(frozen_parameters(freeze(Linear(2, 1))))
    3
    """
    held = [vars(inner)[name] for inner in _modules(module) for name in _frozen(inner)]
    return list(dict.fromkeys(filter(is_leaf, trees.leaves(held))))


def _frozen(module: Module) -> tuple[str, ...]:
    """The attributes that `freeze` has made buffers of."""
    names: tuple[str, ...] = vars(module).get("_frozen", ())
    return tuple(name for name in names if name in vars(module))


def _set_frozen(module: Module, names: tuple[str, ...]) -> None:
    others = [name for name in module._buffers if name not in _frozen(module)]
    module._buffers = (*others, *names)
    vars(module)["_frozen"] = names


def _modules(module: Any) -> list[Module]:
    if not isinstance(module, Module):
        raise TypeError(
            f"not a module: got module={shortened(module)} ({type(module).__name__}); "
            "expected a Module. Freeze a layer or a model, as in freeze(net[0])."
        )
    return module.modules()
