import asyncio
import contextvars
import copy
import math
import pickle
import re
import threading
from contextlib import nullcontext

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import (
    OPS,
    Value,
    apply,
    grad,
    hessian,
    no_grad,
    recording,
    softmax,
)
from micrograd_nn.engine import source
from micrograd_nn.graph import topological_order
from micrograd_nn.nn import Module
from micrograd_nn.op import CONSTANT, INDEX, INPUT, LEAF, find_op
from micrograd_nn.recording import symbolic
from micrograd_nn.weighted_sum import weighted_sum


def records():
    return bool((Value(1.0) * 2).operands)


@pytest.fixture(autouse=True)
def _nothing_stays_paused():
    yield
    assert recording.pauses == 0
    assert records()


@pytest.mark.parametrize(
    "make",
    [
        lambda a: a * 2,
        lambda a: 2 - a,
        lambda a: a**3,
        lambda a: a.exp(),
        lambda a: mn.sum([a, a]),
        lambda a: mn.maximum(a, 1.0),
        lambda a: mn.where(True, a, 0.0),
    ],
)
def test_no_op_records_inside(make):
    a = Value(2.0)
    want = make(a).data
    with no_grad():
        y = make(a)

    assert y.data == want
    assert y.operands == ()
    assert y.op is CONSTANT


def test_a_value_made_inside_is_a_leaf():
    with no_grad():
        a = Value(2.0)
    (a * 3).backward()

    assert a.op is LEAF
    assert a.grad == 3.0


@pytest.mark.parametrize("rule", ["triple", (3.0,)])
def test_an_op_by_hand_is_not_recorded_either(rule):
    a = Value(2.0)
    with no_grad():
        y = Value(6.0, (a,), rule)
        y._backward = lambda: pytest.fail("a constant has no step")
    y.backward()

    assert (y.data, y.operands, a.grad) == (6.0, (), 0.0)


def test_a_graph_recorded_before_keeps_its_gradient():
    a = Value(3.0)
    y = a * a
    with no_grad():
        y.backward()

    assert a.grad == 6.0


def test_blocks_may_nest():
    with no_grad():
        with no_grad():
            assert not records()
        assert not records()
    assert records()


def test_recording_may_resume_inside():
    with no_grad():
        with recording.resumed():
            assert records()
            with no_grad():
                assert not records()
            assert records()
        assert not records()


def test_an_exception_ends_it():
    with pytest.raises(KeyError), no_grad():
        raise KeyError

    assert records()


def test_it_may_decorate_a_function_and_be_used_again():
    @no_grad()
    def predict(a):
        """Twice as much."""
        if a.data < 0:
            raise ValueError("negative")
        return a * 2

    assert predict(Value(1.0)).operands == ()
    with pytest.raises(ValueError, match="negative"):
        predict(Value(-1.0))
    assert predict(Value(1.0)).operands == ()
    assert predict.__doc__ == "Twice as much."
    assert records()


def test_it_may_be_left_out_of_order():
    first, second = no_grad(), no_grad()
    first.__enter__()
    second.__enter__()
    second.__exit__(None, None, None)
    assert not records()
    first.__exit__(None, None, None)


def test_other_threads_go_on_recording():
    inside, checked, found = threading.Event(), threading.Event(), []

    def work():
        with no_grad():
            inside.set()
            checked.wait(10)
            found.append(records())
        found.append(records())

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    here = records()
    checked.set()
    thread.join()

    assert here
    assert found == [False, True]


def test_a_new_thread_records_though_its_maker_does_not():
    found = []
    with no_grad():
        thread = threading.Thread(target=lambda: found.append(records()))
        thread.start()
        thread.join()

        assert not records()
    assert found == [True]


def test_the_count_of_blocks_survives_many_threads():
    def work():
        for _ in range(200):
            with no_grad():
                assert not records()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert recording.pauses == 0


def test_tasks_do_not_affect_each_other():
    async def quiet():
        with no_grad():
            await asyncio.sleep(0)
            return records()

    async def loud():
        await asyncio.sleep(0)
        return records()

    async def both():
        return await asyncio.gather(quiet(), loud(), quiet(), loud())

    assert asyncio.run(both()) == [False, True, False, True]


def test_a_copied_context_keeps_the_pause():
    with no_grad():
        context = contextvars.copy_context()
        assert context.run(records) is False
    assert records()


def test_gradients_can_be_taken_inside():
    with no_grad():
        assert grad(lambda x: x**3)(2.0) == 12.0
        assert grad(grad(lambda x: x**3))(2.0) == 12.0
        assert hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0]) == [[10, 6], [6, 0]]
        assert not records()


