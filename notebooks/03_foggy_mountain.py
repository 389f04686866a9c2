# %% [markdown]
# # 03 · A foggy mountain
#
# You stand on a mountain, in thick fog, and want to get down. All that you feel is how
# the ground slopes under your feet. That is how a net is trained: it knows its slopes,
# and nothing else. When does that lead to the valley, and when does it not?
#
# **You will see** a map of everything a small model could be, walks across it that
# crawl, bounce, fly off or get stuck, one number that decides which, and a heavy ball
# that rolls out of a hole.
#
# **Needs:** lesson 02 · **Takes:** 40 minutes

# %%
import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.learn import check
from micrograd_nn.viz.plots import (
    line_plot,
    loss_landscape,
    loss_slice,
    small_multiples,
)

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## How wrong is a model?
#
# Five taxi rides, and what they cost. You guess that a ride costs *w* euros for each
# kilometre, plus a fixed fee of *b* euros. That is a neuron with one weight and a bias.
#
# To find good numbers you must first say what bad ones are. A **loss function** turns
# all errors of a model into one number. Zero is perfect; more is worse. This one takes
# the mean of the squared errors: squares have no sign, so that errors cannot cancel,
# and a large error counts more than several small ones.
#
# > **Predict first.** Which guess is better, w = 1 and b = 5, or w = 2 and b = 2? Both
# > are wrong for each of the rides.

# %% tags=["concept:loss-function"]
km = [1.0, 2.0, 3.0, 4.0, 5.0]
euros = [5.1, 6.8, 9.2, 11.0, 12.9]


def loss(w, b):
    errors = [w * x + b - price for x, price in zip(km, euros)]
    return sum(error**2 for error in errors) / len(errors)


print(f"w = 1, b = 5: loss {loss(1.0, 5.0):.2f}")
print(f"w = 2, b = 2: loss {loss(2.0, 2.0):.2f}")
assert loss(2.0, 2.0) < 0.5 * loss(1.0, 5.0)

# %% [markdown]
# The second, by far. Look at the lines: it is about one euro too low everywhere. The
# first is about right for short rides and 3 euros off for the longest, and the square
# of that one error weighs more than all the others together.

# %%
guesses = {
    "the rides": euros,
    "w = 1, b = 5": [1 * x + 5 for x in km],
    "w = 2, b = 2": [2 * x + 2 for x in km],
}
assert euros[-1] - guesses["w = 1, b = 5"][-1] > 2.8
line_plot(km, guesses, xlabel="km", ylabel="euros")

# %% [markdown]
# ## One weight: a valley
#
# Keep the fee at b = 3 for a while. Then the loss depends on w alone, and you can draw
# it: the loss for each w that there could be. This is the mountain. Its lowest point is
# the best w.


# %%
def per_km(w):
    return loss(w, b=3.0)


loss_slice(per_km, -2, 6)

# %% [markdown]
# You see the whole valley, and could point at its floor. A net cannot: to draw a
# picture like this for a million weights, even with two values each, would take more
# points than there are atoms. It stands at one place. It is foggy there.
#
# ## Down, step by step
#
# But at that place, `backward()` tells the slope. So:
#
# 1. feel the slope: the gradient of the loss,
# 2. take a step against it: downhill. The steeper, the longer.
#
# And again. That is **gradient descent** (Cauchy, 1847). The **learning rate**, lr,
# says how long the steps are:
#
# > w ← w - lr × gradient
#
# > **Predict first.** Will the steps get longer or shorter on the way down?

# %%
w = Value(-0.5)
places = [w.data]
for _ in range(10):
    w.grad = 0.0
    per_km(w).backward()
    w.data -= 0.015 * w.grad
    places.append(w.data)

print("w:", "  ".join(f"{place:.2f}" for place in places))
assert abs(places[-1] - 2.0) < 0.1

# %% [markdown]
# Shorter: the valley gets flatter towards its floor, and a step is as long as the slope
# is steep. Nobody told it when to slow down.

# %%
loss_slice(per_km, -2, 6, path=places)

# %% [markdown]
# ## The same for any number of weights
#
# The function below walks down any mountain. The `SGD` optimizer does for all weights
# what you did for one: `zero_grad` clears the gradients, `step` subtracts lr times the
# gradient. (The S is for "stochastic", which lesson 05 explains; momentum comes soon.)

