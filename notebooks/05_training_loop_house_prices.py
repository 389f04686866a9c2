# %% [markdown]
# # 05 · The training loop, and what a house costs
#
# 200 houses, and what they were sold for. What does one more square metre cost? You
# train a neuron to tell you. The five lines that you write for that train nets of any
# size.
#
# **You will see** training fail, for a reason that you can measure, and then work; the
# prices it finds next to the true ones; and what the knobs of training do: the learning
# rate, the batch size, the optimizer, the schedule.
#
# **Needs:** lessons 03 and 04 · **Takes:** 45 minutes

# %%
import micrograd_nn as mn
from micrograd_nn.datasets import make_houses
from micrograd_nn.learn import check
from micrograd_nn.viz.plots import bar_chart, line_plot, scatter_plot, small_multiples

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## The houses
#
# Each house has four **features**: its area in m², its rooms, its age in years, and how
# many km it is from the city. They are made up, by a formula with some noise, and that
# is an advantage: in the end you can compare what the neuron found with the truth.

# %%
houses = make_houses(200)
prices = houses.y / 1000  # in thousands of euros
for row, price in zip(houses.X[4:7], prices[4:7]):
    print(dict(zip(houses.feature_names, row.tolist())), f"-> {price:.0f},000 euros")

# %% [markdown]
# The larger, the dearer, and not only: houses of the same area can be 100,000 euros
# apart, as the other three features count too. (Two old cottages far out in the country
# come out below zero. A formula does not mind.)

# %%
points = list(zip(houses.X[:, 0], prices))
assert (prices < 0).sum() == 2
scatter_plot(points, xlabel="area in m²", ylabel="price in 1000 euros")

# %% [markdown]
# ## The model, and how wrong it is
#
# A single neuron without an activation will do: a weight for each feature, and a bias.
#
# > price = w1 × area + w2 × rooms + w3 × age + w4 × distance + b
#
# The loss is the **mean squared error**, MSE: subtract, square, take the mean. It is
# what you minimised on the foggy mountain. Its unit is strange (squared euros), so look
# at its root, which is again an amount of money: the size of a typical error.
#
# > **Predict first.** The weights are random and small. How large is a typical error:
# > about 2, 20 or 200 thousand euros?

# %% tags=["concept:mse"]
import math

from micrograd_nn.losses import mse_loss
from micrograd_nn.nn import Neuron

neuron = Neuron(4, activation=None)
predictions = [neuron(row) for row in houses.X.tolist()]
loss = mse_loss(predictions, prices.tolist())
print(f"MSE {loss.data:,.0f}; a typical error is {math.sqrt(loss.data):.0f},000 euros")
assert 150 < math.sqrt(loss.data) < 250
assert 124 < prices.std() < 126

# %% [markdown]
# About 200. For someone who always says the mean price, it would be 125,000 euros.
#
# ## First try
#
# > **Predict first.** `fit` trains it by gradient descent, with a learning rate of 0.1.
# > In lesson 03 that was a little too much. And here?

# %%
from micrograd_nn import fit
from micrograd_nn.optim import SGD

try:
    optimizer = SGD(neuron.parameters(), lr=0.1)
    fit(neuron, houses.X, prices, optimizer=optimizer, epochs=60, verbose=0)
except FloatingPointError as error:
    print(str(error).partition(";")[0])
else:
    raise AssertionError("it should have flown off")

# %% [markdown]
# It flew off the mountain, until the numbers were too large for a computer. How steep
# is it? You know from lesson 03 what to ask for: the curvatures. They belong to the
# features alone. (For a mean squared error, they are the eigenvalues of a table of
# products of features.)


# %%
import numpy as np


def curvatures(X):
    columns = np.column_stack([X, np.ones(len(X))])  # the bias has a feature too: 1
    return np.linalg.eigvalsh(2 * columns.T @ columns / len(X))


found = curvatures(houses.X)
print("curvatures:", "  ".join(f"{number:,.1f}" for number in found))
print(f"limit of the learning rate: {2 / found[-1]:.5f}")
print(f"sharpest to flattest: {found[-1] / found[0]:,.0f} to 1")
assert 4e-5 < 2 / found[-1] < 6e-5
assert 300_000 < found[-1] / found[0] < 350_000

# %% [markdown]
# The largest belongs to the area, whose numbers go up to 200. It allows only tiny steps
# of 0.00005. And the flattest direction is over 300,000 times as flat: with such steps,
# it takes forever. Here is what the weights are after 60 epochs just below the limit.

