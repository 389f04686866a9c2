# %% [markdown]
# # 04 · Bending space
#
# Why does a net need hidden layers, and why must there be a bend in them? A single
# neuron draws a straight line. Here you put a few of them together, first by hand, and
# watch what becomes of the plane.
#
# **You will see** four points that no neuron can part, a net that folds the plane until
# a straight line is enough, and how ReLUs put together draw any curve.
#
# **Needs:** lesson 03 · **Takes:** 40 minutes

# %%
import micrograd_nn as mn
from micrograd_nn import Value, fit
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## Four points that no neuron can part
#
# Take two switches. The lamp is on if exactly one of them is. That is **XOR**, the
# *exclusive or*: one or the other, not both.

# %% tags=["concept:xor"]
from micrograd_nn.viz.plots import scatter_plot

corners = [[0, 0], [0, 1], [1, 0], [1, 1]]
lamp = [0, 1, 1, 0]
scatter_plot(corners, lamp, xlabel="first switch", ylabel="second switch")

# %% [markdown]
# > **Predict first.** A neuron says "on" on one side of a straight line, "off" on the
# > other. How many of the four points can the best neuron get right: two, three, four?
#
# Let us try 100,000 random neurons, and count.

# %%
import numpy as np

rng = np.random.default_rng(0)
knobs = rng.normal(size=(100_000, 3))  # two weights and a bias for each
says_on = knobs[:, :2] @ np.transpose(corners) + knobs[:, 2:] > 0
right = (says_on == lamp).sum(axis=1)
for count in range(5):
    print(f"{count} right: {(right == count).sum():6} neurons")
assert right.max() == 3

# %% [markdown]
# Three, and never four. It is not bad luck. A neuron that gets all four right would
# need
#
# - off at (0, 0): $b \le 0$
# - on at (1, 0): $w_1 + b > 0$
# - on at (0, 1): $w_2 + b > 0$
# - off at (1, 1): $w_1 + w_2 + b \le 0$
#
# Add up the two lines with "on": $w_1 + w_2 + 2b > 0$. Add up the two with "off": $w_1
# + w_2 + 2b \le 0$. Both at once is impossible. Minsky and Papert made this famous in
# 1969, and for years many lost interest in neural nets.
#
# ## Two neurons, and one to listen to them
#
# The way out is a layer in between. Its neurons do not give the answer. They give the
# last neuron better questions to decide on. Nobody tells them what to say, so they are
# called **hidden**.
#
# > **Exercise 1.** Set the knobs of this net by hand, so that it solves XOR.
# >
# > - The first hidden neuron counts the switches that are on: 0, 1 or 2. It is set.
# > - The second should wake up only if *both* are on. Each of its weights is 1. Which
# >   bias makes it 0 for a count of 1, and 1 for a count of 2?
# > - The last neuron says "on" above 0. It takes the count, less a half. How much of
# >   the second neuron must it take away, so that a count of 2 ends up below 0?

# %% tags=["exercise"]
by_hand = {
    "layers.0.weight": [[1, 1], [1, 1]],  # of the first and the second hidden neuron
    "layers.0.bias": [0, ...],
    "layers.1.weight": [[1, ...]],  # of the last one
    "layers.1.bias": [-0.5],
}

# %% tags=["check"]
from micrograd_nn.nn import MLP


def test_by_hand(by_hand):
    net = MLP(2, [2, 1])
    net.load_tensors(by_hand)
    for corner, on in zip(corners, lamp):
        result = net(corner).data
        wanted = "above 0" if on else "0 or less"
        assert (result > 0) == on, f"at {corner}: expected {wanted}, got {result:g}"


check(test_by_hand, by_hand)

# %% tags=["solution"] jupyter={"source_hidden": true}
# The count is 0, 1, 1, 2; the second neuron gives 0, 0, 0, 1; and 2 - 0.5 - 2 < 0.
by_hand = {
    "layers.0.weight": [[1, 1], [1, 1]],
    "layers.0.bias": [0, -1],
    "layers.1.weight": [[1, -2]],
    "layers.1.bias": [-0.5],
}
test_by_hand(by_hand)

# %% [markdown]
# No training, six weights and three biases, and what no single neuron can do is done.
# (But for the −0.5, these knobs are those of Goodfellow, Bengio and Courville, *Deep
# Learning*, 2016.) Here is the net, and what each of its neurons says over the plane.

