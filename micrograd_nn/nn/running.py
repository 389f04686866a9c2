"""Running statistics: what batch norm remembers of batches, for when there is no batch.

A layer in training tells the statistics of each batch. In eager code they are numbers,
and the layer takes them up at once. A program has no numbers while it is recorded: it
gives them as outputs of their own when it runs, and then they are handed back: after
each batch or, as training does not look at them, after many.

>>> from micrograd_nn import compile
>>> from micrograd_nn.nn import BatchNorm1d
>>> norm = BatchNorm1d(1)
>>> program = compile(lambda rows: batch_statistics(norm, rows))
>>> found = program([[[3.0], [5.0]]])  # one batch of two examples of one number
>>> take_up(dict(norm.named_modules()), {name: x[0] for name, x in found.items()})
>>> round(norm.running_mean[0].data, 3), round(norm.running_var[0].data, 3)
(0.4, 1.1)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from micrograd_nn import recording
from micrograd_nn.engine import Value
from micrograd_nn.nn.module import Module


class Tracking(Protocol):
    """A layer that keeps running statistics."""

    def update(self, statistics: Sequence[float]) -> None:
        """Move them towards those of one batch."""


Told = list[tuple[Any, list[Value]]]  # layers, and the statistics of a batch
_told: ContextVar[Told | None] = ContextVar("micrograd_nn_statistics", default=None)


@contextmanager
def collected() -> Iterator[Told]:
    """A context in which layers do not take up the statistics of batches.

    For a program that has others hand them back, by `take_up`.

    Yields:
        The layers that were called, each with the statistics of that call.
    """
    found: Told = []
    token = _told.set(found)
    try:
        yield found
    finally:
        _told.reset(token)


def tell(layer: Tracking, statistics: list[Value]) -> None:
    """Have `layer` take up the statistics of a batch, now or after the program ran.

    Raises:
        TypeError: If a program is recorded, and nobody collects them.
    """
    found = _told.get()
    if found is not None:
        found.append((layer, statistics))
    elif recording.is_symbolic():
        raise TypeError(
            f"a program cannot update a layer: got {layer!r} in training; expected "
            "somebody who hands it the statistics of each batch. Train with fit, "
            "which does; or see micrograd_nn.nn.running, or pass "
            "track_running_stats=False."
        )
    else:
        layer.update([value.data for value in statistics])


def batch_statistics(
    module: Module, rows: Sequence[Any]
) -> dict[str, list[list[Value]]]:
    """What the layers inside of `module` would remember of a batch. To be compiled.

    Args:
        module: In training.
        rows: The examples.

    Returns:
        By the name of a layer a row for each of its calls.
    """
    with collected() as told:
        module.batch(rows)
    found: dict[str, list[list[Value]]] = {}
    for name, layer in module.named_modules():
        rows_of_it = [statistics for teller, statistics in told if teller is layer]
        found |= {name: rows_of_it} if rows_of_it else {}
    return found


def take_up(
    layers: Mapping[str, Any], statistics: Mapping[str, Sequence[Sequence[float]]]
) -> None:
    """Have layers remember what `batch_statistics` found.

    Args:
        layers: By name, as `named_modules` gives them.
        statistics: As numbers.
    """
    for name, calls in statistics.items():
        for numbers in calls:
            layers[name].update([float(number) for number in numbers])
