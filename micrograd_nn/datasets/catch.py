"""Catch: a ball falls, a paddle moves left or right, and only the end is rewarded.

>>> game = make_catch(seed=1)
>>> state = game.reset()
>>> print(game.render())
. . . o .
. . . . .
. . . . .
. . . . .
. . . . =
>>> state, reward, done = game.step(LEFT)
>>> reward, done
(0.0, False)

For reinforcement learning (after Mnih et al., 2014): nobody says which move was right.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from micrograd_nn.datasets.seeds import generator
from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import whole_number

LEFT, STAY, RIGHT = range(3)


class Catch:
    """The game, on a square board; a new one starts with `reset`.

    Attributes:
        size: Rows and columns of the board.
        ball: Row and column of the ball; row 0 is the top.
        paddle: Column of the paddle, in the last row.
        reward: Of the last step: 1.0 for a catch, -1.0 for a miss, 0.0 before that.
        done: Whether the ball has arrived.
    """

    ball: tuple[int, int]
    paddle: int
    reward: float

    def __init__(self, size: int = 5, *, seed: int | None = 0) -> None:
        """An empty board, on which a game has been started.

        Args:
            size: Rows and columns, at least 2. The ball falls size - 1 rows, in which
                the paddle can get to every column.
            seed: Of where ball and paddle start; None for other games every time.

        Raises:
            TypeError: If an argument is not an integer.
            ValueError: If one is out of range.
        """
        self.size = whole_number(size, "size", least=2)
        self._rng = generator(seed)
        self.reset()

    def reset(self) -> list[float]:
        """Start a game: the ball in the top row, the paddle in the last, anywhere.

        Returns:
            The state, as `state`.
        """
        column, self.paddle = self._rng.integers(self.size, size=2).tolist()
        self.ball, self.reward = (0, column), 0.0
        return self.state()

    def step(self, action: int) -> tuple[list[float], float, bool]:
        """Move the paddle, and let the ball fall by one row.

        Args:
            action: LEFT, STAY or RIGHT: 0, 1 or 2. At the edge the paddle stays.

        Returns:
            The state, the reward, and whether the game is over.

        Raises:
            RuntimeError: If the game is over already.
            ValueError: If there is no such action.
        """
        if action not in (LEFT, STAY, RIGHT):
            raise ValueError(
                f"no such action: got action={shortened(action)} "
                f"({type(action).__name__}); expected 0 (left), 1 (stay) or 2 (right)."
            )
        if self.done:
            raise RuntimeError(
                f"the game is over: got ball={self.ball!r} (tuple); expected one above "
                "the last row. Call reset() first."
            )
        row, column = self.ball
        self.paddle = min(max(self.paddle + int(action) - STAY, 0), self.size - 1)
        self.ball = (row + 1, column)
        self.reward = (1.0 if self.paddle == column else -1.0) if self.done else 0.0
        return self.state(), self.reward, self.done

    @property
    def done(self) -> bool:
        """Whether the ball has arrived in the last row."""
        return self.ball[0] == self.size - 1

    def board(self) -> Any:
        """The board, shape (size, size): 1.0 for ball and paddle, 0.0 elsewhere."""
        board = np.zeros((self.size, self.size))
        board[self.ball] = board[-1, self.paddle] = 1.0
        return board

    def state(self) -> list[float]:
        """The board row by row, which is what a net gets to see."""
        cells: list[float] = self.board().ravel().tolist()
        return cells

    def render(self) -> str:
        """The board as text: o is the ball, = the paddle, # both."""
        cells = np.full((self.size, self.size), ".")
        cells[self.ball], cells[-1, self.paddle] = "o", "="
        if self.reward > 0.0:
            cells[self.ball] = "#"
        return "\n".join(" ".join(row) for row in cells)


def make_catch(size: int = 5, *, seed: int | None = 0) -> Catch:
    """The game `Catch`, made as the data sets are.

    Args:
        size: Rows and columns of the board, at least 2.
        seed: Of where ball and paddle start; None for other games every time.

    Raises:
        TypeError: If an argument is not an integer.
        ValueError: If one is out of range.

    >>> make_catch(size=3).size
    3
    """
    return Catch(size, seed=seed)
