"""The estimators: scikit-learn's own checks of their contract, and what those omit."""

import functools
import pickle
import random
import subprocess
import sys

import numpy as np
import pytest

from micrograd_nn.datasets import load_digits, load_iris, make_houses, make_moons
from micrograd_nn.optim import SGD

pytest.importorskip("sklearn", minversion="1.6")

from sklearn import neural_network
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from micrograd_nn.estimators import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
BOTH = [MLPClassifier, MLPRegressor]
SMALL = {"hidden_layer_sizes": (8,), "learning_rate_init": 0.05, "max_iter": 30}


@pytest.fixture
def moons():
    return make_moons(60, return_X_y=True)


def small(kind, **kwargs):
    return kind(**{**SMALL, "random_state": 0, **kwargs})


# The contract -------------------------------------------------------------------------


@parametrize_with_checks([MLPClassifier(**SMALL), MLPRegressor(**SMALL)])
def test_scikit_learn_finds_its_contract_kept(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks([MLPClassifier(), MLPRegressor()])
def test_the_contract_is_kept_with_default_arguments(estimator, check):
    check(estimator)


# Working together ---------------------------------------------------------------------


def test_a_grid_search_over_a_pipeline_finds_the_better_size():
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), small(MLPClassifier, max_iter=60))
    grid = {"mlpclassifier__hidden_layer_sizes": [(1,), (8,)]}
    search = GridSearchCV(model, grid, cv=3).fit(X, y)

    assert search.best_params_ == {"mlpclassifier__hidden_layer_sizes": (8,)}
    assert search.best_score_ > 0.93
    assert search.predict_proba(X).shape == (150, 3)


def test_a_pickled_estimator_predicts_and_learns_on_as_it_would_have(moons):
    model = small(MLPClassifier).fit(*moons)
    other = pickle.loads(pickle.dumps(model))

    np.testing.assert_array_equal(
        model.predict_proba(moons[0]), other.predict_proba(moons[0])
    )
    for each in (model, other):
        each.partial_fit(*moons)
    assert model.loss_curve_ == other.loss_curve_


def test_a_clone_has_the_arguments_and_nothing_learned(moons):
    solver = functools.partial(SGD, momentum=0.9)
    copy = clone(small(MLPRegressor, solver=solver).fit(*moons))

    assert copy.get_params()["hidden_layer_sizes"] == (8,)
    assert copy.get_params()["solver"].keywords == {"momentum": 0.9}
    assert not hasattr(copy, "model_")


# The same as scikit-learn's -----------------------------------------------------------


def tensors_of(theirs):
    """The parameters of scikit-learn's perceptron by our names."""
    pairs = enumerate(zip(theirs.coefs_, theirs.intercepts_, strict=True))
    named = [{f"layers.{i}.weight": w.T, f"layers.{i}.bias": b} for i, (w, b) in pairs]
    return {name: np.array(array) for layer in named for name, array in layer.items()}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
@pytest.mark.parametrize("kind", BOTH)
def test_steps_are_those_of_scikit_learn(kind, activation, weighted):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((20, 3)), rng.standard_normal((20, 2))
    if kind is MLPClassifier:
        y = np.arange(20) % 3
    weights = rng.uniform(0.5, 2.0, 20) if weighted else None
    options = {"hidden_layer_sizes": (5, 4), "activation": activation, "alpha": 0.3}
    options |= {"shuffle": False, "learning_rate_init": 0.05, "solver": "sgd"}
    peer = getattr(neural_network, kind.__name__)
    options["batch_size"] = 20 if weighted else 10
    theirs = peer(**options, momentum=0.0, nesterovs_momentum=False)
    ours = kind(**options)
    for model in (theirs, ours):
        model.partial_fit(X, y, **({"classes": [0, 1, 2]} if y.ndim == 1 else {}))
    ours.model_.load_tensors(tensors_of(theirs))
    for model in (theirs, ours):
        for _ in range(10):
            model.partial_fit(X, y, sample_weight=weights)

    found = ours.model_.named_tensors()
    for name, expected in tensors_of(theirs).items():
        np.testing.assert_allclose(found[name].data, expected, rtol=0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("load", "options"),
    [(load_digits, {}), (load_iris, {"learning_rate_init": 0.01, "max_iter": 400})],
)
def test_classes_are_told_apart_as_well_as_by_scikit_learn(load, options):
    X, y = load(return_X_y=True)
    X, scores = StandardScaler().fit_transform(X), []
    for seed in range(3):
        train, test, of_train, of_test = train_test_split(
            X, y, test_size=0.3, random_state=seed, stratify=y
        )
        scores.append(
            [
                kind((32,), random_state=seed, **options)
                .fit(train, of_train)
                .score(test, of_test)
                for kind in (MLPClassifier, neural_network.MLPClassifier)
            ]
        )
    ours, theirs = np.mean(scores, axis=0)
    print(f"\n{load.__name__}: {ours:.4f}, scikit-learn {theirs:.4f}")

    assert ours > theirs - 0.015


