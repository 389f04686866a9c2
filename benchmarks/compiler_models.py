"""The models of `compiler_workloads.py`, scalar by scalar, as a learner writes them.

`loss` is a function of one example: its numbers, Values or inputs of a program.

>>> GPT().loss([26, 0, 26]).data > 0
True
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import MLP, Module

Vector = list[Value]
Matrix = list[Vector]


def arrays_of_mlp(mlp: MLP) -> Iterator[tuple[str, Any]]:
    """The parameters of each layer: the weights as a matrix, a row for each neuron."""
    for i, layer in enumerate(mlp.layers):
        yield f"W{i}", [neuron.w for neuron in layer.neurons]
        yield f"b{i}", [neuron.b for neuron in layer.neurons]


class Moons(Module):
    """micrograd's demo: the hinge loss over all points, plus L2 of all parameters."""

    def __init__(self, rows: list[list[float]], signs: list[float]) -> None:
        self.rows, self.signs = rows, signs
        self.mlp = MLP(2, [16, 16, 1])

    def loss(self) -> Value:
        """The loss of the whole batch."""
        return moons_loss(self.mlp, self.rows, self.signs, Value)

    def named_arrays(self) -> Iterator[tuple[str, Any]]:
        """The parameters in nested lists, by name."""
        return arrays_of_mlp(self.mlp)


def moons_loss(mlp: Any, rows: Any, signs: Any, value: Any) -> Any:
    """The demo's loss, for any engine with such a `Value`."""
    scores = [mlp(list(map(value, row))) for row in rows]
    hinges = [(1 + -y * score).relu() for y, score in zip(signs, scores, strict=True)]
    return sum(hinges) * (1.0 / len(hinges)) + 1e-4 * sum(
        p * p for p in mlp.parameters()
    )


class Classifier(Module):
    """A network of one hidden layer, with the softmax cross-entropy."""

    def __init__(self, inputs: int, hidden: int, classes: int) -> None:
        self.mlp = MLP(inputs, [hidden, classes], initializer="he_uniform")

    def loss(self, x: Any, y: Any) -> Value:
        """The loss of one example."""
        return cross_entropy(self.mlp(x), y)

    def named_arrays(self) -> Iterator[tuple[str, Any]]:
        """The parameters in nested lists, by name."""
        return arrays_of_mlp(self.mlp)


def matrix(rows: int, columns: int, std: float = 0.08) -> Matrix:
    """Normal random parameters."""
    return [[Value(random.gauss(0, std)) for _ in range(columns)] for _ in range(rows)]


def dot(a: Any, b: Any) -> Value:
    """The sum of the products."""
    return mn.sum(x * y for x, y in zip(a, b, strict=True))


def linear(x: Vector, w: Matrix) -> Vector:
    """The product of the matrix `w` and the vector `x`."""
    return [dot(row, x) for row in w]


def add(a: Vector, b: Vector) -> Vector:
    """The sum of two vectors."""
    return [x + y for x, y in zip(a, b, strict=True)]


