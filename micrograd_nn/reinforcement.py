"""`reinforce`: learning to act from rewards alone, for nobody says what is right.

Play; then make every action that was followed by more reward than usual more probable,
and every other one less. That is a step along the gradient of the expected reward
(Williams, 1992, "Simple Statistical Gradient-Following Algorithms"):

    loss of a move = -(reward to come - baseline) · log probability of the action

>>> import random
>>> from micrograd_nn.datasets import make_catch
>>> from micrograd_nn.nn import MLP
>>> random.seed(0)
>>> policy = MLP(9, [16, 3], initializer="xavier_uniform")  # 9 cells in, 3 actions out
>>> rewards = reinforce(policy, make_catch(size=3), games=600)
>>> sum(rewards[:100]) < 0.0 < sum(rewards[-100:])  # it began with more misses
True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from micrograd_nn import functions
from micrograd_nn.compiler import compile
from micrograd_nn.datasets.seeds import generator
from micrograd_nn.engine import Value
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import Module
from micrograd_nn.optim import Adam, Optimizer
from micrograd_nn.ranges import in_range, whole_number
from micrograd_nn.training.checkpoint import require_module
from micrograd_nn.training.modes import in_mode

Floats = NDArray[np.float64]
Choose = Callable[[Any], int]
MEMORY = 20  # games over which the baseline averages


class Environment(Protocol):
    """A game, such as `datasets.Catch`; every one ends some time."""

    def reset(self) -> Any:
        """Start a game, and return its state: an array that a policy takes."""

    def step(self, action: int) -> tuple[Any, float, bool]:
        """Do something; returns the state, the reward, and whether it is over."""


class Game(NamedTuple):
    """A game that was played: states, actions and rewards, one for each move."""

    states: list[Any]
    actions: list[int]
    rewards: list[float]


def reinforce(
    policy: Module,
    environment: Environment,
    *,
    games: int = 3000,
    optimizer: Optimizer | None = None,
    batch_size: int = 10,
    discount: float = 1.0,
    entropy: float = 0.1,
    seed: int = 0,
) -> list[float]:
    """The total reward of each game, in which a policy learned to play.

    The baseline is a running mean of what games bring. A bonus for the entropy of the
    policy keeps it from being sure too soon, and so from trying nothing else (Williams
    and Peng, 1991).

    Args:
        policy: From a state to a logit for each action; it is trained.
        environment: What to play, with `reset()` and `step(action)`; see `Catch`.
        games: How many to play, 0 or more.
        optimizer: Of the policy's parameters; Adam with a learning rate of 0.01 unless
            given.
        batch_size: How many games to play between steps of the optimizer.
        discount: What a reward one move later is worth, 0 to 1.
        entropy: What a nat of entropy is worth, in units of reward; 0 is for the plain
            algorithm.
        seed: Of the actions, which are drawn; the environment has its own.

    Returns:
        The rewards, one number a game.

    Raises:
        TypeError: If the policy is not a module, or a setting not a number.
        ValueError: If a setting is out of range.
    """
    require_module(policy)
    count = whole_number(games, "games")
    size = whole_number(batch_size, "batch_size", 1)
    share = in_range(discount, "discount", high=1.0, ends="[]")
    made = Adam(policy.parameters(), lr=0.01) if optimizer is None else optimizer
    choose = _sampler(policy, generator(seed))
    loss = compile(_loss_of_move(policy, in_range(entropy, "entropy")))
    totals: list[float] = []
    baseline = 0.0
    with loss.training(made) as training:
        while len(totals) < count:
            left = min(size, count - len(totals))
            batch = [_played(environment, choose) for _ in range(left)]
            training.step(*_moves(batch, baseline, share))
            totals += [float(sum(game.rewards)) for game in batch]
            for game in batch:
                baseline += (_returns(game, share)[0] - baseline) / MEMORY
    return totals


def play(policy: Module, environment: Environment, games: int = 100) -> list[float]:
    """The total reward of each game, played by what the policy holds best.

    Args:
        policy: From a state to a logit for each action.
        environment: What to play.
        games: How many.

    Raises:
        TypeError: If the policy is not a module, or `games` not a whole number.
        ValueError: If there are fewer than 0 games.

    >>> from micrograd_nn.datasets import make_catch
    >>> from micrograd_nn.nn import MLP
    >>> len(play(MLP(25, [3]), make_catch(), games=4))
    4
    """
    require_module(policy)
    count = whole_number(games, "games")
    logits = compile(lambda state: _logits(policy, state), [])

    def best(state: Any) -> int:
        return int(_of_one(logits, state).argmax())

    with in_mode(policy, False):
        played = [_played(environment, best) for _ in range(count)]
    return [float(sum(game.rewards)) for game in played]


def _sampler(policy: Module, rng: np.random.Generator) -> Choose:
    """A function that draws an action by its probability."""
    probabilities = compile(lambda state: functions.softmax(_logits(policy, state)), [])

    def drawn(state: Any) -> int:
        heights = _of_one(probabilities, state).cumsum()
        return int(heights.searchsorted(rng.random() * heights[-1], side="right"))

    return drawn


def _logits(policy: Module, state: Any) -> list[Value]:
    logits = policy(state)
    if not isinstance(logits, list):
        raise ValueError(
            f"not logits: got {type(logits).__name__} from the policy; expected a list "
            "with a logit for each action. Give it as many outputs as there are "
            "actions, two or more."
        )
    return logits


def _of_one(program: Any, state: Any) -> Floats:
    outputs: Floats = program(np.asarray(state)[None])[0]
    return outputs


def _loss_of_move(policy: Module, entropy: float) -> Callable[..., Value]:
    def loss_of_move(state: Any, action: Any, advantage: Any) -> Value:
        logits = _logits(policy, state)
        loss: Value = advantage * cross_entropy(logits, action)
        if not entropy:
            return loss
        logs = functions.log_softmax(logits)
        return loss + entropy * functions.sum([log.exp() * log for log in logs])

    return loss_of_move


def _played(environment: Environment, choose: Choose) -> Game:
    game, done = Game([], [], []), False
    state = environment.reset()
    while not done:
        game.states.append(state)
        game.actions.append(choose(state))
        state, reward, done = environment.step(game.actions[-1])
        game.rewards.append(reward)
    return game


def _moves(
    games: list[Game], baseline: float, discount: float
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """All moves of several games: states, actions and advantages."""
    states = [state for game in games for state in game.states]
    actions = [action for game in games for action in game.actions]
    returns = [x for game in games for x in _returns(game, discount)]
    return np.array(states), np.array(actions), np.array(returns) - baseline


def _returns(game: Game, discount: float) -> list[float]:
    """For each move the rewards that came after it, later ones for less."""
    found, total = [], 0.0
    for reward in reversed(game.rewards):
        total = reward + discount * total
        found.append(total)
    return found[::-1]
