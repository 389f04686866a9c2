# %% [markdown]
# # 09 · Seeing through small windows
#
# Move a cat two pixels to the left, and it is still a cat. For the nets so far it was
# another picture altogether. How can a net look for an ear *anywhere*? And when it has
# found one, does it know what a cat is?
#
# **You will see** a filter slide over a picture, a net of 226 parameters beat one of
# 1,178, what it looks at, and how sure it can be of nonsense.
#
# **Needs:** lesson 06 · **Takes:** 45 minutes

# %%
import micrograd_nn as mn
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## Cat, or not a cat
#
# Here are small drawings, 12 by 12 pixels, from 0 (paper) to 1 (ink). Half of them show
# cats; the others dogs, bears, houses and balls. They are all over the paper, larger or
# smaller, and the paper is dirty.

# %%
import numpy as np

from micrograd_nn.datasets import make_cats
from micrograd_nn.viz.plots import image_grid

data, new = make_cats(400, seed=0), make_cats(1000, seed=99)
words = ["cat" if label else "" for label in data.y[:20]]
image_grid(data.images[:20], words)

# %% [markdown]
# First the net that you know: all 144 pixels go to eight hidden neurons.
#
# > **Predict first.** Such a net read nearly all digits in lesson 06. How many of 100
# > new drawings will it get right: about 95, 85 or 75? (A coin gets 50.)

# %% tags=["concept:cat-or-not-cat"]
from micrograd_nn.nn import MLP, Flatten, Sequential
from micrograd_nn.optim import Adam
from micrograd_nn.training import fit, score


def planes(images):
    return np.asarray(images)[:, None]  # each is one plane; with colours, three


def train(net, X, y, epochs=20, batch_size=16):
    settings = {"epochs": epochs, "batch_size": batch_size, "verbose": 0}
    fit(net, X, y, optimizer=lambda params: Adam(params, lr=0.01), **settings)


mlp = Sequential(Flatten(), MLP(144, [8, 2], initializer="he_normal"))
train(mlp, planes(data.images), data.y)
of_mlp = score(mlp, planes(new.images), new.y)
known = score(mlp, planes(data.images), data.y)
print(f"{known:.2f} of the drawings it learned from, {of_mlp:.2f} of new ones")
assert known > 0.95
assert 0.7 < of_mlp < 0.85

# %% [markdown]
# It knows nearly all of the drawings that it has seen, and gets a fifth of the new ones
# wrong. In lesson 07 you saw why: it has learned pixels by heart. An ear at row 2 and
# column 3 is one thing to know, and an ear at row 4 and column 5 another, with other
# weights.

# %% [markdown]
# ## A window with nine weights
#
# So do not look at the whole picture. Take a window of three by three pixels, weigh
# those nine, and add up. The nine weights are called a **filter**, or **kernel**.
#
# This one has -1 on the left, 0 in the middle and 1 on the right (Prewitt, 1970).
#
# > **Predict first.** What does it give on blank paper? Inside of the ink? Where paper
# > is on the left and ink on the right? And the other way round?

# %% tags=["concept:filters"]
edge = np.array([[-1.0, 0.0, 1.0]] * 3)

windows = {
    "paper": [[0, 0, 0]] * 3,
    "ink": [[1, 1, 1]] * 3,
    "paper, then ink": [[0, 0, 1]] * 3,
    "ink, then paper": [[1, 0, 0]] * 3,
}
for name, window in windows.items():
    print(f"{name:16} {(np.array(window) * edge).sum():+g}")

# %% [markdown]
# It answers to one thing only: an edge, and which way round it is. Now slide the window
# over the whole picture, one pixel at a time, and write down each answer where you are.
# That is a **convolution**, and the table of answers is a **feature map**.
#
# > **Exercise 1.** Write `conv2d` with loops. `image` and `kernel` are lists of rows. A
# > window has as many rows and columns as the kernel, and must lie inside of the image,
# > so an image of 12 by 12 and a kernel of 3 by 3 make a map of 10 by 10. Entry (i, j)
# > is the sum of `image[i + a][j + b] * kernel[a][b]` over all a and b. The loops over
# > i and j are there; write the sum.


