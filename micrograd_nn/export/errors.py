"""What cannot be exported: a package is missing, or a layer has no counterpart.

>>> from micrograd_nn.nn import Module
>>> class Mine(Module):
...     pass
>>> print(no_counterpart(Mine(), "net.0", "PyTorch", "Write it in torch.nn yourself."))
no counterpart in PyTorch: got net.0=Mine() (Mine); expected ... yourself.
"""

from __future__ import annotations

import importlib
from typing import Any

from micrograd_nn.nn import Module
from micrograd_nn.numbers import shortened


def imported(package: str, function: str) -> Any:
    """A package of the extra `export`.

    Args:
        package: Its name.
        function: What needs it, for the message.

    Raises:
        ImportError: If it is not installed.
    """
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ImportError(
            f"{function} needs {package.partition('.')[0]}: got no such module; "
            "expected it installed. Run: pip install 'micrograd-nn[export]'"
        ) from error


def no_counterpart(module: Module, name: str, where: str, advice: str) -> ValueError:
    """The error that says which layer cannot be carried over.

    Args:
        module: The layer.
        name: Where it is in the model.
        where: The library that has none.
        advice: What to do about it.
    """
    return ValueError(
        f"no counterpart in {where}: got {name}={shortened(module)} "
        f"({type(module).__name__}); expected a layer of micrograd_nn.nn that {where} "
        f"has too. {advice}"
    )
