"""What a program refuses, in which words; and that nothing has changed then."""

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.compiler import compile
from micrograd_nn.losses import cross_entropy
from micrograd_nn.nn import MLP
from micrograd_nn.op import by_hand
from micrograd_nn.optim import SGD

W = [Value(1.0 + i, label=f"w{i}") for i in range(3)]


def loss(x, y):
    return cross_entropy([w * x[0] + x[1] for w in W], y)


X, Y = np.arange(8.0).reshape(4, 2), np.array([0, 1, 2, 0])
SMALLEST, LARGEST = np.iinfo(np.intp).min, np.iinfo(np.intp).max
BATCHES = {
    "too few": (
        (X,),
        TypeError,
        r"arguments do not fit: got 1 arrays; .* of loss: .*'y'.* Pass one array for",
    ),
    "too many": (
        (X, Y, Y),
        TypeError,
        "arguments do not fit: got 3 arrays; expected those of loss: too many",
    ),
    "no batch axis": (
        (X, 1),
        ValueError,
        r"no batch axis: got y=1 \(int\); expected an array with a row for each",
    ),
    "other lengths": (
        (X, Y[:3]),
        ValueError,
        r"not one batch: got arrays of shapes x: \(4, 2\), y: \(3,\); expected as many",
    ),
    "nothing": (
        (X[:0], Y[:0]),
        ValueError,
        r"not one batch: got arrays of shapes x: \(0, 2\).*at least one",
    ),
    "ragged": (
        ([[1.0], [1.0, 2.0]], [0, 1]),
        ValueError,
        r"ragged: got x=\[\[1\.0\], .* \(list\); expected rows of one length",
    ),
    "text": (
        (X, list("abcd")),
        TypeError,
        r"not an array of numbers: got y=\['a'.*\(list of <U1\); expected real numbers",
    ),
    "complex": (
        (X + 1j, Y),
        TypeError,
        r"(?s)not an array of numbers: got x=.*\(ndarray of complex128\)",
    ),
    "Values": (
        ([[Value(1.0)] * 2] * 4, Y),
        TypeError,
        r"not an array of numbers: got x=.*\(list of object\)",
    ),
    "None": ((None, Y), TypeError, r"not an array of numbers: got x=None"),
    "too large an index": (
        (X, Y + 1),
        ValueError,
        r"no such index: got y=3 \(int\); expected an integer from 0 to 2. Count",
    ),
    "a negative index": ((X, Y - 1), ValueError, r"no such index: got y=-1 \(int\)"),
    "a very negative index": (
        (X, Y - 4),
        ValueError,
        r"no such index: got y=-4 \(int\)",
    ),
    "the most negative index": ((X, np.full(4, SMALLEST)), ValueError, "no such index"),
    "the largest index": ((X, np.full(4, LARGEST)), ValueError, "no such index"),
    "a huge index": (
        (X, np.full(4, 2**64 - 1, np.uint64)),
        ValueError,
        "too large for an integer: got y with 18446744073709551615",
    ),
    "float indexes": ((X, Y / 1.0), TypeError, "pass it an array of integers"),
    "another shape": ((X[:, :1], Y), IndexError, "list index out of range"),
}


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("use", ["__call__", "value_and_grad", "backward"])
@pytest.mark.parametrize("case", BATCHES)
def test_a_wrong_batch_is_refused_and_nothing_has_changed(case, use, is_first):
    arrays, error, message = BATCHES[case]
    program = compile(loss, W)
    for weight in W:
        weight.grad = 0.5
    expected = None if is_first else program.value_and_grad(X, Y)
    with pytest.raises(error, match=message):
        getattr(program, use)(*arrays)
    found = program.value_and_grad(X, Y)

    assert [w.grad for w in W] == [0.5] * 3
    assert [w.data for w in W] == [1.0, 2.0, 3.0]
    assert found[0] == pytest.approx(compile(loss, W).value_and_grad(X, Y)[0], 1e-15)
    if expected:
        np.testing.assert_array_equal(found[1], expected[1])


TABLES = {
    "of parameters": lambda x, y: mn.take(W, y) * x,
    "of rows": lambda x, y: mn.take([W, W[::-1], W], y)[1] * x,
    "of inputs' results": lambda x, y: mn.take([w * x for w in W], y),
    "of both": lambda x, y: mn.take([W[0], x, W[0] * x], y),
    "of numbers": lambda x, y: mn.take([1.0, 5.0, 6.0], y) * x,
}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("index", [-7, -6, -4, -3, -1, 3, 4, 6, 7, 100])
@pytest.mark.parametrize("name", TABLES)
def test_no_index_beside_a_table_is_read(name, index, rows):
    program = compile(TABLES[name], W)
    x, y = np.ones(rows), np.zeros(rows, int)
    program(x, y)
    y[-1] = index
    with pytest.raises(ValueError, match=f"no such index: got y={index} "):
        program(x, y)


