# %% [markdown]
# # 08 · Going deep
#
# One hidden layer bends space, and two bend it more. So why not eight? For a long time
# the answer was: they do not learn. Here you find out why, in the gradients, and repair
# it in four ways.
#
# **You will see** a gradient that shrinks to a hundred-thousandth on its way back, one
# that grows to millions, and how activations, first weights, skips and batch norm keep
# it alive.
#
# **Needs:** lesson 06 · **Takes:** 40 minutes

# %%
import micrograd_nn as mn
from micrograd_nn.learn import check
from micrograd_nn.nn import MLP

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## Eight layers that learn nothing
#
# The task is an easy one: a hundred points on two half-moons. A net of one hidden layer
# with twelve sigmoids gets most of them right. Now stack eight of those layers.
#
# > **Predict first.** After the same training, will the deep net be better than the
# > shallow one, about as good, or worse?

# %%
from micrograd_nn.datasets import make_moons
from micrograd_nn.optim import SGD
from micrograd_nn.training import fit, score

X, y = make_moons(100, noise=0.1, seed=0, return_X_y=True)


def train(net, optimizer=lambda params: SGD(params, lr=0.1)):
    settings = {"epochs": 100, "batch_size": 20, "verbose": 0}
    return fit(net, X, y, optimizer=optimizer, **settings).history


# %% [markdown]
# Both nets start from small random weights; how small is a story of its own, and comes
# below.


# %%
from micrograd_nn.viz.plots import line_plot


def deep(activation, initializer, depth=8, seed=0):
    mn.seed(seed)
    widths = [12] * depth + [2]
    return MLP(2, widths, activation=activation, initializer=initializer)


nets = {depth: deep("sigmoid", "xavier_normal", depth) for depth in (1, 8)}
losses = {f"{depth} hidden": train(net)["loss"] for depth, net in nets.items()}
accuracies = {depth: score(net, X, y) for depth, net in nets.items()}
print(accuracies)
assert accuracies[1] > 0.8
assert accuracies[8] == 0.5
line_plot(None, losses, xlabel="epoch", ylabel="loss")

# %% [markdown]
# The deep net does not learn badly. It does not learn at all: half of the points right
# is what a coin gets, and a loss of 0.69 is that of a net that says "fifty-fifty" of
# every point (it is the logarithm of 2).
#
# It has more than enough neurons, and the learning rate suits the shallow net. What is
# missing?

# %% [markdown]
# ## Where did the gradient go?
#
# A weight learns from its gradient. So look at the gradients of an untrained deep net,
# layer by layer. One number for a layer is enough: the **norm**, the length of the
# arrow that all its gradients make together.
#
# The axis is logarithmic: each line across is ten times the one below.

# %% tags=["concept:vanishing-gradients"]
from micrograd_nn.losses import cross_entropy
from micrograd_nn.viz.plots import gradient_norms


def send_back(net):
    net.zero_grad()
    cross_entropy(net.batch(X[:20].tolist()), y[:20].tolist()).backward()
    return net


plot = gradient_norms(send_back(deep("sigmoid", "xavier_normal")))
norms = plot.data["norm"]
print(f"first / last: {norms[0] / norms[-1]:.0e}")
assert norms[0] / norms[-1] < 1e-4
plot

# %% [markdown]
# A staircase, down to the left. The last layer is told loudly what to change. The
# first, which sees the points, gets about a hundred-thousandth of that, and its weights
# do not move. This is the **vanishing gradient** (Hochreiter, 1991).
#
# The steps are about equally high:

# %%
steps = norms[1:8] / norms[2:9]
print("from each hidden layer to the one before:", steps.round(2))
assert 0.2 < steps.min() < steps.max() < 0.4

# %% [markdown]
# So each layer lets through between a fifth and two fifths of the gradient. You know
# the chain rule from lesson 02: along a path, partials multiply. Seven such factors in
# a row leave next to nothing.
#
# Who takes so much? Each layer multiplies twice: with its weights, and with the slope
# of its activation. Here are the slopes.

