"""Schedules one after another: a warm-up, and then what was planned.

>>> from micrograd_nn import Value
>>> from micrograd_nn.optim import SGD
>>> from micrograd_nn.optim.schedules import ExponentialLR, LinearLR
>>> optimizer = SGD([Value(1.0)], lr=8.0)
>>> warm_up = LinearLR(optimizer, 0.25, total_iters=3)
>>> rest = ExponentialLR(optimizer, gamma=0.5)
>>> schedule = SequentialLR(optimizer, [warm_up, rest], milestones=[3])
>>> [schedule.lr_at(epoch) for epoch in range(6)]
[2.0, 4.0, 6.0, 8.0, 4.0, 2.0]
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Self

from micrograd_nn.numbers import shortened
from micrograd_nn.optim.optimizer import Optimizer
from micrograd_nn.optim.schedules.decay import epochs_of
from micrograd_nn.optim.schedules.schedule import EpochSchedule
from micrograd_nn.optim.states import fitting


class SequentialLR(EpochSchedule):
    """Several schedules, each from its milestone on, where its epochs start at 0.

    All reckon from the learning rate that the optimizer had before the first was made.

    Args:
        optimizer: Whose learning rate they change.
        schedulers: The schedules, in order, all for this optimizer. Step the whole.
        milestones: The epochs at which the second and later ones take over, rising.

    Raises:
        TypeError: If one is not a schedule of epochs, as `ReduceLROnPlateau`.
        ValueError: If one is for another optimizer, or the milestones do not fit.
    """

    schedulers: list[EpochSchedule]
    milestones: list[int]

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[EpochSchedule],
        milestones: Sequence[int],
    ) -> None:
        listed, starts = list(schedulers), epochs_of(milestones, "milestones")
        for i, schedule in enumerate(listed):
            _require_fitting(schedule, i, optimizer)
        rising = all(a < b for a, b in pairwise([0, *starts]))
        if len(starts) != len(listed) - 1 or not rising:
            raise ValueError(
                f"not the milestones of {len(listed)} schedules: got "
                f"milestones={shortened(starts)} ({type(milestones).__name__}); "
                "expected one for each schedule but the first, 1 or more and rising."
            )
        super().__init__(optimizer, schedulers=listed, milestones=starts)

    def lr_at(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0."""
        turn = bisect_right(self.milestones, epoch)
        start = self.milestones[turn - 1] if turn else 0
        return self.schedulers[turn].lr_at(epoch - start)

    def state_dict(self) -> dict[str, Any]:
        """What it takes to go on later, with the states of the schedules in a list."""
        states = [schedule.state_dict() for schedule in self.schedulers]
        return {**super().state_dict(), "schedulers": states}

    def _twin(self, state: Mapping[str, Any]) -> Self:
        states = fitting(state["schedulers"], "schedulers", len(self.schedulers))
        both = zip(self.schedulers, states, strict=True)
        schedulers = [schedule.restored(one) for schedule, one in both]
        return type(self)(self.optimizer, schedulers, state["milestones"])


def _require_fitting(schedule: Any, i: int, optimizer: Optimizer) -> None:
    got = f"got schedulers[{i}]={shortened(schedule)} ({type(schedule).__name__})"
    if not isinstance(schedule, EpochSchedule):
        raise TypeError(
            f"not a schedule of epochs: {got}; expected one that needs no metric, such "
            "as LinearLR."
        )
    if schedule.optimizer is not optimizer:
        raise ValueError(
            f"another optimizer's schedule: {got}; expected one for the optimizer of "
            "the whole. Make all of them with the same."
        )
