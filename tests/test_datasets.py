"""What holds for every data set: a table over DATASETS."""

import hashlib
import inspect
import socket
import subprocess
import sys

import numpy as np
import pytest

from micrograd_nn import datasets
from micrograd_nn.datasets import DATASETS, Dataset, Vocabulary
from micrograd_nn.datasets.seeds import rounded

SEEDED = {
    name: make
    for name, make in DATASETS.items()
    if "seed" in inspect.signature(make).parameters
}
LOADED = {name: load for name, load in DATASETS.items() if name not in SEEDED}
FROM_SKLEARN = {name: load for name, load in LOADED.items() if name != "names"}

# Of X, y and texts, with default arguments. Whoever changes one changes what lessons
# say and tests assert. Names are as the installed faker has them.
CHECKSUMS = {
    "moons": "625229c680e02e5a",
    "circles": "68599fef4f290fd0",
    "xor": "084adc03a821c138",
    "gauss": "4a7e1dfe40583733",
    "spiral": "24a461902b24950a",
    "houses": "14f9fd7f0944a89c",
    "messages": "95965ed0ab159326",
    "reviews": "bc1647de28fd88cb",
    "cats": "19841819ec658401",
    "recall": "5e50a94481162b80",
    "reverse": "08744975e3cc2085",
    "digits": "1eb274293a07a074",
    "iris": "18565d0da72dafd5",
    "breast_cancer": "16657220425215d3",
    "diabetes": "b4abe7fbf9ac67a5",
}
SHAPES = {  # of X and y
    "moons": ((100, 2), (100,)),
    "circles": ((100, 2), (100,)),
    "xor": ((100, 2), (100,)),
    "gauss": ((100, 2), (100,)),
    "spiral": ((200, 2), (200,)),
    "houses": ((200, 4), (200,)),
    "messages": ((200, 80), (200,)),
    "reviews": ((400, 22), (400,)),
    "cats": ((400, 144), (400,)),
    "recall": ((400, 40, 6), (400,)),
    "reverse": ((1000, 5), (1000, 5)),
    "digits": ((1797, 64), (1797,)),
    "iris": ((150, 4), (150,)),
    "breast_cancer": ((569, 30), (569,)),
    "diabetes": ((442, 10), (442,)),
}
REGRESSIONS = {"houses", "diabetes"}

every = pytest.mark.parametrize("name", DATASETS)
every_seeded = pytest.mark.parametrize("name", SEEDED)
BALANCED = [name for name in SEEDED if name not in ("houses", "reverse")]
every_balanced = pytest.mark.parametrize("name", BALANCED)


def checksum(data):
    digest = hashlib.sha256()
    for array in data:
        digest.update(rounded(np.asarray(array, dtype="<f8")).tobytes())
    digest.update("\n".join(data.texts).encode())
    return digest.hexdigest()[:16]


# What every data set is ---------------------------------------------------------------


@every
def test_a_data_set_knows_its_name_and_says_what_it_is(name):
    data = DATASETS[name]()

    assert isinstance(data, Dataset)
    assert data.name == name
    assert len(data.description) > 40
    assert data.description.endswith(".")
    assert repr(data).startswith(f"<Dataset {name}: X ({len(data)}, ")


@every
def test_examples_and_targets_are_numbers_one_row_each(name):
    data = DATASETS[name]()

    assert len(data.X) == len(data.y) == len(data)
    assert data.X.dtype in (np.float64, np.intp)
    assert data.y.dtype == (np.float64 if name in REGRESSIONS else np.intp)
    assert np.isfinite(data.X).all()


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_of_the_defaults(name):
    X, y = DATASETS[name]()

    assert (X.shape, y.shape) == SHAPES[name]


@every
def test_columns_and_classes_have_names(name):
    data = DATASETS[name]()
    classes = len(data.target_names)

    assert len(data.feature_names) in (0, data.X.shape[-1])
    assert all(type(n) is str for n in data.feature_names + data.target_names)
    assert bool(classes) == (name not in REGRESSIONS)
    if classes:
        assert set(np.unique(data.y)) - {-1} <= set(range(classes))


@every
def test_return_X_y_gives_the_pair_alone(name):
    pair = DATASETS[name](return_X_y=True)
    data = DATASETS[name]()

    assert type(pair) is tuple
    assert all(
        np.array_equal(one, other) for one, other in zip(pair, data, strict=True)
    )


@every
def test_images_hold_the_pixels_of_X(name):
    data = DATASETS[name]()
    if data.images is None:
        assert name not in ("cats", "digits")
        return

    assert np.array_equal(data.images.reshape(len(data), -1), data.X)
    assert data.images.min() == 0.0
    assert data.images.max() == 1.0


@every
def test_texts_have_a_vocabulary(name):
    data = DATASETS[name]()

    assert (data.vocabulary is not None) == bool(data.texts)
    if data.texts:
        assert len(data.texts) == len(data)
        assert isinstance(data.vocabulary, Vocabulary)


@pytest.mark.parametrize("name", CHECKSUMS)
def test_the_data_are_those_that_the_lessons_speak_of(name):
    assert checksum(DATASETS[name]()) == CHECKSUMS[name]


def test_every_data_set_has_its_golden_numbers():
    assert set(CHECKSUMS) == set(SHAPES) == set(DATASETS) - {"names"}


def test_a_data_set_cannot_be_changed_by_accident():
    data = datasets.make_moons()

    with pytest.raises(AttributeError, match="X"):
        data.X = None


# Seeds --------------------------------------------------------------------------------


@every_seeded
def test_the_same_seed_gives_the_same_data(name):
    assert checksum(SEEDED[name](seed=7)) == checksum(SEEDED[name](seed=7))


