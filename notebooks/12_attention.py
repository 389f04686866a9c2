# %% [markdown]
# # 12 · Attention
#
# The nets of the last lesson press all that they have read into a few numbers. You do
# not read like that: at a hard word you look back at the one that explains it. What if
# a net could look back, too?
#
# **You will see** how words ask and answer each other, a net that learns where to look,
# what goes wrong when it may look ahead, and a small GPT that you know every part of.
#
# **Needs:** lessons 08, 10 and 11 · **Takes:** 50 minutes

# %%
import micrograd_nn as mn
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## A soft look-up
#
# In a Python dictionary you look up a **key**, and get its **value**. The key must fit
# exactly. Now make that soft: compare what you look for, the **query**, with *every*
# key, and take a little of every value, the more the better its key fits.
#
# Take three words: dog bites man. The key of each says how much of a *thing* and how
# much of an *action* it is. The word "bites" looks for things: its query is (3, 0).
#
# To compare two lists of numbers, multiply them in pairs and add up: the **dot
# product**, what a neuron does with its inputs and weights. Then a softmax (lesson 01)
# turns these scores into shares, the **attention weights**.
#
# > **Predict first.** The scores are 3, 0 and 3. About which share does "dog" get: one
# > third, one half, or all?

# %%
import numpy as np

from micrograd_nn.viz.plots import bar_chart


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


words = ["dog", "bites", "man"]
keys = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])  # thing, action
query = np.array([3.0, 0.0])

scores = [float(sum(key * query)) for key in keys]
shares = softmax(np.array(scores))
assert scores == [3, 0, 3]
assert abs(shares[0] - 0.49) < 0.01
bar_chart(dict(zip(words, shares)), label="what bites looks at")

# %% [markdown]
# About one half: both things fit, and "bites" itself hardly. The last step is the
# mixture. Each word has a value, whatever it has to tell; here a column each for an
# animal, a deed and a human.

# %%
values = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
gathered = sum(share * value for share, value in zip(shares, values))
print("bites gathers:", gathered.round(2))
assert abs(gathered[0] - gathered[2]) < 1e-12

# %% [markdown]
# Now "bites" knows that an animal and a human are around. This is **attention**:
# compare, share out, mix (Bahdanau, Cho and Bengio, 2015). Every step of it is
# differentiable, so all of it can be learned.
#
# ## Every word asks
#
# Where do queries, keys and values come from? From the words themselves. Each has its
# numbers x, an embedding as in lesson 10. Three tables of weights make three lists out
# of it: what the word looks for, what it shows to others, and what it tells.
#
# Here x is the simplest of all, a 1 for the word and 0 elsewhere. We set the weights by
# hand: things look for actions, and actions look for things.

# %%
x = np.eye(3)  # a row each: dog, bites, man
W_Q = np.array([[0.0, 3.0, 0.0], [3.0, 0.0, 3.0]])  # a row each: seeks thing, action
W_K = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])  # is thing, is action
W_V = np.eye(3)

print("queries", *(W_Q @ word for word in x))
print("keys   ", *(W_K @ word for word in x))
assert list(W_Q @ x[1]) == list(query)

# %% [markdown]
# `W @ x` takes the dot product of each row of W with x: it is a layer of neurons
# without biases. Between two tables, `@` takes all the dot products of rows of the
# first with columns of the second; `.T` swaps rows and columns. So three lines are
# enough to let all words ask at once.
#
# When the words of one text ask each other, it is called **self-attention**.

# %% tags=["concept:self-attention"]
from micrograd_nn.viz.plots import heat_map


def attention(x, W_Q, W_K, W_V):
    queries, keys, values = x @ W_Q.T, x @ W_K.T, x @ W_V.T
    shares = softmax(queries @ keys.T)
    return shares @ values, shares


outputs, shares = attention(x, W_Q, W_K, W_V)
assert np.allclose(outputs[1], gathered)
assert abs(shares[0, 1] - 0.91) < 0.01
heat_map(shares, rows=words, columns=words, ylabel="who asks", high=1, write=True)

