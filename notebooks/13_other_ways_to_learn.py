# %% [markdown]
# # 13 · Other ways to learn
#
# In all lessons so far, somebody had written down the right answers. What if there are
# none? Or if nobody knows the right move, but everybody sees who wins? Or if there are
# answers, but only ten of them?
#
# **You will see** a map of digits that no label went into, a player that learns from
# nothing but wins and losses, and a net that borrows what another has learned.
#
# **Needs:** lessons 06, 07 and 09 · **Takes:** 50 minutes

# %%
import micrograd_nn as mn
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## No answers at all
#
# You know the digits of lesson 06, 8 by 8 pixels each. This time we put the labels
# aside: they will only be used to *judge*, never to learn. Learning from examples
# without answers is called **unsupervised learning**.
#
# What is there to learn? That not every picture of 64 pixels is a digit, and how those
# that are differ. Here is a task that asks for it: squeeze an image through a gap of
# two numbers, a **bottleneck**, and rebuild it from those. The answer to each image is
# the image itself.
#
# Such a net is an **autoencoder**: an **encoder**, from 64 pixels to a **code** of two
# numbers, and a **decoder**, from the code to 64 pixels again (Hinton and
# Salakhutdinov, 2006).

# %%
from micrograd_nn.datasets import load_digits, train_test_split
from micrograd_nn.nn import Autoencoder

X, X_test, y, y_test = train_test_split(*load_digits(), test_size=0.2, seed=0)
net = Autoencoder([64, 64, 32, 2])
print(net.summary())

# %% [markdown]
# > **Predict first.** Two numbers for 64 pixels. Will the rebuilt digits be grey fog,
# > ten blurred kinds of digits, or good copies?

# %% tags=["concept:unsupervised-learning"]
from micrograd_nn.optim import Adam
from micrograd_nn.training import fit, predict
from micrograd_nn.viz.plots import image_grid


def learn(net, lr, epochs):
    adam = Adam(net.parameters(), lr=lr)
    fit(net, X, X, optimizer=adam, epochs=epochs, verbose=0)  # X is also the target


def as_images(rows):
    return rows.reshape(-1, 8, 8).clip(0, 1)


learn(net, lr=0.003, epochs=5 if FAST else 50)
rebuilt = predict(net, X_test[:10])
image_grid([*as_images(X_test[:10]), *as_images(rebuilt)])

# %% [markdown]
# The upper row goes in, the lower one comes out: blurred, but most can be read. Not by
# magic. The net knows what digits look like, so it needs to be told only which one, and
# roughly how it is slanted.
#
# ## The map
#
# Two numbers are a point. So each image has a place on a map.
#
# > **Predict first.** Colour the points by their labels, which the net never saw. Will
# > the colours be mixed, or lie in regions?

# %% tags=["concept:autoencoder", "cover"]
from micrograd_nn.viz.plots import scatter_plot

codes, codes_test = predict(net.encoder, X), predict(net.encoder, X_test)
scatter_plot(codes, y)

# %% [markdown]
# Regions. To rebuild images well, similar images had to get similar codes, and images
# of the same digit are similar. Nobody had to say what a 6 is.
#
# How good is the map? Ask each test image for its five nearest neighbours among the
# training images, and let them vote on its label (Fix and Hodges, 1951). For comparison
# we need another map. The classic one is **PCA**: look for the two directions in which
# the images differ the most, and measure how far each image lies along them (Pearson,
# 1901). NumPy finds them with a singular value decomposition, `svd`.

# %%
import numpy as np


def votes(known, unseen):
    right = 0
    for point, label in zip(unseen, y_test):
        nearest = ((known - point) ** 2).sum(axis=1).argsort()[:5]
        right += np.bincount(y[nearest]).argmax() == label
    return right / len(unseen)


mean = X.mean(axis=0)
directions = np.linalg.svd(X - mean, full_matrices=False)[2][:2]
pca, pca_test = (X - mean) @ directions.T, (X_test - mean) @ directions.T
scatter_plot(pca, y)

# %% [markdown]
# That is the map of PCA. The 0s lie by themselves, and the middle is a crowd.
#
# > **Predict first.** PCA is linear: it draws straight lines through the crowd. What
# > does an autoencoder do that has no activations, 64 → 2 → 64? Better than PCA, worse,
# > or as good?

# %%
from micrograd_nn.viz.plots import bar_chart