# %%
from micrograd_nn.viz.plots import function_gallery

gallery = function_gallery(
    {"sigmoid": mn.Value.sigmoid, "tanh": mn.Value.tanh, "relu": mn.Value.relu},
    columns=3,
)
for name in ("sigmoid", "tanh", "relu"):
    print(f"{name}: its slope is at most {max(gallery.data[name][1]):g}")
print(f"0.25 to the power of 8: {0.25**8:.6f}")
assert max(gallery.data["sigmoid"][1]) == 0.25
gallery

# %% [markdown]
# The dashed lines are the slopes. That of a sigmoid is at most **one quarter**, in the
# middle, and near 0 to both sides. Eight of them multiply to 0.000015 at best. Weights
# could make up for it, but small ones make it worse.
#
# The slope of a **ReLU** is 1 wherever it is not 0. Half of the signals are blocked;
# the others pass in full.
#
# > **Predict first.** The same eight layers with ReLUs. Will the staircase be less
# > steep, level, or climb to the left?

# %% tags=["cover"]
from micrograd_nn.viz.plots import small_multiples

kinds = {
    "sigmoid": deep("sigmoid", "xavier_normal"),
    "ReLU": deep("relu", "he_normal"),
}


def draw_norms(ax, net):
    plot = gradient_norms(send_back(net), ax=ax)
    ax.set(ylim=(1e-6, 1e2), xlabel="layer")
    ax.set_xticks(range(9), range(1, 10), rotation=0)
    return plot


both = small_multiples(
    {kind: lambda ax, net=net: draw_norms(ax, net) for kind, net in kinds.items()},
    size=(5.0, 3.2),
)
relu_norms = both.data["ReLU"]["norm"]
assert 0.1 < relu_norms[0] / relu_norms[-1] < 10
both

# %% [markdown]
# Level, more or less: the first layer hears about as much as the last. And the net
# learns:

# %%
net = deep("relu", "he_normal")
print(f"loss at the end {train(net)['loss'][-1]:.3f}, accuracy {score(net, X, y):.2f}")
assert score(net, X, y) > 0.98

# %% [markdown]
# This is a large part of why ReLUs took over. But look at the call: the second net also
# began with other weights, `he_normal` in place of `xavier_normal`. Does that matter?

# %% [markdown]
# ## How large should weights start?
#
# All at zero will not do: then all neurons of a layer are equal, get equal gradients,
# and stay equal for ever. So weights start at random, around 0. But how far from it?
#
# > **Predict first.** Twelve inputs, ReLUs, and weights with a standard deviation of
# > 0.01, 0.1, 0.4, 1 or 3. For which will the signals of the eighth layer be about as
# > large as those of the first?

# %% tags=["concept:weight-initialization"]
from functools import partial

from micrograd_nn.initializers import normal
from micrograd_nn.viz.plots import activation_histograms

spreads = {}
for std in (3, 1, 0.4, 0.1, 0.01):
    net = deep("relu", partial(normal, std=std))
    spreads[f"weights of {std}"] = activation_histograms(net, X).data["std"][:8]
line_plot(None, spreads, xlabel="layer", ylabel="spread of its outputs", logy=True)

# %% [markdown]
# Straight lines on a logarithmic axis: every layer multiplies the signals by about the
# same factor. Above 1 they explode, below 1 they fade, and only one line is nearly
# level.

# %%
factors = {}
for name, spread in spreads.items():
    factors[name] = (spread[7] / spread[0]) ** (1 / 7)
    print(f"{name}: a factor of {factors[name]:.2g} each layer")
assert factors["weights of 3"] > 4
assert factors["weights of 0.01"] < 0.05
assert 0.6 < factors["weights of 0.4"] < 1.6

