"""Data from other packages: scikit-learn's files, faker's names, time zones."""

import sys
import types
import zoneinfo

import numpy as np
import pytest
from sklearn import datasets as sklearn_datasets

from micrograd_nn.datasets import (
    END,
    PADDING,
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_names,
)

PERSON = "faker.providers.person"


@pytest.fixture
def no_faker(monkeypatch):
    monkeypatch.setitem(sys.modules, "faker", None)


@pytest.fixture
def small_faker(monkeypatch):
    """A faker of three locales: names, names of men and women, none of its own."""

    class Base:
        first_names = ("John", "Jane")

    class English(Base):
        first_names = {"Ada": 0.5, "Bob": 0.5, "Mary Ann": 0.1, "Ada ": 0.0}  # noqa: RUF012

    class German(Base):
        first_names_male = ("Jörg",)
        first_names_female = ("Änne", "Jörg")

    class Other(Base):
        pass

    providers = {"en_US": English, "de_DE": German, "xx_XX": Other}
    for name in ("faker", "faker.providers", PERSON):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    for locale, provider in providers.items():
        module = types.ModuleType(f"{PERSON}.{locale}")
        module.Provider = provider
        monkeypatch.setitem(sys.modules, module.__name__, module)


# scikit-learn -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (load_iris, sklearn_datasets.load_iris),
        (load_breast_cancer, sklearn_datasets.load_breast_cancer),
        (load_diabetes, sklearn_datasets.load_diabetes),
    ],
)
def test_tables_are_those_of_scikit_learn(ours, theirs):
    data, expected = ours(), theirs()

    assert np.array_equal(data.X, expected.data)
    assert np.array_equal(data.y, expected.target)
    assert data.feature_names == tuple(expected.feature_names)
    assert data.target_names == tuple(expected.get("target_names", ()))


def test_digits_are_those_of_scikit_learn_from_0_to_1():
    data, expected = load_digits(), sklearn_datasets.load_digits()

    assert np.array_equal(16.0 * data.images, expected.images)
    assert np.array_equal(data.y, expected.target)
    assert data.target_names == tuple("0123456789")
    assert data.feature_names == ()


# Names --------------------------------------------------------------------------------


def test_inputs_and_targets_are_one_character_apart(small_faker):
    data = load_names()

    assert data.texts == ("ada", "bob")
    assert data.vocabulary.tokens == (END, "a", "b", "d", "o")
    assert data.X.tolist() == [[0, 1, 3, 1], [0, 2, 4, 2]]
    assert data.y.tolist() == [[1, 3, 1, 0], [2, 4, 2, 0]]


def test_shorter_names_are_filled_up(no_faker, monkeypatch):
    monkeypatch.setattr(zoneinfo, "available_timezones", lambda: {"Asia/Ab", "Asia/A"})
    data = load_names()

    assert data.X.tolist() == [[0, 1, 0], [0, 1, 2]]
    assert data.y.tolist() == [[1, 0, PADDING], [1, 2, 0]]


def test_names_of_men_and_women_are_put_together(small_faker):
    data = load_names("de_DE")

    assert data.texts == ("jörg", "änne")
    assert "de_DE" in data.description


@pytest.mark.parametrize("locale", ["xx_XX", "yy_YY", "", 5])
def test_a_locale_without_names_is_refused(small_faker, locale):
    with pytest.raises(
        ValueError, match=rf"no first names there: got locale={locale!r}"
    ):
        load_names(locale)


def test_without_faker_there_are_cities(no_faker, monkeypatch):
    zones = {"Europe/Rome", "America/Argentina/Salta", "America/New_York", "Etc/Zulu"}
    monkeypatch.setattr(zoneinfo, "available_timezones", lambda: zones)
    data = load_names()

    assert data.texts == ("rome", "salta")
    assert "2 cities" in data.description
    assert "pip install 'micrograd-nn[data]'" in data.description


def test_without_faker_no_locale_can_be_chosen(no_faker):
    with pytest.raises(
        ImportError, match=r"got locale='de_DE'.* no module faker.*data"
    ):
        load_names("de_DE")


def test_without_faker_and_time_zones_there_are_no_names(no_faker, monkeypatch):
    monkeypatch.setattr(zoneinfo, "available_timezones", set)

    with pytest.raises(ImportError, match=r"no names: got no module faker and no time"):
        load_names()


def bigrams(data):
    counts = np.zeros((len(data.vocabulary), len(data.vocabulary)))
    known = data.y != PADDING
    np.add.at(counts, (data.X[known], data.y[known]), 1)
    return counts


def test_the_real_first_names_have_27_characters_and_a_bigram_entropy_of_2_29():
    pytest.importorskip("faker")
    data = load_names("en_US")
    counts = bigrams(data)
    following = counts / counts.sum(axis=1, keepdims=True)
    seen = counts > 0
    entropy = -(counts[seen] * np.log(following[seen])).sum() / counts.sum()

    assert data.vocabulary.tokens == (END, *"abcdefghijklmnopqrstuvwxyz")
    assert 600 < len(data) < 800
    assert entropy == pytest.approx(2.29, abs=0.03)


@pytest.mark.parametrize("locale", ["de_DE", "tr_TR", "es_ES", "hi_IN"])
def test_real_names_of_other_languages(locale):
    pytest.importorskip("faker")
    data = load_names(locale)

    assert len(data) > 300
    assert all(text == text.strip() for text in data.texts)
