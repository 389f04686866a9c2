"""Adagrad: the more a parameter has moved, the shorter its steps.

>>> w = Value(5.0)
>>> w.grad = 1e-3
>>> optimizer = Adagrad([w], lr=0.5)
>>> for _ in range(4):
...     optimizer.step()  # by 1/2, then over the roots of 2, 3 and 4
>>> round(w.data, 3)
3.608
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.optim.optimizer import Optimizer


class Adagrad(Optimizer):
    """Adagrad: a gradient over the root of the sum of its squares so far.

    Parameters of rare features, whose gradients are mostly 0, keep their long steps
    (Duchi, Hazan and Singer, 2011). As in PyTorch, `eps` is added to the root.

    Args:
        params: The parameters, each once.
        lr: The learning rate: how far to go.
        lr_decay: How much longer 1 / lr gets in each step, over 1 / lr.
        weight_decay: How strongly parameters are drawn to 0, as by a term
            weight_decay / 2 · param² in the loss.
        initial_accumulator_value: What the sums start from.
        eps: What keeps a step small where gradients are tiny.

    Raises:
        TypeError: As for `Optimizer`.
        ValueError: As for `Optimizer`.

    >>> w = Value(5.0)
    >>> w.grad = 3.0
    >>> Adagrad([w], lr=0.5, initial_accumulator_value=16.0).step()
    >>> round(w.data, 3)
    4.7
    """

    state_names = ("sum",)
    lr_decay: float
    weight_decay: float
    initial_accumulator_value: float
    eps: float

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
        )

    @staticmethod
    def rule(
        xp: Any,
        param: Any,
        grad: Any,
        total: Any,
        *,
        t: int,
        lr: float,
        lr_decay: float,
        weight_decay: float,
        initial_accumulator_value: float,
        eps: float,
    ) -> tuple[Any, Any]:
        """One step: the new parameter and its new sum of squares."""
        if weight_decay:
            grad = grad + weight_decay * param
        total = total + grad * grad
        shorter = lr / (1.0 + (t - 1) * lr_decay)
        return param - shorter * (grad / (xp.sqrt(total) + eps)), total

    def _start(self) -> float:
        return self.initial_accumulator_value
