"""Losses that take more than outputs and targets: a teacher, or parameters."""

import math

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value, compile, gradcheck
from micrograd_nn.losses import (
    cross_entropy,
    distillation_loss,
    l1_penalty,
    l2_penalty,
    mse_loss,
)
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD
from tests.compiled import assert_close, assert_same

RNG = np.random.default_rng(5)
STUDENT, TEACHER = 3.0 * RNG.normal(size=(2, 6, 4))
CLASSES = RNG.integers(4, size=6)


def softmax(logits):
    shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


def by_hand(student, teacher, classes, temperature, alpha):
    """The losses of examples, with the logarithms of plain probabilities."""
    p, q = softmax(teacher / temperature), softmax(student / temperature)
    soft = (p * np.log(p / q)).sum(axis=1)
    hard = -np.log(softmax(student)[np.arange(len(classes)), classes])
    return alpha * temperature**2 * soft + (1.0 - alpha) * hard


# Distillation -------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [1.0, 2.0, 20.0])
@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_a_student_pays_for_its_teacher_and_for_the_truth(temperature, alpha):
    options = {"temperature": temperature, "alpha": alpha}
    expected = by_hand(STUDENT, TEACHER, CLASSES, **options)
    found = distillation_loss(STUDENT, CLASSES, TEACHER, "none", **options)

    assert [x.data for x in found] == pytest.approx(expected, rel=1e-11)
    for reduction, number in [("mean", expected.mean()), ("sum", expected.sum())]:
        loss = distillation_loss(STUDENT, CLASSES, TEACHER, reduction, **options)

        assert loss.data == pytest.approx(number, rel=1e-11)


def test_the_defaults_are_a_temperature_of_two_and_halves():
    expected = by_hand(STUDENT, TEACHER, CLASSES, 2.0, 0.5).mean()

    assert distillation_loss(STUDENT, CLASSES, TEACHER).data == pytest.approx(expected)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_an_example_alone_has_a_loss_of_its_own(reduction):
    expected = by_hand(STUDENT, TEACHER, CLASSES, 2.0, 0.5)[0]
    found = distillation_loss(STUDENT[0], int(CLASSES[0]), TEACHER[0], reduction)

    assert found.data == pytest.approx(expected, rel=1e-11)


def test_without_labels_only_the_teacher_counts():
    expected = by_hand(STUDENT, TEACHER, CLASSES, 2.0, 1.0)
    found = distillation_loss(STUDENT, None, TEACHER, alpha=1.0)

    assert found.data == pytest.approx(expected.mean())
    with pytest.raises(ValueError, match="shapes differ: got a number in target for"):
        distillation_loss(STUDENT, None, TEACHER, alpha=0.9)


def test_the_gradient_keeps_its_size_when_temperature_rises():
    sizes = []
    for temperature in (50.0, 500.0):
        logits = [Value(x) for x in STUDENT[0]]
        distillation_loss(
            logits, None, TEACHER[0], temperature=temperature, alpha=1.0
        ).backward()
        sizes.append(math.hypot(*(x.grad for x in logits)))

    assert sizes[0] == pytest.approx(sizes[1], rel=0.1)


def test_distillation_is_stable_and_passes_gradcheck():
    extreme = distillation_loss([1e4, -1e4], 0, [-1e4, 1e4], temperature=1.0)

    assert extreme.data == pytest.approx(1e4)
    for order in (1, 2):
        report = gradcheck(
            lambda x: distillation_loss(x, 2, TEACHER[0]), STUDENT[0], order=order
        )

        assert report, str(report)


