"""One cycle: up to a large learning rate, and down to next to nothing.

>>> from micrograd_nn import Value
>>> from micrograd_nn.optim import SGD
>>> schedule = OneCycleLR(SGD([Value(1.0)]), max_lr=1.0, total_steps=5, pct_start=0.4)
>>> [round(schedule.lr_at(step), 4) for step in range(5)]
[0.04, 1.0, 0.75, 0.25, 0.0]
"""

from __future__ import annotations

import math
from collections.abc import Callable

from micrograd_nn.numbers import shortened
from micrograd_nn.optim.optimizer import Optimizer
from micrograd_nn.optim.schedules.schedule import EpochSchedule
from micrograd_nn.ranges import in_range, one_of, whole_number

# How far along a phase is, from 0 to 1, in the measure of its learning rate.
ANNEALING: dict[str, Callable[[float], float]] = {
    "cos": lambda done: (1.0 - math.cos(math.pi * done)) / 2.0,
    "linear": lambda done: done,
}


class OneCycleLR(EpochSchedule):
    """The learning rate from max_lr / div_factor up to `max_lr`, then far down.

    Call `step()` after every batch. Large learning rates in the middle keep it out of
    sharp valleys, small ones in the end let it settle ("super-convergence", Smith and
    Topin, 2019). In two phases, as PyTorch does unless asked for three; momentum is
    left alone, where PyTorch would cycle it too.

    Args:
        optimizer: Whose learning rate it changes; what that was makes no difference.
        max_lr: The top, above 0.
        total_steps: How many steps there are, 1 or more. Or give both:
        epochs: How many epochs there are.
        steps_per_epoch: How many steps each of them has.
        pct_start: Which share of the steps goes up, from 0 to 1.
        anneal_strategy: "cos" or "linear": the shape of both phases.
        div_factor: What of the top it starts at, as a divisor above 0.
        final_div_factor: What of the start it ends at, as a divisor above 0.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If one is out of range, or the number of steps is not given.

    >>> from micrograd_nn import Value
    >>> from micrograd_nn.optim import Adam
    >>> optimizer = Adam([Value(1.0)])
    >>> schedule = OneCycleLR(optimizer, max_lr=0.5, epochs=10, steps_per_epoch=8)
    >>> optimizer.lr, schedule.total_steps
    (0.02, 80)
    """

    max_lr: float
    total_steps: int
    pct_start: float
    anneal_strategy: str
    div_factor: float
    final_div_factor: float

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        *,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
    ) -> None:
        super().__init__(
            optimizer,
            max_lr=in_range(max_lr, "max_lr", ends="()"),
            total_steps=_total(total_steps, epochs, steps_per_epoch),
            pct_start=in_range(pct_start, "pct_start", 0.0, 1.0, "[]"),
            anneal_strategy=one_of(ANNEALING, anneal_strategy, "anneal_strategy"),
            div_factor=in_range(div_factor, "div_factor", ends="()"),
            final_div_factor=in_range(final_div_factor, "final_div_factor", ends="()"),
        )

    def lr_at(self, epoch: int) -> float:
        """The learning rate of a step, counted from 0.

        Raises:
            ValueError: If there is no such step: the cycle is over.
        """
        if epoch > self.total_steps:
            raise ValueError(
                f"the cycle is over: got step {epoch} (int); expected at most "
                f"{self.total_steps}. Make the schedule with a larger total_steps."
            )
        top, last = self.pct_start * self.total_steps - 1.0, self.total_steps - 1.0
        low = self.max_lr / self.div_factor
        if epoch <= top:
            return self._between(low, self.max_lr, epoch, top)
        end = low / self.final_div_factor
        return self._between(self.max_lr, end, epoch - top, last - top)

    def _between(self, start: float, end: float, steps: float, of: float) -> float:
        """The learning rate after so many steps of a phase."""
        done = min(1.0, steps / of) if of > 0.0 else 1.0
        return start + (end - start) * ANNEALING[self.anneal_strategy](done)


def _total(total: int | None, epochs: int | None, per_epoch: int | None) -> int:
    if total is not None:
        return whole_number(total, "total_steps", 1)
    if epochs is None or per_epoch is None:
        raise ValueError(
            f"how long is the cycle: got epochs={shortened(epochs)} and "
            f"steps_per_epoch={shortened(per_epoch)}; expected both, or total_steps."
        )
    of_each = whole_number(per_epoch, "steps_per_epoch", 1)
    return whole_number(epochs, "epochs", 1) * of_each
