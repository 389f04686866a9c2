"""Data to learn from, made up or from installed packages: nothing is downloaded.

>>> from micrograd_nn.datasets import DATASETS, make_moons
>>> make_moons(n_samples=100, noise=0.1, seed=0)
<Dataset moons: X (100, 2), y (100,); classes upper (50), lower (50)>
>>> X, y = make_moons(return_X_y=True)
>>> sorted(DATASETS)[:4]
['breast_cancer', 'cats', 'circles', 'diabetes']
"""

from collections.abc import Callable

from micrograd_nn.datasets.catch import Catch, make_catch
from micrograd_nn.datasets.cats import make_cats
from micrograd_nn.datasets.dataset import Dataset, Returned
from micrograd_nn.datasets.houses import make_houses
from micrograd_nn.datasets.loaders import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
)
from micrograd_nn.datasets.messages import make_messages
from micrograd_nn.datasets.names import PADDING, load_names
from micrograd_nn.datasets.plane import (
    make_circles,
    make_gauss,
    make_moons,
    make_spiral,
    make_xor,
)
from micrograd_nn.datasets.reviews import make_reviews
from micrograd_nn.datasets.scaling import StandardScaler
from micrograd_nn.datasets.sequences import make_recall, make_reverse
from micrograd_nn.datasets.splitting import train_test_split
from micrograd_nn.datasets.text import (
    bag_of_words,
    context_windows,
    one_hot,
    tokenize,
    word_sequences,
)
from micrograd_nn.datasets.vocabulary import END, Vocabulary

# Everything with an X and a y, by name: for the command line and for tests.
DATASETS: dict[str, Callable[..., Returned]] = {
    "moons": make_moons,
    "circles": make_circles,
    "xor": make_xor,
    "gauss": make_gauss,
    "spiral": make_spiral,
    "houses": make_houses,
    "messages": make_messages,
    "reviews": make_reviews,
    "cats": make_cats,
    "recall": make_recall,
    "reverse": make_reverse,
    "digits": load_digits,
    "iris": load_iris,
    "breast_cancer": load_breast_cancer,
    "diabetes": load_diabetes,
    "names": load_names,
}

__all__ = [
    "DATASETS",
    "END",
    "PADDING",
    "Catch",
    "Dataset",
    "StandardScaler",
    "Vocabulary",
    "bag_of_words",
    "context_windows",
    "load_breast_cancer",
    "load_diabetes",
    "load_digits",
    "load_iris",
    "load_names",
    "make_catch",
    "make_cats",
    "make_circles",
    "make_gauss",
    "make_houses",
    "make_messages",
    "make_moons",
    "make_recall",
    "make_reverse",
    "make_reviews",
    "make_spiral",
    "make_xor",
    "one_hot",
    "tokenize",
    "train_test_split",
    "word_sequences",
]