# %% [markdown]
# Where does the factor come from? A neuron adds up n products of a weight and an input.
# If the weights have variance v, the sum has n · v times the mean square of an input. A
# ReLU cuts away the negative half, so n · v / 2 is left. To keep signals as they are,
# that should be 1.
#
# This is He's rule (He et al., 2015). The same thought without the half, for tanh, is
# Xavier's (Glorot and Bengio, 2010); as it minds the way back too, its n is the mean of
# a layer's inputs and outputs.
#
# > **Exercise 1.** Write `he_init`: it draws one weight, of a neuron with `fan_in`
# > inputs. `random.gauss(0, std)` gives a random number with the standard deviation
# > `std`, which is the square root of the variance. (`fan_out`, how many neurons share
# > the inputs, is passed too. You will not need it.)

# %% tags=["exercise"]
import random


def he_init(fan_in, fan_out):
    return ...


# %% tags=["check"]
import statistics


def test_he_init(he_init):
    mn.seed(0)
    for n in (2, 12, 50):
        draws = [he_init(n, 12) for _ in range(5000)]
        found, wanted = statistics.pvariance(draws), 2 / n
        told = f"with {n} inputs the variance is {found:.3f}, not {wanted:.3f}"
        assert 0.85 < found / wanted < 1.15, told
        assert abs(statistics.mean(draws)) < 0.1, "they should lie around 0"
    norms = gradient_norms(send_back(deep("relu", he_init))).data["norm"]
    assert norms[0] / norms[-1] > 1e-2, "the gradient still fades"


check(test_he_init, he_init)


# %% tags=["solution"] jupyter={"source_hidden": true}
def he_init(fan_in, fan_out):
    return random.gauss(0, (2 / fan_in) ** 0.5)


test_he_init(he_init)

# %% [markdown]
# Twelve inputs make that $\sqrt{2 / 12} = 0.41$: the level line above.
#
# ## Too large
#
# Signals that grow forwards grow backwards too. This is the gradient that reaches the
# *first* layer, for nets of one to twelve hidden layers.

# %% tags=["concept:exploding-gradients"]
depths = (1, 8, 12) if FAST else range(1, 13)


def at_first_layer(std, depth):
    net = send_back(deep("relu", partial(normal, std=std), depth))
    weights = net.layers[0].parameters()
    return sum(p.grad**2 for p in weights) ** 0.5


arriving = {
    f"weights of {std}": [at_first_layer(std, depth) for depth in depths]
    for std in (3, 0.41, 0.1)
}
assert arriving["weights of 3"][list(depths).index(8)] > 1e6
assert arriving["weights of 0.1"][-1] < 1e-5
line_plot(
    depths, arriving, xlabel="hidden layers", ylabel="gradient, first layer", logy=True
)

# %% [markdown]
# The upper line is the **exploding gradient**: millions, from eight layers on. A step
# of the learning rate times that is no step down a mountain, it is a leap off the map.
# What does training do then?

# %%
try:
    train(deep("relu", partial(normal, std=3.0)))
except FloatingPointError as error:
    print(error)
else:
    raise AssertionError("it should not survive that")

# %% [markdown]
# It ends after a few steps. (Clipping is the first aid: cut the gradient to a largest
# length before each step. Lesson 11 needs it.)
#
# Other activations fail in their own way. Here are all outputs of each layer, as
# histograms, for eight layers of tanh. First with Xavier's weights:

# %%
from micrograd_nn.nn import Sequential


def hidden_layers(net):
    return Sequential(*net.layers[:8])


plot = activation_histograms(hidden_layers(deep("tanh", "xavier_normal")), X, bins=20)
assert 0.25 < plot.data["std"][7] / plot.data["std"][0] < 0.45
plot

# %% [markdown]
# Hills around 0, where the slope of tanh is near 1. They do get narrower from layer to
# layer, but slowly: after eight there is a third left.
#
# > **Predict first.** And with weights of 3? tanh gives nothing beyond -1 and 1, so
# > nothing can explode. What will the hills look like?

# %%
wild_tanh = deep("tanh", partial(normal, std=3.0))
plot = activation_histograms(hidden_layers(wild_tanh), X, bins=20)
at_the_ends = plot.data["counts"][7, [0, -1]].sum() / plot.data["counts"][7].sum()
print(f"{at_the_ends:.0%} of the eighth layer's outputs are beyond -0.9 or 0.9")
assert at_the_ends > 0.8
plot

