"""A module's architecture as JSON: the names of layers, and how they were made.

It is read off the module: an argument of a layer is what its attribute of that name
holds. Only layers that are listed in `LAYERS` are built again, so that a file can name
nothing else.

>>> from micrograd_nn.nn import Linear, ReLU, Sequential
>>> found = described(Sequential(Linear(2, 3, bias=False), ReLU()))
>>> found["modules"][0]
{'layer': 'Linear', 'arguments': {'in_features': 2, 'out_features': 3, 'bias': False}}
>>> built(found, [(3, 2)])
Sequential(
  (0): Linear(in_features=2, out_features=3, bias=False)
  (1): ReLU()
)
"""

from __future__ import annotations

import inspect
import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from micrograd_nn.nn import (
    GPT,
    LAYERS,
    MLP,
    Layer,
    Module,
    MultiheadAttention,
    Neuron,
    Sequential,
    TransformerBlock,
)
from micrograd_nn.nn.mlp import ACTIVATIONS
from micrograd_nn.numbers import is_number, shortened

Config = dict[str, Any]
MODEST = 256  # an argument may be as large, however small the file is


def described(model: Module) -> Config:
    """What it takes to build a module like this one.

    Raises:
        ValueError: If it has a part that no file can name.
    """
    name = type(model).__name__
    if LAYERS.get(name) is not type(model):
        raise ValueError(f"{name} is none of the layers of micrograd_nn.nn")
    if isinstance(model, Sequential):
        return {"layer": name, "modules": [described(module) for module in model]}
    arguments = _SPECIAL.get(type(model), _by_attributes)(model)
    encoded = {key: _encoded(x, f"{name}.{key}") for key, x in arguments.items()}
    return {"layer": name, "arguments": encoded}


def built(config: Any, shapes: Iterable[tuple[int, ...]]) -> Module:
    """A module of that architecture; its parameters are to be loaded.

    Args:
        config: What `described` gave.
        shapes: Those of its tensors: it may not draw more weights than they have.

    Raises:
        ValueError: If it is no architecture, or too large.
    """
    budget = _Budget(list(shapes))
    with _random_left_alone():
        return _built(config, budget)


def rebuilds(model: Module, config: Config) -> bool:
    """Whether a module of that architecture has the same parameters."""
    tensors = _shapes(model)
    try:
        twin = built(config, tensors.values())
    except (KeyError, TypeError, ValueError):
        return False
    # Shared ones are fewer. Frozen ones, which are buffers, count too.
    same = len(twin.state_dict()) == len(model.state_dict())
    return same and _shapes(twin) == tensors


class _Budget:
    """An initializer that draws zeros, as many as there are numbers to be loaded."""

    def __init__(self, shapes: Sequence[tuple[int, ...]]) -> None:
        self.most = max([MODEST, *(length for shape in shapes for length in shape)])
        self.left = sum(math.prod(shape) for shape in shapes)

    def __call__(self, fan_in: int, fan_out: int) -> float:
        self.left -= 1
        if self.left < 0:
            raise ValueError("more weights than the file has numbers")
        return 0.0


def _built(config: Any, budget: _Budget) -> Module:
    name = config.get("layer") if isinstance(config, dict) else None
    layer = LAYERS.get(str(name))
    if layer is None:
        raise ValueError(f"{shortened(config)}, which names no layer")
    if layer is Sequential:
        return Sequential(*[_built(x, budget) for x in config["modules"]])
    known = inspect.signature(layer).parameters
    given = {
        name: _decoded(x, budget) for name, x in config.get("arguments", {}).items()
    }
    if "initializer" in known or "kwargs" in known:
        given["initializer"] = budget
    return layer(**given)


def _by_attributes(model: Any) -> dict[str, Any]:
    """The arguments of a layer, from its attributes of those names."""
    found = {}
    for name, parameter in inspect.signature(type(model)).parameters.items():
        if name != "initializer":
            given = getattr(model, name)
            is_switch = isinstance(parameter.default, bool)
            found[name] = given not in (None, False) if is_switch else given
    return found