@every_seeded
def test_another_seed_gives_other_data(name):
    assert checksum(SEEDED[name](seed=7)) != checksum(SEEDED[name](seed=8))


@every_seeded
def test_no_seed_gives_other_data_every_time(name):
    assert checksum(SEEDED[name](seed=None)) != checksum(SEEDED[name](seed=None))


@every_seeded
def test_numbers_have_six_decimals_so_that_all_machines_agree(name):
    X, y = SEEDED[name]()

    assert np.array_equal(X, rounded(X))
    assert np.array_equal(y, rounded(y))


@every_seeded
def test_the_global_generator_is_left_alone(name):
    before = np.random.get_state()[1].copy()
    SEEDED[name]()

    assert np.array_equal(np.random.get_state()[1], before)


@every_seeded
@pytest.mark.parametrize("n_samples", [2, 17, np.int64(30)])
def test_n_samples_is_how_many_there_are(name, n_samples):
    data = SEEDED[name](n_samples)

    assert len(data) == n_samples


@every_balanced
@pytest.mark.parametrize("n_samples", [50, 51])
def test_classes_are_equally_frequent(name, n_samples):
    data = SEEDED[name](n_samples=n_samples)

    counts = np.bincount(data.y)

    assert len(counts) == 2
    assert counts.max() - counts.min() == n_samples % 2


@every_balanced
def test_the_order_of_the_classes_is_random(name):
    y = SEEDED[name](n_samples=200).y

    switches = (y[1:] != y[:-1]).sum()

    assert 70 < switches < 130


# Bad arguments ------------------------------------------------------------------------

SAME_FOR_ALL = [
    (dict(n_samples=0), ValueError, r"got n_samples=0 \(int\); expected a whole"),
    (dict(n_samples=-3), ValueError, r"got n_samples=-3 \(int\)"),
    (dict(n_samples=2.5), TypeError, r"got n_samples=2\.5 \(float\)"),
    (dict(n_samples="9"), TypeError, r"got n_samples='9' \(str\); expected a whole"),
    (dict(seed=-1), ValueError, r"got seed=-1 \(int\); expected .*, 0 or more"),
    (dict(seed=0.5), TypeError, r"got seed=0\.5 \(float\)"),
]


@every_seeded
@pytest.mark.parametrize(("wrong", "error", "message"), SAME_FOR_ALL, ids=str)
def test_wrong_counts_and_seeds_are_refused(name, wrong, error, message):
    with pytest.raises(error, match=message):
        SEEDED[name](**wrong)


@pytest.mark.parametrize(
    ("name", "wrong", "error", "message"),
    [
        ("moons", dict(n_samples=1), ValueError, "expected a whole number, 2 or more"),
        (
            "moons",
            dict(noise=-0.1),
            ValueError,
            r"got noise=-0\.1 .*; expected 0 <= noise",
        ),
        ("moons", dict(noise=float("nan")), ValueError, "got noise=nan"),
        ("spiral", dict(noise=float("inf")), ValueError, "got noise=inf"),
        ("xor", dict(noise="much"), TypeError, r"not a number: got noise='much' \(str"),
        ("circles", dict(factor=1.5), ValueError, r"got factor=1\.5 .* factor <= 1\."),
        ("houses", dict(noise=-1), ValueError, "got noise=-1"),
        ("houses", dict(outliers=2), ValueError, "got outliers=2 .* outliers <= 1"),
        ("houses", dict(nonlinearity="x"), TypeError, "got nonlinearity='x'"),
        ("reviews", dict(negation=1.1), ValueError, r"got negation=1\.1"),
        ("reviews", dict(contrast=-1), ValueError, "got contrast=-1"),
        ("reviews", dict(intensity=None), TypeError, "got intensity=None"),
        ("cats", dict(noise=-1), ValueError, "got noise=-1"),
        ("cats", dict(target="dog"), ValueError, "got target='dog' .*'cat', 'kind'"),
        ("cats", dict(target=1), ValueError, r"got target=1 \(int\)"),
        ("recall", dict(length=0), ValueError, "got length=0"),
        ("recall", dict(n_symbols=1), ValueError, "got n_symbols=1 .*, 2 or more"),
        ("recall", dict(n_distractors=25), ValueError, r"got 27 \(int\) .* 26 at"),
        (
            "reverse",
            dict(n_symbols=27),
            ValueError,
            r"more symbols than letters: got 27",
        ),
        ("reverse", dict(length="5"), TypeError, "got length='5'"),
    ],
)
def test_wrong_arguments_are_refused(name, wrong, error, message):
    with pytest.raises(error, match=message):
        DATASETS[name](**wrong)


# Packages and the network -------------------------------------------------------------


@every
def test_nothing_is_downloaded(name, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a data set opened a connection")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert len(DATASETS[name]()) > 0


@pytest.mark.parametrize("name", [*SEEDED, "names"])
def test_without_scikit_learn_and_faker_most_data_are_there(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "faker", None)

    assert len(DATASETS[name]()) > 0


@pytest.mark.parametrize("name", FROM_SKLEARN)
def test_without_scikit_learn_loaders_name_the_extra(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)

    with pytest.raises(ImportError, match=rf"load_{name} .*pip install .*\[data\]"):
        FROM_SKLEARN[name]()


def test_importing_data_sets_imports_neither_package():
    script = "import sys, micrograd_nn.datasets; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert not {"sklearn", "faker", "matplotlib"} & set(run.stdout.split())


def test_the_public_names_are_complete():
    public = {
        name
        for name, thing in vars(datasets).items()
        if not name.startswith("_") and not inspect.ismodule(thing)
    }

    assert public - {"Callable", "Returned"} == set(datasets.__all__)
