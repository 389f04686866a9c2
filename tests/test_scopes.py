"""Calls are noted where Values cross their borders, and nothing else changes."""

import contextvars
import copy
import gc
import inspect
import pickle
import sys
import threading
from dataclasses import dataclass

import pytest

from micrograd_nn import Value, compile, no_grad
from micrograd_nn.nn import MLP, Layer, Module, Neuron
from micrograd_nn.scopes import Calls, calls_in, calls_of
from micrograd_nn.viz.collapse import count_at


class Double(Module):
    """One call, nothing in it."""

    def __call__(self, x, *, times=2.0):
        """The double of `x`."""
        return x * times


class Twice(Module):
    def __init__(self, inner):
        self.inner = inner

    def __call__(self, x):
        return self.inner(self.inner(x))


def modules_of(value):
    return [type(module).__name__ for module in calls_of(value).modules]


def calls_made_by(function, *args):
    value = function(*args)
    return modules_of(value), list(calls_of(value).outers)


# What is noted ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "names", "outers"),
    [
        (Neuron(2), ["Neuron"], [-1]),
        (Layer(2, 1), ["Layer", "Neuron"], [-1, 0]),
        (MLP(2, [1]), ["MLP", "Layer", "Neuron"], [-1, 0, 1]),
        (
            MLP(2, [2, 1]),
            ["MLP", "Layer", "Neuron", "Neuron", "Layer", "Neuron"],
            [-1, 0, 1, 1, 0, 4],
        ),
    ],
)
def test_the_calls_inside_a_call_are_numbered_as_they_begin(module, names, outers):
    assert calls_made_by(module, [Value(1.0), Value(2.0)]) == (names, outers)


def test_every_outermost_call_is_noted_by_itself_in_the_order_of_time():
    double = Double()
    a, b = double(Value(1.0)), double(Value(1.0))

    assert calls_of(a) is not calls_of(b)
    assert calls_in([b, a, b]) == [calls_of(a), calls_of(b)]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda y: [y],
        lambda y: (y, 2.0),
        lambda y: {"out": y},
        lambda y: [{"rows": [(y,), None]}],
    ],
)
def test_results_are_found_in_lists_tuples_and_dictionaries(wrap):
    class Wrapped(Module):
        def __call__(self, x):
            self.y = None
            return wrap(x * 2)

    found = []

    def look(x):
        if isinstance(x, Value):
            found.append(x)
        elif isinstance(x, (list, tuple)):
            list(map(look, x))
        elif isinstance(x, dict):
            look(list(x.values()))

    look(Wrapped()(Value(1.0)))

    assert modules_of(found[0]) == ["Wrapped"]


def test_a_list_that_holds_itself_is_looked_at_once():
    class Loop(Module):
        def __call__(self, xs):
            out = [xs[0] * 2]
            out.append(out)
            return out

    xs = [Value(1.0)]
    xs.append(xs)

    assert modules_of(Loop()(xs)[0]) == ["Loop"]


def test_only_results_are_marked():
    neuron, x = Neuron(1), Value(2.0)
    y = neuron([x])
    inner = y.operands[0]

    assert calls_of(y).modules == (neuron,)
    for value in (x, inner, *neuron.parameters()):
        assert calls_of(value) is None


def test_a_result_belongs_to_the_first_call_that_it_came_out_of():
    class Same(Module):
        def __call__(self, x):
            return x

    y = Double()(Value(1.0))
    calls = calls_of(y)

    assert calls_of(Same()(y)) is calls


def test_a_state_that_is_kept_is_marked_as_a_result_is():
    class Cell(Module):
        def __init__(self):
            self.h = Value(0.0)

        def __call__(self, x):
            self.h = self.h + x
            return self.h * 2

    cell = Cell()
    y = cell(Value(1.0))

    assert calls_of(cell.h) is calls_of(y)
    cell.other = Value(1.0) * 2
    assert calls_of(cell.other) is None


