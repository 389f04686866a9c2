"""Plots that look inside of a net: weights, outputs, gradients, steps, the drawing."""

import random

import numpy as np
import pytest

from micrograd_nn.nn import MLP, Layer, Linear, Module, Neuron, Sequential, Tanh
from micrograd_nn.viz.plots import (
    activation_histograms,
    gradient_norms,
    network_diagram,
    update_ratios,
    weight_images,
)
from micrograd_nn.viz.plots.theme import THEMES

LIGHT = THEMES["light"]
POINTS = np.array([[0.0, 0.5], [1.0, -1.0], [-2.0, 1.0]])


@pytest.fixture
def net():
    random.seed(0)
    return MLP(2, [3, 1], activation="relu")


def test_activations_are_those_of_calling_layer_after_layer(net):
    plot = activation_histograms(net, POINTS, bins=10)

    hidden = [[v.data for v in net.layers[0](row)] for row in POINTS]
    outputs = [net(row).data for row in POINTS]
    assert plot.data["mean"] == pytest.approx([np.mean(hidden), np.mean(outputs)])
    assert plot.data["std"] == pytest.approx([np.std(hidden), np.std(outputs)])
    assert plot.data["zeros"].tolist() == [
        np.mean(np.equal(hidden, 0.0)),
        np.mean(np.equal(outputs, 0.0)),
    ]
    assert plot.data["counts"].sum(axis=1).tolist() == [9, 3]
    expected = np.histogram(hidden, plot.data["edges"])[0]
    assert plot.data["counts"][0].tolist() == expected.tolist()


def test_all_histograms_have_one_axis_with_0_on_it(net):
    plot = activation_histograms(net, POINTS)

    limits = {panel.get_xlim() for panel in plot.ax.child_axes}
    assert len(limits) == 1
    assert plot.data["edges"][0] <= 0.0 <= plot.data["edges"][-1]


def test_a_sequential_has_histograms_too():
    net = Sequential(Linear(2, 3), Tanh())

    plot = activation_histograms(net, POINTS)

    outputs = [[v.data for v in net(row)] for row in POINTS]
    assert plot.data["layer"] == ["0", "1"]
    assert plot.data["std"][1] == pytest.approx(np.std(outputs))


def test_dead_layers_have_a_histogram_too():
    dead = Layer(2, 2)
    for p in dead.parameters():
        p.data = 0.0
    net = MLP(2, [2])
    net.layers = [dead]

    plot = activation_histograms(net, POINTS)

    assert plot.data["zeros"].tolist() == [1.0]


def test_gradient_norms_are_those_of_the_layers(net):
    net([1.0, 2.0]).backward()

    plot = gradient_norms(net)

    for layer, norm in zip(net.layers, plot.data["norm"], strict=True):
        squares = [p.grad**2 for p in layer.parameters()]
        assert norm == pytest.approx(sum(squares) ** 0.5)
    heights = [bar.get_height() for bar in plot.ax.patches]
    assert heights == pytest.approx(plot.data["norm"][plot.data["norm"] > 0])
    assert plot.ax.get_yscale() == "log"


def test_a_layer_without_gradients_has_no_bar_but_its_number(net):
    for p in net.parameters():
        p.grad = None
    net.layers[1].neurons[0].b.grad = np.inf

    plot = gradient_norms(net)

    assert plot.data["norm"].tolist() == [0.0, np.inf]
    assert not plot.ax.patches
    assert [text.get_text() for text in plot.ax.texts] == ["0", "infinity"]


def test_any_module_with_layers_has_gradient_norms():
    class Skip(Module):
        def __init__(self):
            self.inner = {"a": Neuron(2), "b": Neuron(2)}

    assert gradient_norms(Skip()).data["layer"] == ["inner.a", "inner.b"]


def test_update_ratios_are_the_change_over_the_size(net):
    before = {name: 2.0 for name in net.state_dict()}
    after = dict(before) | {"layers.1.neurons.0.b": 3.0}

    plot = update_ratios(net, [before, after, after])

    # Of the second layer's 3 weights and bias, all 2, one moved by 1.
    assert plot.data["ratio"].tolist() == [[0.0, 1 / 4], [0.0, 0.0]]
    assert plot.data["layer"] == ["layers.0", "layers.1"]


