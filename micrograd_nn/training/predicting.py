"""What a trained model says of examples: outputs, probabilities, and a score.

>>> from micrograd_nn.nn import Linear
>>> model = Linear(1, 1)
>>> model.load_tensors({"weight": [[2.0]], "bias": [1.0]})
>>> predict(model, [[0.0], [3.0]])
array([[1.],
       [7.]])
>>> score(model, [[0.0], [3.0], [4.0]], [1.0, 7.0, 9.0])
1.0
"""

from __future__ import annotations

import functools
import threading
from typing import Any

import numpy as np

from micrograd_nn.compiler import Program, compile
from micrograd_nn.nn import Module
from micrograd_nn.training.backend import quietly
from micrograd_nn.training.checkpoint import require_module
from micrograd_nn.training.eager import evaluating, numbers_of, outputs_of
from micrograd_nn.training.examples import Array, read_examples, read_inputs
from micrograd_nn.training.modes import in_mode
from micrograd_nn.training.tasks import task_of

MODELS = 8  # whose programs are kept


def predict(model: Module, X: Any) -> Any:
    """The outputs of a model for each example, out of training.

    A program is recorded at the first call, and kept for the models that were used
    last; a model that cannot be compiled is called one example at a time.

    Args:
        model: The model.
        X: An example a row; a tuple of arrays for a model of several arguments.

    Returns:
        An array with a row for each example; where outputs are no array, a list or
        what the model returns, with arrays in it.

    Raises:
        TypeError: If that is no module, or `X` holds no numbers.
        ValueError: If shapes do not fit, or a number is not finite.
    """
    require_module(model)
    inputs = read_inputs(X)
    with in_mode(model, False):
        return _outputs(model, inputs)


def predict_proba(model: Module, X: Any) -> Array:
    """The probability of each class, for each example.

    Args:
        model: Its outputs are logits: several for as many classes, or one for two.
        X: As for `predict`.

    Returns:
        An array with a column for each class: the softmax of several outputs; of one
        output 1 - p and p, where p is its sigmoid.

    Raises:
        TypeError: As for `predict`.
        ValueError: As for `predict`; or if the outputs are no logits.

    >>> from micrograd_nn.nn import Identity
    >>> predict_proba(Identity(), [[0.0, 0.0]]), predict_proba(Identity(), [[0.0]])
    (array([[0.5, 0.5]]), array([[0.5, 0.5]]))
    """
    logits = predict(model, X)
    if not isinstance(logits, np.ndarray):
        raise ValueError(
            f"not logits: got outputs in a {type(logits).__name__}; expected an array. "
            "Have the model return a list of Values of one length."
        )
    if logits.ndim == 1 or logits.shape[-1] == 1:
        logit = logits.reshape(len(logits), *logits.shape[1:-1])
        logits = np.stack([np.zeros_like(logit), logit], axis=-1)
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    found: Array = powers / powers.sum(axis=-1, keepdims=True)
    return found


def score(model: Module, X: Any, y: Any, loss: Any = None) -> float:
    """How good a model is on examples: its accuracy, or R² for numbers.

    Args:
        model: Its outputs are logits, or numbers.
        X: As for `predict`.
        y: The target of each. Whole numbers for several outputs are classes; 0 and 1,
            or -1 and 1, for one output are two; else R² is taken, 1 - the squared
            errors over those of the mean, as in scikit-learn.
        loss: What it was trained with, if that was given: a net that learned 0 and 1 by
            "mse_loss" gives numbers, no logits.

    Raises:
        TypeError: As for `predict`.
        ValueError: As for `predict`; or if outputs and targets differ in shape.
    """
    examples = read_examples(X, y)
    outputs = predict(model, X)
    shape = outputs.shape[1:] if isinstance(outputs, np.ndarray) else None
    hits = task_of(loss, shape, examples.targets).hits
    if hits is not None:
        return float(hits(outputs, examples.targets).mean())
    return _r2(outputs, examples.targets)


def _outputs(model: Module, inputs: tuple[Array, ...]) -> Any:
    program = _program(model, threading.get_ident())
    program.check_unchanged()
    try:
        if model.needs_batch:
            raise TypeError("a batch is no example")
        program.prepare(inputs)
    except Exception:  # a model that cannot be compiled, or an example that is wrong
        with evaluating(model):
            return numbers_of(outputs_of(model, inputs))
    program.random = np.random.default_rng(0)
    with quietly():
        return program(*inputs)


@functools.lru_cache(MODELS)
def _program(model: Module, thread: int) -> Program:
    """A program of the model; each thread has its own, since its runs share arrays."""
    return compile(model, [])


def _r2(outputs: Any, targets: Array) -> float:
    """The mean over outputs; as in scikit-learn 1 or 0 if the targets are all equal."""
    try:
        columns = np.asarray(outputs, dtype=float).reshape(len(targets), -1)
        errors = columns - targets.reshape(columns.shape)
    except ValueError:
        raise ValueError(
            f"shapes differ: got outputs of shape {np.shape(outputs)} for targets of "
            f"shape {targets.shape}; expected an output for each target."
        ) from None
    squares = (errors**2).sum(axis=0)
    around = targets.reshape(columns.shape)
    spread = ((around - around.mean(axis=0)) ** 2).sum(axis=0)
    constant = np.where(squares == 0.0, 1.0, 0.0)
    ratio = squares / np.where(spread == 0.0, 1.0, spread)
    return float(np.where(spread == 0.0, constant, 1.0 - ratio).mean())
