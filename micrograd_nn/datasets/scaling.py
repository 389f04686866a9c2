"""Columns of one size, without scikit-learn: a mean of 0 and a deviation of 1.

Where one column is in m² and another in years, one learning rate cannot suit both. The
lesson on houses has to scale, and scale back, without scikit-learn; where that is
installed, its own `StandardScaler` has the same names and gives the same numbers.

>>> scaler = StandardScaler()
>>> scaler.fit_transform([[0.0, 5.0], [2.0, 5.0]]).tolist()
[[-1.0, 0.0], [1.0, 0.0]]
>>> scaler.transform([[4.0, 6.0]]).tolist()
[[3.0, 1.0]]
>>> scaler.inverse_transform([[3.0, 1.0]]).tolist()
[[4.0, 6.0]]
"""

from __future__ import annotations

from typing import Any

import numpy as np


class StandardScaler:
    """Subtracts the mean of each column, and divides by its standard deviation.

    Fit it to what is trained on only: the mean of a test set is a look at the test set.

    Attributes:
        mean_: Of each column.
        scale_: What each column is divided by; 1 for a column of equal numbers.
    """

    mean_: Any
    scale_: Any

    def fit(self, X: Any) -> StandardScaler:
        """Take mean and deviation from `X`, and return the scaler.

        Args:
            X: One example a row; or one number each, such as prices.

        Raises:
            ValueError: If there is no example.
        """
        numbers = np.asarray(X, dtype=float)
        if numbers.size == 0:
            raise ValueError(
                f"nothing to take a mean of: got X of shape {numbers.shape} (tuple); "
                "expected at least one example."
            )
        deviation = numbers.std(axis=0)
        self.mean_ = numbers.mean(axis=0)
        self.scale_ = np.where(deviation > 0.0, deviation, 1.0)
        return self

    def transform(self, X: Any) -> Any:
        """`X` in scaled numbers.

        Raises:
            RuntimeError: If `fit` has not been called.
        """
        self._require_fit()
        return (np.asarray(X, dtype=float) - self.mean_) / self.scale_

    def inverse_transform(self, X: Any) -> Any:
        """`X`, which is scaled, in the numbers that it was before.

        Raises:
            RuntimeError: If `fit` has not been called.
        """
        self._require_fit()
        return np.asarray(X, dtype=float) * self.scale_ + self.mean_

    def fit_transform(self, X: Any) -> Any:
        """Both at once, as for what is trained on."""
        return self.fit(X).transform(X)

    def _require_fit(self) -> None:
        if not hasattr(self, "mean_"):
            raise RuntimeError(
                "the scaler knows no mean yet: got no mean_; expected a call of fit. "
                "Call scaler.fit(X_train) first."
            )
