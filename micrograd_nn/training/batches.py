"""Where batches come from: arrays that are shuffled, or an iterator of the user's.

>>> examples = read_examples([[0.0], [1.0], [2.0], [3.0], [4.0]], [0, 1, 2, 3, 4])
>>> [batch.targets.tolist() for batch in Shuffled(examples, 2, seed=0).epoch(0)]
[[2, 4], [3, 0], [1]]
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import numpy as np

from micrograd_nn.numbers import shortened
from micrograd_nn.training.examples import Examples, read_examples


class Batches(Protocol):
    """What an epoch is made of.

    Attributes:
        examples: All of them, if they are known.
        sample: Some of them, to look at before they are trained on.
    """

    examples: Examples | None
    sample: Examples

    def epoch(self, number: int) -> Iterator[Examples]:
        """The batches of an epoch, the same each time they are asked for."""

    def __len__(self) -> int:
        """How many batches an epoch has; 0 if that is not known."""


class Shuffled:
    """Batches of arrays, in an order that depends on the seed and the epoch alone.

    Args:
        examples: All of them.
        size: How many a batch has; the last one has what is left.
        seed: An integer from 0 up; None to keep them in order.
        least: A last batch of fewer joins the one before.
    """

    def __init__(
        self, examples: Examples, size: int, seed: int | None, least: int = 1
    ) -> None:
        self.examples: Examples | None = examples
        self.sample, self._seed = examples, seed
        count = len(examples)
        self._starts = list(range(0, count, size))
        if len(self._starts) > 1 and count - self._starts[-1] < least:
            self._starts.pop()

    def epoch(self, number: int) -> Iterator[Examples]:
        """The batches of an epoch."""
        count = len(self.sample)
        order = np.arange(count)
        if self._seed is not None:
            order = np.random.default_rng([self._seed, number]).permutation(count)
        for start, end in itertools.pairwise([*self._starts, count]):
            yield self.sample.take(order[start:end])

    def __len__(self) -> int:
        return len(self._starts)


class Streamed:
    """Batches that the user makes: pairs `(X, y)` or triples `(X, y, sample_weight)`.

    Args:
        make: What gives an iterable of them, for each epoch.

    Attributes:
        as_taken: What to make of each batch, such as targets as the loss takes them.

    Raises:
        ValueError: If there is none, or the first is no batch.
    """

    def __init__(self, make: Callable[[], Iterable[Any]]) -> None:
        self.examples: Examples | None = None
        self.as_taken: Callable[[Examples], Examples] = lambda batch: batch
        self._make = make
        first = next(self.epoch(0), None)
        if first is None:
            raise ValueError(
                "no batches: got an iterator that ends at once; expected at least one "
                "batch (X, y). Make it anew for each epoch."
            )
        self.sample = first

    def epoch(self, number: int) -> Iterator[Examples]:
        """The batches of an epoch."""
        for position, batch in enumerate(self._make()):
            found = _read(batch, f"batch {position} of epoch {number + 1}")
            yield self.as_taken(found)

    def __len__(self) -> int:
        return 0


def is_stream(X: Any) -> bool:
    """Whether these are batches: a function that makes some, or what iterates."""
    if callable(X):
        return True
    if isinstance(X, list) and X and isinstance(X[0], tuple):
        return all(hasattr(part, "__array__") for part in X[0])  # (X, y) of arrays
    is_array = isinstance(X, (list, tuple)) or hasattr(X, "__array__")
    return not is_array and isinstance(X, Iterable)


def streamed(X: Any, epochs: int) -> Streamed:
    """The batches of a function or an iterable.

    Raises:
        ValueError: If it is an iterator, which ends, and there are several epochs.
    """
    if callable(X):
        return Streamed(X)
    if epochs > 1 and iter(X) is X:
        raise ValueError(
            f"an iterator ends: got X={shortened(X)} ({type(X).__name__}) for {epochs} "
            "epochs; expected batches for each. Pass the function that makes it."
        )
    return Streamed(lambda: X) if iter(X) is not X else _once(X)


def _once(iterator: Iterator[Any]) -> Streamed:
    """The batches of what can be asked only once; the first is looked at before."""
    first = list(itertools.islice(iterator, 1))
    whole = itertools.chain(first, iterator)
    found = Streamed(lambda: first)
    found._make = lambda: whole
    return found


def grouped(
    batches: Iterator[Examples], count: int, skipped: int
) -> Iterator[list[Examples]]:
    """The batches of each step, without those of the steps that were taken before."""
    rest = itertools.islice(batches, skipped * count, None)
    while group := list(itertools.islice(rest, count)):
        yield group


def _read(batch: Any, name: str) -> Examples:
    if not isinstance(batch, (list, tuple)) or len(batch) not in (2, 3):
        raise ValueError(
            f"not a batch: got {name}={shortened(batch)} ({type(batch).__name__}); "
            "expected (X, y) or (X, y, sample_weight)."
        )
    return read_examples(*batch, name=f"{name}: ")
