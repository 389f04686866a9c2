import copy
import functools
import pickle
import random

import numpy as np
import pytest

from micrograd_nn import Value, no_grad
from micrograd_nn.losses import mse_loss
from micrograd_nn.nn import MLP, Layer, Neuron
from micrograd_nn.nn.mlp import ACTIVATIONS
from micrograd_nn.op import CONSTANT
from micrograd_nn.optim import Adam

XOR = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])


def number_of_nodes(root):
    """Also for micrograd's Values."""
    seen, stack = set(), [root]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack += node._prev
    return len(seen)


def neuron_of(weights, bias, **kwargs):
    neuron = Neuron(len(weights), **kwargs)
    neuron.w = [Value(w) for w in weights]
    neuron.b = Value(bias)
    return neuron


def micrograd_demo_loss(model, value_type):
    """The loss of micrograd's demo notebook, on other points."""
    points = np.random.normal(size=(100, 2))
    y = np.where(points[:, 0] > 0, 1, -1)
    inputs = [list(map(value_type, row)) for row in points]
    scores = list(map(model, inputs))
    losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(y, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    return data_loss + 1e-4 * sum(p * p for p in model.parameters())


# What micrograd's users bring ---------------------------------------------------------


def test_seeded_weights_are_the_draws_of_random_uniform_neuron_by_neuron():
    random.seed(1337)
    net = MLP(3, [4, 4, 1])
    drawn = [p.data for layer in net.layers for n in layer.neurons for p in n.w]
    biases = [n.b.data for layer in net.layers for n in layer.neurons]

    random.seed(1337)

    assert drawn == [random.uniform(-1, 1) for _ in range(3 * 4 + 4 * 4 + 4)]
    assert biases == [0.0] * 9


def test_a_seeded_net_is_that_of_micrograd():
    theirs = pytest.importorskip("micrograd.nn")
    nets = []
    for make in (theirs.MLP, MLP):
        random.seed(5)
        nets.append(make(3, [4, 2, 1]))
    outputs = [net([0.5, -1.0, 2.0]) for net in nets]
    for output in outputs:
        (output * output).backward()
    old, new = nets

    assert repr(old) == repr(new)
    assert [p.data for p in old.parameters()] == [p.data for p in new.parameters()]
    assert outputs[0].data == outputs[1].data
    assert [p.grad for p in old.parameters()] == pytest.approx(
        [p.grad for p in new.parameters()], rel=1e-12
    )


def test_the_graph_of_the_moons_demo_has_65818_nodes():
    loss = micrograd_demo_loss(MLP(2, [16, 16, 1]), Value)

    assert number_of_nodes(loss) == 65_818


def test_the_graph_of_the_moons_demo_has_as_many_nodes_in_micrograd():
    engine = pytest.importorskip("micrograd.engine")
    theirs = pytest.importorskip("micrograd.nn")

    loss = micrograd_demo_loss(theirs.MLP(2, [16, 16, 1]), engine.Value)

    assert number_of_nodes(loss) == 65_818


def test_the_weighted_sum_starts_at_the_bias_and_runs_from_left_to_right():
    neuron = neuron_of([0.1, 0.2, 0.3], 0.7, nonlin=False)
    x = [Value(3.0), Value(5.0), Value(7.0)]
    total = neuron(x)
    longer, product = total.operands

    assert total.data == ((0.7 + 0.1 * 3.0) + 0.2 * 5.0) + 0.3 * 7.0
    assert product.operands == (neuron.w[2], x[2])
    assert longer.operands[0].operands[0] is neuron.b


def test_representations_are_those_of_micrograd():
    net = MLP(2, [2, 1])

    assert repr(Neuron(2)) == "ReLUNeuron(2)"
    assert repr(Neuron(2, nonlin=False)) == "LinearNeuron(2)"
    assert repr(net.layers[0]) == "Layer of [ReLUNeuron(2), ReLUNeuron(2)]"
    assert repr(net) == (
        "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"
    )


def test_hidden_layers_bend_and_the_last_is_linear():
    net = MLP(2, [3, 3, 2])

    assert [[neuron.nonlin for neuron in layer.neurons] for layer in net.layers] == [
        [True] * 3,
        [True] * 3,
        [False] * 2,
    ]


def test_nonlin_may_be_switched_later():
    neuron = neuron_of([1.0], 0.0, nonlin=False)
    before = neuron([-2.0]).data
    neuron.nonlin = True

    assert (before, neuron([-2.0]).data) == (-2.0, 0.0)


def test_parameters_are_weights_then_bias_neuron_by_neuron():
    layer = Layer(2, 2)
    first, second = layer.neurons

    assert layer.parameters() == [*first.w, first.b, *second.w, second.b]


def test_a_subclass_that_sets_up_weights_itself_inherits_the_call():
    class Fixed(Neuron):
        def __init__(self):
            self.w = [Value(2.0)]
            self.b = Value(-1.0)
            self.nonlin = True

    assert Fixed()([3.0]).data == 5.0
    assert repr(Fixed()) == "ReLUNeuron(1)"


# Inputs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inputs",
    [
        [0.5, -2.0],
        (0.5, -2),
        [Value(0.5), -2.0],
        np.array([0.5, -2.0]),
        np.array([0.5, -2.0], dtype=np.float32),
        np.array([Value(0.5), Value(-2.0)]),
        [np.float64(0.5), np.int8(-2)],
        {0.5: "a", -2.0: "b"}.keys(),
    ],
    ids=lambda x: type(x).__name__,
)
@pytest.mark.parametrize("make", [Neuron, lambda nin: Layer(nin, 1)])
def test_inputs_may_be_numbers_values_or_rows_of_arrays(make, inputs):
    module = make(2)
    (neuron,) = [m for m in module.modules() if isinstance(m, Neuron)]
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = 4.0, -1.0, 0.25

    assert module(inputs).data == 4.25


