"""`why`: the paths that make a gradient, against all paths listed one by one."""

import itertools
import math

import pytest
from hypothesis import given, settings

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.anomaly import ignore_anomaly
from micrograd_nn.viz.faults import faulty_steps
from micrograd_nn.viz.steps import steps
from micrograd_nn.viz.why import paths, why
from tests.test_random_graphs import INPUTS, PROGRAMS, run
from tests.test_viz_steps import GRAPHS, overwriting


def all_paths(found, target):
    """Every path from the root to the target, as (product, nodes), by brute force."""
    edges = {}
    for step in found:
        if step.operand is not None:
            edges.setdefault(step.node, []).append((step.operand, step.local))
    listed, stack = [], [(1.0, (len(found.names) - 1,))]
    while stack:
        product, nodes = stack.pop()
        if nodes[-1] == target:
            listed.append((product, nodes))
        for operand, local in edges.get(nodes[-1], ()):
            stack.append((product * local, (*nodes, operand)))
    return listed


def largest(listed, count):
    return sorted((abs(product) for product, _ in listed), reverse=True)[:count]


def assert_right(root):
    found = steps(root)
    for i in range(min(len(found.names), 8)):
        listed = all_paths(found, i)
        here = paths(found, i, 3)
        products = [path.product for path in here.largest]

        assert here.count == len(listed)
        assert here.others == max(0, len(listed) - 3)
        assert list(map(abs, products)) == largest(listed, 3)
        assert {(p.product, p.nodes) for p in here.largest} <= set(listed)
        for path in here.largest:
            assert math.prod(path.partials) == pytest.approx(path.product, rel=1e-14)


@pytest.mark.parametrize(
    "make", [make for make in GRAPHS if make.__name__ != "not_finite"]
)
def test_paths_are_counted_and_the_largest_found(make):
    assert_right(make())


@settings(max_examples=25)
@given(PROGRAMS.map(lambda program: program[:6]), INPUTS)
def test_so_they_are_in_random_graphs(program, numbers):
    with ignore_anomaly():
        root = run(program, list(map(Value, numbers)))
    if all(math.isfinite(g) for g in steps(root).grads):
        assert_right(root)


@pytest.mark.parametrize(
    "make", [m for m in GRAPHS if m.__name__ not in ("not_finite", "overwriting")]
)
def test_all_paths_add_up_to_the_gradient(make):
    root = make()
    for node in steps(root).graph.order:
        found = why(root, node, largest=1000)

        assert found.others == 0
        assert found.rest == pytest.approx(0.0, abs=1e-14)
        assert "add up" not in str(found)


def diamonds(depth, a=0.7, b=0.31):
    x = y = Value(1.0, label="x")
    for _ in range(depth):
        y = y * a + y * b
    return y, x


def test_2_to_the_60_paths_are_answered_at_once():
    root, x = diamonds(60)
    found = why(root, x)

    assert found.count == 2**60
    assert found.others == 2**60 - 10
    assert found.largest[0].product == pytest.approx(0.7**60)
    assert [path.product for path in found.largest[1:]] == pytest.approx(
        [0.7**59 * 0.31] * 9
    )
    assert found.rest == pytest.approx(1.01**60)
    assert str(found).endswith("\n+1.817 from 1,152,921,504,606,846,966 other paths")


def test_paths_that_are_all_alike_are_no_harder():
    root, x = diamonds(200, 0.3, 0.3)

    assert [path.product for path in why(root, x).largest] == pytest.approx(
        [0.3**200] * 10
    )


def test_a_count_beyond_reading_is_told_by_its_size():
    root, x = diamonds(2000)
    found = why(root, x, largest=1)

    assert found.count == 2**2000
    assert "x.grad = 4.393e8: about 10^602 paths" in str(found)


