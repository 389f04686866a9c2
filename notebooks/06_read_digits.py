# %% [markdown]
# # 06 · Read handwritten digits
#
# A scribble is a few grey dots. How can a list of numbers become the answer "this is a
# 3"? And how sure may a machine be of that, when it has never seen your handwriting?
#
# **You will see** a net with ten outputs learn to read; what it is sure of, what it
# confuses, and what it says of a drawing of your own.
#
# **Needs:** lesson 05 · **Takes:** 40 minutes

# %%
import micrograd_nn as mn
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## A picture is a list of numbers
#
# These digits were written by 13 people, scanned, and shrunk to 8 by 8 pixels (Alpaydin
# and Kaynak, 1998). There are 1,797 of them. Over each stands its **label**: what the
# writer meant.

# %%
from micrograd_nn.datasets import load_digits
from micrograd_nn.viz.plots import image_grid

digits = load_digits()
assert len(digits) == 1797

image_grid(digits.images[:30], digits.y[:30])

# %% [markdown]
# The net sees no picture. It sees 64 numbers, from 0 (paper) to 1 (ink), one row of
# pixels after the other.
#
# > **Predict first.** Here are the 64 numbers of one image, times 10 and rounded. Which
# > digit is it? Squint.

# %%
number = 42
for row in digits.images[number]:
    print(" ".join(f"{round(10 * ink):2}" for ink in row))

# %% [markdown]
# An upright stroke, with an arm to the left. You needed a moment, and you are very good
# at reading. Check it:

# %%
print(f"label {digits.y[number]}, one of {digits.X.shape[1]} numbers an image")
assert digits.y[number] == 1

# %% [markdown]
# ## Three layers
#
# 64 inputs, one for each pixel. 32 hidden neurons, which may find strokes, or whatever
# else helps. 10 outputs, one for each digit: the larger the output, the more the net
# believes in that digit.
#
# First, set some images aside. You will soon see why.

# %%
from micrograd_nn.datasets import train_test_split
from micrograd_nn.nn import MLP
from micrograd_nn.viz.plots import network_diagram

X, X_test, y, y_test = train_test_split(*digits, test_size=0.2)
net = MLP(64, [32, 10], initializer="he_normal")
count = len(list(net.parameters()))
print(f"{count:,} weights and biases; {len(X):,} images to learn from")
assert (count, len(X), len(X_test)) == (2410, 1437, 360)

network_diagram(net, max_neurons=5)

# %% [markdown]
# The lines are the weights, still random: blue ones positive, vermillion ones negative.
# Of each layer only four neurons are drawn, or you would see nothing but lines.
#
# > **Predict first.** This net has learned nothing yet. Of 100 digits, how many will it
# > read right: about 0, 10 or 50?

# %%
from micrograd_nn.training import predict_proba, score
from micrograd_nn.viz.plots import image_confidences

before = score(net, X_test, y_test)
print(f"right before training: {before:.2f}")
assert before < 0.2

some = [list(y_test).index(digit) for digit in range(10)]  # the first of each
pictures = X_test[some].reshape(-1, 8, 8)
image_confidences(pictures, predict_proba(net, X_test[some]), y_test[some], columns=5)

# %% [markdown]
# About one in ten: guessing, and nearly always the same guess. The bars under each
# image are its ten **confidences**. The bar of the true digit is blue.
#
# Confidences are made of outputs by the **softmax** of lesson 01: $e$ to the power of
# each output, as a share of all such powers. So they are positive, and their sum is 1,
# whatever the outputs are.

# %% [markdown]
# ## The first trap: numbers that are too large
#
# The formula is short: $p_i = e^{z_i} / \sum_j e^{z_j}$. Written down as it stands, it
# works for the outputs of small nets. For others it does not.

# %%
import math
import sys


def naive_softmax(outputs):
    powers = [math.exp(z) for z in outputs]
    return [power / sum(powers) for power in powers]


print([round(p, 3) for p in naive_softmax([2.0, 1.0, 0.0])])
try:
    naive_softmax([1000.0, 0.0])
except OverflowError as error:
    print("OverflowError:", error)
assert int(1000 / math.log(10)) + 1 == 435  # digits of e to the 1000
assert sys.float_info.max_10_exp + 1 == 309

