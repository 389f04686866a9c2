"""Notebooks run from top to bottom and print what they show."""

import contextlib
import io
import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


def code_cells(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def shown(cell):
    """What the cell has printed, by its stored output."""
    return "".join(
        "".join(output["text"])
        for output in cell["outputs"]
        if output["output_type"] == "stream"
    )


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_prints_what_it_shows(path):
    names: dict[str, object] = {}
    for cell in code_cells(path):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile("".join(cell["source"]), path.name, "exec"), names)

        assert output.getvalue() == shown(cell)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_was_run_in_order_and_without_errors(path):
    cells = code_cells(path)

    counts = [cell["execution_count"] for cell in cells]
    kinds = {output["output_type"] for cell in cells for output in cell["outputs"]}
    assert counts == list(range(1, len(cells) + 1))
    assert "error" not in kinds


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_names_no_path_of_a_machine(path):
    text = path.read_text(encoding="utf-8")

    assert len(text) < 500_000
    assert not any(
        folder in text for folder in ("/home/", "/root/", "/Users/", "C:\\\\")
    )
