import random

import numpy as np
import pytest

from micrograd_nn.compress import distil, soft_targets
from micrograd_nn.losses import distillation_loss
from micrograd_nn.nn import MLP, Dropout, Identity, Linear, Sequential
from micrograd_nn.training import predict

X = np.array([[0.5, -1.0], [1.0, 2.0], [-0.5, 0.25], [2.0, 1.0]])
Y = [0, 2, 1, 0]

every_backend = pytest.mark.parametrize("backend", ["eager", "compiled"])


def student_and_teacher():
    random.seed(3)
    return MLP(2, [4, 3], activation="tanh"), Linear(2, 3)


def distance(student, teacher, temperature):
    """The mean of the teacher's part of the loss."""
    logits = predict(teacher, X)
    return distillation_loss(
        predict(student, X), None, logits, temperature=temperature, alpha=1.0
    ).data


def test_soft_targets_are_the_probabilities_of_cooled_logits():
    logits = [[4.0, 2.0, -4.0], [0.0, 0.0, 8000.0]]
    found = soft_targets(Identity(), logits, temperature=2.0)
    expected = np.exp([2.0, 1.0, -2.0]) / np.exp([2.0, 1.0, -2.0]).sum()

    np.testing.assert_allclose(found[0], expected, rtol=1e-14)
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    np.testing.assert_allclose(found[1], [0.0, 0.0, 1.0], atol=1e-15)


def test_a_higher_temperature_shows_more_of_the_wrong_classes():
    logits = [[4.0, 2.0, -4.0]]
    tops = [soft_targets(Identity(), logits, t).max() for t in (0.5, 1.0, 4.0, 1e6)]

    assert tops == sorted(tops, reverse=True)
    assert tops[-1] == pytest.approx(1 / 3, abs=1e-4)


@every_backend
def test_a_student_comes_to_answer_as_its_teacher(backend):
    student, teacher = student_and_teacher()
    before, state = distance(student, teacher, 4.0), teacher.state_dict()
    options = {"epochs": 40, "optimizer": "rmsprop", "backend": backend, "verbose": 0}
    history = distil(student, teacher, X, **options)

    assert distance(student, teacher, 4.0) < before / 2
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert teacher.state_dict() == state


@every_backend
def test_the_loss_is_that_of_the_formula(backend):
    student, teacher = student_and_teacher()
    outputs, logits = predict(student, X), predict(teacher, X)
    options = {"epochs": 1, "batch_size": 4, "backend": backend, "verbose": 0}
    expected = distillation_loss(outputs, Y, logits, temperature=3.0, alpha=0.3).data
    history = distil(student, teacher, X, Y, temperature=3.0, alpha=0.3, **options)

    assert history.history["loss"] == [pytest.approx(expected, rel=1e-12)]


def test_without_labels_the_teacher_counts_alone_whatever_alpha():
    losses = []
    for alpha in (0.0, 0.5):
        student, teacher = student_and_teacher()
        history = distil(student, teacher, X, alpha=alpha, epochs=2, verbose=0)
        losses.append(history.history["loss"])

    assert losses[0] == losses[1]
    assert losses[0][0] > 0.0


@pytest.mark.parametrize("option", [{"temperature": 1.0}, {"alpha": 0.9}, {"seed": 5}])
def test_every_option_makes_a_difference(option):
    states = []
    for options in ({}, option):
        student, teacher = student_and_teacher()
        distil(student, teacher, X, Y, epochs=3, batch_size=1, verbose=0, **options)
        states.append(student.state_dict())

    assert states[0] != states[1]


def test_the_same_seed_is_the_same_student():
    states = []
    for _ in range(2):
        student, teacher = student_and_teacher()
        distil(student, teacher, X, epochs=3, batch_size=2, seed=4, verbose=0)
        states.append(student.state_dict())

    assert states[0] == states[1]


def test_a_teacher_in_training_is_asked_out_of_training():
    teacher = Sequential(Linear(2, 3), Dropout(0.5))
    quiet = soft_targets(teacher[0], X)

    np.testing.assert_array_equal(soft_targets(teacher, X), quiet)
    assert teacher.training


@pytest.mark.parametrize(
    "labels", [[0, 3, 1, 0], [0, 0.5, 1, 0], [0, 1], [0, -1, 1, 0]]
)
def test_labels_that_are_no_classes_are_refused(labels):
    student, teacher = student_and_teacher()
    before = student.state_dict()

    with pytest.raises(ValueError, match="from 0 to 2 for each of 4 examples"):
        distil(student, teacher, X, labels, verbose=0)
    assert student.state_dict() == before


def test_a_teacher_of_other_classes_is_refused():
    student, _ = student_and_teacher()

    with pytest.raises(ValueError, match="a list of 4 in teacher"):
        distil(student, Linear(2, 4), X, verbose=0)


def test_a_teacher_of_one_output_is_refused():
    student, _ = student_and_teacher()

    with pytest.raises(ValueError, match=r"not logits: got outputs of shape \(4,\)"):
        distil(student, MLP(2, [3, 1]), X, verbose=0)


def test_examples_to_measure_on_are_held_out_of_those_that_the_teacher_sees():
    student, teacher = student_and_teacher()
    history = distil(student, teacher, X, Y, validation_split=0.5, epochs=2, verbose=0)

    assert "val_loss" in history.history
    with pytest.raises(ValueError, match="no teacher for it: got validation_data"):
        distil(student, teacher, X, Y, validation_data=(X, Y))


@pytest.mark.parametrize(
    "options", [{"temperature": 0.0}, {"alpha": 1.5}, {"temperature": float("inf")}]
)
def test_options_out_of_range_are_refused(options):
    student, teacher = student_and_teacher()

    with pytest.raises(ValueError, match="out of range: got"):
        distil(student, teacher, X, verbose=0, **options)
    with pytest.raises(ValueError, match="out of range: got temperature=0"):
        soft_targets(teacher, X, 0)


def test_what_is_no_module_is_refused():
    student, teacher = student_and_teacher()

    with pytest.raises(TypeError, match="not a model: got model=None"):
        distil(student, None, X)
    with pytest.raises(TypeError, match="not a model: got model=None"):
        distil(None, teacher, X)
