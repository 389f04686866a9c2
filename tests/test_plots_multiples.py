"""Panels side by side: small multiples of any plot, and galleries of functions."""

import math
import warnings

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from micrograd_nn import Value
from micrograd_nn.nn import MLP
from micrograd_nn.viz.plots import (
    activation_histograms,
    confusion_matrix,
    decision_boundary,
    function_gallery,
    line_plot,
    loss_curve,
    loss_landscape,
    small_multiples,
)
from micrograd_nn.viz.plots.theme import THEMES

POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def draw_line(ax):
    return line_plot(None, {"": [1.0, 2.0]}, ax=ax)


def draw_boundary(ax):
    return decision_boundary(
        lambda p: p[0], POINTS + 1, ["no", "yes", "no"], resolution=5, ax=ax
    )


def draw_landscape(ax):
    return loss_landscape(lambda x, y: x * x + y * y, resolution=5, ax=ax)


def panels_of(plot):
    return [ax for ax in plot.figure.axes if ax is not plot.ax]


def test_each_title_has_a_panel_that_its_function_draws():
    plot = small_multiples({"curve": draw_line, "own": lambda ax: ax.plot([3.0]) and 7})

    assert [panel.get_title() for panel in panels_of(plot)] == ["curve", "own"]
    assert all(panel.has_data() for panel in panels_of(plot))
    assert plot.data["curve"][""].tolist() == [1.0, 2.0]
    assert plot.data["own"] == 7


def legends_of(plot):
    return [panel.get_legend() is not None for panel in panels_of(plot)]


def test_a_legend_that_all_panels_have_is_shown_once():
    plot = small_multiples({str(i): draw_boundary for i in range(5)}, columns=3)

    assert legends_of(plot) == [False, False, True, False, False]


def test_legends_that_differ_stay():
    drawings = {
        name: lambda ax, name=name: line_plot(None, {name: [1.0, 2.0]}, ax=ax)
        for name in ("loss", "accuracy")
    }

    assert legends_of(small_multiples(drawings)) == [True, True]
    drawings["no legend"] = draw_line
    assert legends_of(small_multiples(drawings)) == [True, True, False]


@pytest.mark.parametrize(
    ("columns", "rows", "used"), [(1, 5, 1), (2, 3, 2), (4, 2, 4), (9, 1, 5)]
)
def test_panels_fill_rows_from_the_left(columns, rows, used):
    plot = small_multiples(
        {str(i): draw_line for i in range(5)}, columns=columns, size=(2.0, 1.5)
    )

    plot.figure.draw_without_rendering()
    places = [panel.get_position() for panel in panels_of(plot)]
    assert plot.figure.get_size_inches().tolist() == [2.0 * used, 1.5 * rows]
    assert len({round(place.x0, 3) for place in places}) == used
    assert len({round(place.y0, 3) for place in places}) == rows


def test_panels_share_the_place_of_given_axes():
    figure = Figure(layout="constrained")
    left, right = figure.subplots(1, 2)

    small_multiples({"a": draw_line, "b": draw_landscape}, ax=right)

    figure.draw_without_rendering()
    middle = left.get_tightbbox().x1
    inside = [ax for ax in figure.axes if ax not in (left, right)]
    assert len(inside) == 3
    assert all(ax.get_tightbbox().x0 >= middle for ax in inside)


def test_small_multiples_fit_into_small_multiples():
    inner = {"c": draw_line, "d": draw_line}

    plot = small_multiples(
        {"a": draw_line, "b": lambda ax: small_multiples(inner, ax=ax)}
    )

    assert [ax.get_title() for ax in panels_of(plot)] == ["a", "b", "c", "d"]
    assert list(plot.data["b"]) == ["c", "d"]


TITLES = [
    "ReLU\n98 % right",
    "WWWWW WWWWW WWWWW WWWWW",
    "a very long title " * 3,
    "x" * 90,
]


@pytest.mark.parametrize("draw", [draw_line, draw_boundary, draw_landscape])
def test_titles_keep_off_their_neighbours_and_all_that_is_drawn(draw):
    plot = small_multiples({title: draw for title in TITLES}, columns=2)

    plot.figure.draw_without_rendering()
    panels = [panel for panel in panels_of(plot) if panel.get_title()]
    titles = [panel.title.get_window_extent() for panel in panels]
    assert not any(a.overlaps(b) for a in titles for b in titles if a is not b)
    assert all(plot.figure.bbox.containsx(x) for t in titles for x in (t.x0, t.x1))
    assert panels[0].get_title() == TITLES[0]
    for panel in panels_of(plot):
        assert not any(panel.get_window_extent().overlaps(title) for title in titles)


