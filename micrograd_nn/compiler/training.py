"""Training a program: parameters and optimizer state stay in flat arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.compiler.parameters import Parameters
from micrograd_nn.compiler.update import compile_update
from micrograd_nn.optim import Optimizer

if TYPE_CHECKING:
    from micrograd_nn.compiler.program import Program

Floats = NDArray[np.float64]
Update = Callable[[float, float], None]


class Training:
    """A context in which a program moves its parameters; see `Program.training`.

    In it the Values lag behind: read them after `write_back()`, or after the block,
    which writes back on an error too. Numbers that you assign to them are seen.
    """

    def __init__(self, program: Program, optimizer: Optimizer) -> None:
        self._program, self._optimizer = program, optimizer
        self._update: Update | None = None
        self._key: tuple[Any, ...] = ()

    def __enter__(self) -> Self:
        self._program.check_unchanged()
        self._steps = self._optimizer.steps
        self._columns = list(self._optimizer.state.values())
        self._parameters: Parameters | None = None
        return self

    def __exit__(self, *error: object) -> None:
        self.write_back()

    def step(self, *arrays: Any) -> float:
        """Forward, backward, and one step of the optimizer; returns the loss before it.

        Raises:
            TypeError: If the arrays are of a wrong type or number. Nothing has moved.
            ValueError: If they do not fit. Nothing has moved.
        """
        program = self._program
        compiled, batch = program.prepare(arrays)
        loss, grad = compiled.value_and_grad(batch, program.random)
        update = self._updater(compiled.U, grad)
        self._steps += 1
        with np.errstate(all="ignore"):
            update(self._steps, self._optimizer.lr)
        program.parameters.is_ahead = True
        return loss

    def write_back(self) -> None:
        """Assign parameters, their grads and the optimizer's state to their Values.

        If the function reaches other modules or Values than before, it is recorded anew
        at the next step.
        """
        if self._parameters is not None:
            self._parameters.write_back()
            numbers = self._grad.tolist()
            for value, number in zip(self._parameters.placed, numbers, strict=True):
                value.grad = number
            columns = self._read_state()
            names = self._optimizer.state_names
            self._optimizer.state = dict(zip(names, columns, strict=True))
            self._optimizer.steps = self._steps
        self._program.check_unchanged()

    def _updater(self, U: Floats, grad: Floats) -> Update:
        """The optimizer's rule for these arrays, compiled when something changed."""
        given = self._optimizer.hyperparameters
        given["lr"] = 0.0  # which the update is told anew in every step
        key = id(U), id(grad), given
        if self._parameters is not self._program.parameters:
            self._take_places()
        elif self._update is not None and key == self._key:
            return self._update
        self._key, self._grad = key, grad
        numbers = U[: len(grad)]
        self._update = compile_update(self._optimizer, numbers, grad, self._state)
        return self._update

    def _take_places(self) -> None:
        """Put the optimizer's state into the order of the parameters' places."""
        columns = self._columns if self._parameters is None else self._read_state()
        self._parameters = self._program.parameters
        self._places = self._parameters.places_of(self._optimizer.params)
        self._state = [np.zeros(len(self._places)) for _ in columns]
        for array, column in zip(self._state, columns, strict=True):
            array[self._places] = column

    def _read_state(self) -> list[list[float]]:
        return [array[self._places].tolist() for array in self._state]
