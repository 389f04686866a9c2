"""Schedules that are one formula: learning rates that fall, or warm up.

>>> from micrograd_nn import Value
>>> from micrograd_nn.optim import SGD
>>> schedule = CosineAnnealingLR(SGD([Value(1.0)], lr=0.1), T_max=4)
>>> [round(schedule.lr_at(epoch), 4) for epoch in range(5)]
[0.1, 0.0854, 0.05, 0.0146, 0.0]
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable

from micrograd_nn.optim.optimizer import Optimizer
from micrograd_nn.optim.schedules.schedule import EpochSchedule
from micrograd_nn.ranges import in_range, whole_number


class StepLR(EpochSchedule):
    """The learning rate times `gamma`, every `step_size` epochs.

    Args:
        optimizer: Whose learning rate it changes.
        step_size: How many epochs it stays the same, 1 or more.
        gamma: The factor, from 0 up.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If one is out of range.

    >>> from micrograd_nn import Value
    >>> from micrograd_nn.optim import SGD
    >>> schedule = StepLR(SGD([Value(1.0)], lr=8.0), step_size=2, gamma=0.5)
    >>> [schedule.lr_at(epoch) for epoch in range(5)]
    [8.0, 8.0, 4.0, 4.0, 2.0]
    """

    step_size: int
    gamma: float

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1
    ) -> None:
        super().__init__(
            optimizer,
            step_size=whole_number(step_size, "step_size", 1),
            gamma=in_range(gamma, "gamma"),
        )

    def lr_at(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0."""
        return self.base_lr * self.gamma ** (epoch // self.step_size)


class MultiStepLR(EpochSchedule):
    """The learning rate times `gamma` at each of the milestones.

    Args:
        optimizer: Whose learning rate it changes.
        milestones: The epochs from which on it is smaller, in any order; one that comes
            twice counts twice.
        gamma: The factor, from 0 up.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If one is out of range.

    >>> from micrograd_nn import Value
    >>> from micrograd_nn.optim import SGD
    >>> schedule = MultiStepLR(SGD([Value(1.0)], lr=8.0), [1, 4], gamma=0.5)
    >>> [schedule.lr_at(epoch) for epoch in range(5)]
    [8.0, 4.0, 4.0, 4.0, 2.0]
    """

    milestones: list[int]
    gamma: float

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1
    ) -> None:
        super().__init__(
            optimizer,
            milestones=sorted(epochs_of(milestones, "milestones")),
            gamma=in_range(gamma, "gamma"),
        )

    def lr_at(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0."""
        return self.base_lr * self.gamma ** bisect_right(self.milestones, epoch)


class ExponentialLR(EpochSchedule):
    """The learning rate times `gamma` in every epoch.

    Args:
        optimizer: Whose learning rate it changes.
        gamma: The factor, from 0 up.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If one is out of range.

    >>> from micrograd_nn import Value
    >>> from micrograd_nn.optim import SGD
    >>> schedule = ExponentialLR(SGD([Value(1.0)], lr=8.0), gamma=0.5)
    >>> [schedule.lr_at(epoch) for epoch in range(4)]
    [8.0, 4.0, 2.0, 1.0]
    """

    gamma: float

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        super().__init__(optimizer, gamma=in_range(gamma, "gamma"))

    def lr_at(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0."""
        return self.base_lr * self.gamma**epoch


class CosineAnnealingLR(EpochSchedule):
    """The learning rate along half a wave of a cosine, down to `eta_min`.

    After `T_max` epochs it rises again, as in PyTorch; SGDR (Loshchilov and Hutter,
    2017, equation 5) would start anew there.

    Args:
        optimizer: Whose learning rate it changes.
        T_max: In how many epochs it is at the bottom, 1 or more.
        eta_min: The bottom, from 0 up.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If one is out of range.

    >>> from micrograd_nn import Value
    >>> from micrograd_nn.optim import SGD
    >>> schedule = CosineAnnealingLR(SGD([Value(1.0)], lr=5.0), 2, eta_min=1.0)
    >>> [round(schedule.lr_at(epoch), 6) for epoch in range(4)]
    [5.0, 3.0, 1.0, 3.0]
    """

    T_max: int
    eta_min: float

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        super().__init__(
            optimizer,
            T_max=whole_number(T_max, "T_max", 1),
            eta_min=in_range(eta_min, "eta_min"),
        )

    def lr_at(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0."""
        height = (1.0 + math.cos(math.pi * epoch / self.T_max)) / 2.0
        return self.eta_min + (self.base_lr - self.eta_min) * height


class LinearLR(EpochSchedule):
    """The learning rate along a line, from one factor to another: a warm-up.

    Small first steps keep a net from leaving the region where its start is a good one
    (Goyal et al., 2017). To go on with another schedule, see `SequentialLR`.

    Args:
        optimizer: Whose learning rate it changes.
        start_factor: The factor at first, above 0, up to 1.
        end_factor: The factor in the end, from 0 to 1.
        total_iters: After how many epochs that is, 1 or more.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If one is out of range.

    >>> from micrograd_nn import Value
    >>> from micrograd_nn.optim import SGD
    >>> schedule = LinearLR(SGD([Value(1.0)], lr=8.0), 0.25, total_iters=3)
    >>> [schedule.lr_at(epoch) for epoch in range(5)]
    [2.0, 4.0, 6.0, 8.0, 8.0]
    """

    start_factor: float
    end_factor: float
    total_iters: int

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3.0,
        end_factor: float = 1.0,
        total_iters: int = 5,
    ) -> None:
        super().__init__(
            optimizer,
            start_factor=in_range(start_factor, "start_factor", 0.0, 1.0, "(]"),
            end_factor=in_range(end_factor, "end_factor", 0.0, 1.0, "[]"),
            total_iters=whole_number(total_iters, "total_iters", 1),
        )

    def lr_at(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0."""
        done = min(epoch, self.total_iters) / self.total_iters
        rise = self.end_factor - self.start_factor
        return self.base_lr * (self.start_factor + rise * done)


def epochs_of(given: Iterable[int], name: str) -> list[int]:
    """Epochs in a list, checked.

    Raises:
        TypeError: If they are not whole numbers.
        ValueError: If one is below 0.
    """
    return [whole_number(x, f"{name}[{i}]") for i, x in enumerate(given)]