# %%
from micrograd_nn.viz.plots import network_diagram

net = MLP(2, [2, 1])
net.load_tensors(by_hand)
network_diagram(net, corners)

# %% [markdown]
# Each hidden neuron has one straight edge. The last one combines them into a stripe:
# blue between the two edges, vermillion on both sides of it.
#
# ## What the last neuron sees
#
# The last neuron never meets the switches. It only sees the two numbers that the hidden
# ones give. So put each corner where *those* two numbers say.
#
# > **Predict first.** There are four corners. How many different places will they have?

# %%
for corner, on in zip(corners, lamp):
    seen = [hidden.data for hidden in net.layers[0](corner)]
    print(f"{corner} is seen as {seen}, lamp {'on' if on else 'off'}")

# %% [markdown]
# Three. (0, 1) and (1, 0) have become the same point. In this picture the grey lines
# are the square grid that the corners lie on, and where it ends up: the whole plane has
# been laid onto one line with a kink in it.

# %%
from micrograd_nn.viz.plots import bent_plane

plot = bent_plane(net.layers[0], corners, lamp)
plot.ax.axline((0.5, 0.0), slope=0.5, color="black")  # where h1 - 2 h2 = 0.5
plot

# %% [markdown]
# Now a straight line can part them: the black one, which is all that the last neuron
# has to draw. **The last layer still draws a straight line. The layer before it moves
# the points until a straight line will do.**
#
# ## A fence of straight lines
#
# From here on, `trained` finds the knobs. (`he_normal` is a way to draw the random
# numbers that it starts from; lesson 08 is about why that matters.) First a small ring
# inside of a large one. Each hidden neuron has one straight edge.
#
# > **Predict first.** How many straight edges does it take to fence in the small ring?
# > So how many hidden neurons will be enough?


# %% tags=["concept:hidden-layers"]
from micrograd_nn.datasets import make_circles
from micrograd_nn.optim import Adam
from micrograd_nn.training import score
from micrograd_nn.viz.plots import decision_boundary, small_multiples


def trained(X, y, sizes, activation="relu", epochs=60, start=0):
    mn.seed(start)
    net = MLP(2, sizes, activation=activation, initializer="he_normal")
    adam = Adam(net.parameters(), lr=0.02)
    fit(net, X, y, epochs=epochs, batch_size=16, optimizer=adam, verbose=0)
    return net


X, y = make_circles(return_X_y=True)
fences = {k: trained(X, y, [k, 1]) for k in (1, 2, 3, 4)}
small_multiples(
    {
        f"{k} hidden: {score(net, X, y):.0%}": (
            lambda ax, net=net: decision_boundary(net, X, y, ax=ax)
        )
        for k, net in fences.items()
    }
)

# %% [markdown]
# One edge cuts the small ring off on one side only. Two make a stripe. With three the
# fence closes, and with four there is nothing left to get wrong. (The corners are cut
# off, for near a corner two neurons speak at once.)
#
# One honest remark: these nets all start from seed 0. With just three hidden neurons,
# some starts get stuck in a poor valley (lesson 03). A few neurons more than you need
# make that rare.

# %%
right = {k: score(net, X, y) for k, net in fences.items()}
assert right[1] < 0.7 < right[2] < 0.85 < 0.95 < right[3] <= right[4]
unlucky = score(trained(X, y, [3, 1], start=5), X, y)
print(f"three hidden neurons: {right[3]:.0%} from seed 0, {unlucky:.0%} from seed 5")
assert unlucky < 0.9

# %% [markdown]
# This is the net of four, wired up: the inputs on the left, the four edges, and what
# comes out of them together.

# %%
network_diagram(fences[4], X)

# %% [markdown]
# ## Take the bend away
#
# Is it the layers that do it, or the ReLUs? Here are four data sets, and for each of
# them two nets of the same size, 2-16-16-1: one without activation functions, and one
# with ReLU.
#
# > **Predict first.** The nets without a bend have 337 parameters, in three layers.
# > What will their boundary look like, and how many of the circles will they get right?

# %% tags=["concept:nonlinearity"]
from micrograd_nn.datasets import make_moons, make_spiral, make_xor

planes = {
    "moons": make_moons(return_X_y=True),
    "circles": make_circles(return_X_y=True),
    "xor": make_xor(return_X_y=True),
    "spiral": make_spiral(return_X_y=True),
}
pairs = {
    (name, bend): trained(*points, [16, 16, 1], activation=bend)
    for bend in (None, "relu")
    for name, points in planes.items()
}

