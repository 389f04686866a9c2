"""What holds for every plot, asked of every one: a new one must join the table."""

import base64
import inspect
import json
import sys
from functools import partial

import numpy as np
import pytest
from matplotlib.figure import Figure

from micrograd_nn import Value
from micrograd_nn.nn import MLP
from micrograd_nn.viz import plots
from micrograd_nn.viz.plots import Plot
from micrograd_nn.viz.plots.theme import THEMES

POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
NET = MLP(2, [3, 2], activation="tanh")
NAMES_AT_THE_LEFT = {"bar_chart"}  # they need no label that says what they are
NOT_PLOTS = {"Film", "ParameterSlice", "Plot", "random_directions", "training_film"}


def loss_drawing(ax):
    return plots.loss_curve({"loss": [1.0, 0.5]}, ax=ax)


# How to call each plot, and what to call it with that it must refuse.
PLOTS = {
    "activation_histograms": (
        partial(plots.activation_histograms, NET, POINTS),
        [
            ((3, POINTS), TypeError, "no such layers: got model=3"),
            ((NET, [["a", "b"]]), TypeError, "not numbers: got inputs="),
            ((NET, [[1.0, 2.0, 3.0]]), ValueError, "wrong number of inputs"),
            ((NET, [[np.inf, 2.0]]), ValueError, "not finite: got inputs with inf"),
        ],
    ),
    "bar_chart": (
        partial(plots.bar_chart, {"a": 1.0, "b": -2.0}, label="weight"),
        [
            (([1.0],), TypeError, r"no names: got values=\[1.0\]"),
            (({},), ValueError, "nothing to draw: got values={}"),
            (({"a": "x"},), TypeError, r"not numbers: got values=\['x'\]"),
        ],
    ),
    "bent_plane": (
        partial(plots.bent_plane, lambda p: [p[0], p[0] * p[1]], POINTS, [1, -1, 1]),
        [
            ((3, POINTS, [1, 0, 1]), TypeError, "not a function: got transform=3"),
            ((NET, [[1.0]], [1]), ValueError, r"points of shape \(1, 1\)"),
            ((NET, POINTS, [1, 0]), ValueError, "got 2 labels in labels; expected 3"),
            ((lambda p: p[0], POINTS, [1, 0, 1]), ValueError, "not a plane: got 1 out"),
            (
                (lambda p: p * np.nan, POINTS, [1, 0, 1]),
                ValueError,
                "not finite: got out",
            ),
        ],
    ),
    "confusion_matrix": (
        partial(plots.confusion_matrix, [0, 1, 1], [0, 1, 0]),
        [
            ((3, [1]), TypeError, "not labels: got y_true=3"),
            (([], []), ValueError, "got 0 labels in y_true; expected at least one"),
            (([1, 2], [1]), ValueError, "got 1 labels in y_pred; expected 2"),
        ],
    ),
    "decision_boundary": (
        partial(plots.decision_boundary, lambda p: p[0] - p[1], POINTS, [1, -1, 1]),
        [
            ((3, POINTS, [1, 0, 1]), TypeError, "not a classifier: got score=3"),
            ((NET, [[1.0]], [1]), ValueError, r"points of shape \(1, 1\)"),
            ((NET, POINTS, [1, 0]), ValueError, "got 2 labels in labels; expected 3"),
            ((NET, POINTS * np.nan, [1, 0, 1]), ValueError, "not finite: got points"),
            ((NET, POINTS, [0, 1, 2]), ValueError, "got 3 classes .* for 2 scores"),
            ((lambda p: "no", POINTS, [1, 0, 1]), TypeError, "not numbers: got scores"),
            ((lambda p: [], POINTS, [1, 0, 1]), ValueError, "got scores of shape"),
            ((lambda p: np.nan, POINTS, [1, 0, 1]), ValueError, "got scores with nan"),
        ],
    ),
    "function_gallery": (
        partial(
            plots.function_gallery, {"square": lambda x: x * x, "one": lambda x: 1}
        ),
        [
            ((abs,), TypeError, "no names: got functions=.* to functions of one Value"),
            (({},), ValueError, "nothing to draw: got functions={}"),
            (({"a": 3},), TypeError, r"not a function: got functions\['a'\]=3"),
            (({"a": str},), TypeError, "not a number: got .*'Value"),
            (({"x": abs},), ValueError, "name in use: got 'x' .* names of functions"),
            (({"a": abs}, 1.0, 1.0), ValueError, r"got \(low, high\)=\(1.0, 1.0\)"),
        ],
    ),
    "gradient_norms": (
        partial(plots.gradient_norms, NET),
        [
            ((3,), TypeError, "not a model: got model=3"),
            (
                (NET.layers[0].neurons[0],),
                ValueError,
                "no layers: got model=TanhNeuron",
            ),
        ],
    ),
    "heat_map": (
        partial(plots.heat_map, np.eye(2), xlabel="key", ylabel="query"),
        [
            (([1.0],), ValueError, r"got numbers of shape \(1,\)"),
            (([["a"]],), TypeError, "not numbers: got numbers="),
            (([[np.nan]],), ValueError, "not finite: got numbers with nan"),
        ],
    ),
    "histogram": (
        partial(plots.histogram, [1.0, 2.0, 2.5], label="weight"),
        [
            ((["a"],), TypeError, r"not numbers: got numbers=\['a'\]"),
            (([],), ValueError, r"got numbers of shape \(0,\)"),
            (([np.nan],), ValueError, "not finite: got numbers with nan"),
        ],
    ),
    "history_curve": (
        partial(plots.history_curve, {"loss": [2.0, 1.0], "val_loss": [2.0, 3.0]}),
        [
            (([1.0],), TypeError, r"no names: got history=\[1.0\]"),
            (({},), ValueError, "nothing to draw: got history={}"),
            (({"loss": [1.0]}, "f1"), ValueError, "metric='f1' .* one of loss"),
            (({"lr": [0.1]},), ValueError, "no such metric: got metric=None"),
            (({"loss": []},), ValueError, r"got loss of shape \(0,\)"),
        ],
    ),
    "image_confidences": (
        partial(plots.image_confidences, np.eye(2)[None], [[0.9, 0.1]], [1]),
        [
            ((np.eye(2), [[1.0]], [0]), ValueError, r"images of shape \(2, 2\)"),
            ((np.eye(2)[None], [[2.0]], [0]), ValueError, "from 2 to 2 for 1 images"),
            ((np.eye(2)[None], [[1.0]], [0, 0]), ValueError, "got 2 labels in labels"),
            ((np.eye(2)[None], [[1.0]], [3]), ValueError, "unknown class: .* label 3"),
        ],
    ),
    "image_grid": (
        partial(plots.image_grid, np.eye(2)[None], ["one"]),
        [
            ((np.eye(2),), ValueError, r"images of shape \(2, 2\)"),
            (([[["a"]]],), TypeError, "not numbers: got images="),
            (([[[np.inf]]],), ValueError, "not finite: got images with inf"),
            ((np.eye(2)[None], ["a", "b"]), ValueError, "got 2 labels in titles"),
        ],
    ),
    "line_plot": (
        partial(plots.line_plot, None, {"a": [1.0, 2.0]}, xlabel="k", ylabel="loss"),
        [
            ((None, [1.0]), TypeError, r"no names: got lines=\[1.0\]"),
            ((None, {}), ValueError, "nothing to draw: got lines={}"),
            ((None, {"a": ["x"]}), TypeError, r"not numbers: got a=\['x'\]"),
            ((None, {"x": [1.0]}), ValueError, "name in use: got 'x' .* of lines"),
            (([1.0, 2.0], {"a": [1.0]}), ValueError, "got 1 numbers in a; expected 2"),
            (([np.inf], {"a": [1.0]}), ValueError, "not finite: got x with inf"),
        ],
    ),
    "loss_curve": (
        partial(plots.loss_curve, {"train": [3.0, 2.0]}),
        [
            (([1.0],), TypeError, r"no names: got losses=\[1.0\]"),
            (({},), ValueError, "nothing to draw: got losses={}"),
            (({"a": ["x"]},), TypeError, r"not numbers: got a=\['x'\]"),
            (({"a": [[1.0], [1.0, 2.0]]},), ValueError, "ragged: got a="),
        ],
    ),
    "loss_landscape": (
        partial(plots.loss_landscape, lambda x, y: x * x + y * y, resolution=5),
        [
            ((3,), TypeError, "no landscape: got function=3"),
            ((max, (1.0, 0.0)), ValueError, r"got x_range=\(1.0, 0.0\)"),
            ((max, None, (0.0, np.inf)), ValueError, r"got y_range=\(0.0, inf\)"),
            ((lambda x, y: np.nan,), ValueError, "a loss that is nowhere finite"),
        ],
    ),
    "loss_slice": (
        partial(plots.loss_slice, lambda x: x * x, -1.0, 1.0, resolution=5),
        [
            ((3, 0.0, 1.0), TypeError, "no landscape: got function=3"),
            ((abs, 1.0, 1.0), ValueError, r"got \(start, stop\)=\(1.0, 1.0\)"),
            ((abs, "a", 1.0), TypeError, "not numbers: got .*'a'"),
            ((str, 0.0, 1.0), TypeError, "not numbers: got losses="),
        ],
    ),
    "lr_sweep": (
        partial(plots.lr_sweep, {0.1: 1.0, 1.0: np.nan}),
        [
            (([0.1],), TypeError, r"no learning rates: got results=\[0.1\]"),
            (({},), ValueError, r"got the learning rates of shape \(0,\)"),
            (({0.0: 1.0},), ValueError, "not a learning rate: got lr=0.0"),
            (({0.1: "x"},), TypeError, r"not numbers: got results=\['x'\]"),
        ],
    ),
    "network_diagram": (
        partial(plots.network_diagram, NET, POINTS),
        [
            ((3,), TypeError, "no such layers: got model=3"),
            ((MLP(3, [1]), POINTS), ValueError, "no plane: .* model of 3 inputs"),
            ((NET, [[1.0]]), ValueError, r"points of shape \(1, 1\)"),
        ],
    ),
    "scatter_plot": (
        partial(plots.scatter_plot, POINTS, xlabel="first", ylabel="second"),
        [
            (([[1.0]],), ValueError, r"points of shape \(1, 1\)"),
            ((POINTS * np.nan,), ValueError, "not finite: got points with nan"),
            ((POINTS, [0, 1]), ValueError, "got 2 labels in classes; expected 3"),
        ],
    ),
    "small_multiples": (
        partial(plots.small_multiples, {"a": lambda ax: 3, "b": loss_drawing}),
        [
            ((abs,), TypeError, "no names: got drawings=.* to functions of one Axes"),
            (({},), ValueError, "nothing to draw: got drawings={}"),
            (({"a": 3},), TypeError, r"not a function: got drawings\['a'\]=3"),
        ],
    ),
    "update_ratios": (
        partial(plots.update_ratios, NET, [NET.state_dict()] * 2),
        [
            ((3, []), TypeError, "not a model: got model=3"),
            ((NET, [NET.state_dict()]), ValueError, r"no step: got states=\[{"),
            ((NET, [{}, {}]), ValueError, "not a state of this model: got {}"),
        ],
    ),
    "weight_images": (
        partial(plots.weight_images, [[1.0, -2.0, 0.0, 0.5]] * 3),
        [
            ((3,), ValueError, r"got weights of shape \(\)"),
            (([["a"]],), TypeError, "not numbers: got weights="),
            (([[1.0, 2.0]],), ValueError, "shape=None for 2 weights"),
            (([[1.0, 2.0]], (2, 2)), ValueError, r"shape=\(2, 2\) for 2 weights"),
            (([[np.nan]],), ValueError, "not finite: got weights with nan"),
        ],
    ),
}

