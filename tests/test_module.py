import copy
import pickle

import numpy as np
import pytest

from micrograd_nn import Value, no_grad
from micrograd_nn.nn import MLP, Layer, Module, Neuron
from micrograd_nn.nn.module import IncompatibleKeys


class Recurrent(Module):
    """A module with all the ways to keep parameters, and things that are none."""

    def __init__(self):
        self.name = "cell"
        self.scale = Value(0.5)
        self.layers = {
            "in": Layer(1, 2, nonlin=False),
            "out": Layer(2, 1, activation="tanh"),
        }
        self.pair = (Value(-1.0), [self.scale, Value(3.0)])
        self.last = self.scale * 2
        self.history = [self.last, self.scale + 1]

    def __call__(self, xs):
        state = self.pair[0]
        for x in xs:
            both = self.layers["in"]([state + x])
            state = self.layers["out"](both) * self.scale + self.pair[1][1]
        return state


# Every module and an example for it; more layers join here.
MODULES = {
    "neuron": (lambda: Neuron(3, activation="tanh"), [0.5, -1.0, 2.0]),
    "layer": (lambda: Layer(2, 3, activation="softplus"), [0.5, -1.0]),
    "mlp": (lambda: MLP(2, [3, 2], activation="sigmoid"), [0.5, -1.0]),
    "recurrent": (Recurrent, [0.5, -1.0, 2.0]),
}
COPIES = {"deepcopy": copy.deepcopy, "pickle": lambda x: pickle.loads(pickle.dumps(x))}

every_module = pytest.mark.parametrize(
    ("make", "example"), MODULES.values(), ids=MODULES
)


def outputs_of(module, example):
    output = module(example)
    return [x.data for x in output] if isinstance(output, list) else [output.data]


# For every module ---------------------------------------------------------------------


@every_module
def test_each_parameter_has_one_name(make, example):
    module = make()
    names, values = zip(*module.named_parameters(), strict=True)

    assert len(set(names)) == len(names)
    assert list(values) == module.parameters()
    assert len(set(values)) == len(values) > 0


@every_module
def test_a_name_is_the_way_to_its_parameter(make, example):
    module = make()

    for name, value in module.named_parameters():
        found = module
        for step in name.split("."):
            if isinstance(found, (list, tuple)):
                found = found[int(step)]
            else:
                found = found[step] if isinstance(found, dict) else vars(found)[step]

        assert found is value


@every_module
def test_a_call_can_reach_every_parameter_with_a_gradient(make, example):
    module = make()
    output = module(example)
    (sum(output) if isinstance(output, list) else output).backward()

    assert [name for name, p in module.named_parameters() if p.grad == 0.0] == []


@every_module
def test_zero_grad_sets_every_gradient_to_zero(make, example):
    module = make()
    for p in module.parameters():
        p.grad = 3.0
    module.zero_grad()

    assert {p.grad for p in module.parameters()} == {0.0}


@every_module
def test_a_state_carries_over_to_another_module(make, example):
    source, target = make(), make()
    for p in source.parameters():
        p.data += 0.25
    result = target.load_state_dict(source.state_dict())

    assert result == IncompatibleKeys([], [])
    assert target.state_dict() == source.state_dict()
    assert outputs_of(target, example) == outputs_of(source, example)


@every_module
def test_a_state_is_floats_by_name(make, example):
    module = make()

    assert module.state_dict() == {
        name: value.data for name, value in module.named_parameters()
    }


@pytest.mark.parametrize("again", COPIES.values(), ids=COPIES)
@every_module
def test_a_copy_computes_the_same_with_parameters_of_its_own(make, example, again):
    module = make()
    twin = again(module)

    assert [name for name, _ in twin.named_parameters()] == [
        name for name, _ in module.named_parameters()
    ]
    assert outputs_of(twin, example) == outputs_of(module, example)
    assert set(twin.parameters()).isdisjoint(module.parameters())


@every_module
def test_train_and_eval_reach_all_modules_and_return_the_module(make, example):
    module = make()
    before = {m.training for m in module.modules()}

    assert before == {True}
    assert module.eval() is module
    assert {m.training for m in module.modules()} == {False}
    assert module.train() is module
    assert {m.training for m in module.modules()} == {True}


