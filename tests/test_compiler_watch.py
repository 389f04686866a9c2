import collections
import copy
import functools
import re
import sys
import types

import numpy as np
import pytest

from micrograd_nn import Value
from micrograd_nn.compiler.reachable import reachable, spelled
from micrograd_nn.compiler.watch import Watch
from micrograd_nn.nn import MLP, Module

SCALE = 2.0
WEIGHTS = [Value(1.0), Value(2.0)]
LIMITS = {"low": 0.0, "high": 1.0}
settings = types.ModuleType("settings")


def scaled(x):
    return SCALE * x


def through_another(x):
    return [scaled(y) for y in x]


def weighted(x):
    return WEIGHTS[0] * x + LIMITS["low"]


def configured(x):
    return settings.depth * x


def with_defaults(x, rate=0.1, *, layers=("a", ["b"])):
    return x


class Net(Module):
    gain = 1.0

    def __init__(self):
        self.model = MLP(2, [3, 1])
        self.dropout = 0.1
        self.notes = {"author": "me", "seen": [1, 2]}

    def __call__(self, x):
        return self.rescaled(self.model(x))

    def rescaled(self, x):
        return SCALE * x * self.gain


class Trainer:
    def __init__(self):
        self.net, self.history, self.step, self.l2 = Net(), [], 0, 1e-4

    def loss(self, x):
        return self.net(x) + self.l2

    def fit(self):
        self.history.append(self.loss([1.0, 2.0]))
        self.step += 1


class Slotted:
    __slots__ = ("factor", "other")

    def __init__(self):
        self.factor = 2.0

    def __call__(self, x):
        return self.factor * x


class Reader:
    def __init__(self):
        self.w = 1.0

    def __call__(self, x):
        return getattr(self, "w") * x  # noqa: B009 - the point of it


def closure():
    layers, rate = [MLP(1, [1])], 0.5
    found = {"a": (layers, [3.0])}

    def f(x):
        return layers[0](x) * rate + found["a"][1][0]

    def change(new):
        nonlocal rate
        rate = new

    return f, layers, found, change


@pytest.fixture(autouse=True)
def _reset(monkeypatch):
    settings.__file__ = __file__
    settings.depth, settings.unused = 3, 4
    monkeypatch.setitem(globals(), "SCALE", 2.0)
    monkeypatch.setitem(globals(), "WEIGHTS", list(WEIGHTS))
    monkeypatch.setitem(globals(), "LIMITS", dict(LIMITS))
    monkeypatch.setitem(sys.modules, "settings", settings)


def set_global(name, value):
    globals()[name] = value


