"""The settings of a training that must stay the same when it goes on later."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from micrograd_nn.ranges import whole_number


@dataclass(frozen=True)
class Settings:
    """How examples make steps; for what each is, see `fit`.

    Raises:
        TypeError: If a number is none.
        ValueError: If one is out of range.

    >>> Settings(batch_size=0)
    Traceback (most recent call last):
    ValueError: no such count: got batch_size=0 (int); expected a whole number, 1 or ...
    """

    batch_size: int = 32
    accumulate: int = 1
    seed: int = 0
    shuffle: bool = True
    clip_norm: float | None = None
    clip_value: float | None = None

    def __post_init__(self) -> None:
        for name, least in (("batch_size", 1), ("accumulate", 1), ("seed", 0)):
            number = whole_number(getattr(self, name), name, least)
            object.__setattr__(self, name, number)  # those of NumPy's types, too

    @property
    def order_seed(self) -> int | None:
        """The seed of the order of examples; None for the order that they are in."""
        return self.seed if self.shuffle else None

    def for_json(self) -> dict[str, Any]:
        """The settings by name, those of NumPy's types too as plain numbers."""
        return {
            name: x.item() if hasattr(x, "item") else x
            for name, x in asdict(self).items()
        }
