"""The plane, bent by layers: points and grid go where the layers send them."""

import random

import numpy as np
import pytest

from micrograd_nn.nn import MLP, Sequential
from micrograd_nn.viz.plots import bent_plane

POINTS = np.array([[0.0, 0.0], [1.0, 2.0]])


def swapped(p):
    return [p[1], p[0]]


def swapped_columns(p):
    return p[:, ::-1]


@pytest.mark.parametrize("transform", [swapped, swapped_columns])
def test_points_and_grid_go_where_the_function_sends_them(transform):
    plot = bent_plane(transform, POINTS, ["a", "b"], lines=2)

    grid = plot.data["grid"]
    assert plot.data["points"].tolist() == [[0.0, 0.0], [2.0, 1.0]]
    assert plot.data["labels"] == ["a", "b"]
    assert grid.shape == (7, 7, 2)
    assert grid[0, 0] == pytest.approx([-0.2, -0.1])
    assert grid[0, -1] == pytest.approx([-0.2, 1.1])  # along x, which comes second


def test_hidden_layers_bend_the_plane_as_they_are_called():
    random.seed(0)
    net = MLP(2, [3, 2, 1], activation="tanh")

    plot = bent_plane(Sequential(*net.layers[:-1]), POINTS, [0, 1])

    expected = [[v.data for v in net.layers[1](net.layers[0](p))] for p in POINTS]
    assert plot.data["points"] == pytest.approx(np.array(expected))


def test_there_are_as_many_lines_as_asked_for_in_each_direction():
    plot = bent_plane(swapped, POINTS, [0, 1], lines=5)

    assert len(plot.ax.lines) == 2 * 5
    assert plot.ax.lines[0].get_xydata()[:, 1] == pytest.approx(
        plot.data["grid"][0, :, 1]
    )
