"""Smaller models: fewer weights, fewer bits for each, or a smaller net that learns.

>>> import random
>>> from micrograd_nn.compress import prune, quantize
>>> from micrograd_nn.nn import MLP
>>> random.seed(0)
>>> model = MLP(2, [8, 1])
>>> prune(model, amount=0.5)  # the smaller half of all weights becomes 0
pruned           zeros  weights  sparsity
layers.0.weight      9       16     56.2%
layers.1.weight      3        8     37.5%
total               12       24     50.0%
>>> quantize(model, bits=4).undo()

A weight is an entry of a tensor of two dimensions or more, such as `layers.0.weight`;
biases and the scales of norms, of which there are few, stay as they are.
"""

from micrograd_nn.compress.distillation import distil, soft_targets
from micrograd_nn.compress.pruning import Pruning, prune
from micrograd_nn.compress.quantization import Quantization, QuantizedTensor, quantize

__all__ = [
    "Pruning",
    "Quantization",
    "QuantizedTensor",
    "distil",
    "prune",
    "quantize",
    "soft_targets",
]
