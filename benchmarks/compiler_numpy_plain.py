"""Networks of dense layers by hand in NumPy, as one would first write them.

Examples are rows, each layer has its matrix and its biases, and results are new arrays.
`compiler_numpy.py` has the same steps with what makes them quicker on small arrays.
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
    rows = np.arange(workload.batch_size)

    def step() -> float:
        x, targets = next(batches)
        h = np.maximum(x @ p["W0"].T + p["b0"], 0.0)
        logits = h @ p["W1"].T + p["b1"]
        logits -= logits.max(axis=1, keepdims=True)
        weights = np.exp(logits)
        total = weights.sum(axis=1)
        loss = (np.log(total) - logits[rows, targets]).mean()
        dlogits = weights / total[:, None]
        dlogits[rows, targets] -= 1.0
        dlogits /= len(rows)
        dh = (dlogits @ p["W1"]) * (h > 0.0)
        p["W1"] -= lr * (dlogits.T @ h)
        p["b1"] -= lr * dlogits.sum(axis=0)
        p["W0"] -= lr * (dh.T @ x)
        p["b0"] -= lr * dh.sum(axis=0)
        return loss

    return step
