"""`Program.trace`: the numbers of a run, scalar by scalar, are those of eager mode."""

import random

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.compiler.interpreter import Interpreter
from micrograd_nn.graph import topological_order
from micrograd_nn.losses import cross_entropy, hinge_loss, mse_loss
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD
from micrograd_nn.viz.snapshot import snapshot
from micrograd_nn.viz.steps import steps

X = np.random.default_rng(0).normal(size=(5, 3))
CLASSES = np.array([1, 2, 0, 1, 1])


def mlp(*sizes, **kwargs):
    random.seed(1)
    return MLP(3, sizes, **kwargs)


def classifier():
    net = mlp(4, 3, activation="tanh")
    return mn.compile(lambda x, y: cross_entropy(net(x), y)), (X, CLASSES)


def relu_net():
    net = mlp(8, 8, 1)
    return mn.compile(lambda x, y: hinge_loss(net(x), y)), (X, 2.0 * (CLASSES > 0) - 1)


def recurrent():
    w, u, h = Value(0.5), Value(-1.5), Value(0.3)

    def loss(xs):
        state = Value(0.0)
        for x in xs:
            state = (w * state + u * x + h).tanh()
        return state * state

    return mn.compile(loss), (np.tile(X, (1, 4)),)


def shared():
    w = Value(0.7)
    return mn.compile(lambda x: mn.sum([xi * xi + xi * xi for xi in x]) * w * w), (X,)


def loose():
    """A chain of different ops, which is read number by number."""
    x = Value(0.3, label="x")
    y = x
    for name in ("exp", "tanh", "sin", "sigmoid", "cos", "softplus") * 4:
        y = getattr(y, name)() + x
    return mn.compile(y), ()


def table():
    rows = [Value(0.5 * i) for i in range(4)]
    return mn.compile(lambda k: mn.take(rows, k) ** 2), (np.array([2, 1, 3]),)


def noisy():
    w = Value(0.5)
    return mn.compile(lambda x: (mn.randomness.normal() * w * x[0]).sigmoid()), (X,)


PROGRAMS = [classifier, relu_net, recurrent, shared, loose, table, noisy]


@pytest.mark.parametrize("make", PROGRAMS)
def test_what_a_program_keeps_is_what_eager_mode_computes(make):
    program, arrays = make()
    found = program.trace(*arrays)
    graph = snapshot(program, *arrays)
    of_leaves = {v: found.data[v] for v in found.data if not v.operands}
    for node, op in zip(graph.order, graph.ops, strict=True):
        if node.operands:
            numbers = [of_leaves[x] for x in node.operands]
            forward = mn.namespaces.read_floats
            of_leaves[node] = forward(op.forward, *([numbers] if op.nary else numbers))
        of_leaves.setdefault(node, node.data)

    assert graph.data == pytest.approx([of_leaves[v] for v in graph.order], abs=1e-12)


@pytest.mark.parametrize("make", PROGRAMS)
def test_its_gradients_are_those_of_the_chain_rule_step_by_step(make):
    program, arrays = make()
    found = program.trace(*arrays)
    by_hand = dict(
        zip(
            snapshot(program, *arrays).order, steps(program, *arrays).grads, strict=True
        )
    )

    assert len(found.grads) > 0
    assert [by_hand[v] or 0.0 for v in found.grads] == pytest.approx(
        list(found.grads.values()), abs=1e-12
    )


def test_the_programs_are_of_both_kinds():
    kinds = set()
    for make in PROGRAMS:
        program, arrays = make()
        program(*arrays)
        kinds.add(isinstance(program._latest().plan, Interpreter))

    assert kinds == {True, False}


@pytest.mark.parametrize("example", [0, 3, -1])
def test_an_example_of_a_batch_is_chosen_by_number(example):
    program, (x, y) = classifier()
    found = program.trace(x, y, example=example)

    inputs = {v.label: found.data[v] for v in found.data if v.label}
    assert inputs["x[1]"] == x[example, 1]
    assert inputs["y"] == y[example]


@pytest.mark.parametrize("example", [5, -6, 1.0, None])
def test_an_example_that_is_not_there_is_refused(example):
    program, arrays = classifier()

    with pytest.raises(IndexError, match="no such example: got example="):
        program.trace(*arrays, example=example)


def test_a_program_of_several_outputs_has_no_one_gradient_to_trace():
    with pytest.raises(TypeError, match="not a loss: got 3 outputs"):
        mn.compile(mlp(3)).trace(X)


def test_looking_does_not_move_the_random_numbers():
    program, (x,) = noisy()
    program(x)
    twin, _ = noisy()
    twin(x)
    program.trace(x)

    assert program(x).tolist() == twin(x).tolist()


def test_in_the_midst_of_training_the_newest_numbers_are_shown():
    net = mlp(4, 1, activation="tanh")
    program = mn.compile(lambda x, y: mse_loss(net(x), y))
    w = net.parameters()[0]
    with program.training(SGD(net.parameters(), lr=0.1)) as train:
        train.step(X, CLASSES)
        shown = program.trace(X, CLASSES).data[w]
        before = w.data

    assert shown == w.data != before


def test_training_goes_on_as_if_nobody_had_looked():
    def trained(look):
        net = mlp(4, 1, activation="tanh")
        program = mn.compile(lambda x, y: mse_loss(net(x), y))
        with program.training(SGD(net.parameters(), lr=0.1, momentum=0.9)) as train:
            for _ in range(5):
                train.step(X, CLASSES)
                if look:
                    program.trace(X, CLASSES, example=2)
        return [p.data for p in net.parameters()]

    assert trained(look=True) == trained(look=False)


def test_the_graph_shown_is_the_one_that_was_recorded():
    program, arrays = relu_net()
    found = program.trace(*arrays)

    assert set(found.grads) <= set(found.data)
    assert set(topological_order(found.root)) >= set(found.grads)


def test_a_value_does_not_take_arrays():
    with pytest.raises(TypeError, match="nothing to show: got Value"):
        steps(Value(2.0), X)


def test_an_example_may_be_an_integer_of_numpy():
    program, (x, y) = classifier()
    found = program.trace(x, y, example=np.argmax(x[:, 0]))

    assert found.data[found.root] == pytest.approx(
        program.trace(x, y, example=int(np.argmax(x[:, 0]))).data[found.root]
    )
