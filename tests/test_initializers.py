import functools
import math
import random
import statistics

import numpy as np
import pytest

from micrograd_nn.initializers import (
    INITIALIZERS,
    Orthogonal,
    calculate_gain,
    weight_rows,
)
from micrograd_nn.nn import MLP, Neuron

DRAWS = 20_000
FAN_IN, FAN_OUT = 30, 10

# The variance that each promises, and its largest number if there is one.
PROMISES = {
    "uniform": (1 / 3, 1.0),
    "normal": (1.0, None),
    "zeros": (0.0, 0.0),
    "xavier_uniform": (2 / (FAN_IN + FAN_OUT), math.sqrt(6 / (FAN_IN + FAN_OUT))),
    "xavier_normal": (2 / (FAN_IN + FAN_OUT), None),
    "he_uniform": (2 / FAN_IN, math.sqrt(6 / FAN_IN)),
    "he_normal": (2 / FAN_IN, None),
    "lecun_normal": (1 / FAN_IN, None),
}
OF_NUMBERS = [name for name in INITIALIZERS if name != "orthogonal"]

every_initializer = pytest.mark.parametrize(
    ("draw", "promise"),
    [(INITIALIZERS[name], PROMISES[name]) for name in OF_NUMBERS],
    ids=OF_NUMBERS,
)
random_ones = pytest.mark.parametrize(
    "name", [name for name in OF_NUMBERS if name != "zeros"]
)


def draws(draw, **kwargs):
    rng = random.Random(4)
    return [draw(FAN_IN, FAN_OUT, rng, **kwargs) for _ in range(DRAWS)]


@every_initializer
def test_the_variance_is_the_one_promised_around_zero(draw, promise):
    variance, bound = promise
    numbers = draws(draw)
    # The standard error of a variance: fourth moments are 3 and 9/5 of its square.
    error = variance * math.sqrt((2.0 if bound is None else 0.8) / DRAWS)

    assert abs(statistics.fmean(numbers)) <= 5 * math.sqrt(variance / DRAWS)
    assert abs(statistics.pvariance(numbers, 0.0) - variance) <= 5 * error


@every_initializer
def test_uniform_numbers_fill_their_interval_and_normal_ones_have_tails(draw, promise):
    variance, bound = promise
    largest = max(map(abs, draws(draw)))

    if bound is None:
        assert 3.5 * math.sqrt(variance) < largest < 6.0 * math.sqrt(variance)
    else:
        assert 0.999 * bound <= largest <= bound


@every_initializer
def test_numbers_are_floats(draw, promise):
    assert type(draw(3, 2)) is float


@random_ones
def test_the_module_random_is_used_unless_another_source_is_given(name):
    draw = INITIALIZERS[name]
    random.seed(9)
    seeded = draw(3, 2)

    assert draw(3, 2, random.Random(9)) == seeded
    assert draw(3, 2, random.Random(8)) != seeded


@pytest.mark.parametrize(
    ("name", "grows_with_fan_in", "grows_with_fan_out"),
    [
        ("uniform", 1.0, 1.0),
        ("normal", 1.0, 1.0),
        ("xavier_uniform", math.sqrt(2 / 5), math.sqrt(2 / 5)),
        ("xavier_normal", math.sqrt(2 / 5), math.sqrt(2 / 5)),
        ("he_uniform", 1 / 2, 1.0),
        ("he_normal", 1 / 2, 1.0),
        ("lecun_normal", 1 / 2, 1.0),
    ],
)
def test_connections_set_the_scale(name, grows_with_fan_in, grows_with_fan_out):
    draw = INITIALIZERS[name]
    start, wider, taller = (
        draw(fan_in, fan_out, random.Random(1))
        for fan_in, fan_out in [(8, 8), (32, 8), (8, 32)]
    )

    assert wider == pytest.approx(start * grows_with_fan_in)
    assert taller == pytest.approx(start * grows_with_fan_out)


@pytest.mark.parametrize("name", ["xavier_uniform", "xavier_normal"])
def test_the_gain_is_a_factor(name):
    draw = INITIALIZERS[name]

    assert draw(3, 2, random.Random(1), gain=3.0) == pytest.approx(
        3.0 * draw(3, 2, random.Random(1))
    )


@pytest.mark.parametrize("name", ["he_uniform", "he_normal"])
def test_a_leaky_unit_needs_smaller_weights(name):
    draw = INITIALIZERS[name]

    assert draw(3, 2, random.Random(1), negative_slope=math.sqrt(5)) == pytest.approx(
        draw(3, 2, random.Random(1)) / math.sqrt(6)
    )


