"""Parameters as tensors: names and shapes for files and for PyTorch."""

import numpy as np
import pytest

from micrograd_nn import Value
from micrograd_nn.nn import MLP, Embedding, Layer, Linear, Module, Neuron, Sequential
from micrograd_nn.nn.examples import shape


def shapes(module):
    return {name: tensor.shape for name, tensor in module.named_tensors().items()}


class Odd(Module):
    """All the ways to keep parameters, and things that are none."""

    def __init__(self):
        self.scale = Value(0.5)
        self.ragged = [[Value(1.0)], [Value(2.0), Value(3.0)]]
        self.table = {"a": (Value(4.0), Value(5.0)), 7: Linear(1, 1)}
        self.mixed = [Value(6.0), self.scale * 2]
        self.empty, self.name, self.numbers = [], "odd", [1.0, 2.0]
        self.cube = [[[Value(7.0)] * 1] * 1] * 1
        self.itself = self
        self.loop = [Value(8.0)]
        self.loop.append(self.loop)


def test_names_and_shapes_are_those_of_the_nested_lists():
    assert shapes(Odd()) == {
        "scale": (),
        "ragged.0": (1,),
        "ragged.1": (2,),
        "table.a": (2,),
        "table.7.weight": (1, 1),
        "table.7.bias": (1,),
        "mixed.0": (),
        "cube": (1, 1, 1),
        "loop.0": (),
    }


def test_a_layer_of_neurons_has_a_matrix_and_a_vector():
    assert shapes(MLP(3, [4, 1])) == {
        "layers.0.weight": (4, 3),
        "layers.0.bias": (4,),
        "layers.1.weight": (1, 4),
        "layers.1.bias": (1,),
    }
    assert shapes(Neuron(3)) == {"w": (3,), "b": ()}


def test_a_network_of_neurons_takes_the_weights_of_single_layers():
    neurons, layer = Layer(2, 3, nonlin=False), Linear(2, 3)
    tensors = {name: t.data for name, t in layer.named_tensors().items()}
    neurons.load_tensors(tensors)

    assert [y.data for y in neurons([1.0, 2.0])] == pytest.approx(
        [y.data for y in layer([1.0, 2.0])]
    )


def test_a_layer_whose_neurons_have_more_in_them_lists_it_all():
    layer = Layer(2, 1)
    layer.gain = Value(1.0)
    plain = shapes(layer)
    layer.neurons[0].extra = Value(2.0)

    assert plain == {"gain": (), "weight": (1, 2), "bias": (1,)}
    assert shapes(layer) == {
        "neurons.0.w": (2,),
        "neurons.0.b": (),
        "neurons.0.extra": (),
        "gain": (),
    }


def test_a_tensor_that_two_modules_share_has_both_names():
    embedding, head = Embedding(5, 3), Linear(3, 5, bias=False)
    head.weight = embedding.weight
    net = Sequential(embedding, head)

    assert shapes(net) == {"0.weight": (5, 3), "1.weight": (5, 3)}
    assert len(net.parameters()) == 15


@pytest.mark.parametrize("array", [np.array, lambda x: x, tuple])
def test_arrays_and_lists_are_loaded_as_floats(array):
    layer = Linear(2, 2)
    layer.load_tensors({"weight": array([[1, 2], [3, 4]]), "bias": array([5, 6])})

    assert layer.named_tensors()["weight"].data == [[1.0, 2.0], [3.0, 4.0]]
    assert {type(p.data) for p in layer.parameters()} == {float}


def test_programs_and_gradients_know_that_numbers_were_loaded():
    layer = Linear(1, 1)
    x = Value(1.0)
    (y,) = layer([x])
    layer.load_tensors({"weight": [[3.0]], "bias": [0.0]})

    with pytest.raises(RuntimeError, match="data changed since it was used"):
        y.backward()


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"weight": [[1.0, 2.0]]}, r"missing=\['bias'\], unexpected=\[\], wrong shap"),
        (
            {"weight": [[1.0], [2.0]], "bias": [1.0]},
            r"wrong shapes=\['weight of \(2, 1\), not \(1, 2\)'\]",
        ),
        ({"weight": [[1.0, 2.0]], "bias": 1.0}, r"bias of \(\), not \(1,\)"),
        ({"weight": [[1.0, "b"]], "bias": [1.0]}, r"weight of None, not \(1, 2\)"),
        ({"weight": [[1.0], [2, 3]], "bias": [1.0]}, r"weight of None, not \(1, 2\)"),
        (
            {"weight": [[1.0, 2.0]], "bias": [1.0], "b": [2.0]},
            r"tensors do not fit: got missing=\[\], unexpected=\['b'\]",
        ),
    ],
)
def test_tensors_that_do_not_fit_are_told_and_change_nothing(tensors, message):
    layer = Linear(2, 1)
    before = layer.state_dict()

    with pytest.raises(ValueError, match=message):
        layer.load_tensors(tensors)
    assert layer.state_dict() == before


def test_a_number_too_large_changes_nothing():
    layer = Linear(1, 1)
    before = layer.state_dict()

    with pytest.raises(OverflowError, match="too large for a float: got bias"):
        layer.load_tensors({"weight": [[1.0]], "bias": [10**400]})
    assert layer.state_dict() == before


def test_what_fits_is_loaded_if_not_strict():
    layer = Linear(1, 1)
    layer.load_tensors({"weight": [[3.0]], "other": [1.0]}, strict=False)

    assert layer.weight[0][0].data == 3.0


def test_lists_without_end_are_no_tensor():
    loop = []
    loop.append(loop)

    assert shape(loop) is None
