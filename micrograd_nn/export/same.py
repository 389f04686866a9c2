"""`assert_same`: whether two models compute the same, whatever library they are of.

>>> from micrograd_nn.nn import Linear
>>> double = Linear(1, 1)
>>> double.load_tensors({"weight": [[2.0]], "bias": [0.0]})
>>> assert_same(double, lambda X: X + X, [[1.0], [3.0]])
>>> assert_same(double, lambda X: X * X, [[0.0], [3.0]])
Traceback (most recent call last):
AssertionError: not the same: got 9.0 for example 1, output 0; expected 6.0. ...
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.nn import Module
from micrograd_nn.numbers import shortened
from micrograd_nn.ranges import in_range
from micrograd_nn.training.predicting import predict

Model = Module | Callable[[Any], Any]


def assert_same(model: Model, other: Model, X: Any, tolerance: float = 1e-12) -> None:
    """Run two models on a batch, and raise if any output differs.

    Args:
        model: What is right: a module, run as `predict` does; a module of PyTorch, out
            of training and without gradients; or a function of an array.
        other: What is to be checked: one of these, too.
        X: An example a row.
        tolerance: The largest difference that is rounding, as a share of the largest
            output of `model`, or of 1 if all are smaller.

    Raises:
        AssertionError: If outputs differ, telling where the most; or their shapes do.
        TypeError: If something cannot be run, or gives several arrays.
        ValueError: If `tolerance` is below 0.
    """
    in_range(tolerance, "tolerance")
    expected, found = _outputs(model, X, "model"), _outputs(other, X, "other")
    if found.shape != expected.shape:
        raise AssertionError(
            f"shapes differ: got outputs of shape {found.shape} from other; expected "
            f"{expected.shape}, as model gives. The first axis is that of examples."
        )
    sizes = np.abs(expected[np.isfinite(expected)])
    bound = tolerance * sizes.max(initial=1.0)
    differences = _differences(found, expected)
    if differences.max(initial=0.0) > bound:
        raise AssertionError(_where(differences, found, expected, bound))


def _outputs(model: Any, X: Any, name: str) -> NDArray[np.float64]:
    if isinstance(model, Module):
        outputs = predict(model, X)
    elif _is_of_torch(model):
        outputs = _run_torch(model, np.asarray(X))
    elif callable(model):
        outputs = model(np.asarray(X))
    else:
        raise TypeError(
            f"not a model: got {name}={shortened(model)} ({type(model).__name__}); "
            "expected a module, of this library or PyTorch, or a function of an array."
        )
    return _as_array(outputs, name)


def _is_of_torch(model: Any) -> bool:
    torch = sys.modules.get("torch")  # whoever made such a module has imported it
    return torch is not None and isinstance(model, torch.nn.Module)


def _run_torch(model: Any, X: NDArray[Any]) -> Any:
    """The outputs, from numbers of the kind that its parameters are."""
    torch = sys.modules["torch"]
    inputs = torch.as_tensor(X)
    kinds = [p for p in model.parameters() if p.is_floating_point()]
    if kinds and inputs.is_floating_point():
        inputs = inputs.to(kinds[0])
    modes = {module: module.training for module in model.modules()}
    try:
        with torch.no_grad():
            return model.eval()(inputs)
    finally:
        for module, mode in modes.items():
            module.training = mode


def _as_array(outputs: Any, name: str) -> NDArray[np.float64]:
    if isinstance(outputs, (tuple, dict)):
        raise TypeError(
            f"several outputs: got a {type(outputs).__name__} from {name}; expected an "
            "array. Pass a function that returns the one to compare, such as "
            "lambda X: predict(model, X)[0]."
        )
    if hasattr(outputs, "detach"):  # a tensor
        outputs = outputs.detach().cpu().numpy()
    return np.asarray(outputs, dtype=np.float64)


def _differences(found: Any, expected: Any) -> NDArray[np.float64]:
    """How far outputs are apart: not at all if both are the same infinity, or nan."""
    with np.errstate(invalid="ignore"):
        apart = np.abs(found - expected)
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))
    result: NDArray[np.float64] = np.where(same, 0.0, np.nan_to_num(apart, nan=np.inf))
    return result


def _where(differences: Any, found: Any, expected: Any, bound: float) -> str:
    """What to say of the largest difference."""
    place = np.unravel_index(np.argmax(differences), differences.shape)
    example, *output = map(int, place)
    numbers = ", ".join(map(str, output))
    where = f"example {example}" + (f", output {numbers}" if output else "")
    return (
        f"not the same: got {float(found[place])!r} for {where}; expected "
        f"{float(expected[place])!r}. That is the largest difference, "
        f"{differences[place]:.3g}, where {bound:g} is allowed; "
        f"{int((differences > 0).sum())} of {differences.size} outputs differ."
    )
