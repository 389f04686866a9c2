# %% [markdown]
# # 10 · Reading text
#
# A net multiplies numbers. A message is letters. How can a net tell spam from a letter
# of a friend, or praise from a complaint?
#
# **You will see** words become numbers in two ways: as counts in a bag, and as points
# on a map that the net draws itself. And you will catch a spam filter that is right
# every time, for a reason that nobody wants.
#
# **Needs:** lesson 06 · **Takes:** 40 minutes

# %%
import micrograd_nn as mn
from micrograd_nn.datasets import make_messages
from micrograd_nn.learn import check

mn.seed(0)
FAST = mn.fast_mode()

# %% [markdown]
# ## The messages
#
# Half of these are spam, and the others, in the language of mail programs, are ham.
# They are made up: a program picked one of sixteen sentences, and filled in names, days
# and things. Remember that. It will matter.

# %%
data = make_messages(400)
new = make_messages(1000, seed=1)  # to test with
for text, label in zip(data.texts[:8], data.y):
    print(f"{data.target_names[label]:5} {text}")

# %% [markdown]
# ## Tokens
#
# First cut the text into pieces. Ours are words in small letters, and punctuation
# marks. Each piece is a **token**. The list of all tokens that we know is the
# **vocabulary**, and a token's number is its place in that list.
#
# > **Predict first.** How many tokens has "Don't stop, Ada!"?

# %%
from micrograd_nn.datasets import tokenize

tokens = tokenize("Don't stop, Ada!")
print(len(tokens), "tokens:", tokens)
print(len(data.vocabulary), "in the vocabulary, such as", data.vocabulary.tokens[40:46])
assert len(tokens) == 5
assert len(data.vocabulary) == 80

# %% [markdown]
# Five: both marks count. Large language models cut words into smaller pieces too, so
# that there is no word that they cannot write (Sennrich, Haddow and Birch, 2016). The
# rest is as here.
#
# ## A bag of words
#
# Now count. For each word of the vocabulary, how often is it in the text? The counts
# are a row of numbers, as long for a short text as for a long one, and a net can take
# it from there. It is called a **bag of words**: as if you had cut the text up, and
# shaken the pieces in a bag.
#
# > **Predict first.** Below are three texts. In which numbers do the rows of the first
# > two differ?

# %% tags=["concept:bag-of-words"]
from micrograd_nn.datasets import Vocabulary, bag_of_words
from micrograd_nn.viz.plots import heat_map

texts = ["the dog bites the man", "the man bites the dog", "the man runs"]
words = Vocabulary.of(map(tokenize, texts))
bags = bag_of_words(texts, words)
assert (bags[0] == bags[1]).all()

heat_map(bags, rows=texts, columns=words.tokens, write=True)

# %% [markdown]
# In none. The bag forgets the order, and with it who bites whom. Let us see how far one
# gets without it. It is further than you may think.
#
# > **Exercise 1.** Make a bag yourself: a list with the count of each word of the
# > vocabulary. `vocabulary.numbers[token]` is the place of a token. One blank is left.


# %% tags=["exercise"]
def my_bag(text, vocabulary):
    counts = [0] * len(vocabulary)
    for token in tokenize(text):
        if token in vocabulary:  # others are left out
            counts[...] += 1
    return counts


# %% tags=["check"]
def test_bag(bag):
    for text in [*texts, "The unicorn bites, and bites!", ""]:
        expected = bag_of_words([text], words)[0].tolist()
        assert bag(text, words) == expected, f"of {text!r} it should be {expected}"


check(test_bag, my_bag)


# %% tags=["solution"] jupyter={"source_hidden": true}
def my_bag(text, vocabulary):
    counts = [0] * len(vocabulary)
    for token in tokenize(text):
        if token in vocabulary:
            counts[vocabulary.numbers[token]] += 1
    return counts


test_bag(my_bag)

# %% [markdown]
# ## A spam filter
#
# The smallest net that there is: one neuron, with one weight for each word. It adds up
# the weights of the words in the message, and its bias. Above 0 it says spam. Early
# spam filters that learned kept a number for each word, too (Sahami, Dumais, Heckerman
# and Horvitz, 1998).
#
# > **Predict first.** It learns from 400 messages. How many of 1,000 new ones does it
# > get right: about 700, 900, or all?

