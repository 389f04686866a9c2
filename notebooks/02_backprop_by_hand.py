# %% [markdown]
# # 02 · Backprop by hand
#
# How does a computer know which way to turn each of a million knobs? It multiplies
# small numbers, backwards. Here you do it yourself, see every product, and then plant
# bugs in it.
#
# **You will see** a graph that remembers how it was computed, the chain rule walking
# back through it step by step, and how any gradient can be checked without trusting it.
#
# **Needs:** lesson 01 · **Takes:** 30 minutes

# %%
import micrograd_nn as mn
from micrograd_nn import Value, gradcheck
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## What is a gradient?
#
# Change a number a little, and see how much the result changes. The ratio of the two
# changes is the **gradient** (or derivative): how strongly this number pulls on the
# result, and in which direction.
#
# Take $y = x^2$ at $x = 3$.
#
# > **Predict first.** If x goes from 3 to 3.001, by how much does y go up: about
# > 0.001, 0.003, 0.006 or 0.009?


# %% tags=["concept:gradient"]
def square(x):
    return x * x


step = 0.001
change = square(3 + step) - square(3)
print(f"y changes by {change:.6f}, which is {change / step:.3f} times the step")
assert abs(change / step - 6) < 0.01

# %% [markdown]
# About 0.006: the gradient of $x^2$ at 3 is 6. That took two runs of the function for a
# single number. A net with a million weights would need a million runs. Backprop gets
# all of them from one run forwards and one backwards.

# %% [markdown]
# ## A number that remembers
#
# A `Value` holds a number in `data`. Arithmetic on Values makes new Values, and each
# one remembers which **op** made it (such as + or tanh), and its **operands**: what the
# op was applied to. Follow that memory and you have the **computational graph**.
#
# This is a neuron with two inputs. Its numbers are those of Karpathy's lecture on
# micrograd (2022), picked so that the gradients below come out round.

# %% tags=["concept:computational-graph"]
from micrograd_nn.viz import draw_dot

x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
b = Value(6.8813735870195432, label="b")

n = x1 * w1 + x2 * w2 + b
n.label = "n"
o = n.tanh()
o.label = "o"
draw_dot(o)

# %% [markdown]
# Each box is a Value, with its number. Those on the left that no op made are the
# **leaves**. `grad` is still 0 everywhere: nobody has walked back yet.
#
# ## Three patterns
#
# Before you do it on the neuron, look at three ops alone. Each passes the gradient of
# its result on to its operands, in a way of its own.
#
# > **Predict first.** The result's gradient is 1. What arrives at a = 2 and b = 5 when
# > the op is a sum? A product? The larger of the two?

# %%
for name, op in {
    "a + b": lambda a, b: a + b,
    "a * b": lambda a, b: a * b,
    "max(a, b)": mn.maximum,
}.items():
    p, q = Value(2.0), Value(5.0)
    op(p, q).backward()
    print(f"{name:9}  a gets {p.grad:g}, b gets {q.grad:g}")

# %% [markdown]
# - A **sum distributes**: both get all of it. Turning up either one turns up the sum.
# - A **product swaps**: each gets it times *the other one*. If b is 5, a step of a
#   counts five times.
# - A **maximum routes**: the winner takes all. The loser could move a little and nobody
#   would notice.
#
# These are the **partials** of each op: how the result changes with one operand, when
# all else stays as it is.

# %% [markdown]
# ## The chain rule, step by step
#
# If c depends on b, and b on a, then steps multiply: when b goes 3 times as fast as a,
# and c goes 2 times as fast as b, then c goes 6 times as fast as a. That is the **chain
# rule**. If there are several ways from a to c, add up what comes along each.
#
# So for each op, from the end to the start:
#
# > operand.grad += partial × result.grad
#
# Step through your neuron with the arrow keys, or the buttons. Each step is one such
# product. Before each step, say what it will be: you know all three patterns, and the
# slope of tanh is $1 - o^2$.

# %% tags=["concept:chain-rule"]
from micrograd_nn.viz import debug

debug(o)

# %% [markdown]
# ## The whole of backpropagation
#
# Only the order needs care. A Value may pass its gradient on only when *all* of it has
# arrived. **Topological order** lists operands before results; reversed, it lists
# results before operands, which is what we need.
#
# This is all of it. Read it twice: it is the heart of every deep-learning library.

