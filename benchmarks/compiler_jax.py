"""The steps of `compiler_workloads.py` in JAX: each one function under `jit`.

XLA runs a whole step without Python between its ops. Parameters are a dictionary, as in
JAX's tutorials. The fastest form on a CPU among those tried is another: all parameters
in one vector, and no asynchronous dispatch, which hands each step to another thread.
That is `tuned_jax_step`; the dispatch is settled when JAX starts, so it needs a process
of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from jax.nn import relu

if TYPE_CHECKING:
    from compiler_workloads import Workload

Array = jax.Array
Params = dict[str, Array]
jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)


def jax_step(workload: Workload) -> Callable[[], Array]:
    """The function that does the next step, waits for it, and returns its loss."""
    return step_of(workload, params_of(workload), LOSSES[workload.name])


def tuned_jax_step(workload: Workload) -> Callable[[], Array]:
    """The same with all parameters in one vector, and steps one after another."""
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    params, unravel = ravel_pytree(params_of(workload))
    loss_of = LOSSES[workload.name]
    return step_of(workload, params, lambda p, *batch: loss_of(unravel(p), *batch))


def params_of(workload: Workload) -> Params:
    """The parameters by name."""
    return {name: jnp.asarray(array) for name, array in workload.arrays().items()}


def step_of(
    workload: Workload, params: Any, loss_of: Callable[..., Array]
) -> Callable[[], Array]:
    """The step for parameters in any form."""
    start, update = optimizer_of(workload.hyperparameters())
    state = start(params)
    batches = cycle([[jnp.asarray(a) for a in batch] for batch in workload.batches])

    @partial(jax.jit, donate_argnums=0)
    def compiled(state: tuple[Any, ...], *batch: Array) -> tuple[Any, Array]:
        loss, grad = jax.value_and_grad(loss_of)(state[0], *batch)
        return update(grad, *state), loss

    def step() -> Array:
        nonlocal state
        state, loss = jax.block_until_ready(compiled(state, *next(batches)))
        return loss

    return step


def optimizer_of(given: dict[str, Any]) -> tuple[Callable[..., Any], ...]:
    """What makes the state from the parameters, and what moves it."""
    if "betas" not in given:
        return lambda params: (params,), partial(sgd, lr=given["lr"])

    def start(params: Any) -> tuple[Any, ...]:
        return params, zeros_like(params), zeros_like(params), jnp.array(0.0)

    hyperparameters = {name: given[name] for name in ("lr", "betas", "eps")}
    return start, partial(adam, **hyperparameters)


def zeros_like(params: Any) -> Any:
    """A zero for each parameter."""
    return jax.tree.map(jnp.zeros_like, params)


def sgd(grad: Any, params: Any, lr: float) -> tuple[Any]:
    """One step of stochastic gradient descent."""
    return (jax.tree.map(lambda p, g: p - lr * g, params, grad),)


def adam(
    grad: Any,
    params: Any,
    mean: Any,
    square: Any,
    t: Array,
    lr: float,
    betas: tuple[float, float],
    eps: float,
) -> tuple[Any, ...]:
    """One step of Adam (Kingma and Ba, 2015)."""
    t = t + 1.0
    first, second = betas
    mean = jax.tree.map(lambda m, g: first * m + (1.0 - first) * g, mean, grad)
    square = jax.tree.map(lambda s, g: second * s + (1 - second) * g * g, square, grad)
    rate, correction = lr / (1.0 - first**t), 1.0 - second**t

    def moved(p: Array, m: Array, s: Array) -> Array:
        return p - rate * m / (jnp.sqrt(s / correction) + eps)

    return jax.tree.map(moved, params, mean, square), mean, square, t


def mlp(p: Params, x: Array) -> Array:
    """The layers of the parameters W0, b0, W1, b1 ..."""
    layers = [(p[name], p[f"b{name[1:]}"]) for name in sorted(p) if name[0] == "W"]
    for W, b in layers[:-1]:
        x = relu(x @ W.T + b)
    W, b = layers[-1]
    return x @ W.T + b


def cross_entropy(logits: Array, targets: Array) -> Array:
    """The mean over examples, one a row."""
    chosen = jnp.take_along_axis(logits, targets[:, None], axis=1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(logits, axis=1) - chosen)


def moons(p: Params, x: Array, signs: Array) -> Array:
    """The hinge loss and L2."""
    hinges = relu(1.0 - signs * mlp(p, x)[:, 0])
    return jnp.mean(hinges) + 1e-4 * sum(jnp.sum(w * w) for w in p.values())


def classifier(p: Params, x: Array, targets: Array) -> Array:
    """The cross-entropy of a network of dense layers."""
    return cross_entropy(mlp(p, x), targets)


def rmsnorm(x: Array) -> Array:
    """Each row over the root of its mean square."""
    return x * jax.lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-5)


def gpt(p: Params, documents: Array) -> Array:
    """The cross-entropy of each next token of the only document."""
    tokens, targets = documents[0, :-1], documents[0, 1:]
    n = len(tokens)
    x = rmsnorm(p["wte"][tokens] + p["wpe"][:n])
    y = rmsnorm(x)
    q, k, v = ((y @ p[name].T).reshape(n, 4, 4) for name in ("wq", "wk", "wv"))
    scores = jnp.einsum("ihd,jhd->hij", q, k) * 0.5
    past = jnp.tril(jnp.ones((n, n), bool))
    weights = jax.nn.softmax(jnp.where(past, scores, -jnp.inf))
    mixed = jnp.einsum("hij,jhd->ihd", weights, v).reshape(n, 16)
    x = x + mixed @ p["wo"].T
    x = x + relu(rmsnorm(x) @ p["fc1"].T) @ p["fc2"].T
    return cross_entropy(x @ p["lm_head"].T, targets)


def cnn(p: Params, images: Array, targets: Array) -> Array:
    """The cross-entropy after two convolutions and a linear layer."""
    w1, w2 = p["conv1.w"].reshape(8, 1, 3, 3), p["conv2.w"].reshape(16, 8, 3, 3)
    x = relu(convolution(images[:, None], w1, "VALID") + p["conv1.b"][:, None, None])
    x = x.reshape(-1, 8, 3, 2, 3, 2).max(axis=(3, 5))  # quicker than reduce_window
    x = relu(convolution(x, w2, "SAME") + p["conv2.b"][:, None, None])
    return cross_entropy(x.reshape(len(x), -1) @ p["W0"].T + p["b0"], targets)


def convolution(x: Array, w: Array, padding: str) -> Array:
    """A convolution of stride 1."""
    return jax.lax.conv_general_dilated(x, w, (1, 1), padding)


LOSSES: dict[str, Any] = {
    "moons": moons,
    "digits": classifier,
    "mnist": classifier,
    "gpt": gpt,
    "gpt-16": gpt,
    "cnn": cnn,
}
