"""Stochastic gradient descent, with momentum and without.

>>> w = Value(5.0)
>>> w.grad = 4.0
>>> optimizer = SGD([w], lr=0.1, momentum=0.5)
>>> for _ in range(2):
...     optimizer.step()  # by 0.4, then by 0.4 and half of what went before
>>> round(w.data, 3)
4.0
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.optim.optimizer import Optimizer


class SGD(Optimizer):
    """Stochastic gradient descent: steps against the gradient.

    With momentum (Polyak, 1964; nesterov: Nesterov, 1983, in the form of Sutskever et
    al., 2013) a step goes along a velocity, to which each gradient adds. As in PyTorch,
    `lr` is no factor of the velocity, and the first gradient is not dampened.

    Args:
        params: The parameters, each once.
        lr: The learning rate: how far to go.
        momentum: How much of the last velocity is kept.
        dampening: How much of a gradient is kept out of the velocity.
        weight_decay: How strongly parameters are drawn to 0, as by a term
            weight_decay / 2 · param² in the loss.
        nesterov: Whether to go along the gradient and the velocity that it made.

    Raises:
        TypeError: As for `Optimizer`.
        ValueError: As for `Optimizer`; or if `nesterov` comes without momentum or with
            dampening.

    >>> w = Value(5.0)
    >>> w.grad = 4.0
    >>> SGD([w], lr=0.1).step()
    >>> w.data
    4.6
    """

    state_names = ("momentum_buffer",)
    momentum: float
    dampening: float
    weight_decay: float
    nesterov: bool

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        if nesterov and (momentum == 0.0 or dampening != 0.0):
            raise ValueError(
                f"Nesterov needs a full velocity: got momentum={momentum!r} and "
                f"dampening={dampening!r}; expected momentum > 0 and no dampening."
            )
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
        )

    @staticmethod
    def rule(
        xp: Any,
        param: Any,
        grad: Any,
        velocity: Any,
        *,
        t: int,
        lr: float,
        momentum: float,
        dampening: float,
        weight_decay: float,
        nesterov: bool,
    ) -> tuple[Any, Any]:
        """One step: the new parameter and its new velocity."""
        if weight_decay:
            grad = grad + weight_decay * param
        if momentum:
            velocity = momentum * velocity + (1.0 - dampening * (t > 1)) * grad
            grad = grad + momentum * velocity if nesterov else velocity
        return param - lr * grad, velocity