def test_the_ends_of_uniform_may_be_chosen():
    numbers = draws(INITIALIZERS["uniform"], low=2.0, high=4.0)

    assert 2.0 <= min(numbers) < 2.01
    assert 3.99 < max(numbers) <= 4.0


def test_mean_and_deviation_of_normal_may_be_chosen():
    numbers = draws(INITIALIZERS["normal"], mean=7.0, std=0.5)

    assert statistics.fmean(numbers) == pytest.approx(7.0, abs=0.02)
    assert statistics.pstdev(numbers) == pytest.approx(0.5, rel=0.03)


def test_every_initializer_has_a_promise():
    assert set(PROMISES) == set(OF_NUMBERS)


@random_ones
def test_a_network_draws_each_weight_from_its_initializer(name):
    random.seed(2)
    net = MLP(3, [4, 2], initializer=name)
    weights = [w.data for layer in net.layers for n in layer.neurons for w in n.w]

    random.seed(2)
    draw = INITIALIZERS[name]

    assert weights == [draw(3, 4) for _ in range(12)] + [draw(4, 2) for _ in range(8)]


def test_an_initializer_may_be_bound_to_its_arguments():
    rng = random.Random(6)
    draw = functools.partial(INITIALIZERS["normal"], rng=random.Random(6), std=0.02)

    assert [w.data for w in Neuron(2, initializer=draw).w] == [
        rng.gauss(0.0, 0.02),
        rng.gauss(0.0, 0.02),
    ]


# Whole matrices -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 1), (5, 5), (3, 8), (8, 3), (40, 40)]
)
def test_the_shorter_side_of_an_orthogonal_matrix_is_orthonormal(rows, columns):
    matrix = np.array(Orthogonal(gain=2.0).matrix(rows, columns))
    products = matrix @ matrix.T if rows <= columns else matrix.T @ matrix

    assert matrix.shape == (rows, columns)
    assert products == pytest.approx(4.0 * np.eye(min(rows, columns)), abs=1e-14)


def test_every_orthogonal_matrix_is_equally_likely():
    rng = random.Random(0)
    draw = Orthogonal(rng=rng)
    matrices = np.array([draw.matrix(3, 3) for _ in range(4000)])
    error = math.sqrt(1 / 3 / 4000)  # an entry has the variance 1/3

    assert np.abs(matrices.mean(axis=0)).max() <= 5 * error
    assert (matrices**2).mean(axis=0) == pytest.approx(np.full((3, 3), 1 / 3), rel=0.1)
    assert np.linalg.det(matrices).mean() == pytest.approx(0.0, abs=5 / math.sqrt(4000))


def test_a_seed_gives_the_same_matrix_again():
    random.seed(3)
    seeded = INITIALIZERS["orthogonal"].matrix(3, 2)

    assert Orthogonal(rng=random.Random(3)).matrix(3, 2) == seeded
    assert Orthogonal(rng=random.Random(4)).matrix(3, 2) != seeded


@pytest.mark.parametrize("name", INITIALIZERS)
def test_a_layer_asks_every_initializer_in_the_same_way(name):
    rows = weight_rows(INITIALIZERS[name], 4, 3, fan_in=3, fan_out=4)

    assert [len(row) for row in rows] == [3] * 4
    assert {type(x) for row in rows for x in row} == {float}


def test_numbers_are_drawn_row_by_row_and_know_the_connections():
    asked = []
    rows = weight_rows(
        lambda fan_in, fan_out: float(asked.append((fan_in, fan_out)) or len(asked)),
        *(2, 3),
        fan_in=27,
        fan_out=9,
    )

    assert rows == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert set(asked) == {(27, 9)}


def test_an_orthogonal_initializer_draws_no_single_number():
    message = r"a matrix at once: got a call of Orthogonal\(gain=1.0\) for one number"
    with pytest.raises(TypeError, match=message):
        INITIALIZERS["orthogonal"](3, 2)


@pytest.mark.parametrize(
    ("sizes", "error"),
    [((0, 3), ValueError), ((3, 0), ValueError), ((2.5, 3), TypeError)],
)
def test_a_matrix_has_a_size(sizes, error):
    with pytest.raises(error, match=r"no such count: got (rows|columns)=.*, 1 or more"):
        Orthogonal().matrix(*sizes)


