"""Text as numbers: words counted, words in order, characters and what follows them.

>>> from micrograd_nn.datasets import Vocabulary
>>> words = Vocabulary.of([tokenize("Not good, not bad.")])
>>> words.tokens
(',', '.', 'bad', 'good', 'not')
>>> bag_of_words(["Not bad, not bad."], words)  # order is lost
array([[1., 1., 2., 0., 2.]])
>>> word_sequences(["not bad"], words, length=3)  # order is kept; 5 stands for no word
array([[5, 4, 2]])

Both leave out words that the vocabulary lacks, as learners' own sentences have some.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from micrograd_nn.datasets.vocabulary import END, Vocabulary
from micrograd_nn.ranges import whole_number


def tokenize(text: str) -> list[str]:
    """The words of `text` in lower case, and its punctuation marks.

    >>> tokenize("Don't stop, Ada!")
    ["don't", 'stop', ',', 'ada', '!']
    """
    return re.findall(r"[\w']+|[^\w\s]", text.lower())


def bag_of_words(texts: Iterable[str], vocabulary: Vocabulary) -> Any:
    """How often each word of the vocabulary is in each text.

    Returns:
        Shape (texts, words), floats.
    """
    bags = [_known(text, vocabulary) for text in texts]
    counts = [np.bincount(bag, minlength=len(vocabulary)) for bag in bags]
    return np.array(counts, dtype=float).reshape(len(bags), len(vocabulary))


def word_sequences(
    texts: Iterable[str], vocabulary: Vocabulary, length: int | None = None
) -> Any:
    """The numbers of each text's words in order, at the end of rows of one length.

    What remains in front is filled with `len(vocabulary)`, which stands for no word: a
    recurrent net then ends on the last word. An `Embedding` needs one row for it.

    Args:
        texts: Any number.
        vocabulary: Of words.
        length: Of the rows; the longest text's by default. Of longer texts the last
            words are taken.

    Returns:
        Shape (texts, length), integers.
    """
    rows = [_known(text, vocabulary) for text in texts]
    longest = max(map(len, rows), default=0)
    width = longest if length is None else whole_number(length, "length", least=1)
    sequences = np.full((len(rows), width), len(vocabulary), dtype=np.intp)
    for sequence, row in zip(sequences, rows, strict=True):
        last = row[-width:] if width else []
        sequence[width - len(last) :] = last
    return sequences


def one_hot(indices: Any, num_classes: int) -> Any:
    """Zeros, with a one at each index; as `torch.nn.functional.one_hot`.

    Args:
        indices: Integers 0 ... num_classes - 1, of any shape.
        num_classes: How many numbers stand for one index.

    Returns:
        Floats, of the shape of `indices` and one axis more.

    Raises:
        ValueError: If an index is out of range, or no integer.

    >>> one_hot([0, 2], num_classes=3)
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    size = whole_number(num_classes, "num_classes", least=1)
    chosen = np.asarray(indices)
    if chosen.dtype.kind not in "iu" or not ((chosen >= 0) & (chosen < size)).all():
        wrong = chosen[(chosen < 0) | (chosen >= size) | (chosen % 1 != 0)]
        shown = wrong.flat[0] if wrong.size else chosen.dtype
        raise ValueError(
            f"not indices: got {shown} ({type(shown).__name__}) in indices; expected "
            f"integers 0 ... {size - 1}. Convert with .astype(int), or cut padding off."
        )
    return np.eye(size)[chosen]


def context_windows(
    texts: Iterable[Sequence[str]], vocabulary: Vocabulary, size: int = 3
) -> tuple[Any, Any]:
    """Each character of the texts, and the `size` characters before it.

    What a net gets that guesses the next character from the last few (Bengio et al.,
    2003). Before a text and after it stands `END`.

    Args:
        texts: Names, or other strings.
        vocabulary: Of their characters and `END`.
        size: How many characters are seen.

    Returns:
        X of shape (characters, size) and y of shape (characters,), integers.

    >>> from micrograd_nn.datasets import END, Vocabulary
    >>> X, y = context_windows(["ab"], Vocabulary.of(["ab"], first=END), size=2)
    >>> X.tolist(), y.tolist()
    ([[0, 0], [0, 1], [1, 2]], [1, 2, 0])
    """
    seen = whole_number(size, "size", least=1)
    padded = [[END] * seen + [*text, END] for text in texts]
    rows = [
        vocabulary.encode(tokens[i : i + seen + 1])
        for tokens in padded
        for i in range(len(tokens) - seen)
    ]
    table = np.array(rows, dtype=np.intp).reshape(-1, seen + 1)
    return table[:, :-1], table[:, -1]


def _known(text: str, vocabulary: Vocabulary) -> list[int]:
    return vocabulary.encode(word for word in tokenize(text) if word in vocabulary)
