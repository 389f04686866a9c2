"""What goes with training: predictions, scores, and two tests to run first."""

import copy
import gc
import random
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

from micrograd_nn.nn import (
    MLP,
    BatchNorm1d,
    Dropout,
    Identity,
    Linear,
    Module,
    Sequential,
    Softmax,
)
from micrograd_nn.optim import SGD
from micrograd_nn.training import (
    fit,
    lr_find,
    overfit_tiny,
    predict,
    predict_proba,
    predicting,
    score,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 2))
SIDES = (X[:, 0] > 0).astype(int)


def numbers(outputs):
    return [y.data for y in outputs] if isinstance(outputs, list) else outputs.data


class Branching(Linear):
    def __call__(self, x):
        outputs = super().__call__(x)
        return outputs if outputs[0].data > 0.0 else [2.0 * y for y in outputs]


# Predictions --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: MLP(2, [3, 1]),
        lambda: MLP(2, [3, 4]),
        lambda: Sequential(Linear(2, 3), BatchNorm1d(3), Dropout(0.9), Linear(3, 1)),
        lambda: Branching(2, 2),
        lambda: Sequential(Linear(2, 3), Softmax()),
    ],
)
def test_predictions_are_what_the_model_gives_out_of_training(make):
    model = make()

    found = predict(model, X)

    assert model.training
    expected = [numbers(model.eval()(row)) for row in X.tolist()]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_predictions_follow_the_parameters():
    model = Linear(2, 1)
    before = predict(model, X)

    fit(model, X, X[:, 1], epochs=2, verbose=0)

    assert (predict(model, X) != before).all()


def test_a_program_is_recorded_once_for_a_model():
    model, calls = MLP(2, [1]), []

    class Counting(Module):
        def __call__(self, x):
            calls.append(1)
            return model(x)

    counting = Counting()
    for rows in (X, X[:7], X.tolist(), X[:3] * 2):
        predict(counting, rows)

    assert len(calls) == 1


def test_only_a_few_models_are_kept():
    model = MLP(2, [1])
    predict(model, X)
    reference = weakref.ref(model)

    del model
    for _ in range(predicting.MODELS):
        predict(MLP(2, [1]), X)
    gc.collect()

    assert reference() is None


def test_threads_may_predict_side_by_side():
    model = MLP(2, [30, 30, 1], activation="tanh")
    rows = [RNG.normal(size=(500, 2)) for _ in range(4)]
    expected = [predict(model, x) for x in rows]
    found = [None] * 4

    def work(i):
        for _ in range(20):
            found[i] = predict(model, rows[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_a_model_that_draws_predicts_the_same_each_time():
    class Noisy(Module):
        def __call__(self, x):
            from micrograd_nn.randomness import normal

            return [xi + normal() for xi in x]

    assert predict(Noisy(), X).tolist() == predict(Noisy(), X).tolist()


def test_a_model_without_running_statistics_predicts_for_a_batch():
    model = BatchNorm1d(2, track_running_stats=False, affine=False)

    found = predict(model, X)

    np.testing.assert_allclose(found.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(found.std(axis=0), 1.0, rtol=1e-4)


def test_probabilities_are_those_of_the_logits():
    logits = np.array([[1.0, 2.0, 0.0], [1000.0, 0.0, -1000.0]])

    found = predict_proba(Identity(), logits)

    powers = np.exp(logits[0])
    np.testing.assert_allclose(found, [powers / powers.sum(), [1, 0, 0]], atol=1e-15)


@pytest.mark.parametrize("model", [MLP(2, [1]), Linear(2, 1)])
def test_one_logit_is_the_probability_of_two_classes(model):
    found = predict_proba(model, X)

    logits = predict(model, X).reshape(-1)
    np.testing.assert_allclose(found[:, 1], 1 / (1 + np.exp(-logits)))
    np.testing.assert_allclose(found.sum(axis=1), 1.0)


def test_outputs_that_are_no_array_have_no_probabilities():
    class Pair(Module):
        def __call__(self, x):
            return {"a": x[0], "b": x[1]}

    assert set(predict(Pair(), X)) == {"a", "b"}
    with pytest.raises(ValueError, match="not logits: got outputs in a dict"):
        predict_proba(Pair(), X)


# Scores -------------------------------------------------------------------------------


def test_the_score_of_classes_is_their_accuracy():
    logits = RNG.normal(size=(40, 3))
    y = RNG.integers(0, 3, 40)

    assert score(Identity(), logits, y) == (logits.argmax(axis=1) == y).mean()


@pytest.mark.parametrize("low", [0, -1])
def test_the_score_of_one_logit_is_an_accuracy_too(low):
    class First(Module):
        def __call__(self, x):
            return x[0]

    y = np.where(RNG.random(30) < 0.5, low, 1)

    assert score(First(), X, y) == ((X[:, 0] > 0) == (y == 1)).mean()


def test_the_score_of_numbers_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    y = X + RNG.normal(size=X.shape) * [0.1, 2.0]

    assert score(Identity(), X, y) == pytest.approx(metrics.r2_score(y, X))
    constant = np.full((30, 2), 3.5)
    assert score(Identity(), X, constant) == metrics.r2_score(constant, X)
    assert score(Identity(), constant, constant) == 1.0


def test_a_score_needs_an_output_for_each_target():
    with pytest.raises(ValueError, match=r"shapes differ: got outputs of shape \(30"):
        score(Identity(), X, X[:, :1] * 0.5)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: predict(len, X), TypeError, "not a model"),
        (lambda: predict(MLP(2, [1]), X * np.nan), ValueError, "not finite: got X"),
        (lambda: predict(MLP(3, [1]), X), ValueError, r"Layer\(3 -> 1\) got 2 inputs"),
        (lambda: score(MLP(2, [1]), X, SIDES[:3]), ValueError, "not one example each"),
    ],
)
def test_what_cannot_be_predicted_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()


