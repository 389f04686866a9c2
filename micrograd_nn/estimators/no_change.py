"""`NoChange`: when scikit-learn's perceptrons stop, which is sooner than Keras' do.

In `EarlyStopping` small steps add up until they count. Here each epoch alone must be
better than the best before it by `tol`, or else it is one too slow.

>>> from micrograd_nn.nn import MLP
>>> from micrograd_nn.training import fit
>>> stop = NoChange("loss", epochs=3, tol=1e9)
>>> fit(MLP(1, [1]), [[0.0]], [1.0], epochs=9, verbose=0, callbacks=[stop]).stopped
'loss has not become better by 1e+09 for 3 epochs'
"""

from __future__ import annotations

from micrograd_nn.training import Callback
from micrograd_nn.training.callbacks import Logs, is_better


class NoChange(Callback):
    """Stops after more than so many epochs in a row that were too slow.

    Args:
        monitor: The metric, as for `EarlyStopping`.
        epochs: How many may be.
        tol: By how much it must get better.
    """

    def __init__(self, monitor: str, epochs: int, tol: float) -> None:
        self.monitor, self.epochs, self.tol = monitor, epochs, tol

    def on_train_begin(self) -> None:
        """Start to count."""
        self.best: float | None = None
        self.slow = 0

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Count, and stop when there were too many."""
        now = logs[self.monitor]
        fast = is_better(now, self.best, self.monitor, self.tol)
        self.slow = 0 if fast else self.slow + 1
        if is_better(now, self.best, self.monitor):
            self.best = now
        if self.slow > self.epochs:
            self.run.stop(
                f"{self.monitor} has not become better by {self.tol:g} for "
                f"{self.epochs} epochs"
            )
