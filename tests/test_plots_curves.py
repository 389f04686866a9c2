"""Curves over training, and learning rates side by side: what they show."""

from types import SimpleNamespace

import numpy as np
import pytest

from micrograd_nn.viz.plots import history_curve, loss_curve, lr_sweep
from micrograd_nn.viz.plots.curves import higher_is_better
from micrograd_nn.viz.plots.theme import MARKERS, THEMES, contrast

LIGHT = THEMES["light"]
HISTORY = {
    "loss": [4.0, 2.0, 1.0],
    "val_loss": [4.0, 3.0, 5.0],
    "accuracy": [0.5, 0.7, 1.0],
    "val_accuracy": [0.5, 0.8, 0.8],
    "learning_rate": [0.1, 0.1, 0.1],
}


def lines(ax):
    return {line.get_label(): line.get_xydata().tolist() for line in ax.lines}


def test_loss_curve_draws_a_line_for_each_name_from_step_1_on():
    plot = loss_curve({"train": [3.0, 2.0], "test": [4.0, 3.5, 3.0]})

    assert lines(plot.ax) == {
        "train": [[1, 3.0], [2, 2.0]],
        "test": [[1, 4.0], [2, 3.5], [3, 3.0]],
    }
    assert {name: list(data) for name, data in plot.data.items()} == {
        "train": [3.0, 2.0],
        "test": [4.0, 3.5, 3.0],
    }


def test_loss_curves_can_share_axes():
    ax = loss_curve({"first": [1.0]}).ax

    loss_curve({"second": [2.0]}, ax=ax)

    assert set(lines(ax)) == {"first", "second"}


def test_a_smooth_loss_curve_is_the_mean_of_the_last_steps():
    plot = loss_curve({"loss": [4.0, 2.0, 0.0, 1.0]}, smooth=2)

    assert plot.data["mean of loss"].tolist() == [4.0, 3.0, 1.0, 0.5]
    assert plot.data["loss"].tolist() == [4.0, 2.0, 0.0, 1.0]
    assert lines(plot.ax)["loss"] == [[1, 4.0], [2, 3.0], [3, 1.0], [4, 0.5]]


def test_a_diverged_loss_interrupts_the_line():
    plot = loss_curve({"loss": [1.0, np.nan, np.inf, 2.0]})

    assert str(plot.data["loss"].tolist()) == "[1.0, nan, inf, 2.0]"
    assert plot.to_bytes().startswith(b"\x89PNG")


def test_the_best_epoch_has_the_lowest_loss_and_the_highest_accuracy():
    plot = history_curve(HISTORY)

    assert plot.data["best"] == {"loss": 2, "accuracy": 2}
    assert "learning_rate" not in plot.data
    assert [panel.get_ylabel() for panel in plot.ax.child_axes] == ["loss", "accuracy"]


def test_one_metric_fills_the_axes_with_both_lines_the_gap_and_the_best():
    ax = history_curve(HISTORY, "loss").ax

    drawn = lines(ax)
    assert drawn["training"] == [[1, 4.0], [2, 2.0], [3, 1.0]]
    assert drawn["validation"] == [[1, 4.0], [2, 3.0], [3, 5.0]]
    assert drawn["best: epoch 2"] == [[2, 3.0]]
    (gap,) = ax.collections
    corners = {tuple(point) for point in gap.get_paths()[0].vertices.tolist()}
    assert {(3.0, 1.0), (3.0, 5.0)} <= corners


def test_a_metric_without_validation_is_judged_by_training():
    plot = history_curve({"loss": [3.0, 1.0, 2.0]})

    assert plot.data["best"] == {"loss": 2}
    assert not plot.ax.collections


def test_a_metric_may_come_in_validation_alone():
    assert history_curve({"val_mse": [3.0, 2.0]}).data["best"] == {"mse": 2}


def test_a_loss_that_was_never_finite_has_no_best_epoch():
    plot = history_curve({"loss": [np.nan, np.inf]})

    assert plot.data["best"] == {}


def test_validation_may_be_shorter_than_training():
    plot = history_curve({"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 2.5]})

    assert plot.data["best"] == {"loss": 2}


def test_an_object_with_a_history_is_drawn_as_its_history():
    wrapped = SimpleNamespace(history={"loss": [1.0]})

    assert history_curve(wrapped).data["loss"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("metric", "higher"),
    [
        ("loss", False),
        ("val_loss", False),
        ("mse", False),
        ("error", False),
        ("accuracy", True),
        ("val_acc", True),
        ("f1", True),
        ("r2_score", True),
    ],
)
def test_scores_are_better_the_higher_and_losses_the_lower(metric, higher):
    assert higher_is_better(metric) is higher


def test_lr_sweep_marks_the_best_and_those_that_diverged():
    plot = lr_sweep({10.0: np.nan, 0.1: 0.2, 0.01: 0.9, 1.0: 1e9}, diverged_above=5.0)

    drawn = lines(plot.ax)
    assert plot.data["lr"].tolist() == [0.01, 0.1, 1.0, 10.0]
    assert plot.data["diverged"].tolist() == [False, False, True, True]
    assert plot.data["best"] == 0.1
    assert drawn["lowest: 0.2 at 0.1"] == [[0.1, 0.2]]
    assert drawn["diverged"] == [[1.0, 1.0], [10.0, 1.0]]
    assert plot.ax.get_xscale() == "log"


def test_lr_sweep_of_accuracies_takes_the_highest():
    assert lr_sweep({0.1: 0.2, 1.0: 0.8, 2.0: np.inf}, "accuracy").data["best"] == 1.0


def test_lr_sweep_where_all_diverged_has_no_best():
    plot = lr_sweep({0.1: np.nan, 1.0: np.inf})

    assert plot.data["best"] is None
    assert lines(plot.ax)["diverged"] == [[0.1, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ("white", "black", 21.0),
        ("#777777", "white", 4.48),  # the well-known grey that just fails 4.5
        ("#0000FF", "#FFFFFF", 8.59),
        ((0.0, 0.0, 0.0, 0.0), "white", 1.0),  # transparent
    ],
)
def test_contrast_is_that_of_wcag(first, second, ratio):
    assert contrast(first, second) == pytest.approx(ratio, abs=0.005)
    assert contrast(second, first) == contrast(first, second)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_words_and_marks_stand_out_from_their_background(theme):
    words = [theme.ink, theme.wrong_text]
    marks = [theme.positive, theme.negative, theme.muted]

    assert min(contrast(colour, theme.back) for colour in words) >= 4.5
    assert min(contrast(colour, theme.back) for colour in marks) >= 3.0
    assert len(set(theme.series)) == len(theme.series)


def test_there_are_enough_markers_for_ten_classes():
    assert len(set(MARKERS)) >= 10


def test_blue_is_positive_and_vermillion_negative():
    assert (LIGHT.of_sign(2.0), LIGHT.of_sign(-0.1)) == ("#0072B2", "#D55E00")
    assert LIGHT.of_sign(0.0) == LIGHT.of_sign(np.nan) == LIGHT.muted
