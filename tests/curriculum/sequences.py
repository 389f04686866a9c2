"""Lessons about sequences: memory, attention, language."""

import numpy as np

from micrograd_nn.datasets import load_names, make_recall, make_reverse
from micrograd_nn.functions import sum as total
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import (
    GPT,
    Embedding,
    Linear,
    Module,
    MultiheadAttention,
    PositionalEmbedding,
)
from micrograd_nn.optim import LinearLR
from micrograd_nn.training import predict
from tests.curriculum.lesson import Lesson, adam, seeded


class Recall(Module):
    """Says of a sequence which symbol came first."""

    def __init__(self, recurrent):
        self.recurrent, self.head = recurrent, Linear(recurrent.hidden_size, 2)

    def __call__(self, x):
        outputs, _ = self.recurrent(x)
        return self.head(outputs[-1])


def recall(make, seed=0, **options):
    """Lesson 11: the first of 40 symbols is to be remembered."""
    train = make_recall(2000, seed=0, return_X_y=True)
    test = make_recall(400, seed=1, return_X_y=True)
    net = seeded(seed, lambda: Recall(make(6, 8, **options)))
    return Lesson(net, train, test, adam(0.005), 5, 32, {"clip_norm": 1.0})


class Reverser(Module):
    """One head of attention, which reads five symbols backwards."""

    def __init__(self):
        self.embedding = Embedding(6, 8)
        self.positions = PositionalEmbedding(5, 8)
        self.attention = MultiheadAttention(8, 1, bias=False)
        self.head = Linear(8, 6)

    def gathered(self, symbols):
        """What each place takes from the others, and how much from which."""
        return self.attention(self.positions(self.embedding(symbols)))

    def __call__(self, symbols):
        return self.head(self.gathered(symbols)[0])


def reversal():
    """Lesson 12: 2,400 sequences, each seen once."""
    train = make_reverse(2400, seed=0, return_X_y=True)
    test = make_reverse(1000, seed=1, return_X_y=True)
    return Lesson(seeded(0, Reverser), train, test, adam(0.02), 1, 16)


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
        """Inputs, with what is known, and targets."""
        return (self.X[rows], self.known[rows]), self.y[rows]

    def nats_of_bigrams(self, rows):
        """The mean surprise at a character, by how often it followed the last one."""
        counts = np.full((self.size, self.size), 0.3)
        np.add.at(counts, self._pairs(self.train), 1.0)
        shares = counts / counts.sum(1, keepdims=True)
        return -np.log(shares[self._pairs(rows)]).mean()

    def _pairs(self, rows):
        known = self.known[rows] > 0
        return self.X[rows][known], self.y[rows][known]


class Speller(Module):
    """A GPT, and beside its logits which of them are of a name."""

    def __init__(self, *args, **kwargs):
        self.gpt = GPT(*args, **kwargs)

    def __call__(self, characters, known):
        return self.gpt(characters), known


def loss_of_name(outputs, characters):
    """The mean surprise, times how many characters there are."""
    logits, known = outputs
    losses = cross_entropy(logits, characters, "none")
    return total([weight * loss for weight, loss in zip(known, losses, strict=True)])


def language(names, epochs=12):
    """Lesson 11: a GPT of one block learns names."""
    sizes = {"n_layer": 1, "n_head": 4, "n_embd": 16}
    net = seeded(0, lambda: Speller(names.size, names.X.shape[1], **sizes))
    options = {
        "loss": loss_of_name,
        "clip_norm": 1.0,
        "schedule": lambda optimizer: LinearLR(optimizer, 1.0, 1 / epochs, epochs - 1),
    }
    train, test = names.part(names.train), names.part(names.test)
    return Lesson(net, train, test, adam(0.01), epochs, 32, options)


def nats(net, names, rows):
    """The mean surprise at a character."""
    inputs, targets = names.part(rows)
    logits, known = predict(net, inputs)
    chosen = np.take_along_axis(logits, targets[..., None], -1)[..., 0]
    surprise = np.logaddexp.reduce(logits, -1) - chosen
    return (surprise * known).sum() / known.sum()
