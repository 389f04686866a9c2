# %% [markdown]
# # 01 · A neuron and its volume knobs
#
# What does a single neuron do? It listens to a few numbers, to each at a volume of its
# own, and adds up what it hears. Here you turn the knobs by hand, before any training.
#
# **You will see** a decision that is a straight line, what each knob does to that line,
# the bends that are put behind a neuron, and how one neuron feeds the next.
#
# **Needs:** lesson 00 · **Takes:** 30 minutes

# %%
import micrograd_nn as mn
from micrograd_nn import Value, gradcheck
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## Whom would you invite?
#
# A hiring manager reads twelve applications. She looks at two numbers: the years of
# experience, and the typos in the letter. This is whom she invited. Here it is, typed
# by hand.

# %%
from micrograd_nn.viz.plots import scatter_plot

applicants = {
    "Ada": (9, 1),  # nine years, one typo
    "Ben": (7, 3),
    "Dan": (5, 0),
    "Eva": (1, 0),
    "Ivo": (4, 1),
    "Jun": (9, 4),  # she invited those, up to here
    "Cleo": (3, 4),
    "Finn": (8, 6),
    "Gus": (2, 2),
    "Hana": (6, 5),
    "Kim": (0, 2),
    "Lou": (7, 5),
}
invited = ["yes"] * 6 + ["no"] * 6
points = list(applicants.values())
scatter_plot(points, invited, names=list(applicants), xlabel="years", ylabel="typos")

# %% [markdown]
# ## A neuron, by hand
#
# A neuron multiplies each input by a **weight**, adds it all up, and adds one more
# number, its **bias**. That is all. Ours says "invite" if the result is above 0.
#
# Here are three numbers for a start. They are a guess.
#
# > **Predict first.** Cleo has 3 years and 4 typos. Do the sum in your head: will this
# > neuron invite her?


# %% tags=["concept:neuron"]
def neuron(years, typos):
    return 1.0 * years - 0.5 * typos - 2.5


for name in ("Ada", "Cleo", "Finn"):
    total = neuron(*applicants[name])
    print(f"{name:4} {total:+.1f}  {'invite' if total > 0 else 'no'}")
assert neuron(*applicants["Cleo"]) == -1.5

# %% [markdown]
# Cleo gets 1.0 × 3 − 0.5 × 4 − 2.5 = −1.5, so no. Finn is invited in spite of his six
# typos, which is not what the manager thinks.
#
# What does the neuron say of *every* applicant there could be? Colour the plane: blue
# where the sum is above 0, and a black line where it is 0.


# %%
from micrograd_nn.viz.plots import decision_boundary


def decide(years=1.0, typos=-0.5, bias=-2.5, ax=None):
    def score(p):
        return years * p[:, 0] + typos * p[:, 1] + bias

    plot = decision_boundary(score, points, invited, ax=ax)
    plot.ax.set(xlabel="years", ylabel="typos")
    return plot


decide(years=1.0, typos=-0.5, bias=-2.5)

# %% [markdown]
# A straight line, and that is no accident. Wherever you are, one more year adds the
# same 1.0, and one more typo takes away the same 0.5. So two typos cost as much as one
# year brings, all along the line.
#
# ## Weights are volume knobs
#
# Think of a mixing desk with one channel for each input. A weight is the volume of its
# channel. Turn it up, and the neuron hears more of that input. At 0 the channel is
# silent. Below 0 the input counts against.
#
# > **Predict first.** Turn the knob of the typos from −0.5 to 0. The neuron no longer
# > hears them. What does the line look like then?

# %% tags=["concept:weights", "cover"]
from micrograd_nn.viz.plots import small_multiples

small_multiples(
    {
        f"typos at {knob:g}": lambda ax, knob=knob: decide(1.0, knob, -2.5, ax=ax)
        for knob in (0.0, -0.5, -1.0, -2.0)
    },
    columns=2,
    size=(3.8, 2.9),
)

# %% [markdown]
# With the typos silent the line stands upright: only years count, and three of them are
# enough. The louder the typos, the more the line turns. **Weights turn the line.**
#
# ## The bias moves it
#
# The bias is what the neuron says when all inputs are 0: its own opinion, before it has
# heard anything.
#
# > **Predict first.** The bias goes from −6.5 to 1.5, in steps. Does the line turn, or
# > move? And to which side: are more people invited, or fewer?

# %% tags=["concept:bias"]
small_multiples(
    {
        f"bias {bias:g}": lambda ax, bias=bias: decide(1.0, -0.5, bias, ax=ax)
        for bias in (-6.5, -2.5, 1.5)
    },
    columns=3,
    size=(3.2, 2.6),
)

