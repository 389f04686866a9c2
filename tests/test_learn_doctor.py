"""`learn doctor`: what is there, what is missing, and how to get it."""

import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from micrograd_nn.__main__ import main
from micrograd_nn.learn import doctor, lessons, requirements
from micrograd_nn.learn.requirements import Requirement, bounds, is_recent
from micrograd_nn.viz import graphviz_program

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
ALL = {name: "99.0" for name in [*doctor.PURPOSES, "pygraphviz"]}
METADATA = [
    "numpy>=1.26",
    "tqdm>=4.66",
    'jupyterlab>=4.2; extra == "notebooks"',
    "faker>=30; extra == 'notebooks'",
    'pygraphviz>=2.0; extra == "graphviz"',
    'torch==2.13.0; extra == "oracles"',
    "tzdata; (sys_platform == 'win32') and extra == 'notebooks'",
]


@pytest.fixture
def machine(monkeypatch):
    """A machine that has all there is; tests take from it."""
    installed = dict(ALL)

    def version(name):
        if name not in installed:
            raise metadata.PackageNotFoundError(name)
        return installed[name]

    for module in (metadata, graphviz_program):
        monkeypatch.setattr(module, "version", version)
    monkeypatch.setattr(metadata, "requires", lambda name: METADATA)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.setenv("COLUMNS", "150")
    _give_dot(monkeypatch)
    return installed


def _give_dot(
    monkeypatch, path="/usr/bin/dot", said="dot - graphviz version 2.43.0 (0)"
):
    def run(command, **options):
        return subprocess.CompletedProcess(command, 0, stdout="", stderr=said)

    for module in (doctor, graphviz_program):
        monkeypatch.setattr(module, "find_dot", lambda: path)
    monkeypatch.setattr(subprocess, "run", run)


def examined(capsys):
    """The exit code, the first cells of each row by its name, and all that was said."""
    code = main(["learn", "doctor"])
    said = capsys.readouterr().out
    rows = [re.split(" {2,}", line) for line in said.splitlines()]
    return code, {row[0]: row[1:4] for row in rows if len(row) >= 5}, said


def test_where_all_is_there_nothing_is_to_do(machine, capsys):
    code, rows, said = examined(capsys)

    assert code == 0
    assert {row[0] for row in rows.values()} == {"state", "ok"}
    assert rows["numpy"] == ["ok", "99.0", "1.26"]
    assert rows["dot"] == ["ok", "2.43.0", "-"]
    assert "install" not in said
    assert said.endswith("All that is needed is there.\n")


@pytest.mark.parametrize("name", doctor.PURPOSES)
def test_a_package_that_is_missing_is_said_with_how_to_get_it(machine, name, capsys):
    del machine[name]

    code, rows, said = examined(capsys)

    assert code == 1
    assert rows[name][:2] == ["missing", "-"]
    assert f'For {name}:\n  python -m pip install "micrograd-nn[notebooks]"' in said
    assert said.endswith("Not all that is needed is there.\n")


@pytest.mark.parametrize(
    ("found", "state"), [("4.1.9", "too old"), ("4.2.0rc1", "ok"), ("10.0", "ok")]
)
def test_a_package_that_is_too_old_is_not_enough(machine, found, state, capsys):
    machine["jupyterlab"] = found

    code, rows, _ = examined(capsys)

    assert rows["jupyterlab"] == [state, found, "4.2"]
    assert code == (state != "ok")


@pytest.mark.parametrize(
    ("system", "advice"),
    [
        ("linux", "apt install graphviz (Debian, Ubuntu), dnf install graphviz"),
        ("darwin", "brew install graphviz, or conda"),
        ("win32", "winget install graphviz, or conda"),
        ("freebsd14", "apt install graphviz"),
    ],
)
def test_how_to_get_graphviz_depends_on_the_machine(
    machine, system, advice, monkeypatch, capsys
):
    _give_dot(monkeypatch, path=None)
    del machine["pygraphviz"]
    monkeypatch.setattr(doctor.sys, "platform", system)

    code, rows, said = examined(capsys)

    assert code == 0  # lessons need none
    assert rows["dot"][0] == rows["pygraphviz"][0] == "missing"
    assert f"For dot:\n  {advice}" in said
    assert 'pip install "pygraphviz>=2.0"' in said


