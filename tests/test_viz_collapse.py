"""Groups are the calls of modules; each Value is on one card, and no cycle arises."""

import copy
import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import micrograd_nn as mn
from micrograd_nn import Value, no_grad
from micrograd_nn.graph import topological_order
from micrograd_nn.nn import MLP, Layer, Module, Neuron
from micrograd_nn.viz.collapse import count_at, scene_at
from micrograd_nn.viz.components import components
from micrograd_nn.viz.contraction import contracted, links
from micrograd_nn.viz.levels import LEVELS
from micrograd_nn.viz.scene import scene_of
from micrograd_nn.viz.scopes import scopes_of


class Cell(Module):
    """A recurrent cell that gives its state back."""

    def __init__(self):
        self.wx, self.wh, self.wo = Value(0.5), Value(-0.5), Value(2.0)

    def __call__(self, x, h):
        h = (self.wx * x + self.wh * h).tanh()
        return self.wo * h, h


class Keeper(Module):
    """A recurrent cell that keeps its state in an attribute."""

    def __init__(self):
        self.w, self.read = Neuron(2, activation="tanh"), Neuron(1)
        self.h = Value(0.0)

    def __call__(self, x):
        self.h = self.w([x, self.h])
        return self.read([self.h])


class Logger(Module):
    """One that keeps its states in a list, where nobody notes them."""

    def __init__(self):
        self.w, self.read = Neuron(2, activation="tanh"), Neuron(1)
        self.states = [Value(0.0)]

    def __call__(self, x):
        self.states.append(self.w([x, self.states[-1]]).exp())
        return self.read([self.states[-1]])


class Sequence(Module):
    def __init__(self):
        self.cell = Cell()

    def __call__(self, xs):
        h, outputs = Value(0.0), []
        for x in xs:
            out, h = self.cell(x, h)
            outputs.append(out)
        return outputs


class Residual(Module):
    def __init__(self):
        self.first, self.second = Layer(2, 2), Layer(2, 2, nonlin=False)

    def __call__(self, xs):
        inner = self.second(self.first(xs))
        return [x + y for x, y in zip(xs, inner, strict=True)]


class Tree(Module):
    def __init__(self):
        self.join = Neuron(2)

    def __call__(self, tree):
        if isinstance(tree, float):
            return Value(tree)
        return self.join([self(branch) for branch in tree])


@dataclass
class Scale(Module):  # which has no hash
    w: Value

    def __call__(self, x):
        return {"out": self.w * x + 1}


def unrolled(cell, xs):
    h, outputs = Value(0.0), []
    for x in xs:
        out, h = cell(x, h)
        outputs.append(out)
    return mn.sum(outputs)


def batch(net, rows=3):
    data = [[Value(i + 0.5), Value(-i)] for i in range(rows)]
    penalty = 0.1 * mn.sum(p * p for p in net.parameters())
    return mn.sum([(net(row) - 1.0) ** 2 for row in data]) / rows + penalty


def leaking():
    """A loss whose calls use Values of one another behind the back of arguments."""
    seen = []

    class Leaky(Module):
        def __init__(self):
            self.inner = Neuron(1)

        def __call__(self, x):
            seen.append(self.inner([x]).tanh())
            return self.inner([seen[0] + seen[-1]]) * seen[len(seen) // 2]

    leaky = Leaky()
    total = leaky(Value(0.5))
    for _ in range(3):
        total = total + leaky(seen[-1].tanh() * total) * seen[0]
    return total


XS = [1.0, 2.0, 3.0]
GRAPHS = {
    "a leaf": lambda: Value(1.0),
    "no module": lambda: (Value(1.0) * 2 + 3).tanh(),
    "a neuron": lambda: Neuron(2)([1.0, 2.0]),
    "an MLP": lambda: MLP(2, [4, 3, 1])([Value(1.0), Value(2.0)]),
    "a loss": lambda: (MLP(2, [4, 1])([1.0, 2.0]) - 1) ** 2,
    "a batch": lambda: batch(MLP(2, [4, 1])),
    "a large batch": lambda: batch(MLP(2, [3, 1]), rows=40),
    "a cell, unrolled": lambda: unrolled(Cell(), XS),
    "a sequence": lambda: mn.sum(Sequence()(XS)),
    "two sequences": lambda: mn.sum(
        [y for s in [Sequence()] for _ in "ab" for y in s(XS)]
    ),
    "a kept state": lambda: mn.sum(list(map(Keeper(), XS))),
    "the last of a kept state": lambda: list(map(Keeper(), XS))[-1],
    "a logged state": lambda: mn.sum(list(map(Logger(), XS))),
    "a residual block": lambda: mn.sum(Residual()([Value(1.0), Value(2.0)])),
    "a tree": lambda: Tree()(((1.0, 2.0), (3.0, (4.0, 5.0)))),
    "a dataclass": lambda: Scale(Value(2.0))(Value(1.0))["out"] ** 2,
    "leaks": leaking,
}
every_graph = pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)
every_level = pytest.mark.parametrize("level", LEVELS)