def test_gains_are_named_after_activations():
    slope = 0.2

    assert calculate_gain("tanh") == 5 / 3
    assert calculate_gain("relu") == math.sqrt(2)
    assert calculate_gain("leaky_relu", slope) == math.sqrt(2 / (1 + slope**2))
    with pytest.raises(ValueError, match="no such nonlinearity: got nonlinearity='re'"):
        calculate_gain("re")
    with pytest.raises(ValueError, match="out of range: got negative_slope=-1"):
        calculate_gain("leaky_relu", -1)


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["linear", "sigmoid", "tanh", "relu", "leaky_relu"])
def test_gains_are_those_of_pytorch(name):
    torch = pytest.importorskip("torch")

    assert calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))


# Through many layers ------------------------------------------------------------------

WIDTH, DEPTH = 64, 20
ACTIVATIONS = {
    "relu": (lambda x: np.maximum(x, 0.0), lambda y: (y > 0.0) * 1.0),
    "tanh": (np.tanh, lambda y: 1.0 - y * y),
    "linear": (lambda x: x, np.ones_like),
}


def scales(initializer, activation):
    """The sizes of signals and gradients at the end of many layers, 1 at the start."""
    rng = np.random.default_rng(1)
    random.seed(1)
    bend, slope = ACTIVATIONS[activation]
    x = rng.normal(size=(WIDTH, 200))
    layers, outputs = [], [x]
    for _ in range(DEPTH):
        layers.append(np.array(weight_rows(initializer, WIDTH, WIDTH, WIDTH, WIDTH)))
        outputs.append(bend(layers[-1] @ outputs[-1]))
    grad = rng.normal(size=x.shape)
    forward, start = np.square(outputs[-1]).mean(), np.square(grad).mean()
    for weight, y in zip(reversed(layers), reversed(outputs[1:]), strict=True):
        grad = weight.T @ (grad * slope(y))
    return math.sqrt(forward), math.sqrt(np.square(grad).mean() / start)


@pytest.mark.parametrize("name", ["he_normal", "he_uniform"])
def test_he_keeps_signals_and_gradients_through_many_relu_layers(name):
    for size in scales(INITIALIZERS[name], "relu"):
        assert 0.2 < size < 5.0


@pytest.mark.parametrize("name", ["xavier_normal", "xavier_uniform"])
def test_xavier_keeps_signals_and_gradients_through_many_tanh_layers(name):
    gained = functools.partial(INITIALIZERS[name], gain=calculate_gain("tanh"))
    forward, _ = scales(gained, "tanh")
    plain_forward, backward = scales(INITIALIZERS[name], "tanh")

    assert 0.5 < forward < 1.0
    assert 0.1 < plain_forward < 1.0
    assert 0.1 < backward < 10.0


@pytest.mark.parametrize("name", ["lecun_normal", "xavier_normal"])
def test_a_variance_of_one_over_the_inputs_keeps_linear_signals(name):
    for size in scales(INITIALIZERS[name], "linear"):
        assert 0.5 < size < 2.0


def test_orthogonal_layers_keep_the_length_of_every_signal_exactly():
    forward, backward = scales(INITIALIZERS["orthogonal"], "linear")
    rng = np.random.default_rng(1)

    assert forward == pytest.approx(
        math.sqrt(np.square(rng.normal(size=(WIDTH, 200))).mean()), rel=1e-13
    )
    assert backward == pytest.approx(1.0, rel=1e-13)


@pytest.mark.parametrize("activation", ["relu", "tanh", "linear"])
def test_small_naive_weights_let_signals_and_gradients_vanish(activation):
    naive = functools.partial(INITIALIZERS["normal"], std=0.01)

    for size in scales(naive, activation):
        assert size < 1e-15


@pytest.mark.parametrize("activation", ["relu", "linear"])
def test_large_naive_weights_let_signals_and_gradients_explode(activation):
    for size in scales(INITIALIZERS["normal"], activation):
        assert size > 1e10


def test_large_naive_weights_saturate_tanh():
    forward, _ = scales(INITIALIZERS["normal"], "tanh")

    assert forward > 0.9


def test_he_keeps_the_size_of_signals_through_a_net():
    random.seed(0)
    net = MLP(30, [30] * 8, initializer="he_normal")
    x = [random.gauss(0, 1) for _ in range(30)]
    before = statistics.fmean(xi * xi for xi in x)
    for layer in net.layers[:-1]:
        x = layer(x)

    assert 0.1 < statistics.fmean(xi.data**2 for xi in x) / before < 10.0
