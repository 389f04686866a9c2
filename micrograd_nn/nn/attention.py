"""`MultiheadAttention`: each position gathers from the others what it asks for.

A position has a query, a key and a value, three linear functions of its features. It
gathers the values of all, in proportion to exp(query · key / √d):

    weights[i][j] = softmax over j of query[i] · key[j] / √d
    output[i]     = Σ_j weights[i][j] · value[j]

Several heads do so side by side, each with a part of the numbers (Vaswani et al., 2017,
"Attention Is All You Need").

>>> attention = MultiheadAttention(2, 1)
>>> outputs, weights = attention([[1.0, 2.0], [3.0, 4.0]], is_causal=True)
>>> [x.data for x in weights[0]]  # the first position sees itself alone
[1.0, 0.0]
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from operator import mul
from typing import Any

from micrograd_nn import functions
from micrograd_nn.engine import Value, constant
from micrograd_nn.nn.dropout import Dropout
from micrograd_nn.nn.examples import Inputs, require, size
from micrograd_nn.nn.linear import Linear, sums
from micrograd_nn.nn.masks import Places, visible
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.sequences import Rows, sequence
from micrograd_nn.nn.weights import filled, parameters
from micrograd_nn.ranges import in_range

Vector = list[Value]


def attend(
    queries: Rows, keys: Rows, values: Rows, places: Places, dropout: Dropout
) -> tuple[Rows, Rows]:
    """What one head gathers for each query, and with which weights.

    Args:
        queries: [queries][features of a head].
        keys: [keys][features of a head].
        values: As many as keys.
        places: Which keys each query looks at.
        dropout: Of the weights.

    Returns:
        [queries][features of a head] and [queries][keys].
    """
    outputs, weights = [], []
    for query, seen in zip(queries, places, strict=True):
        scores = [_dot(query, keys[j]) / math.sqrt(len(query)) for j in seen]
        shares = dropout(functions.softmax(scores))
        columns = zip(*(values[j] for j in seen), strict=True)
        outputs.append([_dot(shares, column) for column in columns])
        weights.append(_spread(shares, seen, len(keys)))
    return outputs, weights


class MultiheadAttention(Module):
    """Attention by several heads, then a linear layer that mixes what they found.

    As in PyTorch, but that a call takes one example, [time][features], and attends to
    that itself unless keys are given; and `is_causal` needs no mask beside it.

    Args:
        embed_dim: The number of features of a position, in and out.
        num_heads: How many heads share them; a divisor of `embed_dim`.
        dropout: In training, the probability of leaving out a weight.
        bias: Whether there are biases.

    Attributes:
        in_proj_weight: Values, [3 · embed_dim][embed_dim]: rows for the queries, the
            keys, the values. Xavier's uniform at first.
        in_proj_bias: Values, [3 · embed_dim], or None. They start at 0.
        out_proj: A `Linear(embed_dim, embed_dim)`; its biases start at 0.

    Raises:
        TypeError: If `dropout` is not a number.
        ValueError: If a size is not a positive whole number, the heads do not divide
            the features, or `dropout` is not in 0 ... 1.

    >>> attention = MultiheadAttention(4, 2)
    >>> outputs, weights = attention([[1.0, 2.0, 3.0, 4.0]] * 5)
    >>> len(outputs), len(outputs[0]), len(weights), len(weights[0])
    (5, 4, 5, 5)
    """

    def __init__(
        self, embed_dim: int, num_heads: int, dropout: float = 0.0, bias: bool = True
    ) -> None:
        self.embed_dim = size(embed_dim, "embed_dim")
        self.num_heads = size(num_heads, "num_heads")
        self.head_dim = _divided(self.embed_dim, self.num_heads)
        self.dropout = in_range(dropout, "dropout", high=1.0, ends="[]")
        rows = 3 * self.embed_dim
        self.in_proj_weight: list[Vector] = parameters(
            (rows, embed_dim), "xavier_uniform", embed_dim, rows
        )
        self.in_proj_bias: Vector | None = filled((rows,), 0.0) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias)
        for value in self.out_proj.bias or []:
            value.data = 0.0

    def __call__(
        self,
        query: Inputs,
        key: Inputs = None,
        value: Inputs = None,
        *,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[list[Vector], Any]:
        """What each position of `query` gathers, and with which weights.

        Args:
            query: Who asks, [time][features].
            key: What they are compared with; `query` unless given.
            value: What they gather, as many as keys; `key` unless given.
            need_weights: Whether to return the weights.
            attn_mask: [queries][keys], True where a query may not look; known when a
                program is recorded.
            average_attn_weights: Whether to return the mean over the heads.
            is_causal: Whether no query may look at a later key.

        Returns:
            Outputs, [queries][features]; and weights, [queries][keys] or for each head
            [heads][queries][keys], or None.

        Raises:
            TypeError: If a mask is not of bools.
            ValueError: If shapes do not fit, or a query may look nowhere.
        """
        key = query if key is None else key
        value = key if value is None else value
        queries, keys, values = (
            sequence(x, self.embed_dim, self._title) for x in (query, key, value)
        )
        advice = "Pass a value for each key."
        require(self._title, "values", len(values), len(keys), advice)
        places = visible(len(queries), len(keys), attn_mask, is_causal)
        drop = Dropout(self.dropout).train(self.training)
        heads = [
            attend(q, k, v, places, drop)
            for q, k, v in zip(*self._projected(queries, keys, values), strict=True)
        ]
        outputs = self.out_proj(_beside([gathered for gathered, _ in heads]))
        weights = [shares for _, shares in heads]
        if not need_weights:
            return outputs, None
        return outputs, _mean(weights) if average_attn_weights else weights

    def extra_repr(self) -> str:
        """The arguments."""
        dropout = f", dropout={self.dropout}" if self.dropout else ""
        bias = "" if self.in_proj_bias else ", bias=False"
        return f"embed_dim={self.embed_dim}, num_heads={self.num_heads}{dropout}{bias}"

    @property
    def _title(self) -> str:
        return f"MultiheadAttention({self.embed_dim})"

    def _projected(self, *inputs: Rows) -> Iterator[list[Rows]]:
        """The queries, the keys and the values, for each head."""
        for i, rows in enumerate(inputs):
            part = slice(i * self.embed_dim, (i + 1) * self.embed_dim)
            bias = self.in_proj_bias and self.in_proj_bias[part]
            found = [sums(bias, self.in_proj_weight[part], row) for row in rows]
            yield self._heads(found)

    def _heads(self, rows: Rows) -> list[Rows]:
        starts = range(0, self.embed_dim, self.head_dim)
        return [[row[i : i + self.head_dim] for row in rows] for i in starts]


def _dot(xs: Iterable[Value], ys: Iterable[Value]) -> Value:
    return functions.sum(map(mul, xs, ys))


def _divided(embed_dim: int, num_heads: int) -> int:
    if embed_dim % num_heads:
        raise ValueError(
            f"heads of unequal size: got num_heads={num_heads} for "
            f"embed_dim={embed_dim}; expected a divisor of that."
        )
    return embed_dim // num_heads


def _spread(shares: Vector, places: list[int], keys: int) -> Vector:
    """The weights of a query for all keys: zeros for those that it does not look at."""
    weights = [constant(0.0)] * keys
    for share, j in zip(shares, places, strict=True):
        weights[j] = share
    return weights


def _beside(heads: list[Rows]) -> Rows:
    return [[x for row in rows for x in row] for rows in zip(*heads, strict=True)]


def _mean(heads: list[Rows]) -> Rows:
    return [
        [functions.sum(weights) / len(heads) for weights in zip(*rows, strict=True)]
        for rows in zip(*heads, strict=True)
    ]