# %%
neuron = Neuron(4, activation=None)
optimizer = SGD(neuron.parameters(), lr=0.00004)
fit(neuron, houses.X, prices, optimizer=optimizer, epochs=60, verbose=0)
for name, w in zip(houses.feature_names, neuron.w):
    print(f"{name}: {1000 * w.data:,.0f} euros")
assert neuron.w[0].data > 2.4
assert neuron.w[1].data < 2.0

# %% [markdown]
# In the formula, a m² is worth 2,200 euros, and a room 8,000. The m² is too dear, and
# the room has hardly begun to count.
#
# So the trouble is no bug. It is that one feature counts in hundreds, and another in
# ones.
#
# ## Scale the features
#
# Subtract from each feature its mean, and divide by its standard deviation. Then a
# typical value of any feature is 1 or -1. `StandardScaler` does that, and keeps the
# numbers to do it to other houses too.
#
# > **Predict first.** The landscape is another one now. About how many to 1 will
# > sharpest and flattest be?

# %% tags=["concept:feature-scaling"]
from micrograd_nn.datasets import StandardScaler

scaler = StandardScaler()
X = scaler.fit_transform(houses.X)
found = curvatures(X)
print("curvatures:", "  ".join(f"{number:,.1f}" for number in found))
print(f"limit of the learning rate: {2 / found[-1]:.2f}")
print(f"sharpest to flattest: {found[-1] / found[0]:,.0f} to 1")
assert 0.5 < 2 / found[-1] < 0.55
assert 10 < found[-1] / found[0] < 13

# %% [markdown]
# From 330,000 to 1 down to 12 to 1, by a subtraction and a division. The narrow gorge
# has become a wide bowl, and a learning rate of up to 0.5 is fine. When training does
# not work, look at the features first.
#
# ## The loop
#
# Now the five lines. Learn them by heart; you will write them below.
#
# 1. **Clear** the gradients: they add up, and those of the last round are still there.
# 2. **Forward**: what does the model predict?
# 3. **Loss**: how wrong is that, in one number?
# 4. **Backward**: which way would each weight change it?
# 5. **Step**: move each weight a little, against its gradient.
#
# One round through all the examples is an **epoch**.

# %% tags=["concept:training-loop"]
rows, targets = X.tolist(), prices.tolist()
mn.seed(0)
neuron = Neuron(4, activation=None)
optimizer = SGD(neuron.parameters(), lr=0.3)
losses, per_epoch = [], []
for epoch in range(60):
    optimizer.zero_grad()
    predictions = [neuron(row) for row in rows]
    loss = mse_loss(predictions, targets)
    loss.backward()
    optimizer.step()
    losses.append(loss.data)
    per_epoch.append([p.data for p in neuron.parameters()])  # weights, bias

print(f"a typical error is {1000 * math.sqrt(losses[-1]):,.0f} euros")
assert 5_200 < 1000 * math.sqrt(losses[-1]) < 5_400

# %% [markdown]
# About 5,300 euros. The formula adds noise of about that size to each price, and nobody
# can predict noise. So there is nothing more to be had.
#
# Here is the loss on its way there. The left axis grows by factors, so a straight line
# means that the loss shrinks by the same share each time. First it falls down the steep
# walls of the bowl; from epoch 5 on it follows the flattest direction. In the end it is
# level: only the noise is left.

# %%
line_plot(None, {"MSE": losses}, xlabel="epoch", ylabel="loss", logy=True)

# %% [markdown]
# ## What a square metre costs
#
# A weight says what one *scaled* unit is worth. Divide by the scale, and it is what one
# m² is worth, or a room, a year, a km.
#
# > **Predict first.** The formula of the houses says 2,200 euros for each m². The
# > neuron has seen only 200 noisy prices. Will it be off by 1, 10 or 30 percent?


# %% tags=["concept:house-prices", "cover"]
def euros_per_unit(weights):
    return [1000 * w / size for w, size in zip(weights, scaler.scale_)]


truth = [2200, 8000, -900, -5000]
learned = euros_per_unit(per_epoch[-1])
bars = {}
for unit, *pair in zip(("m²", "room", "year", "km"), learned, truth):
    bars[f"{unit}, learned"], bars[f"{unit}, true"] = pair
