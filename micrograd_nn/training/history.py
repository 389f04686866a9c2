"""What happened in training, epoch by epoch.

>>> history = History()
>>> history.add(0, {"loss": 0.7, "accuracy": 0.5})
>>> history.add(1, {"loss": 0.4, "accuracy": 0.9})
>>> history.history["loss"], history.epoch
([0.7, 0.4], [0, 1])
>>> history
<History of 2 epochs: loss 0.4, accuracy 0.9>
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class History:
    """Metrics by name, one number an epoch, as Keras' `fit` returns them.

    Attributes:
        history: From "loss", "accuracy", "val_loss", "val_accuracy" and "lr" to their
            numbers, one for each epoch.
        epoch: The epochs, from 0.
        loss: The name of the loss.
        reason: Why that loss was chosen; empty if it was given.
        backend: "compiled" or "eager".
        stopped: Why training ended before its last epoch; empty if it did not.
        interrupted: Whether that was by Ctrl-C.
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.loss = self.reason = self.backend = self.stopped = ""
        self.interrupted = False

    def add(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Note the metrics of an epoch."""
        for name, number in logs.items():
            self.history.setdefault(name, []).append(number)
        self.epoch.append(epoch)

    def plot(self, metric: str | None = None, *, ax: Any = None) -> Any:
        """The metrics over the epochs, the best epoch marked (extra `viz`).

        Args:
            metric: The one to draw, such as "loss"; all of them by default.
            ax: Where to draw; a new figure by default.
        """
        from micrograd_nn.viz.plots import history_curve

        return history_curve(self, metric, ax=ax)

    def described(self) -> str:
        """Which loss is trained, why, and how."""
        why = f" ({self.reason})" if self.reason else ""
        return f"loss: {self.loss}{why}; backend: {self.backend}"

    def __repr__(self) -> str:
        count = f"{len(self.epoch)} epoch{'s' * (len(self.epoch) != 1)}"
        last = [f"{name} {x[-1]:.4g}" for name, x in self.history.items() if x]
        end = f"; stopped: {self.stopped}" if self.stopped else ""
        return f"<History of {count}: {', '.join(last) or 'nothing yet'}{end}>"
