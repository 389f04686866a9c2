"""Instructions for a group of any op: its formulas, read with arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from micrograd_nn.compiler.code import Code, Dims, text
from micrograd_nn.compiler.expressions import Expression, Trace, below, read_op
from micrograd_nn.compiler.gradients import Gradients
from micrograd_nn.compiler.groups import OpGroup
from micrograd_nn.compiler.operands import Operands
from micrograd_nn.compiler.places import Block
from micrograd_nn.compiler.rendering import Renderer
from micrograd_nn.compiler.tape import Ids
from micrograd_nn.compiler.views import plain_strides
from micrograd_nn.namespaces import FLOAT_ERRORS


@dataclass
class Elementwise:
    """The instructions of one group, written out by `forward` and then `backward`."""

    block: Block
    operands: Operands
    gradients: Gradients

    def __post_init__(self) -> None:
        self.code: Code = self.operands.code
        assert isinstance(self.block.group, OpGroup)
        self.group = self.block.group
        self.batched = self.group.batched
        self.space = "UV"[int(self.batched)]

    def forward(self) -> None:
        """Emit the lines that compute the group, and keep what backward will need."""
        self.dims, names = self._arguments()
        self.renderer = Renderer(
            self.code, self.dims, self.batched, len(self.group.operands)
        )
        try:
            output, self.partials = self._formulas(names)
        except FLOAT_ERRORS:  # 1 / 0 for a constant 0, which NumPy can tell
            names = [
                self.code.bind(f"array({text(x)})", "k") if isinstance(x, float) else x
                for x in names
            ]
            output, self.partials = self._formulas(names)
        inside = {id(node) for node in below([output])}
        self.renderer.keep = _used_outside(self.partials.values(), inside)
        out = self._out()
        self.renderer.compute(output, out)
        self.renderer.names[id(output)] = out

    def backward(self) -> None:
        """Emit the lines that pass the grads on."""
        grad = self.gradients.of(self.space, self.block.start, self.dims)
        for position, partial in self.partials.items():
            rows = self.group.operands
            ids = rows if self.group.op.nary else rows[position].reshape(self.dims)
            self.gradients.add(ids, self.batched, self._product(partial, grad))

    def _out(self) -> str:
        """The array that the group's numbers go to."""
        start, dims = self.block.start, self.dims
        return self.operands.view(self.space, start, dims, plain_strides(dims))

    def _formulas(self, names: list[Any]) -> tuple[Expression, dict[int, Any]]:
        """The formula of the output and of each partial that is needed."""
        trace, op = Trace(), self.group.op
        arguments = [
            name if isinstance(name, float) else trace.operand(name, stacked=op.nary)
            for name in names
        ]
        for name, argument in zip(names, arguments, strict=True):
            self.renderer.names[id(argument)] = name
        wanted = self.operands.layout.tape.wanted
        needed = [i for i, row in enumerate(self.group.operands) if wanted[row].any()]
        output, partials = read_op(op, arguments, trace, needed)
        self.trace = trace  # which keeps the expressions, and so their ids
        return output, {i: p for i, p in partials.items() if not _is_zero(p)}

    def _arguments(self) -> tuple[Dims, list[Any]]:
        """Dimensions in which all operands are regular, and the operands in them."""
        rows = self.group.operands
        if self.group.op.nary:
            return (rows.shape[1],), [self.operands.read(rows)]
        dims = self.operands.aligned(rows, rows.shape[1])
        return dims, [self._argument(row.reshape(dims)) for row in rows]

    def _argument(self, ids: Ids) -> Any:
        fixed = self.operands.constant(ids)
        if isinstance(fixed, float):
            return fixed
        name = fixed or self.operands.read(ids)
        if self.batched and (fixed or not self.operands.is_batched(ids)):
            return self.code.bind(f"{name}[..., None]")
        return name

    def _product(self, partial: Any, grad: str) -> Any:
        """What emits partial · grad."""

        def write(out: str) -> None:
            if isinstance(partial, Expression):
                name = self.renderer.compute(partial)
                self.code.call("multiply", name, grad, out)
                self.renderer.release(partial, name)
            elif partial == 1.0:
                self.code.copy(out, grad)
            else:
                self.code.call("multiply", grad, partial, out)

        return write


def _used_outside(partials: Any, inside: set[int]) -> set[int]:
    """Of the expressions `inside`, those that the partials use directly."""
    roots = [p for p in partials if isinstance(p, Expression)]
    outside = [node for node in below(roots) if id(node) not in inside]
    used = {id(x) for node in outside for x in node.arguments}
    return (used | {id(p) for p in roots}) & inside


def _is_zero(partial: Any) -> bool:
    return isinstance(partial, float) and partial == 0.0
