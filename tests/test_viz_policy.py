"""How much of a graph is drawn, by its size and by wish."""

import math
import random
import xml.etree.ElementTree as ET

import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.nn import MLP
from micrograd_nn.viz import draw_dot
from micrograd_nn.viz.collapse import Outline
from micrograd_nn.viz.focus import focused
from micrograd_nn.viz.graphviz_program import COMMANDS
from micrograd_nn.viz.policy import COLLAPSES, grouped, level_for, shown
from micrograd_nn.viz.scene import scene_of


def loss(sizes, samples=1):
    """The squared error of a network: MLP(3, [4, 4, 1]) has 121 Values."""
    random.seed(0)
    net, total = MLP(sizes[0], sizes[1:]), Value(0.0)
    for _ in range(samples):
        total = total + (net([random.uniform(-1, 1) for _ in range(sizes[0])]) - 1) ** 2
    return total


def chain(nodes):
    x = Value(0.5)
    for _ in range(nodes - 1):
        x = -x
    return x


def cards(drawing):
    return drawing.svg.count('class="mg-node ')


# (network, samples): Values, level, cards
AUTOMATIC = [
    ((3, 4, 4, 1), 1, 121, "none", 121),
    ((2, 16, 16, 1), 1, 984, "neuron", 40),
    ((2, 17, 17, 1), 1, 1096, "layer", 8),
    ((2, 16, 16, 1), 4, 2922, "layer", 32),
    ((3, 4, 4, 1), 30, 2412, "call", 62),
    ((2, 4, 1), 80, 2738, "sample", 82),
]


@pytest.mark.parametrize(("sizes", "samples", "nodes", "level", "count"), AUTOMATIC)
def test_the_level_goes_by_size(sizes, samples, nodes, level, count):
    root = loss(sizes, samples)
    outline = Outline(root)

    assert outline.count("none") == nodes
    assert level_for(outline, "auto") == level
    assert cards(draw_dot(root, engine="python")) == count


def test_without_modules_there_is_nothing_to_collapse():
    drawing = draw_dot(chain(400), engine="python")

    assert cards(drawing) == 400
    with pytest.raises(
        ValueError, match="got 501 Values; expected at most max_nodes=500"
    ):
        draw_dot(chain(501))


def test_a_chain_far_deeper_than_the_recursion_limit_is_drawn():
    drawing = draw_dot(chain(5_000), engine="python", max_nodes=5_000)

    assert cards(drawing) == 5_000


def test_where_no_level_is_small_the_smallest_is_drawn():
    root = loss((1, 1), samples=200)
    outline = Outline(root)
    counts = {level: outline.count(level) for level in COLLAPSES[1:]}

    assert min(counts.values()) > 150
    assert counts[level_for(outline, "auto")] == min(counts.values())


@pytest.mark.parametrize("collapse", COLLAPSES[1:])
def test_a_level_that_is_asked_for_is_drawn(collapse):
    root = loss((3, 4, 4, 1))
    outline = Outline(root)

    assert shown(root, collapse) == outline.scene(collapse)
    assert cards(draw_dot(root, collapse=collapse, engine="python")) == outline.count(
        collapse
    )


def test_everything_is_drawn_if_asked_for_and_allowed():
    root = loss((2, 16, 16, 1))

    assert cards(draw_dot(root, collapse="none", max_nodes=984, engine="python")) == 984
    with pytest.raises(
        ValueError, match="got 984 Values; expected at most max_nodes=5"
    ):
        draw_dot(root, collapse="none")


@pytest.mark.parametrize(
    "way", ["collapse='neuron'", "focus=value", "inner Value", "larger max_nodes"]
)
def test_what_is_too_large_to_draw_says_what_to_do(way):
    with pytest.raises(ValueError, match=f"got 40 cards; .*max_nodes=39.*{way}"):
        draw_dot(loss((2, 16, 16, 1)), max_nodes=39)


def test_a_focus_shows_what_is_two_edges_away():
    root = loss((2, 16, 16, 1))
    order = mn.graph.topological_order(root)
    relu = next(v for v in order if v._op == "ReLU")
    window = focused(scene_of(root), order.index(relu), hops=2)

    assert shown(root, focus=relu) == shown(root, "none", relu)
    assert shown(root, focus=relu).edges == window.edges
    assert all(card.label for card in shown(root, focus=relu).cards)
    assert cards(draw_dot(root, focus=relu, engine="python")) == len(window.cards)
    assert len(window.cards) < 100


