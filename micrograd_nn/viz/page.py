"""The debugger's page: one HTML file with all that it needs inside.

It loads nothing and names no address but that of SVG itself. The policy in its head
lets a browser run our one script, known by its hash, and nothing else, whatever a label
says.

>>> html = page({"values": []}, "<svg/>", "the title", "light")
>>> html.startswith("<!DOCTYPE html>"), "<title>the title</title>" in html
(True, True)
"""

from __future__ import annotations

import base64
import hashlib
import string
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from micrograd_nn.viz.page_data import as_script
from micrograd_nn.viz.picture import FONTS
from micrograd_nn.viz.svg import ROLES, SIGNS, TINT

# In this order they are one script.
SCRIPTS = (
    "numbers.js",
    "records.js",
    "picture.js",
    "rule.js",
    "ledger.js",
    "moving.js",
)

# What the page has beyond the picture: in the light theme and in the dark one. The two
# colours of a step differ in lightness too, and one underlines with dashes.
COLOURS = {
    "back": ROLES["back"][1:],
    "ink": ROLES["ink"][1:],
    "line": ROLES["line"][1:],
    "panel": ("#f4f5f7", "#22252b"),
    "edge": ("#d8dbe0", "#3a3e46"),
    "soft": ("#585d66", "#b0b5be"),
    "up": ("#85258f", "#d08fe0"),
    "to": ("#00755d", "#6fe0c0"),
}
TEXTS = ("ink", "soft", "up", "to")  # those that letters have
GROUNDS = ("back", "panel")  # those that letters stand on


def page(data: Any, svg: str, title: str, theme: str) -> str:
    """The page as HTML.

    Args:
        data: What `page_data` gives.
        svg: The picture, which the script repaints.
        title: Of the document.
        theme: "light", "dark" or "auto".
    """
    script = "".join(map(asset, SCRIPTS))
    return string.Template(asset("page.html")).substitute(
        theme=theme,
        policy=_policy(script),
        title=escape(title),
        style=theme_style(theme) + asset("page.css"),
        svg=svg,
        data=as_script(data),
        script=script,
    )


@cache
def asset(name: str) -> str:
    """The text of a file that comes with the package, without what only people read."""
    folder = resources.files("micrograd_nn.viz") / "assets"
    lines = map(str.strip, (folder / name).read_text(encoding="utf-8").splitlines())
    return "".join(f"{x}\n" for x in lines if x and not x.startswith(("//", "/*")))


def _policy(script: str) -> str:
    """A content security policy: nothing but this script, and styles."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src 'sha256-{digest}'"
    )


def theme_style(theme: str) -> str:
    """The colours as variables of CSS.

    >>> theme_style("dark")[:39]
    ':root{color-scheme:dark;--back:#16181d;'
    """
    light, dark = _variables("light"), _variables("dark")
    shared = f":root{{--mono:{FONTS};--tint:{TINT};"
    shared += f"--plus:{SIGNS[1]};--minus:{SIGNS[-1]}}}"
    if theme != "auto":
        return (dark if theme == "dark" else light) + shared
    return f"{light}@media(prefers-color-scheme:dark){{{dark}}}{shared}"


def _variables(theme: str) -> str:
    which = theme == "dark"
    pairs = "".join(f"--{role}:{pair[which]};" for role, pair in COLOURS.items())
    return f":root{{color-scheme:{theme};{pairs}}}"
