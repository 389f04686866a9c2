"""Eager against compiled: the same values and gradients, whatever is computed."""

import itertools
import math
import random

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import OPS, Value, apply
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.compiler import compile
from micrograd_nn.losses import LOSSES, cross_entropy
from micrograd_nn.nn import MLP, Layer
from micrograd_nn.nn.mlp import ACTIVATIONS
from micrograd_nn.op import Op
from tests.compiled import (
    Recipe,
    assert_close,
    assert_same,
    eager_value_and_grad,
)

# Every op -----------------------------------------------------------------------------

OWN = {
    "a branch": Op(
        "branch",
        lambda xp, x: math.sin(x) if x > 0 else 2.0 * x,
        (lambda xp, y, x: math.cos(x) if x > 0 else 2.0,),
    ),
    "a question of equality": Op(
        "sinc",
        lambda xp, x: 1.0 if x == 0.0 else xp.sin(x) / x,
        (lambda xp, y, x: 0.0 if x == 0.0 else (xp.cos(x) - y) / x,),
    ),
    "two operands and math": Op(
        "hypot",
        lambda xp, a, b: math.hypot(a, b),
        (lambda xp, y, a, b: a / y, lambda xp, y, a, b: b / y),
        domain=((0.1, 4.0), (0.1, 4.0)),
    ),
    "a list": Op(
        "norm",
        lambda xp, xs: math.hypot(*xs),
        (lambda xp, y, xs: [x / y for x in xs],),
        domain=((0.1, 4.0),),
        nary=True,
    ),
    "a list, with a pad": Op(
        "sum of squares",
        lambda xp, xs: xp.sum(xp.each(lambda x: x * x, xs)),
        (lambda xp, y, xs: xp.each(lambda x: 2.0 * x, xs),),
        nary=True,
        pad=0.0,
    ),
    "a list and math, with a pad": Op(
        "product",
        lambda xp, xs: math.prod(xs),
        (lambda xp, y, xs: [y / x for x in xs],),
        domain=((0.1, 2.0),),
        nary=True,
        pad=1.0,
    ),
    "three operands": Op(
        "fma",
        lambda xp, a, b, c: a * b + c,
        (
            lambda xp, y, a, b, c: b,
            lambda xp, y, a, b, c: a,
            lambda xp, y, a, b, c: 1.0,
        ),
        domain=((-4.0, 4.0),) * 3,
    ),
    "a gradient that is passed straight through": Op(
        "clip",
        lambda xp, x: xp.minimum(xp.maximum(x, -1.0), 1.0),
        (lambda xp, y, x: 1.0,),
    ),
    "a sum that saturates": Op(
        "saturating sum",
        lambda xp, a, b: xp.minimum(a + b, 5.0),
        (lambda xp, y, a, b: 1.0, lambda xp, y, a, b: 1.0),
        domain=((-4.0, 4.0),) * 2,
    ),
}
EVERY_OP = {**OPS, **OWN}
COUNTS = [
    (name, count)
    for name, op in EVERY_OP.items()
    for count in ((1, 3, 5) if op.nary else (len(op.partials),))
]
KINDS = {"params": lambda i: False, "inputs": lambda i: True, "mixed": lambda i: i % 2}


def points(op, count, rows):
    rng = random.Random(len(op.name) + count)
    domain = [op.domain[min(i, len(op.domain) - 1)] for i in range(count)]
    return np.array([[rng.uniform(*d) for d in domain] for _ in range(rows)])


@pytest.mark.parametrize("rows", [1, 7])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "count"), COUNTS)
def test_every_op(name, count, kind, rows):
    op, is_input = EVERY_OP[name], KINDS[kind]
    params = [Value(x) for x in points(op, count, 1)[0].tolist()]
    scale = Value(1.5)

    def f(x):
        operands = [x[i] if is_input(i) else params[i] for i in range(count)]
        return scale * apply(op, *operands) + apply(op, *params)

    assert_same(f, [*params, scale], points(op, count, rows))


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("name", EVERY_OP)
def test_every_op_side_by_side_with_shared_and_constant_operands(name, rows):
    op = EVERY_OP[name]
    count = 3 if op.nary else len(op.partials)
    params = [[Value(x) for x in row] for row in points(op, count, 4).tolist()]
    fixed = points(op, count, 2)[1].tolist()

    def f(x):
        beside = [apply(op, *row) for row in params]
        shared = [apply(op, params[0][0], *row[1:]) for row in params[1:]]
        constant = [apply(op, *fixed[:-1], row[-1]) for row in params]
        own = [apply(op, *x), apply(op, *x[:-1], params[0][-1])]
        return mn.sum([*beside, *shared, *constant, *own, apply(op, *fixed)])

    assert_same(f, [p for row in params for p in row], points(op, count, rows))


