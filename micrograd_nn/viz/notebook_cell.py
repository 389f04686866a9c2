"""A page inside a notebook's cell, with a picture and a text for where none may run.

Where frames are allowed, the style hides what follows the frame. A viewer that strips
the frame strips the style as well, so that the picture and the text show: JupyterLab
does so in a notebook that was opened and is not trusted.

>>> print(cell("<p>hi</p>", "<svg/>", "the table", height=300))
<div class="mg-debugger"><style>...srcdoc="&lt;p&gt;hi&lt;/p&gt;"></iframe><img ...>...
"""

from __future__ import annotations

import base64
from html import escape

STYLE = "<style>.mg-debugger iframe~*{display:none}</style>"


def cell(page: str, svg: str, text: str, height: int) -> str:
    """The HTML of one output cell.

    Args:
        page: A whole HTML document; it runs in a frame of its own, so its ids are too.
        svg: The picture instead.
        text: The text below that.
        height: Of the frame, in pixels.
    """
    image = base64.b64encode(svg.encode()).decode()
    return (
        f'<div class="mg-debugger">{STYLE}'
        f'<iframe sandbox="allow-scripts" width="100%" height="{height}" '
        f'title="Backprop debugger" style="border:0" srcdoc="{escape(page)}"></iframe>'
        f'<img alt="The graph; its steps are the text below" style="max-width:100%" '
        f'src="data:image/svg+xml;base64,{image}">'
        f"<pre>{escape(text)}</pre></div>"
    )
