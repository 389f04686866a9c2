"""The CNN of `compiler_workloads.py` by hand in NumPy: convolutions as products.

The batch is the last axis, so that patches are copied in runs (im2col), and the places
of the first convolution come by their corner of the pooling square, so that pooling
compares four arrays. ReLU follows the pooling, which takes a quarter of the time and
gives the same, as both are monotone. The gradient of a convolution's input is a
convolution of the gradient with the kernels turned around, and so a product as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
from compiler_numpy import Array, Step, cross_entropy, ones, places_of, with_biases
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from compiler_workloads import Workload


def cnn(workload: Workload) -> Step:
    """Two convolutions, a linear layer and the softmax cross-entropy."""
    lr = workload.hyperparameters()["lr"]
    pairs = ("conv1.w", "conv1.b"), ("conv2.w", "conv2.b"), ("W0", "b0")
    flat = with_biases(workload, *pairs)
    params, grads = flat.params, flat.grads
    K1, K2, W = flat.views(params)
    dK1, dK2, dW = flat.views(grads)
    n = workload.batch_size
    pixels = np.empty((1, 8, 8, n))
    padded, dpadded = np.zeros((8, 5, 5, n)), np.zeros((16, 5, 5, n))
    pooled, dsecond = padded[:, 1:-1, 1:-1], dpadded[:, 1:-1, 1:-1]
    P1, copy1 = patches_of(by_corner(windows_of(pixels)))
    P2, copy2 = patches_of(windows_of(padded))
    P3, copy3 = patches_of(windows_of(dpadded))
    F, features = ones(16 * 9, n)
    second = features.reshape(16, 9 * n)
    batches = cycle([(x, places_of(y)) for x, y in workload.batches])

    def step() -> float:
        images, places = next(batches)
        pixels[0] = images.transpose(1, 2, 0)
        copy1()
        first = (K1 @ P1).reshape(8, 4, 3, 3, n)
        winners = max_pool(first, pooled)
        copy2()
        np.maximum(np.matmul(K2, P2, out=second), 0.0, out=second)
        loss, dlogits = cross_entropy(W @ F, places)

        np.matmul(dlogits, F.T, out=dW)
        dfeatures = W[:, :-1].T @ dlogits
        dfeatures *= features > 0.0
        np.matmul(dfeatures.reshape(16, 9 * n), P2.T, out=dK2)
        dsecond[:] = dfeatures.reshape(16, 3, 3, n)
        copy3()
        dpooled = (turned(K2[:, :-1]) @ P3[:-1]).reshape(pooled.shape)
        dfirst = max_pool_backward(dpooled, winners)
        np.matmul(dfirst.reshape(8, 36 * n), P1.T, out=dK1)
        np.subtract(params, np.multiply(grads, lr, out=grads), out=params)
        return loss

    return step


def windows_of(images: Array) -> Array:
    """The 3 x 3 patches, as (channel; kernel y, x; place y, x; example): a view."""
    windows = sliding_window_view(images, (3, 3), axis=(1, 2))
    return windows.transpose(0, 4, 5, 1, 2, 3)


def by_corner(windows: Array) -> Array:
    """Their places y, x split into corner y, x and square y, x of the pooling."""
    n = windows.shape[-1]
    return windows.reshape(1, 3, 3, 3, 2, 3, 2, n).transpose(0, 1, 2, 4, 6, 3, 5, 7)


def patches_of(windows: Array) -> tuple[Array, Callable[[], None]]:
    """The matrix of patches, with a row of ones, and what copies the windows to it."""
    rows = 9 * len(windows)
    matrix, patches = ones(rows, windows.size // rows)
    inside = patches.reshape(windows.shape)
    return matrix, partial(np.copyto, inside, windows)


def turned(kernels: Array) -> Array:
    """The kernels of the opposite direction, from outputs to inputs."""
    by_place = kernels.reshape(16, 8, 9)[:, :, ::-1]
    return by_place.transpose(1, 0, 2).reshape(8, 16 * 9)


def max_pool(first: Array, out: Array) -> tuple[Array, ...]:
    """The largest of the four corners or 0 into `out`; and where each won."""
    a, b, c, d = first.transpose(1, 0, 2, 3, 4)
    ab, cd = np.maximum(a, b), np.maximum(c, d)
    np.maximum(np.maximum(ab, cd), 0.0, out=out)
    return out > 0.0, ab >= cd, a >= b, c >= d


def max_pool_backward(dpooled: Array, winners: tuple[Array, ...]) -> Array:
    """The gradient of the four corners; spoils `dpooled`."""
    positive, ab_wins, a_wins, c_wins = winners
    dpooled *= positive
    dab = dpooled * ab_wins
    dcd = dpooled - dab
    dfirst = np.empty((8, 4, *dpooled.shape[1:]))
    np.multiply(dab, a_wins, out=dfirst[:, 0])
    np.subtract(dab, dfirst[:, 0], out=dfirst[:, 1])
    np.multiply(dcd, c_wins, out=dfirst[:, 2])
    np.subtract(dcd, dfirst[:, 2], out=dfirst[:, 3])
    return dfirst
