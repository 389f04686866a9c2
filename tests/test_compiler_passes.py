"""What each pass of the compiler does to a tiny graph; and that none takes long."""

import itertools
import re

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.compiler import compile, matrices, running
from micrograd_nn.compiler.algebra import is_product, signs
from micrograd_nn.compiler.expressions import Trace
from micrograd_nn.compiler.groups import LinearGroup, find_groups, find_levels
from micrograd_nn.compiler.interpreter import Interpreter
from micrograd_nn.compiler.linear import find_linear_forms
from micrograd_nn.compiler.opaque import is_opaque
from micrograd_nn.compiler.tape import read_graph
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import MLP
from micrograd_nn.op import OPS, Op
from tests.compiled import assert_same


def dot(a, b):
    return mn.sum([x * y for x, y in zip(a, b, strict=True)])


def matrix(rows, columns):
    return [[Value(0.1 * i - 0.2 * j) for j in range(columns)] for i in range(rows)]


def linear(x, w):
    return [dot(row, x) for row in w]


def blocks(program):
    return [step.block for step in program.instructions]


def products(program):
    """The shapes of the matrix products: blocks, rows, columns, and what is summed."""
    found = [block.matrix for block in blocks(program)]
    return [(*m.shape, m.left.shape[2]) for m in found if m and not m.is_elementwise]


# Algebra ------------------------------------------------------------------------------


def test_only_what_adds_or_subtracts_has_signs_and_only_one_op_is_a_product():
    counted = {name: 3 if op.nary else len(op.partials) for name, op in OPS.items()}
    found = {name: signs(op, counted[name]) for name, op in OPS.items()}

    assert {name: s for name, s in found.items() if s} == {
        "+": (1.0, 1.0),
        "-": (1.0, -1.0),
        "neg": (-1.0,),
        "identity": (1.0,),
        "sum": (1.0, 1.0, 1.0),
    }
    assert [name for name, op in OPS.items() if is_product(op)] == ["*"]


@pytest.mark.parametrize(
    "forward",
    [
        lambda xp, x: xp.maximum(x, 0.0),
        lambda xp, x: xp.minimum(x, 100.0),
        lambda xp, x: xp.maximum(x, -100.0),
        lambda xp, x: xp.where(abs(x) > 1e-3, x, 0.0),
    ],
)
def test_a_bend_makes_an_op_no_sum_whatever_its_partial_claims(forward):
    assert signs(Op("straight", forward, (lambda xp, y, x: 1.0,)), 1) is None


def test_formulas_that_ask_for_numbers_are_opaque_and_no_others():
    ask = [
        lambda xp, x: x if x > 0 else -x,
        lambda xp, x: 1.0 if x == 0 else x,
        lambda xp, x: 1.0 if x != 0 else x,
        lambda xp, x: x if x in (0.0, 1.0) else -x,
        lambda xp, x: float(x),
        lambda xp, x: round(x),
    ]

    assert not any(is_opaque(op) for op in OPS.values())
    for forward in ask:
        assert is_opaque(Op("asks", forward, (lambda xp, y, x: 1.0,)))


def test_equal_expressions_are_one():
    trace = Trace()
    x = trace.operand("x")

    assert trace.xp.exp(-x) is trace.xp.exp(-x)
    assert trace.xp.exp(x) is not trace.xp.exp(-x)
    assert (x + 0.0) is not (x + -0.0)


# Linear forms and groups --------------------------------------------------------------


def forms_of(root, params):
    tape = read_graph([root], params, (), batched=False)
    return tape, find_linear_forms(tape)


def test_a_sum_takes_in_sums_and_products_that_nobody_else_uses():
    a, b, c = Value(1.0), Value(2.0), Value(3.0)
    tape, forms = forms_of(-(a - (b * c + 2.0)) + 1.0 - c * c, [a, b, c])

    assert forms.is_form.sum() == 1
    assert forms.inner.sum() == 6
    assert forms.constants[forms.is_form] == 3.0
    assert sorted(forms.pairs.signs) == [-1.0, 1.0]
    assert forms.singles.signs.tolist() == [-1.0]
    assert tape.data[forms.singles.operands].tolist() == [1.0]


def test_what_is_used_twice_or_given_out_stays():
    a, b = Value(1.0), Value(2.0)
    twice = a + b
    _tape, forms = forms_of(twice * twice + twice, [a, b])

    assert forms.is_form.sum() == 2
    assert len(forms.pairs.forms) == 1