# %% tags=["concept:spam"]
from micrograd_nn.nn import Linear
from micrograd_nn.optim import SGD
from micrograd_nn.training import score

spam_filter = Linear(len(data.vocabulary), 1)
sgd = SGD(spam_filter.parameters(), lr=0.5)
mn.fit(spam_filter, *data, epochs=20, optimizer=sgd, verbose=0)

accuracy = score(spam_filter, *new)
print(f"{accuracy:.1%} of {len(new)} new messages are right")
assert accuracy == 1.0

# %% [markdown]
# All. Should you be glad? A score that is too good is a reason to look closer, and a
# model this small can be looked at: each word has one weight.
#
# > **Predict first.** Which token speaks the loudest for spam: "free", "euros", "win"
# > or "claim"?

# %%
from micrograd_nn.viz.plots import bar_chart

(row,) = spam_filter.named_tensors()["weight"].data
weights = dict(zip(data.vocabulary, row))
ranked = sorted(weights, key=weights.get, reverse=True)
assert ranked[0] == ","
assert 1.7 < weights[","] / weights[ranked[1]] < 2.3

loud = ranked[:8] + ranked[-8:]
bar_chart(
    {repr(word): weights[word] for word in loud},
    label="weight: for spam, or against it",
)

# %% [markdown]
# None of them. It is the comma, with about twice the weight of the next. Why?

# %%
has_comma = ["," in text for text in new.texts]
right = sum(comma == label for comma, label in zip(has_comma, new.y))
print(f"'spam is what has a comma': {right} of {len(new)} right")
assert right == len(new)
assert not any("a" in tokenize(text) for text, y in zip(new.texts, new.y) if y == 0)

# %% [markdown]
# Whoever wrote the sixteen sentences put a comma into each of those for spam, and into
# none of the others. It happens without anybody meaning to. (Here it was left for you
# to find.) The net is not stupid: the comma *is* the best clue in this data. But it
# says something about the author, and nothing about spam.
#
# This is called **leakage**: the answer leaks into the data along a way that is closed
# in real life. New messages could not show it, as they come from the same templates,
# and have the same leak. So write some of your own.

# %%
from micrograd_nn.training import predict_proba


def spam_probability(text):
    return predict_proba(spam_filter, bag_of_words([text], data.vocabulary))[0, 1]


ham = ["yes, please", "happy birthday, ada", "dear sofia, your car is at the station"]
spam = ["can you send 500 euros?", "are you free to win 500 euros on sunday?"]
assert all(spam_probability(text) > 0.5 for text in ham)
assert all(spam_probability(text) < 0.5 for text in spam)

verdicts = {text: spam_probability(text) for text in ham + spam}
bar_chart(verdicts, label="probability of spam, says the net")

# %% [markdown]
# A friend who writes commas is a swindler; a swindler who writes none is a friend. All
# five are wrong. Of the first it knows no word: what is left of it is the comma. (They
# were picked to fool it, with the weights in view. A spammer can do the same.)
#
# What helps: look at what the model uses; test on data that comes from somewhere else;
# and when you have closed one leak, look again. Here the word "a" is the next: it is in
# no ham at all.

# %% [markdown]
# ## Praise or blame?
#
# Is a film review good or bad? To tell is called **sentiment analysis**. These reviews
# are made up as well. What is special about them: "not" turns a review around, and
# after "but" comes what counts.

# %% tags=["concept:sentiment-analysis"]
from micrograd_nn.datasets import make_reviews

reviews = make_reviews(1000)
unseen = make_reviews(1000, seed=1)
for text, label in zip(reviews.texts[:8], reviews.y):
    print(f"{reviews.target_names[label]:8} {text}")

# %% [markdown]
# Again take one neuron on a bag of words. We start with reviews that have neither a
# "not" nor a "but", and then put a "not" into more and more of them.

# %%
from micrograd_nn.optim import Adam


def trained(net, X, y, lr, epochs=30):
    mn.fit(net, X, y, optimizer=Adam(net.parameters(), lr=lr), epochs=epochs, verbose=0)
    return net


def accuracy_with(negation):
    learn = make_reviews(1000, negation=negation, contrast=0.0)
    test = make_reviews(1000, negation=negation, contrast=0.0, seed=1)
    return score(trained(Linear(len(learn.vocabulary), 1), *learn, lr=0.05), *test)


