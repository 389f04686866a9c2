"""Gradients of functions, as functions, to any order.

>>> f = lambda x: x**3
>>> grad(f)(2.0), grad(grad(f))(2.0), grad(grad(grad(f)))(2.0)
(12.0, 12.0, 6.0)

A second derivative is the derivative of a gradient, so the gradient must be a graph
too. `backward()` reads an op's partials with floats; here the same partials are read
with Values, and what comes out can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from micrograd_nn import epochs, recording, trees
from micrograd_nn.anomaly import ignore_anomaly, report_gradient
from micrograd_nn.engine import Value, apply, constant
from micrograd_nn.graph import topological_order
from micrograd_nn.namespaces import VALUES
from micrograd_nn.numbers import as_number, is_number, shortened
from micrograd_nn.ops import IDENTITY

Argnums = int | Sequence[int]

# Whether some gradient is being taken of the code that runs: its numbers may then be
# inputs of that gradient, so results must stay Values.
_nested: ContextVar[bool] = ContextVar("micrograd_nn_nested", default=False)


def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that gives the gradient of `f`.

    Args:
        f: Takes Values, or lists, tuples, dictionaries or arrays of them; returns one.
        argnums: Which positional arguments to differentiate by; several give a tuple.

    Returns:
        A function of the same arguments. Its result has the shape of the argument:
        floats for numbers; Values, which can be differentiated again, for Values. No
        `.grad` is touched.

    >>> grad(lambda w, x: (w[0] * x + w[1]) ** 2)([3.0, 1.0], 2.0)
    [28.0, 14.0]
    """

    def gradient(*args: Any, **kwargs: Any) -> Any:
        return value_and_grad(f, argnums)(*args, **kwargs)[1]

    return gradient


def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that gives `(f(...), gradient)`; else as `grad`.

    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (10.0, (5.0, 2.0))
    """

    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        chosen = _chosen(argnums, args)
        value, inputs = _evaluated(f, chosen, args, kwargs)
        finish = _finish((*args, *kwargs.values()))
        partials = map(finish, gradients_of(value, trees.leaves(inputs)))
        found = trees.rebuilt(inputs, partials)
        number = value if finish is not _number else value.data
        return number, found[0] if isinstance(argnums, int) else tuple(found)

    return both


def hessian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that gives the second derivatives of `f`.

    Its result has the shape of the arguments twice: for a list of n numbers a list of n
    lists of n. Else as `grad`.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0])
    [[10.0, 6.0], [6.0, 0.0]]
    """

    def second(*args: Any, **kwargs: Any) -> Any:
        chosen = _chosen(argnums, args)
        value, inputs = _evaluated(f, chosen, args, kwargs)
        leaves = trees.leaves(inputs)
        with recording.resumed():
            firsts = gradients_of(value, leaves)
        rows = [
            map(_finish((*args, *kwargs.values())), gradients_of(first, leaves))
            for first in firsts
        ]
        if isinstance(argnums, int):
            shaped = [trees.rebuilt(inputs[0], row) for row in rows]
            return trees.rebuilt(inputs[0], iter(shaped))
        shaped = [tuple(trees.rebuilt(inputs, row)) for row in rows]
        return tuple(trees.rebuilt(inputs, iter(shaped)))

    return second


def gradients_of(root: Value, inputs: Sequence[Value]) -> list[Value]:
    """d(root)/d(input) for each input, as Values that can be differentiated again.

    Raises:
        TypeError: If an op below was written by hand: its rule gives numbers only.
        RuntimeError: If `.data` was assigned after it was used.
    """
    order = topological_order(root)
    stop = set(inputs)
    wanted = _depending_on(stop, order)
    total: dict[Value, Value] = {root: constant(1.0)}
    for node in reversed(order):
        if node in total and node in wanted and node not in stop:
            for operand, partial in zip(node.operands, _partials(node), strict=True):
                if operand in wanted:
                    _add(total, operand, partial, total[node])
    return [total.get(value, constant(0.0)) for value in inputs]


def _depending_on(inputs: set[Value], order: list[Value]) -> set[Value]:
    wanted = set(inputs)
    for node in order:
        if not wanted.isdisjoint(node.operands):
            wanted.add(node)
    return wanted


def _partials(node: Value) -> Sequence[Any]:
    """The partials of `node` read with Values: numbers where they are constant."""
    op = node.op
    if op.partials is None:
        raise TypeError(
            f"no formula to differentiate: got op={op.symbol!r} made by hand; expected "
            "ops from records. Define it with micrograd_nn.op.Op and apply()."
        )
    epochs.check(node)
    with ignore_anomaly():  # a branch that is not taken may hold log(0)
        if op.nary:
            return list(op.partials[0](VALUES, node, node.operands))
        return [partial(VALUES, node, *node.operands) for partial in op.partials]


def _add(total: dict[Value, Value], operand: Value, partial: Any, grad: Value) -> None:
    is_one = isinstance(partial, float) and partial == 1.0
    product = grad if is_one else grad * partial
    total[operand] = total[operand] + product if operand in total else product


def _chosen(argnums: Argnums, args: tuple[Any, ...]) -> list[int]:
    chosen = [argnums] if isinstance(argnums, int) else list(argnums)
    positions = [position % max(len(args), 1) for position in chosen]
    for position in chosen:
        if not -len(args) <= position < len(args):
            raise TypeError(
                f"no such argument: got argnums={argnums!r} for {len(args)} positional "
                "arguments; expected positions of those. Pass them by position."
            )
    if len(set(positions)) < len(positions):
        raise ValueError(
            f"an argument twice: got argnums={argnums!r}; expected each one once. "
            "Remove the repetition."
        )
    return positions


def _evaluated(
    f: Callable[..., Any], chosen: list[int], args: tuple[Any, ...], kwargs: Any
) -> tuple[Value, list[Any]]:
    """`f` of the arguments, and the fresh Values that stand for the chosen ones."""
    inputs = [_fresh(args[position], position) for position in chosen]
    replaced = dict(zip(chosen, inputs, strict=True))
    with _taking_a_gradient():
        value = f(*(replaced.get(i, arg) for i, arg in enumerate(args)), **kwargs)
    if not isinstance(value, Value) and not is_number(value):
        raise TypeError(
            f"not a scalar: got {shortened(value)} ({type(value).__name__}) from f; "
            "expected a Value or a number. Sum or pick one of its results."
        )
    return value if isinstance(value, Value) else constant(float(value)), inputs


def _fresh(tree: Any, position: int) -> Any:
    # A copy through IDENTITY: what f reaches some other way is not this argument.
    name = f"argument {position}"
    found = [
        x if isinstance(x, Value) else Value(as_number(x, path))
        for x, path in zip(trees.leaves(tree), trees.paths(tree, name), strict=True)
    ]
    with recording.resumed():
        return trees.rebuilt(tree, iter([apply(IDENTITY, x) for x in found]))


@contextmanager
def _taking_a_gradient() -> Iterator[None]:
    token = _nested.set(True)
    try:
        with recording.resumed():
            yield
    finally:
        _nested.reset(token)


def _finish(args: tuple[Any, ...]) -> Callable[[Value], Value | float]:
    """What makes a result of a Value: nothing where Values came in, else its number."""
    keep = _nested.get() or any(isinstance(x, Value) for x in trees.leaves(args))
    return (lambda value: value) if keep else _number


def _number(value: Value) -> float:
    if value.data - value.data:
        report_gradient(value.data)
    return value.data