linear = Autoencoder([64, 2], activation=None)
learn(linear, lr=0.01, epochs=30)


def error(images):
    return ((images - X_test) ** 2).mean()


errors = {
    "PCA": error(mean + pca_test @ directions),
    "linear autoencoder": error(predict(linear, X_test)),
    "autoencoder": error(predict(net, X_test)),
}
assert abs(errors["linear autoencoder"] / errors["PCA"] - 1) < 0.03
assert FAST or errors["autoencoder"] < 0.75 * errors["PCA"]
bar_chart(errors, label="mean squared error of rebuilt test images")

# %% [markdown]
# As good, within a few per cent: without activations it can only find the plane that
# PCA finds (Baldi and Hornik, 1989). Its activations are what makes the other one
# better: it may bend the plane.
#
# And the neighbours?

# %%
shares = {
    "PCA": votes(pca, pca_test),
    "autoencoder": votes(codes, codes_test),
    "all 64 pixels": votes(X, X_test),
}
assert 0.6 < shares["PCA"] < 0.68
assert FAST or 0.78 < shares["autoencoder"] < 0.92
assert shares["all 64 pixels"] > 0.97
bar_chart(shares, label="test images whose neighbours agree with the label")

# %% [markdown]
# About 0.64 for PCA, and 0.85 for the autoencoder. But look at the last bar, too: with
# all 64 pixels, neighbours are right nearly always. A map of two numbers is made for
# eyes, and it costs a lot.
#
# ## A walk on the map
#
# The decoder answers for *every* point, also where no image lies.
#
# > **Predict first.** What is between the 6s and the 0s?

# %%
low, high = np.percentile(codes, [2, 98], axis=0)
across, up = np.meshgrid(
    np.linspace(low[0], high[0], 10), np.linspace(high[1], low[1], 7)
)
points = np.stack([across.ravel(), up.ravel()], axis=1)
image_grid(as_images(predict(net.decoder, points)), columns=10)

# %% [markdown]
# It is the map again, with what the net thinks is there. One digit turns into the next,
# and between them lie shapes that nobody ever wrote. A net that draws new images is
# called **generative**. This is one of the simplest.
#
# ## Ten heaps, ten labels
#
# Put the points into ten heaps, or **clusters**: begin with ten of them as centres;
# give each point to the nearest centre; move each centre to the mean of its heap;
# repeat. That is **k-means** (Lloyd, 1957).


# %%
def heaps(points, count, seed=0):
    some = np.random.default_rng(seed).permutation(len(points))[:count]
    centres = points[some]
    for _ in range(30):
        heap = nearest(points, centres)
        centres = np.array([points[heap == k].mean(axis=0) for k in range(count)])
    return centres


def nearest(points, centres):
    return ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)


centres = heaps(codes, 10)
image_grid(as_images(predict(net.decoder, centres)))

# %% [markdown]
# The ten centres, drawn by the decoder. Most are digits, some are two in one.
#
# The heaps have no names. To name them, *somebody* has to give labels, but only ten:
# one for the image next to each centre. We compare with a net as in lesson 06 that
# learns from ten labels, too: of ten images drawn at random (the mean of five draws),
# or of those same ten.
#
# > **Predict first.** How much can one read with ten labels?

# %%
from micrograd_nn.nn import MLP
from micrograd_nn.training import score


def supervised(some, epochs=20 if FAST else 200):
    mn.seed(0)
    reader = MLP(64, [32, 10], initializer="he_normal")
    adam = Adam(reader.parameters(), lr=0.01)
    fit(reader, X[some], y[some], optimizer=adam, epochs=epochs, verbose=0)
    return score(reader, X_test, y_test)


typical = nearest(centres, codes)  # for each centre the image next to it
named = y[typical][nearest(codes_test, centres)]
draws = [slice(first, first + 10) for first in range(0, 10 if FAST else 50, 10)]
found = {
    "ten at random, supervised": np.mean([supervised(some) for some in draws]),
    "the typical ten, supervised": supervised(typical),
    "the typical ten name heaps": (named == y_test).mean(),
}
drawn, taught, heaped = found.values()
assert FAST or 0.6 < heaped < 0.74
assert FAST or drawn < 0.5 < 0.52 < taught
assert FAST or taught - drawn > heaped - taught
assert len(set(y[typical])) < 10
bar_chart(found, label="test images that are read right")

