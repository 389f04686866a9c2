"""Clipping: PyTorch's numbers, eager and compiled, outside of backward."""

import math

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.losses import mse_loss
from micrograd_nn.nn import MLP
from micrograd_nn.optim import OPTIMIZERS, SGD, clip_grad_norm_, clip_grad_value_
from tests.compiled import assert_close

GRADS = [3.0, -4.0, 0.0, 12.0, 0.5]
NORMS = {2.0: math.sqrt(169.25), 1.0: 19.5, 3.0: 1819.125 ** (1 / 3), math.inf: 12.0}


def with_grads(grads):
    values = [Value(1.0) for _ in grads]
    for value, grad in zip(values, grads, strict=True):
        value.grad = grad
    return values


def grads_of(values):
    return [value.grad for value in values]


# By norm ------------------------------------------------------------------------------


@pytest.mark.parametrize("norm_type", NORMS)
def test_a_gradient_that_is_too_long_is_made_as_long_as_allowed(norm_type):
    values = with_grads(GRADS)
    norm = clip_grad_norm_(values, 2.0, norm_type)

    assert norm == pytest.approx(NORMS[norm_type], rel=1e-14)
    assert clip_grad_norm_(values, 9.0, norm_type) == pytest.approx(2.0, rel=1e-5)
    assert [grad / values[0].grad for grad in grads_of(values)] == pytest.approx(
        [grad / GRADS[0] for grad in GRADS]
    )


def test_a_gradient_that_is_short_enough_is_left_alone():
    values = with_grads(GRADS)
    norm = clip_grad_norm_(values, 14.0)

    assert norm == pytest.approx(NORMS[2.0])
    assert grads_of(values) == GRADS


def test_no_gradient_has_the_norm_zero():
    assert clip_grad_norm_([], 1.0) == 0.0
    assert clip_grad_norm_(with_grads([0.0, 0.0]), 1.0, norm_type=3.0) == 0.0


@pytest.mark.parametrize("norm_type", [1.5, 2.0, 3.0])
def test_the_norm_of_huge_and_of_tiny_gradients_neither_overflows_nor_vanishes(
    norm_type,
):
    factor = 2.0 ** (1.0 / norm_type)

    for size in (1e300, 1e-300):
        norm = clip_grad_norm_(with_grads([size, -size]), 1.0, norm_type)

        assert norm == pytest.approx(factor * size)


def test_one_value_alone_may_be_given_and_a_missing_grad_is_skipped():
    values = with_grads([None, 4.0])

    assert clip_grad_norm_(values[1], 1.0) == 4.0
    assert values[1].grad == pytest.approx(1.0, rel=1e-5)
    assert clip_grad_norm_(values, 10.0) == values[1].grad
    clip_grad_value_(values, 0.5)
    assert grads_of(values) == [None, 0.5]


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_a_gradient_that_is_not_finite_may_be_refused(bad):
    values = with_grads([1.0, bad])
    norm, left = ("nan", math.nan) if math.isnan(bad) else ("inf", 0.0)
    with pytest.raises(RuntimeError, match=rf"not finite: got a norm of {norm} over 2"):
        clip_grad_norm_(values, 1.0, error_if_nonfinite=True)

    assert values[0].grad == 1.0
    assert clip_grad_norm_(values, 1.0) == pytest.approx(abs(bad), nan_ok=True)
    assert values[0].grad == pytest.approx(left, nan_ok=True)
    assert math.isnan(values[1].grad)


@pytest.mark.oracle
@pytest.mark.parametrize("max_norm", [0.0, 1.0, 5.0, 100.0, math.inf])
@pytest.mark.parametrize(
    "grads",
    [GRADS, [0.0], [1e-9, 1e-9], [math.inf, 1.0], [math.nan, 1.0]],
    ids=["some", "none", "tiny", "inf", "nan"],
)
def test_clipping_is_that_of_pytorch(grads, max_norm):
    torch = pytest.importorskip("torch")
    for norm_type in NORMS:
        theirs = [
            torch.zeros((), requires_grad=True, dtype=torch.double) for _ in grads
        ]
        for tensor, grad in zip(theirs, grads, strict=True):
            tensor.grad = torch.tensor(grad, dtype=torch.double)
        expected = torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
        values = with_grads(grads)
        found = clip_grad_norm_(values, max_norm, norm_type)

        assert found == pytest.approx(expected.item(), rel=1e-13, nan_ok=True)
        assert grads_of(values) == pytest.approx(
            [tensor.grad.item() for tensor in theirs], rel=1e-13, nan_ok=True
        )
        if max_norm < math.inf:
            torch.nn.utils.clip_grad_value_(theirs, max_norm / 10)
            clip_grad_value_(values, max_norm / 10)

            assert grads_of(values) == pytest.approx(
                [tensor.grad.item() for tensor in theirs], rel=1e-13, nan_ok=True
            )


