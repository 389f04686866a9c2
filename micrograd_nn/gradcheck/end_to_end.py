"""End to end: the gradients of a whole function against its finite differences."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable

from micrograd_nn.engine import Value
from micrograd_nn.gradcheck.finite_difference import Derivative, derivative
from micrograd_nn.gradcheck.function import (
    CheckedFunction,
    Line,
    axis,
    derivative_name,
    gradient_of,
    random_direction,
    recorded,
    summed,
    values_along,
)
from micrograd_nn.gradcheck.verdict import Comparison, Verdict, compare

LIMIT = 200  # gradients that are compared one by one
SAMPLE = 50  # inputs that are, if there are more


def compare_all(
    functions: Iterable[CheckedFunction], rtol: float, rng: random.Random
) -> tuple[list[Comparison], list[str]]:
    """The comparisons of the gradients of each function, and notes on what they cover.

    For a function that is not deterministic there is one row, which says so.
    """
    rows: list[Comparison] = []
    notes: list[str] = []
    for function in functions:
        outputs = recorded(function)
        if _data(outputs) != _data(recorded(function)):
            return [
                Comparison("f", math.nan, Derivative(), Verdict.NONDETERMINISTIC)
            ], []
        notes += _coverage(len(outputs), len(function.variables))
        rows += _compare(function, outputs, rtol, rng)
    return rows, notes


def _data(outputs: dict[str, Value]) -> dict[str, str]:
    return {
        name: repr(y.data) for name, y in outputs.items()
    }  # as text, nan equals nan


def _coverage(outputs: int, inputs: int) -> list[str]:
    notes = []
    if _are_too_many(outputs, inputs):
        notes += [f"{outputs} outputs were checked as one sum with random weights"]
    if inputs > LIMIT:
        notes += [
            f"{inputs} inputs were checked in one random direction, all together, and "
            f"{SAMPLE} of them one by one"
        ]
    return notes


def _are_too_many(outputs: int, inputs: int) -> bool:
    return outputs > 1 and outputs * inputs > LIMIT


def _compare(
    function: CheckedFunction,
    outputs: dict[str, Value],
    rtol: float,
    rng: random.Random,
) -> list[Comparison]:
    if _are_too_many(len(outputs), len(function.variables)):
        function = summed(function, rng)
        outputs = recorded(function)
    gradients = {name: gradient_of(y, function) for name, y in outputs.items()}
    rows = []
    for line in _lines(function.variables, rng):
        rows += _compare_along(line, function, gradients, rtol)
    return rows


def _lines(variables: dict[str, Value], rng: random.Random) -> list[Line]:
    """Every axis; or of too many a random direction, and a sample of the axes."""
    if len(variables) <= LIMIT:
        return [axis(name, variable) for name, variable in variables.items()]
    sample = rng.sample(list(variables), SAMPLE)
    everywhere = random_direction(variables.values(), rng)
    return [everywhere, *(axis(name, variables[name]) for name in sample)]


def _compare_along(
    line: Line,
    function: CheckedFunction,
    gradients: dict[str, dict[Value, float]],
    rtol: float,
) -> list[Comparison]:
    values = values_along(function, line)
    rows = []
    for output, gradient in gradients.items():
        analytic = sum(weight * gradient[v] for v, weight in line.weights.items())
        numeric = derivative(_picked(values, output), line.start)
        name = derivative_name(output, line.name)
        rows.append(compare(name, analytic, numeric, rtol))
    return rows


def _picked(
    values: Callable[[float], dict[str, float]], output: str
) -> Callable[[float], float]:
    return lambda t: values(t).get(output, math.nan)
