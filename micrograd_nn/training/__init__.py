"""Training as a whole: `fit`, and what belongs to it.

>>> from micrograd_nn.nn import MLP
>>> history = fit(MLP(1, [1]), [[1.0], [2.0]], [3.0, 5.0], epochs=2, verbose=0)
>>> history.epoch
[0, 1]
"""

from micrograd_nn.training.callbacks import (
    Callback,
    Checkpoint,
    EarlyStopping,
    LearningRateLogger,
)
from micrograd_nn.training.checkpoint import load, load_into, save
from micrograd_nn.training.files import CheckpointError
from micrograd_nn.training.fitting import fit
from micrograd_nn.training.history import History
from micrograd_nn.training.live_plot import LivePlot
from micrograd_nn.training.lr_find import RangeTest, lr_find
from micrograd_nn.training.overfit import Overfitted, overfit_tiny
from micrograd_nn.training.predicting import predict, predict_proba, score

__all__ = [
    "Callback",
    "Checkpoint",
    "CheckpointError",
    "EarlyStopping",
    "History",
    "LearningRateLogger",
    "LivePlot",
    "Overfitted",
    "RangeTest",
    "fit",
    "load",
    "load_into",
    "lr_find",
    "overfit_tiny",
    "predict",
    "predict_proba",
    "save",
    "score",
]