@every_module
def test_a_summary_counts_parameters_and_leaves_the_module_alone(make, example):
    module = make()
    before = module.state_dict(), [type(m) for m in module.modules()]
    total = module.summary(example).rows[-1]

    assert total.parameters == len(module.parameters())
    assert total.nodes > 0
    assert (module.state_dict(), [type(m) for m in module.modules()]) == before


# What is found ------------------------------------------------------------------------


def test_names_lead_through_attributes_lists_tuples_and_dictionaries():
    names = [name for name, _ in Recurrent().named_parameters()]

    assert names == [
        "scale",
        "layers.in.neurons.0.w.0",
        "layers.in.neurons.0.b",
        "layers.in.neurons.1.w.0",
        "layers.in.neurons.1.b",
        "layers.out.neurons.0.w.0",
        "layers.out.neurons.0.w.1",
        "layers.out.neurons.0.b",
        "pair.0",
        "pair.1.1",
    ]


def test_the_parameters_of_a_network_are_named_as_its_parts_are():
    names = [name for name, _ in MLP(3, [2, 1]).named_parameters()]

    assert names[4:8] == [
        "layers.0.neurons.1.w.0",
        "layers.0.neurons.1.w.1",
        "layers.0.neurons.1.w.2",
        "layers.0.neurons.1.b",
    ]


def test_a_module_without_attributes_has_no_parameters():
    assert Module().parameters() == []
    assert Module().state_dict() == {}


def test_results_and_constants_are_no_parameters():
    module = Module()
    module.w = Value(1.0)
    module.result = module.w * 2
    module.by_hand = Value(1.0, (module.w,), "f")
    with no_grad():
        module.constant = module.w + 1

    assert module.parameters() == [module.w]


def test_a_shared_parameter_counts_once_under_its_first_name():
    module = Module()
    module.encoder = Layer(2, 1)
    module.decoder = Layer(2, 1)
    module.decoder.neurons[0].w = module.encoder.neurons[0].w

    assert [name for name, _ in module.named_parameters()] == [
        "encoder.neurons.0.w.0",
        "encoder.neurons.0.w.1",
        "encoder.neurons.0.b",
        "decoder.neurons.0.b",
    ]


def test_equal_parameters_are_still_two():
    module = Module()
    module.a, module.b = Value(1.0), Value(1.0)

    assert len(module.parameters()) == 2


def test_a_module_may_refer_to_the_one_around_it_and_a_list_to_itself():
    outer, inner = Module(), Neuron(1)
    outer.inner, inner.outer = inner, outer
    outer.loop = [Value(1.0)]
    outer.loop.append(outer.loop)

    assert [name for name, _ in outer.named_parameters()] == [
        "inner.w.0",
        "inner.b",
        "loop.0",
    ]


def test_modules_are_listed_outer_ones_first_and_children_not_deep():
    module = Recurrent()
    first, second = module.layers.values()

    assert module.named_modules()[:4] == [
        ("", module),
        ("layers.in", first),
        ("layers.in.neurons.0", first.neurons[0]),
        ("layers.in.neurons.1", first.neurons[1]),
    ]
    assert module.modules() == [m for _, m in module.named_modules()]
    assert module.named_children() == [("layers.in", first), ("layers.out", second)]
    assert module.children() == [first, second]


def test_a_subclass_may_list_its_parameters_itself():
    class Half(Module):
        def __init__(self):
            self.trained, self.fixed = Value(1.0), Value(2.0)

        def parameters(self):
            return [self.trained]

    half = Half()
    half.trained.grad = half.fixed.grad = 1.0
    half.zero_grad()

    assert (half.trained.grad, half.fixed.grad) == (0.0, 1.0)


@pytest.mark.parametrize(
    "things", [{1: Value(0.0), "1": Value(0.0)}, {"a.0": Value(0.0), "a": [Value(0.0)]}]
)
def test_two_parameters_of_one_name_are_refused(things):
    module = Module()
    module.things = things

    with pytest.raises(ValueError, match=r"two parameters of one name: got 'things\."):
        module.state_dict()


