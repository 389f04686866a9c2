"""Parameters as tensors: names and shapes as PyTorch and checkpoint files have them.

A parameter is a Value; nested lists of them are a tensor, with the name of the
attribute that holds them. So what `state_dict` lists number by number, this lists by
arrays.

>>> from micrograd_nn.nn import Linear
>>> layer = Linear(2, 3)
>>> {name: tensor.shape for name, tensor in layer.named_tensors().items()}
{'weight': (3, 2), 'bias': (3,)}
>>> layer.load_tensors({"weight": [[1, 2], [3, 4], [5, 6]], "bias": [7, 8, 9]})
>>> layer.named_tensors()["weight"].data
[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from micrograd_nn import epochs, trees
from micrograd_nn.engine import Value
from micrograd_nn.inputs import nested
from micrograd_nn.nn.examples import shape
from micrograd_nn.numbers import as_number, is_number, shortened
from micrograd_nn.op import CONSTANT, SOURCES


@dataclass(eq=False)
class Tensor:
    """Parameters in nested lists of equal lengths, or a single one.

    Attributes:
        values: The Values, in those lists.
        shape: The lengths, outermost first.
    """

    values: Any
    shape: tuple[int, ...]

    @property
    def data(self) -> Any:
        """Their numbers, in such lists."""
        numbers = iter([value.data for value in trees.leaves(self.values)])
        return trees.rebuilt(self.values, numbers)


def is_leaf(thing: object) -> bool:
    """Whether it is a Value that somebody made: nothing was computed to get it."""
    if not isinstance(thing, Value) or thing.operands:
        return False
    return thing.op is not CONSTANT and thing.op.name not in SOURCES


def named_tensors(module: Any) -> dict[str, Tensor]:
    """See `Module.named_tensors`."""
    return dict(_found(module, "", ()))


def load_tensors(module: Any, tensors: Mapping[str, Any], strict: bool) -> None:
    """See `Module.load_tensors`."""
    known = named_tensors(module)
    missing = [name for name in known if name not in tensors]
    unexpected = [name for name in tensors if name not in known]
    given = {name: nested(x) for name, x in tensors.items() if name in known}
    wrong = [
        f"{name} of {shape(x, is_number)}, not {known[name].shape}"
        for name, x in given.items()
        if shape(x, is_number) != known[name].shape
    ]
    if wrong or (strict and (missing or unexpected)):
        raise ValueError(_misfit(module, missing, unexpected, wrong))
    values = [v for name in given for v in trees.leaves(known[name].values)]
    numbers = [
        as_number(x, name) for name, tree in given.items() for x in trees.leaves(tree)
    ]
    epochs.assign(values, numbers)


def _found(
    thing: Any, name: str, around: tuple[int, ...]
) -> Iterator[tuple[str, Tensor]]:
    found = shape(thing, is_leaf)
    if found is not None and 0 not in found:
        yield name, Tensor(thing, found)
    elif id(thing) not in around:  # a module may refer to the one that it is in
        for key, part in _parts(thing):
            inner = f"{name}.{key}" if name else str(key)
            yield from _found(part, inner, (*around, id(thing)))


def _parts(thing: Any) -> Iterable[tuple[Any, Any]]:
    if hasattr(thing, "_tensors"):  # a module
        return thing._tensors().items()  # type: ignore[no-any-return]  # a mapping
    if isinstance(thing, dict):
        return thing.items()
    return enumerate(thing) if isinstance(thing, (list, tuple)) else ()


def _misfit(
    module: Any, missing: list[str], unexpected: list[str], wrong: list[str]
) -> str:
    return (
        f"tensors do not fit: got missing={shortened(missing, 300)}, "
        f"unexpected={shortened(unexpected, 300)}, wrong shapes="
        f"{shortened(wrong, 300)}; expected those of this {type(module).__name__}. "
        "Nothing was assigned: build the module as it was when they were saved."
    )
