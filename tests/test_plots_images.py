"""Confusion matrices, and images with confidences."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from micrograd_nn.viz.plots import confusion_matrix, image_confidences
from micrograd_nn.viz.plots.theme import THEMES, contrast

LIGHT = THEMES["light"]


def test_a_confusion_matrix_counts_true_rows_and_predicted_columns():
    plot = confusion_matrix([0, 0, 0, 1, 2], [0, 1, 1, 1, 0])

    assert plot.data["matrix"].tolist() == [[1, 2, 0], [0, 1, 0], [1, 0, 0]]
    assert plot.data["accuracy"] == 2 / 5
    texts = {text.get_position(): text.get_text() for text in plot.ax.texts}
    assert texts == {(0, 0): "1", (1, 0): "2", (1, 1): "1", (0, 2): "1"}


def test_a_confusion_matrix_is_blue_where_it_is_right_and_vermillion_where_not():
    image = confusion_matrix([0, 1], [0, 0]).ax.images[0]

    signed = np.asarray(image.get_array())
    assert signed[0, 0] > 0 > signed[1, 0]
    assert signed[0, 1] == 0


def test_the_classes_of_a_confusion_matrix_may_be_given():
    plot = confusion_matrix(["b"], ["b"], classes=["c", "b", "a"])

    assert plot.data["matrix"].tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert [t.get_text() for t in plot.ax.get_xticklabels()] == ["c", "b", "a"]
    with pytest.raises(ValueError, match="unknown class: got the label 'b'"):
        confusion_matrix(["b"], ["b"], classes=["c"])


@pytest.mark.parametrize("theme", THEMES)
def test_numbers_can_be_read_on_every_tint(theme):
    true, predicted = np.divmod(np.arange(100), 10)
    often = np.repeat(np.arange(100), 1 + 3 * (predicted - true) ** 2)

    plot = confusion_matrix(true[often], predicted[often], theme=theme)

    image = plot.ax.images[0]
    tints = image.to_rgba(image.get_array())
    for text in plot.ax.texts:
        column, row = text.get_position()
        assert contrast(text.get_color(), tints[row, column]) >= 4.5


def panels_of(plot):
    """For each image: the words over it, their colour, and the colours of its bars."""
    found = []
    for cell in plot.ax.child_axes:
        image, bars = cell.child_axes
        colours = [bar.get_facecolor() for bar in bars.patches]
        found.append((image.title.get_text(), image.title.get_color(), colours))
    return found


def test_each_image_tells_what_it_is_taken_for_and_what_it_is():
    shares = [[0.9, 0.1], [0.7, 0.3]]

    plot = image_confidences(np.zeros((2, 8, 8)), shares, [0, 1])

    words = [panel[:2] for panel in panels_of(plot)]
    assert words == [("says 0, right", LIGHT.ink), ("says 0, is 1", LIGHT.wrong_text)]
    assert plot.data["predicted"] == [0, 0]


def test_the_bar_of_the_true_class_is_blue():
    plot = image_confidences(
        np.zeros((1, 2, 2)), [[0.9, 0.1]], ["dog"], classes=["cat", "dog"]
    )

    ((words, _, (first, second)),) = panels_of(plot)
    assert words == "says cat, is dog"
    assert second[2] > second[0]  # more blue than red
    assert first[0] > first[2]


def test_bars_are_as_high_as_the_confidences():
    plot = image_confidences(np.zeros((1, 2, 2)), [[0.9, 0.1]], [0])

    bars = plot.ax.child_axes[0].child_axes[1]
    assert [bar.get_height() for bar in bars.patches] == [0.9, 0.1]
    assert bars.get_ylim() == (0.0, 1.0)


def test_an_image_that_is_of_no_class_is_neither_right_nor_wrong():
    plot = image_confidences(np.zeros((1, 2, 2)), [[0.9, 0.1]])

    ((words, colour, bars),) = panels_of(plot)
    assert words == "says 0"
    assert colour == LIGHT.ink
    assert bars[0] == bars[1] == to_rgba(LIGHT.positive)