def test_gradients_of_functions_that_pause_are_those_of_constants():
    def f(x):
        with no_grad():
            scale = x * 2
        return x * scale

    assert grad(f)(3.0) == 6.0


# While a program is recorded ----------------------------------------------------------

P, Q = Value(1.0, label="p"), Value(1.0)
FROZEN = {
    "data": (lambda v: v.data, "number: got v.data", "Write the Value itself"),
    "max of data": (lambda v: max(x.data for x in [v]), "number", "mn.max.values. for"),
    "assigning data": (lambda v: setattr(v, "data", 2.0), "assignment", "outside"),
    "<": (lambda v: v < 0, "branch: got a comparison of v", "maximum, minimum, relu"),
    "<= of Values": (lambda v: v <= P, "branch: got a comparison of v", "relu or abs"),
    ">": (lambda v: v > 0.5, "branch: got a comparison of v", "mn.max.values. for max"),
    ">=": (lambda v: v >= P, "branch: got a comparison of v", "Write maximum"),
    "==": (lambda v: v == 1, "branch: got a comparison of v", r"mn.take\(\[a, b"),
    "!= of Values": (lambda v: v != Q, "branch: got a comparison of v", "mn.take"),
    "in a list": (lambda v: v in [0, 1], "branch: got a comparison of v", "mn.take"),
    "max": (lambda v: max(v, P), "branch: got a comparison of v", "mn.max.values. for"),
    "sorted": (lambda v: sorted([v, P]), "branch: got a comparison of v", "maximum"),
    "where": (lambda v: mn.where(v > 0, v, 0.0), "branch", "maximum, minimum, relu"),
    "if": (lambda v: 1 if v else 2, r"branch: got bool\(v\)", "`v is None` asks"),
    "not": (lambda v: not v, r"branch: got bool\(v\)", "maximum, minimum, relu or abs"),
    "float": (float, r"number: got float\(v\)", "methods such as v.exp()"),
    "math.exp": (math.exp, r"number: got float\(v\)", "methods such as v.exp()"),
    "an array of floats": (lambda v: np.array([v], float), "number", "methods such"),
    "int": (int, r"number: got int\(v\)", r"mn.take\(table, index\) for table"),
    "round": (round, r"number: got round\(v\)", "Write the Value itself in a formula"),
    "an index": (lambda v: [1, 2][v], "index: got v as an index", r"mn.take\(table, i"),
    "a slice": (lambda v: [1, 2][:v], "index: got v as an index", r"mn.take\(table, i"),
    "range": (range, "index: got v as an index", r"mn.take\(table, index\)"),
    "copy": (copy.copy, "number: got a copy of v", "Write the Value itself"),
    "deepcopy": (copy.deepcopy, "number: got a copy of v", "Write the Value itself"),
    "pickle": (pickle.dumps, "number: got a copy of v", "Write the Value itself"),
    "backward": (lambda v: v.backward(), r"gradient: got v.backward\(\)", r"grad\(f\)"),
}


@pytest.mark.parametrize("value", [P, source(INPUT, "x"), source(INDEX, "y")], ids=str)
@pytest.mark.parametrize("case", FROZEN)
def test_what_reads_a_number_says_what_to_write_instead(case, value):
    use, frozen, instead = FROZEN[case]
    with symbolic(), pytest.raises(TypeError) as error:
        use(value)

    assert re.match(f"the program would freeze this {frozen}", str(error.value))
    assert re.search(rf"\(Value\); expected .*\. .*{instead}", str(error.value))


def test_no_grad_is_refused_while_a_program_is_recorded():
    refusal = pytest.raises(TypeError, match=r"freeze this result: got no_grad\(\)")
    with symbolic(), refusal, no_grad():
        pytest.fail("the body ran")


def test_outside_the_same_things_are_as_they_were():
    v = Value(1.0)

    assert v.data == 1.0
    assert v > 0.5
    assert bool(Value(0.0)) is True
    assert (v == v, v == Value(1.0), v == 1.0) == (True, False, False)
    assert hash(v) == object.__hash__(v)
    assert copy.copy(v).data == 1.0


@pytest.mark.parametrize(
    "use", [float, int, round, math.exp, math.floor, lambda v: [1, 2][v]]
)
def test_outside_a_plain_number_is_refused_as_well(use):
    with pytest.raises(TypeError, match=r"a plain number would cut the graph.*\.data"):
        use(Value(1.0))


def test_what_does_not_read_a_number_works():
    x = source(INPUT, "x")
    with symbolic():
        y = P * x + 2
        found = {x: "x", y: "y"}

        assert found[y] == "y"
        assert y is not None
        assert x in {x, y}
        assert x in [x, y]
        assert y.operands[0].operands == (P, x)
    assert y.operands[0].operands == (P, x)


