"""`assert_same` tells models apart, and says where they differ."""

import math

import numpy as np
import pytest

from micrograd_nn.export import assert_same
from micrograd_nn.nn import RNN, Dropout, Embedding, Linear, Sequential

X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]])


def doubled():
    layer = Linear(2, 2)
    layer.load_tensors({"weight": [[2.0, 0.0], [0.0, 2.0]], "bias": [0.0, 0.0]})
    return layer


def off_by(amount):
    """Twice each number, but for one: example 1, output 0."""

    def function(X):
        outputs = 2.0 * X
        outputs[1, 0] += amount
        return outputs

    return function


def test_equal_models_pass():
    net = doubled()

    assert_same(net, lambda X: 2.0 * X, X)
    assert_same(net, net, X)
    assert_same(lambda X: 2.0 * X, net, X.tolist())


def test_it_says_where_the_largest_difference_is():
    message = (
        r"not the same: got 6.25 for example 1, output 0; expected 6.0. That is the "
        r"largest difference, 0.25, where 6e-12 is allowed; 1 of 6 outputs differ."
    )

    with pytest.raises(AssertionError, match=message):
        assert_same(doubled(), off_by(0.25), X)


@pytest.mark.parametrize("amount", [1e-9, -1e-9, math.nan, math.inf])
def test_small_differences_and_no_numbers_are_noticed(amount):
    with pytest.raises(AssertionError, match="for example 1, output 0"):
        assert_same(doubled(), off_by(amount), X)


def test_the_tolerance_is_a_share_of_the_largest_output():
    net = doubled()

    assert_same(net, off_by(0.05), X, tolerance=0.01)  # of 6
    with pytest.raises(AssertionError, match=r"0.07, where 0.06 is allowed"):
        assert_same(net, off_by(0.07), X, tolerance=0.01)


def test_small_outputs_may_be_off_by_the_tolerance():
    assert_same(lambda X: 1e-6 * X, lambda X: 1e-6 * X + 1e-4, X, tolerance=1e-3)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_in_both_is_the_same(number):
    assert_same(lambda X: 0.0 * X + number, lambda X: 0.0 * X + number, X)


def test_one_output_has_no_number():
    with pytest.raises(AssertionError, match=r"got 2\.0 for example 2; expected 1\.0"):
        assert_same(lambda X: np.ones(3), lambda X: np.array([1.0, 1.0, 2.0]), X)


def test_of_places_all_indexes_are_told():
    images = np.zeros((2, 3, 4))
    other = images.copy()
    other[1, 2, 3] = 1.0

    with pytest.raises(AssertionError, match=r"got 1\.0 for example 1, output 2, 3;"):
        assert_same(lambda X: X, lambda X: other, images)


def test_models_run_out_of_training():
    net = Sequential(doubled(), Dropout(0.9))

    assert_same(net, lambda X: 2.0 * X, X)
    assert net[1].training


def test_whole_numbers_stay_so():
    net = Embedding(4, 2)
    table = np.array(net.named_tensors()["weight"].data)

    assert_same(net, lambda X: table[X], [3, 0, 2])


def test_shapes_that_differ_are_told():
    message = (
        r"shapes differ: got outputs of shape \(3,\) from other; expected \(3, 2\)"
    )

    with pytest.raises(AssertionError, match=message):
        assert_same(doubled(), lambda X: X[:, 0], X)


def test_several_outputs_are_refused():
    with pytest.raises(TypeError, match="several outputs: got a tuple from model; exp"):
        assert_same(RNN(2, 2), lambda X: X, np.zeros((2, 3, 2)))


def test_what_cannot_be_run_is_refused():
    with pytest.raises(TypeError, match=r"not a model: got other=3 \(int\); expected"):
        assert_same(doubled(), 3, X)


def test_a_tolerance_below_zero_is_refused():
    with pytest.raises(ValueError, match="out of range: got tolerance=-1"):
        assert_same(doubled(), doubled(), X, tolerance=-1.0)
