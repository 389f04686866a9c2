"""A window shows what is near one Value, and tells what it leaves out."""

import pytest

import micrograd_nn as mn
from micrograd_nn import Value
from micrograd_nn.nn import MLP
from micrograd_nn.viz.collapse import scene_at
from micrograd_nn.viz.focus import HUB, focused
from micrograd_nn.viz.levels import LEVELS
from micrograd_nn.viz.scene import scene_of


def chain(length):
    y = Value(1.0, label="x")
    for _ in range(length):
        y = y.tanh()
    return y


def batch():
    net = MLP(2, [4, 3, 1])
    return mn.sum((net([Value(i), Value(1.0)]) - 1) ** 2 for i in range(3))


def distances(scene, start):
    """How many edges each card is away from `start`, in either direction."""
    found = {start: 0}
    for distance in range(1, len(scene.cards)):
        for tail, head in scene.edges:
            for a, b in ((tail, head), (head, tail)):
                if found.get(a) == distance - 1:
                    found.setdefault(b, distance)
    return found


@pytest.mark.parametrize(
    ("node", "hops", "names"),
    [
        (0, 0, ["x"]),
        (0, 2, ["x", "v1", "v2"]),
        (5, 1, ["v4", "v5", "v6"]),
        (9, 3, ["v6", "v7", "v8", "v9"]),
        (4, 99, ["x", *(f"v{i}" for i in range(1, 10))]),
    ],
)
def test_a_window_shows_the_cards_within_some_edges(node, hops, names):
    scene = focused(scene_of(chain(9)), node, hops)

    assert [card.name for card in scene.cards] == names
    assert scene.edges == [(i, i + 1) for i in range(len(names) - 1)]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("hops", [0, 1, 2])
def test_a_window_is_a_part_of_the_picture(level, hops):
    whole = scene_at(batch(), level)
    card_of = {i: c for c, members in enumerate(whole.members) for i in members}
    for node in range(0, len(card_of), 37):
        part = focused(whole, node, hops)
        kept = [whole.members.index(members) for members in part.members]
        near = distances(whole, card_of[node])

        assert kept == sorted(c for c, distance in near.items() if distance <= hops)
        assert [(kept[tail], kept[head]) for tail, head in part.edges] == [
            edge for edge in whole.edges if set(edge) <= set(kept)
        ]
        assert {
            pair: (kept[part.edges[e][0]], kept[part.edges[e][1]])
            for pair, e in part.edge_of.items()
        } == {
            pair: whole.edges[e]
            for pair, e in whole.edge_of.items()
            if set(whole.edges[e]) <= set(kept)
        }


def test_a_title_tells_which_edges_lead_out():
    x = Value(2.0, label="x")
    y = x * x
    total = mn.sum([y * i for i in range(6)])
    titles = {
        card.name: card.title.split("\n")[-1]
        for card in focused(scene_of(total), 1, hops=0).cards
    }

    assert titles == {"v1": "8 edges left out: to x, v3, v5, v7, …"}
    assert focused(scene_of(y), 0).cards == scene_of(y).cards
    [card] = focused(scene_of(chain(1)), 0, hops=0).cards
    assert card.title.endswith("\n1 edge left out: to v1")


def test_a_card_that_leads_everywhere_is_not_passed_through():
    x = Value(2.0, label="x")
    ends = [(x * i).tanh() for i in range(HUB)]
    scene = scene_of(mn.sum(ends))
    products = {i for i, card in enumerate(scene.cards) if card.symbol == "*"}
    from_end = focused(scene, min(products), hops=2)
    from_hub = focused(scene, 0, hops=1)

    assert "x" in {card.name for card in from_end.cards}
    assert sum(card.symbol == "*" for card in from_end.cards) == HUB
    wider = scene_of(mn.sum([*ends, x.exp()]))
    around = focused(wider, min(products), hops=2)
    assert sum(card.symbol == "*" for card in around.cards) == 1
    assert len(from_hub.cards) == 1 + HUB


def test_a_value_inside_of_a_group_leads_to_the_card_of_the_group():
    root = MLP(2, [3, 1])([Value(1.0), Value(2.0)])
    scene = scene_at(root, "layer")
    inside = scene.members[2][4]

    assert [card.name for card in focused(scene, inside, hops=0).cards] == ["layers[0]"]


def test_a_window_on_a_large_graph_is_small():
    scene = scene_at(batch(), "neuron")
    neuron = next(c for c in scene.cards if c.name == "layers[1].neurons[0] (call 1)")
    window = focused(scene, scene.members[scene.cards.index(neuron)][0])

    assert len(scene.cards) == 48
    assert 8 <= len(window.cards) <= 34


@pytest.mark.parametrize("node", [-1, 3, "x", None])
def test_a_value_that_is_not_there_is_refused(node):
    with pytest.raises(ValueError, match=r"no such Value: got node=.* from 0 to 2"):
        focused(scene_of(chain(2)), node)


@pytest.mark.parametrize("hops", [-1, -5])
def test_a_negative_distance_is_refused(hops):
    with pytest.raises(ValueError, match="not a distance: got hops=-"):
        focused(scene_of(chain(2)), 0, hops)
