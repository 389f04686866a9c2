"""One example as a layer takes it: Values in nested lists, of the sizes it expects.

Users bring numbers, Values, lists, tuples and arrays; layers see Values in lists. Most
layers work along the innermost lists, so that one that takes features takes a sequence
of them too, and does the same at every step.

>>> example = as_values([[1, 2], [3, 4]])
>>> each(lambda x: (2 * x).data, example)
[[2.0, 4.0], [6.0, 8.0]]
>>> along_rows(lambda row: len(row), example)
[2, 2]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.inputs import as_value
from micrograd_nn.numbers import is_number, shortened

Inputs = Any  # Values or numbers, in nested lists, tuples or arrays; or one alone
Nested = Any  # a Value, or lists of these
AXES = 16  # that nested lists may have: one in itself would have no end of them


def as_values(x: Inputs) -> Nested:
    """`x` with its numbers as Values that are no parameters, its arrays as lists.

    Raises:
        TypeError: If something in it is no number.
    """
    if x.__class__ is list and set(map(type, x)) == {Value}:
        return x  # what another layer gave: quick to tell
    if is_number_or_value(x):
        return as_value(x, "input")
    listed = as_list(x)
    if isinstance(listed, (list, tuple)):
        return [as_values(part) for part in listed]
    return as_value(listed, "input")


def as_list(x: Any) -> Any:
    """`x`, if it is an array as a list.

    Raises:
        TypeError: If it is a set or a dictionary.
    """
    if isinstance(x, (dict, set, frozenset)):
        raise TypeError(
            f"inputs have an order: got x={shortened(x)} ({type(x).__name__}); "
            "expected a list, a tuple or an array. Put them in a list."
        )
    return x.tolist() if hasattr(x, "tolist") else x


def is_number_or_value(x: object) -> bool:
    """Whether `x` may be an entry of nested lists."""
    return isinstance(x, Value) or is_number(x)


def shape(
    tree: Any, is_entry: Callable[[object], bool] = is_number_or_value
) -> tuple[int, ...] | None:
    """The lengths of nested lists, outermost first; None if some differ.

    Args:
        tree: Lists, or one entry.
        is_entry: What may be in the innermost lists: if there is something else, that
            has no shape either.

    >>> shape([[1, 2, 3], [4, 5, 6]]), shape(7), shape([[1, 2], [3]]), shape(["a"])
    ((2, 3), (), None, None)
    """
    lengths: list[int] = []
    parts = [tree]
    while not all(map(is_entry, parts)):
        found = {len(x) if isinstance(x, (list, tuple)) else -1 for x in parts}
        if len(found) > 1 or -1 in found or len(lengths) == AXES:
            return None
        lengths += found
        parts = [x for part in parts for x in part]
    return tuple(lengths)


def each(function: Callable[[Any], Any], tree: Nested) -> Any:
    """What `function` gives for every Value, in lists as those came."""
    if isinstance(tree, list):
        return [each(function, branch) for branch in tree]
    return function(tree)


def along_rows(function: Callable[[list[Value]], Any], tree: Nested) -> Any:
    """What `function` gives for every innermost list; one Value is a list of one.

    Raises:
        ValueError: If a list has both Values and lists in it.
    """
    row = tree if isinstance(tree, list) else [tree]
    lists = sum([x.__class__ is list for x in row])
    if not lists:
        return function(row)
    if lists < len(row):
        raise ValueError(
            f"ragged: got x={shortened(row)} (list) with lists beside numbers; "
            "expected the same depth everywhere."
        )
    return [along_rows(function, branch) for branch in row]


def require(title: str, what: str, got: int, expected: int, next_step: str) -> None:
    """Refuse an example that has a wrong number of something.

    Args:
        title: The layer, as in `Linear(3 -> 2)`.
        what: Of what, in the plural.
        got: How many there are.
        expected: How many there should be.
        next_step: A sentence.

    Raises:
        ValueError: If they differ.
    """
    if got != expected:
        raise ValueError(
            f"wrong number of {what}: {title} got {got} {what}; expected {expected}. "
            f"{next_step}"
        )


def require_shape(title: str, x: Nested, wanted: str) -> tuple[int, ...]:
    """The shape of `x`, which must be that of `wanted`.

    Args:
        title: The layer, as in `Conv1d(3 -> 2)`.
        x: Nested lists.
        wanted: The names of its axes, as in `[channels][length]`.

    Raises:
        ValueError: If it has more axes or fewer, or if lists differ in length.
    """
    found, advice = shape(x), f"Pass one example as {wanted}."
    if found is None:
        raise ValueError(
            f"ragged: {title} got lists of several lengths; expected equal ones. "
            f"{advice}"
        )
    require(title, "dimensions", len(found), wanted.count("["), advice)
    return found


def size(number: Any, name: str, least: int = 1) -> int:
    """`number` as an int.

    Raises:
        ValueError: If it is no whole number, or below `least`.
    """
    if not hasattr(number, "__index__") or number < least:
        raise ValueError(
            f"not a size: got {name}={shortened(number)} ({type(number).__name__}); "
            f"expected a whole number, {least} or more."
        )
    return int(number)


def sizes(
    given: Any, name: str, count: int | None = None, least: int = 1
) -> tuple[int, ...]:
    """One size or several as a tuple; one stands for `count` equal ones.

    Raises:
        ValueError: If there are not `count` of them, or one is no size.

    >>> sizes(3, "kernel_size", 2), sizes((1, 2), "kernel_size", 2)
    ((3, 3), (1, 2))
    """
    listed = [given] * (count or 1) if not isinstance(given, (list, tuple)) else given
    if len(listed) != (count or len(listed)) or not listed:
        raise ValueError(
            f"wrong number of sizes: got {name}={shortened(given)} "
            f"({type(given).__name__}); expected one, or {count or 'more'} in a tuple."
        )
    return tuple(size(number, name, least) for number in listed)
