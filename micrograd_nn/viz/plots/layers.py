"""The layers of a model as plots look at them: names, outputs, parameters.

>>> from micrograd_nn.nn import MLP
>>> net = MLP(2, [3, 1])
>>> [name for name, _ in layers_of(net)]
['layers.0', 'layers.1']
>>> layers = list(in_turn(net).values())
>>> [rows.shape for rows in layer_outputs(layers, [[0.0, 1.0], [1.0, 1.0]])]
[(2, 3), (2, 1)]
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn import trees
from micrograd_nn.compiler import compile
from micrograd_nn.nn import Layer, Module, Sequential
from micrograd_nn.numbers import shortened
from micrograd_nn.viz.plots.arguments import Floats, as_array, finite

Named = list[tuple[str, Module]]


def layers_of(model: Any) -> Named:
    """The modules directly inside of `model`, by name, in the order of definition.

    Raises:
        TypeError: If `model` is no module.
        ValueError: If there are none.
    """
    if not isinstance(model, Module):
        raise TypeError(
            f"not a model: got model={shortened(model)} ({type(model).__name__}); "
            "expected a Module, such as an MLP."
        )
    layers = [pair for pair in model.named_children() if pair[1].parameters()]
    if not layers:
        raise ValueError(
            f"no layers: got model={shortened(model)} ({type(model).__name__}); "
            "expected a Module with layers that have parameters. "
            "Put it into a model."
        )
    return layers


def in_turn(model: Any) -> dict[str, Any]:
    """What a model calls in turn, by name: its `layers`, or those of a Sequential.

    Raises:
        TypeError: If it has no such list.
    """
    if isinstance(model, Sequential):
        return {str(i): layer for i, layer in enumerate(model)}
    layers = getattr(model, "layers", None)
    if not isinstance(layers, (list, tuple)) or not layers:
        expected = "a Sequential, or a model with a list `layers`, such as an MLP"
        raise TypeError(_refusal(model, expected))
    return {f"layers.{i}": layer for i, layer in enumerate(layers)}


def layer_outputs(layers: list[Any], inputs: Any) -> list[Floats]:
    """What each layer gives for each example, shape (examples, width).

    Args:
        layers: They are called in turn, each with what the one before gave.
        inputs: Examples along the first axis.

    Raises:
        TypeError: If those are not numbers.
        ValueError: If an example has the wrong number of features, or one is not
            finite.
    """
    rows = finite(as_array(inputs, "inputs", 2, "(examples, features)"), "inputs")

    def outputs(x: Any) -> dict[int, Any]:
        every = {}
        for i, layer in enumerate(layers):
            x = layer(x)
            every[i] = trees.leaves(x)
        return every

    return list(compile(outputs)(rows).values())


def dense_layers(model: Any) -> list[Layer]:
    """The layers of a model that is made of `Layer`s alone.

    Raises:
        TypeError: If it is not.
    """
    layers = [model] if isinstance(model, Layer) else list(in_turn(model).values())
    odd = [layer for layer in layers if not isinstance(layer, Layer)]
    if odd:
        raise TypeError(_refusal(odd[0], "a Layer, or an MLP, which is made of those"))
    return layers


def weights_and_biases(layer: Layer) -> tuple[Floats, Floats]:
    """Its weights, shape (neurons, inputs), and its biases, shape (neurons,)."""
    weights = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
    return weights, np.array([neuron.b.data for neuron in layer.neurons])


def _refusal(model: Any, expected: str) -> str:
    return (
        f"no such layers: got model={shortened(model)} ({type(model).__name__}); "
        f"expected {expected}."
    )
