"""`fast_mode`: whether the lessons should hurry.

Tests run all lessons with `MICROGRAD_NN_FAST=1`: with fewer repetitions, and without
the claims that need them all.
"""

import os

VARIABLE = "MICROGRAD_NN_FAST"


def fast_mode() -> bool:
    """Whether the environment variable `MICROGRAD_NN_FAST` asks for short lessons.

    >>> epochs = 10 if fast_mode() else 100
    """
    return os.environ.get(VARIABLE, "") not in ("", "0")
