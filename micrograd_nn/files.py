"""Files that are whole or not there, of a format that their name tells.

>>> format_of(Path("loss.SVG"), ("svg", "png"))
'svg'
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from pathlib import Path

from micrograd_nn.ranges import one_of


def format_of(path: Path, formats: Collection[str]) -> str:
    """The ending of `path`, in lower case and without the dot.

    Raises:
        ValueError: If it is none of `formats`.
    """
    format = path.suffix[1:].lower()
    one_of(formats, format, "format")
    return format


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`; what was there stays if anything fails.

    It goes to a file beside it first, which then takes its place in one step.

    Raises:
        FileNotFoundError: If there is no folder for it.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"no such folder: got {str(path.parent)!r} for {path.name!r}; expected a "
            "folder that is there. Make it first, or save elsewhere."
        )
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