def rmsnorm(x: Vector) -> Vector:
    """`x` over the root of its mean square (Zhang and Sennrich, 2019)."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


class GPT(Module):
    """A language model of the size and structure of Karpathy's microgpt.py (2026)."""

    def __init__(
        self, vocabulary: int = 27, block: int = 16, width: int = 16, heads: int = 4
    ) -> None:
        self.wte = matrix(vocabulary, width)
        self.wpe = matrix(block, width)
        self.wq, self.wk, self.wv, self.wo = (matrix(width, width) for _ in range(4))
        self.fc1 = matrix(4 * width, width)
        self.fc2 = matrix(width, 4 * width)
        self.lm_head = matrix(vocabulary, width)
        size = width // heads
        self.heads = [slice(i * size, (i + 1) * size) for i in range(heads)]

    def loss(self, tokens: Any) -> Value:
        """The mean cross-entropy of each next token of a document."""
        keys: Matrix = []
        values: Matrix = []
        losses = []
        for position in range(len(tokens) - 1):
            logits = self.logits(tokens[position], position, keys, values)
            losses.append(cross_entropy(logits, tokens[position + 1]))
        return mn.sum(losses) / len(losses)

    def logits(self, token: Any, position: int, keys: Matrix, values: Matrix) -> Vector:
        """The logits of the next token; adds to the keys and values so far."""
        x = rmsnorm(add(mn.take(self.wte, token), self.wpe[position]))
        x = add(x, self.attention(rmsnorm(x), keys, values))
        x = add(x, self.mlp(rmsnorm(x)))
        return linear(x, self.lm_head)

    def attention(self, x: Vector, keys: Matrix, values: Matrix) -> Vector:
        """What a position gathers from those up to itself, by all heads."""
        q = linear(x, self.wq)
        keys.append(linear(x, self.wk))
        values.append(linear(x, self.wv))
        out: Vector = []
        for head in self.heads:
            scale = (head.stop - head.start) ** 0.5
            weights = mn.softmax([dot(q[head], k[head]) / scale for k in keys])
            columns = zip(*(v[head] for v in values), strict=True)
            out += [dot(weights, column) for column in columns]
        return linear(out, self.wo)

    def mlp(self, x: Vector) -> Vector:
        """The two layers after the attention."""
        return linear([h.relu() for h in linear(x, self.fc1)], self.fc2)

    def named_arrays(self) -> Iterator[tuple[str, Any]]:
        """The parameters in nested lists, by name."""
        return ((k, v) for k, v in vars(self).items() if k != "heads")


def padded(image: Matrix) -> Matrix:
    """The image with a border of zeros, one wide."""
    border = [[0.0] * (len(image[0]) + 2)]
    return [*border, *([0.0, *row, 0.0] for row in image), *border]


def max_pool(image: Matrix) -> Matrix:
    """The largest of each square of 2 x 2 pixels."""
    return [
        [mn.max(*top[x : x + 2], *bottom[x : x + 2]) for x in range(0, len(top), 2)]
        for top, bottom in zip(image[::2], image[1::2], strict=True)
    ]


class Conv(Module):
    """A 3 x 3 convolution with ReLU, from images to images."""

    def __init__(self, channels: int, filters: int) -> None:
        self.w = matrix(filters, 9 * channels, std=(2 / (9 * channels)) ** 0.5)
        self.b = [Value(0.0) for _ in range(filters)]

    def __call__(self, images: list[Matrix]) -> list[Matrix]:
        """The features, smaller than the images by a border of one pixel."""
        height, width = len(images[0]) - 2, len(images[0][0]) - 2
        places = [[(y, x) for x in range(width)] for y in range(height)]
        patches = [[patch(images, *place) for place in row] for row in places]
        return [
            [[(dot(w, p) + b).relu() for p in row] for row in patches]
            for w, b in zip(self.w, self.b, strict=True)
        ]


def patch(images: list[Matrix], y: int, x: int) -> Vector:
    """The 3 x 3 pixels of each image whose first is at that place."""
    rows = [image[y + i][x : x + 3] for image in images for i in range(3)]
    return [pixel for row in rows for pixel in row]


class CNN(Module):
    """Two convolutions and a linear layer for images of 8 x 8 pixels."""

    def __init__(self) -> None:
        self.conv1, self.conv2 = Conv(1, 8), Conv(8, 16)
        self.mlp = MLP(16 * 3 * 3, [10], initializer="he_uniform")

    def loss(self, image: Any, y: Any) -> Value:
        """The loss of one example."""
        pooled = [max_pool(feature) for feature in self.conv1([image])]
        features = self.conv2([padded(feature) for feature in pooled])
        flat = [pixel for feature in features for row in feature for pixel in row]
        return cross_entropy(self.mlp(flat), y)

    def named_arrays(self) -> Iterator[tuple[str, Any]]:
        """The parameters in nested lists, by name."""
        for name in ("conv1", "conv2"):
            yield f"{name}.w", getattr(self, name).w
            yield f"{name}.b", getattr(self, name).b
        yield from arrays_of_mlp(self.mlp)
