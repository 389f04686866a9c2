"""Which op of ONNX stands for which layer; see https://onnx.ai/onnx/operators.

A writer adds the ops of a layer to a graph, and gives the name of their result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from micrograd_nn.export.errors import no_counterpart
from micrograd_nn.nn import LAYERS
from micrograd_nn.training.architecture import described

ADVICE = "Use to_torch, and the exporter of PyTorch."
BENDS = {
    **{"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "softplus": "Softplus"},
    **{"exp": "Exp", "sin": "Sin", "cos": "Cos"},
}


class Graph(Protocol):
    """What ops are added to."""

    def add(self, op: str, *inputs: Any, **attributes: Any) -> str:
        """The name of the result of an op, on results by their names and on arrays."""


Writer = Callable[[Graph, Any, str, str], str]


def written(graph: Graph, module: Any, x: str, name: str) -> str:
    """The name of what a layer gives for `x`.

    Args:
        graph: Where its ops go.
        module: The layer.
        x: The name of its input.
        name: Where it is in the model, for the message.

    Raises:
        ValueError: If there is no way to write it.
    """
    kind = type(module).__name__
    write = _WRITERS.get(kind)
    if write is None or LAYERS.get(kind) is not type(module):
        raise no_counterpart(module, name, "ONNX", ADVICE)
    return write(graph, module, x, name)


def _op(op: str, **attributes: Any) -> Writer:
    return lambda graph, module, x, name: graph.add(op, x, **attributes)


def _in_a_row(graph: Graph, module: Any, x: str, name: str) -> str:
    for i, inner in enumerate(module):
        x = written(graph, inner, x, f"{name}.{i}")
    return x


def _mlp(graph: Graph, module: Any, x: str, name: str) -> str:
    return _in_a_row(graph, module.layers, x, f"{name}.layers")


def _residual(graph: Graph, module: Any, x: str, name: str) -> str:
    return graph.add("Add", x, written(graph, module.module, x, f"{name}.module"))


def _linear(graph: Graph, module: Any, x: str, name: str) -> str:
    weight, *bias = [tensor.data for tensor in module.named_tensors().values()]
    sums = graph.add("MatMul", x, np.transpose(weight))
    return graph.add("Add", sums, *bias) if bias else sums


def _layer(graph: Graph, module: Any, x: str, name: str) -> str:
    try:
        found = described(module)["arguments"]
        bend = BENDS[found["activation"]["activation"]] if found["nonlin"] else None
    except (KeyError, ValueError) as error:  # another function, or neurons that differ
        raise no_counterpart(module, name, "ONNX", ADVICE) from error
    x = graph.add("Flatten", x) if found["nin"] == 1 else x  # rows of one number
    y = _linear(graph, module, x, name)
    y = graph.add(bend, y) if bend else y
    return graph.add("Squeeze", y, np.array([-1])) if found["nout"] == 1 else y


def _convolution(graph: Graph, module: Any, x: str, name: str) -> str:
    tensors = [tensor.data for tensor in module.named_tensors().values()]
    strides, pads = list(module.stride), [*module.padding, *module.padding]
    return graph.add("Conv", x, *tensors, strides=strides, pads=pads)


def _pool(op: str, **attributes: Any) -> Writer:
    def write(graph: Graph, module: Any, x: str, name: str) -> str:
        return graph.add(
            op,
            x,
            kernel_shape=list(module._kernel),
            strides=list(module._steps),
            pads=[*module._border, *module._border],
            **attributes,
        )

    return write


def _global_pool(op: str) -> Writer:
    def write(graph: Graph, module: Any, x: str, name: str) -> str:
        if {*module._counts} != {1}:
            raise no_counterpart(module, name, "ONNX", "Pool to one number a channel.")
        return graph.add(op, x)

    return write


_MEAN = _pool("AveragePool", count_include_pad=1)
_WRITERS: dict[str, Writer] = {
    **{
        name: _op(BENDS[name.lower()])
        for name in ("ReLU", "Sigmoid", "Softplus", "Tanh")
    },
    **{name: _op(name, axis=-1) for name in ("LogSoftmax", "Softmax")},
    **{"Dropout": _op("Identity"), "Identity": _op("Identity")},
    "Flatten": _op("Flatten"),
    **{"MLP": _mlp, "Sequential": _in_a_row, "Residual": _residual},
    **{"Layer": _layer, "Linear": _linear},
    **{"Conv1d": _convolution, "Conv2d": _convolution},
    **{"AvgPool1d": _MEAN, "AvgPool2d": _MEAN},
    **{"MaxPool1d": _pool("MaxPool"), "MaxPool2d": _pool("MaxPool")},
    **dict.fromkeys(
        ("AdaptiveAvgPool1d", "AdaptiveAvgPool2d"), _global_pool("GlobalAveragePool")
    ),
    **dict.fromkeys(
        ("AdaptiveMaxPool1d", "AdaptiveMaxPool2d"), _global_pool("GlobalMaxPool")
    ),
}
