"""What each generator promises: its geometry, its truth, and what models can learn."""

import numpy as np
import pytest
from sklearn import datasets as sklearn_datasets
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier

from micrograd_nn.datasets import (
    bag_of_words,
    cats,
    houses,
    make_cats,
    make_circles,
    make_gauss,
    make_houses,
    make_messages,
    make_moons,
    make_recall,
    make_reverse,
    make_reviews,
    make_spiral,
    make_xor,
    messages,
    reviews,
)


def in_order(X):
    return sorted(map(tuple, (np.round(X, 6) + 0.0).tolist()))


def accuracy_of_a_line(X, y):
    return LogisticRegression().fit(X, y).score(X, y)


# Points in the plane ------------------------------------------------------------------


@pytest.mark.parametrize("n_samples", [10, 100])
@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize(
    ("ours", "theirs", "arguments"),
    [
        (make_moons, sklearn_datasets.make_moons, {}),
        (make_circles, sklearn_datasets.make_circles, {"factor": 0.3}),
    ],
)
def test_without_noise_the_points_are_those_of_scikit_learn(
    ours, theirs, arguments, n_samples, label
):
    X, y = ours(n_samples, noise=0.0, **arguments)
    expected_X, expected_y = theirs(n_samples, **arguments)

    assert in_order(X[y == label]) == in_order(expected_X[expected_y == label])


@pytest.mark.parametrize(
    "make", [make_moons, make_circles, make_xor, make_gauss, make_spiral]
)
def test_noise_is_a_standard_deviation(make):
    points = {noise: make(4000, noise=noise, seed=3) for noise in (0.0, 0.5)}
    moved = points[0.5].X - points[0.0].X

    assert np.array_equal(points[0.5].y, points[0.0].y)
    assert moved.std(axis=0) == pytest.approx([0.5, 0.5], rel=0.05)
    assert moved.mean(axis=0) == pytest.approx([0.0, 0.0], abs=0.03)


def test_circles_have_the_radii_one_and_factor():
    X, y = make_circles(noise=0.0, factor=0.3)

    assert np.hypot(*X.T) == pytest.approx(np.where(y == 1, 0.3, 1.0), abs=1e-5)


def test_xor_is_decided_by_the_signs():
    X, y = make_xor(500)

    assert np.array_equal(y == 1, X[:, 0] * X[:, 1] < 0)
    assert abs(X).min() >= 0.06
    assert abs(X).max() <= 1.0
    assert len({tuple(signs) for signs in np.sign(X)}) == 4


def test_gauss_is_two_clouds():
    X, y = make_gauss(4000, noise=0.1)

    assert X[y == 0].mean(axis=0) == pytest.approx([-0.4, -0.4], abs=0.01)
    assert X[y == 1].mean(axis=0) == pytest.approx([0.4, 0.4], abs=0.01)


def test_each_arm_of_the_spiral_is_the_other_one_turned():
    X, y = make_spiral(100)

    assert in_order(X[y == 0]) == in_order(-X[y == 1])
    assert np.hypot(*X.T).max() == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("make", "low", "high"),
    [
        (make_gauss, 0.99, 1.0),
        (make_moons, 0.8, 0.92),
        (make_circles, 0.45, 0.6),
        (make_xor, 0.45, 0.65),
        (make_spiral, 0.5, 0.65),
    ],
)
def test_how_far_a_straight_line_gets(make, low, high):
    assert low <= accuracy_of_a_line(*make()) <= high


# Houses -------------------------------------------------------------------------------


def test_without_noise_prices_are_the_truth():
    X, y = make_houses(noise=0.0)
    truth = np.array([houses.PRICES[name] for name in houses.FEATURES])

    assert y == pytest.approx(houses.PRICES["base"] + X @ truth, abs=0.51)


@pytest.mark.parametrize("seed", range(6))
def test_a_linear_model_finds_the_price_of_a_square_metre(seed):
    X, y = make_houses(seed=seed)
    model = LinearRegression().fit(X, y)

    assert abs(model.coef_[0] - 2200.0) < 50.0
    assert model.score(X, y) > 0.99


def test_nonlinearity_bends_the_price():
    X, y = make_houses(noise=0.0)
    _, bent = make_houses(noise=0.0, nonlinearity=1.0)

    assert bent - y == pytest.approx(10.0 * (X[:, 0] - 100.0) ** 2, abs=1.01)


def test_outliers_have_a_zero_too_many():
    _, y = make_houses(noise=0.0)
    _, wrong = make_houses(noise=0.0, outliers=0.05)
    ratio = wrong / y

    assert (ratio > 5.0).sum() == 10  # of 200
    assert sorted(set(ratio.round(3))) == [1.0, 10.0]


# Cats ---------------------------------------------------------------------------------


def test_one_in_two_is_a_cat_and_the_others_are_of_every_kind():
    kinds = np.bincount(make_cats(500, target="kind").y)

    assert kinds.tolist() == [100] * 5
    assert make_cats(500).y.sum() == 250
    assert make_cats(4, target="kind").target_names == cats.KINDS


