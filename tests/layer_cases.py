"""Every layer at a small size, with an example: what the tests of all layers walk."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

import numpy as np

import micrograd_nn as mn
from micrograd_nn import nn, trees


@dataclass(frozen=True)
class Case:
    """A layer of a small size.

    Attributes:
        code: The call that makes it, which is its representation too.
        shape: Of one example.
        torch: The call that makes PyTorch's; None if it has no such layer. In it `nn`
            is the package.
        wrong: The shape of an example that is refused, and what the error says of it.
        indexes: If an example is of whole numbers, how many there are.
        shown: The representation, if that is not the code.
        evaluating: Whether it is tested out of training.
    """

    code: str
    shape: tuple[int, ...]
    torch: str | None = ""
    wrong: tuple[tuple[int, ...], str] | None = None
    indexes: int = 0
    shown: str = ""
    evaluating: bool = False

    def make(self) -> nn.Module:
        """The layer, with parameters that are not at their start."""
        module = eval(self.code, vars(nn))
        rng = random.Random(1)
        for value in [*module.parameters(), *module.buffers()]:
            value.data = rng.uniform(0.5, 1.5) * rng.choice([-1.0, 1.0])
        for name, value in module.named_buffers():
            counts = name.endswith("num_batches_tracked")
            value.data = 3 if counts else abs(value.data)
        return module.train(not self.evaluating)

    def make_torch(self, torch: Any) -> Any:
        """PyTorch's layer, of float64."""
        code = self.torch or f"nn.{self.code}"
        return eval(code, {"nn": torch.nn}).double().train(not self.evaluating)

    def rows(self, count: int = 5) -> np.ndarray:
        """Examples, the same each time."""
        rng = np.random.default_rng(0)
        if self.indexes:
            return rng.integers(0, self.indexes, (count, *self.shape))
        return rng.uniform(-2.0, 2.0, (count, *self.shape))


def _channels(title: str) -> str:
    return rf"wrong number of channels: {title} got 1 channels; expected"


