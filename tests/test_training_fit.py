"""`fit`: what it does is what a loop by hand does, on both backends."""

import copy
import functools
import itertools
import random

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value, functions
from micrograd_nn.losses import (
    LOSSES,
    binary_cross_entropy_with_logits,
    cross_entropy,
    mse_loss,
)
from micrograd_nn.nn import (
    MLP,
    BatchNorm1d,
    Dropout,
    Linear,
    Module,
    ReLU,
    Sequential,
    Tanh,
)
from micrograd_nn.optim import (
    SGD,
    Adam,
    OneCycleLR,
    ReduceLROnPlateau,
    StepLR,
    clip_grad_norm_,
)
from micrograd_nn.training import Callback, fit, predict, score

RNG = np.random.default_rng(0)
X = RNG.normal(size=(23, 3))
CLASSES = RNG.integers(0, 4, 23)
BINARY = RNG.integers(0, 2, 23)
NUMBERS = X @ [1.0, -2.0, 0.5] + 0.3
WEIGHTS = RNG.uniform(0.0, 2.0, 23)

backends = pytest.mark.parametrize("backend", ["compiled", "eager"])


def momentum(parameters):
    return SGD(parameters, lr=0.1, momentum=0.9)


def classifier():
    random.seed(1)
    return MLP(3, [5, 4], activation="tanh")


def with_dropout():
    random.seed(2)
    return Sequential(Linear(3, 6), Tanh(), Dropout(0.4), Linear(6, 4))


def with_batch_norm():
    random.seed(3)
    return Sequential(Linear(3, 6), BatchNorm1d(6), ReLU(), Linear(6, 4))


def state(model):
    return np.array(list(model.state_dict().values()))


def fitted(model, y=CLASSES, **options):
    options = {"epochs": 2, "batch_size": 8, "verbose": 0} | options
    history = fit(model, X, y, **options)
    return state(model), history


def by_hand(model, optimizer, epochs=2, batch_size=8, seed=0, clip_norm=None):
    """The loop of the textbook, one scalar at a time."""
    for epoch in range(epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(X))
        for start in range(0, len(X), batch_size):
            chosen = order[start : start + batch_size]
            optimizer.zero_grad()
            losses = [
                cross_entropy(model(x), y)
                for x, y in zip(
                    X[chosen].tolist(), CLASSES[chosen].tolist(), strict=True
                )
            ]
            (functions.sum(losses) / len(losses)).backward()
            if clip_norm is not None:
                clip_grad_norm_(model.parameters(), clip_norm)
            optimizer.step()
    return state(model)


# The same as a loop by hand -----------------------------------------------------------


@backends
@pytest.mark.parametrize("clip_norm", [None, 0.05])
def test_fit_is_the_loop_of_the_textbook(backend, clip_norm):
    model = classifier()
    twin = copy.deepcopy(model)

    found, _ = fitted(model, optimizer=momentum, backend=backend, clip_norm=clip_norm)

    expected = by_hand(twin, momentum(twin.parameters()), clip_norm=clip_norm)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


OPTIONS = {
    "plain": {},
    "weights": {"sample_weight": WEIGHTS},
    "accumulated": {"accumulate": 2, "sample_weight": WEIGHTS},
    "clipped by value": {"clip_value": 0.01},
    "in order": {"shuffle": False},
    "scheduled": {"schedule": lambda optimizer: StepLR(optimizer, 1, gamma=0.5)},
    "validated": {"validation_split": 0.3},
    "margins": {"loss": "multi_margin_loss"},
}


@pytest.mark.parametrize("make", [classifier, with_batch_norm])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_eager_and_compiled_training_agree(make, options):
    arguments = {"optimizer": momentum, "epochs": 3, **options}

    eager, slow = fitted(make(), backend="eager", **arguments)
    compiled, quick = fitted(make(), backend="compiled", **arguments)

    np.testing.assert_allclose(compiled, eager, rtol=1e-9, atol=1e-12)
    for name, numbers in slow.history.items():
        np.testing.assert_allclose(quick.history[name], numbers, rtol=1e-9)


