"""Random expressions, with much sharing, against engines that others wrote."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad as hips_grad
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.graph import topological_order

# What each instruction computes, in Values and in the functions `m` of another engine.
UNARY = {
    "exp of tanh": (lambda a: a.tanh().exp(), lambda m, a: m.exp(m.tanh(a))),
    "sin": (lambda a: a.sin(), lambda m, a: m.sin(a)),
    "cos": (lambda a: a.cos(), lambda m, a: m.cos(a)),
    "square": (lambda a: a**2, lambda m, a: a**2),
    "log": (lambda a: (a * a + 1).log(), lambda m, a: m.log(a * a + 1)),
    "log1p": (lambda a: (a * a).log1p(), lambda m, a: m.log1p(a * a)),
    "sqrt": (lambda a: (a * a + 0.5).sqrt(), lambda m, a: m.sqrt(a * a + 0.5)),
    "power": (lambda a: (a * a + 1) ** -1.5, lambda m, a: (a * a + 1) ** -1.5),
    "sigmoid": (lambda a: a.sigmoid(), lambda m, a: 0.5 * (m.tanh(0.5 * a) + 1)),
    "silu": (lambda a: a.silu(), lambda m, a: a * 0.5 * (m.tanh(0.5 * a) + 1)),
    "softplus": (lambda a: a.softplus(), lambda m, a: m.log1p(m.exp(a))),
    "negative": (lambda a: -a, lambda m, a: -a),
    "constant": (lambda a: 3 - a / 2, lambda m, a: 3 - a / 2),
}
BINARY = {
    "+": (lambda a, b: a + b, lambda m, a, b: a + b),
    "-": (lambda a, b: a - b, lambda m, a, b: a - b),
    "*": (lambda a, b: a * b, lambda m, a, b: a * b),
    "/": (lambda a, b: a / (b * b + 1), lambda m, a, b: a / (b * b + 1)),
    "a+a": (lambda a, b: a + a + b, lambda m, a, b: a + a + b),
    "a*a": (lambda a, b: a * a - b, lambda m, a, b: a * a - b),
    "sum": (lambda a, b: mn.sum([a, b, a]), lambda m, a, b: a + b + a),
    "logsumexp": (
        lambda a, b: mn.logsumexp([a, b]),
        lambda m, a, b: m.log(m.exp(a) + m.exp(b)),
    ),
    "softmax": (
        lambda a, b: mn.softmax([a, b])[0],
        lambda m, a, b: 0.5 * (m.tanh(0.5 * (a - b)) + 1),
    ),
}
ALL = UNARY | BINARY

NUMBERS = st.floats(-2.0, 2.0, allow_subnormal=False).map(lambda x: round(x, 6))
INSTRUCTIONS = st.tuples(
    st.sampled_from(sorted(ALL)), st.integers(0, 99), st.integers(0, 99)
)
PROGRAMS = st.lists(INSTRUCTIONS, min_size=1, max_size=15)
INPUTS = st.lists(NUMBERS, min_size=1, max_size=4)


def run(program, inputs, functions=None):
    """The last result; an operand is one of the seven results before it."""
    results = list(inputs)
    for name, *picks in program:
        own, other = ALL[name]
        recent = results[-7:]
        operands = [recent[pick % len(recent)] for pick in picks][
            : 1 + (name in BINARY)
        ]
        results.append(other(functions, *operands) if functions else own(*operands))
    return results[-1]


def magnitudes(root, leaves):
    """For each leaf the sum of |product of partials| over paths: what rounding scales.

    Rounding in a node reaches a gradient along all paths, even where they cancel.
    """
    total = {node: 0.0 for node in topological_order(root)}
    total[root] = 1.0
    for node in reversed(list(total)):
        for operand, partial in zip(node.operands, node._local_grads, strict=True):
            total[operand] += abs(partial) * total[node]
    return [total.get(leaf, 0.0) for leaf in leaves]


def compared(program, numbers, gradients):
    """Assert that `gradients(f, numbers)` of another engine are those of ours."""
    leaves = list(map(Value, numbers))
    root = run(program, leaves)
    values = [node.data for node in topological_order(root)]
    assume(max(map(abs, values)) < 1e3)
    root.backward()
    value, others = gradients(program, numbers)
    scales = magnitudes(root, leaves)
    size = max(1.0, *map(abs, values))

    assert root.data == pytest.approx(value, rel=1e-12, abs=1e-12 * size)
    for leaf, other, scale in zip(leaves, others, scales, strict=True):
        assert leaf.grad == pytest.approx(other, rel=1e-12, abs=1e-12 * scale * size)


def gradients_of_hips(program, numbers):
    def f(xs):
        return run(program, [xs[i] for i in range(len(numbers))], anp)

    xs = np.array(numbers)
    return float(f(xs)), hips_grad(f)(xs)


def gradients_of_torch(program, numbers):
    import torch

    xs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    value = run(program, xs, torch)
    grads = torch.autograd.grad(value, xs, allow_unused=True)
    return value.item(), [0.0 if g is None else g.item() for g in grads]


@settings(max_examples=150)
@given(PROGRAMS, INPUTS)
def test_gradients_are_those_of_hips_autograd(program, numbers):
    compared(program, numbers, gradients_of_hips)


@pytest.mark.oracle
@settings(max_examples=150)
@given(PROGRAMS, INPUTS)
def test_gradients_are_those_of_pytorch(program, numbers):
    pytest.importorskip("torch")
    compared(program, numbers, gradients_of_torch)


@settings(max_examples=40)
@given(PROGRAMS, INPUTS)
def test_grad_finds_what_backward_finds(program, numbers):
    leaves = list(map(Value, numbers))
    root = run(program, leaves)
    assume(abs(root.data) < 1e3)
    root.backward()
    found = mn.grad(lambda xs: run(program, xs))(numbers)

    scales = magnitudes(root, leaves)
    for leaf, other, scale in zip(leaves, found, scales, strict=True):
        assert leaf.grad == pytest.approx(other, rel=1e-12, abs=1e-12 * scale)


@settings(max_examples=40)
@given(PROGRAMS, INPUTS)
def test_a_second_pass_doubles_the_first(program, numbers):
    leaves = list(map(Value, numbers))
    root = run(program, leaves)
    root.backward()
    once = [leaf.grad for leaf in leaves]
    root.backward()

    assert [leaf.grad for leaf in leaves] == [2 * grad for grad in once]
