"""What both estimators share: scikit-learn's arguments, turned into those of `fit`.

>>> from micrograd_nn.estimators import MLPRegressor
>>> MLPRegressor(hidden_layer_sizes=(8,), alpha=0.01)
MLPRegressor(alpha=0.01, hidden_layer_sizes=(8,))
"""

from __future__ import annotations

import functools
import math
import random
import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from micrograd_nn.choices import choice
from micrograd_nn.estimators.no_change import NoChange
from micrograd_nn.initializers import xavier_uniform
from micrograd_nn.losses import Loss, l2_penalty
from micrograd_nn.nn import MLP
from micrograd_nn.optim import OPTIMIZERS, Optimizer
from micrograd_nn.ranges import in_range, whole_number
from micrograd_nn.training import Callback, EarlyStopping, fit

Array = NDArray[Any]

SEEDS = 2**31 - 1
LARGEST_BATCH = 200  # of batch_size="auto", as in scikit-learn
ACTIVATIONS = {"identity": None, "logistic": "sigmoid"}  # its names of ours


class Perceptron(BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn has no types
    """The base of both; for arguments and attributes see `MLPClassifier`."""

    monitor = "val_loss"  # of what is held out with early_stopping

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: Any = "auto",
        learning_rate_init: float = 0.001,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: Any = False,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        backend: str = "auto",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.backend = backend

    @abstractmethod
    def loss_of(self, outputs: Any, target: Any) -> Any:
        """The loss of one example, a Value, without the penalty."""

    @abstractmethod
    def strata(self, targets: Array) -> Array | None:
        """What to hold out the same share of each of."""

    def checked(self, X: Any) -> Array:
        """Inputs of what was fitted, as an array."""
        check_is_fitted(self, "model_")
        found: Array = validate_data(self, X, reset=False, dtype=np.float64)
        return found

    def _fit(self, X: Array, targets: Array, outputs: int, weights: Any) -> Self:
        """Train a new model until it has not become better for a while."""
        epochs = whole_number(self.max_iter, "max_iter", 1)
        monitor = self.monitor if self.early_stopping else "loss"
        count = whole_number(self.n_iter_no_change, "n_iter_no_change", 1)
        callbacks: list[Callback] = [
            NoChange(monitor, count, in_range(self.tol, "tol"))
        ]
        self._start(X.shape[1], outputs)
        arrays, held_out = [X, targets, *_as_weights(weights)], None
        if self.early_stopping:
            arrays, held_out = self._split(arrays)
            callbacks += [EarlyStopping(monitor, epochs, restore_best_weights=True)]
        self._train(arrays, epochs, held_out, callbacks)
        if not self.history_.stopped:
            warnings.warn(
                f"still learning: got max_iter={self.max_iter!r} epochs, after which "
                "the loss still falls; expected it to end before. Raise max_iter, or "
                "the learning rate.",
                ConvergenceWarning,
                stacklevel=3,
            )
        return self

    def _go_on(self, X: Array, targets: Array, outputs: int, weights: Any) -> Self:
        """Train the model for an epoch; a new one, if there is none."""
        if not hasattr(self, "model_"):
            self._start(X.shape[1], outputs)
        self._train([X, targets, *_as_weights(weights)], 1)
        return self

    def _start(self, inputs: int, outputs: int) -> None:
        """Make the model and its optimizer."""
        self._generator = check_random_state(self.random_state)
        draws = random.Random(self._next_seed())
        make = choice(OPTIMIZERS, self.solver, "solver")
        rate = in_range(self.learning_rate_init, "learning_rate_init", ends="()")
        model = MLP(
            inputs,
            [*_listed(self.hidden_layer_sizes), outputs],
            activation=_activation(self.activation),
            initializer=functools.partial(xavier_uniform, rng=draws),
        )
        self._optimizer: Optimizer = make(model.parameters(), lr=rate)
        self.model_, self.n_iter_ = model, 0
        self.loss_curve_: list[float] = []

    def _split(self, arrays: Sequence[Array]) -> tuple[list[Array], list[Array]]:
        """What to train on, and what to hold out."""
        parts = train_test_split(
            *arrays,
            test_size=self.validation_fraction,
            random_state=self._next_seed(),
            stratify=self.strata(arrays[1]),
        )
        return parts[::2], parts[1::2]

    def _train(
        self,
        arrays: Sequence[Array],
        epochs: int,
        held_out: Sequence[Array] | None = None,
        callbacks: Sequence[Callback] = (),
    ) -> None:
        """Train the model on X, targets and perhaps weights; note what happened."""
        X, targets, *rest = arrays
        weights = rest[0] if rest else None
        size = self._batch_size(len(X))
        self.history_ = fit(
            self.model_,
            X,
            targets,
            loss=self._penalized(size if weights is None else size * weights.mean()),
            optimizer=self._optimizer,
            epochs=epochs,
            batch_size=size,
            validation_data=held_out,
            callbacks=callbacks,
            verbose=int(self.verbose),
            seed=self._next_seed(),
            backend=self.backend,
            sample_weight=weights,
            shuffle=self.shuffle,
        )
        self.loss_curve_ += self.history_.history.get("loss", [])
        self.n_iter_ = len(self.loss_curve_)  # 0 after Ctrl-C in the first epoch
        self.loss_ = self.loss_curve_[-1] if self.n_iter_ else math.nan

    def _penalized(self, examples: float) -> Loss:
        """The loss of an example with alpha / 2 of all squared weights to a batch."""
        alpha = in_range(self.alpha, "alpha")
        neurons = [neuron for layer in self.model_.layers for neuron in layer.neurons]
        weights = [weight for neuron in neurons for weight in neuron.w]

        def penalized(outputs: Any, target: Any) -> Any:
            loss = self.loss_of(outputs, target)
            return loss + alpha / (2.0 * examples) * l2_penalty(weights)

        return penalized if alpha else self.loss_of

    def _batch_size(self, examples: int) -> int:
        if isinstance(self.batch_size, str) and self.batch_size == "auto":
            return min(LARGEST_BATCH, examples)
        return min(whole_number(self.batch_size, "batch_size", 1), examples)

    def _next_seed(self) -> int:
        return int(self._generator.randint(SEEDS))


def _as_weights(given: Any) -> list[Array]:
    """The weights of examples as an array, if there are any.

    Raises:
        ValueError: If all are zero.
    """
    if given is None:
        return []
    weights = check_array(given, ensure_2d=False, dtype=np.float64)
    if not weights.any():
        raise ValueError(
            "no example counts: got sample_weight of zeros alone; expected a weight "
            "above 0. Leave sample_weight out to have all count the same."
        )
    return [weights]


def _activation(name: Any) -> Any:
    return ACTIVATIONS.get(name, name) if isinstance(name, str) else name


def _listed(sizes: Any) -> list[Any]:
    return list(sizes) if np.ndim(sizes) else [sizes]