# %% tags=["concept:gradient-descent"]
from micrograd_nn.optim import SGD


def descend(loss, start, lr, steps, momentum=0.0):
    weights = [Value(number) for number in start]
    optimizer = SGD(weights, lr=lr, momentum=momentum)
    path = [start]
    for _ in range(steps):
        optimizer.zero_grad()
        loss(*weights).backward()
        optimizer.step()
        path.append([weight.data for weight in weights])
    return path


def roll(loss, start, lr, steps, momentum=0.0):  # the same for a single weight
    return [x for (x,) in descend(loss, [start], lr, steps, momentum)]


assert roll(per_km, -0.5, lr=0.015, steps=10) == places

# %% [markdown]
# ## Steps too small
#
# > **Predict first.** You take steps a tenth as long. Do you need about 10 times as
# > many?

# %% tags=["concept:learning-rate-too-small"]
crawl = roll(per_km, -0.5, lr=0.0015, steps=10)
more = roll(per_km, -0.5, lr=0.0015, steps=100)
print(f"after  10 steps w = {crawl[-1]:.2f}")
print(f"after 100 steps w = {more[-1]:.2f}")
assert crawl[-1] < 0.3
assert more[-1] > 1.9

# %% [markdown]
# Yes. With a learning rate that is **too small** you get there, but you pay with steps,
# and the steps of a large net take long.
#
# ## Steps too large
#
# So make them longer.
#
# > **Predict first.** At lr = 0.015 you came down smoothly. What happens at 0.05, 0.085
# > and 0.095: faster, bouncing, or worse?


# %% tags=["concept:learning-rate-too-large"]
def walk(lr):
    path = roll(per_km, 0.5, lr, steps=6)
    return lambda ax: loss_slice(per_km, -2, 6, path=path, ax=ax)


rates = {"too small": 0.0015, "faster": 0.05, "bouncing": 0.085, "too large": 0.095}
panels = {f"{name}: lr = {lr}": walk(lr) for name, lr in rates.items()}
small_multiples(panels, columns=4, size=(2.4, 2.4))

# %% [markdown]
# At 0.05 each step goes a little too far, to the other slope, and still it arrives
# sooner. At 0.085 it leaps from side to side and comes down slowly. At 0.095 each leap
# lands *higher* than the one before: the learning rate is **too large**. It climbs out
# of the valley, with ever longer leaps. If a loss grows and then turns `nan`, think of
# this picture.

# %%
heights = [per_km(w) for w in roll(per_km, 0.5, lr=0.095, steps=6)]
print("loss:", "  ".join(f"{height:.0f}" for height in heights))
assert heights == sorted(heights)

# %% [markdown]
# ## Where is the border?
#
# Between 0.085 and 0.095 something changes. It depends on how sharply the valley bends.
# Take the plainest valley, $\frac{c}{2} x^2$. At $x$ its slope is $c \cdot x$, so c
# says how fast the slope grows: it is the **curvature** (the second derivative).
#
# Here is a way to ask whether a walk ends in the valley.


# %%
def converges(lr, curvature):
    x = Value(1.0)
    for _ in range(200):
        x.grad = 0.0
        (curvature / 2 * x * x).backward()
        x.data -= lr * x.grad
        if abs(x.data) > 1e6:
            return False
    return abs(x.data) < 1.0


for lr in (0.5, 1.5, 2.5):
    print(f"curvature 1, lr {lr}: {'arrives' if converges(lr, 1.0) else 'flies off'}")

# %% [markdown]
# > **Exercise 1.** From which learning rate on does it fly off? Find a formula for any
# > curvature. Try a few by hand with `converges`, at curvature 1 and 2. Or think: the
# > slope at x is c·x, so a step leads from x to x - lr·c·x, which is (1 - lr·c) times
# > x. When does multiplying by that number, again and again, make x larger?


# %% tags=["exercise"]
def largest_lr(curvature):
    return ...


# %% tags=["check"]
def test_largest(largest_lr):
    for curvature in (0.5, 1.0, 22.0):
        limit = largest_lr(curvature)
        less, more, at = 0.95 * limit, 1.05 * limit, f"at curvature {curvature:g}"
        assert converges(less, curvature), f"{at} lr {less:.3g} does not arrive already"
        assert not converges(more, curvature), f"{at} lr {more:.3g} still arrives"