def test_distillation_of_a_compiled_student_is_that_of_eager_mode():
    student = MLP(3, [4], activation="tanh")

    def loss(x, y, teacher):
        label = y if mn.recording.is_symbolic() else int(y)
        return distillation_loss(student(x), label, teacher)

    assert_same(loss, student.parameters(), RNG.normal(size=(6, 3)), CLASSES, TEACHER)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: distillation_loss(STUDENT, CLASSES, TEACHER[:3]),
            "shapes differ: got a list of 3 in teacher for a list of 6 in input",
        ),
        (
            lambda: distillation_loss([1.0], 0, [1.0, 2.0]),
            "shapes differ: got a list of 2 in teacher for a list of 1 in input",
        ),
        (
            lambda: distillation_loss(1.0, 0, 2.0),
            r"no logits: got input=1.0 \(float\); expected a list with one logit",
        ),
        (lambda: distillation_loss([], 0, []), r"no logits: got input=\[\] \(list\)"),
        (
            lambda: distillation_loss(STUDENT, CLASSES, TEACHER, temperature=0.0),
            "out of range: got temperature=0.0 .*; expected 0 < temperature",
        ),
        (
            lambda: distillation_loss(STUDENT, CLASSES, TEACHER, alpha=1.5),
            "out of range: got alpha=1.5 .*; expected 0 <= alpha <= 1",
        ),
        (
            lambda: distillation_loss(STUDENT, CLASSES, TEACHER, "avg"),
            "no such reduction: got reduction='avg'",
        ),
    ],
)
def test_a_distillation_that_makes_no_sense_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Penalties ----------------------------------------------------------------------------


def test_penalties_are_sums_over_all_parameters():
    weights = [[Value(3.0), Value(-4.0)], [Value(0.0)]]

    assert l1_penalty(weights).data == 7.0
    assert l2_penalty(weights).data == 25.0
    assert l1_penalty([]).data == l2_penalty(iter([])).data == 0.0


def test_the_gradients_of_penalties_are_signs_and_the_parameters_twice():
    weights = [Value(3.0), Value(-4.0), Value(0.0)]
    l1_penalty(weights).backward()
    l2_penalty(weights).backward()

    assert [w.grad for w in weights] == [1.0 + 6.0, -1.0 - 8.0, 0.0]


def test_weight_decay_is_twice_the_factor_of_the_squared_penalty():
    pairs = [[Value(2.0), Value(-1.0)] for _ in range(2)]
    decayed = SGD(pairs[0], lr=0.1, weight_decay=0.02)
    penalized = SGD(pairs[1], lr=0.1)
    for _ in range(10):
        for optimizer in (decayed, penalized):
            optimizer.zero_grad()
        mse_loss(pairs[0], [1.0, 1.0]).backward()
        (mse_loss(pairs[1], [1.0, 1.0]) + 0.01 * l2_penalty(pairs[1])).backward()
        for optimizer in (decayed, penalized):
            optimizer.step()

    assert_close([w.data for w in pairs[0]], [w.data for w in pairs[1]])


def test_a_compiled_loss_may_have_a_penalty():
    model = MLP(3, [4, 4], activation="tanh")

    def loss(x, y):
        label = y if mn.recording.is_symbolic() else int(y)
        penalty = 0.1 * l1_penalty(model.parameters()) + l2_penalty(model.parameters())
        return cross_entropy(model(x), label) + penalty

    assert_same(loss, model.parameters(), RNG.normal(size=(6, 3)), CLASSES)


@pytest.mark.parametrize("penalty", [l1_penalty, l2_penalty])
def test_penalties_are_on_values(penalty):
    with pytest.raises(TypeError, match=r"no list of parameters: got parameters=MLP"):
        penalty(MLP(1, [1]))
    with pytest.raises(TypeError, match=r"not a number: got parameters\[0\]='w'"):
        penalty(["w"])


def test_a_penalty_alone_is_the_same_for_any_batch():
    weights = [Value(3.0), Value(-4.0)]
    program = compile(lambda x: l2_penalty(weights), weights)
    loss, grad = program.value_and_grad(np.zeros((5, 2)))

    assert (loss, grad.tolist()) == (25.0, [6.0, -8.0])
