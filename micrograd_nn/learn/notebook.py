"""From the text of a lesson to a notebook that nothing was run in yet.

Two of the same text are the same, byte for byte. A notebook keeps the fingerprint of
the cells that it was made with, and so tells for itself whether they were edited.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
KEY = "micrograd_nn"  # of what is ours in the metadata

Cell = Mapping[str, Any]


def notebook_of(text: Path) -> Any:
    """The notebook that a text in jupytext's percent format stands for, not executed.

    Raises:
        ImportError: If jupytext is not installed.
    """
    require("jupytext")
    import jupytext

    notebook = jupytext.read(text, fmt="py:percent")
    for i, cell in enumerate(notebook.cells):
        cell.id = f"cell-{i:02}"  # the same every time
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = {
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
        KEY: {"fingerprint": fingerprint(notebook.cells)},
    }
    return notebook


def as_bytes(notebook: Any) -> bytes:
    """What to write to the file."""
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    return f"{text}\n".encode()


def fingerprint(cells: Iterable[Cell]) -> str:
    """A checksum of what an author writes: the kinds, sources and tags of cells.

    Outputs and counts, which cells are folded, and empty cells, such as JupyterLab adds
    after the last one, come and go as a notebook is used.

    >>> cell = {"cell_type": "code", "source": "1 + 1", "metadata": {}}
    >>> as_run = cell | {"source": ["1 + 1"], "execution_count": 1}
    >>> fingerprint([cell]) == fingerprint([as_run, cell | {"source": ""}])
    True
    >>> fingerprint([cell]) == fingerprint([cell | {"source": "1 + 2"}])
    False
    """
    written = [
        (cell["cell_type"], joined(cell["source"]), tags(cell))
        for cell in cells
        if joined(cell["source"]).strip()
    ]
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def joined(text: str | list[str]) -> str:
    """A text of the notebook format, which may be in a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def tags(cell: Cell) -> list[str]:
    """The tags of a cell."""
    return list(cell.get("metadata", {}).get("tags", []))


def require(*packages: str) -> None:
    """Check that packages of the extra `notebooks` are installed.

    Raises:
        ImportError: If not, with what to install.
    """
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise ImportError(
            f"the lessons need more packages: got no {', '.join(missing)}; expected "
            'the extra `notebooks`. Run: pip install "micrograd-nn[notebooks]"'
        )