# %% [markdown]
# Read it by rows: who looks where. Each row has the sum 1. "dog" and "man" look at
# "bites", with a share of 0.91, and "bites" looks at both.
#
# ## Shares that are too sharp
#
# Real nets have tens or hundreds of features, not two. The more numbers are multiplied
# and added up, the larger a score can get by chance alone, and the softmax of large
# scores is nearly all or nothing.
#
# > **Predict first.** A random query meets 10 random keys, all of 256 features. A fair
# > share is 0.1. How large is the largest share, on average: 0.2, 0.5, or more than
# > 0.9?

# %%
from micrograd_nn.viz.plots import line_plot

rng = np.random.default_rng(0)
sizes = [2**k for k in range(1, 11)]
plain, divided = [], []
for d in sizes:
    queries, keys = rng.normal(size=(500, 1, d)), rng.normal(size=(500, 10, d))
    scores = (queries * keys).sum(axis=-1)  # 500 times 10 scores
    plain.append(softmax(scores).max(axis=1).mean())
    divided.append(softmax(scores / np.sqrt(d)).max(axis=1).mean())

assert plain[sizes.index(256)] > 0.9
assert 0.25 < min(divided) < max(divided) < 0.35
lines = {"scores as they are": plain, "scores / √d": divided}
line_plot(sizes, lines, xlabel="features d", ylabel="largest share", logx=True)

# %% [markdown]
# More than 0.9. Nobody has learned anything yet, and most queries have already settled
# on one key. Where the softmax is that sure, its slope is near 0, so no gradient comes
# through to change its mind.
#
# Chance makes scores grow like √d, the root of the number of features. So divide by it,
# and the shares stay about the same at any size. That is the whole formula of Vaswani
# et al. (2017, "Attention Is All You Need"), and all of attention in four lines:


# %%
def attention(x, W_Q, W_K, W_V):
    queries, keys, values = x @ W_Q.T, x @ W_K.T, x @ W_V.T
    scores = queries @ keys.T / np.sqrt(len(W_K))
    shares = softmax(scores)
    return shares @ values, shares


outputs, shares = attention(x, W_Q, W_K, W_V)
print("dog looks at bites with a share of", shares[0, 1].round(2))
assert abs(shares[0, 1] - 0.81) < 0.01

# %% [markdown]
# ## Who bites whom?
#
# > **Predict first.** Turn the sentence around: man bites dog. Does "bites" gather
# > something else now?

# %%
turned = [2, 1, 0]
of_turned, _ = attention(x[turned], W_Q, W_K, W_V)
print("dog bites man:", outputs[1].round(3))
print("man bites dog:", of_turned[1].round(3))
assert np.allclose(of_turned, outputs[turned])

# %% [markdown]
# The same. Queries, keys and values come from the words alone. Put the words in another
# order, and the outputs come in that order, each as it was. Attention sees a *set* of
# words, as the bag of lesson 10 did. A recurrent net knows the order because it reads
# step by step. Here all words are read at once.
#
# So the place, or **position**, has to be written into the numbers: add to each word a
# list of numbers that stands for it. That is the **positional encoding**. Vaswani et
# al. took sines and cosines of the place, from fast ones to slow ones, like the hands
# of a clock. In the picture, each column is what is added at one place.

# %% tags=["concept:positional-encoding"]
from micrograd_nn.nn import PositionalEncoding

codes = np.array(PositionalEncoding(16).rows(40))
heat_map(codes.T, xlabel="place", ylabel="feature")

# %% [markdown]
# Waves, in pairs of a sine and a cosine: fast at the top, and slower and slower. The
# lowest rows have hardly moved after 40 places; they are for long texts.
#
# What can a query make of it? Compare the encoding of place 10 with all others, by
# their dot products.
#
# > **Predict first.** Which places will be most like place 10?

# %%
alike = codes @ codes[10]
assert sorted(np.argsort(alike)[-3:]) == [9, 10, 11]
line_plot(range(40), {"": alike}, xlabel="place", ylabel="like place 10")

# %% [markdown]
# Place 10 is most like itself, and then like its two neighbours. So a query can ask for
# "near me". (The lower peaks, such as at 4 and 16, are where the fastest wave has come
# round again.)
#
# Does that tell the two sentences apart? We take random embeddings and an untrained
# layer of the library: for words of 8 features, with 1 **head**, as one attention is
# called.

