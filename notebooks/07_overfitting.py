# %% [markdown]
# # 07 · Overfitting, or too good to be true
#
# A net reads everything that it learned from without one mistake. Should you be glad? A
# student who knows all answers of last year's exam may have understood the subject, or
# may have learned the answers.
#
# **You will see** a net learn 40 points by heart, the moment at which it starts to, and
# four ways to stop it: stop in time, keep weights small, leave neurons out, and more
# data.
#
# **Needs:** lesson 06 · **Takes:** 40 minutes

# %%
import micrograd_nn as mn
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## Forty points
#
# Two moons again, but with so much noise that they overlap. There are 40 points to
# learn from, and 500 others of the same kind to see what was learned: the **validation
# set**. (So many is a luxury, to see clearly. Mostly you hold out a part of what you
# have.)

# %%
from micrograd_nn.datasets import make_moons

X, y = make_moons(40, noise=0.35, seed=1)
validation = make_moons(500, noise=0.35, seed=1000, return_X_y=True)
print(f"{len(X)} points to learn from, {len(validation[0])} to judge by")

# %% [markdown]
# The whole lesson needs two functions: one trains a net on the 40; one measures the
# mean surprise (the cross-entropy of lesson 06) at any points.

# %%
from micrograd_nn import fit
from micrograd_nn.losses import cross_entropy
from micrograd_nn.optim import Adam
from micrograd_nn.training import predict, score


def train(net, points=(X, y), epochs=400, **options):
    optimizer = Adam(net.parameters(), lr=0.02)
    options |= {"epochs": epochs, "batch_size": 20, "verbose": 0}
    return fit(net, *points, optimizer=optimizer, validation_data=validation, **options)


def surprise(net, points):
    return cross_entropy(predict(net, points[0]).tolist(), points[1].tolist()).data


# %% [markdown]
# ## Too simple
#
# First a net without a hidden layer. Its boundary is a straight line, whatever it
# learns (lesson 04).
#
# > **Predict first.** It gets 0.85 of the 40 points right. And of the 500 new ones:
# > clearly less, or about the same?

# %% tags=["concept:underfitting"]
from micrograd_nn.nn import MLP

line = MLP(2, [2], initializer="he_normal")
train(line)
known, new = score(line, X, y), score(line, *validation)
print(f"a line: {known:.2f} of what it learned from, {new:.2f} of new points")
assert 0.8 < known < 0.9
assert abs(known - new) < 0.05

# %% [markdown]
# About the same. A line is too stiff for moons, on old points and on new ones, and no
# amount of training will bend it. That is **underfitting**. You can tell by the
# *training* accuracy, which stays low.

# %%
from micrograd_nn.viz.plots import decision_boundary, small_multiples

small_multiples(
    {
        "40 to learn from": lambda ax: decision_boundary(line, X, y, ax=ax),
        "500 to judge by": lambda ax: decision_boundary(line, *validation, ax=ax),
    },
    columns=2,
    size=(4, 3),
)

# %% [markdown]
# Now you also see the noise: where the moons overlap, a point may belong to either.
# Nobody can get all of them right. A good answer is a smooth curve between the moons,
# which gets a few points wrong.

# %% [markdown]
# ## Too good
#
# Now a net with two hidden layers of 32 neurons, and 400 epochs.
#
# > **Predict first.** It has 1,218 parameters for 40 points. Training accuracy? And
# > validation: better than the line's, or worse?


# %% tags=["concept:overfitting"]
def large_net():
    mn.seed(0)  # so that all of them start the same
    return MLP(2, [32, 32, 2], initializer="he_normal")


large = large_net()
history = train(large)
known, new = score(large, X, y), score(large, *validation)
print(f"{len(list(large.parameters())):,} parameters")
print(f"accuracy {known:.2f}, of new points {new:.2f}")
assert known == 1.0
assert 0.8 < new < 0.87

# %% [markdown]
# All 40 right, and new points no better than with a line. Accuracy hides how bad it is.
# Look at the surprise.

# %%
known, new = surprise(large, (X, y)), surprise(large, validation)
print(f"surprise {known:.3f}, at new points {new:.1f}")
assert known < 0.01
assert new > 1.5

# %% [markdown]
# It is 0 where the net has been, and about 2 elsewhere. Who says "fifty-fifty" of every
# point has 0.69, which is -log 0.5. The net learned the noise, too, and is sure of it.
# That is **overfitting**.
#
# This is what it looks like.

