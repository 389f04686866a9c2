"""Levels of detail: which Values are shown as one, from single ones to whole samples.

>>> net = Scope("call", "MLP", innermost=False)
>>> layer = Scope("call", "layers[0]", net, innermost=False)
>>> neuron = Scope("call", "layers[0].neurons[1]", layer)
>>> [LEVELS[level](neuron.path).name for level in ("neuron", "layer", "call")]
['layers[0].neurons[1]', 'layers[0]', 'MLP']
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from micrograd_nn.viz.attribution import Operands
from micrograd_nn.viz.scopes import Scope

Path = Sequence[Scope]

AROUND = ("inputs", "loss")
FEW = 150  # Values outside of calls that may be shown one by one


def _neuron(path: Path) -> Scope | None:
    """The innermost calls."""
    return path[-1] if path[-1].kind == "call" and path[-1].innermost else None


def _layer(path: Path) -> Scope | None:
    """The calls directly inside an outermost one; that itself, if it has none."""
    calls = [scope for scope in path if scope.kind == "call"]
    if len(calls) > 1:
        return calls[1]
    return calls[0] if calls and calls[0].innermost else None


def _call(path: Path) -> Scope | None:
    """The outermost calls."""
    return next((scope for scope in path if scope.kind == "call"), None)


def _sample(path: Path) -> Scope | None:
    """The samples, each with what it is given and its piece of the loss."""
    return path[0]


LEVELS: dict[str, Callable[[Path], Scope | None]] = {
    "none": lambda path: None,
    "neuron": _neuron,
    "layer": _layer,
    "call": _call,
    "sample": _sample,
}
# How many modules deep parameters are told apart, from the model itself on.
DEPTHS = {"neuron": None, "layer": 2, "call": 1, "sample": 1}


def groups_at(
    level: str, scopes: Sequence[Scope | None], operands: Operands
) -> list[Scope | None]:
    """What each Value is shown in at that level; None for those shown by themselves.

    Inputs and losses are shown one by one beside neurons and layers, unless there are
    more than 150. Parameters go where they are used, if that is one group; else into
    one of their own for each neuron, each layer or the model.

    Args:
        level: A key of `LEVELS`, but not "none".
        scopes: The scope of each Value.
        operands: Those of each Value by position.
    """
    chosen = _chosen(scopes, level)
    groups = [None if scope is None else chosen[scope] for scope in scopes]
    for position, group in _only_users(scopes, operands, groups).items():
        groups[position] = group
    sizes = Counter(groups)
    return [None if sizes[group] == 1 else group for group in groups]


def _chosen(scopes: Sequence[Scope | None], level: str) -> dict[Scope, Scope | None]:
    """For each scope the one that its Values are shown in."""
    sizes = Counter(scope for scope in scopes if scope is not None)
    around = sum(size for scope, size in sizes.items() if scope.kind in AROUND)
    apart = level in ("neuron", "layer") and around <= FEW
    return {scope: _group(scope, level, apart) for scope in sizes}


def _group(scope: Scope, level: str, apart: bool) -> Scope | None:
    path = scope.path
    if scope.kind == "parameters":
        return path[: DEPTHS[level]][-1]
    if scope.kind in AROUND and level != "sample":
        return None if apart else scope
    return LEVELS[level](path)


def _only_users(
    scopes: Sequence[Scope | None],
    operands: Operands,
    groups: Sequence[Scope | None],
) -> dict[int, Scope]:
    """The group that uses each parameter, of those that only one group uses."""
    users: dict[int, set[Scope | None]] = {
        i: set()
        for i, scope in enumerate(scopes)
        if scope and scope.kind == "parameters"
    }
    for group, positions in zip(groups, operands, strict=True):
        for position in positions:
            if position in users:
                users[position].add(group)
    only = {i: found.pop() for i, found in users.items() if len(found) == 1}
    return {i: group for i, group in only.items() if group}