@backends
@pytest.mark.parametrize("make", [classifier, with_dropout, with_batch_norm])
def test_the_same_seed_is_the_same_training_bit_for_bit(backend, make):
    random.seed(11)
    first, before = fitted(make(), backend=backend)
    random.seed(22)
    np.random.seed(22)
    second, again = fitted(make(), backend=backend)

    assert first.tolist() == second.tolist()
    assert before.history == again.history


@backends
@pytest.mark.parametrize("make", [classifier, with_dropout])
def test_another_seed_is_another_training(backend, make):
    first, _ = fitted(make(), backend=backend, seed=1)
    second, _ = fitted(make(), backend=backend, seed=2)

    assert (first != second).any()


@backends
def test_fit_leaves_the_random_numbers_of_others_alone(backend):
    model = with_dropout()
    random.seed(5)
    before, generator = random.getstate(), str(np.random.get_state())

    fitted(model, backend=backend)

    assert random.getstate() == before
    assert str(np.random.get_state()) == generator


@backends
def test_accumulated_batches_are_one_large_batch(backend):
    parts, _ = fitted(classifier(), backend=backend, batch_size=4, accumulate=3)
    whole, _ = fitted(classifier(), backend=backend, batch_size=12)

    np.testing.assert_allclose(parts, whole, rtol=1e-12, atol=1e-14)