def test_one_graphviz_is_enough(machine, monkeypatch, capsys):
    _give_dot(monkeypatch, path=None)

    _, rows, said = examined(capsys)

    assert (rows["dot"][0], rows["pygraphviz"][0]) == ("missing", "ok")
    assert "install graphviz" not in said


@pytest.mark.parametrize(
    "error",
    [
        OSError("not executable"),
        subprocess.TimeoutExpired("dot", 5.0),
        subprocess.CalledProcessError(1, "dot"),
    ],
)
def test_a_dot_that_does_not_run_is_missing(machine, error, monkeypatch, capsys):
    def run(command, **options):
        raise error

    monkeypatch.setattr(subprocess, "run", run)

    assert examined(capsys)[1]["dot"][0] == "missing"


def test_a_dot_that_does_not_say_its_version_is_there(machine, monkeypatch, capsys):
    _give_dot(monkeypatch, said="hello")

    assert examined(capsys)[1]["dot"][:2] == ["ok", "unknown"]


def test_threads_are_advice_and_no_need(machine, monkeypatch, capsys):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")

    code, rows, said = examined(capsys)

    assert code == 0
    assert rows["OPENBLAS_NUM_THREADS"][0] == "not set"
    assert "set it to 1 before Python starts" in said


def test_without_lessons_the_package_is_to_be_installed_anew(
    machine, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(lessons, "PACKAGE", tmp_path / "x")

    code, rows, said = examined(capsys)

    assert (code, rows["lessons"][0]) == (1, "missing")
    assert "Install micrograd-nn anew." in said


def test_a_package_that_was_never_installed_has_no_bounds(machine, monkeypatch, capsys):
    def requires(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", requires)

    code, rows, _ = examined(capsys)

    assert (code, rows["numpy"]) == (0, ["ok", "99.0", "-"])


def test_bounds_are_those_of_the_package_and_of_the_extras(machine):
    assert bounds({"notebooks"}) == {
        "numpy": "1.26",
        "tqdm": "4.66",
        "jupyterlab": "4.2",
        "faker": "30",
        "tzdata": "",
    }


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("numpy", ("numpy", "", "")),
        ("numpy >= 1.26, <3", ("numpy", "1.26", "")),
        ("torch==2.13.0 ; extra=='x'", ("torch", "2.13.0", "")),
        ('coverage[toml]>=7.6; extra == "test"', ("coverage", "7.6", "test")),
        ("numpy<=3", ("numpy", "", "")),
        ("a.b_c-d~=1.0", ("a.b_c-d", "", "")),
    ],
)
def test_requirements_are_read_as_far_as_they_go(line, expected):
    assert Requirement.of(line) == expected


@pytest.mark.parametrize(
    ("version", "bound", "expected"),
    [
        ("1.10", "1.9", True),
        ("1.9", "1.10", False),
        ("2", "2.0.0", True),
        ("2.0.0", "2", True),
        ("2.0rc1", "2.0", True),
        ("1.26.4", "1.26", True),
        ("3.1", "", True),
        ("unknown", "1", False),
    ],
)
def test_versions_are_compared_by_their_numbers(version, bound, expected):
    assert is_recent(version, bound) == expected


def test_all_that_the_project_asks_for_has_a_purpose():
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["notebooks"]

    needed = {Requirement.of(line).name for line in lines if "sys_platform" not in line}

    assert needed == set(doctor.PURPOSES)
    assert project["name"] == requirements.DISTRIBUTION
    assert all(Requirement.of(line).bound for line in lines if ";" not in line)


def test_python_is_as_recent_as_the_project_asks_for(machine, capsys):
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]

    assert project["requires-python"] == f">={examined(capsys)[1]['Python'][2]}"