# %% [markdown]
# With ten labels, chosen by the map, two in three images are read; with ten at random,
# fewer than half. Most of the gain is in *which* images were labelled: the same ten
# help the supervised net, too. (More is not to be had here: some digits name no heap
# at all.) Where images are plenty and labels are dear, look at the
# images first, and then decide what to label.
#
# ## Nobody knows the right move
#
# Now a game. A ball falls, one row at a time. A paddle in the last row goes left, goes
# right, or stays. When the ball arrives, the reward is 1 for a catch and -1 for a miss.
# Before that it is 0: nobody says whether a move was good.

# %%
from micrograd_nn.datasets import make_catch

NAMES = ["left", "stay", "right"]


def play_one(game, choose):
    state, boards, moves, over = game.reset(), [game.board()], [], False
    while not over:
        moves.append(choose(state))
        state, _, over = game.step(moves[-1])
        boards.append(game.board())
    return boards, moves, game.ball[1] == game.paddle


def film(choose, seed):
    boards, moves, caught = play_one(make_catch(seed=seed), choose)
    captions = ["start", *(NAMES[move] for move in moves)]
    captions[-1] += ": caught" if caught else ": missed"
    return image_grid(np.maximum(boards, 0.1), captions)  # empty cells are grey


rng = np.random.default_rng(0)
film(lambda state: int(rng.integers(3)), seed=2)

# %% [markdown]
# This player moves at random. Each picture is the board after a move: the ball comes
# down, the paddle is in the last row. In the end the two lie side by side: missed. (If
# it is caught, they share one cell.)
#
# > **Predict first.** How many balls in 100 does a random player catch: 5, 20 or 50?


# %%
def watch(choose, games=500):
    game = make_catch(seed=100)
    played = [play_one(game, choose) for _ in range(games)]
    caught = np.mean([caught for _, _, caught in played])
    moved = np.mean([sum(move != 1 for move in moves) for _, moves, _ in played])
    return caught, moved


caught, moved = watch(lambda state: int(rng.integers(3)))
print(f"caught {caught:.2f}, {moved:.2f} moves to the side in a game")
assert 0.15 < caught < 0.25

# %% [markdown]
# About 20: there are five columns.
#
# ## Learning from a reward
#
# The player is a net: 25 cells in, a softmax over three moves out. Its move is *drawn*
# by these probabilities. Then, at the end of the game, a reward. What is the loss?
#
# The idea (Williams, 1992): if it went well, make what you did more probable; if not,
# less. Pretend that the move was the right answer, as in a classifier, and multiply by
# the reward:
#
# > loss of a move = - reward · log(probability of the move)
#
# > **Predict first.** All three moves have probability 1/3. The player goes right. In
# > which direction does a step go for each of the three outputs, if the reward is 1? If
# > it is -1?

# %%
for reward in (1.0, -1.0):
    outputs = [mn.Value(0.0) for _ in NAMES]
    loss = -reward * mn.softmax(outputs)[2].log()
    loss.backward()
    steps = {name: round(-x.grad, 2) for name, x in zip(NAMES, outputs)}
    print(f"reward {reward:+g}: a step goes by", steps)
    assert abs(-outputs[2].grad - reward * 2 / 3) < 1e-12

# %% [markdown]
# After a catch, "right" goes up and the others down; after a miss, the reverse. Some of
# the moves before a catch were bad, and they are praised, too. That evens out: over
# many games, good moves are praised more often than bad ones.
#
# `reinforce` does this, ten games at a time. It compares each reward with the mean of
# recent games, so that "better than usual" is what counts, and it pays a little for
# trying things out. This is **reinforcement learning**, and the net is the **policy**.

# %% tags=["concept:reinforcement-learning"]
from micrograd_nn.reinforcement import reinforce
from micrograd_nn.viz.plots import line_plot

GAMES = 1000 if FAST else 3000


def trained(game, games=GAMES):
    mn.seed(0)
    policy = MLP(25, [32, 3], initializer="xavier_uniform")
    return policy, reinforce(policy, game, games=games)


def best_move(policy):
    program = mn.compile(policy)
    return lambda state: int(program(np.array([state]))[0].argmax())


policy, rewards = trained(make_catch())
mean_of_100 = np.convolve(rewards, np.full(100, 0.01), mode="valid")
assert mean_of_100[0] < -0.3
assert FAST or mean_of_100[-1] > 0.8
played = range(100, GAMES + 1)
line_plot(
    played, {"": mean_of_100}, xlabel="game", ylabel="mean of the last 100 rewards"
)