def test_a_path_of_20_000_nodes_is_found():
    x = root = Value(1.0, label="x")
    for _ in range(20_000):
        root = -root
    found = why(root, x)

    assert (found.count, len(found.largest[0].nodes)) == (1, 20_001)
    assert str(found) == (
        "x.grad = 1: 1 path\n+1 = 1 × (−1) × (−1) × (−1) × … × (−1) × (−1) × (−1)   "
        "v20000 ← v19999 ← v19998 ← v19997 ← … ← v2 ← v1 ← x"
    )


def test_a_value_used_10_000_times_has_as_many_paths():
    x = Value(2.0)
    found = why(mn.sum([x] * 10_000), x)

    assert (found.count, found.grad, found.rest) == (10_000, 10_000.0, 9_990.0)


def test_each_path_is_a_line_the_largest_first():
    x = Value(2.0, label="x")
    p = x * x
    p.label = "p"
    y = p * x - 5 * x
    y.label = "y"

    assert str(why(y, x)) == (
        """\
x.grad = 7: 4 paths
−5 = 1 × (−1) × 5    y ← v4 ← x
+4 = 1 × 1 × 4       y ← v2 ← x
+4 = 1 × 1 × 2 × 2   y ← v2 ← p ← x
+4 = 1 × 1 × 2 × 2   y ← v2 ← p ← x"""
    )


def test_the_root_is_its_own_path():
    y = Value(2.0).exp()
    y.label = "y"

    assert str(why(y, y)) == "y.grad = 1: 1 path\n+1 = 1   y"


def test_a_step_by_hand_that_overwrites_is_found_out():
    root = overwriting()
    a = root.operands[1].operands[0]

    assert str(why(root, a)).splitlines() == [
        "a.grad = 6: 2 paths",
        "+6 = 1 × 1 × 6   v4 ← s ← a",
        "+2 = 1 × 1 × 2   v4 ← v3 ← a",
        "The paths add up to 8: a grad on the way was not passed on as it should be.",
    ]


def test_so_is_a_fault_that_was_put_in():
    x = Value(3.0, label="x")
    found = faulty_steps(x * x, "overwrite")

    assert "add up to 6" in str(paths(found, 0))


def test_a_path_that_is_nan_comes_first():
    x, y = Value(0.0, label="x"), Value(5.0)
    with ignore_anomaly():
        found = why(x * y + (x / x) * 0.0, x)

    assert math.isnan(found.largest[0].product)
    assert str(found).splitlines()[1].startswith("nan = 1 × ")


def test_names_of_any_kind_stay_on_their_line():
    x = Value(2.0, label="a\nb ← c\u202e")

    assert len(str(why(x * x, x)).splitlines()) == 3


@pytest.mark.parametrize("node", [Value(1.0), 2.0, None])
def test_a_node_outside_of_the_graph_is_refused(node):
    with pytest.raises(ValueError, match=r"not in the graph: got .*; expected one of"):
        why(Value(2.0) * 3.0, node)


@pytest.mark.parametrize("count", [0, -1, 2.0, None])
def test_a_number_of_paths_that_is_none_is_refused(count):
    x = Value(2.0)

    with pytest.raises(ValueError, match=r"too few paths: got largest=.*; expected an"):
        why(x * x, x, largest=count)


def test_a_root_that_is_no_value_is_refused():
    with pytest.raises(TypeError, match="nothing to show"):
        why(3.0, Value(1.0))


def test_paths_come_in_the_order_of_their_size():
    x = Value(1.0)
    terms = [x * weight for weight in (1.0, -7.0, 3.0, 0.0, -2.0)]
    found = why(sum(terms, Value(0.0)), x)
    sizes = [abs(path.product) for path in found.largest]

    assert sizes == [7.0, 3.0, 2.0, 1.0, 0.0]
    assert all(a >= b for a, b in itertools.pairwise(sizes))


def test_a_graph_whose_data_changed_has_no_paths():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 3.0

    with pytest.raises(RuntimeError, match="data changed since it was used"):
        why(y, x)
