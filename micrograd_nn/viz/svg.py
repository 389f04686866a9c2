"""The words of our SVG: elements, coordinates, and the colours of both themes.

>>> element("text", escape("a < b"), x=coordinate(2.0), **paint("ink", theme="dark"))
'<text x="2" class="mg-ink" fill="#e6e6e6">a &lt; b</text>'

Colours are plain attributes, so a viewer that strips styles still shows the light
theme. Only theme="auto" has a style: it repeats the colours of the dark one for those
who prefer dark. Its selectors name our classes alone, so it paints nothing else on the
page.
"""

from __future__ import annotations

from html import escape

from micrograd_nn.viz.boxes import Point

THEMES = ("auto", "light", "dark")

# For each role: what it colours, in the light theme and in the dark one.
ROLES = {
    "back": ("fill", "#ffffff", "#16181d"),
    "ink": ("fill", "#1a1a1a", "#e6e6e6"),
    "line": ("stroke", "#666666", "#a0a0a0"),
    "tip": ("fill", "#666666", "#a0a0a0"),
    "card": ("fill", "#ffffff", "#22252b"),
    "op": ("fill", "#eeeeee", "#3a3e46"),
}

# Blue and vermillion of Okabe and Ito (2008): told apart by colour-blind readers too.
# So pale a tint leaves the digits on it a contrast of 4.5 to 1 and more.
SIGNS = {1: "#0072B2", -1: "#D55E00"}
TINT = 0.2


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """One element; `content` is markup, attributes are text.

    A trailing underscore is dropped from a name (`class_`), others become hyphens.
    """
    pairs = (f' {_name(key)}="{escape(str(x))}"' for key, x in attributes.items())
    start = name + "".join(pairs)
    return f"<{start}>{content}</{name}>" if content else f"<{start}/>"


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def paint(*roles: str, theme: str) -> dict[str, str]:
    """The attributes that give an element its colours, and the classes they go by."""
    colours = {}
    for role in roles:
        what, light, dark = ROLES[role]
        colours[what] = dark if theme == "dark" else light
    return {"class_": " ".join(f"mg-{role}" for role in roles), **colours}


def dark_style() -> str:
    """The style that turns an automatic picture dark for those who prefer that."""
    rules = (
        f".mg-auto .mg-{role}{{{what}:{dark}}}"
        for role, (what, _, dark) in ROLES.items()
    )
    return f"<style>@media (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"


def coordinate(x: float) -> str:
    """`x` in pixels, to a tenth.

    >>> coordinate(12.34), coordinate(-0.04), coordinate(1234567.0)
    ('12.3', '0', '1234567')
    """
    text = f"{x:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def point(p: Point) -> str:
    """`p` as it stands in a path."""
    return f"{coordinate(p[0])} {coordinate(p[1])}"


def arrow_head(name: str, theme: str) -> str:
    """The head for all edges, called `name`: of one size whatever their width."""
    return element(
        "marker",
        element(
            "path", d="M0 .5L8 4L0 7.5z", stroke="none", **paint("tip", theme=theme)
        ),
        id=name,
        viewBox="0 0 8 8",
        refX=7.5,
        refY=4,
        markerWidth=8,
        markerHeight=8,
        markerUnits="userSpaceOnUse",
        orient="auto",
    )
