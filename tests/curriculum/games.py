"""The lesson about rewards: catch, a game of 5 by 5 cells."""

from micrograd_nn.datasets import make_catch
from micrograd_nn.nn import MLP
from micrograd_nn.reinforcement import reinforce
from tests.curriculum.lesson import seeded

GAMES = 3000


def player(seed):
    """Lesson 13: a net that has not learned yet what to do."""
    return seeded(seed, lambda: MLP(25, [32, 3], initializer="xavier_uniform"))


def learn_catch(policy, seed):
    """The reward of each game, in which it learned."""
    return reinforce(policy, make_catch(seed=seed), games=GAMES, seed=seed)
