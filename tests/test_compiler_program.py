"""A program as an object: what it gives, when it records, what it shows."""

import collections

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.compiler import compile, placeholders
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import MLP
from tests.compiled import assert_close, assert_same, eager_value_and_grad

W = [Value(1.0), Value(2.0), Value(-3.0)]


@pytest.fixture(autouse=True)
def _fresh():
    for weight, number in zip(W, (1.0, 2.0, -3.0), strict=True):
        weight.data, weight.grad = number, 0.0


# What it gives ------------------------------------------------------------------------

Pair = collections.namedtuple("Pair", "a b")
OUTPUTS = {
    "a Value": (lambda x: x[0] * W[0], lambda r: r.shape == (3,)),
    "a list": (lambda x: [x[0], x[1] * W[1]], lambda r: r.shape == (3, 2)),
    "nested lists": (lambda x: [[x[0]], [W[0] * 1]], lambda r: r.shape == (3, 2, 1)),
    "ragged lists": (lambda x: [[x[0]], []], lambda r: type(r) is list and r[1] == []),
    "a tuple": (lambda x: (x[0], [x[1]]), lambda r: r[1].shape == (3, 1)),
    "a dictionary": (
        lambda x: {"a": x[0], "b": W[0]},
        lambda r: r["b"].tolist() == [1.0] * 3,
    ),
    "numbers": (lambda x: [1.5, 2], lambda r: r.tolist() == [[1.5, 2.0]] * 3),
    "one thing twice": (
        lambda x: [x[0], x[0], x[0] * 1],
        lambda r: (r[:, 0] == r[:, 1]).all(),
    ),
    "nothing": (lambda x: [], lambda r: r == []),
    "nothing in a tuple": (
        lambda x: ((), x[0]),
        lambda r: r[0] == () and r[1].shape == (3,),
    ),
}


@pytest.mark.parametrize("case", OUTPUTS)
def test_outputs_come_in_the_shape_of_the_function(case):
    f, holds = OUTPUTS[case]
    program = compile(f)

    assert holds(program(np.arange(6.0).reshape(3, 2)))
    assert str(program)
    assert program.passes
    assert "def bind" in program.source


def test_outputs_are_copies():
    program = compile(lambda x: [x * W[0], W[1] * 1])
    first = program([1.0, 2.0])
    program([5.0, 6.0])
    loss, grad = compile(lambda x: x * W[0]).value_and_grad([1.0, 2.0])
    grad[:] = 7.0

    assert first.tolist() == [[1.0, 2.0], [2.0, 2.0]]
    assert (loss, W[0].grad) == (1.5, 0.0)


def test_a_recorded_value_gives_a_float():
    program = compile(W[0] * W[1] + 1.0)

    assert type(program()) is float
    assert program() == 3.0
    assert program.value_and_grad()[1].tolist() == [2.0, 1.0]


def test_backward_adds_to_the_grads():
    program = compile(lambda x: x * W[0] * W[1], W)
    W[0].grad, W[1].grad = 10.0, None

    assert program.backward([1.0, 3.0]) == 4.0
    assert [w.grad for w in W] == [14.0, 2.0, 0.0]


def test_params_are_the_leaves_in_the_order_of_use_or_as_given():
    f = lambda x: W[1] * x + W[0]  # noqa: E731 - as users write it
    free, given = compile(f), compile(f, W[::-1])
    free([1.0])
    given([1.0])

    assert free.params == [W[1], W[0]]
    assert given.params == W[::-1]
    assert given.value_and_grad([2.0])[1].tolist() == [0.0, 2.0, 1.0]


def test_a_parameter_that_comes_twice_has_its_gradient_twice():
    found = compile(lambda x: W[0] * x, [W[0], W[0]]).value_and_grad([3.0])

    assert found[1].tolist() == [3.0, 3.0]


KINDS = {"list": np.ndarray.tolist, "F": lambda x: np.asfortranarray(x / 1.0)}