def check(scene, order):
    """Each Value on one card, each operand on one edge or inside, operands first."""
    card_of = {i: card for card, members in enumerate(scene.members) for i in members}
    position = {node: i for i, node in enumerate(order)}
    shown = set()

    assert len(scene.cards) == len(scene.members)
    assert sorted(i for members in scene.members for i in members) == list(
        range(len(order))
    )
    for i, node in enumerate(order):
        for k, operand in enumerate(node.operands):
            edge = card_of[position[operand]], card_of[i]
            if edge[0] == edge[1]:
                assert (i, k) not in scene.edge_of
            else:
                assert scene.edges[scene.edge_of[i, k]] == edge
                shown.add(scene.edge_of[i, k])
    assert shown == set(range(len(scene.edges)))
    assert all(tail < head for tail, head in scene.edges)
    assert len(order) - 1 in scene.members[-1]


def names_at(root, level):
    return [card.name for card in scene_at(root, level).cards]


def contents_at(root, level):
    scene = scene_at(root, level)
    names = [card.name for card in scene.cards]
    return dict(zip(names, scene.members, strict=True))


# For every graph at every level -------------------------------------------------------


@every_level
@every_graph
def test_every_value_is_on_one_card_and_no_edge_leads_back(make, level):
    root = make()
    scene = scene_at(root, level)

    check(scene, topological_order(root))
    assert count_at(root, level) == len(scene.cards)


@every_level
@every_graph
def test_cards_have_names_of_their_own_and_titles_that_begin_with_them(make, level):
    cards = scene_at(make(), level).cards

    assert len({card.name for card in cards}) == len(cards)
    for card in cards:
        assert card.title.split("\n")[0] == card.name


@every_level
@every_graph
def test_edges_between_two_cards_are_one_if_one_of_them_is_a_group(make, level):
    scene = scene_at(make(), level)
    groups = {i for i, card in enumerate(scene.cards) if card.kind == "group"}
    merged = [edge for edge in scene.edges if groups.intersection(edge)]

    assert len(set(merged)) == len(merged)


def test_a_value_used_twice_keeps_two_edges_beside_groups():
    x = Value(1.0)
    y = Neuron(1)([x * x]) + 1
    scene = scene_at(y, "neuron")

    assert scene.edges[:2] == [(0, 1), (0, 1)]
    assert (scene.edge_of[3, 0], scene.edge_of[3, 1]) == (0, 1)


@every_level
@every_graph
def test_a_scene_is_the_same_on_every_run(make, level):
    scenes = []
    for _ in range(2):
        random.seed(0)
        scenes.append(scene_at(make(), level))

    assert scenes[0] == scenes[1]


@every_graph
def test_without_a_level_there_is_a_card_for_each_value(make):
    root = make()

    assert scene_at(root, "none") == scene_at(root, None) == scene_of(root)


@every_graph
def test_a_higher_level_has_no_more_cards(make):
    root = make()
    counts = [count_at(root, level) for level in ("none", "neuron", "call", "sample")]

    assert counts == sorted(counts, reverse=True)


@every_level
def test_a_copy_has_no_scopes_and_so_no_groups(level):
    root = copy.deepcopy(GRAPHS["an MLP"]())

    assert count_at(root, level) == len(topological_order(root))


@pytest.mark.parametrize("level", ["neurons", "", 1])
def test_an_unknown_level_is_refused(level):
    for function in (scene_at, count_at):
        with pytest.raises(ValueError, match="unknown level: got level="):
            function(Value(1.0), level)


# What is in the groups ----------------------------------------------------------------