# %% [markdown]
# > **Predict first.** With no "not" at all, the neuron gets everything right: "good" is
# > good. What does it get when a "not" is in half of the reviews? And in all of them?

# %%
from micrograd_nn.viz.plots import line_plot

shares = [k / 10 for k in range(11)]
accuracies = [accuracy_with(share) for share in shares]
assert accuracies[0] == accuracies[-1] == 1.0
assert 0.4 < accuracies[5] < 0.6

line_plot(
    shares, {"": accuracies}, xlabel='share of reviews with a "not"', ylabel="accuracy"
)

# %% [markdown]
# A V. With a "not" everywhere, the neuron learns that "good" is bad, and is right
# again. In the middle it does no better than a coin.
#
# You know this. It is XOR, of lesson 04: good and plain is good, bad and negated is
# good, and the two others are bad. No weight suits "not", as it speaks for praise as
# often as for blame; and none suits "good". A sum of votes cannot say "turn the other
# vote around".
#
# Here is a critic of that kind, who read reviews of which one in ten has a "not".

# %%
plain = make_reviews(1000, negation=0.1, contrast=0.0)
critic = trained(Linear(len(plain.vocabulary), 1), *plain, lr=0.05)
assert 0.85 < score(critic, *plain) < 0.95


def predict(review):
    bags = bag_of_words([review], plain.vocabulary)
    return "praise" if predict_proba(critic, bags)[0, 1] > 0.5 else "blame"


print(" ".join(plain.vocabulary))

# %% [markdown]
# And this is the truth: what the adjective says, turned around by a "not".

# %%
GOOD = {"good", "great", "funny", "lovely", "clever"}
BAD = {"bad", "boring", "awful", "weak", "dull"}


def truth(review):
    words = tokenize(review)
    (adjective,) = [word for word in words if word in GOOD | BAD]
    return "praise" if (adjective in GOOD) != ("not" in words) else "blame"


for review in ("the film was funny", "the plot was dull"):
    print(f"{review}: the critic says {predict(review)}, the truth is {truth(review)}")
    assert predict(review) == truth(review)

# %% [markdown]
# > **Exercise 2.** Write a review that fools the critic: `predict` must say one thing,
# > and `truth` the other. Use words of the vocabulary, and one adjective.

# %% tags=["exercise"]
fooled = ...  # "the film was ..."


# %% tags=["check"]
def test_fooled(review):
    adjectives = [word for word in tokenize(review) if word in GOOD | BAD]
    told = "use one adjective of the vocabulary: there are"
    assert len(adjectives) == 1, f"{told} {len(adjectives)}"
    assert predict(review) != truth(review), "the critic got this one right"


check(test_fooled, fooled)

# %% tags=["solution"] jupyter={"source_hidden": true}
# The critic is right nine times in ten. You found what the tenth time looks like.
fooled = "the film was not good"
test_fooled(fooled)

# %% [markdown]
# ## Hidden units help, up to a point
#
# A hidden layer solved XOR. It can learn units such as "a *not* together with a good
# word". On with all the reviews: half of the clauses have a "not", and a fifth of the
# reviews have a "but".
#
# > **Predict first.** The net with hidden units gets about nine in ten right. Which
# > ones does it get wrong?

# %%
from micrograd_nn.nn import MLP

sizes = len(reviews.vocabulary)
linear = trained(Linear(sizes, 1), *reviews, lr=0.05)
hidden = trained(MLP(sizes, [16, 1]), *reviews, lr=0.02)

but = [i for i, text in enumerate(unseen.texts) if "but" in text]
rest = [i for i, text in enumerate(unseen.texts) if "but" not in text]
for name, rows in {"all": but + rest, "with but": but, "without": rest}.items():
    votes = [score(net, unseen.X[rows], unseen.y[rows]) for net in (linear, hidden)]
    print(f"{name:9} one neuron {votes[0]:.2f}   hidden units {votes[1]:.2f}")
assert 0.15 < len(but) / len(unseen) < 0.25
assert 0.4 < score(linear, *unseen) < 0.6
assert 0.87 < score(hidden, *unseen) < 0.94
assert 0.45 < score(hidden, unseen.X[but], unseen.y[but]) < 0.65
assert score(hidden, unseen.X[rest], unseen.y[rest]) > 0.97

