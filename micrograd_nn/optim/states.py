"""What was saved of an optimizer or a schedule: checked before it is used.

>>> require_keys({"steps": 3}, {"steps": 0, "lr": 0.1}, "SGD")
Traceback (most recent call last):
ValueError: state does not fit: got missing=['lr'], unexpected=[]; expected the entri...
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from micrograd_nn.numbers import shortened


def require_keys(given: Mapping[str, Any], own: Mapping[str, Any], kind: str) -> None:
    """Refuse a state that has not just the entries that its owner has.

    Args:
        given: What is to be loaded.
        own: What the owner would save now.
        kind: What the owner is, for the message.

    Raises:
        ValueError: Telling what is missing, and what is too much.
    """
    missing = [name for name in own if name not in given]
    unexpected = [name for name in given if name not in own]
    if missing or unexpected:
        raise ValueError(
            f"state does not fit: got missing={missing}, unexpected={unexpected}; "
            f"expected the entries of {kind}.state_dict(). "
            "Load it into one of the kind that it came from."
        )


def fitting(given: Any, name: str, length: int) -> Any:
    """`given`, if it is a list or a tuple of that length.

    Raises:
        ValueError: If it is not.
    """
    if not isinstance(given, (list, tuple)) or len(given) != length:
        raise ValueError(
            f"wrong length: got {name}={shortened(given)} ({type(given).__name__}); "
            f"expected a list of {length} numbers."
        )
    return given