# %% [markdown]
# $e^{1000}$ has 435 digits; the largest float has 309. Yet the answer is a plain one:
# the first share is 1, the second 0.
#
# > **Exercise 1.** Write a softmax that never overflows. If you take the same number
# > off *all* outputs, each power shrinks by the same factor, and the shares stay as
# > they are. So which number would you take off, to leave no power above $e^0 = 1$?


# %% tags=["exercise"]
def softmax(outputs):
    return ...


# %% tags=["check"]
def test_softmax(softmax):
    close = naive_softmax([1.0, 0.0])
    for outputs, right in (
        ([2.0, 1.0, 0.0], naive_softmax([2.0, 1.0, 0.0])),
        ([1000.0, 0.0], [1.0, 0.0]),
        ([0.0, 9000.0], [0.0, 1.0]),
        ([1001.0, 1000.0], close),
        ([-1000.0, -1001.0], close),
    ):
        try:
            mine = softmax(outputs)
        except ArithmeticError as error:
            raise AssertionError(f"of {outputs}: {error}") from None
        told = f"of {outputs} it should be {right}, got {mine}"
        assert all(abs(a - b) < 1e-9 for a, b in zip(mine, right, strict=True)), told


check(test_softmax, softmax)


# %% tags=["solution"] jupyter={"source_hidden": true}
def softmax(outputs):
    largest = max(outputs)
    powers = [math.exp(z - largest) for z in outputs]
    return [power / sum(powers) for power in powers]


test_softmax(softmax)

# %% [markdown]
# ## How surprised are you?
#
# Now the loss: one number for how wrong the net is on an image. Look only at the
# confidence p that it gave to the *right* digit. If p is 1, the label is no surprise.
# If p is nearly 0, it is a shock. A good measure of that is $-\log p$, with the natural
# logarithm (Shannon, 1948): call it the **surprise**. Its mean over many images is the
# **cross-entropy**. You met it on the foggy mountain of lesson 03, for two answers; it
# is what classifiers are trained to make small.
#
# > **Predict first.** Confidence 0.9 in the right digit gives a surprise of 0.11. What
# > does 0.01 give: about 1, 5 or 100?

# %% tags=["concept:cross-entropy"]
from micrograd_nn.viz.plots import line_plot

shares = [k / 200 for k in range(1, 201)]
surprises = [-math.log(p) for p in shares]
for p, surprise in ((0.9, 0.11), (0.01, 4.6), (0.1, 2.3)):
    assert abs(-math.log(p) - surprise) < 0.01

line_plot(shares, {"": surprises}, xlabel="confidence", ylabel="surprise")

# %% [markdown]
# About 5 (4.6). To be wrong costs little, to be wrong *and sure of it* costs a lot:
# near 0 the curve has no upper end. A net that spreads its bets over ten digits pays
# 2.3 for each image.
#
# Why this curve and not another? Because of the gradient that it leaves.

# %%
from micrograd_nn import Value
from micrograd_nn.losses import cross_entropy

outputs = [Value(2.0), Value(1.0), Value(0.0)]
loss = cross_entropy(outputs, 0)  # the first one is right
loss.backward()
for i, p in enumerate(softmax([2.0, 1.0, 0.0])):
    print(f"confidence {p:.3f}, gradient {outputs[i].grad:+.3f}")
    assert abs(outputs[i].grad - (p - (i == 0))) < 1e-12

# %% [markdown]
# The gradient of each wrong output is its confidence. The gradient of the right one is
# its confidence minus 1. It is the mistake itself: the more wrong, the stronger the
# push, and when the net is right and sure, the push is gone.

# %% [markdown]
# ## Train it
#
# You know the loop from lesson 05. `fit` sees whole numbers as targets and several
# outputs, so it takes the cross-entropy by itself.

# %% tags=["concept:digit-classification"]
from micrograd_nn import fit
from micrograd_nn.optim import Adam


def adam(parameters):
    return Adam(parameters, lr=0.01)


history = fit(net, X, y, optimizer=adam, epochs=20, verbose=0)
print(f"loss: {history.loss}")
print(f"right on images that it learned from: {score(net, X, y):.2f}")
assert score(net, X, y) > 0.99

history.plot("loss")

# %% [markdown]
# In 20 epochs, nearly all of the 1,437 images are read right. Is that good? Not yet. It
# could have learned them by heart.

# %% [markdown]
# ## Why some images were set aside
#
# Here is a program that reads 100% of the images that it learned from. It took no net,
# no gradient and no thought.
#
# > **Predict first.** How many of the images that were set aside does it read right?

