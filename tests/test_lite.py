"""The lessons as a site: what is copied of Pyodide, and that they run in a browser."""

import doctest
import functools
import hashlib
import http.server
import json
import os
import shutil
import threading
import tomllib
import zipfile
from importlib.util import find_spec

import pytest

from lite import __main__ as site
from lite import pyodide

MADE_FOR = "0.27.6"  # the Pyodide of the kernel
WANTED = {"numpy": [], "matplotlib": ["NumPy", "py_parsing"], "py-parsing": []}
CORE = {"pyodide.asm.js": b"js", **dict.fromkeys(pyodide.CORE, b"core")}
FILES = {name: f"{name}-1.0-py3-none-any.whl" for name in ("alone", *WANTED)}


def wheel(folder, name, *files):
    """A wheel with these files, which are empty."""
    path = folder / f"{name.replace('-', '_')}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as made:
        for file in files or [f"{name}/__init__.py"]:
            made.writestr(file, "")
    return path


@pytest.fixture
def distribution(tmp_path):
    """A folder that is like one of Pyodide."""
    folder = tmp_path / "distribution"
    folder.mkdir()
    for name, content in (CORE | {file: b"wheel" for file in FILES.values()}).items():
        (folder / name).write_bytes(content)
    checksum = hashlib.sha256(b"wheel").hexdigest()
    packages = {
        name: {"file_name": file, "sha256": checksum, "depends": WANTED.get(name, [])}
        for name, file in FILES.items()
    }
    info = {"version": "0.27.7", "python": "3.12.7"}
    (folder / pyodide.LOCK).write_text(json.dumps({"info": info, "packages": packages}))
    return folder


@pytest.fixture
def copied(distribution, tmp_path, monkeypatch):
    """Copies the distribution, where PyPI has all but `safetensors`."""

    def run(module, command, name, *options):
        if name == "safetensors":
            raise RuntimeError("no matching distribution")
        folder = tmp_path / "site"
        wheel(folder, "micrograd_nn" if command == "wheel" else name)

    def copy():
        pyodide.copy_pyodide(pyodide.address(str(distribution)), tmp_path / "site")
        return tmp_path / "site", json.loads(
            (tmp_path / "site" / pyodide.LOCK).read_text()
        )

    monkeypatch.setattr(pyodide, "run", run)
    monkeypatch.setattr(pyodide, "kernels_pyodide", lambda: MADE_FOR)
    return copy


def test_what_lessons_need_is_copied_and_nothing_else(copied):
    folder, lock = copied()
    names = {path.name for path in folder.iterdir()}
    listed = {package["file_name"] for package in lock["packages"].values()}

    assert names == listed | set(CORE) | {pyodide.LOCK}
    assert {FILES[name] for name in WANTED} <= names
    assert FILES["alone"] not in names


def test_importing_this_package_brings_all_that_lessons_need(copied, capsys):
    _, lock = copied()
    ours = lock["packages"][pyodide.PACKAGE]

    assert ours["imports"] == ["micrograd_nn"]
    assert set(ours["depends"]) == pyodide.NEEDED - {"safetensors"}
    assert capsys.readouterr().out.startswith("left out: safetensors")


def test_what_this_package_depends_on_is_needed():
    project = tomllib.loads((pyodide.ROOT / "pyproject.toml").read_text())["project"]
    names = {requirement.partition(">")[0] for requirement in project["dependencies"]}

    assert names <= pyodide.NEEDED


def test_the_lock_file_tells_what_to_import_and_whether_a_wheel_is_whole(tmp_path):
    made = wheel(tmp_path, "two-words", "b/__init__.py", "a/__init__.py", "a/c/d.py")
    entry = pyodide.entry(made, ["numpy"])

    assert entry["name"] == "two-words"
    assert entry["version"] == "1.0"
    assert entry["imports"] == ["a", "b"]
    assert entry["depends"] == ["numpy"]
    assert entry["sha256"] == hashlib.sha256(made.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("file", "content", "error", "message"),
    [
        (
            FILES["numpy"],
            b"other",
            ValueError,
            "not the wheel of the lock file: got .*nu",
        ),
        (FILES["numpy"], None, FileNotFoundError, "cannot be read: got .*numpy-1.0"),
        ("pyodide.mjs", None, FileNotFoundError, "cannot be read: got .*pyodide.mjs"),
        (pyodide.LOCK, None, FileNotFoundError, "expected the address or the folder"),
        (
            pyodide.LOCK,
            b'{"info": {"python": "3.14.2"}}',
            ValueError,
            r"not the Pyodide of the kernel: got 314\.0; expected 0\.27\.6",
        ),
    ],
)
def test_a_distribution_that_is_not_right_is_refused(
    file, content, error, message, distribution, copied
):
    if content is None:
        (distribution / file).unlink()
    else:
        (distribution / file).write_bytes(content)

    with pytest.raises(error, match=message):
        copied()


