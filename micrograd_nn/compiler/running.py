"""A compiled graph with its arrays: runs it, for any number of examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from micrograd_nn import epochs
from micrograd_nn.anomaly import is_detecting
from micrograd_nn.compiler.anomalies import report_run
from micrograd_nn.compiler.batches import Batch
from micrograd_nn.compiler.draws import draw
from micrograd_nn.compiler.interpreter import Interpreter
from micrograd_nn.compiler.parameters import load_changed
from micrograd_nn.compiler.placeholders import Recorded
from micrograd_nn.compiler.plan import Plan
from micrograd_nn.engine import Value
from micrograd_nn.losses import Domain

Floats = NDArray[np.float64]
WORKING_MEMORY = 2**26  # bytes that the examples of one run may take
SIZES = 8  # batch sizes whose arrays are kept


class Run(NamedTuple):
    """A program for one batch size.

    Attributes:
        forward: Computes all numbers from the inputs.
        backward: Computes the grads of a sum of losses, given their weight.
        V: The numbers that differ from example to example, one row a place.
        dV: Their grads.
        losses: The row of the losses, or the one loss.
        ones: As many ones: their product is the sum.
    """

    forward: Callable[..., None]
    backward: Callable[..., None]
    V: Floats
    dV: Floats
    losses: Floats
    ones: Floats


class Compiled:
    """A plan and the arrays that it works on.

    Attributes:
        plan: The source, and where its numbers are.
        recorded: What it was compiled from.
        names: What the function calls its inputs.
        U: The numbers that all examples share, parameters first.
        dU: Their grads.
        params: The Values whose gradients it gives, in the order of their places.
        grad: Where those are after a run.
        limits: Which inputs hold indexes, and how large those may get.
        domains: Which inputs a loss takes as targets, and which it accepts.
    """

    def __init__(
        self, plan: Plan | Interpreter, recorded: Recorded, names: list[str]
    ) -> None:
        self.plan, self.recorded, self.names = plan, recorded, names
        self.U = np.zeros(plan.layout.sizes[0])
        self.dU = np.zeros_like(self.U)
        self.grad = self.dU[: plan.layout.wanted]
        leaves = [plan.tape.nodes[i] for i in plan.layout.params]
        self.params = leaves[: plan.layout.wanted]
        self._others = leaves[plan.layout.wanted :]
        self._epoch = -1
        self._sum = np.zeros_like(self.grad)
        self.limits = list(plan.limits.items())
        self.domains = list(_domains(recorded))
        self._runs: dict[int, Run] = {}
        self._most = max(1, WORKING_MEMORY // max(1, plan.bytes_per_example))

    def refresh(self) -> None:
        """Bring leaves whose gradients are not wanted up to date."""
        if self._epoch != epochs.now:
            start = self.plan.layout.wanted
            load_changed(self._others, self.U[start:], self._epoch)
            self._epoch = epochs.now

    def parts(self, batch: Batch) -> Iterator[Batch]:
        """The batch in pieces that fit into the working memory."""
        return batch.parts(self._most)

    def outputs(self, batch: Batch, random: np.random.Generator) -> Floats:
        """The outputs: a row each, a column an example."""
        run = self._run(batch.size)
        inputs = self._inputs(batch, random)
        with np.errstate(all="ignore"):
            self._forward(run, batch, inputs)
        rows = self._rows(run, batch.size)
        if is_detecting() or not np.isfinite(rows).all():
            self._report(run, inputs, backward=False)
        return rows

    def value_and_grad(
        self, batch: Batch, random: np.random.Generator
    ) -> tuple[float, Floats]:
        """The mean loss and its gradient, over places; the array is used again.

        Call it with NumPy's warnings off: what is not finite is reported here.

        Raises:
            TypeError: If the outputs are not one Value, or a tuple of one and of what
                else to know.
        """
        self._require_loss()
        if batch.size <= self._most:
            return self._part(batch, random, batch.size), self.grad
        self._sum[:] = 0.0
        loss = 0.0
        for part in self.parts(batch):
            loss += self._part(part, random, batch.size)
            self._sum += self.grad
        return loss, self._sum

    def beside_loss(self, size: int) -> Any:
        """What the function gave beside the loss in the last run of so many examples.

        Of a batch that was run in pieces it is that of the last piece.
        """
        size = (size - 1) % self._most + 1
        return packed(self.recorded.outputs, self._rows(self._run(size), size))[1]

    def traced(
        self, batch: Batch, random: np.random.Generator
    ) -> tuple[Run, list[Any]]:
        """Run a batch forward and backward, to look at its arrays; and its inputs.

        Raises:
            TypeError: As for `value_and_grad`.
        """
        self._require_loss()
        run, inputs = self._run(batch.size), self._inputs(batch, random)
        with np.errstate(all="ignore"):
            self._forward(run, batch, inputs)
            run.backward(1.0, *inputs)
        return run, inputs

    def _part(self, part: Batch, random: np.random.Generator, size: int) -> float:
        """Run one piece; returns what it adds to the mean loss over `size` examples."""
        run = self._runs.get(part.size) or self._run(part.size)
        inputs = self._inputs(part, random)
        self._forward(run, part, inputs)
        run.backward(1.0 / size, *inputs)
        loss = float(run.losses.dot(run.ones)) / size
        if loss - loss or is_detecting():  # a nan is true
            self._report(run, inputs, backward=True)
        return loss

    def _forward(self, run: Run, batch: Batch, inputs: Sequence[Any]) -> None:
        try:
            run.forward(*inputs)
        except IndexError:
            batch.check_indexes(self.limits)
            raise

    def _report(self, run: Run, inputs: Sequence[Any], backward: bool) -> None:
        report_run(self, run.V, inputs, backward)

    def _run(self, size: int) -> Run:
        if size not in self._runs:
            if len(self._runs) >= SIZES:
                self._runs.pop(next(iter(self._runs)))
            V = np.zeros((self.plan.layout.sizes[1], size))
            dV = np.zeros_like(V)
            forward, backward = self.plan.bind(self.U, V, self.dU, dV, size)
            in_v, places = self.plan.rows
            first, varies = (int(places[0]), in_v[0]) if len(places) else (0, False)
            losses = V[first] if varies else self.U[first : first + 1]
            ones = np.ones(size) if varies else np.array([float(size)])
            self._runs[size] = Run(forward, backward, V, dV, losses, ones)
        return self._runs[size]

    def _inputs(self, batch: Batch, random: np.random.Generator) -> list[Any]:
        arrays = batch.arrays
        for domain in self.domains:
            batch.check_domain(*domain)
        if self.recorded.random:
            batch.check_indexes(self.limits)  # a batch that is refused draws nothing
            arrays = [*arrays, draw(self.recorded.random, batch.size, random)]
        if self.plan.batched:
            size = batch.size
            return [a.T if a.ndim == 2 else a.reshape(size, -1).T for a in arrays]
        return [array.reshape(-1) for array in arrays]

    def _rows(self, run: Run, size: int) -> Floats:
        """The outputs of a run that is over."""
        in_v, places = self.plan.rows
        rows = np.empty((len(places), size))
        rows[in_v] = run.V[places[in_v]]
        rows[~in_v] = self.U[places[~in_v], None]
        return rows

    def _require_loss(self) -> None:
        outputs, count = self.recorded.outputs, len(self.plan.rows[1])
        if count != 1 and not _is_loss_and_more(outputs):
            raise TypeError(
                f"not a loss: got {count} outputs; expected one Value, or a tuple of "
                "it and a list of more. Return a loss from the function, or call the "
                "program."
            )


def _is_loss_and_more(outputs: Any) -> bool:
    if not isinstance(outputs, tuple) or len(outputs) != 2:
        return False
    return isinstance(outputs[0], Value) and isinstance(outputs[1], (list, dict))


def _domains(recorded: Recorded) -> Iterator[tuple[int, list[int], Domain]]:
    """For each input and domain the numbers of an example that must be in it."""
    for position, values in enumerate(recorded.inputs):
        found: dict[Domain, list[int]] = {}
        for column, value in enumerate(values):
            if "domain" in vars(value):
                found.setdefault(vars(value)["domain"], []).append(column)
        yield from ((position, columns, domain) for domain, columns in found.items())


def packed(tree: Any, rows: Floats) -> Any:
    """Outputs in the shape that the function gave them, examples along the first axis.

    Lists of one length become an array; dictionaries, tuples and ragged lists stay.
    """
    return _packed(tree, iter(rows))


def _packed(tree: Any, rows: Iterator[Floats]) -> Any:
    if isinstance(tree, dict):
        return {key: _packed(branch, rows) for key, branch in tree.items()}
    if isinstance(tree, tuple):
        return tuple(_packed(branch, rows) for branch in tree)
    if not isinstance(tree, list):
        return next(rows).copy()
    branches = [_packed(branch, rows) for branch in tree]
    arrays = all(isinstance(branch, np.ndarray) for branch in branches)
    if arrays and len({branch.shape for branch in branches}) == 1:
        return np.stack(branches, axis=1)
    return branches