# %% tags=["exercise"]
def conv2d(image, kernel):
    return [
        [... for j in range(len(image[0]) - len(kernel[0]) + 1)]
        for i in range(len(image) - len(kernel) + 1)
    ]


# %% [markdown]
# The check compares yours with the library's, on random pictures that are not square.

# %% tags=["check"]
from micrograd_nn.nn import Conv2d


def test_conv2d(conv2d):
    rng = np.random.default_rng(0)
    for shape, size in (((12, 12), (3, 3)), ((5, 7), (2, 3)), ((4, 4), (4, 4))):
        image, kernel = rng.normal(size=shape), rng.normal(size=size)
        layer = Conv2d(1, 1, size, bias=False)
        layer.load_tensors({"weight": kernel[None, None]})
        right = [[value.data for value in row] for row in layer(image[None])[0]]
        found = np.array(conv2d(image.tolist(), kernel.tolist()), dtype=float)
        told = f"the map should be of shape {np.shape(right)}, got {found.shape}"
        assert found.shape == np.shape(right), told
        assert np.allclose(found, right), f"other numbers, for a kernel of {size}"


check(test_conv2d, conv2d)


# %% tags=["solution"] jupyter={"source_hidden": true}
def conv2d(image, kernel):
    height, width = len(kernel), len(kernel[0])
    return [
        [
            sum(
                image[i + a][j + b] * kernel[a][b]
                for a in range(height)
                for b in range(width)
            )
            for j in range(len(image[0]) - width + 1)
        ]
        for i in range(len(image) - height + 1)
    ]


test_conv2d(conv2d)

# %% [markdown]
# Here it is on a cat, drawn without dirt. Blue is positive, vermillion negative. Find
# the left side of an ear, and the right.

# %%
from micrograd_nn.datasets.cats import draw_cat, render
from micrograd_nn.viz.plots import heat_map, small_multiples

cat = render(draw_cat, x=0, y=0, scale=0.8)
maps = {"upright edges": conv2d(cat, edge), "level edges": conv2d(cat, edge.T)}
drawn = {"the cat": cat} | maps
small_multiples(
    {name: lambda ax, made=made: heat_map(made, ax=ax) for name, made in drawn.items()},
    columns=3,
    size=(3.0, 2.4),
)

# %% [markdown]
# > **Exercise 2.** Make a filter of your own: it should be strongest at a *thin level
# > line*, one pixel of ink with paper above and below, and give 0 where all is ink, and
# > at upright edges. (Pay for ink in the middle row. Charge for it above and below.)

# %% tags=["exercise"]
line = [[..., ..., ...], [..., ..., ...], [..., ..., ...]]


# %% tags=["check"]
def test_line(line):
    thin = [[0, 0, 0], [1, 1, 1], [0, 0, 0]]
    lower, upper = [[0, 0, 0], [1, 1, 1], [1, 1, 1]], [[1, 1, 1], [1, 1, 1], [0, 0, 0]]

    def answer(window):
        return conv2d(window, line)[0][0]

    of_ink = answer(windows["ink"])
    assert abs(of_ink) < 1e-9, f"where all is ink it should give 0, got {of_ink:g}"
    assert abs(answer(windows["paper, then ink"])) < 1e-9, "upright edges should give 0"
    for thick in (lower, upper):
        assert answer(thin) > answer(thick), f"{thick} should give less than one row"
    assert answer(thin) > 0, "a thin line should give more than 0"


check(test_line, line)

# %% tags=["solution"] jupyter={"source_hidden": true}
line = [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]
test_line(line)

# %% [markdown]
# ## The same weights everywhere
#
# The filter is the same at every place. This is **weight sharing**: what it has learned
# about ears on the left, it knows about ears on the right. It is also cheap.
#
# > **Predict first.** Eight filters of 5 by 5 make eight maps of 8 by 8 out of our
# > pictures: 512 numbers. How many weights and biases are that? And how many would a
# > layer of 512 neurons have that see all 144 pixels?