# %% [markdown]
# No hills: nearly all outputs sit at the ends, where tanh is flat. Such neurons are
# **saturated**: a small change of their weights changes next to nothing, so they learn
# next to nothing. The few in between do learn, but what they hear has been multiplied
# with weights of 3. You will see below how that ends.

# %% [markdown]
# ## A way around: skips
#
# A good start helps. A better road helps more. A **skip connection** adds a layer's
# input to its output: *x + layer(x)* (He et al., 2015, "Deep Residual Learning"). The
# layer only learns what to change. And a sum, as you saw in lesson 02, passes the
# gradient on in full: whatever the layer does to it, one copy walks past.
#
# To try it on the sigmoids, build the deep net once more, out of parts: `make` makes
# layers two to eight. (The first has two inputs and twelve outputs, so nothing can be
# added to its inputs.)

# %%
from micrograd_nn.nn import Linear, Sigmoid


def layer(*between, inputs=12):
    linear = Linear(inputs, 12, initializer="xavier_normal")
    return Sequential(linear, *between, Sigmoid())


def stack(make, seed=0):
    mn.seed(seed)
    return Sequential(layer(inputs=2), *[make() for _ in range(7)], Linear(12, 2))


# %% [markdown]
# > **Exercise 2.** Write the forward pass of `Skip`. `x` is a list of numbers, and
# > `self.module(x)` is another of the same length; add them up in pairs.

# %% tags=["exercise"]
from micrograd_nn.nn import Module


class Skip(Module):
    def __init__(self, module):
        self.module = module

    def __call__(self, x):
        return ...


# %% tags=["check"]
def test_skip(Skip):
    found = list(Skip(lambda x: [10.0, 20.0])([1.0, 2.5]))
    told = "[1.0, 2.5] and the layer's [10.0, 20.0] should make"
    assert found == [11.0, 22.5], f"{told} [11.0, 22.5], got {found}"
    norms = gradient_norms(send_back(stack(lambda: Skip(layer())))).data["norm"]
    assert norms[0] / norms[7] > 1e-2, "the gradient still fades"


check(test_skip, Skip)


# %% tags=["solution"] jupyter={"source_hidden": true}
class Skip(Module):
    def __init__(self, module):
        self.module = module

    def __call__(self, x):
        return [a + b for a, b in zip(x, self.module(x), strict=True)]


test_skip(Skip)

# %% [markdown]
# The library has one too. It is called `Residual`.
#
# > **Predict first.** Sigmoids, eight layers, coin-flip accuracy. Now with skips around
# > seven of them: what accuracy?

# %% tags=["concept:skip-connections"]
from micrograd_nn.nn import Residual

net = stack(lambda: Residual(layer()))
plot = gradient_norms(send_back(net))
assert plot.data["norm"][0] > 1000 * norms[0]
train(net)
print(f"accuracy {score(net, X, y):.2f}")
assert 0.75 < score(net, X, y) < 0.95
plot

# %% [markdown]
# The first layer gets thousands of times what it got before, and the sigmoids learn: as
# much as a single layer of them did. (Why is the last bar so high? Each skip adds an
# output to what came before, and sigmoids give no negative ones. So signals grow along
# the way, and a weight's gradient is larger the larger its input.)
#
# ## Keep signals in shape: batch norm
#
# He's rule sets the scale of the signals once, before training. Why not set it again at
# every layer, in every step? **Batch norm** (Ioffe and Szegedy, 2015) takes a batch,
# and for each feature subtracts the mean over the batch and divides by the standard
# deviation. Then it multiplies with a weight and adds a bias, which are learned, so
# that nothing is lost.
#
# > **Predict first.** A batch of three examples, with one feature: 5, 7 and 9. What
# > comes out? And of 500, 700 and 900?

# %% tags=["concept:batch-norm"]
from micrograd_nn.nn import BatchNorm1d

