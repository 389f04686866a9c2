"""A program as mathematics, one line an instruction, and what each line stands for.

>>> from micrograd_nn import Value
>>> from micrograd_nn.compiler import compile
>>> w, b = [Value(2.0), Value(1.0)], Value(0.5)
>>> program = compile(lambda x: (w[0] * x[0] + w[1] * x[1] + b).tanh())
>>> program([[1.0, 2.0], [3.0, 4.0]])
array([0.99975321, 1.        ])
>>> program
h1 = W1 · x + b1   # 1xB: 2 *, 2 +
h2 = tanh(h1)      # 1xB: 1 tanh
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from micrograd_nn.compiler.groups import LinearGroup, OpGroup
from micrograd_nn.compiler.interpreter import Interpreter
from micrograd_nn.compiler.places import Block, Layout
from micrograd_nn.compiler.plan import Plan
from micrograd_nn.compiler.tape import PICK, Ids

FEW = 3  # so many terms are written out


def describe(plan: Plan | Interpreter, inputs: list[str]) -> str:
    """A line for each instruction of the forward pass.

    Args:
        plan: A compiled graph.
        inputs: What the function calls its inputs.
    """
    if isinstance(plan, Interpreter):
        return f"{len(plan.instructions):,} scalar ops, one after another"
    lines = formulas(plan, inputs)
    if not lines:
        return "nothing to compute: all outputs are inputs, parameters or constants"
    width = min(60, max(map(len, lines)))
    return "\n".join(
        f"{line:{width}}   # {_shape(step.block)}: {_weight(plan, i)}"
        for i, (line, step) in enumerate(zip(lines, plan.instructions, strict=True))
    )


def formulas(plan: Plan, inputs: list[str]) -> list[str]:
    """The instructions as mathematics, as `h2 = tanh(h1)`."""
    names = _Names(plan.layout, inputs, [a.ids for a in plan.arguments])
    return [names.line(i, step.block) for i, step in enumerate(plan.instructions, 1)]


def passes(plan: Plan | Interpreter) -> str:
    """A table of the passes and of what each of them left."""
    rows = [(name, f"{count:,}", what) for name, count, what in plan.passes]
    first, second = (max(len(row[i]) for row in rows) for i in range(2))
    return "\n".join(f"{a:{first}}  {b:>{second}}  {c}" for a, b, c in rows)


@dataclass
class _Names:
    """Names for arrays of numbers, given when they are first met."""

    layout: Layout
    inputs: list[str]
    arguments: list[Ids]
    weights: dict[bytes, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        owners = np.full(len(self.layout.tape), 0)
        for number, block in enumerate(self.layout.blocks, 1):
            owners[block.group.nodes] = number
        self.owners = owners

    def line(self, number: int, block: Block) -> str:
        """The formula of an instruction."""
        group = block.group
        if isinstance(group, LinearGroup):
            formula = self._linear(group, block)
        else:
            assert isinstance(group, OpGroup)
            formula = self._of_op(group)
        return f"h{number} = {formula}"

    def _of_op(self, group: OpGroup) -> str:
        if group.op is PICK:
            return f"{self._of(group.operands[1:])}[{self._of(group.operands[0])}]"
        if group.op.nary:
            return f"{group.op.name}({self._of(group.operands)})"
        return group.op.formula(*map(self._of, group.operands))

    def _linear(self, group: LinearGroup, block: Block) -> str:
        terms = []
        for sign, pair in group.pairs.items():
            left, right = pair
            if block.matrix is not None and sign == block.sign:
                left, right = block.matrix.left, block.matrix.right
            terms.append((sign, self._product(left, right, block, sign)))
        for sign, rows in group.singles.items():
            if len(rows) <= FEW:
                terms += [(sign, self._of(row, "b")) for row in rows]
            else:
                terms.append((sign, f"Σ {self._of(rows)}"))
        if group.constants.any():
            terms.insert(0, (1.0, self._number(group.constants)))
        first = ("-" if terms[0][0] < 0 else "") + terms[0][1]
        rest = [f" {'-' if sign < 0 else '+'} {term}" for sign, term in terms[1:]]
        return first + "".join(rest)

    def _product(self, left: Ids, right: Ids, block: Block, sign: float) -> str:
        a, b = self._of(left), self._of(right)
        matrix = block.matrix if sign == block.sign else None
        if matrix is not None and not matrix.is_elementwise:
            return f"{a} @ {b}"
        inner = left.shape[-1] if matrix is not None else len(left)
        return f"{a} · {b}" if inner > 1 else f"{a} * {b}"

    def _of(self, ids: Ids, letter: str = "W") -> str:
        """What an array of numbers is called: by all the places that they come from.

        Parameters are called by a letter and a number, in the order of their use.
        """
        tape = self.layout.tape
        fixed = tape.constant[ids]
        if fixed.all():
            return self._number(tape.data[ids])
        varying = ids[~fixed]
        found = []
        for name, argument in zip(self.inputs, self.arguments, strict=False):
            if np.isin(varying, argument).any():
                found.append(name)
        owners = np.unique(self.owners[varying])
        found += [f"h{owner}" for owner in owners.tolist() if owner]
        if np.isin(varying, self.layout.params).any():
            key = np.unique(varying).tobytes()
            number = sum(name[0] == letter for name in self.weights.values()) + 1
            found.append(self.weights.setdefault(key, f"{letter}{number}"))
        return found[0] if len(found) == 1 else f"[{', '.join(found)}]"

    def _number(self, numbers: Any) -> str:
        first = numbers.flat[0]
        return f"{first:.4g}" if (numbers == first).all() else "constants"


def _shape(block: Block) -> str:
    """The shape of what an instruction computes, or of what it multiplies."""
    batch = "B" if block.group.batched else ""
    if block.matrix is None or block.matrix.is_elementwise:
        return f"{block.size}x{batch}" if batch else str(block.size)
    blocks, rows, columns = block.matrix.shape
    inner = block.matrix.left.shape[-1]
    width = f"{columns if columns > 1 or not batch else ''}{batch}"
    product = f"{rows}x{inner} @ {inner}x{width}"
    return product if blocks == 1 else f"{blocks} of {product}"


def _weight(plan: Plan, instruction: int) -> str:
    """Which scalar nodes an instruction stands for, by op."""
    tape = plan.tape
    counts = np.bincount(tape.codes[plan.owners == instruction])
    parts = [f"{n:,} {tape.ops[code].symbol}" for code, n in enumerate(counts) if n]
    return ", ".join(parts)