# %% [markdown]
# From mostly misses to nearly all caught, in 3,000 games. Nobody told it which cell is
# the ball, which the paddle, or what either has to do with a reward.

# %%
caught, moved = watch(best_move(policy))
print(f"caught {caught:.2f}")
assert FAST or caught > 0.97

film(best_move(policy), seed=2)

# %% [markdown]
# The same start as in the first film.
#
# ## It does what you pay for
#
# How far does the paddle have to go? The distance from start to ball is about one and a
# half columns, on average.
#
# > **Predict first.** Does this player make about 1.5 moves to the side in a game, or
# > more? It has four moves in each.

# %%
game = make_catch(seed=100)
distances = []
for _ in range(500):
    game.reset()
    distances.append(abs(game.ball[1] - game.paddle))
print(f"needed: {np.mean(distances):.2f} moves, made: {moved:.2f}")
assert 1.4 < np.mean(distances) < 1.6
assert FAST or moved > 2.4

# %% [markdown]
# It fidgets. Why not? A move costs nothing, so it never learned to sit still. The
# reward is *all* that it knows of what we want.
#
# So change the reward. `Changed` is the same game with a rule of yours: from a move,
# and the reward that there would have been, to the reward that is paid. What will these
# three players do?
#
# > **Predict first.** One is paid for misses. One pays 1 for each move to the side. And
# > one *gets* 0.5 for each.

# %%
from micrograd_nn.datasets import Catch

STAY = 1


class Changed(Catch):
    def __init__(self, rule):
        super().__init__()
        self.rule = rule

    def step(self, action):
        state, reward, over = super().step(action)
        return state, self.rule(action, reward), over


rules = {
    "paid for misses": lambda action, reward: -reward,
    "pays 1 a move": lambda action, reward: reward - 1.0 * (action != STAY),
    "gets 0.5 a move": lambda action, reward: reward + 0.5 * (action != STAY),
}
seen = {"as it was": (caught, moved)}
for name, rule in rules.items():
    seen[name] = watch(best_move(trained(Changed(rule))[0]))
for name, (share, moves) in seen.items():
    print(f"{name:16} caught {share:.2f}, {moves:.2f} moves a game")
if not FAST:
    assert seen["paid for misses"][0] < 0.03
    assert seen["pays 1 a move"][1] < 0.1
    assert seen["gets 0.5 a move"][1] > 3.9
    assert 0.8 < seen["gets 0.5 a move"][0] < 0.98

# %% [markdown]
# - Paid for misses, it dodges every ball.
# - Where moves are dear, it sits still, and catches what happens to fall on it. A walk
#   of two columns would not be worth its price: it costs 2, and a catch is worth 2 more
#   than a miss. A walk of one would be. But a move costs for certain, and pays only if
#   the other moves fit: in early games, when they do not, it gave up moving.
# - Paid for moves, it moves at every step, and misses a few balls for it.
#
# They did what was paid, not what was meant. To say in numbers what you mean is the
# hard part of reinforcement learning, and not of that alone.
#
# > **Exercise 1.** Write a rule for a calm player: it should catch at least 90 of 100
# > balls with at most 2.5 moves to the side in a game. (`action` is 0, 1 or 2, for
# > left, stay and right; `reward` is 1, 0 or -1. The check trains a player by your
# > rule, which takes a moment.)


# %% tags=["exercise"]
def calm(action, reward):
    return ...


# %% tags=["check"]
def test_calm(rule):
    assert rule(STAY, 1.0) is not None, "a rule returns the reward, a number"
    policy, _ = trained(Changed(rule), games=3000)
    caught, moved = watch(best_move(policy))
    assert caught >= 0.9, f"it catches {caught:.2f}: is a move too dear?"
    assert moved <= 2.5, f"{moved:.2f} moves a game: does a move cost enough?"


check(test_calm, calm)


# %% tags=["solution"] jupyter={"source_hidden": true}
def calm(action, reward):
    fee = 0.2 if action != STAY else 0.0
    return reward - fee


test_calm(calm)

# %% [markdown]
# ## Borrowed eyes
#
# Last, the most common case of all: there are answers, but few. A net with many weights
# learns few examples by heart (lesson 07). Can it start from what another net knows?
#
# The other net is a CNN of lesson 09, with 16 filters. It has learned to tell dogs,
# bears, houses and balls apart, from plenty of drawings. It never saw a cat.

