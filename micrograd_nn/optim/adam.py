"""Adam, and AdamW, whose weight decay is no part of the gradient.

>>> w = Value(5.0)
>>> w.grad = 1e-3
>>> Adam([w], lr=0.5).step()
>>> round(w.data, 3)
4.5
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.optim.optimizer import Optimizer, pair


class Adam(Optimizer):
    """Adam: steps of about `lr` for each parameter, whatever its scale.

    The mean of the gradients over the root of the mean of their squares (Kingma and Ba,
    2015, algorithm 1). Both are running means that start at 0, and so are too small by
    a factor of 1 - beta**t at first. As in PyTorch, `eps` is added to the root after
    that was corrected.

    Args:
        params: The parameters, each once.
        lr: The learning rate: how far to go.
        betas: How much is kept of the running mean of gradients, and of their squares.
        eps: What keeps a step small where gradients are tiny.
        weight_decay: How strongly parameters are drawn to 0, as by a term
            weight_decay / 2 · param² in the loss.

    Raises:
        TypeError: As for `Optimizer`.
        ValueError: As for `Optimizer`.

    >>> w = Value(5.0)
    >>> w.grad = 1e-3
    >>> Adam([w], lr=0.5).step()
    >>> round(w.data, 3)
    4.5
    """

    state_names = ("exp_avg", "exp_avg_sq")
    betas: tuple[float, float]
    eps: float
    weight_decay: float

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            betas=pair(betas, "betas"),
            eps=eps,
            weight_decay=weight_decay,
        )

    @staticmethod
    def rule(
        xp: Any,
        param: Any,
        grad: Any,
        mean: Any,
        mean_square: Any,
        *,
        t: int,
        lr: float,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
    ) -> tuple[Any, Any, Any]:
        """One step: the new parameter and its new running means."""
        beta1, beta2 = betas
        if weight_decay:
            grad = grad + weight_decay * param
        mean = beta1 * mean + (1.0 - beta1) * grad
        mean_square = beta2 * mean_square + (1.0 - beta2) * grad * grad
        root = xp.sqrt(mean_square) / xp.sqrt(1.0 - beta2**t) + eps
        return param - lr / (1.0 - beta1**t) * (mean / root), mean, mean_square


class AdamW(Adam):
    """Adam with decoupled weight decay: all parameters shrink at the same pace.

    In `Adam` the decay is part of the gradient, and so divided by its size: parameters
    with large gradients hardly decay. Here it is a step of its own, by a factor of
    1 - lr · weight_decay (Loshchilov and Hutter, 2019, algorithm 2).

    Args:
        params: The parameters, each once.
        lr: The learning rate: how far to go.
        betas: How much is kept of the running mean of gradients, and of their squares.
        eps: What keeps a step small where gradients are tiny.
        weight_decay: Which share of a parameter is lost in a step, over `lr`.

    Raises:
        TypeError: As for `Optimizer`.
        ValueError: As for `Optimizer`.

    >>> w = Value(5.0)
    >>> AdamW([w], lr=0.5, weight_decay=0.1).step()  # its grad is 0
    >>> w.data
    4.75
    """

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    @staticmethod
    def rule(
        xp: Any,
        param: Any,
        grad: Any,
        mean: Any,
        mean_square: Any,
        *,
        t: int,
        lr: float,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
    ) -> tuple[Any, Any, Any]:
        """One step: the new parameter and its new running means."""
        if weight_decay:
            param = param * (1.0 - lr * weight_decay)
        return Adam.rule(
            xp,
            param,
            grad,
            mean,
            mean_square,
            t=t,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=0.0,
        )
