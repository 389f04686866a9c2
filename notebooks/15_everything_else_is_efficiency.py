# %% [markdown]
# # 15 · Everything else is efficiency
#
# How can anyone train a net that is many million times as large as yours? It is made of
# the same ideas, and you know them by now: neurons, gradients, attention.
#
# **You will see** how much arithmetic a net takes, why Python is slow at it, how
# thousands of small products turn into one large one, and your own net leave for NumPy
# and PyTorch, where it gives the same answers to twelve digits.
#
# **Needs:** lesson 14 · **Takes:** 40 minutes

# %%
import micrograd_nn as mn
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# Andrej Karpathy once wrote a whole GPT into 200 lines of Python, without a library,
# and said of it: this is the complete algorithm, and everything else is just efficiency
# (microgpt, 2026). This lesson is about everything else.
#
# ## How much work is it?
#
# Here is the net that reads digits: 64 pixels, 32 hidden neurons, 10 outputs.
#
# > **Predict first.** It looks at one image. How many multiplications does that take:
# > about 100, 2,000 or 100,000?

# %% tags=["concept:computational-requirements"]
from collections import Counter

from micrograd_nn.datasets import load_digits, train_test_split
from micrograd_nn.graph import topological_order
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import MLP

X, X_test, y, y_test = train_test_split(*load_digits(), test_size=0.2)
net = MLP(64, [32, 10], initializer="he_normal")
loss = cross_entropy(net(X[0]), y[0])
ops = Counter(node.op.symbol for node in topological_order(loss) if node.operands)
print(ops.most_common())
assert ops["*"] == ops["+"] == 2368
assert sum(ops.values()) - 2 * 2368 < 50

# %% [markdown]
# 2,368 products, and as many sums. All other ops together are a few dozen: next to
# nothing. So the work of a net is its products, and for layers like these you can count
# them without running anything.
#
# > **Exercise 1.** Write `products(sizes)`: how many multiplications one example takes
# > in a net whose layers have these sizes, inputs first. Each neuron of a layer
# > multiplies each of its inputs once. `pairwise([a, b, c])` gives (a, b) and (b, c).


# %% tags=["exercise"]
from itertools import pairwise


def products(sizes):
    return ...


# %% tags=["check"]
def test_products(products):
    assert products([64, 32, 10]) == 2368, "64-32-10 takes 2,368"
    assert products([2, 1]) == 2, "one neuron with two inputs takes 2"
    assert products([784, 50, 10]) == 39_700, "784-50-10 takes 39,700"


check(test_products, products)


# %% tags=["solution"] jupyter={"source_hidden": true}
def products(sizes):
    return sum(inputs * outputs for inputs, outputs in pairwise(sizes))


test_products(products)

# %% [markdown]
# Each product comes with a sum: two operations for one weight. The way back takes twice
# as many as the way there, as you counted in lesson 14. That makes six:
#
# > operations of a training run = 6 × weights × examples
#
# With this rule of thumb (Kaplan et al., 2020) you can tell what a run takes before it
# starts. Here are some famous ones. (A filter of a CNN uses its weights at many places,
# so for the CNNs it is uses that count, not weights: those of LeNet-5 are in its paper,
# LeCun et al., 1998, those of AlexNet follow from its sizes. For GPT-3 an example is a
# token.)

# %%
from micrograd_nn.viz.plots import bar_chart

runs = {  # products for one example, and examples, those of all epochs
    "this net": (2_368, 20 * 1_437),
    "LeNet-5, 1998": (340_908, 20 * 60_000),
    "AlexNet, 2012": (720_000_000, 90 * 1_200_000),
    "GPT-3, 2020": (175_000_000_000, 300_000_000_000),
}
work = {name: 6.0 * uses * examples for name, (uses, examples) in runs.items()}
assert work["this net"] < 1e9
assert work["GPT-3, 2020"] > 1e23

bar_chart(work, label="operations of the whole training", log=True)

