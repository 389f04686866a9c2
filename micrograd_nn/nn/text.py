"""Modules as text, in the form that PyTorch made usual: children indented, by name.

>>> from micrograd_nn.nn import Linear, Residual
>>> Residual(Linear(2, 2))
Residual(
  (module): Linear(in_features=2, out_features=2, bias=True)
)
"""

from __future__ import annotations

import reprlib
from typing import Any


@reprlib.recursive_repr("(...)")  # a module may refer to the one that it is in
def described(module: Any) -> str:
    """The name of the class, then the arguments, then a line for each child."""
    arguments = module.extra_repr()
    lines = [f"({name}): {child!r}" for name, child in module._shown_children()]
    inner = [arguments] * bool(arguments) + lines
    if not lines:
        return f"{type(module).__name__}({arguments})"
    indented = "\n".join(inner).replace("\n", "\n  ")
    return f"{type(module).__name__}(\n  {indented}\n)"
