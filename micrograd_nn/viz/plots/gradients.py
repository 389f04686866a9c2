"""Gradients from the first layer to the last, and steps compared with weights.

>>> from micrograd_nn.nn import MLP
>>> net = MLP(2, [3, 1])
>>> before = net.state_dict()
>>> net([1.0, 2.0]).backward()
>>> gradient_norms(net).data["layer"]
['layers.0', 'layers.1']
>>> for p in net.parameters():
...     p.data *= 1.001
>>> update_ratios(net, [before, net.state_dict()]).data["ratio"].round(6).tolist()
[[0.001, 0.001]]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle, pairwise
from typing import Any

import numpy as np

from micrograd_nn.numbers import shortened
from micrograd_nn.viz.plots.arguments import Floats, as_array
from micrograd_nn.viz.plots.layers import layers_of
from micrograd_nn.viz.plots.plot import (
    Plot,
    canvas,
    grid,
    legend,
    whole_numbers,
    written,
)

WIDE = 60  # letters of all names together, if they are to stand side by side
ADVISED = 1e-3  # update-to-weight ratio: about that, by CS231n's rule of thumb


def gradient_norms(model: Any, *, ax: Any = None, theme: str = "auto") -> Plot:
    """How large the gradient of each layer is: its norm, on a logarithmic axis.

    Call it after `backward()`: it reads the `.grad` of the parameters. Bars that fall
    from the last layer to the first show a vanishing gradient; bars that rise, an
    exploding one.

    Args:
        model: A module with layers inside.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `layer`, the names, and `norm` of each: the root of the
        sum of the squares of its gradients.

    Raises:
        TypeError: If that is no module.
        ValueError: If it has no layers.
    """
    layers = layers_of(model)
    grads = [[p.grad or 0.0 for p in layer.parameters()] for _, layer in layers]
    norms = np.array([np.linalg.norm(numbers) for numbers in grads])
    names = [name for name, _ in layers]
    ax, colours = canvas(ax, theme)
    places = range(len(names))
    shown = np.isfinite(norms) & (norms > 0)
    ax.bar(np.flatnonzero(shown), norms[shown], color=colours.positive)
    lowest, highest = (
        (norms[shown].min(), norms[shown].max()) if shown.any() else (1, 1)
    )
    ax.set(yscale="log", ylim=(lowest / 5, highest * 3), xlim=(-0.6, len(norms) - 0.4))
    _write_norms(ax, norms, shown, colours.ink)
    ax.set_xticks(places, names, rotation=30 if len("".join(names)) > WIDE else 0)
    ax.set(xlabel="layer, the first on the left", ylabel="norm of the gradient")
    grid(ax, colours, "y")
    return Plot(ax, {"layer": names, "norm": norms})


def _write_norms(ax: Any, norms: Floats, shown: Any, ink: str) -> None:
    """The number above each bar; at the bottom where there is no bar."""
    bottom = ax.get_ylim()[0]
    look = {"ha": "center", "fontsize": 8, "color": ink}
    offset = {"xytext": (0, 3), "textcoords": "offset points"}
    for i, norm in enumerate(norms.tolist()):
        place = (i, norm if shown[i] else bottom)
        ax.annotate(written(norm), place, **offset, **look)


def update_ratios(
    model: Any,
    states: Sequence[Mapping[str, float]],
    *,
    ax: Any = None,
    theme: str = "auto",
) -> Plot:
    """How far each step moved each layer, compared with how large its weights are.

    The norm of the change over the norm of the parameters. About 1e-3 is healthy (a
    rule of thumb of Stanford's CS231n); far above it training is rough, far below slow.

    Args:
        model: The module that was trained.
        states: Its `state_dict()` before the first step and after each.
        ax: Where to draw; a new figure by default.
        theme: "light", "dark", or "auto": what the background of the figure is.

    Returns:
        The plot. Its data are `layer`, the names, and `ratio`, of shape (steps,
        layers); nan where all parameters were 0.

    Raises:
        TypeError: If that is no module.
        ValueError: If it has no layers, there are less than two states, or they are of
            another module.
    """
    layers = layers_of(model)
    every = [_numbers(state, model) for state in _several(states)]
    names = list(dict(model.named_parameters()))
    chosen = [_positions(names, name) for name, _ in layers]
    ratios = np.array([_ratios(*pair, chosen) for pair in pairwise(every)])
    ax, colours = canvas(ax, theme)
    steps = range(1, len(ratios) + 1)
    look = {"marker": "o"} if len(ratios) == 1 else {}
    for (name, _), line, colour in zip(layers, ratios.T, cycle(colours.series)):
        ax.plot(
            steps, np.where(line > 0, line, np.nan), label=name, color=colour, **look
        )
    ax.axhline(ADVISED, color=colours.ink, linestyle=":", linewidth=1, label="1e-3")
    ax.set(yscale="log", xlabel="step", ylabel="change / parameters")
    whole_numbers(ax)
    grid(ax, colours)
    legend(ax, colours)
    return Plot(ax, {"layer": [name for name, _ in layers], "ratio": ratios})


def _several(states: Any) -> list[Any]:
    if not isinstance(states, Sequence) or len(states) < 2:
        raise ValueError(
            f"no step: got states={shortened(states)} ({type(states).__name__}); "
            "expected the state before the first step and after each. Collect "
            "model.state_dict() while you train."
        )
    return list(states)


def _numbers(state: Any, model: Any) -> Floats:
    names = [name for name, _ in model.named_parameters()]
    if not isinstance(state, Mapping) or set(state) != set(names):
        raise ValueError(
            f"not a state of this model: got {shortened(state)} "
            f"({type(state).__name__}); expected a number for each of "
            f"{shortened(names)}. Collect model.state_dict() while you train."
        )
    return as_array([state[name] for name in names], "states", 1)


def _positions(names: list[str], layer: str) -> list[int]:
    return [i for i, name in enumerate(names) if name.startswith(f"{layer}.")]


def _ratios(before: Floats, after: Floats, layers: list[list[int]]) -> list[float]:
    sizes = [np.linalg.norm(before[chosen]) for chosen in layers]
    moves = [np.linalg.norm((after - before)[chosen]) for chosen in layers]
    return [float(m / s) if s else np.nan for m, s in zip(moves, sizes, strict=True)]