print(f"one m² is worth {learned[0]:,.0f} euros")
assert abs(learned[0] - 2200) < 22
bar_chart(bars, label="euros for one more")

# %% [markdown]
# Less than 1 percent. Nobody told it the formula: only houses, prices, and the slope of
# the loss.
#
# How good is it, as one number? **R²** compares the squared errors with those of
# someone who always says the mean price. 1 is perfect, 0 is no better than the mean.
# Ask it on houses that it has never seen.

# %%
from micrograd_nn.training import score

new = make_houses(200, seed=1)
fresh = score(neuron, scaler.transform(new.X), new.y / 1000)
print(f"R² on new houses: {fresh:.4f}")
assert fresh > 0.99

# %% [markdown]
# ## A good model may be wrong
#
# How early was it that good? Here is R² by its formula, for the neuron as it was after
# 10 of the 60 epochs.

# %%
*weights, bias = per_epoch[9]
errors = scaler.transform(new.X) @ weights + bias - new.y / 1000
early = 1 - (errors**2).mean() / (new.y / 1000).var()
print(f"R² on new houses after 10 epochs: {early:.3f}")
assert 0.985 < early < 0.995

# %% [markdown]
# > **Predict first.** So it predicted well after 10 epochs. Were the prices per m² and
# > per room right by then?

# %%
history = np.array([euros_per_unit(weights) for weights in per_epoch])
shares = history / truth  # 1 is right
m2, room = history[9, :2]
print(f"after epoch 10: {m2:,.0f} euros for a m², {room:,.0f} for a room")
assert m2 < 1900
assert room > 2 * 8000
lines = {"m²": shares[:, 0], "room": shares[:, 1]}
line_plot(None, lines, xlabel="epoch", ylabel="learned / true")

# %% [markdown]
# Far from it. A room was worth twice what it should be, and a m² too little, and still
# the sums came out right: large houses have many rooms, so that one can stand in for
# the other.
# Where features move together, prices can be predicted long before they are understood.
# Remember that when somebody reads meaning into the weights of a model.
#
# It also says which direction of the bowl is the flat one: more for a room, less for a
# m².

# %% [markdown]
# ## Your turn
#
# > **Exercise 1.** Write the loop from memory. `train` changes the neuron that it gets.
# > The five comments stand for the five lines, and all names that you need are above.


# %% tags=["exercise"]
def train(neuron, rows, targets, lr, epochs):
    # an optimizer of the neuron's parameters
    for _ in range(epochs):
        # 1. clear
        # 2. forward
        # 3. loss
        loss = ...
        # 4. backward
        # 5. step
    return loss


# %% tags=["check"]
def test_train(train):
    neuron = Neuron(4, activation=None)
    train(neuron, rows, targets, lr=0.3, epochs=60)
    price_per_m2 = euros_per_unit([w.data for w in neuron.w])[0]
    found = f"you find {price_per_m2:,.0f} euros for a m², the truth is 2,200"
    assert abs(price_per_m2 - 2200) < 50, f"{found}: is one of the five missing?"


check(test_train, train)


# %% tags=["solution"] jupyter={"source_hidden": true}
def train(neuron, rows, targets, lr, epochs):
    optimizer = SGD(neuron.parameters(), lr=lr)
    for _ in range(epochs):
        optimizer.zero_grad()
        predictions = [neuron(row) for row in rows]
        loss = mse_loss(predictions, targets)
        loss.backward()
        optimizer.step()
    return loss


test_train(train)

# %% [markdown]
# > **Exercise 2.** Use the model: what does a house of 100 m², 4 rooms, 20 years, 5 km
# > from the city cost, in euros? `neuron` is the one that was trained above. It has
# > only ever seen scaled features, and prices in thousands. `scaler.transform` scales a
# > list of houses, `fit_transform` would find new means; and the number in a Value is
# > its `data`.


# %% tags=["exercise"]
def price_of(area, rooms, age, distance):
    return ...


# %% tags=["check"]
def test_price(price_of):
    scaler.fit(houses.X)  # in case that an answer has fitted it to something else
    for house in ([100, 4, 20, 5], [60, 2, 70, 15]):
        true = 30_000 + sum(each * count for each, count in zip(truth, house))
        price = float(price_of(*house))
        assert abs(price - true) < 5_000, (
            f"{house}: you say {price:,.0f} euros, the formula {true:,.0f}"
        )


check(test_price, price_of)


