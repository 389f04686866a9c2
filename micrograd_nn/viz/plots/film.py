"""`training_film`: everything about the training of a small net, at the same step.

>>> from micrograd_nn.losses import hinge_loss
>>> from micrograd_nn.nn import Neuron
>>> from micrograd_nn.optim import SGD
>>> net = Neuron(2, activation="tanh")
>>> optimizer = SGD(net.parameters(), lr=0.5)
>>> film = training_film(net, hinge_loss, optimizer, [[0, 1], [1, 0]], [-1, 1], steps=2)
>>> len(film), film.frame(1).data["step"]
(3, 1)
"""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from micrograd_nn.engine import Value
from micrograd_nn.files import format_of, write_whole
from micrograd_nn.graph import topological_order
from micrograd_nn.nn import Module
from micrograd_nn.numbers import shortened
from micrograd_nn.optim import Optimizer
from micrograd_nn.ranges import one_of
from micrograd_nn.viz.plots import frames, history
from micrograd_nn.viz.plots.arguments import as_count, as_labels, as_plane
from micrograd_nn.viz.plots.player import page
from micrograd_nn.viz.plots.plot import Plot
from micrograd_nn.viz.plots.theme import THEMES

FORMATS = ("html", "gif")
PACE, PAUSE = 500, 2000  # milliseconds of a picture in a GIF, and of the last
PLAYER = 220  # dots under a picture, for the buttons
DPI = 110  # dots in an inch
COLOURS = 128  # of a picture: a third of the size, and no difference to be seen


def training_film(
    model: Module,
    loss: Any,
    optimizer: Optimizer,
    points: Any,
    labels: Any,
    *,
    steps: int = 20,
    example: int = 0,
    max_nodes: int = 60,
    theme: str = "light",
) -> Film:
    """Train a small net on points of the plane, and film it.

    Each frame shows one moment: the graph of one example with its values and gradients,
    the loss up to there, what the net predicts, and for each parameter its gradient,
    what the optimizer remembers, and the step that it takes next.

    Args:
        model: It gives one output for each class, or one for two classes, and is
            trained.
        loss: Of the output for one point and its label: one of `losses`.
        optimizer: It has the parameters of the model.
        points: Shape (n, 2). Each step learns from all of them.
        labels: What the loss takes: -1 and 1, or whole numbers from 0.
        steps: How many to take; there is one frame more.
        example: Which point's graph is drawn.
        max_nodes: The most Values of that graph.
        theme: "light" or "dark".

    Returns:
        The film, which a notebook shows, and which `save` writes.

    Raises:
        ImportError: If matplotlib is missing.
        TypeError: If an argument is of a wrong type.
        ValueError: If shapes do not fit, there is no such example, or the graph is too
            large. Nothing was trained then.
    """
    one_of(tuple(THEMES), theme, "theme")
    _check_parts(model, loss, optimizer)
    places = as_plane(points)
    answers = as_labels(labels, "labels", len(places))
    as_count(steps, "steps", high=1000)
    as_count(example, "example", 0, len(places) - 1)
    root = history.example_loss(model, loss, places[example], answers[example])
    _check_size(root, max_nodes)
    run = history.record(model, loss, optimizer, places, answers, steps, example)
    run |= {
        "points": places,
        "labels": answers,
        "example": example,
        "names": history.names_in_graph(model, root),
        "parameter_names": history.parameter_names(model, optimizer),
        "optimizer": type(optimizer).__name__,
        "lr": optimizer.lr,
    }
    return Film(run, theme)