def test_numbers_are_predicted_as_well_as_by_scikit_learn():
    X, y = make_houses(return_X_y=True)
    X, y = StandardScaler().fit_transform(X), (y - y.mean()) / y.std()
    options = {"hidden_layer_sizes": (8,), "max_iter": 150, "random_state": 0}
    options["learning_rate_init"] = 0.01
    ours = MLPRegressor(**options).fit(X, y).score(X, y)
    theirs = neural_network.MLPRegressor(**options).fit(X, y).score(X, y)

    assert ours > theirs - 0.01
    assert ours > 0.98


# Arguments ----------------------------------------------------------------------------


def test_a_random_state_decides_on_everything(moons):
    models = [small(MLPClassifier, random_state=seed) for seed in (1, 1, 2)]
    before = random.getstate()
    first, same, other = [model.fit(*moons).loss_curve_ for model in models]

    assert first == same != other
    assert random.getstate() == before


@pytest.mark.parametrize("kind", BOTH)
def test_early_stopping_holds_examples_out_and_returns_to_the_best_epoch(kind):
    X, y = make_moons(200, noise=0.4, return_X_y=True)
    options = {"hidden_layer_sizes": (16,), "learning_rate_init": 0.1}
    options |= {"validation_fraction": 0.3, "max_iter": 300, "n_iter_no_change": 8}
    model = small(kind, early_stopping=True, **options).fit(X, y)
    name, sign = {
        MLPClassifier: ("val_accuracy", 1.0),
        MLPRegressor: ("val_loss", -1.0),
    }[kind]
    best = int((sign * np.array(model.history_.history[name])).argmax())
    until_then = options | {"max_iter": best + 1}
    expected = small(kind, early_stopping=True, **until_then).fit(X, y)

    assert best + 8 < model.n_iter_ < 100
    assert model.model_.state_dict() == expected.model_.state_dict()


def test_without_early_stopping_training_ends_when_the_loss_is_slow(moons):
    model = small(MLPClassifier, tol=0.01, n_iter_no_change=3, max_iter=500)
    curve = model.fit(*moons).loss_curve_
    best = np.minimum.accumulate(curve)
    slow = np.array(curve[1:]) > best[:-1] - 0.01

    assert slow[-4:].all()
    assert not any(slow[i : i + 4].all() for i in range(len(slow) - 4))
    assert model.history_.stopped


def test_training_that_was_too_short_is_warned_about(moons):
    with pytest.warns(ConvergenceWarning, match=r"still learning: got max_iter=2 "):
        small(MLPClassifier, max_iter=2).fit(*moons)


def test_the_penalty_keeps_weights_small_and_is_part_of_the_loss(moons):
    free, bound = (small(MLPClassifier, alpha=alpha).fit(*moons) for alpha in (0, 30))

    def size(model):
        return sum(x * x for x in model.model_.state_dict().values())

    assert size(bound) < 0.3 * size(free)
    assert bound.loss_ > free.loss_


def test_batches_epochs_and_layers_are_those_that_were_asked_for(moons):
    model = small(MLPClassifier, hidden_layer_sizes=(4, 3), batch_size=25, max_iter=2)
    model.fit(*moons)

    assert [len(layer.neurons) for layer in model.model_.layers] == [4, 3, 2]
    assert model.n_iter_ == len(model.loss_curve_) == 2
    assert model._optimizer.steps == 2 * 3
    assert model.history_.backend == "compiled"


def test_one_hidden_layer_may_be_a_number_and_none_an_empty_tuple(moons):
    for sizes, layers in ((8, 2), ((), 1), (np.array([3, 2]), 3)):
        model = small(MLPRegressor, hidden_layer_sizes=sizes, max_iter=2).fit(*moons)
        assert len(model.model_.layers) == layers