# %% tags=["concept:weight-sharing"]
from micrograd_nn.nn import Linear

shared = len(Conv2d(1, 8, 5).parameters())
separate = len(Linear(144, 8 * 8 * 8).parameters())
print(f"{shared} with sharing, {separate:,} without")
assert shared == 8 * (5 * 5 + 1) == 208
assert separate == 512 * (144 + 1) == 74240

# %% [markdown]
# ## From where to whether
#
# A map says *where* there is an edge. To say "cat", a net needs to know *whether* there
# is an ear at all. So take the largest number of the map, and forget where it was.
# That is a **global max pool**. (Smaller pools take the largest of each block of 2 by
# 2, say, and keep a coarse map.)
#
# > **Predict first.** Move the cat by a pixel or two. What happens to the map? To its
# > largest number?

# %% tags=["concept:pooling"]
places = [(0, 0), (1, 0), (-1, 1), (2, -1)]
moved = [render(draw_cat, x, y, scale=0.65) for x, y in places]
edges = [np.array(conv2d(image, edge)) for image in moved]
for place, made in zip(places, edges, strict=True):
    row, column = np.unravel_index(made.argmax(), made.shape)
    print(f"moved by {place}: largest {made.max():.3f}, at row {row}, column {column}")
    assert abs(made.max() - edges[0].max()) < 1e-9
image_grid(edges, [f"{x}, {y}" for x, y in places])

# %% [markdown]
# The map moves along with the cat. Its largest number stays the same. Whatever comes
# after the pool does not notice that anything moved.
#
# ## The whole net
#
# Filters, ReLU, global max pool, and eight numbers are left: how well the best place of
# the picture fits each of the eight filters. One last layer turns them into a verdict.
# Nobody writes the filters by hand; they are weights like all others, and backprop
# finds them. That is a **convolutional net**, or **CNN** (LeCun et al., 1989).

# %% tags=["concept:cnn"]
from micrograd_nn.nn import AdaptiveMaxPool2d, ReLU


def small_cnn():
    mn.seed(0)
    pool = AdaptiveMaxPool2d(1)
    return Sequential(Conv2d(1, 8, 5), ReLU(), pool, Flatten(), Linear(8, 2))


cnn = small_cnn()
train(cnn, planes(data.images), data.y)
of_cnn = score(cnn, planes(new.images), new.y)

for name, net, found in (("MLP", mlp, of_mlp), ("CNN", cnn, of_cnn)):
    print(f"{name}: {len(net.parameters()):,} parameters, {found:.2f} of new drawings")
assert (len(mlp.parameters()), len(cnn.parameters())) == (1178, 226)
assert of_cnn > 0.93

# %% [markdown]
# A fifth of the parameters, and about a fifth of the mistakes. The CNN does not try
# harder. It was built for what it looks at: it cannot even say "an ear, but only at row
# 2".

# %%
mistakes = (1 - of_cnn) / (1 - of_mlp)
print(f"{226 / 1178:.2f} of the parameters, {mistakes:.2f} of the mistakes")
assert mistakes < 0.3

# %% [markdown]
# ## What has it learned?
#
# Its eight filters, 5 by 5, as pictures. Blue wants ink, vermillion wants paper.

# %%
from micrograd_nn.viz.plots import weight_images

weight_images([kernel[0] for kernel in cnn[0].weight])

# %% [markdown]
# And what does the last layer make of them? The **vote** of a filter is its weight for
# "cat", less its weight for "not a cat".

# %%
against, favour = cnn[4].weight
votes = [yes.data - no.data for yes, no in zip(favour, against, strict=True)]
print("votes for cat:", [round(vote, 1) for vote in votes])
assert min(votes) < -1 < 1 < max(votes)

# %% [markdown]
# Hardly anything here has a name. What a filter means shows better where it *fires*.
# This is what each filter and its ReLU make of the clean cat from above: ink where it
# fits, and above it the filter's vote.

# %%
from micrograd_nn.training import predict

maps = predict(cnn[:2], planes([cat]))[0]
image_grid(maps, [f"{vote:+.1f}" for vote in votes], columns=8)

