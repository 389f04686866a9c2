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
LOOK = 64  # steps between two looks at what the function reads


_ACTIVE: WeakSet[Optimizer] = WeakSet()  # optimizers that a block is using


class Training:
    """A context in which a program moves its parameters; see `Program.training`.

    In it the Values lag behind: read them after `write_back()`, or after the block,
    which writes back on an error too. Programs see the newest numbers at any time, and
    numbers that you assign to Values are seen. What the function reads that is not a
    Value, such as a Python number or a module's attribute, is looked at when the block
    starts, at every `write_back()` and every 64 steps.

    Raises:
        RuntimeError: If another block is using the optimizer.
    """

    _adopted: dict[str, list[float]]
    _columns: list[list[float]] | None
    _steps: int

    def __init__(self, program: Program, optimizer: Optimizer) -> None:
        self._program, self._optimizer = program, optimizer
        self._parameters: Parameters | None = None
        self._updates: dict[tuple[int, int], Update] = {}
        self._hyperparameters: dict[str, Any] = {}
        self._is_open = False
        self._grad: Floats | None = None
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
        self._adopt()
        return self

    def __exit__(self, *error: object) -> None:
        self._is_open = False
        _ACTIVE.discard(self._optimizer)
        self._write()

    def step(self, *arrays: Any) -> float:
        """Forward, backward, and one step of the optimizer; returns the loss before it.

        Args:
            *arrays: A batch, as for a call of the program.

        Raises:
            RuntimeError: Outside of the block.
            TypeError: If the arrays are of a wrong type or number. Nothing has moved.
            ValueError: If they do not fit. Nothing has moved.
            FloatingPointError: Under `detect_anomaly`, if something is not finite.
        """
        if not self._is_open:
            raise RuntimeError(
                "not in a block: got a step outside of it; expected `with "
                "program.training(optimizer) as train:`. Call train.step() inside."
            )
        if self._steps % LOOK == LOOK - 1:
            self._look()
        if self._optimizer.state is not self._adopted:
            self._adopt()
        lr = self._rate()
        compiled, batch = self._prepared(arrays)
        with np.errstate(all="ignore"):
            loss, grad = compiled.value_and_grad(batch, self._program.random)
            self._updater(compiled.U, grad)(self._steps + 1, lr)
        self._steps += 1
        self._program.parameters.mark_ahead()
        return loss

    def write_back(self) -> None:
        """Assign parameters, their grads and the optimizer's state to their Values.

        If the function reaches other things than before, it is recorded anew at the
        next step.
        """
        self._write()
        self._program.check_unchanged()

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
                stacklevel=3,
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
        return found

    def _rate(self) -> float:
        """The learning rate, checked before anything moves."""
        return as_number(self._optimizer.lr, "lr")

    def _updater(self, U: Floats, grad: Floats) -> Update:
        """The optimizer's rule for these arrays, compiled when something changed."""
        given = self._optimizer.hyperparameters
        given["lr"] = 0.0  # which the update is told anew in every step
        if self._parameters is not self._program.parameters or self._columns:
            self._take_places()
        if given != self._hyperparameters:
            self._updates.clear()
        key = id(U), id(grad)
        if key not in self._updates:
            numbers = U[: len(grad)]
            update = compile_update(self._optimizer, numbers, grad, self._state)
            self._updates[key], self._hyperparameters = update, given
        self._grad = grad
        return self._updates[key]

    def _take_places(self) -> None:
        """Put the optimizer's state into the order of the parameters' places."""
        columns = self._columns or self._read_state()
        self._parameters = self._program.parameters
        self._places = self._parameters.places_of(self._optimizer.params)
        self._state = [np.zeros(len(self._places)) for _ in columns]
        for array, column in zip(self._state, columns, strict=True):
            array[self._places] = column
        self._columns = None
        self._updates.clear()

    def _read_state(self) -> list[list[float]]:
        return [array[self._places].tolist() for array in self._state]
