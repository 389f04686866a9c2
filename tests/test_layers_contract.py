"""What holds for every layer: a new one joins by a record in `layer_cases.CASES`."""

import copy
import functools
import pickle

import numpy as np
import pytest

import micrograd_nn as mn
from micrograd_nn import gradcheck, trees
from micrograd_nn.nn import LAYERS
from micrograd_nn.nn.module import IncompatibleKeys
from micrograd_nn.nn.running import collected
from tests.compiled import assert_close, assert_same
from tests.layer_cases import CASES, weighted

COPIES = {"deepcopy": copy.deepcopy, "pickle": lambda x: pickle.loads(pickle.dumps(x))}

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
of_torch = pytest.mark.parametrize(
    "case",
    [case for case in CASES.values() if case.torch is not None],
    ids=[name for name, case in CASES.items() if case.torch is not None],
)
refusing = pytest.mark.parametrize(
    "case",
    [case for case in CASES.values() if case.wrong],
    ids=[name for name, case in CASES.items() if case.wrong],
)


def numbers_of(tree):
    return np.array([x.data for x in trees.leaves(tree)])


def numbers_by_name(module):
    return {name: t.data for name, t in module.named_tensors().items()}


def arrays_by_name(module):
    return {name: np.array(x) for name, x in numbers_by_name(module).items()}


def loss_of_batch(module, rows):
    with collected():
        return weighted(module.batch(rows))


def test_every_layer_has_a_case_and_every_case_a_layer():
    assert {name.split()[0] for name in CASES} == set(LAYERS)


# Gradients ----------------------------------------------------------------------------


@every_case
def test_gradients_are_those_of_finite_differences(case):
    module = case.make()
    rows = case.rows(3 if module.needs_batch else 1).tolist()
    parameters = module.parameters()
    if case.indexes:
        f, inputs = lambda: weighted(module.batch(rows)), ()
    else:
        f, inputs = lambda rows: weighted(module.batch(rows)), (rows,)

    report = gradcheck(f, *inputs, parameters=parameters)

    assert report


@pytest.mark.parametrize("size", [1, 5])
@every_case
def test_a_program_computes_what_eager_code_does(case, size):
    module = case.make()
    params = module.parameters() or None
    if module.needs_batch:  # then the example of a program is a batch
        f, arrays = functools.partial(loss_of_batch, module), case.rows(5)[None]
    else:
        f, arrays = lambda x: weighted(module(x)), case.rows(size)
    if params is None:
        outputs = mn.compile(f)(arrays)
        wanted = [f(row).data for row in arrays.tolist()]
        assert_close(outputs, wanted)
    else:
        assert_same(f, params, arrays)


# PyTorch ------------------------------------------------------------------------------


@pytest.mark.oracle
@of_torch
def test_outputs_and_gradients_are_those_of_pytorch(case):
    torch = pytest.importorskip("torch")
    ours, theirs = case.make(), case.make_torch(torch)
    state = {k: torch.tensor(x) for k, x in arrays_by_name(ours).items()}
    theirs.load_state_dict(state)
    x = torch.tensor(case.rows(), requires_grad=not case.indexes)
    values = trees.rebuilt(
        case.rows().tolist(),
        iter([i if case.indexes else mn.Value(i) for i in case.rows().flat]),
    )
    output = theirs(x)
    outputs = ours.batch(values)
    factors = np.cos(3.0 * np.arange(output.numel()) + 1.0)
    (output.flatten() * torch.tensor(factors)).sum().backward()
    weighted(outputs).backward()

    assert np.shape(outputs) == tuple(output.shape)
    assert_close(numbers_of(outputs), output.detach().flatten())
    if not case.indexes:
        grads = np.array([v.grad for v in trees.leaves(values)])
        assert_close(grads, x.grad.flatten())
    for name, parameter in theirs.named_parameters():
        leaves = trees.leaves(ours.named_tensors()[name].values)
        assert_close([v.grad for v in leaves], parameter.grad.flatten())
    for name, buffer in theirs.named_buffers():  # the batch has moved them
        assert_close(numbers_by_name(ours)[name], buffer)