# Overfit first ------------------------------------------------------------------------


def test_a_net_that_works_learns_twenty_examples_by_heart():
    random.seed(1)
    model = MLP(2, [16, 16, 1])
    before = model.state_dict()

    found = overfit_tiny(model, X, SIDES)

    assert found
    assert str(found).startswith("passed: 20 examples learned by heart (accuracy 1")
    assert model.state_dict() == before


def test_numbers_are_learned_by_heart_too():
    random.seed(1)

    found = overfit_tiny(MLP(2, [16, 16, 1]), X, np.sin(3 * X[:, 0]), epochs=800)

    assert found.passed
    assert found.accuracy is None


@pytest.mark.parametrize(
    "model", [Linear(2, 1), Sequential(Linear(2, 8), Dropout(0.9), Linear(8, 1))]
)
def test_a_net_that_cannot_fails_with_advice(model):
    y = (X[:, 0] * X[:, 1] > 0).astype(int)

    found = overfit_tiny(model, X, y, epochs=60)

    assert not found
    assert "failed: 20 examples not learned" in str(found)
    assert "another lr" in str(found)


def test_fewer_examples_than_asked_for_are_all_taken():
    assert overfit_tiny(MLP(2, [1]), X[:5], SIDES[:5], epochs=1).examples == 5


# The range test -----------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["compiled", "eager"])
def test_the_suggested_learning_rate_trains_and_ten_times_the_end_does_not(backend):
    random.seed(1)
    model = MLP(2, [8, 1], activation="tanh")
    before, drawn = model.state_dict(), random.getstate()

    found = lr_find(model, X, SIDES, optimizer="sgd", high=1e3, steps=60,
                    backend=backend)  # fmt: skip

    assert model.state_dict() == before
    assert random.getstate() == drawn
    assert 0.01 < found.suggestion < 10.0
    assert found.lrs[0] == 1e-6
    assert len(found.losses) == len(found.lrs)
    assert "suggested lr" in str(found)
    good = fit(copy.deepcopy(model), X, SIDES, verbose=0, epochs=30,
               optimizer=lambda p: SGD(p, lr=found.suggestion))  # fmt: skip
    assert good.history["loss"][-1] < good.history["loss"][0]


def test_a_sweep_ends_where_the_loss_shoots_up():
    found = lr_find(Linear(2, 1), X * 100, X[:, 0], optimizer="sgd", low=1e-7)

    assert found.lrs[-1] < 10.0
    assert found.suggestion < found.lrs[-1] / 10


def test_a_sweep_that_starts_too_high_says_so():
    with pytest.raises(ValueError, match="diverged at once"):
        lr_find(Linear(2, 1), 1e3 * X, X[:, 0], optimizer="sgd", low=1e307, high=1e308)


@pytest.mark.parametrize(
    "given", [{"low": 0.0}, {"low": 3.0, "high": 2.0}, {"steps": 1}, {"batch_size": 0}]
)
def test_a_sweep_that_is_none_is_refused(given):
    with pytest.raises(ValueError, match=r"out of range|no such count"):
        lr_find(Linear(2, 1), X, X[:, 0], **given)


# The package --------------------------------------------------------------------------


def test_fit_is_there_at_the_top_and_numpy_is_not_until_it_is_used():
    script = (
        "import sys, micrograd_nn; assert 'numpy' not in sys.modules; "
        "from micrograd_nn import fit, History; assert 'numpy' in sys.modules; "
        "heavy = {'matplotlib', 'tqdm', 'IPython', 'safetensors', 'sklearn'}; "
        "print(fit.__name__, History.__name__, *heavy & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert run.stdout == "fit History\n"