# %% [markdown]
# It moves, and keeps its direction. A low bias is a strict manager: without a lot of
# experience, no invitation. A high bias is a generous one.
#
# ## Turn them yourself
#
# The next cell shows three sliders, if the package `ipywidgets` is installed.

# %%
from importlib.util import find_spec

if find_spec("ipywidgets"):
    from ipywidgets import fixed, interact

    knob = (-2.0, 2.0, 0.1)
    interact(decide, years=knob, typos=knob, bias=(-6.0, 6.0, 0.5), ax=fixed(None))

# %% [markdown]
# No sliders? Then change the three numbers here, and run this cell again and again.

# %%
decide(years=0.5, typos=-0.5, bias=-1.2)

# %% [markdown]
# > **Exercise 1.** Set the three knobs so that the neuron agrees with the manager on
# > all twelve. Watch the picture: first turn the line until it has the slope of the gap
# > between the dots and the squares, then move it there.

# %% tags=["exercise"]
knobs = {"years": ..., "typos": ..., "bias": ...}


# %% tags=["check"]
def test_knobs(knobs):
    assert set(knobs) == {"years", "typos", "bias"}, "set all three"
    wrong = []
    for (name, (years, typos)), answer in zip(applicants.items(), invited):
        total = knobs["years"] * years + knobs["typos"] * typos + knobs["bias"]
        if (total > 0) != (answer == "yes"):
            wrong.append(name)
    assert not wrong, f"the manager disagrees about {', '.join(wrong)}"


check(test_knobs, knobs)

# %% tags=["solution"] jupyter={"source_hidden": true}
# In the gap between dots and squares the line gains one typo in about two years. So one
# typo must weigh as much as two years. The bias then lets Eva in, and keeps Gus out.
knobs = {"years": 1.0, "typos": -2.0, "bias": 1.0}
test_knobs(knobs)

# %% [markdown]
# You are the optimizer now: you looked at what was wrong, and turned a knob. Training
# is the same, without the eyes. (And it copies the manager, with all of her habits.
# What she gets wrong, the neuron will get wrong too.)
#
# ## Which knob matters most?
#
# Without eyes, how would a program know which knob to turn? It asks each one: if I turn
# you a little, how much does the result change? That is the **gradient** of the knob.
# Lesson 02 is about how it is found. Here we only look at it.
#
# A `Value` is a number that remembers how it was computed. This is the neuron at work
# on Ada, made of Values. `backward()` then asks all of them at once.
#
# > **Predict first.** Ada has 9 years and 1 typo. Which of the three knobs changes her
# > result the most: that of the years, that of the typos, or the bias?

# %%
from micrograd_nn.viz import draw_dot

years, typos = Value(9.0, label="years"), Value(1.0, label="typos")
w_years, w_typos = Value(1.0, label="w_years"), Value(-2.0, label="w_typos")
bias = Value(1.0, label="bias")

total = years * w_years + typos * w_typos + bias
total.label = "total"
total.backward()
draw_dot(total)

# %% [markdown]
# Read `data` from left to right: that is the sum, step by step, up to 8. Then look at
# `grad`. The knob of the years has 9, that of the typos 1, the bias 1.

# %%
for knob in (w_years, w_typos, bias):
    print(
        f"turn {knob.label} up by 0.1, and the total changes by {0.1 * knob.grad:.1f}"
    )
assert [w_years.grad, w_typos.grad, bias.grad] == [9.0, 1.0, 1.0]

# %% [markdown]
# The larger an input, the more its knob matters: for Ada, a turn of the knob for years
# does nine times as much as the same turn of the others.
#
# ## How sure?
#
# A sum of 8 is a clear yes, 0.1 a weak one. How sure is that, from 0 to 1? The
# **sigmoid** squeezes any number into that range:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# At 0 it is one half: the neuron has no opinion.

# %% tags=["concept:sigmoid"]
for z in (-8.0, -1.0, 0.0, 1.0, 8.0):
    print(f"sigmoid({z:+.0f}) = {Value(z).sigmoid().data:.4f}")
assert Value(0.0).sigmoid().data == 0.5

# %% [markdown]
# A function that is put behind the sum, like this one, is an **activation function**.
# It bends what comes out of the neuron. Two more of them are everywhere. **tanh** is a
# sigmoid stretched to run from −1 to 1, so that 0 means "no opinion".

# %% tags=["concept:tanh"]
for z in (-8.0, -1.0, 0.0, 1.0, 8.0):
    print(f"tanh({z:+.0f}) = {Value(z).tanh().data:+.4f}")

