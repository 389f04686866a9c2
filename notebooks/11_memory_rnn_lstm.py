# %% [markdown]
# # 11 · Memory: RNN, LSTM and GRU
#
# A sentence comes word by word, a melody note by note. How can a net that has only the
# latest one in front of it know what came before? And for how long can it remember?
#
# **You will see** a net that takes notes, why its notes fade, the gates that keep them,
# and a net that invents names, letter by letter.
#
# **Needs:** lessons 08 and 10 · **Takes:** 50 minutes

# %%
import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## Taking notes
#
# Give a neuron a second input: its own last output. Then what it says now depends on
# what it said before, and so, a little, on all that it ever saw. Its output h is called
# the **state**. At each step t:
#
# > h[t] = tanh(w · h[t-1] + u · x[t])
#
# w and u are the same at every step, so one small net reads texts of any length. It is
# a **recurrent neural network**, an RNN (Elman, 1990). The box that read reviews in
# lesson 10 was one.
#
# > **Predict first.** The inputs are 1, 0, 0. Only the first says something. With w =
# > 0.5, how much of it is left in the state after the third step: about 0.8, 0.5 or
# > 0.2?

# %% tags=["concept:rnn"]
from micrograd_nn.viz import draw_dot

w, u = Value(0.5, label="w"), Value(1.0, label="u")
h = (u * 1.0).tanh()  # there is no state yet
h.label = "h1"
for t, x in enumerate([0.0, 0.0], start=2):
    h = (w * h + u * x).tanh()
    h.label = f"h{t}"

print(f"after three steps: {h.data:.2f}")
assert 0.15 < h.data < 0.25
draw_dot(h)

# %% [markdown]
# About 0.2. The picture shows the net **unrolled**: each step has a place of its own.
# It is a graph like all others, so backprop goes through it as always, from the last
# step to the first. That is **backpropagation through time** (Werbos, 1990).
#
# Two arrows leave w: it is used at the second step, and again at the third. So its
# gradient is a sum over these times.

# %%
from micrograd_nn.viz import why

h.backward()
print(why(h, w))

# %% [markdown]
# The further back a path leads, the more factors it has, and factors below 1 make it
# small. Keep that in mind.
#
# A real RNN has many such neurons, and each sees the states of all. One step of three
# neurons, with all its arithmetic, is a card below: the same parameters enter each.

# %%
from micrograd_nn.nn import RNNCell

cell, state = RNNCell(2, 3), None
for x in ([1.0, 0.0], [0.0, 1.0], [0.0, 0.0]):
    state = cell(x, state)
draw_dot(state[0], collapse="call")

# %% [markdown]
# ## A test of memory
#
# The first letter is an a or a b. Then come 39 others that do not matter. At the end we
# ask: which was the first? (Hochreiter and Schmidhuber, 1997, tested their nets with
# tasks of this kind.)

# %%
from micrograd_nn.datasets import make_recall

LENGTH = 10 if FAST else 40
train = make_recall(2000, length=LENGTH)
new = make_recall(400, length=LENGTH, seed=1)
for text in train.texts[:5]:
    print(text)

# %% [markdown]
# Our RNN has eight such neurons, and each also sees the states of the others. From its
# last state a linear layer says a or b. It trains for five epochs.

# %%
from micrograd_nn.nn import GRU, LSTM, RNN, Linear, Module
from micrograd_nn.optim import Adam
from micrograd_nn.training import score
from micrograd_nn.viz.plots import line_plot


class Recall(Module):
    def __init__(self, recurrent):
        self.recurrent, self.head = recurrent, Linear(8, 2)

    def __call__(self, symbols):
        states, _ = self.recurrent(symbols)
        return self.head(states[-1])


# %% [markdown]
# Training is as always. Of `clip_norm` you will hear soon.


# %%
def trained(make, seed=0, **options):
    mn.seed(seed)
    net = Recall(make(6, 8, **options))  # 6 letters, 8 numbers in the state
    adam = Adam(net.parameters(), lr=0.005)
    history = mn.fit(net, *train, optimizer=adam, epochs=5, clip_norm=1.0, verbose=0)
    return net, history.history["accuracy"]


# %% [markdown]
# > **Predict first.** We train the RNN four times, from different random weights. What
# > is the accuracy: always near 1, always near 0.5, or now this, now that?