def test_an_array_of_values_works():
    x = source(INPUT)
    with symbolic():
        y = np.array([P, x]) @ np.array([2.0, 3.0]) + np.exp(x)

    assert type(y) is Value


def arity(op):
    return 3 if op.nary else len(op.partials)


OPERATIONS = {
    **{key: lambda x, op=op: apply(op, *[x] * arity(op)) for key, op in OPS.items()},
    "a chain": lambda x: (0 * x - 1).log() + 1 / (x - x) + x**x,
    "weighted_sum": lambda x: weighted_sum(P, [P, P], [x, x]),
    "infinity": lambda x: Value(1e300) * 1e300 + x,
    "softmax": lambda x: softmax([x, P, 0.0])[0],
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize("anomaly", [mn.detect_anomaly, nullcontext])
def test_every_op_records_an_input_without_a_warning(operation, anomaly):
    x = source(INPUT)
    with anomaly(), symbolic():
        y = operation(x)

    assert x in topological_order(y)
    assert type(y._data) is float


def test_a_weighted_sum_is_recorded_once():
    x = source(INPUT)
    with symbolic():
        y = weighted_sum(P, [P, P], [x, x])

    assert [node.op.name for node in topological_order(y)].count("*") == 2


def test_a_number_made_inside_is_a_constant():
    with symbolic():
        two = Value(2.0, label="two")
    after = Value(3.0)

    assert two.op is CONSTANT
    assert (two.data, two.label) == (2.0, "two")
    assert after.op is LEAF


def test_a_value_without_a_number_is_printed_without_one():
    x, y = source(INPUT, "x"), source(INDEX)
    with symbolic():
        product = P * x

        assert str(product) == "Value(<*>)"
        assert f"{product:.2f}, {P:.2f}" == "Value(<*>), 1.00"
        assert str(P) == "Value(data=1.0, grad=0.0, label='p')"
    assert str(x) == f"{x:.2f}" == "Value(<input>, label='x')"
    assert str(y) == "Value(<index>)"
    assert str(Value(math.nan)) == "Value(data=nan, grad=0.0)"


def test_an_input_is_no_parameter():
    module = Module()
    module.x, module.w = source(INPUT), Value(1.0)
    module.random = source(find_op("random", "uniform"))

    assert module.parameters() == [module.w]


def test_recording_a_program_ends_with_an_exception_and_may_nest():
    with pytest.raises(KeyError), symbolic():
        raise KeyError
    assert not recording.is_symbolic()
    with symbolic() as outer:
        with symbolic() as inner:
            mn.randomness.uniform()
        assert recording.is_symbolic()
    assert (len(outer), len(inner)) == (0, 1)


def test_a_program_records_inside_no_grad_too():
    with no_grad():
        with symbolic():
            assert (P * 2).operands
        assert (P * 2).operands == ()


def test_other_threads_may_read_numbers_meanwhile():
    found = []
    with symbolic():
        thread = threading.Thread(target=lambda: found.append((P.data, P > 0, bool(P))))
        thread.start()
        thread.join()

    assert found == [(1.0, True, True)]


SMOOTH = {
    "power": lambda x: x**3 * P,
    "exp": lambda x: (x * P).exp(),
    "sin": lambda x: (x * P).sin() * x.cos(),
    "division": lambda x: P / x - x.sqrt(),
    "gelu": lambda x: (x * P).gelu(),
}


@pytest.mark.parametrize("f", SMOOTH.values(), ids=SMOOTH)
def test_gradients_of_formulas_without_branches_are_recorded(f):
    x = source(INPUT)
    with symbolic():
        logits = grad(lambda x: mn.logsumexp([f(x), P, 2 * x]))(x)
        first = grad(f)(x)
        (second,) = grad(lambda xs: grad(f)(xs[0]))([x])
        ((third,),) = hessian(lambda xs: f(xs[0]))([x])

    for y in (first, second, third, logits):
        assert {x, P} <= set(topological_order(y))


@pytest.mark.parametrize(
    "f", [Value.tanh, Value.relu, abs, lambda x: mn.max([x, P]), Value.log]
)
def test_gradients_that_have_branches_are_refused(f):
    with symbolic(), pytest.raises(TypeError, match="the program would freeze this"):
        grad(f)(source(INPUT))


def test_a_gradient_at_a_plain_number_is_refused_but_not_at_a_value():
    with symbolic():
        with pytest.raises(TypeError, match=r"freeze this number: got v\.data"):
            grad(lambda x: x**2 * P)(2.0)
        y = grad(lambda x: x**2 * P)(Value(2.0))

    assert P in topological_order(y)
