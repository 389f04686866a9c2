"""Two tasks that ask for a memory: say what came first, and say it all backwards.

>>> data = make_recall(n_samples=2, length=4)
>>> data.texts, data.y.tolist()
(('aeed', 'bccc'), [0, 1])
>>> X, y = make_reverse(n_samples=1, return_X_y=True)
>>> X, y
(array([[5, 3, 3, 1, 1]]), array([[1, 1, 3, 3, 5]]))
"""

from __future__ import annotations

from string import ascii_lowercase
from typing import Any

import numpy as np

from micrograd_nn.datasets.dataset import Dataset, Returned, returned
from micrograd_nn.datasets.seeds import balanced_classes, generator
from micrograd_nn.datasets.text import one_hot
from micrograd_nn.datasets.vocabulary import Vocabulary
from micrograd_nn.ranges import whole_number


def make_recall(
    n_samples: int = 400,
    *,
    length: int = 40,
    n_symbols: int = 2,
    n_distractors: int = 4,
    seed: int | None = 0,
    return_X_y: bool = False,
) -> Returned:
    """Sequences of symbols, of which the first is to be remembered to the end.

    How far back a recurrent net can learn to remember, as in Hochreiter and Schmidhuber
    (1997): a first symbol that matters, and then others that do not.

    Args:
        n_samples: How many sequences, at least 1.
        length: Symbols in each, at least 1.
        n_symbols: How many different ones can come first, at least 2.
        n_distractors: How many others can follow, at least 1. There are letters for 26
            symbols in all.
        seed: Of the random numbers; None for other sequences every time.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Returns:
        X of shape (n_samples, length, n_symbols + n_distractors), one-hot: a row for
        each step. y of shape (n_samples,): the first symbol.

    Raises:
        TypeError: If an argument is not an integer.
        ValueError: If one is out of range.
    """
    firsts = whole_number(n_symbols, "n_symbols", least=2)
    others = whole_number(n_distractors, "n_distractors", least=1)
    vocabulary, rng = _letters(firsts + others), generator(seed)
    numbers = firsts + _random(n_samples, length, others, rng)
    y = balanced_classes(len(numbers), firsts, rng)
    numbers[:, 0] = y
    dataset = Dataset(
        "recall",
        one_hot(numbers, len(vocabulary)),
        y,
        vocabulary.tokens,
        vocabulary.tokens[:firsts],
        "Random symbols, of which the first is the target and the others distract. At "
        "a length of 40, gates that start open (a bias of 2 or more at the forget gate "
        "of an LSTM or the update gate of a GRU) keep it; without, nets rarely do.",
        texts=_as_text(numbers, vocabulary),
        vocabulary=vocabulary,
    )
    return returned(dataset, return_X_y)


def make_reverse(
    n_samples: int = 1000,
    *,
    length: int = 5,
    n_symbols: int = 6,
    seed: int | None = 0,
    return_X_y: bool = False,
) -> Returned:
    """Sequences of random symbols, and the same backwards.

    The smallest task for attention: each output has to look at one place.

    Args:
        n_samples: How many sequences, at least 1.
        length: Symbols in each, at least 1.
        n_symbols: How many different symbols there are, 2 ... 26.
        seed: Of the random numbers; None for other sequences every time.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Returns:
        X and y, both of shape (n_samples, length): the numbers of the symbols.

    Raises:
        TypeError: If an argument is not an integer.
        ValueError: If one is out of range.
    """
    vocabulary = _letters(whole_number(n_symbols, "n_symbols", least=2))
    X = _random(n_samples, length, len(vocabulary), generator(seed))
    dataset = Dataset(
        "reverse",
        X,
        X[:, ::-1].copy(),
        target_names=vocabulary.tokens,
        description="Random symbols, and as the target of each step the symbol that is "
        "there when they are read backwards. One head of attention learns it.",
        texts=_as_text(X, vocabulary),
        vocabulary=vocabulary,
    )
    return returned(dataset, return_X_y)


def _random(n_samples: int, length: int, symbols: int, rng: np.random.Generator) -> Any:
    n = whole_number(n_samples, "n_samples", least=1)
    steps = whole_number(length, "length", least=1)
    return rng.integers(symbols, size=(n, steps))


def _letters(symbols: int) -> Vocabulary:
    if symbols > len(ascii_lowercase):
        raise ValueError(
            f"more symbols than letters: got {symbols!r} (int) of them in all; "
            f"expected {len(ascii_lowercase)} at most. Use fewer."
        )
    return Vocabulary(tuple(ascii_lowercase[:symbols]))


def _as_text(X: Any, vocabulary: Vocabulary) -> tuple[str, ...]:
    return tuple("".join(vocabulary.decode(row)) for row in X.tolist())