# %%
runs = {f"start {seed}": trained(RNN, seed) for seed in range(4)}
of_rnn = [score(net, *new) for net, _ in runs.values()]
assert FAST or min(of_rnn) < 0.65 < 0.9 < max(of_rnn)

curves = {name: accuracy for name, (_, accuracy) in runs.items()}
line_plot(None, curves, xlabel="epoch", ylabel="accuracy")

# %% [markdown]
# Now this, now that. For epochs nothing happens at all, as if there was nothing to
# learn. Then a start finds it, all of a sudden, and others have not found it by the
# end.
#
# ## The gradient on its way back
#
# Why is it so hard? Ask how strongly the loss pulls on each letter. If it does not pull
# on the first, no weight learns that the first matters.


# %%
import math

from micrograd_nn.losses import cross_entropy


def pull(net, symbols, target):
    x = [[Value(number) for number in row] for row in symbols]
    cross_entropy(net(x), target).backward()
    return [math.hypot(*(value.grad for value in row)) for row in x]


letters = make_recall(1, length=40)
mn.seed(0)
fading = pull(Recall(RNN(6, 8)), letters.X[0], letters.y[0])
print(f"on the first letter {fading[0]:.0e}, on the last {fading[-1]:.0e}")
assert fading[0] < 1e-9 * fading[-1]

line_plot(
    None, {"RNN": fading}, xlabel="step", ylabel="gradient of the letter", logy=True
)

# %% [markdown]
# The lower axis is time, and the left one grows by factors of ten. What arrives at the
# first letter is more than a thousand million times smaller than what the last one
# gets. These are the **vanishing gradients** of lesson 08, with steps in place of
# layers (Bengio, Simard and Frasconi, 1994).
#
# It is about the same factor, again and again.
#
# > **Predict first.** What is 0.9 to the power of 40: about 0.9, 0.4 or 0.01?

# %%
for factor in (0.5, 0.9, 1.0, 1.1, 1.5):
    print(f"{factor} to the power of 40 is {factor**40:.2g}")
assert 0.01 < 0.9**40 < 0.02

# %% [markdown]
# Below 1 it vanishes, above 1 it explodes. Only near 1 does anything get through.
#
# ## When it explodes: clipping
#
# Look at the other side, with one knob: start with 0.5, multiply by w twenty times. The
# result should be 1. The loss is the squared error, as a function of w.

# %%
import numpy as np


def loss_at(w):
    h = 0.5
    for _ in range(20):
        h = w * h
    return (h - 1.0) ** 2


places = np.linspace(0.5, 1.4, 91).tolist()
landscape = {"loss": [loss_at(w) for w in places]}
line_plot(places, landscape, xlabel="w", ylabel="loss", logy=True)

# %% [markdown]
# On the left a plain, on the right a wall, and the goal is a narrow gorge at its foot,
# near 1.035. Each line of the grid is a factor of ten.
#
# > **Predict first.** We start on the wall, at w = 1.3, and take one step of gradient
# > descent with a learning rate of 0.02. Where do we land: near 1.2, near 1.0, or
# > somewhere else?

# %%
w = Value(1.3)
loss_at(w).backward()
landed = w.data - 0.02 * w.grad
print(f"the gradient is {w.grad:,.0f}, so w becomes {landed:,.0f}")
assert landed < -5000

w = Value(landed)
loss_at(w).backward()
print(f"there the gradient is {w.grad:.0e}")

# %% [markdown]
# Thousands too far, and the next step would lead out of all bounds. The *direction* was
# right: down. Only the length was not. So keep the direction, and shorten what is
# longer than, say, 1: **gradient clipping** (Pascanu, Mikolov and Bengio, 2013). For
# many weights, the length is that of the whole gradient, the root of the sum of its
# squares, so that the direction stays.

# %% tags=["concept:gradient-clipping"]
from micrograd_nn.optim import clip_grad_norm_

w = Value(1.3)
path = [w.data]
for _ in range(14):
    w.grad = 0.0
    loss_at(w).backward()
    clip_grad_norm_([w], max_norm=1.0)
    w.data -= 0.02 * w.grad
    path.append(w.data)
assert abs(path[-1] - 1.035) < 0.03

plot = line_plot(places, landscape, xlabel="w", ylabel="loss", logy=True)
plot.ax.plot(path, [loss_at(x) for x in path], "o", color="#D55E00")
plot