def test_levels_are_distances_from_the_leaves_and_sums_have_none_inside():
    a, b = Value(1.0), Value(2.0)
    tape, forms = forms_of(((a + b) + b * a).tanh().exp(), [a, b])

    assert find_levels(tape, forms.inner)[tape.roots].tolist() == [3]


def test_sums_of_many_lengths_are_filled_up_to_one():
    w = [Value(float(i)) for i in range(8)]
    root = mn.sum([dot(w[:n], w[:n]).tanh() for n in (5, 6, 7, 8)])
    tape, forms = forms_of(root, w)
    groups = find_groups(tape, forms, find_levels(tape, forms.inner))
    first = groups[0]

    assert isinstance(first, LinearGroup)
    assert first.pairs[1.0][0].shape == (8, 4)


@pytest.mark.parametrize("f", [mn.sum, mn.max, mn.logsumexp])
def test_filling_up_does_not_waste_memory(f):
    w = [Value(float(i)) for i in range(300)]
    short = [f([a, b]).tanh() for a, b in itertools.pairwise(w)]
    root = mn.sum([*short, f(w).tanh()])
    tape, forms = forms_of(root, w)
    groups = find_groups(tape, forms, find_levels(tape, forms.inner))
    operands = sum(rows.size for group in groups for rows in matrices.arrays(group))

    assert operands < 10 * len(w)


def test_nodes_that_compute_the_same_are_one():
    a, b = Value(0.5), Value(2.0)
    program = compile(mn.sum([(a * b + 1.0).tanh() for _ in range(9)]), [a, b])

    assert program() == pytest.approx(9 * np.tanh(2.0))
    assert [len(block.group.nodes) for block in blocks(program)] == [1, 1, 1]


# Matrices -----------------------------------------------------------------------------


def test_a_layer_is_a_matrix_product_with_or_without_a_batch_axis():
    w = matrix(4, 3)
    x = np.ones((5, 3))
    batched, single = compile(lambda x: linear(x, w)), compile(lambda x: linear(x, w))
    batched(x)
    single(x[:1])
    unrolled = compile(
        mn.sum(
            [v.tanh() for row in x * [[1], [2], [3], [4], [5]] for v in linear(row, w)]
        )
    )

    assert products(batched) == [(1, 4, 1, 3)]
    assert products(single) == [(1, 4, 1, 3)]
    assert products(unrolled) == [(1, 4, 5, 3)]


def test_products_of_the_same_inputs_are_one():
    q, k, v = matrix(4, 4), matrix(4, 4), matrix(4, 4)

    def f(x):
        return [y for w in (q, k, v) for y in linear(x, w)]

    program = compile(f)
    program(np.ones((2, 4)))

    assert products(program) == [(1, 12, 1, 4)]


def test_a_convolution_is_one_matrix_product():
    kernels = matrix(3, 4)

    def f(image):
        patches = [
            [image[i + a][j + b] for a in (0, 1) for b in (0, 1)]
            for i in range(4)
            for j in range(4)
        ]
        return [dot(kernel, patch) for kernel in kernels for patch in patches]

    program = compile(f)
    program(np.ones((2, 5, 5)))

    assert products(program) == [(1, 3, 16, 4)]


def test_heads_of_attention_are_blocks():
    w = matrix(4, 3)

    def f(tokens):
        rows = [linear([t, 1.0, t * t], w) for t in tokens]
        heads = slice(0, 2), slice(2, 4)
        return [dot(a[h], b[h]) for h in heads for a in rows for b in rows]

    program = compile(f)
    program(np.ones((2, 3)))

    assert (2, 3, 3, 2) in products(program)


def test_a_product_in_two_sums_gets_a_place_for_each():
    w, b = matrix(2, 3), [Value(0.5), Value(-0.25), Value(1.0)]

    def f(x):
        return mn.sum([(dot(row, x) - bias).sin() for row in w for bias in b])

    assert_same(f, [*mn.trees.leaves(w), *b], np.arange(6.0).reshape(2, 3))


def test_an_mlp_needs_no_gathering():
    model = MLP(4, [5, 5, 3])
    program = compile(lambda x, y: cross_entropy(model(x), y))
    program(np.ones((6, 4)), np.zeros(6, int))

    assert re.search("lay out +0  arrays to gather", program.passes)
    assert ".take(i" not in program.source


# How many instructions ----------------------------------------------------------------


def counts_for(sizes, make):
    return {len(make(n).instructions) for n in sizes}


