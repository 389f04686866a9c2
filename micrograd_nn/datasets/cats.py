"""Small drawings of cats, and of dogs, bears, houses and balls.

>>> data = make_cats(n_samples=8)
>>> data
<Dataset cats: X (8, 144), y (8,); classes not a cat (4), cat (4)>
>>> data.images.shape
(8, 12, 12)

A drawing is a function of two coordinates that says where there is ink: u to the right
and v down, with the middle of the picture at 0 and its edges at ±1. Change an ear, and
draw again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from micrograd_nn.datasets.dataset import Dataset, Returned, returned
from micrograd_nn.datasets.seeds import generator, rounded
from micrograd_nn.ranges import in_range, one_of, whole_number

SIZE = 12  # pixels along each side
FINE = 4  # a pixel is the mean of FINE by FINE points
SHIFT = 2.5  # pixels, at most, to each side
SCALE = (0.65, 0.85)  # in halves of the picture
BRIGHTNESS = (0.6, 1.0)


def make_cats(
    n_samples: int = 400,
    *,
    noise: float = 0.15,
    target: str = "cat",
    seed: int | None = 0,
    return_X_y: bool = False,
) -> Returned:
    """Drawings of 12 by 12 pixels, half of them cats, moved about, scaled and noisy.

    Args:
        n_samples: How many drawings, at least 1.
        noise: Standard deviation of what is added to each pixel, which is 0 ... 1.
        target: "cat": y is 1 for a cat, else 0. "kind": y is the place in `KINDS`, and
            all kinds are equally frequent.
        seed: Of the random numbers; None for other drawings every time.
        return_X_y: Whether to return the pair (X, y) instead of a `Dataset`.

    Raises:
        TypeError: If a number is none.
        ValueError: If an argument is out of range.
    """
    n = whole_number(n_samples, "n_samples", least=1)
    rng = generator(seed)
    kinds = rng.permutation(_kinds(n, one_of(TARGETS, target, "target")))
    clean = np.array([_moved(DRAWINGS[KINDS[kind]], rng) for kind in kinds])
    blurred = clean + in_range(noise, "noise") * rng.standard_normal(clean.shape)
    images = rounded(np.clip(blurred, 0.0, 1.0))
    dataset = Dataset(
        "cats",
        images.reshape(n, -1),
        kinds if target == "kind" else (kinds == 0).astype(np.intp),
        target_names=TARGETS[target],
        description=_DESCRIPTION,
        images=images,
    )
    return returned(dataset, return_X_y)


def draw_cat(u: Any, v: Any) -> Any:
    """A face with two pointed ears.

    Args:
        u: Coordinates to the right, an array.
        v: Coordinates down.

    Returns:
        Where there is ink, as booleans.
    """
    ears = _triangle(abs(u), v, (0.05, -0.3), (0.6, -1.0), (0.68, 0.1))
    return ears & ~_eyes(u, v) | _face(u, v)


def draw_dog(u: Any, v: Any) -> Any:
    """A face with a snout, and two ears that hang down."""
    ears = _ellipse(abs(u), v, 0.8, 0.3, 0.2, 0.6)
    return (_face(u, v) | ears) & ~_disc(u, v, 0.0, 0.55, 0.18)


def draw_bear(u: Any, v: Any) -> Any:
    """A face with two round ears."""
    return _face(u, v) | _disc(abs(u), v, 0.55, -0.45, 0.28)


def draw_house(u: Any, v: Any) -> Any:
    """Walls with a pointed roof and a door."""
    walls = (abs(u) < 0.6) & (v > 0.0) & (v < 0.85)
    roof = _triangle(u, v, (-0.8, 0.0), (0.0, -0.85), (0.8, 0.0))
    door = (abs(u) < 0.18) & (v > 0.35) & (v < 0.85)
    return (walls | roof) & ~door


def draw_ball(u: Any, v: Any) -> Any:
    """A disc with a stripe."""
    return _disc(u, v, 0.0, 0.1, 0.75) & ~(abs(u + 0.5 * v) < 0.12)


def _face(u: Any, v: Any) -> Any:
    return _disc(u, v, 0.0, 0.2, 0.68) & ~_eyes(u, v)


def _eyes(u: Any, v: Any) -> Any:
    return _disc(abs(u), v, 0.27, 0.05, 0.13)  # abs: the right one, mirrored


def render(drawing: Callable[[Any, Any], Any], x: float, y: float, scale: float) -> Any:
    """The drawing as SIZE by SIZE pixels from 0, nothing, to 1, all ink.

    Args:
        drawing: Such as `draw_cat`.
        x: How far it is moved to the right, in pixels.
        y: How far it is moved down.
        scale: Its size, in halves of the picture.

    >>> for row in render(draw_cat, x=0.0, y=0.0, scale=0.9):
    ...     print("|" + "".join(" .:#"[round(3 * ink)] for ink in row) + "|")
    |            |
    |  ..    ..  |
    |  .#.  .#.  |
    |  :##::##:  |
    |  :######:  |
    |  :#:##:#:  |
    |  :# :: #:  |
    |  :######:  |
    |  .######.  |
    |   :####:   |
    |    .::.    |
    |            |
    """
    across = (np.arange(SIZE * FINE) + 0.5) / FINE - SIZE / 2
    u, v = np.meshgrid(across - x, across - y)
    half = scale * SIZE / 2
    ink = drawing(u / half, v / half)
    return ink.reshape(SIZE, FINE, SIZE, FINE).mean(axis=(1, 3))


def _moved(drawing: Callable[[Any, Any], Any], rng: np.random.Generator) -> Any:
    x, y = rng.uniform(-SHIFT, SHIFT, 2)
    brightness, scale = rng.uniform(*BRIGHTNESS), rng.uniform(*SCALE)
    return brightness * render(drawing, x, y, scale)


def _kinds(n: int, target: str) -> Any:
    if target == "kind":
        return np.arange(n, dtype=np.intp) % len(KINDS)
    others = np.arange(n - n // 2, dtype=np.intp) % (len(KINDS) - 1) + 1
    return np.concatenate([others, np.zeros(n // 2, dtype=np.intp)])


Point = tuple[float, float]


def _disc(u: Any, v: Any, x: float, y: float, radius: float) -> Any:
    return _ellipse(u, v, x, y, radius, radius)


def _ellipse(u: Any, v: Any, x: float, y: float, width: float, height: float) -> Any:
    return ((u - x) / width) ** 2 + ((v - y) / height) ** 2 < 1.0


def _triangle(u: Any, v: Any, a: Point, b: Point, c: Point) -> Any:
    """Inside is where one is on the same side of all three edges."""
    sides = [
        (q[0] - p[0]) * (v - p[1]) - (q[1] - p[1]) * (u - p[0]) > 0.0
        for p, q in ((a, b), (b, c), (c, a))
    ]
    return (sides[0] == sides[1]) & (sides[1] == sides[2])


DRAWINGS = {
    "cat": draw_cat,
    "dog": draw_dog,
    "bear": draw_bear,
    "house": draw_house,
    "ball": draw_ball,
}
KINDS = tuple(DRAWINGS)
TARGETS = {"cat": ("not a cat", "cat"), "kind": KINDS}
_DESCRIPTION = (
    "Drawings of 12 by 12 pixels: cats, and dogs, bears, houses and balls, moved, "
    "scaled, and noisy. An ear may be anywhere, which is where convolutions help: "
    "Conv2d(1, 8, 5), ReLU, global max pooling and Linear(8, 2), 226 parameters, get "
    "0.91 to 0.97 of new drawings right; an MLP of 144-8-2, 1,178 parameters, 0.66 to "
    "0.79."
)
