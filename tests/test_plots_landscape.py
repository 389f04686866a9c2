"""Loss landscapes: the right heights at the right places, the net left as it was."""

import random
from itertools import pairwise

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.losses import mse_loss
from micrograd_nn.nn import MLP, Neuron
from micrograd_nn.optim import SGD
from micrograd_nn.viz.plots import (
    ParameterSlice,
    loss_landscape,
    loss_slice,
    random_directions,
)


def bowl(x, y):
    return x * x + 2.0 * y * y


def test_a_slice_holds_the_losses_and_those_of_the_path():
    plot = loss_slice(lambda x: x.exp(), 0, 1, path=[1.0, 0.5], resolution=3)

    assert plot.data["x"].tolist() == [0.0, 0.5, 1.0]
    assert plot.data["loss"] == pytest.approx(np.exp([0.0, 0.5, 1.0]))
    assert plot.data["path_loss"] == pytest.approx(np.exp([1.0, 0.5]))
    ends = [line.get_xdata().tolist() for line in plot.ax.lines[-2:]]
    assert ends == [[1.0], [0.5]]  # the ring at the start, the ball at the end


def test_a_slice_is_interrupted_where_the_loss_is_not_finite():
    plot = loss_slice(lambda x: x.log(), -1.0, 1.0, resolution=3)

    assert np.isnan(plot.data["loss"]).tolist() == [True, True, False]


def test_a_landscape_holds_the_loss_at_each_point_of_its_grid():
    plot = loss_landscape(bowl, (0, 1), (0, 3), resolution=4)

    xs, ys = np.meshgrid(plot.data["x"], plot.data["y"])
    assert plot.data["loss"] == pytest.approx(bowl(xs, ys))
    assert plot.data["loss"][-1, 0] == 18.0  # x = 0, y = 3


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (lambda w, b: w * b, ["w", "b"]),
        (lambda *numbers: numbers[0], ["parameter 1", "parameter 2"]),
        (max, ["parameter 1", "parameter 2"]),
    ],
    ids=["named", "not named", "built in"],
)
def test_axes_are_named_after_the_arguments(function, names):
    ax = loss_landscape(function, resolution=3).ax

    assert [ax.get_xlabel(), ax.get_ylabel()] == names


def test_a_landscape_reaches_around_the_path():
    plot = loss_landscape(bowl, path=[[0.0, 0.0], [4.0, 0.0]], resolution=3)

    assert plot.data["x"].tolist() == [-1.0, 2.0, 5.0]
    assert plot.data["y"].tolist() == [-1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: 1.0,
        lambda x, y: x,
        lambda x, y: (x * 9).exp(),
        lambda x, y: x.log(),
    ],
    ids=["flat", "negative", "steep", "partly nan"],
)
def test_any_landscape_can_be_drawn(function):
    plot = loss_landscape(function, resolution=5)

    assert plot.to_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ([[1.0]], r"got path of shape \(1, 1\); expected \(n, 2\)"),
        ([1.0], r"got path of shape \(1,\)"),
        ([[np.nan, 1.0]], "not finite: got path with nan"),
    ],
)
def test_a_path_has_two_numbers_for_each_step(path, message):
    with pytest.raises(ValueError, match=message):
        loss_landscape(bowl, path=path)


def test_a_path_on_a_line_has_one():
    with pytest.raises(ValueError, match=r"got path of shape \(1, 2\)"):
        loss_slice(lambda x: x, 0.0, 1.0, path=[[1.0, 2.0]])


def two_weights():
    w = [Value(3.0), Value(4.0)]
    return w, lambda: w[0] * w[0] + w[1] * w[1]


def test_a_parameter_slice_goes_along_its_directions_and_back():
    w, loss = two_weights()
    along = ParameterSlice(loss, w, [[1.0, 0.0], [0.0, 2.0]])

    assert along(-3.0, 0.5) == 25.0
    assert along(Value(0.0), Value(0.0)) == 25.0
    assert along(1.0, 0.0) == 32.0
    assert [p.data for p in w] == [3.0, 4.0]


def test_a_parameter_slice_starts_where_it_is_told():
    w, loss = two_weights()

    assert ParameterSlice(loss, w, [[1.0, 0.0]], origin=[0.0, 0.0])(2.0) == 4.0


