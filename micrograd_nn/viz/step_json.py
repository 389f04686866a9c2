"""Steps as JSON, for pages and other tools.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.steps import steps
>>> data = as_data(steps(Value(2.0, label="x").exp()))
>>> data["nodes"][0]["name"], data["steps"][-1]["contribution"]
('x', 7.38905609893065)
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from micrograd_nn.viz import step_table
from micrograd_nn.viz.marks import marks_of
from micrograd_nn.viz.text import clean

if TYPE_CHECKING:
    from micrograd_nn.viz.steps import Steps


def as_json(steps: Steps) -> str:
    """`as_data` as strict JSON text: nan and infinities are "nan", "inf", "-inf"."""
    return json.dumps(strict(as_data(steps)), allow_nan=False, ensure_ascii=False)


def as_data(steps: Steps) -> dict[str, Any]:
    """The Values and the steps as dictionaries.

    Returns:
        "nodes", a list with for each Value its "name", "op", "data", "grad" (None if
        nothing reaches it), "operands" (positions in this list), "constant", and
        "marks", a list of "kind" and "text"; and "steps", a list with the fields of
        `Step` and the "text" of the table.
    """
    return {
        "nodes": _nodes(steps),
        "steps": [asdict(s) | {"text": step_table.line(steps, s)} for s in steps],
    }


def _nodes(steps: Steps) -> list[dict[str, Any]]:
    graph, marks = steps.graph, marks_of(steps)
    return [
        {
            "name": graph.names[i],
            "op": clean(node._op),
            "data": graph.data[i],
            "grad": steps.grads[i],
            "operands": list(graph.operands[i]),
            "constant": graph.is_constant(i),
            "marks": [mark._asdict() for mark in marks.get(i, ())],
        }
        for i, node in enumerate(graph.order)
    ]


def strict(x: Any) -> Any:
    """`x` with texts for what JSON has no numbers for."""
    if isinstance(x, dict):
        return {key: strict(item) for key, item in x.items()}
    if isinstance(x, (list, tuple)):
        return [strict(item) for item in x]
    return str(x) if isinstance(x, float) and not math.isfinite(x) else x
