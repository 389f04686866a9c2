"""New tokens, one after another, each drawn from what a model says may come next.

>>> from micrograd_nn.nn import Embedding
>>> model = Embedding(3, 3)  # its rows are logits: a model that sees one token back
>>> model.load_tensors({"weight": [[0, 99, 0], [0, 0, 99], [99, 0, 0]]})
>>> generate(model, [1], max_new_tokens=4, block_size=2)
[1, 2, 0, 1, 2]
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from micrograd_nn.nn.examples import as_list, size
from micrograd_nn.nn.module import Module
from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import in_range, whole_number

Tokens = list[int]


def generate(
    model: Module,
    prompt: Any,
    max_new_tokens: int,
    *,
    block_size: int,
    temperature: float = 1.0,
    seed: int | None = None,
) -> Any:
    """The prompt and the tokens that come after it.

    The model is compiled once, for sequences of `block_size`; it runs out of training.

    Args:
        model: From tokens to logits for each position, of which none depends on later
            tokens.
        prompt: Tokens, at least one; or a list of prompts, to go on with all at once.
        max_new_tokens: How many to add.
        block_size: How many tokens the model looks at: the last ones.
        temperature: What logits are divided by. Above 1 more is tried out, below 1
            less, and at 0 the likeliest token is always taken.
        seed: Of the draws; Python's `random` is used unless given.

    Returns:
        Tokens, or a list of these for a list of prompts.

    Raises:
        TypeError: If `max_new_tokens` is no whole number, or the temperature no number.
        ValueError: If a prompt is empty, there is no such token, or an argument is
            below 0.
    """
    alone = not _several(prompt)
    texts = [_text(tokens) for tokens in ([prompt] if alone else as_list(prompt))]
    block = size(block_size, "block_size")
    heat = in_range(temperature, "temperature")
    steps = whole_number(max_new_tokens, "max_new_tokens")
    rng = random if seed is None else random.Random(seed)
    with _evaluating(model):
        _extend(texts, model, steps, block, heat, rng)
    return texts[0] if alone else texts


def _extend(
    texts: list[Tokens], model: Module, steps: int, block: int, heat: float, rng: Any
) -> None:
    from micrograd_nn.compiler import compile  # needs NumPy, which layers do not

    program = compile(model)
    for _ in range(steps):
        seen = [text[-block:] for text in texts]
        blocks = [row + [0] * (block - len(row)) for row in seen]
        for text, row, logits in zip(texts, seen, program(blocks), strict=True):
            text.append(_drawn(logits[len(row) - 1].tolist(), heat, rng))


def _drawn(logits: Sequence[float], heat: float, rng: Any) -> int:
    """A token, in proportion to exp(logit / heat)."""
    top = max(logits)
    if not heat:
        return logits.index(top)
    weights = [math.exp((logit - top) / heat) for logit in logits]
    return int(rng.choices(range(len(weights)), weights)[0])


def _several(prompt: Any) -> bool:
    listed = as_list(prompt)
    return _is_list(listed) and any(_is_list(as_list(part)) for part in listed)


def _is_list(thing: object) -> bool:
    return isinstance(thing, (list, tuple))


def _text(prompt: Any) -> Tokens:
    tokens = as_list(prompt)
    if not _is_list(tokens) or not tokens:
        raise ValueError(
            f"nothing to go on with: got prompt={shortened(prompt)} "
            f"({type(prompt).__name__}); expected a list of tokens, one or more. Start "
            "with one that stands for the beginning."
        )
    return list(tokens)


@contextmanager
def _evaluating(model: Module) -> Iterator[None]:
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
