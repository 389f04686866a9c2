import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from micrograd_nn.datasets import (
    END,
    Vocabulary,
    bag_of_words,
    context_windows,
    make_messages,
    make_reviews,
    one_hot,
    tokenize,
    word_sequences,
)

WORDS = Vocabulary(("bad", "good", "not"))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Not good!", ["not", "good", "!"]),
        ("a,b", ["a", ",", "b"]),
        ("I don't", ["i", "don't"]),
        ("50 euros?!", ["50", "euros", "?", "!"]),
        ("Größe", ["größe"]),
        ("  ", []),
        ("", []),
    ],
)
def test_tokens_are_words_in_lower_case_and_marks(text, tokens):
    assert tokenize(text) == tokens


# Vocabulary ---------------------------------------------------------------------------


def test_a_vocabulary_numbers_its_tokens_in_order():
    assert [WORDS.encode([token])[0] for token in WORDS] == [0, 1, 2]
    assert len(WORDS) == 3
    assert "good" in WORDS
    assert "great" not in WORDS


def test_a_vocabulary_of_sequences_is_sorted_after_what_comes_first():
    assert Vocabulary.of([["b", "a"], ["c", "a"]]).tokens == ("a", "b", "c")
    assert Vocabulary.of(["ba."], first=END).tokens == (END, "a", "b")


def test_decoding_undoes_encoding():
    characters = Vocabulary.of(["hello"])

    assert "".join(characters.decode(characters.encode("hole"))) == "hole"
    assert characters.decode(np.array([0])) == ["e"]


def test_vocabularies_of_the_same_tokens_are_equal():
    assert Vocabulary(("a", "b")) == Vocabulary.of(["ab"])
    assert Vocabulary(("a", "b")) != Vocabulary(("b", "a"))


def test_an_unknown_token_has_no_number():
    with pytest.raises(ValueError, match=r"not in the vocabulary: got 'great' \(str\)"):
        WORDS.encode(["not", "great"])


@pytest.mark.parametrize("number", [-1, 3])
def test_a_number_out_of_range_has_no_token(number):
    with pytest.raises(
        IndexError, match=rf"got number={number} \(int\); .* 0 \.\.\. 2"
    ):
        WORDS.decode([number])


def test_a_token_stands_once():
    with pytest.raises(ValueError, match=r"twice in the vocabulary: got 'a' \(str\)"):
        Vocabulary(("a", "b", "a"))


# Bags and sequences -------------------------------------------------------------------


@pytest.mark.parametrize("make", [make_messages, make_reviews])
def test_bags_are_those_of_scikit_learn(make):
    data = make()
    theirs = CountVectorizer(
        tokenizer=tokenize, token_pattern=None, vocabulary=data.vocabulary.tokens
    )

    assert np.array_equal(data.X, theirs.fit_transform(data.texts).toarray())


def test_a_bag_forgets_the_order_and_unknown_words():
    bags = bag_of_words(["not good", "good not", "not really good"], WORDS)

    assert bags.tolist() == [[0.0, 1.0, 1.0]] * 3


def test_no_texts_make_no_bags():
    assert bag_of_words([], WORDS).shape == (0, 3)
    assert bag_of_words([""], WORDS).tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize(
    ("length", "rows"),
    [
        (None, [[2, 2, 1], [3, 3, 0]]),
        (4, [[3, 2, 2, 1], [3, 3, 3, 0]]),
        (2, [[2, 1], [3, 0]]),
        (1, [[1], [0]]),
    ],
)
def test_sequences_end_with_the_last_word(length, rows):
    texts = ["not really not good", "bad"]

    assert word_sequences(texts, WORDS, length).tolist() == rows


def test_sequences_of_nothing():
    assert word_sequences([], WORDS).shape == (0, 0)
    assert word_sequences([""], WORDS, length=2).tolist() == [[3, 3]]
    with pytest.raises(ValueError, match=r"got length=0 \(int\)"):
        word_sequences(["bad"], WORDS, length=0)


# One-hot ------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,)])
def test_one_hot_adds_an_axis(shape):
    indices = np.arange(np.prod(shape, dtype=int)).reshape(shape) % 4
    hot = one_hot(indices, 4)

    assert hot.shape == (*shape, 4)
    assert np.array_equal(hot.argmax(axis=-1), indices)
    assert np.array_equal(hot.sum(axis=-1), np.ones(shape))


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        ([0, 3], r"not indices: got 3 \(int64\) in indices; .* 0 \.\.\. 2"),
        ([-1], r"got -1 \(int64\)"),
        ([0.5], r"got 0\.5 \(float64\)"),
        ([1.0], r"got float64"),
    ],
)
def test_one_hot_refuses_what_is_no_index(indices, message):
    with pytest.raises(ValueError, match=message):
        one_hot(indices, 3)


def test_one_hot_needs_a_class():
    with pytest.raises(ValueError, match=r"got num_classes=0"):
        one_hot([0], 0)


# Windows ------------------------------------------------------------------------------


def test_windows_hold_what_comes_before_each_character():
    X, y = context_windows(["ab", "b"], Vocabulary.of(["ab"], first=END), size=3)

    assert X.tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 2], [0, 0, 0], [0, 0, 2]]
    assert y.tolist() == [1, 2, 0, 2, 0]


def test_no_texts_have_no_windows():
    X, y = context_windows([], WORDS, size=2)

    assert (X.shape, y.shape) == ((0, 2), (0,))


def test_windows_have_a_size():
    with pytest.raises(TypeError, match=r"got size=None \(NoneType\)"):
        context_windows(["ab"], WORDS, size=None)
