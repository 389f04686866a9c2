"""RMSprop: gradients over their own recent size.

>>> w = Value(5.0)
>>> w.grad = 1e-3
>>> RMSprop([w], lr=0.5, alpha=0.75).step()
>>> round(w.data, 3)
4.0
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.optim.optimizer import Optimizer
from micrograd_nn.ranges import in_range


class RMSprop(Optimizer):
    """RMSprop: a gradient over the root of the running mean of its squares.

    From Hinton's lecture notes (Tieleman and Hinton, 2012, lecture 6.5); centered as
    in Graves (2013, equation 40), with the variance in place of the mean square. As in
    PyTorch, the running mean starts at 0, so that first steps are long, and `eps` is
    added to the root.

    Args:
        params: The parameters, each once.
        lr: The learning rate: how far to go.
        alpha: How much is kept of the running mean of squares, below 1.
        eps: What keeps a step small where gradients are tiny.
        weight_decay: How strongly parameters are drawn to 0, as by a term
            weight_decay / 2 · param² in the loss.
        momentum: How much of the last velocity is kept.
        centered: Whether to take the mean gradient off before squaring.

    Raises:
        TypeError: As for `Optimizer`.
        ValueError: As for `Optimizer`.

    >>> w = Value(5.0)
    >>> w.grad = -20.0
    >>> RMSprop([w], lr=0.5, alpha=0.0, momentum=0.9).step()
    >>> round(w.data, 3)
    5.5
    """

    state_names = ("square_avg", "grad_avg", "momentum_buffer")
    alpha: float
    eps: float
    weight_decay: float
    momentum: float
    centered: bool

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            alpha=in_range(alpha, "alpha", high=1.0),
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
        )

    @staticmethod
    def rule(
        xp: Any,
        param: Any,
        grad: Any,
        mean_square: Any,
        mean: Any,
        velocity: Any,
        *,
        t: int,
        lr: float,
        alpha: float,
        eps: float,
        weight_decay: float,
        momentum: float,
        centered: bool,
    ) -> tuple[Any, Any, Any, Any]:
        """One step: the new parameter, its new running means and velocity."""
        if weight_decay:
            grad = grad + weight_decay * param
        mean_square = alpha * mean_square + (1.0 - alpha) * grad * grad
        spread = mean_square
        if centered:
            mean = alpha * mean + (1.0 - alpha) * grad
            # Rounding may leave less than nothing of what should be 0.
            spread = xp.maximum(mean_square - mean * mean, 0.0)
        move = grad / (xp.sqrt(spread) + eps)
        if momentum:
            move = velocity = momentum * velocity + move
        return param - lr * move, mean_square, mean, velocity
