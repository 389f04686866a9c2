# %% [markdown]
# # 14 · Make it small
#
# Large nets are trained for weeks, on many machines. Then they answer on a phone, or in
# a doorbell. How does so much knowledge fit into so little room?
#
# **You will see** three ways to shrink a net: throw away most of its weights, write the
# rest with fewer digits, and let a smaller net learn from it, even of a digit that the
# small one never saw.
#
# **Needs:** lesson 06 · **Takes:** 35 minutes

# %%
import micrograd_nn as mn
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## To learn and to use
#
# The net of lesson 06 once more: 64 pixels, 32 hidden neurons, 10 digits.

# %%
from micrograd_nn import fit
from micrograd_nn.datasets import load_digits, train_test_split
from micrograd_nn.nn import MLP
from micrograd_nn.optim import Adam
from micrograd_nn.training import predict, score

X, X_test, y, y_test = train_test_split(*load_digits(), test_size=0.2)


def train(net, epochs=20, points=(X, y)):
    optimizer = Adam(net.parameters(), lr=0.01)
    fit(net, *points, optimizer=optimizer, epochs=epochs, verbose=0)


def accuracy(net):
    return score(net, X_test, y_test)


net = MLP(64, [32, 10], initializer="he_normal")
train(net)
print(f"reads {accuracy(net):.3f} of the test set")
assert accuracy(net) > 0.97
assert 20 * -(-len(X) // 32) == 900  # epochs, times batches of 32

# %% [markdown]
# To *train* it, you went forwards, backwards, and changed the weights, 900 times. To
# *use* it, you only go forwards: that is called **inference**. It happens far more
# often: a net is trained once, and then asked a million times.
#
# > **Predict first.** A step of training goes forwards, and then backwards. Is the way
# > back shorter than the way there, as long, or longer?

# %% tags=["concept:inference"]
from micrograd_nn.graph import topological_order
from micrograd_nn.losses import cross_entropy

loss = cross_entropy(net(X[0]), y[0])
values = topological_order(loss)
forwards = sum(1 for value in values if value.operands)
backwards = sum(len(value.operands) for value in values)
print(f"forwards {forwards:,} ops, backwards {backwards:,} products")
assert 1.9 < backwards / forwards < 2.1

# %% [markdown]
# Twice as long: most ops have two operands, and the chain rule visits each of them. So
# a step of training costs about three times as much as inference, for each image.
#
# The difference in memory is larger. To go back, training must keep every Value that it
# met. Inference can forget each as soon as the next one is done.

# %%
with mn.no_grad():
    answer = net(X[0])[0]
kept = len(topological_order(answer))
beside = len(values) - len(list(net.parameters()))
print(f"beside weights and biases: {beside:,} Values to train, {kept} to use it")
assert beside > 4000
assert kept == 1

# %% [markdown]
# And the optimizer keeps numbers of its own. Adam has two for each weight, beside the
# weight itself and its gradient: four in all, where inference needs one. (How many
# numbers a second, and on what machine: lesson 15.)
#
# So for inference the weights are what is left to save. How many do we need?

# %% [markdown]
# ## Which weights count?
#
# This net has 2,368 weights, and 42 biases which we leave alone.
#
# > **Predict first.** Most weights are: near 0, near 1, or far from 0?

# %%
from micrograd_nn.viz.plots import histogram


def weights_of(net):
    return [w for layer in net.layers for neuron in layer.neurons for w in neuron.w]


assert len(weights_of(net)) == 2368

histogram(weights_of(net), bins=60, label="weight")

# %% [markdown]
# Near 0. A weight near 0 hardly changes anything: whatever the input, little comes out.
# So set the smallest ones to 0 altogether. That is **pruning**, and this simplest kind
# is called magnitude pruning.
#
# > **Exercise 1.** Write it: set the smallest `share` of the weights to 0. "Small"
# > means near 0, with either sign. `sorted(weights, key=...)` brings them in order, and
# > `weight.data` is the number to change. The check prunes 70%, trains 5 more epochs
# > (and prunes again after each, since training moves zeros too), and wants 95% of the
# > test set.


# %% tags=["exercise"]
def prune_by_hand(weights, share):
    for weight in ...:
        weight.data = ...


# %% tags=["check"]
import copy


def test_pruning(prune_by_hand):
    pruned = copy.deepcopy(net)
    prune_by_hand(weights_of(pruned), 0.7)
    sizes = {True: [], False: []}  # of those that are 0 now, and of the others
    for old, new in zip(weights_of(net), weights_of(pruned)):
        sizes[new.data == 0].append(abs(old.data))
    share = len(sizes[True]) / 2368
    assert abs(share - 0.7) < 0.01, f"{share:.0%} are 0, and not 70%"
    assert max(sizes[True]) <= min(sizes[False]), "a larger one went, a smaller stayed"
    for _ in range(5):
        train(pruned, epochs=1)
        prune_by_hand(weights_of(pruned), 0.7)
    assert accuracy(pruned) > 0.95, f"it reads only {accuracy(pruned):.2f}"


check(test_pruning, prune_by_hand)


# %% tags=["solution"] jupyter={"source_hidden": true}
def prune_by_hand(weights, share):
    count = round(share * len(weights))
    for weight in sorted(weights, key=lambda weight: abs(weight.data))[:count]:
        weight.data = 0.0


test_pruning(prune_by_hand)

# %% [markdown]
# The library's `prune` does the same, and holds the zeros while you train on. It says
# where it pruned.

# %%
from micrograd_nn.compress import prune

half = copy.deepcopy(net)
pruning = prune(half, 0.5)
print(pruning)
print(f"reads {accuracy(half):.3f}, where it was {accuracy(net):.3f}")
assert accuracy(half) > accuracy(net) - 0.05

# %% [markdown]
# Half of the weights gone, and about two images in a hundred lost. Where did they go?

# %%
from micrograd_nn.viz.plots import weight_images

weight_images(half.layers[0])

# %% [markdown]
# White is pruned. A few neurons have lost nearly everything. In lesson 06 you met
# neurons that say 0 to every image: are these the same?

# %%
dead = (predict(net.layers[0], X) == 0).all(axis=0)
zeros = [sum(w.data == 0 for w in neuron.w) / 64 for neuron in half.layers[0].neurons]
of_dead = sum(zeros[i] for i in dead.nonzero()[0]) / dead.sum()
print(f"{dead.sum()} dead neurons have lost {of_dead:.0%} of their weights")
assert of_dead > 0.7 > 0.6 > sum(zeros) / 32

# %% [markdown]
# Yes. Nobody told `prune` which neurons are of no use. Their weights stayed as small as
# they were at the start, and so they went first.
#
# ## How far can you go?
#
# > **Predict first.** 80% or 90% of the weights pruned: what will it read? And after 5
# > more epochs, in which the weights that are left may make up for the lost ones?

# %% tags=["concept:pruning"]
from micrograd_nn.viz.plots import line_plot

shares = (
    [0.5, 0.7, 0.8, 0.9] if FAST else [0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95]
)
pruned, tuned = [], []
for share in shares:
    small = copy.deepcopy(net)
    prune(small, share)
    pruned.append(accuracy(small))
    train(small, epochs=5)
    tuned.append(accuracy(small))
assert pruned[shares.index(0.9)] < 0.6 < 0.8 < tuned[shares.index(0.9)]
assert tuned[shares.index(0.8)] > 0.93

percent = [100 * share for share in shares]
lines = {"pruned": pruned, "and trained 5 epochs more": tuned}
line_plot(percent, lines, xlabel="% of the weights that are pruned", ylabel="accuracy")

# %% [markdown]
# Up to half, hardly anything happens. Then the net falls apart; but a little training,
# called **fine-tuning**, brings it back. With a fifth of its weights it reads about
# 0.95. At 90% it no longer gets all of it back.
#
# That nets have weights to spare has been known for long (LeCun, Denker and Solla,
# 1990; with fine-tuning: Han and others, 2015). Is it really the *small* ones that can
# go?

# %%
import random

lucky = copy.deepcopy(net)
for weight in random.sample(weights_of(lucky), 2368 // 2):
    weight.data = 0.0
print(f"half of the weights, drawn at random: {accuracy(lucky):.2f}")
print(f"the smaller half: {accuracy(half):.2f}")
assert accuracy(lucky) < 0.7

# %% [markdown]
# It is. One more thing, to be honest: a 0 saves nothing by itself. A program that
# multiplies by 0 takes as long as one that multiplies by anything else. You win when
# you *store* only the others, with their places, or have hardware that skips zeros.

# %% [markdown]
# ## Fewer digits
#
# Each weight is a float of 64 bits: about 16 decimal digits. Does a net care about the
# sixteenth?
#
# With $b$ bits you can write $2^b$ different numbers. **Quantization** picks a small
# whole number for each weight, and one **scale** for all:
#
# > scale = largest / $(2^{b-1} - 1)$, and weight ≈ scale × whole number
#
# With 3 bits the whole numbers go from -3 to 3. (One of the eight patterns is left out,
# so that both sides are alike. Krishnamoorthi, 2018, explains the variants.)
#
# > **Exercise 2.** Write it: give back the weights that are left after rounding. For
# > [0.5, -0.1, -2.1, 0.4] and 3 bits the scale is 2.1 / 3 = 0.7, and the result
# > [0.7, 0, -2.1, 0.7].


# %% tags=["exercise"]
def rounded(numbers, bits):
    scale = ...
    return [scale * ... for x in numbers]


# %% tags=["check"]
def test_rounding(rounded):
    found = rounded([0.5, -0.1, -2.1, 0.4], 3)
    for x, right in zip(found, [0.7, 0.0, -2.1, 0.7], strict=True):
        assert abs(x - right) < 1e-9, f"{found} for the four weights above"
    some = [weight.data for weight in weights_of(net)[:500]]
    assert len(set(rounded(some, 4))) <= 15, "4 bits have 15 levels at most"


check(test_rounding, rounded)


# %% tags=["solution"] jupyter={"source_hidden": true}
def rounded(numbers, bits):
    scale = max(map(abs, numbers)) / (2 ** (bits - 1) - 1)
    return [scale * round(x / scale) for x in numbers]


test_rounding(rounded)

# %% [markdown]
# The library's `quantize` does this for each layer, and can take it back. Watch the
# weights of the first layer snap to their levels.
#
# > **Predict first.** What will the net read with 8, 4, 3 and 2 bits?

# %% tags=["concept:quantization"]
from micrograd_nn.compress import quantize


def first_layer():
    return [weight.data for weight in weights_of(net)[:2048]]


found, snapped = {64: accuracy(net)}, {64: first_layer()}
for bits in (8, 5, 4, 3, 2):
    quantization = quantize(net, bits)
    found[bits], snapped[bits] = accuracy(net), first_layer()
    quantization.undo()

assert found[64] - found[8] < 0.01
assert found[4] > 0.93
assert 0.6 < found[3] < 0.92
assert found[2] < 0.5

# %% [markdown]
# And here is the answer.

# %% tags=["cover"]
from micrograd_nn.viz.plots import small_multiples


def drawing(numbers):
    look = {"bins": 89, "between": (-2.2, 2.2), "label": "weight"}
    return lambda ax: histogram(numbers, ax=ax, **look)


titles = [f"{bits} bits: reads {share:.2f}" for bits, share in found.items()]
small_multiples(dict(zip(titles, map(drawing, snapped.values()))), columns=3)

# %% [markdown]
# 8 bits, an eighth of the room: no difference. 4 bits: an image or two in a hundred.
# With 3 bits there are 7 levels, and it shows. With 2 bits there are three: minus,
# nothing, plus.
#
# Why does it work at all? Each weight is a little wrong, some up, some down, and in a
# sum of 64 many of the errors cancel out.
#
# One trick helps at the lower end: a scale for each neuron, not one for the layer, so
# that a single large weight spoils only its own neighbours.

# %%
bits = [2, 3, 4, 5, 6, 8]
found = {"one scale for a layer": [], "one for each neuron": []}
for name, per in zip(found, ("tensor", "channel")):
    for count in bits:
        quantization = quantize(net, count, per)
        found[name].append(accuracy(net))
        quantization.undo()
assert found["one for each neuron"][1] > found["one scale for a layer"][1] + 0.05

line_plot(bits, found, xlabel="bits a weight", ylabel="accuracy")

# %% [markdown]
# ## Both at once
#
# > **Predict first.** 70% pruned, 5 epochs of fine-tuning, then 4 bits for each weight
# > that is left. How many times smaller: 5, 20 or 60?
#
# Count honestly: a bit for each place, to say whether a weight is there, and 64 bits
# for each bias and each of the two scales.

# %%
from micrograd_nn.viz.plots import bar_chart

tiny = copy.deepcopy(net)
left = 2368 - sum(prune(tiny, 0.7).zeros.values())
train(tiny, epochs=5)
quantize(tiny, 4)
parts = weights, places, biases = left * 4 / 8, 2368 / 8, 42 * 8  # in bytes
scales = 2 * 8
sizes = {
    "as trained": 2368 * 8 + biases,
    "70% pruned": left * 8 + places + biases,
    "and in 4 bits": weights + places + biases + scales,
}
smaller = sizes["as trained"] / sizes["and in 4 bits"]
print(f"{smaller:.0f} times smaller, and reads {accuracy(tiny):.2f}")
assert 18.5 < smaller < 19.5
assert abs(sizes["and in 4 bits"] - 1000) < 10
assert max(parts) < 1.3 * min(parts)
assert accuracy(tiny) > 0.93

bar_chart(sizes, label="bytes")

# %% [markdown]
# About 19 times: 1,000 bytes, for a net that reads 96 in 100 digits. They are now about
# a third each: the weights, their places, and the biases that we did not touch.

# %% [markdown]
# ## A teacher and a student
#
# The third way does not change the net at all. It takes a smaller one, and lets it
# learn from the large one: **distillation** (Hinton, Vinyals and Dean, 2015).
#
# What can a net teach that the labels do not? Look at all ten of its confidences.
# Above: as they are. Below: at **temperature** 4, which means that all outputs are
# divided by 4 before the softmax.

# %%
import numpy as np

from micrograd_nn.compress import soft_targets
from micrograd_nn.viz.plots import image_confidences

some = [list(y_test).index(digit) for digit in (2, 3, 5, 7, 8, 9)]
images = X_test[some + some].reshape(-1, 8, 8)
answers = [soft_targets(net, X_test[some], temperature) for temperature in (1, 4)]
image_confidences(images, np.concatenate(answers), y_test[some + some])

# %% [markdown]
# A label says: this is a 2. The teacher says: a 2, but it has something of a 1, and
# nothing of a 0. All that it knows of how digits resemble each other is in the small
# bars, and the temperature makes them large enough to be seen.
#
# ## From few images
#
# A student with half the hidden neurons gets 50 images. Once with their labels, and
# once with the teacher's answers and no labels at all.
#
# > **Predict first.** The labels are always right, the teacher's answers are not. Who
# > learns more?

# %%
from micrograd_nn.compress import distil


def student(hidden=16):
    mn.seed(1)
    return MLP(64, [hidden, 10], initializer="he_normal")


def taught(images, epochs, hidden=16, temperature=4.0):
    made = student(hidden)
    options = {"optimizer": lambda p: Adam(p, lr=0.01), "epochs": epochs, "verbose": 0}
    distil(made, net, images, temperature=temperature, **options)
    return made


alone = student()
train(alone, epochs=100, points=(X[:50], y[:50]))
found = {
    "50 images, labels": accuracy(alone),
    "50 images, teacher": accuracy(taught(X[:50], epochs=100)),
    "the teacher itself": accuracy(net),
}
assert found["50 images, teacher"] > found["50 images, labels"] + 0.03

bar_chart(found, label="accuracy")

# %% [markdown]
# The one with the teacher. Ten confidences for an image say more than one label.
#
# Is it always so? No. With all 1,437 images there is little left to add.

# %%
alone = student()
train(alone)
print(
    f"all images: labels {accuracy(alone):.2f}, teacher {accuracy(taught(X, 20)):.2f}"
)
assert abs(accuracy(alone) - accuracy(taught(X, 20))) < 0.025

# %% [markdown]
# ## The digit that it never saw
#
# Now take every 3 out of the training images. The student never sees one. It learns
# only from what the teacher says about the other nine digits.
#
# > **Predict first.** How many of the 3s in the test set will it read?

# %% tags=["concept:distillation"]
seen = y != 3
threes = y_test == 3


def reads_threes(net):
    return score(net, X_test[threes], y_test[threes])


alone = student(32)
train(alone, points=(X[seen], y[seen]))
with_teacher = taught(X[seen], epochs=20, hidden=32)
print(f"3s, with labels of the others: {reads_threes(alone):.2f}")
print(f"3s, with the teacher's answers: {reads_threes(with_teacher):.2f}")
assert reads_threes(alone) == 0
assert reads_threes(with_teacher) > 0.75

# %% [markdown]
# About nine in ten, of a digit that it never saw. Its description was hidden in the
# answers about the others: this 9 has much of a 3, this 5 a little, this 6 nothing.
# From the many shades, the student knows what a 3 must look like.
#
# How much of that is the temperature?

# %%
temperatures = [1, 4, 8] if FAST else [1, 1.5, 2, 3, 4, 6, 8]
read = [
    reads_threes(taught(X[seen], epochs=20, hidden=32, temperature=temperature))
    for temperature in temperatures
]
assert read[0] < 0.3 < 0.75 < read[-1]

line_plot(temperatures, {"": read}, xlabel="temperature", ylabel="3s that it reads")

# %% [markdown]
# All of it. At temperature 1 the teacher is so sure of the right digit that "a little
# of a 3" is a number near 0, and too small to learn from.

# %% [markdown]
# ## What you saw
#
# - Inference goes forwards only: a third of the work of training, and nothing to keep.
# - Half of the weights were hardly needed; with fine-tuning, four in five could go.
# - 4 to 8 bits a weight are enough, as many of the errors cancel out.
# - A teacher's confidences are richer than labels, most of all where data are few.
#
# ## Quiz
#
# <details><summary>1. Why does training need so much more memory than inference?
# </summary>
#
# The way back needs the Values of the way there, a gradient for each weight, and what
# the optimizer remembers.
# </details>
#
# <details><summary>2. Why prune the weights near 0, and not some at random?</summary>
#
# They change the outputs least.
# </details>
#
# <details><summary>3. How many levels do 5 bits have here, and why not 32?</summary>
#
# 31: from -15 to 15. One pattern is left out, so that both sides are alike.
# </details>
#
# <details><summary>4. A net with 90% zeros runs as slowly as before. Why?</summary>
#
# The program multiplies by zeros, too. It must skip them, or store only the rest.
# </details>
#
# <details><summary>5. What does a high temperature do to the teacher's
# answers?</summary>
#
# It makes the confidences in the wrong classes larger, so that the student can learn
# from how they differ.
# </details>
#
# ## Words
#
# - **Inference**: to use a net that has been trained.
# - **Pruning**: to set weights to 0 for good; **magnitude pruning**: the smallest ones.
# - **Fine-tuning**: some more training, after a change.
# - **Quantization**: weights as small whole numbers times a scale.
# - **Distillation**: a student learns from a teacher's confidences.
# - **Temperature**: what outputs are divided by before the softmax; a high one evens
#   the confidences out.
#
# **Next:** 15, why all the rest is efficiency.