# %%
by_heart = {tuple(image): label for image, label in zip(X.tolist(), y.tolist())}


def recite(image):
    return by_heart.get(tuple(image), 0)  # one it does not know: say 0


for name, images, labels in (("learned", X, y), ("set aside", X_test, y_test)):
    right = [recite(x) == label for x, label in zip(images.tolist(), labels)]
    print(f"{name}: {sum(right) / len(right):.2f}")
assert abs(sum(right) / len(right) - 0.08) < 0.01

# %% [markdown]
# 100% and 8%. To recite is not to know. That is why some images are kept back: the
# **test set**. Nobody learns from it, and so it tells what the net makes of digits that
# it never saw.

# %% tags=["concept:test-set"]
accuracy = score(net, X_test, y_test)
print(f"the net, on the test set: {accuracy:.2f}")
assert accuracy > 0.96

# %% [markdown]
# About 0.98, so what it found holds for other images too. A test set is worth something
# only as long as you do not choose by it: who tries a hundred nets, and keeps the one
# that does best on it, has learned the test set in a roundabout way. To choose, hold
# out a second set, for **validation**: that is lesson 07.
#
# These are its confidences on the ten images of before.

# %% tags=["cover"]
confidences = predict_proba(net, X_test)
image_confidences(pictures, confidences[some], y_test[some], columns=5)

# %% [markdown]
# From even bets to near certainty. How much of that did it need all the images for?

# %%
from micrograd_nn.viz.plots import bar_chart

few = MLP(64, [32, 10], initializer="he_normal")
fit(few, X[:300], y[:300], optimizer=adam, epochs=10, verbose=0)
found = {
    "untrained": before,
    "300 images, 10 epochs": score(few, X_test, y_test),
    "1,437 images, 20 epochs": accuracy,
}
assert 0.9 < found["300 images, 10 epochs"] < accuracy

bar_chart(found, label="right on the test set")

# %% [markdown]
# The first 300 images do most of it. The rest is paid for dearly: nearly five times the
# images, and twice the epochs, for the last few in a hundred.

# %% [markdown]
# ## A harder test
#
# Our test set was drawn at random, so each of the 13 writers is probably in both parts:
# the net has seen their hands. Images of one hand seem to lie close together in the
# file. So learn from its first four fifths, and test on the last: mostly strangers.
#
# > **Predict first.** It was 0.98. What will it be now?

# %%
stranger = MLP(64, [32, 10], initializer="he_normal")
fit(stranger, digits.X[:1437], digits.y[:1437], optimizer=adam, epochs=20, verbose=0)
X_new, y_new = digits.X[1437:], digits.y[1437:]
print(f"the last fifth: {score(stranger, X_new, y_new):.2f}")
assert 0.87 < score(stranger, X_new, y_new) < 0.94
assert 2 < (1 - score(stranger, X_new, y_new)) / (1 - accuracy) < 8

# %% [markdown]
# About 0.9: as many images, the same kind of net, and several times the errors. Neither
# figure is wrong. They answer different questions: "how well does it read these
# people?" and "how well does it read others?". Whoever tells you an accuracy owes you
# the test.

# %% [markdown]
# ## Who is taken for whom?
#
# An accuracy is one number. The **confusion matrix** is a hundred: each row is a true
# digit, each column what the net made of it. What is right lies on the diagonal.

# %% tags=["concept:confusion-matrix"]
from micrograd_nn.viz.plots import confusion_matrix

answers = predict_proba(stranger, X_new).argmax(axis=1)
plot = confusion_matrix(y_new, answers)
matrix = plot.data["matrix"]
print(f"3s taken for 8s: {matrix[3, 8]}, 8s taken for 3s: {matrix[8, 3]}")
assert matrix[3, 8] > 3 > matrix[8, 3]

plot

# %% [markdown]
# Read it by rows. 3s are in trouble: several are taken for 8s. But hardly any 8 is
# taken for a 3: confusion need not be mutual. At 8 by 8 pixels, the open loops of a 3
# can look closed; the loops of an 8 seldom look open.
#
# Such a matrix tells you what to do next: collect more 3s of other people, not more of
# everything.

# %% [markdown]
# ## The gallery of errors
#
# Always look at what went wrong. Here are all errors of the first net, on its own test
# set.
#
# > **Predict first.** When it is wrong, is it at least unsure?

