"""Layout: nothing overlaps, edges keep clear of boxes, and it is repeatable."""

import random
from itertools import combinations, pairwise
from operator import mul

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd_nn.viz.boxes import DIRECTIONS, Box
from micrograd_nn.viz.graphviz_program import COMMANDS
from micrograd_nn.viz.lanes import LANE, lanes_of
from micrograd_nn.viz.layered import _regression, layered_layout
from micrograd_nn.viz.layers import CUTS, FEW_CUTS, layers_of
from micrograd_nn.viz.layout import layout

ENGINES = [
    "python",
    *(
        pytest.param(
            engine,
            marks=pytest.mark.skipif(not command("json0"), reason=f"needs {engine}"),
        )
        for engine, command in COMMANDS.items()
    ),
]
SQUARE = Box(40.0, 40.0, 40.0)


def random_graph(seed):
    """Boxes of all sizes, and edges (some of them twice) that form no cycle."""
    rng = random.Random(seed)
    boxes = [
        Box(rng.uniform(20, 160), rng.uniform(20, 90), 20.0)
        for _ in range(rng.randint(1, 40))
    ]
    edges = [
        (rng.randrange(head), head)
        for head in range(1, len(boxes))
        for _ in range(rng.choice([0, 1, 2, 2, 2, 5]))
    ]
    return boxes, edges


def stepwise(steps, shared):
    """A chain with, at each step, edges from the `shared` boxes that come first."""
    chain = range(shared, shared + steps)
    inputs = [(tail, head) for head in chain for tail in range(shared)]
    return shared + steps, [*inputs, *pairwise(chain)]


def rows_of_dots(rows, shared):
    """A sum of dot products that share their weights, term by term."""
    edges, count = [], shared
    for row in range(rows):
        for weight in range(shared):
            edges += [(weight, count), (count, count + 1)]
            edges += [(count - 1, count + 1)] if row or weight else []
            count += 2
    return count, edges


def all_to_all(count):
    """A chain in which each box leads to all later ones."""
    return count, list(combinations(range(count), 2))


def twice(count, edges):
    """A graph, and a copy of it that goes on where it ends."""
    again = [(tail + count, head + count) for tail, head in edges]
    return 2 * count, [*edges, *again, (count - 1, count + 1)]


# Boxes and edges; how many are in lanes, and how many lanes there are.
FAR = {
    "a short chain": (stepwise(20, 2), 0, 0),
    "Horner's rule": (stepwise(3_000, 1), 1, 1),
    "a recurrent network": (stepwise(3_000, 2), 2, 2),
    "a sum of dot products": (rows_of_dots(150, 20), 20, 20),
    "skips over all": (all_to_all(100), 81, 81),
    "two after one another": (twice(*stepwise(3_000, 1)), 2, 1),
    "skips over one": (
        (3_000, [(i, j) for i in range(3_000) for j in (i + 1, i + 2) if j < 3_000]),
        0,
        0,
    ),
}


def sides(box, center):
    """Left, top, right, bottom."""
    (x, y), (width, height, _) = center, box
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def overlap(a, b, margin=0.5):
    return (
        a[0] + margin < b[2]
        and b[0] + margin < a[2]
        and a[1] + margin < b[3]
        and b[1] + margin < a[3]
    )


def points_along(route, steps=12):
    """Points on the cubic Bézier curves of a route."""
    for i in range(0, len(route) - 1, 3):
        p, q, r, s = route[i : i + 4]
        for t in (k / steps for k in range(steps + 1)):
            u = 1 - t
            weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
            yield tuple(
                sum(map(mul, weights, axis)) for axis in zip(p, q, r, s, strict=True)
            )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rankdir", DIRECTIONS)
def test_no_two_boxes_overlap_and_all_are_inside_the_picture(engine, rankdir):
    for seed in range(8):
        boxes, edges = random_graph(seed)
        found = layout(boxes, edges, rankdir, engine)
        places = list(map(sides, boxes, found.centers))

        assert not any(overlap(a, b) for a, b in combinations(places, 2))
        assert all(
            overlap(place, (0, 0, found.width, found.height)) for place in places
        )
        assert all(left >= -1 and top >= -1 for left, top, _, _ in places)
        assert all(x <= found.width + 1 for _, _, x, _ in places)
        assert all(y <= found.height + 1 for _, _, _, y in places)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("rankdir", "direction"), DIRECTIONS.items())
def test_every_edge_leads_from_border_to_border_along_rankdir(
    engine, rankdir, direction
):
    boxes, edges = random_graph(3)
    found = layout(boxes, edges, rankdir, engine)
    dx, dy = direction
    for (tail, head), route in zip(edges, found.routes, strict=True):
        x, y = found.centers[tail]
        start = x + dx * boxes[tail].width / 2, y + dy * boxes[tail].height / 2
        x, y = found.centers[head]
        end = x - dx * boxes[head].width / 2, y - dy * boxes[head].height / 2
        across = 0 if dy else 1

        assert route[0][1 - across] == pytest.approx(start[1 - across], abs=2.0)
        assert route[-1][1 - across] == pytest.approx(end[1 - across], abs=2.0)
        assert abs(route[0][across] - start[across]) <= boxes[tail].entry / 2 + 1
        assert abs(route[-1][across] - end[across]) <= boxes[head].entry / 2
        assert len(route) % 3 == 1


