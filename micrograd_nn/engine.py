"""`Value`: a number that remembers how it was computed, and so knows its gradient.

Arithmetic on Values records a graph: each result keeps its op and its operands.
`backward()` walks that graph from the result to the leaves and applies the chain rule,
one product for each operand of each node:

    operand.grad += partial * node.grad

>>> a, b = Value(2.0), Value(-3.0)
>>> c = a * b + a
>>> c.backward()
>>> a.grad, b.grad
(-2.0, 2.0)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from micrograd_nn import by_hand, copying, epochs, ops, recording
from micrograd_nn.anomaly import report_result
from micrograd_nn.chain_rule import local_partials, propagate, run_backward
from micrograd_nn.conversions import Conversions
from micrograd_nn.namespaces import FLOAT_ERRORS, FLOATS, read_floats
from micrograd_nn.numbers import as_number, is_number
from micrograd_nn.op import CONSTANT, LEAF, SOURCES, Op

Number = Any  # what as_number takes: int, float, Fraction, Decimal, NumPy's scalars

# A dictionary for what users set (`p.m = 0.0`) is free until it is used, from Python
# 3.13 on. Before, it comes with room for one entry, and grad takes it. Either way a
# node and its number take 126 bytes: docs/design/0001-op-record.md.
_GRAD_SLOT = ("grad",) if sys.version_info >= (3, 13) else ()


class Value(Conversions):
    """A float with a gradient and a memory of the op that made it.

    Args:
        data: The number; anything real becomes a float.
        _children: Operands, for an op written by hand. Values.
        _op: Its symbol; or, as in microgpt, a tuple of its partials.
        label: A name for pictures and messages.

    Attributes:
        data: The number, always a float. Assign it on leaves only, between passes.
        grad: What `backward()` found, 0.0 before. Leaves add up over calls.
        op: The record of the op that made it; `LEAF` if nothing did.
        operands: The Values that it was made of, in order, repeated ones included.

    Any other attribute may be set, on any Value. Equality and hash are those of
    identity, so Values may be kept in sets; `<` and its like compare data. One graph
    belongs to one thread.

    Raises:
        TypeError: If `data` is not a real number, or a child is not a Value.
        OverflowError: If `data` is beyond the range of a float.

    >>> Value(2, label="x")
    Value(data=2.0, grad=0.0, label='x')
    """

    # `_a` and `_b` are the operands, or None; three or more are a tuple in `_a`.
    __slots__ = ("__dict__", "_a", "_b", "_data", "op", *_GRAD_SLOT)

    _a: Any
    _b: Any
    _data: float
    op: Op
    grad: float
    # Not slots, but defaults: most Values have no name, and few have data assigned.
    label: str = ""
    _changed: int = 0
    _symbol: str = ""

    def __init__(
        self,
        data: Number,
        _children: Iterable[Value] = (),
        _op: str | Sequence[float] = "",
        label: str = "",
    ) -> None:
        self._data = as_number(data, "data")
        self.grad = 0.0
        self.op = CONSTANT if recording.pauses and recording.is_symbolic() else LEAF
        self._a = self._b = None
        operands = tuple(_children)
        if operands or _op:
            by_hand.record(self, operands, _op)
        if label:
            self.label = label

    @property
    def data(self) -> float:
        """The number, always a float."""
        if recording.pauses:
            recording.refuse_if_symbolic("v.data", self)
        return self._data

    @data.setter
    def data(self, data: Number) -> None:
        recording.refuse_if_symbolic("v.data = number", self)
        number = as_number(data, "data")
        epochs.mark_changed(self)  # first, so that no interrupt comes in between
        self._data = number

    @property
    def operands(self) -> tuple[Value, ...]:
        """The Values that this was made of, in order; none for a leaf."""
        a, b = self._a, self._b
        if b is not None:
            return (a, b)
        if a is None:
            return ()
        return a if a.__class__ is tuple else (a,)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        if self._has_no_number():
            return f"Value(<{self.op.name}>{label})"
        return f"Value(data={self._data}, grad={self.grad}{label})"

    def __format__(self, spec: str) -> str:
        plain = not spec or self._has_no_number()
        return str(self) if plain else format(self._data, spec)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """How a notebook shows this: as text, and as the graph that computed it."""
        from micrograd_nn.viz.notebook import repr_mimebundle  # asked for by few

        return repr_mimebundle(self, include, exclude)

    def _has_no_number(self) -> bool:
        nan = self._data != self._data
        return nan and (self.op.name in SOURCES or recording.is_symbolic())

    # Arithmetic: one line for each op ----------------------------------------------

    def __add__(self, other: Value | Number) -> Value:
        return _binary(ops.ADD, self, other)

    def __radd__(self, other: Number) -> Value:
        return _reflected(ops.ADD, other, self)

    def __sub__(self, other: Value | Number) -> Value:
        return _binary(ops.SUB, self, other)

    def __rsub__(self, other: Number) -> Value:
        return _reflected(ops.SUB, other, self)

    def __mul__(self, other: Value | Number) -> Value:
        return _binary(ops.MUL, self, other)

    def __rmul__(self, other: Number) -> Value:
        return _reflected(ops.MUL, other, self)

    def __truediv__(self, other: Value | Number) -> Value:
        return _binary(ops.DIV, self, other)

    def __rtruediv__(self, other: Number) -> Value:
        return _reflected(ops.DIV, other, self)

    def __pow__(self, other: Value | Number) -> Value:
        if is_number(other):
            return _unary(ops.power(as_number(other, "exponent")), self)
        return _binary(ops.POW, self, other)

    def __rpow__(self, other: Number) -> Value:
        return _reflected(ops.POW, other, self)

    def __neg__(self) -> Value:
        return _unary(ops.NEG, self)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return _unary(ops.ABS, self)

    def exp(self) -> Value:
        """The exponential."""
        return _unary(ops.EXP, self)

    def log(self) -> Value:
        """The natural logarithm; -inf at 0, nan below."""
        return _unary(ops.LOG, self)

    def log1p(self) -> Value:
        """log(1 + this), exact near 0."""
        return _unary(ops.LOG1P, self)

    def expm1(self) -> Value:
        """exp(this) - 1, exact near 0."""
        return _unary(ops.EXPM1, self)

    def sqrt(self) -> Value:
        """The square root; nan below 0."""
        return _unary(ops.SQRT, self)

    def sin(self) -> Value:
        """The sine, of radians."""
        return _unary(ops.SIN, self)

    def cos(self) -> Value:
        """The cosine, of radians."""
        return _unary(ops.COS, self)

    def tan(self) -> Value:
        """The tangent, of radians."""
        return _unary(ops.TAN, self)

    def atan(self) -> Value:
        """The inverse tangent, in radians."""
        return _unary(ops.ATAN, self)

    def tanh(self) -> Value:
        """The hyperbolic tangent."""
        return _unary(ops.TANH, self)

    def sigmoid(self) -> Value:
        """1 / (1 + exp(-this)), which cannot overflow."""
        return _unary(ops.SIGMOID, self)

    def relu(self) -> Value:
        """This above 0, else 0; the partial at 0 is 0."""
        return _unary(ops.RELU, self)

    def leaky_relu(self, negative_slope: float = 0.01) -> Value:
        """This above 0, else `negative_slope` times this."""
        return _unary(ops.leaky_relu(as_number(negative_slope, "negative_slope")), self)

    def elu(self, alpha: float = 1.0) -> Value:
        """This above 0, else `alpha * (exp(this) - 1)`."""
        return _unary(ops.elu(as_number(alpha, "alpha")), self)

    def gelu(self) -> Value:
        """This times the normal distribution function of this."""
        return _unary(ops.GELU, self)

    def silu(self) -> Value:
        """This times its sigmoid; also called swish."""
        return _unary(ops.SILU, self)

    def softplus(self) -> Value:
        """log(1 + exp(this)), which cannot overflow."""
        return _unary(ops.SOFTPLUS, self)

    def erf(self) -> Value:
        """The error function."""
        return _unary(ops.ERF, self)

    def erfc(self) -> Value:
        """1 - erf(this), exact where erf is nearly 1."""
        return _unary(ops.ERFC, self)

    def maximum(self, other: Value | Number) -> Value:
        """The larger of two; a tie shares the gradient in halves."""
        return apply(ops.MAXIMUM, self, other)

    def minimum(self, other: Value | Number) -> Value:
        """The smaller of two; a tie shares the gradient in halves."""
        return apply(ops.MINIMUM, self, other)

    # Backpropagation.

    def backward(self) -> None:
        """Fill `.grad` of every Value below with d(self)/d(that Value).

        Leaves add to the grad they had, so that calls accumulate; every other node gets
        the grad of this pass. If anything interrupts the pass, leaves keep the grads
        they had and the next call is right.

        Raises:
            RuntimeError: If `.data` was assigned after it was used.

        >>> x = Value(3.0)
        >>> (x * x).backward()
        >>> x.grad
        6.0
        """
        recording.refuse_if_symbolic("v.backward()", self)
        run_backward(self)

    @property
    def _backward(self) -> Callable[[], None]:
        """The one step of `backward()` that this node does; may be set by hand."""
        step: Callable[[], None] | None = self.__dict__.get("_step")
        return step or (lambda: propagate(self))

    @_backward.setter
    def _backward(self, step: Callable[[], None]) -> None:
        by_hand.set_step(self, step)

    # The names of micrograd and microgpt.

    @property
    def _prev(self) -> tuple[Value, ...]:
        return self.operands

    _children = _prev

    @property
    def _op(self) -> str:
        return str(self.op.symbol) if self.operands else self._symbol

    @property
    def _local_grads(self) -> tuple[float, ...]:
        return tuple(local_partials(self))

    # Copies: of this node alone, and of the whole graph at any depth.

    def __copy__(self) -> Value:
        recording.refuse_if_symbolic("a copy of v", self)
        return copying.copy_node(self)  # type: ignore[no-any-return]  # a Value

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        recording.refuse_if_symbolic("a copy of v", self)
        return copying.copy_graph(self, memo)  # type: ignore[no-any-return]  # a Value

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        recording.refuse_if_symbolic("a copy of v", self)
        return copying.reduce_graph(self)


def apply(op: Op, *operands: Value | Number) -> Value:
    """The Value that `op` gives for `operands`, recorded. For ops of your own.

    Args:
        op: The record; see `micrograd_nn.op.Op`.
        operands: Values or numbers; an n-ary op takes any number of them.

    Raises:
        TypeError: If an operand is not a number, or there are too many or too few.

    >>> cube = Op("cube", lambda xp, x: x * x * x, (lambda xp, y, x: 3.0 * x * x,))
    >>> apply(cube, Value(2.0))
    Value(data=8.0, grad=0.0)
    """
    values = [
        x
        if isinstance(x, Value)
        else constant(as_number(x, f"operand {i} of {op.name}"))
        for i, x in enumerate(operands)
    ]
    if not op.nary and len(values) != len(op.partials or ()):
        raise TypeError(
            f"wrong number of operands: got {len(values)} for {op.name}; "
            f"expected {len(op.partials or ())}. See Op.partials."
        )
    if op.nary or not 1 <= len(values) <= 2:
        result = _many(op, tuple(values))
    else:
        result = _unary(op, *values) if len(values) == 1 else _binary(op, *values)
    result._data = float(result._data)  # an op of a user's own may give an int
    return result


# Recording: the result of an op, as a new node. `_unary` and `_binary` repeat a few
# lines, because one more call for each node costs a tenth of a training step.
_new = object.__new__

# Before 3.13 the room for grad is sized by the objects that came before the first one.
for _ in range(30):
    _new(Value)


def constant(number: float) -> Value:
    """A Value for a number in a formula: a leaf whose grad nobody asked for."""
    node = _new(Value)
    node._data = number
    node.grad = 0.0
    node.op = CONSTANT
    node._a = node._b = None
    return node


def source(mark: Op, label: str = "") -> Value:
    """A Value without a number: what a program is given, or draws, when it runs."""
    node = constant(math.nan)
    node.op = mark
    if label:
        node.label = label
    return node


def _unary(op: Op, a: Value) -> Value:
    x = a._data
    try:
        data = op.forward(FLOATS, x)
    except FLOAT_ERRORS:
        data = read_floats(op.forward, x)
    if data - data:  # nan, so true, unless data is finite
        report_result(op, data, (a,))
    if recording.pauses and recording.is_paused():
        return constant(data)
    node = _new(Value)
    node._data = data
    node.grad = 0.0
    stamp = op.stamp
    node.op = stamp if stamp and stamp.epoch == epochs.now else epochs.stamped(op)
    node._a = a
    node._b = None
    return node


def _binary(op: Op, a: Value, b: Value | Number) -> Value:
    if b.__class__ is not Value and not isinstance(b, Value):
        if not is_number(b):
            return NotImplemented  # type: ignore[no-any-return]  # as Python asks
        b = constant(as_number(b, "operand"))
    x, y = a._data, b._data
    try:
        data = op.forward(FLOATS, x, y)
    except FLOAT_ERRORS:
        data = read_floats(op.forward, x, y)
    if data - data:
        report_result(op, data, (a, b))
    if recording.pauses and recording.is_paused():
        return constant(data)
    node = _new(Value)
    node._data = data
    node.grad = 0.0
    stamp = op.stamp
    node.op = stamp if stamp and stamp.epoch == epochs.now else epochs.stamped(op)
    node._a = a
    node._b = b
    return node


def _reflected(op: Op, other: Number, value: Value) -> Value:
    """`op` with a number on the left."""
    if not is_number(other):
        return NotImplemented  # type: ignore[no-any-return]  # as Python asks
    return _binary(op, constant(as_number(other, "operand")), value)


def _many(op: Op, operands: tuple[Value, ...]) -> Value:
    numbers = [operand._data for operand in operands]
    data = read_floats(op.forward, *([numbers] if op.nary else numbers))
    if data - data:
        report_result(op, data, operands)
    node = constant(data)
    if operands and not recording.is_paused():
        node.op, node._a = epochs.stamped(op), operands
    return node