def _of_neuron(neuron: Neuron) -> dict[str, Any]:
    activation = neuron.activation
    return {"nin": len(neuron.w), "nonlin": neuron.nonlin, "activation": activation}


def _of_layer(layer: Layer) -> dict[str, Any]:
    first, *others = [_of_neuron(neuron) for neuron in layer.neurons]
    if any(other != first for other in others):
        raise ValueError("a Layer of neurons that differ")
    return {"nin": first.pop("nin"), "nout": len(layer.neurons), **first}


def _of_mlp(mlp: MLP) -> dict[str, Any]:
    layers = [_of_layer(layer) for layer in mlp.layers]
    bent = [layer["nonlin"] for layer in layers]
    activations = {layer["activation"] for layer in layers[:-1]}
    linear = not any(bent)
    if len(activations) > 1 or not (linear or bent == [True] * len(bent[1:]) + [False]):
        raise ValueError("an MLP of layers that differ")
    activation = None if linear else activations.pop()
    nouts = [layer["nout"] for layer in layers]
    return {"nin": layers[0]["nin"], "nouts": nouts, "activation": activation}


def _of_attention(layer: MultiheadAttention) -> dict[str, Any]:
    names = "embed_dim", "num_heads", "dropout"
    own = {name: getattr(layer, name) for name in names}
    return {**own, "bias": layer.in_proj_bias is not None}


def _of_block(block: TransformerBlock) -> dict[str, Any]:
    return {
        "d_model": block.d_model,
        "nhead": block.self_attn.num_heads,
        "dim_feedforward": block.linear1.out_features,
        "dropout": block.dropout.p,
        "activation": block.activation,
        "layer_norm_eps": block.norm1.eps,
        "bias": block.linear1.bias is not None,
    }


def _of_gpt(gpt: GPT) -> dict[str, Any]:
    blocks = [_of_block(block) for block in gpt.h]
    return {
        "vocab_size": gpt.vocab_size,
        "block_size": gpt.block_size,
        "n_layer": len(blocks),
        "n_head": blocks[0]["nhead"],
        "n_embd": blocks[0]["d_model"],
        "dropout": gpt.drop.p,
        "bias": blocks[0]["bias"],
        "activation": blocks[0]["activation"],
        "tie_weights": gpt.lm_head.weight is gpt.wte.weight,
    }


_SPECIAL: dict[Any, Callable[[Any], dict[str, Any]]] = {
    Neuron: _of_neuron,
    Layer: _of_layer,
    MLP: _of_mlp,
    MultiheadAttention: _of_attention,
    TransformerBlock: _of_block,
    GPT: _of_gpt,
}


def _encoded(x: Any, name: str) -> Any:
    if isinstance(x, Module):
        return described(x)
    if x is None or isinstance(x, (bool, str)) or is_number(x):
        return x if x is None or isinstance(x, (bool, str, int)) else float(x)
    if isinstance(x, (list, tuple)):
        return [_encoded(item, name) for item in x]
    for key, function in ACTIVATIONS.items():
        if x == function:
            return {"activation": key}
    raise ValueError(f"{name} is {shortened(x)}, a function of your own")


def _decoded(x: Any, budget: _Budget) -> Any:
    if isinstance(x, dict):
        if "activation" in x:
            return ACTIVATIONS[x["activation"]]
        return _built(x, budget)
    if isinstance(x, list):
        return tuple(_decoded(item, budget) for item in x)
    if isinstance(x, int) and abs(x) > budget.most:
        raise ValueError(f"a size of {x}, larger than any tensor of the file")
    return x


def _shapes(model: Module) -> dict[str, tuple[int, ...]]:
    return {name: tensor.shape for name, tensor in model.named_tensors().items()}


@contextmanager
def _random_left_alone() -> Iterator[None]:
    """A context after which the module `random` goes on as if nothing was drawn."""
    before = random.getstate()
    try:
        yield
    finally:
        random.setstate(before)
