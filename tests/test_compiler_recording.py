import functools
import math
import random

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value, no_grad
from micrograd_nn.compiler.placeholders import (
    Spec,
    argument_names,
    placeholders,
    record,
)
from micrograd_nn.graph import topological_order
from micrograd_nn.losses import LOSSES, cross_entropy
from micrograd_nn.nn import MLP
from micrograd_nn.op import CONSTANT, INDEX, INPUT, LEAF

NUMBER, INTEGER = Spec(()), Spec((), integer=True)


# Placeholders -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "labels"),
    [
        ((), "x"),
        ((0,), []),
        ((3,), ["x[0]", "x[1]", "x[2]"]),
        ((2, 1), [["x[0][0]"], ["x[1][0]"]]),
        ((1, 2, 1), [[["x[0][0][0]"], ["x[0][1][0]"]]]),
    ],
)
def test_placeholders_are_nested_by_shape_and_named(shape, labels):
    def labels_of(tree):
        return [labels_of(x) for x in tree] if isinstance(tree, list) else tree.label

    assert labels_of(placeholders(Spec(shape), "x")) == labels


@pytest.mark.parametrize(("integer", "mark"), [(False, INPUT), (True, INDEX)])
def test_a_placeholder_is_a_leaf_without_a_number(integer, mark):
    value = placeholders(Spec((), integer), "x")

    assert value.op is mark
    assert value.operands == ()
    assert math.isnan(value.data)


def test_specs_are_keys():
    assert {Spec((2,)): 1}[Spec((2,), False)] == 1
    assert Spec((2,)) != Spec((2,), True)


# Recording ----------------------------------------------------------------------------


def test_a_function_is_called_once_with_a_list_for_each_axis():
    calls = []

    def f(x, image, y):
        calls.append((x, image, y))
        return x + image[1][2] * y

    recorded = record(f, [NUMBER, Spec((2, 3)), INTEGER])
    ((x, image, y),) = calls

    assert recorded.inputs == [[x], [*image[0], *image[1]], [y]]
    assert topological_order(recorded.outputs)[-1] is recorded.outputs
    assert set(topological_order(recorded.outputs)) >= {x, y, image[1][2]}
    assert recorded.random == []


def test_a_function_that_changes_its_argument_keeps_its_inputs():
    def f(x):
        first = x.pop()
        x.append(first * 2)
        return x[-1]

    assert [v.label for v in record(f, [Spec((2,))]).inputs[0]] == ["x[0]", "x[1]"]


def test_parameters_stay_leaves_and_numbers_are_constants():
    model = MLP(2, [3, 1])
    recorded = record(lambda x: model(x) * Value(2.0) + 1, [Spec((2,))])
    nodes = topological_order(recorded.outputs)

    assert {n for n in nodes if n.op is LEAF} == set(model.parameters())
    assert [n._data for n in nodes if n.op is CONSTANT] == [2.0, 1.0]


OUTPUTS = {
    "a Value": lambda x: x[0] * 2,
    "an input": lambda x: x[0],
    "a list": lambda x: [x[0] * 2, x[1]],
    "a tuple in a dictionary": lambda x: {"a": (x[0], [x[1]]), 3: x[0] + 1},
    "nothing": lambda x: [],
}


@pytest.mark.parametrize("f", OUTPUTS.values(), ids=OUTPUTS)
def test_outputs_keep_the_shape_that_they_came_in(f):
    recorded = record(f, [Spec((2,))])
    eager = f([Value(1.0), Value(2.0)])

    def skeleton(tree):
        if isinstance(tree, dict):
            return {key: skeleton(x) for key, x in tree.items()}
        if isinstance(tree, (list, tuple)):
            return type(tree)(map(skeleton, tree))
        return type(tree)

    assert skeleton(recorded.outputs) == skeleton(eager)


def test_numbers_that_come_out_are_constants_and_arrays_are_lists():
    outputs = record(
        lambda x: {"n": [1, np.float32(0.5)], "a": np.array(x) * 2, "m": np.eye(2)},
        [Spec((2,))],
    ).outputs

    assert [(v.op, v.data) for v in outputs["n"]] == [(CONSTANT, 1.0), (CONSTANT, 0.5)]
    assert [v.op.name for v in outputs["a"]] == ["*", "*"]
    assert [[v.data for v in row] for row in outputs["m"]] == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            None,
            r"got result=None \(NoneType\) .*; expected Values.* Is a return missing",
        ),
        ([1.0, "a"], r"got result\[1\]='a' \(str\)"),
        ({"loss": [{1}]}, r"got result\['loss'\]\[0\]=\{1\} \(set\) .*print the rest"),
        (iter([]), r"got result=.*\(list_iterator\)"),
        (1j, r"got result=1j \(complex\)"),
    ],
)
def test_what_is_no_output_is_refused(output, message):
    with pytest.raises(TypeError, match=f"not an output: {message}"):
        record(lambda x: output, [NUMBER])


