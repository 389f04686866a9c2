"""What is particular to each layer; what all have in common is in the contract."""

import random
import statistics

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import Value, nn, no_grad, trees
from micrograd_nn.nn import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    Dropout,
    Elementwise,
    Embedding,
    Flatten,
    Identity,
    LayerNorm,
    Linear,
    MaxPool1d,
    MaxPool2d,
    Module,
    ReLU,
    Residual,
    Sequential,
    Softmax,
    Tanh,
)
from micrograd_nn.nn.examples import as_values, shape, sizes
from micrograd_nn.nn.windows import even_spans, padded, spans, windows


def numbers(tree):
    return [x.data for x in trees.leaves(tree)]


# How parameters start -----------------------------------------------------------------


def test_weights_start_as_in_pytorch_between_the_roots_of_one_over_fan_in():
    linear, conv = Linear(64, 50), Conv2d(4, 25, 4)
    found = [numbers(layer.weight) for layer in (linear, conv)]

    for drawn, bias in zip(found, (linear.bias, conv.bias), strict=True):
        assert 0.12 < max(drawn) <= 1 / 8  # fan_in is 64 for both
        assert -1 / 8 <= min(drawn) < -0.12
        assert statistics.pvariance(drawn) == pytest.approx(1 / (3 * 64), rel=0.1)
        assert max(map(abs, numbers(bias))) <= 1 / 8
        assert any(numbers(bias))


def test_an_embedding_starts_normal():
    drawn = numbers(Embedding(50, 40).weight)

    assert statistics.mean(drawn) == pytest.approx(0.0, abs=0.1)
    assert statistics.pstdev(drawn) == pytest.approx(1.0, rel=0.1)


def test_the_same_seed_gives_the_same_layer():
    def build():
        random.seed(7)
        return Sequential(Linear(3, 2), Conv1d(1, 2, 2), Embedding(3, 2)).state_dict()

    first = build()

    assert build() == first
    assert len(set(first.values())) == len(first)


def test_an_initializer_of_your_own_leaves_biases_at_zero():
    for layer in (
        Linear(3, 2, initializer="he_normal"),
        Conv2d(1, 2, 3, initializer=lambda fan_in, fan_out: fan_in / fan_out),
    ):
        assert any(numbers(layer.weight))
        assert not any(numbers(layer.bias))
    assert set(numbers(layer.weight)) == {9 / 18}


def test_an_initializer_of_matrices_gets_the_matrix():
    rows = np.array(
        [numbers(row) for row in Linear(4, 3, initializer="orthogonal").weight]
    )

    np.testing.assert_allclose(rows @ rows.T, np.eye(3), atol=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Linear(0, 2), "not a size: got in_features=0"),
        (lambda: Linear(2, 1.5), "not a size: got out_features=1.5"),
        (lambda: Linear(2, 2, initializer="x"), "no such initializer: got"),
        (lambda: Conv2d(1, 1, (3, 3, 3)), r"wrong number of sizes: got kernel_size="),
        (lambda: Conv2d(1, 1, 3, padding=-1), "not a size: got padding=-1"),
        (lambda: Conv1d(1, 1, (3, 3)), r"sizes: got kernel_size=\(3, 3\) \(tuple\)"),
        (lambda: MaxPool2d(2, padding=2), "too much padding: got padding=2"),
        (lambda: MaxPool1d(0), "not a size: got kernel_size=0"),
        (lambda: LayerNorm(()), r"wrong number of sizes: got normalized_shape=\(\)"),
        (lambda: LayerNorm(2, eps=-1.0), "out of range: got eps=-1.0"),
        (lambda: nn.BatchNorm1d(2, momentum=1.5), "out of range: got momentum=1.5"),
        (lambda: Embedding(2, 0), "not a size: got embedding_dim=0"),
        (lambda: Dropout(1.5), "out of range: got p=1.5"),
    ],
)
def test_impossible_settings_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# Inputs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "x", [[0.5, -2.0], (0.5, -2), np.array([0.5, -2.0]), [Value(0.5), -2.0]]
)
def test_inputs_may_be_numbers_values_or_arrays(x):
    layer = Linear(2, 1)
    layer.load_tensors({"weight": [[4.0, -1.0]], "bias": [0.25]})

    assert numbers(layer(x)) == [4.25]


def test_one_number_is_a_row_of_one():
    layer = Linear(1, 2)
    layer.load_tensors({"weight": [[4.0], [3.0]], "bias": [0.0, 1.0]})

    assert numbers(layer(2.0)) == numbers(layer(Value(2.0))) == [8.0, 7.0]


@pytest.mark.parametrize("x", [{1.0: 2}, {1.0}])
def test_what_has_no_order_is_refused(x):
    with pytest.raises(TypeError, match="inputs have an order: got x="):
        ReLU()(x)


def test_what_is_no_number_is_refused():
    with pytest.raises(TypeError, match="not a number: got input='b'"):
        Linear(2, 1)([1.0, "b"])


def test_numbers_beside_lists_are_refused():
    with pytest.raises(
        ValueError, match=r"ragged: got x=\[.* with lists beside numbers"
    ):
        Linear(2, 1)([1.0, [2.0, 3.0]])


