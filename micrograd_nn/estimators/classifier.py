"""`MLPClassifier`: which of several classes an example belongs to.

>>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["low", "low", "high", "high"]
>>> model = MLPClassifier((8,), learning_rate_init=0.1, random_state=0).fit(X, y)
>>> model.predict([[0.5], [2.5]]).tolist()
['low', 'high']
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from micrograd_nn import training
from micrograd_nn.estimators.perceptron import Array, Perceptron
from micrograd_nn.losses import cross_entropy


class MLPClassifier(ClassifierMixin, Perceptron):  # type: ignore[misc]  # no types
    """A multi-layer perceptron that minimizes the cross-entropy of classes.

    Inputs should be of one scale: put a `StandardScaler` before it.

    Args:
        hidden_layer_sizes: The number of neurons of each hidden layer.
        activation: Of hidden layers: "relu", "tanh", "logistic", "identity", or
            another name or function that `MLP` takes.
        solver: A name in `OPTIMIZERS`, or a function of parameters and `lr`, such as
            `functools.partial(SGD, momentum=0.9)`.
        alpha: How much large weights cost: half of this times their squares, divided by
            the size of a batch.
        batch_size: How many examples make a step; "auto" for all, but at most 200.
        learning_rate_init: The learning rate.
        max_iter: The largest number of epochs.
        shuffle: Whether each epoch has an order of its own.
        random_state: A seed, for the same result each time, or a `RandomState`.
        tol: By how much the loss must get better to count.
        verbose: False for silence, True for a bar, 2 for a row an epoch.
        early_stopping: Whether to hold examples out, stop when their accuracy gets no
            better, and go back to the weights that were the best.
        validation_fraction: The share to hold out.
        n_iter_no_change: After how many epochs without a better loss to stop.
        backend: "compiled", "eager" or "auto", as for `fit`.

    Attributes:
        model_: The `MLP`, with an output for each class.
        classes_: The classes, sorted.
        loss_: The loss of the last epoch, with the penalty.
        loss_curve_: That of each epoch.
        n_iter_: The number of epochs.
        history_: The `History` of the last training.
        n_features_in_: The number of features.
        feature_names_in_: Their names, if `X` has names.
    """

    monitor = "val_accuracy"

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new model; Ctrl-C ends it, and keeps what was learned.

        Args:
            X: An example a row.
            y: The class of each.
            sample_weight: How much each example counts, from 0 up.

        Raises:
            TypeError: If an argument of the estimator is of a wrong type.
            ValueError: If one does not fit; or there is one class only.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_ = _classes(y)
        targets = np.searchsorted(self.classes_, y)
        return self._fit(X, targets, len(self.classes_), sample_weight)

    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> Self:
        """Train for one epoch, from where the model is.

        Args:
            X: An example a row.
            y: The class of each.
            classes: All classes that will come, at the first call.
            sample_weight: How much each example counts, from 0 up.

        Raises:
            TypeError: As for `fit`.
            ValueError: As for `fit`; or if there is a class that was not announced.
        """
        first = not hasattr(self, "model_")
        X, y = validate_data(self, X, y, dtype=np.float64, reset=first)
        check_classification_targets(y)
        if first:
            self.classes_ = _classes(y if classes is None else classes)
        if unknown := set(y.tolist()) - set(self.classes_.tolist()):
            raise ValueError(
                f"unknown classes: got {sorted(unknown)} in y; expected some of "
                f"{self.classes_.tolist()}. Pass all classes at the first call."
            )
        targets = np.searchsorted(self.classes_, y)
        return self._go_on(X, targets, len(self.classes_), sample_weight)

    def predict(self, X: Any) -> Array:
        """The most probable class of each example."""
        inputs = self.checked(X)
        best = training.predict(self.model_, inputs).argmax(axis=1)
        found: Array = self.classes_[best]
        return found

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class, in the order of `classes_`."""
        inputs = self.checked(X)
        return training.predict_proba(self.model_, inputs)

    def predict_log_proba(self, X: Any) -> Array:
        """The logarithms of `predict_proba`; -inf where that is 0."""
        with np.errstate(divide="ignore"):
            found: Array = np.log(self.predict_proba(X))
        return found

    def loss_of(self, outputs: Any, target: Any) -> Any:
        """The cross-entropy."""
        return cross_entropy(outputs, target)

    def strata(self, targets: Array) -> Array | None:
        """The classes."""
        return targets


def _classes(y: Any) -> Array:
    """The classes, sorted.

    Raises:
        ValueError: If there is only one.
    """
    found: Array = np.unique(y)
    if len(found) < 2:
        raise ValueError(
            f"nothing to tell apart: got 1 class, {found.tolist()}; expected two or "
            "more classes in y."
        )
    return found