# %%
from micrograd_nn.datasets import make_cats
from micrograd_nn.nn import AdaptiveMaxPool2d, Conv2d, Flatten, Linear, ReLU, Sequential

drawings = make_cats(1500, target="kind", seed=7)
others = drawings.y > 0  # 0 is a cat
shapes, kinds = drawings.images[others][:, None], drawings.y[others] - 1


def cnn(outputs):
    pool = AdaptiveMaxPool2d(1)
    return Sequential(Conv2d(1, 16, 5), ReLU(), pool, Flatten(), Linear(16, outputs))


mn.seed(0)
old = cnn(4)
adam = Adam(old.parameters(), lr=0.01)
EPOCHS = 5 if FAST else 20
fit(old, shapes, kinds, optimizer=adam, epochs=EPOCHS, batch_size=16, verbose=0)
print(f"{len(kinds):,} drawings, {score(old, shapes, kinds):.3f} right")
assert FAST or score(old, shapes, kinds) > 0.99

# %% [markdown]
# The new task: cat, or not a cat. What can be borrowed? Not the last layer, whose
# outputs are dogs, bears, houses and balls. But its filters found out what edges,
# corners and eyes look like, and cats have those, too.
#
# To use what one task taught for another is **transfer learning**. The simplest way:
# keep the filters as they are, **frozen**, and train only a new last layer.
#
# > **Exercise 2.** Write `borrow`: a new net with the old one's filters, frozen, and a
# > fresh `Linear(16, outputs)` at its end. `freeze(layer)` takes the parameters of a
# > layer out of training, and returns the layer. We copy the old net first, so that it
# > stays as it is.

# %% tags=["exercise"]
import copy

from micrograd_nn.nn import freeze


def borrow(old, outputs):
    net = copy.deepcopy(old)
    return Sequential(..., net[1], net[2], net[3], ...)


# %% tags=["check"]
def numbers(layer):
    return {name: np.array(t.data) for name, t in layer.named_tensors().items()}


def test_borrow(borrow):
    lent = copy.deepcopy(old)
    net = borrow(lent, 2)
    filters, last = numbers(net[0]), numbers(net[4])
    assert np.allclose(filters["weight"], numbers(old[0])["weight"]), "other filters"
    assert last["weight"].shape == (2, 16), "the last layer should have two outputs"
    assert len(net.parameters()) == 34, f"{len(net.parameters())} are trained, not 34"
    data = make_cats(16)
    fit(net, data.images[:, None], data.y, epochs=3, verbose=0)
    assert (numbers(net[0])["weight"] == filters["weight"]).all(), "filters moved"
    assert (numbers(net[4])["weight"] != last["weight"]).any(), "nothing was learned"
    assert len(lent.parameters()) == 484, "the old net should stay as it is"


check(test_borrow, borrow)


# %% tags=["solution"] jupyter={"source_hidden": true}
def borrow(old, outputs):
    net = copy.deepcopy(old)
    return Sequential(freeze(net[0]), net[1], net[2], net[3], Linear(16, outputs))


test_borrow(borrow)

# %% [markdown]
# 484 parameters in the old net; in the new one, 34 are left to train, those of its last
# layer. The filters do not move.
#
# ## How much is it worth?
#
# We give it 1, 2, 5, 10, 20 or 50 drawings of cats and as many of others, and compare
# three ways: from scratch; with frozen filters; and **fine-tuning**, which starts from
# the old filters and lets them move.
#
# One net is enough: we set its weights, train all of it or only its last layer, and
# test it on 1,000 new drawings.

# %% tags=["concept:transfer-learning"]
from micrograd_nn.losses import cross_entropy

new = make_cats(1000, seed=99)
net = cnn(2)
loss = mn.compile(lambda x, target: cross_entropy(net(x), target))
program = mn.compile(net)


def accuracy(start, part, X, y):
    net.load_tensors(start)
    with loss.training(Adam(part.parameters(), lr=0.01)) as training:
        for _ in range(100):
            training.step(X, y)
    return (program(new.images[:, None]).argmax(axis=1) == new.y).mean()


# %% [markdown]
# Which few drawings one gets is luck. So repeat it with other drawings and other first
# weights, and take the mean.


