"""The pages and pictures that the README links are what the code makes today."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def script(name):
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    (folder / "images").mkdir()
    script("pictures").make(folder)
    return folder


@pytest.mark.parametrize("name", ["images/neuron.svg", "debugger.html"])
def test_what_is_shown_is_what_is_made_now(made, name):
    assert (DOCS / name).read_bytes() == (made / name).read_bytes()  # make pictures


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_there_is_a_picture_of_the_page(scheme):
    assert (DOCS / "images" / f"debugger-{scheme}.png").read_bytes()[:4] == b"\x89PNG"


@pytest.fixture(scope="module")
def of_lessons(tmp_path_factory):
    """The page of the lessons and their pictures, made now, and the README's table."""
    pytest.importorskip("nbformat")
    pages, folder = script("lessons"), tmp_path_factory.mktemp("lessons")
    return folder, pages.gallery(pages.make(folder))


def test_the_page_of_the_lessons_and_the_readme_are_made_from_the_notebooks(of_lessons):
    folder, table = of_lessons

    assert (DOCS / "lessons.md").read_text() == (folder / "lessons.md").read_text()
    assert table in (ROOT / "README.md").read_text()  # else: make notebooks


def test_each_lesson_has_its_picture(of_lessons):
    def names(folder):
        return sorted(path.name for path in (folder / "images/lessons").iterdir())

    assert names(DOCS) == names(of_lessons[0])
    assert len(names(DOCS)) == 16


def test_the_picture_of_a_lesson_is_that_of_its_notebook(of_lessons):
    for made in (of_lessons[0] / "images/lessons").iterdir():
        stored = DOCS / "images/lessons" / made.name

        if made.suffix == ".svg":
            assert stored.read_bytes() == made.read_bytes()  # else: make notebooks
        else:
            assert difference(stored, made) < 2  # of 255: some zlibs pack otherwise


def difference(one, other):
    """How far two pictures are apart, on average over dots and colours."""
    from PIL import Image, ImageChops, ImageStat

    a, b = (Image.open(path).convert("RGB") for path in (one, other))
    assert a.size == b.size
    return max(ImageStat.Stat(ImageChops.difference(a, b)).mean)


@pytest.mark.parametrize("page", ["README.md", "docs/lessons.md"])
def test_links_to_lessons_lead_to_them_in_order(page):
    text = (ROOT / page).read_text()
    links = re.findall(r"\]\((\S*/\d\d_\S+)\)", text)

    targets = [(ROOT / page).parent / link for link in links]
    numbers = [target.name[:2] for target in targets]
    assert all(target.is_file() for target in targets)
    assert numbers == [f"{n:02}" for n in range(16) for _ in ("picture", "notebook")]