for column in ([5.0, 7.0, 9.0], [500.0, 700.0, 900.0]):
    rows = BatchNorm1d(1).batch([[x] for x in column])
    out = [round(row[0].data, 2) for row in rows]
    print(column, "becomes", out)
    assert out == [-1.22, 0.0, 1.22]

# %% [markdown]
# The same. Whatever the layer before does to the scale, the next one does not notice.
#
# There is a catch: in this layer, an example alone has no result, it takes a batch. So
# batch norm keeps running averages while it trains, and uses those later, when you ask
# about a single picture. (That is one reason to call `net.eval()` before use. `score`
# and `predict` do it for you.)
#
# Take the worst start from above, ReLUs with weights of 3, for layers two to eight.
# Then put a batch norm before each of those ReLUs.

# %%
from contextlib import suppress

from micrograd_nn.nn import ReLU


def wild(*between):
    linear = Linear(12, 12, initializer=partial(normal, std=3.0))
    return Sequential(linear, *between, ReLU())


without, net = stack(wild), stack(lambda: wild(BatchNorm1d(12)))
with suppress(FloatingPointError):  # it blows up
    train(without)
train(net)
print(f"without {score(without, X, y):.2f}, with batch norm {score(net, X, y):.2f}")
assert score(without, X, y) < 0.6
assert score(net, X, y) > 0.9

# %% [markdown]
# (Where training blows up, `fit` undoes the step that did it, so we can still ask for
# the accuracy.)
#
# ## Is that luck?
#
# One run is an anecdote. Each row below is a net of eight hidden layers, each column
# another start of its random numbers. The numbers are accuracies after 100 epochs.

# %%
from micrograd_nn.viz.plots import heat_map

tiny, huge = partial(normal, std=0.01), partial(normal, std=3.0)
variants = {
    "sigmoid": lambda seed: deep("sigmoid", "xavier_normal", seed=seed),
    "sigmoid, skips": lambda seed: stack(lambda: Residual(layer()), seed),
    "sigmoid, batch norm": lambda seed: stack(lambda: layer(BatchNorm1d(12)), seed),
    "tanh, Xavier": lambda seed: deep("tanh", "xavier_normal", seed=seed),
    "tanh, weights of 3": lambda seed: deep("tanh", huge, seed=seed),
    "ReLU, He": lambda seed: deep("relu", "he_normal", seed=seed),
    "ReLU, weights of 0.01": lambda seed: deep("relu", tiny, seed=seed),
    "ReLU, weights of 3": lambda seed: stack(wild, seed),
    "the same, batch norm": lambda seed: stack(lambda: wild(BatchNorm1d(12)), seed),
}

# %% [markdown]
# This takes half a minute: more than fifty trainings.


# %%
def accuracy(make, seed):
    net = make(seed)
    with suppress(FloatingPointError):
        train(net)
    return score(net, X, y)


seeds = range(1 if FAST else 6)
table = [[accuracy(make, seed) for seed in seeds] for make in variants.values()]
heat_map(table, rows=list(variants), columns=seeds, xlabel="seed", write=True)

# %% [markdown]
# Read it row by row.
#
# - Plain **sigmoids** fail every time, and so do ReLUs with weights that are too small
#   or too large.
# - **ReLUs with He's weights** get all points right, with every seed.
# - **Tanh with Xavier's weights** is nearly as good. With weights of 3, saturated, it
#   is stuck somewhere on the way.
# - **Skips** bring sigmoids to where a shallow net of them is.
# - **Batch norm** makes up for weights of 3. With sigmoids it helps a lot, but not
#   every time.

# %%
row = dict(zip(variants, table, strict=True))
for name in ("sigmoid", "ReLU, weights of 0.01", "ReLU, weights of 3"):
    assert max(row[name]) < 0.6
assert min(row["ReLU, He"]) > 0.98
assert min(row["tanh, Xavier"]) > 0.85 > sum(row["tanh, weights of 3"]) / len(seeds)
assert 0.8 < min(row["sigmoid, skips"]) <= max(row["sigmoid, skips"]) < 0.9
assert min(row["the same, batch norm"]) > 0.9
assert max(row["sigmoid, batch norm"]) > 0.9