@pytest.mark.parametrize(
    "error", [ZeroDivisionError, KeyboardInterrupt, TypeError("a")]
)
def test_what_the_function_raises_comes_out_and_recording_ends(error):
    def f(x):
        raise error

    with pytest.raises(error if isinstance(error, type) else TypeError):
        record(f, [NUMBER])
    assert not mn.recording.is_symbolic()


@pytest.mark.parametrize(
    "draw",
    [random.random, np.random.rand, lambda: MLP(1, [1]), lambda: random.seed(7)],
    ids=["random", "numpy", "a module", "a seed"],
)
def test_random_numbers_that_would_be_frozen_are_refused(draw):
    def noisy(x):
        draw()
        return x

    with pytest.raises(
        TypeError, match=r"freeze a random number: got noisy, which .*mn"
    ):
        record(noisy, [NUMBER])


def test_random_numbers_of_the_program_are_listed_in_order():
    def noisy(x):
        a, b = mn.randomness.normal(), mn.randomness.bernoulli(0.5)
        return x * b + a

    found = record(noisy, [NUMBER]).random

    assert [v.op.params for v in found] == [("normal",), ("bernoulli", 0.5)]


def test_an_index_picks_and_counts():
    table = [[Value(float(i + j)) for j in range(2)] for i in range(3)]
    recorded = record(lambda y: [*mn.take(table, y), 2 * y], [INTEGER])
    (y,) = recorded.inputs[0]

    assert [v.op.params for v in recorded.outputs[:2]] == [(y,), (y,)]
    assert recorded.outputs[2].operands[1] is y


def test_table_by_index_says_how_to_take():
    with pytest.raises(TypeError, match=r"Write mn\.take\(table, index\) for table"):
        record(lambda x, y: x[y], [Spec((3,)), INTEGER])


def test_a_program_is_recorded_inside_no_grad():
    with no_grad():
        assert record(lambda x: x * 2, [NUMBER]).outputs.operands


# Losses -------------------------------------------------------------------------------

EXAMPLE = {
    "mse_loss": [(Spec((3,)), NUMBER._replace(shape=(3,))), (NUMBER, NUMBER)],
    "l1_loss": [(Spec((3,)), Spec((3,))), (NUMBER, INTEGER)],
    "huber_loss": [(Spec((3,)), Spec((3,))), (NUMBER, NUMBER)],
    "kl_div": [(Spec((3,)), Spec((3,))), (NUMBER, NUMBER)],
    "nll_loss": [(Spec((3,)), INTEGER), (Spec((2, 3)), Spec((2,), integer=True))],
    "multi_margin_loss": [
        (Spec((3,)), INTEGER),
        (Spec((2, 3)), Spec((2,), integer=True)),
    ],
    "hinge_loss": [(Spec((3,)), Spec((3,), integer=True)), (NUMBER, INTEGER)],
    "binary_cross_entropy_with_logits": [
        (Spec((2, 3)), Spec((2, 3), integer=True)),
        (NUMBER, NUMBER),
    ],
    "cross_entropy": [
        (Spec((3,)), INTEGER),
        (Spec((3,)), Spec((3,))),
        (Spec((2, 3)), Spec((2,), integer=True)),
        (Spec((2, 3)), Spec((2, 3))),
    ],
}


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    ("name", "specs"), [(name, specs) for name in LOSSES for specs in EXAMPLE[name]]
)
def test_every_loss_takes_placeholders_as_targets(name, specs, reduction):
    recorded = record(lambda x, t: LOSSES[name](x, t, reduction), specs)
    values = mn.trees.leaves(recorded.outputs)
    order = [node for value in values for node in topological_order(value)]
    picked = {node.op.params[0] for node in order if node.op.name == "pick"}

    assert set(recorded.inputs[0]) <= set(order)
    assert set(recorded.inputs[1]) <= set(order) | picked


def test_a_class_that_is_no_integer_input_is_refused():
    with pytest.raises(TypeError, match="pass it an array of integers"):
        record(cross_entropy, [Spec((3,)), NUMBER])


# Names --------------------------------------------------------------------------------


class Scaled:
    def __call__(self, x, scale=2.0):
        return x * scale

    def method(self, a, b):
        return a * b


@pytest.mark.parametrize(
    ("f", "count", "names"),
    [
        (lambda x, y=1: x, 1, ["x"]),
        (lambda x, y=1: x, 2, ["x", "y"]),
        (lambda *xs: xs, 2, ["xs[0]", "xs[1]"]),
        (Scaled(), 1, ["x"]),
        (Scaled().method, 2, ["a", "b"]),
        (functools.partial(Scaled().method, 1), 1, ["b"]),
        (MLP(2, [1]), 1, ["x"]),
        (max, 2, ["x0", "x1"]),
        (lambda: 1, 0, []),
    ],
)
def test_inputs_are_named_after_arguments(f, count, names):
    assert argument_names(f, count) == names


@pytest.mark.parametrize("specs", [[], [NUMBER] * 3])
def test_arguments_must_fit(specs):
    with pytest.raises(
        TypeError, match=r"arguments do not fit: got \d arrays; .* of <la"
    ):
        record(lambda x, y: x, specs)
