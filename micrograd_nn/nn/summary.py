"""`Module.summary()`: what each layer holds, and how many scalar nodes it records.

To count them, a copy of the module is called once: the Values that the output of a
layer depends on, and that were not there before its call, are those it recorded.

>>> from micrograd_nn.nn import Layer
>>> summarize(Layer(2, 3, nonlin=False), ()).rows[-1].nodes  # 3 · (2 products + 2 sums)
12
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from micrograd_nn import functions, recording, trees
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.engine import Value
from micrograd_nn.graph import topological_order

if TYPE_CHECKING:
    from micrograd_nn.nn.module import Module


@dataclass
class Row:
    """One line of a summary.

    Attributes:
        name: Where the layer is in the module.
        kind: The name of its class.
        parameters: How many it holds.
        output: The shape of what its last call gave; None if it was not called.
        nodes: How many Values its calls recorded, None if nothing was called.
    """

    name: str
    kind: str
    parameters: int
    output: tuple[int, ...] | None = None
    nodes: int | None = None


@dataclass
class Summary:
    """The rows of a table, which `print` shows; the last row is the total."""

    rows: list[Row]

    def __repr__(self) -> str:
        head = self.rows[-1].kind, "type", "output", "parameters", "scalar nodes"
        return _aligned([head, *map(_cells, self.rows)])


def summarize(module: Module, example_inputs: Sequence[Any]) -> Summary:
    """The summary of `module`; see `Module.summary`."""
    twin = copy.deepcopy(module)  # so that counting leaves the real one alone
    if twin.needs_batch:
        twin.eval()  # there is only one example to call it with
    rows = [
        Row(name, type(child).__name__, len(child.parameters()))
        for name, child in twin.named_children()
    ]
    total = Row("total", type(twin).__name__, len(twin.parameters()))
    inputs = example_inputs or _zeros(twin)
    if inputs is not None:
        with recording.resumed(), ignore_anomaly():
            _count(twin, inputs, total, dict(zip(twin.children(), rows, strict=True)))
    return Summary([*rows, *_rest(twin, rows, total), total])


def _zeros(module: Module) -> tuple[list[Value]] | None:
    sizes = module._sizes()
    return sizes and ([Value(0.0) for _ in range(sizes[0])],)


def _count(
    module: Module, inputs: Sequence[Any], total: Row, rows: dict[Module, Row]
) -> None:
    """Call `module` and fill in what came out of it and of its children."""
    seen: set[Value] = set()
    _new(seen, [module.parameters(), module.buffers(), inputs])
    known = len(seen)
    for child, row in rows.items():
        _watch(child, row, seen)
    _note(module(*inputs), total, seen)
    total.nodes = len(seen) - known


def _watch(child: Module, row: Row, seen: set[Value]) -> None:
    """Make `child`, which is a copy, note its calls in `row`."""
    kind = type(child)

    def call(self: Module, *args: Any, **kwargs: Any) -> Any:
        _new(seen, [args, kwargs])  # what happened on the way here is not its doing
        output = kind.__call__(self, *args, **kwargs)
        _note(output, row, seen)
        return output

    row.nodes = 0
    child.__class__ = type(kind.__name__, (kind,), {"__call__": call})


def _note(output: Any, row: Row, seen: set[Value]) -> None:
    row.output = _shape(output)
    row.nodes = (row.nodes or 0) + _new(seen, output)


def _new(seen: set[Value], tree: Any) -> int:
    """How many Values those in `tree` depend on, themselves too, that are not `seen`.

    They are, from now on.
    """
    values = [leaf for leaf in trees.leaves(tree) if isinstance(leaf, Value)]
    joined = functions.sum(values)  # one root, so that one walk is enough
    before = len(seen)
    seen.update(topological_order(joined)[:-1])
    return len(seen) - before


def _rest(module: Module, rows: list[Row], total: Row) -> list[Row]:
    """A row for what the module does itself, beside its children; none for nothing."""
    inner = {p for child in module.children() for p in child.parameters()}
    own = Row("(itself)", total.kind, total.parameters - len(inner))
    if total.nodes is not None:
        own.nodes = total.nodes - sum(row.nodes or 0 for row in rows)
    return [own] if rows and (own.parameters or own.nodes) else []


def _shape(output: Any) -> tuple[int, ...]:
    if isinstance(output, (list, tuple)) and output:
        return (len(output), *_shape(output[0]))
    return ()


def _cells(row: Row) -> tuple[str, ...]:
    output = "-" if row.output is None else "x".join(map(str, row.output)) or "1"
    nodes = "-" if row.nodes is None else f"{row.nodes:,}"
    kind = "" if row.name == "total" else row.kind
    return row.name, kind, output, f"{row.parameters:,}", nodes


def _aligned(rows: list[tuple[str, ...]]) -> str:
    """The rows as text: two columns of words, then columns of numbers."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