@backends
def test_an_example_of_weight_two_counts_as_two_examples(backend):
    weights = np.array([2.0] + [1.0] * 9)
    twice = [0, *range(10)]
    one, two = classifier(), classifier()
    options = {"epochs": 3, "batch_size": 20, "verbose": 0, "backend": backend}

    first = fit(one, X[:10], CLASSES[:10], sample_weight=weights, **options)
    second = fit(two, X[twice], CLASSES[twice], **options)

    np.testing.assert_allclose(state(one), state(two), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(first.history["loss"], second.history["loss"])


@backends
def test_an_example_of_weight_zero_does_not_count(backend):
    weights = np.where(np.arange(23) < 15, 1.0, 0.0)
    options = {"batch_size": 23, "verbose": 0, "backend": backend}
    one, two = classifier(), classifier()

    fit(one, X, CLASSES, sample_weight=weights, **options)
    fit(two, X[:15], CLASSES[:15], **options)

    np.testing.assert_allclose(state(one), state(two), rtol=1e-12, atol=1e-14)


@backends
def test_running_statistics_are_those_of_every_batch(backend):
    model = with_batch_norm()

    fitted(model, backend=backend, epochs=3, batch_size=11)  # 11 and 12 of 23

    assert model[1].num_batches_tracked.data == 6
    assert state(model.eval()).all()


def test_two_norms_of_one_size_keep_statistics_of_their_own():
    def make():
        random.seed(3)
        return Sequential(
            Linear(3, 4), BatchNorm1d(4), ReLU(), Linear(4, 4), BatchNorm1d(4)
        )

    eager, _ = fitted(make(), backend="eager", optimizer=momentum)
    compiled, _ = fitted(make(), backend="compiled", optimizer=momentum)

    np.testing.assert_allclose(compiled, eager, rtol=1e-9, atol=1e-12)


@backends
def test_only_the_optimizers_parameters_move(backend):
    model = with_dropout()
    frozen = [value.data for value in model[0].parameters()]

    fitted(model, backend=backend, optimizer=Adam(model[3].parameters()))

    assert [value.data for value in model[0].parameters()] == frozen


def test_a_model_of_two_inputs_takes_a_tuple_of_arrays():
    class Product(Module):
        def __init__(self):
            self.scale = Value(0.5)

        def __call__(self, a, b):
            return self.scale * a[0] * b

    a, b = RNG.normal(size=(20, 1)), RNG.normal(size=20)
    found = []
    for backend in ("compiled", "eager"):
        model = Product()
        fit(model, (a, b), 3.0 * a[:, 0] * b, optimizer=lambda p: SGD(p, lr=0.2),
            epochs=20, verbose=0, backend=backend)  # fmt: skip
        found.append(model.scale.data)

    assert found == pytest.approx([3.0, 3.0], abs=1e-2)
    assert found[0] == pytest.approx(found[1], rel=1e-12)


# The loss that fits -------------------------------------------------------------------

TASKS = [
    (4, CLASSES, "cross_entropy", True),
    (4, CLASSES.astype(float), "cross_entropy", True),
    (1, BINARY, "binary_cross_entropy_with_logits", True),
    (1, BINARY.astype(bool), "binary_cross_entropy_with_logits", True),
    (1, BINARY[:, None], "binary_cross_entropy_with_logits", True),
    (1, NUMBERS, "mse_loss", False),
    (1, 2 * BINARY - 1, "mse_loss", True),
    (3, X, "mse_loss", False),
    (4, np.eye(4)[CLASSES], "binary_cross_entropy_with_logits", True),
]


@pytest.mark.parametrize(("outputs", "y", "loss", "has_accuracy"), TASKS)
def test_the_loss_that_fits_is_chosen_and_said(outputs, y, loss, has_accuracy):
    for model in (MLP(3, [outputs]), Sequential(Linear(3, outputs))):
        _, history = fitted(model, y, epochs=1)

        assert history.loss == loss
        assert history.reason
        assert ("accuracy" in history.history) == has_accuracy


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_trains_by_its_name_or_as_a_function(name):
    y = {
        "cross_entropy": CLASSES,
        "nll_loss": CLASSES,
        "multi_margin_loss": CLASSES,
        "hinge_loss": np.eye(4)[CLASSES] * 2 - 1,
    }.get(name, np.eye(4)[CLASSES])

    by_name, _ = fitted(classifier(), y, loss=name)
    by_function, history = fitted(classifier(), y, loss=LOSSES[name])

    assert by_name.tolist() == by_function.tolist()
    assert (history.loss, history.reason) == (name, "")


def test_a_loss_of_ones_own_gets_what_the_model_gives():
    model = Sequential(Linear(3, 1))

    _, history = fitted(
        model,
        NUMBERS,
        loss=lambda outputs, target: (outputs[0] - target) ** 2,
        optimizer=lambda parameters: SGD(parameters, lr=0.1),
        epochs=30,
    )

    assert history.history["loss"][-1] < 1e-6
    assert "accuracy" not in history.history


def test_a_partial_of_a_loss_is_known_by_its_name():
    smooth = functools.partial(cross_entropy, label_smoothing=0.1)

    _, history = fitted(classifier(), loss=smooth)

    assert history.loss == "cross_entropy"
    assert 0.0 <= history.history["accuracy"][-1] <= 1.0


@backends
def test_outputs_may_be_of_any_form_if_the_loss_takes_them(backend):
    class Two(Module):
        def __init__(self):
            random.seed(1)
            self.first, self.second = Linear(3, 1), Linear(3, 1)

        def __call__(self, x):
            return {"a": self.first(x)[0], "b": self.second(x)[0]}

    def loss(outputs, target):
        return (outputs["a"] + outputs["b"] - target) ** 2

    model = Two()
    _, history = fitted(model, NUMBERS, loss=loss, backend=backend, epochs=20,
                        validation_split=0.2,
                        optimizer=lambda p: SGD(p, lr=0.05))  # fmt: skip

    assert history.history["val_loss"][-1] < 1e-2
    assert list(history.history) == ["loss", "val_loss", "lr"]


@backends
def test_a_layer_without_running_statistics_is_measured_on_all_at_once(backend):
    random.seed(1)
    norm = BatchNorm1d(4, track_running_stats=False)
    model = Sequential(Linear(3, 4), norm)

    _, history = fitted(model, backend=backend)

    outputs = np.array([[y.data for y in row] for row in model.batch(X.tolist())])
    assert history.history["accuracy"][-1] == (outputs.argmax(1) == CLASSES).mean()


@backends
def test_one_example_is_enough(backend):
    model = classifier()

    history = fit(model, X[:1], CLASSES[:1], epochs=3, verbose=0, backend=backend)

    assert history.history["loss"][2] < history.history["loss"][0]


def test_accuracy_counts_the_outputs_that_are_right():
    model = Linear(3, 1)

    _, history = fitted(model, BINARY, validation_data=(X[:9], BINARY[:9]))

    logits = np.array([model(x)[0].data for x in X.tolist()])
    hits = (logits > 0) == (BINARY == 1)
    assert history.history["accuracy"][-1] == hits.mean()
    assert history.history["val_accuracy"][-1] == hits[:9].mean()
    assert history.history["val_loss"][-1] == pytest.approx(
        binary_cross_entropy_with_logits(logits[:9], BINARY[:9]).data
    )


def test_the_loss_of_an_epoch_is_the_mean_of_its_steps_over_examples():
    model = classifier()
    steps = []

    class Watcher(mn.training.Callback):
        def on_batch_end(self, step, logs):
            steps.append(logs["loss"])

    _, history = fitted(model, epochs=1, batch_size=10, callbacks=[Watcher()])

    assert history.history["loss"] == [
        pytest.approx(np.average(steps, weights=[10, 10, 3]), rel=1e-15)
    ]


def test_validation_losses_are_weighted_means():
    model = classifier()
    held_out = X[:5], CLASSES[:5], [1.0, 0.0, 0.0, 0.0, 3.0]

    _, history = fitted(model, epochs=1, validation_data=held_out)

    losses = [cross_entropy(model(X[i].tolist()), int(CLASSES[i])).data for i in (0, 4)]
    assert history.history["val_loss"] == [
        pytest.approx(np.average(losses, weights=[1, 3]))
    ]


def test_validation_split_holds_out_the_last_examples():
    split, _ = fitted(classifier(), validation_split=0.25)
    model = classifier()
    fit(model, X[:17], CLASSES[:17], epochs=2, batch_size=8, verbose=0)

    assert split.tolist() == state(model).tolist()


# Schedules ----------------------------------------------------------------------------


def test_a_schedule_is_stepped_once_an_epoch():
    _, history = fitted(
        classifier(),
        epochs=4,
        optimizer=lambda parameters: SGD(parameters, lr=0.8),
        schedule=lambda optimizer: StepLR(optimizer, 2, gamma=0.5),
    )

    assert history.history["lr"] == [0.8, 0.8, 0.4, 0.4]


def test_one_cycle_is_stepped_with_every_batch():
    logger = mn.training.LearningRateLogger()
    model = classifier()
    optimizer = SGD(model.parameters())
    schedule = OneCycleLR(optimizer, max_lr=1.0, epochs=2, steps_per_epoch=3)

    fitted(model, optimizer=optimizer, schedule=schedule, callbacks=[logger])

    assert logger.lrs == [schedule.lr_at(step) for step in range(6)]


def test_a_plateau_is_one_of_the_loss_in_validation():
    model = classifier()
    optimizer = SGD(model.parameters(), lr=1e-12)

    _, history = fitted(
        model,
        epochs=4,
        optimizer=optimizer,
        validation_split=0.3,
        schedule=ReduceLROnPlateau(optimizer, factor=0.5, patience=0, eps=0.0),
    )

    assert history.history["lr"][:2] == [1e-12, 1e-12]
    assert history.history["lr"][3] < 1e-12


# Batches of an iterator ---------------------------------------------------------------


def batches():
    for start in range(0, len(X), 8):
        yield X[start : start + 8], CLASSES[start : start + 8]


class Again:
    def __iter__(self):
        return batches()


@backends
@pytest.mark.parametrize("stream", [batches, Again(), Again().__iter__])
def test_batches_may_come_from_an_iterator(backend, stream):
    model, twin = classifier(), classifier()
    expected, _ = fitted(model, backend=backend, shuffle=False)

    history = fit(twin, stream, epochs=2, verbose=0, backend=backend)

    assert state(twin).tolist() == expected.tolist()
    assert list(history.history) == ["loss", "lr"]


def test_one_pass_over_an_iterator_takes_every_batch():
    expected, _ = fitted(classifier(), epochs=1, shuffle=False)
    model = classifier()

    fit(model, batches(), epochs=1, verbose=0)

    assert state(model).tolist() == expected.tolist()


def test_batches_of_an_iterator_may_have_weights():
    expected, _ = fitted(classifier(), shuffle=False, sample_weight=WEIGHTS)
    model = classifier()

    def weighted():
        for start, (x, y) in zip(itertools.count(0, 8), batches(), strict=False):
            yield x, y, WEIGHTS[start : start + 8]

    fit(model, weighted, epochs=2, verbose=0)

    assert state(model).tolist() == expected.tolist()


# What does not fit --------------------------------------------------------------------

HOLED = X.copy()
HOLED[4, 1] = np.nan
REFUSED = {
    "no targets": ({"y": None}, ValueError, "no targets: got y=None"),
    "lengths": ({"y": CLASSES[:5]}, ValueError, r"not one example each: got \[23, 5\]"),
    "no examples": ({"X": X[:0], "y": []}, ValueError, r"got \[0, 0\] examples"),
    "a hole": ({"X": HOLED}, ValueError, r"not finite: got X\[4\]\[1\]=nan"),
    "ragged": ({"X": [[1.0], [1.0, 2.0]]}, ValueError, "ragged: got X="),
    "words": ({"X": ["a"] * 23}, TypeError, "not an array of numbers: got X"),
    "features": ({"X": X[:, :2]}, ValueError, r"Layer\(3 -> 5\) got 2 inputs"),
    "class": ({"y": CLASSES + 1}, ValueError, "no such (index|class)"),
    "negative": ({"y": CLASSES - 1, "loss": "cross_entropy"}, ValueError, "no such"),
    "loss": ({"loss": "nope"}, ValueError, "no such loss: got loss='nope'"),
    "shape": ({"y": X, "loss": "mse_loss"}, ValueError, "shapes differ"),
    "model": ({"model": lambda x: x}, TypeError, "not a model: got model="),
    "optimizer": ({"optimizer": "nope"}, ValueError, "no such optimizer"),
    "made": ({"optimizer": list}, TypeError, "not an optimizer: got"),
    "other": (
        {"optimizer": Adam([Value(1.0)])},
        ValueError,
        "another model's optimizer",
    ),
    "epochs": ({"epochs": -1}, ValueError, "no such count: got epochs=-1"),
    "batch size": ({"batch_size": 0}, ValueError, "got batch_size=0"),
    "accumulate": ({"accumulate": 0}, ValueError, "got accumulate=0"),
    "seed": ({"seed": -1}, ValueError, "got seed=-1"),
    "verbose": ({"verbose": 3}, ValueError, "no such level: got verbose=3"),
    "backend": ({"backend": "gpu"}, ValueError, "no such backend: got backend='gpu'"),
    "split": ({"validation_split": 1.0}, ValueError, "got validation_split=1.0"),
    "tiny split": ({"validation_split": 0.999}, ValueError, "nothing left"),
    "twice": (
        {"validation_split": 0.5, "validation_data": (X, CLASSES)},
        ValueError,
        "held out in one way",
    ),
    "validation": ({"validation_data": X}, ValueError, "not validation data"),
    "validation lengths": (
        {"validation_data": (X, CLASSES[:3])},
        ValueError,
        "in validation X, y",
    ),
    "validation class": (
        {"validation_data": (X, CLASSES + 4)},
        ValueError,
        "no such (index|class)",
    ),
    "weights": ({"sample_weight": -WEIGHTS}, ValueError, "not weights: got sample_wei"),
    "no weight": ({"sample_weight": 0 * WEIGHTS}, ValueError, "not weights"),
    "clip": ({"clip_norm": -1.0}, ValueError, "clip_norm"),
    "clip twice": (
        {"clip_norm": 1.0, "clip_value": 1.0},
        ValueError,
        "clip in one way",
    ),
    "schedule": ({"schedule": 3}, TypeError, "not a schedule: got schedule=3"),
    "other schedule": (
        {"schedule": StepLR(Adam([Value(1.0)]), 1)},
        ValueError,
        "another optimizer's schedule",
    ),
    "callbacks": ({"callbacks": [print]}, TypeError, "not callbacks"),
    "iterator": ({"X": batches(), "y": None}, ValueError, "an iterator ends"),
    "no batches": ({"X": lambda: [], "y": None}, ValueError, "no batches"),
    "bad batches": (
        {"X": lambda: [X], "y": None},
        ValueError,
        "not a batch: got batch 0",
    ),
    "split batches": (
        {"X": batches, "y": None, "validation_split": 0.1},
        ValueError,
        "unknown before",
    ),
}


@backends
@pytest.mark.parametrize(("given", "error", "match"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_before_anything_changes(
    backend, given, error, match
):
    model = classifier()
    before = state(model).tolist()
    arguments = {"X": X, "y": CLASSES, "backend": backend, "verbose": 0} | given

    with pytest.raises(error, match=match):
        fit(arguments.pop("model", model), **arguments)

    assert state(model).tolist() == before
    assert "training" not in vars(model)


@backends
def test_a_batch_of_an_iterator_that_is_refused_names_itself(backend):
    def broken():
        yield from batches()
        yield X[:2], CLASSES[:3]

    with pytest.raises(ValueError, match="examples in batch 3 of epoch 1: X, y"):
        fit(classifier(), broken, verbose=0, backend=backend)


def test_a_model_that_mixes_examples_takes_one_array():
    class Two(Sequential):
        def __call__(self, a, b):
            return super().__call__(a)

    model = Two(Linear(3, 4), BatchNorm1d(4))

    with pytest.raises(ValueError, match="too many inputs: got 2 arrays for Two"):
        fit(model, (X, X), CLASSES, verbose=0)


# Models that cannot be compiled -------------------------------------------------------


class Branching(Linear):
    def __call__(self, x):
        outputs = super().__call__(x)
        return outputs if outputs[0].data > 0.0 else [2.0 * y for y in outputs]


def test_a_model_that_cannot_be_compiled_is_trained_eagerly_with_a_warning():
    with pytest.warns(RuntimeWarning, match="slow: got a Branching .*would freeze"):
        _, history = fitted(Branching(3, 4))

    assert history.backend == "eager"
    assert history.history["loss"][1] < history.history["loss"][0]


def test_a_model_that_cannot_be_compiled_is_refused_if_asked_to():
    with pytest.raises(TypeError, match="the program would freeze this number"):
        fitted(Branching(3, 4), backend="compiled")


# Modes and epochs ---------------------------------------------------------------------


def test_modules_are_in_the_mode_that_they_were_in():
    model = with_dropout()
    model[2].eval()

    fitted(model)

    assert [module.training for module in model] == [True, True, False, True]


def test_no_epochs_are_no_training():
    model = classifier()
    before = state(model).tolist()

    found, history = fitted(model, epochs=0)

    assert found.tolist() == before
    assert (history.history, history.epoch) == ({}, [])


def test_fit_goes_on_from_where_it_was():
    model = classifier()
    optimizer = Adam(model.parameters())

    for _ in range(2):
        fitted(model, optimizer=optimizer)

    assert optimizer.steps == 12


# Numbers that are not finite ----------------------------------------------------------


class Exponential(Module):
    def __init__(self):
        self.rate = Value(1.0, label="rate")

    def __call__(self, x):
        return (self.rate * x).exp()


@backends
def test_a_loss_that_is_not_finite_stops_at_the_op_and_undoes_the_step(backend):
    model = Exponential()
    x = np.array([1.0] * 6 + [1e3])

    with pytest.raises(
        FloatingPointError,
        match=r"epoch 1, step 4, with lr=0.001; .*exp.* gave inf.*a smaller lear",
    ):
        fit(model, x, np.ones(7), batch_size=2, shuffle=False, verbose=0,
            loss="mse_loss", backend=backend)  # fmt: skip

    expected = Exponential()
    fit(expected, x[:6], np.ones(6), batch_size=2, shuffle=False, verbose=0, epochs=1,
        loss="mse_loss", backend=backend)  # fmt: skip
    assert model.rate.data == expected.rate.data != 1.0


@backends
def test_a_step_that_leaves_the_numbers_is_undone(backend):
    model = Linear(3, 1)
    before = state(model).tolist()

    with pytest.raises(FloatingPointError, match="a parameter that is not finite"):
        fitted(model, NUMBERS, backend=backend,
               optimizer=lambda p: SGD(p, lr=1e308))  # fmt: skip

    assert state(model).tolist() == before


@backends
def test_an_anomaly_that_is_looked_for_is_told_with_its_step(backend):
    class Hidden(Exponential):
        def __call__(self, x):
            return 1.0 / (1.0 + (self.rate * x).exp())  # 1 / inf is a number

    with (
        mn.detect_anomaly(),
        pytest.raises(FloatingPointError, match=r"epoch 1, step 2.*gave inf"),
    ):
        fit(Hidden(), [1.0, 1e3], [0.3, 0.7], batch_size=1, shuffle=False, verbose=0,
            backend=backend)  # fmt: skip


@pytest.mark.parametrize("backend", ["compiled", "eager"])
def test_what_a_callback_changes_in_the_loss_counts_from_that_epoch_on(backend):
    factor = [1.0]

    class Growing(Callback):
        def on_epoch_begin(self, epoch):
            factor[0] = 10.0**epoch

    history = fit(
        MLP(1, [1], initializer="zeros"),
        [[1.0]],
        [2.0],
        loss=lambda output, target: factor[0] * mse_loss(output, target),
        optimizer=lambda params: SGD(params, lr=1e-12),
        epochs=3,
        verbose=0,
        backend=backend,
        callbacks=[Growing()],
    )

    assert history.history["loss"] == pytest.approx([4.0, 40.0, 400.0])


def test_a_score_is_that_of_the_model_as_it_is_now():
    net, rows = MLP(1, [2, 1]), [[1.0], [2.0]]
    predict(net, rows)
    net.layers[-1] = MLP(2, [1]).layers[0]

    assert predict(net, rows).ravel().tolist() == [net(row).data for row in rows]


@pytest.mark.parametrize("backend", ["compiled", "eager"])
def test_a_stream_may_bring_weights_later(backend):
    net = MLP(1, [1], initializer="zeros")
    batches = [([[1.0]], [2.0]), ([[1.0], [1.0]], [4.0, -4.0], [0.0, 1.0])]
    fit(
        net,
        lambda: iter(batches),
        optimizer=lambda params: SGD(params, lr=0.25),
        loss="mse_loss",
        epochs=1,
        verbose=0,
        backend=backend,
    )

    assert net(1.0).data == -4.0  # 2 after the first step, then all the way


def test_a_plateau_of_accuracy_is_watched_as_accuracy():
    lrs = fit(
        MLP(1, [1]),
        [[-1.0], [1.0]],
        [0, 1],
        epochs=4,
        verbose=0,
        schedule=lambda optimizer: ReduceLROnPlateau(optimizer, "max", patience=9),
    ).history["lr"]

    assert len(set(lrs)) == 1
    with pytest.raises(ValueError, match="nothing to watch: got a schedule of mode"):
        fit(
            MLP(1, [1]),
            [[1.0]],
            [0.5],
            epochs=1,
            verbose=0,
            schedule=lambda optimizer: ReduceLROnPlateau(optimizer, mode="max"),
        )


def test_weights_that_leave_nothing_held_out_are_refused_before_training():
    with pytest.raises(ValueError, match="not weights: got validation sample_weight"):
        fit(
            MLP(1, [1]),
            [[1.0]] * 4,
            [0.5] * 4,
            sample_weight=[1, 1, 1, 0],
            validation_split=0.25,
            verbose=0,
        )


def test_a_seed_may_be_an_integer_of_numpy():
    assert fit(MLP(1, [1]), [[1.0]], [2.0], seed=np.int64(3), epochs=1, verbose=0)


@pytest.mark.parametrize("backend", ["compiled", "eager"])
@pytest.mark.parametrize("as_list", [True, False])
def test_batches_may_be_a_list_and_classes_may_be_floats(backend, as_list):
    classes = np.array([0.0, 1.0, 2.0, 1.0])
    batches = [(np.ones((4, 2)), classes), (np.zeros((4, 2)), classes)]
    history = fit(
        MLP(2, [3]),
        batches if as_list else lambda: iter(batches),
        epochs=2,
        verbose=0,
        backend=backend,
    )

    assert len(history.history["loss"]) == 2


def test_accuracy_counts_examples_by_their_weights():
    net = MLP(1, [2], initializer="zeros")
    net.layers[0].neurons[1].b.data = 1.0  # always the second class
    weights = np.array([3.0, 1.0])
    history = fit(
        net,
        [[0.0], [0.0]],
        [0, 1],
        sample_weight=weights,
        optimizer=lambda params: SGD(params, lr=1e-12),
        epochs=1,
        verbose=0,
    )

    assert history.history["accuracy"] == [0.25]


def test_a_score_may_be_told_the_loss():
    net = MLP(1, [1], initializer="zeros")
    net.layers[0].neurons[0].b.data = 0.5

    assert score(net, [[0.0], [1.0]], [0, 1]) == 0.5  # as if it were a logit
    assert score(net, [[0.0], [1.0]], [0, 1], loss="mse_loss") == 0.0  # R²