# %%
corner = (validation[0] > (0.9, -9.0)) & (validation[0] < (9.0, -0.15))  # lower right
strip = corner.all(axis=1) & (predict(large, validation[0]).argmax(axis=1) == 0)
assert validation[1][strip].mean() > 0.7  # are blue, but called vermillion

decision_boundary(large, X, y)

# %% [markdown]
# Look at the single vermillion point among the blue ones, at the lower right. It is
# there by chance. The net built a private strip for it, and most of the new points in
# that strip are blue.
#
# ## When did it happen?
#
# `fit` measured the loss on both sets after every epoch.
#
# > **Predict first.** In which epoch was the net at its best on *new* points: about the
# > 10th, the 100th or the last?

# %% tags=["concept:train-validation-gap"]
plot = history.plot()
best = plot.data["best"]["loss"]
print(f"lowest validation loss in epoch {best}")
assert 5 < best < 30

plot

# %% [markdown]
# About the 10th, of 400. After that, training makes the net worse, and the training
# loss will never tell you: it falls and falls. The shaded **gap** between the curves is
# what was learned by heart.
#
# The accuracy on the right hardly suffers. The net still says the same of most points,
# only with ever more confidence, and its mistakes get dearer. This is why the loss is
# watched, and not the accuracy alone.

# %% [markdown]
# ## First cure: stop in time
#
# The simplest thing: watch the validation loss, stop when it no longer gets better, and
# go back to the best weights. How long to wait for another best is the **patience**, in
# epochs.

# %% tags=["concept:early-stopping"]
from micrograd_nn.training import EarlyStopping


def stopped_early(patience):
    net = large_net()
    stop = EarlyStopping(patience=patience, restore_best_weights=True)
    return net, train(net, callbacks=[stop])


_, hasty = stopped_early(1)
print(f"patience 1: {len(hasty.epoch)} epochs; {hasty.stopped}")
assert len(hasty.epoch) < 5

# %% [markdown]
# Patience 1 gave up at once: see the bump at the very left of the curve above, where
# the loss rises for a moment, and then falls again.
#
# > **Exercise 1.** Choose a patience that gets over that bump, and still stops within
# > 100 epochs.

# %% tags=["exercise"]
patience = ...


# %% tags=["check"]
def test_patience(patience):
    net, history = stopped_early(patience)
    loss = surprise(net, validation)
    assert loss < 0.4, f"too hasty: stopped where the loss is {loss:.2f}"
    assert len(history.epoch) <= 100, f"too patient: it ran {len(history.epoch)} epochs"


check(test_patience, patience)

# %% tags=["solution"] jupyter={"source_hidden": true}
patience = 20
test_patience(patience)

# %% [markdown]
# A stop in time costs nothing, and saves epochs. What you need is a validation set, and
# the discipline to look at it.

# %%
early, _ = stopped_early(20)
print(f"stopped in time: surprise at new points {surprise(early, validation):.2f}")
assert surprise(early, validation) < 0.4

# %% [markdown]
# ## Second cure: small weights
#
# How does a net make such a narrow strip? With large weights: a small step in the plane
# must change the output a lot. So make large weights cost something. Add the sum of
# their squares to the loss, times a small number, the price: **L2 regularization**,
# known in statistics as ridge regression (Hoerl and Kennard, 1970).

# %% tags=["concept:regularization"]
from micrograd_nn.losses import l2_penalty


def with_price(price):
    net = large_net()

    def loss(outputs, target):
        return cross_entropy(outputs, target) + price * l2_penalty(net.parameters())

    train(net, loss=loss)
    return net


calm = with_price(0.003)
for name, net in {"nothing": large, "L2": calm}.items():
    size = l2_penalty(net.parameters()).data
    print(f"{name:8} squares {size:3.0f}, new points {surprise(net, validation):.2f}")
assert l2_penalty(calm.parameters()).data < 60
assert surprise(calm, validation) < 0.4

# %% [markdown]
# All 400 epochs, and no harm done. What was the right price of a large weight?
#
# > **Predict first.** With a price of 0 the net overfits. And with a large one?

# %%
from micrograd_nn.viz.plots import bar_chart, line_plot

prices = (
    [0.0003, 0.003, 0.1] if FAST else [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]
)
nets = [calm if price == 0.003 else with_price(price) for price in prices]
known = [surprise(net, (X, y)) for net in nets]
new = [surprise(net, validation) for net in nets]
assert new[0] > 2 * min(new)
assert abs(new[-1] - 0.693) < 0.01
assert max(abs(p.data) for p in nets[-1].parameters()) < 0.1

