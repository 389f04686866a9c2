"""First names, for a net that learns to make up new ones character by character.

>>> data = load_names()
>>> data.vocabulary.tokens[:3]  # the first token starts and ends a name
('.', 'a', 'b')
>>> name, inputs, targets = data.texts[0], data.X[0], data.y[0]
>>> "".join(data.vocabulary.decode(inputs[: len(name) + 1])) == "." + name
True
>>> "".join(data.vocabulary.decode(targets[: len(name) + 1])) == name + "."
True
"""

from __future__ import annotations

import importlib
import unicodedata
import zoneinfo
from collections.abc import Iterable
from typing import Any

import numpy as np

from micrograd_nn.datasets.dataset import Dataset, Returned, returned
from micrograd_nn.datasets.vocabulary import END, Vocabulary
from micrograd_nn.numbers import shortened

PADDING = -1  # a target that counts for nothing: the name is over
ATTRIBUTES = ("first_names", "first_names_male", "first_names_female")  # of faker
AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Pacific")


def load_names(locale: str | None = None, *, return_X_y: bool = False) -> Returned:
    """Names in small letters, and for each character the one that follows it.

    Args:
        locale: A language and country of the package faker: "en_US", "de_DE", "tr_TR"
            ... By default "en_US"; or, where faker is not installed, the cities after
            which Python's time zones are called.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Returns:
        X and y, both of shape (names, longest name + 1), the numbers of characters. Row
        by row, X is `END` and a name, y that name and `END`. The rest of the row is
        `END` in X, and in y `PADDING`.

    Raises:
        ImportError: If faker is missing and a locale is given, or there are no time
            zones either.
        ValueError: If faker has no names in that locale.
    """
    names, description = _default() if locale is None else _of_faker(locale)
    return returned(_dataset(names, description), return_X_y)


def _default() -> tuple[list[str], str]:
    try:
        return _of_faker("en_US")
    except ImportError:
        return _cities()


def _of_faker(locale: str) -> tuple[list[str], str]:
    names = _plain(_first_names(locale))
    return names, f"{len(names)} first names, from the package faker, locale {locale}."


def _cities() -> tuple[list[str], str]:
    zones = [zone.split("/") for zone in sorted(zoneinfo.available_timezones())]
    names = _plain(zone[-1] for zone in zones if zone[0] in AREAS)
    if not names:
        raise ImportError(
            "there are no names: got no module faker and no time zones; expected one "
            "of them. Run: pip install 'micrograd-nn[data]'"
        )
    return names, (
        f"{len(names)} cities after which time zones are called, from Python's "
        "zoneinfo. Install faker for first names: pip install 'micrograd-nn[data]'."
    )


def _first_names(locale: str) -> list[str]:
    # Of the class's own: a locale without names inherits the example's John and Jane.
    own = vars(_provider(locale))
    groups = (own.get(key) for key in ATTRIBUTES)
    names = [name for group in groups if isinstance(group, Iterable) for name in group]
    if not names:
        raise _no_such_locale(locale)
    return names


def _provider(locale: str) -> Any:
    try:
        importlib.import_module("faker")
    except ImportError as error:
        raise ImportError(
            f"names in a locale come from faker: got locale={shortened(locale)} "
            f"({type(locale).__name__}) and no module faker; expected it installed. "
            "Run: pip install 'micrograd-nn[data]'"
        ) from error
    try:
        return importlib.import_module(f"faker.providers.person.{locale}").Provider
    except ImportError as error:
        raise _no_such_locale(locale) from error


def _no_such_locale(locale: str) -> ValueError:
    return ValueError(
        f"faker has no first names there: got locale={shortened(locale)} "
        f"({type(locale).__name__}); expected a language and a country that it knows, "
        "such as 'en_US', 'de_DE' or 'tr_TR'."
    )


def _plain(names: Iterable[str]) -> list[str]:
    """The names that are one word, in small letters, each once, sorted."""
    return sorted({name.lower() for name in names if _is_word(name)})


def _is_word(name: str) -> bool:
    # Marks too: they are the vowels of Hindi, among others.
    return all(unicodedata.category(character)[0] in "LM" for character in name)


def _dataset(names: list[str], description: str) -> Dataset:
    vocabulary = Vocabulary.of(names, first=END)
    shape = (len(names), max(map(len, names)) + 1)
    X = np.zeros(shape, dtype=np.intp)  # END is 0
    y = np.full(shape, PADDING, dtype=np.intp)
    for row, name in enumerate(names):
        numbers = vocabulary.encode(name)
        X[row, 1 : len(name) + 1] = y[row, : len(name)] = numbers
        y[row, len(name)] = 0
    return Dataset(
        "names",
        X,
        y,
        target_names=vocabulary.tokens,
        description=description,
        texts=tuple(names),
        vocabulary=vocabulary,
    )
