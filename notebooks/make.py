"""Execute the lessons: each text `NN_name.py` makes the notebook `NN_name.ipynb`.

    python notebooks/make.py            # all of them
    python notebooks/make.py 02 11      # some

The text is what to edit: cells after `# %%`, with their tags (jupytext's percent
format). The notebook is what to read: the same cells, with what they printed and drew.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from PIL import Image
from tqdm import tqdm

from micrograd_nn.learn.lab import ONE_THREAD
from micrograd_nn.learn.lessons import NAMES
from micrograd_nn.learn.notebook import KERNEL, notebook_of

FOLDER = Path(__file__).resolve().parent
LIMIT = 600  # seconds for a cell
COLOURS = 128  # of a picture: plots need no more, and are a third as large
RARE_TOO = Image.Quantize.MAXCOVERAGE  # a single dark cell keeps its colour
WIDGET = "application/vnd.jupyter.widget-view+json"


def texts() -> list[Path]:
    """The texts of the lessons, in order."""
    return sorted(FOLDER.glob(NAMES))


def execute(
    notebook: Any, env: Mapping[str, str] | None = None, folder: Path = FOLDER
) -> Any:
    """Run the cells in a fresh kernel in a folder, with variables added to its own.

    Raises:
        nbclient.exceptions.CellExecutionError: If a cell raises.
    """
    client = NotebookClient(
        notebook,
        timeout=LIMIT,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
        record_timing=False,
    )
    env = os.environ | ONE_THREAD | (env or {})
    return asyncio.run(client.async_execute(env=env))  # which closes what it opens


def scrub(notebook: Any) -> Any:
    """Take out what differs from run to run, and shrink the pictures.

    Widgets too: they are nothing to see where no kernel runs.
    """
    notebook.metadata.language_info = {"name": "python"}
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        outputs[:] = [each for each in outputs if WIDGET not in each.get("data", {})]
        for output in outputs:
            output.pop("transient", None)
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = smaller(output.data["image/png"])
    return notebook


def smaller(picture: str) -> str:
    """A PNG with a palette in place of one with three bytes a dot; both in base64."""
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
    buffer = io.BytesIO()
    palette = image.quantize(COLOURS, RARE_TOO, dither=Image.Dither.NONE)
    palette.save(buffer, format="PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def make(text: Path) -> Path:
    """Execute the notebook of a text, and write it."""
    made = text.with_suffix(".ipynb")
    nbformat.write(scrub(execute(notebook_of(text))), made)
    return made


def main() -> None:
    """Make the notebooks of the lessons that the command line names, or all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "lessons", nargs="*", type=int, help="numbers, such as 02; all by default"
    )
    known = {int(text.name[:2]): text for text in texts()}
    wanted = parser.parse_args().lessons or list(known)
    if unknown := sorted(set(wanted) - set(known)):
        parser.error(f"no such lessons: got {unknown}; expected some of {list(known)}")
    bar = tqdm([known[number] for number in wanted])
    for text in bar:
        bar.set_description(text.stem)
        size = make(text).stat().st_size
        bar.write(f"{text.stem}: {size / 1000:.0f} KB")


if __name__ == "__main__":
    main()
