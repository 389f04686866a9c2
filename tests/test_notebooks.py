"""Lessons run from top to bottom, offline; show what they say; and explain it all."""

import ast
import importlib.util
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
DONE_WRONG = """
from contextlib import suppress as _suppress
for _wrong in (None, lambda *args, **kwargs: None):
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


def pictures(cell):
    data = [output.get("data", {}) for output in cell.outputs]
    return [key for shown in data for key in shown if key.startswith("image/")]


def checked(cell):
    """The name of the test, and how many answers it is given."""
    (call,) = [
        node
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "check"
    ]
    return ast.unparse(call.args[0]), len(call.args) - 1


def with_wrong_answers(notebook):
    """The notebook, and after each check a cell that gives its test wrong answers."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if "check" in tags(cell):
            test, count = checked(cell)
            wrong = nbformat.v4.new_code_cell(DONE_WRONG.format(test=test, count=count))
            wrong.metadata.tags = ["wrong"]
            cells.append(wrong)
    notebook.cells = cells
    return notebook


def run(text):
    """Its notebook as a learner's "run all" leaves it."""
    return make.execute(with_wrong_answers(make.notebook_of(text)), FAST | OFFLINE)


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
    notebook = runs[text].result()  # a cell that raises is an error here

    assert not [cell for cell in code_cells(notebook) if printed(cell, "stderr")]


@each_lesson
def test_exercises_wait_until_they_are_done_and_refuse_what_is_wrong(runs, text):
    notebook = runs[text].result()

    checks, wrong = code_cells(notebook, "check"), code_cells(notebook, "wrong")
    assert {printed(cell) for cell in checks} == {"⏳ not done yet\n"}
    assert {printed(cell) for cell in wrong} == {""}


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
        test, _ = checked(check)
        assert solution.metadata.jupyter.source_hidden
        assert re.search(rf"^{test}\(", solution.source, re.MULTILINE)  # it is asserted


@each_lesson
def test_a_lesson_has_all_its_parts(text):
    cells = make.notebook_of(text).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")

    assert cells[0].source.startswith(f"# {text.name[:2]} · ")
    assert cells[1].source.startswith("import micrograd_nn as mn\n")
    assert "mn.seed(0)\nFAST = mn.fast_mode()" in cells[1].source
    for part in ("**You will see**", "**Needs:**", "**Takes:**"):
        assert part in cells[0].source
    assert "**Predict first.**" in prose
    assert "## What you saw" in prose
    assert prose.count("<details>") == prose.count("</details>") == 5  # the quiz
    assert "## Words" in prose


@each_lesson
def test_a_lesson_explains_each_of_its_concepts_once(text):
    found = [tag for cell in make.notebook_of(text).cells for tag in tags(cell)]

    concepts = [tag.removeprefix("concept:") for tag in found if "concept:" in tag]
    assert sorted(concepts) == sorted(CONCEPTS[text.name[:2]])


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

    assert len(written.encode()) < LARGEST
    assert not re.search(r"/home/|/root/|/Users/|/tmp/|C:\\\\| at 0x", written)


@pytest.mark.slow
@each_lesson
def test_a_lesson_in_full_prints_what_the_notebook_shows(text):
    notebook = make.execute(make.notebook_of(text), env=OFFLINE)

    for now, before in zip(code_cells(notebook), code_cells(stored(text)), strict=True):
        if "varies" not in tags(now):  # seconds, for example
            assert printed(now) == printed(before)


def test_lessons_in_tests_reach_no_other_machine():
    asks = "import urllib.request as r; r.urlopen('http://example.com')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(asks)])

    with pytest.raises(Exception, match="no network in this test"):
        make.execute(notebook, env=OFFLINE)


def test_wrong_answers_are_noticed_if_a_test_lets_them_pass():
    source = "from micrograd_nn.learn import check\ncheck(lambda answer: 1, ...)"
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["check"]})
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.cells[0].source = source.replace("lambda answer: 1", "print")

    done = make.execute(with_wrong_answers(notebook), env=OFFLINE)

    assert "passes for None" in printed(done.cells[1])


def test_pictures_keep_their_size_when_they_shrink():
    import base64
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (30, 20), "#0072B2").save(buffer, format="PNG")
    small = make.smaller(base64.b64encode(buffer.getvalue()).decode())

    image = Image.open(io.BytesIO(base64.b64decode(small)))
    assert image.size == (30, 20)
    assert image.convert("RGB").getpixel((3, 3)) == (0x00, 0x72, 0xB2)
