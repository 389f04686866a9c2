"""Lessons about points in the plane: bending it, going deep, learning by heart."""

from micrograd_nn.datasets import DATASETS, make_moons
from micrograd_nn.losses import cross_entropy, l2_penalty
from micrograd_nn.nn import (
    MLP,
    BatchNorm1d,
    Linear,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
)
from tests.curriculum.lesson import Lesson, adam, seeded, sgd


def bending(data, activation):
    """Lesson 04: 2-16-16-2, with an activation or without."""
    points = DATASETS[data](seed=0, return_X_y=True)

    def make():
        return MLP(2, [16, 16, 2], activation=activation, initializer="he_normal")

    return Lesson(seeded(0, make), points, points, adam(0.02), 60, batch_size=16)


DEPTH, WIDTH = 8, 12
DEEP = {
    "ReLU, He": (ReLU, "he_normal", ""),
    "tanh, Xavier": (Tanh, "xavier_normal", ""),
    "sigmoid": (Sigmoid, "xavier_normal", ""),
    "sigmoid, skips": (Sigmoid, "xavier_normal", "skips"),
    "sigmoid, batch norm": (Sigmoid, "xavier_normal", "batch norm"),
}


def going_deep(kind, seed):
    """Lesson 08: eight hidden layers of twelve neurons."""
    points = make_moons(100, noise=0.1, seed=0, return_X_y=True)
    net = seeded(seed, lambda: _deep(*DEEP[kind]))
    options = {"seed": seed}
    return Lesson(net, points, points, sgd(0.1), 100, 20, options)


def _deep(activation, initializer, helped):
    def linear(nin, nout):
        return Linear(nin, nout, initializer=initializer)

    def hidden():
        norm = [BatchNorm1d(WIDTH)] if helped == "batch norm" else []
        layers = [linear(WIDTH, WIDTH), *norm, activation()]
        return [Residual(Sequential(*layers))] if helped == "skips" else layers

    layers = [layer for _ in range(DEPTH - 1) for layer in hidden()]
    return Sequential(linear(2, WIDTH), activation(), *layers, linear(WIDTH, 2))


def overfitting(seed, decay=0.0, **options):
    """Lesson 07: a net with more parameters than its 40 examples can hold in check."""
    points = make_moons(40, noise=0.35, seed=seed, return_X_y=True)
    new = make_moons(500, noise=0.35, seed=1000, return_X_y=True)
    net = seeded(0, lambda: MLP(2, [32, 32, 2], initializer="he_normal"))

    def loss(outputs, target):
        penalty = decay * l2_penalty(net.parameters()) if decay else 0.0
        return cross_entropy(outputs, target) + penalty

    options |= {"loss": loss, "validation_data": new}
    return Lesson(net, points, new, adam(0.02), 400, 20, options)