# %%
wrong = confidences.argmax(axis=1) != y_test
surest = confidences.max(axis=1)
print(f"mean confidence when right {surest[~wrong].mean():.2f}")
print(f"mean confidence when wrong {surest[wrong].mean():.2f}")
assert surest[~wrong].mean() > 0.95 > surest[wrong].mean() > 0.5

errors = X_test[wrong].reshape(-1, 8, 8)
image_confidences(errors, confidences[wrong], y_test[wrong], columns=4)

# %% [markdown]
# Less sure than when it is right, but still rather sure. Some of these would make you
# hesitate too. At others the net is sure, wrong, and alone with its opinion.

# %% [markdown]
# ## What does it look for?
#
# Each hidden neuron has 64 weights, one for each pixel, so they make a picture: blue
# where it wants ink, vermillion where it wants paper.
#
# > **Predict first.** Do you expect to see digits, strokes, or noise?

# %%
from micrograd_nn.viz.plots import weight_images

weight_images(net.layers[0])

# %% [markdown]
# Not digits, and hardly a stroke that you could name. It is often told that the first
# layer finds strokes; in a net this small, seeing pixels this coarse, each neuron is a
# mixture that makes sense only together with the others.
#
# And some are pale: they have moved little from their random start. Are they of any
# use?

# %%
from micrograd_nn.training import predict

hidden = predict(net.layers[0], X)
dead = (hidden == 0).all(axis=0).sum()
print(f"0 for each of the {len(X):,} images: {dead} of {hidden.shape[1]} neurons")
assert 3 <= dead <= 12

# %% [markdown]
# A handful of neurons say 0 whatever they see. A ReLU that is 0 for every image gets no
# gradient, and so will never come back: it is **dead**, and the leaky ReLU of lesson 01
# is one remedy. Here nobody noticed, since the others do the work. Lesson 14 throws out
# what does not count.
#
# Without a hidden layer, each output has to do all by itself, and shows more.

# %%
flat = MLP(64, [10], initializer="he_normal")
fit(flat, X, y, optimizer=adam, epochs=20, verbose=0)
plain = score(flat, X_test, y_test)
print(f"without a hidden layer {plain:.3f}, with one {accuracy:.3f}")
assert accuracy - 0.03 < plain < accuracy + 0.01

weight_images(flat.layers[0], columns=5)

# %% [markdown]
# These are ten templates, from 0 to 9. The 0 wants paper in its middle, the 1 wants ink
# there. And this flat net reads nearly as well: on digits so small and tidy, the hidden
# layer is worth an image in a hundred at most. Always try the simplest thing first, or
# you will not know what the rest is worth.

# %% [markdown]
# ## Draw your own
#
# Eight lines of eight characters: `#` is ink, `.` is paper.


# %%
def pixels(drawing):
    return [float(mark == "#") for mark in "".join(drawing.split())]


four = """
....#...
...#....
..##....
..#..#..
.##.##..
.######.
....##..
....#...
"""
picture = [pixels(four)]
says = predict_proba(net, picture)[0]
print(f"it says {says.argmax()}, with confidence {says.max():.2f}")
assert says.argmax() == 4

# %% [markdown]
# It reads a drawing that has no grey at all, unlike every image that it learned from.
#
# > **Exercise 2.** Draw a digit, and say which one it is. The net should read it with a
# > confidence above 0.8. If it does not, look at the pictures at the top: fill the
# > height, leave the outer columns empty, and make strokes two pixels wide.

# %% tags=["exercise"]
drawing, digit = ..., ...  # the drawing between three quotes, as above


# %% tags=["check"]
def test_drawing(drawing, digit):
    image = pixels(drawing)
    assert len(image) == 64, f"64 marks make an image, and here are {len(image)}"
    confidence = predict_proba(net, [image])[0]
    assert confidence.argmax() == int(digit), f"it reads {confidence.argmax()}"
    assert confidence.max() > 0.8, f"it is not sure: {confidence.max():.2f}"


check(test_drawing, drawing, digit)

# %% tags=["solution"] jupyter={"source_hidden": true}
drawing = """
.#####..
.##.....
.##.....
.#####..
....##..
....##..
.#..##..
..###...
"""
digit = 5
test_drawing(drawing, digit)

# %% [markdown]
# ## What it does not know
#
# The same 4, one pixel to the right. You would not notice. And then every image of the
# test set, one pixel to the right.
#
# > **Predict first.** It reads 98 in 100 as they are. And shifted?

