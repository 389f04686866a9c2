"""`Embedding`: a table of vectors, one for each word of a vocabulary.

>>> table = Embedding(3, 2)
>>> table(1) == table.weight[1]
True
"""

from __future__ import annotations

from typing import Any

from micrograd_nn import functions
from micrograd_nn.initializers import Initializer
from micrograd_nn.nn.examples import Nested, as_list, size
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.weights import parameters


class Embedding(Module):
    """Row `index` of a table that is learned; a sequence of rows for one of indexes.

    Args:
        num_embeddings: How many rows there are.
        embedding_dim: How many numbers are in each.
        initializer: How they start, as for `Linear`; normal with deviation 1 unless
            given, as in PyTorch.

    Attributes:
        weight: Values, [num_embeddings][embedding_dim].

    Raises:
        ValueError: If a size is not a positive whole number, or there is no such
            initializer.

    >>> Embedding(5, 3)
    Embedding(5, 3)
    >>> Embedding(5, 3)(7)
    Traceback (most recent call last):
    IndexError: no such entry: got index=7 (int); expected an integer from 0 to 4. ...
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        *,
        initializer: str | Initializer = "normal",
    ) -> None:
        self.num_embeddings = size(num_embeddings, "num_embeddings")
        self.embedding_dim = size(embedding_dim, "embedding_dim")
        fans = num_embeddings, embedding_dim
        self.weight = parameters(fans, initializer, *fans)

    def __call__(self, index: Any) -> Nested:
        """The row of an index, or rows in lists as the indexes came.

        Args:
            index: A whole number, or an input of a program that is one; or several in
                nested lists.

        Raises:
            IndexError: If there is no such row.
            TypeError: If an index is no whole number.
        """
        listed = as_list(index)
        if isinstance(listed, (list, tuple)):
            return [self(one) for one in listed]
        return functions.take(self.weight, listed)

    def extra_repr(self) -> str:
        """The arguments."""
        return f"{self.num_embeddings}, {self.embedding_dim}"
