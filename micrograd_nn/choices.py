"""Arguments that name an entry of a table, or bring a function of their own.

>>> choice({"double": lambda x: 2 * x}, "double", "rule")(4)
8
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from micrograd_nn.numbers import shortened


def choice(table: Mapping[str, Any], given: Any, name: str) -> Any:
    """The entry of `table` that `given` names, or `given` itself if it is callable.

    Args:
        table: What there is, by name.
        given: A name or a callable.
        name: How the caller's argument is called, for the message.

    Raises:
        ValueError: If there is no such entry, with the names that there are.
    """
    if callable(given):
        return given
    if isinstance(given, str) and given in table:
        return table[given]
    raise ValueError(
        f"no such {name}: got {name}={shortened(given)} ({type(given).__name__}); "
        f"expected one of {', '.join(table)}. A function of your own works too."
    )