# %% [markdown]
# What they learned, for three of the four:

# %%
small_multiples(
    {
        f"{name}, {bend or 'no bend'}": (
            lambda ax, net=net, name=name: decision_boundary(net, *planes[name], ax=ax)
        )
        for (name, bend), net in pairs.items()
        if name != "xor"
    },
    columns=3,
    size=(2.5, 2.1),
)

# %% [markdown]
# Above: three layers, and all they can draw is one straight line. Below: the same, with
# ReLU. In numbers, and with XOR, which has 100 points now:

# %%
assert len(pairs["moons", None].parameters()) == 337
print("             no bend   ReLU")
shares = {key: score(net, *planes[key[0]]) for key, net in pairs.items()}
for name in planes:
    print(f"{name:10} {shares[name, None]:9.1%} {shares[name, 'relu']:6.1%}")
assert len(planes["xor"][0]) == 100
assert 0.8 < shares["moons", None] < 0.9
assert all(shares[name, None] < 0.65 for name in ("circles", "xor", "spiral"))
assert all(shares[name, "relu"] > 0.97 for name in planes)

# %% [markdown]
# Most of the moons can be parted by a line. For the circles, XOR and the spiral it is
# no better than tossing a coin, or hardly.
#
# The reason is plain algebra. A layer without a bend multiplies and adds: $W_1 x +
# b_1$. Put a second one behind it:
#
# $$W_2 (W_1 x + b_1) + b_2 = (W_2 W_1)\, x + (W_2 b_1 + b_2)$$
#
# That is one layer again, with other numbers. You can stack a hundred of them: without
# a bend, they are one. You can see it in the outputs, too. Halfway between two points,
# such a net gives what is halfway between its answers.


# %%
def middle(net):
    """How far the middle of three points is from the mean of the others."""
    left, between, right = (net(p).data for p in ([-1, 0], [0, 0.5], [1, 1]))
    return abs(between - (left + right) / 2)


for bend in (None, "relu"):
    print(f"{bend or 'no bend':7}: off by {middle(pairs['circles', bend]):.2f}")
assert middle(pairs["circles", None]) < 1e-9 < 0.1 < middle(pairs["circles", "relu"])

# %% [markdown]
# ## Bending space
#
# Now the same from the point of view of the last layer. Give the net two outputs, one
# for each class, and the larger one wins. So a point's two outputs are a place in a
# plane of its own, and the diagonal parts the classes. Training cannot move the
# diagonal. All it can do is to move the points.
#
# Watch the sheet with the circles on it.

# %% tags=["cover"]
rings = {
    epochs: trained(X, y, [16, 2], activation="tanh", epochs=epochs, start=2)
    for epochs in (0, 5, 20, 60)
}


def draw_sheet(net, ax=None):
    plot = bent_plane(net, X, y, ax=ax)
    plot.ax.axline((0, 0), slope=1, color="black")  # where both outputs are equal
    return plot


small_multiples(
    {
        f"{epochs} epochs": lambda ax, net=net: draw_sheet(net, ax)
        for epochs, net in rings.items()
    },
    columns=2,
    size=(2.9, 2.4),
)

# %% [markdown]
# It is folded. At the start it is a sheet with random waves in it. Then the part with
# the small ring is pushed over to one side of the diagonal, and the sheet is folded
# across, so that all of the large ring comes to lie on the other. (The idea of drawing
# it like this is Olah's, 2014.)
#
# > **Predict first.** The same net without a bend: what becomes of the grid then?

# %%
flat = trained(X, y, [16, 2], activation=None, start=2)
small_multiples({"no bend": lambda ax: draw_sheet(flat, ax)}, size=(3.8, 3))

# %% [markdown]
# Turned, stretched, pressed flat; but every straight line of the grid is straight. What
# is inside of a ring stays inside, and no straight line parts it from the ring.

# %%
print(f"no bend {score(flat, X, y):.0%}, tanh {score(rings[60], X, y):.0%}")
assert score(flat, X, y) < 0.7 < 0.98 < score(rings[60], X, y)

# %% [markdown]
# ## Wide or deep?
#
# You have about 105 parameters to spend on the spiral. Do you buy one hidden layer of
# 26 neurons, two of 8, or three of 6?
#
# > **Predict first.** Which of the three does best? Does each further layer help?