# %%
from micrograd_nn.nn import Embedding, MultiheadAttention

embedding, places = Embedding(3, 8), PositionalEncoding(8)
layer = MultiheadAttention(8, 1)


def of_bites(sentence, encode):
    outputs, _ = layer(encode(embedding(sentence)))
    return np.array([value.data for value in outputs[1]])


for name, encode in (("without", lambda x: x), ("with", places)):
    gap = abs(of_bites([0, 1, 2], encode) - of_bites([2, 1, 0], encode)).max()
    print(f"{name} places, the sentences differ by {gap:.3f}")
    assert gap > 0.001 if name == "with" else gap < 1e-12

# %% [markdown]
# Now they differ. What to make of it is for training to find out.
#
# ## Your turn: look at the one before
#
# A place can also be given by a 1 at its number and 0 elsewhere, as our words were.
# Then column i of $W_Q$ is the query of place i, and column j of $W_K$ is the key of
# place j. Here are the shares of four places if $W_Q$ has ones everywhere, and so all
# queries are alike.

# %%
where = np.eye(4)  # a row for each place


def look(W_Q, W_K):
    return attention(where, np.array(W_Q), np.array(W_K), np.eye(4))[1]


def read(word, shares):
    return "".join(word[j] for j in shares.argmax(axis=1))


everything = np.ones((4, 4))
print(look(everything, where))
assert (look(everything, where) == 0.25).all()

# %% [markdown]
# Each place looks at all places alike. `read` spells what each looks at the most.
#
# > **Exercise 1.** Set $W_Q$ and $W_K$ by hand, so that each place looks at the one
# > before it, and the first place at itself: "word" is then read as "wwor". Each share
# > should be above 0.95. Start with keys that are all different: 1 on the diagonal of
# > $W_K$, and 0 elsewhere. Then ask, column by column: which key should this query
# > like? Give that row a 10.

# %% tags=["exercise"]
W_Q = [
    [..., ..., ..., ...],
    [..., ..., ..., ...],
    [..., ..., ..., ...],
    [..., ..., ..., ...],
]
W_K = [
    [..., ..., ..., ...],
    [..., ..., ..., ...],
    [..., ..., ..., ...],
    [..., ..., ..., ...],
]


# %% tags=["check"]
def test_copy(W_Q, W_K):
    shares = look(W_Q, W_K)
    for i, j in enumerate([0, 0, 1, 2]):
        best = shares[i].argmax()
        assert best == j, f"place {i} looks at place {best}, not {j}"
        assert shares[i, j] > 0.95, f"place {i}: a share of {shares[i, j]:.2f} only"
    assert read("word", shares) == "wwor"


check(test_copy, W_Q, W_K)

# %% tags=["solution"] jupyter={"source_hidden": true}
W_Q = [
    [10, 10, 0, 0],  # key 0 is what places 0 and 1 like
    [0, 0, 10, 0],
    [0, 0, 0, 10],
    [0, 0, 0, 0],
]
W_K = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
]
test_copy(W_Q, W_K)

# %% [markdown]
# This is no toy: heads that look one token back were found in BERT, a large language
# model, which had learned them (Clark et al., 2019).
#
# ## Learn where to look
#
# Now let gradient descent set the weights. The task: five letters, to be read
# backwards. Each output has to come from one place, and nobody says from which.

# %%
from micrograd_nn.datasets import make_reverse

reverse = make_reverse(2400)
new = make_reverse(1000, seed=1)
decode = reverse.vocabulary.decode
for row, target in zip(reverse.X[:3], reverse.y[:3]):
    print("".join(decode(row)), "->", "".join(decode(target)))

# %% [markdown]
# The net: an embedding of eight numbers for each of six letters; places, which are
# learned here as well; one attention; and a linear layer that names a letter at each
# place.

# %%
from micrograd_nn.nn import Linear, Module, PositionalEmbedding


class Reverser(Module):
    def __init__(self):
        self.embedding = Embedding(6, 8)
        self.places = PositionalEmbedding(5, 8)
        self.attention = MultiheadAttention(8, 1, bias=False)
        self.head = Linear(8, 6)

    def gathered(self, letters):
        return self.attention(self.places(self.embedding(letters)))

    def __call__(self, letters):
        outputs, _ = self.gathered(letters)
        return self.head(outputs)


