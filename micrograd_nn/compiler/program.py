"""`Program`: a recorded graph that runs on arrays.

>>> from micrograd_nn import Value
>>> w = Value(3.0)
>>> program = Program(w * w + 1.0)
>>> program(), program.value_and_grad()
(10.0, (10.0, array([6.])))
>>> w.data = 1.0
>>> program()
2.0
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn import recording, trees
from micrograd_nn.compiler import collector
from micrograd_nn.compiler.batches import Batch, read_batch
from micrograd_nn.compiler.clipping import clipped
from micrograd_nn.compiler.describe import describe, passes
from micrograd_nn.compiler.parameters import Parameters, leaves_below
from micrograd_nn.compiler.placeholders import Recorded, Spec, argument_names, record
from micrograd_nn.compiler.plan import make_plan
from micrograd_nn.compiler.running import Compiled, packed
from micrograd_nn.compiler.trace import Trace, trace
from micrograd_nn.compiler.training import Training
from micrograd_nn.compiler.watch import Watch
from micrograd_nn.engine import Value
from micrograd_nn.numbers import shortened
from micrograd_nn.optim import Optimizer

Floats = NDArray[np.float64]
SHAPES = 64  # of examples, for which programs are kept


class Program:
    """A graph of scalars, compiled to array instructions. Made by `compile`.

    One program belongs to one thread: its runs share their arrays.

    Args:
        target: A Value, or a function of one example.
        params: The leaves whose gradients are wanted; all unless given.
        seed: Of the random numbers that the function asks for: an integer from 0 up.

    Raises:
        TypeError: If a param is not a leaf.
    """

    def __init__(
        self,
        target: Value | Callable[..., Any],
        params: Iterable[Value] | None = None,
        seed: int = 0,
    ) -> None:
        self._target = target
        self._function = None if isinstance(target, Value) else target
        self._given = None if params is None else Parameters(params).values
        self._seed = seed
        self.random = np.random.default_rng(seed)
        self._watch: Watch | None = None
        self._compiled: dict[tuple[Any, ...], Compiled] = {}
        self._parameters: Parameters | None = None
        self._others: dict[frozenset[Value], Program] = {}
        if isinstance(target, Value):
            self._compiled[(), False] = self._compile((), batched=False)

    @property
    def params(self) -> list[Value]:
        """The Values whose gradients the program gives, in this order.

        None are known before the program was called, unless `compile` was told them.
        """
        if self._parameters is not None:
            return self._parameters.values
        return self._given or []

    def __call__(self, *arrays: Any) -> Any:
        """The outputs for a batch, or the number if a Value was compiled.

        Args:
            *arrays: One for each argument of the function, examples along the first
                axis.

        Returns:
            For each Value that the function returns an array with a number for each
            example; for a list of n Values an array of shape (examples, n).

        Raises:
            TypeError: If there are too many arrays or too few, or of a wrong type.
            ValueError: If their shapes do not fit each other, or an index is too large.
        """
        recording.refuse_if_symbolic("program(...)")
        self.check_unchanged()
        compiled, batch = self.prepare(arrays)
        rows = np.concatenate(
            [compiled.outputs(part, self.random) for part in compiled.parts(batch)],
            axis=1,
        )
        if isinstance(self._target, Value):
            return float(rows[0, 0])
        return packed(compiled.recorded.outputs, rows)

    def value_and_grad(self, *arrays: Any) -> tuple[float, Floats]:
        """The mean of the loss over a batch and its gradient, parallel to `params`.

        Random numbers are drawn anew. `.grad` is left alone.

        Args:
            *arrays: As for a call.

        Raises:
            TypeError: As for a call; or if the function gives more than one Value.
            ValueError: As for a call.
        """
        recording.refuse_if_symbolic("program(...)")
        self.check_unchanged()
        compiled, batch = self.prepare(arrays)
        with np.errstate(all="ignore"):
            loss, grad = compiled.value_and_grad(batch, self.random)
        return loss, self.parameters.in_given_order(grad)

    def backward(self, *arrays: Any) -> float:
        """Add the gradient to the `.grad` of each of `params`; returns the loss."""
        loss, grad = self.value_and_grad(*arrays)
        for value, number in zip(self.params, grad.tolist(), strict=True):
            value.grad = (value.grad or 0.0) + number
        return loss

    def trace(self, *arrays: Any, example: int = 0) -> Trace:
        """What a run computes for one example of a batch, scalar by scalar.

        Args:
            *arrays: As for a call.
            example: Which of the batch, from 0.

        Raises:
            IndexError: If there is no such example.
            TypeError: As for a call; or if the function gives more than one Value.
            ValueError: As for a call.
        """
        recording.refuse_if_symbolic("program(...)")
        return trace(self, arrays, example)

    def training(
        self,
        optimizer: Optimizer,
        *,
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> Training:
        """A context in which parameters and optimizer state are flat arrays.

        Args:
            optimizer: Its parameters are trained, as many of the program's as it has.
            clip_norm: Bound the gradient of each step, as `optim.clip_grad_norm_`.
            clip_value: Bound its numbers, as `optim.clip_grad_value_`.

        Returns:
            The context; `step(*arrays)` in it takes a training step.

        Raises:
            TypeError: If that is not an optimizer, or a bound is not a number.
            ValueError: If a bound is below 0, or both are given.

        >>> from micrograd_nn import Value
        >>> from micrograd_nn.optim import SGD
        >>> w = Value(5.0)
        >>> with Program((w - 3.0) ** 2).training(SGD([w], lr=0.1)) as train:
        ...     losses = [train.step() for _ in range(50)]
        >>> round(w.data, 3)
        3.0
        """
        if not isinstance(optimizer, Optimizer):
            raise TypeError(
                f"not an optimizer: got optimizer={shortened(optimizer)} "
                f"({type(optimizer).__name__}); expected one, with its parameters. "
                "Make it as in SGD(model.parameters(), lr=0.1)."
            )
        return Training(self, optimizer, clipped(clip_norm, clip_value))

    @property
    def source(self) -> str:
        """The program as Python source, for the shapes that it saw last."""
        return self._latest().plan.source

    @property
    def instructions(self) -> list[Any]:
        """What a run does, in order."""
        return self._latest().plan.instructions

    def scalars(self, line: int) -> list[Value]:
        """The recorded Values that one line of `print(program)` stands for.

        Args:
            line: Its number: 3 for the line of h3.

        Raises:
            IndexError: If there is no such line.

        >>> w = Value(3.0)
        >>> [node.op.symbol for node in Program(w * w + 1.0).scalars(1)]
        ['*', '+']
        """
        plan = self._latest().plan
        if not 1 <= line <= len(plan.instructions):
            raise IndexError(
                f"no such line: got line={line!r} ({type(line).__name__}); expected a "
                f"number from 1 to {len(plan.instructions)}. Count as print(program)."
            )
        return [plan.tape.nodes[i] for i in np.flatnonzero(plan.owners == line - 1)]

    @property
    def passes(self) -> str:
        """A table of the passes, with how many nodes or instructions each left."""
        return passes(self._latest().plan)

    def __repr__(self) -> str:
        if not self._compiled:
            return "Program (not recorded yet: call it with a batch)"
        latest = self._latest()
        return describe(latest.plan, latest.names)

    @property
    def parameters(self) -> Parameters:
        """The parameters as an array; known once something was recorded."""
        if self._parameters is None:
            raise _not_recorded()
        return self._parameters

    def prepare(self, arrays: Sequence[Any]) -> tuple[Compiled, Batch]:
        """What was compiled for such arrays, its parameters up to date, and the batch.

        Raises:
            TypeError: As for a call.
            ValueError: As for a call.
        """
        batch = read_batch(arrays, self._function)
        compiled = self._for(batch)
        self.parameters.refresh(compiled.U)
        compiled.refresh()
        return compiled, batch

    def check_unchanged(self) -> str | None:
        """Record anew, at the next call, if what was recorded from has changed.

        Returns:
            What changed first, in words; None if nothing did.
        """
        changed = self._watch.changed() if self._watch else None
        if changed:
            self._watch = None
            self._start_again([])
        return changed

    def _start_again(self, found: list[Value]) -> None:
        """Forget what was compiled, and go on with these parameters, if any."""
        if self._parameters is not None:
            self._parameters.write_back()
        self._compiled.clear()
        self._parameters = Parameters(found) if found else None

    def _for(self, batch: Batch) -> Compiled:
        several = batch.specs, True
        single = batch.specs, False  # one example needs no batch axis, and is quicker
        alone = batch.size == 1 and several not in self._compiled
        key = single if alone else several
        found = self._compiled.pop(key, None) or self._compile(*key)
        self._compiled[key] = found  # the latest last
        if len(self._compiled) > SHAPES:
            self._compiled.pop(next(iter(self._compiled)))
        return found

    def _compile(self, specs: tuple[Spec, ...], batched: bool) -> Compiled:
        with collector.paused():
            return self._compiled_now(specs, batched)

    def _compiled_now(self, specs: tuple[Spec, ...], batched: bool) -> Compiled:
        recorded, names = self._record(specs)
        roots = trees.leaves(recorded.outputs)
        parameters = self._parameters_of(roots)
        inputs = [*recorded.inputs, *([recorded.random] if recorded.random else [])]
        order = parameters.placed or None
        plan = make_plan(roots, parameters.values, inputs, batched, order)
        compiled = Compiled(plan, recorded, names)
        parameters.order(compiled.params)
        return compiled

    def _record(self, specs: tuple[Spec, ...]) -> tuple[Recorded, list[str]]:
        """The graph, and what its inputs are called."""
        if self._function is None:
            return Recorded(self._target, [], []), []
        names = argument_names(self._function, len(specs))
        recorded = record(self._function, specs)
        # After it was recorded: a function may keep what it computed.
        self._watch = self._watch or Watch(self._function)
        return recorded, names

    def _parameters_of(self, roots: Sequence[Value]) -> Parameters:
        """The parameters; more than before if these outputs need more leaves."""
        if self._given is not None:
            wanted = self._given
        else:
            wanted = list(dict.fromkeys([*self.params, *leaves_below(roots)]))
        if self._parameters is None or len(wanted) > len(self.params):
            self._start_again(wanted)
            self._parameters = self._parameters or Parameters([])
        return self.parameters

    def _latest(self) -> Compiled:
        if not self._compiled:
            raise _not_recorded()
        return next(reversed(self._compiled.values()))

    def of_params(self, params: Sequence[Value]) -> Program:
        """The same program, but for the gradients of other leaves."""
        key = frozenset(params)
        if key not in self._others:
            self._others[key] = Program(self._target, params, self._seed)
        return self._others[key]


def _not_recorded() -> RuntimeError:
    return RuntimeError(
        "not recorded yet: got a program that was never called; expected a batch "
        "first. Call the program with one."
    )
