"""The compiler: from a graph of scalars back to the matrix program that it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Integral
from typing import Any

from micrograd_nn.compiler.program import Program
from micrograd_nn.engine import Value
from micrograd_nn.numbers import shortened

BACKENDS: dict[str, type[Program]] = {"numpy": Program}


def compile(
    target: Value | Callable[..., Any],
    params: Iterable[Value] | None = None,
    *,
    backend: str = "numpy",
    seed: int = 0,
) -> Program:
    """The program that computes `target`, and its gradient, with arrays.

    Args:
        target: A recorded Value, whatever was computed to get there; or a function of
            one example, which is recorded when the program is first called with a
            batch: arrays with one more axis in front.
        params: The leaves whose gradients are wanted; all leaves unless given.
        backend: What runs the program: "numpy".
        seed: Of the random numbers that the function asks for.

    Raises:
        TypeError: If `target` is neither, or a param is not a leaf.
        ValueError: If there is no such backend, or no such seed.

    >>> w = Value(2.0)
    >>> program = compile(lambda x: (w * x).tanh())
    >>> program([0.0, 1.0])
    array([0.        , 0.96402758])
    """
    if isinstance(target, Program) or not (
        isinstance(target, Value) or callable(target)
    ):
        raise TypeError(
            f"nothing to compile: got target={shortened(target)} "
            f"({type(target).__name__}); expected a Value, or a function of one "
            "example. Pass the loss, or a function that returns it."
        )
    if backend not in BACKENDS:
        raise ValueError(
            f"no such backend: got backend={backend!r} ({type(backend).__name__}); "
            f"expected one of {', '.join(BACKENDS)}."
        )
    if not isinstance(seed, Integral) or seed < 0:
        raise ValueError(
            f"not a seed: got seed={seed!r} ({type(seed).__name__}); "
            "expected an integer from 0 up."
        )
    return BACKENDS[backend](target, params, int(seed))


__all__ = ["Program", "compile"]