@pytest.mark.parametrize("name", [name for name, op in EVERY_OP.items() if op.nary])
def test_lists_of_many_lengths_side_by_side(name):
    op = EVERY_OP[name]
    params = [Value(x) for x in points(op, 6, 1)[0].tolist()]

    def f(x):
        lists = [[*params[:i], *x[: i + 1]] for i in range(6)]
        return mn.sum([apply(op, *xs) for xs in lists])

    assert_same(f, params, points(op, 6, 3))


# Layers, losses -----------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", [*ACTIVATIONS, None, "a function"])
def test_every_activation_in_a_layer_and_a_network(name, rows):
    activation = (lambda x: x.sin() * x) if name == "a function" else name
    layer = Layer(3, 4, activation=activation)
    model = MLP(4, [3, 2], activation=activation)
    for parameter in [*layer.parameters(), *model.parameters()]:
        parameter.data = 0.3 + abs(parameter.data) / 4  # where most are defined
    x = np.random.default_rng(0).uniform(0.1, 0.5, (rows, 3))

    def f(x):
        a, b = model(layer(x))
        return a * b + a

    with ignore_anomaly():
        assert_same(f, [*layer.parameters(), *model.parameters()], x)


def targets(name, rows):
    """For each kind of target that a loss takes, one for each output of an example."""
    rng = np.random.default_rng(1)
    shares = rng.random((rows, 3))
    labels = rng.choice([-1, 1], (rows, 3))
    return {
        "mse_loss": {"numbers": rng.normal(size=(rows, 3))},
        "l1_loss": {"numbers": rng.normal(size=(rows, 3))},
        "huber_loss": {"numbers": 2.0 * rng.normal(size=(rows, 3))},
        "nll_loss": {"a class": rng.integers(0, 3, rows)},
        "multi_margin_loss": {"a class": rng.integers(0, 3, rows)},
        "kl_div": {
            "probabilities": shares,
            "one probability": np.eye(3)[rng.integers(0, 3, rows)],
        },
        "hinge_loss": {"labels": labels, "float labels": labels.astype(float)},
        "binary_cross_entropy_with_logits": {
            "classes": rng.integers(0, 2, (rows, 3)),
            "probabilities": shares,
        },
        "cross_entropy": {
            "a class": rng.integers(0, 3, rows),
            "probabilities": shares / shares.sum(axis=1, keepdims=True),
        },
    }[name]


TARGETS = [(name, kind) for name in LOSSES for kind in targets(name, 1)]


@pytest.mark.parametrize("rows", [1, 6])
@pytest.mark.parametrize(("name", "kind"), TARGETS)
def test_every_loss_of_a_model(name, kind, rows):
    model = MLP(2, [4, 3], activation="tanh")
    x, y = np.random.default_rng(0).normal(size=(rows, 2)), targets(name, rows)[kind]

    def plain(target):  # eager targets are numbers
        numbers = [
            t.data if isinstance(t, Value) else t for t in mn.trees.leaves(target)
        ]
        return numbers if isinstance(target, list) else numbers[0]

    def loss(x, t):
        is_symbolic = mn.recording.is_symbolic()
        return LOSSES[name](model(x), t if is_symbolic else plain(t))

    assert_same(loss, model.parameters(), x, y)


@pytest.mark.parametrize(("name", "kind"), TARGETS)
def test_every_loss_of_a_whole_batch_at_once(name, kind):
    model = MLP(2, [4, 3], activation="tanh")
    x, y = np.random.default_rng(0).normal(size=(6, 2)), targets(name, 6)[kind]
    loss = LOSSES[name]([model(row) for row in x], y.tolist())
    loss.backward()
    found, grad = compile(loss, model.parameters()).value_and_grad()

    assert_close(found, loss.data)
    assert_close(grad, [p.grad for p in model.parameters()])