@pytest.mark.oracle
@of_torch
def test_weights_of_pytorch_load_by_name_and_shape(case):
    torch = pytest.importorskip("torch")
    ours, theirs = case.make(), case.make_torch(torch)
    ours.load_tensors({k: t.tolist() for k, t in theirs.state_dict().items()})
    outputs = ours.batch(case.rows())

    assert_close(numbers_of(outputs), theirs(torch.tensor(case.rows())).flatten().data)
    assert {k: t.shape for k, t in ours.named_tensors().items()} == {
        k: tuple(t.shape) for k, t in theirs.state_dict().items()
    }


@pytest.mark.oracle
@pytest.mark.parametrize(
    "name",
    [
        *("AdaptiveAvgPool1d", "AdaptiveMaxPool2d", "AvgPool2d", "Conv1d", "Conv2d"),
        *(
            "Conv2d with stride and padding",
            "ELU",
            "Embedding",
            "Identity",
            "LayerNorm",
        ),
        *("LeakyReLU", "Linear", "Linear without bias", "RMSNorm", "ReLU", "SiLU"),
        *("Sequential", "Sigmoid", "Tanh"),
    ],
)
def test_representations_are_those_of_pytorch_where_the_arguments_are(name):
    torch = pytest.importorskip("torch")

    assert repr(CASES[name].make()) == repr(CASES[name].make_torch(torch))


# State --------------------------------------------------------------------------------


@every_case
def test_tensors_hold_every_parameter_and_buffer_once(case):
    module = case.make()
    values = [
        value
        for tensor in module.named_tensors().values()
        for value in trees.leaves(tensor.values)
    ]

    assert len(set(values)) == len(values)
    assert set(values) == {*module.parameters(), *module.buffers()}


@every_case
def test_a_state_carries_over_to_another_layer(case):
    source, target = case.make(), case.make()
    for value in target.parameters():
        value.data = 0.25
    result = target.load_state_dict(source.state_dict())

    assert result == IncompatibleKeys([], [])
    assert target.state_dict() == source.state_dict()
    assert_close(
        numbers_of(target.batch(case.rows())), numbers_of(source.batch(case.rows()))
    )


@every_case
def test_tensors_carry_over_to_another_layer(case):
    source, target = case.make(), case.make()
    for value in target.parameters():
        value.data = 0.25
    target.load_tensors(numbers_by_name(source))

    assert numbers_by_name(target) == numbers_by_name(source)


@pytest.mark.parametrize("again", COPIES.values(), ids=COPIES)
@every_case
def test_a_copy_computes_the_same_with_values_of_its_own(case, again):
    module = case.make()
    twin = again(module)

    assert twin.state_dict() == module.state_dict()
    assert repr(twin) == repr(module)
    assert set(twin.parameters()).isdisjoint(module.parameters())
    assert set(map(id, twin.buffers())).isdisjoint(map(id, module.buffers()))
    assert numbers_of(twin.batch(case.rows())).tolist() == (
        numbers_of(module.batch(case.rows())).tolist()
    )


@every_case
def test_train_and_eval_reach_everything_inside(case):
    module = case.make()

    assert module.eval() is module
    assert {m.training for m in module.modules()} == {False}
    assert module.train() is module
    assert {m.training for m in module.modules()} == {True}


# In words -----------------------------------------------------------------------------


@every_case
def test_a_representation_shows_the_arguments(case):
    assert repr(case.make()) == (case.shown or case.code)


@refusing
def test_a_wrong_shape_is_refused_with_the_layer_and_both_sizes(case):
    module = case.make()
    shape, message = case.wrong

    with pytest.raises(ValueError, match=message):
        module.batch(np.ones((3, *shape)))


@pytest.mark.parametrize(
    "case",
    [case for name, case in CASES.items() if name != "BatchNorm1d without memory"],
    ids=[name for name in CASES if name != "BatchNorm1d without memory"],
)
def test_a_summary_counts_and_leaves_the_layer_alone(case):
    module = case.make()
    before = module.state_dict(), [m.training for m in module.modules()]
    total = module.summary(case.rows()[0].tolist()).rows[-1]

    assert total.parameters == len(module.parameters())
    assert (module.state_dict(), [m.training for m in module.modules()]) == before
