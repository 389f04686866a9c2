"""Reading an op's formulas with arrays: each function of `xp` becomes one NumPy call.

The formulas of a record run once, on expressions instead of numbers. Equal expressions
are one, so what a partial shares with the forward formula is computed once.

>>> trace = Trace()
>>> x = trace.operand("x")
>>> y = 1.0 / (1.0 + trace.xp.exp(-x))
>>> y.function, [a if isinstance(a, float) else a.function for a in y.arguments]
('divide', [1.0, 'add'])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType, SimpleNamespace
from typing import Any

from micrograd_nn.compiler.code import text
from micrograd_nn.namespaces import FLOATS
from micrograd_nn.op import Op

# Of the functions of `xp`, the NumPy ones that have another name.
NAMES = {"atan": "arctan", "pow": "power"}
REDUCTIONS = ("sum", "max", "min")  # over the operands of an n-ary op
BOOLEAN = ("greater", "greater_equal", "less", "less_equal", "equal")


class Expression:
    """A formula that arrays will be put into: a function and its arguments.

    Attributes:
        trace: What keeps equal expressions one.
        function: The NumPy function; for an operand its name in the program.
        arguments: Expressions and floats; none for an operand.
        stacked: Whether it has an axis over the operands of an n-ary op.
        boolean: Whether it holds truth values.
        scalar: Whether it is one Python float, not an array.
    """

    __slots__ = ("arguments", "boolean", "function", "scalar", "stacked", "trace")
    boolean: bool
    scalar: bool
    stacked: bool

    def __init__(self, trace: Trace, function: str, arguments: tuple[Any, ...]) -> None:
        self.trace, self.function, self.arguments = trace, function, arguments
        inner = [x for x in arguments if isinstance(x, Expression)]
        self.stacked = function not in (*REDUCTIONS, "entry") and any(
            x.stacked for x in inner
        )
        self.scalar = bool(inner) and all(x.scalar for x in inner)
        both = function == "multiply" and all(x.boolean for x in inner)
        self.boolean = function in BOOLEAN or (both and len(inner) == 2)

    def __bool__(self) -> bool:
        raise TypeError("an expression has no truth value")

    def __eq__(self, other: object) -> bool:
        raise TypeError("a formula asks whether two are equal with xp.equal")

    __hash__ = object.__hash__

    def __neg__(self) -> Any:
        return self.trace.apply("negative", self)

    def __abs__(self) -> Any:
        return self.trace.apply("absolute", self)


def _operator(function: str, reflected: bool = False) -> Callable[..., Any]:
    def method(self: Expression, other: Any) -> Any:
        pair = (other, self) if reflected else (self, other)
        return self.trace.apply(function, *pair)

    return method


for _name, _function in {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "pow": "power",
}.items():
    setattr(Expression, f"__{_name}__", _operator(_function))
    setattr(Expression, f"__r{_name}__", _operator(_function, reflected=True))
for _name, _function in {
    "gt": "greater",
    "ge": "greater_equal",
    "lt": "less",
    "le": "less_equal",
}.items():
    setattr(Expression, f"__{_name}__", _operator(_function))


class Trace:
    """The expressions of one group, each once, and the namespace that makes them."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Expression] = {}
        self.xp = SimpleNamespace(
            **{name: self._function(name) for name in vars(FLOATS)}
        )
        self.xp.each = lambda function, xs: function(xs)
        self.xp.step = self._step
        self.xp.pick = lambda xs, index: self.apply("entry", xs, index)
        self.xp.one_hot = lambda xs, index: self.apply("one_hot", xs, index)

    def operand(self, name: str, stacked: bool = False) -> Expression:
        """The expression that stands for an array of the program."""
        found: Expression = self.apply(name)
        found.stacked = stacked
        return found

    def owns(self, x: Any) -> bool:
        """Whether `x` is a formula that can be written out."""
        return isinstance(x, (Expression, float))

    def scalar(self, name: str) -> Expression:
        """The expression that stands for a Python float."""
        found: Expression = self.apply(name)
        found.scalar = True
        return found

    def apply(self, function: str, *arguments: Any) -> Any:
        """The expression of that function and those arguments, made once."""
        arguments = tuple(
            x if isinstance(x, Expression) else float(x) for x in arguments
        )
        if function == "power":
            function, arguments = _quicker_power(*arguments)
        if function == "divide":
            function, arguments = self._quicker_division(*arguments)
        key = (
            function,
            *(id(x) if isinstance(x, Expression) else (x, str(x)) for x in arguments),
        )
        if key not in self._known:
            self._known[key] = Expression(self, function, arguments)
        return self._known[key]

    def _quicker_division(self, x: Any, y: Any) -> tuple[str, tuple[Any, ...]]:
        # A product takes a third of the time, and is right to the last bit but one.
        if isinstance(x, Expression) and not x.scalar:
            if isinstance(y, float) and 1e-300 < abs(y) < 1e300:
                return "multiply", (x, 1.0 / y)
            if isinstance(y, Expression) and y.scalar:
                return "multiply", (x, self.apply("divide", 1.0, y))
        return "divide", (x, y)

    def _step(self, x: Any, below: float = 0.0) -> Any:
        # The sign of relu(x), so that a nan comes out; relu(x) is often there already.
        step = self.xp.sign(self.xp.maximum(x, 0.0))
        return step if below == 0.0 else step + below * (x <= 0.0)

    def _function(self, name: str) -> Callable[..., Any]:
        numpy_name, number = NAMES.get(name, name), getattr(FLOATS, name)

        def read(*arguments: Any) -> Any:
            if any(isinstance(x, Expression) for x in arguments):
                return self.apply(numpy_name, *arguments)
            return number(*arguments)

        return read


