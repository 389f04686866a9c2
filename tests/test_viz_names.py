"""Every Value of a graph has a name of its own, as a learner would call it."""

import pytest

from micrograd_nn import Value
from micrograd_nn.graph import topological_order
from micrograd_nn.nn import MLP, Layer, Module, Neuron
from micrograd_nn.viz.names import Unique, label_all, names_of, within


def names(root):
    return names_of(topological_order(root))


class Cell(Module):
    def __init__(self):
        self.weights = {"in": Value(1.0), "a b": (Value(2.0), [Value(3.0)])}
        self.gate = Neuron(1, nonlin=False)

    def __call__(self, x):
        w, (v, (u,)) = self.weights.values()
        return self.gate([w * x + v]) * u


CELL = ["weights['in']", "weights['a b'][0]", "weights['a b'][1][0]"]


# Names of Values ----------------------------------------------------------------------


def test_a_value_has_its_label_or_its_position_as_name():
    a, b = Value(1.0, label="a"), Value(2.0)

    assert names(a * b + a) == ["a", "v1", "v2", "v3"]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["x", "x", "x"], ["x", "x (2)", "x (3)"]),
        (["x", "x (2)", "x"], ["x", "x (2)", "x (3)"]),
        (["x (2)", "x", "x"], ["x (2)", "x", "x (3)"]),
        (["v3", "", "v1"], ["v3", "v1 (2)", "v1"]),
        (["\x07", " ", "a\nb"], ["v0", "v1", "a b"]),
    ],
)
def test_no_two_names_are_alike(labels, expected):
    values = [Value(1.0, label=label) for label in labels]
    total = values[0] * values[1] * values[2]
    found = dict(zip(topological_order(total), names(total), strict=True))

    assert [found[value] for value in values] == expected
    assert len(set(found.values())) == len(found)


def test_many_equal_labels_take_linear_time():
    unique = Unique()
    given = [unique("x") for _ in range(100_000)]

    assert len(set(given)) == len(given)


def test_a_parameter_is_named_as_one_gets_at_it_from_the_model():
    net = MLP(2, [2, 1])
    found = names(net([Value(1.0, label="x"), Value(2.0)]))

    assert found[0] == "layers[1].neurons[0].b"
    assert {
        f"layers[{i}].neurons[{j}].{name}"
        for i, j in ((0, 0), (0, 1), (1, 0))
        for name in ("w[0]", "w[1]", "b")
    } | {"x"} == {name for name in found if not name.startswith("v")}


@pytest.mark.parametrize("make", [lambda: MLP(2, [2, 1]), Cell])
def test_a_name_is_python_after_the_name_of_the_model(make):
    model = make()
    output = model([1.0, 2.0] if isinstance(model, MLP) else Value(1.0))
    order = topological_order(output)
    parameters = set(model.parameters())
    paths = {
        name: node
        for name, node in zip(names_of(order), order, strict=True)
        if node in parameters
    }

    assert len(paths) == len(parameters)
    for name, node in paths.items():
        assert eval(f"model.{name}", {"model": model}) is node


def test_a_label_goes_before_a_path():
    neuron = Neuron(1)
    neuron.b.label = "bias"

    assert names(neuron([Value(1.0, label="x")]))[:3] == ["bias", "w[0]", "x"]


def test_a_label_like_a_path_keeps_it():
    neuron = Neuron(1)
    found = names(neuron([Value(1.0, label="w[0]")]))

    assert found[:3] == ["b", "w[0] (2)", "w[0]"]


def test_several_models_are_told_apart_by_their_classes():
    encoder, decoder, head = Neuron(1), Neuron(1), Layer(1, 1)
    found = names(head([decoder([encoder([1.0])])]))

    assert [name for name in found if name.endswith("b")] == [
        "Layer.neurons[0].b",
        "Neuron (2).b",
        "Neuron.b",
    ]


def test_a_part_called_by_itself_is_no_model():
    net = MLP(1, [1, 1])
    found = names(net.layers[1](net.layers[0](Value(1.0))) + net(Value(2.0)))

    assert "layers[0].neurons[0].b" in found
    assert not any(name.startswith("Layer") for name in found)


def test_modules_that_refer_to_one_another_are_one_model():
    outer, inner = Module(), Neuron(1)
    outer.inner, inner.outer = inner, outer

    assert "b" in names(inner([1.0]))


