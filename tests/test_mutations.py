"""The test of the tests: no wrong formula of an op gets past `oracles.check`."""

import dataclasses

import pytest

from micrograd_nn import OPS
from tests.oracles import check

MUTANTS = {
    "negated": lambda right: -right,
    "doubled": lambda right: 2.0 * right,
    "halved": lambda right: 0.5 * right,
    "zero": lambda right: 0.0 * right,
    "one": lambda right: 0.0 * right + 1.0,
    "a millionth off": lambda right: right * (1.0 + 1e-6),
}
SWAPPED = "operands swapped"

# Mutants that are no mutants: what they change is the same after as before.
EQUIVALENT = {
    *((key, "forward", SWAPPED) for key in ("+", "*", "maximum", "minimum")),
    *((key, "forward", SWAPPED) for key in ("sum", "max", "min", "logsumexp")),
    *((key, f"partial {i}", SWAPPED) for key in ("+", "-") for i in (0, 1)),
    *((key, "partial 0", SWAPPED) for key in ("sum", "pick(0)")),
    *((key, f"partial {i}", "one") for key in ("+",) for i in (0, 1)),
    *((key, "partial 0", "one") for key in ("-", "identity", "sum")),
    ("power(0.0)", "forward", "one"),
    *(
        ("power(0.0)", "partial 0", name)
        for name in ("negated", "doubled", "halved", "zero", "a millionth off")
    ),
}


def parts_of(op):
    return ["forward", *(f"partial {i}" for i in range(len(op.partials)))]


def mutants_of(key):
    op = OPS[key]
    several = op.nary or len(op.partials) == 2
    for part in parts_of(op):
        for name in [*MUTANTS, SWAPPED] if several else MUTANTS:
            yield pytest.param(key, part, name, id=f"{key}, {part}, {name}")


def mutated(op, part, name):
    """A copy of `op` with one wrong formula."""
    if part == "forward":
        return dataclasses.replace(op, forward=wrong(op.forward, op.nary, name))
    partials = list(op.partials)
    position = int(part.split()[1])
    partials[position] = wrong(partials[position], op.nary, name)
    return dataclasses.replace(op, partials=tuple(partials))


def wrong(body, nary, name):
    if name == SWAPPED:
        return lambda xp, *given: body(xp, *swapped(given, nary))

    def mutant(*given):
        right = body(*given)
        change = MUTANTS[name]
        return list(map(change, right)) if isinstance(right, list) else change(right)

    return mutant


def swapped(given, nary):
    """What is given to a body, with the operands at the end in reverse."""
    if nary:
        return (*given[:-1], given[-1][::-1])
    return (*given[:-2], given[-1], given[-2])


@pytest.mark.parametrize(
    ("key", "part", "name"), [mutant for key in OPS for mutant in mutants_of(key)]
)
def test_a_wrong_formula_is_found(key, part, name):
    mutant = mutated(OPS[key], part, name)
    if (key, part, name) in EQUIVALENT:
        check(mutant)
    else:
        with pytest.raises(AssertionError, match="truth"):
            check(mutant)


@pytest.mark.parametrize("key", [k for k, op in OPS.items() if len(op.partials) == 2])
def test_partials_in_the_wrong_order_are_found(key):
    op = OPS[key]
    mutant = dataclasses.replace(op, partials=op.partials[::-1])
    if key == "+":
        check(mutant)
    else:
        with pytest.raises(AssertionError, match="partial 0"):
            check(mutant)


@pytest.mark.parametrize(
    ("key", "part", "faulty"),
    [
        ("tanh", "partial 0", lambda xp, y, x: 1.0 - y * y),
        ("sigmoid", "partial 0", lambda xp, y, x: y * (1.0 - y)),
        ("tanh", "partial 0", lambda xp, y, x: xp.step(x)),
        ("/", "forward", lambda xp, a, b: a * b),
        ("/", "forward", lambda xp, a, b: b / a),
        ("log", "partial 0", lambda xp, y, x: 1.0 / y),
        ("log1p", "forward", lambda xp, x: xp.log(1.0 + x)),
        ("expm1", "forward", lambda xp, x: xp.exp(x) - 1.0),
        ("softplus", "forward", lambda xp, x: xp.log(1.0 + xp.exp(x))),
        ("softplus", "forward", lambda xp, x: x if x > 20.0 else xp.log1p(xp.exp(x))),
        ("gelu", "forward", lambda xp, x: 0.5 * x * (1.0 + xp.erf(x * 0.5**0.5))),
        ("erfc", "forward", lambda xp, x: 1.0 - xp.erf(x)),
        ("logsumexp", "forward", lambda xp, xs: xp.log(xp.sum(map(xp.exp, xs)))),
    ],
)
def test_the_faults_of_peers_are_found(key, part, faulty):
    op = OPS[key]
    field = {"forward": faulty} if part == "forward" else {"partials": (faulty,)}

    with pytest.raises(AssertionError, match="truth"):
        check(dataclasses.replace(op, **field))
