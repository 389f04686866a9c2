import sys

import numpy as np
import pytest

from micrograd_nn.viz.plots import (
    BLUE,
    VERMILLION,
    decision_boundary,
    image_confidences,
    loss_curve,
)

POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def test_loss_curve_draws_a_line_for_each_name():
    plot = loss_curve({"train": [3.0, 2.0], "test": [4.0, 3.5, 3.0]})

    lines = {line.get_label(): list(line.get_ydata()) for line in plot.ax.lines}
    assert lines == {"train": [3.0, 2.0], "test": [4.0, 3.5, 3.0]}
    assert list(plot.data["train"]) == [3.0, 2.0]


def test_loss_curve_draws_into_the_axes_it_is_given():
    ax = loss_curve({"first": [1.0]}).ax

    again = loss_curve({"second": [2.0]}, ax=ax)

    assert again.ax is ax
    assert len(ax.lines) == 2


def test_decision_boundary_scores_a_grid_around_the_points():
    plot = decision_boundary(lambda p: p[0] - p[1], POINTS, [1, -1, 1], resolution=5)

    assert plot.data["score"].shape == (5, 5)
    assert plot.data["x"][0] == -0.5
    assert plot.data["y"][-1] == 1.5
    assert plot.data["score"][0, -1] == 2.0  # x = 1.5, y = -0.5


def test_decision_boundary_colours_points_by_their_label():
    plot = decision_boundary(lambda p: p[0], POINTS, [1, -1, 1], resolution=3)

    sizes = [len(points.get_offsets()) for points in plot.ax.collections[-2:]]
    assert sizes == [1, 2]  # negative, then positive


def test_image_confidences_titles_each_image_with_the_guess():
    images, confidences = np.zeros((2, 8, 8)), [[0.9, 0.1], [0.7, 0.3]]

    figure = image_confidences(images, confidences, [0, 1]).ax.figure

    titles = [(t, ax.title.get_color()) for ax in figure.axes if (t := ax.get_title())]
    assert titles == [("0 (right)", BLUE), ("0 (is a 1)", VERMILLION)]


def test_a_plot_is_saved_in_the_format_of_its_name(tmp_path):
    path = loss_curve({"loss": [1.0]}).save(tmp_path / "loss.png")

    assert path.read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(ImportError, match=r"pip install 'micrograd-nn\[viz\]'"):
        loss_curve({"loss": [1.0]})
