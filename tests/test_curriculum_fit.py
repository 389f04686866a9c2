"""What the lessons about nets and training promise: `make test-slow` runs them.

Each prints what it measured: `pytest -m slow -s tests/test_curriculum_fit.py`.
"""

import functools
import time

import numpy as np
import pytest

from micrograd_nn.datasets.houses import PRICES
from micrograd_nn.losses import cross_entropy
from micrograd_nn.optim import CosineAnnealingLR
from micrograd_nn.training import EarlyStopping, predict
from tests.curriculum.houses import houses, prices
from tests.curriculum.images import cats, digits
from tests.curriculum.lesson import sgd
from tests.curriculum.plane import DEEP, bending, going_deep, overfitting

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def report():
    """A function that prints what was measured, and the time until then."""
    start = time.perf_counter()

    def report(text):
        print(f"\n{text}, {time.perf_counter() - start:.1f} s", end=" ")

    return report


# Lesson 04: bending space -------------------------------------------------------------


@pytest.mark.parametrize("data", ["moons", "circles", "xor", "spiral"])
def test_without_activations_three_layers_are_a_line(data, report):
    found = {}
    for activation in (None, "relu"):
        lesson = bending(data, activation)
        lesson.fit()
        found[activation] = lesson.score()
    report(f"{data}: {found}")
    line = bending(data, None)
    line.fit()
    outputs = predict(line.model, [[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]])

    np.testing.assert_allclose(outputs[1], (outputs[0] + outputs[2]) / 2, atol=1e-9)
    assert found[None] < 0.9
    assert found["relu"] > 0.99


# Lesson 05: prices, learning rates, batches -------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_the_price_of_a_square_metre_is_found(seed, report):
    lesson, scalers = houses(seed)
    lesson.fit()
    found = prices(lesson.model, scalers)
    report(f"{found.round()} euros, R² {lesson.score():.4f}")

    assert abs(found[0] - PRICES["area"]) < 50.0
    assert abs(found[3] - PRICES["distance"]) < 300.0
    assert lesson.score() > 0.99


def test_a_learning_rate_is_too_small_right_or_too_large(report):
    found = {}
    for lr in (0.001, 0.1, 0.5, 2.0):
        lesson = digits(optimizer=sgd(lr), epochs=10)
        lesson.fit()
        found[lr] = lesson.score()
    report(f"by learning rate: {found}")

    assert found[0.001] < 0.3
    assert found[0.1] > 0.92
    assert found[0.5] > 0.94
    assert found[2.0] < 0.2


def test_small_batches_learn_more_from_ten_epochs(report):
    found = {}
    for size in (8, 32, 128, 1437):
        lesson = digits(optimizer=sgd(0.1), epochs=10, batch_size=size)
        lesson.fit()
        found[size] = lesson.score()
    report(f"by batch size: {found}")

    assert found[8] > 0.94
    assert found[1437] < 0.5
    assert sorted(found.values(), reverse=True) == list(found.values())


@pytest.mark.parametrize("seed", range(3))
def test_a_large_learning_rate_that_falls_ends_better(seed, report):
    found = []
    for schedule in (None, lambda optimizer: CosineAnnealingLR(optimizer, 20)):
        lesson = digits(seed, sgd(1.0), epochs=20, batch_size=16)
        found.append(lesson.fit(schedule=schedule).history["loss"][-1])
    report(f"loss with constant and cosine rate: {found}")

    assert found[1] < 0.5 * found[0]


# Lesson 06: digits --------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_digits_are_read(seed, report):
    lesson = digits(seed)
    lesson.fit(backend="compiled")
    report(f"digits 64-32-10: {lesson.score():.4f}")

    assert lesson.score() >= 0.96


# Lesson 07: overfitting ---------------------------------------------------------------


def surprise(model, points):
    """The mean cross-entropy, without any penalty."""
    X, y = points
    return cross_entropy(predict(model, X).tolist(), y.tolist()).data


@pytest.mark.parametrize("seed", range(1, 4))
def test_what_is_learned_by_heart_is_wrong_elsewhere(seed, report):
    stopping = EarlyStopping(patience=20, restore_best_weights=True)
    ways = {
        "nothing": overfitting(seed),
        "L2": overfitting(seed, decay=0.01),
        "early stopping": overfitting(seed, callbacks=[stopping]),
    }
    found = {}
    for name, lesson in ways.items():
        lesson.fit()
        found[name] = [surprise(lesson.model, x) for x in (lesson.train, lesson.test)]
    shown = {name: [round(x, 3) for x in pair] for name, pair in found.items()}
    report(f"losses in training and elsewhere: {shown}")

    assert found["nothing"][0] < 0.01
    assert found["nothing"][1] > 1.0
    for name in ("L2", "early stopping"):
        assert found[name][0] > 0.1
        assert found[name][1] < 0.5


# Lesson 08: going deep ----------------------------------------------------------------


@functools.cache
def scores_of_deep(kind):
    """Of six seeds."""
    lessons = [going_deep(kind, seed) for seed in range(6)]
    for lesson in lessons:
        lesson.fit()
    return [lesson.score() for lesson in lessons]


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [
        ("ReLU, He", 0.99, 1.0),
        ("tanh, Xavier", 0.9, 1.0),
        ("sigmoid", 0.5, 0.5),
        ("sigmoid, skips", 0.75, 0.95),
        ("sigmoid, batch norm", 0.7, 1.0),
    ],
)
def test_eight_layers_learn_or_do_not(kind, least, most, report):
    found = scores_of_deep(kind)
    report(f"{kind}: {found}")

    assert set(DEEP) >= {kind}
    assert min(found) >= least
    assert max(found) <= most


def test_gradients_vanish_in_sigmoids_and_not_in_relus(report):
    shares = {}
    for kind in ("ReLU, He", "sigmoid"):
        lesson = going_deep(kind, seed=0)
        X, y = lesson.train
        outputs = [lesson.model(x) for x in X[:20].tolist()]
        cross_entropy(outputs, y[:20].tolist()).backward()
        linear = [layer for layer in lesson.model if hasattr(layer, "weight")]
        norms = [
            np.linalg.norm([w.grad for row in layer.weight for w in row])
            for layer in (linear[0], linear[-1])
        ]
        shares[kind] = norms[0] / norms[1]
    report(f"gradient of the first layer over the last: {shares}")

    assert shares["ReLU, He"] > 1e-2
    assert shares["sigmoid"] < 1e-4


# Lesson 09: cats ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_a_convolution_finds_cats_where_a_dense_net_does_not(seed, report):
    found, sizes = {}, {}
    for kind in ("CNN", "MLP"):
        lesson = cats(kind, seed)
        lesson.fit()
        found[kind], sizes[kind] = lesson.score(), len(lesson.model.parameters())
    report(f"{found} with {sizes} parameters")

    assert sizes == {"CNN": 226, "MLP": 1178}
    assert found["CNN"] > 0.88
    assert found["MLP"] < 0.82
    assert found["CNN"] > found["MLP"] + 0.1
