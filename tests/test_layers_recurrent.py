"""Recurrent layers and cells; what they share with all layers is in the contract."""

import math
import random
import statistics

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value, trees
from micrograd_nn.nn import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell
from tests.compiled import assert_close, assert_same
from tests.layer_cases import weighted

LAYERS = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}
CELLS = {"RNN": RNNCell, "LSTM": LSTMCell, "GRU": GRUCell}
GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}

every_kind = pytest.mark.parametrize("kind", LAYERS)


def numbers(tree):
    return [x.data for x in trees.leaves(tree)]


def steps(count, features, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-2.0, 2.0, (count, features)).tolist()


def randomized(module):
    rng = random.Random(2)
    for value in module.parameters():
        value.data = rng.uniform(-1.0, 1.0)
    return module


def as_values(tree):
    return trees.rebuilt(tree, iter([Value(x) for x in trees.leaves(tree)]))


def as_tensors(torch, tree):
    if isinstance(tree, tuple):
        return tuple(as_tensors(torch, part) for part in tree)
    return torch.tensor(tree, dtype=torch.float64, requires_grad=True)


def flat(tree):
    """The numbers of tensors in tuples, in order."""
    if isinstance(tree, tuple):
        return [x for part in tree for x in flat(part)]
    return tree.flatten().tolist()


def grads_of(tensors):
    parts = tensors if isinstance(tensors, tuple) else (tensors,)
    return [x for part in parts for x in part.grad.flatten().tolist()]


# PyTorch ------------------------------------------------------------------------------


def assert_as_pytorch(torch, ours, theirs, x, hx):
    """Both give the same outputs and gradients for the same weights and inputs."""
    theirs = theirs.double()
    weights = {k: t.data for k, t in ours.named_tensors().items()}
    theirs.load_state_dict(
        {k: torch.tensor(x, dtype=torch.float64) for k, x in weights.items()}
    )
    inputs, tensors = as_values([x, hx]), as_tensors(torch, (x, hx))
    outputs, output = ours(*inputs), theirs(*tensors)
    weighted(outputs).backward()
    parts = torch.cat([part.flatten() for part in _parts(output)])
    places = 3.0 * torch.arange(len(parts), dtype=torch.float64) + 1.0
    (parts * torch.cos(places)).sum().backward()

    assert_close(numbers(outputs), flat(output))
    assert_close([v.grad for v in trees.leaves(inputs[0])], grads_of(tensors[0]))
    assert_close([v.grad for v in trees.leaves(inputs[1])], grads_of(tensors[1]))
    for name, parameter in theirs.named_parameters():
        leaves = trees.leaves(ours.named_tensors()[name].values)
        assert_close([v.grad for v in leaves], parameter.grad.flatten())


def _parts(tree):
    if isinstance(tree, tuple):
        return [x for part in tree for x in _parts(part)]
    return [tree]


OPTIONS = [
    {},
    {"bias": False},
    {"num_layers": 3},
    {"bidirectional": True},
    {"num_layers": 2, "bidirectional": True, "bias": False},
]


@pytest.mark.oracle
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@every_kind
def test_layers_give_the_outputs_states_and_gradients_of_pytorch(kind, options):
    torch = pytest.importorskip("torch")
    ours = randomized(LAYERS[kind](3, 2, **options))
    stacked = options.get("num_layers", 1) * (2 if "bidirectional" in options else 1)
    hx = steps(stacked, 2, seed=1)
    hx = (hx, steps(stacked, 2, seed=2)) if kind == "LSTM" else hx

    theirs = getattr(torch.nn, kind)(3, 2, **options)
    assert_as_pytorch(torch, ours, theirs, steps(4, 3), hx)


@pytest.mark.oracle
@pytest.mark.parametrize("options", [{}, {"bias": False}], ids=str)
@every_kind
def test_cells_give_the_states_and_gradients_of_pytorch(kind, options):
    torch = pytest.importorskip("torch")
    hx = steps(2, 2, seed=1)
    hx = tuple(hx) if kind == "LSTM" else hx[0]

    assert_as_pytorch(
        torch,
        randomized(CELLS[kind](3, 2, **options)),
        getattr(torch.nn, kind + "Cell")(3, 2, **options),
        steps(1, 3)[0],
        hx,
    )


@pytest.mark.oracle
def test_a_relu_rnn_is_that_of_pytorch():
    torch = pytest.importorskip("torch")

    assert_as_pytorch(
        torch,
        randomized(RNN(2, 3, 2, "relu")),
        torch.nn.RNN(2, 3, 2, "relu"),
        steps(4, 2),
        steps(2, 3, seed=1),
    )


@pytest.mark.oracle
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@every_kind
def test_weights_and_names_come_from_pytorch_and_go_back(kind, options):
    torch = pytest.importorskip("torch")
    ours = LAYERS[kind](3, 2, **options)
    theirs = getattr(torch.nn, kind)(3, 2, **options).double()
    ours.load_tensors({k: t.tolist() for k, t in theirs.state_dict().items()})
    found = {k: (t.shape, t.data) for k, t in ours.named_tensors().items()}
    state = theirs.state_dict()
    outputs, _ = ours(steps(4, 3))

    assert found == {k: (tuple(t.shape), t.tolist()) for k, t in state.items()}
    assert list(found) == list(state)
    assert_close(
        numbers(outputs),
        flat(theirs(torch.tensor(steps(4, 3), dtype=torch.float64))[0]),
    )