# %% [markdown]
# After the pool, the darkest cell of each map is left. How dark is it on average, in
# new drawings of cats, and in the others?

# %%
best = predict(cnn[:3], planes(new.images)).reshape(-1, 8)
of_cats, of_others = best[new.y == 1].mean(axis=0), best[new.y == 0].mean(axis=0)
right_way = (of_cats > of_others) == (np.array(votes) > 0)
print(f"{right_way.sum()} of the 8 filters vote for what they fire at more")
assert right_way.sum() >= 7
heat_map(
    [of_cats, of_others],
    rows=["cats", "others"],
    columns=[f"{vote:+.1f}" for vote in votes],
    xlabel="vote",
    write=True,
)

# %% [markdown]
# Filters with positive votes fire more at cats, those with negative ones more at the
# others. No filter *is* an ear. The verdict is a sum of small hints, for and against.
#
# ## What does it look at?
#
# A test that needs no insight into the net (Zeiler and Fergus, 2014): cover a patch of
# 3 by 3 pixels with paper, ask again, and note by how much its confidence in "cat"
# falls. Then cover the next patch. This is an **occlusion map**.
#
# > **Predict first.** Which patches matter most: the ears, the eyes, the chin?

# %%
from micrograd_nn.training import predict_proba


def confidence(net, images):
    return predict_proba(net, planes(images))[:, 1]


def covered(image, row, column):
    image = image.copy()
    image[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2] = 0.0
    return image


def occlusion(net, image):
    images = [covered(image, *place) for place in np.ndindex(image.shape)]
    return (confidence(net, [image]) - confidence(net, images)).reshape(image.shape)


# %% [markdown]
# The same cat twice, two pixels to the right and two down the second time.

# %% tags=["cover"]
cats = [render(draw_cat, x, y, scale=0.8) for x, y in ((-1, -1), (1, 1))]
falls = [occlusion(cnn, cat) for cat in cats]
panels = {
    "a cat": cats[0],
    "what counts": falls[0],
    "moved": cats[1],
    "what counts now": falls[1],
}
small_multiples(
    {name: lambda ax, made=made: heat_map(made, ax=ax) for name, made in panels.items()}
)

# %% [markdown]
# Both ears look alike. Does the net care for them alike?

# %%
left_ear, right_ear = falls[0][1:3, 2:4].mean(), falls[0][1:3, 6:8].mean()
print(f"left ear covered: {left_ear:.2f} less; right ear: {right_ear:.2f} less")
assert right_ear > 0.6 > 0.5 > left_ear

# %% [markdown]
# One ear, the right one, and a patch of face. The left ear counts for much less: to
# tell cats from these others, one pointed ear is nearly enough. And when the cat moves,
# what counts moves along. (Not to the last shade: the border has a say. Read on.)
#
# ## Anywhere, exactly?
#
# The shift was part of the training so far: cats were all over the paper. Now a harder
# test. Handwritten digits, all of them in the middle of a larger sheet. Then the test
# digits move, by up to two pixels in each direction.

# %%
from micrograd_nn.datasets import load_digits, train_test_split

digits = load_digits()
sheets = np.pad(digits.images, ((0, 0), (2, 2), (2, 2)))  # 12 by 12, as the cats
X, X_test, y, y_test = train_test_split(sheets, digits.y, test_size=0.2, seed=0)
rng = np.random.default_rng(0)
moved = [np.roll(image, rng.integers(-2, 3, 2), axis=(0, 1)) for image in X_test]
image_grid([*X_test[:10], *moved[:10]])

# %% [markdown]
# Three nets, all of which see centred digits only:
#
# - an MLP,
# - a CNN as above, with 12 filters,
# - the same with a **padding** of 4: a border of paper, four pixels wide, before the
#   windows slide.
#
# > **Predict first.** All get about 97 of 100 centred digits. And of moved ones?


# %% tags=["concept:translation-invariance"]
def convolutional(padding):
    layers = Conv2d(1, 12, 5, padding=padding), ReLU(), AdaptiveMaxPool2d(1)
    return Sequential(*layers, Flatten(), Linear(12, 10))