@pytest.mark.parametrize("x", [3.0, Value(3.0), np.float64(3.0), np.array(3.0)])
def test_one_number_alone_is_a_row_of_one(x):
    assert neuron_of([2.0], 1.0)(x).data == 7.0
    assert len(MLP(1, [2, 3])(x)) == 3


def test_inputs_that_come_one_by_one_reach_every_neuron():
    layer = Layer(2, 2, initializer=lambda fan_in, fan_out: 1.0)

    assert [output.data for output in layer(iter([1.0, 2.0]))] == [3.0, 3.0]


def test_a_hidden_layer_may_have_one_neuron():
    assert len(MLP(2, [1, 3])([1.0, 2.0])) == 3


def test_neurons_of_a_layer_share_the_constants_made_of_plain_numbers():
    first, second = Layer(1, 2, nonlin=False)([5.0])
    constants = [output.operands[1].operands[1] for output in (first, second)]

    assert constants[0] is constants[1]
    assert constants[0].op is CONSTANT


@pytest.mark.parametrize(
    ("module", "count", "message"),
    [
        (Layer(64, 16), 63, r"wrong number of inputs: Layer\(64 -> 16\) got 63 inputs"),
        (Layer(2, 1), 3, r"Layer\(2 -> 1\) got 3 inputs; expected 2"),
        (MLP(4, [3, 2]), 5, r"Layer\(4 -> 3\) got 5 inputs; expected 4"),
        (Neuron(4), 5, r"Neuron\(4 -> 1\) got 5 inputs; expected 4"),
        (Neuron(4), 0, r"Neuron\(4 -> 1\) got 0 inputs; expected 4"),
    ],
)
def test_a_wrong_number_of_inputs_names_the_layer_and_both_sizes(
    module, count, message
):
    with pytest.raises(ValueError, match=message):
        module([1.0] * count)


def test_an_input_that_is_no_number_is_refused_by_position():
    with pytest.raises(TypeError, match="not a number: got input 1='b'"):
        Layer(2, 2)([1.0, "b"])


def test_a_batch_is_refused_where_a_row_is_expected():
    with pytest.raises(TypeError, match=r"not a number: got input 0=\[1.0, 2.0\]"):
        MLP(2, [3, 1])([[1.0, 2.0], [3.0, 4.0]])


# Activations --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_the_method_of_that_name(name):
    neuron = neuron_of([0.5], 0.25, activation=name)

    assert neuron([0.7]).data == getattr(Value(0.25 + 0.5 * 0.7), name)().data