check(test_largest, largest_lr)


# %% tags=["solution"] jupyter={"source_hidden": true}
def largest_lr(curvature):
    return 2 / curvature  # there, 1 - lr * curvature is -1: it leaps to and fro forever


test_largest(largest_lr)
assert not converges(2.1 / 3.0, curvature=3.0)

# %% [markdown]
# The limit is **2 / curvature**. The sharper the valley, the smaller the steps must be.
# Half of it, 1 / curvature, would lead to the floor of this valley in a single step.
#
# Your taxi's valley has curvature 22 (twice the mean of the squared kilometres), so its
# limit is 2 / 22: about 0.091. That is between 0.085 and 0.095, as it should be.

# %%
slope_of_slope = mn.hessian(per_km)(0.0)  # all second derivatives, here one
print(f"curvature {slope_of_slope:.1f}, limit {largest_lr(slope_of_slope):.4f}")
assert abs(slope_of_slope - 22.0) < 1e-9

# %% [markdown]
# ## Two weights: a landscape
#
# Now let the fee b move too. Every pair of w and b is a place on a map, and the loss is
# how high the ground is there: the **loss landscape**. Lines connect places of the same
# height. Where they are close, it is steep.


# %% tags=["concept:loss-landscape"]
def chart(function, w_range, b_range, path=None):
    return lambda ax: loss_landscape(function, w_range, b_range, path=path, ax=ax)


place = (-1, 5), (-3, 9)
small_multiples({"every taxi there could be": chart(loss, *place)}, size=(3.6, 2.9))

# %% [markdown]
# A long, narrow valley. Across it the loss changes fast; along it, hardly: a larger fee
# can make up for a lower price per kilometre. The lowest place is somewhere down there,
# and hard to see even without fog.
#
# > **Predict first.** You start at w = 4.5 and b = -2. Draw the way down with your
# > finger. Straight to the middle?

# %%
way = descend(loss, [4.5, -2.0], lr=0.07, steps=40)
small_multiples({"lr = 0.07": chart(loss, *place, way)}, size=(3.6, 2.9))

# %% [markdown]
# Downhill is not towards the goal: it is where it goes down *most steeply*, across the
# valley. So it leaps from wall to wall, and creeps along the floor.
#
# A landscape has a curvature for each direction. The sharpest one sets the limit of the
# learning rate, and the flattest one then takes forever. Both can be had from the table
# of all second derivatives, the **Hessian**: they are its eigenvalues.

# %%
import numpy as np

table = mn.hessian(loss, argnums=(0, 1))(0.0, 0.0)
flat, sharp = np.linalg.eigvalsh(table)  # the curvatures along and across the valley
print(f"curvature along {flat:.2f}, across {sharp:.1f}: {sharp / flat:.0f} to 1")
print(f"limit of the learning rate: {2 / sharp:.4f}")
assert 65 < sharp / flat < 75
assert 0.084 < 2 / sharp < 0.085

# %% [markdown]
# So here the limit is 0.0845. Watch the loss over the steps, at four learning rates.
# You will see pictures of this kind for nets far too large to map; now you know what
# happens on the ground.
#
# > **Predict first.** Which of 0.001, 0.01, 0.08 and 0.086 is lowest after 40 steps?

# %%
curves = {
    f"lr = {lr}": [loss(*place) for place in descend(loss, [4.5, -2.0], lr, steps=40)]
    for lr in (0.001, 0.01, 0.08, 0.086)
}
ends = [curve[-1] for curve in curves.values()]
assert ends[2] < ends[1] < ends[0] < ends[3]
line_plot(range(41), curves, xlabel="step", ylabel="loss", logy=True)

# %% [markdown]
# Far too small crawls. Small is slow, but steady. Just below the limit is much better
# here, though it zigzags. Just above it, the loss grows with every step.
#
# ## A heavy ball
#
# Gradient descent has no memory: each step sees only the slope below. Give it some. A
# heavy ball keeps most of its speed, and the slope only bends its way. In a zigzag, the
# pushes from the two walls cancel, and those along the valley add up. This is
# **momentum** (Polyak, 1964):
#
# > velocity ← momentum × velocity + gradient
# >
# > w ← w - lr × velocity
#
# > **Exercise 2.** Write it. `number` is where the ball is, and the function returns
# > two numbers: the new number and the new velocity.