# %% [markdown]
# **ReLU**, the rectified linear unit, does not squeeze at all. Below 0 it is silent,
# above 0 it lets everything through. It is the one that most nets of today use, or a
# close relative of it.

# %% tags=["concept:relu"]
for z in (-8.0, -1.0, 0.0, 1.0, 8.0):
    print(f"relu({z:+.0f}) = {Value(z).relu().data:.0f}")

# %% [markdown]
# ## The gallery
#
# Why not a plain step: 1 above 0, else 0? Look at the dashed lines. They are the
# slopes: how much the output changes when the input does.
#
# > **Predict first.** What is the slope of a step? And where has the sigmoid its
# > steepest place?

# %% tags=["concept:activation-functions"]
from micrograd_nn.viz.plots import function_gallery

gallery = {
    "step": lambda z: mn.where(z > 0, 1.0, 0.0),
    "sigmoid": Value.sigmoid,
    "tanh": Value.tanh,
    "ReLU": Value.relu,
}
plot = function_gallery(gallery, -5, 5, columns=2)
plot

# %% [markdown]
# The steepest place of each, in numbers:

# %%
steepest = {name: float(max(plot.data[name][1])) for name in gallery}
print(steepest)
assert steepest == {"step": 0.0, "sigmoid": 0.25, "tanh": 1.0, "ReLU": 1.0}

# %% [markdown]
# - The **step** has slope 0 everywhere but at its jump. Turn a knob a little, and
#   nothing changes: there is nothing for training to go by.
# - The **sigmoid** is steepest at 0, and even there only 0.25. Far out it is flat too:
#   a neuron that is very sure hardly learns. Lesson 08 is about what follows from that.
# - **tanh** is four times as steep, but flat far out as well.
# - **ReLU** has slope 1 wherever it is awake, and 0 where it is silent.
#
# ## More than two answers
#
# A sigmoid is fine for yes or no. What if there are three answers: invite, wait,
# reject? Let three neurons have one total each, and turn the totals into shares of a
# whole. That is the **softmax**: take $e^z$ of each, and divide by the sum.
#
# > **Predict first.** The totals are 2, 1 and −1. What happens to the shares if you add
# > 10 to each total? And if you multiply each by 3?

# %% tags=["concept:softmax"]
from micrograd_nn.viz.plots import bar_chart


def shares(totals):
    named = zip(("invite", "wait", "reject"), mn.softmax(totals))
    return {name: share.data for name, share in named}


rows = {"totals": [2, 1, -1], "each + 10": [12, 11, 9], "each × 3": [6, 3, -3]}


def bars(totals, ax):
    bar_chart(shares(totals), ax=ax).ax.set_xlim(0, 1.15)


small_multiples(
    {
        f"{name}: {totals}": lambda ax, totals=totals: bars(totals, ax)
        for name, totals in rows.items()
    },
    columns=1,
    size=(5.5, 1.5),
)

# %% [markdown]
# Adding the same number to all changes nothing: only differences count. Multiplying by
# 3 makes the largest share larger still: louder totals mean a surer answer.
#
# And for two answers, one of them with a total of 0, softmax is nothing else than the
# sigmoid.

# %%
first, second, third = (shares(totals) for totals in rows.values())
assert all(abs(first[name] - second[name]) < 1e-12 for name in first)
assert third["invite"] > 0.94 > 0.71 > first["invite"]
assert abs(mn.softmax([1.5, 0.0])[0].data - Value(1.5).sigmoid().data) < 1e-12
print(f"invite: {first['invite']:.2f}, then {third['invite']:.2f}")

# %% [markdown]
# ## One neuron feeds the next
#
# Put neurons side by side, and you have a **layer**: all of them see the same inputs.
# Put layers in a row, and you have a net. To compute what it says, go from left to
# right: each layer takes what the one before gave. This is **forward propagation**.
#
# Here is a small net with a meaning, its knobs set by hand. The first neuron hears how
# many years there are beyond three. The second hears how many typos fewer than five.
# Both have a ReLU behind them. The last one has none: it takes 0.7 of the first and all
# of the second, and asks for more than 4.

# %% tags=["concept:forward-propagation"]
from micrograd_nn.nn import MLP

net = MLP(2, [2, 1], activation="relu")
net.load_tensors(
    {
        "layers.0.weight": [[1, 0], [0, -1]],
        "layers.0.bias": [-3, 5],
        "layers.1.weight": [[0.7, 1]],
        "layers.1.bias": [-4],
    }
)
for name in ("Ada", "Eva"):
    hidden = net.layers[0](applicants[name])
    total = net.layers[1](hidden)
    print(f"{name}: {applicants[name]} → {[h.data for h in hidden]} → {total.data:.1f}")
    assert net(applicants[name]).data == total.data

