"""Networks by hand in NumPy, as one would first write them.

Examples are rows, each layer has its matrix and its biases, and results are new arrays.
`compiler_numpy.py` and `compiler_numpy_cnn.py` have the same steps with what makes them
quicker on small arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from compiler_workloads import Workload

Array = np.ndarray
Step = Callable[[], Any]


def moons(workload: Workload) -> Step:
    """Two hidden layers and one score; the hinge loss and L2."""
    p, lr = workload.arrays(), workload.hyperparameters()["lr"]
    ((x, signs),) = workload.batches

    def step() -> float:
        a = np.maximum(x @ p["W0"].T + p["b0"], 0.0)
        b = np.maximum(a @ p["W1"].T + p["b1"], 0.0)
        scores = (b @ p["W2"].T + p["b2"])[:, 0]
        hinges = np.maximum(1.0 - signs * scores, 0.0)
        loss = hinges.mean() + 1e-4 * sum((w * w).sum() for w in p.values())
        dscores = -(signs * (hinges > 0.0) / len(x))[:, None]
        db = (dscores @ p["W2"]) * (b > 0.0)
        da = (db @ p["W1"]) * (a > 0.0)
        grads = {
            "W0": da.T @ x,
            "b0": da.sum(axis=0),
            "W1": db.T @ a,
            "b1": db.sum(axis=0),
            "W2": dscores.T @ b,
            "b2": dscores.sum(axis=0),
        }
        for name, grad in grads.items():
            p[name] -= lr * (grad + 2e-4 * p[name])
        return loss

    return step


def classifier(workload: Workload) -> Step:
    """One hidden layer and the softmax cross-entropy."""
    p, lr = workload.arrays(), workload.hyperparameters()["lr"]
    batches = cycle(workload.batches)

    def step() -> float:
        x, targets = next(batches)
        h = np.maximum(x @ p["W0"].T + p["b0"], 0.0)
        logits = h @ p["W1"].T + p["b1"]
        loss, dlogits = cross_entropy(logits, targets)
        dh = (dlogits @ p["W1"]) * (h > 0.0)
        p["W1"] -= lr * (dlogits.T @ h)
        p["b1"] -= lr * dlogits.sum(axis=0)
        p["W0"] -= lr * (dh.T @ x)
        p["b0"] -= lr * dh.sum(axis=0)
        return loss

    return step


def cnn(workload: Workload) -> Step:
    """Two convolutions by im2col, a linear layer and the softmax cross-entropy."""
    p, lr = workload.arrays(), workload.hyperparameters()["lr"]
    batches = cycle(workload.batches)
    n = workload.batch_size

    def step() -> float:
        images, targets = next(batches)
        patches1 = im2col(images[:, None])
        first = np.maximum(patches1 @ p["conv1.w"].reshape(8, -1).T + p["conv1.b"], 0.0)
        squares = first.reshape(n, 3, 2, 3, 2, 8)
        pooled = squares.max(axis=(2, 4))
        channels = pooled.transpose(0, 3, 1, 2)
        patches2 = im2col(np.pad(channels, ((0, 0), (0, 0), (1, 1), (1, 1))))
        kernels2 = p["conv2.w"].reshape(16, -1)
        second = np.maximum(patches2 @ kernels2.T + p["conv2.b"], 0.0)
        features = second.transpose(0, 2, 1).reshape(n, -1)
        logits = features @ p["W0"].T + p["b0"]
        loss, dlogits = cross_entropy(logits, targets)

        dfeatures = (dlogits @ p["W0"]) * (features > 0.0)
        dsecond = dfeatures.reshape(n, 16, 9).transpose(0, 2, 1)
        dpooled = col2im(dsecond @ kernels2).transpose(0, 2, 3, 1)
        winners = squares == pooled[:, :, None, :, None]
        shares = winners / winners.sum(axis=(2, 4), keepdims=True)
        dfirst = (shares * dpooled[:, :, None, :, None]).reshape(n, 36, 8)
        dfirst *= first > 0.0
        grads = {
            "conv1.w": np.tensordot(dfirst, patches1, ((0, 1), (0, 1))),
            "conv1.b": dfirst.sum(axis=(0, 1)),
            "conv2.w": np.tensordot(dsecond, patches2, ((0, 1), (0, 1))),
            "conv2.b": dsecond.sum(axis=(0, 1)),
            "W0": dlogits.T @ features,
            "b0": dlogits.sum(axis=0),
        }
        for name, grad in grads.items():
            p[name] -= lr * grad.reshape(p[name].shape)
        return loss

    return step


def cross_entropy(logits: Array, targets: Array) -> tuple[float, Array]:
    """The mean loss of logits, one example a row, and its gradient; spoils `logits`."""
    rows = np.arange(len(logits))
    logits -= logits.max(axis=1, keepdims=True)
    weights = np.exp(logits)
    total = weights.sum(axis=1)
    loss = (np.log(total) - logits[rows, targets]).mean()
    dlogits = weights / total[:, None]
    dlogits[rows, targets] -= 1.0
    return loss, dlogits / len(rows)


def im2col(images: Array) -> Array:
    """The 3 x 3 patches, as (example, place, channel and position in the kernel)."""
    windows = sliding_window_view(images, (3, 3), axis=(2, 3))
    n, channels, height, width = windows.shape[:4]
    ordered = windows.transpose(0, 2, 3, 1, 4, 5)
    return ordered.reshape(n, height * width, channels * 9)


def col2im(dpatches: Array) -> Array:
    """The grads of the patches added up where they overlap, without the padding."""
    by_position = dpatches.reshape(len(dpatches), 3, 3, 8, 3, 3)
    dimages = np.zeros((len(dpatches), 8, 5, 5))
    for i in range(3):
        for j in range(3):
            part = by_position[..., i, j].transpose(0, 3, 1, 2)
            dimages[:, :, i : i + 3, j : j + 3] += part
    return dimages[:, :, 1:-1, 1:-1]
