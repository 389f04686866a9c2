"""What the compiler knows about an op: only what it reads off the record.

An op whose partials are 1 or -1 whatever the operands are adds and subtracts them. An
op of two operands whose partials are each the other one multiplies them. Nothing else
is asked about an op, so that a new one compiles like those that are there.

>>> from micrograd_nn.ops import EXP, MUL, SUB
>>> signs(SUB, 2), signs(EXP, 1), is_product(MUL)
((1.0, -1.0), None, True)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from micrograd_nn.namespaces import FLOATS
from micrograd_nn.op import Op

PROBES = (0.75, -1.25, 3.0, -0.5)  # numbers whose sums and products are exact
SCALES = (1.0, 2.0**-20, 2.0**20)


def signs(op: Op, count: int) -> tuple[float, ...] | None:
    """1 or -1 for each operand of an op that adds and subtracts; None for others."""
    partials = _blind_partials(op, count)
    if not partials or any(partial not in (1.0, -1.0) for partial in partials):
        return None
    for numbers in _probes(count):
        total = math.fsum(s * x for s, x in zip(partials, numbers, strict=True))
        if _forward(op, numbers) != total:
            return None
    return tuple(partials)


def is_product(op: Op) -> bool:
    """Whether `op` multiplies two operands."""
    if op.nary or len(op.partials) != 2:
        return False
    operands = [object(), object()]
    found = _read_blindly(op, operands)
    mirrored = found is not None and found[0] is operands[1] and found[1] is operands[0]
    return mirrored and all(_forward(op, [x, y]) == x * y for x, y in _probes(2))


def _probes(count: int) -> Iterator[list[float]]:
    """Operands to try: of both signs, large and small: a formula may have a bend."""
    for scale in SCALES:
        for first in range(len(PROBES)):
            yield [scale * PROBES[(first + i) % len(PROBES)] for i in range(count)]


def _blind_partials(op: Op, count: int) -> list[Any] | None:
    """The partials if they do not depend on the operands."""
    found = _read_blindly(op, [object() for _ in range(count)])
    plain = found is not None and all(isinstance(x, float) for x in found)
    return found if plain else None


def _read_blindly(op: Op, operands: list[Any]) -> list[Any] | None:
    """The partials for operands that refuse arithmetic; None if they are asked to."""
    if not op.partials:
        return None
    try:
        if op.nary:
            return list(op.partials[0](FLOATS, object(), operands))
        return [partial(FLOATS, object(), *operands) for partial in op.partials]
    except (TypeError, AttributeError):
        return None


def _forward(op: Op, numbers: list[float]) -> Any:
    return op.forward(FLOATS, numbers) if op.nary else op.forward(FLOATS, *numbers)
