"""The numeric derivative and its error estimate, and the noise level below them."""

import math
import random
from fractions import Fraction

import pytest

from micrograd_nn.gradcheck.finite_difference import derivative
from micrograd_nn.gradcheck.noise import noise_level

SMOOTH = {
    "exp": (math.exp, math.exp, (-30.0, -1.0, 0.0, 1.0, 30.0)),
    "sin": (math.sin, math.cos, (-100.0, -1e-3, 0.0, 2.0, 1e3)),
    "tanh": (math.tanh, lambda x: 1.0 / math.cosh(x) ** 2, (-8.0, 0.0, 0.5, 8.0)),
    "log": (math.log, lambda x: 1.0 / x, (1e-12, 1e-3, 1.0, 1e6)),
    "sqrt": (math.sqrt, lambda x: 0.5 / math.sqrt(x), (1e-12, 1e-3, 1.0, 1e6)),
    "inverse": (lambda x: 1.0 / x, lambda x: -1.0 / x**2, (-1e3, -1e-6, 2e-20, 1.0)),
    "cube": (lambda x: x**3, lambda x: 3.0 * x**2, (-1e6, -1.0, 0.0, 1e-3, 1e6)),
    "line": (lambda x: 3.0 * x, lambda x: 3.0, (-1e9, 0.0, 1e-9, 1.0)),
    "fast": (
        lambda x: math.sin(1e4 * x),
        lambda x: 1e4 * math.cos(1e4 * x),
        (0.0, 0.3, -2.0),
    ),
}
POINTS = [(name, x) for name, (_, _, points) in SMOOTH.items() for x in points]


@pytest.mark.parametrize(("name", "x"), POINTS)
def test_a_derivative_is_right_within_a_small_error(name, x):
    f, slope, _ = SMOOTH[name]

    d = derivative(f, x)

    assert abs(d.value - slope(x)) <= 3.0 * d.error + 1e-15 * abs(slope(x))
    assert d.error <= 1e-6 * max(abs(slope(x)), 1e-6)
    assert not d.kink
    assert not d.edge
    assert d.height == f(x)


KINKS = {
    "abs": (abs, 0.0, -1.0, 1.0),
    "relu": (lambda x: max(x, 0.0), 0.0, 0.0, 1.0),
    "relu elsewhere": (lambda x: max(x - 3.0, 0.0), 3.0, 0.0, 1.0),
    "smooth pieces": (lambda x: math.exp(abs(x)), 0.0, -1.0, 1.0),
    "small angle": (lambda x: x + 3e-6 * abs(x), 0.0, 1.0 - 3e-6, 1.0 + 3e-6),
}


@pytest.mark.parametrize("name", KINKS)
def test_a_kink_shows_the_slopes_on_both_sides(name):
    f, x, left, right = KINKS[name]

    d = derivative(f, x)

    assert d.kink
    assert d.left.value == pytest.approx(left, abs=1e-9)
    assert d.right.value == pytest.approx(right, abs=1e-9)
    assert d.left.value <= d.value <= d.right.value


@pytest.mark.parametrize("distance", [10.0**-k for k in range(1, 11)])
@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_kink_close_by_does_not_change_the_derivative(distance, side):
    kink = 0.7 + side * distance

    d = derivative(lambda x: abs(x - kink) + x**2, 0.7)

    assert d.value == pytest.approx(1.4 - side, rel=1e-5)
    assert not d.kink
    assert d.error < (1e-9 if distance > 1e-8 else 1e-4)


@pytest.mark.parametrize("x", [1e-26, -1e-9])
def test_a_kink_at_zero_is_not_confused_with_a_point_near_zero(x):
    assert derivative(abs, x).value == pytest.approx(math.copysign(1.0, x))


@pytest.mark.parametrize(
    "f", [lambda x: x**1.5, lambda x: max(x, 0.0) * math.log(1 + x)]
)
def test_an_edge_of_the_domain_gives_the_slope_on_one_side(f):
    d = derivative(lambda x: f(x) if x >= 0.0 else math.nan, 0.0)

    assert d.edge
    assert abs(d.value) < 1e-6
    assert not d.left.known


def test_a_vertical_tangent_has_no_known_slope():
    d = derivative(math.sqrt, 0.0)

    assert d.edge
    assert d.error > 0.1 * abs(d.value)


def test_a_jump_has_no_known_slope():
    d = derivative(lambda x: math.floor(x) + 2.0 * x, 3.0)

    assert d.error > 0.5 * abs(d.value)


