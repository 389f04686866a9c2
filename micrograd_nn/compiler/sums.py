"""Instructions for a group of linear forms: constants, single terms and products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from micrograd_nn.compiler.code import Code, Dims
from micrograd_nn.compiler.gradients import Gradients, Ready, Write
from micrograd_nn.compiler.groups import LinearGroup
from micrograd_nn.compiler.operands import Operands
from micrograd_nn.compiler.places import Block
from micrograd_nn.compiler.products import DotProduct, MatrixProduct, Product
from micrograd_nn.compiler.tape import Ids
from micrograd_nn.compiler.views import plain_strides

FEW = 4  # so many terms are added one by one, more by a sum over an axis

Term = tuple[float, str | float]  # a sign and an array that is there, or a number


@dataclass
class Linear:
    """The instructions of one group, written out by `forward` and then `backward`."""

    block: Block
    operands: Operands
    gradients: Gradients

    def __post_init__(self) -> None:
        assert isinstance(self.block.group, LinearGroup)
        self.code: Code = self.operands.code
        self.group = self.block.group
        self.batched = self.group.batched
        self.space = "UV"[int(self.batched)]
        matrix = self._matrix()
        self.dims = matrix.dims if matrix else self._aligned_dims()
        products = [matrix] if matrix else []
        self.products: list[Product] = [*products, *self._dots(matrix)]
        self.singles = list(self._singles())

    def forward(self) -> None:
        """Emit the lines that compute the group."""
        start, dims = self.block.start, self.dims
        out = self.operands.view(self.space, start, dims, plain_strides(dims))
        filled = ""
        for product in sorted(self.products, key=lambda p: -p.sign):
            filled = self._write(product.sign, product.write, out, filled)
        terms: list[Term] = []
        for sign, ids in self.singles:
            if ids.ndim == len(self.dims):
                terms.append((sign, self.operands.wide(ids, self.batched)))
            elif self.batched and not self.operands.is_batched(ids):
                terms.append((sign, self._thin_sum(ids)))
            else:
                filled = self._write(sign, self._summer(ids), out, filled)
        terms += self._constants()
        self._combine(sorted(terms, key=lambda term: -term[0]), out, filled)

    def backward(self) -> None:
        """Emit the lines that pass the grads on."""
        grad = self.gradients.of(self.space, self.block.start, self.dims)
        for sign, ids in self.singles:
            several = ids.ndim > len(self.dims)
            name = self.code.bind(f"stacked({grad}, {len(ids)})") if several else grad
            self.gradients.add(ids, self.batched, Ready(name, sign))
        for product in self.products:
            product.backward(grad)

    # What there is to add.

    def _matrix(self) -> MatrixProduct | None:
        found, sign = self.block.matrix, self.block.sign
        if found is None or found.is_elementwise:
            return None
        right = found.right.swapaxes(1, 2)
        tools = self.operands, self.gradients
        return MatrixProduct(sign, found.left, right, self.batched, *tools)

    def _aligned_dims(self) -> Dims:
        rows = [row for rows in self.group.singles.values() for row in rows[:FEW]]
        for left, right in self.group.pairs.values():
            rows += [left[0], right[0]]
        return self.operands.aligned(rows, self.block.size)

    def _dots(self, matrix: MatrixProduct | None) -> Iterator[DotProduct]:
        place = self.operands.layout.place
        alone = self.block.size == 1 and not self.batched
        number = f"dU.item({self.block.start})" if alone else ""
        for sign, (left, right) in self.group.pairs.items():
            if matrix and sign == self.block.sign:
                continue
            if alone:  # in the order of their places
                order = np.argsort(place[left[:, 0]], kind="stable")
                left, right = left[order], right[order]
            shaped = self._shaped(left), self._shaped(right)
            tools = self.operands, self.gradients
            yield DotProduct(sign, *shaped, self.batched, number, *tools)

    def _singles(self) -> Iterator[tuple[float, Ids]]:
        """Ids with their signs; with an axis in front if there are many."""
        for sign, rows in self.group.singles.items():
            if self.block.size == 1:
                order = np.argsort(
                    self.operands.layout.place[rows[:, 0]], kind="stable"
                )
                rows = rows[order]
            shaped = self._shaped(rows)
            few = len(rows) <= FEW
            yield from ((sign, row) for row in shaped) if few else [(sign, shaped)]

    def _shaped(self, rows: Ids) -> Ids:
        """A column for every place of the block: zeros for those of no node."""
        full = np.full(
            (len(rows), self.block.size), self.operands.layout.tape.pads[0.0]
        )
        full[:, self._slots()] = rows
        return full.reshape(-1, *self.dims)

    def _slots(self) -> Ids:
        """Where in the block the nodes are."""
        matrix = self.block.matrix
        return np.arange(self.block.size) if matrix is None else matrix.slots

    def _constants(self) -> list[Term]:
        numbers = self.group.constants
        if not numbers.any():
            return []
        if (numbers == numbers[0]).all():
            return [(1.0, float(numbers[0]))]
        full = np.zeros(self.block.size)
        full[self._slots()] = numbers
        name = self.code.constant(full.reshape(self.dims))
        return [(1.0, self.code.bind(f"{name}[..., None]") if self.batched else name)]

    # Adding it up.

    def _thin_sum(self, ids: Ids) -> str:
        """The sum of terms that are the same for all examples."""
        total = self.code.buffer(self.dims, False)
        self.code.sum_first(self.operands.read(ids), len(ids), total)
        return self.code.bind(f"{total}[..., None]")

    def _summer(self, ids: Ids) -> Write:
        name = self.operands.read(ids)
        return lambda out: self.code.sum_first(name, len(ids), out)

    def _write(self, sign: float, write: Write, out: str, filled: str) -> str:
        """Add what `write` computes to `out`; returns the sign of what is there now.

        `filled` is the sign of what was there, or nothing.
        """
        if not filled:
            write(out)
            return "+" if sign > 0 else "-"
        temporary = self.code.scratch(self.dims, self.batched)
        write(temporary)
        same = (filled == "+") == (sign > 0)
        self.code.call("add" if same else "subtract", out, temporary, out)
        self.code.release([temporary])
        return filled

    def _combine(self, terms: list[Term], out: str, filled: str) -> None:
        """Add terms to what is in `out`; those with a plus come first."""
        if filled == "+":
            held: str | float = out
        elif terms and terms[0][0] > 0:
            held = terms.pop(0)[1]
            if filled:
                self.code.call("subtract", held, out, out)
                held = out
        else:
            self.code.call("negative", out if filled else terms.pop(0)[1], out)
            held = out
        for sign, term in terms:
            self.code.call("add" if sign > 0 else "subtract", held, term, out)
            held = out
        if held != out:
            self.code.copy(out, held)