def test_a_focus_may_be_on_a_graph_of_any_size():
    root = chain(20_000)

    assert len(shown(root, focus=root.operands[0]).cards) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"collapse": "all"}, "unknown collapse: got collapse='all'.*'auto', 'none'"),
        ({"collapse": None}, "unknown collapse: got collapse=None"),
        (
            {"focus": Value(7.0)},
            r"nothing to focus on: got focus=Value\(data=7.0.*root",
        ),
        ({"focus": 3}, r"nothing to focus on: got focus=3 \(int\); expected a Value"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_dot(Value(1.0) * 2, **arguments)


def test_a_focus_and_a_level_exclude_each_other():
    x = Value(1.0)

    with pytest.raises(
        ValueError, match="two ways to draw a part: got collapse='layer'"
    ):
        draw_dot(x * 2, collapse="layer", focus=x)


def test_a_window_that_is_too_large_is_refused():
    x = Value(1.0)
    root = mn.sum([x * i for i in range(20)])

    with pytest.raises(
        ValueError, match="Values near the focus; expected at most max_n"
    ):
        draw_dot(root, focus=x, max_nodes=10)


def test_neurons_are_groups_for_graphviz_with_the_parameters_that_they_share():
    root = loss((2, 3, 1), samples=2)
    scene = scene_of(root)
    groups = grouped(scene, root).groups
    inside = [i for group in groups for i in group]
    parameters = [i for i, card in enumerate(scene.cards) if "w[" in card.name]

    assert len(groups) == 8  # 4 neurons, 2 samples
    assert len(inside) == len(set(inside))
    assert len(parameters) == 9
    assert set(parameters) <= set(inside)


@pytest.mark.parametrize("collapse", ["neuron", "layer"])
def test_what_is_collapsed_or_cut_has_no_groups_for_graphviz(collapse):
    root = loss((3, 4, 4, 1))
    windows = [shown(root, collapse), shown(root, focus=root.operands[1])]

    assert [grouped(scene, root) for scene in windows] == windows


def test_the_picture_says_how_many_values_it_stands_for():
    svg = ET.fromstring(draw_dot(loss((2, 16, 16, 1)), engine="python").svg)

    assert svg.get("aria-label") == "Graph of 984 Values"


SIZES = {984: ((2, 16, 16, 1), 1), 9_408: ((10, 52, 48, 1), 1)}


def is_drawn_in_full(root, engine):
    order = mn.graph.topological_order(root)
    drawing = draw_dot(root, collapse="none", max_nodes=len(order), engine=engine)
    edges = sum(len(v.operands) for v in order)
    drawn = drawing.svg.count('class="mg-operand-edge"')
    return (cards(drawing), drawn) == (len(order), edges)


@pytest.mark.slow
@pytest.mark.parametrize("nodes", SIZES)
@pytest.mark.parametrize("engine", ["python", "auto", *COMMANDS])
def test_every_engine_draws_large_graphs_in_full(nodes, engine):
    if engine in COMMANDS and not COMMANDS[engine]("json0"):
        pytest.skip(f"needs {engine}")
    if engine in COMMANDS and nodes > 1_000:
        pytest.skip("Graphviz may need more than the 10 s that it is given")

    assert is_drawn_in_full(loss(*SIZES[nodes]), engine)


def horner(steps):
    x, y = Value(0.5), Value(1.0)
    for i in range(steps):
        y = y * x + float(i)
    return y


def recurrent(steps):
    w, u, h = Value(0.5), Value(0.3), Value(0.0)
    for _ in range(steps):
        h = (w * h + u * Value(0.1)).tanh()
    return h


def power(steps):
    w, y = Value(0.5), Value(1.0)
    for _ in range(steps):
        y = y * w
    return y


def dot_products(rows):
    weights = [Value(0.1 * i) for i in range(20)]
    return sum(sum(w * Value(0.5) for w in weights) for _ in range(rows))


# Graphs of about 9,400 Values whose edges go far.
FAR = {
    "Horner's rule": lambda: horner(3_135),
    "a recurrent network": lambda: recurrent(1_880),
    "a power": lambda: power(9_400),
    "dot products": lambda: dot_products(150),
    "a batch": lambda: loss((2, 16, 16, 1), samples=14),
}


@pytest.mark.slow
@pytest.mark.parametrize("graph", FAR.values(), ids=FAR)
@pytest.mark.parametrize("engine", ["python", "auto"])
def test_large_graphs_of_all_kinds_are_drawn_in_full(graph, engine):
    assert is_drawn_in_full(graph(), engine)


@pytest.mark.slow
def test_a_batch_is_drawn_in_full_and_by_layer():
    root = loss((2, 16, 16, 1), samples=14)

    assert cards(draw_dot(root, collapse="none", max_nodes=10_000)) == 9_382
    assert cards(draw_dot(root)) == 102


@pytest.mark.parametrize("bound", [None, math.nan, "a", 0])
def test_a_bound_that_is_none_is_refused(bound):
    with pytest.raises(ValueError, match="no bound: got max_nodes="):
        draw_dot(Value(1.0), max_nodes=bound)
