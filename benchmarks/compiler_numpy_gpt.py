"""The GPT of `compiler_workloads.py` by hand in NumPy, with Adam.

A position is a row; query, key and value are one product; the heads are a batch axis.
"""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
from compiler_numpy import Array, Flat, Step, cross_entropy, places_of

if TYPE_CHECKING:
    from compiler_workloads import Workload

HEADS, SIZE = 4, 4  # of the attention, and of each of them


def gpt(workload: Workload) -> Step:
    """One document a step."""
    flat = fused(workload)
    wte, wpe, wqkv, wo, fc1, fc2, lm_head = flat.views(flat.params)
    dwte, dwpe, dwqkv, dwo, dfc1, dfc2, dlm_head = flat.views(flat.grads)
    update = adam(flat, **workload.hyperparameters())
    n = workload.batches[0][0].shape[1] - 1
    past = np.tril(np.ones((n, n)))
    one_hot = np.eye(len(wte))
    batches = cycle([(t[:-1], places_of(t[1:])) for ((t,),) in workload.batches])

    def step() -> float:
        tokens, places = next(batches)
        embedded = wte.take(tokens, axis=0)
        embedded += wpe[:n]
        x0, scale0 = rmsnorm(embedded)
        x1, scale1 = rmsnorm(x0)
        qkv = x1 @ wqkv.T
        mixed, saved = attention(qkv, past)
        x2 = mixed @ wo.T
        x2 += x0
        x3, scale3 = rmsnorm(x2)
        hidden = x3 @ fc1.T
        np.maximum(hidden, 0.0, out=hidden)
        x4 = hidden @ fc2.T
        x4 += x2
        loss, dlogits = cross_entropy(lm_head @ x4.T, places)

        np.matmul(dlogits, x4, out=dlm_head)
        dx = dlogits.T @ lm_head
        np.matmul(dx.T, hidden, out=dfc2)
        dhidden = dx @ fc2
        dhidden *= hidden > 0.0
        np.matmul(dhidden.T, x3, out=dfc1)
        dx += rmsnorm_backward(dhidden @ fc1, x3, scale3)
        np.matmul(dx.T, mixed, out=dwo)
        dqkv = attention_backward(dx @ wo, qkv, *saved)
        np.matmul(dqkv.T, x1, out=dwqkv)
        dx += rmsnorm_backward(dqkv @ wqkv, x1, scale1)
        dwpe[:n] = rmsnorm_backward(dx, x0, scale0)
        np.matmul(one_hot.take(tokens, axis=1), dwpe[:n], out=dwte)
        update()
        return loss

    return step


def fused(workload: Workload) -> Flat:
    """The parameters, with those of query, key and value as one matrix."""
    arrays = workload.arrays()
    wqkv = np.concatenate([arrays.pop(name) for name in ("wq", "wk", "wv")])
    order = ("wte", "wpe", "wqkv", "wo", "fc1", "fc2", "lm_head")
    return Flat(**{name: (arrays | {"wqkv": wqkv})[name] for name in order})


def rmsnorm(x: Array) -> tuple[Array, Array]:
    """Each row over the root of its mean square, and one over that root."""
    square = np.vecdot(x, x)
    scale = (1.0 / np.sqrt(square / x.shape[1] + 1e-5))[:, None]
    return x * scale, scale


def rmsnorm_backward(dy: Array, y: Array, scale: Array) -> Array:
    """The gradient of what became `y`; spoils `dy`."""
    share = np.vecdot(dy, y)[:, None]
    share /= y.shape[1]
    dy -= y * share
    dy *= scale
    return dy


def heads_of(qkv: Array) -> Array:
    """Query, key and value, each as (head, position, size)."""
    return qkv.reshape(len(qkv), 3, HEADS, SIZE).transpose(1, 2, 0, 3)


def attention(qkv: Array, past: Array) -> tuple[Array, tuple[Array, Array]]:
    """What each position gathers, heads side by side, and what backward needs."""
    n = len(qkv)
    q, k, v = heads_of(qkv)
    weights = q @ k.transpose(0, 2, 1)
    weights *= SIZE**-0.5
    weights -= weights.max(axis=2, keepdims=True)
    np.exp(weights, out=weights)
    weights *= past
    weights /= weights.sum(axis=2, keepdims=True)
    mixed = np.empty((n, HEADS, SIZE))
    np.matmul(weights, v, out=mixed.transpose(1, 0, 2))
    mixed = mixed.reshape(n, HEADS * SIZE)
    return mixed, (weights, mixed)


def attention_backward(
    dmixed: Array, qkv: Array, weights: Array, mixed: Array
) -> Array:
    """The gradient of query, key and value, in one matrix as they are."""
    n = len(qkv)
    q, k, v = heads_of(qkv)
    dqkv = np.empty_like(qkv)
    dq, dk, dv = heads_of(dqkv)
    dout = dmixed.reshape(n, HEADS, SIZE).transpose(1, 0, 2)
    np.matmul(weights.transpose(0, 2, 1), dout, out=dv)
    dweights = dout @ v.transpose(0, 2, 1)
    # The sum over weights * dweights, from the outputs: fewer numbers.
    dweights -= (dmixed * mixed).reshape(n, HEADS, SIZE).sum(axis=2).T[:, :, None]
    dweights *= weights
    dweights *= SIZE**-0.5
    np.matmul(dweights, k, out=dq)
    np.matmul(dweights.transpose(0, 2, 1), q, out=dk)
    return dqkv


def adam(flat: Flat, lr: float, betas: tuple[float, float], eps: float, **_: float):
    """The function that moves all parameters (Kingma and Ba, 2015)."""
    params, grads = flat.params, flat.grads
    beta1, beta2 = betas
    mean, square, root = (np.zeros_like(params) for _ in range(3))
    t = 0

    def update() -> None:
        nonlocal t
        t += 1
        np.multiply(grads, grads, out=root)
        np.multiply(root, 1.0 - beta2, out=root)
        np.multiply(square, beta2, out=square)
        np.add(square, root, out=square)
        np.multiply(grads, 1.0 - beta1, out=grads)
        np.multiply(mean, beta1, out=mean)
        np.add(mean, grads, out=mean)
        # lr / (1 - beta1^t) * mean / (sqrt(square / (1 - beta2^t)) + eps)
        rate = lr / (1.0 - beta1**t)
        np.sqrt(square, out=root)
        np.multiply(root, (1.0 - beta2**t) ** -0.5 / rate, out=root)
        np.add(root, eps / rate, out=root)
        np.divide(mean, root, out=root)
        np.subtract(params, root, out=params)

    return update
