"""How a notebook shows a Value: as text, and as the graph that computed it.

>>> from micrograd_nn import Value
>>> sorted(repr_mimebundle(Value(2.0) * 3))
['image/svg+xml', 'text/plain']
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from micrograd_nn.graph import topological_order
from micrograd_nn.viz.picture import picture
from micrograd_nn.viz.policy import FULL, shown

if TYPE_CHECKING:
    from micrograd_nn.engine import Value

SVG, TEXT = "image/svg+xml", "text/plain"
HUGE = 20_000  # Values; to collapse more of them takes a noticeable part of a second


def repr_mimebundle(
    value: Value,
    include: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
) -> dict[str, str]:
    """What is shown, by MIME type: text always, a picture where one can be read.

    Args:
        value: The Value.
        include: The types that are asked for; all by default.
        exclude: Types that are not wanted.
    """

    def is_wanted(type: str) -> bool:
        return type in (include or (SVG, TEXT)) and type not in (exclude or ())

    bundle = {TEXT: repr(value)} if is_wanted(TEXT) else {}
    svg = _svg(value) if is_wanted(SVG) else ""
    return {SVG: svg, **bundle} if svg else bundle


def _svg(value: Value) -> str:
    """The picture, or "" if there is none to be read."""
    try:
        if len(topological_order(value)) <= HUGE:
            return picture(shown(value, max_nodes=FULL))
    except Exception:
        # Too large; or numbers that must not be read, since a program is recorded; or
        # an attribute that somebody set. Where a Value is shown, that is no failure.
        pass
    return ""
