"""`RNN` and `RNNCell`: the output of a step is fed back into the next.

    h[t] = tanh(W_ih x[t] + b_ih + W_hh h[t-1] + b_hh)

Signals and gradients go through W_hh once for each step, and so fade or explode on the
way (Bengio, Simard and Frasconi, 1994): it remembers about ten steps.

>>> cell = RNNCell(1, 1)
>>> cell.load_tensors(
...     {"weight_ih": [[1.0]], "weight_hh": [[2.0]], "bias_ih": [0.0], "bias_hh": [0.0]}
... )
>>> h = cell([0.0], [0.5])  # tanh(2 · 0.5)
>>> h
[Value(data=0.76159..., grad=0.0)]
"""

from __future__ import annotations

from operator import add

from micrograd_nn.choices import choice
from micrograd_nn.nn.gates import Vector, Weights
from micrograd_nn.nn.mlp import ACTIVATIONS, Activation
from micrograd_nn.nn.recurrent import Cell, RecurrentLayer, State

Nonlinearity = str | Activation


def rnn_step(
    weights: Weights, x: Vector, state: State, activation: Activation
) -> State:
    """The next output of an Elman network (1990, "Finding Structure in Time")."""
    (h,) = state
    sums = map(add, weights.of_input(x), weights.of_state(h))
    return ([activation(total) for total in sums],)


class RNNCell(Cell):
    """One step of an `RNN`: `cell(x, h)` is the next h.

    Args:
        input_size: The number of features.
        hidden_size: The number of outputs.
        bias: Whether something is added.
        nonlinearity: "tanh", "relu" or another of `ACTIVATIONS`, or a function.

    Attributes:
        weight_ih: Values, [hidden_size][input_size].
        weight_hh: Values, [hidden_size][hidden_size].
        bias_ih: Values, [hidden_size], or None; so `bias_hh`.

    Raises:
        ValueError: If a size is not a positive whole number or there is no such
            nonlinearity; in a call, if a shape does not fit.

    >>> len(RNNCell(2, 3)([1.0, 2.0]))
    3
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: Nonlinearity = "tanh",
    ) -> None:
        super().__init__(input_size, hidden_size, bias)
        self.nonlinearity = nonlinearity
        self._activation = choice(ACTIVATIONS, nonlinearity, "nonlinearity")

    def step(self, weights: Weights, x: Vector, state: State) -> State:
        """See `rnn_step`."""
        return rnn_step(weights, x, state, self._activation)

    def extra_repr(self) -> str:
        """The sizes, and the arguments that are not as usual."""
        return super().extra_repr() + _shown(self.nonlinearity)


class RNN(RecurrentLayer):
    """Reads a sequence and gives an output for each step, and the last one.

    As in PyTorch, but that a call takes one example, [time][features], so that there is
    no `batch_first`.

    Args:
        input_size: The number of features of a step.
        hidden_size: The number of outputs of a step.
        num_layers: How many layers there are, each fed by the one before.
        nonlinearity: "tanh", "relu" or another of `ACTIVATIONS`, or a function.
        bias: Whether something is added.
        dropout: In training, the probability of leaving out an output between layers.
        bidirectional: Whether to read backwards too; outputs then come in pairs.

    Attributes:
        weight_ih_l0: Values, [hidden_size][input_size]; those of other layers end in
            `_l1` ..., of the way back in `_reverse`.
        weight_hh_l0: Values, [hidden_size][hidden_size].
        bias_ih_l0: Values, [hidden_size], or None; so `bias_hh_l0`.

    Raises:
        TypeError: If `dropout` is not a number.
        ValueError: If a size is not a positive whole number, there is no such
            nonlinearity, or `dropout` is not in 0 ... 1.

    >>> outputs, last = RNN(2, 3)([[1.0, 2.0]] * 5)
    >>> len(outputs), len(outputs[0]), last[0] == outputs[-1]
    (5, 3, True)
    >>> RNN(2, 3)([[1.0]])
    Traceback (most recent call last):
    ValueError: wrong number of features: RNN(2 -> 3) got 1 features; expected 2. ...
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: Nonlinearity = "tanh",
        bias: bool = True,
        *,
        dropout: float = 0.0,
        bidirectional: bool = False,
    ) -> None:
        super().__init__(
            input_size, hidden_size, num_layers, bias, dropout, bidirectional
        )
        self.nonlinearity = nonlinearity
        self._activation = choice(ACTIVATIONS, nonlinearity, "nonlinearity")

    def step(self, weights: Weights, x: Vector, state: State) -> State:
        """See `rnn_step`."""
        return rnn_step(weights, x, state, self._activation)

    def extra_repr(self) -> str:
        """The sizes, and the arguments that are not as usual."""
        return super().extra_repr() + _shown(self.nonlinearity)


def _shown(nonlinearity: Nonlinearity) -> str:
    return "" if nonlinearity == "tanh" else f", nonlinearity={nonlinearity!r}"