# State --------------------------------------------------------------------------------


def test_numbers_of_any_kind_are_loaded_as_floats():
    neuron = Neuron(2)
    neuron.load_state_dict({"w.0": 1, "w.1": np.float32(0.5), "b": np.array(2.0)})

    assert neuron.state_dict() == {"w.0": 1.0, "w.1": 0.5, "b": 2.0}
    assert {type(p.data) for p in neuron.parameters()} == {float}


def test_a_state_that_does_not_fit_lists_all_that_is_wrong_and_changes_nothing():
    neuron = Neuron(2)
    before = neuron.state_dict()
    message = (
        r"state does not fit: got missing=\['b'\], unexpected=\['bias'\], "
        r"not numbers=\['w.1'\]; expected one number for each parameter of this Neuron"
    )

    with pytest.raises(ValueError, match=message):
        neuron.load_state_dict({"w.0": 5.0, "w.1": "x", "bias": 1.0})
    assert neuron.state_dict() == before


@pytest.mark.parametrize(
    "wrong", [{"w.1": 1.0, "b": 1.0}, {"w.0": 1, "b": 1, "w.1": 1, "c": 1}]
)
def test_a_missing_name_or_an_unexpected_one_is_enough(wrong):
    with pytest.raises(ValueError, match="state does not fit"):
        Neuron(2).load_state_dict(wrong)


def test_what_fits_is_loaded_if_not_strict():
    neuron = Neuron(2)
    kept = neuron.b.data
    result = neuron.load_state_dict({"w.0": 5.0, "w.1": 6.0, "c": 1.0}, strict=False)

    assert result.missing_keys == ["b"]
    assert result.unexpected_keys == ["c"]
    assert neuron.state_dict() == {"w.0": 5.0, "w.1": 6.0, "b": kept}


@pytest.mark.parametrize("bad", [None, "1.0", [1.0], Value(1.0)])
def test_what_is_no_number_is_refused_even_if_not_strict(bad):
    neuron = Neuron(1)
    before = neuron.state_dict()

    with pytest.raises(ValueError, match=r"not numbers=\['b'\]"):
        neuron.load_state_dict({"w.0": 5.0, "b": bad}, strict=False)
    assert neuron.state_dict() == before


def test_a_number_too_large_for_a_float_changes_nothing():
    neuron = Neuron(1)
    before = neuron.state_dict()

    with pytest.raises(OverflowError, match="too large for a float: got b"):
        neuron.load_state_dict({"w.0": 5.0, "b": 10**400})
    assert neuron.state_dict() == before


def test_a_long_list_of_names_is_cut():
    with pytest.raises(ValueError, match=r"layers.0.neurons.0.w.0.*\.\.\., unexpected"):
        MLP(50, [50]).load_state_dict({})


# Summary ------------------------------------------------------------------------------


def test_a_summary_is_an_aligned_table():
    assert str(MLP(2, [16, 16, 1]).summary()) == (
        "MLP       type   output  parameters  scalar nodes\n"
        "layers.0  Layer      16          48            80\n"
        "layers.1  Layer      16         272           528\n"
        "layers.2  Layer       1          17            32\n"
        "total                 1         337           640"
    )


def test_the_example_says_what_is_counted():
    net = MLP(2, [4, 1])
    of_values = net.summary([Value(1.0), Value(2.0)])
    of_numbers = net.summary([1.0, 2.0])

    assert [row.nodes for row in of_values.rows] == [20, 8, 28]
    assert [row.nodes for row in of_numbers.rows] == [22, 8, 30]


def test_nodes_of_the_example_itself_are_not_counted():
    x = Value(1.0)

    assert MLP(2, [4, 1]).summary([x * 2, x * 3]).rows[-1].nodes == 28


def test_what_a_module_does_beside_its_layers_has_a_row():
    module = Recurrent()
    rows = module.summary([1.0, 2.0]).rows

    assert [(row.name, row.kind, row.parameters) for row in rows] == [
        ("layers.in", "Layer", 4),
        ("layers.out", "Layer", 3),
        ("(itself)", "Recurrent", 3),
        ("total", "Recurrent", 10),
    ]
    # Two calls each; around them a constant, a sum, a product and a sum.
    assert [row.nodes for row in rows] == [8, 10, 8, 26]
    assert [row.output for row in rows] == [(2,), (), None, ()]


