"""Training mode and back: what a module was before, it is after.

>>> from micrograd_nn.nn import Dropout
>>> layer = Dropout(0.5)
>>> with in_mode(layer, training=False):
...     print(layer.training)
False
>>> layer.training
True
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from micrograd_nn.nn import Module


@contextmanager
def in_mode(model: Module, training: bool) -> Iterator[None]:
    """A context in which a module and all inside it are in training mode, or not."""
    modules = model.modules()
    before = [vars(module).get("training") for module in modules]
    try:
        for module in modules:
            module.training = training
        yield
    finally:
        for module, mode in zip(modules, before, strict=True):
            _restore(module, mode)


def _restore(module: Module, mode: bool | None) -> None:
    if mode is None:
        vars(module).pop("training", None)  # the class has it
    else:
        module.training = mode
