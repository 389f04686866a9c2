"""Made-up film reviews whose meaning depends on the order of the words.

>>> data = make_reviews(n_samples=4)
>>> for text, label in zip(data.texts, data.y):
...     print(data.target_names[label], "|", text)
negative | the ending was awful
negative | the film was very clever but the cast was really dull
positive | the ending was not really bad
positive | the music was great
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn.datasets.dataset import Dataset, Returned, returned
from micrograd_nn.datasets.seeds import balanced_classes, generator
from micrograd_nn.datasets.text import bag_of_words
from micrograd_nn.datasets.vocabulary import Vocabulary
from micrograd_nn.ranges import in_range, whole_number

SUBJECTS = ("film", "plot", "cast", "music", "ending")
ADJECTIVES = (  # by the class of the review that says so
    ("bad", "boring", "awful", "weak", "dull"),
    ("good", "great", "funny", "lovely", "clever"),
)
INTENSIFIERS = ("very", "really", "so")
WORDS = Vocabulary.of(
    [SUBJECTS, *ADJECTIVES, INTENSIFIERS, ("the", "was", "not", "but")]
)


def make_reviews(
    n_samples: int = 400,
    *,
    negation: float = 0.5,
    contrast: float = 0.2,
    intensity: float = 0.3,
    seed: int | None = 0,
    return_X_y: bool = False,
) -> Returned:
    """Reviews, half of them good: `texts`, and in X how often each word is there.

    "not" turns a review around, and after "but" comes what counts.

    Args:
        n_samples: How many reviews, at least 2.
        negation: Share of the clauses with "not", from 0 to 1. At 0.5, neither "not"
            nor an adjective alone tells anything.
        contrast: Share of the reviews of two clauses with "but" between them, which
            contradict each other.
        intensity: Share of the clauses with "very" or the like, which change nothing.
        seed: Of the random numbers; None for other reviews every time.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If one is out of range.
    """
    n, rng = whole_number(n_samples, "n_samples", least=2), generator(seed)
    negated = in_range(negation, "negation", high=1.0, ends="[]")
    intense = in_range(intensity, "intensity", high=1.0, ends="[]")
    share = in_range(contrast, "contrast", high=1.0, ends="[]")
    y = balanced_classes(n, 2, rng)
    texts = tuple(_review(label, share, negated, intense, rng) for label in y)
    dataset = Dataset(
        "reviews",
        bag_of_words(texts, WORDS),
        y,
        WORDS.tokens,
        ("negative", "positive"),
        _DESCRIPTION,
        texts=texts,
        vocabulary=WORDS,
    )
    return returned(dataset, return_X_y)


def _review(
    label: int, contrast: float, negation: float, intensity: float, rng: Any
) -> str:
    first, last = (SUBJECTS[i] for i in rng.permutation(len(SUBJECTS))[:2])
    counts = _clause(last, label, negation, intensity, rng)
    if rng.random() >= contrast:
        return counts
    return f"{_clause(first, 1 - label, negation, intensity, rng)} but {counts}"


def _clause(
    subject: str, label: int, negation: float, intensity: float, rng: Any
) -> str:
    negated = rng.random() < negation
    words = ["the", subject, "was"]
    words += ["not"] if negated else []
    words += [_one_of(INTENSIFIERS, rng)] if rng.random() < intensity else []
    return " ".join([*words, _one_of(ADJECTIVES[label ^ negated], rng)])


def _one_of(words: tuple[str, ...], rng: np.random.Generator) -> str:
    return words[rng.integers(len(words))]


_DESCRIPTION = (
    'Made-up reviews such as "the plot was not very good but the cast was great". Half '
    "of the clauses have a not, so a linear model of a bag of words does no better "
    "than chance; with hidden units it learns which words go together, but not whether "
    "the good or the bad came last: about 0.90. A recurrent net reads in order: 1.00."
)
