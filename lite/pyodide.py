"""Copy what lessons need of Pyodide, and add this package to it.

A distribution of Pyodide is a folder: its core, hundreds of wheels, and a lock file
which lists the wheels, what each depends on, and which modules it brings. The lock file
of the copy lists no more than what was copied, so that nothing else is ever asked for.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from urllib.request import urlopen
from zipfile import ZipFile

from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "micrograd-nn"
# What lessons import, what this package imports for them, and what those need.
NEEDED = {"numpy", "matplotlib", "scikit-learn", "graphviz", "tqdm", "safetensors"}
NEEDED |= {"faker", "tzdata", "ipywidgets", "jupyterlab-widgets", "comm"}
# What the kernel loads when it starts; a new Pyodide has the last two built in.
KERNEL = {"micropip", "packaging", "ipython", "jedi", "sqlite3", "ssl"}
LOCK = "pyodide-lock.json"
CORE = ("pyodide.js", "pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
CDN = "https://cdn.jsdelivr.net/pyodide/v{}/full/"

Packages = dict[str, dict[str, Any]]


def copy_pyodide(base: str, folder: Path) -> None:
    """Copy from an address what lessons need of Pyodide, and add this package to it."""
    folder.mkdir(parents=True)
    lock = json.loads(read(base, LOCK))
    require_the_kernels(lock["info"])
    for name in (*CORE, compiled_core(lock["info"])):
        (folder / name).write_bytes(read(base, name))
    packages = with_dependencies(lock["packages"], NEEDED | KERNEL)
    for package in packages.values():
        (folder / package["file_name"]).write_bytes(verified(base, package))
    packages |= pure_packages(NEEDED - set(packages), lock["info"]["python"], folder)
    wheel = make_wheel(folder)
    packages[PACKAGE] = entry(wheel, sorted(NEEDED & set(packages)))
    (folder / LOCK).write_text(json.dumps(lock | {"packages": packages}))


def with_dependencies(packages: Packages, names: Iterable[str]) -> Packages:
    """Those of the packages that are named, and all that these depend on.

    >>> lock = {"a": {"depends": ["B_c"]}, "b-c": {"depends": []}, "d": {"depends": []}}
    >>> sorted(with_dependencies(lock, ["a", "not-there"]))
    ['a', 'b-c']
    """
    found: Packages = {}
    left = [canonicalize_name(name) for name in names]
    while left:
        name = left.pop()
        if name in packages and name not in found:
            found[name] = packages[name]
            left += map(canonicalize_name, packages[name]["depends"])
    return found


def pure_packages(names: Iterable[str], python: str, folder: Path) -> Packages:
    """Put the wheels of packages that Pyodide lacks into a folder, from PyPI.

    One that has no wheel in pure Python is left out, which is said.
    """
    found: Packages = {}
    target = ["--python-version", python, "--implementation", "py", "--abi", "none"]
    target += ["--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
    for name in sorted(names):
        try:
            run("pip", "download", name, *target)
        except RuntimeError:
            print(f"left out: {name}, which has no wheel for Pyodide's Python {python}")
            continue
        (wheel,) = folder.glob(f"{name.replace('-', '_')}-*.whl")
        found[name] = entry(wheel, [])
    return found


def make_wheel(folder: Path) -> Path:
    """Put a wheel of this package into a folder."""
    run("pip", "wheel", str(ROOT), "--no-deps", "--wheel-dir", str(folder))
    (wheel,) = folder.glob("micrograd_nn-*.whl")
    return wheel


def entry(wheel: Path, depends: list[str]) -> dict[str, Any]:
    """What the lock file says of a wheel that lies beside it."""
    name, version, *_ = parse_wheel_filename(wheel.name)
    with ZipFile(wheel) as files:
        parts = [Path(path).parts for path in files.namelist()]
    return {
        "name": name,
        "version": str(version),
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(top for top, *rest in parts if rest == ["__init__.py"]),
        "depends": depends,
        "unvendored_tests": False,
    }


def address(place: str) -> str:
    """The address of a folder, or an address, with the slash that file names follow.

    >>> address("https://example.org/pyodide")
    'https://example.org/pyodide/'
    """
    known = urlparse(place).scheme in ("http", "https", "file")
    return (place if known else Path(place).resolve().as_uri()).rstrip("/") + "/"


def read(base: str, name: str) -> bytes:
    """A file of the Pyodide at an address.

    Raises:
        FileNotFoundError: If it is not there, or the address cannot be reached.
    """
    try:
        with urlopen(base + name, timeout=60) as answer:
            return bytes(answer.read())
    except OSError as error:
        raise FileNotFoundError(
            f"a file of Pyodide cannot be read: got {base + name!r} ({error}); "
            "expected the address or the folder of a whole distribution. Unpack one, "
            "and run: make lite PYODIDE=its/folder"
        ) from error


def verified(base: str, package: dict[str, Any]) -> bytes:
    """The wheel of a package, if it is the one that the lock file means.

    Raises:
        ValueError: If it is another one.
    """
    wheel = read(base, package["file_name"])
    checksum = hashlib.sha256(wheel).hexdigest()
    if checksum != package["sha256"]:
        raise ValueError(
            f"not the wheel of the lock file: got {base + package['file_name']!r} with "
            f"SHA-256 {checksum}; expected {package['sha256']}. Get it anew."
        )
    return wheel


def require_the_kernels(info: dict[str, str]) -> None:
    """Check that Pyodide is of the release that the installed kernel was made for.

    Raises:
        ValueError: If not: the kernel would not start.
    """
    wanted = kernels_pyodide()
    if release(info) != wanted.rpartition(".")[0]:
        raise ValueError(
            f"not the Pyodide of the kernel: got {release(info)}; expected {wanted}, "
            "where the last number may be another. Get that, or install another "
            "version of jupyterlite-pyodide-kernel."
        )


def kernels_pyodide() -> str:
    """The version of Pyodide that the installed kernel was made for."""
    from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

    return str(PYODIDE_VERSION)


def release(info: dict[str, str]) -> str:
    """The release of Pyodide that a lock file is of; new ones tell only their Python.

    >>> release({"version": "0.27.7", "python": "3.12.7"})
    '0.27'
    >>> release({"python": "3.14.2"})
    '314.0'
    """
    major, minor, _ = info["python"].split(".")
    return info.get("version", f"{major}{minor}.0.0").rpartition(".")[0]


def compiled_core(info: dict[str, str]) -> str:
    """The file beside `pyodide.asm.wasm`: a module from release 314 on."""
    return f"pyodide.asm.{'js' if release(info).startswith('0.') else 'mjs'}"


def run(module: str, *arguments: str, folder: Path = ROOT) -> None:
    """Run a module of Python's in a folder, and be quiet if all goes well.

    Raises:
        RuntimeError: If it fails, with what it said.
    """
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}".strip()
        raise RuntimeError(f"it failed: got {' '.join(command)!r}, which said\n{said}")