net = Reverser()
print(len(net.parameters()), "parameters")
assert len(net.parameters()) == 398

# %% [markdown]
# We train in portions of 200 sequences, each seen once, and after each we note where
# the five places look: their shares, averaged over 1,000 new sequences.


# %%
from micrograd_nn.optim import Adam
from micrograd_nn.training import fit, score


def train(net, optimizer, X, y, epochs=1):
    fit(net, X, y, optimizer=optimizer, epochs=epochs, batch_size=16, verbose=0)


def mean_shares(net, X=new.X):
    return mn.compile(lambda letters: net.gathered(letters)[1])(X).mean(axis=0)


mn.seed(0)
net = Reverser()
adam = Adam(net.parameters(), lr=0.02)
tables, right = {0: mean_shares(net)}, [score(net, *new)]
for start in range(0, 2400, 200):
    some = slice(start, start + 200)
    train(net, adam, reverse.X[some], reverse.y[some])
    tables[start + 200] = mean_shares(net)
    right.append(score(net, *new))

# %% [markdown]
# > **Predict first.** Rows are the places that ask, columns those that are looked at.
# > What will the picture be in the end: a diagonal, the other diagonal, or one dark
# > column?

# %% tags=["cover"]
from micrograd_nn.viz.plots import small_multiples

shown = [0, 200, 400, 600, 800, 2400]
mirror = tables[2400][range(5), range(4, -1, -1)]
assert mirror.min() > 0.9


def panel(shares):
    return lambda ax: heat_map(shares, high=1, ax=ax)


drawings = {f"after {count} sequences": panel(tables[count]) for count in shown}
small_multiples(drawings, columns=3)

# %% [markdown]
# The other diagonal: the first place looks at the last, the second at the last but one.
# It emerges from noise, and in the end each share on it is above 0.9.
#
# Nobody told the net. Looking at the right place made the loss smaller, so the gradient
# went there, through the softmax, into $W_Q$, $W_K$ and the places.

# %%
accuracy = right[-1]
print(f"letters that are right: {accuracy:.3f}, after 400 sequences {right[2]:.2f}")
assert accuracy > 0.999
assert 0.5 < right[2] < 0.85
assert len(np.unique(reverse.X, axis=0)) < 6**5 / 3

line_plot(range(0, 2401, 200), {"": right}, xlabel="sequences seen", ylabel="right")

# %% [markdown]
# Practically every letter of 1,000 new sequences is right, with 398 parameters. There
# are 6⁵ = 7,776 sequences of five letters, and it has seen fewer than a third of them:
# it has found the rule.
#
# > **Predict first.** Does it look by place, or by letter? Give it the same letter five
# > times. Will the picture stay?

# %%
same = mean_shares(net, np.full((1, 5), 2))
print(same.round(2))
assert same[range(5), range(4, -1, -1)].min() > 0.9

# %% [markdown]
# By place: the letters do not matter to it. And if we take the places away?


# %%
class Placeless(Reverser):
    def gathered(self, letters):
        return self.attention(self.embedding(letters))


mn.seed(0)
blind = Placeless()
train(blind, Adam(blind.parameters(), lr=0.02), *reverse)
print(f"without places: {score(blind, *new):.2f} right, by chance {1 / 6:.2f}")
assert 0.35 < score(blind, *new) < 0.5

# %% [markdown]
# It still knows *which* letters there are, and bets on those: better than chance, and
# never good.
#
# ## What it costs
#
# This is what the compiler (the subject of lesson 15) makes of our attention: ten lines
# of matrices.

# %%
program = mn.compile(lambda x: net.attention(x)[0])
program(np.zeros((1, 5, 8)))
assert len(str(program).splitlines()) == 10
print(program)

# %% [markdown]
# h1 holds queries, keys and values of all places; h2 the scores, 5 by 5 of them; h3
# divides by √8; h4 to h8 are the softmax, with the largest score taken off first, as in
# lesson 06; h9 is the mixtures; and h10 one more layer, which the library's attention
# has at its end.
#
# No step waits for another place, as the steps of an RNN do: that is why attention is
# fast where many numbers are multiplied at once. The price is the table of scores. A
# text that is twice as long has four times as many.

