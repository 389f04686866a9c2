"""`Dropout`: in training each number is left out with probability p.

>>> import random
>>> random.seed(1)
>>> [x.data for x in Dropout(0.5)([3.0, 3.0, 3.0, 3.0])]
[6.0, 0.0, 0.0, 6.0]
>>> [x.data for x in Dropout(0.5).eval()([3.0, 3.0, 3.0, 3.0])]
[3.0, 3.0, 3.0, 3.0]
"""

from __future__ import annotations

from micrograd_nn.engine import Number, Value
from micrograd_nn.nn.examples import Inputs, Nested, as_values, each
from micrograd_nn.nn.module import Module
from micrograd_nn.randomness import bernoulli
from micrograd_nn.ranges import in_range


class Dropout(Module):
    """x / (1 - p), or 0 with probability p; out of training x itself.

    No unit can rely on a certain other one, which works against overfitting; what is
    kept is scaled up, so that the mean stays (Srivastava et al., 2014). A compiled
    program draws anew for each example of every run.

    Args:
        p: The probability of leaving a number out.

    Raises:
        TypeError: If `p` is not a number.
        ValueError: If `p` is not in 0 ... 1.
    """

    def __init__(self, p: Number = 0.5) -> None:
        self.p = in_range(p, "p", high=1.0, ends="[]")

    def __call__(self, x: Inputs) -> Nested:
        """What is kept of `x`, in lists as it came."""
        active = self.training and self.p > 0.0
        return each(self._kept, as_values(x)) if active else as_values(x)

    def extra_repr(self) -> str:
        """The argument."""
        return f"p={self.p}"

    def _kept(self, x: Value) -> Value:
        kept = 1.0 - self.p
        return x * (bernoulli(kept) * (1.0 / kept if kept else 0.0))
