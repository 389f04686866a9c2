"""What the lessons about sequences promise, trained through programs."""

import math
import random
import time

import numpy as np
import pytest

import micrograd_nn as mg
from micrograd_nn.datasets import load_names, make_recall, make_reverse
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import (
    GPT,
    GRU,
    LSTM,
    RNN,
    Embedding,
    Linear,
    Module,
    MultiheadAttention,
    PositionalEmbedding,
)
from micrograd_nn.optim import Adam

pytestmark = pytest.mark.slow


def report(text, start):
    print(f"\n{text}, {time.perf_counter() - start:.1f} s", end=" ")


# Memory -------------------------------------------------------------------------------


class Recall(Module):
    """Says of a sequence which symbol came first."""

    def __init__(self, recurrent):
        self.recurrent, self.head = recurrent, Linear(recurrent.hidden_size, 2)

    def __call__(self, x):
        outputs, _ = self.recurrent(x)
        return self.head(outputs[-1])


def accuracy_of_recall(make, steps=300, size=32, **options):
    """Of unseen sequences of 40 symbols, after that many steps."""
    start = time.perf_counter()
    random.seed(0)
    net = Recall(make(6, 8, **options))
    X, y = make_recall(2000, seed=0, return_X_y=True)
    rng = np.random.default_rng(0)
    program = mg.compile(lambda x, y: cross_entropy(net(x), y))
    with program.training(Adam(net.parameters(), lr=0.005), clip_norm=1.0) as train:
        for _ in range(steps):
            rows = rng.integers(0, len(X), size)
            train.step(X[rows], y[rows])
    X, y = make_recall(400, seed=1, return_X_y=True)
    accuracy = np.mean(mg.compile(lambda x: net(x))(X).argmax(1) == y)
    report(f"{net.recurrent}: {accuracy:.3f} of {len(y)} right", start)
    return accuracy


@pytest.mark.parametrize(
    ("make", "options"), [(LSTM, {"forget_bias": 2}), (GRU, {"update_bias": 2})]
)
def test_gates_that_start_open_remember_over_40_steps(make, options):
    assert accuracy_of_recall(make, **options) >= 0.98


@pytest.mark.parametrize("make", [RNN, LSTM, GRU])
def test_without_open_gates_the_same_steps_teach_nothing(make):
    assert accuracy_of_recall(make) < 0.65


# Attention ----------------------------------------------------------------------------


class Reverser(Module):
    """One head of attention, which reads five symbols backwards."""

    def __init__(self):
        self.embedding = Embedding(6, 8)
        self.positions = PositionalEmbedding(5, 8)
        self.attention = MultiheadAttention(8, 1, bias=False)
        self.head = Linear(8, 6)

    def gathered(self, symbols):
        return self.attention(self.positions(self.embedding(symbols)))

    def __call__(self, symbols):
        return self.head(self.gathered(symbols)[0])


def test_one_head_of_attention_reverses_symbols_by_looking_at_their_mirror_images():
    start = time.perf_counter()
    random.seed(0)
    net = Reverser()
    X, y = make_reverse(2400, seed=0, return_X_y=True)
    program = mg.compile(lambda x, y: cross_entropy(net(x), y))
    with program.training(Adam(net.parameters(), lr=0.02)) as train:
        for i in range(0, len(X), 16):
            train.step(X[i : i + 16], y[i : i + 16])
    X, y = make_reverse(1000, seed=1, return_X_y=True)
    correct = mg.compile(lambda x: net(x))(X).argmax(-1) == y
    weights = mg.compile(lambda x: net.gathered(x)[1])(X).mean(0)
    mirror = weights[range(5), range(4, -1, -1)]
    size = len(net.parameters())
    report(f"{size} parameters: {correct.mean():.4f}, {mirror.round(3)}", start)

    assert size < 400
    assert correct.all()
    assert mirror.min() > 0.9


# Language -----------------------------------------------------------------------------


class Names:
    """Names in two parts, to train with and to be surprised by.

    Characters are numbers; the weights are 0 where a name is over.
    """

    def __init__(self, locale):
        self.data = load_names(locale)
        X, y = self.data
        self.known = (y >= 0).astype(float)
        self.X, self.y = X, np.where(y < 0, 0, y)
        order = np.random.default_rng(0).permutation(len(X))
        self.train, self.test = np.split(order, [len(X) * 9 // 10])
        self.size = len(self.data.vocabulary.tokens)

    def part(self, rows):
        return self.X[rows], self.y[rows], self.known[rows]

    def pairs(self, rows):
        X, y, known = self.part(rows)
        return X[known > 0], y[known > 0]

    def nats_of_bigrams(self, rows):
        """The mean surprise at a character, by how often it followed the last one."""
        counts = np.full((self.size, self.size), 0.3)
        np.add.at(counts, self.pairs(self.train), 1.0)
        shares = counts / counts.sum(1, keepdims=True)
        return -np.log(shares[self.pairs(rows)]).mean()


def loss_of_name(model, x, y, known):
    losses = cross_entropy(model(x), y, "none")
    return mg.sum([a * b for a, b in zip(losses, known, strict=True)])


def trained_gpt(names, epochs=12, size=32):
    random.seed(0)
    model = GPT(names.size, names.X.shape[1], n_layer=1, n_head=4, n_embd=16)
    program = mg.compile(lambda x, y, known: loss_of_name(model, x, y, known))
    rng = np.random.default_rng(0)
    optimizer = Adam(model.parameters(), lr=0.01)
    with program.training(optimizer, clip_norm=1.0) as train:
        for epoch in range(epochs):
            optimizer.lr = 0.01 * (1 - epoch / epochs)
            order = rng.permutation(names.train)
            for i in range(0, len(order) - size + 1, size):
                train.step(*names.part(order[i : i + size]))
    return model


def nats(model, names, rows):
    program = mg.compile(lambda x, y, known: loss_of_name(model, x, y, known))
    X, y, known = names.part(rows)
    return program(X, y, known).sum() / known.sum()


@pytest.mark.parametrize("locale", [None, "en_US"], ids=["any names", "first names"])
def test_a_gpt_learns_names_better_than_bigrams(locale):
    if locale:
        pytest.importorskip("faker")
    start = time.perf_counter()
    names = Names(locale)
    model = trained_gpt(names)
    seen, unseen = (nats(model, names, rows) for rows in (names.train, names.test))
    report(f"{seen:.3f} nats a character, {unseen:.3f} of unseen names", start)
    made = model.generate([[0]] * 8, names.X.shape[1], seed=0)
    texts = ["".join(names.data.vocabulary.decode(row[1:])) for row in made]
    report(", ".join(text.split(".")[0] for text in texts), start)

    assert seen < names.nats_of_bigrams(names.train) - 0.05
    assert unseen < names.nats_of_bigrams(names.test) - 0.05
    assert unseen < math.log(names.size) - 0.6
    if locale:
        assert max(seen, unseen) < 2.3  # bigrams of all first names: 2.38
