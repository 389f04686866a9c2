"""What lessons 13 and 14 promise, on the real engine: `make test-slow` runs them.

Each prints what it measured: `pytest -m slow -s tests/test_curriculum_tools.py`.
"""

import copy
import random
import time

import numpy as np
import pytest

from micrograd_nn.compress import distil, prune, quantize
from micrograd_nn.datasets import make_catch
from micrograd_nn.nn.autoencoder import Autoencoder
from micrograd_nn.reinforcement import play
from micrograd_nn.training import fit, predict, score
from tests.curriculum import images
from tests.curriculum.games import learn_catch, player
from tests.curriculum.images import reader_of_digits, split_digits
from tests.curriculum.lesson import adam

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def digits():
    pytest.importorskip("sklearn")
    return split_digits()


@pytest.fixture(scope="module")
def trained(digits):
    """A 64-32-10 net that reads digits; copy it before you change it."""
    lesson = images.digits(seed=0)
    lesson.fit()
    assert lesson.score() > 0.96
    return lesson.model


def test_half_of_the_weights_go_unnoticed_and_the_rest_comes_back(digits, trained):
    X_train, X_test, y_train, y_test = digits
    found, start = {}, time.perf_counter()
    for amount in (0.5, 0.7, 0.8, 0.9):
        model = copy.deepcopy(trained)
        pruning = prune(model, amount)
        before = score(model, X_test, y_test)
        fit(model, X_train, y_train, epochs=5, optimizer=adam(0.01), verbose=0)
        found[amount] = before, score(model, X_test, y_test)
        zeros = sum(x == 0.0 for name, x in model.state_dict().items() if ".w." in name)
        assert zeros == sum(pruning.zeros.values()) == round(amount * 2368)
    print(f"\npruned: {found}, {time.perf_counter() - start:.1f} s")

    assert found[0.5][0] > 0.93
    assert found[0.7][1] > 0.95
    assert found[0.8][0] < 0.85
    assert found[0.8][1] > 0.94
    assert found[0.9][0] < 0.6
    assert found[0.9][1] > 0.85


def test_four_bits_are_enough_and_two_are_not(digits, trained):
    _, X_test, _, y_test = digits
    full, found = score(trained, X_test, y_test), {}
    model = copy.deepcopy(trained)
    for bits in (8, 4, 3, 2):
        quantization = quantize(model, bits)
        found[bits] = score(model, X_test, y_test)
        quantization.undo()
    print(f"\nof {full:.3f} by bits: {found}")

    assert abs(found[8] - full) < 0.01
    assert found[4] > full - 0.04
    assert 0.7 < found[3] < found[4]
    assert found[2] < 0.5
    assert score(model, X_test, y_test) == full


def test_fifty_images_are_more_with_a_teacher(digits, trained):
    X_train, X_test, y_train, y_test = digits
    settings = {"epochs": 100, "optimizer": adam(0.01), "verbose": 0}
    hard, soft = [], []
    for seed in range(3):
        few = np.random.default_rng(seed).permutation(len(X_train))[:50]
        alone, student = (reader_of_digits(seed + 1, hidden=16) for _ in range(2))
        fit(alone, X_train[few], y_train[few], **settings)
        distil(student, trained, X_train[few], **settings)
        hard.append(score(alone, X_test, y_test))
        soft.append(score(student, X_test, y_test))
    print(f"\n50 images: labels {hard}, teacher {soft}")

    assert all(b > a + 0.03 for a, b in zip(hard, soft, strict=True))
    assert min(soft) > 0.85


def test_a_student_reads_a_digit_that_it_never_saw(digits, trained):
    X_train, X_test, y_train, y_test = digits
    seen, threes = y_train != 3, y_test == 3
    settings = {"epochs": 20, "optimizer": adam(0.01), "verbose": 0}
    alone, student = reader_of_digits(seed=1), reader_of_digits(seed=1)
    fit(alone, X_train[seen], y_train[seen], **settings)
    distil(student, trained, X_train[seen], **settings)
    without = score(alone, X_test[threes], y_test[threes])
    found = score(student, X_test[threes], y_test[threes])
    print(f"\n3s read right: labels {without:.3f}, teacher {found:.3f}")

    assert without == 0.0
    assert found > 0.75
    assert score(student, X_test, y_test) > 0.93


@pytest.mark.parametrize("seed", range(4))
def test_catch_is_learned_from_rewards_alone(seed):
    policy, start = player(seed), time.perf_counter()
    rewards = learn_catch(policy, seed)
    seconds = time.perf_counter() - start
    first = np.mean(np.array(rewards[:200]) > 0.0)
    found = np.mean(np.array(play(policy, make_catch(seed=seed + 100), 500)) > 0.0)
    print(f"\ncatch, seed {seed}: {first:.3f} -> {found:.3f} in {seconds:.1f} s")

    assert first < 0.45
    assert found >= 0.97


def test_the_map_of_an_autoencoder_is_better_than_that_of_pca(digits):
    decomposition = pytest.importorskip("sklearn.decomposition")
    from sklearn.neighbors import KNeighborsClassifier

    X_train, X_test, y_train, y_test = digits

    def neighbours(train, test):
        return KNeighborsClassifier(5).fit(train, y_train).score(test, y_test)

    pca = decomposition.PCA(2).fit(X_train)
    of_pca = neighbours(pca.transform(X_train), pca.transform(X_test))
    random.seed(0)
    net, start = Autoencoder([64, 64, 32, 2]), time.perf_counter()
    fit(net, X_train, X_train, epochs=50, optimizer=adam(0.003), verbose=0)
    seconds = time.perf_counter() - start
    codes = predict(net.encoder, X_train), predict(net.encoder, X_test)
    found = neighbours(*codes)
    print(f"\nmap: autoencoder {found:.3f} in {seconds:.1f} s, PCA {of_pca:.3f}")

    assert found > 0.74
    assert found > of_pca + 0.08
