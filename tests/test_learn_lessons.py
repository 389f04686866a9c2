"""`python -m micrograd_nn learn`: copies that are the learner's, and their state."""

import contextlib
import inspect
import io
import json
import os
import subprocess
import sys

import pytest

from micrograd_nn import demo
from micrograd_nn.__main__ import main
from micrograd_nn.learn import copies as copies_of_lessons
from micrograd_nn.learn import lab, lessons, notebook
from micrograd_nn.learn.copies import FOLDER
from micrograd_nn.learn.exercises import RIGHT, WAITING, WRONG

pytest.importorskip("jupytext")

TEXT = """\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %% [markdown]
# # {number:02} · {title}
#
# [![Open in Colab](badge.svg)](https://colab.example)
#
# What is a *neuron* made
# of? Numbers.
#
# **Needs:** nothing · **Takes:** {minutes} minutes

# %%
%matplotlib inline
answer = 6

# %% tags=["exercise"]
def twice(x): return ...

# %% tags=["check"]
check(twice)

# %% tags=["check"]
check(twice, twice)

# %% tags=["solution"] jupyter={{"source_hidden": true}}
def twice(x): return 2 * x
"""
EXERCISE, CHECK, CHECK_AGAIN = 2, 3, 4  # cells
TITLES = ["Start here", "A neuron", "損失"]