@pytest.mark.parametrize(
    "kind",
    [float, np.float32, int, np.int8, np.uint16, bool, ">f8", ">i8", "list", "F"],
)
def test_arrays_of_every_kind_of_numbers(kind):
    x = np.array([[0, 1], [1, 1], [1, 0]])
    x = KINDS[kind](x) if kind in KINDS else x.astype(kind)
    program = compile(lambda x: W[0] * x[0] + W[1] * x[1])

    for _ in range(2):
        assert program(x).tolist() == [2.0, 3.0, 1.0]


@pytest.mark.parametrize("kind", [int, np.int8, np.uint64, bool, ">i8", ">i4"])
def test_indexes_of_every_kind_of_integers(kind):
    program = compile(lambda y: mn.take(W, y))

    for _ in range(2):
        assert program(np.array([1, 0, 1]).astype(kind)).tolist() == [2.0, 1.0, 2.0]
        assert program(np.array([1, 0, 1, 1, 0, 0]).astype(kind)[::2]).tolist() == [
            2.0,
            2.0,
            1.0,
        ]


def test_views_that_are_not_contiguous_are_read_right():
    x = np.arange(24.0).reshape(4, 6)
    program = compile(lambda x: W[0] * x[0] + W[1] * x[1])

    assert program(x[::2, 1:3]).tolist() == [5.0, 41.0]
    assert program(x.T[:3, :2]).tolist() == [12.0, 15.0, 18.0]


def test_functions_without_arguments_are_programs_of_one_example():
    program = compile(lambda: W[0] * W[1])

    assert program().tolist() == [2.0]
    assert program.value_and_grad()[0] == 2.0


def test_random_numbers_are_drawn_anew_for_every_example_and_seeded():
    def noisy(x):
        return x * mn.randomness.bernoulli(0.5) + mn.randomness.normal()

    runs = [compile(noisy, seed=seed) for seed in (1, 1, 2)]
    first = [program(np.ones(50)) for program in runs]

    np.testing.assert_array_equal(first[0], first[1])
    assert len(set(first[0].tolist())) == 50
    assert not np.array_equal(first[0], first[2])
    assert not np.array_equal(first[0], runs[0](np.ones(50)))


# When it reads numbers ----------------------------------------------------------------


def test_numbers_that_are_assigned_later_are_seen():
    program = compile(lambda x: W[0] * x + W[1], [W[0]])
    recorded = compile(W[0] * W[1], [W[0]])
    for a, b in ((1.0, 2.0), (5.0, 2.0), (5.0, 7.0), (0.0, 0.0)):
        W[0].data, W[1].data = a, b

        assert program([3.0]).tolist() == [3 * a + b]
        assert program([3.0, 4.0]).tolist() == [3 * a + b, 4 * a + b]
        assert recorded() == a * b
        assert recorded.value_and_grad()[1].tolist() == [b]


# When it records ----------------------------------------------------------------------


@pytest.fixture
def recordings(monkeypatch):
    """The shapes that were recorded."""
    found = []

    def counting(f, specs):
        found.append([spec.shape for spec in specs])
        return placeholders.record(f, specs)

    monkeypatch.setattr("micrograd_nn.compiler.program.record", counting)
    return found


def test_a_function_is_recorded_once_for_each_shape(recordings):
    program = compile(lambda x: mn.sum([v * W[0] for v in x]))
    for columns in (2, 3, 2, 3, 2):
        for rows in (2, 5, 9):
            assert program(np.ones((rows, columns))).tolist() == [columns] * rows

    assert {tuple(shapes) for shapes in recordings} == {((2,),), ((3,),)}
    assert len(recordings) == 2


@pytest.mark.parametrize("first", [1, 4])
def test_one_example_and_many_give_the_same(first):
    model = MLP(3, [4, 2])
    x = np.random.default_rng(0).normal(size=(5, 3))
    program = compile(model)
    program(x[:first])

    for rows in (1, 5, 1, 2):
        assert_close(program(x[:rows]), compile(model)(x)[:rows])


def test_shapes_that_reach_more_parameters_make_more_params():
    program = compile(lambda x: mn.sum([w * v for w, v in zip(W, x, strict=False)]))

    assert program.value_and_grad(np.ones((2, 1)))[1].tolist() == [1.0]
    assert program.value_and_grad(np.ones((2, 3)))[1].tolist() == [1.0] * 3
    assert program.value_and_grad(np.ones((2, 1)))[1].tolist() == [1.0, 0.0, 0.0]
    assert program.params == W


