"""The arrays that a program is called with: checked before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.compiler.placeholders import Spec, argument_names
from micrograd_nn.losses import Domain
from micrograd_nn.numbers import shortened

Array = NDArray[Any]
SHAPES = 1000  # that are remembered
NEXT_STEP = "Pass one array for each argument, examples along the first axis."


class Batch(NamedTuple):
    """Examples: for each argument an array with a row for each of them.

    Attributes:
        function: What they are the arguments of.
        arrays: The arrays, of float64 or intp, in one piece each.
        specs: The shape of one example and whether it holds integers, for each array.
        size: How many examples there are.
    """

    function: Any
    arrays: Sequence[Array]
    specs: tuple[Spec, ...]
    size: int

    def parts(self, most: int) -> Iterator[Batch]:
        """The batch in pieces of at most so many examples."""
        if self.size <= most:
            yield self
            return
        for start in range(0, self.size, most):
            rows = [array[start : start + most] for array in self.arrays]
            yield Batch(self.function, rows, self.specs, len(rows[0]))

    def check_indexes(self, limits: Iterable[tuple[int, int]]) -> None:
        """Refuse indexes that no table has.

        Args:
            limits: The positions of arrays that hold indexes, and the sizes of tables.

        Raises:
            ValueError: Naming the first that is wrong.
        """
        for position, limit in limits:
            array = self.arrays[position]
            if array.min() < 0 or array.max() >= limit:
                self._refuse_index(position, limit)

    def check_domain(self, position: int, columns: list[int], domain: Domain) -> None:
        """Refuse targets that a loss does not accept.

        Args:
            position: Of the array that holds them.
            columns: Which numbers of each example they are.
            domain: What is accepted, and in words.

        Raises:
            ValueError: Naming the first that is wrong.
        """
        accepts, expected = domain
        rows = self.arrays[position].reshape(self.size, -1)
        numbers = rows if len(columns) == rows.shape[1] else rows[:, columns]
        right = accepts(numbers)
        if right is not True and not right.all():
            name = _name(self.function, position, len(self.arrays))
            raise ValueError(
                f"not a target of this loss: got {name}={numbers[~right][0]!s} "
                f"({numbers.dtype}); expected {expected}."
            )

    def _refuse_index(self, position: int, limit: int) -> NoReturn:
        array = self.arrays[position]
        name = _name(self.function, position, len(self.arrays))
        wrong = array[(array < 0) | (array >= limit)].flat[0]
        raise ValueError(
            f"no such index: got {name}={wrong} (int); expected an integer from 0 to "
            f"{limit - 1}. Count from 0, and record the table as large as it gets."
        )


def read_batch(arrays: Sequence[Any], function: Any) -> Batch:
    """The arguments of a call as a batch.

    Raises:
        TypeError: If there are too many or too few, or one holds no real numbers.
        ValueError: If one is ragged or has no batch axis, or their lengths differ.
    """
    try:  # the shapes that a training loop brings are the same in each step
        key = tuple([(a.shape, a.dtype.num, a.strides, type(a)) for a in arrays])
        return Batch(function, arrays, *_KNOWN[callable(function), key])
    except (AttributeError, KeyError, TypeError):
        return _checked(arrays, function)


_KNOWN: dict[Any, tuple[tuple[Spec, ...], int]] = {}


def _checked(arrays: Sequence[Any], function: Any) -> Batch:
    if not callable(function) and arrays:
        raise TypeError(
            f"no inputs: got {len(arrays)} arrays for a program of one Value; expected "
            "none. Compile a function to pass batches."
        )
    found = [as_array(x, _name(function, i, len(arrays))) for i, x in enumerate(arrays)]
    sizes = [len(array) for array in found]
    size = sizes[0] if sizes else 1
    if not size or sizes.count(size) != len(sizes):
        names = argument_names(function, len(arrays))
        shapes = ", ".join(f"{n}: {a.shape}" for n, a in zip(names, found, strict=True))
        raise ValueError(
            f"not one batch: got arrays of shapes {shapes}; expected as many examples "
            f"in each, and at least one. {NEXT_STEP}"
        )
    specs = tuple(Spec(a.shape[1:], a.dtype.kind == "i") for a in found)
    key = tuple((a.shape, a.dtype.num, a.strides, np.ndarray) for a in found)
    if len(_KNOWN) >= SHAPES:
        _KNOWN.clear()
    _KNOWN[callable(function), key] = specs, size
    return Batch(function, found, specs, size)


def _name(function: Any, position: int, count: int) -> str:
    return argument_names(function, count)[position]


def as_array(x: Any, name: str) -> Array:
    """`x` as float64 or intp, in one piece.

    Raises:
        TypeError: If it holds no real numbers.
        ValueError: If it is ragged, has no axis, or integers are too large.
    """
    try:
        array = np.asarray(x)
    except (RuntimeError, TypeError) as error:  # as PyTorch for what has a gradient
        raise TypeError(
            f"not an array of numbers: got {name} ({type(x).__name__}), which NumPy "
            f"cannot read: {error}; expected real numbers. {NEXT_STEP}"
        ) from None
    except ValueError:  # NumPy's word for it is "inhomogeneous"
        raise ValueError(
            f"ragged: got {name}={shortened(x)} ({type(x).__name__}); expected rows of "
            "one length. Fill them up to one length, or pass them by length."
        ) from None
    if array.dtype.kind not in "biuf" or isinstance(x, np.ma.MaskedArray):
        raise TypeError(
            f"not an array of numbers: got {name}={shortened(x)} "
            f"({type(x).__name__} of {array.dtype}); expected real numbers. {NEXT_STEP}"
        )
    if not array.ndim:
        raise ValueError(
            f"no batch axis: got {name}={shortened(x)} ({type(x).__name__}); expected "
            f"an array with a row for each example. {NEXT_STEP}"
        )
    if array.dtype.kind == "f":
        return np.ascontiguousarray(array, dtype=np.float64)
    if not _fits(array):
        raise ValueError(
            f"too large for an integer: got {name} with {array.min()} to {array.max()} "
            f"({array.dtype}); expected integers of {np.iinfo(np.intp).bits} bits "
            "with a sign. Pass an array of floats."
        )
    return np.ascontiguousarray(array, dtype=np.intp)


def _fits(array: Array) -> bool:
    """Whether these integers are some that NumPy can count places with."""
    if np.can_cast(array.dtype, np.intp) or not array.size:
        return True
    limits = np.iinfo(np.intp)
    return limits.min <= int(array.min()) and int(array.max()) <= limits.max