def test_a_title_of_the_plot_itself_stands_below():
    plot = small_multiples({"net": lambda ax: confusion_matrix([0, 1], [0, 1], ax=ax)})

    assert panels_of(plot)[0].get_title() == "net\naccuracy 1.000"


def test_a_title_keeps_off_titles_inside_of_its_panel():
    net = MLP(2, [3, 1])

    plot = small_multiples(
        {"net": lambda ax: activation_histograms(net, POINTS, ax=ax)}
    )

    plot.figure.draw_without_rendering()
    (panel,) = panels_of(plot)
    title = panel.title.get_window_extent()
    inside = [text for inset in panel.child_axes for text in inset.findobj(Text)]
    shown = [t.get_window_extent() for t in inside if t.get_text().strip()]
    assert shown
    assert not any(title.overlaps(box) for box in shown)


@pytest.mark.parametrize(("size", "letters"), [((1.2, 1.0), 7.0), ((6.0, 4.0), 10.0)])
def test_letters_are_as_small_as_their_panels(size, letters):
    plot = small_multiples({"a": draw_landscape, "b": draw_line}, size=size)

    plot.figure.draw_without_rendering()
    drawn = [text for panel in panels_of(plot) for text in panel.findobj(Text)]
    titles = {panel.title for panel in panels_of(plot)}
    assert max(t.get_fontsize() for t in drawn if t not in titles) == letters


@pytest.mark.parametrize("theme", THEMES)
def test_panels_have_the_theme_of_the_whole(theme):
    plot = small_multiples(
        {"a": lambda ax: ax.plot([1.0]), "b": draw_line}, theme=theme
    )

    for panel in panels_of(plot):
        assert panel.title.get_color() == THEMES[theme].ink
    assert (
        plot.figure.get_facecolor()
        == loss_curve({"a": [1.0]}, theme=theme).figure.get_facecolor()
    )


@pytest.mark.parametrize("size", [(0, 1), (1.0,), (1.0, np.inf), (1.0, -2.0)])
def test_a_panel_needs_a_size(size):
    with pytest.raises(ValueError, match=r"no such size: got size=\("):
        small_multiples({"a": draw_line}, size=size)


def test_axes_that_are_no_subplot_are_refused():
    inset = Figure().subplots().inset_axes([0, 0, 1, 1])

    with pytest.raises(TypeError, match=r"not a subplot: got ax=.*figure\.subplots"):
        small_multiples({"a": draw_line}, ax=inset)


def test_a_gallery_has_the_functions_and_their_slopes():
    plot = function_gallery(
        {"square": lambda x: x * x, "tanh": Value.tanh, "constant": lambda x: 3}, -2, 2
    )

    xs = plot.data["x"]
    assert (xs[0], xs[len(xs) // 2], xs[-1]) == (-2.0, 0.0, 2.0)
    expected = {
        "square": (xs**2, 2 * xs),
        "tanh": (np.tanh(xs), 1 - np.tanh(xs) ** 2),
        "constant": (0 * xs + 3, 0 * xs),
    }
    for name, arrays in expected.items():
        np.testing.assert_allclose(plot.data[name], arrays, rtol=1e-12, atol=1e-15)


def test_the_slope_is_dashed_and_explained_once():
    plot = function_gallery({"relu": Value.relu, "exp": Value.exp})

    first, second = panels_of(plot)
    assert [line.get_linestyle() for line in second.lines] == ["-", "--"]
    assert first.get_legend() is not None
    assert second.get_legend() is None


def test_where_a_function_is_not_finite_its_line_is_interrupted_without_a_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = function_gallery({"log": Value.log}).data

    y, slope = data["log"]
    assert math.isnan(y[0])
    assert not math.isnan(y[-1])
    assert not np.isinf(slope).any()


@pytest.mark.parametrize("high", [np.inf, np.nan, -4.0])
def test_a_gallery_needs_a_range(high):
    with pytest.raises(ValueError, match=r"no range: got \(low, high\)="):
        function_gallery({"relu": Value.relu}, high=high)