# %% [markdown]
# Mind the axis: it grows by factors, a hundred times from one grey line to the next.
# Yours takes less than a billion ($10^9$) operations. AlexNet (Krizhevsky et al., 2012)
# kept two graphics cards busy for five to six days. GPT-3 (Brown et al., 2020) took
# more than $10^{23}$.
#
# > **Predict first.** One scalar at a time, as you wrote it in lesson 05, does some two
# > million operations a second. How long would GPT-3 take: a year, a human life, or as
# > long as the Earth exists?

# %%
YEAR = 365 * 24 * 3600  # seconds
slow = work["GPT-3, 2020"] / 2e6 / YEAR
fast = work["GPT-3, 2020"] / 1e15 / YEAR
print(f"2 million a second: {slow / 1e9:.0f} billion years")
print(f"a million billion a second: {fast:.0f} years")
assert 4e9 < slow < 6e9
assert 9 < fast < 11

# %% [markdown]
# Five billion years: the Earth is 4.5 billion years old. The second line is one
# graphics processor of today, at its best: ten years. With a thousand of them it is
# days. Same algorithm, same chain rule. What lies between the two lines is this lesson.

# %% [markdown]
# ## Where does the time go?
#
# A processor multiplies two numbers in less than a billionth of a second. So how many
# products can you have in a second?
#
# > **Predict first.** Sort these three, and guess the factors between them: two floats
# > of Python, two `Value`s, and two numbers somewhere in large NumPy arrays.

# %% tags=["varies"]
from timeit import repeat

import numpy as np


