"""The one traversal of a recorded graph: iterative, ordered, the same on every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from micrograd_nn.engine import Value


def topological_order(root: Value, seen: set[Any] | None = None) -> list[Value]:
    """Every Value that `root` was computed from, operands before results, root last.

    Each Value comes once, however often it is used. The order depends only on the
    order of operands. Depth is limited by memory alone; time and space are linear.

    Args:
        root: Where to start.
        seen: Values to leave out, with all that they were computed from; those that
            come are added to it.

    >>> from micrograd_nn import Value
    >>> a = Value(2.0)
    >>> [v.data for v in topological_order(a * a + 1)]
    [2.0, 4.0, 1.0, 5.0]
    """
    order: list[Any] = []
    seen = set() if seen is None else seen
    seen.add(None)  # which stands for an operand that is not there
    # Depth first. None on the stack says: the operands of the node beneath are done.
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if node is None:
            order.append(stack.pop())
        elif node not in seen:
            seen.add(node)
            a, b = node._a, node._b
            if a in seen and b in seen:
                order.append(node)
                continue
            stack.append(node)
            stack.append(None)
            # The last operand first, so that the first is the first to come off.
            if a.__class__ is tuple:
                stack += a[::-1]
                continue
            if b not in seen:
                stack.append(b)
            if a not in seen:
                stack.append(a)
    return order