def test_a_network_reads_as_its_textbook_picture():
    net = MLP(3, [4, 4, 1])
    root = net([Value(x, label=f"x{i}") for i, x in enumerate([2.0, 3.0, -1.0])])
    scene = scene_at(root, "neuron")
    neurons = [
        f"layers[{i}].neurons[{j}]"
        for i, n in ((0, 4), (1, 4), (2, 1))
        for j in range(n)
    ]

    assert [card.name for card in scene.cards] == ["x0", "x1", "x2", *neurons]
    assert len(scene.edges) == 3 * 4 + 4 * 4 + 4
    assert sum(map(len, scene.members)) == len(topological_order(root)) == 116


def test_large_networks_become_small_pictures():
    x = [Value(1.0), Value(2.0), Value(3.0)]
    loss = (MLP(3, [4, 4, 1])(x) - 1) ** 2
    large = mn.sum(MLP(3, [16, 16, 4])(x))

    assert len(topological_order(loss)) == 119
    assert count_at(loss, "neuron") == 3 + 9 + 3
    assert len(topological_order(large)) == 1176
    assert count_at(large, "neuron") == 3 + 36 + 1


def test_a_card_of_a_group_shows_its_only_output():
    neuron = Neuron(2, activation="tanh")
    neuron.w[0].data, neuron.w[1].data = 0.5, 0.25
    root = neuron([1.0, 2.0]) * 2
    root.backward()
    [group] = [x for x in scene_at(root, "neuron").cards if x.kind == "group"]

    assert (group.name, group.label, group.symbol) == ("Neuron", "Neuron", "")
    assert [(row.word, row.text, row.sign) for row in group.rows] == [
        ("data", "0.7616", 1),
        ("grad", "2", 1),
    ]
    assert group.title == (
        "Neuron\nTanhNeuron(2)\n10 Values, 3 parameters of them\n"
        "data = 0.7615941559557649\ngrad = 2.0"
    )


def test_a_group_of_several_outputs_shows_no_number():
    root = mn.sum(Layer(1, 2)(Value(1.0)))
    [group] = [x for x in scene_at(root, "call").cards if x.kind == "group"]

    assert group.rows == ()
    assert group.title == (
        "Layer\nLayer of [ReLUNeuron(1), ReLUNeuron(1)]\n"
        "10 Values, 4 parameters of them"
    )


def test_a_module_of_several_lines_is_told_by_its_class():
    card = scene_at(GRAPHS["a sequence"](), "call").cards[0]

    assert card.title.split("\n")[1] == "Sequence"


def test_one_value_alone_is_no_group():
    class Exp(Module):
        def __call__(self, x):
            return x.exp()

    scene = scene_at(Exp()(Value(0.0, label="x")), "call")

    assert [card.kind for card in scene.cards] == ["leaf", "result"]


def test_parameters_go_where_they_are_used_unless_that_is_several_places():
    once = contents_at(MLP(1, [1, 1])(Value(1.0)), "neuron")
    shared = contents_at(GRAPHS["a cell, unrolled"](), "neuron")
    layers = names_at(batch(MLP(2, [3, 1])), "layer")

    assert sorted(map(len, once.values())) == [1, 4, 5]
    assert len(shared["parameters"]) == 3
    assert [name for name in layers if "parameters" in name] == [
        "layers[1] parameters",
        "layers[0] parameters",
    ]


def test_numbers_made_inside_of_a_call_stay_there_and_inputs_outside():
    class Plus(Module):
        def __init__(self):
            self.inner = Neuron(1)

        def __call__(self, xs):
            zero = Value(0.0)
            return self.inner([zero + 1.5]) + xs["x"]

    groups = contents_at(Plus()({"x": Value(1.0) * 2}), "call")

    assert {name: len(inside) for name, inside in groups.items()} == {
        "inputs": 3,
        "Plus": 9,
    }


def test_what_a_call_only_passes_on_was_not_made_in_it():
    class Pass(Module):
        def __call__(self, x):
            return {"out": x}

    y = Pass()(Value(1.0) * 2)["out"] + 1

    assert {scope.kind for scope in scopes_of(topological_order(y))} == {"loss"}


def test_the_pieces_of_a_batch_are_told_apart():
    root = batch(MLP(2, [3, 1]), rows=2)
    order = topological_order(root)
    found = {}
    for scope in scopes_of(order):
        name = " > ".join(outer.name for outer in scope.path)
        found[name] = found.get(name, 0) + 1

    assert found["sample 0 > inputs of sample 0"] == 2
    assert found["sample 1 > loss of sample 1"] == 3
    assert found["sample 0 > MLP > layers[1] > layers[1].neurons[0]"] == 6
    assert (
        found["parameters > layers[0] parameters > layers[0].neurons[2] parameters"]
        == 3
    )
    assert found["loss"] == 1 + 2 + 13 + 1 + 2 + 1
    assert names_at(root, "sample") == ["parameters", "sample 0", "sample 1", "loss"]