def test_a_layer_that_is_not_called_records_nothing():
    class Lazy(Module):
        def __init__(self):
            self.used, self.unused = Neuron(1), Neuron(1)

        def __call__(self, x):
            return [[self.used(x)] * 3] * 2

    rows = Lazy().summary(1.0).rows

    assert [(row.name, row.nodes) for row in rows] == [
        ("used", 4),
        ("unused", 0),
        ("total", 4),
    ]
    assert rows[-1].output == (2, 3)


def test_a_layer_called_by_another_keeps_its_own_nodes():
    class Twice(Module):
        def __init__(self, inner):
            self.inner = inner

        def __call__(self, x):
            return self.inner(self.inner(x)) * 2.0

    class Outer(Module):
        def __init__(self):
            self.inner = Neuron(1, nonlin=False)
            self.twice = Twice(self.inner)

        def __call__(self, x):
            return self.twice(x)

    rows = Outer().summary([Value(1.0)]).rows

    assert [(row.name, row.nodes) for row in rows] == [
        ("inner", 4),
        ("twice", 2),
        ("total", 6),
    ]


def test_without_an_example_or_a_known_size_nothing_is_counted():
    assert str(Recurrent().summary()) == (
        "Recurrent   type       output  parameters  scalar nodes\n"
        "layers.in   Layer           -           4             -\n"
        "layers.out  Layer           -           3             -\n"
        "(itself)    Recurrent       -           3             -\n"
        "total                       -          10             -"
    )


def test_a_summary_counts_inside_no_grad_too():
    with no_grad():
        rows = MLP(2, [4, 1]).summary().rows

    assert rows[-1].nodes == 28


def test_a_summary_is_silent_where_zeros_are_outside_an_activation():
    rows = Layer(1, 2, activation="log").summary().rows

    assert [row.nodes for row in rows] == [3, 3, 6]


def test_a_single_neuron_is_one_row():
    assert [row.name for row in Neuron(2).summary().rows] == ["total"]


def test_a_leaf_with_a_symbol_or_a_step_of_its_own_is_a_parameter_still():
    class Line(Module):
        def __init__(self):
            self.w, self.b = Value(0.5, (), "w"), Value(1.0)
            self.b._backward = lambda: None

    assert list(Line().state_dict()) == ["w", "b"]


# Representation -----------------------------------------------------------------------


def test_a_module_shows_its_class_arguments_and_children():
    class Scaled(Module):
        def __init__(self):
            self.factor, self.inner = 2.0, Neuron(1)

        def extra_repr(self):
            return f"factor={self.factor}"

    assert repr(Module()) == "Module()"
    assert repr(Scaled()) == "Scaled(\n  factor=2.0\n  (inner): ReLUNeuron(1)\n)"


def test_a_module_that_refers_to_the_one_around_it_can_be_shown():
    outer, inner = Module(), Module()
    outer.inner, inner.outer = inner, outer

    assert repr(outer) == ("Module(\n  (inner): Module(\n    (outer): (...)\n  )\n)")


# Buffers ------------------------------------------------------------------------------


def test_a_buffer_is_saved_but_not_trained():
    module = Module()
    module.w = Value(1.0)
    module.register_buffer("mean", [Value(2.0), Value(3.0)])
    module.register_buffer("nothing", None)
    module.register_buffer("mean", [Value(4.0)])

    assert module.parameters() == [module.w]
    assert module.buffers() == module.mean
    assert [name for name, _ in module.named_buffers()] == ["mean.0"]
    assert module.state_dict() == {"w": 1.0, "mean.0": 4.0}


def test_a_state_with_a_buffer_missing_does_not_fit():
    module = Module()
    module.register_buffer("count", Value(2.0))

    with pytest.raises(
        ValueError, match=r"state does not fit: got missing=\['count'\]"
    ):
        module.load_state_dict({})
    module.load_state_dict({"count": 5})
    assert module.count.data == 5.0