# %% [markdown]
# What went wrong with sigmoids, batch norm and seed 1? Look at its accuracy after each
# of the last fifty epochs.

# %%
net = stack(lambda: layer(BatchNorm1d(12)), seed=1)
late = train(net)["accuracy"][50:]
outputs = net.batch(X.tolist())  # as in training: with the means of this very batch
hits = [(b.data > a.data) == label for (a, b), label in zip(outputs, y, strict=True)]
print(f"with the batch's own means: {sum(hits) / len(hits):.2f} at the end")
assert min(late) < 0.8 < 0.9 < max(late)
assert sum(hits) / len(hits) > 0.9
line_plot(range(51, 101), {"": late}, xlabel="epoch", ylabel="accuracy")

# %% [markdown]
# It flickers. With the means of the batch itself, the net gets nearly everything right.
# With the running averages, which it uses once training is over, it depends on the
# moment. Seven norms in a row, and small batches whose means jump about: that is the
# price of batch norm, and one reason why Transformers (lesson 12) use a norm that needs
# no batch.

# %% [markdown]
# ## What about Adam?
#
# All of this was plain gradient descent. Adam (lesson 05) divides each gradient by its
# usual size. A hundred-thousandth, divided by a hundred-thousandth, is 1.
#
# > **Predict first.** Eight sigmoid layers, no skips, no batch norm, Adam. Still 0.50?

# %%
from micrograd_nn.optim import Adam

net = deep("sigmoid", "xavier_normal")
train(net, lambda params: Adam(params, lr=0.01))
print(f"accuracy {score(net, X, y):.2f}")
assert 0.8 < score(net, X, y) < 0.95

# %% [markdown]
# It moves, up to where the shallow net was, and no further. So when you read that deep
# sigmoid nets cannot be trained, ask with what. In practice today you take all of it
# together: ReLUs or their relatives, He's weights, skips, a norm, and Adam.

# %% [markdown]
# ## What you saw
#
# - Backprop multiplies a factor for each layer. Below 1 the gradient vanishes, above 1
#   it explodes, and depth makes either worse.
# - A sigmoid's slope is at most a quarter; a ReLU's is 1 or 0.
# - First weights should keep the signals' size: a variance of 2 / n for ReLUs.
# - A skip lets the gradient walk past a layer. Batch norm sets the scale anew at every
#   layer, in every step.
# - A figure from one seed is an anecdote. Six of them showed where the luck was.
#
# ## Quiz
#
# <details><summary>1. The loss of a net with two classes stays at 0.69. What does the
# net say?</summary>
#
# Fifty-fifty, of every example. 0.69 is the logarithm of 2.
# </details>
#
# <details><summary>2. Why does the first layer suffer most?</summary>
#
# Its gradient comes last: it has passed all other layers, and each has multiplied it.
# </details>
#
# <details><summary>3. Why not start all weights at 0?</summary>
#
# The neurons of a layer would all be equal, and get equal gradients for ever.
# </details>
#
# <details><summary>4. A ReLU layer has 200 inputs. Which standard deviation suits its
# weights?</summary>
#
# √(2 / 200) = 0.1. The more inputs, the smaller the weights.
# </details>
#
# <details><summary>5. How does a skip keep a gradient from vanishing?</summary>
#
# It is a sum, and a sum passes all of the gradient to both operands. One copy goes
# round the layer, and is multiplied with nothing.
# </details>
#
# ## Words
#
# - **Vanishing gradient**: it shrinks by a factor at each layer, until nothing is left.
# - **Exploding gradient**: it grows by a factor at each layer.
# - **Saturated**: where an activation is flat, so that its slope is nearly 0.
# - **Initialization**: how the first weights are drawn.
# - **He, Xavier**: rules for how large they should be, for ReLU and for tanh.
# - **Skip connection**, or **residual**: x + layer(x).
# - **Batch norm**: each feature of a batch at mean 0 and standard deviation 1, then
#   scaled and shifted by what is learned.
#
# **Next:** 09, nets that look at pictures through small windows.
