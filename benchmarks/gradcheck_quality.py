"""How often a gradient checker is wrong: false alarms and missed bugs, counted.

Thousands of random functions have a gradient known to 50 digits. A checker that rejects
it gives a false alarm; one that accepts a wrong gradient misses a bug. Ours stands
beside the rules of PyTorch, JAX and HIPS autograd, each with its own defaults.

    python benchmarks/gradcheck_quality.py > benchmarks/gradcheck_quality.md

The seed is not one of those on which the checker was tuned.
"""

from __future__ import annotations

import argparse
import platform
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice

from gradcheck_cases import Case, build, planted_bugs
from gradcheck_families import random_cases
from gradcheck_rules import Rule, hips, jax, pytorch, textbook
from gradcheck_tables import FAIL, PASS, UNSURE, Tally, by_kind, percent, table, totals
from tqdm import tqdm

from micrograd_nn import Op, Value, apply, ops
from micrograd_nn.gradcheck import Verdict, gradcheck
from micrograd_nn.gradcheck.finite_difference import Derivative, derivative
from micrograd_nn.gradcheck.verdict import compare

TUNED_ON = (1, 2, 3, 4, 5, 77, 1001, 1004, 1005, 20_261)
SEED = 31_415
CASES = 20_000
QUICK = 1_000
OURS = "micrograd-nn"

Verdicts = Callable[[Sequence[float]], str]  # of gradients of one case
Checker = Callable[[Case], Verdicts]


def ours(case: Case) -> Verdicts:
    """Our checker on that case: the numeric side is done once for all gradients."""
    numeric = {i: derivative(_along(case, i), case.point[i]) for i in case.used}
    return lambda gradient: _worst(numeric, gradient)


def _along(case: Case, index: int) -> Callable[[float], float]:
    def f(x: float) -> float:
        return case([*case.point[:index], x, *case.point[index + 1 :]])

    return f


def _worst(numeric: dict[int, Derivative], gradient: Sequence[float]) -> str:
    verdicts = [compare("", gradient[i], n).verdict for i, n in numeric.items()]
    worst = min(verdicts, key=lambda verdict: verdict.rank)
    if worst.passed:
        return PASS
    return FAIL if worst is Verdict.FAIL else UNSURE


def others(rng: random.Random) -> dict[str, Checker]:
    """The rules of the other libraries, as checkers."""
    rules = {
        "PyTorch": pytorch,
        "JAX": jax,
        "HIPS autograd": hips(rng),
        "textbook": textbook,
    }
    return {name: _checker(rule) for name, rule in rules.items()}


def _checker(rule: Rule) -> Checker:
    return lambda case: (
        lambda gradient: PASS if rule(case, case.point, gradient) else FAIL
    )


def measure(cases: int, seed: int, compared: bool = True) -> dict[str, Tally]:
    """The tallies of all checkers on that many correct gradients and their bugs.

    Args:
        cases: How many functions to make.
        seed: Of everything that is random.
        compared: Whether to measure the other checkers too.
    """
    rng = random.Random(seed)
    checkers = {OURS: ours} | (others(random.Random(seed)) if compared else {})
    tallies = {name: Tally() for name in checkers}
    made = islice(random_cases(rng), cases)
    for case in tqdm(made, total=cases, disable=None, desc="gradients"):
        if case.is_correct:
            bugs = list(planted_bugs(case, rng))
            for name, checker in checkers.items():
                _judge(tallies[name], checker, case, bugs)
    return tallies


def _judge(
    tally: Tally,
    checker: Checker,
    case: Case,
    bugs: Iterable[tuple[str, Sequence[float]]],
) -> None:
    verdict = checker(case)
    tally.correct[case.family, verdict(case.gradient)] += 1
    for kind, gradient in bugs:
        tally.wrong[kind, verdict(gradient)] += 1


@dataclass
class EndToEnd:
    """What `gradcheck` itself said of graphs with and without a wrong op."""

    correct: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    named: int = 0


def end_to_end(cases: int, seed: int) -> EndToEnd:
    """`gradcheck` on whole graphs: as they are, and with one op whose rule is wrong."""
    rng = random.Random(seed)
    made = (case for case in random_cases(rng) if case.is_correct)
    found = EndToEnd()
    for case in tqdm(islice(made, cases), total=cases, disable=None, desc="graphs"):
        found.correct[_said(gradcheck(_function(case), case.point).verdict)] += 1
        target = rng.choice(case.used)
        if abs(case.truth[target]) > 1e-9:
            factor = rng.choice((-1.0, 2.0, 0.5, 0.0, 1.001))
            report = gradcheck(_function(case, target, factor), case.point)
            found.wrong[_said(report.verdict)] += 1
            found.named += report.wrong_op is not None and report.wrong_op.op == "bug"
    return found


def _said(verdict: Verdict) -> str:
    return PASS if verdict.passed else FAIL if verdict is Verdict.FAIL else UNSURE


def _function(
    case: Case, target: int = -1, factor: float = 1.0
) -> Callable[[list[Value]], Value]:
    bug = Op("bug", lambda xp, x: x, (lambda xp, y, x: factor,))

    def f(inputs: list[Value]) -> Value:
        values = dict(enumerate(inputs))
        if target >= 0:
            values[target] = apply(bug, values[target])
        return apply(ops.IDENTITY, build(case.expression, values))

    return f


def report(cases: int, graphs: int, seed: int) -> str:
    tallies = measure(cases, seed)
    whole = end_to_end(graphs, seed + 1)
    versions = [f"{name} {version(name)}" for name in ("mpmath", "numpy")]
    return REPORT.format(
        right=tallies[OURS].correct.total(),
        bugs=tallies[OURS].wrong.total(),
        seed=seed,
        tuned=", ".join(map(str, TUNED_ON)),
        versions=", ".join([f"Python {platform.python_version()}", *versions]),
        totals=totals(tallies),
        missed=by_kind(tallies, lambda tally: tally.wrong, PASS),
        alarms=by_kind(tallies, lambda tally: tally.correct, FAIL),
        graphs=table(
            ["graphs", PASS, FAIL, UNSURE],
            [
                [name, *(str(counts[verdict]) for verdict in (PASS, FAIL, UNSURE))]
                for name, counts in (
                    ("right", whole.correct),
                    ("with one wrong op", whole.wrong),
                )
            ],
        ),
        named=percent(whole.named / max(whole.wrong.total(), 1)),
    )


REPORT = """\
# Quality of the gradient checkers

{right} right gradients and {bugs} planted bugs, of seed {seed}. The checker was tuned
on other seeds: {tuned}.
{versions}. Written by `python benchmarks/gradcheck_quality.py`.

{totals}

A right gradient is within 1e-9 of mpmath's at 50 digits, relatively. A bug changes one
by more than 1e-5 relatively and 1e-11. Ours may also leave a gradient undecided, which
is never a pass. The other rules are restated in `gradcheck_rules.py`, with the defaults
of PyTorch 2.13, JAX 0.10 and HIPS autograd 1.9. They take two values of f for each
input, ours takes about 70.

## Bugs missed, by kind

{missed}

PyTorch's rtol of 1e-3 lets the last digits of a gradient go by intent, and its atol of
1e-5 any gradient that is small.

## False alarms, by family of functions

{alarms}

## `gradcheck` itself, on whole graphs

{graphs}

The report named the wrong op in {named} of them.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} functions only")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    cases = QUICK if arguments.quick else CASES
    print(report(cases, cases // 10, arguments.seed))


if __name__ == "__main__":
    main()
