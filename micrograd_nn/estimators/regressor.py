"""`MLPRegressor`: a number for each example, or several.

>>> X = [[i / 10] for i in range(20)]
>>> y = [x * x for [x] in X]
>>> model = MLPRegressor((16,), learning_rate_init=0.02, max_iter=999, random_state=0)
>>> model.fit(X, y).score(X, y) > 0.95
True
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.utils import column_or_1d
from sklearn.utils.validation import validate_data

from micrograd_nn import training
from micrograd_nn.estimators.perceptron import Array, Perceptron
from micrograd_nn.losses import mse_loss


class MLPRegressor(RegressorMixin, MultiOutputMixin, Perceptron):  # type: ignore[misc]  # no types
    """A multi-layer perceptron that minimizes half the squared errors.

    Inputs and targets should be of one scale: see scikit-learn's `StandardScaler` and
    `TransformedTargetRegressor`. Arguments and attributes are those of `MLPClassifier`,
    but for `classes_`; `early_stopping` watches the loss of what is held out.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new model.

        Args:
            X: An example a row.
            y: The target of each: a number, or a row of them.
            sample_weight: How much each example counts, from 0 up.

        Raises:
            TypeError: If an argument of the estimator is of a wrong type.
            ValueError: If one does not fit.
        """
        X, targets = self._validated(X, y, reset=True)
        return self._fit(X, targets, _width(targets), sample_weight)

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train for one epoch, from where the model is; arguments as for `fit`.

        Raises:
            TypeError: As for `fit`.
            ValueError: As for `fit`.
        """
        X, targets = self._validated(X, y, reset=not hasattr(self, "model_"))
        return self._go_on(X, targets, _width(targets), sample_weight)

    def predict(self, X: Any) -> Array:
        """The number for each example, or a row of them."""
        inputs = self.checked(X)
        found: Array = training.predict(self.model_, inputs)
        return found

    def loss_of(self, outputs: Any, target: Any) -> Any:
        """Half the sum of squared errors: its gradient is that of scikit-learn."""
        return 0.5 * mse_loss(outputs, target, "sum")

    def strata(self, targets: Array) -> Array | None:
        """Numbers have no classes."""
        return None

    def _validated(self, X: Any, y: Any, reset: bool) -> tuple[Array, Array]:
        X, y = validate_data(
            self,
            X,
            y,
            multi_output=True,
            y_numeric=True,
            dtype=np.float64,
            reset=reset,
        )
        targets = column_or_1d(y, warn=True) if _width(y) == 1 else y
        return X, targets.astype(np.float64)


def _width(y: Array) -> int:
    """How many numbers a target is."""
    return 1 if y.ndim == 1 else y.shape[1]
