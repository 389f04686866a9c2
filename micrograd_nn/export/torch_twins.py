"""What each layer is in PyTorch: its class of that name, or a formula written here.

The twin of a layer takes a batch, where the layer takes an example. Its parameters have
the same names, but their numbers are still to be loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from micrograd_nn.export.errors import no_counterpart
from micrograd_nn.nn import (
    GPT,
    LAYERS,
    MLP,
    Autoencoder,
    Layer,
    Module,
    Neuron,
    PositionalEmbedding,
    PositionalEncoding,
    Residual,
    Sequential,
)
from micrograd_nn.training.architecture import described

ADVICE = (
    "Write its twin in torch.nn yourself, and load the numbers of named_tensors() "
    "into it."
)
RENAMED = {"TransformerBlock": "TransformerEncoderLayer"}
STARTS = {"forget_bias", "update_bias"}  # they only say how weights began
EXACT = 50.0  # PyTorch's softplus(x) is x from 20 on, which is 2e-9 off
OPTIONS: dict[str, dict[str, Any]] = {
    "Softmax": {"dim": -1},
    "LogSoftmax": {"dim": -1},
    "Softplus": {"threshold": EXACT},
    "TransformerBlock": {"batch_first": True, "norm_first": True},
    **{name: {"batch_first": True} for name in ("RNN", "LSTM", "GRU")},
    "MultiheadAttention": {"batch_first": True},
}


class Twins:
    """Modules of PyTorch, one for each of ours.

    Args:
        torch: The package.

    Attributes:
        made: The twin of each module, inner ones first.
    """

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.made: dict[Module, Any] = {}

    def of(self, module: Module, name: str) -> Any:
        """The twin of a module, the same one each time.

        Args:
            module: A layer.
            name: Where it is in the model, for the message.

        Raises:
            ValueError: If PyTorch has no counterpart.
        """
        if module not in self.made:
            make: _Maker = _WRITTEN.get(type(module), _looked_up)
            self.made[module] = make(self, module, name)
        return self.made[module]

    def all(self, modules: Any, name: str) -> Any:
        """The twins of modules in a list."""
        found = [self.of(inner, f"{name}.{i}") for i, inner in enumerate(modules)]
        return self.torch.nn.ModuleList(found)

    def empty(self, *shape: int) -> Any:
        """A parameter that is still to be loaded."""
        return self.torch.nn.Parameter(self.torch.zeros(shape))

    def formula(
        self,
        module: Module,
        forward: Callable[[Any, Any], Any],
        /,
        shown: str = "",
        **parts: Any,
    ) -> Any:
        """A module that computes a formula of itself and a batch.

        Args:
            module: Whose twin it is.
            forward: The formula.
            shown: What its representation says beside its name.
            **parts: The parameters and modules that it has.
        """
        title = type(module).__name__, shown or module.extra_repr()
        return _formula_class(self.torch)(title, forward, parts)


@cache
def _formula_class(torch: Any) -> Any:
    class Formula(torch.nn.Module):  # type: ignore[misc]  # torch is not always there
        def __init__(
            self, title: tuple[str, str], forward: Any, parts: dict[str, Any]
        ) -> None:
            super().__init__()
            self.title, self.formula = title, forward
            for key, part in parts.items():
                setattr(self, key, part)

        def forward(self, x: Any) -> Any:
            return self.formula(self, x)

        def _get_name(self) -> str:
            return self.title[0]

        def extra_repr(self) -> str:
            return self.title[1]

    return Formula


def _arguments(twins: Twins, module: Module, name: str) -> dict[str, Any]:
    """How a layer was made, its activation as a function of PyTorch."""
    kind = type(module)
    if LAYERS.get(kind.__name__) is not kind:
        raise no_counterpart(module, name, "PyTorch", ADVICE)
    try:
        found = described(module)["arguments"]
    except ValueError as error:  # a function of the user's, or neurons that differ
        raise no_counterpart(module, name, "PyTorch", ADVICE) from error
    return {key: _decoded(twins.torch, key, x) for key, x in found.items()}


def _decoded(torch: Any, key: str, x: Any) -> Any:
    if isinstance(x, list):
        return tuple(x)
    activation = x["activation"] if isinstance(x, dict) else x
    return _function(torch, activation) if key == "activation" else activation


def _function(torch: Any, name: str | None) -> Any:
    """The activation of that name."""
    if name == "softplus":
        return partial(torch.nn.functional.softplus, threshold=EXACT)
    return name and (getattr(torch, name, None) or getattr(torch.nn.functional, name))


def _looked_up(twins: Twins, module: Module, name: str) -> Any:
    """PyTorch's layer of that name, with those arguments."""
    kind = type(module).__name__
    found = _arguments(twins, module, name)
    arguments = {key: x for key, x in found.items() if key not in STARTS}
    if arguments.get("nonlinearity", "tanh") not in ("tanh", "relu"):
        raise no_counterpart(module, name, "PyTorch", "Use tanh or relu.")
    layer = getattr(twins.torch.nn, RENAMED.get(kind, kind))
    return layer(**arguments, **OPTIONS.get(kind, {}))


