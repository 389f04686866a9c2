"""`fit`: training as a whole, from a model and data to a history.

>>> import random
>>> from micrograd_nn.datasets import make_moons
>>> from micrograd_nn.nn import MLP
>>> random.seed(1)
>>> X, y = make_moons(100, noise=0.1, return_X_y=True)
>>> model = MLP(2, [16, 16, 1])
>>> history = fit(model, X, y, epochs=40, verbose=0)
>>> history.loss, history.backend
('binary_cross_entropy_with_logits', 'compiled')
>>> history.history["accuracy"][-1] > 0.8
True
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from micrograd_nn.nn import Module
from micrograd_nn.ranges import whole_number
from micrograd_nn.training.batches import Batches, grouped
from micrograd_nn.training.callbacks import in_order
from micrograd_nn.training.checkpoint import require_module
from micrograd_nn.training.data import read_data
from micrograd_nn.training.history import History
from micrograd_nn.training.interrupts import Interrupts
from micrograd_nn.training.making import (
    make_backend,
    make_batches,
    make_optimizer,
    make_schedule,
    make_task,
)
from micrograd_nn.training.modes import in_mode
from micrograd_nn.training.progress import Silent, shown
from micrograd_nn.training.run import Run
from micrograd_nn.training.settings import Settings


def fit(
    model: Module,
    X: Any,
    y: Any = None,
    *,
    loss: Any = None,
    optimizer: Any = "adam",
    epochs: int = 10,
    batch_size: int = 32,
    validation_data: Any = None,
    validation_split: float = 0.0,
    callbacks: Any = (),
    verbose: int = 1,
    seed: int = 0,
    backend: str = "auto",
    sample_weight: Any = None,
    accumulate: int = 1,
    schedule: Any = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    shuffle: bool = True,
    resume_from: str | Path | None = None,
) -> History:
    """Train a model, and return what happened, epoch by epoch.

    Two calls with the same seed and the same start are the same training, bit for bit.
    Ctrl-C ends it after the step that is under way (pressed twice: at once, and that
    step is undone); the history so far is returned.

    Args:
        model: Its parameters are trained; it is called with one example at a time.
        X: An example a row; a tuple of arrays for a model of several arguments; or, for
            y=None, batches `(X, y)` or `(X, y, sample_weight)`: a function that makes
            an iterator of them for each epoch, or what can be iterated again.
        y: A target for each example.
        loss: A name in `LOSSES`, a function of the outputs for one example and its
            target, or None for the one that fits: cross-entropy for whole numbers and
            several outputs, binary cross-entropy for 0 and 1, else squares.
        optimizer: A name in `OPTIMIZERS`, an optimizer of (some of) the parameters, or
            a function of the parameters.
        epochs: How many times to go through all examples; with `resume_from` those
            before count.
        batch_size: How many examples a batch has.
        validation_data: `(X, y)` or `(X, y, sample_weight)` to measure on.
        validation_split: Or which share of the examples to hold out: the last ones.
        callbacks: A list of `Callback` objects.
        verbose: 0 for silence, 1 for a bar, 2 for a row an epoch.
        seed: Of the order of examples and of dropout: an integer from 0 up.
        backend: "compiled", "eager" (one scalar at a time), or "auto": compiled, if the
            model can be.
        sample_weight: How much each example counts, from 0 up: losses are weighted
            means.
        accumulate: How many batches make a step: as one batch of so many times the
            size, in less memory.
        schedule: A schedule of the optimizer, or a function of it that makes one. It is
            stepped once an epoch, with the loss in validation if it watches a metric;
            `OneCycleLR`, or one that sets `per_batch = True`, with every step.
        clip_norm: The largest norm of a step's gradient.
        clip_value: Or the largest size of a number in it.
        shuffle: Whether each epoch has an order of its own.
        resume_from: A file of `Checkpoint`: training goes on as if it had not stopped.

    Returns:
        The history: `loss`, the mean over the steps of an epoch; `accuracy` of classes
        and what starts with `val_`, measured out of training at its end; and `lr`.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If one does not fit; nothing has changed then.
        FloatingPointError: If the loss turns nan or infinite. It names the step, and
            all is as it was before that.

    >>> from micrograd_nn.nn import MLP
    >>> history = fit(MLP(1, [1]), [[1.0], [2.0]], [3.0, 5.0], epochs=3, verbose=0)
    >>> history.loss, len(history.history["loss"])
    ('mse_loss', 3)
    """
    require_module(model)
    settings = Settings(batch_size, accumulate, seed, shuffle, clip_norm, clip_value)
    data = read_data(
        X,
        y,
        sample_weight,
        validation_data=validation_data,
        validation_split=validation_split,
        epochs=whole_number(epochs, "epochs"),
    )
    listed = in_order(callbacks)
    with in_mode(model, True):
        task = make_task(model, data, loss)
        data, made = data.for_task(task), make_optimizer(model, optimizer)
        stepper = make_backend(backend, model, task, made, data, settings)
        scheduled = make_schedule(made, schedule)
        run = Run(model, made, scheduled, stepper, task, data, settings, listed)
        return _train(run, epochs, verbose, resume_from)


def _train(run: Run, epochs: int, verbose: int, resume_from: Any) -> History:
    """All epochs, with callbacks before, between and after."""
    batches = make_batches(run.model, run.data, run.settings)
    for callback in run.callbacks:
        callback.run = run
        callback.on_train_begin()
    with Interrupts() as interrupts, run.backend:
        if resume_from is not None:
            run.resume(resume_from)
        with shown(verbose, epochs, _steps(run, batches), run.steps) as screen:
            screen.say(run.history.described())
            try:
                _loop(run, batches, epochs, screen, interrupts)
            except KeyboardInterrupt:
                run.interrupt()
        run.backend.write_back()
        run.tell("on_train_end")
    return run.history


def _loop(
    run: Run, batches: Batches, epochs: int, screen: Silent, interrupts: Interrupts
) -> None:
    """The loop itself: for each epoch, for each batch, a step."""
    accumulate = run.settings.accumulate
    while run.epoch < epochs and not (run.stopped and not run.step):
        epoch = run.epoch
        run.begin_epoch()
        for group in grouped(batches.epoch(epoch), accumulate, run.step):
            interrupts.check()
            logs = run.take_step(group)
            screen.step(epoch)
            run.tell_batch_end(logs)
        interrupts.check()
        logs = run.end_epoch()
        screen.epoch(epoch, logs)
        run.tell("on_epoch_end", epoch, logs)
        interrupts.check()


def _steps(run: Run, batches: Batches) -> int:
    """How many steps an epoch has; 0 if that is not known."""
    return math.ceil(len(batches) / run.settings.accumulate)