line_plot(
    prices,
    {"training": known, "validation": new},
    xlabel="price of a squared weight",
    ylabel="loss",
    logx=True,
)

# %% [markdown]
# To the left it overfits: the gap is wide. To the right it underfits: at 0.1 all
# weights are driven to about 0, and the net says "fifty-fifty" of every point: 0.69
# again. The best price lies between. Nearly every choice that you make for a net is
# such a balance.

# %% [markdown]
# ## Third cure: leave neurons out
#
# **Dropout** (Srivastava and others, 2014): in each training step, every hidden neuron
# is silent with probability p. So no neuron can rely on a certain other one to be
# there, and private arrangements for a single point fall apart.
#
# Two details matter. In training, what is left is scaled up by $1 / (1 - p)$, so that
# the mean stays as it is. And when the net is *used*, nothing is left out.
#
# > **Exercise 2.** Write it, for a list of numbers. `random.random()` gives a number
# > from 0 to 1: it is below p with probability p.

# %% tags=["exercise"]
import random


def dropout(numbers, p, training):
    return ...


# %% tags=["check"]
def test_dropout(dropout):
    mn.seed(0)
    used = dropout([1.0, 2.0], 0.5, training=False)
    assert used == [1.0, 2.0], f"when the net is used, nothing changes: got {used}"
    out = dropout([1.0] * 10_000, 0.25, training=True)
    assert len(out) == 10_000, f"silent ones stay, as 0: got {len(out)} of 10,000"
    kept = [x for x in out if x != 0]
    assert abs(len(kept) / len(out) - 0.75) < 0.02, "1 - p of them should be kept"
    told = "what is kept should be divided by 1 - p"
    assert all(abs(x - 1 / 0.75) < 1e-9 for x in kept), told
    assert abs(sum(out) / len(out) - 1) < 0.03, "the mean stays"


check(test_dropout, dropout)


# %% tags=["solution"] jupyter={"source_hidden": true}
def dropout(numbers, p, training):
    if not training:
        return numbers
    return [0.0 if random.random() < p else x / (1 - p) for x in numbers]


test_dropout(dropout)

# %% [markdown]
# In a net it is a layer of its own. It has to know whether the net is being trained or
# used: that is what `train()` and `eval()` are for. `fit`, `predict` and `score` see to
# it by themselves.

# %% tags=["concept:dropout"]
from micrograd_nn.nn import Dropout, Linear, ReLU, Sequential

mn.seed(0)
dropping = Sequential(
    *(Linear(2, 32, initializer="he_normal"), ReLU(), Dropout(0.5)),
    *(Linear(32, 32, initializer="he_normal"), ReLU(), Dropout(0.5)),
    Linear(32, 2, initializer="he_normal"),
)
train(dropping)
print(f"surprise at new points {surprise(dropping, validation):.1f}")
print(f"accuracy of new points {score(dropping, *validation):.2f}")
assert surprise(dropping, validation) < surprise(large, validation)
assert score(dropping, *validation) > score(large, *validation)

# %% [markdown]
# Better than without in both. But it is no full cure here: after 400 epochs the loss is
# high all the same. Dropout was made for large layers; with 2 inputs and 32 neurons
# there is not much to leave out. In practice it goes together with a stop in time.
#
# What if you forget `eval()`?
#
# > **Predict first.** Left: the net as it is used. Right: the same net, still in
# > training mode. What will its boundary look like?


# %%
def boundary_in(mode):
    def draw(ax):
        getattr(dropping, mode)()  # dropping.eval() or dropping.train()
        return decision_boundary(dropping, X, y, resolution=60, ax=ax)

    return draw


drawings = {"used": boundary_in("eval"), "still in training": boundary_in("train")}
small_multiples(drawings, columns=2, size=(4, 3))

# %% [markdown]
# Each point of the plane asks another net, with other neurons silent. If your net gives
# another answer each time that you ask the same question, look for a missing `eval()`.

# %% [markdown]
# ## Fourth cure: more data
#
# Noise can be learned by heart only as long as there is little of it. The same net,
# about as many steps, and more points.
#
# > **Predict first.** How many points does it take until the gap is nearly closed: 80,
# > 640 or 10,000?