COUNTS = [
    ("activation_histograms", "bins"),
    ("decision_boundary", "resolution"),
    ("function_gallery", "columns"),
    ("histogram", "bins"),
    ("image_confidences", "columns"),
    ("image_grid", "columns"),
    ("loss_curve", "smooth"),
    ("loss_landscape", "resolution"),
    ("loss_slice", "resolution"),
    ("network_diagram", "max_neurons"),
    ("small_multiples", "columns"),
    ("weight_images", "columns"),
]

REFUSED = [
    pytest.param(name, *case, id=f"{name}-{i}")
    for name, (_, cases) in PLOTS.items()
    for i, case in enumerate(cases)
]

every_plot = pytest.mark.parametrize("name", PLOTS)


def draw(name, **options):
    return PLOTS[name][0](**options)


def test_every_public_name_is_in_the_table_or_is_no_plot():
    assert plots.__all__ == sorted(plots.__all__)
    assert set(plots.__all__) == NOT_PLOTS | set(PLOTS)


@every_plot
def test_a_plot_draws_into_the_axes_that_it_is_given(name):
    figure = Figure()
    axes = figure.subplots(1, 2)

    plot = draw(name, ax=axes[1])

    assert isinstance(plot, Plot)
    assert plot.ax is axes[1]
    assert plot.figure is figure
    assert not axes[0].has_data()


