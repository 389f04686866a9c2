"""The weights of a model, and changes of them that can be taken back.

>>> from micrograd_nn.nn import MLP
>>> [(name, tensor.shape) for name, tensor in weights(MLP(2, [3, 1])).items()]
[('layers.0.weight', (3, 2)), ('layers.1.weight', (1, 3))]
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from micrograd_nn import epochs, trees
from micrograd_nn.engine import Value
from micrograd_nn.nn import Module
from micrograd_nn.nn.freezing import frozen_parameters
from micrograd_nn.nn.tensors import Tensor
from micrograd_nn.training.checkpoint import require_module


def weights(model: Module) -> dict[str, Tensor]:
    """The tensors of two dimensions or more, each once, but for buffers.

    Tensors that are frozen or pruned are weights all the same.

    Args:
        model: A module with such tensors.

    Raises:
        TypeError: If it is not a module.
        ValueError: If it has none, or a weight is a nan or an infinity.
    """
    require_module(model)
    known = {*model.parameters(), *frozen_parameters(model), *pruned_weights(model)}
    found: dict[str, Tensor] = {}
    for name, tensor in model.named_tensors().items():
        values = trees.leaves(tensor.values)
        if len(tensor.shape) > 1 and not known.isdisjoint(values):
            found[name] = tensor
            known.difference_update(values)  # a shared tensor has two names
    _require_finite(model, found)
    return found


def values_of(tensors: dict[str, Tensor]) -> list[Value]:
    """All Values of tensors, in a row."""
    return trees.leaves([tensor.values for tensor in tensors.values()])


def pruned_weights(model: Module) -> list[Value]:
    """The Values that `prune` has set to 0."""
    return trees.leaves([vars(inner).get("_pruned", []) for inner in model.modules()])


class Change:
    """Numbers that were assigned to Values, and can be taken back.

    Args:
        values: The Values.
        numbers: What to assign to them.
    """

    def __init__(self, values: Sequence[Value], numbers: Sequence[float]) -> None:
        self.values = list(values)
        self._before: list[float] | None = [value.data for value in values]
        epochs.assign(self.values, numbers)

    def undo(self, name: str) -> None:
        """Assign the numbers from before.

        Args:
            name: Of what is undone, for the message.

        Raises:
            RuntimeError: If that was done already.
        """
        if self._before is None:
            raise RuntimeError(
                f"undone already: got a second undo() of {name}; expected one. "
                f"Call {name} again to change the model again."
            )
        epochs.assign(self.values, self._before)
        self._before = None


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text: the first column to the left, the others to the right.

    >>> print(table([["a", "size"], ["total", "3"]]))
    a      size
    total     3
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            [first.ljust(widths[0])]
            + [x.rjust(width) for x, width in zip(others, widths[1:], strict=True)]
        )
        for first, *others in rows
    )


def _require_finite(model: Module, tensors: dict[str, Tensor]) -> None:
    if not tensors:
        raise ValueError(
            f"no weights: got model={type(model).__name__}, which has no tensor of two "
            "dimensions or more; expected one, such as the weight of a Linear layer."
        )
    for name, tensor in tensors.items():
        wrong = [x for x in trees.leaves(tensor.data) if not math.isfinite(x)]
        if wrong:
            raise ValueError(
                f"not finite: got {wrong[0]!r} in {name} (float); expected numbers. "
                "Train again, with a smaller learning rate."
            )