def test_a_command_that_fails_says_why():
    with pytest.raises(
        RuntimeError, match=r"it failed: got .*, which said\n.*No module"
    ):
        pyodide.run("no_such_module")


def test_each_lesson_becomes_a_notebook_that_nothing_was_run_in(tmp_path):
    pytest.importorskip("jupytext")
    site.write_lessons(tmp_path / "lessons")
    notebooks = sorted((tmp_path / "lessons").iterdir())
    cells = [c for path in notebooks for c in json.loads(path.read_text())["cells"]]

    assert [path.stem for path in notebooks] == [each.name for each in site.lessons()]
    assert not any(cell.get("outputs") for cell in cells)


def test_the_examples_of_the_docstrings_hold():
    assert doctest.testmod(pyodide).failed == 0


# What follows needs a Pyodide of the release that the installed kernel was made for.

PYODIDE = os.environ.get("MICROGRAD_NN_PYODIDE")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
MODULES = ("jupyterlite_core", "jupyterlite_pyodide_kernel", "playwright")
LACKING = [module for module in MODULES if find_spec(module) is None]
LIMIT = 300_000  # milliseconds for a lesson
PANEL = """const widgets = globalThis.jupyterapp?.shell.widgets("main") ?? [];
  const panel = [...widgets].find(widget => widget.content?.model?.cells);"""
IS_READY = f"""() => {{ {PANEL};
  return panel?.context.sessionContext.session?.kernel?.status == "idle"; }}"""
NOTEBOOK = f"() => {{ {PANEL}; return panel.content.model.toJSON(); }}"
IS_OVER = f"""() => {{ {PANEL};
  const cells = panel.content.model.toJSON().cells
    .filter(cell => cell.cell_type == "code");
  const failed = cell => cell.outputs.some(output => output.output_type == "error");
  return cells.every(cell => cell.execution_count) || cells.some(failed); }}"""

in_a_browser = pytest.mark.skipif(
    not (PYODIDE and CHROMIUM) or bool(LACKING),
    reason="needs Chromium, the extras lite and browser, and a Pyodide: its folder in "
    "the variable MICROGRAD_NN_PYODIDE",
)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *message):
        pass


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address of a site of the lessons, on this machine."""
    folder = tmp_path_factory.mktemp("lite") / "site"
    site.build(pyodide.address(PYODIDE), folder)
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def run_all(page, address):
    """Open a notebook, and choose Run All Cells in the menu; its cells, when over."""
    page.goto(address)
    page.wait_for_function(IS_READY, timeout=LIMIT)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(IS_OVER, timeout=LIMIT, polling=500)
    return [c for c in page.evaluate(NOTEBOOK)["cells"] if c["cell_type"] == "code"]


@in_a_browser
@pytest.mark.slow
@pytest.mark.parametrize("number", range(6))
def test_a_lesson_runs_in_a_browser_from_top_to_bottom_offline(number, served):
    from playwright.sync_api import sync_playwright

    name = site.lessons()[number].name
    asked = []
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context()
        context.on("request", lambda request: asked.append(request.url))
        cells = run_all(
            context.new_page(), f"{served}/lab/index.html?path={name}.ipynb"
        )
        browser.close()
    outputs = [output for cell in cells for output in cell["outputs"]]
    local = (served, "data:", "blob:")

    assert [o["evalue"] for o in outputs if o["output_type"] == "error"] == []
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert [url for url in asked if not url.startswith(local)] == []