# %% [markdown]
# Those with "but", where it is hardly better than a coin. More training will not help,
# and a larger net will not either. Look at these two.

# %%
one = "the film was boring but the cast was great"
other = "the film was great but the cast was boring"
pair = bag_of_words([one, other], reviews.vocabulary)
print("the same bag:", (pair[0] == pair[1]).all())
assert (pair[0] == pair[1]).all()

# %% [markdown]
# Two opposite opinions, and one bag. Whatever is computed from the bag is the same for
# both. What is lost in the numbers cannot be found again by a net: to tell them apart,
# it has to read word after word.
#
# ## Words as points
#
# To read a word, a net needs numbers for it. Its place in the vocabulary will not do:
# "plot" comes after "not", but it is not larger in any sense.
#
# So each word gets a few numbers of its own, and they are learned like all other
# weights. That is an **embedding**: a table with one row for each word (Bengio et al.,
# 2003). Two numbers a word will be enough here, so that you can see them as points of a
# map.
#
# Our reader looks up the point of each word and takes notes, word after word, in eight
# numbers. After the last word it gives its verdict. How it takes notes is the subject
# of the next lesson; here it is a box that reads in order.

# %%
from functools import partial

from micrograd_nn.initializers import normal
from micrograd_nn.nn import RNN, Embedding, Module


class Reader(Module):
    def __init__(self, words):
        start = partial(normal, std=0.1)  # all near the middle
        self.embedding = Embedding(words + 1, 2, initializer=start)  # 1 for "no word"
        self.notes = RNN(2, 8)
        self.verdict = Linear(8, 1)

    def __call__(self, numbers):
        notes, _ = self.notes(self.embedding(numbers))
        return self.verdict(notes[-1])


mn.seed(0)
reader = Reader(len(reviews.vocabulary))
print(len(reader.parameters()), "parameters")
assert len(reader.parameters()) == 151

# %% [markdown]
# Its inputs are the numbers of the words, in order. Short reviews are filled up in
# front with a number that stands for no word.

# %% tags=["concept:embeddings"]
from micrograd_nn.datasets import word_sequences

LONGEST = 12  # words in a review


def in_order(texts):
    return word_sequences(texts, reviews.vocabulary, LONGEST)


print(in_order([one])[0])
print([tuple(round(x.data, 2) for x in row) for row in reader.embedding([22, 18, 8])])
assert reviews.vocabulary.decode([18, 8]) == ["the", "film"]

# %% [markdown]
# The second line shows the points of "no word", "the" and "film". At the start, chance
# puts the words on the map:

# %%
import numpy as np

from micrograd_nn.viz.plots import scatter_plot

kinds = [
    "praise" if word in GOOD else "blame" if word in BAD else "other"
    for word in reviews.vocabulary
]


def points():
    return np.array(reader.embedding.named_tensors()["weight"].data[:-1])


scatter_plot(points(), kinds, names=reviews.vocabulary.tokens)

# %% [markdown]
# Now train. To learn the verdict, the gradient flows back through the notes into the
# table, and moves the points of the words that were read.

# %%
trained(reader, in_order(reviews.texts), reviews.y, lr=0.02, epochs=20)
accuracy = score(reader, in_order(unseen.texts), unseen.y)
print(f"{accuracy:.1%} of new reviews are right")
assert accuracy > 0.995

# %% [markdown]
# Everything is right: "not", "but" and the order too, with 151 parameters.
#
# > **Predict first.** The net never saw a list of good and bad words. It saw reviews,
# > and one bit for each. Where on the map are "good" and "lovely" now? And "film" and
# > "plot"?

# %% tags=["cover"]
after = points()
scatter_plot(after, kinds, names=reviews.vocabulary.tokens)

# %% [markdown]
# Mind the axes: the map is several times as wide as before. The words of praise have
# come together in one place, and those of blame in another. "not" is far from
# everything. What the film, the plot and the cast are called makes no difference to the
# verdict, and such words stay in the middle.

