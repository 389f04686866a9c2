"""Schedules: how the learning rate changes while an optimizer is at work.

>>> from micrograd_nn import Value
>>> from micrograd_nn.optim import SGD
>>> optimizer = SGD([Value(1.0)], lr=0.1)
>>> schedule = CosineAnnealingLR(optimizer, T_max=10)
>>> for epoch in range(5):
...     schedule.step()  # after the batches of an epoch
>>> round(optimizer.lr, 6)
0.05

Names and numbers are those of PyTorch. Each schedule but `ReduceLROnPlateau`, which
watches a metric, is a formula: `lr_at(epoch)`.
"""

from micrograd_nn.optim.schedules.decay import (
    CosineAnnealingLR,
    ExponentialLR,
    LinearLR,
    MultiStepLR,
    StepLR,
)
from micrograd_nn.optim.schedules.one_cycle import OneCycleLR
from micrograd_nn.optim.schedules.plateau import ReduceLROnPlateau
from micrograd_nn.optim.schedules.schedule import EpochSchedule, Schedule
from micrograd_nn.optim.schedules.sequential import SequentialLR

__all__ = [
    "SCHEDULES",
    "CosineAnnealingLR",
    "EpochSchedule",
    "ExponentialLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "ReduceLROnPlateau",
    "Schedule",
    "SequentialLR",
    "StepLR",
]

SCHEDULES: dict[str, type[Schedule]] = {
    schedule.__name__: schedule
    for schedule in (
        StepLR,
        MultiStepLR,
        ExponentialLR,
        CosineAnnealingLR,
        LinearLR,
        SequentialLR,
        OneCycleLR,
        ReduceLROnPlateau,
    )
}
