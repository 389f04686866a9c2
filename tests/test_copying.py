import copy
import io
import math
import os
import pickle
import subprocess
import sys
import threading

import pytest

import micrograd_nn as mn
from micrograd_nn import Value, register
from micrograd_nn.copying import _known
from micrograd_nn.op import LEAF, OPS, Op


def by_pickle(x):
    return pickle.loads(pickle.dumps(x))


def by_python_pickle(x):
    buffer = io.BytesIO()
    pickle._Pickler(buffer).dump(x)
    buffer.seek(0)
    return pickle._Unpickler(buffer).load()


WAYS = [copy.deepcopy, by_pickle, by_python_pickle]
deeply = pytest.mark.parametrize("deeply", WAYS, ids=lambda way: way.__name__)


class Parameter(Value):
    """A subclass with an attribute of its own."""

    def __init__(self, data, decay):
        super().__init__(data)
        self.decay = decay


def a_graph():
    a, b = Value(0.5, label="a"), Value(-2.0)
    b.grad = 4.0
    y = mn.logsumexp([a * b, a, 3]) ** 2 + a.tanh() / b + Value(1.0, (a,), (7.0,))
    return a, b, y


@deeply
def test_a_graph_and_its_leaves_are_copied_together(deeply):
    a, b, y = a_graph()
    c, d, z = deeply((a, b, y))
    z.backward()
    y.backward()

    assert z is not y
    assert c is not a
    assert (c.data, c.grad, c.label) == (a.data, a.grad, "a")
    assert (d.data, d.grad) == (b.data, b.grad)
    assert (z.data, z.op) == (y.data, y.op)


@deeply
def test_the_copy_and_the_original_do_not_meet(deeply):
    a, b, y = a_graph()
    c, _, z = deeply((a, b, y))
    z.backward()
    c.data = 99.0

    assert (a.data, a.grad, b.grad) == (0.5, 0.0, 4.0)
    assert c not in set(mn.graph.topological_order(y))


@deeply
def test_edges_keep_their_order_and_number(deeply):
    a, b = Value(1.0), Value(2.0)
    c, d, double, wide, single = deeply((a, b, a - b, mn.sum([a, b, a]), mn.sum([a])))

    assert double.operands == (c, d)
    assert wide.operands == (c, d, c)
    assert single.operands == (c,)
    twin = deeply(a * a)
    assert twin.operands[0] is twin.operands[1]


@deeply
def test_a_model_with_shared_parameters_stays_shared(deeply):
    w = Value(2.0)
    model = {"encoder": [w, Value(1.0)], "decoder": [w]}
    twin = deeply(model)

    assert twin["encoder"][0] is twin["decoder"][0]
    assert twin["encoder"][0] is not w


@deeply
def test_attributes_are_copied(deeply):
    a = Value(1.0)
    a.m, a.history = 0.5, [1, 2]
    y = a * 2
    y.note = "result"
    z = deeply(y)
    b = z.operands[0]

    assert (b.m, b.history, z.note) == (0.5, [1, 2], "result")
    assert b.history is not a.history


@deeply
def test_attributes_may_refer_to_the_graph(deeply):
    a = Value(2.0)
    a.square = a * a
    a.me = a
    b = deeply(a)

    assert b.me is b
    assert b.square.operands == (b, b)
    twin = deeply(a.square)
    assert twin.operands[0].square is twin


@deeply
def test_a_subclass_stays_one(deeply):
    p = Parameter(2.0, decay=0.1)
    q, y = deeply((p, p * 3))

    assert type(q) is Parameter
    assert (q.data, q.decay) == (2.0, 0.1)
    assert y.operands[0] is q


@deeply
def test_a_leaf_stays_one_whose_data_may_be_assigned(deeply):
    a = deeply(Value(1.0))
    a.data = 2.0
    a.backward()
    a._backward()

    assert a.op is LEAF
    assert a.grad == 1.0


@deeply
@pytest.mark.parametrize("number", [math.nan, math.inf, -0.0, 5e-324])
def test_odd_numbers_are_copied_bit_by_bit(deeply, number):
    assert deeply(Value(number)).data.hex() == number.hex()


