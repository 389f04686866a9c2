"""The lessons are in the wheel, and in the source distribution."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("hatchling")

from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parent.parent
TEXTS = {path.name: path for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.py")}


def built(builder, folder, version="standard"):
    (path,) = builder(str(ROOT)).build(directory=str(folder), versions=[version])
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return zipfile.ZipFile(built(WheelBuilder, tmp_path_factory.mktemp("dist")))


def test_the_wheel_has_the_texts_of_the_lessons_and_no_notebook(wheel):
    start = "micrograd_nn/notebooks/"
    found = {name for name in wheel.namelist() if name.startswith(start)}

    assert TEXTS
    assert found == {start + name for name in TEXTS}
    for name, path in TEXTS.items():
        assert wheel.read(start + name) == path.read_bytes()


def test_the_wheel_has_the_package_and_nothing_beside_it(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    code = {name for name in wheel.namelist() if name.endswith(".py")}
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "micrograd_nn").rglob("*.py")
    }

    assert {top for top in tops if not top.endswith(".dist-info")} == {"micrograd_nn"}
    assert {name for name in code if "/notebooks/" not in name} == ours


def test_lessons_are_found_where_only_the_wheel_is(wheel, tmp_path):
    wheel.extractall(tmp_path / "installed")
    (tmp_path / "elsewhere").mkdir()
    run = subprocess.run(
        [sys.executable, "-m", "micrograd_nn", "learn", "doctor"],
        cwd=tmp_path / "elsewhere",
        env=os.environ | {"PYTHONPATH": str(tmp_path / "installed"), "COLUMNS": "999"},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip

    where = tmp_path / "installed" / "micrograd_nn" / "notebooks"
    (row,) = [line for line in run.stdout.splitlines() if line.startswith("lessons ")]
    assert row.split()[1:3] == ["ok", str(len(TEXTS))]
    assert row.endswith(f"texts in {where}")


def test_an_editable_install_has_no_copy_of_the_lessons(tmp_path):
    names = zipfile.ZipFile(built(WheelBuilder, tmp_path, "editable")).namelist()

    assert not any(name.endswith(".py") for name in names)


def test_the_source_distribution_has_texts_and_notebooks(tmp_path):
    with tarfile.open(built(SdistBuilder, tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    made = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {f"notebooks/{name}" for name in {*TEXTS, *made, "make.py"}} <= names
    assert "micrograd_nn/learn/lessons.py" in names