def test_eager_and_compiled_training_are_the_same(moons):
    options = {"max_iter": 3, "alpha": 0.5}
    eager, compiled = (
        small(MLPClassifier, backend=name, **options).fit(*moons)
        for name in ("eager", "compiled")
    )

    np.testing.assert_allclose(eager.loss_curve_, compiled.loss_curve_, rtol=1e-10)


def test_partial_fit_goes_on_an_epoch_at_a_time(moons):
    X, y = moons
    model = small(MLPClassifier)
    for half in (slice(30), slice(30, None)):
        model.partial_fit(X[half], y[half], classes=[0, 1])

    assert model.n_iter_ == 2
    assert model.loss_curve_[0] != model.loss_curve_[1]
    assert set(model.predict(X)) <= {0, 1}


def test_ctrl_c_keeps_what_was_learned(moons):
    class Interrupted(SGD):
        def step(self):
            if self.steps == 5:
                raise KeyboardInterrupt
            super().step()

    options = {"solver": Interrupted, "backend": "eager", "batch_size": 30}
    model = small(MLPClassifier, **options).fit(*moons)

    assert model.history_.interrupted
    assert model.n_iter_ == 2
    assert model.score(*moons) > 0.5


def test_ctrl_c_in_the_first_epoch_leaves_no_loss(moons):
    class Interrupted(SGD):
        def step(self):
            raise KeyboardInterrupt

    model = small(MLPRegressor, solver=Interrupted, backend="eager").fit(*moons)

    assert model.n_iter_ == 0
    assert np.isnan(model.loss_)


def test_verbose_is_that_of_fit(moons, capsys):
    small(MLPRegressor, verbose=2, max_iter=2).fit(*moons)

    assert "2/2" in capsys.readouterr().out


# Refusals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"hidden_layer_sizes": (0,)}, ValueError, r"nout=0|nin=0"),
        ({"activation": "bent"}, ValueError, "no such activation: got activation='be"),
        ({"activation": ["relu"]}, ValueError, "no such activation: got activation="),
        ({"solver": "lbfgs"}, ValueError, "no such solver: got solver='lbfgs'"),
        ({"alpha": -1.0}, ValueError, r"out of range: got alpha=-1.0"),
        ({"batch_size": 0}, ValueError, "no such count: got batch_size=0"),
        ({"batch_size": "all"}, TypeError, "no such count: got batch_size='all'"),
        ({"learning_rate_init": 0.0}, ValueError, "got learning_rate_init=0.0"),
        ({"max_iter": 0}, ValueError, "no such count: got max_iter=0"),
        ({"n_iter_no_change": 0}, ValueError, "got n_iter_no_change=0"),
        ({"tol": -1}, ValueError, "out of range: got tol=-1"),
        ({"backend": "gpu"}, ValueError, "no such backend: got backend='gpu'"),
    ],
)
@pytest.mark.parametrize("kind", BOTH)
def test_wrong_arguments_are_refused_by_fit(kind, wrong, error, message, moons):
    model = small(kind, **wrong)

    with pytest.raises(error, match=message):
        model.fit(*moons)


def test_a_single_class_is_refused(moons):
    X, y = moons

    with pytest.raises(ValueError, match=r"nothing to tell apart: got 1 class, \[0\]"):
        small(MLPClassifier).fit(X, 0 * y)


def test_classes_that_were_not_announced_are_refused(moons):
    X, y = moons
    model = small(MLPClassifier).partial_fit(X, y, classes=[0, 1])
    before = model.model_.state_dict()

    with pytest.raises(ValueError, match=r"unknown classes: got \[2\] in y"):
        model.partial_fit(X, y + 1)
    assert model.model_.state_dict() == before


def test_weights_of_zero_alone_are_refused(moons):
    with pytest.raises(ValueError, match="got sample_weight of zeros alone"):
        small(MLPRegressor).fit(*moons, sample_weight=np.zeros(60))


def test_without_scikit_learn_the_extra_is_named_and_the_rest_works():
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "import micrograd_nn, micrograd_nn.training\n"
        "try:\n    import micrograd_nn.estimators\n"
        "except ImportError as error:\n    print(error)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert "pip install 'micrograd-nn[sklearn]'" in found.stdout


def test_the_package_does_not_import_scikit_learn():
    code = "import sys, micrograd_nn.training; assert 'sklearn' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
