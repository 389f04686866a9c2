"""The data of a training: what is trained on, and what is held out to measure on.

>>> data = read_data([[0.0], [1.0], [2.0], [3.0]], [0, 1, 2, 3], validation_split=0.25)
>>> len(data.sample), data.validation.targets.tolist()
(3, [3])
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import in_range
from micrograd_nn.training.batches import (
    Batches,
    Shuffled,
    Streamed,
    is_stream,
    streamed,
)
from micrograd_nn.training.examples import Examples, read_examples, require_weights
from micrograd_nn.training.tasks import Task, class_targets


@dataclass(frozen=True)
class Data:
    """What is trained on, and what is held out.

    Attributes:
        sample: Examples to look at before training: all, unless they are streamed.
        stream: The batches of an iterator, or None.
        validation: Examples that are held out, or None.
    """

    sample: Examples
    stream: Streamed | None
    validation: Examples | None

    @property
    def examples(self) -> Examples | None:
        """All examples that are trained on, if they are known."""
        return self.sample if self.stream is None else None

    def for_task(self, task: Task) -> Data:
        """The same with targets as the loss takes them."""
        sample, held_out = class_targets(self.sample, task), self.validation
        if held_out is not None:
            held_out = class_targets(held_out, task)
        if self.stream is not None:
            self.stream.as_taken = functools.partial(class_targets, task=task)
        return Data(sample, self.stream, held_out)

    def batches(self, size: int, seed: int | None, least: int) -> Batches:
        """The batches of each epoch; for the arguments see `Shuffled`."""
        if self.stream is not None:
            return self.stream
        return Shuffled(self.sample, size, seed, least)


def read_data(
    X: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    validation_data: Any = None,
    validation_split: float = 0.0,
    epochs: int = 1,
) -> Data:
    """The arguments of `fit` that hold data, checked.

    Raises:
        TypeError: If something holds no real numbers.
        ValueError: If it does not fit together.
    """
    share = in_range(validation_split, "validation_split", 0.0, 1.0)
    if validation_data is not None and share:
        raise ValueError(
            f"held out in one way: got validation_data and validation_split={share!r}; "
            "expected one of them."
        )
    held_out = None
    if validation_data is not None:
        held_out = _read_validation(validation_data)
    if y is None and is_stream(X):
        if share or sample_weight is not None:
            raise ValueError(
                "unknown before: got batches with validation_split or sample_weight; "
                "expected neither. Pass validation_data, and weights in each batch."
            )
        stream = streamed(X, epochs)
        return Data(stream.sample, stream, held_out)
    examples = read_examples(X, y, sample_weight)
    return _split(examples, share) if share else Data(examples, None, held_out)


def _read_validation(given: Any) -> Examples:
    if not isinstance(given, (list, tuple)) or len(given) not in (2, 3):
        raise ValueError(
            f"not validation data: got validation_data={shortened(given)} "
            f"({type(given).__name__}); expected (X, y) or (X, y, sample_weight)."
        )
    return read_examples(*given, name="validation ")


def _split(examples: Examples, share: float) -> Data:
    """The last ones are held out, as many as Keras holds out."""
    kept = int(len(examples) * (1.0 - share))
    if not 0 < kept < len(examples):
        raise ValueError(
            f"nothing left: got validation_split={share!r} (float) of "
            f"{len(examples)} examples; expected some on both sides."
        )
    parts = examples.take(slice(kept)), examples.take(slice(kept, None))
    for part, name in zip(parts, ("", "validation "), strict=True):
        if part.weights is not None:
            require_weights(part.weights, name)
    return Data(parts[0], None, parts[1])