# %% [markdown]
# Step by step down the wall. Every net of this lesson is trained with `clip_norm=1.0`:
# you have seen it in `fit` above.
#
# Clipping tames what explodes. It does nothing for what vanishes: for that the net
# itself has to change.
#
# ## Gates
#
# The trouble is that the whole state is written anew at every step. So keep a second
# note, the **memory** c, of which a share is kept, and to which something is added:
#
# > c[t] = f · c[t-1] + i · g
# >
# > h[t] = o · tanh(c[t])
#
# g is what the step would like to write down. f, i and o are **gates**: sigmoids, so
# numbers between 0 and 1, computed from the input and the last state, each with weights
# of its own. The **forget gate** f says how much of the memory is kept, the **input
# gate** i how much is written, the **output gate** o how much is shown. With f = 1 and
# i = 0 the memory stays as it is, and so does its gradient. This is the **LSTM**, the
# long short-term memory (Hochreiter and Schmidhuber, 1997; the gate f is from Gers,
# Schmidhuber and Cummins, 2000).
#
# > **Predict first.** With weights near 0, a gate starts near sigmoid(0) = 0.5. How
# > much of a memory is left after 40 steps? And if the gate starts at sigmoid(2)?

# %% tags=["concept:lstm"]
for bias in (0.0, 2.0):
    gate = 1 / (1 + math.exp(-bias))
    print(
        f"gate at sigmoid({bias:g}) = {gate:.2f}: after 40 steps {gate**40:.0e} is left"
    )
assert 0.5**40 < 1e-12
assert gate**40 > 0.005

# %% [markdown]
# Half open is as good as closed. To start with, a memory should keep everything, and
# learn what to forget. A **forget bias** of 1 or 2 does that: it is added before the
# sigmoid (Jozefowicz, Zaremba and Sutskever, 2015). A detail, you might think. You will
# see.

# %% [markdown]
# ## The GRU, by you
#
# The **gated recurrent unit** does with two gates and without a second note (Cho et
# al., 2014; here as PyTorch computes it). r is the **reset gate**, z the **update
# gate**, and n what is new:
#
# > r = sigmoid(xr + hr)
# >
# > z = sigmoid(xz + hz)
# >
# > n = tanh(xn + r · hn)
# >
# > h[t] = (1 - z) · n + z · h[t-1]
#
# xr is what the input x adds for the gate r, a weighted sum with a bias, as in any
# layer; hr is what the last state adds; and so on. With z = 1 the state stays as it is.
#
# > **Exercise 1.** Write one unit of a GRU. It gets the six sums and its own last
# > state, all of them Values, which have the methods `.sigmoid()` and `.tanh()`.


# %% tags=["exercise", "concept:gru"]
def gru_unit(xr, xz, xn, hr, hz, hn, last):
    reset = ...
    update = ...
    new = (xn + reset * ...).tanh()
    return (1.0 - update) * new + update * last


# %% tags=["check"]
from micrograd_nn import gradcheck
from micrograd_nn.nn import GRUCell


def test_gru_unit(unit):
    cell, x, state = GRUCell(2, 3), [0.5, -1.0], [0.1, -0.2, 0.3]
    t = {name: np.array(tensor.data) for name, tensor in cell.named_tensors().items()}
    from_x = (t["weight_ih"] @ x + t["bias_ih"]).reshape(3, 3)
    from_h = (t["weight_hh"] @ state + t["bias_hh"]).reshape(3, 3)
    for j, expected in enumerate(cell(x, state)):
        numbers = [*from_x[:, j].tolist(), *from_h[:, j].tolist(), state[j]]
        found = unit(*map(Value, numbers)).data
        assert abs(found - expected.data) < 1e-12, (
            f"you have {found:.4f}, the library has {expected.data:.4f}"
        )
        assert gradcheck(unit, *numbers), "the gradient does not come through"


check(test_gru_unit, gru_unit)


# %% tags=["solution"] jupyter={"source_hidden": true}
def gru_unit(xr, xz, xn, hr, hz, hn, last):
    reset = (xr + hr).sigmoid()
    update = (xz + hz).sigmoid()
    new = (xn + reset * hn).tanh()
    return (1.0 - update) * new + update * last


test_gru_unit(gru_unit)

# %% [markdown]
# ## Five memories
#
# Once more the pull of the loss on each of 40 letters, before any training: for the
# RNN, and for LSTM and GRU with gates that start half open or open.
#
# > **Predict first.** Which lines will be the flattest?

