import functools
import math
import random
import statistics

import pytest

from micrograd_nn.initializers import INITIALIZERS
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
}

every_initializer = pytest.mark.parametrize(
    ("draw", "promise"),
    [(INITIALIZERS[name], PROMISES[name]) for name in INITIALIZERS],
    ids=INITIALIZERS,
)
random_ones = pytest.mark.parametrize(
    "name", [name for name in INITIALIZERS if name != "zeros"]
)


def draws(draw, **kwargs):
    rng = random.Random(4)
    return [draw(FAN_IN, FAN_OUT, rng, **kwargs) for _ in range(DRAWS)]


@every_initializer
def test_the_variance_is_the_one_promised_around_zero(draw, promise):
    variance, _ = promise
    numbers = draws(draw)

    # Five standard errors of a mean; a variance of normal numbers is off by 1% at most.
    assert abs(statistics.fmean(numbers)) <= 5 * math.sqrt(variance / DRAWS)
    assert statistics.pvariance(numbers, 0.0) == pytest.approx(variance, rel=0.05)


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


def test_the_ends_of_uniform_may_be_chosen():
    numbers = draws(INITIALIZERS["uniform"], low=2.0, high=4.0)

    assert 2.0 <= min(numbers) < 2.01
    assert 3.99 < max(numbers) <= 4.0


def test_mean_and_deviation_of_normal_may_be_chosen():
    numbers = draws(INITIALIZERS["normal"], mean=7.0, std=0.5)

    assert statistics.fmean(numbers) == pytest.approx(7.0, abs=0.02)
    assert statistics.pstdev(numbers) == pytest.approx(0.5, rel=0.03)


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


def test_he_keeps_the_size_of_signals_through_many_relu_layers():
    random.seed(0)
    net = MLP(30, [30] * 8, initializer="he_normal")
    x = [random.gauss(0, 1) for _ in range(30)]
    before = statistics.fmean(xi * xi for xi in x)
    for layer in net.layers[:-1]:
        x = layer(x)

    assert 0.1 < statistics.fmean(xi.data**2 for xi in x) / before < 10.0
