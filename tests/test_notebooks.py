"""Lessons run from top to bottom, offline; show what they say; and explain it all."""

import ast
import base64
import importlib.util
import io
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.concepts import CONCEPTS

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("jupytext")
pytest.importorskip("nbclient")

ROOT = Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("make", ROOT / "notebooks" / "make.py")
make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)

LESSONS = make.texts()
LARGEST = 500_000  # bytes
KERNELS = 2  # at a time: one a core
FAST = {"MICROGRAD_NN_FAST": "1"}
OFFLINE = {"PYTHONPATH": str(ROOT / "tests" / "offline")}
KINDS = {"exercise", "check", "solution", "cover", "varies"}  # of cells, by their tags
DONE_WRONG = """
from contextlib import suppress as _suppress
for _wrong in (
    *(None, ..., 0, -1.5, "", [], {{}}, type("Empty", (), {{}})),
    *(lambda *args, _result=result, **kwargs: _result for result in (None, 0, 1.0, [])),
    lambda *args, **kwargs: args[0],
):
    with _suppress(Exception):
        {test}(*[_wrong] * {count})
        print("passes for", _wrong)
"""

each_lesson = pytest.mark.parametrize("text", LESSONS, ids=lambda text: text.stem)


def stored(text):
    return nbformat.read(text.with_suffix(".ipynb"), as_version=4)


def code_cells(notebook, tag=None):
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [cell for cell in cells if tag is None or tag in tags(cell)]


def tags(cell):
    return cell.metadata.get("tags", [])


def printed(cell, stream="stdout"):
    outputs = [output for output in cell.outputs if output.get("name") == stream]
    return "".join(output.text for output in outputs)


def results(cell):
    """What is shown as text, in place of each picture, say."""
    return [output.get("data", {}).get("text/plain") for output in cell.outputs]


def pictures(cell):
    data = [output.get("data", {}) for output in cell.outputs]
    return [key for shown in data for key in shown if key.startswith("image/")]


def call_of_check(cell):
    (call,) = [
        node
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "check"
    ]
    return call


def name_of_test(cell):
    """The name of the test in a cell that checks."""
    return ast.unparse(call_of_check(cell).args[0])


def wrong_answers_for(check):
    count = len(call_of_check(check).args) - 1
    return DONE_WRONG.format(test=name_of_test(check), count=count)


def with_answers(notebook):
    """The notebook, with answers: wrong ones for each check, and then its solution."""
    cells, check = [], None
    for cell in notebook.cells:
        cells.append(cell)
        if "check" in tags(cell):
            check = cell
            cells.append(tagged("wrong", wrong_answers_for(check)))
        if "solution" in tags(cell):
            cells.append(tagged("solved", ast.unparse(call_of_check(check))))
    notebook.cells = cells
    return notebook


def tagged(tag, source):
    return nbformat.v4.new_code_cell(source, metadata={"tags": [tag]})


def run(text):
    """Its notebook as a learner's "run all" leaves it, and the files that it left."""
    with TemporaryDirectory() as folder:
        notebook = with_answers(make.notebook_of(text))
        done = make.execute(notebook, FAST | OFFLINE, folder)
        return done, os.listdir(folder)


@pytest.fixture(scope="module")
def runs(request):
    """For each text that a test of this session asks for, its run."""
    asking = [item for item in request.session.items if "runs" in item.fixturenames]
    texts = dict.fromkeys(item.callspec.params["text"] for item in asking)
    with ThreadPoolExecutor(KERNELS) as pool:
        yield {text: pool.submit(run, text) for text in texts}
        pool.shutdown(cancel_futures=True)


def test_there_are_sixteen_lessons_in_order():
    numbers = [text.name[:2] for text in LESSONS]

    assert numbers == [f"{number:02}" for number in range(16)]


@each_lesson
def test_a_lesson_runs_in_a_fresh_kernel_without_a_network(runs, text):
    notebook, files = runs[text].result()  # a cell that raises is an error here

    assert "".join(printed(cell, "stderr") for cell in code_cells(notebook)) == ""
    assert files == []


@each_lesson
def test_exercises_wait_until_they_are_done_and_refuse_what_is_wrong(runs, text):
    notebook, _ = runs[text].result()

    said = {
        tag: {printed(cell) for cell in code_cells(notebook, tag)}
        for tag in ("check", "wrong", "solved")
    }
    assert said["check"] == {"⏳ not done yet\n"}
    assert said["wrong"] == {""}
    assert said["solved"] == {"✓ right\n"}


