"""The page and the picture that the README links are what the code makes today."""

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("pictures", DOCS / "pictures.py")
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    folder = tmp_path_factory.mktemp("docs")
    (folder / "images").mkdir()
    pictures.make(folder)
    return folder


@pytest.mark.parametrize("name", ["images/neuron.svg", "debugger.html"])
def test_what_is_shown_is_what_is_made_now(made, name):
    assert (DOCS / name).read_bytes() == (made / name).read_bytes()  # make pictures


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_there_is_a_picture_of_the_page(scheme):
    assert (DOCS / "images" / f"debugger-{scheme}.png").read_bytes()[:4] == b"\x89PNG"