def test_edges_of_our_engine_pass_through_no_box():
    for seed in range(8):
        boxes, edges = random_graph(seed)
        found = layout(boxes, edges, engine="python")
        places = list(map(sides, boxes, found.centers))
        for route in found.routes:
            for x, y in points_along(route):
                dot = (x - 0.1, y - 0.1, x + 0.1, y + 0.1)

                assert not any(overlap(dot, place, margin=0.3) for place in places)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_graph_gets_the_same_layout(engine):
    boxes, edges = random_graph(5)

    assert layout(boxes, edges, engine=engine) == layout(boxes, edges, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_edges_into_a_box_arrive_in_their_order_from_the_top(engine):
    boxes = [SQUARE] * 4
    edges = [(2, 3), (0, 3), (0, 3), (1, 3)]
    found = layout(boxes, edges, engine=engine)
    arrivals = [route[-1][1] for route in found.routes]

    assert arrivals == sorted(arrivals)
    assert len(set(arrivals)) == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_parallel_edges_are_apart_along_their_whole_way(engine):
    first, second = layout([SQUARE] * 2, [(0, 1), (0, 1)], engine=engine).routes
    above, below = (list(points_along(route)) for route in (first, second))

    assert all(b[1] - a[1] > 5 for a, b in zip(above, below, strict=True))


def test_a_chain_is_straight():
    boxes = [Box(40.0, height, 20.0) for height in (20.0, 60.0, 30.0, 44.0)]
    found = layout(boxes, [(0, 1), (1, 2), (2, 3)], engine="python")

    assert [y for _, y in found.centers] == [pytest.approx(30.0)] * 4


def test_a_tree_is_drawn_in_the_order_of_its_operands():
    # Leaves 0, 1 -> 2; leaves 3, 4 -> 5; then 2, 5 -> 6, as a search leaves them.
    edges = [(0, 2), (1, 2), (3, 5), (4, 5), (2, 6), (5, 6)]
    heights = [y for _, y in layout([SQUARE] * 7, edges, engine="python").centers]

    assert heights[0] < heights[1] < heights[3] < heights[4]
    assert heights[0] < heights[2] < heights[1]
    assert heights[6] == pytest.approx((heights[2] + heights[5]) / 2)


def test_crossings_that_can_be_undone_are_undone():
    net = layers_of(6, [(0, 5), (1, 4), (2, 3)])
    first, last = net.layers

    assert [net.after[node] for node in first] == [[node] for node in last]


def test_a_box_stands_just_before_what_it_leads_to():
    chain_and_leaf = [(0, 1), (1, 2), (2, 3), (4, 3)]
    found = layout([SQUARE] * 5, chain_and_leaf, engine="python")

    assert found.centers[4][0] == found.centers[2][0]


def test_a_chain_far_deeper_than_the_recursion_limit_is_laid_out():
    found = layered_layout([SQUARE] * 5_000, [(i, i + 1) for i in range(4_999)])

    assert found.centers[-1][0] > 4_999 * SQUARE.width


@pytest.mark.parametrize(("graph", "boxes", "lanes"), FAR.values(), ids=FAR)
def test_however_far_edges_go_their_pieces_are_few(graph, boxes, lanes):
    count, edges = graph
    net = layers_of(count, edges)
    found = lanes_of(net)

    assert len(net.before) - count <= max(CUTS * count, FEW_CUTS)
    assert (len(found), len(set(found.values()))) == (boxes, lanes)
    assert [(chain[0], chain[-1]) for chain in net.chains] == edges


def test_edges_in_a_lane_pass_above_all_boxes_and_through_none():
    count, edges = stepwise(100, 2)
    found = layered_layout([SQUARE] * count, edges)
    places = list(map(sides, [SQUARE] * count, found.centers))
    far = [route for route in found.routes if len({y for _, y in route}) > 2]

    assert min(top for _, top, _, _ in places) >= 2 * LANE
    assert {min(y for _, y in route) for route in far} == {LANE / 2, LANE * 1.5}
    assert max(map(len, found.routes)) == 16
    for route in found.routes:
        for x, y in points_along(route):
            dot = (x - 0.1, y - 0.1, x + 0.1, y + 0.1)
            near = [place for place in places if abs(place[0] - x) < 60]

            assert not any(overlap(dot, place, margin=0.3) for place in near)


def test_no_boxes_and_boxes_without_edges_are_laid_out():
    assert layout([], [], engine="python").centers == []
    assert len(set(layout([SQUARE] * 3, [], engine="python").centers)) == 3


def test_a_cycle_is_refused():
    with pytest.raises(ValueError, match="form a cycle: got 2 boxes"):
        layout([SQUARE] * 3, [(0, 1), (1, 0), (1, 2)], engine="python")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rankdir": "lr"}, "unknown rankdir: got rankdir='lr'.*'LR', 'RL'"),
        ({"rankdir": []}, r"unknown rankdir: got rankdir=\[\] \(list\)"),
        ({"engine": "neato"}, "unknown engine: got engine='neato'.*'python'"),
    ],
)
def test_an_unknown_choice_is_refused_with_the_known_ones(arguments, message):
    with pytest.raises(ValueError, match=message):
        layout([SQUARE], [], **arguments)


@given(
    st.lists(
        st.tuples(st.floats(-50, 50), st.sampled_from([1.0, 3.0, 8.0])),
        min_size=1,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_the_regression_keeps_room_and_no_other_heights_fit_better(wishes, rng):
    rooms = [rng.uniform(1, 20) for _ in wishes]
    gaps = [(a + b) / 2 for a, b in pairwise(rooms)]

    def cost(heights):
        pairs = zip(heights, wishes, strict=True)
        return sum(weight * (h - wish) ** 2 for h, (wish, weight) in pairs)

    found = _regression(wishes, rooms)
    other = [found[0] + rng.uniform(-5, 5)]
    for gap in gaps:
        other.append(other[-1] + gap + rng.choice([0.0, rng.uniform(0, 30)]))

    apart = [b - a for a, b in pairwise(found)]

    assert all(a > gap - 1e-9 for a, gap in zip(apart, gaps, strict=True))
    assert cost(found) <= cost(other) + 1e-6