# %% tags=["concept:backpropagation", "concept:topological-order"]
from micrograd_nn.chain_rule import local_partials
from micrograd_nn.graph import topological_order


def my_backward(root):
    root.grad = 1.0  # how the root changes with itself
    for result in reversed(topological_order(root)):
        for operand, partial in zip(result.operands, local_partials(result)):
            operand.grad += partial * result.grad


for value in topological_order(o):
    value.grad = 0.0  # clear them, or a second run of this cell would add to the first
my_backward(o)
for leaf in (x1, w1, x2, w2, b):
    print(f"do/d{leaf.label} = {leaf.grad:+.4f}")
assert abs(w1.grad - 1.0) < 1e-9

# %% [markdown]
# The library's own `o.backward()` finds the same. This is the neuron again, with all
# its gradients: how much each number, also those in between, pulls on `o`.

# %% tags=["cover"]
leaves = [x1, w1, x2, w2, b]
mine = [leaf.grad for leaf in leaves]
for leaf in leaves:
    leaf.grad = 0.0  # those in between, `backward` clears by itself
o.backward()
assert mine == [leaf.grad for leaf in leaves]
draw_dot(o)

# %% [markdown]
# ## Why `+=`?
#
# > **Predict first.** y = a * a + a at a = 3. Three arrows lead to a. Each brings
# > something. What is a.grad at the end?

# %%
from micrograd_nn.viz import why

a = Value(3.0, label="a")
y = a * a + a
y.label = "y"
y.backward()
print(why(y, a))
assert a.grad == 7.0

# %% [markdown]
# Three paths, three contributions, one sum. With `=` in place of `+=`, each would
# overwrite the one before. Many who write this for the first time write that bug. Time
# to meet its friends.

# %% [markdown]
# ## The bug zoo
#
# `inject` plants a bug in the library's own backward pass, for as long as the `with`
# lasts. Three of them are out tonight.

# %%
from micrograd_nn.viz import FAULTS, inject

for name in ("overwrite", "forgotten_reverse", "wrong_rule"):
    print(f"{name}: {FAULTS[name].text}\n")

# %% [markdown]
# Each of A, B and C below was computed with one of the three. The first line is right.


# %%
def gradients():
    a, b = Value(2.0), Value(-3.0)
    (a * b + a).backward()
    return f"a.grad = {a.grad:+g}, b.grad = {b.grad:+g}"


culprits = dict(zip("CAB", ("overwrite", "forgotten_reverse", "wrong_rule")))
print("right", gradients())
for letter in "ABC":
    with inject(culprits[letter]):
        print(f"{letter}    ", gradients())

# %% [markdown]
# > **Exercise 1.** Which bug is which? Here is y = a * b + a at a = 2, b = -3. Do the
# > pass by hand, with each bug in turn, until you know. (The line with `zip` above
# > gives it away: do not look.)

# %% tags=["exercise"]
bugs = {"A": ..., "B": ..., "C": ...}  # "overwrite", "forgotten_reverse", "wrong_rule"


# %% tags=["check"]
def test_bugs(bugs):
    for letter in "ABC":
        named = bugs[letter]
        assert named in culprits.values(), f"of {letter} you say {named!r}: no such bug"
        assert named == culprits[letter], f"{named} gives other numbers than {letter}"


check(test_bugs, bugs)

# %% tags=["solution"] jupyter={"source_hidden": true}
# A: the product comes first, and passes on nothing, as nothing has arrived there yet.
# B: it gives a what belongs to b, and b what belongs to a: 2 + 1 and -3.
# C: a gets 1 along one path, and in its place -3 along the other.
bugs = {"A": "forgotten_reverse", "B": "wrong_rule", "C": "overwrite"}
test_bugs(bugs)

# %% [markdown]
# ## Never trust a gradient
#
# A wrong gradient raises no error. The net only learns badly, or slowly, or not. So
# check: nudge an input by h in both directions, and compare the change of the result
# with the gradient. How small should h be?
#
# > **Predict first.** We try h from 1 down to 0.0000000000001. Does the error get
# > smaller and smaller?

