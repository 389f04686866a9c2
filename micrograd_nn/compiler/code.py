"""The text of a program: bindings of names to arrays, then lines that use them.

The source defines one function, `bind(U, V, dU, dV, B)`, which is called once for each
batch size. It names every array that a step touches, and returns two functions without
arguments beyond the inputs: `forward` and `backward`. They allocate nothing.

`U` holds one number for each node that is the same for all examples, parameters first;
`V` has a row for each node that differs, and B columns. `dU` and `dV` hold their grads.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Dims = tuple[int, ...]
KEYWORD_OUT = ("maximum", "minimum")  # NumPy 2.4 warns of a third argument to these
PART = re.compile(r"(t\d+)\[:")  # an array but for its last row
INPUT = re.compile(r"x\d+\b")  # how inputs are called in the source


@dataclass
class Code:
    """A program in the making.

    Attributes:
        batched: Whether there is a batch axis at all.
        bindings: Names and the expressions that they stand for.
        forward: The lines of the forward pass.
        backward: The lines of the backward pass.
        constants: Arrays that the bindings refer to, by name.
        prologue: What is done once before any run.
    """

    batched: bool
    bindings: dict[str, str] = field(default_factory=dict)
    forward: list[str] = field(default_factory=list)
    backward: list[str] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)
    prologue: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _free: dict[tuple[Any, ...], list[str]] = field(default_factory=dict)
    _kinds: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = self.forward

    def emit(self, line: str) -> None:
        """Add a line to the pass that is being written."""
        self.lines.append(line)

    def call(self, function: str, *arguments: Any) -> None:
        """Add a call, which writes into its last argument.

        Floats among the arguments become arrays, which NumPy reads twice as quickly.
        """
        *given, out = map(self._named, arguments)
        if function == "dot":  # as a method: the function looks at types in Python
            self.emit(f"{given[0]}.dot({given[1]}, {out})")
            return
        keyword = "out=" if function in KEYWORD_OUT else ""
        self.emit(f"{function}({', '.join([*given, keyword + out])})")

    def copy(self, out: str, source: str | float) -> None:
        """Add a line that copies an array or a number into another array."""
        self.emit(f"{out}[...] = {text(source)}")

    def _named(self, argument: Any) -> str:
        if isinstance(argument, float):
            return self.bind(f"array({text(argument)})", "k")
        return str(argument)

    def bind(self, expression: str, prefix: str = "v") -> str:
        """A name for the array that `expression` gives; the same for the same.

        What is made of an input is written out instead: it differs from run to run.
        """
        if INPUT.match(expression):
            return expression
        if expression not in self._names:
            name = f"{prefix}{len(self.bindings)}"
            self._names[expression] = name
            self.bindings[name] = expression
        return self._names[expression]

    def constant(self, array: np.ndarray[Any, Any], prefix: str = "c") -> str:
        """A name for numbers or indexes that are the same in every run."""
        array = np.ascontiguousarray(array)
        key = f"{prefix}{array.dtype}{array.shape}{array.tobytes()!r}"
        if key not in self._names:
            self._names[key] = f"{prefix}{len(self.constants)}"
            self.constants[self._names[key]] = array
        return self._names[key]

    def sum_first(self, name: str, count: int, out: str, sign: float = 1.0) -> None:
        """Sum over the first axis; as a product with ones that takes half the time."""
        if self.is_plain(name) and self.is_plain(out):
            ones = self.bind(f"full({count}, {sign})")
            rows = self.bind(f"{name}.reshape({count}, -1)")
            self.call("dot", ones, rows, self.bind(f"flat({out})"))
        else:
            self.emit(f"add.reduce({name}, 0, None, {out})")
            if sign < 0:
                self.call("negative", out, out)

    def buffer(self, dims: Dims, batched: bool, kind: str = "float") -> str:
        """A name for an array of its own."""
        name = f"t{len(self.bindings)}"
        shape = ", ".join([*map(str, dims), *(["B"] if batched else [])])
        self.bindings[name] = f"empty(({shape},), {kind})"
        self._kinds[name] = (dims, batched, kind)
        return name

    def own(self, expression: str) -> str:
        """A name for an array that `expression` makes, and nobody else has."""
        name = f"t{len(self.bindings)}"
        self.bindings[name] = expression
        return name

    def function(self, function: Any) -> str:
        """A name for a function that lines call."""
        name = f"f{len(self.constants)}"
        self.constants[name] = function
        return name

    @property
    def numbers_per_example(self) -> int:
        """How many numbers the buffers hold for each example."""
        return sum(
            math.prod(dims) for dims, batched, _ in self._kinds.values() if batched
        )

    def scratch(self, dims: Dims, batched: bool, kind: str = "float") -> str:
        """As `buffer`, but one that was given back with `release` may come again."""
        free = self._free.get((dims, batched, kind))
        return free.pop() if free else self.buffer(dims, batched, kind)

    def release(self, names: Iterable[str]) -> None:
        """Give scratch buffers back."""
        for name in names:
            free = self._free.setdefault(self._kinds[name], [])
            if name not in free:
                free.append(name)

    def is_plain(self, name: str) -> bool:
        """Whether an array lies in one piece."""
        if name not in self.bindings:  # an input
            return False
        inner = self.bindings[name]
        if inner.endswith(".reshape(B)"):  # a row
            return self.is_plain(inner.removesuffix(".reshape(B)"))
        part = PART.match(self.bindings[name])
        if part:
            return self.is_plain(part.group(1))
        inner = self.bindings[name].removeprefix("merged(").rstrip(")")
        if inner in self.bindings:
            return self.is_plain(inner)
        return inner.startswith(("U[", "V[", "dU[", "dV[", "empty(", "zeros("))

    def source(self, inputs: Iterable[str]) -> str:
        """The whole program as Python."""
        names = list(inputs)
        arguments = ", ".join(names)
        lines = ["def bind(U, V, dU, dV, B):"]
        lines += [
            f"    {name} = {expression}" for name, expression in self.bindings.items()
        ]
        lines += [f"    {line}" for line in self.prologue]
        heads = (f"forward({arguments})", f"backward({', '.join(['seed', *names])})")
        for head, body in zip(heads, (self.forward, self.backward), strict=True):
            lines += ["", f"    def {head}:"]
            lines += [f"        {line}" for line in body or ["pass"]]
        return "\n".join([*lines, "", "    return forward, backward", ""])


def text(argument: Any) -> str:
    """An argument as source: exact floats, names as they are."""
    if isinstance(argument, float):
        return repr(argument) if np.isfinite(argument) else f"float('{argument}')"
    return str(argument)
