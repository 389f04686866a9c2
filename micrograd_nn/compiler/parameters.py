"""Parameters in one flat array, and the Values that they came from.

The numbers live in the first places of `U`. They are read from the Values when those
were assigned since, and written back when somebody may look.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn import epochs
from micrograd_nn.compiler.tape import Ids
from micrograd_nn.engine import Value
from micrograd_nn.graph import topological_order
from micrograd_nn.numbers import shortened
from micrograd_nn.op import LEAF

Floats = NDArray[np.float64]


_AHEAD: set[Parameters] = set()  # whose Values lag behind


class Parameters:
    """Values and their numbers as an array.

    Args:
        values: The Values.

    Attributes:
        values: The Values, in the order in which they were given.
        placed: The same in the order of their places, once a plan decided on it.

    Raises:
        TypeError: If one is not a leaf.
    """

    def __init__(self, values: Iterable[Value]) -> None:
        if not isinstance(values, Iterable) or isinstance(values, str):
            raise TypeError(
                f"no list of parameters: got params={shortened(values)} "
                f"({type(values).__name__}); expected Values in a list. "
                "Pass model.parameters()."
            )
        values = list(values)
        for i, value in enumerate(values):
            if not isinstance(value, Value) or value.op is not LEAF:
                raise TypeError(
                    f"not a parameter: got params[{i}]={shortened(value)} "
                    f"({type(value).__name__}); expected a Value that nothing was "
                    "computed from. Pass model.parameters()."
                )
        self.values = values
        self.placed: list[Value] = []
        self._home: Floats | None = None
        self._epoch = -1

    def order(self, placed: Sequence[Value]) -> None:
        """Take the order of the first plan; later ones are made to follow it."""
        if not self.placed:
            self.placed = list(placed)
            self._places = self.places_of(self.values)

    def places_of(self, values: Sequence[Value]) -> Ids:
        """The places of parameters."""
        place = {value: i for i, value in enumerate(self.placed)}
        return np.array([place[value] for value in values], dtype=np.intp)

    def refresh(self, U: Floats) -> None:
        """Bring the numbers at the start of `U` up to date."""
        if len(_AHEAD) > (self in _AHEAD):  # another program may train the same Values
            for other in _AHEAD - {self}:
                other.write_back()
        if self._home is None:
            U[: len(self.placed)] = [value._data for value in self.placed]
            self._epoch = epochs.now
        elif self._home is not U:
            U[: len(self.placed)] = self._home[: len(self.placed)]
        self._home = U
        if self._epoch != epochs.now:
            load_changed(self.placed, U, self._epoch)
            self._epoch = epochs.now

    def replace(self, numbers: Floats) -> None:
        """Put other numbers in their places; the Values get them at `write_back`."""
        self._in_use()[:] = numbers
        self.mark_ahead()

    def are_finite(self) -> bool:
        """Whether no number is a nan or an infinity."""
        return bool(np.isfinite(self._in_use()).all())

    def _in_use(self) -> Floats:
        assert self._home is not None, "refresh comes first"
        return self._home[: len(self.placed)]

    def mark_ahead(self) -> None:
        """Note that the array has moved on, and the Values have not."""
        _AHEAD.add(self)

    def write_back(self) -> None:
        """Assign the numbers to the Values, if they have moved on."""
        if self in _AHEAD and self._home is not None:
            load_changed(self.placed, self._home, self._epoch)
            epochs.assign(self.values, self.in_given_order(self._home).tolist())
            self._epoch = epochs.now
            _AHEAD.discard(self)

    def in_given_order(self, array: Floats) -> Floats:
        """An array over places as one parallel to `values`."""
        return array[self._places]


def load_changed(values: Sequence[Value], numbers: Floats, since: int) -> None:
    """Copy the data of those Values that were assigned after an epoch."""
    for place, value in enumerate(values):
        if value._changed > since:
            numbers[place] = value._data


def leaves_below(roots: Sequence[Value]) -> list[Value]:
    """The leaves that gradients can be wanted of, in the order of their use."""
    seen: set[Any] = set()
    nodes = [node for root in roots for node in topological_order(root, seen)]
    return [node for node in nodes if node.op is LEAF]
