"""Optimizers: from the gradients of the parameters to better parameters.

>>> w = Value(5.0)
>>> optimizer = SGD([w], lr=0.1)
>>> for _ in range(50):
...     optimizer.zero_grad()
...     ((w - 3.0) ** 2).backward()
...     optimizer.step()
>>> round(w.data, 3)
3.0

Each optimizer is one rule, written once with plain arithmetic:

    rule(xp, param, grad, *state, t=1, **hyperparameters) -> (param, *state)

`step()` reads it with floats, one parameter at a time; read with an array that holds
every parameter, it moves all of them at once. The first step has t = 1, and state
starts at 0. What a rule remembers is kept in the optimizer, not on the parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from micrograd_nn.engine import Value
from micrograd_nn.namespaces import read_floats
from micrograd_nn.numbers import as_number, shortened


class Optimizer:
    """The base of optimizers: a subclass brings a rule.

    Args:
        params: The parameters, each once.
        **hyperparameters: Those of the rule, by name: numbers from 0 up, pairs of
            numbers below 1, or switches. They become attributes; assign
            `optimizer.lr` between steps to follow a schedule.

    Attributes:
        params: The parameters, as a list.
        state: By name, what the rule remembers: lists parallel to `params`.
        steps: How many steps were taken.

    Raises:
        TypeError: If `params` are not Values, or a hyper-parameter is no number.
        ValueError: If there are no parameters, one comes twice or was computed, or a
            hyper-parameter is out of range.
    """

    rule: ClassVar[Callable[..., tuple[Any, ...]]]
    state_names: ClassVar[tuple[str, ...]]
    lr: float

    def __init__(self, params: Iterable[Value], **hyperparameters: Any) -> None:
        self.params = _listed(params)
        self.steps = 0
        self.state = {name: [0.0] * len(self.params) for name in self.state_names}
        self._names = tuple(hyperparameters)
        for name, given in hyperparameters.items():
            checked = isinstance(given, (bool, tuple))
            setattr(self, name, given if checked else _number(given, name))

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
        _require_keys(state, self.state_dict(), type(self).__name__)
        given = {name: state[name] for name in self._names}
        twin = type(self)(self.params, **given)
        twin.steps = int(_number(state["steps"], "steps"))
        for name, zeros in twin.state.items():
            twin.state[name] = _numbers(state[name], name, len(zeros))
        vars(self).update(vars(twin))


class SGD(Optimizer):
    """Stochastic gradient descent: steps against the gradient.

    With momentum (Polyak, 1964; nesterov: Nesterov, 1983, in the form of Sutskever et
    al., 2013) a step goes along a velocity, to which each gradient adds. As in PyTorch,
    `lr` is no factor of the velocity, and the first gradient is not dampened.

    Args:
        params: The parameters, each once.
        lr: The learning rate: how far to go.
        momentum: How much of the last velocity is kept.
        dampening: How much of a gradient is kept out of the velocity.
        weight_decay: How strongly parameters are drawn to 0, as by a term
            weight_decay / 2 · param² in the loss.
        nesterov: Whether to go along the gradient and the velocity that it made.

    Raises:
        TypeError: As for `Optimizer`.
        ValueError: As for `Optimizer`; or if `nesterov` comes without momentum or with
            dampening.

    >>> w = Value(5.0)
    >>> w.grad = 4.0
    >>> SGD([w], lr=0.1).step()
    >>> w.data
    4.6
    """

    state_names = ("momentum_buffer",)
    momentum: float
    dampening: float
    weight_decay: float
    nesterov: bool

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        if nesterov and (momentum == 0.0 or dampening != 0.0):
            raise ValueError(
                f"Nesterov needs a full velocity: got momentum={momentum!r} and "
                f"dampening={dampening!r}; expected momentum > 0 and no dampening."
            )
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
        )

    @staticmethod
    def rule(
        xp: Any,
        param: Any,
        grad: Any,
        velocity: Any,
        *,
        t: int,
        lr: float,
        momentum: float,
        dampening: float,
        weight_decay: float,
        nesterov: bool,
    ) -> tuple[Any, Any]:
        """One step: the new parameter and its new velocity."""
        if weight_decay:
            grad = grad + weight_decay * param
        if momentum:
            velocity = momentum * velocity + (1.0 - dampening * (t > 1)) * grad
            grad = grad + momentum * velocity if nesterov else velocity
        return param - lr * grad, velocity


class Adam(Optimizer):
    """Adam: steps of about `lr` for each parameter, whatever its scale.

    The mean of the gradients over the root of the mean of their squares (Kingma and Ba,
    2015, algorithm 1). Both are running means that start at 0, and so are too small by
    a factor of 1 - beta**t at first. As in PyTorch, `eps` is added to the root after
    that was corrected.

    Args:
        params: The parameters, each once.
        lr: The learning rate: how far to go.
        betas: How much is kept of the running mean of gradients, and of their squares.
        eps: What keeps a step small where gradients are tiny.
        weight_decay: How strongly parameters are drawn to 0, as by a term
            weight_decay / 2 · param² in the loss.

    Raises:
        TypeError: As for `Optimizer`.
        ValueError: As for `Optimizer`.

    >>> w = Value(5.0)
    >>> w.grad = 1e-3
    >>> Adam([w], lr=0.5).step()
    >>> round(w.data, 3)
    4.5
    """

    state_names = ("exp_avg", "exp_avg_sq")
    betas: tuple[float, float]
    eps: float
    weight_decay: float

    def __init__(
        self,
        params: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(
            params, lr=lr, betas=_pair(betas), eps=eps, weight_decay=weight_decay
        )

    @staticmethod
    def rule(
        xp: Any,
        param: Any,
        grad: Any,
        mean: Any,
        mean_square: Any,
        *,
        t: int,
        lr: float,
        betas: tuple[float, float],
        eps: float,
        weight_decay: float,
    ) -> tuple[Any, Any, Any]:
        """One step: the new parameter and its new running means."""
        beta1, beta2 = betas
        if weight_decay:
            grad = grad + weight_decay * param
        mean = beta1 * mean + (1.0 - beta1) * grad
        mean_square = beta2 * mean_square + (1.0 - beta2) * grad * grad
        root = xp.sqrt(mean_square) / xp.sqrt(1.0 - beta2**t) + eps
        return param - lr / (1.0 - beta1**t) * (mean / root), mean, mean_square


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "adam": Adam}


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


def _number(given: Any, name: str, end: float = math.inf) -> float:
    number = as_number(given, name)
    if not 0.0 <= number < end:
        raise ValueError(
            f"out of range: got {name}={given!r} ({type(given).__name__}); "
            f"expected 0 <= {name} < {end:g}."
        )
    return number


def _pair(betas: Any) -> tuple[float, float]:
    first, second = _fitting(betas, "betas", 2)
    return _number(first, "betas[0]", 1.0), _number(second, "betas[1]", 1.0)


def _numbers(given: Any, name: str, length: int) -> list[float]:
    fitting = enumerate(_fitting(given, name, length))
    return [as_number(x, f"{name}[{i}]") for i, x in fitting]


def _fitting(given: Any, name: str, length: int) -> Any:
    if not isinstance(given, (list, tuple)) or len(given) != length:
        raise ValueError(
            f"wrong length: got {name}={shortened(given)} ({type(given).__name__}); "
            f"expected a list of {length} numbers."
        )
    return given


def _require_keys(given: Mapping[str, Any], own: Mapping[str, Any], kind: str) -> None:
    missing = [name for name in own if name not in given]
    unexpected = [name for name in given if name not in own]
    if missing or unexpected:
        raise ValueError(
            f"state does not fit: got missing={missing}, unexpected={unexpected}; "
            f"expected the entries of {kind}.state_dict(). "
            "Load it into an optimizer of the kind that it came from."
        )