NET, TRAINER, SLOTTED, READER = Net(), Trainer(), Slotted(), Reader()
MODEL = MLP(2, [3, 1])
PARTIAL = functools.partial(lambda a, b, x: x, [1.0], b={"k": 2.0})
CHANGES = {
    "a global number": (
        scaled,
        lambda: set_global("SCALE", 3.0),
        "SCALE is 3.0, was 2.0",
    ),
    "what another function names": (
        through_another,
        lambda: set_global("SCALE", 3.0),
        "SCALE is 3.0, was 2.0",
    ),
    "a global that is gone": (scaled, lambda: globals().pop("SCALE"), "SCALE is gone"),
    "a global function": (
        through_another,
        lambda: set_global("scaled", lambda x: x),
        "scaled is another function",
    ),
    "a Value replaced": (
        weighted,
        lambda: WEIGHTS.__setitem__(1, Value(2.0)),
        r"WEIGHTS\[1\] is another Value",
    ),
    "a list that grew": (
        weighted,
        lambda: WEIGHTS.append(Value(2.0)),
        "WEIGHTS has 3 items, had 2",
    ),
    "a key": (weighted, lambda: LIMITS.pop("low"), r"LIMITS\['low'\] is gone"),
    "a new key": (weighted, lambda: LIMITS.update(mid=1), r"LIMITS\['mid'\] is new"),
    "the order of keys": (
        weighted,
        lambda: LIMITS.update(low=LIMITS.pop("low")),
        "LIMITS has another order",
    ),
    "an attribute of a file": (
        configured,
        lambda: setattr(settings, "depth", 5),
        "settings.depth is 5, was 3",
    ),
    "a default": (
        with_defaults,
        lambda: setattr(with_defaults, "__defaults__", (0.2,)),
        r"with_defaults.__defaults__ is another tuple",
    ),
    "what is in a default": (
        with_defaults,
        lambda: with_defaults.__kwdefaults__["layers"][1].append("c"),
        r"with_defaults.__kwdefaults__\['layers'\]\[1\] has 2 items, had 1",
    ),
    "the code": (
        weighted,
        lambda: setattr(weighted, "__code__", scaled.__code__),
        "weighted.__code__ is another code",
    ),
    "a layer": (
        MODEL,
        lambda: MODEL.layers.append(MODEL.layers[1]),
        "layers has 3 items, had 2",
    ),
    "a weight": (
        lambda x: MODEL(x),
        lambda: MODEL.layers[0].neurons[1].w.__setitem__(0, Value(0.0)),
        r"MODEL.layers\[0\].neurons\[1\].w\[0\] is another Value",
    ),
    "a mode": (lambda x: MODEL(x), MODEL.eval, r"MODEL.*\.training is (new|False)"),
    "an attribute of self": (
        NET,
        lambda: setattr(NET, "dropout", 0.5),
        r"dropout is 0.5, was 0.1",
    ),
    "an attribute of a bound self": (
        TRAINER.loss,
        lambda: setattr(TRAINER, "l2", 0.0),
        r"self.l2 is 0.0, was 0.0001",
    ),
    "a net inside self": (
        TRAINER.loss,
        lambda: setattr(TRAINER.net, "model", MODEL),
        "self.net.model is another MLP",
    ),
    "an attribute of the class": (
        lambda x: NET(x),
        lambda: setattr(Net, "gain", 2.0),
        "Net.gain is 2.0, was 1.0",
    ),
    "a method of the class": (
        lambda x: NET(x),
        lambda: setattr(Net, "rescaled", lambda self, x: x),
        "Net.rescaled is another function",
    ),
    "what a method names": (
        NET,
        lambda: set_global("SCALE", 9.0),
        "SCALE is 9.0, was 2.0",
    ),
    "a slot": (
        SLOTTED,
        lambda: setattr(SLOTTED, "factor", 4.0),
        "factor is 4.0, was 2.0",
    ),
    "a slot that is new": (
        SLOTTED,
        lambda: setattr(Slotted, "__call__", lambda self, x: x),
        r"Slotted.__call__ is another function",
    ),
    "an attribute read by getattr": (
        READER,
        lambda: setattr(READER, "w", 2.0),
        "w is 2.0",
    ),
    "an argument of a partial": (
        PARTIAL,
        lambda: PARTIAL.args[0].append(2.0),
        r"args\[0\] has 2 items, had 1",
    ),
    "a keyword of a partial": (
        PARTIAL,
        lambda: PARTIAL.keywords["b"].update(k=3.0),
        r"keywords\['b'\]\['k'\] is 3.0, was 2.0",
    ),
}


@pytest.fixture
def restored():
    """Everything that the table changes, as it was."""
    nets = [(x, dict(vars(x))) for x in (NET, TRAINER, TRAINER.net, READER, MODEL)]
    functions = [(f, f.__code__, f.__defaults__) for f in (weighted, with_defaults)]
    classes = [(Net, "gain"), (Net, "rescaled"), (Slotted, "__call__")]
    kept = [(cls, name, vars(cls)[name]) for cls, name in classes]
    known = dict(globals())
    yield
    globals().update(known)
    for thing, attributes in nets:
        vars(thing).clear()
        vars(thing).update(attributes)
    for f, code, defaults in functions:
        f.__code__, f.__defaults__ = code, defaults
    for cls, name, attribute in kept:
        setattr(cls, name, attribute)
    MODEL.train()
    del MODEL.layers[2:], with_defaults.__kwdefaults__["layers"][1][1:]


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_told_in_words(case):
    f, change, words = CHANGES[case]
    watch = Watch(f)

    assert watch.changed() is None
    change()
    found = watch.changed()
    assert found is not None
    assert re.search(words, found), found
    assert Watch(f).changed() is None


def test_variables_of_a_closure_are_watched():
    f, layers, found, change = closure()
    watch = Watch(f)
    assert watch.changed() is None
    change(0.7)
    assert watch.changed() == "rate is 0.7, was 0.5"
    change(0.5)
    assert watch.changed() is None
    found["a"][1][0] = 4.0
    assert watch.changed() == "found['a'][1][0] is 4.0, was 3.0"
    found["a"][1][0] = 3.0
    layers.clear()
    assert watch.changed() == "layers has 0 items, had 1"


def test_a_variable_that_is_assigned_later_is_new():
    def outer():
        def f(x):
            return late * x

        yield f
        late = 2.0
        yield late

    steps = outer()
    watch = Watch(next(steps))
    assert watch.changed() is None
    next(steps)
    assert watch.changed() == "late is new"


def test_numbers_in_values_and_large_arrays_may_change():
    array = np.zeros(20_000)
    f, layers, _, _ = closure()
    watch = Watch(lambda x: f(x) + array[0])
    array[:] = 1.0
    for parameter in layers[0].parameters():
        parameter.data, parameter.grad, parameter.m = 7.0, 2.0, 3.0

    assert watch.changed() is None