def test_calls_that_feed_one_another_are_one_sample():
    generator, critic = MLP(1, [2, 1]), MLP(1, [2, 1])
    root = mn.sum(critic(generator(Value(x)) * 2) ** 2 for x in (1.0, 2.0, 3.0))
    root.label = "loss"
    between = [x for x in scopes_of(topological_order(root)) if x.kind == "sample"]

    assert names_at(root, "sample") == [
        "MLP (2) parameters",
        "MLP parameters",
        "sample 0",
        "sample 1",
        "sample 2",
        "loss",
    ]
    assert [scope.name for scope in between] == ["sample 0", "sample 1", "sample 2"]


def test_calls_joined_by_what_comes_between_are_one_sample():
    first, second = Neuron(1), Neuron(1)
    hidden = [first([Value(x)]) for x in (1.0, 2.0)]
    mean = mn.sum(hidden) / 2
    root = mn.sum(second([h - mean]) for h in hidden)

    assert not any(name.startswith("sample") for name in names_at(root, "sample"))


def test_a_loss_of_one_call_is_no_sample():
    root = (Neuron(1)([Value(1.0, label="x")]) - 1) ** 2

    assert names_at(root, "sample") == ["x", "Neuron", "loss"]


def test_without_modules_there_are_no_scopes():
    assert set(scopes_of(topological_order(Value(1.0) * 2))) == {None}
    with no_grad():
        constant = Neuron(1)([Value(1.0)])
    assert set(scopes_of(topological_order(constant * 2))) == {None}


def test_inputs_and_losses_are_collapsed_only_if_there_are_many():
    few, many = batch(MLP(2, [3, 1])), batch(MLP(2, [3, 1]), rows=40)

    assert "loss of sample 0" not in names_at(few, "layer")
    assert "loss of sample 39" in names_at(many, "layer")
    assert count_at(many, "layer") == 2 + 40 * 4 + 1


# Time ---------------------------------------------------------------------------------


def test_each_call_of_a_shared_cell_is_a_group_of_its_own():
    assert names_at(GRAPHS["a sequence"](), "neuron")[2:5] == [
        "cell (call 0)",
        "cell (call 1)",
        "cell (call 2)",
    ]


@pytest.mark.parametrize("graph", ["a kept state", "a logged state"])
def test_a_state_belongs_to_the_call_that_made_it(graph):
    scene = scene_at(GRAPHS[graph](), "call")
    kind = type(Keeper() if graph == "a kept state" else Logger()).__name__

    assert [card.name for card in scene.cards[1:4]] == [
        f"{kind} (call {i})" for i in range(3)
    ]
    assert {(1, 2), (2, 3)} <= set(scene.edges)
    assert (1, 3) not in scene.edges


def test_calls_whose_results_were_not_used_are_known_by_the_state_that_they_left():
    root = GRAPHS["the last of a kept state"]()

    assert [name for name in names_at(root, "neuron") if "call" in name] == [
        "w (call 0)",
        "w (call 1)",
        "w (call 2)",
    ]


def test_a_result_that_was_dropped_leaves_its_place_to_others():
    layer = Layer(1, 8)
    y = Value(1.0)
    for _ in range(20):  # each time seven results die, and others take their ids
        y = layer([y])[0] * 1.0 + 1.0
    groups = contents_at(y, "neuron")

    assert sum(name.startswith("neurons[0] (call") for name in groups) == 20
    assert not any(name.startswith("neurons[1]") for name in groups)
    assert {len(x) for name, x in groups.items() if "(call" in name} == {3}


def test_depth_is_no_limit():
    neuron = Neuron(1)
    y = Value(0.5)
    for _ in range(3_000):
        y = neuron([y])

    assert count_at(y, "neuron") == 3_000 + 2
    assert count_at(y, "sample") == 3_000 + 2


# Contraction --------------------------------------------------------------------------


def test_a_group_that_a_stranger_passes_through_is_cut():
    operands = [(), (0,), (1,), (1, 2), (3,)]  # 2 is outside of its group
    parts, order = contracted(operands, ["a", "a", None, "a", "a"])

    assert parts == [0, 0, 1, 2, 2]
    assert order == [0, 1, 2]