# By name, so that a layer may have several: what is before the space is its class.
CASES = {
    "Linear": Case(
        "Linear(in_features=3, out_features=2, bias=True)",
        (3,),
        wrong=((4,), r"inputs: Linear\(3 -> 2\) got 4 inputs; expected 3"),
    ),
    "Linear without bias": Case(
        "Linear(in_features=3, out_features=2, bias=False)", (3,)
    ),
    "Linear along a sequence": Case(
        "Linear(in_features=3, out_features=2, bias=True)",
        (4, 3),
        wrong=((4, 2), r"Linear\(3 -> 2\) got 2 inputs; expected 3"),
    ),
    "Conv1d": Case(
        "Conv1d(2, 3, kernel_size=(3,), stride=(1,))",
        (2, 5),
        wrong=((1, 5), _channels(r"Conv1d\(2 -> 3\)")),
    ),
    "Conv1d with stride and padding": Case(
        "Conv1d(2, 3, kernel_size=(2,), stride=(2,), padding=(1,), bias=False)",
        (2, 5),
        wrong=((5,), r"Conv1d\(2 -> 3\) got 1 dimensions; expected 2"),
    ),
    "Conv2d": Case(
        "Conv2d(2, 3, kernel_size=(2, 2), stride=(1, 1))",
        (2, 3, 3),
        wrong=((1, 3, 3), _channels(r"Conv2d\(2 -> 3\)")),
    ),
    "Conv2d with stride and padding": Case(
        "Conv2d(1, 2, kernel_size=(3, 2), stride=(2, 1), padding=(1, 2), bias=False)",
        (1, 4, 3),
        wrong=((1, 3), r"dimensions: Conv2d\(1 -> 2\) got 2 dimensions; expected 3"),
    ),
    "MaxPool1d": Case(
        "MaxPool1d(kernel_size=2, stride=2, padding=0)",
        (2, 5),
        wrong=((2, 1), "too small: MaxPool1d got channels of 1; expected at least 2"),
    ),
    "MaxPool2d": Case(
        "MaxPool2d(kernel_size=3, stride=2, padding=1)",
        (2, 4, 5),
        wrong=((4, 5), "MaxPool2d got 2 dimensions; expected 3"),
    ),
    "AvgPool1d": Case(
        "AvgPool1d(kernel_size=3, stride=1, padding=1)",
        (2, 5),
        wrong=((5,), "AvgPool1d got 1 dimensions; expected 2"),
    ),
    "AvgPool2d": Case(
        "AvgPool2d(kernel_size=(2, 3), stride=(2, 3), padding=(1, 0))",
        (2, 4, 5),
        wrong=((2, 4, 2), "AvgPool2d got channels of 4x2; expected at least 1x3"),
    ),
    "AdaptiveAvgPool1d": Case(
        "AdaptiveAvgPool1d(output_size=2)",
        (2, 5),
        wrong=((5,), "AdaptiveAvgPool1d got 1 dimensions; expected 2"),
    ),
    "AdaptiveAvgPool2d": Case(
        "AdaptiveAvgPool2d(output_size=1)",
        (2, 3, 4),
        wrong=((3, 4), "AdaptiveAvgPool2d got 2 dimensions; expected 3"),
    ),
    "AdaptiveMaxPool1d": Case(
        "AdaptiveMaxPool1d(output_size=3)",
        (2, 5),
        wrong=((5,), "AdaptiveMaxPool1d got 1 dimensions; expected 2"),
    ),
    "AdaptiveMaxPool2d": Case(
        "AdaptiveMaxPool2d(output_size=(1, 2))",
        (2, 3, 3),
        wrong=((3, 3), "AdaptiveMaxPool2d got 2 dimensions; expected 3"),
    ),
    "Flatten": Case("Flatten()", (2, 3, 2)),
    "Embedding": Case("Embedding(5, 3)", (), indexes=5),
    "Embedding of a sequence": Case("Embedding(5, 3)", (4,), indexes=5),
    "BatchNorm1d": Case(
        "BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, "
        "track_running_stats=True)",
        (3,),
        wrong=((2,), r"features: BatchNorm1d\(3\) got 2 features; expected 3"),
    ),
    "BatchNorm1d in evaluation": Case(
        "BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, "
        "track_running_stats=True)",
        (3, 2),
        wrong=((2, 2), r"features: BatchNorm1d\(3\) got 2 features; expected 3"),
        evaluating=True,
    ),
    "BatchNorm1d of channels": Case(
        "BatchNorm1d(2, eps=0.1, momentum=None, affine=False, "
        "track_running_stats=True)",
        (2, 3),
        wrong=((), r"wrong shape: BatchNorm1d\(2\) got an example of shape \(\)"),
    ),
    "BatchNorm1d without memory": Case(
        "BatchNorm1d(2, eps=1e-05, momentum=0.1, affine=False, "
        "track_running_stats=False)",
        (2,),
        evaluating=True,
    ),
    "BatchNorm2d": Case(
        "BatchNorm2d(2, eps=1e-05, momentum=0.5, affine=True, "
        "track_running_stats=True)",
        (2, 2, 2),
        wrong=((2,), r"wrong shape: BatchNorm2d\(2\) got an example of shape \(2,\)"),
    ),
    "LayerNorm": Case(
        "LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=True)",
        (3,),
        wrong=((4,), r"LayerNorm\(\(3,\)\) got .* shape \(4,\); expected \(3,\)"),
    ),
    "LayerNorm of two axes": Case(
        "LayerNorm((2, 3), eps=0.1, elementwise_affine=True, bias=False)",
        (2, 2, 3),
        wrong=((3,), r"LayerNorm\(\(2, 3\)\) got .* \(3,\); expected \(2, 3\)"),
    ),
    "LayerNorm without weights": Case(
        "LayerNorm((3,), eps=1e-05, elementwise_affine=False, bias=False)", (4, 3)
    ),
    "RMSNorm": Case(
        "RMSNorm((3,), eps=None, elementwise_affine=True)",
        (2, 3),
        wrong=((2,), r"RMSNorm\(\(3,\)\) got .* shape \(2,\); expected \(3,\)"),
    ),
    "RMSNorm without weights": Case(
        "RMSNorm((3,), eps=0.1, elementwise_affine=False)", (3,)
    ),
    "Dropout": Case("Dropout(p=0.3)", (2, 3), evaluating=True),
    "ReLU": Case("ReLU()", (2, 3)),
    "LeakyReLU": Case("LeakyReLU(negative_slope=0.2)", (2, 3)),
    "ELU": Case("ELU(alpha=0.7)", (2, 3)),
    "GELU": Case("GELU()", (2, 3)),
    "SiLU": Case("SiLU()", (2, 3)),
    "Softplus": Case("Softplus()", (2, 3)),
    "Sigmoid": Case("Sigmoid()", (2, 3)),
    "Tanh": Case("Tanh()", (2, 3)),
    "Identity": Case("Identity()", (2, 3)),
    "Softmax": Case("Softmax()", (2, 3), torch="nn.Softmax(dim=-1)"),
    "LogSoftmax": Case("LogSoftmax()", (2, 3), torch="nn.LogSoftmax(dim=-1)"),
    "Residual": Case(
        "Residual(Linear(3, 3))",
        (3,),
        torch=None,
        wrong=((4,), r"Linear\(3 -> 3\) got 4 inputs; expected 3"),
        shown="Residual(\n"
        "  (module): Linear(in_features=3, out_features=3, bias=True)\n"
        ")",
    ),
    "Residual of batch norm": Case(
        "Residual(Sequential(Linear(3, 3), BatchNorm1d(3), Tanh()))",
        (3,),
        torch=None,
        shown="Residual(\n"
        "  (module): Sequential(\n"
        "    (0): Linear(in_features=3, out_features=3, bias=True)\n"
        "    (1): BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, "
        "track_running_stats=True)\n"
        "    (2): Tanh()\n"
        "  )\n"
        ")",
    ),
    "Sequential": Case(
        "Sequential(Linear(3, 2), Tanh(), Sequential(Linear(2, 1)))",
        (3,),
        torch="nn.Sequential(nn.Linear(3, 2), nn.Tanh(), "
        "nn.Sequential(nn.Linear(2, 1)))",
        wrong=((4,), r"Linear\(3 -> 2\) got 4 inputs; expected 3"),
        shown="Sequential(\n"
        "  (0): Linear(in_features=3, out_features=2, bias=True)\n"
        "  (1): Tanh()\n"
        "  (2): Sequential(\n"
        "    (0): Linear(in_features=2, out_features=1, bias=True)\n"
        "  )\n"
        ")",
    ),
    "Sequential with batch norm": Case(
        "Sequential(Linear(3, 2), BatchNorm1d(2), ReLU(), Linear(2, 2))",
        (3,),
        torch="nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.ReLU(), "
        "nn.Linear(2, 2))",
        shown="Sequential(\n"
        "  (0): Linear(in_features=3, out_features=2, bias=True)\n"
        "  (1): BatchNorm1d(2, eps=1e-05, momentum=0.1, affine=True, "
        "track_running_stats=True)\n"
        "  (2): ReLU()\n"
        "  (3): Linear(in_features=2, out_features=2, bias=True)\n"
        ")",
    ),
    "Sequential of convolutions": Case(
        "Sequential(Conv2d(1, 2, 2), MaxPool2d(2), Flatten(), Linear(2, 1))",
        (1, 3, 3),
        torch="nn.Sequential(nn.Conv2d(1, 2, 2), nn.MaxPool2d(2), nn.Flatten(), "
        "nn.Linear(2, 1))",
        shown="Sequential(\n"
        "  (0): Conv2d(1, 2, kernel_size=(2, 2), stride=(1, 1))\n"
        "  (1): MaxPool2d(kernel_size=2, stride=2, padding=0)\n"
        "  (2): Flatten()\n"
        "  (3): Linear(in_features=2, out_features=1, bias=True)\n"
        ")",
    ),
    "RNN": Case(
        "RNN(3, 2, nonlinearity='relu')",
        (4, 3),
        torch=None,
        wrong=((4, 2), r"features: RNN\(3 -> 2\) got 2 features; expected 3"),
    ),
    "RNN in layers, both ways": Case(
        "RNN(1, 2, num_layers=2, bidirectional=True)", (2, 1), torch=None
    ),
    "LSTM": Case(
        "LSTM(2, 2, forget_bias=1.0)",
        (2, 2),
        torch=None,
        wrong=((2,), r"LSTM\(2 -> 2\) got 1 dimensions; expected 2"),
    ),
    "LSTM without bias": Case(
        "LSTM(1, 1, num_layers=2, bias=False)", (2, 1), torch=None
    ),
    "GRU": Case(
        "GRU(2, 2, update_bias=1.0)",
        (2, 2),
        torch=None,
        wrong=((3, 1), r"features: GRU\(2 -> 2\) got 1 features; expected 2"),
    ),
    "GRU both ways": Case("GRU(1, 2, bidirectional=True)", (2, 1), torch=None),
    "RNNCell": Case(
        "RNNCell(3, 2)",
        (3,),
        wrong=((2,), r"features: RNNCell\(3 -> 2\) got 2 features; expected 3"),
    ),
    "RNNCell of relu": Case("RNNCell(3, 2, bias=False, nonlinearity='relu')", (3,)),
    "LSTMCell": Case(
        "LSTMCell(3, 2)",
        (3,),
        torch=None,
        wrong=((2,), r"features: LSTMCell\(3 -> 2\) got 2 features; expected 3"),
    ),
    "GRUCell": Case(
        "GRUCell(3, 2)",
        (3,),
        wrong=((2, 3), r"GRUCell\(3 -> 2\) got 3 dimensions; expected 2"),
    ),
    "MultiheadAttention": Case(
        "MultiheadAttention(embed_dim=2, num_heads=2, bias=False)",
        (3, 2),
        torch=None,
        wrong=((3, 4), r"features: MultiheadAttention\(2\) got 4 features; exp"),
        shown="MultiheadAttention(\n"
        "  embed_dim=2, num_heads=2, bias=False\n"
        "  (out_proj): Linear(in_features=2, out_features=2, bias=False)\n"
        ")",
    ),
    "TransformerBlock": Case(
        "TransformerBlock(2, nhead=1, dim_feedforward=3, bias=False)",
        (2, 2),
        torch="nn.TransformerEncoderLayer(2, 1, 3, dropout=0.0, batch_first=True, "
        "norm_first=True, bias=False)",
        wrong=((3, 4), r"features: TransformerBlock\(2\) got 4 features; expected 2"),
        shown="TransformerBlock(\n"
        "  (self_attn): MultiheadAttention(\n"
        "    embed_dim=2, num_heads=1, bias=False\n"
        "    (out_proj): Linear(in_features=2, out_features=2, bias=False)\n"
        "  )\n"
        "  (linear1): Linear(in_features=2, out_features=3, bias=False)\n"
        "  (linear2): Linear(in_features=3, out_features=2, bias=False)\n"
        "  (norm1): LayerNorm((2,), eps=1e-05, elementwise_affine=True, bias=False)\n"
        "  (norm2): LayerNorm((2,), eps=1e-05, elementwise_affine=True, bias=False)\n"
        "  (dropout): Dropout(p=0.0)\n"
        ")",
    ),
    "GPT": Case(
        "GPT(2, 2, n_layer=1, n_head=1, n_embd=2, bias=False)",
        (2,),
        torch=None,
        indexes=2,
        shown="GPT(\n"
        "  (wte): Embedding(2, 2)\n"
        "  (wpe): PositionalEmbedding(2, 2)\n"
        "  (drop): Dropout(p=0.0)\n"
        "  (h.0): TransformerBlock(\n"
        "    (self_attn): MultiheadAttention(\n"
        "      embed_dim=2, num_heads=1, bias=False\n"
        "      (out_proj): Linear(in_features=2, out_features=2, bias=False)\n"
        "    )\n"
        "    (linear1): Linear(in_features=2, out_features=8, bias=False)\n"
        "    (linear2): Linear(in_features=8, out_features=2, bias=False)\n"
        "    (norm1): LayerNorm((2,), eps=1e-05, elementwise_affine=True, bias=False)\n"
        "    (norm2): LayerNorm((2,), eps=1e-05, elementwise_affine=True, bias=False)\n"
        "    (dropout): Dropout(p=0.0)\n"
        "  )\n"
        "  (ln_f): LayerNorm((2,), eps=1e-05, elementwise_affine=True, bias=False)\n"
        "  (lm_head): Linear(in_features=2, out_features=2, bias=False)\n"
        ")",
    ),
    "PositionalEmbedding": Case(
        "PositionalEmbedding(4, 3)",
        (2, 3),
        torch=None,
        wrong=((5, 3), r"too long: PositionalEmbedding\(4, 3\) got 5 positions; exp"),
    ),
    "PositionalEncoding": Case(
        "PositionalEncoding(3)",
        (2, 3),
        torch=None,
        wrong=((2, 2), r"features: PositionalEncoding\(3\) got 2 features; expected 3"),
    ),
    "Neuron": Case(
        "Neuron(3, activation='tanh')",
        (3,),
        torch=None,
        wrong=((2,), r"Neuron\(3 -> 1\) got 2 inputs; expected 3"),
        shown="TanhNeuron(3)",
    ),
    "Layer": Case(
        "Layer(3, 2, nonlin=False)",
        (3,),
        torch="nn.Linear(3, 2)",
        wrong=((2,), r"Layer\(3 -> 2\) got 2 inputs; expected 3"),
        shown="Layer of [LinearNeuron(3), LinearNeuron(3)]",
    ),
    "Autoencoder": Case(
        "Autoencoder([3, 2, 1], activation='tanh')",
        (3,),
        None,
        wrong=((4,), r"Layer\(3 -> 2\) got 4 inputs; expected 3"),
        shown="Autoencoder(\n"
        "  (encoder): MLP of [Layer of [TanhNeuron(3), TanhNeuron(3)], "
        "Layer of [LinearNeuron(2)]]\n"
        "  (decoder): MLP of [Layer of [TanhNeuron(1), TanhNeuron(1)], Layer of "
        "[LinearNeuron(2), LinearNeuron(2), LinearNeuron(2)]]\n)",
    ),
    "MLP": Case(
        "MLP(3, [2, 2], activation='tanh')",
        (3,),
        torch=None,
        wrong=((2,), r"Layer\(3 -> 2\) got 2 inputs; expected 3"),
        shown="MLP of [Layer of [TanhNeuron(3), TanhNeuron(3)], "
        "Layer of [LinearNeuron(2), LinearNeuron(2)]]",
    ),
}


def weighted(outputs: Any) -> mn.Value:
    """A number that depends on each output in its own way."""
    pairs = enumerate(trees.leaves(outputs))
    return mn.sum([math.cos(3.0 * i + 1.0) * y for i, y in pairs])