def test_nothing_is_known_where_the_function_is_not_defined():
    d = derivative(math.log, -1.0)

    assert not d.known
    assert math.isnan(d.height)
    assert str(d) == "unknown"


def test_steps_that_leave_the_domain_are_skipped_whatever_they_raise():
    def f(x):
        if x > 1.2:
            raise OverflowError
        if x < 0.8:
            raise ZeroDivisionError
        return x**2

    assert derivative(f, 1.0).value == pytest.approx(2.0, rel=1e-9)


def test_an_error_that_is_not_about_numbers_comes_out():
    with pytest.raises(KeyError):
        derivative(lambda x: {}[x], 1.0)


@pytest.mark.parametrize("large", [1e3, 1e6, 1e9, 1e12])
def test_rounding_in_the_function_widens_the_error(large):
    d = derivative(lambda x: (math.sin(x) + large) - large, 0.7)

    assert abs(d.value - math.cos(0.7)) <= 3.0 * d.error
    assert 1e-18 * large < d.error < 1e-12 * large


@pytest.mark.parametrize("frequency", [1e9, 1e11])
def test_a_function_that_swings_too_fast_is_unknown(frequency):
    d = derivative(lambda x: math.sin(frequency * x), 1e3)

    assert not d.known


@pytest.mark.parametrize(("size", "speed", "x"), [(1.7e305, 1e3, 0.3), (5e306, 33, 0)])
def test_a_slope_near_the_largest_float_is_found(size, speed, x):
    d = derivative(lambda x: size * math.sin(speed * x), x)

    assert d.value == pytest.approx(size * speed * math.cos(speed * x), rel=1e-6)


def test_a_constant_has_derivative_exactly_zero():
    d = derivative(lambda x: 7.0, 1.0)

    assert d.value == 0.0
    assert d.noise == 0.0
    assert not d.kink


@pytest.mark.parametrize("x", [0.1, -0.3, 1e-3, 12345.678, -1e10])
def test_the_steps_on_both_sides_are_equal_to_the_last_bit(x):
    seen = []
    derivative(lambda t: seen.append(t) or math.sin(t), x)
    far = {Fraction(t) for t in seen if 1e-3 < abs(t - x) / abs(x) <= 1.0}

    assert len(far) >= 4
    assert far == {2 * Fraction(x) - t for t in far}


def test_about_seventy_values_are_enough():
    seen = []
    derivative(lambda t: seen.append(t) or math.tanh(t), 0.5)

    assert len(seen) < 80


def test_a_derivative_prints_with_its_error():
    assert str(derivative(lambda x: 2.0 * x, 1.0)).startswith("2 ± ")


# Noise.


@pytest.mark.parametrize("size", [1e-12, 1e-9, 1e-6])
def test_the_noise_level_is_the_standard_deviation_of_the_noise(size):
    rng = random.Random(0)

    level = noise_level(lambda x: math.sin(x) + rng.gauss(0.0, size), 0.7)

    assert size / 4.0 < level < 4.0 * size


@pytest.mark.parametrize("name", SMOOTH)
def test_a_smooth_function_has_hardly_any_noise(name):
    f, _, points = SMOOTH[name]
    x = points[-1]

    assert noise_level(f, x) <= 1e-15 * max(abs(f(x)), abs(x * SMOOTH[name][1](x)))


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_kink_on_one_side_is_not_noise(side):
    kink = 1.0 + side * 1e-7

    assert noise_level(lambda x: abs(x - kink), 1.0) < 1e-15


def test_what_is_flat_has_no_noise_even_if_it_bends_far_away():
    assert noise_level(lambda x: max(math.sin(x - 0.0141), 0.0), 0.01404) == 0.0


def test_the_search_for_noise_ends_where_every_spacing_is_too_fine_or_too_coarse():
    calls = 0

    def flat_then_undefined(x):
        nonlocal calls
        calls += 1
        assert calls < 10_000, "the search goes back and forth for ever"
        return 2.0 if abs(x - 1.0) < 1e-6 else math.nan

    assert noise_level(flat_then_undefined, 1.0) == 0.0


def test_noise_is_measured_on_the_side_where_the_function_is_defined():
    def f(x):
        return (x + 1e6) - 1e6 if x >= 1.0 else math.nan

    assert 1e-11 < noise_level(f, 1.0) < 1e-10


def test_where_there_is_nothing_to_measure_the_noise_is_zero():
    assert noise_level(lambda x: math.nan, 1.0) == 0.0
    assert noise_level(lambda x: 5.0, 1.0) == 0.0