# %%
from micrograd_nn.viz.plots import bar_chart

spiral = planes["spiral"]
epochs = 10 if FAST else 100
found = {}
for sizes in ([26, 1], [8, 8, 1], [6, 6, 6, 1]):
    nets = [trained(*spiral, sizes, epochs=epochs, start=start) for start in range(4)]
    name = f"{'-'.join(map(str, sizes[:-1]))} ({len(nets[0].parameters())} parameters)"
    found[name] = sorted(score(net, *spiral) for net in nets)
    print(f"{name:24}", ", ".join(f"{share:.0%}" for share in found[name]))

bar_chart({name: np.mean(shares) for name, shares in found.items()}, label="accuracy")

# %% [markdown]
# Four starts each, and the bars are their means. Two layers beat one by far, with no
# more parameters: the second layer folds what is folded already, and so creases
# multiply. A third layer does not help here. Six neurons are few to pass everything on,
# and the result depends a lot on the start. A deeper net can say more, and is harder to
# train; lesson 08 is about that.

# %%
wide, deep, deeper = found.values()
assert FAST or deep[0] > wide[-1]  # the worst of one kind, and the best of the other
assert FAST or deeper[0] < deep[0] - 0.1

# %% [markdown]
# ## Draw anything
#
# How far does this go? Take a net with one input and one output, so that you can see it
# as a curve. Each ReLU puts one bend into the curve. So from a few of them you can
# build a tent.
#
# > **Exercise 2.** Find the three factors, so that `tent` is 0 up to −1, rises to 1 at
# > 0, falls to 0 at 1, and stays there. Go from left to right: what slope do you need
# > next, and what slope is there already? Each factor is the *change* of slope.


# %% tags=["exercise"]
factors = [..., ..., ...]


# %% tags=["check"]
def tent(x, factors):
    bends = [(x + 1).relu(), x.relu(), (x - 1).relu()]
    return sum(factor * bend for factor, bend in zip(factors, bends))


def test_factors(factors):
    wanted = {-2.0: 0.0, -1.0: 0.0, -0.5: 0.5, 0.0: 1.0, 0.5: 0.5, 1.0: 0.0, 3.0: 0.0}
    for x, y in wanted.items():
        found = tent(Value(x), factors).data
        assert abs(found - y) < 1e-9, f"at {x:g} it is {found:g}, and should be {y:g}"


check(test_factors, factors)

# %% tags=["solution"] jupyter={"source_hidden": true}
# The slopes are 0, 1, -1 and 0: from each to the next it is 1, -2 and 1.
factors = [1, -2, 1]
test_factors(factors)

# %% [markdown]
# The tent, and the three ReLUs that it is made of:

# %%
from micrograd_nn.viz.plots import line_plot

xs = [k / 10 for k in range(-20, 21)]
bends = [[max(x + 1, 0) for x in xs], [-2 * max(x, 0) for x in xs]]
bends.append([max(x - 1, 0) for x in xs])
line_plot(
    xs,
    {
        "tent": [tent(Value(x), factors).data for x in xs],
        **dict(zip(("relu(x + 1)", "−2 relu(x)", "relu(x − 1)"), bends)),
    },
)

# %% [markdown]
# With bends where you want them, you can follow any curve. Here is one, and a recipe
# with k ReLUs: mark k + 1 places on the curve, and connect them by straight lines. Each
# ReLU starts at one of the marks, and changes the slope to what is needed from there
# on. Nothing is trained: the weights are written down.
#
# > **Predict first.** Each time, k doubles. How much smaller does the largest error
# > get: a bit, by half, or by more?


# %% tags=["concept:universal-approximation"]
def curve(x):
    return np.sin(1.5 * x + 0.3) + 0.2 * x


def built(k):
    marks = np.linspace(-3, 3, k + 1)
    slopes = np.diff(curve(marks)) / np.diff(marks)
    net = MLP(1, [k, 1])
    net.load_tensors(
        {
            "layers.0.weight": np.ones((k, 1)),
            "layers.0.bias": -marks[:-1],
            "layers.1.weight": [np.diff(slopes, prepend=0.0)],
            "layers.1.bias": [curve(-3)],
        }
    )
    return net


# %% [markdown]
# Look at the last two tensors: the weights of the last neuron are the changes of slope,
# as in your tent, and its bias is where the curve begins.

