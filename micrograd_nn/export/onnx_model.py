"""`to_onnx`: a net as an ONNX file, which runs without Python: in browsers, on phones.

    to_onnx(net, "net.onnx", example=X[0])
    onnxruntime.InferenceSession("net.onnx").run(None, {"x": X.astype("float32")})

For nets that only go forward. Which op stands for which layer is in `onnx_layers.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from micrograd_nn.export.errors import imported
from micrograd_nn.export.onnx_layers import written
from micrograd_nn.files import write_whole
from micrograd_nn.nn import Module
from micrograd_nn.ranges import one_of
from micrograd_nn.training.checkpoint import require_folder, require_module
from micrograd_nn.training.predicting import predict

OPSET, FORMAT = 17, 8  # of 2022, so that runtimes know them
KINDS = {"float32": "FLOAT", "float64": "DOUBLE"}


def to_onnx(
    model: Module, path: str | Path, example: Any, *, dtype: str = "float32"
) -> None:
    """Write a model, as it is out of training, to an ONNX file.

    The input is called `x`, the output `y`; both are batches of any size.

    Args:
        model: Made of `Sequential`, `Residual`, `MLP`, `Linear`, convolutions, pools,
            `Flatten`, `Dropout`, and activations.
        path: The file, such as "net.onnx".
        example: One example, for its shape.
        dtype: Of all numbers: "float32", which runtimes have for all ops, or "float64".

    Raises:
        ImportError: If onnx is missing.
        OSError: If the file cannot be written.
        TypeError: If that is no module.
        ValueError: If there is no way to write a layer, which it names; if the example
            does not fit, or there is no such dtype.
    """
    require_module(model)
    require_folder(path)
    graph = Graph(imported("onnx", "to_onnx"), one_of(KINDS, dtype, "dtype"))
    batch = np.asarray(example, dtype=float)[None]
    y = written(graph, model, "x", type(model).__name__)
    shapes = batch.shape[1:], predict(model, batch).shape[1:]
    write_whole(Path(path), graph.content(y, *shapes))


class Graph:
    """An ONNX graph that grows: each op is a node, and its result has a name.

    Args:
        onnx: The package.
        dtype: Of all numbers.
    """

    def __init__(self, onnx: Any, dtype: str) -> None:
        self._onnx, self._dtype = onnx, dtype
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def add(self, op: str, *inputs: Any, **attributes: Any) -> str:
        """The name of the result of an op, on results by their names and on arrays."""
        names = [x if isinstance(x, str) else self._constant(x) for x in inputs]
        result = f"h{len(self._nodes) + 1}"
        make = self._onnx.helper.make_node
        self._nodes.append(make(op, names, [result], **attributes))
        return result

    def content(self, y: str, given: Iterable[int], found: Iterable[int]) -> bytes:
        """The file, for a result and the shapes of an example and of what it gives."""
        helper = self._onnx.helper
        kind = getattr(self._onnx.TensorProto, KINDS[self._dtype])
        self._nodes.append(helper.make_node("Identity", [y], ["y"]))
        ends = [
            [helper.make_tensor_value_info(name, kind, ["batch", *shape])]
            for name, shape in (("x", given), ("y", found))
        ]
        graph = helper.make_graph(self._nodes, "net", *ends, self._constants)
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=FORMAT)
        self._onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString())

    def _constant(self, numbers: Any) -> str:
        name = f"c{len(self._constants) + 1}"
        array = np.asarray(numbers)
        array = array if array.dtype == np.int64 else array.astype(self._dtype)
        self._constants.append(self._onnx.numpy_helper.from_array(array, name))
        return name
