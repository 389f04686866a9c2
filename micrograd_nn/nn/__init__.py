"""Neural networks made of Values: neurons, layers of neurons, networks of layers.

>>> from micrograd_nn.nn import MLP
>>> net = MLP(2, [4, 1])  # two inputs, four hidden neurons, one output
>>> len(net.parameters())
17
"""

from micrograd_nn.nn.mlp import MLP, Layer, Neuron
from micrograd_nn.nn.module import Module

__all__ = ["MLP", "Layer", "Module", "Neuron"]
