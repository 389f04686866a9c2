"""The base of optimizers: one rule, written once with plain arithmetic.

    rule(xp, param, grad, *state, t=1, **hyperparameters) -> (param, *state)

`step()` reads it with floats, one parameter at a time; read with an array that holds
every parameter, it moves all of them at once. The first step has t = 1. What a rule
remembers is kept in the optimizer, not on the parameters.

>>> class SignSGD(Optimizer):  # Bernstein et al., 2018
...     state_names = ()
...
...     @staticmethod
...     def rule(xp, param, grad, *, t, lr):
...         return (param - lr * xp.sign(grad),)
>>> w = Value(5.0)
>>> w.grad = 1e-3
>>> SignSGD([w], lr=0.5).step()
>>> w.data
4.5
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from micrograd_nn.engine import Value
from micrograd_nn.namespaces import read_floats
from micrograd_nn.numbers import as_number, shortened
from micrograd_nn.optim.states import fitting, require_keys
from micrograd_nn.ranges import in_range


class Optimizer:
    """The base of optimizers: a subclass brings a rule.

    Args:
        params: The parameters, each once.
        **hyperparameters: Those of the rule, by name: numbers from 0 up, pairs of
            numbers below 1, or switches. They become attributes; assign
            `optimizer.lr` between steps, or let a schedule do so.

    Attributes:
        params: The parameters, as a list.
        state: By name, what the rule remembers: lists parallel to `params`.
        steps: How many steps were taken.
        initial_lr: The learning rate from which schedules reckon: that of the moment
            when the first of them was made. None before.

    Raises:
        TypeError: If `params` are not Values, or a hyper-parameter is no number.
        ValueError: If there are no parameters, one comes twice or was computed, or a
            hyper-parameter is out of range.
    """

    rule: ClassVar[Callable[..., tuple[Any, ...]]]
    state_names: ClassVar[tuple[str, ...]]
    lr: float
    initial_lr: float | None = None

    def __init__(self, params: Iterable[Value], **hyperparameters: Any) -> None:
        self.params = _listed(params)
        self.steps = 0
        self._names = tuple(hyperparameters)
        for name, given in hyperparameters.items():
            checked = isinstance(given, (bool, tuple))
            setattr(self, name, given if checked else in_range(given, name))
        count = len(self.params)
        self.state = {name: [self._start()] * count for name in self.state_names}

    def __repr__(self) -> str:
        settings = [f"{name}={x!r}" for name, x in self.hyperparameters.items()]
        count = f"{len(self.params)} parameters"
        return f"{type(self).__name__}({', '.join([count, *settings])})"

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """The hyper-parameters by name, as they are now."""
        return {name: getattr(self, name) for name in self._names}

    def zero_grad(self) -> None:
        """Set the grad of every parameter to 0; `backward()` adds to what is there."""
        for param in self.params:
            param.grad = 0.0

    def step(self) -> None:
        """Move every parameter by the rule; on an error none has moved.

        A grad set to None counts as 0. One that is not finite is used as it is.
        """
        rule = partial(self.rule, t=self.steps + 1, **self.hyperparameters)
        data = [param.data for param in self.params]
        grads = [as_number(param.grad or 0.0, "grad") for param in self.params]
        columns = zip(data, grads, *self.state.values(), strict=True)
        moved = [read_floats(rule, *column) for column in columns]
        new_data, *new_state = map(list, zip(*moved, strict=True))
        for param, number in zip(self.params, new_data, strict=True):
            param.data = number
        self.state = dict(zip(self.state_names, new_state, strict=True))
        self.steps += 1

    def state_dict(self) -> dict[str, Any]:
        """What it takes to go on later: steps, hyper-parameters, state; no parameters.

        >>> from micrograd_nn.optim import SGD
        >>> SGD([Value(1.0)], lr=0.5, momentum=0.9).state_dict()["momentum_buffer"]
        [0.0]
        """
        state = {name: list(numbers) for name, numbers in self.state.items()}
        return {"steps": self.steps, **self.hyperparameters, **state}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave, for as many parameters in the same order.

        Raises:
            TypeError: If something in it is not a number.
            ValueError: If it does not fit. In both cases nothing has changed.
        """
        require_keys(state, self.state_dict(), type(self).__name__)
        given = {name: state[name] for name in self._names}
        twin = type(self)(self.params, **given)
        twin.steps = int(in_range(state["steps"], "steps"))
        for name, numbers in twin.state.items():
            twin.state[name] = _numbers(state[name], name, len(numbers))
        vars(self).update(vars(twin))

    def _start(self) -> float:
        """What the state of each parameter is before the first step."""
        return 0.0


def pair(betas: Any, name: str) -> tuple[float, float]:
    """Two shares that are kept in a step, each from 0 up to 1.

    Raises:
        TypeError: If one is not a number.
        ValueError: If there are not two, or one is out of range.
    """
    first, second = (
        in_range(x, f"{name}[{i}]", high=1.0)
        for i, x in enumerate(fitting(betas, name, 2))
    )
    return first, second


def _listed(params: Iterable[Value]) -> list[Value]:
    if not isinstance(params, Iterable):
        raise TypeError(_refusal("no list of parameters", "params", params))
    listed = list(params)
    for i, param in enumerate(listed):
        if not isinstance(param, Value):
            raise TypeError(_refusal("not a parameter", f"params[{i}]", param))
        if param.operands:
            raise ValueError(_refusal("a result, no parameter", f"params[{i}]", param))
    if not listed:
        raise ValueError(_refusal("no parameters", "params", listed))
    if len(set(listed)) < len(listed):
        raise ValueError(_refusal("a parameter comes twice", "params", listed))
    return listed


def _refusal(problem: str, name: str, given: object) -> str:
    return (
        f"{problem}: got {name}={shortened(given)} ({type(given).__name__}); expected "
        "Values that nothing was computed from, each once. Pass model.parameters()."
    )


def _numbers(given: Any, name: str, length: int) -> list[float]:
    items = enumerate(fitting(given, name, length))
    return [as_number(x, f"{name}[{i}]") for i, x in items]