def test_numbers_in_a_small_array_are_noticed():
    array = np.zeros(3)
    watch = Watch(lambda x: x * array[0])
    array[0] = 1.0

    assert "the numbers in array" in watch.changed()


def test_another_array_is_a_change():
    held = {"x": np.zeros(3), "one": np.zeros(1)}
    watch = Watch(lambda x: held["x"])
    held["x"] = np.zeros(3)

    assert watch.changed() == "held['x'] is another ndarray"


@pytest.mark.parametrize(
    "make",
    [
        lambda: (1.0, float("1.5"), 10**20, "a" * 3, 2 + 1j, True, None),
        lambda: [np.float32(0.5), np.int64(3)],
        lambda: {"a": [1.0, (2.0, {3.0})]},
        lambda: collections.deque([1.0]),
    ],
)
def test_equal_numbers_and_containers_are_no_change(make):
    held = make()

    def f(x):
        return held

    def change(new):
        nonlocal held
        held = new

    watch = Watch(f)
    change(make())

    assert watch.changed() is None


def test_nan_is_no_change():
    held = [float("nan")]

    assert Watch(lambda x: held).changed() is None


def test_an_equal_copy_that_is_changed_later_is_a_change():
    held = [[1.0, 2.0]]
    watch = Watch(lambda x: held[0][0] * x)
    held[0] = list(held[0])
    assert watch.changed() is None
    held[0].append(3.0)

    assert watch.changed() == "held[0] is another list"


@pytest.mark.usefixtures("restored")
def test_what_no_code_names_may_change():
    settings.unused = 5
    watches = [Watch(TRAINER.loss), Watch(configured)]
    TRAINER.history.append(1.0)
    TRAINER.step += 1
    settings.unused = 6

    assert [watch.changed() for watch in watches] == [None, None]


@pytest.mark.usefixtures("restored")
def test_what_is_named_by_code_that_is_reached_late_counts():
    class Late:
        def __init__(self):
            self.hidden = 1.0

    late = Late()

    def reader(thing):
        return thing.hidden

    held = {"first": late, "then": reader}
    watch = Watch(lambda x: held["then"](held["first"]))
    late.hidden = 2.0

    assert watch.changed() == "held['first'].hidden is 2.0, was 1.0"


def test_a_class_that_is_made_inside_is_watched_with_its_constructor():
    class Made:
        def __init__(self):
            self.size = SCALE

    watch = Watch(lambda x: Made().size * x)
    set_global("SCALE", 5.0)

    assert watch.changed() == "SCALE is 5.0, was 2.0"


@pytest.mark.parametrize(
    "wrap",
    [
        functools.cache,
        functools.partial,
        staticmethod,
        lambda f: functools.wraps(f)(lambda *args: f(*args)),
        lambda f: type("A", (), {"f": property(f), "__call__": lambda s, x: s.f})(),
        lambda f: type("A", (), {"f": classmethod(f), "__call__": lambda s, x: s.f})(),
    ],
)
def test_wrapped_functions_are_entered(wrap):
    watch = Watch(wrap(scaled))
    set_global("SCALE", 5.0)

    assert watch.changed() == "SCALE is 5.0, was 2.0"


def test_the_code_of_others_is_not_entered():
    def f(x):
        return np.exp(x) + collections.Counter([x])[x] + make(x)

    make = MLP

    assert [spelled(part.name) for part in reachable(f)] == ["f"]


def test_cycles_and_depth_are_no_matter():
    bottom = [1.0]
    deep = bottom
    for _ in range(3_000):
        deep = [deep]
    loop = [deep]
    loop.append(loop)
    watch = Watch(lambda x: loop[0])
    assert watch.changed() is None
    bottom.append(2.0)

    assert watch.changed() == f"loop{'[0]' * 3001} has 2 items, had 1"


def test_another_deep_list_is_a_change():
    held = [[]]
    for _ in range(5_000):
        held[0] = [held[0]]
    watch = Watch(lambda x: held)
    held[0] = copy.copy(held[0])
    held[0][0] = held[0][0][0]

    assert watch.changed() == "held[0] is another list"


def test_a_function_that_calls_itself_is_watched():
    def down(x, n):
        return x if n == 0 else down(x * 2.0, n - 1)

    assert Watch(down).changed() is None


def test_many_parameters_are_one_comparison_a_list():
    lists = [[Value(0.0) for _ in range(800)] for _ in range(50)]
    watch = Watch(lambda x: lists)
    assert watch.changed() is None
    lists[31][799] = Value(0.0)

    assert watch.changed() == "lists[31][799] is another Value"
