"""Training in progress: where it is, and how to go on from there.

A `Run` takes steps, closes epochs and writes checkpoints; `fit` tells it when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from micrograd_nn.engine import Value
from micrograd_nn.nn import Module
from micrograd_nn.optim import OneCycleLR, Optimizer, ReduceLROnPlateau
from micrograd_nn.training.backend import Backend
from micrograd_nn.training.callbacks import Callback
from micrograd_nn.training.checkpoint import (
    all_or_nothing,
    architecture_of,
    restore,
    write_states,
)
from micrograd_nn.training.data import Data
from micrograd_nn.training.examples import Examples
from micrograd_nn.training.files import CheckpointError, read
from micrograd_nn.training.history import History
from micrograd_nn.training.modes import in_mode
from micrograd_nn.training.settings import Settings
from micrograd_nn.training.tasks import Task

COUNTS = ("epoch", "step", "steps", "loss_sum", "weight_sum", "stopped")


@dataclass(eq=False)
class Run:
    """A model that is being trained.

    Attributes:
        model: The model.
        optimizer: Its optimizer.
        schedule: What changes the learning rate, or None.
        backend: What takes the steps.
        task: What is learned.
        data: What is trained on, and what is held out.
        settings: How examples make steps.
        callbacks: What is called along the way.
        history: What happened so far.
        epoch: How many epochs are over.
        step: How many steps of the epoch were taken.
        steps: How many were taken in all.
        stopped: Why training is to end after this epoch; empty if it is not.
    """

    model: Module
    optimizer: Optimizer
    schedule: Any
    backend: Backend
    task: Task
    data: Data
    settings: Settings
    callbacks: Sequence[Callback] = ()
    history: History = field(default_factory=History)
    epoch: int = 0
    step: int = 0
    steps: int = 0
    loss_sum: float = 0.0
    weight_sum: float = 0.0
    stopped: str = ""

    def __post_init__(self) -> None:
        task, made = self.task, (self.optimizer, self.schedule)
        self.history.loss, self.history.reason = task.loss, task.reason
        self.history.backend = self.backend.name
        self._fixed = {
            **self.settings.for_json(),
            "loss": task.loss,
            "backend": self.backend.name,
            "examples": self.data.examples and len(self.data.examples),
            "made": [type(thing).__name__ for thing in made],
        }
        self._architecture: dict[str, Any] | None = None
        self._of_batches = [
            callback
            for callback in self.callbacks
            if type(callback).on_batch_end is not Callback.on_batch_end
        ]

    @property
    def metrics(self) -> list[str]:
        """The names of the metrics of an epoch."""
        kinds = ["loss", *(["accuracy"] if self.task.hits else [])]
        found = kinds if self.data.examples else ["loss"]
        validation = [f"val_{kind}" for kind in kinds] if self.data.validation else []
        return [*found, *validation, "lr"]

    @property
    def values(self) -> list[Value]:
        """All that training changes in the model: parameters and buffers."""
        return [*self.optimizer.params, *self.model.buffers()]

    def take_step(self, batches: Sequence[Examples]) -> dict[str, float]:
        """Take a step, and return its loss and learning rate.

        Raises:
            FloatingPointError: If something is not finite; all is as before the step.
        """
        lr = self.optimizer.lr
        try:
            loss = self.backend.step(batches)
        except FloatingPointError as error:
            raise self._diverged(error) from error
        weight = sum(batch.total_weight for batch in batches)
        self.loss_sum += loss * weight
        self.weight_sum += weight
        self.step, self.steps = self.step + 1, self.steps + 1
        if self.schedule is not None and steps_with_batches(self.schedule):
            self.schedule.step()
        return {"loss": loss, "lr": lr}

    def end_epoch(self) -> dict[str, float]:
        """Close an epoch, and return its metrics."""
        self.backend.write_back()
        logs = {"loss": self.loss_sum / (self.weight_sum or 1.0)}
        with in_mode(self.model, False):
            if self.data.examples is not None and self.task.hits:
                logs["accuracy"] = self._evaluated(self.data.examples)["accuracy"]
            if self.data.validation is not None:
                found = self._evaluated(self.data.validation)
                logs |= {f"val_{name}": number for name, number in found.items()}
        logs["lr"] = self.optimizer.lr
        self._step_schedule(logs)
        self.history.add(self.epoch, logs)
        self.epoch, self.step = self.epoch + 1, 0
        self.loss_sum = self.weight_sum = 0.0
        return logs

    def begin_epoch(self) -> None:
        """Tell the callbacks, and have the backend see what they changed."""
        self.tell("on_epoch_begin", self.epoch)
        self.backend.write_back()

    def stop(self, reason: str) -> None:
        """End training after this epoch."""
        self.stopped = self.history.stopped = reason

    def interrupt(self) -> None:
        """Note that Ctrl-C was pressed."""
        where = f"epoch {self.epoch + 1}, after {self.step} of its steps"
        self.history.stopped, self.history.interrupted = f"interrupted in {where}", True

    def tell(self, event: str, *arguments: Any) -> None:
        """Call a method of every callback."""
        for callback in self.callbacks:
            getattr(callback, event)(*arguments)

    def tell_batch_end(self, logs: Mapping[str, float]) -> None:
        """Call those that want to know of every step."""
        for callback in self._of_batches:
            if callback.sees_values:
                self.backend.write_back()
            callback.on_batch_end(self.step - 1, logs)

    def save(self, path: str | Path) -> None:
        """Write a checkpoint, from which `fit(resume_from=path)` goes on."""
        self.backend.write_back()
        self._architecture = self._architecture or architecture_of(self.model)
        states = {
            "settings": self._fixed,
            "counts": {name: getattr(self, name) for name in COUNTS},
            "random": self.backend.random_state,
            "history": self.history.history,
            "callbacks": [_state(callback) for callback in self.callbacks],
        }
        write_states(
            self.model, path, self._architecture, states, self.optimizer, self.schedule
        )

    def resume(self, path: str | Path) -> None:
        """Go on from a checkpoint.

        Raises:
            OSError: If the file cannot be read.
            CheckpointError: If it does not fit; nothing has changed then.
        """
        tensors, info = read(path)
        if info is None or "settings" not in info:
            raise CheckpointError(
                Path(path), "no state of training", "expected what Checkpoint writes."
            )
        self._require_same(path, info)
        others = self.optimizer, self.schedule, self.history, self, *self.callbacks
        with all_or_nothing(path, self.model, others):
            restore(path, self.model, tensors, info, self.optimizer, self.schedule)
            self._go_on(info)

    def _go_on(self, info: Mapping[str, Any]) -> None:
        """Take up what a file says beside the model, its optimizer and schedule."""
        for name in COUNTS:
            setattr(self, name, info["counts"][name])
        self.history.history = info["history"]
        self.history.epoch = list(range(self.epoch))
        self.history.stopped = self.stopped
        for callback, saved in zip(self.callbacks, info["callbacks"], strict=True):
            for name in callback.state_names:
                setattr(callback, name, saved["state"][name])
        self.backend.random_state = info["random"]  # last: it changes nothing else

    def _require_same(self, path: str | Path, info: Mapping[str, Any]) -> None:
        """Refuse to go on with other settings: that would be another training."""
        saved, now = info["settings"], self._fixed
        other = [
            f"{name}={saved.get(name)!r}, not {now[name]!r}"
            for name in now
            if saved.get(name) != now[name]
        ]
        kinds = [callback["kind"] for callback in info["callbacks"]]
        if kinds != [type(callback).__name__ for callback in self.callbacks]:
            other.append(f"callbacks={kinds}")
        if other:
            raise CheckpointError(
                Path(path),
                ", ".join(other),
                "expected the arguments of fit that it was written with.",
            )

    def _evaluated(self, examples: Examples) -> dict[str, float]:
        loss, outputs = self.backend.evaluate(examples)
        found = {"loss": loss}
        if self.task.hits:
            hits = self.task.hits(outputs, examples.targets).reshape(len(examples), -1)
            weights = examples.weights
            found["accuracy"] = float(np.average(hits.mean(axis=1), weights=weights))
        return found

    def _step_schedule(self, logs: Mapping[str, float]) -> None:
        if isinstance(self.schedule, ReduceLROnPlateau):
            self.schedule.step(self._watched(self.schedule.mode, logs))
        elif self.schedule is not None and not steps_with_batches(self.schedule):
            self.schedule.step()

    def _watched(self, mode: str, logs: Mapping[str, float]) -> float:
        """What a schedule watches: a loss if it wants less, an accuracy if more."""
        name = "accuracy" if mode == "max" else "loss"
        if name not in logs:
            raise ValueError(
                f"nothing to watch: got a schedule of mode={mode!r} and no accuracy, "
                "as these are no classes; expected mode='min'."
            )
        return logs.get(f"val_{name}", logs[name])

    def _diverged(self, error: FloatingPointError) -> FloatingPointError:
        where = f"epoch {self.epoch + 1}, step {self.step + 1}"
        return FloatingPointError(
            f"training diverged: got a number that is not finite in {where}, with "
            f"lr={self.optimizer.lr!r}; expected finite ones ({error}). All is as it "
            "was before that step. Try a smaller learning rate."
        )


def steps_with_batches(schedule: Any) -> bool:
    """Whether a schedule counts batches: it has `per_batch`, or is one cycle."""
    return bool(getattr(schedule, "per_batch", isinstance(schedule, OneCycleLR)))


def _state(callback: Callback) -> dict[str, Any]:
    state = {name: vars(callback).get(name) for name in callback.state_names}
    return {"kind": type(callback).__name__, "state": state}
