"""A schedule that watches a metric: smaller steps when nothing gets better.

>>> from micrograd_nn import Value
>>> from micrograd_nn.optim import SGD
>>> optimizer = SGD([Value(1.0)], lr=0.8)
>>> schedule = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
>>> for loss in [3.0, 2.0, 2.0, 2.0, 2.0, 2.0]:
...     schedule.step(loss)
>>> optimizer.lr
0.2
"""

from __future__ import annotations

import math

from micrograd_nn.numbers import as_number
from micrograd_nn.optim.optimizer import Optimizer
from micrograd_nn.optim.schedules.schedule import Schedule
from micrograd_nn.ranges import in_range, one_of, whole_number


class ReduceLROnPlateau(Schedule):
    """The learning rate times `factor`, when a metric has not improved for a while.

    It starts from whatever the learning rate is at the time. As PyTorch's, it compares
    with the best so far; a nan is no improvement.

    Args:
        optimizer: Whose learning rate it changes.
        mode: "min" if the metric should fall, "max" if it should rise.
        factor: The factor, from 0 up to below 1.
        patience: How many epochs without improvement are put up with.
        threshold: By how much a metric must be better to count.
        threshold_mode: "rel" if that is a share of the best, "abs" if a difference.
        cooldown: For how many epochs after a cut none is counted.
        min_lr: The smallest learning rate.
        eps: A cut of no more than that is not made.

    Attributes:
        best: The best metric so far.
        num_bad_epochs: How many epochs went by without a better one.
        cooldown_counter: How many epochs of cooldown are left.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If one is out of range.

    >>> from micrograd_nn import Value
    >>> from micrograd_nn.optim import SGD
    >>> ReduceLROnPlateau(SGD([Value(1.0)]), mode="max", patience=3).best
    -inf
    """

    state_names = (*Schedule.state_names, "best", "num_bad_epochs", "cooldown_counter")
    mode: str
    factor: float
    patience: int
    threshold: float
    threshold_mode: str
    cooldown: int
    min_lr: float
    eps: float

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        super().__init__(
            optimizer,
            mode=one_of(("min", "max"), mode, "mode"),
            factor=in_range(factor, "factor", high=1.0),
            patience=whole_number(patience, "patience"),
            threshold=in_range(threshold, "threshold"),
            threshold_mode=one_of(("rel", "abs"), threshold_mode, "threshold_mode"),
            cooldown=whole_number(cooldown, "cooldown"),
            min_lr=in_range(min_lr, "min_lr"),
            eps=in_range(eps, "eps"),
        )
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = 0

    def step(self, metric: float) -> None:
        """Take note of an epoch's metric, and cut the learning rate if it is time.

        Args:
            metric: A number, such as the loss on examples held back.

        Raises:
            TypeError: If the metric is not a number.
        """
        number = as_number(metric, "metric")
        self.last_epoch += 1
        self.num_bad_epochs += 1
        if self._is_better(number):
            self.best, self.num_bad_epochs = number, 0
        if self.cooldown_counter:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._cut()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self.last_lr = self.optimizer.lr

    def _is_better(self, metric: float) -> bool:
        sign = 1.0 if self.mode == "min" else -1.0
        if self.threshold_mode == "rel":
            bar = self.best * (1.0 - sign * self.threshold)
        else:
            bar = self.best - sign * self.threshold
        return sign * metric < sign * bar

    def _cut(self) -> None:
        lr = max(self.optimizer.lr * self.factor, self.min_lr)
        if self.optimizer.lr - lr > self.eps:
            self._set(lr)