# %% tags=["exercise"]
def ball_step(number, velocity, gradient, lr, momentum):
    velocity = ...
    number = ...
    return number, velocity


# %% tags=["check"]
def test_ball(ball_step):
    def slope(x):
        return 2 * x  # of x squared

    x, velocity = 1.0, 0.0
    library = roll(lambda x: x * x, 1.0, lr=0.1, steps=3, momentum=0.9)
    for step, expected in enumerate(library[1:], start=1):
        x, velocity = ball_step(x, velocity, slope(x), lr=0.1, momentum=0.9)
        message = (
            f"step {step} on x² from 1: you are at {x}, the ball at {expected:.4f}"
        )
        assert abs(x - expected) < 1e-9, message


check(test_ball, ball_step)


# %% tags=["solution"] jupyter={"source_hidden": true}
def ball_step(number, velocity, gradient, lr, momentum):
    velocity = momentum * velocity + gradient
    number = number - lr * velocity
    return number, velocity


test_ball(ball_step)

# %% [markdown]
# With momentum 0.9, a ball under a steady push ends up 10 times as fast, as it keeps
# 90% of its speed: 1 / (1 - 0.9).
#
# > **Predict first.** The same valley, the same start, the same lr of 0.04, 60 steps.
# > Does the heavy ball come closer to the floor? Does its loss fall in every step?

# %% tags=["concept:momentum"]
ways = {
    name: descend(loss, [4.5, -2.0], lr=0.04, steps=60, momentum=momentum)
    for name, momentum in {"plain": 0.0, "momentum 0.9": 0.9}.items()
}
curves = {name: [loss(*place) for place in way] for name, way in ways.items()}
line_plot(range(61), curves, xlabel="step", ylabel="loss", logy=True)

# %% [markdown]
# After 60 steps:

# %%
for name, curve in curves.items():
    print(f"{name}: loss {curve[-1]:.3f}")
assert curves["momentum 0.9"][-1] < 0.1 < 0.5 < curves["plain"][-1]


# %% [markdown]
# It overshoots, swings back, and is far ahead in the end.
#
# ## Hills
#
# So far there was one valley. Here is a landscape with three, and more beyond the edges
# of the picture. Every valley has a floor where all is flat; only one of them is the
# lowest place of all. The others are **local minima**: the best for as far as you can
# see.


# %% tags=["concept:local-minima"]
def hilly(x):
    return 0.03 * (x - 3.0) ** 2 + 0.6 * (1.0 - (1.5 * x).cos())


def height(x):
    return hilly(Value(x)).data


loss_slice(hilly, -7, 7)

# %% [markdown]
# > **Predict first.** Two balls start at -2: one without memory, one with momentum
# > 0.95. Where will each be after 150 steps?

# %% tags=["cover"]
light = roll(hilly, -2.0, lr=0.1, steps=150)
heavy = roll(hilly, -2.0, lr=0.1, steps=150, momentum=0.95)


def on_hills(path):
    return lambda ax: loss_slice(hilly, -7, 7, path=path, ax=ax)


balls = {"no memory": light, "momentum": heavy}
strip = {
    f"{name}, step {step}": on_hills(path[: step + 1])
    for name, path in balls.items()
    for step in (2, 8, 30, 150)
}
small_multiples(strip, columns=4, size=(2.6, 2.3))

# %% [markdown]
# Without memory the ball rolls into the first hole and stays. It cannot know that there
# is a deeper one behind the hill: the slope is zero, and the slope is all it feels. The
# heavy ball has speed when it comes to that hole, and rolls through.

# %%
for name, path in balls.items():
    print(f"{name}: loss {height(path[-1]):.3f} at {path[-1]:.2f}")
assert 0.25 < height(light[-1]) < 0.27
assert 0.035 < height(heavy[-1]) < 0.045

# %% [markdown]
# ## Does momentum always help?
#
# > **Predict first.** Now both start at -5. Does the heavy ball make it to the lowest
# > place again?

