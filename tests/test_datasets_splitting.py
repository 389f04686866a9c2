"""train_test_split and StandardScaler, against scikit-learn's own where they agree."""

import numpy as np
import pytest
from sklearn import preprocessing

from micrograd_nn.datasets import StandardScaler, make_houses, train_test_split

X, Y = np.arange(40).reshape(20, 2), np.repeat([0, 1], [15, 5])


@pytest.mark.parametrize(
    ("test_size", "held_out"), [(0.25, 5), (0.3, 6), (0.01, 1), (7, 7), (19, 19)]
)
def test_as_many_are_held_out_as_asked_for(test_size, held_out):
    train, test = train_test_split(X, test_size=test_size)

    assert (len(train), len(test)) == (20 - held_out, held_out)


def test_every_example_is_in_one_part_with_its_target():
    X_train, X_test, y_train, y_test = train_test_split(X, Y)

    together = sorted(X_train[:, 0].tolist() + X_test[:, 0].tolist())
    assert together == X[:, 0].tolist()
    assert np.array_equal(Y[X_train[:, 0] // 2], y_train)
    assert np.array_equal(Y[X_test[:, 0] // 2], y_test)


def test_the_seed_decides():
    one, same, other = (train_test_split(X, seed=seed)[1] for seed in (1, 1, 2))

    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("test_size", "ones"), [(4, 1), (0.4, 2), (12, 3), (16, 4)])
def test_stratified_parts_have_the_same_share_of_each_class(test_size, ones, seed):
    _, y_test = train_test_split(Y, test_size=test_size, stratify=Y, seed=seed)

    assert y_test.sum() == ones


@pytest.mark.parametrize("classes", [3, 7])
def test_stratified_shares_are_off_by_less_than_one_example(classes):
    y = np.random.default_rng(0).integers(classes, size=101)
    _, y_test = train_test_split(y, test_size=30, stratify=y)
    expected = 30 / 101 * np.bincount(y, minlength=classes)

    assert abs(np.bincount(y_test, minlength=classes) - expected).max() < 1.0


def test_stratified_parts_are_random_within_a_class():
    parts = [train_test_split(X, stratify=Y, seed=seed)[1] for seed in range(5)]

    assert len({tuple(sorted(part[:, 0])) for part in parts}) == 5


def test_lists_stay_lists_and_words_can_be_classes():
    texts = [f"text {i}" for i in range(20)]
    labels = ["spam" if y else "ham" for y in Y]
    train, test, _, y_test = train_test_split(texts, tuple(labels), stratify=labels)

    assert type(train) is type(test) is list
    assert type(y_test) is tuple
    assert y_test.count("spam") == 1
    assert set(train) | set(test) == set(texts)


@pytest.mark.parametrize(
    ("arrays", "arguments", "error", "message"),
    [
        ((), {}, TypeError, r"nothing to split: got arrays=\(\)"),
        ((X, Y[:3]), {}, ValueError, r"lengths differ: got lengths=\[20, 3\]"),
        ((X,), {"stratify": Y[:3]}, ValueError, r"got lengths=\[20, 3\]"),
        ((X,), {"test_size": 0}, ValueError, r"empty: got test_size=0 \(int\) of 20"),
        ((X,), {"test_size": 1.0}, ValueError, r"got test_size=1\.0 \(float\) of 20"),
        ((X,), {"test_size": 20}, ValueError, r"an integer from 1 to 19"),
        ((X,), {"test_size": -0.5}, ValueError, r"got test_size=-0\.5"),
        ((X,), {"test_size": "half"}, TypeError, r"got test_size='half'"),
        ((X,), {"seed": -1}, ValueError, r"got seed=-1"),
    ],
)
def test_what_cannot_be_split(arrays, arguments, error, message):
    with pytest.raises(error, match=message):
        train_test_split(*arrays, **arguments)


# StandardScaler -----------------------------------------------------------------------


def test_scaled_columns_are_those_of_scikit_learn():
    houses, _ = make_houses()
    ours, theirs = StandardScaler(), preprocessing.StandardScaler()
    scaled = ours.fit_transform(houses[:150])

    np.testing.assert_allclose(scaled, theirs.fit_transform(houses[:150]), atol=1e-13)
    np.testing.assert_allclose(ours.mean_, theirs.mean_)
    np.testing.assert_allclose(ours.scale_, theirs.scale_)
    np.testing.assert_allclose(
        ours.transform(houses[150:]), theirs.transform(houses[150:]), atol=1e-13
    )


def test_scaling_back_gives_the_numbers_before():
    scaler = StandardScaler()
    _, prices = make_houses()

    back = scaler.inverse_transform(scaler.fit_transform(prices))

    np.testing.assert_allclose(back, prices)


def test_a_column_of_equal_numbers_becomes_zeros():
    assert StandardScaler().fit_transform([[5.0], [5.0]]).tolist() == [[0.0], [0.0]]


def test_fit_returns_the_scaler():
    scaler = StandardScaler()

    assert scaler.fit([[1.0], [2.0]]) is scaler


@pytest.mark.parametrize("method", ["transform", "inverse_transform"])
def test_a_scaler_has_to_be_fitted(method):
    with pytest.raises(
        RuntimeError, match=r"knows no mean yet: .*scaler\.fit\(X_train"
    ):
        getattr(StandardScaler(), method)([[1.0]])


def test_nothing_has_no_mean():
    scaler = StandardScaler()

    with pytest.raises(ValueError, match=r"got X of shape \(0, 2\)"):
        scaler.fit(np.zeros((0, 2)))
    assert not hasattr(scaler, "mean_")
