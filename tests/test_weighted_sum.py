import pytest

from micrograd_nn import Value, no_grad
from micrograd_nn.graph import topological_order
from micrograd_nn.weighted_sum import weighted_sum

BIAS, WEIGHTS, INPUTS = 0.5, [2.0, -3.0, 0.1], [1.5, 0.25, 7.0]


def both_ways(bias, weights, inputs):
    """The sum by `weighted_sum` and by operators, each on Values of its own."""
    totals = []
    for by_operators in (False, True):
        total = start = Value(bias)
        ws, xs = [list(map(Value, numbers)) for numbers in (weights, inputs)]
        if by_operators:
            for w, x in zip(ws, xs, strict=True):
                total = total + w * x
        else:
            total = weighted_sum(start, ws, xs)
        totals.append(total)
    return totals


def test_it_records_the_nodes_that_the_operators_record():
    fast, plain = both_ways(BIAS, WEIGHTS, INPUTS)

    kinds = [
        [(node.op, node.data, len(node.operands)) for node in topological_order(total)]
        for total in (fast, plain)
    ]

    assert kinds[0] == kinds[1]


def test_its_gradients_are_those_of_the_operators():
    grads = []
    for total in both_ways(BIAS, WEIGHTS, INPUTS):
        total.backward()
        grads.append([node.grad for node in topological_order(total)])

    assert grads[0] == grads[1]


def test_it_gives_the_bias_itself_for_no_inputs():
    bias = Value(1.0)

    assert weighted_sum(bias, [], []) is bias


def test_it_warns_where_a_product_overflows():
    with pytest.warns(RuntimeWarning, match=r"\* gave inf: got 1e\+300, 1e\+300"):
        total = weighted_sum(Value(0.0), [Value(1e300)], [Value(1e300)])

    assert total.data == float("inf")


def test_it_records_nothing_inside_no_grad():
    with no_grad():
        total = weighted_sum(Value(1.0), [Value(2.0)], [Value(3.0)])

    assert (total.data, total.operands) == (7.0, ())


@pytest.mark.parametrize(("weights", "inputs"), [(2, 1), (1, 2)])
def test_it_refuses_more_weights_than_inputs_or_fewer(weights, inputs):
    ws, xs = ([Value(1.0)] * count for count in (weights, inputs))

    with pytest.raises(ValueError, match="zip"):
        weighted_sum(Value(0.0), ws, xs)


def test_it_takes_plain_numbers_for_weights_and_bias():
    x = Value(3.0)

    total = weighted_sum(0.5, [2.0], [x])
    total.backward()

    assert (total.data, x.grad) == (6.5, 2.0)
