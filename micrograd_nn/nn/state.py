"""Loading a state: numbers by the names of the Values that they are for.

>>> w, b = Value(1.0), Value(2.0)
>>> load_state("Line", {"w": w, "b": b}, {"w": 3.0}, strict=False)
IncompatibleKeys(missing_keys=['b'], unexpected_keys=[])
>>> w.data, b.data
(3.0, 2.0)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from micrograd_nn import epochs
from micrograd_nn.engine import Number, Value
from micrograd_nn.numbers import as_number, is_number, shortened


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` had no number for, and what it had no place for."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def load_state(
    title: str, values: Mapping[str, Value], state: Mapping[str, Number], strict: bool
) -> IncompatibleKeys:
    """Assign the numbers of `state`; see `Module.load_state_dict`.

    Args:
        title: What errors call the module.
        values: What there is to assign to, by name.
        state: Numbers by name.
        strict: Whether missing and unexpected names are errors.
    """
    missing = [name for name in values if name not in state]
    unexpected = [name for name in state if name not in values]
    known = {name: state[name] for name in values if name in state}
    wrong = [name for name, x in known.items() if not is_number(x)]
    if wrong or (strict and (missing or unexpected)):
        raise ValueError(_misfit(title, missing, unexpected, wrong))
    numbers = [as_number(x, name) for name, x in known.items()]
    epochs.assign([values[name] for name in known], numbers)
    return IncompatibleKeys(missing, unexpected)


def _misfit(
    title: str, missing: list[str], unexpected: list[str], wrong: list[str]
) -> str:
    return (
        f"state does not fit: got missing={shortened(missing, 300)}, "
        f"unexpected={shortened(unexpected, 300)}, "
        f"not numbers={shortened(wrong, 300)}; expected one number for each parameter "
        f"of this {title}. Nothing was assigned: build the module as "
        "it was when its state was saved, or pass strict=False to load what fits."
    )