def test_an_image_of_unequal_rows_is_refused():
    with pytest.raises(ValueError, match=r"ragged: Conv2d\(1 -> 1\) got lists of sev"):
        Conv2d(1, 1, 1)([[[1.0, 2.0], [3.0]]])


def test_an_image_smaller_than_the_filter_is_refused():
    with pytest.raises(
        ValueError,
        match=r"too small: Conv2d\(1 -> 1\) got channels of 2x1; .* 1x3\. Use",
    ):
        Conv2d(1, 1, (3, 3), padding=(1, 0))([[[1.0], [2.0]]])


def test_values_of_another_layer_pass_as_they_are():
    xs = [Value(1.0), Value(2.0)]

    assert as_values(xs) is xs
    assert as_values([xs])[0] is xs


def test_shapes_and_sizes():
    assert shape([[[1], [2]]]) == (1, 2, 1)
    assert shape([[], []]) == (2, 0)
    assert shape([[1], [[2]]]) is None
    assert sizes([1, 2], "s") == (1, 2)


# Along sequences ----------------------------------------------------------------------


def test_layers_of_features_do_the_same_at_every_step():
    layers = Sequential(Linear(2, 3), Tanh(), LayerNorm(3), Softmax(), Dropout(0.0))
    steps = [[0.5, -1.0], [2.0, 0.25]]

    assert numbers(layers(steps)) == [
        x for step in steps for x in numbers(layers(step))
    ]


def test_an_activation_of_one_value_is_one_value():
    assert ReLU()(Value(-1.0)).data == 0.0
    assert Identity()(3.0).data == 3.0


def test_a_function_of_your_own_is_a_layer_in_two_lines():
    class Square(Elementwise):
        def function(self, x):
            return x * x

    assert numbers(Sequential(Square(), Square())([[2.0], [3.0]])) == [16.0, 81.0]


# Convolutions and pools ---------------------------------------------------------------


def test_the_zeros_of_padding_are_no_leaves():
    layer = Conv2d(1, 1, 3, padding=1)
    x = Value(2.0)
    (((y,),),) = layer([[[x]]])
    y.backward()
    weights = trees.leaves(layer.weight)

    assert y.data == pytest.approx(weights[4].data * 2.0 + layer.bias[0].data)
    assert [w.grad for w in weights] == [0.0] * 4 + [2.0] + [0.0] * 4
    assert set(mn.compile(y).params) == {*weights, *layer.bias, x}


def test_a_signal_is_an_image_of_one_row():
    one, two = (
        Conv1d(2, 3, 3, stride=2, padding=1),
        Conv2d(2, 3, (1, 3), (1, 2), (0, 1)),
    )
    weight = one.named_tensors()["weight"].data
    two.load_tensors(
        {
            "weight": [[[channel] for channel in filters] for filters in weight],
            "bias": one.named_tensors()["bias"].data,
        }
    )
    x = [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]

    assert numbers(one(x)) == numbers(two([[row] for row in x]))


def test_layers_become_matrix_products():
    net = Sequential(
        Conv2d(2, 3, 3, padding=1), ReLU(), MaxPool2d(2), Flatten(), Linear(12, 2)
    )
    program = mn.compile(lambda x: net(x))
    program(np.ones((4, 2, 4, 4)))
    lines = str(program).splitlines()

    assert "3x18 @ 18x16B" in lines[0]
    assert any("2x12 @ 12xB" in line for line in lines)
    assert len(lines) <= 6


def test_max_pools_do_not_see_padding_and_mean_pools_see_zeros():
    image = [[[-1.0, -2.0], [-3.0, -4.0]]]

    assert numbers(MaxPool2d(2, padding=1)(image)) == [-1.0, -2.0, -3.0, -4.0]
    assert numbers(AvgPool2d(2, padding=1)(image)) == [-0.25, -0.5, -0.75, -1.0]


def test_windows_and_spans():
    plane = padded([[1, 2], [3, 4]], 1, 0, fill=0)

    assert plane == [[0, 0], [1, 2], [3, 4], [0, 0]]
    assert windows(plane, spans(4, 2, 2), spans(2, 1, 1)) == [
        [[0, 1], [0, 2]],
        [[3, 0], [4, 0]],
    ]
    assert [(s.start, s.stop) for s in even_spans(7, 3)] == [(0, 3), (2, 5), (4, 7)]


# Embedding ----------------------------------------------------------------------------


@pytest.mark.parametrize("index", [5, -1])
def test_an_index_outside_of_the_table_is_refused(index):
    with pytest.raises(IndexError, match=f"no such entry: got index={index}"):
        Embedding(5, 2)([0, index])


@pytest.mark.parametrize("index", [1.0, Value(1.0)])
def test_an_index_that_is_not_whole_is_refused(index):
    with pytest.raises(TypeError, match="not an index"):
        Embedding(5, 2)(index)


