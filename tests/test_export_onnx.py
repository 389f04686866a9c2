"""`to_onnx`: ONNX's own evaluator computes what the net does."""

import sys

import numpy as np
import pytest

from micrograd_nn.export import assert_same, to_onnx
from micrograd_nn.nn import (
    GELU,
    MLP,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    BatchNorm1d,
    Conv2d,
    Flatten,
    Layer,
    Linear,
    ReLU,
    Sequential,
)
from tests.layer_cases import CASES

# Of layers: the cases that can be written, but for those that mix or look up.
WRITTEN = [
    name
    for name in CASES
    if name.split()[0]
    in {
        *("Linear", "Conv1d", "Conv2d", "MaxPool1d", "MaxPool2d", "AvgPool1d"),
        *("AvgPool2d", "Flatten", "Dropout", "ReLU", "Softplus", "Sigmoid"),
        *("Tanh", "Identity", "Softmax", "LogSoftmax", "Layer", "MLP"),
    }
] + ["AdaptiveAvgPool2d", "Sequential", "Sequential of convolutions", "Residual"]
NETS = {
    "one output": (lambda: MLP(2, [3, 1], activation="sigmoid"), (2,)),
    "one number between": (lambda: MLP(2, [1, 2], activation="softplus"), (2,)),
    "one layer": (lambda: Layer(1, 2, activation="sin"), (1,)),
    "one channel each": (
        lambda: Sequential(Conv2d(1, 3, 3), ReLU(), AdaptiveMaxPool2d(1), Flatten()),
        (1, 5, 5),
    ),
}


@pytest.fixture
def onnx():
    return pytest.importorskip("onnx")


def in_onnx(path):
    """The file as a function of a batch."""
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(str(path))
    kind = {1: np.float32, 11: np.float64}[
        evaluator.input_types_[0].tensor_type.elem_type
    ]
    return lambda X: evaluator.run(None, {"x": X.astype(kind)})[0]


@pytest.mark.oracle
@pytest.mark.parametrize("name", WRITTEN)
def test_a_layer_in_onnx_computes_the_same(name, onnx, tmp_path):
    case, path = CASES[name], tmp_path / "layer.onnx"
    module, X = case.make(), case.rows()
    to_onnx(module, path, X[0], dtype="float64")

    assert_same(module, in_onnx(path), X)


@pytest.mark.oracle
@pytest.mark.parametrize(("make", "shape"), NETS.values(), ids=NETS)
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-5)]
)
def test_a_net_in_onnx_computes_the_same(make, shape, dtype, tolerance, onnx, tmp_path):
    net, X = make(), np.random.default_rng(0).normal(size=(4, *shape))
    path = tmp_path / "net.onnx"
    to_onnx(net, path, X[0], dtype=dtype)

    assert_same(net, in_onnx(path), X, tolerance)
    assert_same(net, in_onnx(path), X[:1], tolerance)  # a batch of any size


@pytest.mark.oracle
def test_numbers_are_of_32_bits_unless_asked(onnx, tmp_path):
    to_onnx(Linear(2, 1), tmp_path / "net.onnx", [0.0, 0.0])

    graph = onnx.load(tmp_path / "net.onnx").graph
    kinds = {x.type.tensor_type.elem_type for x in (*graph.input, *graph.output)}
    assert kinds == {x.data_type for x in graph.initializer} == {onnx.TensorProto.FLOAT}


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Sequential(Linear(2, 2), BatchNorm1d(2)), r"Sequential\.1=BatchNorm1d"),
        (GELU(), r"GELU=GELU\(\)"),
        (MLP(2, [2, 1], activation="leaky_relu"), r"MLP\.layers\.0=Layer"),
        (MLP(2, [2, 1], activation=lambda x: x * x), r"MLP\.layers\.0=Layer"),
        (AdaptiveAvgPool2d((1, 2)), "AdaptiveAvgPool2d=Adaptive.*Pool to one number"),
    ],
)
def test_a_layer_that_cannot_be_written_is_named(model, name, onnx, tmp_path):
    with pytest.raises(ValueError, match=f"no counterpart in ONNX: got {name}"):
        to_onnx(model, tmp_path / "net.onnx", [0.0, 0.0])

    assert not list(tmp_path.iterdir())


@pytest.mark.oracle
def test_an_example_that_does_not_fit_is_refused(onnx, tmp_path):
    with pytest.raises(ValueError, match=r"Linear\(2 -> 1\) got 3 inputs; expected 2"):
        to_onnx(Linear(2, 1), tmp_path / "net.onnx", [0.0, 0.0, 0.0])

    assert not list(tmp_path.iterdir())


@pytest.mark.oracle
def test_an_unknown_dtype_is_refused(onnx, tmp_path):
    with pytest.raises(ValueError, match="unknown dtype: got dtype='half'"):
        to_onnx(Linear(2, 1), tmp_path / "net.onnx", [0.0, 0.0], dtype="half")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder to save in"):
        to_onnx(Linear(2, 1), tmp_path / "no" / "net.onnx", [0.0, 0.0])


def test_without_onnx_the_error_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "onnx", None)

    with pytest.raises(ImportError, match=r"needs onnx: got no such module; .*export"):
        to_onnx(Linear(2, 1), tmp_path / "net.onnx", [0.0, 0.0])


def test_only_modules_are_written(tmp_path):
    with pytest.raises(TypeError, match="not a model: got model=3"):
        to_onnx(3, tmp_path / "net.onnx", [0.0])