# %%
starts = [number / 5 for number in range(-35, 36)]
ends = {
    name: [height(roll(hilly, start, 0.1, 150, momentum)[-1]) for start in starts]
    for name, momentum in {"no memory": 0.0, "momentum": 0.95}.items()
}
line_plot(starts, ends, xlabel="where the ball starts", ylabel="loss after 150 steps")

# %% [markdown]
# Find -5 on the lower axis: both lines lie at the same height. In numbers:

# %%
start, shares = starts.index(-5.0), []
for name, losses in ends.items():
    shares.append(sum(loss < 0.1 for loss in losses) / len(losses))
    print(
        f"{name}: {losses[start]:.2f} from -5; lowest from {shares[-1]:.0%} of starts"
    )
    assert losses[start] > 1.4

assert ends["momentum"][start - 1] < 0.1  # from -5.2
assert shares[0] + 0.1 < shares[1] < 0.5

# %% [markdown]
# From -5 nobody escapes. The heavy ball rolls further and swings longer, but the next
# hill is too high for the speed that it has. (From -5.2, a bit further up, it gets
# there.) It finds the lowest place more often, and still from less than half of the
# starts: momentum helps, and promises nothing.
#
# Take comfort: in large nets this seems to matter less than one feared. There are very
# many valleys, and those that training finds are mostly about equally good (Choromanska
# et al., 2015). What slows training down more often is the next shape.

# %% [markdown]
# ## A saddle
#
# Two weights, one after the other, make the smallest deep net: it multiplies its input
# by w1, and the result by w2. It should turn 1 into 1. So all that it needs is that
# w1·w2 = 1. Say, both 1.
#
# > **Predict first.** You start with both weights at 0. Where does gradient descent go?


# %%
def chain(w1, w2):
    return (w1 * w2 - 1.0) ** 2


stuck = descend(chain, [0.0, 0.0], lr=0.05, steps=1000)
print("after 1000 steps:", stuck[-1])
assert stuck[-1] == [0.0, 0.0]

# %% [markdown]
# Nowhere. Each weight's gradient is multiplied by the other weight, and both are 0. The
# slope is zero, yet this is no valley. On the map the place in the middle is a pass
# between mountains: up in two directions, down in two others. That is a **saddle**.
#
# Two walks come down from the mountain at the bottom right. They start a thousandth
# apart.

# %% tags=["concept:saddle"]
ridge = descend(chain, [1.5, -1.5], lr=0.02, steps=300)
beside = descend(chain, [1.5, -1.501], lr=0.02, steps=300)

walks = {"from (1.5, -1.5)": ridge, "from (1.5, -1.501)": beside}
panels = {name: chart(chain, (-2, 2), (-2, 2), path) for name, path in walks.items()}
small_multiples(panels, columns=2, size=(3.0, 2.5))

# %% [markdown]
# The first stays on the ridge and ends at the pass, for good. The second goes the same
# way at first. What does that look like to someone who sees only the loss?

# %%
curves = {name: [chain(*place) for place in path] for name, path in walks.items()}
waiting = sum(0.9 < loss < 1.1 for loss in curves["from (1.5, -1.501)"])
print(f"{waiting} of 300 steps with a loss near 1")
assert curves["from (1.5, -1.5)"][-1] > 0.999
assert curves["from (1.5, -1.501)"][-1] < 1e-3
assert 90 < waiting < 130
line_plot(range(301), curves, xlabel="step", ylabel="loss")

# %% [markdown]
# A long, flat stretch, and then a fall: as if the net had suddenly understood. It had
# been crossing a pass. So a loss that stands still may be a saddle, not the end; in
# nets of many weights, places with slope zero are mostly saddles (Dauphin et al.,
# 2014). A minimum needs every single direction to go up.
#
# It is also one reason why the weights of a net start with random numbers: never
# exactly on a ridge.

# %% [markdown]
# ## You choose the mountain
#
# The landscape depends on the data and the model, and also on how you count errors.
# Here is a second task: eight students, the hours they studied (more or less than the
# mean), and who passed. The model is one neuron whose sigmoid says how probable a pass
# is.
#
# Two ways to count: the squared error of that probability, or the **cross-entropy**,
# the surprise -log p at what really happened (lesson 06 uses it all the time). Being
# confident and wrong costs at most 1 by squares. By cross-entropy there is no limit.
#
# > **Predict first.** A bad start: w = -6, where the neuron is sure of the opposite. On
# > which mountain is it steeper there?

