"""Where in a program each Value of a graph was made: in which sample, call, loss.

>>> from micrograd_nn import Value
>>> from micrograd_nn.graph import topological_order
>>> from micrograd_nn.nn import MLP
>>> net = MLP(1, [1])
>>> order = topological_order(sum((net(x) - 1) ** 2 for x in (0.5, 2.0)))
>>> for scope in scopes_of(order)[-2:]:
...     print([outer.name for outer in scope.path])
['sample 1', 'loss of sample 1']
['loss']

Around the calls of modules lie scopes that no one wrote down. What depends on one
outermost call alone is a sample, with that call; calls that feed one another are one
sample. What depends on several samples, or on none, is the loss.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from micrograd_nn.engine import Value
from micrograd_nn.nn.module import Found, Module
from micrograd_nn.nn.tensors import is_leaf
from micrograd_nn.scopes import OUTSIDE
from micrograd_nn.viz.attribution import CallTree, Operands, made_in, operands_of
from micrograd_nn.viz.names import Places
from micrograd_nn.viz.samples import NONE, Samples, samples_of


@dataclass(frozen=True, eq=False)
class Scope:
    """A part of a program in which Values are made.

    Attributes:
        kind: "call" (of a module), "parameters" (of a module, whoever calls it),
            "sample", "inputs" (what calls are given), or "loss".
        name: What a picture calls it.
        outer: The scope around it, if there is one.
        module: What is called, or holds the parameters.
        innermost: Whether no call was made in it.
        number: Which of the calls of that module it was, from 0.
    """

    kind: str
    name: str
    outer: Scope | None = None
    module: Module | None = None
    innermost: bool = True
    number: int = 0

    @property
    def path(self) -> list[Scope]:
        """The scopes that lead here, the outermost first, this one last."""
        path = [self]
        while path[-1].outer:
            path.append(path[-1].outer)
        return path[::-1]


def scopes_of(
    order: Sequence[Value], operands: Operands | None = None
) -> list[Scope | None]:
    """The innermost scope of each Value; None where no module had a part in it.

    Parameters belong to their module, not to one of the calls that share them.

    Args:
        order: The Values of a graph in topological order.
        operands: Their operands by position, if they are known already.
    """
    calls = CallTree(order)
    if not calls.modules:
        return [None] * len(order)
    operands = operands_of(order) if operands is None else operands
    made = made_in(order, operands, calls)
    scopes = _Scopes(calls, samples_of(operands, made, calls), Places(order))
    return [scopes.of(i, node, made[i]) for i, node in enumerate(order)]


class _Scopes:
    """The scopes of one graph, each made once."""

    def __init__(self, calls: CallTree, samples: Samples, places: Places) -> None:
        self.samples = samples
        self.places = places
        several = samples.count > 1
        numbers = range(samples.count if several else 0)
        self.sample = [Scope("sample", f"sample {number}") for number in numbers]
        self.call = self._calls(calls)
        self.around: dict[tuple[str, int], Scope] = {}
        self.holding: dict[int, Scope] = {}

    def of(self, i: int, node: Value, call: int) -> Scope | None:
        """The scope of the Value `node`, at `i`, which was made in that call."""
        if node._a is None and id(node) in self.places.found and is_leaf(node):
            return self._parameters(self.places.found[id(node)])
        if call != OUTSIDE:
            return self.call[call]
        sample = self.samples.of_value[i] if self.sample else NONE
        if not self.samples.given[i]:
            return self._around("loss", sample)
        if not self.samples.computed[i]:
            return self._around("inputs", sample)
        return self._sample(sample)  # between two of its calls

    def _calls(self, calls: CallTree) -> list[Scope]:
        scopes: list[Scope] = []
        outers = set(calls.outers)
        before = Counter[int]()
        for i, outer in enumerate(calls.outers):
            module, sample = calls.modules[i], self.samples.of_call[calls.outermost[i]]
            around = self._sample(sample) if outer == OUTSIDE else scopes[outer]
            name = self.places.name_of(module) or type(module).__name__
            number, is_innermost = before[id(module)], i not in outers
            scopes.append(Scope("call", name, around, module, is_innermost, number))
            before[id(module)] += 1
        return scopes

    def _sample(self, number: int) -> Scope | None:
        return self.sample[number] if self.sample and number >= 0 else None

    def _around(self, kind: str, sample: int) -> Scope:
        key = kind, max(sample, NONE)
        if key not in self.around:
            outer = self._sample(sample)
            name = f"{kind} of {outer.name}" if outer else kind
            self.around[key] = Scope(kind, name, outer)
        return self.around[key]

    def _parameters(self, found: Found) -> Scope | None:
        scope = None
        for step in found.steps:
            if isinstance(step.thing, Module):
                name = f"{self.places.name_of(step.thing)} parameters".strip()
                made = Scope("parameters", name, scope, step.thing)
                scope = self.holding.setdefault(id(step.thing), made)
        return scope
