"""What happened while a small net was trained: every number, step by step.

>>> from micrograd_nn.losses import hinge_loss
>>> from micrograd_nn.nn import Neuron
>>> from micrograd_nn.optim import SGD
>>> net = Neuron(2, activation="tanh")
>>> points = np.array([[0.0, 1.0], [1.0, 0.0]])
>>> run = record(net, hinge_loss, SGD(net.parameters()), points, [-1, 1], steps=2)
>>> run["loss"].shape, run["parameters"].shape
((3,), (3, 3))
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from micrograd_nn.compiler import Program, compile
from micrograd_nn.engine import Value
from micrograd_nn.graph import topological_order
from micrograd_nn.nn import Module
from micrograd_nn.numbers import shortened
from micrograd_nn.optim import Optimizer
from micrograd_nn.viz.plots.arguments import Floats
from micrograd_nn.viz.plots.scores import grid_around, on_grid
from micrograd_nn.viz.scene import scene_of

RESOLUTION = 60  # of the decision boundary


def record(
    model: Module,
    loss: Any,
    optimizer: Optimizer,
    points: Floats,
    labels: Any,
    steps: int,
    example: int = 0,
) -> dict[str, Any]:
    """Train `model` on all points at once, and note where it was before each step.

    Returns:
        By name what there was, in steps + 1 moments, the last after the last step:
        `loss` of all points and `example_loss`; `parameters`, and `gradients` of the
        loss of all points, of shape (moments, parameters); `state`, as many by the name
        of what the optimizer remembers; `scene`, the graph of the example's loss; and
        `x`, `y` and `score`, the scores of the model on a grid.
    """
    program = compile(lambda x, y: loss(model(x), y), optimizer.params)
    score = compile(model)
    xs, ys = grid_around(points, RESOLUTION)
    moments: dict[str, list[Any]] = {}
    for step in range(steps + 1):
        chosen = points[example], labels[example]
        noted = {
            **_of_example(model, loss, optimizer, *chosen),
            **_of_batch(program, optimizer, points, labels),
            "score": on_grid(score, xs, ys),
        }
        for name, item in noted.items():
            moments.setdefault(name, []).append(item)
        if step < steps:
            optimizer.step()
    scenes, states = moments.pop("scene"), moments.pop("state")
    arrays = {name: np.array(items) for name, items in moments.items()}
    state = {name: np.array([s[name] for s in states]) for name in states[0]}
    return {"x": xs, "y": ys, **arrays, "state": state, "scene": scenes}


def example_loss(model: Module, loss: Any, point: Any, label: Any) -> Value:
    """The loss of one point, its coordinates named x0 and x1.

    Raises:
        TypeError: If the loss gives anything but a Value.
    """
    inputs = [Value(x, label=f"x{i}") for i, x in enumerate(point)]
    result = loss(model(inputs), label)
    if not isinstance(result, Value) or not result.operands:
        raise TypeError(
            f"not a loss: got {shortened(result)} ({type(result).__name__}) for one "
            "point; expected a computed Value. Pass one of the losses."
        )
    result.label = "loss"
    return result


def names_in_graph(model: Module, root: Value) -> list[str]:
    """What to write on each card: labels, and the short names of parameters."""
    names = {value: name for name, value in short_names(model).items()}
    return [node.label or names.get(node, "") for node in topological_order(root)]


def parameter_names(model: Module, optimizer: Optimizer) -> list[str]:
    """The short names of the optimizer's parameters, in its order."""
    names = {value: name for name, value in short_names(model).items()}
    return [names[value] for value in optimizer.params]


def short_names(model: Module) -> dict[str, Value]:
    """The parameters by attribute and positions alone, as far as those differ.

    >>> from micrograd_nn.nn import MLP
    >>> list(short_names(MLP(1, [1, 1])))
    ['w[0,0,0]', 'b[0,0]', 'w[1,0,0]', 'b[1,0]']
    """
    named = model.named_parameters()
    short = [_short(name) for name, _ in named]
    counts = Counter(short)
    return {
        brief if counts[brief] == 1 else name: value
        for brief, (name, value) in zip(short, named, strict=True)
    }


def _short(name: str) -> str:
    positions = ",".join(re.findall(r"\.(\d+)", name))
    attribute = re.sub(r"\.\d+", "", name).rpartition(".")[2]
    return f"{attribute}[{positions}]" if positions else attribute


def _of_example(
    model: Module, loss: Any, optimizer: Optimizer, point: Any, label: Any
) -> dict[str, Any]:
    optimizer.zero_grad()
    root = example_loss(model, loss, point, label)
    root.backward()
    return {"scene": scene_of(root), "example_loss": root.data}


def _of_batch(
    program: Program, optimizer: Optimizer, points: Floats, labels: Any
) -> dict[str, Any]:
    optimizer.zero_grad()
    return {
        "loss": program.backward(points, labels),
        "parameters": [p.data for p in optimizer.params],
        "gradients": [p.grad for p in optimizer.params],
        "state": {name: list(numbers) for name, numbers in optimizer.state.items()},
    }
