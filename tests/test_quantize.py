import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_nn.compress import prune, quantize
from micrograd_nn.nn import MLP, Conv2d, Linear, Sequential
from micrograd_nn.nn.freezing import freeze

numbers = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=20)


def row(*weights):
    layer = Linear(len(weights), 1, bias=False)
    layer.load_tensors({"weight": [list(weights)]})
    return layer


def weights(layer):
    return np.array(layer.named_tensors()["weight"].data)


@given(numbers, st.integers(2, 16))
def test_every_weight_is_a_whole_number_of_steps_at_most_half_a_step_off(listed, bits):
    layer = row(*listed)
    tensor = quantize(layer, bits).tensors["weight"]
    step, top = float(tensor.scale.item()), 2 ** (bits - 1) - 1

    assert (np.abs(tensor.integers) <= top).all()
    assert (weights(layer) == step * tensor.integers).all()
    assert (np.abs(tensor.error) <= step / 2 * (1 + 1e-9)).all()
    assert (tensor.error == weights(layer) - np.array([listed])).all()


def test_the_scale_is_that_of_the_formula():
    tensor = quantize(row(0.5, -0.1, -2.1, 0.4), bits=3).tensors["weight"]

    assert tensor.scale.item() == 2.1 / 3
    assert tensor.integers.tolist() == [[1, 0, -3, 1]]


def test_two_bits_leave_a_sign_or_nothing():
    layer = row(0.6, 0.4, -0.6, -1.0, 0.0)
    quantize(layer, bits=2)

    assert weights(layer).tolist() == [[1.0, 0.0, -1.0, -1.0, 0.0]]


def test_levels_are_not_biased_to_one_side():
    layer = row(0.5, -0.5, 1.5, -1.5, 3.0)  # halves go to the even one
    tensor = quantize(layer, bits=3).tensors["weight"]

    assert tensor.integers.tolist() == [[0, 0, 2, -2, 3]]


def test_more_bits_make_smaller_errors():
    layer = Linear(20, 20)
    errors = []
    for bits in range(2, 17):
        quantization = quantize(layer, bits)
        errors.append(quantization.error)
        quantization.undo()

    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 1e-4 < 1e-2 < errors[0]


def test_32_bits_are_as_good_as_floats():
    layer = Linear(3, 3)

    assert quantize(layer, 32).error < 1e-9


def test_a_channel_with_large_weights_does_not_spoil_the_others():
    layer = Linear(2, 2, bias=False)
    layer.load_tensors({"weight": [[100.0, 50.0], [0.01, -0.02]]})
    before = weights(layer)
    together = quantize(layer, 4)
    lost = weights(layer)[1]
    together.undo()
    tensor = quantize(layer, 4, per="channel").tensors["weight"]

    assert lost.tolist() == [0.0, 0.0]
    np.testing.assert_allclose(weights(layer)[1], before[1], rtol=0.2)
    assert tensor.scale.shape == (2, 1)


def test_the_channels_of_a_convolution_are_its_filters():
    tensor = quantize(Conv2d(3, 5, 2), per="channel").tensors["weight"]

    assert tensor.integers.shape == (5, 3, 2, 2)
    assert tensor.scale.shape == (5, 1, 1, 1)


@pytest.mark.parametrize("weight", [0.0, 5e-324])
def test_what_is_zero_or_next_to_it_is_zero(weight):
    tensor = quantize(row(weight, -weight)).tensors["weight"]

    assert tensor.integers.tolist() == [[0, 0]]
    assert tensor.numbers.tolist() == [[0.0, 0.0]]


def test_biases_stay_and_pruned_weights_stay_zero():
    model = MLP(3, [8, 2])
    model.layers[0].neurons[0].b.data = 0.123456
    prune(model, 0.5)
    zeros = [
        name for name, x in model.state_dict().items() if x == 0.0 and ".w." in name
    ]
    quantize(model, 4)
    state = model.state_dict()

    assert state["layers.0.neurons.0.b"] == 0.123456
    assert len(zeros) == 20
    assert all(state[name] == 0.0 for name in zeros)


def test_frozen_weights_are_quantized_too():
    layer = freeze(row(0.3, 1.0))
    quantize(layer, bits=2)

    assert weights(layer).tolist() == [[0.0, 1.0]]


def test_undo_gives_back_every_number_once():
    model = MLP(3, [4, 2])
    before = model.state_dict()
    quantization = quantize(model, 2)
    changed = model.state_dict()
    quantization.undo()

    assert model.state_dict() == before != changed
    with pytest.raises(RuntimeError, match=r"second undo\(\) of quantize"):
        quantization.undo()


def test_a_quantization_prints_as_a_table():
    model = Sequential(row(0.3, 1.0), row(2.0))

    assert repr(quantize(model, bits=2)).splitlines() == [
        "2 bits    weights  step  error",
        "0.weight        2     1   0.21",
        "1.weight        1     2      0",
    ]


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"bits": 1}, ValueError, "got bits=1 .* expected a whole number, 2 or more"),
        ({"bits": 33}, ValueError, "too many: got bits=33 .*; expected 2 to 32"),
        ({"bits": 4.0}, TypeError, "got bits=4.0"),
        ({"per": "row"}, ValueError, "unknown per: got per='row' .*'channel'"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, error, match):
    layer = row(0.3, 1.0)

    with pytest.raises(error, match=match):
        quantize(layer, **options)
    assert weights(layer).tolist() == [[0.3, 1.0]]


@pytest.mark.oracle
@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("per", ["tensor", "channel"])
def test_integers_are_those_of_pytorch(bits, per):
    torch = pytest.importorskip("torch")
    layer = Linear(6, 4)
    before = torch.tensor(weights(layer), dtype=torch.float64)
    tensor = quantize(layer, bits, per=per).tensors["weight"]
    top = 2 ** (bits - 1) - 1
    if per == "tensor":
        theirs = torch.fake_quantize_per_tensor_affine(
            before.float(), float(tensor.scale.item()), 0, -top, top
        )
    else:
        theirs = torch.fake_quantize_per_channel_affine(
            before.float(),
            torch.tensor(tensor.scale.ravel(), dtype=torch.float32),
            torch.zeros(4, dtype=torch.int32),
            0,
            -top,
            top,
        )

    np.testing.assert_allclose(tensor.numbers, theirs.numpy(), rtol=1e-6)