# %%
def few(count, seed):
    data = make_cats(400, seed=100 + seed)
    some = [np.flatnonzero(data.y == label)[:count] for label in (0, 1)]
    some = np.concatenate(some)
    return data.images[some][:, None], data.y[some]


def starts(seed):
    mn.seed(seed)
    fresh = numbers(cnn(2))
    return fresh, fresh | {f"0.{name}": x for name, x in numbers(old[0]).items()}


# %% [markdown]
# > **Predict first.** Three curves, over the number of drawings of each kind. Which is
# > the highest with 2 drawings? Which with 50?

# %%
counts = [2, 50] if FAST else [1, 2, 5, 10, 20, 50]
curves = {"from scratch": [], "frozen": [], "fine-tuned": []}
for count in counts:
    runs = []
    for seed in range(1 if FAST else 8):
        (fresh, borrowed), drawn = starts(seed), few(count, seed)
        ways = (fresh, net), (borrowed, net[4]), (borrowed, net)
        runs.append([accuracy(*way, *drawn) for way in ways])
    for curve, mean in zip(curves.values(), np.mean(runs, axis=0)):
        curve.append(mean)

if not FAST:
    scratch, frozen, tuned = (dict(zip(counts, curve)) for curve in curves.values())
    assert min(frozen[2], tuned[2]) > scratch[2] + 0.04
    assert (
        scratch[5] < min(frozen[2], tuned[2]) <= max(frozen[2], tuned[2]) < scratch[10]
    )
    assert abs(frozen[10] - scratch[10]) < 0.03
    assert scratch[50] > tuned[50] > frozen[50]

labels = {"xlabel": "drawings of each kind", "ylabel": "accuracy on new drawings"}
line_plot(counts, curves, **labels, logx=True)

# %% [markdown]
# With few drawings, borrowed filters win by far: two of each kind are worth more than
# five without. At ten it is close to a tie. And with fifty, the net that started from
# scratch has passed: filters made for dogs and houses are good for cats, but not the
# best, and frozen ones never get better. Fine-tuning lies between. It may improve what
# it borrowed, but here it gets the same 100 steps as the others, and is not done. (Give
# it more, and see.)
#
# So borrow when you have little, and the other task is like yours (Yosinski et al.,
# 2014). With plenty of your own, there is less and less to gain. Large nets for images
# and for text are trained once, on as much as there is, and then fine-tuned by many
# people for many ends: theirs is the case of little data, nearly always.
#
# ## What you saw
#
# - Unsupervised: an autoencoder squeezes examples through a gap, and has to find out
#   how they differ. Its code is a map, its decoder a simple generator.
# - A few labels go far if a map tells which examples to label.
# - Reinforcement: what was followed by a reward becomes more probable. The reward is
#   all that the player knows of your wishes.
# - Transfer: filters learned for one task help another, most of all when it has few
#   examples.
#
# ## Quiz
#
# <details><summary>1. An autoencoder has a code as long as its input. What might it
# learn?</summary>
#
# To copy, and nothing about the examples. The gap is what makes it look for structure.
# </details>
#
# <details><summary>2. Which labels did the map of digits use?</summary>
#
# None. They coloured the points afterwards, and judged the map.
# </details>
#
# <details><summary>3. A game is won. Which of its moves become more probable?</summary>
#
# All of them, good and bad. Over many games the good ones are in more wins.
# </details>
#
# <details><summary>4. A cleaning robot is paid for each crumb that it picks up. What
# may it learn?</summary>
#
# To drop crumbs and pick them up again. It does what is paid.
# </details>
#
# <details><summary>5. You have 50,000 labelled images of your own. Should the borrowed
# filters stay frozen?</summary>
#
# Probably not. With so many, the net can learn filters that suit your task better.
# </details>
#
# ## Words
#
# - **Unsupervised learning**: from examples without answers.
# - **Autoencoder**: encoder, code, decoder; its target is its input.
# - **Code**: the few numbers in the gap, or **bottleneck**.
# - **PCA**: the straight directions in which examples differ the most.
# - **k-means**: heaps (**clusters**) around centres, found by turns.
# - **Reinforcement learning**: from rewards.
# - **Policy**: from a state to the probability of each move.
# - **Transfer learning**: to use for one task what another has taught.
# - **Frozen**: left out of training.
# - **Fine-tuning**: to go on training, on the new task, from borrowed weights.
#
# **Next:** 14, how to make a net small.
