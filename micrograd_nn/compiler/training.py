"""Training a program: parameters and optimizer state stay in flat arrays."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.compiler.parameters import Parameters
from micrograd_nn.compiler.update import compile_update
from micrograd_nn.numbers import as_number
from micrograd_nn.optim import Optimizer

if TYPE_CHECKING:
    from micrograd_nn.compiler.batches import Batch
    from micrograd_nn.compiler.program import Program
    from micrograd_nn.compiler.running import Compiled

Floats = NDArray[np.float64]
Update = Callable[[float, float], None]
Savepoint = tuple[Floats, list[Floats], int]  # parameters, state, steps
Clip = Callable[[Floats], None]
LOOK = 64  # steps between two looks at what the function reads


_ACTIVE: WeakSet[Optimizer] = WeakSet()  # optimizers that a block is using


class Training:
    """A context in which a program moves its parameters; see `Program.training`.

    In it the Values lag behind: read them after `write_back()`, or after the block,
    which writes back on an error too. Programs see the newest numbers at any time, and
    numbers that you assign to Values are seen. What the function reads that is not a
    Value, such as a Python number or a module's attribute, is looked at when the block
    starts, at every `write_back()` and every 64 steps.

    A batch may come in pieces that are smaller than a step needs:

        for piece in pieces:
            train.accumulate(*piece)
        train.update()  # the step that all of them together would have made

    Raises:
        RuntimeError: If another block is using the optimizer.
    """

    _adopted: dict[str, list[float]]
    _columns: list[list[float]] | None
    _home: tuple[Floats, Floats] | None  # where the last accumulated run took place
    _latest: tuple[Compiled, int]  # what ran last, and for how many examples
    _steps: int

    def __init__(
        self, program: Program, optimizer: Optimizer, clip: Clip | None = None
    ) -> None:
        self._program, self._optimizer, self._clip = program, optimizer, clip
        self._parameters: Parameters | None = None
        self._updates: dict[tuple[int, int], Update] = {}
        self._hyperparameters: dict[str, Any] = {}
        self._is_open = False
        self._grad: Floats | None = None
        self._forget()
        self._adopt()

    def __enter__(self) -> Self:
        if self._optimizer in _ACTIVE:
            raise RuntimeError(
                f"one block at a time: got optimizer={type(self._optimizer).__name__} "
                "that is training already; expected one that is not. "
                "Leave the other block first."
            )
        self._program.check_unchanged()
        _ACTIVE.add(self._optimizer)
        self._is_open, self._parameters = True, None
        self._forget()
        self._adopt()
        return self

    def __exit__(self, *error: object) -> None:
        self._is_open = False
        _ACTIVE.discard(self._optimizer)
        self._write()

    def step(self, *arrays: Any) -> float:
        """Forward, backward, and one step of the optimizer; returns the loss before it.

        What was accumulated counts too, as part of the batch.

        Args:
            *arrays: A batch, as for a call of the program.

        Raises:
            RuntimeError: Outside of the block.
            TypeError: If the arrays are of a wrong type or number. Nothing has moved.
            ValueError: If they do not fit. Nothing has moved.
            FloatingPointError: Under `detect_anomaly`, if something is not finite.
        """
        self._start()
        lr = self._rate()
        compiled, batch = self._prepared(arrays)
        with np.errstate(all="ignore"):
            loss, grad = compiled.value_and_grad(batch, self._program.random)
            if self._examples:
                self._collect(grad, batch.size)
                self._spread(grad)
            self._move(compiled.U, grad, lr)
        return loss

    def accumulate(self, *arrays: Any) -> float:
        """Forward and backward for a part of the next step's batch; returns its loss.

        Parameters stay where they are. Gradients add up, weighted by the number of
        examples, until `update()` or `step(...)` takes their mean over all of these.
        What is left at the end of the block is dropped.

        Args:
            *arrays: A batch, as for a call of the program.

        Raises:
            RuntimeError: Outside of the block.
            TypeError: As for `step`. Nothing was added.
            ValueError: As for `step`. Nothing was added.
            FloatingPointError: As for `step`.
        """
        self._start()
        compiled, batch = self._prepared(arrays)
        with np.errstate(all="ignore"):
            loss, grad = compiled.value_and_grad(batch, self._program.random)
            self._collect(grad, batch.size)
        self._home = compiled.U, grad
        return loss

    def update(self) -> None:
        """One step of the optimizer, along the gradient that was accumulated.

        Raises:
            RuntimeError: Outside of the block, or if nothing was accumulated since the
                last step, or since the function was recorded.
        """
        self._start()
        if self._home is None or self._parameters is not self._program.parameters:
            raise RuntimeError(
                "nothing to go along: got an update without a gradient; expected one "
                "from train.accumulate(*arrays). Call it first, or train.step(*arrays)."
            )
        lr, (U, grad) = self._rate(), self._home
        self._parameters.refresh(U)
        with np.errstate(all="ignore"):
            self._spread(grad)
            self._move(U, grad, lr)

    @property
    def beside_loss(self) -> Any:
        """What the function returned beside the loss in the last run, if it did.

        A function may return `(loss, others)`, lists or dictionaries of Values: others
        are computed along with the loss, and no gradient is taken of them.
        """
        compiled, size = self._latest
        return compiled.beside_loss(size)

    def savepoint(self, *arrays: Any) -> Savepoint:
        """Where parameters and the optimizer's state are now, for `go_back`.

        Args:
            *arrays: A batch, such as that of the next step.

        Raises:
            RuntimeError: Outside of the block.
            TypeError: As for `step`.
            ValueError: As for `step`.
        """
        self._start()
        compiled, _ = self._prepared(arrays)
        self._settle()
        numbers = compiled.U[: len(self._program.parameters.placed)].copy()
        return numbers, [array.copy() for array in self._state], self._steps

    def go_back(self, savepoint: Savepoint) -> None:
        """Put parameters and the optimizer's state where they were."""
        numbers, state, self._steps = savepoint
        self._program.parameters.replace(numbers)
        for array, old in zip(self._state, state, strict=True):
            array[:] = old
        self._forget()

    def is_finite(self) -> bool:
        """Whether no parameter is a nan or an infinity after the last step."""
        return self._program.parameters.are_finite()

    def write_back(self) -> None:
        """Assign parameters, their grads and the optimizer's state to their Values.

        If the function reaches other things than before, it is recorded anew at the
        next step.
        """
        self._write()
        self._program.check_unchanged()

    def _start(self) -> None:
        """What comes before every run."""
        if not self._is_open:
            raise RuntimeError(
                "not in a block: got a step outside of it; expected `with "
                "program.training(optimizer) as train:`. Call train.step() inside."
            )
        if self._steps % LOOK == LOOK - 1:
            self._look()
        if self._optimizer.state is not self._adopted:
            self._adopt()

    def _move(self, U: Floats, grad: Floats, lr: float) -> None:
        """Clip the gradient, and move the parameters along it."""
        if self._clip:
            self._clip(grad)
        self._updater(U, grad)(self._steps + 1, lr)
        self._steps += 1
        self._program.parameters.mark_ahead()

    def _forget(self) -> None:
        """Start to accumulate anew."""
        self._total, self._examples = np.zeros(len(self._optimizer.params)), 0
        self._home = None

    def _collect(self, grad: Floats, examples: int) -> None:
        """Add the gradient of so many examples, in the order of the optimizer."""
        self._settle()
        self._total += examples * grad[self._places]
        self._examples += examples

    def _spread(self, grad: Floats) -> None:
        """Put the mean of what was accumulated in place of a gradient."""
        grad[self._places] = self._total / self._examples
        self._forget()

    def _write(self) -> None:
        if self._parameters is None or self._grad is None:
            return
        self._parameters.write_back()
        numbers = self._grad.tolist()
        for value, number in zip(self._parameters.placed, numbers, strict=True):
            value.grad = number
        if self._optimizer.state is self._adopted:
            names = self._optimizer.state_names
            self._optimizer.state = dict(zip(names, self._read_state(), strict=True))
            self._optimizer.steps = self._steps
            self._adopted = self._optimizer.state

    def _look(self) -> None:
        """Warn if steps were taken with what has changed since."""
        changed = self._program.check_unchanged()
        if changed:
            warnings.warn(
                f"the function changed while it was trained: got {changed}; expected "
                "what was recorded. Steps so far used that; call write_back() after a "
                "change to have it recorded anew.",
                RuntimeWarning,
                stacklevel=4,
            )

    def _adopt(self) -> None:
        """Go on from the optimizer's state, which somebody else has set."""
        self._adopted = self._optimizer.state
        self._steps = self._optimizer.steps
        self._columns = list(self._adopted.values())

    def _prepared(self, arrays: tuple[Any, ...]) -> tuple[Compiled, Batch]:
        """A batch and a program of just the optimizer's parameters."""
        found = self._program.prepare(arrays)
        parameters, wanted = self._program.parameters, self._optimizer.params
        if parameters is not self._parameters and set(parameters.values) != set(wanted):
            self._program = self._program.of_params(wanted)
            found = self._program.prepare(arrays)
        self._latest = found[0], found[1].size
        return found

    def _rate(self) -> float:
        """The learning rate, checked before anything moves."""
        return as_number(self._optimizer.lr, "lr")

    def _updater(self, U: Floats, grad: Floats) -> Update:
        """The optimizer's rule for these arrays, compiled when something changed."""
        given = self._optimizer.hyperparameters
        given["lr"] = 0.0  # which the update is told anew in every step
        self._settle()
        if given != self._hyperparameters:
            self._updates.clear()
        key = id(U), id(grad)
        if key not in self._updates:
            numbers = U[: len(grad)]
            update = compile_update(self._optimizer, numbers, grad, self._state)
            self._updates[key], self._hyperparameters = update, given
        self._grad = grad
        return self._updates[key]

    def _settle(self) -> None:
        """Put the optimizer's state into the order of the parameters' places."""
        if self._parameters is self._program.parameters and self._columns is None:
            return
        columns = self._read_state() if self._columns is None else self._columns
        self._parameters = self._program.parameters
        self._places = self._parameters.places_of(self._optimizer.params)
        self._state = [np.zeros(len(self._places)) for _ in columns]
        for array, column in zip(self._state, columns, strict=True):
            array[self._places] = column
        self._columns = None
        self._updates.clear()

    def _read_state(self) -> list[list[float]]:
        return [array[self._places].tolist() for array in self._state]