# %%
for length in (5, 10, 1000):
    print(f"{length} places: {length**2:,} scores")
assert 10**2 == 4 * 5**2

# %% [markdown]
# ## No looking ahead
#
# A language model (lesson 11) says which letter comes next. With attention, all places
# of a text can guess their next letters at once. There is a trap.
#
# Take *random* letters, where nobody can know what comes next: 1 in 6 is the best that
# an honest guesser gets. Inputs are five letters, targets the same moved by one.
#
# > **Predict first.** What share does our net get right: 17%, about 80%, or 100%?


# %%
def moved(length=6):
    pairs = (make_reverse(n, length=length, seed=n).X for n in (2400, 1000))
    return [(letters[:, :-1], letters[:, 1:]) for letters in pairs]


learn, test = moved()
mn.seed(0)
cheat = Reverser()
train(cheat, Adam(cheat.parameters(), lr=0.02), *learn)
print(f"right: {score(cheat, *test):.2f}")
assert 0.8 < score(cheat, *test) < 0.86

# %% [markdown]
# 83%, of what cannot be known. It does not guess: it *looks*. The next letter is in the
# input, one place further on. Only the last place has nothing to copy from. When such a
# model has to write, there is no next letter yet, and it is worth nothing.
#
# So hide what comes later: set the scores of later places to minus infinity before the
# softmax. e to the power of minus infinity is 0, and so is the share. This is the
# **causal mask**.
#
# > **Exercise 2.** Write the mask. `scores` is a square table: a row for each place
# > that asks, a column for each place that is looked at. Return it with `-np.inf` where
# > the column is later than the row. These help: `rows, columns = np.indices(
# > scores.shape)` are two tables with the number of each cell's row and column; `rows <
# > columns` compares them cell by cell; and `np.where(condition, a, b)` takes a where
# > the condition holds, and b elsewhere.


# %% tags=["exercise"]
def masked(scores):
    return ...


# %% tags=["check"]
def test_masked(masked):
    scores = rng.normal(size=(4, 4))
    left = masked(scores.copy())
    assert np.shape(left) == (4, 4), "a table of the same shape should come back"
    assert np.isfinite(np.diag(left)).all(), "each place should see itself"
    shares = softmax(left)
    assert (np.triu(shares, 1) == 0).all(), "a place still looks ahead"
    assert shares[0, 0] == 1, "the first place can only look at itself"
    for i in range(4):
        fair = softmax(scores[i, : i + 1])
        assert np.allclose(shares[i, : i + 1], fair), "what is not later stays as it is"


check(test_masked, masked)


# %% tags=["solution"] jupyter={"source_hidden": true}
def masked(scores):
    rows, columns = np.indices(scores.shape)
    return np.where(rows < columns, -np.inf, scores)


test_masked(masked)

# %% [markdown]
# In the library the mask is called `is_causal`.


# %%
class Honest(Reverser):
    def gathered(self, letters):
        return self.attention(self.places(self.embedding(letters)), is_causal=True)


mn.seed(0)
honest = Honest()
train(honest, Adam(honest.parameters(), lr=0.02), *learn)
print(f"right: {score(honest, *test):.2f}")
assert 0.13 < score(honest, *test) < 0.2

guessers = {"may look ahead": cheat, "may not": honest}
shares = {name: mean_shares(each, test[0]) for name, each in guessers.items()}
assert (np.triu(shares["may not"], 1) == 0).all()
assert min(shares["may look ahead"][range(4), range(1, 5)]) > 0.9
small_multiples({name: panel(table) for name, table in shares.items()}, columns=2)

# %% [markdown]
# On the left the cheat: each place looks one to the right. On the right nothing above
# the diagonal, and 1 in 6.
#
# Whenever a model is too good to be true, ask what it can see.
#
# ## Gather, then think
#
# Attention mixes what is there: each output is a mean of values. It fetches, but it
# decides little. Here is a task where something has to be decided: is the letter at
# this place the same as its mirror image, the one that is as far from the other end?


# %%
def mirrored(n, seed):
    rng = np.random.default_rng(seed)
    letters = rng.integers(6, size=(n, 5))
    copied = rng.random((n, 2)) < 0.5  # else few places would be the same
    letters[:, 3:] = np.where(copied, letters[:, 1::-1], letters[:, 3:])
    return letters, (letters == letters[:, ::-1]).astype(int)


