"""A graph run forward again with other numbers, beside the graph itself.

>>> from micrograd_nn import Value
>>> from micrograd_nn.viz.snapshot import snapshot
>>> x = Value(2.0)
>>> graph = snapshot(x * x + 1)
>>> replayed(graph, {0: 3.0}).data, x.data
([3.0, 9.0, 1.0, 10.0], 2.0)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from micrograd_nn.namespaces import read_floats
from micrograd_nn.viz.snapshot import Snapshot


def replayed(graph: Snapshot, numbers: Mapping[int, float]) -> Snapshot:
    """`graph` as it would be with other data at some of its nodes.

    What depends on them is computed anew; all else keeps its number.

    Args:
        graph: As it was run.
        numbers: The new data of nodes, by position; of any nodes, not of leaves alone.

    Raises:
        TypeError: If an op that is to be run again was written by hand.
    """
    data = list(graph.data)
    changed: list[bool] = []
    for i, operands in enumerate(graph.operands):
        changed.append(i in numbers or any(changed[x] for x in operands))
        if i in numbers:
            data[i] = numbers[i]
        elif changed[i]:
            data[i] = forward(graph, i, [data[x] for x in operands])
    return replace(graph, data=data)


def forward(graph: Snapshot, i: int, operands: list[float]) -> float:
    """What the op of node `i` gives for these data of its operands.

    Raises:
        TypeError: If the op was written by hand.
    """
    op = graph.ops[i]
    if op.forward is None:
        raise TypeError(
            f"no formula to run again: got {graph.names[i]} with op={op.symbol!r} made "
            "by hand; expected ops from records. Define it with micrograd_nn.op.Op and "
            "apply()."
        )
    return float(read_floats(op.forward, *([operands] if op.nary else operands)))
