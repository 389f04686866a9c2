"""Neural networks made of Values: layers, and networks of layers.

>>> from micrograd_nn.nn import MLP, Linear, ReLU, Sequential
>>> net = MLP(2, [4, 1])  # two inputs, four hidden neurons, one output
>>> len(net.parameters())
17
>>> net = Sequential(Linear(2, 4), ReLU(), Linear(4, 1))  # the same of single layers
>>> len(net.parameters())
17

A call takes one example; `net.batch(rows)` takes many. Names, arguments and the layout
of parameters are those of PyTorch where it has such a layer.
"""

from micrograd_nn.nn.activations import (
    ELU,
    GELU,
    Elementwise,
    Identity,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from micrograd_nn.nn.attention import MultiheadAttention
from micrograd_nn.nn.autoencoder import Autoencoder
from micrograd_nn.nn.batch_norm import BatchNorm1d, BatchNorm2d
from micrograd_nn.nn.containers import Residual, Sequential
from micrograd_nn.nn.conv import Conv1d, Conv2d
from micrograd_nn.nn.dropout import Dropout
from micrograd_nn.nn.embedding import Embedding
from micrograd_nn.nn.flatten import Flatten
from micrograd_nn.nn.freezing import freeze, unfreeze
from micrograd_nn.nn.gpt import GPT
from micrograd_nn.nn.gru import GRU, GRUCell
from micrograd_nn.nn.layer_norm import LayerNorm, RMSNorm
from micrograd_nn.nn.linear import Linear
from micrograd_nn.nn.lstm import LSTM, LSTMCell
from micrograd_nn.nn.mlp import MLP, Layer, Neuron
from micrograd_nn.nn.module import Module
from micrograd_nn.nn.pooling import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AvgPool1d,
    AvgPool2d,
    MaxPool1d,
    MaxPool2d,
)
from micrograd_nn.nn.positions import PositionalEmbedding, PositionalEncoding
from micrograd_nn.nn.rnn import RNN, RNNCell
from micrograd_nn.nn.transformer import TransformerBlock

MultiHeadAttention = MultiheadAttention  # as the papers write it

# Every layer by its name, for files and tests: each has a case in tests/layer_cases.py.
LAYERS: dict[str, type[Module]] = {
    layer.__name__: layer
    for layer in (
        *(AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveMaxPool1d, AdaptiveMaxPool2d),
        *(AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d),
        *(BatchNorm1d, BatchNorm2d, LayerNorm, RMSNorm),
        *(Conv1d, Conv2d, Dropout, Embedding, Flatten, Linear),
        *(ELU, GELU, Identity, LeakyReLU, LogSoftmax, ReLU, SiLU, Sigmoid, Softmax),
        *(Softplus, Tanh),
        *(Residual, Sequential),
        *(RNN, RNNCell, LSTM, LSTMCell, GRU, GRUCell),
        *(MultiheadAttention, TransformerBlock, GPT),
        *(PositionalEmbedding, PositionalEncoding),
        *(Autoencoder, MLP, Layer, Neuron),
    )
}

__all__ = [
    "ELU",
    "GELU",
    "GPT",
    "GRU",
    "LAYERS",
    "LSTM",
    "MLP",
    "RNN",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "Autoencoder",
    "AvgPool1d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv1d",
    "Conv2d",
    "Dropout",
    "Elementwise",
    "Embedding",
    "Flatten",
    "GRUCell",
    "Identity",
    "LSTMCell",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MaxPool1d",
    "MaxPool2d",
    "Module",
    "MultiHeadAttention",
    "MultiheadAttention",
    "Neuron",
    "PositionalEmbedding",
    "PositionalEncoding",
    "RMSNorm",
    "RNNCell",
    "ReLU",
    "Residual",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "TransformerBlock",
    "freeze",
    "unfreeze",
]