# %% [markdown]
# Look at Eva, who has one year. The sum of the first neuron is 1 − 3 = −2, and its ReLU
# makes that 0: nothing to report. Without the ReLU, −2 × 0.7 would have gone into her
# total, and she would have got a no. As it is, this net agrees with the manager on all
# twelve.

# %%
assert (1 - 3) * 0.7 + 5 - 4 < 0  # Eva without ReLU
agreed = [(net(p).data > 0) == (answer == "yes") for p, answer in zip(points, invited)]
print(f"the net agrees on {sum(agreed)} of {len(agreed)}")
assert all(agreed)

# %% [markdown]
# This is the whole plane, as each neuron of the net sees it.

# %%
from micrograd_nn.viz.plots import network_diagram

network_diagram(net, points)

# %% [markdown]
# Each neuron of the first layer has a straight edge. The last one, on the right, has a
# bend in it. One neuron cannot do that, however you turn its knobs. Lesson 04 shows how
# far this goes.
#
# ## A leak
#
# > **Exercise 2.** A ReLU that is silent for every example has slope 0 for every
# > example. It never learns again: people say that it is *dead*. The **leaky ReLU**
# > (Maas and others, 2013) whispers instead: above 0 it is x, below 0 it is a small
# > part of x, here 0.1 times x. Write it for a Value x. `mn.maximum(a, b)` gives the
# > larger of two.


# %% tags=["exercise"]
def leaky_relu(x):
    return ...


# %% tags=["check"]
def test_leaky_relu(leaky_relu):
    for x, wanted in ((-2.0, -0.2), (0.0, 0.0), (3.0, 3.0)):
        found = leaky_relu(Value(x)).data
        assert abs(found - wanted) < 1e-12, f"at {x:g} you give {found:g}"
    for x in (-2.0, 3.0):  # at 0 there is a kink, which has no slope of its own
        row = gradcheck(leaky_relu, x).rows[0]
        assert row.relative_error < 1e-7, f"at {x:g} the slope is wrong: {row.summary}"


check(test_leaky_relu, leaky_relu)


# %% tags=["solution"] jupyter={"source_hidden": true}
def leaky_relu(x):
    return mn.maximum(x, 0.1 * x)  # below 0, a tenth of x is the larger one


test_leaky_relu(leaky_relu)

# %% [markdown]
# Your function is made of ops that know their own slopes. So the library can find the
# slope of the whole without being told.

# %%
function_gallery({"ReLU": Value.relu, "leaky ReLU": leaky_relu}, -5, 5)

# %% [markdown]
# ## What you saw
#
# - A neuron is a weighted sum, a bias, and an activation function behind it.
# - Weights turn its line, the bias moves it. One neuron alone draws a straight line.
# - The gradient of a knob says how much a turn of it changes the result; a large input
#   makes its knob matter more.
# - Activation functions need slopes, or training has nothing to go by.
# - Forward propagation: layer by layer, from the inputs to the output.
#
# ## Quiz
#
# <details><summary>1. A weight is 0. What does the neuron know of that
# input?</summary>
#
# Nothing. Its volume is off: whatever it is, the sum stays the same.
# </details>
#
# <details><summary>2. Multiply all weights and the bias by 10. What changes?</summary>
#
# Not the line: where the sum was 0 it still is. But a sigmoid behind it is surer.
# </details>
#
# <details><summary>3. Why is a step no good as an activation function?</summary>
#
# Its slope is 0 everywhere. A small turn of a knob changes nothing, so training cannot
# tell in which direction to go.
# </details>
#
# <details><summary>4. An input is 0 for one example. What is the gradient of its
# weight?</summary>
#
# 0, for this example. Turning the volume of a silent channel changes nothing.
# </details>
#
# <details><summary>5. The totals of three classes are 5, 5 and 5. What does softmax
# make of them?</summary>
#
# A third each. Only the differences count, and there are none.
# </details>
#
# ## Words
#
# - **Neuron**: a weighted sum of inputs, plus a bias, through an activation function.
# - **Weight**: how much an input counts; its volume knob.
# - **Bias**: what is added whatever the inputs are.
# - **Activation function**: the bend behind the sum: sigmoid, tanh, ReLU.
# - **Softmax**: makes shares that add up to 1 out of any numbers.
# - **Layer**: neurons that see the same inputs.
# - **Forward propagation**: computing what a net says, layer by layer.
#
# **Next:** 02, how the gradient of every knob is found, by hand.
