"""`Sequential` and `Residual`: modules out of modules.

>>> from micrograd_nn.nn import Linear, Tanh
>>> net = Sequential(Linear(2, 4), Residual(Sequential(Linear(4, 4), Tanh())))
>>> len(net([1.0, 2.0])), [name for name, _ in net.named_children()]
(4, ['0', '1'])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self, overload

from micrograd_nn import trees
from micrograd_nn.nn.examples import Inputs, Nested, as_values, shape
from micrograd_nn.nn.module import Module
from micrograd_nn.numbers import shortened


class Sequential(Module):
    """Modules in a row, each fed by the one before.

    They are attributes named "0", "1" ..., so parameters are called as in PyTorch:
    `0.weight`.

    Args:
        *modules: The modules, first to last.

    Raises:
        TypeError: If one is not a module.

    >>> from micrograd_nn.nn import Linear, ReLU
    >>> net = Sequential(Linear(2, 3), ReLU()).append(Linear(3, 1))
    >>> len(net), net[1], list(net.named_tensors())
    (3, ReLU(), ['0.weight', '0.bias', '2.weight', '2.bias'])
    """

    def __init__(self, *modules: Module) -> None:
        for module in modules:
            self.append(module)

    def __call__(self, x: Inputs) -> Any:
        """What the last module gives for one example."""
        for module in self:
            x = module(x)
        return x

    def batch(self, rows: Sequence[Any]) -> list[Any]:
        """What the last module gives for each example of a batch."""
        for module in self:
            rows = module.batch(rows)
        return list(rows)

    def append(self, module: Module) -> Self:
        """This, with another module at the end.

        Raises:
            TypeError: If it is not a module.
        """
        if not isinstance(module, Module):
            raise TypeError(
                f"not a module: got {shortened(module)} ({type(module).__name__}); "
                "expected a Module. Make one of a function as in Elementwise, and "
                "pass modules in a list as Sequential(*modules)."
            )
        setattr(self, str(len(self)), module)
        return self

    def __len__(self) -> int:
        count = 0
        while str(count) in vars(self):
            count += 1
        return count

    def __iter__(self) -> Iterator[Module]:
        return (vars(self)[str(i)] for i in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Module | Sequential:
        """A module by its number, or a row of those of a slice."""
        modules = list(self)
        if isinstance(index, slice):
            return Sequential(*modules[index])
        return modules[index]

    def _shown_children(self) -> list[tuple[str, Module]]:
        return [(str(i), module) for i, module in enumerate(self)]  # repeated ones too

    def _sizes(self) -> tuple[int, int] | None:
        sizes = [module._sizes() for module in self]
        if not sizes or sizes[0] is None:
            return None
        return sizes[0][0], [found for found in sizes if found][-1][1]


class Residual(Module):
    """x + module(x): the inner module only learns what to change.

    Its gradient reaches x unchanged, so that deep nets train (He et al., 2015, "Deep
    Residual Learning").

    Args:
        module: From examples to outputs of the same shape.

    Raises:
        TypeError: If it is not a module.

    >>> from micrograd_nn.nn import Identity
    >>> Residual(Identity())([3.0])
    [Value(data=6.0, grad=0.0)]
    """

    def __init__(self, module: Module) -> None:
        if not isinstance(module, Module):
            raise TypeError(
                f"not a module: got module={shortened(module)} "
                f"({type(module).__name__}); expected a Module."
            )
        self.module = module

    def __call__(self, x: Inputs) -> Nested:
        """The sum of `x` and what the module gives for it."""
        x = as_values(x)
        return self._sum(x, self.module(x))

    def batch(self, rows: Sequence[Any]) -> list[Any]:
        """The sums for the examples of a batch."""
        rows = [as_values(row) for row in rows]
        outputs = self.module.batch(rows)
        return [self._sum(x, y) for x, y in zip(rows, outputs, strict=True)]

    def _sum(self, x: Nested, y: Nested) -> Nested:
        if shape(x) != shape(y):
            raise ValueError(
                f"shapes differ: Residual({type(self.module).__name__}) got an input "
                f"of shape {shape(x)} and an output of shape {shape(y)}; expected "
                "equal ones. Change the sizes of the module inside."
            )
        sums = zip(trees.leaves(x), trees.leaves(y), strict=True)
        return trees.rebuilt(x, iter([a + b for a, b in sums]))

    def _sizes(self) -> tuple[int, int] | None:
        return self.module._sizes()