def test_a_changed_structure_is_recorded_again(recordings):
    model = MLP(2, [2, 1])
    x = np.random.default_rng(0).normal(size=(4, 2))

    def f(x):
        return model(x) * 2

    program = compile(f)
    program(x)
    program(x)
    assert len(recordings) == 1
    model.layers.insert(1, MLP(2, [2]).layers[0])
    expected = eager_value_and_grad(f, model.parameters(), x)[0]

    assert program.value_and_grad(x)[0] == pytest.approx(expected, 1e-12)
    assert set(program.params) == set(model.parameters())
    assert len(recordings) == 2
    model.layers[0].neurons[0].w[0] = Value(9.0)
    expected = eager_value_and_grad(f, model.parameters(), x)[0]

    assert program.value_and_grad(x)[0] == pytest.approx(expected, 1e-12)


def test_programs_of_one_function_do_not_disturb_each_other():
    f = lambda x: (W[0] * x + W[1]) ** 2  # noqa: E731 - as users write it
    programs = [compile(f, W), compile(f, W[:1]), compile(f)]
    for _ in range(2):
        found = [program.value_and_grad([1.0, 2.0]) for program in programs]

        assert [loss for loss, _ in found] == [12.5] * 3
        assert [grad.tolist() for _, grad in found] == [
            [11.0, 7.0, 0.0],
            [11.0],
            [11.0, 7.0],
        ]


def test_whole_batch_and_one_example_at_a_time_agree():
    model = MLP(2, [3, 3], activation="gelu")
    x = np.random.default_rng(0).normal(size=(4, 2))
    program = assert_same(lambda x: mn.logsumexp(model(x)), model.parameters(), x)
    each = [program.value_and_grad(row[None])[1] for row in x]

    assert_close(np.mean(each, axis=0), program.value_and_grad(x)[1])


# What it shows ------------------------------------------------------------------------


def test_a_program_shows_its_instructions_as_mathematics():
    model = MLP(2, [4, 3], activation="tanh")
    program = compile(lambda x, y: cross_entropy(model(x), y))
    program(np.ones((5, 2)), np.zeros(5, int))
    lines = str(program).splitlines()

    assert len(lines) == len(program.instructions)
    assert lines[0].split("#")[0].strip() == "h1 = W1 @ x + b1"
    assert lines[0].endswith("# 4x2 @ 2xB: 8 *, 8 +")
    assert lines[1].startswith("h2 = tanh(h1)")
    assert lines[2].startswith("h3 = W2 @ h2 + b2")
    assert "h3[y]" in lines[3]


def test_every_op_of_the_graph_belongs_to_one_instruction():
    program = compile(mn.sum([(W[0] * i + W[1]).tanh() for i in range(5)]) * 2)
    lines = range(1, 1 + len(program.instructions))
    symbols = [node.op.symbol for line in lines for node in program.scalars(line)]

    assert collections.Counter(symbols) == {"*": 6, "+": 5, "tanh": 5, "sum": 1}


def test_passes_are_told_with_what_they_left():
    program = compile(lambda x: (W[0] * x + W[1]).tanh())
    program([1.0, 2.0])
    lines = program.passes.splitlines()
    names = [line.split("  ")[0] for line in lines]

    assert names[:2] == ["record", "linear forms"]
    assert "6  scalar nodes" in lines[0]
    assert names[-2:] == ["forward", "differentiate"]


def test_the_source_is_python_that_runs_on_plain_arrays():
    program = compile(lambda x: (W[0] * x).exp())
    expected = program([1.0, 2.0])
    plan = program._latest().plan
    U, V = np.zeros(plan.layout.sizes[0]), np.zeros((plan.layout.sizes[1], 2))
    forward, _ = plan.bind(U, V, U.copy(), V.copy(), 2)
    U[: len(plan.layout.params)] = [plan.tape.nodes[i].data for i in plan.layout.params]
    forward(np.array([[1.0, 2.0]]))

    np.testing.assert_array_equal(V[plan.rows[1][0]], expected)
