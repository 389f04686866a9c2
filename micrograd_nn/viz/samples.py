"""Samples: which outermost calls belong together, and what else belongs to them.

The two calls of this loss are told apart; the last line joins both:

>>> from micrograd_nn import Value
>>> from micrograd_nn.graph import topological_order
>>> from micrograd_nn.nn import Neuron
>>> from micrograd_nn.viz.attribution import CallTree, made_in, operands_of
>>> neuron = Neuron(1)
>>> order = topological_order(neuron(Value(1.0)).exp() + neuron(Value(2.0)).exp())
>>> operands, calls = operands_of(order), CallTree(order)
>>> samples = samples_of(operands, made_in(order, operands, calls), calls)
>>> samples.of_call, samples.of_value[-1] == MANY
([0, 1], True)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from micrograd_nn.scopes import OUTSIDE
from micrograd_nn.viz.attribution import CallTree, Operands

NONE, MANY = -1, -2


@dataclass(frozen=True)
class Samples:
    """The samples of a graph, counted from 0 in the order of their first calls.

    Attributes:
        of_call: The sample of each outermost call.
        of_value: The sample of each Value, `NONE`, or `MANY`.
        computed: Whether each Value depends on a call.
        given: Whether each Value was made outside of calls, and a call depends on it.
    """

    of_call: list[int]
    of_value: list[int]
    computed: list[bool]
    given: list[bool]

    @property
    def count(self) -> int:
        """How many there are."""
        return max(self.of_call) + 1


def samples_of(operands: Operands, made: Sequence[int], calls: CallTree) -> Samples:
    """The samples of a graph, from the calls in which its Values were made."""
    outermost = [NONE if call == OUTSIDE else calls.outermost[call] for call in made]
    given = _given(operands, outermost)
    of_call = _joined(operands, outermost, given, max(calls.outermost) + 1)
    inside = [NONE if call == NONE else of_call[call] for call in outermost]
    below = _below(operands, inside)
    above = _above(operands, below)
    of_value = [b if b != NONE else a for b, a in zip(below, above, strict=True)]
    return Samples(of_call, of_value, [x != NONE for x in below], given)


def _given(operands: Operands, outermost: Sequence[int]) -> list[bool]:
    feeds = [False] * len(operands)
    for i in reversed(range(len(operands))):
        if outermost[i] != NONE or feeds[i]:
            for j in operands[i]:
                feeds[j] = True
    return [feed and call == NONE for feed, call in zip(feeds, outermost, strict=True)]


def _joined(
    operands: Operands, outermost: Sequence[int], given: Sequence[bool], count: int
) -> list[int]:
    """The sample of each outermost call: one for calls that lead to one another."""
    joined = list(range(count))  # for each call itself, or an earlier one joined with

    def first(call: int) -> int:
        while joined[call] != call:
            joined[call] = call = joined[joined[call]]
        return call

    depends = [NONE] * len(operands)  # on one of these calls
    for i, call in enumerate(outermost):
        if call == NONE and not given[i]:
            continue
        for j in operands[i]:
            if call == NONE:
                call = depends[j]
            elif depends[j] not in (NONE, call):
                a, b = sorted((first(call), first(depends[j])))
                joined[b] = a
        depends[i] = call
    numbers: dict[int, int] = {}
    return [numbers.setdefault(first(i), len(numbers)) for i in range(count)]


def _below(operands: Operands, inside: Sequence[int]) -> list[int]:
    """The sample that each Value depends on."""
    found = list(inside)
    for i, sample in enumerate(inside):
        if sample == NONE:
            for j in operands[i]:
                if found[j] != NONE and found[j] != sample:
                    sample = found[j] if sample == NONE else MANY
            found[i] = sample
    return found


def _above(operands: Operands, below: Sequence[int]) -> list[int]:
    """The sample of what depends on each Value that depends on none itself."""
    found = [NONE] * len(below)
    for i in reversed(range(len(below))):
        sample = below[i] if below[i] != NONE else found[i]
        if sample != NONE:
            for j in operands[i]:
                if below[j] == NONE and found[j] != sample:
                    found[j] = sample if found[j] == NONE else MANY
    return found
