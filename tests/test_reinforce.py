import random

import numpy as np
import pytest

import micrograd_nn.reinforcement as reinforcement
from micrograd_nn import functions
from micrograd_nn.datasets import make_catch
from micrograd_nn.nn import MLP, Dropout, Linear, Sequential
from micrograd_nn.nn.freezing import freeze
from micrograd_nn.optim import SGD, Adam
from micrograd_nn.reinforcement import play, reinforce


class Bandit:
    """One move: action 1 is rewarded with 1, action 2 with 2."""

    def reset(self):
        return [1.0]

    def step(self, action):
        return [1.0], float(action), True


class Walk:
    """Three moves, each rewarded with the number of the action."""

    def reset(self):
        self.left = 3
        return np.array([1.0, 0.0])

    def step(self, action):
        self.left -= 1
        return np.array([1.0, float(self.left)]), action, self.left == 0


def policy(seed=0, inputs=9, actions=3):
    random.seed(seed)
    return MLP(inputs, [8, actions], initializer="xavier_uniform")


def test_the_action_with_the_largest_reward_becomes_the_most_probable():
    model = Linear(1, 3)
    optimizer = Adam(model.parameters(), lr=0.1)
    rewards = reinforce(model, Bandit(), games=300, optimizer=optimizer)

    assert sum(rewards[:30]) < 45 < sum(rewards[-30:])
    assert play(model, Bandit(), games=3) == [2.0] * 3


def test_a_step_goes_along_the_gradient_of_the_formula():
    model = Linear(2, 2)
    twin = Linear(2, 2)
    twin.load_state_dict(model.state_dict())
    played = []
    optimizer = SGD(model.parameters(), lr=0.5)
    walk = Walk()
    step = walk.step
    walk.step = lambda action: played.append(action) or step(action)
    options = {"games": 2, "batch_size": 2, "discount": 0.5, "entropy": 0.25}
    reinforce(model, walk, optimizer=optimizer, **options)

    states = [[1.0, 0.0], [1.0, 2.0], [1.0, 1.0]] * 2
    losses = []
    for first in (0, 3):
        a, b, c = played[first : first + 3]
        for i, future in enumerate([a + b / 2 + c / 4, b + c / 2, c]):
            logs = functions.log_softmax(twin(states[i]))
            negative_entropy = functions.sum([log.exp() * log for log in logs])
            chosen = logs[played[first + i]]
            losses.append(-future * chosen + 0.25 * negative_entropy)
    (functions.sum(losses) / 6).backward()
    expected = [value.data - 0.5 * value.grad for value in twin.parameters()]

    np.testing.assert_allclose([v.data for v in model.parameters()], expected)


def test_the_baseline_follows_what_games_bring(monkeypatch):
    seen = []
    moves = reinforcement._moves

    def spy(games, baseline, discount):
        seen.append(baseline)
        found = moves(games, baseline, discount)
        assert found[2].tolist() == [3.0 - baseline]
        return found

    monkeypatch.setattr(reinforcement, "_moves", spy)
    reinforce(Linear(1, 2), _Constant(3.0), games=200, batch_size=1)

    assert seen[0] == 0.0
    assert seen[1] == pytest.approx(3.0 / 20)
    assert seen[-1] == pytest.approx(3.0, abs=1e-3)


class _Constant:
    """One move, and always the same reward."""

    def __init__(self, reward):
        self.reward = reward

    def reset(self):
        return [1.0]

    def step(self, action):
        return [1.0], self.reward, True


def test_actions_are_drawn_by_their_probabilities():
    model = Linear(1, 3)
    model.load_tensors({"weight": [[0.0]] * 3, "bias": np.log([0.2, 0.3, 0.5])})
    frozen = SGD(model.parameters(), lr=0.0)
    rewards = reinforce(model, Bandit(), games=2000, batch_size=500, optimizer=frozen)
    shares = np.bincount(np.array(rewards, dtype=int)) / 2000

    np.testing.assert_allclose(shares, [0.2, 0.3, 0.5], atol=0.04)


@pytest.mark.parametrize("games", [0, 1, 7, 10])
def test_there_is_a_reward_for_each_game(games):
    rewards = reinforce(policy(), make_catch(3), games=games, batch_size=4)

    assert len(rewards) == games
    assert set(rewards) <= {-1.0, 1.0}


def test_the_same_seeds_are_the_same_games_and_the_same_policy():
    runs = []
    for _ in range(2):
        model = policy()
        runs.append((reinforce(model, make_catch(3), games=60), model.state_dict()))

    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    "option",
    [{"seed": 1}, {"batch_size": 5}, {"discount": 0.5}, {"entropy": 0.0}],
    ids=str,
)
def test_every_option_makes_a_difference(option):
    states = []
    for options in ({}, option):
        model = policy()
        reinforce(model, make_catch(3), games=20, **options)
        states.append(model.state_dict())

    assert states[0] != states[1]


def test_a_frozen_layer_of_a_policy_does_not_move():
    model = policy()
    freeze(model.layers[0])
    before = model.state_dict()
    reinforce(model, make_catch(3), games=20)
    moved = {name for name, x in model.state_dict().items() if x != before[name]}

    assert moved
    assert all(name.startswith("layers.1") for name in moved)


def test_play_does_what_the_policy_holds_best_and_trains_nothing():
    model = Sequential(Linear(1, 3), Dropout(0.9))
    model[0].load_tensors({"weight": [[0.0]] * 3, "bias": [0.0, 5.0, 1.0]})
    before = model.state_dict()

    assert play(model, Bandit(), games=20) == [1.0] * 20
    assert model.state_dict() == before
    assert model.training


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"games": -1}, ValueError, "got games=-1"),
        ({"games": 2.5}, TypeError, "got games=2.5"),
        ({"batch_size": 0}, ValueError, "got batch_size=0"),
        ({"discount": 1.5}, ValueError, "got discount=1.5"),
        ({"entropy": -0.1}, ValueError, "got entropy=-0.1"),
        ({"optimizer": "adam"}, TypeError, "not an optimizer: got optimizer='adam'"),
        ({"seed": "one"}, TypeError, "got seed='one'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(options, error, match):
    with pytest.raises(error, match=match):
        reinforce(policy(), make_catch(3), **options)


@pytest.mark.parametrize("function", [reinforce, play])
def test_a_policy_of_one_output_is_refused(function):
    with pytest.raises(ValueError, match="not logits: got Value from the policy"):
        function(policy(actions=1), make_catch(3))


@pytest.mark.parametrize("function", [reinforce, play])
def test_a_policy_that_is_none_is_refused(function):
    with pytest.raises(TypeError, match="not a model: got model=None"):
        function(None, make_catch(3))
