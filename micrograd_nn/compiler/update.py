"""An optimizer's rule, compiled: all parameters move at once, in place.

The rule is read with expressions, as the formulas of ops are. What changes from step to
step, as the learning rate, stays a name; so a schedule needs no new program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.compiler.code import Code
from micrograd_nn.compiler.expressions import Expression, Trace, below
from micrograd_nn.compiler.rendering import Renderer
from micrograd_nn.compiler.runtime import NAMES
from micrograd_nn.optim import Optimizer

Floats = NDArray[np.float64]


def compile_update(
    optimizer: Optimizer, param: Floats, grad: Floats, state: Sequence[Floats]
) -> Callable[[float, float], None]:
    """The function `update(t, lr)` that takes one step, in place.

    Args:
        optimizer: Whose rule and other hyper-parameters to use.
        param: The parameters.
        grad: Their grads.
        state: What the rule remembers, an array each.
    """
    names = dict(NAMES)
    exec(compile(update_source(optimizer, len(param)), "<update>", "exec"), names)
    update: Callable[[float, float], None] = names["bind"](param, grad, *state)
    return update


def update_source(optimizer: Optimizer, count: int) -> str:
    """The source of `bind(param, grad, *state)`, which returns `update(t, lr)`."""
    trace, code = Trace(), Code(batched=False)
    names = ["param", "grad", *optimizer.state_names]
    old = {name: trace.operand(name) for name in names}
    renderer = Renderer(code, (count,), False, 0, {id(x): n for n, x in old.items()})
    numbers = {"t": trace.scalar("t"), "lr": trace.scalar("lr")}
    rule = type(optimizer).rule
    given = {**optimizer.hyperparameters, **numbers}
    try:
        new = rule(trace.xp, *old.values(), **given)
    except TypeError as error:
        raise TypeError(
            f"a rule that asks for numbers: got {type(optimizer).__name__}.rule, which "
            f"cannot be read with arrays ({error}); expected arithmetic and functions "
            "of xp. Write xp.minimum or xp.where for min() or `if` on t, lr or arrays."
        ) from error
    targets = dict(zip(["param", *optimizer.state_names], new, strict=True))
    _assign(code, renderer, old, targets)
    lines = [f"def bind({', '.join(names)}):"]
    lines += [f"    {name} = {source}" for name, source in code.bindings.items()]
    lines += ["", "    def update(t, lr):"]
    lines += [f"        {line}" for line in code.forward]
    return "\n".join([*lines, "", "    return update", ""])


def _assign(
    code: Code,
    renderer: Renderer,
    old: dict[str, Expression],
    new: dict[str, Expression],
) -> None:
    """Emit the lines that put the new values where the old ones are.

    The state comes first, because parameters are moved by it. What somebody still needs
    the old values of is put aside until the end.
    """
    aside = []
    waiting = [*list(new)[1:], "param"]
    while waiting:
        name = waiting.pop(0)
        if new[name] is old[name]:
            continue
        later = [new[other] for other in waiting]
        out = name
        if _is_needed(renderer, old[name], new[name], later):
            out = code.buffer(renderer.dims, False)
            aside.append((name, out))
        renderer.compute(new[name], out)
        renderer.names[id(new[name])] = out
    for name, out in aside:
        code.copy(name, out)


def _is_needed(
    renderer: Renderer, old: Expression, new: Expression, later: Sequence[Expression]
) -> bool:
    """Whether `old` is used by what comes later, other than through `new`."""
    nodes = [node for root in later for node in below([root], until={id(new)})]
    used = [*later, *(x for node in nodes for x in node.arguments)]
    return any(old is x for x in used)
