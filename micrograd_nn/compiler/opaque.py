"""Instructions for ops whose formulas cannot be read with arrays, number by number.

A user's op may ask `if x > 0`, or call `math.sin`. It compiles all the same, slowly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.compiler.elementwise import Elementwise
from micrograd_nn.compiler.expressions import Trace, read_op
from micrograd_nn.namespaces import read_floats
from micrograd_nn.op import Op

Floats = NDArray[np.float64]


def is_opaque(op: Op) -> bool:
    """Whether a formula of `op` asks for more than expressions can give."""
    trace = Trace()
    count = 1 if op.nary else len(op.partials)
    operands = [trace.operand(f"v{i}", stacked=op.nary) for i in range(count)]
    try:
        output, partials = read_op(op, operands, trace, range(count))
    except (TypeError, AttributeError):
        return True
    return not (trace.owns(output) and all(map(trace.owns, partials.values())))


@dataclass
class Opaque(Elementwise):
    """The instructions of one group, each a call for every number."""

    def forward(self) -> None:
        """Emit the line that computes the group."""
        self.dims, self.names = self._arguments()
        self.out = self._out()
        name = self.code.function(value_of(self.group.op))
        self.code.call(name, *self.names, self.out)
        count = 1 if self.group.op.nary else len(self.names)
        self.partials = {i: partial_of(self.group.op, i) for i in range(count)}

    def _product(self, partial: Any, grad: str) -> Any:
        name = self.code.function(partial)

        def write(out: str) -> None:
            self.code.call(name, self.out, *self.names, out)
            self.code.call("multiply", out, grad, out)

        return write


def value_of(op: Op) -> Callable[..., None]:
    """`f(*operands, out)`, which fills `out` with the values of `op`."""

    def fill(*arrays: Floats) -> None:
        *operands, out = arrays
        if op.nary:
            for index in np.ndindex(out.shape):
                column = operands[0][(slice(None), *index)].tolist()
                out[index] = read_floats(op.forward, column)
        else:
            out[...] = np.frompyfunc(
                lambda *xs: read_floats(op.forward, *xs), len(operands), 1
            )(*operands)

    return fill


def partial_of(op: Op, position: int) -> Callable[..., None]:
    """`f(values, *operands, out)`, which fills `out` with one partial of `op`.

    An n-ary op has its partials in one array, along the first axis.
    """
    body = op.partials[position]

    def fill(values: Floats, *arrays: Floats) -> None:
        *operands, out = arrays
        if op.nary:
            for index in np.ndindex(values.shape):
                column = (slice(None), *index)
                numbers = operands[0][column].tolist()
                out[column] = read_floats(body, float(values[index]), numbers)
        else:
            out[...] = np.frompyfunc(
                lambda *xs: read_floats(body, *xs), 1 + len(operands), 1
            )(values, *operands)

    return fill