# How a class may define its call ------------------------------------------------------


def test_signature_and_doc_of_a_call_stay():
    assert str(inspect.signature(Double())) == "(x, *, times=2.0)"
    assert Double.__call__.__doc__ == "The double of `x`."
    assert Double()(Value(3.0), times=5.0).data == 15.0
    with pytest.raises(TypeError, match="argument 'time'"):
        Double()(Value(3.0), time=1.0)


@pytest.mark.parametrize(
    ("args", "named", "total"),
    [
        ((), {}, 0.0),
        ((1.0,), {}, 1.0),
        ((1.0, 2.0, 4.0), {}, 7.0),
        ((), {"x": 1.0}, 1.0),
        ((1.0, 2.0), {"scale": 3.0}, 9.0),
    ],
)
def test_arguments_of_every_kind_arrive_in_outer_and_inner_calls(args, named, total):
    class Total(Module):
        def __call__(self, x=0.0, *more, scale=1.0):
            return Value(x + sum(more)) * scale

    class Heir(Total):
        def __call__(self, *args, **named):
            return super().__call__(*args, **named)

    class Around(Module):
        def __call__(self):
            return Heir()(*args, **named)

    assert Heir()(*args, **named).data == Around()().data == total
    assert calls_made_by(Around()) == (["Around", "Heir"], [-1, 0])


def test_a_call_of_the_base_class_is_the_same_call():
    class Loud(Double):
        def __call__(self, x):
            return super().__call__(x) * 10

    class Louder(Loud):
        def __call__(self, x):
            return Loud.__call__(self, x) + Double()(x)

    class Inherited(Louder):
        pass

    assert calls_made_by(Loud(), Value(1.0)) == (["Loud"], [-1])
    assert calls_made_by(Inherited(), Value(1.0)) == (["Inherited", "Double"], [-1, 0])


def test_a_module_that_calls_itself_makes_a_call_each_time():
    class Tree(Module):
        def __call__(self, tree):
            return tree if isinstance(tree, Value) else self(tree[0]) + self(tree[1])

    x = Value(1.0)

    assert calls_made_by(Tree(), ((x, x), x))[1] == [-1, 0, 1, 1, 0]


def test_a_module_may_be_a_dataclass():
    @dataclass
    class Scale(Module):
        w: Value

        def __call__(self, x):
            return self.w * x

    @dataclass(slots=True)
    class Slotted(Module):
        w: Value

        def __call__(self, x):
            return self.w * x

    for kind in (Scale, Slotted):
        with pytest.raises(TypeError, match="unhashable"):
            hash(kind(Value(1.0)))
        assert calls_made_by(Twice(kind(Value(2.0))), Value(1.0))[1] == [-1, 0, 0]


def test_a_call_that_is_no_function_works_unnoted():
    class Odd(Module):
        __call__ = staticmethod(lambda x: x * 2)

    y = Odd()(Value(2.0))

    assert (y.data, calls_of(y)) == (4.0, None)


def test_a_class_may_take_arguments_of_its_own():
    class Registry(Module):
        def __init_subclass__(cls, key, **kwargs):
            super().__init_subclass__(**kwargs)
            cls.key = key

    class Entry(Registry, key="k"):
        def __call__(self, x):
            return x + 1

    assert (Entry.key, modules_of(Entry()(Value(1.0)))) == ("k", ["Entry"])


# Where nothing is noted, and what goes wrong ------------------------------------------


def test_nothing_is_noted_where_nothing_is_recorded():
    net = MLP(2, [3, 1])
    with no_grad():
        y = net([1.0, 2.0])

    assert calls_of(y) is None
    assert calls_of(net([1.0, 2.0])) is not None