# %%
import numpy as np


def shifted(images):  # the last column, mostly paper, comes back as the first
    return np.roll(np.reshape(images, (-1, 8, 8)), 1, axis=2).reshape(-1, 64)


says = predict_proba(net, shifted(picture))[0]
print(f"the 4, one pixel to the right: {says.argmax()}, confidence {says.max():.2f}")
print(f"the shifted test set: {score(net, shifted(X_test), y_test):.2f}")
assert 0.4 < score(net, shifted(X_test), y_test) < 0.7

# %% [markdown]
# About half. The net has learned which pixels are dark, not what a 4 looks like.
# Nothing told it that neighbouring pixels have to do with each other, or that a digit
# stays the same when it moves. Lesson 09 builds that in.
#
# Now show it what is no digit at all: a smile, a chessboard, an empty page, and noise.
#
# > **Predict first.** What should it say? And what will it say?

# %%
smile = """
........
.##..##.
.##..##.
........
.#....#.
.##..##.
..####..
........
"""
noise = np.random.default_rng(0).random((1000, 64))
chess = [(row + column) % 2 for row in range(8) for column in range(8)]
nonsense = np.array([pixels(smile), chess, [0.0] * 64, *noise[:3]])
says = predict_proba(net, nonsense)
unsure = says.max(axis=1) < 0.5
assert unsure.tolist() == [False, False, True, False, False, False]
image_confidences(nonsense.reshape(-1, 8, 8), says)

# %% [markdown]
# It always says a digit, for it has nothing else to say. Ten confidences must have the
# sum 1: there is none for "this is no digit". Only of the empty page is it unsure. How
# bad is it with noise?

# %%
surest = predict_proba(net, noise).max(axis=1)
print(f"mean confidence in noise {surest.mean():.2f}")
print(f"above 0.9: {(surest > 0.9).mean():.0%}")
assert surest.mean() > 0.75
assert 0.35 < (surest > 0.9).mean() < 0.7

# %% [markdown]
# Half of all noise is read with a confidence above 0.9. So a confidence is no measure
# of "do I know what this is?". It compares the ten digits *with each other*, and that
# is all it was trained to do. Large nets are fooled in the same way (Nguyen, Yosinski
# and Clune, 2015).

# %% [markdown]
# ## What you saw
#
# - A net that classifies has an output for each class; the softmax turns outputs into
#   confidences whose sum is 1.
# - The cross-entropy is the mean surprise at the right answer, and its gradient is the
#   mistake itself.
# - Only a test set that nobody learned from tells whether a net knows or recites; and
#   how it was drawn decides what its accuracy means.
# - The confusion matrix and the gallery of errors say more than an accuracy.
# - A net knows the kind of images that it has seen. It is at a loss with a shift of one
#   pixel, and sure of itself in noise.
#
# ## Quiz
#
# <details><summary>1. Why ten outputs, and not one that says 0 to 9?</summary>
#
# As a number, 3 would lie between 2 and 4, and an image between a 2 and an 8 would be a
# 5. Digits are names here, not sizes.
# </details>
#
# <details><summary>2. A net gives the right digit a confidence of 0.5. What is its
# surprise?</summary>
#
# $-\log 0.5$, which is 0.69.
# </details>
#
# <details><summary>3. Why must the largest output be taken off before the powers?
# </summary>
#
# Then no power is above 1 and none overflows, while the shares stay the same.
# </details>
#
# <details><summary>4. A row of the confusion matrix has 30 on the diagonal and 6 in the
# column of 8. What happened?</summary>
#
# 36 images of the row's digit (if the rest of the row is 0), of which 6 were taken
# for an 8.
# </details>
#
# <details><summary>5. The net says 7 with a confidence of 0.99. May you believe it?
# </summary>
#
# If the image is a digit, much like those that it learned from: mostly. If it may be
# anything at all: no.
# </details>
#
# ## Words
#
# - **Label**: the right answer of an example.
# - **Confidence**: the share that the softmax gives to a class.
# - **Surprise**: $-\log p$, for the confidence p in the right class.
# - **Cross-entropy**: the mean surprise; the loss of classifiers.
# - **Training set, test set**: what a net learns from, and what it is judged by.
# - **Confusion matrix**: true classes in rows, predicted ones in columns.
#
# **Next:** 07, a net that learns too well.
