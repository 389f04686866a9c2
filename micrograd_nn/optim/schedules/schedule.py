"""The bases of schedules: what changes the learning rate of an optimizer over time.

>>> from micrograd_nn import Value
>>> from micrograd_nn.optim import SGD
>>> class Halving(EpochSchedule):
...     def lr_at(self, epoch):
...         return self.base_lr / 2**epoch
>>> optimizer = SGD([Value(1.0)], lr=0.8)
>>> schedule = Halving(optimizer)
>>> for _ in range(3):
...     schedule.step()
>>> optimizer.lr
0.1
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from micrograd_nn.numbers import as_number, shortened
from micrograd_nn.optim.optimizer import Optimizer
from micrograd_nn.optim.states import require_keys
from micrograd_nn.ranges import whole_number

COUNTS = ("last_epoch", "num_bad_epochs", "cooldown_counter")


class Schedule:
    """The base of schedules: a subclass brings `step`.

    Args:
        optimizer: Whose learning rate it changes, for eager and compiled steps.
        **settings: What the schedule was asked for, by name; they become attributes.

    Attributes:
        optimizer: The optimizer.
        base_lr: The learning rate that the optimizer had when its first schedule was
            made.
        last_epoch: How many steps the schedule has taken.
        last_lr: The learning rate that it has set last.

    Raises:
        TypeError: If that is not an optimizer.
    """

    state_names: ClassVar[tuple[str, ...]] = ("last_epoch", "base_lr", "last_lr")

    def __init__(self, optimizer: Optimizer, **settings: Any) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(
                f"not an optimizer: got optimizer={shortened(optimizer)} "
                f"({type(optimizer).__name__}); expected one whose lr will change. "
                "Make it as in SGD(model.parameters(), lr=0.1)."
            )
        if optimizer.initial_lr is None:
            optimizer.initial_lr = optimizer.lr
        self.optimizer = optimizer
        self.base_lr = optimizer.initial_lr
        self.last_epoch, self.last_lr = 0, optimizer.lr
        self._names = tuple(settings)
        vars(self).update(settings)

    def __repr__(self) -> str:
        settings = [f"{name}={x!r}" for name, x in self.settings.items()]
        return f"{type(self).__name__}({', '.join(settings)})"

    @property
    def settings(self) -> dict[str, Any]:
        """What the schedule was asked for, by name."""
        return {name: getattr(self, name) for name in self._names}

    def get_last_lr(self) -> list[float]:
        """The learning rate that was set last, in a list as PyTorch has it."""
        return [self.last_lr]

    def state_dict(self) -> dict[str, Any]:
        """What it takes to go on later: settings, and how far the schedule is."""
        state = {name: getattr(self, name) for name in self.state_names}
        settings = self.settings.items()
        copied = {name: list(x) if isinstance(x, list) else x for name, x in settings}
        return {**state, **copied}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave; the optimizer gets the learning rate too.

        Raises:
            TypeError: If something in it is of a wrong type.
            ValueError: If it does not fit. In both cases nothing has changed.
        """
        vars(self).update(vars(self.restored(state)))
        self.optimizer.lr = self.last_lr

    def restored(self, state: Mapping[str, Any]) -> Self:
        """A schedule like this one, but with the state that `state_dict` gave.

        Raises:
            TypeError: As for `load_state_dict`.
            ValueError: As for `load_state_dict`.
        """
        require_keys(state, self.state_dict(), type(self).__name__)
        lr = self.optimizer.lr
        try:
            twin = self._twin(state)
        finally:
            self.optimizer.lr = lr  # a schedule sets it as soon as it is made
        for name in self.state_names:
            check = whole_number if name in COUNTS else as_number
            setattr(twin, name, check(state[name], name))
        return twin

    def _twin(self, state: Mapping[str, Any]) -> Self:
        """A new schedule with the settings in a state."""
        return type(self)(self.optimizer, **{name: state[name] for name in self._names})

    def _set(self, lr: float) -> None:
        self.optimizer.lr = self.last_lr = lr


class EpochSchedule(Schedule):
    """A schedule that knows the learning rate of every epoch: bring `lr_at`.

    It is set when the schedule is made, to that of epoch 0, and in each step. So call
    `step()` at the end of an epoch; or of each batch, if batches are what you count.

    Args:
        optimizer: As for `Schedule`.
        **settings: As for `Schedule`.

    Raises:
        TypeError: As for `Schedule`.
    """

    def __init__(self, optimizer: Optimizer, **settings: Any) -> None:
        super().__init__(optimizer, **settings)
        self._set(self.lr_at(0))

    def lr_at(self, epoch: int) -> float:
        """The learning rate of an epoch, counted from 0."""
        raise NotImplementedError(f"{type(self).__name__} has no lr_at")

    def step(self) -> None:
        """Go on to the next epoch, and set its learning rate.

        Raises:
            RuntimeError: If somebody else has changed the learning rate, which this
                would overwrite.
        """
        if self.optimizer.lr != self.last_lr:
            raise RuntimeError(
                f"the learning rate was changed: got lr={self.optimizer.lr!r} "
                f"({type(self.optimizer.lr).__name__}); expected {self.last_lr!r}, "
                f"which {type(self).__name__} has set. Let one schedule step; "
                "SequentialLR has several take turns."
            )
        self._set(self.lr_at(self.last_epoch + 1))
        self.last_epoch += 1
