"""Made-up messages, spam or not, from templates.

>>> data = make_messages(n_samples=4)
>>> for text, label in zip(data.texts, data.y):
...     print(data.target_names[label], "|", text)
ham | see you at the station on monday!
ham | thank you for your help with the holiday sofia
spam | click here, emmy, and claim your 5000 euros
spam | click here, ada, and claim your 100 euros
"""

from __future__ import annotations

import re

import numpy as np

from micrograd_nn.datasets.dataset import Dataset, Returned, returned
from micrograd_nn.datasets.seeds import balanced_classes, generator
from micrograd_nn.datasets.text import bag_of_words, tokenize
from micrograd_nn.datasets.vocabulary import Vocabulary
from micrograd_nn.ranges import whole_number

SLOTS = {
    "name": ("ada", "grace", "alan", "emmy", "kurt", "sofia"),
    "day": ("monday", "tuesday", "friday", "sunday"),
    "place": ("station", "office", "library", "cinema"),
    "thing": ("phone", "watch", "laptop", "car", "holiday"),
    "sum": ("100", "500", "1000", "5000"),
}
HAM = (
    "are you free on {day}?",
    "i am at the {place} now and will call you later",
    "see you at the {place} on {day}!",
    "happy birthday {name}! see you on {day}",
    "can you bring my {thing} to the {place}?",
    "thank you for your help with the {thing} {name}",
    "{name} says the meeting on {day} is at the {place}",
    "did you win the game on {day}?",
)
SPAM = (
    "dear {name}, you win a free {thing}!",
    "congratulations, your {thing} is waiting. call now!",
    "urgent, your account is blocked. send {sum} euros now",
    "{name}, earn {sum} euros a day at home",
    "last chance, a {thing} for only {sum} euros!",
    "click here, {name}, and claim your {sum} euros",
    "your free {thing} is at the {place}, call now",
    "hello {name}, a loan of {sum} euros? answer on {day}",
)
TEMPLATES = (HAM, SPAM)


def make_messages(
    n_samples: int = 200, *, seed: int | None = 0, return_X_y: bool = False
) -> Returned:
    """Short messages, half of them spam: `texts`, and in X the count of each word.

    Args:
        n_samples: How many messages, at least 2.
        seed: Of the random numbers; None for other messages every time.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        TypeError: If `n_samples` or `seed` is not an integer.
        ValueError: If one is out of range.
    """
    n, rng = whole_number(n_samples, "n_samples", least=2), generator(seed)
    y = balanced_classes(n, 2, rng)
    texts = tuple(_message(TEMPLATES[label], rng) for label in y)
    dataset = Dataset(
        "messages",
        bag_of_words(texts, WORDS),
        y,
        WORDS.tokens,
        ("ham", "spam"),
        _DESCRIPTION,
        texts=texts,
        vocabulary=WORDS,
    )
    return returned(dataset, return_X_y)


def _message(templates: tuple[str, ...], rng: np.random.Generator) -> str:
    template = templates[rng.integers(len(templates))]
    return template.format(
        **{slot: words[rng.integers(len(words))] for slot, words in SLOTS.items()}
    )


def _words() -> Vocabulary:
    # Of all that could be drawn, so that the columns are the same for every seed.
    fixed = [tokenize(re.sub(r"{\w+}", " ", text)) for text in HAM + SPAM]
    return Vocabulary.of([*fixed, *SLOTS.values()])


WORDS = _words()
_DESCRIPTION = (
    "Made-up short messages, half of them spam, from eight templates each. A linear "
    "model gets all of them right, and one should ask why: every spam template has a "
    "comma and no other has one, so the comma is the most spammy word. It learned the "
    "templates."
)
