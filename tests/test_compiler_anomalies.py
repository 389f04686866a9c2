"""A program that makes a nan or an infinity says where, as eager code does."""

import math

import numpy as np
import pytest

from micrograd_nn import Value, compile, detect_anomaly
from micrograd_nn.anomaly import ignore_anomaly

LOGARITHM = compile(lambda x: (2.0 * x).log())


def test_the_first_instruction_and_example_are_named():
    with (
        detect_anomaly(),
        pytest.raises(
            FloatingPointError,
            match=r"h2 = log\(h1\) gave -inf in example 1: got finite",
        ),
    ):
        LOGARITHM([1.0, 0.0, -1.0])


def test_without_detect_anomaly_it_is_a_warning_and_the_numbers_come_out():
    with pytest.warns(RuntimeWarning, match=r"log\(h1\) gave -inf in example 1"):
        found = LOGARITHM([0.5, 0.0])

    assert found.tolist() == [0.0, -math.inf]


def test_a_loss_that_is_not_finite_is_reported_in_training_too():
    with pytest.warns(RuntimeWarning, match="gave nan in example 0"):
        loss, _ = LOGARITHM.value_and_grad([-1.0, 1.0])

    assert math.isnan(loss)


def test_what_came_in_as_nan_is_nobodys_fault():
    assert np.isnan(LOGARITHM([math.nan, 1.0])).tolist() == [True, False]


def test_a_parameter_that_is_nan_is_nobodys_fault():
    w = Value(math.nan)

    assert math.isnan(compile(w * 2.0 + 1.0)())


def test_a_number_that_all_examples_share_is_named_without_an_example():
    w = Value(0.0)
    with ignore_anomaly():
        program = compile(w.log() + 1.0)

    with pytest.warns(RuntimeWarning, match=r"log\(W1\) gave -inf: got finite"):
        program()


def test_a_long_chain_reports_as_well():
    v = w = Value(0.5)
    for _ in range(1200):
        v = (v * w).sin() + 0.3
    with ignore_anomaly():
        program = compile((v - v.sin().exp()).log() + w)

    with pytest.warns(RuntimeWarning, match=r"^log\(-1\.1\d*\) gave nan: got"):
        program()


def test_ignored_anomalies_pass_without_a_word():
    with ignore_anomaly():
        assert LOGARITHM([0.0]).tolist() == [-math.inf]
