"""The steps of `compiler_workloads.py` by hand in NumPy: backpropagation on paper.

What is quick on small arrays: few calls, so one flat vector holds all parameters, each
bias is a column of its matrix beside a row of ones, and results go where they are
needed. Examples are columns, as that makes the sums over classes and examples cheap.

The GPT and the CNN are in `compiler_numpy_gpt.py` and `compiler_numpy_cnn.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from compiler_workloads import Workload

Array = np.ndarray
Step = Callable[[], Any]


class Flat:
    """Parameters and their gradients as matrices that are views of two vectors."""

    def __init__(self, **matrices: Array) -> None:
        self.params = np.concatenate([matrix.ravel() for matrix in matrices.values()])
        self.grads = np.zeros_like(self.params)
        self.names = list(matrices)
        self._shapes = [matrix.shape for matrix in matrices.values()]

    def views(self, vector: Array) -> list[Array]:
        """The matrices inside such a vector, in the order of definition."""
        ends = np.cumsum([np.prod(shape) for shape in self._shapes])[:-1]
        parts = np.split(vector, ends)
        return [p.reshape(shape) for p, shape in zip(parts, self._shapes, strict=True)]


def with_biases(workload: Workload, *pairs: tuple[str, str]) -> Flat:
    """The weights, each with its biases as a last column."""
    arrays = workload.arrays()
    return Flat(**{w: np.column_stack([arrays[w], arrays[b]]) for w, b in pairs})


def ones(rows: int, columns: int) -> tuple[Array, Array]:
    """An array with a last row of ones, and those before it, to be filled in."""
    whole = np.ones((rows + 1, columns))
    return whole, whole[:-1]


def moons(workload: Workload) -> Step:
    """Two hidden layers and one score; the hinge loss and L2."""
    lr = workload.hyperparameters()["lr"]
    ((points, signs),) = workload.batches
    n = len(points)
    flat = with_biases(workload, ("W0", "b0"), ("W1", "b1"), ("W2", "b2"))
    params, grads = flat.params, flat.grads
    W0, W1, W2 = flat.views(params)
    dW0, dW1, dW2 = flat.views(grads)
    X, x = ones(2, n)
    A, a = ones(16, n)
    B, b = ones(16, n)
    x[:] = points.T
    slope = -signs / n

    def step() -> float:
        np.maximum(np.matmul(W0, X, out=a), 0.0, out=a)
        np.maximum(np.matmul(W1, A, out=b), 0.0, out=b)
        hinges = np.maximum(1.0 - signs * (W2 @ B), 0.0)
        loss = hinges.sum() / n + 1e-4 * (params @ params)
        dscores = (hinges > 0.0) * slope
        np.matmul(dscores, B.T, out=dW2)
        db = W2[:, :-1].T * dscores
        db *= b > 0.0
        np.matmul(db, A.T, out=dW1)
        da = W1[:, :-1].T @ db
        da *= a > 0.0
        np.matmul(da, X.T, out=dW0)
        np.multiply(params, 1.0 - lr * 2e-4, out=params)
        np.subtract(params, np.multiply(grads, lr, out=grads), out=params)
        return loss

    return step


def cross_entropy(logits: Array, places: Array) -> tuple[float, Array]:
    """The mean loss of logits, one example a column, and its gradient, in place.

    Args:
        logits: The logits, as (class, example).
        places: Where the targets' logits are in the flattened array.
    """
    classes, n = logits.shape
    logits -= np.maximum.reduce(logits)
    chosen = logits.take(places).sum()
    np.exp(logits, out=logits)
    total = np.ones(classes) @ logits
    loss = (np.log(total).sum() - chosen) / n
    total *= n
    logits /= total
    logits.ravel()[places] -= 1.0 / n
    return loss, logits


def places_of(targets: Array) -> Array:
    """Where the logits of these targets are in the flattened array."""
    return targets * len(targets) + np.arange(len(targets))


def classifier(workload: Workload) -> Step:
    """One hidden layer and the softmax cross-entropy."""
    lr = workload.hyperparameters()["lr"]
    flat = with_biases(workload, ("W0", "b0"), ("W1", "b1"))
    params, grads = flat.params, flat.grads
    W0, W1 = flat.views(params)
    dW0, dW1 = flat.views(grads)
    n = workload.batch_size
    H, h = ones(len(W0), n)
    batches = cycle(
        [(np.column_stack([x, np.ones(n)]), places_of(y)) for x, y in workload.batches]
    )

    def step() -> float:
        X, places = next(batches)
        np.maximum(np.matmul(W0, X.T, out=h), 0.0, out=h)
        loss, dlogits = cross_entropy(W1 @ H, places)
        np.matmul(dlogits, H.T, out=dW1)
        dh = W1[:, :-1].T @ dlogits
        dh *= h > 0.0
        np.matmul(dh, X, out=dW0)
        np.subtract(params, np.multiply(grads, lr, out=grads), out=params)
        return loss

    return step