pairs, unseen = mirrored(4000, seed=0), mirrored(1000, seed=1)
for row, same in zip(*(part[:6] for part in pairs)):
    print("".join(decode(row)), same)

# %% [markdown]
# Attention can bring the other letter here, and a **way around** it keeps the place's
# own: x + attention(x), the skip of lesson 08. Then the two must be compared: same or
# not. That is the question of XOR (lesson 04), and no linear layer can answer it. So
# add what could do it there: a hidden layer of ReLUs, at each place by itself, with a
# way around it too.
#
# Before both, a **layer norm** brings the numbers of each place to mean 0 and standard
# deviation 1 (Ba, Kiros and Hinton, 2016). It is like batch norm (lesson 08), but needs
# no batch: the mean is that of one place's features. And that is all of it: gather,
# then think. This is the **transformer block**. (In that of Vaswani et al. the norms
# came after; before is more common today.)

# %% tags=["concept:transformer"]
from micrograd_nn.nn import TransformerBlock


def added(xs, ys):
    return [[x + y for x, y in zip(*rows)] for rows in zip(xs, ys)]


def block_by_hand(block, x):
    gathered, _ = block.self_attn(block.norm1(x))
    x = added(x, gathered)
    hidden = block.linear1(block.norm2(x))
    thought = block.linear2([[value.relu() for value in row] for row in hidden])
    return added(x, thought)


block = TransformerBlock(d_model=2, nhead=1, dim_feedforward=3)
text = [[mn.Value(1.0), mn.Value(2.0)], [mn.Value(-1.0), mn.Value(0.5)]]
mine, library = block_by_hand(block, text), block(text)
assert [x.data for x in mine[1]] == [x.data for x in library[1]]

# %% [markdown]
# Six lines, and they give what the library's block gives. Here is one number that comes
# out of it, with all its ancestors; each module is one card.

# %%
from micrograd_nn.viz import draw_dot

draw_dot(mine[1][0], collapse="call")

# %% [markdown]
# From left to right: norm, attention, and the way around it; norm, a linear layer,
# ReLUs, a linear layer, and the way around them.
#
# > **Predict first.** We train both on the mirror task, three times each: attention
# > with a way around it, and the whole block. Which will be perfect?


# %%
class Gather(Module):
    def __init__(self):
        self.attention = MultiheadAttention(16, 1)

    def __call__(self, x):
        return added(x, self.attention(x)[0])


class Compare(Module):
    def __init__(self, middle):
        self.middle, self.embedding = middle, Embedding(6, 16)
        self.places, self.head = PositionalEmbedding(5, 16), Linear(16, 2)

    def __call__(self, letters):
        return self.head(self.middle(self.places(self.embedding(letters))))


# %% [markdown]
# Some places are the same by chance, and the one in the middle always is: who says
# "same" everywhere is right in about two thirds of all cases.

# %%
found = {'always says "same"': unseen[1].mean()}
kinds = {"attention": Gather, "block": lambda: TransformerBlock(16, 1)}
for name, make in kinds.items():
    for seed in range(1 if FAST else 3):
        mn.seed(seed)
        net = Compare(make())
        train(net, Adam(net.parameters(), lr=0.01), *pairs, epochs=2)
        found[f"{name}, start {seed}"] = score(net, *unseen)

attentions = [share for name, share in found.items() if "attention" in name]
blocks = [share for name, share in found.items() if "block" in name]
assert 0.62 < found['always says "same"'] < 0.72
assert 0.75 < min(attentions) <= max(attentions) < 0.96 < 0.98 < min(blocks)
bar_chart(found, label="right")

# %% [markdown]
# The block, from all three starts. Attention by itself gets eight or nine in ten: its
# scores multiply what two places hold, and so can compare a little. But the deciding is
# the work of the hidden layer. (Training can get stuck here as everywhere: from another
# start, a block may fail too.)
#
# ## A small GPT
#
# Stack such blocks, mask them, put an embedding and places before them and a linear
# layer after: a **GPT** (Radford et al., 2018). Ours has one block, and four heads in
# it: four attentions side by side, each with queries, keys and values of four numbers,
# and its own idea of where to look.
#
# It writes names, like the GRU of lesson 11. This time the names stand in one long
# text, a dot between them, which is cut into pieces of 16 characters.

