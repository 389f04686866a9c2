"""The same model in other libraries: PyTorch, ONNX, or NumPy written by hand.

Whatever carried it over, `assert_same` says whether it computes the same:

>>> import numpy as np
>>> from micrograd_nn.nn import Linear, ReLU, Sequential
>>> net = Sequential(Linear(2, 3), ReLU())
>>> arrays = {name: np.array(t.data) for name, t in net.named_tensors().items()}
>>> def by_hand(X):
...     return np.maximum(X @ arrays["0.weight"].T + arrays["0.bias"], 0.0)
>>> assert_same(net, by_hand, [[1.0, 2.0], [-3.0, 0.5]])

`to_torch` and `to_onnx` need the packages of the extra `export`.
"""

from micrograd_nn.export.onnx_model import to_onnx
from micrograd_nn.export.same import assert_same
from micrograd_nn.export.torch_model import to_torch

__all__ = ["assert_same", "to_onnx", "to_torch"]
