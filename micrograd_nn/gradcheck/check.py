"""`gradcheck` and `assert_gradcheck`, the two functions that users call.

>>> report = gradcheck(lambda x, y: x * y.exp(), 1.5, 0.5)
>>> print(report)
gradcheck: pass, 2 of 2 gradients are right
PASS  df/dy: analytic 2.473081906, numeric 2.47308190... ± ...
PASS  df/dx: analytic 1.648721271, numeric 1.64872127... ± ...
to repeat: gradcheck(f, 1.5, 0.5)
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from micrograd_nn import trees
from micrograd_nn.anomaly import describe
from micrograd_nn.engine import Value
from micrograd_nn.gradcheck.cuts import first_cut
from micrograd_nn.gradcheck.end_to_end import compare_all
from micrograd_nn.gradcheck.function import (
    CheckedFunction,
    checked_function,
    differentiated,
    graph_of,
    recorded,
)
from micrograd_nn.gradcheck.op_by_op import first_wrong_op
from micrograd_nn.gradcheck.report import GradcheckReport, WrongOp
from micrograd_nn.gradcheck.steps import first_wrong_step
from micrograd_nn.gradcheck.verdict import Comparison, Verdict, compare
from micrograd_nn.numbers import shortened

OPS_LIMIT = 1000  # nodes that are checked alone if all gradients agree

UNSTEADY = (
    "equal inputs gave other results: fix the seed, or pass the noise as an input"
)
CUT = (
    "every op agrees, but the path is cut at the leaf {}, which follows the inputs: "
    "was it made with .data or float?"
)
OUTSIDE = "every op agrees, no path is cut in f: is a part computed before the call?"


def gradcheck(
    f: Callable[..., Any],
    /,
    *inputs: Any,
    parameters: Iterable[Value] = (),
    order: int = 1,
    rtol: float = 1e-6,
    seed: int = 0,
    **named_inputs: Any,
) -> GradcheckReport:
    """Whether backpropagation agrees with finite differences of `f`; if not, why not.

    Each gradient of each output is compared, then each op of the graph by itself. Of
    more than 200 inputs it is one random direction and a sample, and the report says
    so. Afterwards every `.data` and `.grad` is what it was.

    Args:
        f: Takes Values, or lists, tuples, dictionaries or arrays of them, and returns
            one, or several in such a container. Equal inputs must give equal results.
        inputs: The point: numbers or Values, which reach `f` as new Values.
        parameters: Values that `f` closes over, such as a model's, to check as well.
        order: 2 checks the second derivatives too, and so on.
        rtol: The relative difference to accept, besides the numeric error.
        seed: For what is random: directions, weights and samples.
        named_inputs: Inputs that `f` takes by name.

    Returns:
        A report: true if every gradient is right, false too if one cannot be told.

    Raises:
        TypeError: If an input is not a number or an output not a Value; beyond order 1,
            if an op was written by hand.
        ValueError: If there is nothing to check, or a setting is out of range.

    >>> bool(gradcheck(lambda x, y: x * y.exp(), 1.5, y=0.5))
    True
    """
    _check_settings(order, rtol)
    parameters = list(parameters)
    function = checked_function(f, inputs, named_inputs, parameters)
    _check_not_empty(function)
    rng = random.Random(seed)
    functions = [function]
    while len(functions) < order:
        functions.append(differentiated(functions[-1]))
    rows, notes = compare_all(functions, rtol, rng)
    rows.sort(key=lambda row: (row.verdict.rank, -row.relative_error))
    wrong_op = _wrong_op(function, rows[0].verdict, rtol, rng)
    notes += _swapped(rows)
    if wrong_op is None:
        notes += _advice(functions, rows, rng)
    settings = [("order", order, 1), ("rtol", rtol, 1e-6), ("seed", seed, 0)]
    call = _call(f, inputs, named_inputs, parameters, settings)
    return GradcheckReport(call, tuple(rows), wrong_op, tuple(notes))


def assert_gradcheck(f: Callable[..., Any], /, *inputs: Any, **named: Any) -> None:
    """Raise an AssertionError with the report of `gradcheck`, unless that is true.

    Args:
        f: As for `gradcheck`.
        inputs: As for `gradcheck`.
        named: Inputs by name, and the settings of `gradcheck`.

    Raises:
        AssertionError: If a gradient is wrong or cannot be told. Its `args[0]` is the
            report.

    >>> assert_gradcheck(lambda a, b: a / b, a=1.5, b=4.0)
    """
    __tracebackhide__ = True  # pytest then shows the line of the test, and the report
    report = gradcheck(f, *inputs, **named)
    if not report:
        raise AssertionError(report)


def _check_settings(order: int, rtol: float) -> None:
    if not isinstance(order, int) or order < 1:
        raise ValueError(
            f"no such order: got order={order!r} ({type(order).__name__}); expected 1 "
            "for gradients, 2 for their gradients, or more."
        )
    if not 0.0 < rtol < 0.01:
        raise ValueError(
            f"no such tolerance: got rtol={rtol!r} ({type(rtol).__name__}); expected "
            "more than 0 and less than 0.01. Leave it at 1e-6."
        )


def _check_not_empty(function: CheckedFunction) -> None:
    for name, found in (
        ("inputs or parameters", function.variables),
        ("outputs", recorded(function)),
    ):
        if not found:
            raise ValueError(
                f"nothing to check: got no {name}; expected at least one. "
                "Pass the point, as in gradcheck(f, 1.5), and return a Value from f."
            )


def _wrong_op(
    function: CheckedFunction, worst: Verdict, rtol: float, rng: random.Random
) -> WrongOp | None:
    """The first op with a wrong rule; a large graph that agrees is only sampled."""
    if worst is Verdict.NONDETERMINISTIC:
        return None
    nodes = graph_of(recorded(function))
    if worst.passed and len(nodes) > OPS_LIMIT:
        nodes = rng.sample(nodes, OPS_LIMIT)
    return first_wrong_op(nodes, rtol) or first_wrong_step(function, rtol, rng)


def _advice(
    functions: Sequence[CheckedFunction],
    rows: Sequence[Comparison],
    rng: random.Random,
) -> list[str]:
    """What to look for, as no op is wrong."""
    if rows[0].verdict is Verdict.NONDETERMINISTIC:
        return [UNSTEADY]
    if rows[0].verdict is not Verdict.FAIL:
        return []
    for function in functions:
        leaf = first_cut(function, rng)
        if leaf is not None:
            return [CUT.format(describe(leaf))]
    return [OUTSIDE]


def _swapped(rows: Sequence[Comparison]) -> list[str]:
    wrong = [row for row in rows if row.verdict is Verdict.FAIL]
    return [
        f"{a.name} and {b.name} have each other's value: are two operands swapped?"
        for a, b in itertools.combinations(wrong[:10], 2)
        if compare(a.name, b.analytic, a.numeric).verdict.passed
        and compare(b.name, a.analytic, b.numeric).verdict.passed
    ]


def _call(
    f: Callable[..., Any],
    inputs: Sequence[Any],
    named_inputs: Mapping[str, Any],
    parameters: Sequence[Value],
    settings: Sequence[tuple[str, Any, Any]],
) -> str:
    """The call as text, with the defaults left out."""
    name = getattr(f, "__name__", type(f).__name__)
    arguments = ["f" if name == "<lambda>" else name]
    arguments += [_plain(tree) for tree in inputs]
    arguments += [f"{name}={_plain(tree)}" for name, tree in named_inputs.items()]
    arguments += ["parameters=..."] if parameters else []
    arguments += [f"{k}={x!r}" for k, x, default in settings if x != default]
    return f"gradcheck({', '.join(arguments)})"


def _plain(tree: Any) -> str:
    numbers = (x.data if isinstance(x, Value) else x for x in trees.leaves(tree))
    return shortened(trees.rebuilt(tree, numbers), width=200)
