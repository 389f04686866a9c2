"""`Neuron`, `Layer` and `MLP`: a network is layers, a layer is neurons, side by side.

A neuron weighs its inputs, adds its bias and bends the sum by its activation:

    output = activation(b + w[0] * x[0] + w[1] * x[1] + ...)

>>> neuron = Neuron(2)
>>> neuron.w[0].data, neuron.w[1].data, neuron.b.data = 0.5, -2.0, 1.0
>>> neuron([4.0, 1.0])
Value(data=1.0, grad=0.0)
>>> neuron([0.0, 1.0])  # 1 - 2 is below zero, so ReLU gives 0
Value(data=0.0, grad=0.0)

A network that starts from the same `random.seed` is the same network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from micrograd_nn.choices import choice
from micrograd_nn.engine import Value
from micrograd_nn.initializers import INITIALIZERS, Initializer
from micrograd_nn.inputs import as_value
from micrograd_nn.nn.examples import as_list, require, size
from micrograd_nn.nn.module import Module
from micrograd_nn.numbers import is_number
from micrograd_nn.op import OPS
from micrograd_nn.weighted_sum import weighted_sum

Activation = Callable[[Value], Value]
Inputs = Any  # a list, tuple or array of Values or numbers; one alone stands for itself

# Every op of one operand that is a method of Value: `Value.tanh` by the name "tanh".
ACTIVATIONS: dict[str, Activation] = {
    op.name: getattr(Value, op.name)
    for op in OPS.values()
    if len(op.partials) == 1 and not op.nary and hasattr(Value, op.name)
}


class Neuron(Module):
    """Weights, a bias and an activation: many numbers in, one out.

    Args:
        nin: The number of inputs.
        nonlin: Whether the activation is applied.
        activation: A name ("relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu",
            "silu", "softplus" ...), a function from Value to Value, or None for none.
        initializer: How each weight starts: a name of `INITIALIZERS` or a function of
            `(fan_in, fan_out)` that returns a number. The bias starts at 0.
        fan_out: How many neurons share the inputs, for the initializer.

    Attributes:
        w: The weights, one Value for each input.
        b: The bias, a Value.
        nonlin: As given; False if there is no activation.
        activation: The function that `nonlin` switches on.

    Raises:
        ValueError: If `nin` is not a positive whole number or a name is unknown.

    >>> Neuron(2), Neuron(2, activation="tanh"), Neuron(2, nonlin=False)
    (ReLUNeuron(2), TanhNeuron(2), LinearNeuron(2))
    """

    activation: Activation = staticmethod(Value.relu)

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str | Activation | None = "relu",
        initializer: str | Initializer = "uniform",
        fan_out: int = 1,
    ) -> None:
        draw = choice(INITIALIZERS, initializer, "initializer")
        self.w = [Value(draw(nin, fan_out)) for _ in range(size(nin, "nin"))]
        self.b = Value(0)
        self.nonlin = nonlin and activation is not None
        if activation is not None:
            self.activation = choice(ACTIVATIONS, activation, "activation")

    def __call__(self, x: Inputs) -> Value:
        """The output for inputs `x`: numbers, Values or a row of an array."""
        total = weighted_sum(self.b, self.w, _row(x, len(self.w), self))
        return self.activation(total) if self.nonlin else total

    def __repr__(self) -> str:
        kind = _title(self.activation) if self.nonlin else "Linear"
        return f"{kind}Neuron({len(self.w)})"

    def _sizes(self) -> tuple[int, int]:
        return len(self.w), 1


class Layer(Module):
    """Neurons side by side, which all see the same inputs.

    Args:
        nin: The number of inputs.
        nout: The number of neurons, and so of outputs.
        **kwargs: For each `Neuron`: `nonlin`, `activation`, `initializer`.

    Raises:
        ValueError: If a size is not a positive whole number or a name is unknown.

    >>> Layer(2, 3, activation="tanh")
    Layer of [TanhNeuron(2), TanhNeuron(2), TanhNeuron(2)]
    """

    def __init__(self, nin: int, nout: int, **kwargs: Any) -> None:
        kwargs = {"fan_out": nout} | kwargs
        self.neurons = [Neuron(nin, **kwargs) for _ in range(size(nout, "nout"))]

    def __call__(self, x: Inputs) -> Any:
        """The outputs for inputs `x`: a list, or the Value if there is one."""
        row = _row(x, len(self.neurons[0].w), self)  # once for all neurons
        out = [neuron(row) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"

    def _tensors(self) -> Mapping[str, Any]:
        own = vars(self)
        if any(neuron.named_tensors().keys() != {"w", "b"} for neuron in self.neurons):
            return own
        others = {name: own[name] for name in own if name != "neurons"}
        weight = [neuron.w for neuron in self.neurons]
        return others | {
            "weight": weight,
            "bias": [neuron.b for neuron in self.neurons],
        }

    def _sizes(self) -> tuple[int, int]:
        return len(self.neurons[0].w), len(self.neurons)


class MLP(Module):
    """A multi-layer perceptron: layers in a row, each fed by the one before.

    Args:
        nin: The number of inputs.
        nouts: The number of neurons of each layer.
        activation: For all layers but the last, which is linear; as for `Neuron`.
        initializer: For all weights; as for `Neuron`.

    Raises:
        ValueError: If a size is not a positive whole number or a name is unknown, or
            there are no layers.

    >>> MLP(3, [2, 1])
    MLP of [Layer of [ReLUNeuron(3), ReLUNeuron(3)], Layer of [LinearNeuron(2)]]
    >>> MLP(3, [2, 1])([1.0, 2.0])
    Traceback (most recent call last):
    ValueError: wrong number of inputs: Layer(3 -> 2) got 2 inputs; expected 3. ...
    """

    def __init__(
        self,
        nin: int,
        nouts: Iterable[int],
        *,
        activation: str | Activation | None = "relu",
        initializer: str | Initializer = "uniform",
    ) -> None:
        sizes = [nin, *nouts]
        last = len(sizes) - 2
        if last < 0:
            raise ValueError(
                f"no layers: got nouts={nouts!r} ({type(nouts).__name__}); "
                "expected at least one size, that of the output."
            )
        self.layers = [
            Layer(
                sizes[i],
                sizes[i + 1],
                nonlin=i != last,
                activation=activation,
                initializer=initializer,
            )
            for i in range(last + 1)
        ]

    def __call__(self, x: Inputs) -> Any:
        """The outputs of the last layer: a list, or the Value if there is one."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"

    def _sizes(self) -> tuple[int, int]:
        return self.layers[0]._sizes()[0], self.layers[-1]._sizes()[1]


class _Row(list[Value]):
    """Inputs that are Values already, so that no neuron need look at each again."""


def _row(x: Inputs, nin: int, module: Neuron | Layer) -> _Row:
    """`x` as Values, of which there must be as many as `module` has inputs."""
    row = x if x.__class__ is _Row else _Row(_values(x))
    if len(row) != nin:
        title = f"{type(module).__name__}({nin} -> {module._sizes()[1]})"
        advice = "Pass one example at a time, with all of its features."
        require(title, "inputs", len(row), nin, advice)
    return row


def _values(x: Inputs) -> list[Value]:
    listed = as_list(x)
    inputs = [listed] if isinstance(listed, Value) or is_number(listed) else listed
    return [as_value(xi, f"input {i}") for i, xi in enumerate(inputs)]


def _title(activation: Activation) -> str:
    """The name of a function as representations show it: `ReLU` of `Value.relu`."""
    name: str = getattr(activation, "__name__", type(activation).__name__)
    words = name.strip("<>").replace("relu", "reLU").split("_")
    return "".join(word[:1].upper() + word[1:] for word in words)