# %%
from micrograd_nn.datasets import context_windows, load_names
from micrograd_nn.nn import GPT

names = load_names()
ENGLISH = "en_US" in names.description  # else faker is not installed
characters = names.vocabulary
order = np.random.default_rng(0).permutation(len(names))  # as in lesson 11
parts = np.split(np.array(names.texts)[order], [len(names) * 9 // 10])


def pieces(texts, step):
    seen, following = context_windows([".".join(texts)], characters, 16)
    some = slice(15, None, step)  # the first 15 begin before the text
    return seen[some], np.column_stack([seen[:, 1:], following])[some]


(X, y), (X_new, y_new) = pieces(parts[0], step=4), pieces(parts[1], step=1)
print("".join(characters.decode(X[7])), "->", "".join(characters.decode(y[7])))

# %% [markdown]
# At each of the 16 places it guesses the character that follows, from this one and
# those before: 16 questions in one piece, and thanks to the mask it can be asked all of
# them at once.

# %%
from micrograd_nn.optim import LinearLR

EPOCHS = 2 if FAST else 10

mn.seed(0)
gpt = GPT(len(characters), block_size=16, n_layer=1, n_head=4, n_embd=16)
fit(
    gpt,
    X,
    y,
    optimizer=Adam(gpt.parameters(), lr=0.01),
    schedule=lambda optimizer: LinearLR(optimizer, 1.0, 0.1, EPOCHS),
    epochs=EPOCHS,
    clip_norm=1.0,
    verbose=0,
)
assert len(gpt.parameters()) == 16 * 2 * len(characters) + 3568

# %% [markdown]
# Let it write: ten names, each from a dot to the next dot.

# %%
rows = gpt.generate([[0]] * 10, 12, seed=0)
made = ["".join(characters.decode(row[1:])).split(".")[0] for row in rows]
print(", ".join(made))

# %% [markdown]
# > **Predict first.** How surprised is it (lesson 11) by the next character of names
# > that it did not learn from? At the first place of a piece it sees one character, at
# > the last 16. How will the surprise go along the places: up, down, or stay?

# %%
from micrograd_nn.training import predict_proba


def surprises(probabilities, y):
    right = np.take_along_axis(probabilities, y[..., None], axis=-1)[..., 0]
    return -np.log(right).mean(axis=0)


seen, following = (part[:, -1] for part in pieces(parts[0], step=1))
counts = np.full((len(characters), len(characters)), 0.3)
np.add.at(counts, (seen, following), 1.0)
bigrams = counts / counts.sum(axis=1, keepdims=True)

of_gpt = surprises(predict_proba(gpt, X_new), y_new)
of_bigrams = surprises(bigrams[X_new], y_new)
if ENGLISH and not FAST:
    assert of_gpt[0] > of_gpt[1] > of_gpt[2] > of_gpt[3:].max()
    assert 2.15 < of_gpt[3:].mean() < 2.25 < of_bigrams.mean() < 2.4
    assert of_gpt[0] > of_bigrams[0]

lines = {"GPT": of_gpt, "bigrams": of_bigrams}
line_plot(None, lines, xlabel="place", ylabel="surprise")

# %% [markdown]
# Down. At the first place it knows one character, as counted bigrams do (lesson 11),
# and is a little worse than those. With each character more it does better, and from
# the fourth place on there is little more to gain: names are short. In the end it is at
# about 2.2 nats, as the GRU was. So few names do not need more. Attention wins where
# texts are long and there are many of them.
#
# And where does it look? Each head has its own table. Here are the four, on two names
# in a row.


# %%
def heads(text):
    x = gpt.wpe(gpt.wte(characters.encode(text)))
    block = gpt.h[0]
    options = {"is_causal": True, "average_attn_weights": False}
    _, shares = block.self_attn(block.norm1(x), **options)
    return np.array(
        [[[value.data for value in row] for row in head] for head in shares]
    )


text = ".max.christina." if ENGLISH else ".paris.london."
tables = heads(text)
if ENGLISH and not FAST:
    assert tables[:, 5:7, 4].max() > 0.4
    assert tables[:, 9:14, :4].sum(axis=2).mean() < 0.1

letters = list(text)
drawings = {
    f"head {number}": lambda ax, table=table: heat_map(
        table, rows=letters, columns=letters, high=1, ax=ax
    )
    for number, table in enumerate(tables, start=1)
}
small_multiples(drawings, columns=2, size=(3.4, 2.9))

# %% [markdown]
# Rows ask, columns are looked at, and nothing is above the diagonal. The heads differ:
# some spread over the last few characters, some pick single ones out, and some look
# back at the dot with which the name began. By the middle of the second name, hardly a
# share goes to the first: nobody told it that a dot ends a name, and it stays within.
#
# Do not read too much into such pictures. A share says where a head looks, not what it
# makes of it (Jain and Wallace, 2019).
#
# ## How far is it to the large ones?
#
# GPT-2 (Radford et al., 2019) has the same parts. Count the parameters of the smallest
# one: embeddings of tokens and of places, in each block 12 n² + 13 n (n features: 4 n²
# for attention, 8 n² for the two linear layers, the rest are biases and norms), and a
# last norm.


# %%
def parameters(tokens, places, features, blocks):
    block = 12 * features**2 + 13 * features
    return (tokens + places + 2) * features + blocks * block


ours = parameters(len(characters), 16, features=16, blocks=1)
gpt2 = parameters(50_257, 1024, features=768, blocks=12)
print(f"ours {ours:,} (and {16 * len(characters)} in its last layer), GPT-2 {gpt2:,}")
assert ours + 16 * len(characters) == len(gpt.parameters())
assert 124e6 < gpt2 < 125e6

# %% [markdown]
# 124 million. The step from your GPT to that one is made of numbers: more features,
# more blocks, more text, and a great deal of computing. It differs in small things: its
# tokens are pieces of words, its ReLU has its corner rounded off (GELU), and its last
# layer takes the embeddings once more, so they are counted once. There is no large part
# in it that you have not seen.
#
# ## What you saw
#
# - Attention is a soft look-up: a query is compared with all keys, a softmax makes
#   shares of the scores (divided by √d), and the values are mixed by them.
# - By itself attention knows no order. Places are added as numbers.
# - Where to look is learned by gradient descent: a net with 398 parameters found the
#   mirror image.
# - What guesses the next token must not see it: the causal mask.
# - A transformer block gathers, with attention, then thinks, with a hidden layer, each
#   with a norm before and a way around.
#
# ## Quiz
#
# <details><summary>1. What are query, key and value?</summary>
#
# What a place looks for, what it shows to those who look, and what it gives them. All
# three are computed from its features, with weights that are learned.
# </details>
#
# <details><summary>2. All scores of a place are equal. What does it gather?</summary>
#
# The mean of all values: the softmax of equal numbers gives equal shares.
# </details>
#
# <details><summary>3. Why do nets with attention need a positional encoding, and
# recurrent nets none?</summary>
#
# A recurrent net reads in order. Attention sees all places at once, and gives the same
# answers in whatever order they come.
# </details>
#
# <details><summary>4. A language model gets nearly every next word right in training,
# and writes nonsense. What do you suspect?</summary>
#
# That in training it can see the word that it should guess: no mask, or a wrong one.
# </details>
#
# <details><summary>5. A text is ten times as long. How many times as many scores has an
# attention?</summary>
#
# A hundred times, as each place asks each place.
# </details>
#
# ## Words
#
# - **Attention**: each place gathers from the others what it asks for.
# - **Self-attention**: the places of one text ask each other.
# - **Query, key, value**: what is looked for, what it is compared with, what is given.
# - **Attention weights**: the shares in which values are mixed; each row has the sum 1.
# - **Head**: one attention; several work side by side.
# - **Positional encoding**: numbers that say where a token stands.
# - **Causal mask**: hides what comes later.
# - **Layer norm**: brings the features of one place to mean 0 and standard
#   deviation 1.
# - **Transformer block**: attention, then a hidden layer, each with a way around.
# - **GPT**: blocks with a causal mask, that say which token comes next.
#
# **Next:** 13, nets that learn without being told the answers.