# %%
from micrograd_nn.losses import binary_cross_entropy_with_logits, mse_loss

hours = [-2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0]
passed = [0, 0, 0, 1, 0, 1, 1, 1]


def squared(w, b):
    return mse_loss([(w * x + b).sigmoid() for x in hours], passed)


def cross_entropy(w, b):
    return binary_cross_entropy_with_logits([w * x + b for x in hours], passed)


for name, function in {"squared": squared, "cross-entropy": cross_entropy}.items():
    slope, _ = mn.grad(function, argnums=(0, 1))(-6.0, 0.0)
    print(f"{name}: slope {slope:+.4f}")
    assert slope < -1.0 if function is cross_entropy else abs(slope) < 0.001

# %% [markdown]
# By squares the ground there is nearly level, though the answers could not be much
# worse: the sigmoid is flat where it is sure, and so is everything that comes after it.
# By cross-entropy the slope is more than a thousand times as steep.

# %%
mountains = {"squared error": squared, "cross-entropy": cross_entropy}
walks = {
    name: descend(function, [-6.0, 0.0], lr=1.0, steps=100)
    for name, function in mountains.items()
}
panels = {
    name: chart(function, (-8, 8), (-8, 8), walks[name])
    for name, function in mountains.items()
}
small_multiples(panels, columns=2, size=(3.0, 2.5))

# %% [markdown]
# The same neuron, the same data, the same start, 100 steps each. On the left: a high
# plain in the fog, where a step leads nowhere, though a way down exists. On the right:
# a bowl, and the ball is at its bottom. For a single neuron like this, cross-entropy
# has one valley and no local minimum.
#
# This is why nets that choose between classes are trained with cross-entropy, and those
# that predict amounts, such as prices, with squares.

# %%
for name, path in walks.items():
    w, b = path[-1]
    print(f"{name}: w = {w:.2f} after 100 steps")
assert walks["squared error"][-1][0] < -5.8
assert walks["cross-entropy"][-1][0] > 1.5

# %% [markdown]
# ## What you saw
#
# - A loss function turns all errors into one number. Over all weights, it is a
#   landscape.
# - Gradient descent feels the slope where it stands, steps downhill, and repeats.
# - Too small a learning rate crawls, too large a one flies off. The limit is 2 divided
#   by the sharpest curvature; the flattest direction then takes the longest.
# - Momentum adds up what goes in one direction and cancels what goes to and fro. It
#   rolls over some hills, not over all.
# - A slope of zero may be the lowest place, a local minimum or a saddle. The fog hides
#   which.
#
# ## Quiz
#
# <details><summary>1. Why does gradient descent slow down near a minimum?</summary>
#
# Each step is lr times the slope, and the slope goes to zero there.
# </details>
#
# <details><summary>2. The loss doubles with every step. What do you change?</summary>
#
# The learning rate: it is above the limit. Try a third of it.
# </details>
#
# <details><summary>3. A valley has curvature 50. Does lr = 0.05 work?</summary>
#
# No: the limit is 2 / 50 = 0.04.
# </details>
#
# <details><summary>4. The loss has not moved for 100 steps. Is training over?</summary>
#
# Perhaps. It may also be on a saddle or on a plain, and fall later. Or lr is far too
# small: the loss alone does not say.
# </details>
#
# <details><summary>5. Why not start with all weights at zero?</summary>
#
# In a net of several layers that is a saddle: each weight's gradient is multiplied by
# other weights, which are zero.
# </details>
#
# ## Words
#
# - **Loss function**: one number for how wrong a model is.
# - **Loss landscape**: the loss for all values of the weights.
# - **Gradient descent**: step after step against the gradient.
# - **Learning rate (lr)**: how many times the gradient a step is long.
# - **Curvature**: how fast the slope changes; the second derivative.
# - **Momentum**: the share of its velocity that a step keeps.
# - **Local minimum**: lower than all around it, and not the lowest of all.
# - **Saddle**: flat; up in some directions and down in others.
#
# **Next:** 04, where hidden layers bend space.
