"""Grids of images, and histograms."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from micrograd_nn import Value
from micrograd_nn.viz.plots import histogram, image_grid
from micrograd_nn.viz.plots.theme import THEMES

LIGHT = THEMES["light"]


def colours_of(plot, i=0):
    """The colours of an image's pixels."""
    image = plot.ax.child_axes[i].images[0]
    return image.to_rgba(image.get_array())[..., :3]


def test_images_stand_in_rows_each_under_its_title():
    plot = image_grid(np.zeros((5, 2, 3)), [3, 1, 4, 1, 5], columns=3)

    cells = plot.ax.child_axes
    assert [cell.get_title() for cell in cells] == ["3", "1", "4", "1", "5"]
    heights = [round(cell.get_position().y0, 3) for cell in cells]
    assert len(set(heights[:3])) == 1
    assert heights[3] < heights[0]
    assert plot.data["titles"] == ["3", "1", "4", "1", "5"]


def test_images_share_a_scale_from_paper_to_the_darkest_ink():
    plot = image_grid([[[0.0, 1.0]], [[0.0, 2.0]]])

    pale, dark = colours_of(plot, 0), colours_of(plot, 1)
    assert pale[0, 0].tolist() == dark[0, 0].tolist() == [1.0, 1.0, 1.0]
    assert dark[0, 1].tolist() == [0.0, 0.0, 0.0]
    assert 0.4 < pale[0, 1, 0] < 0.6


def test_images_with_negative_numbers_have_the_colours_of_signs():
    colours = colours_of(image_grid([[[-2.0, 0.0, 2.0]]]))[0]

    for found, expected in zip(
        colours, (LIGHT.negative, LIGHT.back, LIGHT.positive), strict=True
    ):
        np.testing.assert_allclose(found, to_rgb(expected), atol=0.01)


def test_an_image_of_zeros_is_paper():
    assert (colours_of(image_grid(np.zeros((1, 2, 2)))) == 1.0).all()


def test_a_histogram_counts_numbers_and_values_however_they_are_nested():
    plot = histogram([[Value(0.0), 0.1], [0.9, Value(1.0)], [0.2]], bins=2)

    assert plot.data["counts"].tolist() == [3, 2]
    assert plot.data["edges"].tolist() == [0.0, 0.5, 1.0]
    assert [bar.get_height() for bar in plot.ax.patches] == [3, 2]


def test_a_histogram_may_be_told_its_ends():
    plot = histogram([-5.0, 0.5, 1.5], bins=2, between=(0.0, 2.0))

    assert plot.data["counts"].tolist() == [1, 1]
    assert plot.ax.get_xlim() == (0.0, 2.0)


@pytest.mark.parametrize("between", [(1.0, 0.0), (1.0,), (0.0, 0.0)])
def test_ends_that_are_no_range_are_refused(between):
    with pytest.raises(ValueError, match=r"no range: got between=\("):
        histogram([1.0], between=between)


def test_ends_that_are_not_two_are_refused():
    with pytest.raises(ValueError, match=r"wrong shape: got between .* two ends"):
        histogram([1.0], between=5)