@each_lesson
def test_each_exercise_has_a_check_and_a_folded_solution(text):
    cells = code_cells(make.notebook_of(text))

    kinds = [tag for cell in cells for tag in tags(cell)]
    order = [kind for kind in kinds if kind in ("exercise", "check", "solution")]
    assert order
    assert order == ["exercise", "check", "solution"] * (len(order) // 3)
    for check, solution in zip(
        (cell for cell in cells if "check" in tags(cell)),
        (cell for cell in cells if "solution" in tags(cell)),
        strict=True,
    ):
        asserted = rf"^{name_of_test(check)}\("
        assert solution.metadata.get("jupyter") == {"source_hidden": True}
        assert re.search(asserted, solution.source, re.MULTILINE)


@each_lesson
def test_a_lesson_has_all_its_parts(text):
    cells = make.notebook_of(text).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")

    assert cells[0].source.startswith(f"# {text.name[:2]} · ")
    assert cells[1].source.startswith("import micrograd_nn as mn\n")
    assert "mn.seed(0)\nFAST = mn.fast_mode()" in cells[1].source
    for part in ("**You will see**", "**Needs:**", "**Takes:**"):
        assert part in cells[0].source
    for part in ("## What you saw", "## Quiz", "## Words", "**Next:**"):
        assert part in prose
    assert prose.count("**Predict first.**") >= 2
    assert prose.count("<details><summary>") == prose.count("</details>") == 5
    exercises = code_cells(make.notebook_of(text), "exercise")
    assert prose.count("> **Exercise ") == len(exercises) > 0


@each_lesson
def test_a_lesson_explains_each_of_its_concepts_once(text):
    found = [tag for cell in make.notebook_of(text).cells for tag in tags(cell)]

    concepts = [tag.removeprefix("concept:") for tag in found if "concept:" in tag]
    assert sorted(concepts) == sorted(CONCEPTS[text.name[:2]])
    assert {tag for tag in found if "concept:" not in tag} <= KINDS


def test_a_concept_has_one_home():
    homes = [concept for concepts in CONCEPTS.values() for concept in concepts]

    assert len(homes) == len(set(homes))


@each_lesson
def test_the_notebook_is_its_text(text):
    notebook = make.notebook_of(text)

    def cells(notebook):
        kept = ("tags", "jupyter")
        return [
            (cell.cell_type, cell.source, [cell.metadata.get(key) for key in kept])
            for cell in notebook.cells
        ]

    assert cells(stored(text)) == cells(notebook)  # else: make notebooks


@each_lesson
def test_a_notebook_was_run_in_order_and_without_errors(text):
    cells = code_cells(stored(text))

    counts = [cell.execution_count for cell in cells]
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert counts == list(range(1, len(cells) + 1))
    assert "error" not in kinds
    assert not [cell for cell in cells if printed(cell, "stderr")]


@each_lesson
def test_a_notebook_has_one_cover_picture_and_others(text):
    cells = code_cells(stored(text))

    covers = [cell for cell in cells if "cover" in tags(cell)]
    assert [len(pictures(cell)) for cell in covers] == [1]
    assert len([cell for cell in cells if pictures(cell)]) > 1


@each_lesson
def test_a_notebook_is_small_and_names_no_place_of_a_machine(text):
    written = text.with_suffix(".ipynb").read_text(encoding="utf-8")

    places = [r"/home/", r"/root/", r"/Users/", r"/tmp/", r"[A-Z]:\\\\", r" at 0x"]
    here = map(re.escape, (str(ROOT), sys.prefix))
    assert len(written.encode()) < LARGEST
    assert re.findall("|".join([*places, *here]), written) == []


@pytest.mark.slow
@each_lesson
def test_a_lesson_in_full_prints_what_the_notebook_shows(text):
    notebook = make.scrub(make.execute(make.notebook_of(text), env=OFFLINE))

    for now, before in zip(code_cells(notebook), code_cells(stored(text)), strict=True):
        if "varies" not in tags(now):  # seconds, for example
            assert printed(now) == printed(before)
            assert results(now) == results(before)


def test_lessons_in_tests_reach_no_other_machine():
    asks = "import urllib.request as r; r.urlopen('http://example.com')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(asks)])

    with pytest.raises(Exception, match="no network in this test"):
        make.execute(notebook, env=OFFLINE)


def test_wrong_answers_are_noticed_if_a_test_lets_them_pass():
    check = tagged("check", "from micrograd_nn.learn import check\ncheck(str, ...)")
    solution = tagged("solution", "str = 3")
    notebook = nbformat.v4.new_notebook(cells=[check, solution])

    # The solution breaks what the check calls, which is noticed as well.
    with pytest.raises(Exception, match="not a test: got test=3"):
        make.execute(with_answers(notebook), env=OFFLINE)

    assert "passes for None" in printed(notebook.cells[1])
    assert "passes for 0" in printed(notebook.cells[1])


def test_widgets_are_not_kept():
    def shown(kind):
        return nbformat.v4.new_output("display_data", {kind: "", "text/plain": "-"})

    cell = nbformat.v4.new_code_cell(outputs=[shown(make.WIDGET), shown("text/html")])
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {}})

    kept = make.scrub(notebook)
    assert [list(output.data) for output in kept.cells[0].outputs] == [
        ["text/html", "text/plain"]
    ]
    assert "widgets" not in kept.metadata


def test_a_lesson_that_is_none_is_not_made(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["make.py", "2", "16"])

    with pytest.raises(SystemExit):
        make.main()

    assert "no such lessons: got [16]; expected some of [0, " in capsys.readouterr().err


def test_pictures_keep_their_size_when_they_shrink():
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), "#0072B2").save(buffer, format="PNG")
    small = make.smaller(base64.b64encode(buffer.getvalue()).decode())

    image = Image.open(io.BytesIO(base64.b64decode(small)))
    assert image.size == (30, 20)
    assert image.convert("RGB").getpixel((3, 3)) == (0x00, 0x72, 0xB2)


def test_a_single_dark_cell_keeps_its_colour_when_pictures_shrink():
    from PIL import Image

    image = Image.linear_gradient("L").convert("RGB").resize((200, 200))
    image.paste("#D55E00", (0, 0, 3, 3))
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    small = make.smaller(base64.b64encode(buffer.getvalue()).decode())

    shrunk = Image.open(io.BytesIO(base64.b64decode(small))).convert("RGB")
    pairs = zip(shrunk.getpixel((1, 1)), (0xD5, 0x5E, 0x00), strict=True)
    assert max(abs(found - expected) for found, expected in pairs) <= 8