# Random graphs ------------------------------------------------------------------------

SIZES = [3, 10, 30, 100]


@pytest.mark.parametrize("seed", range(24))
def test_random_graphs(seed):
    recipe = Recipe(seed, SIZES[seed % 4], rows=(1, 5)[seed % 3 > 0])

    assert_same(recipe, recipe.params, recipe.x)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1400))
def test_more_random_graphs(seed):
    recipe = Recipe(seed, SIZES[seed % 4] * 2, rows=(1, 5)[seed % 3 > 0])

    assert_same(recipe, recipe.params, recipe.x)


@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize("seed", range(100, 108))
def test_all_results_of_random_graphs_as_outputs(seed, rows):
    recipe = Recipe(seed, 30, rows=rows)
    found = compile(recipe.all)(recipe.x)
    eager = [[v.data for v in recipe.all([*map(Value, x)])] for x in recipe.x.tolist()]

    assert_close(found, eager)


# Graphs with a structure --------------------------------------------------------------


def values(*shape, low=-1.0, high=1.0):
    numbers = np.random.default_rng(sum(shape)).uniform(low, high, shape)
    return mn.trees.rebuilt(
        numbers.tolist(), iter([Value(x) for x in numbers.ravel().tolist()])
    )


def batch(rows, *shape):
    return np.random.default_rng(rows).uniform(-1.0, 1.0, (rows, *shape))


def dot(a, b):
    return mn.sum([x * y for x, y in zip(a, b, strict=True)])


def chained_dot(a, b):
    total = a[0] * b[0]
    for x, y in zip(a[1:], b[1:], strict=True):
        total = total + x * y
    return total


W, V = values(4, 3), values(4, 3, low=0.5, high=2.0)
PARAMS = mn.trees.leaves([W, V])


def full(x):
    return dot([dot(row, x).tanh() for row in W], [0.5, -0.25, 2.0, 1.0])


def signs(x):
    return mn.sum(
        [(row[0] * x[0] - row[1] * x[1] - b[0] + 2.0).tanh() for row in W for b in V]
    )


def incomplete(x):
    cells = [(i, j) for i in range(4) for j in range(4) if (i + j) % 3]
    return mn.sum([(dot(W[i], V[j]) * x[0] + i).sin() for i, j in cells])


def nearly_complete(x):
    cells = [(i, j) for i in range(4) for j in range(4) if i != j]
    return mn.sum([dot(W[i], [v * x[0] for v in V[j]]).sin() for i, j in cells])


def ragged(x):
    return (
        mn.sum(
            [
                dot(W[i][: 1 + i % 3], V[j][: 1 + i % 3])
                for i in range(4)
                for j in range(2)
            ]
        )
        * x[0]
    )


def repeated(x):
    rows = [W[0], W[1], W[0], W[0]]
    return mn.sum([dot(row, x).tanh() * (i + 1) for i, row in enumerate(rows)])


def same_twice(x):
    return dot(W[0], W[0]) * x[0] + dot(x, x) + (W[1][0] + W[1][0]) * x[1] * x[1]


def row_and_single(x):
    return mn.sum([dot(row, x) + row[0] - V[0][1] for row in W]).tanh() + W[2][2]


def chains(x):
    return mn.sum(
        [(1.0 - chained_dot(row, x) + b[0]).relu() for row, b in zip(W, V, strict=True)]
    )


def quotients(x):
    return mn.sum([dot(W[i], x) / V[i][0] - V[i][1] ** 2 / V[i][2] for i in range(4)])


def normed(x):
    scale = (dot(x, x) / 3 + 1e-5) ** -0.5
    return mn.logsumexp([dot(row, [xi * scale for xi in x]) for row in W])


def outer(x):
    return mn.sum([(a[0] * b * x[0]).sin() for a in W for b in V[0]])


