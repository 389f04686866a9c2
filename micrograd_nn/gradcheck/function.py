"""The function under check: its inputs are Values that can be moved and put back.

>>> function = checked_function(lambda x, y: x * y, (3.0, 4.0), {}, ())
>>> list(function.variables)
['x', 'y']
>>> output = function.outputs()["f"]
>>> list(gradient_of(output, function).values())
[4.0, 3.0]
"""

from __future__ import annotations

import functools
import inspect
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from micrograd_nn import trees
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.engine import Value, constant
from micrograd_nn.gradients import gradients_of
from micrograd_nn.graph import topological_order
from micrograd_nn.numbers import as_number, is_number, shortened
from micrograd_nn.recording import no_grad, resumed


@dataclass(frozen=True)
class CheckedFunction:
    """A function without arguments, and the Values that it depends on.

    Attributes:
        outputs: Computes the outputs, by name, from the data that the variables have.
        variables: Inputs and parameters by name.
    """

    outputs: Callable[[], dict[str, Value]]
    variables: dict[str, Value]


def checked_function(
    f: Callable[..., Any],
    inputs: Sequence[Any],
    named_inputs: Mapping[str, Any],
    parameters: Iterable[Value],
) -> CheckedFunction:
    """`f` of copies of its inputs, with the parameters that it closes over.

    Raises:
        TypeError: If an input is not a number, or a parameter not a Value. When the
            function is computed, if an output is neither.
    """
    variables: dict[str, Value] = {}
    names = _argument_names(f, len(inputs))
    args = [_copied(x, name, variables) for x, name in zip(inputs, names, strict=True)]
    kwargs = {name: _copied(x, name, variables) for name, x in named_inputs.items()}
    _add_parameters(parameters, variables)
    return CheckedFunction(lambda: _named_outputs(f(*args, **kwargs)), variables)


def _argument_names(f: Callable[..., Any], count: int) -> list[str]:
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except ValueError:  # some callables written in C have none
        parameters = []
    plain = [p.name for p in parameters if p.kind <= p.POSITIONAL_OR_KEYWORD][:count]
    return plain + [f"inputs[{i}]" for i in range(len(plain), count)]


def _copied(tree: Any, name: str, variables: dict[str, Value]) -> Any:
    """A tree of new Values, each also entered into `variables`."""
    copies = {}
    for x, path in zip(trees.leaves(tree), trees.paths(tree, name), strict=True):
        number = x.data if isinstance(x, Value) else as_number(x, path)
        copies[path] = Value(number, label=path)
    variables |= copies
    return trees.rebuilt(tree, iter(copies.values()))


def _add_parameters(parameters: Iterable[Value], variables: dict[str, Value]) -> None:
    for position, value in enumerate(parameters):
        name = f"parameters[{position}]"
        if not isinstance(value, Value):
            raise TypeError(
                f"not a parameter: got {name}={shortened(value)} "
                f"({type(value).__name__}); expected a Value. "
                "Pass those that f closes over, as model.parameters()."
            )
        if value not in variables.values():  # a model may share one
            taken = not value.label or value.label in variables
            variables[name if taken else value.label] = value


def _named_outputs(result: Any) -> dict[str, Value]:
    outputs = {}
    names = trees.paths(result, "f")
    for name, leaf in zip(names, trees.leaves(result), strict=True):
        if not isinstance(leaf, Value) and not is_number(leaf):
            raise TypeError(
                f"not an output: got {name}={shortened(leaf)} "
                f"({type(leaf).__name__}); expected a Value, or several in a list. "
                "Return what is to be differentiated."
            )
        outputs[name] = leaf if isinstance(leaf, Value) else constant(float(leaf))
    return outputs


def recorded(function: CheckedFunction) -> dict[str, Value]:
    """The outputs with their graphs, even inside `no_grad`."""
    with resumed(), ignore_anomaly():
        return function.outputs()


def graph_of(outputs: Mapping[str, Value]) -> list[Value]:
    """Every node that the outputs were computed from, once, operands first."""
    orders = map(topological_order, outputs.values())
    return list(dict.fromkeys(node for order in orders for node in order))


def gradient_of(output: Value, function: CheckedFunction) -> dict[Value, float]:
    """The grads that `output.backward()` gives the variables, before it is undone."""
    variables = function.variables.values()
    nodes = [*topological_order(output), *variables]
    with grads_restored(nodes), ignore_anomaly():
        for node in nodes:
            node.grad = 0.0
        output.backward()
        return {variable: variable.grad for variable in variables}


@contextmanager
def grads_restored(nodes: Iterable[Value]) -> Iterator[None]:
    """A context after which the nodes have the grads that they had before."""
    before = {node: node.grad for node in nodes}
    try:
        yield
    finally:
        for node, grad in before.items():
            node.grad = grad


def differentiated(function: CheckedFunction) -> CheckedFunction:
    """The function whose outputs are all the first derivatives of `function`."""
    variables = function.variables

    def outputs() -> dict[str, Value]:
        slopes: dict[str, Value] = {}
        for output, value in recorded(function).items():
            found = gradients_of(value, list(variables.values()))
            names = [derivative_name(output, variable) for variable in variables]
            slopes |= dict(zip(names, found, strict=True))
        return slopes

    return CheckedFunction(outputs, variables)


def derivative_name(output: str, variable: str) -> str:
    """How a derivative is called: "df/dx", and a second one "d(df/dx)/dx"."""
    return f"d({output})/d{variable}" if "/" in output else f"d{output}/d{variable}"


def summed(function: CheckedFunction, rng: random.Random) -> CheckedFunction:
    """The function whose one output is the sum of all outputs, with random weights."""
    weights = {name: rng.uniform(0.5, 1.0) for name in recorded(function)}

    def outputs() -> dict[str, Value]:
        found = function.outputs()
        total = sum((weights[name] * y for name, y in found.items()), constant(0.0))
        return {"(sum)": total}

    return CheckedFunction(outputs, function.variables)


@dataclass(frozen=True)
class Line:
    """A line through the point: at t, each variable is weight * (t - start) further."""

    name: str
    weights: dict[Value, float]
    start: float = 0.0


def axis(name: str, variable: Value) -> Line:
    """The line on which one variable is t."""
    return Line(name, {variable: 1.0}, variable.data)


def random_direction(variables: Iterable[Value], rng: random.Random) -> Line:
    """A line on which all variables move at once, each in proportion to its size."""
    weights = {
        variable: rng.choice((-1.0, 1.0)) * rng.uniform(0.5, 1.0) * max(1.0, abs(x))
        for variable, x in [(variable, variable.data) for variable in variables]
    }
    return Line("(random direction)", weights)


@contextmanager
def moved(line: Line, t: float) -> Iterator[None]:
    """A context in which the variables are where the line is at `t`."""
    before = {variable: variable.data for variable in line.weights}
    try:
        # Past the setter of `data`: graphs that were recorded before would refuse
        # backward() ever after, and yet their data is soon the same again.
        for variable, weight in line.weights.items():
            variable._data += weight * (t - line.start)
        yield
    finally:
        for variable, data in before.items():
            variable._data = data


def values_along(
    function: CheckedFunction, line: Line
) -> Callable[[float], dict[str, float]]:
    """The data of the outputs as a function of t; nothing is recorded."""

    @functools.cache
    def values(t: float) -> dict[str, float]:
        with moved(line, t), no_grad(), ignore_anomaly():
            return {name: y.data for name, y in function.outputs().items()}

    return values