# %%
counts = [40, 640] if FAST else [40, 80, 160, 320, 640, 1280, 2560]
known, new = [], []
for count in counts:
    points = make_moons(count, noise=0.35, seed=1, return_X_y=True)
    net = large_net()
    train(net, points, epochs=400 * 40 // count)
    known.append(surprise(net, points))
    new.append(surprise(net, validation))
gap = new[counts.index(640)] - known[counts.index(640)]
assert gap < 0.15 < 1.5 < new[0] - known[0]
assert 0.25 < new[-1] < 0.35

lines = {"training": known, "validation": new}
line_plot(counts, lines, xlabel="points to learn from", ylabel="loss", logx=True)

# %% [markdown]
# A few hundred. Training gets *harder*: the more points, the less can be learned by
# heart. And the loss at new points falls to meet it. Where the curves meet, at about
# 0.3, what is left is the noise itself, which no net and no amount of data can remove.
#
# More data is the best of all cures, and the most expensive one.

# %% [markdown]
# ## Four nets, side by side
#
# Too stiff, too supple, and two that were cured.

# %% tags=["cover"]
nets = {"a line": line, "no cure": large, "L2": calm, "stopped in time": early}
small_multiples(
    {
        f"{name}: {score(net, *validation):.2f} of new points": (
            lambda ax, net=net: decision_boundary(net, X, y, ax=ax)
        )
        for name, net in nets.items()
    },
    columns=2,
    size=(4, 3),
)

# %% [markdown]
# The cured ones have given up the vermillion point at the lower right. It costs them a
# few mistakes in training, and saves them more at new points.

# %%
nets |= {"dropout": dropping}
losses = {name: surprise(net, validation) for name, net in nets.items()}
assert max(losses, key=losses.get) == "no cure"
assert min(losses, key=losses.get) in ("L2", "stopped in time")
assert losses["a line"] < 1.25 * min(losses.values())

bar_chart(losses, label="surprise at new points")

# %% [markdown]
# The line does nearly as well as the best of them. With 40 noisy points, a simple model
# is hard to beat: begin with one, always, so that you know what there is to win.

# %% [markdown]
# ## The last word has a third set
#
# One thing is still unfair. You chose the patience and the price *by* the validation
# set. The winner of many tries is partly lucky, and its score is a little too good.
# So keep a third set, the **test set** of lesson 06, which nobody looked at until now.
#
# > **Predict first.** Will the chosen net be clearly worse on it?

# %%
test = make_moons(500, noise=0.35, seed=2000, return_X_y=True)
for name, points in {"validation": validation, "test": test}.items():
    print(
        f"{name:10} {surprise(calm, points):.2f}, accuracy {score(calm, *points):.2f}"
    )
assert abs(surprise(calm, test) - surprise(calm, validation)) < 0.08

# %% [markdown]
# Hardly: there were only a few tries, and 500 points to choose by. After a hundred
# tries, and with 20 points to choose by, expect a difference.

# %% [markdown]
# ## What you saw
#
# - Underfitting: bad on old points and on new ones. Overfitting: perfect on old points,
#   and worse on new ones than it need be.
# - The training loss never tells you. The gap to the validation loss does.
# - Stop in time, small weights, dropout and more data all narrow the gap, each in a way
#   of its own. Only the last one adds knowledge.
# - Choose by the validation set; report the test set.
#
# ## Quiz
#
# <details><summary>1. Training accuracy 0.70, validation accuracy 0.69. What is the
# matter?</summary>
#
# Underfitting: the net is too simple, or was not trained enough. More data will not
# help.
# </details>
#
# <details><summary>2. Training accuracy 1.00, validation accuracy 0.69. And
# now?</summary>
#
# Overfitting. More data, a stop in time, L2, dropout, or a smaller net.
# </details>
#
# <details><summary>3. The validation loss rises while the validation accuracy
# stays. How can that be?</summary>
#
# The net gives the same answers, but grows surer of its wrong ones.
# </details>
#
# <details><summary>4. Why is what dropout keeps divided by 1 - p?</summary>
#
# So that the mean of what reaches the next layer is the same in training and in use.
# </details>
#
# <details><summary>5. Why not choose the patience by the test set?</summary>
#
# Then nothing is left to tell how good the choice is on points that had no part in it.
# </details>
#
# ## Words
#
# - **Underfitting, overfitting**: too simple for the pattern; so supple that even the
#   noise is learned.
# - **Validation set**: what choices are made by.
# - **Gap**: validation loss minus training loss.
# - **Early stopping, patience**: to stop when there was no better epoch for so long.
# - **Regularization**: what holds a net back from fitting noise; **L2**: a price for
#   squared weights.
# - **Dropout**: in training, neurons are silent at random.
#
# **Next:** 08, nets with many layers, which for a long time would not learn.
