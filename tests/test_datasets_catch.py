import itertools

import numpy as np
import pytest

from micrograd_nn.datasets import Catch, make_catch
from micrograd_nn.datasets.catch import LEFT, RIGHT, STAY


def started(ball, paddle, size=5):
    game = make_catch(size)
    game.ball, game.paddle = (0, ball), paddle
    return game


def play(game, choose):
    rewards, done = [], game.done
    while not done:
        _, reward, done = game.step(choose(game))
        rewards.append(reward)
    return rewards


def towards_the_ball(game):
    return STAY + int(np.sign(game.ball[1] - game.paddle))


def test_a_game_starts_with_the_ball_above_and_the_paddle_below():
    game = make_catch(seed=3)

    assert game.ball[0] == 0
    assert 0 <= game.paddle < 5
    assert not game.done


def test_every_start_is_drawn():
    game = make_catch()
    starts = set()
    for _ in range(500):
        game.reset()
        starts.add((game.ball[1], game.paddle))

    assert starts == set(itertools.product(range(5), repeat=2))


def test_the_same_seed_plays_the_same_games():
    one, same, other = make_catch(seed=1), make_catch(seed=1), make_catch(seed=2)
    states = [[game.reset() for _ in range(9)] for game in (one, same, other)]

    assert states[0] == states[1]
    assert states[0] != states[2]


@pytest.mark.parametrize(
    ("paddle", "action", "expected"),
    [(2, LEFT, 1), (2, STAY, 2), (2, RIGHT, 3), (0, LEFT, 0), (4, RIGHT, 4)],
)
def test_the_paddle_moves_and_stays_on_the_board(paddle, action, expected):
    game = started(ball=3, paddle=paddle)
    game.step(action)

    assert game.paddle == expected
    assert game.ball == (1, 3)


@pytest.mark.parametrize(("paddle", "reward"), [(3, 1.0), (2, -1.0)])
def test_only_the_end_is_rewarded(paddle, reward):
    game = started(ball=3, paddle=paddle)

    assert play(game, lambda game: STAY) == [0.0, 0.0, 0.0, reward]
    assert game.reward == reward


@pytest.mark.parametrize("size", [2, 5, 8])
def test_every_ball_can_be_caught(size):
    for ball, paddle in itertools.product(range(size), repeat=2):
        game = started(ball, paddle, size)

        assert play(game, towards_the_ball)[-1] == 1.0


def test_the_state_is_the_board_row_by_row():
    game = started(ball=1, paddle=4)
    state, _, _ = game.step(LEFT)

    assert state == game.state()
    assert state == [0.0] * 6 + [1.0] + [0.0] * 16 + [1.0, 0.0]
    assert np.array_equal(game.board().ravel(), state)


def test_pictures_of_a_catch_and_of_a_miss():
    caught, missed = (
        started(ball=1, paddle=1, size=3),
        started(ball=0, paddle=2, size=3),
    )
    before = caught.render()
    for game in (caught, missed):
        play(game, lambda game: STAY)

    assert before == ". o .\n. . .\n. = ."
    assert caught.render() == ". . .\n. . .\n. # ."
    assert missed.render() == ". . .\n. . .\no . ="


def test_a_game_that_is_over_takes_no_step():
    game = started(ball=1, paddle=1)
    play(game, lambda game: STAY)
    before = vars(game).copy()

    with pytest.raises(RuntimeError, match=r"game is over: got ball=\(4, 1\).* reset"):
        game.step(LEFT)
    assert vars(game) == before


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (3, r"no such action: got action=3 \(int\); expected 0 \(left\), 1"),
        (-1, r"got action=-1"),
        ("left", r"got action='left' \(str\)"),
    ],
)
def test_there_are_three_actions(action, message):
    game = make_catch()
    before = vars(game).copy()

    with pytest.raises(ValueError, match=message):
        game.step(action)
    assert vars(game) == before


def test_numpy_actions_will_do():
    _, reward, done = make_catch().step(np.argmax([0.0, 1.0]))

    assert (reward, done) == (0.0, False)


def test_a_board_has_two_rows_at_least():
    with pytest.raises(ValueError, match=r"got size=1 \(int\)"):
        Catch(1)