def convolution(x, stride=1, padding=0):
    image = [[0.0] * (5 + 2 * padding)] * padding
    image += [
        [0.0] * padding + [x[(i * j) % 3] * (i + 1) for j in range(5)] + [0.0] * padding
        for i in range(5)
    ]
    image += [[0.0] * (5 + 2 * padding)] * padding
    size = (len(image) - 2) // stride
    patches = [
        [image[stride * i + a][stride * j + b] for a in range(2) for b in range(2)]
        for i in range(size)
        for j in range(size)
    ]
    kernels = [[*row[:2], *other[:2]] for row, other in zip(W, V, strict=True)]
    return mn.sum(
        [
            (dot(k, p) + k[0]).relu() * (i + 1)
            for i, p in enumerate(patches)
            for k in kernels
        ]
    )


def recurrent(x):
    h = [Value(0.0) * 1.0, 0.5, -0.5]
    for t in range(5):
        h = [
            (dot(row, h) + b[0] * x[t % 3]).tanh()
            for row, b in zip(W[:3], V[:3], strict=True)
        ]
    return dot(h, V[3])


def causal_attention(x):
    keys, found, size = [], [], 2
    for t in range(6):
        token = [x[t % 3] * (t + 1), x[(t + 1) % 3], 1.0]
        q, k, v = ([dot(row, token) for row in m] for m in (W, V, W[::-1]))
        keys.append((k, v))
        for head in (slice(0, size), slice(size, 2 * size)):
            weights = mn.softmax([dot(q[head], k[head]) for k, _ in keys])
            found += [
                dot(weights, column)
                for column in zip(*(v[head] for _, v in keys), strict=True)
            ]
    return mn.sum([y * (i % 5) for i, y in enumerate(found)]).tanh()


def shared(x):
    h = dot(W[0], x).tanh()
    return (
        h * h + h.exp() * dot(V[0], x) + (h + 1.0) * (h + 1.0) + mn.max(h, h * 2, 0.3)
    )


def unrolled_example_inside(x):
    rows = [[x[0], 1.0, 2.0], [x[0], 1.0, 2.0], [x[1], -1.0, 0.5]]
    return mn.sum([mn.sum([dot(w, row).tanh() for w in W]) for row in rows])


STRUCTURES = {
    f.__name__: f
    for f in (
        full,
        signs,
        incomplete,
        nearly_complete,
        ragged,
        repeated,
        same_twice,
        row_and_single,
        chains,
        quotients,
        normed,
        outer,
        convolution,
        recurrent,
        causal_attention,
        shared,
        unrolled_example_inside,
    )
} | {
    "strided convolution": lambda x: convolution(x, stride=2),
    "padded convolution": lambda x: convolution(x, padding=1),
    "strided and padded convolution": lambda x: convolution(x, stride=2, padding=2),
    "an input": lambda x: x[1],
    "a parameter": lambda x: W[0][0],
    "a constant": lambda x: Value(2.0) * 3.0,
    "a constant and an input that cancel": lambda x: x[0] - x[0] + 3.0,
    "parameters alone": lambda x: dot(W[0], V[0]).exp(),
    "inputs alone": lambda x: dot(x, x).exp(),
}


@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize("name", STRUCTURES)
def test_graphs_with_a_structure(name, rows):
    assert_same(STRUCTURES[name], PARAMS, batch(rows, 3))


@pytest.mark.parametrize("name", STRUCTURES)
def test_equal_examples_in_a_batch(name):
    assert_same(STRUCTURES[name], PARAMS, np.repeat(batch(2, 3), [3, 1], axis=0))


@pytest.mark.parametrize("name", ["full", "causal_attention", "convolution"])
def test_some_parameters_alone(name):
    chosen = [W[1][0], W[0][2], V[3][1], Value(7.0)]

    assert_same(STRUCTURES[name], chosen, batch(4, 3))


# Picks --------------------------------------------------------------------------------