def _quicker_power(x: Any, exponent: Any) -> tuple[str, tuple[Any, ...]]:
    # NumPy's power takes twenty times as long as these, which give the same.
    quicker = {
        2.0: ("square", (x,)),
        -1.0: ("divide", (1.0, x)),
        1.0: ("positive", (x,)),
    }
    known = isinstance(exponent, float) and exponent in quicker
    return quicker[exponent] if known else ("power", (x, exponent))


def read_op(
    op: Op, operands: list[Any], trace: Trace, needed: Iterable[int]
) -> tuple[Expression, dict[int, Any]]:
    """The forward formula and, by position, those partials that are needed.

    Args:
        op: The record.
        operands: Its operands, expressions or floats; for an n-ary op one, stacked.
        trace: What made the expressions.
        needed: The positions; an n-ary op gives all its partials as one, at 0.
    """
    output = op.forward(trace.xp, *operands)
    needed = [0] if op.nary and any(True for _ in needed) else needed
    partials = {i: op.partials[i](trace.xp, output, *operands) for i in needed}
    return output, partials


def length(x: Any) -> int:
    """How many functions a formula has if every one is written out wherever it is used.

    >>> x = Trace().operand("x")
    >>> y = x * x
    >>> length(y), length(y * y)
    (1, 3)
    """
    lengths: dict[int, int] = {}
    for node in below([x]):
        inner = [lengths[id(a)] for a in node.arguments if isinstance(a, Expression)]
        lengths[id(node)] = sum(inner) + bool(node.arguments)
    return lengths.get(id(x), 0)


INFIX = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "greater": ">",
    "greater_equal": ">=",
    "less": "<",
    "less_equal": "<=",
}
CALLS = {
    "absolute": "abs",
    "divide": "quotient",
    "power": "SAFE.pow",
    "arctan": "SAFE.atan",
}


def as_floats(x: Any, names: Mapping[int, str] = MappingProxyType({})) -> str:
    """An expression as Python source for floats.

    Args:
        x: An expression or a float.
        names: By id of an expression, a name that holds its value already.

    >>> trace = Trace()
    >>> t = trace.scalar("t")
    >>> as_floats(1.0 - 0.5**t)
    '(1.0 - SAFE.pow(0.5, t))'
    """
    if not isinstance(x, Expression):
        return text(float(x))
    if id(x) in names or not x.arguments:
        return names.get(id(x), x.function)
    parts = [as_floats(argument, names) for argument in x.arguments]
    if x.function in INFIX:
        return f"({parts[0]} {INFIX[x.function]} {parts[1]})"
    if x.function == "where":
        return f"({parts[1]} if {parts[0]} else {parts[2]})"
    if x.function == "square":
        return f"({parts[0]} * {parts[0]})"
    if x.function in ("negative", "positive"):
        return f"({'-' if x.function == 'negative' else ''}{parts[0]})"
    name = CALLS.get(x.function, f"SAFE.{x.function}")
    return f"{name}({', '.join(parts)})"


def below(roots: Iterable[Any], until: Iterable[int] = ()) -> Iterator[Expression]:
    """Every expression under `roots`, arguments first, each once.

    Those whose ids are in `until` are left out, with what is under them alone.
    """
    seen: set[int] = set(until)
    stack = [(x, False) for x in reversed(list(roots)) if isinstance(x, Expression)]
    while stack:
        node, done = stack.pop()
        if done:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [
                (x, False)
                for x in reversed(node.arguments)
                if isinstance(x, Expression)
            ]
