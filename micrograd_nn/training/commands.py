"""The commands `train` and `predict` of the command line."""

from __future__ import annotations

import random
from argparse import Namespace
from typing import Any

import numpy as np

from micrograd_nn.choices import choice
from micrograd_nn.datasets import DATASETS, StandardScaler, train_test_split
from micrograd_nn.nn import MLP, Layer
from micrograd_nn.optim import OPTIMIZERS
from micrograd_nn.training.checkpoint import load, require_folder, save
from micrograd_nn.training.fitting import fit
from micrograd_nn.training.predicting import predict as outputs_of
from micrograd_nn.training.predicting import score

INTERRUPTED = 130  # as shells have it for Ctrl-C


def train(options: Namespace) -> int:
    """Train an MLP on a data set, say how good it is, and save it.

    It is trained on scaled numbers; the net that is saved takes and gives them as they
    are in the data set.
    """
    data = _dataset(options.data)
    if options.save:
        require_folder(options.save)
    split = train_test_split(data.X, data.y, test_size=options.test, seed=options.seed)
    train_x, test_x, train_y, test_y = split
    scaler, target_scaler = StandardScaler().fit(train_x), _target_scaler(data, train_y)
    make = choice(OPTIMIZERS, options.optimizer, "optimizer")
    model = _model(data, options)
    history = fit(
        model,
        scaler.transform(train_x),
        target_scaler.transform(train_y) if target_scaler else train_y,
        optimizer=lambda parameters: make(parameters, lr=options.lr),
        epochs=options.epochs,
        batch_size=options.batch_size,
        seed=options.seed,
        backend=options.backend,
        verbose=0 if options.quiet else 2,
    )
    _take_raw(model.layers[0], scaler)
    if target_scaler:
        _give_raw(model.layers[-1], target_scaler)
    found = f"{_metric(data)} {score(model, test_x, test_y):.4f}"
    print(f"{data.name}: {found} on {len(test_x)} examples held out")
    if options.save:
        save(model, options.save, more={"data": data.name})
        print(f"saved: {options.save}")
    return INTERRUPTED if history.interrupted else 0


def predict(options: Namespace) -> int:
    """Print what a saved net says of examples of a data set."""
    data, model = _dataset(options.data), load(options.model)
    if options.index is None:
        found = f"{_metric(data)} {score(model, data.X, data.y):.4f}"
        print(f"{data.name}: {found} on all {len(data)} examples")
        return 0
    for i in options.index:
        if not 0 <= i < len(data):
            raise ValueError(
                f"no such example: got --index {i} (int); expected a number from 0 to "
                f"{len(data) - 1}."
            )
    outputs = outputs_of(model, data.X[options.index])
    for i, output in zip(options.index, outputs, strict=True):
        print(f"{i}: {_said(output, data)} (truth: {_named(data.y[i], data)})")
    return 0


def _dataset(name: str) -> Any:
    """A data set of rows of numbers with one target each."""
    if name not in DATASETS:
        raise ValueError(
            f"no such data set: got --data {name!r} (str); expected one of "
            f"{', '.join(DATASETS)}."
        )
    data = DATASETS[name]()
    if data.X.ndim != 2 or data.y.ndim != 1 or data.X.dtype.kind != "f":
        raise ValueError(
            f"not for this command: got data={name!r} (str) of X {data.X.shape} and y "
            f"{data.y.shape}; expected rows of numbers with one target each, such as "
            "digits. Write a script with fit, and layers for sequences."
        )
    return data


def _model(data: Any, options: Namespace) -> MLP:
    """A net with an output for each class, but one for two classes or for numbers."""
    random.seed(options.seed)
    classes = len(data.target_names)
    return MLP(
        data.X.shape[1],
        [*options.hidden, classes if classes > 2 else 1],
        activation=options.activation,
        initializer="he_uniform",
    )


def _target_scaler(data: Any, targets: Any) -> StandardScaler | None:
    return None if data.target_names else StandardScaler().fit(targets)


def _take_raw(first: Layer, scaler: StandardScaler) -> None:
    """Have a layer scale its inputs: w (x - m) / s + b = (w / s) x + (b - w m / s)."""
    for neuron in first.neurons:
        weights = np.array([weight.data for weight in neuron.w]) / scaler.scale_
        neuron.b.data = float(neuron.b.data - weights @ scaler.mean_)
        for weight, number in zip(neuron.w, weights.tolist(), strict=True):
            weight.data = number


def _give_raw(last: Layer, scaler: StandardScaler) -> None:
    """Have a linear layer scale its outputs back: s (w x + b) + m."""
    deviation, mean = float(scaler.scale_), float(scaler.mean_)
    for neuron in last.neurons:
        neuron.b.data = deviation * neuron.b.data + mean
        for weight in neuron.w:
            weight.data = deviation * weight.data


def _metric(data: Any) -> str:
    return "accuracy" if data.target_names else "R²"


def _said(output: Any, data: Any) -> str:
    if not data.target_names:
        return f"{float(output):.4g}"
    chosen = np.argmax(output) if np.ndim(output) else output > 0.0
    return _named(chosen, data)


def _named(target: Any, data: Any) -> str:
    names = data.target_names
    return str(names[int(target)]) if names else f"{float(target):.4g}"