def test_parameters_are_put_back_after_an_error():
    w, _ = two_weights()
    along = ParameterSlice(lambda: 1 / 0, w, [[1.0, 0.0]])

    with pytest.raises(ZeroDivisionError):
        along(1.0)

    assert [p.data for p in w] == [3.0, 4.0]


def test_the_principal_plane_of_a_trajectory_in_a_plane_holds_it():
    w, loss = two_weights()
    optimizer = SGD(w, lr=0.1, momentum=0.9)
    way = [[p.data for p in w]]
    for _ in range(9):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
        way.append([p.data for p in w])

    plane = ParameterSlice.of_trajectory(loss, w, way)

    assert plane.path[-1].tolist() == [0.0, 0.0]
    assert plane.path @ plane.directions + plane.origin == pytest.approx(np.array(way))
    heights = [plane(*place) for place in plane.path]
    assert heights == pytest.approx([x * x + y * y for x, y in way])


def test_the_first_principal_direction_is_that_of_most_movement():
    w, loss = two_weights()

    plane = ParameterSlice.of_trajectory(loss, w, [[0.0, 5.0], [0.1, 2.0], [0.0, 0.0]])

    assert abs(plane.directions[0]) == pytest.approx([0.0, 1.0], abs=0.01)


def test_a_compiled_loss_is_drawn_over_its_parameters():
    random.seed(0)
    net = Neuron(2, nonlin=False)
    program = mn.compile(lambda x, y: mse_loss(net(x), y))
    rows, targets = np.eye(2), np.array([1.0, 2.0])
    along = ParameterSlice(
        lambda: float(program(rows, targets).mean()), net.parameters(), np.eye(3)[:2]
    )

    plot = loss_landscape(along, (-1, 1), (-2, 2), resolution=3)

    w = np.array([p.data for p in net.parameters()])
    expected = (w[0] - 1 + w[2] - 1) ** 2 / 2 + (w[1] - 2 + w[2] - 2) ** 2 / 2
    assert plot.data["loss"][0, 0] == pytest.approx(expected)
    assert plot.ax.get_xlabel() == "along direction 1"


def test_random_directions_are_as_long_as_the_weights_of_each_neuron():
    random.seed(0)
    net = MLP(3, [4, 2])

    first, second = random_directions(net, seed=1)

    start = 0
    for neuron in (n for layer in net.layers for n in layer.neurons):
        stop = start + len(neuron.w)
        size = np.linalg.norm([w.data for w in neuron.w])
        assert np.linalg.norm(first[start:stop]) == pytest.approx(size)
        assert first[stop] == 0.0  # the bias
        start = stop + 1
    assert not np.allclose(first, second)
    assert np.array_equal(random_directions(net, seed=1), [first, second])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda w, f: ParameterSlice(3, w, [[1, 0]]),
            TypeError,
            "no slice: got loss=3",
        ),
        (lambda w, f: ParameterSlice(f, [], [[1]]), TypeError, "and 0 params"),
        (lambda w, f: ParameterSlice(f, [1.0], [[1]]), TypeError, "at least one Value"),
        (lambda w, f: ParameterSlice(f, w, [[1]]), ValueError, r"shape \(1, 1\); exp"),
        (lambda w, f: ParameterSlice(f, w, [1, 0]), ValueError, r"of shape \(2,\)"),
        (
            lambda w, f: ParameterSlice(f, w, [[1, 0]])(1.0, 2.0),
            TypeError,
            "wrong number of distances: got 2; expected 1",
        ),
        (
            lambda w, f: ParameterSlice.of_trajectory(f, w, [[1, 0], [1, 0]]),
            ValueError,
            r"no plane: got a trajectory of shape \(2, 2\)",
        ),
        (
            lambda w, f: random_directions(Neuron(1), count=0),
            ValueError,
            "out of range: got count=0",
        ),
        (lambda w, f: random_directions(f), TypeError, "not a module: got model=<func"),
    ],
)
def test_what_is_no_slice_is_refused(make, error, message):
    w, loss = two_weights()

    with pytest.raises(error, match=message):
        make(w, loss)

    assert [p.data for p in w] == [3.0, 4.0]


def test_descent_rolls_downhill_in_the_picture():
    way = [-2.0]
    for _ in range(5):
        x = Value(way[-1])
        (x * x).backward()
        way.append(x.data - 0.1 * x.grad)

    plot = loss_slice(lambda x: x * x, -3, 3, path=way)

    assert all(after < before for before, after in pairwise(plot.data["path_loss"]))
