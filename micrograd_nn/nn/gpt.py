"""`GPT`: a language model, which says how likely each token is to come next.

    x      = embedding of the token + embedding of the position
    x      = block(x), n_layer times: each position sees those before it, and itself
    logits = linear(norm(x))

GPT-2 (Radford et al., 2019) is this with 12 blocks of 12 heads and 768 features.

>>> import random
>>> random.seed(0)
>>> model = GPT(vocab_size=5, block_size=4, n_layer=1, n_head=2, n_embd=4)
>>> logits = model([3, 1, 2])
>>> len(logits), len(logits[0])  # for each position what may come after it
(3, 5)
>>> model.generate([3, 1], max_new_tokens=3, seed=1)
[3, 1, 0, 4, 3]
"""

from __future__ import annotations

import math
import random
from typing import Any

from micrograd_nn import trees
from micrograd_nn.nn.dropout import Dropout
from micrograd_nn.nn.embedding import Embedding
from micrograd_nn.nn.examples import size
from micrograd_nn.nn.generation import generate
from micrograd_nn.nn.layer_norm import LayerNorm
from micrograd_nn.nn.linear import Linear
from micrograd_nn.nn.mlp import Activation
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.positions import PositionalEmbedding
from micrograd_nn.nn.sequences import Rows
from micrograd_nn.nn.transformer import TransformerBlock

STD = 0.02  # of the weights at first, as in GPT-2
RESIDUAL = ("out_proj.weight", "linear2.weight")  # whose outputs are added to x


class GPT(Module):
    """Transformer blocks between an embedding and a linear layer.

    It starts as GPT-2 does: weights normal with a deviation of 0.02, or 0.02 over
    √(2 · n_layer) where their sums are added to x, which then keeps its size.

    Args:
        vocab_size: How many tokens there are.
        block_size: The length of the longest sequence.
        n_layer: The number of blocks.
        n_head: The number of heads in each.
        n_embd: The number of features of a position.
        dropout: In training, the probability of leaving out a number.
        bias: Whether the blocks and the last norm have biases.
        activation: Inside the blocks; GPT-2 has "gelu", which takes longer.
        tie_weights: Whether `lm_head` has the weights of `wte`, as in GPT-2.

    Attributes:
        wte: The `Embedding` of tokens.
        wpe: The `PositionalEmbedding`.
        h: The blocks, a list of `TransformerBlock`.
        ln_f: The last `LayerNorm`.
        lm_head: The `Linear` layer to the logits, without biases.

    Raises:
        TypeError: If `dropout` is not a number.
        ValueError: If a size is not a positive whole number, the heads do not divide
            the features, there is no such activation, or `dropout` is not in 0 ... 1.

    >>> model = GPT(vocab_size=27, block_size=16, n_layer=1, n_head=4, n_embd=16)
    >>> len(model.parameters())
    4432
    """

    def __init__(
        self,
        vocab_size: int,
        block_size: int,
        n_layer: int = 1,
        n_head: int = 4,
        n_embd: int = 16,
        *,
        dropout: float = 0.0,
        bias: bool = True,
        activation: str | Activation = "relu",
        tie_weights: bool = False,
    ) -> None:
        self.vocab_size = size(vocab_size, "vocab_size")
        self.block_size = size(block_size, "block_size")
        self.n_layer = size(n_layer, "n_layer")
        self.wte = Embedding(vocab_size, size(n_embd, "n_embd"))
        self.wpe = PositionalEmbedding(block_size, n_embd)
        self.drop = Dropout(dropout)
        self.h = [
            TransformerBlock(n_embd, n_head, None, dropout, activation, bias=bias)
            for _ in range(n_layer)
        ]
        self.ln_f = LayerNorm(n_embd, bias=bias)
        self.lm_head = Linear(n_embd, vocab_size, bias=False)
        if tie_weights:
            self.lm_head.weight = self.wte.weight
        self._draw()

    def __call__(self, tokens: Any) -> Rows:
        """For each position the logits of the token after it.

        Args:
            tokens: Whole numbers, or such inputs of a program; at most `block_size`.

        Raises:
            IndexError: If there is no such token.
            TypeError: If one is no whole number.
            ValueError: If there are too many, or none.
        """
        x = self.drop(self.wpe(self.wte(tokens)))
        for block in self.h:
            x = block(x, is_causal=True)
        logits: Rows = self.lm_head(self.ln_f(x))
        return logits

    def generate(
        self,
        prompt: Any,
        max_new_tokens: int,
        *,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> Any:
        """The prompt and the tokens that come after it; see `generation.generate`."""
        return generate(
            self,
            prompt,
            max_new_tokens,
            block_size=self.block_size,
            temperature=temperature,
            seed=seed,
        )

    def _draw(self) -> None:
        """Start as GPT-2 does; norms are left as they are."""
        deeper = STD / math.sqrt(2 * self.n_layer)
        for name, tensor in self.named_tensors().items():
            std = deeper if name.endswith(RESIDUAL) else STD
            for value in trees.leaves(tensor.values):
                if name.endswith("bias"):
                    value.data = 0.0
                elif len(tensor.shape) == 2:
                    value.data = random.gauss(0.0, std)