def test_a_module_that_no_model_holds_names_its_own_parameters():
    hidden = Neuron(1)

    class Secret(Module):
        def __init__(self):
            self.w = Value(1.0)

        def __call__(self, x):
            return hidden([x]) * self.w

    assert {"Secret.w", "Neuron.b", "Neuron.w[0]"} < set(names(Secret()(Value(1.0))))


@pytest.mark.parametrize(
    ("name", "scope", "inside"),
    [
        ("layers[0].neurons[1].w[2]", "layers[0].neurons[1]", "w[2]"),
        ("layers[0].neurons[1].w[2]", "layers[0]", "neurons[1].w[2]"),
        ("net.layers[0].b", "layers[0]", "b"),
        ("players[0].b", "layers[0]", "players[0].b"),
        ("layers[1].b", "layers[0]", "layers[1].b"),
        ("w[2]", "", "w[2]"),
        ("x", "x", "x"),
    ],
)
def test_inside_of_its_scope_a_name_is_short(name, scope, inside):
    assert within(name, scope) == inside


# label_all ----------------------------------------------------------------------------


def labels_of(**namespace):
    return {name: value.label for name, value in label_all(namespace).items()}


def test_every_kind_of_variable_is_labelled():
    x, y = Value(1.0), Value(2.0)
    found = label_all(
        {"y": y, "xs": [x, (y, Value(3.0))], "d": {"k": Value(4.0)}, "n": 5, "s": "x"}
    )

    assert list(found) == ["y", "xs[0]", "xs[1][1]", "d['k']"]
    assert [value.label for value in found.values()] == list(found)
    assert (found["xs[0]"] is x, y.label) == (True, "y")


def test_parameters_are_labelled_by_the_variable_of_their_model():
    net = MLP(2, [2, 1])
    label_all({"params": net.parameters(), "net": net})

    assert net.layers[0].neurons[1].w[1].label == "net.layers[0].neurons[1].w[1]"
    assert net.layers[1].neurons[0].b.label == "net.layers[1].neurons[0].b"


def test_a_plain_variable_goes_before_anything_deeper():
    net = Neuron(1)
    b = net.b
    label_all({"list": [b], "net": net, "b": b, "again": b})

    assert (b.label, net.w[0].label) == ("b", "net.w[0]")


def test_a_result_is_labelled_too():
    x = Value(2.0)
    y = x * x

    assert list(label_all({"x": x, "y": y})) == ["x", "y"]


def test_private_names_and_those_of_ipython_are_left_out():
    values = {name: Value(1.0) for name in ("_", "_x", "__y", "x")}
    values["Out"] = {3: Value(1.0)}

    assert list(label_all(values)) == ["x"]


def test_a_label_of_the_users_own_stays_unless_it_is_to_be_replaced():
    x = Value(1.0, label="mine")

    assert label_all({"x": x}) == {}
    assert x.label == "mine"
    assert label_all({"x": x}, overwrite=True) == {"x": x}
    assert x.label == "x"


def test_lists_and_modules_that_hold_themselves_are_walked_once():
    loop = [Value(1.0)]
    loop.append(loop)
    outer, inner = Module(), Neuron(1)
    outer.inner, inner.outer = inner, outer

    assert list(label_all({"loop": loop})) == ["loop[0]"]
    assert list(label_all({"outer": outer})) == ["outer.inner.w[0]", "outer.inner.b"]


def test_depth_is_no_limit():
    deep = [Value(1.0)]
    for _ in range(5_000):
        deep = [deep]

    [name] = label_all({"deep": deep})
    assert name == "deep" + "[0]" * 5_001


def test_the_variables_of_a_function_are_labelled():
    a = Value(1.0)
    b = a * 2
    label_all(locals())

    assert (a.label, b.label) == ("a", "b")


@pytest.mark.parametrize("wrong", [None, [1], Value(1.0)])
def test_what_holds_no_variables_is_refused(wrong):
    with pytest.raises(TypeError, match=r"no variables: got namespace=.* Pass locals"):
        label_all(wrong)


def test_keys_that_are_no_names_are_left_out():
    assert label_all({1: Value(2.0), None: Value(3.0)}) == {}
