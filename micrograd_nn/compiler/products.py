"""Products inside a linear group: as matrices, or element by element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from micrograd_nn.compiler.code import Code, Dims, text
from micrograd_nn.compiler.gradients import Gradients, Write
from micrograd_nn.compiler.operands import Operands
from micrograd_nn.compiler.tape import Ids


class Product(Protocol):
    """Σ of left · right, for all nodes of a group."""

    sign: float

    def write(self, out: str) -> None:
        """Emit the lines that compute it, without its sign, into `out`."""

    def backward(self, grad: str) -> None:
        """Emit the lines that pass on the grads of the group."""


@dataclass
class DotProduct:
    """Products element by element, summed over a first axis.

    Attributes:
        sign: 1 or -1.
        left: Ids of the left factors: position in the tuple, then the dimensions.
        right: Ids of the right factors.
        batched: Whether the group has a batch axis.
        grad_number: Where the group is one number, its grad as a float, in source.
    """

    sign: float
    left: Ids
    right: Ids
    batched: bool
    grad_number: str
    operands: Operands
    gradients: Gradients

    def write(self, out: str) -> None:
        """Emit the lines that compute it, without its sign, into `out`."""
        code: Code = self.operands.code
        left, right = self._wide(self.left), self._wide(self.right)
        if len(self.left) == 1:
            code.call(
                "multiply", code.bind(f"{left}[0]"), code.bind(f"{right}[0]"), out
            )
        elif self.grad_number:
            pair = [code.bind(f"{name}.reshape(-1)") for name in (left, right)]
            code.call("dot", *pair, code.bind(f"{out}.reshape(())"))
        else:
            terms = code.scratch(self.left.shape, self.batched)
            code.call("multiply", left, right, terms)
            code.sum_first(terms, len(self.left), out)
            code.release([terms])

    def backward(self, grad: str) -> None:
        """Emit the lines that pass on the grads of the group."""
        if np.array_equal(self.left, self.right):  # a square: both get the same
            self._pass_on(self.left, self.right, grad, 2.0 * self.sign)
        else:
            self._pass_on(self.left, self.right, grad, self.sign)
            self._pass_on(self.right, self.left, grad, self.sign)

    def _pass_on(self, operand: Ids, other: Ids, grad: str, factor: float) -> None:
        code = self.operands.code

        def write(out: str) -> None:
            if self.grad_number:
                number = f"{text(factor)} * {self.grad_number}"
                code.call("multiply", self._wide(other), number, out)
                return
            code.call("multiply", self._wide(other), grad, out)
            if factor != 1.0:
                code.call("multiply", out, factor, out)

        self.gradients.add(operand, self.batched, write)

    def _wide(self, ids: Ids) -> str:
        return self.operands.wide(ids, self.batched)


@dataclass
class MatrixProduct:
    """A stack of matrix products, one a block.

    Where all examples share the left factors, the batch lies beside the columns of the
    right ones, so that it is one product for all. Where both sides differ from example
    to example, there is a product for each example.

    Attributes:
        sign: 1 or -1.
        left: Ids of the left factors: block, row, position in the tuple.
        right: Ids of the right factors: block, position in the tuple, column.
        batched: Whether the group has a batch axis.
    """

    sign: float
    left: Ids
    right: Ids
    batched: bool
    operands: Operands
    gradients: Gradients

    def __post_init__(self) -> None:
        if len(self.left) == 1:
            self.left, self.right = self.left[0], self.right[0]
        self.is_shared = self.batched and not self.operands.is_batched(self.left)
        self.is_apart = self.batched and not self.is_shared

    @property
    def dims(self) -> Dims:
        """The dimensions of the result."""
        return (*self.left.shape[:-1], self.right.shape[-1])

    def write(self, out: str) -> None:
        """Emit the lines that compute it, without its sign, into `out`."""
        self._multiply(*self._factors(), self._as_matrix(out))

    def backward(self, grad: str) -> None:
        """Emit the lines that pass on the grads of the group."""
        left, right = self._factors()
        upstream = self._as_matrix(grad)
        into_left = self._writer(upstream, self._turned(right), self.is_apart)
        into_right = self._writer(self._turned(left), upstream, self.batched)
        self.gradients.add(self.left, self.is_apart, into_left)
        self.gradients.add(self.right, self.batched, into_right, self.is_shared)

    def _writer(self, a: str, b: str, batched: bool) -> Write:
        """What emits the product of two matrices, with the sign."""

        def write(out: str) -> None:
            self._multiply(a, b, self._as_matrix(out) if batched else out)
            if self.sign < 0:
                self.operands.code.call("negative", out, out)

        return write

    def _multiply(self, a: str, b: str, out: str) -> None:
        # `dot` starts quicker, but writes to plain matrices only.
        code = self.operands.code
        plain = self.left.ndim == 2 and not self.is_apart and code.is_plain(out)
        code.call("dot" if plain else "matmul", a, b, out)

    def _factors(self) -> tuple[str, str]:
        left = self.operands.wide(self.left, self.is_apart)
        if self.is_shared:
            return left, self.operands.array(self.right, merged=True)
        right = self.operands.wide(self.right, self.is_apart)
        return self._as_matrix(left), self._as_matrix(right)

    def _as_matrix(self, name: str) -> str:
        """An array as the matrices that are multiplied."""
        if not self.batched:
            return name
        kind = "merged" if self.is_shared else "batch_first"
        return self.operands.code.bind(f"{kind}({name})")

    def _turned(self, name: str) -> str:
        return self.operands.code.bind(f"{name}.swapaxes(-1, -2)")