TABLE = values(5, 3)
LOGITS = values(5)
PICKS = {
    "a row": lambda x, y, z: dot(mn.take(TABLE, y), x),
    "the same index twice": lambda x, y, z: dot(mn.take(TABLE, y), mn.take(TABLE, y)),
    "several an example": lambda x, y, z: (
        mn.sum(mn.take(TABLE, y)) * mn.take(LOGITS, y)
    ),
    "by two arguments": lambda x, y, z: mn.take(LOGITS, y) * mn.take(LOGITS, z),
    "rows by two arguments": lambda x, y, z: dot(mn.take(TABLE, y), mn.take(TABLE, z)),
    "of inputs": lambda x, y, z: mn.take([*x, x[0], x[1]], y) * LOGITS[0],
    "of inputs and of parameters": lambda x, y, z: (
        mn.take([*x, *x[:2]], y) * mn.take(LOGITS, y)
    ),
    "of a mixed table": lambda x, y, z: mn.take(
        [x[0], LOGITS[0] * x[1], *LOGITS[1:4]], y
    ),
    "of mixed tables by two arguments": lambda x, y, z: (
        mn.take([x[0], LOGITS[0], 2.0, *LOGITS[1:3]], y)
        - mn.take([LOGITS[1], x[2], x[2], 1.0, LOGITS[1]], z)
    ),
    "of numbers": lambda x, y, z: LOGITS[1] * mn.take([1.0, 2.0, 4.0, 8.0, -1.0], y),
    "of one thing again and again": lambda x, y, z: mn.take([LOGITS[0], x[0]] * 3, y),
    "of a table turned over": lambda x, y, z: dot(
        mn.take(TABLE[::-1], y), mn.take([row[::-1] for row in TABLE], y)
    ),
    "of results": lambda x, y, z: mn.take([(v * x[0]).tanh() for v in LOGITS], y).exp(),
    "and numbers": lambda x, y, z: mn.take(LOGITS, y) * y + z * x[0],
    "a loss": lambda x, y, z: cross_entropy([v * x[0] for v in LOGITS], y),
}


@pytest.mark.parametrize("rows", [1, 6])
@pytest.mark.parametrize("name", PICKS)
def test_picks(name, rows):
    rng = np.random.default_rng(rows)
    y, z = rng.integers(0, 5, rows), rng.integers(0, 5, rows)
    params = [*mn.trees.leaves(TABLE), *LOGITS]

    assert_same(PICKS[name], params, batch(rows, 3), y, z)


@pytest.mark.parametrize("rows", [1, 4])
def test_picks_at_each_place_of_a_sequence(rows):
    def f(tokens):
        found = [mn.take(TABLE, token) for token in tokens]
        return mn.sum([dot(a, b) for a, b in itertools.pairwise(found)]).tanh()

    tokens = np.random.default_rng(0).integers(0, 5, (rows, 6))

    assert_same(f, mn.trees.leaves(TABLE), tokens)


# Numbers at the edge ------------------------------------------------------------------

EDGES = [0.0, -0.0, 1.0, -2.0, 1e308, -1e308, 5e-324, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("name", OPS)
def test_every_op_at_the_edges_of_the_numbers(name, rows):
    op = OPS[name]
    count = 2 if op.nary else len(op.partials)
    grid = [(a,) if count == 1 else (a, b) for a in EDGES for b in EDGES][
        :: 10 if count == 1 else 1
    ]
    for point in grid:
        params = [Value(x) for x in point]

        def f(x, params=params):
            return apply(op, *params) + 0.0 * x

        with ignore_anomaly():
            expected = eager_value_and_grad(
                lambda x, p=params: apply(op, *p), params, np.zeros(rows)
            )
            found = compile(f, params).value_and_grad(np.zeros(rows))

        assert_close(found[0], expected[0])
        assert_close(found[1], expected[1])


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, w: w / 0.0,
        lambda x, w: 0.0**w * x,
        lambda x, w: (w + math.inf) - math.inf,
        lambda x, w: w * math.inf + x,
        lambda x, w: (1e200 * w) ** 2 * x,
        lambda x, w: (w - w).log() * x,
        lambda x, w: mn.logsumexp([w - math.inf, w - math.inf]),
        lambda x, w: mn.max(w * math.nan, x),
    ],
)
def test_what_is_not_finite_on_the_way_is_what_eager_gives(f, rows):
    w, x = Value(1.5), np.array([1.0, 2.0, 3.0])[:rows]
    with ignore_anomaly():
        assert_same(lambda x: f(x, w), [w], x)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_an_example_that_is_not_finite_leaves_the_outputs_of_others_alone(bad):
    model = MLP(3, [4, 2])
    x = batch(5, 3)
    program = compile(model)
    before = program(x)
    x[2, 1] = bad
    after = program(x)

    np.testing.assert_array_equal(np.delete(after, 2, 0), np.delete(before, 2, 0))
    assert not np.isfinite(after[2]).all()