def test_drawings_differ_from_each_other():
    pictures = [
        cats.render(drawing, 0.0, 0.0, 0.8) for drawing in cats.DRAWINGS.values()
    ]

    for i, one in enumerate(pictures):
        for other in pictures[:i]:
            assert abs(one - other).sum() > 5.0  # pixels, of about 40 that are inked


def test_faces_are_symmetric():
    for drawing in (cats.draw_cat, cats.draw_dog, cats.draw_bear, cats.draw_house):
        picture = cats.render(drawing, 0.0, 0.0, 0.8)

        assert np.array_equal(picture, picture[:, ::-1])


def test_a_drawing_moves_by_whole_pixels():
    still = cats.render(cats.draw_cat, 0.0, 0.0, 0.6)
    moved = cats.render(cats.draw_cat, 2.0, 1.0, 0.6)

    assert np.array_equal(np.roll(still, (1, 2), axis=(0, 1)), moved)


def test_clean_cats_have_a_white_background():
    images = make_cats(50, noise=0.0).images

    assert (images == 0.0).mean() > 0.5
    assert images.max(axis=(1, 2)).min() >= 0.6


# Messages -----------------------------------------------------------------------------


def test_the_comma_gives_spam_away():
    train, test = make_messages(seed=0), make_messages(400, seed=1)
    model = LogisticRegression().fit(train.X, train.y)
    words = [train.feature_names[i] for i in np.argsort(-model.coef_[0])]

    assert model.score(test.X, test.y) == 1.0
    assert words[0] == ","


def test_only_templates_of_spam_have_commas():
    assert all("," in template for template in messages.SPAM)
    assert not any("," in template for template in messages.HAM)


@pytest.mark.parametrize("make", [make_messages, make_reviews])
def test_every_seed_has_the_same_columns_and_every_word_its_own(make):
    data = make(seed=1)

    assert data.vocabulary == make(seed=2).vocabulary
    assert data.feature_names == data.vocabulary.tokens
    assert np.array_equal(data.X, bag_of_words(data.texts, data.vocabulary))
    assert make(3000).X.any(axis=0).all()


# Reviews ------------------------------------------------------------------------------


def polarity(clause):
    words = clause.split()
    good = words[-1] in reviews.ADJECTIVES[1]
    return int(good != ("not" in words))


def test_the_last_clause_decides_and_not_turns_it_around():
    data = make_reviews(500)

    assert [polarity(text.split(" but ")[-1]) for text in data.texts] == data.y.tolist()


def test_the_clauses_around_but_contradict_each_other():
    pairs = [text.split(" but ") for text in make_reviews(contrast=1.0).texts]

    assert all(polarity(first) != polarity(last) for first, last in pairs)


@pytest.mark.parametrize(
    ("argument", "word"), [("negation", " not "), ("contrast", " but ")]
)
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_shares_of_negation_and_contrast(argument, word, share):
    texts = make_reviews(1000, **{"contrast": 0.0, argument: share}).texts

    assert np.mean([word in text for text in texts]) == pytest.approx(share, abs=0.05)


def test_the_share_of_intensifiers():
    texts = make_reviews(1000, contrast=0.0, intensity=0.6).texts
    intense = [any(w in t.split() for w in reviews.INTENSIFIERS) for t in texts]

    assert np.mean(intense) == pytest.approx(0.6, abs=0.05)


def test_a_linear_bag_of_words_reads_plain_reviews_but_no_negation():
    plain = make_reviews(negation=0.0, contrast=0.0)
    train, test = make_reviews(), make_reviews(1000, seed=1)
    model = LogisticRegression().fit(train.X, train.y)

    assert accuracy_of_a_line(*plain) == 1.0
    assert 0.44 < model.score(test.X, test.y) < 0.56


def test_hidden_units_read_negation_but_no_order():
    train, test = make_reviews(), make_reviews(1000, seed=1)
    model = MLPClassifier((8,), learning_rate_init=0.01, alpha=0.01, random_state=0)
    model.max_iter = 600
    model.fit(train.X, train.y)

    assert 0.85 < model.score(test.X, test.y) < 0.93


# Sequences ----------------------------------------------------------------------------


def test_recall_asks_for_the_first_symbol_which_comes_never_again():
    X, y = make_recall(n_samples=90, length=7, n_symbols=3, n_distractors=2)
    numbers = X.argmax(axis=-1)

    assert X.shape == (90, 7, 5)
    assert np.array_equal(X.sum(axis=-1), np.ones((90, 7)))
    assert np.array_equal(numbers[:, 0], y)
    assert np.bincount(y).tolist() == [30, 30, 30]
    assert set(numbers[:, 1:].ravel()) == {3, 4}


def test_reverse_asks_for_the_symbols_backwards():
    data = make_reverse(n_samples=200, length=4, n_symbols=3)

    assert data.X.shape == (200, 4)
    assert set(data.X.ravel()) == {0, 1, 2}
    assert np.array_equal(data.y, data.X[:, ::-1])
    assert "".join(data.vocabulary.decode(data.y[0])) == data.texts[0][::-1]