def seconds(run, runs=20):
    number = max(runs // 10, 1)  # in a round: the clocks of browsers are coarse
    rounds = repeat(run, number=number, repeat=min(runs, 10))
    return min(rounds) / number  # of the round that nothing disturbed


floats = [1.5] * 10_000
values = [mn.Value(1.5) for _ in floats]
array = np.array(floats)
speeds = {
    "Values": 10_000 / seconds(lambda: [a * a for a in values]),
    "floats": 10_000 / seconds(lambda: [a * a for a in floats]),
    "NumPy": 10_000 / seconds(lambda: array * array),
}
assert FAST or speeds["floats"] > 3 * speeds["Values"]
assert FAST or speeds["NumPy"] > 15 * speeds["floats"]

bar_chart(speeds, label="products a second", log=True)

# %% [markdown]
# Roughly a factor of ten, and then one of a hundred. It is not the product that takes
# the time. For `a * b`, Python has to find out what a and b are, look up what `*` means
# for them, make a new object for the result, and later throw it away. A `Value` also
# notes the op and both operands, as you want a gradient later. The product itself is
# lost in all this.
#
# It is the same with memory. A number needs 8 bytes. How many does a Value take?

# %% tags=["varies"]
import sys

print(f"a number in an array: {array.itemsize} bytes")
print(f"a Value: {sys.getsizeof(values[0]) + sys.getsizeof(1.5)} bytes")
assert array.itemsize == 8
assert sys.getsizeof(values[0]) + sys.getsizeof(1.5) > 80

# %% [markdown]
# More than ten times as much, and not in one place: the numbers lie scattered over the
# memory, and the processor waits for each of them. In an array they lie side by side.
# It loads many at once, and multiplies several with a single instruction.
#
# To pay the price of Python once for thousands of numbers, rather than for each: that
# is all there is to it.

# %% [markdown]
# ## Many at once
#
# A neuron multiplies its weights with its inputs, and adds up. A layer is 32 neurons
# with the same inputs, so put their weights into the rows of a matrix. A batch is
# twenty images, so put them into rows too. Then one line is the whole layer, for the
# whole batch:
#
#     sums = images @ weights.T + biases
#
# The `@` is the **matrix product**: each row of the first with each row of `weights`,
# multiplied number by number, and added up.

# %% tags=["concept:vectorization"]
images = X[:20]
layer = net.layers[0].named_tensors()
weights, biases = np.array(layer["weight"].data), np.array(layer["bias"].data)
sums = images @ weights.T + biases

neuron = net.layers[0].neurons[7]  # the same by hand: image 3, neuron 7
by_hand = sum(w.data * x for w, x in zip(neuron.w, images[3])) + neuron.b.data
assert abs(by_hand - sums[3, 7]) < 1e-12
assert sums.size * 64 == 40_960
print("images", images.shape, "weights.T", weights.T.shape, "sums", sums.shape)

# %% [markdown]
# To see it, put the three where they meet: the images on the left (a row is one image,
# its 64 pixels laid out in a line), the weights above (a column is one neuron), the
# sums in the corner. The two lines cross at the sum of image 3 and neuron 7.

# %%
from micrograd_nn.viz.plots import heat_map

table = np.zeros((20 + 2 + 64, 64 + 2 + 32))
table[66:, :64] = images
table[:64, 66:] = weights.T / np.abs(weights).max()
table[66:, 66:] = sums / np.abs(sums).max()

plot = heat_map(table)
plot.ax.images[0].colorbar.remove()
plot.ax.axhline(66 + 3, color="black", linewidth=1)
plot.ax.axvline(66 + 7, color="black", linewidth=1)
plot.ax.set(xticks=[], yticks=[])
plot.ax.spines[:].set_visible(False)
plot.ax.set_ylabel("images: 20 × 64", loc="bottom")
plot.ax.set_title("weights.T: 64 × 32", loc="right")
plot.ax.set_xlabel("sums: 20 × 32", loc="right")
plot

# %% [markdown]
# Each sum is a row of the images times a column of the weights: 64 products. There are
# 20 × 32 sums, so 40,960 products, in one call.
#
# The loop is not gone. It runs inside of NumPy, in a program that people have tuned for
# decades, over numbers that lie side by side. To write a loop as one operation on whole
# arrays is called **vectorization**.
#
# It has a price too. You have to think in matrices, their shapes must fit, and the
# chain rule must be written for matrices, where you can no longer follow a single
# number. Is there another way?

# %% [markdown]
# ## Scalars back into matrices
#
# A graph of scalars is a matrix program that has been chopped up. So it can be put
# together again: record the graph once, for one example; find ops that are alike and do
# not need each other; find weights that meet the same inputs. A program that translates
# a program is a **compiler**. It is what `fit` has used all along.
#
# > **Predict first.** The graph of this loss has 7,253 nodes. How many lines will the
# > program have?

# %% tags=["concept:compilation"]
nodes = len(topological_order(loss))
program = mn.compile(lambda x, y: cross_entropy(net(x), y))
program.value_and_grad(X[:20], y[:20])  # records the graph, and runs it
print(program)
assert nodes == 7253
assert len(program.instructions) == 6
assert "W1 @ x + b1      # 32x64 @ 64xB: 2,048 *" in str(program)

# %% [markdown]
# Six. Read them: two matrix products, a ReLU, and the cross-entropy. Nobody told it
# that there are layers. `B` is the batch, of any size. At the end of each line it says
# which scalar nodes that line stands for: all 2,048 products of the first layer are one
# `W1 @ x`.
#
# The way back is compiled as well. You still write scalars, and can still debug any of
# them; only the running is different.

# %% [markdown]
# ## Are these the same numbers?
#
# Train two copies of the net on the same batches, one with the loop of lesson 05, one
# compiled.
#
# > **Predict first.** Will the two losses agree in 3 digits, in 12, or in all?

# %%
import copy

from micrograd_nn.optim import SGD

STEPS = 10 if FAST else 40
batches = [
    (X[i : i + 4].tolist(), y[i : i + 4].tolist()) for i in range(0, 4 * STEPS, 4)
]


def eager(net):
    optimizer = SGD(net.parameters(), lr=0.1)
    for images, labels in batches:
        losses = [cross_entropy(net(x), label) for x, label in zip(images, labels)]
        loss = mn.sum(losses) / len(losses)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.data


def compiled(net):
    program = mn.compile(lambda x, y: cross_entropy(net(x), y))
    with program.training(SGD(net.parameters(), lr=0.1)) as train:
        for images, labels in batches:
            yield train.step(images, labels)


# %%
from micrograd_nn.viz.plots import line_plot

losses = {
    "one scalar at a time": list(eager(copy.deepcopy(net))),
    "compiled": list(compiled(copy.deepcopy(net))),
}
apart = np.abs(np.subtract(*losses.values())).max()
print("the same losses to 12 digits:", apart < 1e-12)
assert apart < 1e-12

line_plot(None, losses, xlabel="step", ylabel="loss")

# %% [markdown]
# You see one line, since they lie on top of each other. They agree to twelve digits
# after every step. They need not agree to the last one: 64 numbers can be added up in
# many orders, and each rounds a little differently. Both are equally right.

# %% [markdown]
# ## How fast is it?
#
# Here is the competition: a step of the same training as one writes it by hand in
# NumPy. You need not follow every line. It is backprop, with matrices in place of
# numbers, and you know the trick in its middle from lesson 06: the gradient of each
# output is its confidence, minus 1 for the right digit.


# %%
def numpy_step(arrays, X, y, lr=0.1):
    W1, b1, W2, b2 = arrays
    hidden = np.maximum(X @ W1.T + b1, 0)
    outputs = hidden @ W2.T + b2
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    d_outputs = powers / powers.sum(axis=1, keepdims=True)
    d_outputs[range(len(y)), y] -= 1
    d_outputs /= len(y)
    d_hidden = d_outputs @ W2 * (hidden > 0)
    W2 -= lr * d_outputs.T @ hidden
    b2 -= lr * d_outputs.sum(axis=0)
    W1 -= lr * d_hidden.T @ X
    b1 -= lr * d_hidden.sum(axis=0)


# %% [markdown]
# Does it do the same as the compiled program? Let both take a step from the same start,
# and compare all weights.

# %%
batch = X[:32], y[:32]
twin = copy.deepcopy(net)
arrays = [np.array(tensor.data) for tensor in twin.named_tensors().values()]
program = mn.compile(lambda x, y: cross_entropy(twin(x), y))
with program.training(SGD(twin.parameters(), lr=0.1)) as train:
    train.step(*batch)
numpy_step(arrays, *batch)
for found, tensor in zip(arrays, twin.named_tensors().values()):
    assert np.abs(found - tensor.data).max() < 1e-12
print("the same weights to 12 digits")

# %% [markdown]
# One more competitor, if you have it: PyTorch. `to_torch` makes a module of it from our
# net; more of that below.

# %%
from importlib.util import find_spec

from micrograd_nn.export import to_torch

others = {}
if find_spec("torch"):
    import torch

    torch.set_num_threads(1)  # one core each, to be fair
    module = to_torch(net)
    descent = torch.optim.SGD(module.parameters(), lr=0.1)
    tensors = [torch.tensor(part) for part in batch]

    def torch_step():
        descent.zero_grad()
        torch.nn.functional.cross_entropy(module(tensors[0]), tensors[1]).backward()
        descent.step()

    others["PyTorch"] = torch_step

# %% [markdown]
# > **Predict first.** All take the same step on 32 images, and on one core. (For the
# > Values, we even leave out the update.) Which is the fastest, and by how much?

# %% tags=["cover", "varies"]
few = 8 if FAST else 32


def eager_step():
    part = zip(X[:few].tolist(), y[:few].tolist())
    (mn.sum([cross_entropy(net(x), label) for x, label in part]) / few).backward()


recorded = sum(ops.values())  # nodes for each image
with program.training(SGD(twin.parameters(), lr=0.1)) as train:
    quick = {
        "compiled": lambda: train.step(*batch),
        "NumPy by hand": lambda: numpy_step(arrays, *batch),
        **others,
    }
    rates = {name: 32 * recorded / seconds(step, 300) for name, step in quick.items()}
rates = {"one Value at a time": few * recorded / seconds(eager_step, 2), **rates}
assert FAST or rates["compiled"] > 1000 * rates["one Value at a time"]
assert FAST or rates["compiled"] > rates.get("PyTorch", 0)
assert FAST or 1e5 < rates["one Value at a time"] < 1e7
assert FAST or 32 * recorded / rates["compiled"] < 0.001

bar_chart(rates, label="scalar nodes a second, there and back", log=True)

# %% [markdown]
# The axis grows by factors again. One Value at a time, it is about a million nodes a
# second (fewer on a slow or busy machine), and there and back a node takes about three
# operations. Compiled, the same step is thousands of times as fast, and about as fast
# as NumPy written by hand.
#
# And PyTorch? It is made for nets that are thousands of times as large. Each of its ops
# costs a few millionths of a second before the first number is touched, and in a net as
# small as ours that is most of the time. In a large net you would not notice.

# %% [markdown]
# ## Large batches are cheap
#
# > **Predict first.** A step with 1 image takes some time. How many times as long does
# > a step with 256 images take: 256, 50 or 5?

# %% tags=["varies"]
sizes = [1, 4, 16, 64, 256, 1024]
with program.training(SGD(twin.parameters(), lr=0.1)) as train:
    times = [seconds(lambda: train.step(X[:size], y[:size]), 100) for size in sizes]
rates = {"": [size / time for size, time in zip(sizes, times)]}
print(f"256 images take {times[4] / times[0]:.0f} times as long as 1")
assert FAST or times[4] < 27 * times[0]

line_plot(
    sizes, rates, xlabel="batch size", ylabel="images a second", logx=True, logy=True
)

# %% [markdown]
# Nearer to 5. With one image, most of the time goes into starting the operations;
# that is paid once for each batch, whatever its size. Then the curve flattens: from
# there on the arithmetic itself takes the time.
#
# So why not always the largest batch? Lesson 05 told you: few large steps learn less in
# an epoch than many small ones. The batch size is a compromise between the machine,
# which likes large ones, and learning, which likes small ones.

# %% [markdown]
# ## Why graphics processors?
#
# How many operations a second does one core do when it multiplies two n by n matrices?
#
# > **Predict first.** Does it depend on n?

# %% tags=["varies"]
sides = [2, 4, 8, 16, 32, 64, 128, 256]


def rate(n, kind):
    a = np.ones((n, n), dtype=kind)
    return 2 * n**3 / seconds(lambda: a @ a, 50)  # n products and n sums for each dot


lines = {kind: [rate(n, kind) for n in sides] for kind in ("float64", "float32")}
assert FAST or lines["float64"][-1] > 100 * lines["float64"][0]
assert FAST or min(lines["float64"][5:]) > 1e9
assert FAST or lines["float32"][-1] > 1.3 * lines["float64"][-1]

line_plot(sides, lines, xlabel="n", ylabel="operations a second", logx=True, logy=True)

# %% [markdown]
# More than a hundred times between the ends. A product of 2 by 2 matrices is all start
# and no work. From n = 64 on, one core does billions of operations a second. (Compare
# the two million above.)
#
# Look at a matrix product again: no sum needs any other. All of them could be computed
# at the same time, if you had enough hands. A **GPU**, made to colour the dots of a
# screen, has thousands of them: simple units that all do the same step, on different
# numbers. On large matrices it is hundreds of times as fast as one core. That is why
# deep learning runs on them. And it is one reason why Transformers, which look at all
# positions of a text at once, have replaced RNNs, which go from one to the next.
#
# But a job for a GPU takes some millionths of a second to start, and the data has to
# travel there and back. A step of our net is dozens of such jobs, and one core is done
# with all of them in less than a thousandth of a second. A GPU would spend its time
# starting. The left end of this curve is where small nets live, on any machine.

# %% [markdown]
# ## Leaving home
#
# A net is nothing but its weights, and a formula. Take the weights out, and you can
# write the formula anywhere. First train the net, so that there is something to take
# along.

# %% tags=["concept:export"]
from micrograd_nn import fit
from micrograd_nn.training import score

fit(net, X, y, epochs=20, verbose=0)
accuracy = score(net, X_test, y_test)
print(f"reads {accuracy:.3f} of the test set")
assert accuracy > 0.95

arrays = {name: np.array(t.data) for name, t in net.named_tensors().items()}
for name, numbers in arrays.items():
    print(name, numbers.shape)

# %% [markdown]
# > **Exercise 2.** Write the net in NumPy: from a batch of images to a row of ten
# > outputs for each. Two lines are enough, and you have seen both in this lesson. No
# > softmax at the end: the net gives plain outputs. `assert_same` runs both on the test
# > set, and says where they differ the most.


# %% tags=["exercise"]
def numpy_net(X, arrays):
    hidden = ...  # arrays["layers.0.weight"] has a row for each neuron
    return hidden @ ...


# %% tags=["check"]
from micrograd_nn.export import assert_same


def test_numpy_net(numpy_net):
    found = np.shape(numpy_net(X_test[:3], arrays))
    assert found == (3, 10), f"for 3 images it gives {found}, not (3, 10)"
    assert_same(net, lambda X: numpy_net(X, arrays), X_test)


check(test_numpy_net, numpy_net)


# %% tags=["solution"] jupyter={"source_hidden": true}
def numpy_net(X, arrays):
    sums = X @ arrays["layers.0.weight"].T + arrays["layers.0.bias"]
    hidden = np.maximum(sums, 0)
    return hidden @ arrays["layers.1.weight"].T + arrays["layers.1.bias"]


test_numpy_net(numpy_net)

# %% [markdown]
# The same answers, to twelve digits, without a single Value. This is inference as a
# phone does it: the weights, and a few lines of code.

# %% [markdown]
# ## How many digits does it take?
#
# A float of Python has 64 bits, which is 16 digits. A `float32` has half the bits, and
# 7 digits; a `float16` has a quarter, and 3. Half the bits is half the memory, and, as
# the picture above shows for large n, up to twice the speed.
#
# > **Predict first.** Cut all weights and images to 3 digits. What happens to the
# > accuracy: nothing, a little less, or no better than guessing?

# %%
exact, differences = numpy_net(X_test, arrays), {}
for kind in ("float64", "float32", "float16"):
    cut = {name: numbers.astype(kind) for name, numbers in arrays.items()}
    outputs = numpy_net(X_test.astype(kind), cut)
    right = (outputs.argmax(axis=1) == y_test).mean()
    differences[kind] = np.abs(outputs - exact).max()
    print(f"{kind}: {outputs.itemsize} bytes a number, accuracy {right:.3f}")
    assert abs(right - accuracy) < 0.006
assert differences["float64"] < 1e-12 < differences["float32"] < 1e-4
assert 1e-4 < differences["float16"] < 0.1
best = np.sort(exact)
assert np.median(best[:, -1] - best[:, -2]) > 100 * differences["float16"]

del differences["float64"]
bar_chart(differences, label="largest error of an output", log=True)

# %% [markdown]
# Nothing. For most images, the digit that wins is ahead by more than a hundred times
# the largest of these errors. So nets are run in 16 bits, or in fewer still (lesson
# 14).
#
# Training asks for more. It adds up many small steps, and a small step may be lost:

# %%
print("float16: 1 + 0.0001 =", float(np.float16(1.0) + np.float16(0.0001)))
assert np.float16(1.0) + np.float16(0.0001) == 1.0

# %% [markdown]
# So for training, float32 and 16 bits are mixed. And to check a gradient with a nudge,
# as in lesson 02, you want all the digits that there are. That is why this library
# counts in float64.
#
# The bits also decide what fits into a machine at all.

# %%
for kind, size in {"float64": 8, "float32": 4, "float16": 2}.items():
    print(f"the weights of GPT-3 in {kind}: {175 * size:,} GB")
assert 175 * 2 > 4 * 80

# %% [markdown]
# A large GPU, such as an H100, has 80 GB of memory. So even at 16 bits, the weights
# alone need more than four of them. To train, the gradients and the two numbers that
# Adam keeps for each weight come on top.

# %% [markdown]
# ## To PyTorch
#
# Our layers have PyTorch's names, arguments and layout of weights. So `to_torch` can
# make a module of PyTorch of any net of such layers, and whatever you can do in
# PyTorch you can do with it: train on, on a GPU if you have one.

# %% tags=["varies"]
if find_spec("torch"):
    module = to_torch(net)
    assert_same(net, module, X_test)
    print(module)
    print("the same outputs to 12 digits, dtype", next(module.parameters()).dtype)
else:
    print("PyTorch is not installed here: pip install 'micrograd-nn[export]'")

# %% [markdown]
# It works the other way round too: `save` writes a file that PyTorch can read, and
# `load_into` reads one of PyTorch's. And `to_onnx(net, "net.onnx", X[0])` writes
# ONNX, a format that runs in browsers and on phones, where there is no Python at all.

# %% [markdown]
# ## What you saw
#
# - A training run takes about 6 operations for each weight and example. That tells what
#   it costs before it starts.
# - Python pays for each object, not for each product. Arrays pay once for thousands.
# - Scalars that you write and matrices that run can be the same program: a compiler
#   goes from one to the other, and the losses agree to twelve digits.
# - Large batches and large matrices are cheap for their size. That is why GPUs help
#   large nets, and not small ones.
# - A net is its weights and a formula, so it can go anywhere.
#
# ## Quiz
#
# <details><summary>1. A net has a million weights, and learns from a million examples,
# for ten epochs. How many operations is that?</summary>
#
# 6 × 1,000,000 × 10,000,000, which is $6 \cdot 10^{13}$.
# </details>
#
# <details><summary>2. Why is a product of two Values a thousand times as slow as one in
# an array?</summary>
#
# For each Value, Python looks up types, makes an object, and notes op and operands. The
# product itself is a tiny part of that.
# </details>
#
# <details><summary>3. 20 images go through a layer of 64 inputs and 32 outputs. Which
# shapes meet in the matrix product?</summary>
#
# 20 × 64 and 64 × 32, which gives 20 × 32.
# </details>
#
# <details><summary>4. Scalars and compiled matrices give losses that differ in the 16th
# digit. Is there a bug?</summary>
#
# No. The numbers were added up in another order, and each order rounds differently. If
# they differed in the 5th digit, there would be one.
# </details>
#
# <details><summary>5. Your net has 300 weights and trains in a second. Should you
# rent a GPU?</summary>
#
# No. Starting jobs on it would take longer than the arithmetic. Rent one when the
# matrices are large.
# </details>
#
# ## Words
#
# - **Vectorization**: one operation on a whole array, in place of a loop.
# - **Matrix product**: all rows of one times all columns of the other.
# - **Compiler**: a program that translates a program, here scalars into matrices.
# - **GPU**: thousands of simple units that do the same to different numbers.
# - **float64, float32, float16**: numbers of 16, 7 and 3 digits.
# - **Export**: the same net, in another library or file.
#
# **Next:** there is no lesson 16. You have seen all of it, and every line behind it is
# meant to be read: start with `ops.py`, `engine.py` and `chain_rule.py`, which are the
# whole of lesson 02. Then take data of your own, begin with the simplest net that could
# work, and predict first.
