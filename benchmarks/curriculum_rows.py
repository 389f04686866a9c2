"""The lessons that `curriculum.py` times; what they train is in `tests/curriculum`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from micrograd_nn.datasets import make_catch
from micrograd_nn.nn import LSTM
from micrograd_nn.reinforcement import play
from tests.curriculum.games import GAMES, learn_catch, player
from tests.curriculum.images import cats, digits
from tests.curriculum.lesson import Lesson, adam
from tests.curriculum.plane import going_deep
from tests.curriculum.sequences import Names, language, nats, recall, reversal

SEEDS = 6  # of the lessons about depth


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        title: What is trained.
        lessons: Makes the lessons: what is measured is the mean over them.
        figure: What came out, once they are trained.
        wanted: What was promised.
        train: Trains a lesson.
        twin: The name of the same net in `curriculum_torch.py`, if it is there.
    """

    title: str
    lessons: Callable[[], list[Lesson]]
    figure: Callable[[list[Lesson]], str]
    wanted: str
    train: Callable[[Lesson], Any] = Lesson.fit
    twin: str | None = None


def scores(lessons: Sequence[Lesson]) -> str:
    """The share of what is right, of each lesson."""
    return " ".join(f"{lesson.score():.3f}".removeprefix("0") for lesson in lessons)


def names() -> Row:
    """The row about a GPT; its figure needs the names."""
    data = Names(None)

    def figure(lessons: list[Lesson]) -> str:
        found = nats(lessons[0].model, data, data.test)
        return f"{found:.2f} nats, bigrams {data.nats_of_bigrams(data.test):.2f}"

    title = f"names of up to {data.X.shape[1] - 1} letters, GPT of one block"
    return Row(title, lambda: [language(data)], figure, "below bigrams")


def catch() -> Lesson:
    """The net that plays, and the moves of ten games, for the time of a step."""
    game, rng = make_catch(seed=0), np.random.default_rng(0)
    states = []
    for _ in range(10):
        state, over = game.reset(), False
        while not over:
            states.append(state)
            state, _, over = game.step(int(rng.integers(3)))
    moves = np.array(states), rng.integers(0, 3, len(states))
    epochs = GAMES // 10
    return Lesson(player(0), moves, None, adam(0.01), epochs, len(states))


def games_won(lessons: list[Lesson]) -> str:
    """The share of new games that are won."""
    rewards = play(lessons[0].model, make_catch(seed=100), 500)
    return f"{np.mean(np.array(rewards) > 0.0):.3f}"


ROWS = [
    Row(
        "digits, MLP 64-32-10",
        lambda: [digits()],
        scores,
        ">= .96 in less than 5 s",
        twin="MLP",
    ),
    Row(
        "moons, 8 hidden layers, ReLU and He",
        lambda: [going_deep("ReLU, He", seed) for seed in range(SEEDS)],
        scores,
        "1 for 6 of 6 seeds",
    ),
    Row(
        "the same, sigmoid",
        lambda: [going_deep("sigmoid", seed) for seed in range(SEEDS)],
        scores,
        ".5: it does not move",
    ),
    Row(
        "cats, CNN of 226 parameters",
        lambda: [cats("CNN")],
        scores,
        "more than the MLP",
        twin="CNN",
    ),
    Row("cats, MLP of 1,178", lambda: [cats("MLP")], scores, "< .82"),
    Row(
        "the first of 40 symbols, LSTM",
        lambda: [recall(LSTM, forget_bias=2)],
        scores,
        ">= .98",
        twin="LSTM",
    ),
    Row("5 symbols backwards, one head", lambda: [reversal()], scores, "1"),
    names(),
    Row(
        "catch, MLP 25-32-3, 3,000 games",
        lambda: [catch()],
        games_won,
        ">= .97",
        train=lambda lesson: learn_catch(lesson.model, seed=0),
    ),
]
