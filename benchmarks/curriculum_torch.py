"""Nets of the lessons in PyTorch, from the same parameters: a step of training."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from tests.curriculum.lesson import Lesson

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


class Recall(nn.Module):
    """An LSTM, and a layer on its last output."""

    def __init__(self) -> None:
        super().__init__()
        self.recurrent, self.head = nn.LSTM(6, 8, batch_first=True), nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        """The logits of sequences."""
        return self.head(self.recurrent(x)[0][:, -1])


TWINS: dict[str, Callable[[], nn.Module]] = {
    "MLP": lambda: nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)),
    "CNN": lambda: nn.Sequential(
        nn.Conv2d(1, 8, 5),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 2),
    ),
    "LSTM": Recall,
}


def step_of(name: str, lesson: Lesson) -> Callable[[], Any]:
    """A function that takes a step on the first batch, and returns its loss."""
    net = TWINS[name]()
    ours = [torch.tensor(x.data) for x in lesson.model.named_tensors().values()]
    with torch.no_grad():
        for parameter, numbers in zip(net.parameters(), ours, strict=True):
            parameter.copy_(numbers)
    X, y = (torch.tensor(array[: lesson.batch_size]) for array in lesson.train)
    lr = lesson.optimizer(lesson.model.parameters()).lr
    bound = lesson.options.get("clip_norm")
    optimizer = torch.optim.Adam(net.parameters(), lr, fused=True)

    def step() -> Any:
        loss = nn.functional.cross_entropy(net(X), y)
        optimizer.zero_grad()
        loss.backward()
        if bound is not None:
            nn.utils.clip_grad_norm_(net.parameters(), bound)
        optimizer.step()
        return loss.detach()

    return step
