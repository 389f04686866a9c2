"""Plots of training runs and of what nets learned, with matplotlib (extra `viz`).

>>> plot = loss_curve({"train": [1.0, 0.5, 0.25]})
>>> plot.data["train"].tolist()
[1.0, 0.5, 0.25]

Each draws into `ax`, or into a new figure, and returns a `Plot`: the Axes, to add to;
the numbers that it shows; `save(path)`. In a notebook it shows itself.
"""

from micrograd_nn.viz.plots.activations import activation_histograms
from micrograd_nn.viz.plots.bars import bar_chart
from micrograd_nn.viz.plots.bent import bent_plane
from micrograd_nn.viz.plots.boundary import decision_boundary
from micrograd_nn.viz.plots.confusion import confusion_matrix
from micrograd_nn.viz.plots.curves import history_curve, loss_curve
from micrograd_nn.viz.plots.film import Film, training_film
from micrograd_nn.viz.plots.gallery import function_gallery
from micrograd_nn.viz.plots.gradients import gradient_norms, update_ratios
from micrograd_nn.viz.plots.heat import heat_map
from micrograd_nn.viz.plots.histogram import histogram
from micrograd_nn.viz.plots.images import image_confidences
from micrograd_nn.viz.plots.landscape import loss_landscape, loss_slice
from micrograd_nn.viz.plots.lines import line_plot
from micrograd_nn.viz.plots.multiples import small_multiples
from micrograd_nn.viz.plots.network import network_diagram
from micrograd_nn.viz.plots.pictures import image_grid
from micrograd_nn.viz.plots.plot import Plot
from micrograd_nn.viz.plots.scatter import scatter_plot
from micrograd_nn.viz.plots.slices import ParameterSlice, random_directions
from micrograd_nn.viz.plots.sweep import lr_sweep
from micrograd_nn.viz.plots.weights import weight_images

__all__ = [
    "Film",
    "ParameterSlice",
    "Plot",
    "activation_histograms",
    "bar_chart",
    "bent_plane",
    "confusion_matrix",
    "decision_boundary",
    "function_gallery",
    "gradient_norms",
    "heat_map",
    "histogram",
    "history_curve",
    "image_confidences",
    "image_grid",
    "line_plot",
    "loss_curve",
    "loss_landscape",
    "loss_slice",
    "lr_sweep",
    "network_diagram",
    "random_directions",
    "scatter_plot",
    "small_multiples",
    "training_film",
    "update_ratios",
    "weight_images",
]
