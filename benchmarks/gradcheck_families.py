"""Random functions and points: ordinary ones, and those that are hard to check."""

from __future__ import annotations

import random
from collections.abc import Iterator

from gradcheck_cases import Case, Expression, Point, make_case

from micrograd_nn import OPS, ops

UNARY = [op for op in OPS.values() if not op.nary and len(op.partials) == 1]
BINARY = [op for op in OPS.values() if not op.nary and len(op.partials) == 2]
NARY = [op for op in OPS.values() if op.nary]
KINKED = [ops.RELU, ops.ABS, ops.leaky_relu(0.01), ops.elu(0.5)]


def _number(rng: random.Random) -> float:
    """Half of the time ordinary, else anything from 1e-3 to 1e3 in size."""
    if rng.random() < 0.5:
        return rng.gauss(0.0, 1.5)
    return rng.choice((-1.0, 1.0)) * 10.0 ** rng.uniform(-3.0, 3.0)


def _numbers(rng: random.Random, count: int) -> Point:
    return [_number(rng) for _ in range(count)]


def _tree(rng: random.Random, depth: int, inputs: int) -> Expression:
    if depth == 0 or rng.random() < 0.12:
        known = round(rng.uniform(-3.0, 3.0), 3)
        return rng.randrange(inputs) if rng.random() < 0.75 else known
    kinds = [(UNARY, 1), (BINARY, 2), (NARY, rng.randint(2, 3))]
    table, count = rng.choices(kinds, weights=(50, 43, 7))[0]
    operands = [_tree(rng, depth - 1, inputs) for _ in range(count)]
    return (rng.choice(table), *operands)


def _single_op(rng: random.Random) -> tuple[Expression, Point]:
    op = rng.choice(list(OPS.values()))
    count = rng.randint(2, 3) if op.nary else len(op.partials)
    return (op, *range(count)), _numbers(rng, count)


def _random_tree(rng: random.Random) -> tuple[Expression, Point]:
    count = rng.randint(1, 3)
    return _tree(rng, rng.randint(2, 4), count), _numbers(rng, count)


def _deep_tree(rng: random.Random) -> tuple[Expression, Point]:
    count = rng.randint(1, 3)
    return _tree(rng, 6, count), _numbers(rng, count)


def _near_kink(rng: random.Random) -> tuple[Expression, Point]:
    """A kink at 1e-9 to 0.1 of the input's size from the point."""
    x = _number(rng)
    distance = 10.0 ** rng.uniform(-9.0, -1.0) * max(1.0, abs(x))
    kink = x + rng.choice((-1.0, 1.0)) * distance
    inner = (ops.SUB, 0, kink)
    if rng.random() < 0.3:
        inner = (rng.choice((ops.TANH, ops.ATAN, ops.SIN)), inner)
    bent: Expression = (rng.choice(KINKED), inner)
    if rng.random() < 0.3:
        crossing = rng.choice((ops.MAXIMUM, ops.MINIMUM))
        bent = (crossing, (ops.MUL, 0, 2.0), (ops.ADD, 0, kink))
    smooth = (rng.choice(UNARY), rng.choice((0, 1)))
    whole = rng.choice((bent, (ops.ADD, bent, smooth), (ops.MUL, bent, 1)))
    return whole, [x, _number(rng)]


def _near_edge(rng: random.Random) -> tuple[Expression, Point]:
    """The end of a domain, or a pole, at 1e-6 to 1e-2 from the point."""
    x = 10.0 ** rng.uniform(-6.0, -2.0)
    inverse = (ops.DIV, 1, 0)
    power = (ops.POW, 0, 1)
    steep = rng.choice(
        [(ops.LOG, 0), (ops.SQRT, 0), (ops.power(-1.0), 0), power, inverse]
    )
    whole = rng.choice((steep, (rng.choice(BINARY), steep, 1)))
    return whole, [x, _number(rng)]


def _noisy(rng: random.Random) -> tuple[Expression, Point]:
    """Up to eight digits cancel."""
    large = 10.0 ** rng.uniform(0.0, 8.0)
    inner = (rng.choice(UNARY), 0)
    lifted = (ops.ADD, inner, large)
    square = (ops.MUL, 0, 0)
    forms: list[Expression] = [
        (ops.SUB, lifted, large),
        (ops.MUL, lifted, 1.0 / large),
        (ops.DIV, (ops.SUB, (ops.EXP, 0), 1.0), 0),
        (ops.DIV, (ops.SUB, 1.0, (ops.COS, 0)), square),
        (ops.LOG, (ops.ADD, 1.0, square)),
    ]
    return rng.choice(forms), [_number(rng)]


def _neuron(rng: random.Random) -> tuple[Expression, Point]:
    """The squared error of a neuron, by two weights and the bias."""
    activations = [ops.TANH, ops.RELU, ops.SIGMOID, ops.GELU, ops.SILU, ops.SOFTPLUS]
    first, second, target = (round(rng.gauss(0.0, 1.0), 3) for _ in range(3))
    total = (ops.ADD, (ops.ADD, (ops.MUL, 0, first), (ops.MUL, 1, second)), 2)
    error = (ops.SUB, (rng.choice(activations), total), target)
    return (ops.power(2.0), error), [rng.gauss(0.0, 2.0) for _ in range(3)]


FAMILIES = {
    "one op": (_single_op, 3),
    "random tree": (_random_tree, 4),
    "deep tree": (_deep_tree, 1),
    "near a kink": (_near_kink, 1),
    "near an edge": (_near_edge, 1),
    "cancellation": (_noisy, 1),
    "neuron": (_neuron, 1),
}


def random_cases(rng: random.Random) -> Iterator[Case]:
    """Cases of all families, without end; rounding spoils the gradient of some."""
    names = list(FAMILIES)
    weights = [weight for _, weight in FAMILIES.values()]
    while True:
        family = rng.choices(names, weights)[0]
        case = make_case(family, *FAMILIES[family][0](rng))
        if case is not None and case.used:
            yield case
