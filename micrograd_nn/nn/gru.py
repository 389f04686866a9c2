"""`GRU` and `GRUCell`: an output that is its own memory, moved as far as a gate says.

    r, z = sigmoid(...)                     the gates: reset, update
    n    = tanh(W_in x[t] + b_in + r · (W_hn h[t-1] + b_hn))
    h[t] = (1 - z) · n + z · h[t-1]

each `...` a sum `W_i x[t] + b_i + W_h h[t-1] + b_h` with weights of its own (Cho et
al., 2014; r stands after the product, as in PyTorch). Where z is near 1 h stays as is.

>>> cell = GRUCell(1, 1, update_bias=100.0)  # z = 1
>>> cell([3.0], [0.25])
[Value(data=0.25, grad=0.0)]
"""

from __future__ import annotations

from micrograd_nn.engine import Number
from micrograd_nn.nn.gates import Vector, Weights, blocks
from micrograd_nn.nn.recurrent import Cell, RecurrentLayer, State
from micrograd_nn.numbers import as_number


def gru_step(weights: Weights, x: Vector, state: State) -> State:
    """The next output."""
    (h,) = state
    from_input = blocks(weights.of_input(x), 3)
    from_state = blocks(weights.of_state(h), 3)
    output = []
    for xr, xz, xn, hr, hz, hn, last in zip(*from_input, *from_state, h, strict=True):
        reset, update = (xr + hr).sigmoid(), (xz + hz).sigmoid()
        new = (xn + reset * hn).tanh()
        output.append((1.0 - update) * new + update * last)
    return (output,)


class GRUCell(Cell):
    """One step of a `GRU`: `cell(x, h)` is the next h.

    Args:
        input_size: The number of features.
        hidden_size: The number of outputs.
        bias: Whether something is added.
        update_bias: Added to the first `bias_ih` of the gate z. At 2 it starts open, so
            that the past is kept until it is learned what is worth to be kept.

    Attributes:
        weight_ih: Values, [3 · hidden_size][input_size], gates in the order r, z, n.
        weight_hh: Values, [3 · hidden_size][hidden_size].
        bias_ih: Values, [3 · hidden_size], or None; so `bias_hh`.

    Raises:
        TypeError: If `update_bias` is not a number.
        ValueError: If a size is not a positive whole number, or there is an
            `update_bias` without biases; in a call, if a shape does not fit.

    >>> len(GRUCell(2, 3)([1.0, 2.0]))
    3
    """

    gates = 3
    step = staticmethod(gru_step)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        update_bias: Number = 0.0,
    ) -> None:
        self.update_bias = as_number(update_bias, "update_bias")
        super().__init__(input_size, hidden_size, bias, self.update_bias)

    def extra_repr(self) -> str:
        """The sizes, and the arguments that are not as usual."""
        return super().extra_repr() + _shown(self.update_bias)


class GRU(RecurrentLayer):
    """Reads a sequence and gives an output for each step, and the last one.

    As in PyTorch, but that a call takes one example, [time][features], so that there is
    no `batch_first`.

    Args:
        input_size: The number of features of a step.
        hidden_size: The number of outputs of a step.
        num_layers: How many layers there are, each fed by the one before.
        bias: Whether something is added.
        dropout: In training, the probability of leaving out an output between layers.
        bidirectional: Whether to read backwards too; outputs then come in pairs.
        update_bias: As for `GRUCell`, in every layer.

    Attributes:
        weight_ih_l0: Values, [3 · hidden_size][input_size], gates in the order r, z, n;
            those of other layers end in `_l1` ..., of the way back in `_reverse`.
        weight_hh_l0: Values, [3 · hidden_size][hidden_size].
        bias_ih_l0: Values, [3 · hidden_size], or None; so `bias_hh_l0`.

    Raises:
        TypeError: If `dropout` or `update_bias` is not a number.
        ValueError: If a size is not a positive whole number, `dropout` is not in
            0 ... 1, or there is an `update_bias` without biases.

    >>> outputs, last = GRU(2, 3, bidirectional=True)([[1.0, 2.0]] * 5)
    >>> len(outputs), len(outputs[0]), len(last)
    (5, 6, 2)
    """

    gates = 3
    step = staticmethod(gru_step)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        *,
        dropout: float = 0.0,
        bidirectional: bool = False,
        update_bias: Number = 0.0,
    ) -> None:
        self.update_bias = as_number(update_bias, "update_bias")
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias,
            dropout,
            bidirectional,
            self.update_bias,
        )

    def extra_repr(self) -> str:
        """The sizes, and the arguments that are not as usual."""
        return super().extra_repr() + _shown(self.update_bias)


def _shown(update_bias: float) -> str:
    return f", update_bias={update_bias}" if update_bias else ""
