"""Whether two derivatives agree, and if not, what may be the cause.

>>> from micrograd_nn.gradcheck.finite_difference import derivative
>>> wrong = compare("df/dx", -2.0, derivative(lambda x: x**2, 1.0))
>>> wrong.verdict, wrong.hint
(<Verdict.FAIL: 'fail'>, 'the sign is wrong')
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from micrograd_nn.gradcheck.finite_difference import Derivative

MARGIN = 10.0  # how far beyond its estimate the numeric error may be
RESOLUTION = 50.0  # rtols; a pass needs a numeric error, with its margin, below these
ZERO = 1e-12  # gradients that differ by less are equal


class Verdict(StrEnum):
    """What came of a comparison, the worst first."""

    FAIL = "fail"
    NONDETERMINISTIC = "nondeterministic"
    INCONCLUSIVE = "inconclusive"
    KINK = "kink"
    PASS = "pass"

    @property
    def passed(self) -> bool:
        """Whether the gradient is right; at a kink, every sub-gradient is."""
        return self in (Verdict.KINK, Verdict.PASS)

    @property
    def rank(self) -> int:
        """The position in the list, 0 for the worst."""
        return list(Verdict).index(self)


@dataclass(frozen=True)
class Comparison:
    """A derivative as backpropagation has it, and as finite differences do.

    Attributes:
        name: Which derivative, as "df/dx".
        analytic: The one under check.
        numeric: The other, with its error and the slopes on both sides.
        verdict: Whether they agree.
    """

    name: str
    analytic: float
    numeric: Derivative
    verdict: Verdict

    @property
    def ratio(self) -> float:
        """Analytic over numeric; nan if that is 0 or unknown."""
        return self.analytic / self.numeric.value if self.numeric.value else math.nan

    @property
    def relative_error(self) -> float:
        """Their difference over the larger one; inf if one is not a finite number."""
        difference = abs(self.analytic - self.numeric.value)
        size = max(abs(self.analytic), abs(self.numeric.value))
        if not math.isfinite(difference):
            return math.inf
        return difference / size if size else 0.0

    @property
    def hint(self) -> str:
        """What may be the cause of this verdict; empty if nothing comes to mind."""
        if self.verdict is Verdict.FAIL:
            return _cause(self.analytic, self.numeric)
        if self.verdict is Verdict.INCONCLUSIVE:
            return _obstacle(self.numeric)
        if self.verdict is Verdict.KINK:
            return (
                "f has a kink here: any slope from the left to the right one is right"
            )
        return ""

    @property
    def summary(self) -> str:
        """It in one line."""
        line = f"{self.verdict.upper():<5} {self.name}"
        if self.verdict is Verdict.NONDETERMINISTIC:
            return line
        line += f": analytic {self.analytic:.10g}, numeric {self.numeric}"
        if self.verdict is not Verdict.FAIL:
            return line
        return (
            f"{line}, ratio {self.ratio:.6g}, relative error {self.relative_error:.1g}"
        )

    def __str__(self) -> str:
        if self.verdict is Verdict.PASS:
            return self.summary
        left, right = self.numeric.left, self.numeric.right
        lines = [self.summary]
        if left.known or right.known:
            lines += [f"slope on the left {left}, on the right {right}"]
        lines += [f"hint: {self.hint}"] if self.hint else []
        return "\n      ".join(lines)


def compare(
    name: str, analytic: float, numeric: Derivative, rtol: float = 1e-6
) -> Comparison:
    """The comparison of a derivative with finite differences.

    Args:
        name: Which derivative it is.
        analytic: The derivative under check.
        numeric: What finite differences gave.
        rtol: How far they may differ, relative to the larger, besides 10 numeric errors
            and 1e-12. A derivative passes only if it is known to 50 times that.
    """
    return Comparison(name, analytic, numeric, _verdict(analytic, numeric, rtol))


def _verdict(analytic: float, numeric: Derivative, rtol: float) -> Verdict:
    low, high, error = _accepted(numeric)
    if not math.isfinite(error):
        return Verdict.INCONCLUSIVE
    finite = math.isfinite(analytic)
    size = max(abs(low), abs(high), abs(analytic) if finite else 0.0)
    distance = max(low - analytic, analytic - high)
    resolved = _is_resolved(analytic, numeric, MARGIN * error, RESOLUTION * rtol * size)
    if finite and distance > rtol * size + MARGIN * error + ZERO:
        return Verdict.FAIL
    if not finite and resolved:
        return Verdict.FAIL
    if numeric.kink and finite:
        return Verdict.KINK
    return Verdict.PASS if finite and resolved else Verdict.INCONCLUSIVE


def _accepted(numeric: Derivative) -> tuple[float, float, float]:
    """The lowest and the highest derivative that would be right, and their error."""
    if not numeric.kink:
        return numeric.value, numeric.value, numeric.error
    left, right = numeric.left, numeric.right
    low, high = sorted((left.value, right.value))
    return low, high, left.error + right.error


def _is_resolved(
    analytic: float, numeric: Derivative, error: float, allowed: float
) -> bool:
    if numeric.edge:
        return False
    if analytic != 0.0:
        return error <= allowed + ZERO
    # Beside a large f no numeric slope is exactly 0, though the gradient may be.
    return numeric.value == 0.0 or error <= ZERO * max(1.0, abs(numeric.height))


CAUSES = {
    -1.0: "the sign is wrong",
    2.0: "a factor 2 too much, or added twice",
    -2.0: "the sign is wrong, and a factor 2 too much",
    0.5: "a factor 2 is missing, or one of two paths: cut, or overwritten (= for +=)",
    -0.5: "the sign is wrong, and a factor 2 is missing",
}


def _cause(analytic: float, numeric: Derivative) -> str:
    """What such a pair often comes from."""
    if not math.isfinite(analytic):
        return "f is smooth here: its rule divides by zero or overflows"
    if analytic == 0.0:
        return "nothing comes back: the path is cut (.data, float), or never added to"
    if abs(numeric.value) <= MARGIN * numeric.error:
        return "f does not change with it: is a part of f computed before the call?"
    ratio = analytic / numeric.value
    if abs(ratio - 1.0) < 0.1:
        return "nearly right: look for a constant or a term that is a little off"
    for known, cause in CAUSES.items():
        if _close(ratio, known):
            return cause
    if _close(ratio, round(ratio)):
        return f"a factor {round(ratio)} too much, or added that often"
    if _close(1.0 / ratio, round(1.0 / ratio)):
        return f"a factor {round(1.0 / ratio)} is missing, or all but one of the paths"
    return "it is 1 over the right one" if _close(analytic, 1.0 / numeric.value) else ""


def _close(x: float, y: float) -> bool:
    return abs(x - y) <= 1e-4 * abs(y)


def _obstacle(numeric: Derivative) -> str:
    """Why a derivative could not be told."""
    if not math.isfinite(numeric.height):
        return f"f is {numeric.height} here"
    if numeric.edge:
        return "f is not defined on one side: choose a point inside its domain"
    return (
        f"f jumps, or swings too fast, or its noise of {numeric.noise:.1g} hides the "
        "slope: choose another point, or scale f"
    )
