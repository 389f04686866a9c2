r"""Numbers and labels as every picture prints them.

>>> number(-0.70710678), number(-0.0), number(123456.0), number(float("inf"))
('−0.7071', '0', '1.235e5', 'infinity')
>>> clean("loss\n</script>\x07")
'loss </script>'
"""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache

from micrograd_nn.numbers import is_number

LONGEST = 80  # characters of a label
MINUS, DASH, ELLIPSIS = "−", "–", "…"


def number(x: object) -> str:
    """`x` with 4 significant digits, a true minus sign and a short exponent, if any.

    Exponents start below 1e-4 and from 1e5 on; all digits before the point are kept.
    None, as in a grad that was cleared, is a dash.

    >>> number(12345.6), number(0.00012344), number(-1e-7), number(None)
    ('12346', '0.0001234', '−1e−7', '–')
    """
    if x is None:
        return DASH
    if not is_number(x):
        return clean(x)
    return _formatted(float(x)).replace("-", MINUS)  # type: ignore[arg-type]


def _formatted(x: float) -> str:
    if math.isinf(x):
        return "infinity" if x > 0 else "-infinity"
    if 9999.5 <= abs(x) < 99999.5:
        return f"{x:.0f}"
    mantissa, e, exponent = f"{x + 0.0:.4g}".partition("e")  # -0.0 + 0.0 is 0.0
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def clean(label: object, longest: int = LONGEST) -> str:
    """`label` on one line, without what cannot be printed, cut to `longest` characters.

    Dropped are control characters, lone surrogates and marks that turn the direction of
    writing: no SVG may hold the first two, and the last can make a label lie. Nothing
    is escaped yet: that is up to each format.
    """
    words = " ".join(str(label).split())
    shown = "".join(character for character in words if character.isprintable())
    return shown if len(shown) <= longest else shown[: longest - 1] + ELLIPSIS


def columns(text: str) -> int:
    """The width of `text` in characters of a monospaced font.

    >>> columns("loss"), columns("損失")
    (4, 4)
    """
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def padded(text: str, width: int) -> str:
    """`text`, followed by spaces until it takes `width` columns."""
    return text + " " * (width - columns(text))


@lru_cache(1024)
def _columns_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