@deeply
def test_a_copy_may_be_trained(deeply):
    a = Value(1.0)
    a.data = 2.0
    b, y = deeply((a, a * a))
    y.backward()
    b.data -= 0.1 * b.grad
    z = b * b
    z.backward()

    assert b.data == 1.6
    assert b.grad == 4.0 + 3.2
    assert a.grad == 0.0


@deeply
@pytest.mark.parametrize(
    "length", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)]
)
def test_depth_is_limited_by_memory_alone(deeply, length):
    y = a = Value(1.0)
    for _ in range(length):
        y = y + 1.0
    b, z = deeply((a, y))
    del y
    z.backward()

    assert z.data == length + 1.0
    assert b.grad == 1.0


@deeply
def test_deep_graphs_may_be_copied_in_another_thread(deeply):
    results = []

    def work():
        y = Value(1.0)
        for _ in range(5_000):
            y = y * 1.0
        results.append(deeply(y).data)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert results == [1.0]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol_works(protocol):
    _, _, y = a_graph()
    z = pickle.loads(pickle.dumps(y, protocol))

    assert z.data == y.data
    assert len(mn.graph.topological_order(z)) == len(mn.graph.topological_order(y))


def test_a_shallow_copy_has_the_same_operands():
    a = Value(2.0)
    y = a * a
    y.note = "y"
    z = copy.copy(y)
    z.backward()

    assert z.operands == (a, a)
    assert (z.data, z.note, a.grad) == (4.0, "y", 4.0)
    assert (z is y, y.grad) == (False, 0.0)


@pytest.mark.parametrize("way", [copy.copy, *WAYS], ids=lambda way: way.__name__)
def test_a_step_by_hand_cannot_be_copied(way):
    a = Value(2.0)
    out = Value(6.0, (a,), "triple")
    out._backward = lambda: setattr(a, "grad", a.grad + 3.0 * out.grad)
    with pytest.raises(TypeError, match="cannot be copied: got op='triple' with a _b"):
        way(out)
    if way is not copy.copy:
        with pytest.raises(TypeError, match="cannot be copied"):
            way(out * 2)


@deeply
def test_a_copy_of_a_stale_graph_is_stale(deeply):
    a = Value(2.0, label="a")
    y = a * a
    a.data = 3.0
    for twin in (deeply(y), deeply(y + 1)):
        with pytest.raises(RuntimeError, match="data changed since it was used"):
            twin.backward()

    assert deeply(a).data == 3.0


@deeply
def test_copying_every_node_of_a_chain_takes_linear_time(deeply):
    chain = [Value(1.0)]
    for _ in range(5000):
        chain.append(chain[-1] + 1.0)
    twins = deeply(chain)  # minutes, if each node copied all that is below it

    assert twins[-1].operands[0] is twins[-2]


@pytest.mark.parametrize("dumps", [pickle.dumps, pickle._dumps])
def test_nothing_is_remembered_of_a_pickle(dumps):
    a = Value(2.0)
    y = a * a + 1
    dumps(y)

    assert not _known() - {None}
    a.unpicklable = lambda: None
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        dumps(y)
    assert not _known() - {None}
    del a.unpicklable
    assert pickle.loads(dumps(y)).data == 5.0


def test_an_unregistered_op_is_refused_before_anything_is_written():
    triple = Op("triple", lambda xp, x: 3.0 * x, (lambda xp, y, x: 3.0,))
    y = mn.apply(triple, Value(2.0))
    with pytest.raises(ValueError, match="unknown op: got name='triple'"):
        pickle.dumps(y)

    register(triple)
    try:
        z = by_pickle(y)
        z.backward()
    finally:
        del OPS["triple"]
    assert z.operands[0].grad == 3.0


LOAD = """
import pickle, sys
a, y = pickle.load(sys.stdin.buffer)
y.backward()
first = a.grad
a.data = 1.0
z = a * a
z.backward()
print(first, a.grad, y.op == z.op, a.label)
"""


def test_a_pickle_may_be_read_by_another_process():
    a = Value(2.0, label="a")
    for _ in range(3):
        a.data = 3.0
    run = subprocess.run(
        [sys.executable, "-c", LOAD],
        input=pickle.dumps((a, a * a)),
        env=os.environ | {"PYTHONHASHSEED": "random"},
        capture_output=True,
        check=True,
    )

    assert run.stdout.split() == [b"6.0", b"8.0", b"True", b"a"]