# %% tags=["solution"] jupyter={"source_hidden": true}
def price_of(area, rooms, age, distance):
    (scaled,) = scaler.transform([[area, rooms, age, distance]]).tolist()
    return 1000 * neuron(scaled).data


test_price(price_of)

# %% [markdown]
# ## The same, by `fit`
#
# `fit` is this loop, with a few comforts around it. You can check that: from the same
# start, it takes the same steps.
#
# It is also faster. It records once what one example costs, finds the matrix products
# in it, and computes with those (lesson 15). So from here on you can train something
# larger.

# %%
mn.seed(0)
twin = Neuron(4, activation=None)
optimizer = SGD(twin.parameters(), lr=0.3)
run = fit(twin, X, prices, optimizer=optimizer, epochs=60, batch_size=200, verbose=0)

differences = [abs(a - b) / b for a, b in zip(run.history["loss"], losses)]
print("the same losses, to 11 digits:", max(differences) < 1e-11)
assert max(differences) < 1e-11

# %% [markdown]
# ## A larger task to try the knobs on
#
# 1,797 handwritten digits, 64 pixels each, and a net with 32 hidden neurons (lesson 06
# looks at it closely). A fifth of the digits is kept aside to measure on. `learn`
# trains a fresh net, always from the same start, and notes the loss of every step.

# %%
from micrograd_nn.datasets import load_digits, train_test_split
from micrograd_nn.nn import MLP
from micrograd_nn.training import Callback

digits, new_digits, labels, new_labels = train_test_split(
    *load_digits(return_X_y=True), test_size=0.2, seed=0
)
EPOCHS = 2 if FAST else 10


class Notes(Callback):
    sees_values = False  # it looks at no weight, so `fit` need not stop for it

    def on_train_begin(self):
        self.losses = []

    def on_batch_end(self, step, logs):
        self.losses.append(logs["loss"])


# %% [markdown]
# A `Callback` is told about each step of the loop, and may do what it likes. This one
# takes notes.


# %%
def learn(optimizer, epochs=EPOCHS, seed=0, **options):
    mn.seed(seed)
    net = MLP(64, [32, 10], initializer="he_normal")
    notes = Notes()
    options |= {"callbacks": [notes], "verbose": 0}
    run = fit(net, digits, labels, optimizer=optimizer, epochs=epochs, **options)
    return net, score(net, new_digits, new_labels), run.history, notes.losses


def sgd(lr, momentum=0.0):
    return lambda parameters: SGD(parameters, lr=lr, momentum=momentum)


net, accuracy, _, _ = learn(sgd(0.1))
assert len(net.parameters()) == 2410
print(f"{accuracy:.0%} of new digits are read correctly")

# %% [markdown]
# ## The learning rate
#
# In lesson 03 you could compute the limit. The landscape of this net has 2,410
# dimensions and a different curvature at every place. So one tries.
#
# > **Predict first.** After 10 epochs, which of 0.001, 0.1, 0.5 and 2 reads best? How
# > bad are the others: 10%, 50%, 90%?

# %%
from micrograd_nn.viz.plots import lr_sweep

rates = [0.001, 0.1, 0.5, 2.0] if FAST else [0.001, 0.01, 0.03, 0.1, 0.3, 0.5, 1, 2, 4]
results = {lr: learn(sgd(lr))[:2] for lr in rates}
accuracies = {lr: accuracy for lr, (_, accuracy) in results.items()}
assert FAST or accuracies[0.001] < 0.2 < 0.93 < accuracies[0.1] < 0.98
assert FAST or accuracies[0.5] > 0.95
assert accuracies[2.0] < 0.2
lr_sweep(accuracies, "accuracy")

# %% [markdown]
# A hill with a cliff. On the left, nets that have hardly moved; going right, better and
# better; and just behind the best, nothing works at all. With ten classes, 10% is what
# guessing gets. So look for the cliff, and then stay a good step away from it.
#
# What lies behind the cliff? The loss there is not even `nan`. Look into that net.

# %%
from micrograd_nn.training import predict

fallen, _ = results[2.0]
hidden = predict(fallen.layers[0], new_digits)  # a row for each digit
awake = (hidden > 0).any(axis=0).sum()
print(f"{awake} of 32 hidden neurons answer to any of {len(hidden)} digits")
assert awake < 4

# %% [markdown]
# **Dead** neurons (lesson 01): huge steps threw their weights so far that the sum is
# below zero for every digit. ReLU makes it zero, its slope is zero too, and no gradient
# will ever bring them back.

