"""`Module`: anything that has parameters, found wherever it keeps them.

A subclass sets attributes and says in `__call__` what it computes. It need not list its
parameters, nor call `super().__init__()`:

>>> class Line(Module):
...     def __init__(self):
...         self.slope, self.offsets = Value(2.0), {"y": Value(1.0)}
...     def __call__(self, x):
...         return self.slope * x + self.offsets["y"]
>>> line = Line()
>>> line.state_dict()
{'slope': 2.0, 'offsets.y': 1.0}
>>> line(3.0)
Value(data=7.0, grad=0.0)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

from micrograd_nn import scopes, trees
from micrograd_nn.engine import Number, Value
from micrograd_nn.nn.state import IncompatibleKeys, load_state
from micrograd_nn.nn.summary import Summary, summarize
from micrograd_nn.nn.tensors import Tensor, is_leaf, load_tensors, named_tensors
from micrograd_nn.nn.text import described


class Found(NamedTuple):
    """Something in a module or a container, and how to get there.

    Attributes:
        thing: A Value, a Module, a list, a tuple or a dictionary.
        name: The keys on the way, with dots between: `layers.0.w`.
        holder: What it was found in; None where the search began.
        key: The name of an attribute, an index, or a key of a dictionary.
    """

    thing: Any
    name: str = ""
    holder: Found | None = None
    key: Any = None

    @property
    def steps(self) -> list[Found]:
        """What leads here, from where the search began, both included."""
        steps = [self]
        while steps[-1].holder is not None:
            steps.append(steps[-1].holder)
        return steps[::-1]

    @property
    def path(self) -> str:
        """As Python spells it, after the name of where it began: `.layers[0].w`."""
        return "".join(map(_spelled, self.steps[1:]))


class Module:
    """The base of everything that has parameters.

    A parameter is a Value that nothing was computed from, kept in an attribute of the
    module, of a module inside it, or of lists, tuples and dictionaries of those; sets
    and arrays are not searched. A result that is kept, such as the last loss, is no
    parameter.

    Attributes:
        training: Whether it is being trained; layers that do something else then ask.
        mixes_examples: Whether an output depends on more than one example, so that
            there must be a batch.
    """

    training = True
    mixes_examples: Any = False  # a bool, or a property
    __call__: Callable[..., Any]
    _buffers: tuple[str, ...] = ()

    def batch(self, rows: Sequence[Any]) -> list[Any]:
        """What this gives for each example of a batch; layers may mix them.

        A module that calls others in `__call__` says here what it does with rows, if
        one of those mixes examples.
        """
        return [self(row) for row in rows]

    @property
    def needs_batch(self) -> bool:
        """Whether this or a module inside it mixes examples, as batch norm does."""
        return any(module.mixes_examples for module in self.modules())

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__call__" in vars(cls):
            call = scopes.recorded(vars(cls)["__call__"])
            cls.__call__ = call  # type: ignore[method-assign]  # once, as it is made

    def __setattr__(self, name: str, thing: Any) -> None:
        scopes.note_kept(thing)
        super().__setattr__(name, thing)

    def parameters(self) -> list[Value]:
        """Every parameter once, in the order of definition."""
        return [parameter for _, parameter in self.named_parameters()]

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Every parameter once, with how to get there: `layers.0.neurons.1.w.2`.

        Raises:
            ValueError: If two have one name, through keys such as 1 and "1".
        """
        return self._named_leaves()[0]

    def buffers(self) -> list[Value]:
        """The Values that belong to the state, but are not trained."""
        return [buffer for _, buffer in self.named_buffers()]

    def named_buffers(self) -> list[tuple[str, Value]]:
        """Every buffer once, with its name as those of parameters."""
        return self._named_leaves()[1]

    def register_buffer(self, name: str, values: Any) -> None:
        """Set an attribute whose Values are not parameters: no optimizer trains them.

        Args:
            name: Of the attribute.
            values: A Value, nested lists of Values, or None.

        >>> module = Module()
        >>> module.register_buffer("steps", Value(3.0))
        >>> module.parameters(), module.state_dict()
        ([], {'steps': 3.0})
        """
        setattr(self, name, values)
        self._buffers = tuple(dict.fromkeys((*self._buffers, name)))

    def named_tensors(self) -> dict[str, Tensor]:
        """Parameters and buffers as nested lists, with PyTorch's names and shapes.

        A tensor that two modules share has both names.
        """
        return named_tensors(self)

    def load_tensors(self, tensors: Mapping[str, Any], strict: bool = True) -> None:
        """Assign arrays of numbers to the tensors of those names.

        Args:
            tensors: Arrays or nested lists by name; those that a `state_dict` of
                PyTorch has after `.tolist()`, too.
            strict: Whether missing and unexpected names are errors.

        Raises:
            ValueError: If names or shapes do not fit. Nothing was assigned then.

        >>> from micrograd_nn.nn import Linear
        >>> Linear(1, 2).load_tensors({"weight": [[1.0]]}, strict=False)
        Traceback (most recent call last):
        ValueError: tensors do not fit: ... shapes=['weight of (1, 1), not (2, 1)']...
        """
        load_tensors(self, tensors, strict)

    def modules(self) -> list[Module]:
        """This module and every module inside it, once, outer ones first."""
        return [module for _, module in self.named_modules()]

    def named_modules(self) -> list[tuple[str, Module]]:
        """The modules with their names; this one's own is the empty string."""
        return _modules(contents(self, kinds=HOLDERS))

    def children(self) -> list[Module]:
        """The modules directly inside this one, not those inside them."""
        return [module for _, module in self.named_children()]

    def named_children(self) -> list[tuple[str, Module]]:
        """The modules directly inside this one with their names."""
        return _modules(contents(self, False, HOLDERS)[1:])

    def zero_grad(self) -> None:
        """Set the grad of every parameter to 0; `backward()` adds to what is there."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def train(self, mode: bool = True) -> Self:
        """This module, it and all inside it now in training mode."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """This module, it and all inside it now out of training mode."""
        return self.train(False)

    def state_dict(self) -> dict[str, float]:
        """The number of every parameter and buffer by name, to be saved."""
        named = self.named_parameters() + self.named_buffers()
        return {name: value.data for name, value in named}

    def load_state_dict(
        self, state: Mapping[str, Number], strict: bool = True
    ) -> IncompatibleKeys:
        """Assign the numbers of `state` to the parameters and buffers of those names.

        Args:
            state: Numbers by name, as `state_dict` gives them.
            strict: Whether missing and unexpected names are errors.

        Returns:
            The missing and the unexpected names: two empty lists if `strict`.

        Raises:
            ValueError: If the names do not fit, or something is not a number. All is
                checked first: nothing was assigned then.

        >>> from micrograd_nn.nn import Neuron
        >>> Neuron(1).load_state_dict({"w.0": 2.0, "c": 1.0})
        Traceback (most recent call last):
        ValueError: state does not fit: got missing=['b'], unexpected=['c'], not ...
        """
        known = dict(self.named_parameters() + self.named_buffers())
        return load_state(type(self).__name__, known, state, strict)

    def summary(self, *example_inputs: Any) -> Summary:
        """A table of the layers: sizes, parameters, scalar nodes that a call records.

        Args:
            *example_inputs: What to call the module with, to count. Zeros unless given,
                where the number of inputs is known.

        >>> from micrograd_nn.nn import MLP
        >>> MLP(2, [4, 1]).summary()
        MLP       type   output  parameters  scalar nodes
        layers.0  Layer       4          12            20
        layers.1  Layer       1           5             8
        total                 1          17            28
        """
        return summarize(self, example_inputs)

    def extra_repr(self) -> str:
        """What the representation shows beside the modules inside: the arguments."""
        return ""

    def __repr__(self) -> str:
        return described(self)

    def _shown_children(self) -> list[tuple[str, Module]]:
        return self.named_children()

    def _sizes(self) -> tuple[int, int] | None:
        """How many numbers one call takes and gives, if that is fixed."""
        return None

    def _tensors(self) -> Mapping[str, Any]:
        """What may hold tensors, by the names that they should have."""
        return vars(self)

    def _named_leaves(self) -> tuple[list[tuple[str, Value]], list[tuple[str, Value]]]:
        """The parameters and the buffers."""
        found = contents(self)
        named = [(x.name, x.thing) for x in found if is_leaf(x.thing)]
        if len(dict(named)) < len(named):
            raise ValueError(_ambiguous(named))
        modules = [x.thing for x in found if isinstance(x.thing, Module)]
        held = [vars(m).get(name) for m in modules for name in m._buffers]
        buffers = set(map(id, trees.leaves(held)))
        return (
            [pair for pair in named if id(pair[1]) not in buffers],
            [pair for pair in named if id(pair[1]) in buffers],
        )


HOLDERS = (list, tuple, dict)


def contents(
    start: Any,
    through_modules: bool = True,
    kinds: tuple[type, ...] = (Value, *HOLDERS),
) -> list[Found]:
    """`start` and all Values, modules and containers in it, each once, outer first.

    Args:
        start: One of those; else there are none.
        through_modules: Whether to look into the modules that are found, too.
        kinds: What to look for beside modules; without Value it is quicker.
    """
    first, kinds = Found(start), (Module, *kinds)
    found: dict[int, Found] = {}
    stack = [first] if isinstance(start, kinds) else []
    while stack:
        here = stack.pop()
        if id(here.thing) not in found:
            found[id(here.thing)] = here
            if through_modules or here is first or not isinstance(here.thing, Module):
                stack += _parts(here, kinds)[::-1]
    return list(found.values())


def _parts(here: Found, kinds: tuple[type, ...]) -> list[Found]:
    thing, outer = here.thing, f"{here.name}." if here.name else ""
    if isinstance(thing, Value):
        return []
    pairs = enumerate(thing) if isinstance(thing, (list, tuple)) else _items(thing)
    return [
        Found(part, f"{outer}{key}", here, key)
        for key, part in pairs
        if isinstance(part, kinds)
    ]


def _items(thing: Any) -> Iterable[tuple[Any, Any]]:
    return (thing if isinstance(thing, dict) else vars(thing)).items()


def _modules(found: list[Found]) -> list[tuple[str, Module]]:
    return [(x.name, x.thing) for x in found if isinstance(x.thing, Module)]


def _spelled(step: Found) -> str:
    holder = step.holder.thing if step.holder else None
    return f".{step.key}" if isinstance(holder, Module) else f"[{step.key!r}]"


def _ambiguous(named: list[tuple[str, Value]]) -> str:
    names = [name for name, _ in named]
    doubled = next(name for name in names if names.count(name) > 1)
    return (
        f"two parameters of one name: got {doubled!r} twice; expected different keys. "
        "Rename one: keys are compared as text, and a dot counts as a level."
    )