def test_the_parts_of_a_cut_group_are_told_apart():
    class Leaky(Module):
        def __call__(self, x):
            self.kept = (x * 2).tanh()
            leaked.append(self.kept + 1)  # which nobody notes
            return (leaked[-1] * 3).tanh()

    leaked = []
    root = Leaky()(Value(1.0)) * leaked[0]
    scene = scene_at(root, "call")
    groups = [card.name for card in scene.cards if card.kind == "group"]

    assert groups == ["inputs", "Leaky (part 1)", "Leaky (part 2)"]
    check(scene, topological_order(root))


@st.composite
def grouped_graphs(draw):
    operands, groups = [], []
    for i in range(draw(st.integers(1, 24))):
        near = st.integers(0, i - 1) if i else st.nothing()
        operands.append(tuple(draw(st.lists(near, max_size=3)) if i else ()))
        groups.append(draw(st.sampled_from([None, "a", "b", "c"])))
    return operands, groups


@given(grouped_graphs())
@settings(max_examples=300)
def test_no_grouping_of_any_graph_makes_a_cycle(graph):
    operands, groups = graph
    parts, order = contracted(operands, groups)
    place = {part: i for i, part in enumerate(order)}

    assert sorted(order) == sorted(set(parts)) == list(range(len(order)))
    for i, positions in enumerate(operands):
        for j in positions:
            assert place[parts[j]] <= place[parts[i]]
    for i, part in enumerate(parts):
        together = [groups[j] for j in range(len(parts)) if parts[j] == part]
        assert len(together) == 1 or set(together) == {groups[i]} != {None}


@given(grouped_graphs())
@settings(max_examples=100)
def test_a_group_is_cut_only_where_it_lies_on_a_cycle(graph):
    operands, groups = graph
    whole = [i if group is None else f"{group}" for i, group in enumerate(groups)]
    knots = [x for x in components(links(operands, whole)) if len(x) > 1]
    tied = {key for knot in knots for key in knot}
    parts, _ = contracted(operands, groups)

    for key in set(whole) - tied:
        assert (
            len({part for part, k in zip(parts, whole, strict=True) if k == key}) == 1
        )
    if tied:
        assert len(set(parts)) > len(set(whole))


@given(
    st.dictionaries(
        st.integers(0, 9), st.lists(st.integers(0, 9), max_size=4), min_size=1
    )
)
def test_components_are_what_reach_one_another_and_come_after_what_they_lead_to(links):
    graph = {node: [x for x in heads if x in links] for node, heads in links.items()}
    reached = {node: {node} for node in graph}
    for _ in graph:
        for node, heads in graph.items():
            reached[node] |= {y for x in heads for y in reached[x]}
    found = components(graph)
    place = {node: i for i, component in enumerate(found) for node in component}

    assert sorted(place) == sorted(graph)
    for a in graph:
        for b in graph:
            mutual = b in reached[a] and a in reached[b]
            assert (place[a] == place[b]) == mutual
            assert b not in reached[a] or place[b] <= place[a]


# Random programs ----------------------------------------------------------------------


class Random(Module):
    """A call that does anything: it may use what others made, and leave it about."""

    def __init__(self, dice, pool, depth=0):
        self.dice, self.pool = dice, pool
        self.w = Value(0.5)
        inner = dice.randrange(3) if depth < 3 else 0
        self.inner = [Random(dice, pool, depth + 1) for _ in range(inner)]

    def __call__(self, x):
        for module in self.inner * 2:
            x = self.something(module(self.something(x)))
        return self.something(x) if self.dice.random() < 0.8 else x

    def something(self, x):
        dice = self.dice
        y = dice.choice([x * self.w, x + dice.choice(self.pool), x.tanh(), x])
        if dice.random() < 0.3:
            self.pool.append(y)
        if dice.random() < 0.2:
            self.kept = y
        return y


@pytest.mark.parametrize("seed", range(40))
def test_no_program_makes_a_cycle(seed):
    dice = random.Random(seed)
    pool = [Value(1.0)]
    models = [Random(dice, pool) for _ in range(2)]
    x = Value(1.0)
    for _ in range(4):
        x = dice.choice(models)(dice.choice([x, x * 0.5, *pool]))
        pool.append(x.tanh())
    root = mn.sum(dice.sample(pool, min(4, len(pool)))) + x

    for level in LEVELS:
        check(scene_at(root, level), topological_order(root))