@pytest.mark.oracle
@pytest.mark.parametrize(
    "code",
    [
        *("RNN(2, 3)", "LSTM(2, 3, num_layers=2, bidirectional=True)"),
        *("GRU(2, 3, bias=False, dropout=0.0)", "LSTMCell(2, 3)"),
        *("RNNCell(2, 3, bias=False)", "GRU(2, 3, num_layers=2, dropout=0.25)"),
    ],
)
def test_representations_are_those_of_pytorch(code):
    torch = pytest.importorskip("torch")
    ours, theirs = (eval(f"nn.{code}", {"nn": nn}) for nn in (mn.nn, torch.nn))

    assert repr(ours) == repr(theirs)


# What they compute --------------------------------------------------------------------


@every_kind
def test_a_layer_is_its_cell_step_after_step(kind):
    cell, layer = randomized(CELLS[kind](3, 2)), LAYERS[kind](3, 2)
    layer.load_tensors({f"{k}_l0": t.data for k, t in cell.named_tensors().items()})
    x, state = steps(5, 3), None
    outputs, last = layer(x)
    for features, output in zip(x, outputs, strict=True):
        state = cell(features, state)
        reached = state[0] if kind == "LSTM" else state

        assert numbers(output) == numbers(reached)
    assert numbers(last) == numbers(state)


@pytest.mark.parametrize("options", [{}, {"num_layers": 2}], ids=str)
@every_kind
def test_an_output_does_not_depend_on_later_steps(kind, options):
    layer, x = LAYERS[kind](2, 3, **options), steps(6, 2)
    whole, _ = layer(x)
    begun, state = layer(x[:4])
    rest, _ = layer(x[4:], state)

    assert numbers(whole[:4]) == numbers(begun)
    assert numbers(whole[4:]) == numbers(rest)


@every_kind
def test_the_way_back_reads_from_the_end(kind):
    layer, x = LAYERS[kind](2, 3, bidirectional=True), steps(4, 2)
    outputs, _ = layer(x)
    changed, _ = layer([*x[:3], [9.0, 9.0]])
    there = [[numbers(row[:3]) for row in rows[:3]] for rows in (outputs, changed)]

    assert there[0] == there[1]
    assert all(
        numbers(a[3:]) != numbers(b[3:]) for a, b in zip(outputs, changed, strict=True)
    )


@every_kind
def test_a_program_computes_outputs_states_and_gradients(kind):
    layer = randomized(LAYERS[kind](2, 3, num_layers=2))

    assert_same(lambda x: weighted(layer(x)), layer.parameters(), [steps(4, 2)] * 3)


@pytest.mark.parametrize(
    ("kind", "most"), [("RNN", 3), ("LSTM", 7), ("GRU", 8)], ids=LAYERS
)
def test_a_program_takes_few_instructions_for_a_step(kind, most):
    layer = LAYERS[kind](3, 4)
    found = {}
    for length in (10, 20):
        program = mn.compile(lambda x: layer(x)[0][-1])
        program([steps(length, 3)] * 2)
        found[length] = len(program.instructions)

    assert found[20] - found[10] <= 10 * most


def test_a_state_may_be_given_to_a_program():
    cell = LSTMCell(2, 3)
    program = mn.compile(lambda x, h, c: cell(x, (h, c)))
    h, c = program(*(np.array([row]) for row in ([1.0, 2.0], [0.5] * 3, [2.0] * 3)))
    expected = cell([1.0, 2.0], ([0.5] * 3, [2.0] * 3))

    assert_close([*h[0], *c[0]], numbers(expected))


def test_dropout_is_between_layers_and_in_training():
    layer = RNN(2, 40, num_layers=2, dropout=0.5)
    random.seed(0)
    outputs, other = layer(steps(1, 2))[0], layer(steps(1, 2))[0]

    assert numbers(outputs) != numbers(other)
    assert 0.0 not in numbers(outputs)  # what the last layer gives is whole
    layer.eval()
    assert numbers(layer(steps(1, 2))) == numbers(layer(steps(1, 2)))


# How they start -----------------------------------------------------------------------


@every_kind
def test_parameters_start_between_the_roots_of_one_over_hidden_size(kind):
    layer = LAYERS[kind](50, 16, num_layers=2)
    for tensor in layer.named_tensors().values():
        drawn = numbers(tensor.values)

        assert 0.2 < max(map(abs, drawn)) <= 0.25
    assert statistics.pvariance(numbers(layer.weight_ih_l0)) == pytest.approx(
        1 / (3 * 16), rel=0.15
    )