def test_the_ratio_of_a_layer_of_zeros_is_nan(net):
    zeros = dict.fromkeys(net.state_dict(), 0.0)

    assert np.isnan(update_ratios(net, [zeros, zeros]).data["ratio"]).all()


def test_layers_10_and_1_are_not_taken_for_each_other():
    net = MLP(1, [1] * 11)
    before = dict.fromkeys(net.state_dict(), 1.0)
    after = before | {"layers.10.neurons.0.b": 2.0}

    ratios = update_ratios(net, [before, after]).data["ratio"][0]

    assert np.flatnonzero(ratios).tolist() == [10]


def test_a_layer_s_weights_become_square_pictures():
    layer = Layer(4, 3)
    layer.neurons[1].w[2].data = -7.0

    plot = weight_images(layer)

    assert plot.data["images"].shape == (3, 2, 2)
    assert plot.data["images"][1, 1, 0] == -7.0
    assert plot.data["limit"] == 7.0
    for panel in plot.ax.child_axes:
        assert panel.images[0].get_clim() == (-7.0, 7.0)


def test_a_negative_weight_is_vermillion_and_a_positive_one_blue():
    image = weight_images([[[-1.0, 0.0, 1.0]]]).ax.child_axes[0].images[0]

    colours = image.to_rgba(image.get_array(), bytes=True)[0, :, :3].tolist()
    assert ["#" + bytes(c).hex().upper() for c in colours] == [
        LIGHT.negative,
        LIGHT.back.upper(),
        LIGHT.positive,
    ]


def test_pictures_need_not_be_square():
    assert weight_images([[1.0] * 6], (2, 3)).data["images"].shape == (1, 2, 3)
    assert weight_images(np.ones((2, 3, 5))).data["images"].shape == (2, 3, 5)


def test_a_diagram_draws_a_line_for_each_weight_in_the_colour_of_its_sign(net):
    net.layers[1].neurons[0].w[2].data = -5.0

    plot = network_diagram(net)

    lines = [group for group in plot.ax.collections if len(group.get_paths())]
    assert [len(group.get_paths()) for group in lines] == [6, 3]
    widest = lines[1].get_linewidths().index(max(lines[1].get_linewidths()))
    assert widest == 2  # the strongest is drawn last
    assert tuple(lines[1].get_colors()[widest][:3]) == pytest.approx(
        [int(LIGHT.negative[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    )
    assert plot.data["weights"][1].tolist()[0][2] == -5.0
    assert len(plot.ax.patches) == 2 + 3 + 1


def test_the_maps_of_a_diagram_are_the_outputs_over_the_plane(net):
    plot = network_diagram(net, POINTS)

    x, y = plot.data["x"][3], plot.data["y"][7]
    hidden = [v.data for v in net.layers[0]([x, y])]
    assert plot.data["outputs"][0][:, 7, 3] == pytest.approx(hidden)
    assert plot.data["outputs"][1][0, 7, 3] == pytest.approx(net([x, y]).data)
    assert len(plot.ax.images) == 2 + 3 + 1


def test_a_single_layer_has_a_diagram():
    assert len(network_diagram(Layer(3, 2)).ax.patches) == 5


def test_of_large_layers_the_first_and_the_last_neurons_are_drawn():
    plot = network_diagram(MLP(20, [3]), max_neurons=6)

    assert len(plot.ax.patches) == 5 + 3
    assert "15 more" in [text.get_text() for text in plot.ax.texts]
    assert plot.data["weights"][0].shape == (3, 20)


def test_a_model_of_other_layers_has_no_diagram():
    net = MLP(2, [1])
    net.layers = [lambda x: x]

    with pytest.raises(
        TypeError, match=r"no such layers: .*; expected a Layer, or an M"
    ):
        network_diagram(net)
