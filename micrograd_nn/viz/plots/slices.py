"""A net's loss as a function of one number or two: a slice through its landscape.

>>> w = [Value(3.0), Value(4.0)]
>>> loss = ParameterSlice(lambda: w[0] ** 2 + w[1] ** 2, w, [[1.0, 0.0]])
>>> loss(0.0), loss(-3.0)
(25.0, 16.0)

All parameters together are one point in a space of many dimensions. A direction in it
is a number for each parameter; a slice goes from an origin along one or two of them:

    slice(a, b) = loss at origin + a * directions[0] + b * directions[1]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

import numpy as np

from micrograd_nn.engine import Value
from micrograd_nn.nn import Module
from micrograd_nn.numbers import shortened
from micrograd_nn.recording import no_grad
from micrograd_nn.viz.plots.arguments import Floats, as_array, as_count, finite


class ParameterSlice:
    """The loss on a line or a plane through the space of the parameters.

    Args:
        loss: A function of no arguments that computes the loss with the parameters as
            they are: a Value or a number.
        params: The parameters. They are moved for each call, and put back after it.
        directions: One or two, each a number for each parameter.
        origin: A number for each parameter: as they are now, by default.

    Attributes:
        origin: The middle, shape (parameters,).
        directions: Shape (1 or 2, parameters).
        path: Where training was along the directions after each step, of shape
            (steps, directions), if the slice was made from a trajectory; else None.
        axis_name: What the axes of a plot are called.

    Raises:
        TypeError: If the loss is no function, or something is not a number.
        ValueError: If shapes do not fit.
    """

    path: Floats | None = None
    axis_name = "along direction"

    def __init__(
        self,
        loss: Callable[[], Any],
        params: Iterable[Value],
        directions: Any,
        origin: Any = None,
    ) -> None:
        self._loss, self._params = loss, _checked(loss, params)
        count = len(self._params)
        now = [p.data for p in self._params] if origin is None else origin
        self.origin = finite(_fitting(now, "origin", 1, count), "origin")
        rows = _fitting(directions, "directions", 2, count)
        self.directions = finite(rows, "directions")

    @classmethod
    def of_trajectory(
        cls, loss: Callable[[], Any], params: Iterable[Value], trajectory: Any
    ) -> Self:
        """The plane in which training moved most: the two first principal directions.

        Its origin is the end of the trajectory (Li et al., 2018, section 7).

        Args:
            loss: As for the class.
            params: As for the class.
            trajectory: The parameters after each step: shape (steps, parameters), 3 of
                each at least.

        Raises:
            TypeError: If something is not a number.
            ValueError: If shapes do not fit, or nothing moved.
        """
        listed = _checked(loss, params)
        points = finite(
            _fitting(trajectory, "trajectory", 2, len(listed)), "trajectory"
        )
        moved = points - points[-1]
        if min(moved.shape) < 2 or not moved.any():
            raise ValueError(
                f"no plane: got a trajectory of shape {points.shape}; expected 2 steps "
                "or more, of 2 parameters or more, that moved. Record it in training."
            )
        directions = np.linalg.svd(moved, full_matrices=False)[2][:2]
        plane = cls(loss, listed, directions, points[-1])
        plane.path = moved @ directions.T
        plane.axis_name = "along principal direction"
        return plane

    def __call__(self, *distances: Any) -> float:
        """The loss so far along each direction."""
        if len(distances) != len(self.directions):
            raise TypeError(
                f"wrong number of distances: got {len(distances)}; expected "
                f"{len(self.directions)}, one for each direction."
            )
        steps = as_array(distances, "distances", 1)
        with self._moved_to(self.origin + steps @ self.directions), no_grad():
            return float(as_array([self._loss()], "loss", 1, "one number")[0])

    @contextmanager
    def _moved_to(self, place: Floats) -> Iterator[None]:
        before = [p.data for p in self._params]
        try:
            _assign(self._params, place.tolist())
            yield
        finally:
            _assign(self._params, before)


def random_directions(model: Module, count: int = 2, seed: int = 0) -> Floats:
    """Random directions whose steps mean the same for every neuron.

    The part of a direction for the weights of one neuron (or of one filter) is as long
    as those weights are; biases stay where they are (Li et al., 2018, section 4).

    Args:
        model: What has the parameters.
        count: How many directions.
        seed: For the same directions again.

    Returns:
        Shape (count, parameters).

    Raises:
        TypeError: If that is no module.
        ValueError: If `count` is not a whole number from 1 up.

    >>> from micrograd_nn.nn import Neuron
    >>> neuron = Neuron(2)
    >>> neuron.w[0].data, neuron.w[1].data = 3.0, 4.0
    >>> direction = random_directions(neuron, count=1)[0]
    >>> round(float(np.linalg.norm(direction[:2])), 6), float(direction[2])
    (5.0, 0.0)
    """
    if not isinstance(model, Module):
        raise TypeError(
            f"not a module: got model={shortened(model)} ({type(model).__name__}); "
            "expected one, whose parameters have names."
        )
    data = np.array([p.data for p in model.parameters()])
    directions = np.random.default_rng(seed).normal(
        size=(as_count(count, "count"), len(data))
    )
    for chosen in _filters(model):
        size = np.linalg.norm(data[chosen]) if len(chosen) > 1 else 0.0
        sizes = np.linalg.norm(directions[:, chosen], axis=1, keepdims=True)
        directions[:, chosen] *= size / sizes
    return directions


def _filters(model: Module) -> list[list[int]]:
    """Positions of parameters that are kept in one list, as the weights of a neuron."""
    filters: dict[str, list[int]] = {}
    for position, (name, _) in enumerate(model.named_parameters()):
        owner, _, last = name.rpartition(".")
        key = owner if last.isdigit() else name
        filters.setdefault(key, []).append(position)
    return list(filters.values())


def _checked(loss: Any, params: Iterable[Value]) -> list[Value]:
    listed = list(params)
    wrong = [p for p in listed if not isinstance(p, Value)]
    if not callable(loss) or wrong or not listed:
        raise TypeError(
            f"no slice: got loss={shortened(loss)} ({type(loss).__name__}) and "
            f"{len(listed)} params; expected a function of no arguments and at least "
            "one Value. Pass lambda: loss_of(model) and model.parameters()."
        )
    return listed


def _fitting(x: Any, name: str, ndim: int, count: int) -> Floats:
    array = as_array(x, name, ndim, f"{count} numbers" + " in each row" * (ndim == 2))
    if array.shape[-1] != count:
        raise ValueError(
            f"wrong shape: got {name} of shape {array.shape}; expected {count} numbers"
            f"{' in each row' * (ndim == 2)}, one for each parameter."
        )
    return array


def _assign(params: Sequence[Value], numbers: Sequence[float]) -> None:
    for param, number in zip(params, numbers, strict=True):
        param.data = number