@pytest.mark.parametrize("rows", [1, 3])
def test_each_of_two_indexes_is_checked(rows):
    program = compile(lambda y, z: mn.take(W, y) * mn.take(W, z))
    good = np.zeros(rows, int)

    assert program(good, good).tolist() == [1.0] * rows
    for index in (-1, 3):
        with pytest.raises(ValueError, match=f"no such index: got z={index} "):
            program(good, np.full(rows, index))


def test_a_program_of_a_value_takes_no_arrays():
    compile(lambda x: x * W[0])(X[:, 0])  # the same shape elsewhere
    program = compile(W[0] * 2)
    with pytest.raises(TypeError, match="no inputs: got 1 arrays for a program of one"):
        program(X[:, 0])


@pytest.mark.parametrize("target", [None, 1.0, "loss", [Value(1.0)]])
def test_what_is_neither_a_value_nor_a_function_is_refused(target):
    with pytest.raises(
        TypeError, match=r"nothing to compile: got target=.*a Value, or a"
    ):
        compile(target)


def test_an_unknown_backend_is_refused():
    with pytest.raises(ValueError, match=r"got backend='cuda' .*one of numpy"):
        compile(W[0], backend="cuda")


@pytest.mark.parametrize("param", [1.0, None, W[0] * 2, "w"])
def test_what_is_no_leaf_is_no_parameter(param):
    with pytest.raises(
        TypeError, match=r"not a parameter: got params\[1\]=.*Pass model.param"
    ):
        compile(W[0] * 2, [W[0], param])


@pytest.mark.parametrize(
    ("f", "count"), [(lambda x: [x * W[0], x], 2), (lambda x: {"a": []}, 0)]
)
def test_several_outputs_are_no_loss(f, count):
    program = compile(f)
    with pytest.raises(
        TypeError, match=f"not a loss: got {count} outputs; expected one"
    ):
        program.value_and_grad([1.0, 2.0])


def test_a_program_that_saw_no_batch_says_so():
    program = compile(loss)

    assert program.params == []
    assert "not recorded yet" in repr(program)
    for name in ("source", "passes", "instructions", "parameters"):
        with pytest.raises(RuntimeError, match=r"not recorded yet: .*Call the program"):
            getattr(program, name)


def test_an_op_by_hand_has_no_formula_to_compile():
    hand = W[0] * 2
    hand.op = by_hand("mine")
    with pytest.raises(TypeError, match="no formula to compile: got op='mine' made by"):
        compile(hand * 3)


BRANCHES = {
    "a comparison": (
        lambda x: x if x > 0 else -x,
        "freeze this branch: got a comp.*relu or abs",
    ),
    "a truth value": (lambda x: x if x else -x, "freeze this branch"),
    "data": (lambda x: x * x.data, r"freeze this number: got v\.data"),
    "float": (lambda x: x * float(x), r"freeze this number: got float\(v\)"),
    "data of a parameter": (
        lambda x: x * W[0].data,
        r"freeze this number: got v\.data",
    ),
    "an index": (lambda x: W[x], r"mn\.take\(table, index\)"),
    "nothing": (lambda x: None, "not an output: got result=None .*Is a return missing"),
}


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("case", BRANCHES)
def test_what_depends_on_a_number_is_refused_while_recording(case, is_first):
    wrong, message = BRANCHES[case]
    program = compile(lambda x: wrong(x[0]) if len(x) == 1 else x[0] * W[0], W)
    if not is_first:
        program(X)
    with pytest.raises(TypeError, match=message):
        program(X[:, :1])

    assert not mn.recording.is_symbolic()
    assert program(X).tolist() == X[:, 0].tolist()


def test_an_error_of_the_function_in_training_leaves_the_optimizer_alone():
    model = MLP(2, [2])
    before = model.state_dict()
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    with (
        pytest.raises(ZeroDivisionError),
        compile(lambda x: model(x)[0] * (1 / len(x[2:]))).training(optimizer) as train,
    ):
        train.step(X)

    assert model.state_dict() == before
    assert (optimizer.steps, optimizer.state["momentum_buffer"]) == (0, [0.0] * 6)