@every_plot
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_plot_is_saved_as_png_on_the_background_of_its_theme(name, theme, tmp_path):
    from matplotlib.image import imread

    path = draw(name, theme=theme).save(tmp_path / "plot.png")

    corner = "#" + "".join(f"{round(255 * x):02x}" for x in imread(path)[0, 0, :3])
    assert corner == THEMES[theme].back


@every_plot
def test_the_data_of_a_plot_are_numbers_and_names_that_can_be_written_down(name):
    plot = draw(name)

    assert plot.data
    assert json.dumps(plot.data, default=lambda array: array.tolist())


@every_plot
def test_a_plot_leaves_its_arguments_and_pyplot_alone(name):
    import matplotlib.pyplot

    before = repr(PLOTS[name][0].args)

    draw(name)

    assert repr(PLOTS[name][0].args) == before
    assert matplotlib.pyplot.get_fignums() == []


@every_plot
def test_options_are_named_and_explained(name):
    function = getattr(plots, name)
    given = inspect.signature(function).parameters

    assert given["ax"].kind is given["theme"].kind is inspect.Parameter.KEYWORD_ONLY
    assert given["ax"].default is None
    for parameter in given:
        assert f"\n    {parameter}: " in function.__doc__.replace("        ", "    ")


@every_plot
def test_axes_have_labels_unless_they_have_no_frame(name):
    ax = draw(name).ax

    explained = ax.get_ylabel() or name in NAMES_AT_THE_LEFT
    assert (ax.get_xlabel() and explained) or not ax.axison


