"""Callbacks: what to do along the way, without changing the loop.

>>> from micrograd_nn.nn import MLP
>>> from micrograd_nn.training import fit
>>> class Diary(Callback):
...     def on_epoch_end(self, epoch, logs):
...         print("epoch", epoch, sorted(logs))
>>> history = fit(MLP(1, [1]), [[0.0], [1.0]], [2.0, 3.0], epochs=2, verbose=0,
...               callbacks=[Diary()])
epoch 0 ['loss', 'lr']
epoch 1 ['loss', 'lr']
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from micrograd_nn import epochs
from micrograd_nn.numbers import as_number, shortened
from micrograd_nn.ranges import in_range, whole_number
from micrograd_nn.training.checkpoint import require_folder

if TYPE_CHECKING:
    from micrograd_nn.training.run import Run

Logs = Mapping[str, float]


class Callback:
    """The base of callbacks: a subclass overrides what it needs.

    Attributes:
        run: What is being trained: its `model`, `optimizer`, `history`; `run.stop(why)`
            ends training after the epoch, `run.save(path)` writes a checkpoint.
        sees_values: Whether Values must be up to date in `on_batch_end`, which takes
            time. They always are in the others.
        state_names: Attributes that checkpoints remember: what JSON can hold.
    """

    run: Run
    sees_values = True
    state_names: tuple[str, ...] = ()

    def on_train_begin(self) -> None:
        """Before the first step."""

    def on_train_end(self) -> None:
        """After the last step, and after Ctrl-C."""

    def on_epoch_begin(self, epoch: int) -> None:
        """Before the first step of an epoch, counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """After an epoch, with its metrics by name."""

    def on_batch_end(self, step: int, logs: Logs) -> None:
        """After a step, counted from 0 in its epoch, with its loss."""


class EarlyStopping(Callback):
    """Stops when a metric has not become better for a while.

    Args:
        monitor: The metric. An accuracy should rise, others fall.
        patience: After how many epochs in a row without a better one to stop.
        min_delta: By how much it must be better to count, from 0 up.
        restore_best_weights: Whether the model is to end as it was in its best epoch.

    Raises:
        TypeError: If a number is none.
        ValueError: If one is out of range.
    """

    state_names = ("best", "best_epoch", "wait", "_weights")

    def __init__(
        self,
        monitor: str = "val_loss",
        patience: int = 0,
        min_delta: float = 0.0,
        restore_best_weights: bool = False,
    ) -> None:
        self.monitor = monitor
        self.patience = whole_number(patience, "patience")
        self.min_delta = in_range(min_delta, "min_delta")
        self.restore_best_weights = restore_best_weights

    def on_train_begin(self) -> None:
        """Start to wait anew."""
        require_metric(self.monitor, self.run)
        self.best: float | None = None
        self.best_epoch, self.wait = 0, 0
        self._weights: list[float] = []

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Compare with the best epoch, and stop when it is long ago."""
        self.wait += 1
        if is_better(logs[self.monitor], self.best, self.monitor, self.min_delta):
            self.best, self.best_epoch, self.wait = logs[self.monitor], epoch, 0
            if self.restore_best_weights:
                self._weights = [value.data for value in self.run.values]
        if self.wait >= max(1, self.patience):
            self.run.stop(f"no better {self.monitor} since epoch {self.best_epoch + 1}")

    def on_train_end(self) -> None:
        """Bring the best weights back, if asked to."""
        if self._weights:
            epochs.assign(self.run.values, self._weights)


class Checkpoint(Callback):
    """Writes a file that `load` reads, and from which `fit(resume_from=...)` goes on.

    It comes after the other callbacks, so that it saves what they have done.

    Args:
        path: The file, which is written whole or not at all.
        every: "epoch", or after how many steps.
        monitor: Write only when this metric is better than ever before.

    Raises:
        TypeError: If `every` is neither.
        ValueError: If it is below 1, or comes with a metric, which is of epochs.
    """

    sees_values = False
    state_names = ("best",)

    def __init__(
        self, path: str | Path, every: str | int = "epoch", monitor: str | None = None
    ) -> None:
        self.path, self.monitor = Path(path), monitor
        self.every = every if every == "epoch" else whole_number(every, "every", 1)
        if monitor and every != "epoch":
            raise ValueError(
                f"a metric is of an epoch: got every={every!r} "
                f"({type(every).__name__}) and monitor={monitor!r}; expected "
                "every='epoch' with it."
            )

    def on_train_begin(self) -> None:
        """Refuse what would fail later, and start anew."""
        self.best: float | None = None
        if self.monitor:
            require_metric(self.monitor, self.run)
        require_folder(self.path)

    def on_batch_end(self, step: int, logs: Logs) -> None:
        """Write, if it is time."""
        if self.every != "epoch" and self.run.steps % int(self.every) == 0:
            self.run.save(self.path)

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Write, if it is time."""
        if self.monitor and not is_better(logs[self.monitor], self.best, self.monitor):
            return
        if self.monitor:
            self.best = logs[self.monitor]
        if self.every == "epoch":
            self.run.save(self.path)


class LearningRateLogger(Callback):
    """Keeps the learning rate of every step, in `lrs`."""

    sees_values = False
    state_names = ("lrs",)

    def __init__(self) -> None:
        self.lrs: list[float] = []

    def on_train_begin(self) -> None:
        """Start anew."""
        self.lrs = []

    def on_batch_end(self, step: int, logs: Logs) -> None:
        """Note the learning rate that the step was taken with."""
        self.lrs.append(logs["lr"])


def is_better(
    now: float, best: float | None, metric: str, min_delta: float = 0.0
) -> bool:
    """Whether a metric is better than the best so far; a nan never is.

    >>> is_better(0.3, 0.4, "loss"), is_better(0.3, 0.4, "val_accuracy")
    (True, False)
    """
    if math.isnan(as_number(now, metric)):
        return False
    sign = -1.0 if "accuracy" in metric else 1.0
    return best is None or sign * now < sign * best - min_delta


def require_metric(name: str, run: Run) -> None:
    """Refuse a metric that this training does not have.

    Raises:
        ValueError: Telling which it has.
    """
    if name not in run.metrics:
        raise ValueError(
            f"no such metric: got monitor={shortened(name)} ({type(name).__name__}); "
            f"expected one of {', '.join(run.metrics)}. Those of validation need "
            "validation_data or validation_split."
        )


def in_order(callbacks: Any) -> list[Callback]:
    """Callbacks as a list, checkpoints last.

    Raises:
        TypeError: If that is none.
    """
    listed = [callbacks] if isinstance(callbacks, Callback) else callbacks
    if not isinstance(listed, Sequence) or not all(
        isinstance(callback, Callback) for callback in listed
    ):
        raise TypeError(
            f"not callbacks: got callbacks={shortened(callbacks)} "
            f"({type(callbacks).__name__}); expected a list of Callback objects."
        )
    return sorted(listed, key=lambda callback: isinstance(callback, Checkpoint))
