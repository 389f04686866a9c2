"""Batch norm: a layer that mixes examples, and remembers them."""

import copy

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import no_grad, trees
from micrograd_nn.losses import mse_loss
from micrograd_nn.nn import BatchNorm1d, BatchNorm2d, Linear, Module, Sequential, Tanh
from micrograd_nn.nn.running import batch_statistics, collected, take_up
from micrograd_nn.optim import SGD
from tests.compiled import assert_close

ROWS = [[1.0, 10.0], [2.0, 30.0], [6.0, 20.0]]


def numbers(tree):
    return [x.data for x in trees.leaves(tree)]


def running(norm):
    return numbers([norm.running_mean, norm.running_var, norm.num_batches_tracked])


def small_net():
    return Sequential(Linear(2, 3), BatchNorm1d(3), Tanh(), Linear(3, 1))


# Which scale --------------------------------------------------------------------------


def test_in_training_each_feature_has_the_scale_of_the_batch():
    columns = np.array([numbers(row) for row in BatchNorm1d(2, eps=0.0).batch(ROWS)]).T

    np.testing.assert_allclose(columns.mean(axis=1), 0.0, atol=1e-12)
    np.testing.assert_allclose(columns.var(axis=1), 1.0, atol=1e-12)


def test_a_batch_moves_the_running_statistics_by_the_momentum():
    norm = BatchNorm1d(2, momentum=0.25)
    norm.batch(ROWS)

    assert running(norm) == pytest.approx([0.75, 5.0, 2.5, 25.75, 1.0])


def test_without_momentum_they_are_the_means_over_the_batches():
    norm = BatchNorm1d(1, momentum=None)
    norm.batch([[1.0], [3.0]])
    norm.batch([[5.0], [9.0]])

    assert running(norm) == pytest.approx([4.5, 5.0, 2.0])


def test_out_of_training_it_uses_and_keeps_the_running_statistics():
    norm = BatchNorm1d(2, eps=0.0).eval()
    norm.load_tensors({"running_mean": [1.0, 2.0], "running_var": [4.0, 9.0]}, False)
    before = norm.state_dict()

    assert not norm.needs_batch
    assert numbers(norm([3.0, 5.0])) == pytest.approx([1.0, 1.0])
    assert numbers(norm.batch([[3.0, 5.0]])) == pytest.approx([1.0, 1.0])
    assert norm.state_dict() == before


def test_statistics_are_taken_up_inside_no_grad_too():
    norm = BatchNorm1d(2)
    with no_grad():
        norm.batch(ROWS)

    assert norm.num_batches_tracked.data == 1.0


def test_the_batch_is_used_where_nothing_is_remembered():
    norm = BatchNorm1d(2, track_running_stats=False).eval()

    assert norm.needs_batch
    assert norm.buffers() == []
    assert sum(numbers(norm.batch(ROWS))) == pytest.approx(0.0, abs=1e-12)


# What it refuses ----------------------------------------------------------------------


def test_one_example_in_training_is_refused_with_a_way_out():
    with pytest.raises(
        ValueError,
        match=r"one example alone: got a call of BatchNorm1d\(3, .*batch\(rows",
    ):
        small_net()([1.0, 2.0])


@pytest.mark.parametrize(
    ("norm", "rows", "count"),
    [
        (BatchNorm1d(2), ROWS[:1], 1),
        (BatchNorm1d(2), [], 0),
        (BatchNorm2d(1), [[[[1.0]]]], 1),
    ],
)
def test_a_batch_of_one_number_has_no_spread(norm, rows, count):
    before = norm.state_dict()

    with pytest.raises(ValueError, match=rf"too few .* got {count} numbers of each"):
        norm.batch(rows)
    assert norm.state_dict() == before


def test_a_module_that_says_nothing_of_batches_is_told_to():
    class Net(Module):
        def __init__(self):
            self.body = small_net()

        def __call__(self, x):
            return self.body(x)[0]

    class Better(Net):
        def batch(self, rows):
            return [row[0] for row in self.body.batch(rows)]

    assert Net().needs_batch
    with pytest.raises(ValueError, match="A module of your own says in `batch`"):
        Net().batch(ROWS)
    assert len(Better().batch(ROWS)) == 3


# State --------------------------------------------------------------------------------


def test_buffers_are_state_but_no_parameters():
    net = small_net()
    names = [name for name, _ in net.named_buffers()]
    expected = [f"1.running_{kind}.{i}" for kind in ("mean", "var") for i in range(3)]

    assert names == [*expected, "1.num_batches_tracked"]
    assert len(net.parameters()) == 9 + 6 + 4
    assert set(names) < set(net.state_dict())
    assert not set(names) & {name for name, _ in net.named_parameters()}
    assert net.named_tensors()["1.num_batches_tracked"].shape == ()


def test_a_summary_counts_one_example_at_the_running_scale():
    net = small_net()
    rows = net.summary().rows

    assert [row.output for row in rows[:2]] == [(3,), (3,)]
    assert rows[1].parameters == 6
    assert net.training


# Programs -----------------------------------------------------------------------------


def test_a_program_alone_cannot_update_a_layer():
    norm = BatchNorm1d(2)
    program = mn.compile(lambda rows: norm.batch(rows))

    with pytest.raises(
        TypeError, match=r"a program cannot update a layer: got BatchNor"
    ):
        program([ROWS])


def test_a_program_sees_the_newest_statistics():
    norm = BatchNorm1d(2)
    twin = copy.deepcopy(norm).eval()
    program = mn.compile(lambda x: twin(x), params=twin.parameters())
    first = program(ROWS)
    twin.update([1.0, 2.0, 3.0, 4.0])
    norm.update([1.0, 2.0, 3.0, 4.0])
    norm.eval()

    assert (program(ROWS) != first).any()
    assert_close(program(ROWS), [numbers(norm(row)) for row in ROWS])


def test_training_by_programs_is_training_in_eager_code():
    eager, compiled = small_net(), small_net()
    compiled.load_state_dict(eager.state_dict())
    rng = np.random.default_rng(0)
    batches = [(rng.normal(size=(8, 2)), rng.normal(size=(8, 1))) for _ in range(6)]

    optimizer = SGD(eager.parameters(), lr=0.1)
    for x, y in batches:
        optimizer.zero_grad()
        mse_loss(eager.batch(x), y).backward()
        optimizer.step()

    def loss(x, y):
        with collected():
            return mse_loss(compiled.batch(x), y)

    layers = dict(compiled.named_modules())
    statistics = mn.compile(lambda x: batch_statistics(compiled, x))
    optimizer = SGD(compiled.parameters(), lr=0.1)
    with mn.compile(loss).training(optimizer) as train:
        for x, y in batches:
            found = statistics(x[None])
            train.step(x[None], y[None])
            take_up(layers, {name: calls[0] for name, calls in found.items()})

    assert_close(
        list(compiled.state_dict().values()), list(eager.state_dict().values()), 1e-10
    )
    assert compiled[1].num_batches_tracked.data == 6.0


def test_a_layer_that_is_called_twice_has_two_rows_of_statistics():
    norm = BatchNorm1d(1, momentum=None)
    net = Sequential(norm, norm)
    told = batch_statistics(net, [[1.0], [3.0]])
    found = {name: [numbers(call) for call in calls] for name, calls in told.items()}

    assert list(found) == ["0"]
    assert found["0"][0] == [2.0, 2.0]
    assert norm.num_batches_tracked.data == 0.0
    take_up(dict(net.named_modules()), found)
    assert norm.num_batches_tracked.data == 2.0