# %%
from micrograd_nn.training import predict

xs = np.linspace(-3, 3, 241)
drawn = {k: predict(built(k), xs[:, None]).ravel() for k in (1, 2, 4, 8, 16, 32)}
small_multiples(
    {
        f"{k} ReLU{'s' * (k > 1)}": lambda ax, k=k: line_plot(
            xs, {"curve": curve(xs), "net": drawn[k]}, ax=ax
        )
        for k in drawn
    },
    columns=3,
    size=(2.3, 1.9),
)

# %% [markdown]
# And this is the largest error of each, on an axis that grows by factors:

# %%
errors = {k: float(abs(drawn[k] - curve(xs)).max()) for k in drawn}
for k in (8, 16):
    assert 3.5 < errors[k] / errors[2 * k] < 4.5
named = {f"{k} ReLU{'s' * (k > 1)}": error for k, error in errors.items()}
bar_chart(named, label="largest error", log=True)

# %% [markdown]
# As soon as there are enough to follow the waves, twice as many ReLUs make the error
# four times smaller. There is no end to that. And you can come as close as you like to
# any continuous curve between two ends, in more dimensions too: all it takes is one
# hidden layer that is wide enough. This is the **universal approximation** theorem
# (Cybenko, 1989; Hornik, Stinchcombe and White, 1989; for ReLU Leshno and others,
# 1993).
#
# It says that the weights *exist*. It does not say that training finds them. Let us
# see: the same curve, the same nets, but trained for 100 epochs.

# %%
for k in (4, 16):
    found = []
    for start in range(3):
        mn.seed(start)
        net = MLP(1, [k, 1], initializer="he_normal")
        adam = Adam(net.parameters(), lr=0.02)
        fit(net, xs[:, None], curve(xs), epochs=100, optimizer=adam, verbose=0)
        found.append(abs(predict(net, xs[:, None]).ravel() - curve(xs)).mean())
    ours, theirs = abs(drawn[k] - curve(xs)).mean(), sorted(found)[1]
    print(f"{k:2} ReLUs: mean error {ours:.3f} built, {theirs:.3f} trained")
    assert theirs < 0.7 * ours if k == 4 else theirs > 1.5 * ours

# %% [markdown]
# (That is the middle one of three starts.) With 4 ReLUs training beats our recipe: it
# puts the bends where the curve needs them, and not at equal distances. With 16 it does
# not get near what is possible. To say that a net *can* draw a curve, and to get it to
# do so, are two different things.
#
# ## What you saw
#
# - One neuron parts the plane by a straight line. For XOR that is not enough.
# - Hidden neurons give the last one better questions: they move the points until a
#   straight line will do.
# - Without a bend between them, any number of layers is one layer.
# - Each ReLU adds a bend. With enough of them a net comes as close to a curve as you
#   like. Whether training finds it is another matter.
# - A second layer folds what is folded already. Deeper can do more, and trains worse.
#
# ## Quiz
#
# <details><summary>1. Why can no single neuron solve XOR?</summary>
#
# Its boundary is a straight line, and opposite corners of a square cannot be on one
# side of a line with the other two corners on the other.
# </details>
#
# <details><summary>2. What are hidden layers hidden from?</summary>
#
# From the examples: those say what the output should be, not what the neurons in
# between should give.
# </details>
#
# <details><summary>3. A net has ten layers and no activation functions. What can it
# draw?</summary>
#
# Straight lines. Its ten layers multiply out to one.
# </details>
#
# <details><summary>4. In the picture of the folded sheet, what is it that training
# moves?</summary>
#
# The points, with the sheet they lie on. The diagonal between the classes stays.
# </details>
#
# <details><summary>5. Does the universal approximation theorem say that a large enough
# net learns anything?</summary>
#
# No. It says that there are weights which come close. How to find them, and from how
# many examples, it does not say.
# </details>
#
# ## Words
#
# - **XOR**: one or the other, but not both.
# - **Hidden layer**: a layer between the inputs and the output layer.
# - **Linear**: only multiplying by fixed numbers and adding; no bend.
# - **Nonlinearity**: a bend; what an activation function brings.
# - **Width, depth**: how many neurons a layer has; how many layers a net has.
# - **Universal approximation**: one wide hidden layer can come close to any continuous
#   function.
#
# **Next:** 05, all that happens inside of `fit`.