def write(folder, number, title, minutes=20):
    text = TEXT.format(number=number, title=title, minutes=minutes)
    path = folder / f"{number:02}_{title.replace(' ', '_').lower()}.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """A clone with three lessons; the learner is in another folder."""
    folder = tmp_path / "clone" / "notebooks"
    folder.mkdir(parents=True)
    monkeypatch.setattr(lessons, "PACKAGE", folder.parent / "micrograd_nn")
    (folder / "make.py").write_text("raise RuntimeError", encoding="utf-8")
    found = [write(folder, i, title, 5 * i + 5) for i, title in enumerate(TITLES)]
    (tmp_path / "learner").mkdir()
    monkeypatch.chdir(tmp_path / "learner")
    return found


@pytest.fixture
def opened(monkeypatch):
    """The commands that would be run; all packages are there."""
    commands = []

    class Lab:
        def __init__(self, command, env):
            commands.append(command)
            assert env["OPENBLAS_NUM_THREADS"]

        def wait(self):
            return 3

    monkeypatch.setattr(lab, "require", lambda *packages: None)
    monkeypatch.setattr(subprocess, "Popen", Lab)
    return commands


def learn(*arguments):
    return main(["learn", *arguments])


def copy_to(folder=FOLDER):
    assert learn("--no-open", "--folder", folder) == 0


def edit(path, change):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook["cells"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


def run_all(path, first=WAITING, second=WAITING):
    """What JupyterLab leaves in the file when all cells are run."""

    def run(cells):
        for cell in cells:
            if cell["cell_type"] == "code":
                cell["execution_count"] = 1
        for number, text in ((CHECK, first), (CHECK_AGAIN, second)):
            cells[number]["outputs"] = [
                {"output_type": "stream", "name": "stdout", "text": [f"{text}\n"]}
            ]

    edit(path, run)


def copies(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_lessons_are_listed_in_columns(texts, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")

    assert learn("list") == 0

    assert capsys.readouterr().out.splitlines() == [
        "00  Start here  5 min   What is a neuron made of?",
        "01  A neuron    10 min  What is a neuron made of?",
        "02  損失        15 min  What is a neuron made of?",
    ]


def test_output_goes_to_whatever_stands_for_the_terminal(texts):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        learn("list")

    assert output.getvalue().count(" min  ") == 3


def test_long_lines_of_the_list_are_wrapped_in_their_column(texts, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    write(texts[0].parent, 3, "A title of quite some length")

    learn("list")

    *_, start, end = capsys.readouterr().out.splitlines()
    assert start == "03  A title of quite some length  20 min  What is a neuron"
    assert end == 42 * " " + "made of?"


def test_a_title_that_leaves_no_room_leaves_some(texts, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    write(texts[0].parent, 3, "A title " + 9 * "of length ")

    assert learn("list") == 0

    *_, start, end = capsys.readouterr().out.splitlines()
    assert start.endswith(" 20 min  What is a neuron")
    assert end.strip() == "made of?"


@pytest.mark.parametrize(
    "broken", ["# %% [markdown]\n# # 03 · Title\n", "x = 1\n", "", "# # 03 · No\n"]
)
def test_a_text_that_is_no_lesson_is_an_error_in_the_list(texts, broken, capsys):
    (texts[0].parent / "03_broken.py").write_text(broken, encoding="utf-8")

    assert learn("list") == 1

    assert "not a lesson: got '03_broken.py'" in capsys.readouterr().err


def test_without_any_lesson_the_error_says_so(texts, capsys):
    for path in texts:
        path.unlink()

    assert learn() == 1

    assert "no lessons: got none in" in capsys.readouterr().err
    assert not os.listdir()


def test_copies_are_notebooks_that_nothing_was_run_in(texts, tmp_path):
    nbformat = pytest.importorskip("nbformat")

    copy_to()

    paths = sorted((tmp_path / "learner" / FOLDER).iterdir())
    assert [path.stem for path in paths] == [text.stem for text in texts]
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert notebook.metadata.kernelspec.name == "python3"
        assert "jupytext" not in notebook.metadata  # it would write texts beside
        assert code[0].source.startswith("%matplotlib inline")
        assert code[-1].metadata.jupyter.source_hidden
        assert not any(cell.outputs or cell.execution_count for cell in code)


def test_copies_of_the_same_lessons_are_the_same(texts, tmp_path):
    copy_to("one")
    copy_to("other")

    assert copies(tmp_path / "learner/one") == copies(tmp_path / "learner/other")


def test_a_lesson_opens_in_jupyterlab(texts, opened, capsys):
    assert [learn(), learn("1"), learn("01", "--folder", "x/y")] == [3, 3, 3]

    start = [sys.executable, "-m", "jupyterlab"]
    first, second, third = [os.path.join(*path) for path in (
        (FOLDER, "00_start_here.ipynb"),
        (FOLDER, "01_a_neuron.ipynb"),
        ("x", "y", "01_a_neuron.ipynb"),
    )]  # fmt: skip
    assert opened == [[*start, first], [*start, second], [*start, third]]
    assert all(os.path.exists(path) for path in (first, second, third))
    assert f"Copied 3 of 3 lessons to {FOLDER}." in capsys.readouterr().out


def test_ctrl_c_is_left_to_jupyterlab(monkeypatch, tmp_path):
    answers = [KeyboardInterrupt, KeyboardInterrupt, 0]

    class Lab:
        def __init__(self, command, env):
            pass

        def wait(self):
            answer = answers.pop(0)
            if answer is KeyboardInterrupt:
                raise answer
            return answer

    monkeypatch.setattr(subprocess, "Popen", Lab)

    assert lab.open_in_lab(tmp_path / "x.ipynb") == 0
    assert answers == []


def test_number_of_threads_is_one_unless_the_learner_chose(monkeypatch, tmp_path):
    script = "import os, sys; sys.exit(int(os.environ['OPENBLAS_NUM_THREADS']))"
    (tmp_path / "jupyterlab.py").write_text(script, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    codes = []

    for chosen in (None, "7"):
        monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
        if chosen:
            monkeypatch.setenv("OPENBLAS_NUM_THREADS", chosen)
        codes.append(lab.open_in_lab(tmp_path / "x.ipynb"))

    assert codes == [1, 7]


@pytest.mark.parametrize("missing", ["jupyterlab", "ipykernel", "jupytext"])
def test_nothing_is_copied_if_a_package_is_missing(texts, missing, monkeypatch, capsys):
    monkeypatch.setattr(notebook, "find_spec", lambda name: name != missing or None)

    assert learn() == 1

    error = capsys.readouterr().err
    assert f"the lessons need more packages: got no {missing}; expected" in error
    assert 'pip install "micrograd-nn[notebooks]"' in error
    assert not os.listdir()


@pytest.mark.parametrize(
    "what", ["3", "16", "-1", "1.0", "²", "LIST", "", "00_start_here"]
)
def test_a_lesson_that_is_none_is_an_error_that_says_the_range(texts, what, capsys):
    assert learn(what) == 1

    error = capsys.readouterr().err
    assert f"learn: no such lesson: got {what!r} (str); expected a number" in error
    assert "from 0 to 2, or list, status, doctor or demo" in error
    assert not os.listdir()


def test_a_folder_that_nobody_may_write_to_is_an_error(
    texts, tmp_path, monkeypatch, capsys
):
    def refuse(path, content):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(copies_of_lessons, "write_whole", refuse)

    assert learn("--no-open") == 1

    error = capsys.readouterr().err
    assert error.startswith("learn: [Errno 13] Permission denied: ")
    assert "00_start_here.ipynb" in error


@pytest.mark.parametrize("folder", ["my lessons", "leçons-損失", "a/b/c"])
def test_a_folder_may_have_any_name(texts, opened, folder):
    assert learn("1", "--folder", folder) == 3

    assert opened[0][-1] == os.path.join(*folder.split("/"), "01_a_neuron.ipynb")
    assert len(os.listdir(folder)) == 3


def test_texts_with_the_line_ends_of_windows_make_the_same_copies(texts, tmp_path):
    copy_to("unix")
    for path in texts:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    copy_to("windows")

    assert copies(tmp_path / "learner/unix") == copies(tmp_path / "learner/windows")


def test_a_folder_that_is_a_file_is_an_error(texts, tmp_path, capsys):
    (tmp_path / "learner" / "notes").write_text("mine", encoding="utf-8")

    assert learn("--no-open", "--folder", "notes") == 1

    assert "no folder for the lessons: got 'notes'" in capsys.readouterr().err
    assert (tmp_path / "learner" / "notes").read_text(encoding="utf-8") == "mine"


def test_a_learner_within_the_folder_stays_there(texts, tmp_path, monkeypatch):
    copy_to()
    monkeypatch.chdir(tmp_path / "learner" / FOLDER)

    learn("--no-open")

    assert len(os.listdir()) == 3


def replace_source(cells):
    cells[EXERCISE]["source"] = ["def twice(x):\n", "    return 2 * x"]


def add_a_cell(cells):
    cells.append({"cell_type": "markdown", "metadata": {}, "source": "my notes"})


def drop_a_cell(cells):
    del cells[0]


def make_markdown(cells):
    cells[1]["cell_type"] = "markdown"


def add_a_tag(cells):
    cells[1]["metadata"]["tags"] = ["mine"]


EDITS = [replace_source, add_a_cell, drop_a_cell, make_markdown, add_a_tag]


def leave_an_empty_cell(cells):
    """What JupyterLab does after the last cell is run."""
    cells.append({"cell_type": "code", "metadata": {}, "source": [], "outputs": []})


def fold_and_time(cells):
    for cell in cells:
        cell["metadata"] |= {"collapsed": True, "vscode": {"languageId": "python"}}
        cell["id"] = f"other-{cell['id']}"


def split_into_lines(cells):
    for cell in cells:
        cell["source"] = cell["source"].splitlines(keepends=True)


USES = [leave_an_empty_cell, fold_and_time, split_into_lines]


@pytest.mark.parametrize("newer", [False, True])
@pytest.mark.parametrize("change", EDITS, ids=lambda change: change.__name__)
def test_an_edited_copy_is_never_written_over(
    texts, tmp_path, change, newer, opened, capsys
):
    copy_to()
    mine = tmp_path / "learner" / FOLDER / "01_a_neuron.ipynb"
    edit(mine, change)
    if newer:
        write(texts[0].parent, 1, "A neuron", minutes=99)
    before = mine.read_bytes()
    capsys.readouterr()

    learn("1")

    said = capsys.readouterr().out
    assert mine.read_bytes() == before
    assert "Copied 0 of 3 lessons" in said
    assert "Kept as you edited it: 01_a_neuron.ipynb." in said
    assert ("newer version" in said) == newer
    assert len(opened) == 1  # as it is


@pytest.mark.parametrize("newer", [False, True])
def test_a_copy_that_was_only_run_is_renewed_if_the_lesson_is_newer(
    texts, tmp_path, newer, capsys
):
    copy_to()
    path = tmp_path / "learner" / FOLDER / "01_a_neuron.ipynb"
    run_all(path)
    before = path.read_bytes()
    if newer:
        write(texts[0].parent, 1, "A neuron", minutes=99)
    capsys.readouterr()

    copy_to()

    assert (path.read_bytes() == before) == (not newer)
    assert ("99 minutes" in path.read_text(encoding="utf-8")) == newer
    assert ("Renewed 1 " in capsys.readouterr().out) == newer


@pytest.mark.parametrize("change", USES, ids=lambda change: change.__name__)
def test_what_an_editor_adds_by_itself_is_no_edit(texts, tmp_path, change, capsys):
    copy_to()
    path = tmp_path / "learner" / FOLDER / "01_a_neuron.ipynb"
    edit(path, change)
    before = path.read_bytes()
    capsys.readouterr()

    copy_to()
    assert path.read_bytes() == before
    assert "Kept" not in capsys.readouterr().out

    write(texts[0].parent, 1, "A neuron", minutes=99)
    copy_to()
    assert "99 minutes" in path.read_text(encoding="utf-8")


def test_an_edit_that_the_new_version_makes_too_is_none(texts, tmp_path, capsys):
    copy_to()
    edit(tmp_path / "learner" / FOLDER / "01_a_neuron.ipynb", replace_source)
    text = texts[1].read_text(encoding="utf-8")
    solved = text.replace("def twice(x): return ...", "def twice(x):\n    return 2 * x")
    texts[1].write_text(solved, encoding="utf-8")
    capsys.readouterr()

    copy_to()

    assert "Kept" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "content", ["", "my notes", "[]", "{}", '{"cells": [1]}', '{"cells": 3}', "\x80"]
)
def test_a_file_that_is_no_notebook_is_kept(texts, tmp_path, content, capsys):
    folder = tmp_path / "learner" / FOLDER
    folder.mkdir()
    path = folder / "01_a_neuron.ipynb"
    path.write_bytes(content.encode("latin-1"))

    copy_to()
    learn("status")

    said = capsys.readouterr().out
    assert path.read_bytes() == content.encode("latin-1")
    assert "Kept as you edited it: 01_a_neuron.ipynb" in said
    assert "01  A neuron    not a notebook" in said


def test_a_notebook_of_that_name_from_elsewhere_is_kept(texts, tmp_path):
    folder = tmp_path / "learner" / FOLDER
    folder.mkdir()
    path = folder / "01_a_neuron.ipynb"
    for metadata in ({}, {"micrograd_nn": "?"}, {"micrograd_nn": {}}, None, []):
        text = json.dumps({"cells": [], "metadata": metadata})
        path.write_text(text, encoding="utf-8")

        copy_to()

        assert path.read_text(encoding="utf-8") == text


def test_a_copy_that_was_deleted_is_made_anew(texts, tmp_path, capsys):
    copy_to()
    path = tmp_path / "learner" / FOLDER / "01_a_neuron.ipynb"
    before = path.read_bytes()
    path.unlink()

    copy_to()

    assert path.read_bytes() == before
    assert "Copied 1 of 3 lessons" in capsys.readouterr().out


def status(capsys):
    """What is said of the three lessons, and what is next."""
    capsys.readouterr()
    assert learn("status") == 0
    lines = capsys.readouterr().out.splitlines()
    return [line.split("  ")[-1] for line in lines[2:5]], lines[-1]


def test_the_status_goes_from_not_copied_to_done(texts, tmp_path, capsys):
    assert status(capsys) == (
        ["not copied"] * 3,
        "Next: python -m micrograd_nn learn 00",
    )

    copy_to()
    assert status(capsys)[0] == ["not begun"] * 3

    paths = sorted((tmp_path / "learner" / FOLDER).iterdir())
    run_all(paths[0], RIGHT, RIGHT)
    run_all(paths[1], f"{WRONG}: twice 4 is 8", RIGHT)
    run_all(paths[2])
    assert status(capsys) == (
        ["done", "1 of 2 exercises right", "0 of 2 exercises right"],
        "Next: python -m micrograd_nn learn 01",
    )

    for path in paths:
        run_all(path, RIGHT, RIGHT)
    assert status(capsys) == (["done"] * 3, "All done.")


@pytest.mark.parametrize(
    "printed",
    [f"{RIGHT}\n{WAITING}", f"{WRONG}\n{RIGHT}", "I print ✓ right, too", "", "right"],
)
def test_a_check_that_is_not_all_right_does_not_count(texts, tmp_path, printed, capsys):
    copy_to()
    run_all(tmp_path / "learner" / FOLDER / "00_start_here.ipynb", printed, RIGHT)

    assert status(capsys)[0][0] == "1 of 2 exercises right"


def test_a_check_that_ends_in_an_error_does_not_count(texts, tmp_path, capsys):
    copy_to()
    path = tmp_path / "learner" / FOLDER / "00_start_here.ipynb"
    run_all(path, RIGHT, RIGHT)

    def fail(cells):
        error = {"output_type": "error", "ename": "TypeError", "traceback": []}
        cells[CHECK]["outputs"].append(error)

    edit(path, fail)

    assert status(capsys)[0][0] == "1 of 2 exercises right"


def test_outputs_that_were_cleared_are_as_good_as_none(texts, tmp_path, capsys):
    copy_to()
    path = tmp_path / "learner" / FOLDER / "00_start_here.ipynb"
    run_all(path, RIGHT, RIGHT)

    def clear(cells):
        for cell in cells:
            cell |= {"outputs": [], "execution_count": None}

    edit(path, clear)

    assert status(capsys)[0][0] == "not begun"


def test_what_an_answer_prints_does_not_hide_that_it_is_right(texts, tmp_path, capsys):
    copy_to()
    path = tmp_path / "learner" / FOLDER / "00_start_here.ipynb"
    run_all(path, f"debugging: x is 4\n{RIGHT}", RIGHT)

    assert status(capsys)[0][0] == "done"


def test_a_solution_that_is_right_is_no_exercise_that_is(texts, tmp_path, capsys):
    copy_to()
    path = tmp_path / "learner" / FOLDER / "00_start_here.ipynb"
    run_all(path)

    def print_in_the_solution(cells):
        cells[-1]["outputs"] = [cells[CHECK]["outputs"][0] | {"text": RIGHT}]

    edit(path, print_in_the_solution)

    assert status(capsys)[0][0] == "0 of 2 exercises right"


def test_learn_demo_is_the_demo(monkeypatch):
    signature = inspect.signature(demo.run)
    calls = []

    def note(*arguments):
        call = signature.bind(*arguments)
        call.apply_defaults()
        calls.append(call.arguments)

    monkeypatch.setattr(demo, "run", note)

    assert [learn("demo"), main(["demo"])] == [0, 0]
    assert calls[0] == calls[1]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_it_runs_in_a_terminal_of_any_encoding(tmp_path, encoding):
    command = [sys.executable, "-m", "micrograd_nn", "learn", "list"]
    run = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True, check=False,
    )  # fmt: skip

    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.count(b" min  ") == len(lessons.lessons())
