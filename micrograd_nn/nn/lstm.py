"""`LSTM` and `LSTMCell`: a memory beside the output, with gates that keep it.

    i, f, o = sigmoid(...)        the gates: let in, keep, let out
    g       = tanh(...)           what might be let in
    c[t]    = f · c[t-1] + i · g  the memory
    h[t]    = o · tanh(c[t])      the output

each `...` a sum `W_ih x[t] + b_ih + W_hh h[t-1] + b_hh` with weights of its own. Where
f stays near 1 the memory, and its gradient, go from step to step unchanged (Hochreiter
and Schmidhuber, 1997; the gate f: Gers, Schmidhuber and Cummins, 2000).

>>> cell = LSTMCell(1, 1, forget_bias=100.0)  # f = 1: nothing is forgotten
>>> h, c = cell([0.0], ([0.0], [5.0]))
>>> 4.0 < c[0].data < 6.0
True
"""

from __future__ import annotations

from operator import add

from micrograd_nn.engine import Number
from micrograd_nn.nn.gates import Vector, Weights, blocks
from micrograd_nn.nn.recurrent import Cell, RecurrentLayer, State
from micrograd_nn.numbers import as_number


def lstm_step(weights: Weights, x: Vector, state: State) -> State:
    """The next output and the next memory."""
    h, c = state
    sums = list(map(add, weights.of_input(x), weights.of_state(h)))
    i, f, g, o = blocks(sums, 4)
    memory = [
        fj.sigmoid() * cj + ij.sigmoid() * gj.tanh()
        for ij, fj, gj, cj in zip(i, f, g, c, strict=True)
    ]
    output = [oj.sigmoid() * cj.tanh() for oj, cj in zip(o, memory, strict=True)]
    return output, memory


class LSTMCell(Cell):
    """One step of an `LSTM`: `cell(x, (h, c))` is the next pair.

    Args:
        input_size: The number of features.
        hidden_size: The number of outputs.
        bias: Whether something is added.
        forget_bias: Added to the first `bias_ih` of the gate f. At 1 or 2 it starts
            open, so that it can be learned what is worth to be kept (Jozefowicz,
            Zaremba and Sutskever, 2015).

    Attributes:
        weight_ih: Values, [4 · hidden_size][input_size], gates in the order i, f, g, o.
        weight_hh: Values, [4 · hidden_size][hidden_size].
        bias_ih: Values, [4 · hidden_size], or None; so `bias_hh`.

    Raises:
        TypeError: If `forget_bias` is not a number.
        ValueError: If a size is not a positive whole number, or there is a
            `forget_bias` without biases; in a call, if a shape does not fit.

    >>> h, c = LSTMCell(2, 3)([1.0, 2.0])
    >>> len(h), len(c)
    (3, 3)
    """

    gates, states = 4, 2
    step = staticmethod(lstm_step)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        forget_bias: Number = 0.0,
    ) -> None:
        self.forget_bias = as_number(forget_bias, "forget_bias")
        super().__init__(input_size, hidden_size, bias, self.forget_bias)

    def extra_repr(self) -> str:
        """The sizes, and the arguments that are not as usual."""
        return super().extra_repr() + _shown(self.forget_bias)


class LSTM(RecurrentLayer):
    """Reads a sequence and gives an output for each step, and the last (h, c).

    As in PyTorch, but that a call takes one example, [time][features], so that there is
    no `batch_first`.

    Args:
        input_size: The number of features of a step.
        hidden_size: The number of outputs of a step.
        num_layers: How many layers there are, each fed by the one before.
        bias: Whether something is added.
        dropout: In training, the probability of leaving out an output between layers.
        bidirectional: Whether to read backwards too; outputs then come in pairs.
        forget_bias: As for `LSTMCell`, in every layer.

    Attributes:
        weight_ih_l0: Values, [4 · hidden_size][input_size], gates in the order i, f, g,
            o; those of other layers end in `_l1` ..., of the way back in `_reverse`.
        weight_hh_l0: Values, [4 · hidden_size][hidden_size].
        bias_ih_l0: Values, [4 · hidden_size], or None; so `bias_hh_l0`.

    Raises:
        TypeError: If `dropout` or `forget_bias` is not a number.
        ValueError: If a size is not a positive whole number, `dropout` is not in
            0 ... 1, or there is a `forget_bias` without biases.

    >>> outputs, (h, c) = LSTM(2, 3, num_layers=2)([[1.0, 2.0]] * 5)
    >>> len(outputs), len(outputs[0]), len(h), h[1] == outputs[-1]
    (5, 3, 2, True)
    """

    gates, states = 4, 2
    step = staticmethod(lstm_step)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        *,
        dropout: float = 0.0,
        bidirectional: bool = False,
        forget_bias: Number = 0.0,
    ) -> None:
        self.forget_bias = as_number(forget_bias, "forget_bias")
        super().__init__(
            input_size,
            hidden_size,
            num_layers,
            bias,
            dropout,
            bidirectional,
            self.forget_bias,
        )

    def extra_repr(self) -> str:
        """The sizes, and the arguments that are not as usual."""
        return super().extra_repr() + _shown(self.forget_bias)


def _shown(forget_bias: float) -> str:
    return f", forget_bias={forget_bias}" if forget_bias else ""
