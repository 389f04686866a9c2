import random
import statistics

import numpy as np
import pytest

from micrograd_nn import Value, randomness
from micrograd_nn.graph import topological_order
from micrograd_nn.nn import MLP
from micrograd_nn.op import CONSTANT, find_op
from micrograd_nn.randomness import KINDS, bernoulli, normal, seed, uniform
from micrograd_nn.recording import symbolic

# A function that draws, with its kind, params, mean and standard deviation.
DRAWS = {
    "uniform": (uniform, (), 0.5, 12**-0.5),
    "normal": (normal, (), 0.0, 1.0),
    "bernoulli": (lambda: bernoulli(0.2), (0.2,), 0.2, 0.4),
}


def dropout(x, p):
    """As a user would write it (Srivastava et al., 2014)."""
    return x * bernoulli(1.0 - p) / (1.0 - p)


def test_every_kind_is_tested():
    assert set(DRAWS) == set(KINDS)


@pytest.mark.parametrize("kind", DRAWS)
def test_eager_draws_are_constants_with_the_right_mean_and_deviation(kind):
    draw, _, mean, deviation = DRAWS[kind]
    values = [draw() for _ in range(5000)]
    numbers = [value.data for value in values]

    assert {value.op for value in values} == {CONSTANT}
    assert {type(x) for x in numbers} == {float}
    assert statistics.fmean(numbers) == pytest.approx(mean, abs=0.05)
    assert statistics.pstdev(numbers) == pytest.approx(deviation, abs=0.05)


@pytest.mark.parametrize("kind", DRAWS)
def test_eager_draws_come_from_the_standard_library(kind):
    draw = DRAWS[kind][0]
    random.seed(5)
    first = [draw().data for _ in range(20)]
    random.seed(5)

    assert [draw().data for _ in range(20)] == first


@pytest.mark.parametrize("kind", DRAWS)
def test_arrays_of_draws_have_the_same_mean_and_deviation(kind):
    _, params, mean, deviation = DRAWS[kind]
    array = KINDS[kind].many(np.random.default_rng(0), (50, 200), *params)

    assert array.shape == (50, 200)
    assert array.dtype == np.float64
    assert array.mean() == pytest.approx(mean, abs=0.03)
    assert array.std() == pytest.approx(deviation, abs=0.03)


@pytest.mark.parametrize("kind", DRAWS)
def test_a_draw_while_a_program_is_recorded_is_a_source(kind):
    draw, params, _, _ = DRAWS[kind]
    state = random.getstate()
    with symbolic() as draws:
        first, second = draw(), draw()
        y = first * second

    assert draws == [first, second]
    assert topological_order(y) == [first, second, y]
    assert first.op is find_op("random", kind, *params)
    assert random.getstate() == state
    assert str(first) == "Value(<random>)"


def test_dropout_keeps_the_mean_and_drops_the_gradient_too():
    x = Value(3.0)
    results = []
    for _ in range(2000):
        x.grad = 0.0
        y = dropout(x, 0.25)
        y.backward()
        results.append((y.data, x.grad))

    assert set(results) == {(0.0, 0.0), (4.0, 1.0 / 0.75)}
    assert statistics.fmean(data for data, _ in results) == pytest.approx(3.0, abs=0.2)


def test_a_net_with_dropout_is_recorded_with_a_source_for_each_unit():
    hidden, last = MLP(2, [4]).layers[0], MLP(4, [1])
    with symbolic() as draws:
        y = last([dropout(h, 0.5) for h in hidden([Value(1.0), Value(2.0)])])

    assert len(draws) == 4
    assert set(draws) <= set(topological_order(y))


@pytest.mark.parametrize("p", [0, 1, True, 0.5, np.float32(0.25)])
def test_a_probability_may_be_any_number_from_0_to_1(p):
    assert bernoulli(p).data in (0.0, 1.0)


@pytest.mark.parametrize("p", [-0.1, 1.5, 20, float("nan")])
def test_a_probability_out_of_range_is_refused(p):
    with pytest.raises(
        ValueError, match=r"not a probability: got p=.*; expected a num"
    ):
        bernoulli(p)


@pytest.mark.parametrize("p", ["0.5", None, Value(0.5)])
def test_a_probability_that_is_no_number_is_refused(p):
    with pytest.raises(TypeError, match="not a number: got p="):
        bernoulli(p)


def test_certain_draws_are_certain():
    assert {bernoulli(1.0).data for _ in range(100)} == {1.0}
    assert {bernoulli(0.0).data for _ in range(100)} == {0.0}


def test_the_package_has_the_module():
    import micrograd_nn

    assert micrograd_nn.randomness is randomness


def test_a_seed_gives_the_same_weights_and_draws_again():
    def drawn():
        seed(3)
        return [p.data for p in MLP(2, [3, 1]).parameters()], normal().data

    assert drawn() == drawn()
    assert random.random() != uniform().data


@pytest.mark.parametrize(("number", "error"), [("a", TypeError), (-1, ValueError)])
def test_a_seed_is_a_whole_number(number, error):
    before = random.getstate()

    with pytest.raises(error, match=f"no such count: got number={number!r}"):
        seed(number)

    assert random.getstate() == before
