"""`BatchNorm1d` and `BatchNorm2d`: each feature brought to one scale over the batch.

In training the scale is that of the batch: examples are mixed, so there must be some.

>>> norm = BatchNorm1d(1)
>>> [[round(x.data, 3) for x in row] for row in norm.batch([[1.0], [2.0], [3.0]])]
[[-1.225], [0.0], [1.225]]

Out of training it is that of all batches so far, each of which has moved it a little.

>>> norm.running_mean[0].data, norm.running_var[0].data
(0.2, 1.0)
>>> [round(x.data, 3) for x in norm.eval()([1.0])]
[0.8]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from micrograd_nn import epochs, trees
from micrograd_nn.engine import Value
from micrograd_nn.nn.examples import (
    Inputs,
    Nested,
    as_values,
    each,
    require,
    shape,
    size,
)
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.running import tell
from micrograd_nn.nn.standardize import standardize
from micrograd_nn.nn.weights import filled
from micrograd_nn.ranges import in_range


class BatchNorm1d(Module):
    """(x - mean) / sqrt(variance + eps) · weight + bias, for each feature.

    Mean and variance are over the examples of the batch (Ioffe and Szegedy, 2015), and
    over the places of a channel where a feature is one. Out of training they are the
    running ones.

    Args:
        num_features: How many features or channels there are.
        eps: Added to the variance, so that the root of 0 does no harm.
        momentum: How far a batch moves the running statistics: 0 not at all, 1 all the
            way. With None they are the means over all batches.
        affine: Whether there are weights and biases.
        track_running_stats: Whether there are running statistics. Without, a batch is
            used out of training too.

    Attributes:
        weight: Values, [num_features], or None. They start at 1.
        bias: Values, [num_features], or None. They start at 0.
        running_mean: Values that are not trained, or None. They start at 0.
        running_var: The same; they start at 1. The variance of a batch of n numbers is
            scaled by n / (n - 1) on its way here.
        num_batches_tracked: A Value: how many batches there were; or None.

    Raises:
        ValueError: If `num_features` is not a positive whole number, or `eps` or
            `momentum` is out of range.

    >>> BatchNorm1d(2)
    BatchNorm1d(2, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    """

    axes: ClassVar[dict[int, str]] = {1: "[features]", 2: "[channels][length]"}
    running_mean: Any
    running_var: Any
    num_batches_tracked: Any

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        self.num_features = size(num_features, "num_features")
        self.eps = in_range(eps, "eps")
        share = 0.0 if momentum is None else momentum
        in_range(share, "momentum", high=1.0, ends="[]")
        self.momentum = momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self.weight = self._start(1.0) if affine else None
        self.bias = self._start(0.0) if affine else None
        tracks = track_running_stats
        self.register_buffer("running_mean", self._start(0.0) if tracks else None)
        self.register_buffer("running_var", self._start(1.0) if tracks else None)
        self.register_buffer("num_batches_tracked", Value(0) if tracks else None)

    @property
    def mixes_examples(self) -> bool:
        """Whether it needs a batch: in training, or without running statistics."""
        return self.training or not self.track_running_stats

    def __call__(self, x: Inputs) -> Nested:
        """One example at the running scale.

        Raises:
            ValueError: If it needs a batch, or the shape is wrong.
        """
        if self.mixes_examples:
            raise ValueError(
                f"one example alone: got a call of {self!r}, which mixes the examples "
                "of a batch; expected a batch. Call model.batch(rows), or model.eval() "
                "first. A module of your own says in `batch` what it does with rows."
            )
        channels = enumerate(self._channels(x))
        return [self._at_running_scale(c, channel) for c, channel in channels]

    def batch(self, rows: Sequence[Any]) -> list[Any]:
        """The examples of a batch at the scale of the batch.

        Raises:
            ValueError: If there is only one number of each feature, or a shape is
                wrong.
        """
        if not self.mixes_examples:
            return [self(row) for row in rows]
        examples = [self._channels(row) for row in rows]
        self._require_several(examples)
        columns = enumerate(zip(*examples, strict=True))
        found = [self._normalized(c, list(column)) for c, column in columns]
        outputs, means, variances = zip(*found, strict=True)
        if self.training and self.track_running_stats:
            tell(self, [*means, *variances])
        return [list(row) for row in zip(*outputs, strict=True)]

    def update(self, statistics: Sequence[float]) -> None:
        """Move the running statistics towards those of one batch.

        Args:
            statistics: The mean of each feature, then the variance of each.
        """
        count = self.num_batches_tracked.data + 1.0
        share = 1.0 / count if self.momentum is None else self.momentum
        running = [*self.running_mean, *self.running_var]
        moved = [
            old.data + share * (new - old.data)
            for old, new in zip(running, statistics, strict=True)
        ]
        epochs.assign([*running, self.num_batches_tracked], [*moved, count])

    def extra_repr(self) -> str:
        """The arguments."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, track_running_stats={self.track_running_stats}"
        )

    def _start(self, number: float) -> Any:
        return filled((self.num_features,), number)

    def _channels(self, x: Inputs) -> list[Nested]:
        """The features or channels of one example."""
        example: list[Nested] = as_values(x)
        name, axes = type(self).__name__, shape(example)
        if axes is None or len(axes) not in self.axes:
            raise ValueError(
                f"wrong shape: {name}({self.num_features}) got an example of shape "
                f"{axes}; expected {' or '.join(self.axes.values())}. "
                "Pass the examples of a batch in a list to model.batch(rows)."
            )
        require(
            f"{name}({self.num_features})",
            "features",
            axes[0],
            self.num_features,
            "Pass examples with all of their features.",
        )
        return example

    def _require_several(self, examples: list[list[Nested]]) -> None:
        numbers = trees.leaves([example[0] for example in examples])
        if len(numbers) < 2:
            raise ValueError(
                f"too few for statistics: {type(self).__name__}({self.num_features}) "
                f"got {len(numbers)} numbers of each feature; expected 2 or more. Use "
                "larger batches, and drop a last one of a single example."
            )

    def _normalized(
        self, feature: int, column: list[Nested]
    ) -> tuple[list[Nested], Value, Value]:
        """A feature of all examples at their scale; and its mean and variance."""
        xs = trees.leaves(column)
        found = standardize(xs, self.eps)
        if self.weight is None or self.bias is None:
            outputs = found.values
        else:
            weight, bias = self.weight[feature], self.bias[feature]
            outputs = [x * weight + bias for x in found.values]
        unbiased = found.variance * (len(xs) / (len(xs) - 1))
        return trees.rebuilt(column, iter(outputs)), found.mean, unbiased

    def _at_running_scale(self, feature: int, channel: Nested) -> Nested:
        mean, variance = self.running_mean[feature], self.running_var[feature]
        scale = (variance + self.eps) ** -0.5
        if self.weight is None or self.bias is None:
            return each(lambda x: (x - mean) * scale, channel)
        factor, bias = scale * self.weight[feature], self.bias[feature]
        return each(lambda x: (x - mean) * factor + bias, channel)


class BatchNorm2d(BatchNorm1d):
    """`BatchNorm1d` for images, [channels][height][width]: for each channel."""

    axes: ClassVar[dict[int, str]] = {3: "[channels][height][width]"}
