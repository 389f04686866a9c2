import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn.gradcheck import assert_gradcheck
from micrograd_nn.losses import mse_loss
from micrograd_nn.nn.autoencoder import Autoencoder
from micrograd_nn.training import fit, predict

X = np.array([[0.5, -1.0, 0.2], [1.0, 2.0, -0.3], [-0.5, 0.25, 1.0], [2.0, 1.0, 0.0]])


def test_the_decoder_mirrors_the_encoder():
    net = Autoencoder([5, 4, 3, 2])
    shapes = {name: tensor.shape for name, tensor in net.named_tensors().items()}

    assert [shapes[f"encoder.layers.{i}.weight"] for i in range(3)] == [
        (4, 5),
        (3, 4),
        (2, 3),
    ]
    assert [shapes[f"decoder.layers.{i}.weight"] for i in range(3)] == [
        (3, 2),
        (4, 3),
        (5, 4),
    ]


def test_a_call_decodes_the_code():
    net = Autoencoder([3, 4, 2])
    code = net.encode(X[0])

    assert len(code) == 2
    assert [x.data for x in net(X[0])] == [x.data for x in net.decode(code)]


def test_code_and_output_are_linear_and_hidden_layers_are_not():
    net = Autoencoder([3, 4, 2], activation="tanh")
    bent = [
        layer.neurons[0].nonlin for layer in net.encoder.layers + net.decoder.layers
    ]

    assert bent == [True, False, True, False]
    assert "TanhNeuron(3)" in repr(net.encoder)


def test_a_summary_knows_how_many_inputs_there_are():
    assert Autoencoder([3, 4, 2]).summary().rows[-1].output == (3,)


def test_a_code_of_one_number_is_a_value():
    net = Autoencoder([3, 1])

    assert isinstance(net.encode(X[0]), mn.Value)
    assert len(net(X[0])) == 3


def test_the_gradient_is_right():
    net = Autoencoder([3, 4, 2], activation="tanh")

    assert_gradcheck(
        lambda x: mse_loss(net(x), X[0]), X[1], parameters=net.parameters()
    )


def test_eager_and_compiled_agree():
    net = Autoencoder([3, 4, 2])
    eager = [[x.data for x in net(row)] for row in X]

    np.testing.assert_allclose(predict(net, X), eager, rtol=1e-12)
    np.testing.assert_allclose(
        predict(net.encoder, X), [[x.data for x in net.encode(row)] for row in X]
    )


def test_fit_learns_to_say_what_it_was_told():
    net = Autoencoder([3, 8, 2], activation="tanh")
    history = fit(net, X, X, epochs=60, optimizer="rmsprop", verbose=0)

    assert history.loss == "mse_loss"
    assert history.history["loss"][-1] < history.history["loss"][0] / 2


def test_without_an_activation_it_is_a_linear_map():
    net = Autoencoder([3, 4, 2], activation=None)
    outputs = predict(net, np.vstack([X, X[0] + X[1], np.zeros(3)]))

    np.testing.assert_allclose(
        outputs[4] - outputs[5], outputs[0] + outputs[1] - 2 * outputs[5]
    )


def test_the_initializer_is_used():
    assert set(Autoencoder([3, 2], initializer="zeros").state_dict().values()) == {0.0}


@pytest.mark.parametrize("sizes", [[3], 3])
def test_one_size_is_too_few(sizes):
    with pytest.raises(ValueError, match="too few layers: got sizes="):
        Autoencoder(sizes)


@pytest.mark.parametrize("sizes", [[], [3, 0], [3, 2.5]])
def test_sizes_that_are_none_are_refused(sizes):
    with pytest.raises(ValueError, match="size"):
        Autoencoder(sizes)


def test_a_wrong_example_names_the_layer_and_both_sizes():
    with pytest.raises(ValueError, match=r"3 -> 4\) got 2 inputs; expected 3"):
        Autoencoder([3, 4, 2])([1.0, 2.0])