# %% tags=["cover"]
NETS = {
    "RNN": (RNN, {}),
    "LSTM": (LSTM, {}),
    "GRU": (GRU, {}),
    "LSTM, forget bias 2": (LSTM, {"forget_bias": 2}),
    "GRU, update bias 2": (GRU, {"update_bias": 2}),
}
pulls = {}
for name, (make, options) in NETS.items():
    mn.seed(0)
    pulls[name] = pull(Recall(make(6, 8, **options)), letters.X[0], letters.y[0])

for name, line in pulls.items():
    assert (line[0] > 1e-3 * line[-1]) == ("bias" in name)
line_plot(None, pulls, xlabel="step", ylabel="gradient of the letter", logy=True)

# %% [markdown]
# Those with open gates. Gates alone do not help: half open, they let the gradient
# vanish as well. Open, they let a share of more than a thousandth through 40 steps.
#
# > **Predict first.** Now train them all, for five epochs as before. Which of them
# > remember?

# %%
from micrograd_nn.viz.plots import bar_chart

gated = {name: how for name, how in NETS.items() if name != "RNN"}
learned = {name: trained(make, **options)[0] for name, (make, options) in gated.items()}
accuracies = {name: score(net, *new) for name, net in learned.items()}
for name, accuracy in accuracies.items():
    assert FAST or (accuracy > 0.98) == ("bias" in name)

luck = {"RNN, mean of the four": sum(of_rnn) / len(of_rnn)}
bar_chart(luck | accuracies, label="accuracy on new sequences")

# %% [markdown]
# With open gates they remember. With gates half open it is a coin: worse than the plain
# RNN, which at least is lucky at times. One number at the start of training makes the
# difference. (With more epochs or another learning rate the others may get there, too.
# This is what each reaches in the same time.)

# %% [markdown]
# ## Watching the gates
#
# What does an LSTM do with its memory? This is all of it, with NumPy: run it over some
# letters, and write down the gates and the memory on the way.