# %%
tokens = reviews.vocabulary.tokens
strong, subjects = [*GOOD, *BAD, "not"], ["film", "plot", "cast", "music", "ending"]
outer, inner = (
    [np.linalg.norm(after[tokens.index(word)]) for word in group]
    for group in (strong, subjects)
)
print(f"distance: subjects {max(inner):.1f} or less, others {min(outer):.1f} or more")
assert max(inner) < 1.2 < min(outer)

# %% [markdown]
# Ask each adjective for the word that is nearest to it:


# %%
def nearest(word):
    away = np.linalg.norm(after - after[tokens.index(word)], axis=1)
    return tokens[np.argsort(away)[1]]  # [0] is the word itself


for group in (GOOD, BAD):
    for word in sorted(group):
        print(f"{word:7} is nearest to {nearest(word)}")
        assert nearest(word) in group

# %% [markdown]
# In 1957 the linguist J. R. Firth wrote: "You shall know a word by the company it
# keeps." With millions of sentences and a few hundred numbers a word, such maps hold
# far more: towns lie with towns, and verbs with verbs (Mikolov et al., 2013).
#
# Be careful with the word *meaning*, though. On our map "funny" and "clever" are one,
# because no review asked for the difference. An embedding holds what the task needed.

# %% [markdown]
# ## Reading along
#
# Last, look over the reader's shoulder: what would its verdict be if the review ended
# here?
#
# > **Predict first.** After which words does it change its mind?


# %%
def opinions(review):
    words = tokenize(review)
    starts = [" ".join(words[: i + 1]) for i in range(len(words))]
    praise = predict_proba(reader, in_order(starts))[:, 1]
    names = [f"{i} {word}" for i, word in enumerate(words, start=1)]
    return dict(zip(names, 2 * praise - 1))


told = opinions("the film was not very good but the cast was lovely")
assert told["3 was"] > 0.8
assert told["6 good"] < -0.9
assert told["11 lovely"] > 0.9
bar_chart(told, label="blame (−1) or praise (+1)")

# %% [markdown]
# At "good" the verdict is blame: not good. "but" wipes that out, and at the end it is
# praise.
#
# But look at the first three words. Before it could know anything, the net is nearly
# sure of praise. A net always answers, and this one was only ever asked after the last
# word: what it says in between was never right or wrong. It may be no more than a note
# to itself, such as "praise, unless a *not* comes".

# %% [markdown]
# ## What you saw
#
# - Text is cut into tokens; a vocabulary gives each a number.
# - A bag of words counts them. It is enough for a lot, and it forgets the order.
# - A perfect score on new data from the same source can rest on a comma. Look at what a
#   model uses, and test it on data from elsewhere.
# - Negation is XOR: one neuron cannot do it, and hidden units can. But what a bag has
#   lost, no net finds again.
# - An embedding gives each word a point, and training puts words together that are
#   alike for the task.
#
# ## Quiz
#
# <details><summary>1. "Ann pays Bob" and "Bob pays Ann": what does a bag of words say
# about them?</summary>
#
# The same. A bag counts words, and both have the same words.
# </details>
#
# <details><summary>2. Your spam filter is right on 100% of the test messages. What do
# you do next?</summary>
#
# Look at its largest weights, and try it on messages from elsewhere. It may use
# something that is in your data by accident.
# </details>
#
# <details><summary>3. Why does one neuron fail when half of the reviews have a "not"?
# </summary>
#
# Each word has one weight, whatever stands beside it. "good" speaks for praise as often
# as for blame, and so does "not": the best that their weights can do is to be near 0.
# </details>
#
# <details><summary>4. Why not give a net the number of a word, such as 17?</summary>
#
# Then word 18 would be like word 17, and twice as much as word 9. The numbers are only
# places in a list.
# </details>
#
# <details><summary>5. Who told the net that "good" and "lovely" are alike?</summary>
#
# Nobody. Both changed the verdict in the same way, so the gradient moved them to the
# same place.
# </details>
#
# ## Words
#
# - **Token**: a piece of text, here a word or a punctuation mark.
# - **Vocabulary**: all tokens that are known, each with a number.
# - **Bag of words**: how often each word of the vocabulary is in a text.
# - **Leakage**: when data give the answer away in a way that real life does not.
# - **Sentiment analysis**: to tell praise from blame.
# - **Embedding**: a table of learned numbers, one row for each token.
#
# **Next:** 11, where the box is opened: how a net takes notes, and how it forgets.
