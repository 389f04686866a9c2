"""From expressions to lines: each function call writes into an array that is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from micrograd_nn.compiler.code import Code, Dims
from micrograd_nn.compiler.expressions import REDUCTIONS, Expression, as_floats, below


@dataclass
class Renderer:
    """Writes out the expressions of one group.

    Attributes:
        code: The program.
        dims: The dimensions of the group.
        batched: Whether a batch axis follows them.
        count: How many operands a stacked expression holds.
        names: By id of an expression, the array that holds it for good.
        keep: The ids of expressions that are to be held for good once computed.
    """

    code: Code
    dims: Dims
    batched: bool
    count: int
    names: dict[int, str] = field(default_factory=dict)
    keep: set[int] = field(default_factory=set)

    def compute(self, root: Expression, out: str = "") -> str:
        """Emit the lines that compute `root`; returns the array that holds it.

        That is `out` if given. Else it is one of `names` or a scratch array, which the
        caller gives back with `release`.
        """
        if id(root) in self.names:
            if out:
                self.code.copy(out, self.names[id(root)])
            return out or self.names[id(root)]
        needed = list(self._missing(root))
        uses = Counter(id(x) for node in needed for x in _inner(node))
        scratch: dict[int, str] = {}
        for node in needed:
            target = out if node is root and out else self._target(node, scratch)
            self._emit(node, target, {**self.names, **scratch})
            for x in _inner(node):
                uses[id(x)] -= 1
                if not uses[id(x)] and id(x) in scratch:
                    self.code.release([scratch.pop(id(x))])
        return out or self.names.get(id(root)) or scratch[id(root)]

    def release(self, root: Expression, name: str) -> None:
        """Give back what `compute` returned, unless it is held for good."""
        if id(root) not in self.names:
            self.code.release([name])

    def shape(self, node: Expression) -> Dims:
        """The dimensions of an expression."""
        return (self.count, *self.dims) if node.stacked else self.dims

    def _missing(self, root: Expression) -> Iterator[Expression]:
        """The expressions still to compute, arguments first."""
        nodes = below([root], until=self.names)
        return (node for node in nodes if not node.scalar)

    def _target(self, node: Expression, scratch: dict[int, str]) -> str:
        kind = "bool" if node.boolean else "float"
        if id(node) in self.keep:
            name = self.code.buffer(self.shape(node), self.batched, kind)
            self.names[id(node)] = name
        else:
            name = self.code.scratch(self.shape(node), self.batched, kind)
            scratch[id(node)] = name
        return name

    def _emit(self, node: Expression, out: str, names: dict[int, str]) -> None:
        arguments: list[Any] = [
            names[id(x)] if not _is_float(x) else _number(x) for x in node.arguments
        ]
        if node.function in REDUCTIONS:
            self._reduce(node, arguments[0], out)
        elif node.function == "where":
            condition, x, y = arguments
            self.code.copy(out, y)
            self.code.emit(f"copyto({out}, {x}, where={_truth(condition, node)})")
        elif node.function == "entry":
            self.code.emit(f"copyto({out}, {arguments[0]}[{int(arguments[1])}])")
        elif node.function == "one_hot":
            self.code.emit(f"{out}[...] = 0.0")
            self.code.emit(f"{out}[{int(arguments[1])}] = 1.0")
        else:
            self.code.call(node.function, *arguments, out)

    def _reduce(self, node: Expression, name: str, out: str) -> None:
        if node.function == "sum" and not node.arguments[0].boolean:
            self.code.sum_first(name, self.count, out)
        else:
            ufunc = {"sum": "add", "max": "maximum", "min": "minimum"}[node.function]
            self.code.emit(f"{ufunc}.reduce({name}, 0, float, {out})")


def _inner(node: Expression) -> list[Expression]:
    return [x for x in node.arguments if not _is_float(x)]


def _number(x: Any) -> float | str:
    """A float, or the source of one that changes from run to run."""
    return x if isinstance(x, float) else as_floats(x)


def _is_float(x: Any) -> bool:
    return not isinstance(x, Expression) or x.scalar


def _truth(name: str, node: Expression) -> str:
    """A condition as truth values; products of 0 and 1 are numbers."""
    condition = node.arguments[0]
    return name if condition.boolean else f"{name} != 0.0"