# %%
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def watch(net, symbols):
    tensors = net.recurrent.named_tensors().items()
    w = {name: np.array(tensor.data) for name, tensor in tensors}
    h, c, seen = np.zeros(8), np.zeros(8), []
    for x in symbols:
        sums = w["weight_ih_l0"] @ x + w["bias_ih_l0"]
        sums += w["weight_hh_l0"] @ h + w["bias_hh_l0"]
        i, f, g, o = np.split(sums, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        seen.append((sigmoid(f), sigmoid(i), c, h))
    return [np.array(numbers) for numbers in zip(*seen)]


lstm = learned["LSTM, forget bias 2"]
forget, let_in, memory, states = watch(lstm, new.X[0])
outputs, _ = lstm.recurrent(new.X[0])
assert np.allclose(states[-1], [value.data for value in outputs[-1]])

# %% [markdown]
# The forget gates and the input gates of the eight units, for one sequence. Dark is
# open.

# %%
from micrograd_nn.viz.plots import heat_map, small_multiples

assert FAST or forget.mean() > 0.85


def panel(gate):
    symbols = list(new.texts[0])
    return lambda ax: heat_map(gate.T, columns=symbols, ylabel="unit", ax=ax)


small_multiples(
    {"forget gates": panel(forget), "input gates": panel(let_in)},
    columns=1,
    size=(7.0, 2.0),
)

# %% [markdown]
# The forget gates stay open all the time, whatever comes: nothing here is worth
# forgetting. The input gates flicker with the letters.
#
# Now take two sequences that differ in the first letter alone. How does the memory
# differ afterwards? We look at the unit that tells them apart the best.

# %%
twin = new.X[0].copy()
twin[0, :2] = twin[0, 1::-1]  # a for b, b for a
other = watch(lstm, twin)[2]
gap = np.abs(memory - other)
unit = gap[-1].argmax()
assert FAST or gap[-1, unit] > 5 * gap[0, unit]
assert FAST or memory[-1, unit] * other[-1, unit] < 0

letter, swapped = "ab"[new.y[0]], "ab"[1 - new.y[0]]
lines = {f"first {letter}": memory[:, unit], f"first {swapped}": other[:, unit]}
line_plot(None, lines, xlabel="step", ylabel=f"memory of unit {unit}")

# %% [markdown]
# One would think that it writes the letter down, and keeps it. What it learned is
# different: after an a it counts in one direction, after a b in the other. At each step
# it says its note again, a bit louder. Nobody told it to, and it works.

# %% [markdown]
# ## A net that invents names
#
# A net that says which character comes next is a **language model**. Let it guess,
# append its guess, and let it guess again: then it writes. The largest ones do nothing
# else.
#
# Ours learns from first names. (They come from the package faker. Where it is missing,
# names of cities take their place, and the figures differ.) A dot stands before and
# after a name.

# %%
from micrograd_nn.datasets import load_names

names = load_names()
X, y = names
known = y >= 0  # rows are filled up where a name is over
targets = np.where(known, y, 0)
order = np.random.default_rng(0).permutation(len(X))
learn, test = np.split(order, [len(X) * 9 // 10])
size = len(names.vocabulary)
ENGLISH = "en_US" in names.description  # else faker is not installed
assert size == 27 or not ENGLISH

print(names.description)
print(", ".join(names.texts[i] for i in learn[:8]))
print("characters:", "".join(names.vocabulary))

# %% [markdown]
# How good is a guess? Take the probability p that it gave to the character that did
# come: the surprise is -log p, the cross-entropy of lesson 06. Its unit, with the
# natural logarithm, is the **nat**. Who knows nothing gives each of 27 characters 1/27,
# and is surprised by log 27, about 3.3 nats.
#
# Before we train a net, count: how often does each character follow each other? Two
# characters in a row are a **bigram** (Shannon, 1948, wrote sentences in this way).

# %%
pairs = X[learn][known[learn]], targets[learn][known[learn]]
counts = np.full((size, size), 0.3)  # a little for what was never seen
np.add.at(counts, pairs, 1.0)
shares = counts / counts.sum(axis=1, keepdims=True)

if ENGLISH:
    last = np.argsort(shares[:, 0])[-4:]
    assert set(names.vocabulary.decode(last)) == set("aeny")
    after_q = shares[names.vocabulary.numbers["q"]].argmax()
    assert names.vocabulary.decode([after_q]) == ["u"]

tokens = list(names.vocabulary)
heat_map(
    shares, rows=tokens, columns=tokens, xlabel="what follows", ylabel="a character"
)

# %% [markdown]
# Read a row: after q, the likeliest is u. The column of the dot says after which
# characters a name ends: most of all after y, n, e and a.
#
# A bigram sees one character back. A GRU can look back to the start of the name.
#
# > **Predict first.** Knowing nothing has 3.3 nats. How far down can a net come: to 0?

# %% tags=["concept:language-model"]
from micrograd_nn.nn import Embedding


class Writer(Module):
    def __init__(self):
        self.embedding = Embedding(size, 8)
        self.recurrent = GRU(8, 32)
        self.head = Linear(32, size)

    def __call__(self, characters):
        states, _ = self.recurrent(self.embedding(characters))
        return [self.head(state) for state in states]  # a guess at each step


mn.seed(0)
writer = Writer()
print(len(writer.parameters()), "parameters")

# %% [markdown]
# To write, start with a dot, draw a character with the probabilities that the net
# gives, and go on until a dot comes. We let it write before training and after some
# epochs, each time with the same random numbers.

# %%
from micrograd_nn.nn.generation import generate
from micrograd_nn.optim import CosineAnnealingLR
from micrograd_nn.training import Callback

EPOCHS = 2 if FAST else 15


def write(when, temperature=1.0):
    steps = X.shape[1]
    rows = generate(
        writer, [[0]] * 7, steps, block_size=steps, temperature=temperature, seed=0
    )
    texts = ["".join(names.vocabulary.decode(row[1:])).split(".")[0] for row in rows]
    print(f"{when:15}", ", ".join(texts))
    return texts


class Diary(Callback):
    def on_epoch_end(self, epoch, logs):
        if epoch + 1 in (1, 4):
            write(f"after epoch {epoch + 1}")


# %% [markdown]
# Where a name is over, the targets are dots: after the end, nothing but the end.

# %%
write("before")
history = mn.fit(
    writer,
    X[learn],
    targets[learn],
    optimizer=Adam(writer.parameters(), lr=0.015),
    schedule=lambda optimizer: CosineAnnealingLR(optimizer, EPOCHS),
    epochs=EPOCHS,
    clip_norm=1.0,
    callbacks=[Diary()],
    verbose=0,
)

# %% [markdown]
# How good is it now, and did it learn names by heart?

# %%
last = write(f"after epoch {EPOCHS}")
made_up = [name for name in last if name not in names.texts]
print(len(made_up), "of them are not in the list")
assert FAST or len(made_up) >= 4

# %% [markdown]
# From noise to names that you might meet. Watch the first one through the epochs: the
# random numbers are the same, the net is not. Most of the last ones are in no list: the
# net made them up.

# %% [markdown]
# And the surprise, measured on names that it did not learn from?

# %%
from micrograd_nn.training import predict_proba


def surprise(probabilities, rows):
    right = np.take_along_axis(probabilities, targets[rows][..., None], axis=-1)[..., 0]
    return -np.log(right[known[rows]]).mean()


# %% [markdown]
# > **Predict first.** Four are compared: one that knows nothing, one that knows how
# > frequent each character is, one that counted bigrams, and the GRU. How far apart are
# > they?

# %%
alone = np.bincount(pairs[1], minlength=size) + 0.3
alike = np.tile(alone / alone.sum(), (*X[test].shape, 1))
nats = {
    "knows nothing": math.log(size),
    "counts characters": surprise(alike, test),
    "counts bigrams": surprise(shares[X[test]], test),
    "GRU": surprise(predict_proba(writer, X[test]), test),
}
assert FAST or list(nats.values()) == sorted(nats.values(), reverse=True)
if ENGLISH and not FAST:
    assert 8 < math.exp(nats["GRU"]) < 9.5
    assert 2.10 < nats["GRU"] < 2.25 < 2.33 < nats["counts bigrams"] < 2.40

bar_chart(nats, label="nats a character, on new names: less is better")

# %% [markdown]
# About 2.36 nats for bigrams, about 2.2 for the GRU, on first names. Not 0, of course:
# nobody knows the next letter of a name. The exponential of 2.2 is about 9: the net
# hesitates as if between nine letters, and no longer between 27. This number is its
# **perplexity**.
#
# Last, a knob of every program that writes. The **temperature** divides what the net
# computes, before the softmax. A low one takes what is likely, a high one plays.

# %%
for temperature in (0.3, 1.0, 2.0):
    write(f"temperature {temperature:g}", temperature)

# %% [markdown]
# ## What you saw
#
# - An RNN feeds its output back in. Unrolled over time it is a graph like all others,
#   and backprop goes through time.
# - A gradient through 40 steps is a product of 40 factors: it vanishes or explodes.
# - Against what explodes, clip: keep the direction of the gradient, shorten its length.
# - Against what vanishes, gates: a memory that is kept unless there is a reason. They
#   help if they start open.
# - A language model says what comes next. It writes if you let it go on from its own
#   guesses.
#
# ## Quiz
#
# <details><summary>1. How many weights more does an RNN need for a text that is twice
# as long?</summary>
#
# None. It uses the same ones at every step.
# </details>
#
# <details><summary>2. Why is the gradient of w a sum over the steps?</summary>
#
# w was used at each of them, and where paths meet, their gradients are added up.
# </details>
#
# <details><summary>3. Does clipping help against vanishing gradients?</summary>
#
# No. It makes large gradients shorter, and leaves small ones as they are.
# </details>
#
# <details><summary>4. What does an LSTM do while its forget gate is 1 and its input
# gate is 0?</summary>
#
# Its memory stays as it is, and the gradient comes back through it unchanged.
# </details>
#
# <details><summary>5. A model has 3.3 nats on 27 characters. What has it learned?
# </summary>
#
# Nothing: log 27 is 3.3. It hesitates between all of them.
# </details>
#
# ## Words
#
# - **Recurrent neural network (RNN)**: a net that gets its own last output as an input.
# - **State**: what it passes on from step to step.
# - **Backpropagation through time**: backprop on the unrolled net.
# - **Gradient clipping**: to shorten a gradient that is too long.
# - **Gate**: a number between 0 and 1, computed from the input and the state, by which
#   something is multiplied.
# - **LSTM**, **GRU**: recurrent nets whose gates decide what is kept.
# - **Language model**: says how likely each token is to come next.
# - **Nat**: the unit of surprise, with the natural logarithm.
# - **Perplexity**: the exponential of the mean surprise in nats.
# - **Temperature**: what outputs are divided by before the softmax. A low one takes
#   what is likely, a high one plays.
#
# **Next:** 12, where a net looks back at all that it has read, at once.