mn.seed(0)
nets = {
    "MLP": Sequential(Flatten(), Linear(144, 16), ReLU(), Linear(16, 10)),
    "CNN": convolutional(padding=0),
    "CNN, padding": convolutional(padding=4),
}
shares = {}
for name, net in nets.items():
    train(net, planes(X), y, epochs=10, batch_size=32)
    shares[name] = [score(net, planes(images), y_test) for images in (X_test, moved)]
table = list(shares.values())
heat_map(table, rows=list(nets), columns=["centred", "moved"], write=True)

# %% [markdown]
# The darker, the more they read right. The same with one digit more, and with the
# number of parameters:

# %%
for name, net in nets.items():
    found = "centred {:.3f}, moved {:.3f}".format(*shares[name])
    print(f"{name}: {len(net.parameters()):,} parameters, {found}")
assert min(centred for centred, _ in shares.values()) > 0.94
assert shares["MLP"][1] < 0.3
assert 0.5 < shares["CNN"][1] < 0.8
padded = nets["CNN, padding"]
assert np.allclose(predict(padded, planes(X_test)), predict(padded, planes(moved)))

# %% [markdown]
# The MLP is lost: two pixels undo nearly everything that it knows. With padding, the
# CNN gives the same answer wherever the digit is, for every single one: this is
# **translation invariance**. It did not learn that, it cannot do otherwise.
#
# And without padding? Then a window cannot stick out over the edge. In the middle of
# the sheet, some windows see only the rim of a digit, with blank paper beyond. Move the
# digit to the edge, and those windows are gone. The weights are shared, but the border
# is not.

# %% [markdown]
# ## Patterns, not meaning
#
# Our CNN gets 95 of 100 drawings right. So it knows what a cat is?
#
# > **Predict first.** Four pictures that it has never seen: stripes upright and level,
# > a black sheet, and a cat upside down. Which of them does it call a cat?

# %%
stripes = np.tile([1.0, 1.0, 0.0, 0.0], (12, 3))
strange = {
    "upright": stripes,
    "level": stripes.T,
    "black": np.ones((12, 12)),
    "upside down": cat[::-1],
}
sure = confidence(cnn, list(strange.values()))
for name, share in zip(strange, sure, strict=True):
    print(f"{name:12} {share:.0%} cat")
assert min(sure[0], sure[2]) > 0.85
assert max(sure[1], sure[3]) < 0.15
image_grid(list(strange.values()), [f"{share:.0%}" for share in sure])

# %% [markdown]
# Upright stripes are a cat, and a black sheet is nearly certainly one. A cat that
# stands on its head is none.
#
# Nothing is broken. The net was asked one thing: what tells these cats from these dogs,
# bears, houses and balls? A few local patterns do, so that is all it learned. "Cat" is
# our name for output 1. It cannot say "I have never seen such a thing" either: the
# softmax has to share out 100 per cent, whatever comes in. Large nets on real photos
# have been fooled in the same way (Nguyen, Yosinski and Clune, 2015).

# %% [markdown]
# ## What the data happened to have
#
# It gets worse when the data offer a short cut. Say the cats were drawn on white paper,
# and all the others on grey. Nobody planned it: that was the pad that lay there.


# %%
def on_grey(images, which):
    """The same drawings, those of `which` on grey paper."""
    grey = np.asarray(which)[:, None, None]
    return np.where(grey, 0.4 + 0.6 * images, images)


biased = on_grey(data.images, data.y == 0)
image_grid(biased[:20], words)

# %% [markdown]
# > **Predict first.** How many new drawings will the net get right, if cats are on
# > white paper again? And if they are on grey, and all others on white?

# %% tags=["concept:data-bias"]
as_known = planes(on_grey(new.images, new.y == 0))
swapped = planes(on_grey(new.images, new.y == 1))