# %% [markdown]
# ## The batch size
#
# With the houses, each step looked at all of them. You need not: the slope on a few
# examples, a **batch**, points roughly the same way, and costs a fraction. Take other
# ones each time, in random order. That is *stochastic* gradient descent, the S in SGD.
#
# > **Predict first.** Ten epochs with 8, 32, 128 and all 1,437 digits in a batch. All
# > see each digit ten times. Which reads best in the end?

# %% tags=["concept:batch-size"]
batches = {size: learn(sgd(0.1), batch_size=size) for size in (8, 32, 128, 1437)}


def steps_of(size):
    def draw(ax):
        line_plot(None, {"": batches[size][3]}, xlabel="step", ylabel="loss", ax=ax)
        ax.set_ylim(0, 2.6)

    return draw


panels = {
    f"{size} a batch: {accuracy:.0%}": steps_of(size)
    for size, (_, accuracy, _, _) in batches.items()
}
small_multiples(panels, columns=4, size=(2.5, 2.3))

# %% [markdown]
# Small batches win here. Each step is noisy, as you see on the left, but 1,800 rough
# steps lead further than 10 perfect ones. (The noise may even help: it can shake a net
# out of a poor place.)
#
# Then why not always one example at a time? Because computers work on many at once
# nearly as fast as on one. In practice: 16 to 256, and a larger learning rate for
# larger batches. (Here all four had the same 0.1.)

# %%
found = [accuracy for _, accuracy, _, _ in batches.values()]
counts = [len(noted) for _, _, _, noted in batches.values()]
print("steps:", counts, " accuracy:", [f"{accuracy:.2f}" for accuracy in found])
assert FAST or counts == [1800, 450, 120, 10]
assert FAST or found[0] > 0.94 > 0.5 > found[3]

# %% [markdown]
# ## Optimizers
#
# The gradient says which way; the **optimizer** decides what step to take. You know
# two, plain SGD and momentum. **Adam** (Kingma and Ba, 2015) adds another idea: it
# keeps, for each weight, a mean of the recent gradients and one of their squares. The
# step is lr times the first, divided by the root of the second. So a weight with tiny
# gradients moves as far as one with large ones: each has a learning rate of its own.
#
# > **Predict first.** Adam gets lr = 0.01, the others 0.1. Which loss falls fastest?

# %% tags=["concept:optimizers"]
from micrograd_nn.optim import Adam

racers = {
    "SGD, 0.1": sgd(0.1),
    "momentum 0.9, 0.1": sgd(0.1, momentum=0.9),
    "Adam, 0.01": lambda parameters: Adam(parameters, lr=0.01),
}
runs = {name: learn(optimizer) for name, optimizer in racers.items()}
curves = {name: history["loss"] for name, (_, _, history, _) in runs.items()}
for name, (_, accuracy, history, _) in runs.items():
    print(f"{name}: loss {history['loss'][-1]:.3f}, accuracy {accuracy:.2f}")
slow, heavy, adam = [curve[-1] for curve in curves.values()]
assert max(heavy, adam) < 0.7 * slow
assert FAST or abs(runs["Adam, 0.01"][1] - accuracies[0.5]) < 0.02
line_plot(None, curves, xlabel="epoch", ylabel="loss", logy=True)

# %% [markdown]
# Momentum and Adam are far ahead. Be fair, though: with lr = 0.5, plain SGD reads new
# digits as well as Adam does, as your sweep showed. The gain of Adam is that it is less
# choosy: something from 0.001 to 0.01 works for most nets, so it is a good first try.

# %% [markdown]
# ## A learning rate that falls
#
# Early on, large steps are good: there is a long way to go. Late, they are not: you
# leap to and fro over the valley's floor. So start large, and shrink the steps. Such a
# plan is a **schedule**. This one follows half a cosine wave down to 0 (Loshchilov and
# Hutter, 2017).
#
# > **Predict first.** At lr = 1.0, near the cliff, with batches of 16 and twice as many
# > epochs: does the end get better, or does it only take longer?

# %% tags=["concept:learning-rate-schedules"]
from micrograd_nn.optim import CosineAnnealingLR

twice = 2 * EPOCHS


def falling(optimizer):
    return CosineAnnealingLR(optimizer, twice)


