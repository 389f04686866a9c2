"""What each Value of a graph is called, in pictures, tables and steps.

>>> from micrograd_nn import Value
>>> from micrograd_nn.graph import topological_order
>>> from micrograd_nn.nn import Neuron
>>> y = Neuron(1)([Value(2.0, label="x")]) + 1
>>> names_of(topological_order(y))
['b', 'w[0]', 'x', 'v3', 'v4', 'v5', 'v6', 'v7']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.nn.module import Found, Module, contents
from micrograd_nn.numbers import shortened
from micrograd_nn.scopes import calls_in
from micrograd_nn.viz.text import clean

NOT_VARIABLES = ("In", "Out")  # where IPython keeps what was typed and shown


def names_of(order: Sequence[Value]) -> list[str]:
    """A name for each Value, no two alike.

    Its label, if it has one; of a parameter what leads to it from the model, such as
    `layers[0].neurons[1].w[2]`; else "v" and its position. A label that is taken gets a
    number: the second Value labelled "x" is "x (2)".

    Args:
        order: The Values of a graph in topological order.
    """
    places, unique = Places(order), Unique()
    names = [""] * len(order)
    for i, node in enumerate(order):
        if node.label:
            names[i] = unique(clean(node.label))
    for i, node in enumerate(order):
        if not names[i] and not node.operands:
            names[i] = unique(places.name_of(node))
    return [name or unique(f"v{i}") for i, name in enumerate(names)]


class Unique:
    """Gives each name back, with a number if it was given before.

    >>> unique = Unique()
    >>> [unique(name) for name in ("x", "x", "y", "x")]
    ['x', 'x (2)', 'y', 'x (3)']
    """

    def __init__(self) -> None:
        self._given: dict[str, int] = {"": 0}

    def __call__(self, name: str) -> str:
        """`name`, or the first such name with a number that is free; "" stays so."""
        free = name
        while free in self._given and name:
            self._given[name] += 1
            free = f"{name} ({self._given[name]})"
        self._given[free] = 1
        return free


class Places:
    """Where parameters and modules are, in the models that a graph came out of.

    Args:
        order: The Values of the graph.

    Attributes:
        found: By the id of a parameter or a module, how to get there.
    """

    def __init__(self, order: Sequence[Value]) -> None:
        models = _models(order)
        self.found: dict[int, Found] = {}
        self._titles: dict[int, str] = {}
        unique = Unique()
        for inside in models:
            title = unique(type(inside[0].thing).__name__) if len(models) > 1 else ""
            for found in inside:
                if self.found.setdefault(id(found.thing), found) is found:
                    self._titles[id(found.thing)] = title

    def name_of(self, thing: Value | Module) -> str:
        """The path to `thing` as Python spells it; "" for the model, or if not found.

        Where there are several models, it starts with the class of this one, and a
        number if there are more of that class.
        """
        found, title = self.found.get(id(thing)), self._titles.get(id(thing), "")
        path = title + found.path if found else ""
        return clean(path if title else path.removeprefix("."))


def _models(order: Sequence[Value]) -> list[list[Found]]:
    """What is in each module that was called, but for modules inside of others."""
    every = calls_in(order)
    called = [calls.modules[0] for calls in every]
    called += [module for calls in every for module in calls.modules]
    models: dict[int, list[Found]] = {}
    inside: set[int] = set()
    for module in called:
        if id(module) not in inside:
            found = contents(module)
            ids = {id(x.thing) for x in found}
            models = {key: x for key, x in models.items() if key not in ids}
            models[id(module)] = found
            inside |= ids
    return list(models.values())


def within(name: str, scope: str) -> str:
    """`name` as it is called inside of `scope`, where no one need say which one.

    >>> within("net.layers[0].neurons[1].w[2]", "layers[0].neurons[1]")
    'w[2]'
    """
    head, found, tail = name.rpartition(f"{scope}.")
    return tail if scope and found and (not head or head.endswith(".")) else name


def label_all(
    namespace: Mapping[str, Any], *, overwrite: bool = False
) -> dict[str, Value]:
    """The Values in variables, each labelled as a program would get at it.

    That is `x`, `xs[2]`, `d['k']` or `net.layers[0].neurons[1].w[2]`. Of two names the
    first counts; but variables go before what is in a model, and that before what is in
    a list, a tuple or a dictionary. Names that start with "_", and keys
    that are no names, are left out.

    Args:
        namespace: `locals()`, `globals()` or any dictionary of names.
        overwrite: Whether a label that is there already is replaced.

    Returns:
        Those that were labelled, by their new labels.

    Raises:
        TypeError: If `namespace` is not a mapping.

    >>> a, b = Value(2.0), [Value(3.0)]
    >>> label_all({"a": a, "b": b})
    {'a': Value(data=2.0, grad=0.0, label='a'), 'b[0]': Value(...label='b[0]')}
    """
    if not isinstance(namespace, Mapping):
        raise TypeError(
            f"no variables: got namespace={shortened(namespace)} "
            f"({type(namespace).__name__}); expected names and what they stand for. "
            "Pass locals() or globals()."
        )
    labelled: dict[int, tuple[str, Value]] = {}
    for name, value in _values_in(namespace):
        if (overwrite or not value.label) and id(value) not in labelled:
            labelled[id(value)] = name, value
    for name, value in labelled.values():
        value.label = name
    return dict(labelled.values())


def _values_in(namespace: Mapping[str, Any]) -> list[tuple[str, Value]]:
    variables = [
        (name, thing) for name, thing in namespace.items() if _is_variable(name)
    ]
    variables.sort(key=lambda pair: _rank(pair[1]))
    return [
        (name + found.path, found.thing)
        for name, thing in variables
        for found in contents(thing)
        if isinstance(found.thing, Value)
    ]


def _is_variable(name: object) -> bool:
    plain = isinstance(name, str) and not name.startswith("_")
    return plain and name not in NOT_VARIABLES


def _rank(thing: Any) -> int:
    return 0 if isinstance(thing, Value) else 1 if isinstance(thing, Module) else 2