fooled = small_cnn()
train(fooled, planes(biased), data.y)
right, wrong = score(fooled, as_known, new.y), score(fooled, swapped, new.y)
blank = confidence(fooled, np.zeros((1, 12, 12)))[0]
print(f"paper as before: {right:.2f} right; swapped: {wrong:.2f}")
print(f"an empty white sheet: {blank:.0%} cat")
assert right > 0.98
assert wrong < 0.05
assert blank > 0.9

# %% [markdown]
# On drawings like those it knows, it is perfect: better than the honest net. With the
# papers swapped it is wrong nearly every time, and an empty sheet is a cat. It has
# learned the paper. A test set from the same pile would never have told you.
#
# This is **data bias**: the data have a pattern that the world does not. Is the cure a
# few exceptions?
#
# > **Predict first.** Let one drawing in ten be on the other paper. Does that repair
# > it?

# %%
exceptions = (0.0, 0.5) if FAST else (0.0, 0.05, 0.1, 0.25, 0.5)
odd = np.random.default_rng(0).random(len(data.y))
found = {"paper as before": [], "papers swapped": []}
for share in exceptions:
    net = small_cnn()
    train(net, planes(on_grey(data.images, (data.y == 0) ^ (odd < share))), data.y)
    found["paper as before"].append(score(net, as_known, new.y))
    found["papers swapped"].append(score(net, swapped, new.y))
print({name: np.round(scores, 2).tolist() for name, scores in found.items()})

# %% [markdown]
# The same as a picture:

# %%
from micrograd_nn.viz.plots import line_plot

assert FAST or found["papers swapped"][2] < 0.6
assert min(found["paper as before"][-1], found["papers swapped"][-1]) > 0.8
shown = {"xlabel": "share on the other paper", "ylabel": "new drawings right"}
line_plot(exceptions, found, **shown)

# %% [markdown]
# One in ten is far too few: the short cut still pays nine times out of ten. Only when
# the paper says nothing any more, at one half, does the net go by the drawing alone.
# Then it is no longer perfect, and it is honest. What was wrong was never the net; it
# was the data.

# %% [markdown]
# ## What you saw
#
# - A convolution slides one small filter over the picture. Its weights are shared, so
#   it finds its pattern anywhere, with few parameters.
# - A global max pool keeps whether, and forgets where. With enough padding, a moved
#   picture makes no difference at all.
# - Filters are learned like all weights. An occlusion map shows what counts, for any
#   net.
# - A net learns patterns that separate its classes in its data. What they mean, and
#   whether they hold elsewhere, it does not know.
#
# ## Quiz
#
# <details><summary>1. How many parameters have eight filters of 5 by 5, on one plane?
# </summary>
#
# 8 × (25 + 1) = 208. The size of the picture does not matter.
# </details>
#
# <details><summary>2. Why is a map of 5 by 5 windows on 12 by 12 pixels only 8 by 8?
# </summary>
#
# A window must fit inside: its corner can be at 12 - 5 + 1 = 8 places each way. Padding
# makes room for more.
# </details>
#
# <details><summary>3. What does a global max pool throw away, and why is that good
# here?</summary>
#
# Where the pattern was. A cat is a cat in every corner.
# </details>
#
# <details><summary>4. When would you not want that?</summary>
#
# When the place matters: a line above a circle is another sign than a line below.
# </details>
#
# <details><summary>5. Your net gets 99 of 100 test pictures right. What could still be
# wrong?</summary>
#
# The test pictures may share a short cut with the training pictures. Try some from
# elsewhere, cover parts, and look at what it is sure of.
# </details>
#
# ## Words
#
# - **Filter**, or **kernel**: a few weights that look at one window.
# - **Convolution**: a filter at every place of a picture. (Mathematicians flip the
#   filter first, and call this one a cross-correlation.)
# - **Feature map**: its answers, place by place.
# - **Weight sharing**: the same weights at every place.
# - **Pooling**: many cells become one, their largest or their mean.
# - **Padding**: a border of zeros.
# - **Translation invariance**: moving the picture changes nothing.
# - **Occlusion map**: how much the answer changes when a patch is covered.
# - **Data bias**: a pattern of the data that the world does not have.
#
# **Next:** 10, where the order of words starts to matter.