@every_plot
def test_what_are_not_axes_is_refused(name):
    with pytest.raises(
        TypeError, match=r"not Axes: got ax=\[\] \(list\); expected one"
    ):
        draw(name, ax=[])


@every_plot
def test_an_unknown_theme_is_refused(name):
    with pytest.raises(ValueError, match="unknown theme: got theme='pink'"):
        draw(name, theme="pink")


@every_plot
def test_without_matplotlib_the_error_names_the_extra(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(ImportError, match=r"pip install 'micrograd-nn\[viz\]'"):
        draw(name)


@pytest.mark.parametrize(("name", "arguments", "error", "message"), REFUSED)
def test_bad_input_is_refused(name, arguments, error, message):
    with pytest.raises(error, match=message):
        getattr(plots, name)(*arguments)


@pytest.mark.parametrize("count", [0, -1, 2.5, "many"])
@pytest.mark.parametrize(("name", "option"), COUNTS)
def test_counts_are_whole_numbers_above_0(name, option, count):
    with pytest.raises(ValueError, match=f"out of range: got {option}=.?{count}"):
        draw(name, **{option: count})


def test_the_theme_is_that_of_the_figure_unless_named():
    dark = Figure(facecolor="black").subplots()

    plot = plots.loss_curve({"loss": [1.0]}, ax=dark)

    assert (
        plot.figure.get_facecolor()
        == plots.loss_curve({"loss": [1.0]}, theme="dark").figure.get_facecolor()
    )


def test_a_plot_in_a_part_of_a_figure_saves_the_whole(tmp_path):
    figure = Figure()
    left, _ = figure.subfigures(1, 2)

    plot = plots.loss_curve({"loss": [1.0]}, ax=left.subplots())

    assert plot.figure is figure
    assert plot.save(tmp_path / "whole.svg").read_text().startswith("<?xml")


def test_a_notebook_shows_a_plot_at_half_the_size_of_its_pixels():
    plot = plots.loss_curve({"loss": [1.0]})

    data, metadata = plot._repr_mimebundle_()

    png = base64.b64decode(data["image/png"])
    assert data["text/plain"] == repr(plot)
    assert metadata == {"image/png": {"width": 450.0, "height": 337.5}}
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") == 900


def test_a_plot_tells_what_it_shows():
    plot = plots.history_curve({"loss": [1.0, 2.0]})

    assert repr(plot) == "Plot(loss: array of 2, best: {'loss': 1})"


def test_a_format_that_nobody_writes_is_refused_and_no_file_left(tmp_path):
    plot = plots.loss_curve({"loss": [1.0]})

    with pytest.raises(ValueError, match="unknown format: got format='doc'"):
        plot.save(tmp_path / "plot.doc")

    assert not list(tmp_path.iterdir())


def test_importing_the_plots_does_not_import_matplotlib():
    import subprocess

    script = "import sys, micrograd_nn.viz.plots; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert "matplotlib" not in run.stdout.split()
    assert "PIL" not in run.stdout.split()


def test_values_are_drawn_as_their_numbers():
    plot = plots.loss_curve({"loss": [Value(2.0), 1]})

    assert plot.data["loss"].tolist() == [2.0, 1.0]
