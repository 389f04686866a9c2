"""Lines, bars, tables and points of whatever numbers a lesson has."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

from micrograd_nn.viz.plots import (
    bar_chart,
    decision_boundary,
    heat_map,
    line_plot,
    scatter_plot,
)
from micrograd_nn.viz.plots.theme import MARKERS, THEMES, contrast

LIGHT = THEMES["light"]
WORDS = ["good", "great", "fine", "bad", "awful", "poor"]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def entries(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def area(dots):
    """Of a marker, in square points."""
    path, size = dots.get_paths()[0], Affine2D(dots.get_transforms()[0])
    outlines = (outline.T for outline in path.transformed(size).to_polygons())
    return sum(abs(x[:-1] @ y[1:] - x[1:] @ y[:-1]) / 2 for x, y in outlines)


def looks(ax):
    """The colour and the outline of the dots of each class."""
    return {
        name: (dots.get_facecolor().tolist(), dots.get_paths()[0].vertices.tolist())
        for dots, name in zip(*ax.get_legend_handles_labels(), strict=True)
    }


def ticks(axis):
    return [text.get_text() for text in axis.get_ticklabels()]


def test_lines_share_their_numbers():
    plot = line_plot([0.1, 1.0], {"train": [3.0, 2.0], "test": [4.0, np.nan]})

    train, test = (line.get_xydata().tolist() for line in plot.ax.lines)
    assert train == [[0.1, 3.0], [1.0, 2.0]]
    assert str(test) == "[[0.1, 4.0], [1.0, nan]]"
    assert plot.data["x"].tolist() == [0.1, 1.0]
    assert plot.data["train"].tolist() == [3.0, 2.0]


def test_lines_without_numbers_are_counted_from_1_however_long_each_is():
    plot = line_plot(None, {"a": [5.0, 6.0, 7.0], "b": [1.0]})

    assert [line.get_xdata().tolist() for line in plot.ax.lines] == [[1, 2, 3], [1]]
    assert plot.data["x"].tolist() == [1, 2, 3]
    assert all(tick % 1 == 0 for tick in plot.ax.get_xticks())


def test_lines_differ_in_more_than_their_colours():
    ax = line_plot(None, {str(i): [i, 2 * i] for i in range(9)}).ax

    looks = [(line.get_color(), line.get_linestyle()) for line in ax.lines]
    assert len(set(looks)) == 9
    assert len({style for _, style in looks[:4]}) == 4


@pytest.mark.parametrize(("count", "marker"), [(1, "o"), (12, "o"), (13, "None")])
def test_few_points_of_a_line_have_dots(count, marker):
    (line,) = line_plot(None, {"": [1.0] * count}).ax.lines

    assert line.get_marker() == marker


def test_one_line_without_a_name_needs_no_legend():
    assert line_plot(None, {"": [1.0, 2.0]}).ax.get_legend() is None
    assert entries(line_plot(None, {"a": [1.0]}).ax) == ["a"]


def test_axes_of_lines_may_grow_by_factors():
    ax = line_plot(None, {"a": [1.0, 10.0]}, logx=True, logy=True).ax

    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_bars_go_from_the_top_down_with_their_numbers():
    ax = bar_chart({"good": 1.5, "bad": -2.0}).ax

    assert ticks(ax.yaxis) == ["good", "bad"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert texts(ax) == ["1.5", "−2"]
    assert [bar.get_width() for bar in ax.patches] == [1.5, -2.0]


@pytest.mark.parametrize("theme", THEMES)
def test_bars_have_the_colours_of_their_signs(theme):
    ax = bar_chart({"good": 1.5, "bad": -2.0}, theme=theme).ax

    colours = [to_hex(bar.get_facecolor(), keep_alpha=False) for bar in ax.patches]
    signs = [THEMES[theme].positive, THEMES[theme].negative]
    assert colours == [colour.lower() for colour in signs]


@pytest.mark.parametrize("log", [False, True])
def test_the_number_of_a_bar_lies_within_the_axes(log):
    numbers = {"a": 1e-3, "b": 5.0} if log else {"a": -3.0, "b": 5.0, "c": 0.0}
    plot = bar_chart(numbers, log=log)
    plot.figure.draw_without_rendering()

    frame = plot.ax.get_window_extent()
    for text in plot.ax.texts:
        box = text.get_window_extent()
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1


def test_what_no_bar_can_show_is_written():
    ax = bar_chart({"a": 10.0, "b": 0.0, "c": np.nan, "d": np.inf}, log=True).ax

    assert texts(ax) == ["10", "0", "nan", "infinity"]
    assert [bar.get_width() for bar in ax.patches] == [10.0]


@pytest.mark.parametrize("log", [False, True])
def test_bars_of_nothing_leave_axes(log):
    low, high = bar_chart({"a": np.nan}, log=log).ax.get_xlim()

    assert low < high


def test_more_bars_are_a_higher_figure():
    few, many = (
        bar_chart(dict.fromkeys(map(str, range(count)), 1.0)).figure
        for count in (2, 20)
    )

    assert many.get_figheight() > 2 * few.get_figheight()


@pytest.mark.parametrize("shape", [(2, 2), (3, 5), (9, 4)])
def test_long_names_of_rows_are_not_cut_off(shape):
    rows = ["CNN", *["the dog bites the man"] * (shape[0] - 1)]
    ax = heat_map(np.ones(shape), rows=rows, write=True).ax

    ax.figure.draw_without_rendering()
    starts = [label.get_window_extent().x0 for label in ax.get_yticklabels()]
    assert min(starts) >= 0.0


def test_the_label_of_named_rows_is_not_cut_off():
    ax = heat_map(np.eye(3), rows=["dog", "bites", "man"], ylabel="who asks").ax

    ax.figure.draw_without_rendering()
    assert ax.yaxis.label.get_window_extent().x0 >= 0.0


def test_maps_that_are_to_be_compared_share_a_scale():
    images = [heat_map([[x, -x]], high=2.0).ax.images[0] for x in (0.5, 2.0)]

    assert {image.get_clim() for image in images} == {(-2.0, 2.0)}
    with pytest.raises(ValueError, match=r"out of range: got high=0.0 \(float\)"):
        heat_map([[1.0]], high=0.0)


def test_rows_and_columns_without_names_have_whole_numbers():
    ax = heat_map(np.eye(4)).ax

    assert all(tick == int(tick) for tick in [*ax.get_xticks(), *ax.get_yticks()])


def test_a_heat_map_has_its_names_at_its_cells():
    plot = heat_map([[1.0, 2.0, 3.0]], rows=["it"], columns=list("abc"))

    assert ticks(plot.ax.yaxis) == ["it"]
    assert ticks(plot.ax.xaxis) == ["a", "b", "c"]
    assert plot.data["columns"] == ["a", "b", "c"]


def test_long_names_of_columns_stand_upright():
    names = ["perseverance", "extraordinary", "unmistakable"]

    ax = heat_map(np.eye(3), columns=names).ax

    assert {text.get_rotation() for text in ax.get_xticklabels()} == {90.0}


def test_numbers_above_0_are_ink_on_paper_and_others_blue_or_vermillion():
    paper, signed = heat_map([[0.0, 2.0]]).ax, heat_map([[-1.0, 2.0]]).ax

    (paper,), (signed,) = paper.images, signed.images
    assert paper.get_clim() == (0.0, 2.0)
    assert paper.get_cmap().name == LIGHT.paper
    assert signed.get_clim() == (-2.0, 2.0)
    assert to_hex(signed.to_rgba(2.0)) == LIGHT.positive.lower()


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([[0.123, 1.0]], ["0.12", "1.00"]),
        ([[-0.001, -2.345]], ["0.00", "−2.35"]),
        ([[97.8, 3.0]], ["97.8", "3.0"]),
        ([[0.004, 0.0123]], ["0.004", "0.012"]),
        ([[3.0, 0.0]], ["3", "0"]),
        ([[0.0]], ["0"]),
    ],
)
def test_numbers_in_cells_have_as_many_decimals_as_their_neighbours(numbers, words):
    assert texts(heat_map(numbers, write=True).ax) == words


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("low", [-1.0, 0.0])
def test_numbers_can_be_read_in_every_cell(theme, low):
    ax = heat_map(np.linspace(low, 1, 49).reshape(7, 7), write=True, theme=theme).ax

    (image,) = ax.images
    tints = image.to_rgba(image.get_array())
    for text in ax.texts:
        column, row = text.get_position()
        assert contrast(text.get_color(), tints[row, column]) >= 4.5


@pytest.mark.parametrize("inches", [1.5, 6.0])
def test_numbers_in_cells_keep_off_their_neighbours(inches):
    ax = Figure(figsize=(inches, inches)).subplots()

    heat_map(np.linspace(-1, 1, 25).reshape(5, 5), write=True, ax=ax)

    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for a in boxes for b in boxes if a is not b)


def test_names_of_cells_must_be_as_many():
    with pytest.raises(ValueError, match="got 1 labels in rows; expected 2"):
        heat_map(np.eye(2), rows=["a"])
    with pytest.raises(ValueError, match="got 3 labels in columns; expected 2"):
        heat_map(np.eye(2), columns=list("abc"))


def test_points_have_the_looks_that_a_decision_boundary_gives_them():
    points, labels = np.array([[0.0, 0.0], [1.0, 1.0]]), ["no", "yes"]

    alone = scatter_plot(points, labels).ax
    beside = decision_boundary(lambda p: p[0], points, labels, resolution=3).ax

    assert looks(alone) == looks(beside)
    assert list(looks(alone)) == ["no", "yes"]


def test_many_classes_have_colours_and_markers_of_their_own():
    count = len(MARKERS)

    ax = scatter_plot(np.eye(count)[:, :2], range(count)).ax

    assert len({str(outline) for _, outline in looks(ax).values()}) == count
    assert entries(ax) == [str(i) for i in range(count)]


def test_the_marker_of_no_class_is_far_smaller_than_others():
    count = len(MARKERS)

    drawn = scatter_plot(np.eye(count)[:, :2], range(count)).ax.collections
    areas = [area(dots) for dots in drawn]
    assert max(areas) < 2.5 * min(areas)


def test_points_without_classes_need_no_legend():
    plot = scatter_plot([[0.0, 1.0], [1.0, 0.0]])

    assert plot.ax.get_legend() is None
    assert plot.data["classes"] is plot.data["names"] is None


def test_names_cover_neither_points_nor_each_other():
    points = np.random.default_rng(0).normal(size=(6, 2))
    points[1] = points[0] + 0.05

    plot = scatter_plot(points, names=WORDS)

    plot.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in plot.ax.texts]
    dots = plot.ax.transData.transform(points)
    assert texts(plot.ax) == WORDS
    assert not any(box.contains(*dot) for box in boxes for dot in dots)
    assert not any(a.overlaps(b) for a in boxes for b in boxes if a is not b)


def test_a_name_keeps_inside_the_axes():
    points = [[0.0, 0.0], [1.0, 1.0]]

    plot = scatter_plot(points, names=["left", "a name that is rather long"])

    plot.figure.draw_without_rendering()
    frame = plot.ax.get_window_extent()
    assert all(text.get_window_extent().x1 <= frame.x1 for text in plot.ax.texts)


def test_each_point_has_one_name():
    with pytest.raises(ValueError, match="got 1 labels in names; expected 2"):
        scatter_plot([[0.0, 1.0], [1.0, 0.0]], names=["a"])
