"""The colours of plots, on a light and on a dark background.

>>> THEMES["light"].positive, THEMES["light"].negative
('#0072B2', '#D55E00')

They are those of Okabe and Ito (2008), which colour-blind readers tell apart too: blue
is positive and right, vermillion negative and wrong. What matters is never told by
colour alone, but by a sign, a marker or a word as well.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from micrograd_nn.ranges import one_of
from micrograd_nn.viz.svg import ROLES, SIGNS

CHOICES = ("auto", "light", "dark")
MARKERS = "os^Dv*PXph"  # one a class, for readers who see no colours


class Theme(NamedTuple):
    """The colours of one background.

    Attributes:
        back: Behind everything.
        ink: Text and axes.
        muted: Grid lines, and what is less important.
        positive: Of numbers above 0, and of what is right.
        negative: Of numbers below 0, and of what is wrong.
        wrong_text: As `negative`, but for words, which need more contrast.
        series: One after the other, of lines and classes.
        paper: The matplotlib colour map of ink on paper, for pictures.
    """

    back: str
    ink: str
    muted: str
    positive: str
    negative: str
    wrong_text: str
    series: tuple[str, ...]
    paper: str

    def of_sign(self, number: float) -> str:
        """The colour of a number; `muted` of 0 and nan."""
        if number > 0:
            return self.positive
        return self.negative if number < 0 else self.muted

    def diverging(self) -> Any:
        """The colour map from negative through the background to positive."""
        from matplotlib.colors import LinearSegmentedColormap

        ends = self.negative, self.back, self.positive
        return LinearSegmentedColormap.from_list(
            "signs", ends, N=257
        )  # 0 has one of its own

    def ink_on(self, colour: Any) -> str:
        """Of ink and background, the one that is easier to read on `colour`."""
        return max((self.ink, self.back), key=lambda c: contrast(c, colour))

    def tints(self, colour: str) -> Any:
        """The colour map from the background to `colour`."""
        from matplotlib.colors import LinearSegmentedColormap

        return LinearSegmentedColormap.from_list("tints", (self.back, colour))


def _role(name: str, dark: bool) -> str:
    return ROLES[name][2 if dark else 1]


_GREEN, _PURPLE, _ORANGE, _SKY = "#009E73", "#CC79A7", "#E69F00", "#56B4E9"

THEMES = {
    "light": Theme(
        back=_role("back", dark=False),
        ink=_role("ink", dark=False),
        muted="#8A8A8A",
        positive=SIGNS[1],
        negative=SIGNS[-1],
        wrong_text="#AD4A00",
        series=(SIGNS[1], SIGNS[-1], _GREEN, _PURPLE, _ORANGE, _SKY, "#1A1A1A"),
        paper="gray_r",
    ),
    # On dark the blue of the light theme is too dim; Okabe and Ito's other one is not.
    "dark": Theme(
        back=_role("back", dark=True),
        ink=_role("ink", dark=True),
        muted="#8A8A8A",
        positive=_SKY,
        negative="#E8702A",
        wrong_text="#F2935C",
        series=(_SKY, "#E8702A", "#1FB88D", _PURPLE, _ORANGE, "#F0E442", "#E6E6E6"),
        paper="gray",
    ),
}


def theme_of(name: str, background: Any) -> Theme:
    """The theme of that name; for "auto", the one that fits the background.

    Args:
        name: "light", "dark" or "auto".
        background: A colour of matplotlib; a transparent one counts as white.

    Raises:
        ValueError: If there is no such theme.
    """
    one_of(CHOICES, name, "theme")
    if name != "auto":
        return THEMES[name]
    dark = contrast(background, "white") > contrast(background, "black")
    return THEMES["dark" if dark else "light"]


def contrast(first: Any, second: Any) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, W3C, 2023).

    >>> contrast("white", "black"), round(contrast("white", "#0072B2"), 1)
    (21.0, 5.2)
    """
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Any) -> float:
    """The relative luminance of a colour over white, from 0 to 1 (WCAG 2.2)."""
    from matplotlib.colors import to_rgba

    *channels, alpha = to_rgba(colour)
    red, green, blue = (_linear(alpha * c + 1 - alpha) for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    if channel <= 0.04045:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)
