"""Eager mode as the oracle of compiled programs."""

import math
import random

import numpy as np

import micrograd_nn as mn
from micrograd_nn import OPS, Value, apply
from micrograd_nn.compiler import compile

TOLERANCE = 1e-12


def example(array):
    """One example of an array as eager code gets it: Values, or whole numbers."""
    if isinstance(array, list):
        return [example(x) for x in array]
    return array if isinstance(array, int) else Value(array)


def examples(arrays):
    """The examples of a batch, each a tuple of arguments."""
    rows = zip(*(np.asarray(array).tolist() for array in arrays), strict=True)
    return [tuple(map(example, row)) for row in rows]


def eager_value_and_grad(f, params, *arrays):
    """The mean of `f` over a batch and its gradient, one example after another."""
    rows = examples(arrays) if arrays else [()]
    for param in params:
        param.grad = 0.0
    loss = mn.sum([f(*row) for row in rows]) / len(rows)
    loss.backward()
    return loss.data, np.array([param.grad for param in params])


def assert_close(found, expected, tolerance=TOLERANCE):
    """Equal up to rounding, relative to the largest; nan and inf at the same places."""
    found, expected = np.asarray(found), np.asarray(expected)
    finite = np.isfinite(expected)
    scale = max(1.0, np.abs(expected[finite]).max(initial=0.0))
    bound = tolerance * scale

    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=bound)


def assert_same(f, params, *arrays, tolerance=TOLERANCE):
    """`f` compiled gives the value and all gradients that eager mode gives.

    Once as a function of an example, and once as the recorded mean over the batch.
    Returns the program of the function.
    """
    loss, grad = eager_value_and_grad(f, params, *arrays)
    program = compile(f, params)
    for _ in range(2):  # the second run finds the arrays as the first one left them
        found = program.value_and_grad(*arrays)
        assert_close(found[0], loss, tolerance)
        assert_close(found[1], grad, tolerance)
    rows = examples(arrays) if arrays else [()]
    recorded = mn.sum([f(*row) for row in rows]) / len(rows)
    found = compile(recorded, params).value_and_grad()
    assert_close(found[0], loss, tolerance)
    assert_close(found[1], grad, tolerance)
    return program


class Recipe:
    """A random formula of inputs and parameters, to be computed as often as needed.

    It is drawn on numbers: a step is kept if its result is well inside of (-4, 4) and
    not near 0 for all examples, so that no rounding error is blown up by what follows,
    and no two programs fall on different sides of a kink. Errors then stay within a few
    hundred roundings, of 1e-16 each, and 1e-12 is a safe bound.
    """

    GENTLE = tuple(
        [
            "+",
            "-",
            "*",
            "+",
            "*",
            "+",
            "sum",
            "sum",
            "sum",
            "neg",
            "identity",
            "tanh",
            "sigmoid",
            "sin",
            "cos",
            "exp",
            "softplus",
            "gelu",
            "silu",
            "relu",
            "abs",
            "erf",
            "atan",
            "logsumexp",
            "max",
            "min",
            "maximum",
            "minimum",
            "power(2.0)",
            "/",
            "power(0.5)",
            "leaky_relu(0.01)",
            "elu(1.0)",
        ]
    )

    def __init__(self, seed, size, inputs=3, params=4, rows=5):
        self.rng = random.Random(seed)
        self.params = [Value(self._number()) for _ in range(params)]
        self.x = np.array(
            [[self._number() for _ in range(inputs)] for _ in range(rows)]
        )
        self.steps = []
        columns = [[*map(Value, row), *self.params] for row in self.x.tolist()]
        while len(self.steps) < size:
            step = self._step(len(columns[0]))
            results = [self._do(step, column) for column in columns]
            if all(map(self._is_gentle, results)):
                self.steps.append(step)
                for column, result in zip(columns, results, strict=True):
                    column.append(result)

    def __call__(self, x):
        """The last few results, added up."""
        return mn.sum(self.all(x)[-4:])

    def all(self, x):
        """All results."""
        nodes = [*x, *self.params]
        for step in self.steps:
            nodes.append(self._do(step, nodes))
        return nodes[len(x) + len(self.params) :]

    def _number(self):
        return self.rng.choice([-1, 1]) * self.rng.uniform(0.3, 2.0)

    def _step(self, known):
        op = OPS[self.rng.choice(self.GENTLE)]
        count = self.rng.randint(1, 5) if op.nary else len(op.partials)
        return op, [self._operand(known) for _ in range(count)]

    def _operand(self, known):
        if self.rng.random() < 0.15:
            return self._number()
        return self.rng.randrange(max(0, known - 15), known)

    def _do(self, step, nodes):
        op, operands = step
        found = [nodes[x] if isinstance(x, int) else x for x in operands]
        return apply(op, *found) if self._fits(op, found) else None

    def _fits(self, op, operands):
        numbers = [x._data if isinstance(x, Value) else x for x in operands]
        if any(map(math.isnan, numbers)):  # recording: it was drawn before
            return True
        positive = [high > low > 0.0 for low, high in op.domain]
        apart = [abs(a - b) for i, a in enumerate(numbers) for b in numbers[:i]]
        outside = any(
            (p and abs(x) < 0.1) or (p and op.name == "power" and x < 0.1)
            for p, x in zip(positive, numbers, strict=False)
        )
        tied = (
            op.name in ("max", "min", "maximum", "minimum") and min(apart or [1]) < 0.01
        )
        return not outside and not tied

    def _is_gentle(self, result):
        return result is not None and 0.01 < abs(result.data) < 4.0