constant = learn(sgd(1.0), twice, batch_size=16)[2]
cosine = learn(sgd(1.0), twice, batch_size=16, schedule=falling)[2]


def draw(key, **look):
    lines = {"constant": constant[key], "cosine": cosine[key]}
    return lambda ax: line_plot(None, lines, xlabel="epoch", ax=ax, **look)


panels = {"learning rate": draw("lr"), "loss": draw("loss", logy=True)}
small_multiples(panels, columns=2, size=(3.6, 2.8))

# %% [markdown]
# At first the two are the same. Then the constant one starts to jump about, and the
# falling one settles, on a lower loss.

# %% tags=["varies"]
print(f"constant {constant['loss'][-1]:.3f}, cosine {cosine['loss'][-1]:.3f}")
assert FAST or cosine["loss"][-1] < 0.7 * constant["loss"][-1]

# %% [markdown]
# That was one run, from one **seed**: one choice of random weights to start from. Is it
# the rule?
#
# > **Predict first.** Three seeds, with the constant rate and the falling one. Is the
# > falling one better each time? By much?
#
# (So near the cliff, the last digit of a number can decide where a run ends. On your
# computer the constant ones may differ from these.)

# %% tags=["varies"]
ends = {}
for seed in (0, 1, 2):
    for name, schedule in {"constant": None, "cosine": falling}.items():
        found = learn(sgd(1.0), twice, seed=seed, batch_size=16, schedule=schedule)
        ends[name, seed] = found[1]
        print(f"seed {seed}, {name:8} {found[1]:.2f} of new digits right")
assert FAST or min(ends["cosine", seed] for seed in range(3)) > 0.75
assert FAST or max(ends["constant", seed] for seed in (1, 2)) < 0.75

# %% [markdown]
# Seed 0 was the lucky one. From the other two starts the constant rate falls off the
# cliff, and the falling one does not. What you have seen once, from one seed, is an
# anecdote: try a few.
#
# And a good step away from the cliff, at 0.5?

# %%
for name, schedule in {"constant": None, "cosine": falling}.items():
    found = learn(sgd(0.5), twice, batch_size=16, schedule=schedule)[1]
    print(f"lr = 0.5, {name:8} {found:.2f} of new digits right")
    assert FAST or found > 0.96

# %% [markdown]
# There the schedule makes no difference worth mentioning: on this small task, a fixed
# rate of 0.5 settles by itself. What a schedule buys you here is safety at large rates.

# %% [markdown]
# ## What you saw
#
# - Training is five lines: clear, forward, loss, backward, step. The rest is comfort.
# - Unscaled features make a gorge out of a bowl. Scale them first.
# - Good predictions do not prove that the weights are right, if features move together.
# - The learning rate has a best place, and a cliff just behind it.
# - Small batches take many rough steps, large ones few smooth ones. Momentum, Adam and
#   schedules get further in as many epochs.
#
# ## Quiz
#
# <details><summary>1. What goes wrong without step 1, clear?</summary>
#
# Gradients add up over all rounds. Each step then also goes along all old slopes, and
# the loss swings to and fro.
# </details>
#
# <details><summary>2. The loss is nan after a few steps. Where do you look?</summary>
#
# At the features, whether they are scaled, and then at the learning rate.
# </details>
#
# <details><summary>3. Why does the scaler keep its numbers?</summary>
#
# New houses must be scaled by the same mean and deviation as those of the training, or
# the weights would mean something else.
# </details>
#
# <details><summary>4. 1,000 examples, batches of 50: how many steps an epoch?</summary>
#
# 1,000 / 50 = 20.
# </details>
#
# <details><summary>5. Why let the learning rate fall?</summary>
#
# Large steps cover distance early on; small ones settle on the valley's floor.
# </details>
#
# ## Words
#
# - **Feature**: one of the numbers that describe an example.
# - **Mean squared error (MSE)**: the mean of the squares of all errors.
# - **R²**: 1 is perfect; 0 is no better than always saying the mean.
# - **Feature scaling**: bringing all features to mean 0 and deviation 1.
# - **Epoch**: one round through all examples.
# - **Batch**: the examples that one step looks at.
# - **SGD**: gradient descent on random batches.
# - **Optimizer**: what turns gradients into steps: SGD, momentum, Adam.
# - **Schedule**: a plan for the learning rate.
# - **Seed**: where random numbers start, so that a run can be repeated.
#
# **Next:** 06, where a net learns to read.
