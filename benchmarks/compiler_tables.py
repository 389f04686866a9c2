"""The tables that `compiler_speed.py` prints, in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compiler_workloads import Workload

SCALAR = ("eager", "micrograd")
PACKAGES = ("numpy", "torch", "jax", "micrograd")


@dataclass
class Result:
    """The medians of one workload, in seconds, and what compiling took."""

    workload: Workload
    seconds: dict[str, float]
    compile_seconds: float
    nodes: int


def report(results: list[Result], rounds: int) -> None:
    """Print both tables, as Markdown."""
    print(f"{versions()} Medians of {rounds} interleaved rounds.\n")
    print("| step | by | µs | over ours | wanted | met |\n|---|---|--:|--:|---|---|")
    for result in results:
        print("\n".join(rows_of(result)))
    print("\n| compiled | scalar nodes | seconds | µs a node |\n|---|--:|--:|--:|")
    for result in results:
        print(compile_row(result))


def microseconds(seconds: float) -> str:
    """A time with three digits, or whole microseconds."""
    return f"{seconds * 1e6:,.1f}" if seconds < 1e-4 else f"{seconds * 1e6:,.0f}"


def rows_of(result: Result) -> Iterator[str]:
    """The lines of the table for one workload."""
    ours = result.seconds["ours"]
    title = result.workload.title
    yield f"| {title} | **compiled, ours** | {microseconds(ours)} | 1 | | |"
    for name, seconds in result.seconds.items():
        if name != "ours":
            ratio = seconds / ours
            wanted, met = verdict(name, ratio, result.workload.targets.get(name))
            shown = f"{ratio:,.2f}" if ratio < 100 else f"{ratio:,.0f}"
            label, time = label_of(name, result.workload), microseconds(seconds)
            yield f"| | {label} | {time} | {shown} | {wanted} | {met} |"


def label_of(name: str, workload: Workload) -> str:
    """The competitor, and whether it did less and was scaled up."""
    scaled = name in SCALAR and workload.scaled
    return f"{name}, scaled up from {scaled} examples" if scaled else name


def verdict(name: str, ratio: float, target: float | None) -> tuple[str, str]:
    """What was wanted of the ratio, and whether it is so."""
    if target is None:
        return "", ""
    if name == "NumPy":  # told as ours over NumPy by hand
        met = 1.0 / ratio <= target
        return f"ours <= {target:g} of it", f"{'yes' if met else 'no'}: {1 / ratio:.2f}"
    return f">= {target:,g}", "yes" if ratio >= target else "no"


def compile_row(result: Result) -> str:
    """The line of the second table for one workload."""
    per_node = result.compile_seconds / result.nodes
    return (
        f"| {result.workload.title} | {result.nodes:,} "
        f"| {result.compile_seconds:.3f} | {per_node * 1e6:.2f} |"
    )


def versions() -> str:
    """What was measured with what."""
    import numpy as np

    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Python {platform.python_version()}, {packages}; {blas['name']} "
        f"{blas['version']}; {os.cpu_count()} CPUs, one BLAS thread; float64."
    )