# By value -----------------------------------------------------------------------------


def test_every_number_is_brought_into_range():
    values = with_grads([*GRADS, math.inf, -math.inf])
    clip_grad_value_(values, 2.5)

    assert grads_of(values) == [2.5, -2.5, 0.0, 2.5, 0.5, 2.5, -2.5]


def test_a_nan_stays_and_is_seen():
    values = with_grads([math.nan, 9.0])
    clip_grad_value_(values, 1.0)

    assert math.isnan(values[0].grad)
    assert values[1].grad == 1.0


# Arguments ----------------------------------------------------------------------------


@pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (MLP(1, [1]), r"not a parameter: got parameters=MLP of .*\(MLP\)"),
        (["w"], r"not a parameter: got parameters\[0\]='w' \(str\); expected Values"),
    ],
)
def test_what_is_no_parameter_is_refused(clip, parameters, message):
    with pytest.raises(TypeError, match=message):
        clip(parameters, 1.0)


@pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
def test_a_grad_that_is_no_number_changes_nothing(clip):
    values = with_grads([5.0, "x"])

    with pytest.raises(TypeError, match="not a number: got grad='x'"):
        clip(values, 1.0)
    assert values[0].grad == 5.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: clip_grad_norm_([], -1.0), "out of range: got max_norm=-1.0"),
        (lambda: clip_grad_norm_([], math.nan), "out of range: got max_norm=nan"),
        (lambda: clip_grad_norm_([], 1.0, 0.0), "got norm_type=0.0 .*0 < norm_type <="),
        (lambda: clip_grad_value_([], -1.0), "out of range: got clip_value=-1.0"),
    ],
)
def test_a_bound_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Compiled -----------------------------------------------------------------------------

RNG = np.random.default_rng(2)
X, Y = RNG.normal(size=(6, 3)), 5.0 * RNG.normal(size=(6, 2))
BOUNDS = [{"clip_norm": 0.5}, {"clip_norm": 100.0}, {"clip_value": 0.1}]


def twins():
    models = [MLP(3, [4, 2], activation="tanh") for _ in range(2)]
    for mine, other in zip(*(model.parameters() for model in models), strict=True):
        other.data = mine.data
    return models


@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
@pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_compiled_training_clips_as_the_eager_loop_does(kind, bounds):
    models = twins()
    mine, eager = (kind(model.parameters(), lr=0.05) for model in models)
    program = mn.compile(lambda x, y: mse_loss(models[0](x), y))
    with program.training(mine, **bounds) as train:
        for _ in range(30):
            eager.zero_grad()
            mse_loss([models[1](row) for row in X], Y).backward()
            if "clip_norm" in bounds:
                clip_grad_norm_(eager.params, bounds["clip_norm"])
            else:
                clip_grad_value_(eager.params, bounds["clip_value"])
            eager.step()
            train.step(X, Y)

    assert_close([p.data for p in mine.params], [p.data for p in eager.params])
    assert_close([p.grad for p in mine.params], [p.grad for p in eager.params])


@pytest.mark.parametrize("bad", [1e200, math.inf, math.nan])
@pytest.mark.parametrize("bounds", [{"clip_norm": 1.0}, {"clip_value": 1.0}], ids=str)
def test_what_is_huge_or_not_finite_is_clipped_as_in_eager_mode(bounds, bad):
    weights = [[Value(1.0), Value(2.0)] for _ in range(2)]
    mine, eager = (SGD(pair, lr=0.1) for pair in weights)
    program = mn.compile(lambda x: weights[0][0] * x[0] + weights[0][1] * x[1])
    with ignore_anomaly(), program.training(mine, **bounds) as train:
        train.step([[bad, 1.0]])
    for param, grad in zip(eager.params, [bad, 1.0], strict=True):
        param.grad = grad
    if "clip_norm" in bounds:
        clip_grad_norm_(eager.params, 1.0)
    else:
        clip_grad_value_(eager.params, 1.0)
    eager.step()

    assert_close([p.data for p in mine.params], [p.data for p in eager.params])


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"clip_norm": -1.0}, "out of range: got clip_norm=-1.0"),
        ({"clip_value": -1.0}, "out of range: got clip_value=-1.0"),
        (
            {"clip_norm": 1.0, "clip_value": 2.0},
            "clip in one way: got clip_norm=1.0 and clip_value=2.0; expected one of",
        ),
    ],
)
def test_bounds_of_training_that_make_no_sense_are_refused(bounds, message):
    w = Value(1.0)

    with pytest.raises(ValueError, match=message):
        mn.compile(w * w).training(SGD([w]), **bounds)
