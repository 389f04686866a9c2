"""The page of the lessons, and the README's list, from the notebooks: `make notebooks`.

Each lesson gives its title, its introduction, and the picture of its cell tagged
`cover`.
"""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import nbformat
from PIL import Image

from micrograd_nn.learn.lessons import Lesson, lessons

DOCS = Path(__file__).resolve().parent
README = DOCS.parent / "README.md"
WIDTH = 480  # dots of a picture: twice what the README's table has room for
COLUMNS = 4
MARKS = "<!-- lessons -->\n", "<!-- /lessons -->\n"  # in the README, around the list
INTRODUCTION = """# Sixteen lessons

Each is a notebook: a question, a prediction to make before you run the cell, a picture,
an exercise that checks itself with its solution folded away, and a quiz. Together they
take about {hours:.0f} hours. `make lab` in a clone, or `python -m micrograd_nn learn`,
puts a copy beside you and opens it; the links show them as they ran here.
"""


def cover(lesson: Lesson) -> tuple[str, bytes]:
    """The picture of a lesson: the ending of its file, and what is in it."""
    notebook = nbformat.read(lesson.path.with_suffix(".ipynb"), as_version=4)
    (cell,) = [c for c in notebook.cells if "cover" in c.metadata.get("tags", [])]
    shown = [output.data for output in cell.outputs if "data" in output]
    (data,) = [data for data in shown if any("image/" in key for key in data)]
    if "image/svg+xml" in data:
        return "svg", data["image/svg+xml"].encode()
    return "png", smaller(base64.b64decode(data["image/png"]))


def smaller(picture: bytes) -> bytes:
    """A PNG as wide as the pictures of the page."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.quantize(256).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def page(endings: dict[Lesson, str]) -> str:
    """`lessons.md`: a heading, an introduction and a picture for each lesson."""
    hours = sum(lesson.minutes for lesson in endings) / 60
    parts = [
        f"## {linked(lesson, '..')}\n\n{lesson.introduction}\n\n"
        f"{lesson.minutes} minutes\n\n{picture(lesson, ending, 'images/lessons')}\n"
        for lesson, ending in endings.items()
    ]
    return "\n".join([INTRODUCTION.format(hours=hours), *parts])


def gallery(endings: dict[Lesson, str]) -> str:
    """The README's table of the lessons, four in a row."""
    cells = [
        f"{picture(lesson, ending, 'docs/images/lessons')}<br>{linked(lesson, '.')}"
        for lesson, ending in endings.items()
    ]
    rows = [cells[i : i + COLUMNS] for i in range(0, len(cells), COLUMNS)]
    lines = [f"| {' | '.join(row)} |\n" for row in rows]
    return "".join([lines[0], "|" + " --- |" * COLUMNS + "\n", *lines[1:]])


def linked(lesson: Lesson, root: str) -> str:
    """The title, with a link to the notebook."""
    shown = f"{lesson.number:02} {lesson.title}"
    return f"[{shown}]({root}/notebooks/{lesson.name}.ipynb)"


def picture(lesson: Lesson, ending: str, folder: str) -> str:
    """The cover as Markdown."""
    return f"![{lesson.title}]({folder}/{lesson.name}.{ending})"


def listed(readme: str, table: str) -> str:
    """The README, with the table between its marks."""
    start, end = map(re.escape, MARKS)
    return re.sub(f"(?s)(?<={start}).*(?={end})", lambda _: table, readme)


def make(folder: Path = DOCS) -> dict[Lesson, str]:
    """Write the pictures and the page, and return the endings of the pictures."""
    images = folder / "images" / "lessons"
    images.mkdir(parents=True, exist_ok=True)
    for before in images.iterdir():
        before.unlink()  # it may have had another name or ending
    endings = {}
    for lesson in lessons():
        ending, content = cover(lesson)
        (images / f"{lesson.name}.{ending}").write_bytes(content)
        endings[lesson] = ending
    (folder / "lessons.md").write_text(page(endings), encoding="utf-8")
    return endings


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    README.write_text(listed(text, gallery(make())), encoding="utf-8")