def test_only_the_rows_that_were_used_get_a_gradient():
    table = Embedding(3, 2)
    mn.sum(trees.leaves(table(np.array([2, 0, 2])))).backward()

    assert [[v.grad for v in row] for row in table.weight] == [[1, 1], [0, 0], [2, 2]]


# Dropout ------------------------------------------------------------------------------


def test_the_mean_of_what_dropout_keeps_is_the_input():
    with no_grad():
        kept = numbers(Dropout(0.2)([3.0] * 5000))

    assert set(kept) == {0.0, 3.0 / 0.8}
    assert statistics.mean(kept) == pytest.approx(3.0, rel=0.05)


@pytest.mark.parametrize(("p", "expected"), [(0.0, 3.0), (1.0, 0.0)])
def test_dropout_of_nothing_and_of_everything(p, expected):
    x = Value(3.0)
    (y,) = Dropout(p)([x])
    y.backward()

    assert y.data == expected
    assert x.grad == float(p == 0.0)


def test_a_program_drops_anew_in_every_run_and_for_every_example():
    layer = Dropout(0.5)
    program = mn.compile(lambda x: layer(x))
    first, second = program(np.ones((8, 10))), program(np.ones((8, 10)))

    assert set(first.flat) == {0.0, 2.0}
    assert (first != second).any()
    assert (first[0] != first[1:]).any()


def test_a_program_follows_train_and_eval():
    layer = Dropout(0.5)
    program = mn.compile(lambda x: layer(x))
    before = program(np.ones((8, 10)))
    layer.eval()

    assert (before == 0.0).any()
    assert (program(np.ones((8, 10))) == 1.0).all()


# Containers ---------------------------------------------------------------------------


def test_a_sequence_can_be_indexed_cut_walked_and_lengthened():
    a, b, c = Linear(2, 2), ReLU(), Tanh()
    net = Sequential(a, b)

    assert net.append(c) is net
    assert len(net) == 3
    assert (net[0], net[-1]) == (a, c)
    assert list(net) == [a, b, c]
    assert list(net[1:]) == [b, c]
    assert isinstance(net[1:], Sequential)
    with pytest.raises(IndexError):
        net[3]


def test_an_empty_sequence_gives_what_it_gets():
    x = [Value(1.0)]

    assert Sequential()(x) is x
    assert Sequential().batch([x]) == [x]
    assert Sequential().summary().rows[-1].parameters == 0


def test_a_module_may_be_in_a_sequence_twice():
    relu, linear = ReLU(), Linear(1, 1)
    net = Sequential(linear, relu, linear, relu)

    assert len(net.parameters()) == 2
    assert [line.split(":")[0] for line in repr(net).splitlines()[1:-1]] == [
        "  (0)",
        "  (1)",
        "  (2)",
        "  (3)",
    ]
    assert list(net.named_tensors()) == ["0.weight", "0.bias", "2.weight", "2.bias"]


@pytest.mark.parametrize("wrong", [Value.relu, [ReLU()], None])
@pytest.mark.parametrize("make", [Sequential, Residual, Sequential().append])
def test_what_is_no_module_is_refused(make, wrong):
    with pytest.raises(TypeError, match="not a module: got"):
        make(wrong)


def test_a_residual_of_another_shape_is_refused():
    with pytest.raises(
        ValueError,
        match=r"shapes differ: Residual\(Linear\) got .* \(2,\) and .* \(3,\); exp",
    ):
        Residual(Linear(2, 3))([1.0, 2.0])


def test_the_gradient_of_a_residual_has_a_way_around_the_module():
    block = Residual(Linear(1, 1, initializer="zeros"))
    x = Value(3.0)
    (y,) = block([x])
    y.backward()

    assert (y.data, x.grad) == (3.0, 1.0)


def test_a_summary_knows_the_inputs_of_the_first_layer():
    rows = Sequential(Residual(Linear(3, 3)), ReLU(), Linear(3, 2)).summary().rows

    assert [(row.kind, row.parameters, row.output) for row in rows] == [
        ("Residual", 12, (3,)),
        ("ReLU", 0, (3,)),
        ("Linear", 8, (2,)),
        ("Sequential", 20, (2,)),
    ]
    assert Sequential(ReLU(), Linear(3, 2)).summary().rows[0].nodes is None


def test_a_summary_shows_shapes():
    net = Sequential(Conv2d(1, 2, 3), Flatten())

    assert str(net.summary(np.zeros((1, 4, 5)))).splitlines()[1].split() == [
        *("0", "Conv2d", "2x2x3", "20", "152")
    ]


# Batches ------------------------------------------------------------------------------


def test_a_batch_is_the_outputs_of_its_examples_where_they_are_not_mixed():
    net = Sequential(Linear(2, 3), Residual(Tanh()))
    rows = np.array([[0.5, -1.0], [2.0, 0.25]])

    assert not net.needs_batch
    assert numbers(net.batch(rows)) == [x for row in rows for x in numbers(net(row))]


def test_a_module_of_your_own_takes_batches():
    class Twice(Module):
        def __call__(self, x):
            return 2 * x[0]

    assert numbers(Twice().batch([[1.0], [Value(2.0)]])[1:]) == [4.0]
