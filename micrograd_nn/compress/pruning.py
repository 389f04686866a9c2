"""Pruning: the weights nearest to 0 become 0, and stay 0 when training goes on.

Most weights of a trained net do little, and the size of a weight is a fair measure of
what it does (Han et al., 2015, "Learning both Weights and Connections"). Half of them
go unnoticed; after more than that the others have to be trained again:

>>> from micrograd_nn.nn import Linear
>>> layer = Linear(4, 1, bias=False)
>>> layer.load_tensors({"weight": [[0.5, -0.1, -2.0, 0.2]]})
>>> pruning = prune(layer, amount=0.5)
>>> [w.data for w in layer.weight[0]], [name for name, _ in layer.named_parameters()]
([0.5, 0.0, -2.0, 0.0], ['weight.0.0', 'weight.0.2'])

A pruned weight is a buffer: it stays in its place, in the state and in files, but no
optimizer that is made of `parameters()` moves it, in eager code or compiled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np

from micrograd_nn import trees
from micrograd_nn.compress.weights import (
    Change,
    pruned_weights,
    table,
    values_of,
    weights,
)
from micrograd_nn.engine import Value
from micrograd_nn.nn import Module
from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import in_range, one_of


class Pruning:
    """What `prune` did; prints as a table.

    Attributes:
        zeros: By the name of each tensor, how many of its weights are pruned by now.
        sizes: How many weights it has.
    """

    def __init__(self, model: Module, chosen: Sequence[Value]) -> None:
        self._model = model
        self._change = Change(chosen, [0.0] * len(chosen))
        _hold(model, set(chosen))
        tensors, pruned = weights(model), set(pruned_weights(model))
        held = {name: values_of({name: x}) for name, x in tensors.items()}
        self.zeros = {name: len(pruned & {*x}) for name, x in held.items()}
        self.sizes = {name: len(x) for name, x in held.items()}

    @property
    def sparsity(self) -> float:
        """The share of all weights that is pruned."""
        return sum(self.zeros.values()) / sum(self.sizes.values())

    def undo(self) -> None:
        """Give the weights that this call pruned their numbers back, and train them.

        Raises:
            RuntimeError: If that was done already.
        """
        self._change.undo("prune")
        for value in self._change.values:
            value.grad = 0.0  # which zero_grad had left alone
        _release(self._model, set(self._change.values))

    def __repr__(self) -> str:
        names = [*self.sizes, "total"]
        zeros = [*self.zeros.values(), sum(self.zeros.values())]
        sizes = [*self.sizes.values(), sum(self.sizes.values())]
        rows = [
            (name, f"{count:,}", f"{size:,}", f"{count / size:.1%}")
            for name, count, size in zip(names, zeros, sizes, strict=True)
        ]
        return table([("pruned", "zeros", "weights", "sparsity"), *rows])


def prune(model: Module, amount: float, scope: str = "global") -> Pruning:
    """What was pruned: so many of the weights nearest to 0, for good.

    Weights that are pruned already do not count, as in PyTorch's
    `torch.nn.utils.prune`: 0.5 and then 0.5 again leave a quarter. Make the optimizer
    afterwards, for one that was made before moves all weights that it knows. Of a file
    come zeros, but no memory of why: prune again after loading.

    Args:
        model: A module with weights; see `micrograd_nn.compress`.
        amount: Their share, as a float from 0 to 1; or their number, as an integer.
        scope: "global": the smallest of the model; or "layer": the same amount of each
            tensor.

    Raises:
        TypeError: If the model is not a module, or the amount not a number.
        ValueError: If the amount is out of range, there is no such scope, or there are
            no weights. Nothing was pruned then.

    >>> from micrograd_nn.nn import Linear
    >>> pruning = prune(Linear(10, 10), amount=0.3)
    >>> pruning.sparsity
    0.3
    >>> pruning.undo()
    """
    one_of(("global", "layer"), scope, "scope")
    tensors, pruned = weights(model), set(pruned_weights(model))
    groups = [tensors] if scope == "global" else [{n: x} for n, x in tensors.items()]
    left = [[v for v in values_of(group) if v not in pruned] for group in groups]
    chosen = [_smallest(values, _count(amount, len(values))) for values in left]
    return Pruning(model, [value for values in chosen for value in values])


def _count(amount: Any, available: int) -> int:
    """How many weights an amount is."""
    if not isinstance(amount, Integral):
        return round(in_range(amount, "amount", high=1.0, ends="[]") * available)
    if not 0 <= int(amount) <= available:
        raise ValueError(
            f"out of range: got amount={shortened(amount)} ({type(amount).__name__}); "
            f"expected at most the {available} weights that are left. Give a share as "
            "a float."
        )
    return int(amount)


def _smallest(values: Sequence[Value], count: int) -> list[Value]:
    """Those nearest to 0; the first of equal ones."""
    return sorted(values, key=lambda value: abs(value.data))[:count]


def _hold(model: Module, chosen: set[Value]) -> None:
    """Make buffers of Values, each in the module that has it in its attributes."""
    for module in model.modules():
        own = [x for x in trees.leaves(vars(module)) if isinstance(x, Value)]
        if not chosen.isdisjoint(own):
            _set_pruned(module, [*_own(module), *(x for x in own if x in chosen)])


def _release(model: Module, chosen: set[Value]) -> None:
    for module in model.modules():
        _set_pruned(module, [x for x in _own(module) if x not in chosen])


def _own(module: Module) -> list[Value]:
    return list(vars(module).get("_pruned", []))


def _set_pruned(module: Module, values: Iterable[Value]) -> None:
    # In an array, for a list would be another tensor of the module, with other names.
    listed = list(dict.fromkeys(values))
    array = np.empty(len(listed), dtype=object)
    array[:] = listed
    module.register_buffer("_pruned", array)