def test_instructions_do_not_depend_on_width_or_batch():
    def make(n):
        model = MLP(3, [n, n, 2])
        program = compile(lambda x, y: cross_entropy(model(x), y))
        program(np.ones((n, 3)), np.zeros(n, int))
        return program

    def unrolled(n):
        model = MLP(3, [4, 2])
        x = np.random.default_rng(0).normal(size=(n, 3))
        return compile(cross_entropy([model(row) for row in x], [0] * n))

    assert len(counts_for((2, 5, 11), make)) == 1
    assert len(counts_for((3, 5, 11), unrolled)) == 1


def test_instructions_do_not_depend_on_the_length_of_a_sequence():
    table, w = matrix(5, 4), matrix(4, 4)

    def f(tokens):
        keys, found = [], []
        for token in tokens:
            keys.append(linear(mn.take(table, token), w))
            weights = mn.softmax([dot(keys[-1], k) for k in keys])
            found += [dot(weights, column) for column in zip(*keys, strict=True)]
        return mn.sum(found)

    def make(n):
        program = compile(f)
        program(np.zeros((2, n), int))
        return program

    assert len(counts_for((4, 6, 9), make)) == 1


# Way out, memory, time ----------------------------------------------------------------


def chain(length):
    y = w = Value(0.5)
    for i in range(length):
        y = (y * 1.01).sin() if i % 2 else (y + 0.1).tanh()
    return y, w


def test_a_long_chain_is_read_number_by_number_and_a_short_one_is_not():
    long, short = (compile(chain(n)[0]) for n in (600, 5))

    assert isinstance(long._latest().plan, Interpreter)
    assert not isinstance(short._latest().plan, Interpreter)
    assert len(long.source.splitlines()) == len(long.instructions)
    assert "one after another" in long.passes or "nothing to compute" in long.passes


def test_a_chain_of_a_function_is_read_number_by_number_for_one_example():
    w = Value(0.5)

    def f(x, y):
        for i in range(400):
            x = (x * w).sin() if i % 2 else (x + 0.1).tanh()
        return x * mn.take([w, 2.0, x], y) * y

    for y in range(3):
        program = assert_same(f, [w], np.array([0.3]), np.array([y]))
        assert isinstance(program._latest().plan, Interpreter)
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match=f"no such index: got y={wrong} "):
            program(np.array([0.3]), np.array([wrong]))


@pytest.mark.parametrize("memory", [1, 1000, 4000])
def test_large_batches_are_split_so_that_memory_is_bounded(memory, monkeypatch):
    model = MLP(3, [4, 1], activation="tanh")
    x = np.random.default_rng(0).normal(size=(50, 3))
    whole = compile(lambda x: model(x) ** 2)
    expected, outputs = whole.value_and_grad(x), whole(x)
    monkeypatch.setattr(running, "WORKING_MEMORY", memory)
    split = compile(lambda x: model(x) ** 2)
    found = split.value_and_grad(x)
    (compiled,) = split._compiled.values()
    per_example = compiled.plan.bytes_per_example

    np.testing.assert_allclose(split(x), outputs, rtol=1e-12)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-12)
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-11, atol=1e-14)
    assert max(compiled._runs) * per_example <= max(memory, per_example)
    assert len(compiled._runs) > 0


def test_few_batch_sizes_are_kept():
    w = Value(2.0)
    program = compile(lambda x: w * x)
    for size in range(2, 20):
        assert program(np.ones(size)).tolist() == [2.0] * size
    (compiled,) = program._compiled.values()

    assert len(compiled._runs) <= running.SIZES


def test_blocks_of_a_long_chain_are_found_in_few_rounds(monkeypatch):
    rounds = []

    class Counted:
        def __getattr__(self, name):
            if name == "full":
                rounds.append(name)
            return getattr(np, name)

    monkeypatch.setattr(matrices, "np", Counted())
    n = 4000
    row = np.repeat(np.arange(n), 2)[:-1]
    column = np.sort(np.concatenate([np.arange(n), np.arange(1, n)]))
    block = matrices._blocks(row, column)

    assert set(block.tolist()) == {0}
    assert len(rounds) < 40


@pytest.mark.parametrize("shape", ["wide", "deep", "chained products"])
def test_the_source_grows_no_faster_than_the_graph(shape):
    def make(n):
        w = [Value(0.5 + i / n) for i in range(n)]
        if shape == "wide":
            return mn.sum([(a * b + a).tanh() for a, b in itertools.pairwise(w)])
        if shape == "chained products":
            return mn.sum(
                [a * b + a * c - b for a, b, c in zip(w, w[1:], w[2:], strict=False)]
            )
        y = w[0]
        for a in w[:100]:
            y = (y * a + 1.0).tanh()
        return y

    def size(n):
        return len(compile(make(n)).source)

    assert size(800) < 5 * size(200) + 4000