@every_kind
def test_the_same_seed_gives_the_same_layer(kind):
    def build():
        random.seed(3)
        return LAYERS[kind](2, 3, bidirectional=True).state_dict()

    first = build()

    assert build() == first
    assert len(set(first.values())) == len(first)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (LSTM, "forget_bias"),
        (LSTMCell, "forget_bias"),
        (GRU, "update_bias"),
        (GRUCell, "update_bias"),
    ],
)
def test_a_gate_bias_opens_the_second_gate_and_no_other(make, name):
    random.seed(0)
    plain = {k: t.data for k, t in make(2, 3).named_tensors().items()}
    random.seed(0)
    opened = {k: t.data for k, t in make(2, 3, **{name: 2}).named_tensors().items()}
    (bias,) = (k for k in plain if k.startswith("bias_ih"))
    difference = np.subtract(opened.pop(bias), plain.pop(bias))

    assert opened == plain
    np.testing.assert_allclose(difference[3:6], 2.0)
    assert not difference[:3].any()
    assert not difference[6:].any()
    assert f"{name}=2.0" in repr(make(2, 3, **{name: 2}))


def test_an_open_forget_gate_keeps_the_memory():
    cell = LSTMCell(1, 4, forget_bias=30.0)
    _, c = cell([0.0], ([0.0] * 4, [100.0] * 4))

    assert all(99.0 < x < 101.0 for x in numbers(c))


def test_an_open_update_gate_keeps_the_state():
    state = [0.5, -0.25]

    assert_close(numbers(GRUCell(1, 2, update_bias=50.0)([9.0], state)), state)


def test_gradients_fade_along_the_steps_of_an_rnn_and_not_of_an_open_lstm():
    def size_of_first_gradient(layer):
        x = as_values(steps(30, 2))
        mn.sum(layer(x)[0][-1]).backward()
        return math.hypot(*(v.grad for v in x[0]))

    random.seed(0)
    faded = size_of_first_gradient(RNN(2, 4))
    kept = size_of_first_gradient(LSTM(2, 4, forget_bias=6.0))

    assert faded < 1e-6
    assert kept > 1e-3


# What is refused ----------------------------------------------------------------------


@every_kind
@pytest.mark.parametrize("make", [LAYERS, CELLS], ids=["layer", "cell"])
def test_a_state_of_another_shape_is_refused(make, kind):
    module = make[kind](2, 3)
    x = [[1.0, 2.0]] if make is LAYERS else [1.0, 2.0]
    wrong = [[1.0, 2.0]] if make is LAYERS else [1.0, 2.0]
    hx = (wrong, wrong) if kind == "LSTM" else wrong
    title = type(module).__name__

    with pytest.raises(
        ValueError, match=rf"wrong shape: {title}\(2 -> 3\) got a state of .*2\)?.*exp"
    ):
        module(x, hx)


@pytest.mark.parametrize(("hx", "count"), [(([1.0, 2.0],) * 3, 3), (1.0, 1)])
def test_an_lstm_wants_two_vectors_as_a_state(hx, count):
    with pytest.raises(
        ValueError,
        match=rf"LSTMCell\(2 -> 2\) got {count} vectors as a state; expected 2",
    ):
        LSTMCell(2, 2)([1.0, 2.0], hx)


@pytest.mark.parametrize("x", [[], [[]], [1.0, 2.0], [[1.0], [1.0, 2.0]]])
@every_kind
def test_what_is_no_sequence_of_features_is_refused(kind, x):
    with pytest.raises(ValueError, match=rf"{kind}\(2 -> 3\) got"):
        LAYERS[kind](2, 3)(x)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RNN(0, 2), "not a size: got input_size=0"),
        (lambda: GRU(2, 1.5), "not a size: got hidden_size=1.5"),
        (lambda: LSTM(2, 2, 0), "not a size: got num_layers=0"),
        (lambda: LSTM(2, 2, dropout=2.0), "out of range: got dropout=2.0"),
        (lambda: RNN(2, 2, nonlinearity="x"), "no such nonlinearity: got"),
        (lambda: RNNCell(2, 2, nonlinearity=3), "no such nonlinearity: got"),
        (
            lambda: LSTM(2, 2, bias=False, forget_bias=1),
            r"no bias to raise: LSTM\(2 -> 2\) got a gate bias of 1.0",
        ),
        (lambda: GRUCell(2, 2, False, update_bias=2), r"raise: GRUCell\(2 -> 2\) got"),
    ],
)
def test_impossible_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "name"), [(LSTM, "forget_bias"), (GRU, "update_bias")]
)
def test_a_gate_bias_is_a_number(make, name):
    with pytest.raises(TypeError, match=f"not a number: got {name}='a'"):
        make(2, 2, **{name: "a"})


def test_a_function_of_your_own_may_be_the_nonlinearity():
    cell = RNNCell(1, 1, nonlinearity=lambda x: 10 * x)
    cell.load_tensors(
        {"weight_ih": [[1.0]], "weight_hh": [[1.0]], "bias_ih": [2], "bias_hh": [3]}
    )

    assert numbers(cell([4.0], [1.0])) == [100.0]
