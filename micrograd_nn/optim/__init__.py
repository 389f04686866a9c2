"""Optimizers: from the gradients of the parameters to better parameters.

>>> from micrograd_nn import Value
>>> w = Value(5.0)
>>> optimizer = SGD([w], lr=0.1)
>>> for _ in range(50):
...     optimizer.zero_grad()
...     ((w - 3.0) ** 2).backward()
...     optimizer.step()
>>> round(w.data, 3)
3.0

Each optimizer is one rule, written once; see `optimizer`. Schedules change its learning
rate from epoch to epoch; `clip_grad_norm_` and `clip_grad_value_` bound gradients
between `backward()` and `step()`.
"""

from micrograd_nn.optim.adagrad import Adagrad
from micrograd_nn.optim.adam import Adam, AdamW
from micrograd_nn.optim.clipping import clip_grad_norm_, clip_grad_value_
from micrograd_nn.optim.optimizer import Optimizer
from micrograd_nn.optim.rmsprop import RMSprop
from micrograd_nn.optim.schedules import (
    SCHEDULES,
    CosineAnnealingLR,
    ExponentialLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    ReduceLROnPlateau,
    Schedule,
    SequentialLR,
    StepLR,
)
from micrograd_nn.optim.sgd import SGD

__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "CosineAnnealingLR",
    "ExponentialLR",
    "LinearLR",
    "MultiStepLR",
    "OneCycleLR",
    "Optimizer",
    "RMSprop",
    "ReduceLROnPlateau",
    "Schedule",
    "SequentialLR",
    "StepLR",
    "clip_grad_norm_",
    "clip_grad_value_",
]

OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "adam": Adam,
    "adamw": AdamW,
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
}