# %% tags=["concept:gradient-checking"]
import math

from micrograd_nn.viz.plots import line_plot

exact = 1 - math.tanh(0.5) ** 2
steps = [10 ** (-k / 8) for k in range(8 * 13 + 1)]
slopes = [(math.tanh(0.5 + h) - math.tanh(0.5 - h)) / (2 * h) for h in steps]
errors = [max(abs(slope - exact), 1e-17) for slope in slopes]

line_plot(steps, {"": errors}, xlabel="h", ylabel="error", logx=True, logy=True)

# %% [markdown]
# A V, read from right to left: at first a smaller h helps, since a curve looks
# straighter the closer you look. Then it hurts: two nearly equal numbers are
# subtracted, each known to 16 digits only, and the digits that they share are gone. The
# sweet spot lies near 0.00001, and even there the error is not 0.

# %%
worst = [max(errors[8 * k : 8 * k + 8]) for k in range(13)]  # from h = 10**-k down
sweet = worst.index(min(worst))
print(f"h = 1e-{sweet} and a little less: an error of {min(worst):.0e} at most")
assert sweet in (4, 5, 6)

# %% [markdown]
# `gradcheck` does this for every input of your function, chooses h by itself, knows how
# much error to expect, and names the op that is to blame. It finds all three bugs of
# the zoo.


# %%
def f(a, b):
    return a * b + a


print(gradcheck(f, 2.0, -3.0))
for name in culprits.values():
    with inject(name):
        assert not gradcheck(f, 2.0, -3.0)

# %% [markdown]
# ## Your own op
#
# An op is a record: its formula, and one partial for each operand. Nothing else is
# needed for backprop to go through it.
#
# > **Exercise 2.** Write the partial of tanh. It is called with the result `y` and the
# > operand `x` (and with `xp`, the math functions to use: you will not need it). You
# > have seen it on the neuron above: the slope of tanh is 1 minus the square of ...


# %% tags=["exercise"]
def partial_of_tanh(xp, y, x):
    return ...


# %% tags=["check"]
def test_tanh(partial):
    my_tanh = mn.Op("my_tanh", lambda xp, x: xp.tanh(x), (partial,))
    report = gradcheck(lambda x: mn.apply(my_tanh, x), 0.5)
    row = report.rows[0]
    assert report, f"you say {row.analytic:.4f}, a nudge says {row.numeric.value:.4f}"


check(test_tanh, partial_of_tanh)


# %% tags=["solution"] jupyter={"source_hidden": true}
def partial_of_tanh(xp, y, x):
    return 1.0 - y * y


test_tanh(partial_of_tanh)

# %% [markdown]
# ## What you saw
#
# - A Value remembers its op and its operands: that memory is the computational graph.
# - Each op needs only to know its own partials. The chain rule does the rest, from the
#   result back to the leaves, adding up where paths meet.
# - Any gradient can be checked with nothing but the function itself.
#
# ## Quiz
#
# <details><summary>1. Why does backprop go backwards?</summary>
#
# One result, many inputs: one pass from the result reaches all of them. Forwards, it
# would take one pass for each input.
# </details>
#
# <details><summary>2. The gradient of a weight is 0. What does that mean?</summary>
#
# A small change of it does not change the result. Here w2 got 0, as its input x2 is 0.
# </details>
#
# <details><summary>3. Why must a Value wait before it passes its gradient on?</summary>
#
# More may still arrive, along other paths. What it passed on would be too little.
# </details>
#
# <details><summary>4. What does a product pass on to its operands?</summary>
#
# Its own gradient, times the other operand.
# </details>
#
# <details><summary>5. Why not check with the smallest h that there is?</summary>
#
# Computers keep 16 digits. The difference of two nearly equal numbers has few left.
# </details>
#
# ## Words
#
# - **Computational graph**: Values, and which ops made them of which.
# - **Operand**: what an op is applied to.
# - **Leaf**: a Value that no op made, such as an input or a weight.
# - **Partial**: how a result changes with one operand, all else as it is.
# - **Gradient**: how the final result changes with a Value, along all paths.
# - **Chain rule**: along a path, multiply; where paths meet, add.
# - **Topological order**: operands before results.
#
# **Next:** 03, a walk down a foggy mountain.
