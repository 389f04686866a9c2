import ast
import builtins
import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import micrograd_nn

ROOT = Path(micrograd_nn.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
CORE = [
    *("anomaly", "by_hand", "chain_rule", "conversions", "copying", "engine", "epochs"),
    *("functions", "gradients", "graph", "namespaces", "numbers", "op", "ops"),
    *("randomness", "recording", "trees"),
]

named = pytest.mark.parametrize("name", micrograd_nn.__all__)
in_file = pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))


def module_of(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path):
    """Modules that are imported when the file is: not in functions, not for types."""
    found = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def ours(names):
    """Those of the imported names that are files of the package, or in one."""
    modules = {module_of(path) for path in FILES} - {"micrograd_nn"}
    files = {name if name in modules else name.rpartition(".")[0] for name in names}
    return files & modules


def test_the_public_names_are_sorted_and_complete():
    public = {
        name
        for name, value in vars(micrograd_nn).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert micrograd_nn.__all__ == sorted(micrograd_nn.__all__)
    assert public - set(micrograd_nn.__all__) == {"sum", "max", "min"}
    assert set(micrograd_nn.__all__) <= public


def test_a_star_import_leaves_the_builtins_alone():
    assert not set(micrograd_nn.__all__) & set(dir(builtins))


def test_the_version_is_one():
    assert micrograd_nn.__version__.count(".") == 2


@named
def test_public_names_say_what_they_are(name):
    thing = getattr(micrograd_nn, name)
    if not callable(thing):
        return  # a table
    first = inspect.getdoc(thing).split("\n")[0]

    assert first.endswith((".", ":"))
    assert not first.lower().startswith(("return", "this ", "function", "get "))


@pytest.mark.parametrize("name", CORE)
def test_public_functions_of_the_core_are_documented(name):
    module = importlib.import_module(f"micrograd_nn.{name}")

    assert module.__doc__
    assert ">>>" in inspect.getsource(module)
    for attribute, thing in vars(module).items():
        if inspect.isfunction(thing) and thing.__module__ == module.__name__:
            assert attribute.startswith("_") or thing.__doc__, attribute


@in_file
def test_files_are_short_enough_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


@pytest.mark.parametrize("name", CORE)
def test_the_core_needs_the_standard_library_alone(name):
    tops = {module.split(".")[0] for module in imports_of(ROOT / f"{name}.py")}

    assert tops <= {*sys.stdlib_module_names, "micrograd_nn"}


def test_imports_go_one_way():
    below = {module_of(path): ours(imports_of(path)) for path in FILES}
    while below:
        free = {module for module, needs in below.items() if not needs & set(below)}

        assert free, f"these import each other: {sorted(below)}"
        below = {module: needs for module, needs in below.items() if module not in free}


def test_importing_the_package_imports_nothing_heavy():
    script = "import sys, micrograd_nn, micrograd_nn.engine; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    heavy = {"numpy", "graphviz", "matplotlib", "sklearn", "scipy", "torch", "jax"}

    assert not heavy & set(run.stdout.split())


def test_the_engine_alone_is_enough():
    script = "from micrograd_nn.engine import Value; print((Value(2.0) * 3).data)"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert run.stdout == "6.0\n"
