"""Quantization: weights in so few bits that they are small whole numbers times a scale.

    scale = max |w| / (2**(bits - 1) - 1)        integer = round(w / scale)

and the net computes with scale · integer instead of w. That is uniform, for all steps
are equal, and symmetric, for 0 stays 0 (Krishnamoorthi, 2018, "Quantizing deep
convolutional networks for efficient inference", section 2.2).

>>> from micrograd_nn.nn import Linear
>>> layer = Linear(4, 1, bias=False)
>>> layer.load_tensors({"weight": [[0.5, -0.1, -2.1, 0.4]]})
>>> quantization = quantize(layer, bits=3)  # integers from -3 to 3
>>> quantization.tensors["weight"].integers.tolist()
[[1, 0, -3, 1]]
>>> [round(w.data, 6) for w in layer.weight[0]]
[0.7, 0.0, -2.1, 0.7]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.compress.weights import Change, table, values_of, weights
from micrograd_nn.nn import Module
from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import one_of, whole_number

Floats = NDArray[np.float64]
MOST = 32  # bits: what is finer is rounded by floats already


@dataclass(frozen=True, eq=False)
class QuantizedTensor:
    """A tensor in whole numbers.

    Attributes:
        integers: Of the shape of the tensor.
        scale: What an integer of 1 stands for: one number, or one for each channel,
            in an array that broadcasts.
        error: The difference that it makes to each weight.
    """

    integers: NDArray[np.int64]
    scale: Floats
    error: Floats

    @property
    def numbers(self) -> Floats:
        """What the net computes with: scale · integer."""
        return self.scale * self.integers


class Quantization:
    """What `quantize` did; prints as a table.

    Attributes:
        bits: How many each weight takes.
        tensors: By name, the tensors that were quantized.
    """

    def __init__(self, model: Module, bits: int, per: str) -> None:
        found = weights(model)
        self.bits = bits
        self.tensors = {
            name: _quantized(np.array(tensor.data), bits, per)
            for name, tensor in found.items()
        }
        numbers = [tensor.numbers.ravel() for tensor in self.tensors.values()]
        self._change = Change(values_of(found), np.concatenate(numbers).tolist())

    @property
    def error(self) -> float:
        """The root of the mean of the squared differences of all weights."""
        errors = [tensor.error.ravel() for tensor in self.tensors.values()]
        return _root_mean_square(np.concatenate(errors))

    def undo(self) -> None:
        """Give the weights the numbers that they had before.

        Raises:
            RuntimeError: If that was done already.
        """
        self._change.undo("quantize")

    def __repr__(self) -> str:
        rows = [
            (name, f"{x.integers.size:,}", f"{x.scale.max():.4g}", _shown(x.error))
            for name, x in self.tensors.items()
        ]
        head = f"{self.bits} bits", "weights", "step", "error"
        return table([head, *rows])


def quantize(model: Module, bits: int = 8, per: str = "tensor") -> Quantization:
    """What was rounded, and by how much: every weight, to 2**bits - 1 levels.

    Biases stay as they are, as they do in practice: there are few. If the net is
    trained on, its weights leave their levels.

    Args:
        model: A module with weights; see `micrograd_nn.compress`.
        bits: How many each weight takes, from 2 to 32.
        per: "tensor": one scale for each tensor; or "channel": one for each of its
            rows, the weights of one output, of which a large one then does less harm.

    Raises:
        TypeError: If the model is not a module, or `bits` not a whole number.
        ValueError: If `bits` is out of range, `per` is another word, or there are no
            weights. Nothing has changed then.

    >>> from micrograd_nn.nn import Linear
    >>> layer = Linear(8, 8)
    >>> coarse = quantize(layer, bits=4)
    >>> coarse.undo()
    >>> quantize(layer, bits=8).error < coarse.error / 10
    True
    """
    one_of(("tensor", "channel"), per, "per")
    if whole_number(bits, "bits", 2) > MOST:
        raise ValueError(
            f"too many: got bits={shortened(bits)} ({type(bits).__name__}); expected "
            f"2 to {MOST}. Weights have 53 bits, and 8 are rarely missed."
        )
    return Quantization(model, int(bits), per)


def _quantized(weight: Floats, bits: int, per: str) -> QuantizedTensor:
    axes = None if per == "tensor" else tuple(range(1, weight.ndim))
    largest = np.abs(weight).max(axis=axes, keepdims=True)
    scale = largest / (2 ** (bits - 1) - 1)
    scale[scale == 0.0] = 1.0  # of zeros alone, or of what is too small to divide
    integers = np.rint(weight / scale)
    return QuantizedTensor(integers.astype(np.int64), scale, scale * integers - weight)


def _shown(error: Floats) -> str:
    return f"{_root_mean_square(error):.2g}"


def _root_mean_square(array: Any) -> float:
    return float(np.sqrt(np.mean(array**2)))
