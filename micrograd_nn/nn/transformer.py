"""`TransformerBlock`: positions talk to each other, then each thinks by itself.

    x = x + attention(norm1(x))
    x = x + linear2(activation(linear1(norm2(x))))

Both only add to x, so that its gradient reaches the first block unchanged. The norms
stand inside of the sums (Xiong et al., 2020), as in GPT-2, not after them as at first.

>>> block = TransformerBlock(4, nhead=2)
>>> outputs = block([[1.0, 2.0, 3.0, 4.0]] * 5, is_causal=True)
>>> len(outputs), len(outputs[0])
(5, 4)
"""

from __future__ import annotations

from operator import add
from typing import Any

from micrograd_nn.choices import choice
from micrograd_nn.nn.attention import MultiheadAttention
from micrograd_nn.nn.dropout import Dropout
from micrograd_nn.nn.examples import Inputs, each, size
from micrograd_nn.nn.layer_norm import LayerNorm
from micrograd_nn.nn.linear import Linear
from micrograd_nn.nn.mlp import ACTIVATIONS, Activation
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.sequences import Rows, sequence


class TransformerBlock(Module):
    """Attention and two linear layers, each with a norm before and a way around.

    PyTorch's `TransformerEncoderLayer` with `norm_first=True`, with the same parameters
    by the same names.

    Args:
        d_model: The number of features of a position, in and out.
        nhead: How many heads share them.
        dim_feedforward: The features between the two linear layers; 4 · d_model unless
            given.
        dropout: In training, the probability of leaving out a number.
        activation: Between the linear layers: a name ("relu", "gelu" ...) or a
            function from Value to Value.
        layer_norm_eps: As for `LayerNorm`.
        bias: Whether there are biases.

    Attributes:
        self_attn: A `MultiheadAttention`.
        linear1: A `Linear(d_model, dim_feedforward)`.
        linear2: A `Linear(dim_feedforward, d_model)`.
        norm1: The `LayerNorm` before the attention.
        norm2: That before the linear layers.

    Raises:
        TypeError: If `dropout` is not a number.
        ValueError: If a size is not a positive whole number, the heads do not divide
            the features, there is no such activation, or `dropout` is not in 0 ... 1.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int | None = None,
        dropout: float = 0.0,
        activation: str | Activation = "relu",
        layer_norm_eps: float = 1e-5,
        *,
        bias: bool = True,
    ) -> None:
        self.d_model = size(d_model, "d_model")
        inner = 4 * d_model if dim_feedforward is None else dim_feedforward
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias)
        self.linear1 = Linear(d_model, size(inner, "dim_feedforward"), bias)
        self.linear2 = Linear(inner, d_model, bias)
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout = Dropout(dropout)
        self.activation: Activation = choice(ACTIVATIONS, activation, "activation")

    def __call__(
        self, src: Inputs, src_mask: Any = None, *, is_causal: bool = False
    ) -> Rows:
        """The features of each position, in the light of the others.

        Args:
            src: [time][d_model].
            src_mask: Who may not look where; see `MultiheadAttention`.
            is_causal: Whether no position may look at a later one.

        Raises:
            TypeError: If the mask is not of bools.
            ValueError: If shapes do not fit, or a position may look nowhere.
        """
        x = sequence(src, self.d_model, f"TransformerBlock({self.d_model})")
        x = _sum(x, self.dropout(self._attended(self.norm1(x), src_mask, is_causal)))
        return _sum(x, self.dropout(self._thought(self.norm2(x))))

    def _attended(self, x: Rows, attn_mask: Any, is_causal: bool) -> Rows:
        return self.self_attn(
            x, need_weights=False, attn_mask=attn_mask, is_causal=is_causal
        )[0]

    def _thought(self, x: Rows) -> Any:
        return self.linear2(self.dropout(each(self.activation, self.linear1(x))))


def _sum(x: Rows, y: Rows) -> Rows:
    return [list(map(add, *rows)) for rows in zip(x, y, strict=True)]