def test_the_usual_activations_have_names():
    usual = {"relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "silu", "softplus"}

    assert usual <= set(ACTIVATIONS)


@pytest.mark.parametrize(
    ("activation", "shown"),
    [
        ("relu", "ReLUNeuron(2)"),
        ("tanh", "TanhNeuron(2)"),
        ("leaky_relu", "LeakyReLUNeuron(2)"),
        (None, "LinearNeuron(2)"),
        (Value.sigmoid, "SigmoidNeuron(2)"),
        (lambda x: x, "LambdaNeuron(2)"),
        (functools.partial(Value.elu, alpha=0.5), "PartialNeuron(2)"),
    ],
)
def test_an_activation_shows_in_the_representation(activation, shown):
    assert repr(Neuron(2, activation=activation)) == shown


def test_an_activation_may_be_a_function_of_ones_own():
    neuron = neuron_of([3.0], 1.0, activation=lambda x: x * x)

    assert neuron([2.0]).data == 49.0


def test_a_network_gives_its_activation_to_all_layers_but_the_last():
    net = MLP(2, [2, 2, 1], activation="tanh")
    kinds = [repr(neuron) for layer in net.layers for neuron in layer.neurons]

    assert kinds == ["TanhNeuron(2)"] * 4 + ["LinearNeuron(2)"]


@pytest.mark.parametrize("make", [Neuron, lambda nin, **kw: MLP(nin, [2], **kw)])
def test_an_unknown_activation_lists_the_known_ones(make):
    message = r"no such activation: got activation='rellu' \(str\); .*relu, leaky_relu"
    with pytest.raises(ValueError, match=message):
        make(2, activation="rellu")


def test_an_activation_that_is_neither_name_nor_function_is_refused():
    with pytest.raises(ValueError, match=r"got activation=3 \(int\)"):
        Neuron(2, activation=3)


# Initial weights ----------------------------------------------------------------------


def test_an_initializer_is_told_the_sizes_of_its_layer():
    sizes = []

    def note(fan_in, fan_out):
        sizes.append((fan_in, fan_out))
        return 0.5

    net = MLP(3, [2, 1], initializer=note)

    assert sizes == [(3, 2)] * 6 + [(2, 1)] * 2
    assert net.layers[1].neurons[0].w[1].data == 0.5


def test_an_initializer_may_be_named():
    weights = Layer(3, 2, initializer="zeros").parameters()

    assert [w.data for w in weights] == [0.0] * 8


def test_an_unknown_initializer_lists_the_known_ones():
    with pytest.raises(
        ValueError, match=r"no such initializer.*uniform, normal, zeros"
    ):
        MLP(2, [1], initializer="Uniform")


@pytest.mark.parametrize("size", [0, -1, 2.0, "2", None])
def test_a_size_that_is_no_positive_whole_number_is_refused(size):
    message = r"not a size: got {}=.*; expected a whole number, 1 or more"
    with pytest.raises(ValueError, match=message.format("nin")):
        Neuron(size)
    with pytest.raises(ValueError, match=message.format("nout")):
        Layer(2, size)
    with pytest.raises(ValueError, match=message.format("nout")):
        MLP(2, [3, size])


def test_sizes_may_come_from_numpy_and_in_a_tuple():
    assert len(MLP(np.int64(2), (np.int64(3), 1)).parameters()) == 13


def test_a_network_without_layers_is_refused():
    with pytest.raises(ValueError, match=r"no layers: got nouts=\[\] \(list\)"):
        MLP(2, [])


# Together -----------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", None])
def test_gradients_of_a_network_are_its_slopes(activation):
    net = MLP(2, [3, 1], activation=activation)
    x = [0.3, -0.7]
    net(x).backward()
    h = 1e-6

    for parameter in net.parameters():
        start, outputs = parameter.data, []
        for shift in (h, -h):
            parameter.data = start + shift
            outputs.append(net(x).data)
        parameter.data = start

        assert parameter.grad == pytest.approx(
            (outputs[0] - outputs[1]) / (2 * h), abs=1e-8
        )


def test_a_prediction_inside_no_grad_is_the_same_and_records_nothing():
    net = MLP(2, [3, 1])
    with no_grad():
        quiet = net([0.3, -0.7])

    assert quiet.operands == ()
    assert quiet.data == net([0.3, -0.7]).data


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_a_copy_keeps_activation_and_weights(again):
    net = MLP(2, [3, 1], activation="silu")
    twin = again(net)

    assert repr(twin) == repr(net)
    assert twin([0.3, -0.7]).data == net([0.3, -0.7]).data


def test_a_small_network_learns_exclusive_or():
    net = MLP(2, [8, 1], activation="tanh")
    optimizer = Adam(net.parameters(), lr=0.05)
    points, targets = XOR
    for _ in range(200):
        loss = mse_loss([net(point) for point in points], targets)
        net.zero_grad()
        loss.backward()
        optimizer.step()

    assert loss.data < 0.01
    assert [round(net(point).data) for point in points] == targets


@pytest.mark.parametrize("inputs", [{0: 1.0, 1: 2.0}, {1.0, 2.0}])
def test_inputs_without_an_order_are_refused(inputs):
    with pytest.raises(TypeError, match="inputs have an order: got x="):
        MLP(2, [1])(inputs)
