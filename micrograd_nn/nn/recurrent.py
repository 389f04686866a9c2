"""What recurrent layers share: one formula, with the same weights, at every step.

    state = step(weights, x[t], state)

A cell takes one step, a layer a whole sequence. `RNN`, `LSTM` and `GRU` differ in the
formula alone.

>>> from micrograd_nn.nn import GRU, GRUCell
>>> cell, layer = GRUCell(2, 3), GRU(2, 3)
>>> layer.load_tensors({f"{k}_l0": t.data for k, t in cell.named_tensors().items()})
>>> h = cell([2.0, 0.5], cell([1.0, -1.0]))
>>> outputs, last = layer([[1.0, -1.0], [2.0, 0.5]])
>>> [x.data for x in outputs[-1]] == [x.data for x in last[0]] == [x.data for x in h]
True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd_nn.engine import constant
from micrograd_nn.nn.dropout import Dropout
from micrograd_nn.nn.examples import Inputs, as_values, require, shape, size
from micrograd_nn.nn.gates import Vector, Weights, blocks, drawn
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.sequences import sequence
from micrograd_nn.ranges import in_range

State = tuple[Vector, ...]  # what goes from step to step: h, for an LSTM h and c


class Recurrent(Module):
    """The base of cells and layers.

    Attributes:
        input_size: The number of features of a step.
        hidden_size: The number of outputs of a step.
        bias: Whether there are biases.
        gates: How many blocks of rows the weights have.
        states: How many vectors go from step to step.
    """

    gates: int
    states = 1

    def __init__(self, input_size: int, hidden_size: int, bias: bool) -> None:
        self.input_size = size(input_size, "input_size")
        self.hidden_size = size(hidden_size, "hidden_size")
        self.bias = bias

    def step(self, weights: Weights, x: Vector, state: State) -> State:
        """The state after a step, its output first."""
        raise NotImplementedError  # each kind of cell has a step of its own

    def extra_repr(self) -> str:
        """The sizes, and the arguments that are not as usual."""
        bias = "" if self.bias else ", bias=False"
        return f"{self.input_size}, {self.hidden_size}{bias}"

    @property
    def _title(self) -> str:
        return f"{type(self).__name__}({self.input_size} -> {self.hidden_size})"

    def _add_weights(self, inputs: int, suffix: str, gate_bias: float) -> None:
        """Set the attributes of a step, their names with that at the end."""
        weights = drawn(self.gates, inputs, self.hidden_size, self.bias)
        if gate_bias:
            self._open(weights.bias_ih, gate_bias)
        for name, tensor in weights._asdict().items():
            setattr(self, name + suffix, tensor)

    def _open(self, bias: Vector | None, gate_bias: float) -> None:
        """Raise the biases of the second gate, which in LSTM and GRU keeps the past."""
        if bias is None:
            raise ValueError(
                f"no bias to raise: {self._title} got a gate bias of {gate_bias!r} "
                "and bias=False; expected bias=True for that."
            )
        for value in blocks(bias, self.gates)[1]:
            value.data += gate_bias

    def _weights(self, suffix: str) -> Weights:
        return Weights(*(vars(self)[name + suffix] for name in Weights._fields))

    def _start(self, hx: Any, *around: int) -> list[Any]:
        """The vectors of a state, or stacks of them; zeros unless given."""
        wanted = (*around, self.hidden_size)
        if hx is None:
            return [_zeros(wanted) for _ in range(self.states)]
        parts = hx if self.states > 1 and hasattr(hx, "__len__") else (hx,)
        advice = "Pass what an earlier call gave, or nothing for zeros."
        require(self._title, "vectors as a state", len(parts), self.states, advice)
        found = [as_values(part) for part in parts]
        for part in found:
            if shape(part) != wanted:
                raise ValueError(
                    f"wrong shape: {self._title} got a state of shape {shape(part)}; "
                    f"expected {wanted}. {advice}"
                )
        return found

    def _packed(self, parts: Sequence[Any]) -> Any:
        return tuple(parts) if self.states > 1 else parts[0]


class Cell(Recurrent):
    """One step, from features and a state to a state; see `Recurrent`."""

    weight_ih: list[Vector]
    weight_hh: list[Vector]
    bias_ih: Vector | None
    bias_hh: Vector | None

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, gate_bias: float = 0.0
    ) -> None:
        super().__init__(input_size, hidden_size, bias)
        self._add_weights(self.input_size, "", gate_bias)

    def __call__(self, input: Inputs, hx: Any = None) -> Any:
        """The next state; `hx` is the last one, zeros unless given."""
        (x,) = sequence([input], self.input_size, self._title)
        state = tuple(self._start(hx))
        return self._packed(self.step(self._weights(""), x, state))


class RecurrentLayer(Recurrent):
    """Steps along a sequence, by one layer or several on top of each other.

    Attributes:
        num_layers: How many there are.
        dropout: The probability with which the input of all but the first is left out.
        bidirectional: Whether each also reads the sequence from its end.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        bias: bool,
        dropout: float,
        bidirectional: bool,
        gate_bias: float = 0.0,
    ) -> None:
        super().__init__(input_size, hidden_size, bias)
        self.num_layers = size(num_layers, "num_layers")
        self.dropout = in_range(dropout, "dropout", high=1.0, ends="[]")
        self.bidirectional = bidirectional
        inputs = self.input_size
        for i in range(self.num_layers):
            for suffix in self._suffixes(i):
                self._add_weights(inputs, suffix, gate_bias)
            inputs = self.hidden_size * len(self._suffixes(i))

    def __call__(self, input: Inputs, hx: Any = None) -> tuple[list[Vector], Any]:
        """The outputs of the last layer, and the last state of each layer.

        Args:
            input: [time][features].
            hx: The state to start from, zeros unless given: [layers][hidden_size], and
                for an LSTM a pair of these. Each direction counts as a layer.

        Returns:
            Outputs, [time][hidden_size], with those of the way back beside them; and
            a state such as `hx`.

        Raises:
            ValueError: If the shape of the input or of the state does not fit.
        """
        x = sequence(input, self.input_size, self._title)
        count = self.num_layers * len(self._suffixes(0))
        starts: list[State] = list(zip(*self._start(hx, count), strict=True))
        ends: list[State] = []
        for i in range(self.num_layers):
            x, reached = self._layer(self._suffixes(i), x, starts[len(ends) :])
            ends += reached
            x = self._dropped(x) if i + 1 < self.num_layers else x
        return x, self._packed([list(part) for part in zip(*ends, strict=True)])

    def extra_repr(self) -> str:
        """The sizes, and the arguments that are not as usual."""
        layers = f", num_layers={self.num_layers}" if self.num_layers > 1 else ""
        sizes = f"{self.input_size}, {self.hidden_size}{layers}"
        bias = "" if self.bias else ", bias=False"
        dropout = f", dropout={self.dropout}" if self.dropout else ""
        both = ", bidirectional=True" if self.bidirectional else ""
        return sizes + bias + dropout + both

    def _suffixes(self, layer: int) -> list[str]:
        """What ends the names of a layer's parameters, for each direction."""
        name = f"_l{layer}"
        return [name, f"{name}_reverse"] if self.bidirectional else [name]

    def _layer(
        self, suffixes: list[str], x: list[Vector], starts: list[State]
    ) -> tuple[list[Vector], list[State]]:
        forward, end = self._run(suffixes[0], x, starts[0])
        if len(suffixes) == 1:
            return forward, [end]
        backward, other = self._run(suffixes[1], x[::-1], starts[1])
        both = zip(forward, backward[::-1], strict=True)
        return [there + back for there, back in both], [end, other]

    def _run(
        self, suffix: str, x: list[Vector], state: State
    ) -> tuple[list[Vector], State]:
        weights, outputs = self._weights(suffix), []
        for features in x:
            state = self.step(weights, features, state)
            outputs.append(state[0])
        return outputs, state

    def _dropped(self, x: list[Vector]) -> Any:
        return Dropout(self.dropout).train(self.training)(x)


def _zeros(shape: Sequence[int]) -> Any:
    if not shape:
        return constant(0.0)
    return [_zeros(shape[1:]) for _ in range(shape[0])]
