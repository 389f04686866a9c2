"""Random numbers of a program: drawn anew in every run, for every example."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.engine import Value
from micrograd_nn.randomness import KINDS


def draw(
    sources: Sequence[Value], size: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """A number for each source and example.

    Args:
        sources: Values of `micrograd_nn.randomness`.
        size: The number of examples.
        generator: Where the numbers come from.

    Returns:
        An array of shape (examples, sources).
    """
    found = np.empty((size, len(sources)))
    params = [source.op.params for source in sources]
    for kind in dict.fromkeys(params):
        columns = [i for i, given in enumerate(params) if given == kind]
        found[:, columns] = KINDS[kind[0]].many(
            generator, (size, len(columns)), *kind[1:]
        )
    return found
