"""Which tokens there are: a number for each word, or for each character.

>>> words = Vocabulary(("bad", "good", "not"))
>>> words.encode(["not", "good"])
[2, 1]
>>> words.decode([2, 0])
['not', 'bad']

A string counts as its characters, so one class serves for both:

>>> characters = Vocabulary.of(["ada", "bob"], first=END)
>>> characters.tokens
('.', 'a', 'b', 'd', 'o')
>>> characters.encode(".ada.")
[0, 1, 3, 1, 0]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from micrograd_nn.numbers import shortened

END = "."  # stands before and after a name: one token for start and end


@dataclass(frozen=True)
class Vocabulary:
    """Tokens in a fixed order; a token's number is its place.

    Attributes:
        tokens: All different.
    """

    tokens: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.numbers) != len(self.tokens):
            twice = next(t for t in self.tokens if self.tokens.count(t) > 1)
            raise ValueError(
                f"a token stands twice in the vocabulary: got {twice!r} (str) in "
                f"tokens; expected all different. Use Vocabulary.of(texts)."
            )

    @classmethod
    def of(
        cls, sequences: Iterable[Iterable[str]], first: Iterable[str] = ()
    ) -> Vocabulary:
        """The vocabulary of all tokens in `sequences`, in alphabetical order.

        Args:
            sequences: Lists of words, or strings of characters.
            first: Tokens that come before the others, such as `END`.
        """
        found = {token for sequence in sequences for token in sequence} - set(first)
        return cls((*first, *sorted(found)))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each token."""
        return {token: number for number, token in enumerate(self.tokens)}

    def encode(self, sequence: Iterable[str]) -> list[int]:
        """The numbers of tokens.

        Raises:
            ValueError: If one is not in the vocabulary.
        """
        return [self._number(token) for token in sequence]

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """The tokens of numbers; `"".join(...)` makes a string of characters.

        Raises:
            IndexError: If a number is not in 0 ... len - 1.
        """
        return [self._token(number) for number in numbers]

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self.numbers

    def _number(self, token: str) -> int:
        if token not in self.numbers:
            raise ValueError(
                f"not in the vocabulary: got {shortened(token)} "
                f"({type(token).__name__}); expected one of its {len(self)} tokens. "
                "Build it with Vocabulary.of from all texts, or leave the token out."
            )
        return self.numbers[token]

    def _token(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise IndexError(
                f"no such token: got number={number!r} ({type(number).__name__}); "
                f"expected 0 ... {len(self) - 1}. Cut padding off before you decode."
            )
        return self.tokens[number]