def test_an_error_ends_the_calls_that_it_leaves():
    class Fragile(Module):
        def __call__(self, x, fail=True):
            if fail:
                raise RuntimeError("inside")
            return x * 2

    class Careful(Module):
        def __init__(self):
            self.inner = Fragile()

        def __call__(self, x):
            try:
                return self.inner(x)
            except RuntimeError:
                return Double()(x)

    assert calls_made_by(Careful(), Value(1.0))[1] == [-1, 0, 0]
    with pytest.raises(RuntimeError, match="inside"):
        Twice(Fragile())(Value(1.0))
    assert calls_made_by(Double(), Value(1.0)) == (["Double"], [-1])


def test_threads_do_not_see_each_others_calls():
    meet, found = threading.Barrier(2), {}

    class Wait(Module):
        def __call__(self, x):
            meet.wait(timeout=10)
            y = Double()(x)
            meet.wait(timeout=10)
            return y * 2

    def work(name):
        found[name] = calls_made_by(Wait(), Value(1.0))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == dict.fromkeys(range(2), (["Wait", "Double"], [-1, 0]))


def test_a_task_that_outlives_the_call_it_began_in_makes_calls_of_its_own():
    contexts = []

    class Starts(Module):
        def __call__(self, x):
            contexts.append(contextvars.copy_context())
            return x * 2

    module = Starts()
    y = module(Value(1.0))
    names, outers = contexts[0].run(calls_made_by, Twice(Double()), Value(1.0))
    contexts[0].run(setattr, module, "kept", Value(1.0) * 2)

    assert (names, outers) == (["Twice", "Double", "Double"], [-1, 0, 0])
    assert (modules_of(y), calls_of(module.kept)) == (["Starts"], None)


def test_a_graph_may_be_read_inside_of_the_call_that_makes_it():
    class Looks(Module):
        def __init__(self):
            self.inner = Neuron(1)

        def __call__(self, x):
            self.kept = self.inner([x])
            found.append(count_at(self.kept * 2, "neuron"))
            return self.kept

    found = []
    Looks()(Value(1.0))

    assert found == [7]  # the two parameters are one card


def test_a_program_is_recorded_with_its_calls():
    net, seen = MLP(2, [3, 1]), []

    def loss(x):
        seen.append(net(x))
        return seen[-1] ** 2

    program = compile(loss)
    program([[1.0, 2.0], [3.0, 4.0]])

    assert {tuple(modules_of(y)) for y in seen} == {
        ("MLP", *["Layer", *["Neuron"] * 3], "Layer", "Neuron")
    }


# Copies, memory -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_a_copy_of_a_graph_holds_no_calls_and_no_modules(again):
    class Local(Module):  # which pickle could not find
        def __call__(self, x):
            return x * 2

    y = Local()(Value(1.0))
    y.note = "kept"
    twin = again(y)

    assert (twin.data, twin.note, calls_of(twin)) == (2.0, "kept", None)
    assert calls_of(y) is not None


def test_attributes_of_a_result_are_kept():
    class Noted(Module):
        def __call__(self, x):
            y = x * 2
            y.label, y.note = "y", [1]
            return y

    y = Noted()(Value(1.0))
    y.backward()

    assert (y.label, y.note, y.grad, calls_of(y) is None) == ("y", [1], 1.0, False)


def alive():
    # By type: others' objects may warn when they are asked for their class.
    return sum(type(x) in (Value, Calls) for x in gc.get_objects())


def test_a_graph_is_freed_without_the_collector():
    net = MLP(2, [3, 2])
    gc.collect()
    gc.disable()
    try:
        before = alive()
        outputs = net([Value(1.0) * 2, 2.0])
        during = alive()
        del outputs
        after = alive()
    finally:
        gc.enable()

    assert (during - before, after - before) == (32, 0)


def test_a_long_chain_of_calls_is_built_run_and_freed():
    neuron = Neuron(1)
    y = Value(0.5)
    for _ in range(20_000):
        y = neuron([y])
    y.backward()
    del y
    gc.collect()

    assert sys.getrefcount(neuron) < 10
