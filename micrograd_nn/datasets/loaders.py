"""Real data from scikit-learn's own files: nothing is downloaded.

>>> load_iris().target_names
('setosa', 'versicolor', 'virginica')

They need scikit-learn, which is in the extra `data`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn.datasets.dataset import Dataset, Returned, returned

INK = 16.0  # the darkest pixel in scikit-learn's digits


def load_digits(*, return_X_y: bool = False) -> Returned:
    """1,797 handwritten digits of 8 by 8 pixels, from 0.0 (paper) to 1.0 (ink).

    Args:
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        ImportError: If scikit-learn is missing.

    >>> data = load_digits()
    >>> data.images.shape, data.target_names[:3]
    ((1797, 8, 8), ('0', '1', '2'))
    """
    bunch = _sklearn("load_digits")
    images = bunch.images / INK  # scikit-learn's pixels are 0 ... 16
    dataset = _dataset(
        "digits",
        images.reshape(len(images), -1),
        bunch,
        "Handwritten digits of 13 people, 8 by 8 pixels (the test set of UCI's Optical "
        "Recognition of Handwritten Digits, Alpaydin and Kaynak, 1998).",
        images=images,
    )
    return returned(dataset, return_X_y)


def load_iris(*, return_X_y: bool = False) -> Returned:
    """150 iris flowers of three species, by the lengths of their leaves in cm.

    Args:
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        ImportError: If scikit-learn is missing.
    """
    bunch = _sklearn("load_iris")
    dataset = _dataset(
        "iris",
        bunch.data,
        bunch,
        "Sepals and petals of 150 irises of three species (Fisher, 1936). One species "
        "is far from the others, which overlap.",
    )
    return returned(dataset, return_X_y)


def load_breast_cancer(*, return_X_y: bool = False) -> Returned:
    """569 tumours, malignant or benign, by 30 measures of their cells.

    Args:
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        ImportError: If scikit-learn is missing.

    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X.shape, int(y.sum())  # 1 is benign
    ((569, 30), 357)
    """
    bunch = _sklearn("load_breast_cancer")
    dataset = _dataset(
        "breast_cancer",
        bunch.data,
        bunch,
        "Measures of cell nuclei in images of 569 breast tumours (Street, Wolberg and "
        "Mangasarian, 1993). Columns differ 10,000-fold in size: scale them.",
    )
    return returned(dataset, return_X_y)


def load_diabetes(*, return_X_y: bool = False) -> Returned:
    """442 patients, and how far their diabetes went in a year: a regression.

    Args:
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        ImportError: If scikit-learn is missing.

    >>> load_diabetes()
    <Dataset diabetes: X (442, 10), y (442,); targets from 25 to 346>
    """
    bunch = _sklearn("load_diabetes")
    dataset = _dataset(
        "diabetes",
        bunch.data,
        bunch,
        "Age, sex, body mass, blood pressure and six blood values of 442 patients, "
        "each scaled, and the progression of the disease (Efron et al., 2004).",
    )
    return returned(dataset, return_X_y)


def _sklearn(name: str) -> Any:
    try:
        from sklearn import datasets
    except ImportError as error:
        raise ImportError(
            f"{name} reads scikit-learn's files: got no module sklearn; expected it "
            "installed. Run: pip install 'micrograd-nn[data]'"
        ) from error
    return getattr(datasets, name)()


def _dataset(
    name: str, X: Any, bunch: Any, description: str, images: Any = None
) -> Dataset:
    classes = bunch.get("target_names", ())
    return Dataset(
        name,
        X,
        bunch.target.astype(np.intp) if len(classes) else bunch.target,
        () if images is not None else tuple(map(str, bunch.feature_names)),
        tuple(map(str, classes)),
        description,
        images=images,
    )
