"""Build a site of the lessons that runs them in the browser, without a server.

    python -m lite                   # with Pyodide from its CDN
    python -m lite some/folder       # with a copy of Pyodide that you have

It goes to `out/lite`: a folder of files for any web host, or for your own machine.
Once it is built, it asks nothing of any other host.

What comes from where:

- the lessons: from the texts in `notebooks`, as notebooks that nothing was run in;
- this package: a wheel, made from this clone;
- JupyterLite, which is JupyterLab for the browser, and its kernel: the extra `lite`;
- Pyodide, which is Python for the browser, and the packages that were compiled for it
  (NumPy, Matplotlib, scikit-learn): from a folder or an address which has its
  `pyodide-lock.json`; by default the release on its CDN that the kernel was made for.
  Of its hundreds of packages, those that lessons need are copied;
- packages in pure Python that Pyodide lacks: from PyPI.

A lesson runs in the browser as it is. Before a cell runs, Pyodide loads the packages
that the cell imports, if its lock file lists them. So this package is added to the
lock file, and there depends on all that a lesson may need.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from lite.pyodide import CDN, PACKAGE, ROOT, address, copy_pyodide, kernels_pyodide, run
from micrograd_nn.learn.lessons import lessons
from micrograd_nn.learn.notebook import as_bytes, notebook_of

SITE = ROOT / "out" / "lite"
OFFLINE = {"disablePyPIFallback": True}
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": PACKAGE,
        "exposeAppInBrowser": True,  # as `jupyterapp`, for those who drive it: tests
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": OFFLINE},
    },
}


def main() -> None:
    """Build the site, and say how to open it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pyodide", nargs="?", help="where to copy Pyodide from")
    parser.add_argument("--out", type=Path, default=SITE, help="the folder to write")
    chosen = parser.parse_args()
    try:
        build(address(chosen.pyodide or CDN.format(kernels_pyodide())), chosen.out)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        parser.exit(1, f"{error}\n")
    size = sum(path.stat().st_size for path in chosen.out.rglob("*") if path.is_file())
    print(f"{chosen.out}: {size / 1e6:.0f} MB. To open it on this machine, run")
    print(f"  python -m http.server --bind 127.0.0.1 --directory {chosen.out}")
    print("and go to http://127.0.0.1:8000/lab/index.html?path=00_start_here.ipynb")


def build(pyodide: str, site: Path) -> None:
    """Write the site to a folder, with the Pyodide at an address."""
    with tempfile.TemporaryDirectory() as made:
        source = Path(made)
        (source / "jupyter-lite.json").write_text(json.dumps(SETTINGS))
        write_lessons(source / "lessons")
        copy_pyodide(pyodide, source / "static" / "pyodide")  # where JupyterLite looks
        options = ["--no-sourcemaps", "--no-unused-shared-packages", "--apps", "lab"]
        options += ["--contents", "lessons", "--output-dir", "site"]
        run("jupyterlite_core", "build", *options, folder=source)
        shutil.rmtree(site, ignore_errors=True)
        shutil.move(source / "site", site)


def write_lessons(folder: Path) -> None:
    """Write a notebook for each text."""
    folder.mkdir(parents=True)
    for lesson in lessons():
        notebook = as_bytes(notebook_of(lesson.path))
        (folder / f"{lesson.name}.ipynb").write_bytes(notebook)


if __name__ == "__main__":
    main()
