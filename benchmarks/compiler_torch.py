"""The steps of `compiler_workloads.py` in PyTorch, eager, as its users write them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor

if TYPE_CHECKING:
    from compiler_workloads import Workload

Params = dict[str, Tensor]
EPS = 1e-5  # of rmsnorm
torch.set_num_threads(1)


def torch_step(workload: Workload) -> Callable[[], Tensor]:
    """The function that does the next step and returns its loss."""
    arrays = workload.arrays().items()
    params = {name: torch.tensor(array, requires_grad=True) for name, array in arrays}
    loss_of = LOSSES[workload.name]
    optimizer = optimizer_of(workload, list(params.values()))
    batches = cycle([[torch.tensor(array) for array in b] for b in workload.batches])

    def step() -> Tensor:
        loss = loss_of(params, *next(batches))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def optimizer_of(workload: Workload, params: list[Tensor]) -> torch.optim.Optimizer:
    """The optimizer, Adam in its fused form, which is the fastest on this size."""
    given = workload.hyperparameters()
    if "betas" not in given:
        return torch.optim.SGD(params, given["lr"])
    lr, betas, eps = given["lr"], given["betas"], given["eps"]
    return torch.optim.Adam(params, lr, betas, eps, fused=True)


def mlp(p: Params, x: Tensor) -> Tensor:
    """The layers of the parameters W0, b0, W1, b1 ..."""
    layers = [(p[name], p[f"b{name[1:]}"]) for name in p if name[0] == "W"]
    for W, b in layers[:-1]:
        x = F.relu(F.linear(x, W, b))
    return F.linear(x, *layers[-1])


def moons(p: Params, x: Tensor, signs: Tensor) -> Tensor:
    """The hinge loss and L2."""
    scores = mlp(p, x).squeeze(1)
    flat = torch.cat([w.view(-1) for w in p.values()])  # quicker than a sum of each
    return F.relu(1 - signs * scores).mean() + 1e-4 * flat.dot(flat)


def classifier(p: Params, x: Tensor, targets: Tensor) -> Tensor:
    """The cross-entropy of a network of dense layers."""
    return F.cross_entropy(mlp(p, x), targets)


def gpt(p: Params, documents: Tensor) -> Tensor:
    """The cross-entropy of each next token of the only document."""
    tokens, targets = documents[0, :-1], documents[0, 1:]
    n = len(tokens)
    x = F.embedding(tokens, p["wte"]) + p["wpe"][:n]
    width = x.shape[1:]
    x = F.rms_norm(x, width, eps=EPS)
    y = F.rms_norm(x, width, eps=EPS)
    q, k, v = (heads(F.linear(y, p[name])) for name in ("wq", "wk", "wv"))
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    x = x + F.linear(mixed.transpose(1, 2).reshape(n, 16), p["wo"])
    y = F.rms_norm(x, width, eps=EPS)
    x = x + F.linear(F.relu(F.linear(y, p["fc1"])), p["fc2"])
    return F.cross_entropy(F.linear(x, p["lm_head"]), targets)


def heads(x: Tensor) -> Tensor:
    """Rows as (batch, head, position, size); with a batch, of 1, it is quicker."""
    return x.view(1, len(x), 4, 4).transpose(1, 2)


def cnn(p: Params, images: Tensor, targets: Tensor) -> Tensor:
    """The cross-entropy after two convolutions and a linear layer."""
    w1, w2 = p["conv1.w"].view(8, 1, 3, 3), p["conv2.w"].view(16, 8, 3, 3)
    x = F.relu(F.conv2d(images.unsqueeze(1), w1, p["conv1.b"]))
    x = F.max_pool2d(x, 2)
    x = F.relu(F.conv2d(x, w2, p["conv2.b"], padding=1))
    return F.cross_entropy(F.linear(x.flatten(1), p["W0"], p["b0"]), targets)


LOSSES: dict[str, Any] = {
    "moons": moons,
    "digits": classifier,
    "mnist": classifier,
    "gpt": gpt,
    "gpt-16": gpt,
    "cnn": cnn,
}