@dataclass(eq=False, repr=False)
class Film:
    """The frames of a training run.

    Attributes:
        data: All numbers, by name; those of a moment along the first axis.
        theme: "light" or "dark".
    """

    data: dict[str, Any]
    theme: str = "light"

    def __len__(self) -> int:
        return len(self.data["loss"])

    def __repr__(self) -> str:
        return (
            f"Film(frames: {len(self)}, loss: {self.data['loss'][-1]:.4g} at the end)"
        )

    def frame(self, step: int) -> Plot:
        """The picture after so many steps.

        Raises:
            IndexError: If there is none.
        """
        if not 0 <= step < len(self):
            raise IndexError(
                f"no such frame: got step={step!r} ({type(step).__name__}); expected a "
                f"whole number from 0 to {len(self) - 1}."
            )
        return frames.draw(self.data, step, THEMES[self.theme])

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the film to `path`: a page that plays it (.html), or a GIF.

        Raises:
            ValueError: If the ending is neither.
        """
        path = Path(path)
        format = format_of(path, FORMATS)
        write_whole(path, self._html.encode() if format == "html" else self._gif())
        return path

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        # Where frames are not allowed, the last picture is shown in place of the page.
        width, height = self._pictures[0].size
        shape = f"aspect-ratio:{width}/{height + PLAYER}"
        frame = (
            f'<iframe srcdoc="{escape(self._html)}" sandbox="allow-scripts" '
            'title="Film of a training run" '
            f'style="width:100%;{shape};border:0"></iframe>'
        )
        picture = (
            f'<img src="{self._addresses[-1]}" alt="{escape(self._captions[-1])}">'
        )
        style = "<style>.mg-film iframe~*{display:none}</style>"
        html = f'<div class="mg-film">{style}{frame}{picture}</div>'
        return {"text/html": html, "text/plain": repr(self)}

    @cached_property
    def _pictures(self) -> list[Any]:
        """The frames, with few colours."""
        from PIL import Image

        # The method that keeps rare colours: those of single points matter most.
        look: dict[str, Any] = {"dither": Image.Dither.NONE}
        look["method"] = Image.Quantize.MAXCOVERAGE
        made = []
        for step in range(len(self)):
            picture = Image.open(io.BytesIO(self.frame(step).to_bytes(dpi=DPI)))
            made.append(picture.convert("RGB").quantize(COLOURS, **look))
        return made

    @cached_property
    def _addresses(self) -> list[str]:
        written = []
        for picture in self._pictures:
            buffer = io.BytesIO()
            picture.save(buffer, format="png", optimize=True)
            data = base64.b64encode(buffer.getvalue()).decode()
            written.append(f"data:image/png;base64,{data}")
        return written

    @property
    def _captions(self) -> list[str]:
        return [frames.caption(self.data, step) for step in range(len(self))]

    @property
    def _html(self) -> str:
        title = f"{len(self) - 1} steps of training"
        return page(self._addresses, self._captions, title, self.theme)

    def _gif(self) -> bytes:
        first, *more = self._pictures
        buffer = io.BytesIO()
        times = [PACE] * len(more) + [PAUSE]
        first.save(
            buffer,
            format="gif",
            save_all=True,
            append_images=more,
            duration=times,
            loop=0,
        )
        return buffer.getvalue()


def _check_parts(model: Any, loss: Any, optimizer: Any) -> None:
    for name, given, expected, fits in (
        ("model", model, "a Module", isinstance(model, Module)),
        ("loss", loss, "a function of output and label", callable(loss)),
        ("optimizer", optimizer, "an Optimizer", isinstance(optimizer, Optimizer)),
    ):
        if not fits:
            raise TypeError(
                f"cannot be filmed: got {name}={shortened(given)} "
                f"({type(given).__name__}); expected {expected}."
            )
    if set(optimizer.params) != set(model.parameters()):
        raise ValueError(
            f"not one net: got optimizer with {len(optimizer.params)} params; expected "
            f"the {len(model.parameters())} of the model. Make it with "
            "model.parameters()."
        )


def _check_size(root: Value, most: int) -> None:
    count = len(topological_order(root))
    if count > most:
        raise ValueError(
            f"graph too large to film: got {count} Values for one example; expected at "
            f"most max_nodes={most}. Film a smaller net, such as MLP(2, [2, 1])."
        )
