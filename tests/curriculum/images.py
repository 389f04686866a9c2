"""Lessons about pictures: digits, and cats among other drawings."""

from micrograd_nn.datasets import load_digits, make_cats, train_test_split
from micrograd_nn.nn import (
    MLP,
    AdaptiveMaxPool2d,
    Conv2d,
    Flatten,
    Linear,
    ReLU,
    Sequential,
)
from tests.curriculum.lesson import Lesson, adam, seeded


def reader_of_digits(seed=0, hidden=32):
    """The net 64-32-10."""
    return seeded(seed, lambda: MLP(64, [hidden, 10], initializer="he_normal"))


def split_digits():
    """X_train, X_test, y_train, y_test."""
    return train_test_split(*load_digits(), test_size=0.2, seed=0)


def digits(seed=0, optimizer=None, epochs=20, batch_size=32):
    """Lesson 06: 64-32-10 reads digits; with others, the sweeps of lesson 05."""
    X, X_test, y, y_test = split_digits()
    net, optimizer = reader_of_digits(seed), optimizer or adam(0.01)
    return Lesson(net, (X, y), (X_test, y_test), optimizer, epochs, batch_size)


def _convolutional():
    return Sequential(
        Conv2d(1, 8, 5), ReLU(), AdaptiveMaxPool2d(1), Flatten(), Linear(8, 2)
    )


def _dense():
    return Sequential(Flatten(), MLP(144, [8, 2], initializer="he_normal"))


CATS = {"CNN": _convolutional, "MLP": _dense}


def cats(kind, seed=0):
    """Lesson 09: a net that finds an ear anywhere, beside one that does not."""
    data, new = make_cats(400, seed=seed), make_cats(1000, seed=99)
    planes = [each.images[:, None] for each in (data, new)]
    return Lesson(
        seeded(seed, CATS[kind]),
        (planes[0], data.y),
        (planes[1], new.y),
        adam(0.01),
        epochs=20,
        batch_size=16,
    )