def _sequential(twins: Twins, module: Sequential, name: str) -> Any:
    return twins.torch.nn.Sequential(*twins.all(module, name))


def _residual(twins: Twins, module: Residual, name: str) -> Any:
    def forward(twin: Any, x: Any) -> Any:
        return x + twin.module(x)

    inner = twins.of(module.module, f"{name}.module")
    return twins.formula(module, forward, module=inner)


def _neuron(twins: Twins, module: Neuron, name: str) -> Any:
    bend = _bend(_arguments(twins, module, name))

    def forward(twin: Any, x: Any) -> Any:
        return bend(_rows(x) @ twin.w + twin.b)

    w, b = twins.empty(len(module.w)), twins.empty()
    return twins.formula(module, forward, shown=repr(module), w=w, b=b)


def _layer(twins: Twins, module: Layer, name: str) -> Any:
    arguments = _arguments(twins, module, name)
    bend, nin, nout = _bend(arguments), arguments["nin"], arguments["nout"]

    def forward(twin: Any, x: Any) -> Any:
        outputs = bend(_rows(x) @ twin.weight.T + twin.bias)
        return outputs.squeeze(-1) if nout == 1 else outputs  # as a Layer does

    shown = f"{nout} x {module.neurons[0]!r}"
    weight, bias = twins.empty(nout, nin), twins.empty(nout)
    return twins.formula(module, forward, shown=shown, weight=weight, bias=bias)


def _bend(arguments: dict[str, Any]) -> Callable[[Any], Any]:
    activation: Callable[[Any], Any] = arguments["activation"]
    return activation if arguments["nonlin"] else lambda x: x


def _rows(x: Any) -> Any:
    """Examples of one number are rows, too."""
    return x.reshape(len(x), 1) if x.ndim == 1 else x


def _mlp(twins: Twins, module: MLP, name: str) -> Any:
    def forward(twin: Any, x: Any) -> Any:
        for layer in twin.layers:
            x = layer(x)
        return x

    layers = twins.all(module.layers, f"{name}.layers")
    return twins.formula(module, forward, layers=layers)


def _autoencoder(twins: Twins, module: Autoencoder, name: str) -> Any:
    def forward(twin: Any, x: Any) -> Any:
        return twin.decoder(twin.encoder(x))

    encoder = twins.of(module.encoder, f"{name}.encoder")
    decoder = twins.of(module.decoder, f"{name}.decoder")
    return twins.formula(module, forward, encoder=encoder, decoder=decoder)


def _positional_embedding(twins: Twins, module: PositionalEmbedding, name: str) -> Any:
    def forward(twin: Any, x: Any) -> Any:
        return x + twin.weight[: x.shape[-2]]

    weight = twins.empty(module.max_len, module.d_model)
    return twins.formula(module, forward, weight=weight)


def _positional_encoding(twins: Twins, module: PositionalEncoding, name: str) -> Any:
    def forward(twin: Any, x: Any) -> Any:
        return x + x.new_tensor(module.rows(x.shape[-2]))

    return twins.formula(module, forward)


def _gpt(twins: Twins, module: GPT, name: str) -> Any:
    def forward(twin: Any, tokens: Any) -> Any:
        x = twin.drop(twin.wpe(twin.wte(tokens)))
        later = x.new_ones(x.shape[1], x.shape[1]).triu(1).bool()  # not to be looked at
        for block in twin.h:
            x = block(x, src_mask=later, is_causal=True)
        return twin.lm_head(twin.ln_f(x))

    names = "wte", "wpe", "drop", "ln_f", "lm_head"
    parts = {key: twins.of(getattr(module, key), f"{name}.{key}") for key in names}
    return twins.formula(module, forward, **parts, h=twins.all(module.h, f"{name}.h"))


_Maker = Callable[[Twins, Any, str], Any]
_WRITTEN: dict[Any, _Maker] = {
    Autoencoder: _autoencoder,
    GPT: _gpt,
    Layer: _layer,
    MLP: _mlp,
    Neuron: _neuron,
    PositionalEmbedding: _positional_embedding,
    PositionalEncoding: _positional_encoding,
    Residual: _residual,
    Sequential: _sequential,
}
