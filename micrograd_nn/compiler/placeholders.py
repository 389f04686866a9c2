"""Recording a function of one example: it is called once, with inputs without numbers.

>>> from micrograd_nn import Value
>>> w = Value(2.0, label="w")
>>> recorded = record(lambda x: w * x[0] + x[1], [Spec((2,))])
>>> recorded.inputs[0], recorded.outputs.op.name
([Value(<input>, label='x[0]'), Value(<input>, label='x[1]')], '+')
"""

from __future__ import annotations

import inspect
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from micrograd_nn import recording, trees
from micrograd_nn.engine import Value, constant, source
from micrograd_nn.numbers import ADVICE, as_number, is_number, shortened
from micrograd_nn.op import INDEX, INPUT


class Spec(NamedTuple):
    """What one argument of the function is.

    Attributes:
        shape: The shape for one example; `()` is a single number.
        integer: Whether it holds whole numbers, which may be used as indexes.
    """

    shape: tuple[int, ...]
    integer: bool = False


@dataclass
class Recorded:
    """What a function did with its inputs.

    Attributes:
        outputs: What it returned: Values, in the lists, tuples and dictionaries that
            they came in. Numbers became constants, arrays lists.
        inputs: For each argument its placeholders, as a flat list in C order.
        random: The random numbers that it asked for, in that order.
    """

    outputs: Any
    inputs: list[list[Value]]
    random: list[Value]


def record(f: Callable[..., Any], specs: Sequence[Spec]) -> Recorded:
    """What `f` does with one example, recorded.

    Args:
        f: Takes a Value for each spec of shape (), else nested lists of Values.
        specs: One for each argument.

    Raises:
        TypeError: If `f` reads a number, draws one that is not of `randomness`, or
            returns something other than Values and numbers. What `f` raises comes out.
    """
    names = argument_names(f, len(specs))
    arguments = [placeholders(spec, x) for spec, x in zip(specs, names, strict=True)]
    inputs = [trees.leaves(argument) for argument in arguments]
    before = _random_states()
    with recording.symbolic() as draws:
        result = f(*arguments)
        outputs = _outputs(result, "result")
    _require_no_draws(f, before)
    return Recorded(outputs, inputs, draws)


def placeholders(spec: Spec, name: str) -> Any:
    """A placeholder, or nested lists of them by shape, labelled as `name[2][0]`."""
    mark = INDEX if spec.integer else INPUT
    blank = _nested(spec.shape, iter(range(math.prod(spec.shape))))
    return trees.rebuilt(
        blank, iter([source(mark, label) for label in trees.paths(blank, name)])
    )


def _nested(shape: Sequence[int], flat: Iterator[Any]) -> Any:
    if not shape:
        return next(flat)
    return [_nested(shape[1:], flat) for _ in range(shape[0])]


def argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """The names that `f` has for so many positional arguments.

    Raises:
        TypeError: If it does not take so many.

    >>> argument_names(lambda x, *more: x, 3)
    ['x', 'more[0]', 'more[1]']
    """
    try:
        bound = inspect.signature(f).bind(*range(count))
    except TypeError as error:
        raise TypeError(
            f"arguments do not fit: got {count} arrays; expected those of "
            f"{_name(f)}: {error}. Pass one array for each argument."
        ) from None
    except ValueError:  # no signature, as of some built-ins
        return [f"x{i}" for i in range(count)]
    names = []
    for name, given in bound.arguments.items():
        many = isinstance(given, tuple)
        names += [f"{name}[{i}]" for i in range(len(given))] if many else [name]
    return names


def _name(f: Callable[..., Any]) -> str:
    return str(getattr(f, "__name__", type(f).__name__))


def _outputs(tree: Any, path: str) -> Any:
    """What a function returned, its numbers as constants and its arrays as lists."""
    if isinstance(tree, Value):
        return tree
    if isinstance(tree, np.ndarray) and tree.ndim:
        tree = tree.tolist()
    if isinstance(tree, dict):
        return {key: _outputs(x, f"{path}[{key!r}]") for key, x in tree.items()}
    if isinstance(tree, (list, tuple)):
        found = [_outputs(x, f"{path}[{i}]") for i, x in enumerate(tree)]
        return tuple(found) if isinstance(tree, tuple) else found
    if is_number(tree):
        return constant(as_number(tree, path))
    kind = type(tree).__name__
    advice = ADVICE.get(kind, "Return what the formula gives, and print the rest")
    raise TypeError(
        f"not an output: got {path}={shortened(tree)} ({kind}) from the function; "
        f"expected Values, in lists, tuples or dictionaries if several. {advice}."
    )


def _random_states() -> tuple[Any, ...]:
    """The states of the generators that one can draw from without a seed at hand."""
    legacy: Any = np.random.get_state()
    return random.getstate(), legacy[1].tobytes(), legacy[2:]


def _require_no_draws(f: Callable[..., Any], before: tuple[Any, ...]) -> None:
    if _random_states() != before:
        raise TypeError(
            f"the program would freeze a random number: got {_name(f)}, which draws "
            "from random or np.random while it is recorded; expected no draws. Write "
            "mn.randomness.uniform(), normal() or bernoulli(p), and make modules "
            "outside of the function."
        )
