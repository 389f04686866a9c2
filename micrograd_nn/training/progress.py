"""How training is shown: a bar, a table with a row an epoch, or nothing."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Self

from micrograd_nn.numbers import shortened

WIDTH = 12


class Silent:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def say(self, text: str) -> None:
        """Show a sentence."""

    def step(self, epoch: int) -> None:
        """Show that a step was taken."""

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Show the metrics of an epoch."""


class Bar(Silent):
    """A bar over all steps, in terminals and in notebooks, with the latest losses.

    Args:
        epochs: How many there are.
        steps: How many steps each has; 0 if that is not known.
        done: How many steps were taken before.
    """

    def __init__(self, epochs: int, steps: int, done: int) -> None:
        with warnings.catch_warnings():
            # It asks for ipywidgets, and for a thread, which a browser has not.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

            self._bar = tqdm(total=epochs * steps or None, initial=done, unit="step")
        self._epochs = epochs
        self._say = tqdm.write

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def say(self, text: str) -> None:
        """Show a sentence above the bar."""
        self._say(text)

    def step(self, epoch: int) -> None:
        """Move the bar."""
        self._bar.set_description(f"epoch {epoch + 1}/{self._epochs}", refresh=False)
        self._bar.update()

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Show the metrics beside the bar."""
        shown = {name: f"{x:.4g}" for name, x in logs.items() if name != "lr"}
        self._bar.set_postfix(shown)


class Table(Silent):
    """A row for each epoch, the columns aligned.

    Args:
        epochs: How many there are.
    """

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._has_header = False

    def say(self, text: str) -> None:
        """Show a sentence."""
        print(text)

    def epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Show a row."""
        if not self._has_header:
            print("".join(f"{name:>{WIDTH + 2}}" for name in ("epoch", *logs)))
            self._has_header = True
        number = f"{epoch + 1}/{self._epochs}"
        cells = [number, *(f"{x:.4g}" for x in logs.values())]
        print("".join(f"{cell:>{WIDTH + 2}}" for cell in cells))


def shown(verbose: Any, epochs: int, steps: int, done: int) -> Silent:
    """What shows training at that level: 0 nothing, 1 a bar, 2 a table.

    Raises:
        ValueError: If there is no such level.
    """
    if verbose not in (0, 1, 2):
        raise ValueError(
            f"no such level: got verbose={shortened(verbose)} "
            f"({type(verbose).__name__}); expected 0 for silence, 1 for a bar or 2 for "
            "a row an epoch."
        )
    if verbose == 1:
        return Bar(epochs, steps, done)
    return Table(epochs) if verbose else Silent()
