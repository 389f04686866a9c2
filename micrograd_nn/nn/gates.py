"""The parameters of a recurrent step: matrices with a block of rows for each gate.

>>> weights = drawn(gates=2, inputs=3, hidden=1, bias=False)
>>> len(weights.weight_ih), len(weights.weight_ih[0]), weights.bias_ih
(2, 3, None)
>>> reset, update = blocks(weights.of_input([Value(1.0), Value(2.0), Value(3.0)]), 2)
>>> len(reset)
1
"""

from __future__ import annotations

from typing import Any, NamedTuple

from micrograd_nn.engine import Value
from micrograd_nn.nn.linear import sums
from micrograd_nn.nn.weights import by_fan_in, parameters

Vector = list[Value]


class Weights(NamedTuple):
    """What a step weighs its input and the last output with.

    Attributes:
        weight_ih: [gates · hidden][inputs], for the input.
        weight_hh: [gates · hidden][hidden], for the last output.
        bias_ih: [gates · hidden], or None; so `bias_hh`. Of the two one would do:
            PyTorch has both, as cuDNN has.
        bias_hh: See `bias_ih`.
    """

    weight_ih: list[Vector]
    weight_hh: list[Vector]
    bias_ih: Vector | None
    bias_hh: Vector | None

    def of_input(self, x: Vector) -> Vector:
        """What the input adds to each gate."""
        return sums(self.bias_ih, self.weight_ih, x)

    def of_state(self, h: Vector) -> Vector:
        """What the last output adds to each gate."""
        return sums(self.bias_hh, self.weight_hh, h)


def drawn(gates: int, inputs: int, hidden: int, bias: bool) -> Weights:
    """Weights as PyTorch draws them: uniform between ±1/√hidden, the biases too."""
    rows = gates * hidden

    def draw(*shape: int) -> Any:
        return parameters(shape, by_fan_in, hidden, hidden)

    matrices = draw(rows, inputs), draw(rows, hidden)
    return Weights(*matrices, *([draw(rows), draw(rows)] if bias else [None, None]))


def blocks(rows: Vector, count: int) -> list[Vector]:
    """`rows` cut into equal parts, one for each gate.

    >>> blocks([1, 2, 3, 4], 2)
    [[1, 2], [3, 4]]
    """
    length = len(rows) // count
    return [rows[i * length : (i + 1) * length] for i in range(count)]
