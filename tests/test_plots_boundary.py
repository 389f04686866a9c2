"""Decision boundaries: classifiers of every kind give the right regions."""

import random

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.nn import MLP
from micrograd_nn.viz.plots import decision_boundary, scatter_plot
from micrograd_nn.viz.plots.theme import MARKERS, THEMES

POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
LABELS = [1, -1, 1]
LIGHT = THEMES["light"]


def difference(p):
    return p[0] - p[1]


def test_the_grid_holds_all_points_with_a_margin():
    plot = decision_boundary(difference, POINTS * [2.0, 1.0], LABELS, resolution=5)

    assert plot.data["x"][[0, -1]].tolist() == [-0.2, 2.2]
    assert plot.data["y"][[0, -1]].tolist() == [-0.1, 1.1]
    assert plot.data["score"].shape == (5, 5)
    assert plot.data["score"][0, -1] == pytest.approx(2.2 + 0.1)  # x = 2.2, y = -0.1


def test_points_that_coincide_have_a_grid_too():
    plot = decision_boundary(difference, [[1.0, 2.0]] * 2, [0, 1], resolution=3)

    assert plot.data["x"].tolist() == [0.0, 1.0, 2.0]


NET = MLP(2, [3, 1])
W = Value(2.0)
SCORES = {
    "a point": difference,
    "a point, to a Value": lambda p: W * p[0] - W * p[1],
    "a point, to a list": lambda p: [p[0] - p[1]],
    "a point, with a branch": lambda p: 1.0 if p[0] > p[1] else -1.0,
    "points": lambda p: p[:, 0] - p[:, 1],
    "points, to columns": lambda p: (p[:, 0] - p[:, 1])[:, None],
    "a program": mn.compile(lambda p: W * p[0] - W * p[1]),
}


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_a_classifier_may_take_a_point_or_all_of_them(score):
    plot = decision_boundary(score, POINTS, LABELS, resolution=4)

    xs, ys = np.meshgrid(plot.data["x"], plot.data["y"])
    assert plot.data["score"].shape == (4, 4)
    assert np.array_equal(plot.data["score"] > 0, xs > ys)


def test_a_module_is_scored_as_it_is_called():
    random.seed(0)
    net = MLP(2, [3, 1], activation="tanh")

    plot = decision_boundary(net, POINTS, LABELS, resolution=3)

    expected = [[net([x, y]).data for x in plot.data["x"]] for y in plot.data["y"]]
    assert plot.data["score"] == pytest.approx(np.array(expected))


def test_scoring_point_by_point_records_no_graph():
    seen = []

    def score(point):
        seen.append(W * point[0])
        return seen[-1]

    decision_boundary(score, POINTS, LABELS, resolution=2)

    assert seen[-1].operands == ()


def test_an_error_of_the_classifier_is_shown():
    with pytest.raises(ZeroDivisionError):
        decision_boundary(lambda p: 1 / 0, POINTS, LABELS)


def test_probabilities_are_split_at_a_half_and_scores_at_0():
    def share(points):
        return 1 / (1 + np.exp(points[:, 1] - points[:, 0]))

    assert decision_boundary(share, POINTS, LABELS).data["threshold"] == 0.5
    assert decision_boundary(difference, POINTS, LABELS).data["threshold"] == 0.0
    given = decision_boundary(share, POINTS, LABELS, threshold=0.9)
    assert given.data["threshold"] == 0.9


def boundary_of(plot):
    """The corners of the lines that are drawn."""
    contours = [c for c in plot.ax.collections if type(c).__name__.endswith("Set")]
    return contours[-1].get_paths()[0].vertices


def test_the_line_is_where_the_score_is_the_threshold():
    plot = decision_boundary(lambda p: p[:, 0], POINTS, LABELS, threshold=0.25)

    assert boundary_of(plot)[:, 0] == pytest.approx(0.25)


@pytest.mark.parametrize("labels", [[1, -1, 1], [True, False, True], ["b", "a", "b"]])
def test_points_have_the_colour_and_the_marker_of_their_class(labels):
    plot = decision_boundary(difference, POINTS, labels, resolution=3)

    low, high = plot.ax.collections[-2:]
    assert len(low.get_offsets()) == 1
    assert len(high.get_offsets()) == 2
    assert high.get_label() == str(labels[0])
    assert len(low.get_paths()[0].vertices) != len(high.get_paths()[0].vertices)


def test_three_classes_have_a_region_each():
    def scores(points):
        return np.stack([points[:, 0], points[:, 1], 0.5 - points.sum(axis=1)], axis=1)

    plot = decision_boundary(scores, POINTS, ["c", "b", "a"], resolution=20)

    xs, ys = np.meshgrid(plot.data["x"], plot.data["y"])
    assert plot.data["classes"] == ["a", "b", "c"]
    assert plot.data["threshold"] is None
    assert np.array_equal(
        plot.data["score"].argmax(axis=2) == 0, (xs >= ys) & (2 * xs + ys > 0.5)
    )


def test_classes_that_no_point_has_must_be_named():
    def scores(points):
        return np.eye(3)[[0] * len(points)]

    plot = decision_boundary(scores, POINTS, [0, 2, 2], classes=[0, 1, 2])

    assert plot.data["classes"] == [0, 1, 2]
    with pytest.raises(ValueError, match=r"got 2 classes .* for 3 scores"):
        decision_boundary(scores, POINTS, [0, 2, 2])
    with pytest.raises(ValueError, match=r"label 2 \(int\); expected one of"):
        decision_boundary(scores, POINTS, [0, 2, 2], classes=[0, 1])


def test_there_are_colours_and_markers_for_twelve_classes():
    corners = np.random.default_rng(0).normal(size=(12, 2))

    plot = decision_boundary(lambda p: p @ corners.T, corners, range(12))

    assert len(plot.ax.collections[-12:]) == 12
    assert len(MARKERS) < 12  # they start again


def test_a_score_of_targets_with_fractions_is_a_regression():
    targets = [0.5, 0.25, 0.75]

    plot = decision_boundary(difference, POINTS, targets, resolution=4)

    assert plot.data["classes"] is plot.data["threshold"] is None
    dots = plot.ax.collections[-1]
    assert dots.get_array().tolist() == targets
    assert dots.get_clim() == plot.ax.collections[0].get_clim()


def test_a_score_that_is_the_same_everywhere_draws_no_line():
    plot = decision_boundary(lambda p: np.zeros(len(p)), POINTS, LABELS, threshold=0.0)

    assert (plot.data["score"] == 0).all()


def test_a_boundary_is_a_figure_with_a_legend_beside_it():
    legend = decision_boundary(difference, POINTS, ["no", "yes", "no"]).ax.get_legend()

    assert [text.get_text() for text in legend.get_texts()] == ["no", "yes"]


def test_two_classes_have_the_same_colours_in_every_plot():
    def colours(plot):
        return [dots.get_facecolor()[0].tolist() for dots in plot.ax.collections[-2:]]

    plots = [
        decision_boundary(difference, POINTS, LABELS),
        decision_boundary(lambda rows: rows, POINTS, LABELS),
        scatter_plot(POINTS, LABELS),
    ]
    first, *others = map(colours, plots)

    assert others == [first, first]
    assert first[0] != first[1]
