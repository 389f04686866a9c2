"""Files: what is saved is loaded, and what is not whole or not ours is refused."""

import json
import math
import random
import struct

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from micrograd_nn import Value, nn, trees
from micrograd_nn.nn import (
    MLP,
    BatchNorm1d,
    Dropout,
    Linear,
    Module,
    ReLU,
    Residual,
    Sequential,
)
from micrograd_nn.optim import OPTIMIZERS, SGD, Adam, ExponentialLR, StepLR
from micrograd_nn.training import CheckpointError, load, load_into, save
from micrograd_nn.training.architecture import described
from micrograd_nn.training.files import DIGEST, KEY
from tests.layer_cases import CASES


def net():
    random.seed(3)
    inner = Sequential(Linear(4, 4, bias=False), ReLU(), Dropout(0.25))
    return Sequential(Linear(3, 4), BatchNorm1d(4), Residual(inner), MLP(4, [5, 2]))


def state(model):
    return model.state_dict()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


# Round trips --------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_every_layer_is_built_again_from_its_file(name, path):
    layer = CASES[name].make()

    save(layer, path)
    twin = load(path)

    assert type(twin) is type(layer)
    assert repr(twin) == repr(layer)
    assert state(twin) == state(layer)
    assert len(twin.parameters()) == len(layer.parameters())


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (MLP(3, [4, 2], activation="gelu"), [0.3, -1.0, 2.0]),
        (MLP(3, [1], activation=None), [0.3, -1.0, 2.0]),
        (MLP(2, [3, 3, 1], activation=None), [0.3, -1.0]),
        (nn.Layer(2, 3, nonlin=False), [0.3, -1.0]),
        (nn.Neuron(2, activation="sigmoid"), [0.3, -1.0]),
        (nn.GPT(5, 4, n_head=2, n_embd=4, tie_weights=True, activation="gelu"), [1, 3]),
        (net(), [0.3, -1.0, 2.0]),
    ],
    ids=lambda x: str(x)[:30],
)
def test_a_loaded_model_computes_what_the_saved_one_does(model, example, path):
    save(model, path)
    twin = load(path)

    outputs = [trees.leaves(m.eval()(example)) for m in (model, twin)]
    assert repr(twin) == repr(model)
    assert [y.data for y in outputs[1]] == [y.data for y in outputs[0]]


@pytest.mark.parametrize("number", [math.nan, math.inf, -0.0, 5e-324, 0.1 + 0.2, 1e308])
def test_numbers_come_back_bit_for_bit(number, path):
    model = Linear(1, 1)
    model.weight[0][0].data = number

    save(model, path)
    found = load(path).weight[0][0].data

    assert struct.pack("d", found) == struct.pack("d", number)


def test_tensors_have_the_names_and_shapes_of_pytorch(path):
    save(net(), path)

    found = {name: (x.shape, str(x.dtype)) for name, x in load_file(path).items()}

    assert found["0.weight"] == ((4, 3), "float64")
    assert found["1.running_mean"] == ((4,), "float64")
    assert found["1.num_batches_tracked"] == ((), "float64")
    assert found["2.module.0.weight"] == ((4, 4), "float64")
    assert found["3.layers.0.weight"] == ((5, 4), "float64")
    assert len(found) == 12


def test_loading_draws_no_random_numbers(path):
    save(net(), path)
    before = random.getstate()

    load(path)

    assert random.getstate() == before


def test_saving_takes_the_place_of_what_was_there(path):
    save(net(), path)
    model = Linear(2, 1)

    save(model, path)

    assert state(load(path)) == state(model)
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_what_a_killed_write_left_behind_is_removed(path):
    leftover = path.with_name(f".{path.name}.0123abcd.tmp")
    leftover.write_bytes(b"half")

    save(net(), path)

    assert not leftover.exists()


def test_a_write_that_fails_leaves_what_was_there(path, monkeypatch):
    model = Linear(2, 1)
    save(model, path)
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))

    with pytest.raises(OSError, match="full"):
        save(net(), path)

    assert state(load(path)) == state(model)
    assert len(list(path.parent.iterdir())) == 1


# Models that only their author can build ----------------------------------------------


class Mine(Module):
    def __init__(self):
        self.scale, self.table = Value(2.0), {"a": [Value(1.0), Value(3.0)]}


def shared():
    layer = Linear(2, 2)
    return Sequential(layer, ReLU(), layer)


def different():
    model = MLP(2, [2, 2])
    model.layers[0].neurons[1].nonlin = False
    return model


def bent():
    model = MLP(2, [2, 2])
    for neuron in model.layers[1].neurons:
        neuron.nonlin = True
    return model


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (bent, "an MLP of layers that differ"),
        (Mine, "Mine is none of the layers"),
        (lambda: Sequential(Mine()), "Mine is none of the layers"),
        (shared, "not those that its layers start with"),
        (different, "a Layer of neurons that differ"),
        (lambda: MLP(1, [2, 1], activation=lambda x: x * x), "function of your own"),
    ],
)
def test_others_are_saved_and_loaded_into(make, why, path):
    model, twin = make(), make()
    for value in model.parameters():
        value.data += 1.5

    save(model, path)
    with pytest.raises(CheckpointError, match=rf"no architecture \(.*{why}.*load_into"):
        load(path)

    assert load_into(twin, path) is twin
    assert state(twin) == state(model)


def test_a_file_of_another_library_is_loaded_into(path):
    model = Linear(3, 2)
    weight = np.arange(6, dtype=np.float32).reshape(2, 3)
    save_file({"weight": weight, "bias": np.array([7.0, 8.0], dtype=np.float16)}, path)

    load_into(model, path)

    assert model.named_tensors()["weight"].data == weight.tolist()
    with pytest.raises(CheckpointError, match=r"no architecture \(another library's\)"):
        load(path)


# Optimizers and schedules -------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_goes_on_where_it_was(name, path):
    def made(lr):
        model = MLP(2, [3, 1])
        optimizer = OPTIMIZERS[name](model.parameters(), lr=lr)
        return model, optimizer, StepLR(optimizer, 2)

    def steps(model, optimizer, schedule, count):
        for _ in range(count):
            optimizer.zero_grad()
            ((model([0.4, 0.2]) - 1.0) ** 2).backward()
            optimizer.step()
            schedule.step()

    model, optimizer, schedule = made(0.1)
    steps(model, optimizer, schedule, 3)
    save(model, path, optimizer=optimizer, schedule=schedule)
    twin, other, later = made(0.7)
    load_into(twin, path, optimizer=other, schedule=later)
    steps(model, optimizer, schedule, 3)
    steps(twin, other, later, 3)

    assert state(twin) == state(model)
    assert other.state_dict() == optimizer.state_dict()
    assert later.state_dict() == schedule.state_dict()


@pytest.mark.parametrize(
    ("optimizer", "schedule", "match"),
    [
        (SGD, StepLR, "optimizer Adam, not SGD"),
        (Adam, ExponentialLR, "schedule StepLR, not ExponentialLR"),
    ],
)
def test_another_kind_of_optimizer_is_refused_and_nothing_changes(
    optimizer, schedule, match, path
):
    model = MLP(2, [3, 1])
    adam = Adam(model.parameters(), lr=0.5)
    save(model, path, optimizer=adam, schedule=StepLR(adam, 2))
    twin = MLP(2, [3, 1])
    mine = optimizer(twin.parameters(), lr=0.25)
    other = schedule(mine, 0.5) if schedule is ExponentialLR else schedule(mine, 2)
    before = state(twin), mine.state_dict(), other.state_dict()

    with pytest.raises(CheckpointError, match=match):
        load_into(twin, path, optimizer=mine, schedule=other)

    assert (state(twin), mine.state_dict(), other.state_dict()) == before


def test_an_optimizer_needs_one_in_the_file(path):
    model = MLP(2, [3, 1])
    save(model, path)

    with pytest.raises(CheckpointError, match="optimizer none, not Adam"):
        load_into(model, path, optimizer=Adam(model.parameters()))


# Files that are not right -------------------------------------------------------------


def refused(path, match):
    """Check that both ways to load refuse a file, and that nothing changes."""
    model = net()
    before, drawn = state(model), random.getstate()
    with pytest.raises(CheckpointError, match=match):
        load(path)
    with pytest.raises(CheckpointError, match=match):
        load_into(model, path)

    assert state(model) == before
    assert random.getstate() == drawn


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(share, path):
    save(net(), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    refused(path, "what is no safetensors file")


@pytest.mark.parametrize("seed", range(60))
def test_a_flipped_bit_anywhere_is_noticed(seed, path):
    save(net(), path)
    content = bytearray(path.read_bytes())
    bit = random.Random(seed).randrange(8 * len(content))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)

    refused(path, "no usable checkpoint: got .*model.safetensors with")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x80\x04\x95.", b"PK\x03\x04" + bytes(100), b"{}", b"\xff" * 64, b" " * 9],
)
def test_a_foreign_file_is_refused(content, path):
    path.write_bytes(content)

    refused(path, "what is no safetensors file")


def test_a_file_that_is_not_there_is_no_checkpoint(path):
    with pytest.raises(FileNotFoundError):
        load(path)


def test_a_file_of_another_net_is_refused_and_says_what_differs(path):
    save(Linear(3, 4), path)
    model = Linear(4, 4)
    before = state(model)

    with pytest.raises(
        CheckpointError, match=r"other tensors .*weight of \(4, 3\), not \(4, 4\)"
    ) as caught:
        load_into(model, path)

    assert state(model) == before
    assert caught.value.path == path
    assert "other tensors" in caught.value.found
    assert caught.value.expected == "expected a Linear."


def forged(path, change):
    """Write a file whose architecture was changed, with a checksum that fits."""
    from micrograd_nn.training.files import read, write

    tensors, info = read(path)
    change(info)
    write(path, tensors, {key: x for key, x in info.items() if key != "version"})


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"layer": "os.system", "arguments": {}}, "which names no layer"),
        ({"layer": "Module", "arguments": {}}, "which names no layer"),
        ({"layer": ["Linear"]}, "which names no layer"),
        ("Linear", "which names no layer"),
        (None, "no architecture"),
        ({"layer": "Linear", "arguments": {"nope": 1}}, "unexpected keyword argument"),
        ({"layer": "Linear", "arguments": {}}, "missing"),
        ({"layer": "Sequential"}, "'modules'"),
        ({"layer": "Residual", "arguments": {"module": 3}}, "not a module"),
        (
            {
                "layer": "Linear",
                "arguments": {"in_features": 200, "out_features": 200},
            },
            "more weights than the file has numbers",
        ),
        (
            {"layer": "MLP", "arguments": {"nin": 200, "nouts": [200, 1]}},
            "more weights than the file has numbers",
        ),
        (
            {"layer": "BatchNorm1d", "arguments": {"num_features": 10**12}},
            "a size of 1000000000000, larger than any tensor of the file",
        ),
        (
            {"layer": "Linear", "arguments": {"in_features": 2, "out_features": 1}},
            "other",
        ),
    ],
)
def test_an_architecture_that_was_forged_is_refused(change, match, path):
    save(Linear(2, 2), path)
    forged(path, lambda info: info.update(architecture=change, why="forged"))

    with pytest.raises(CheckpointError, match=match):
        load(path)


def test_an_architecture_that_is_too_deep_is_refused(path):
    config = {"layer": "ReLU", "arguments": {}}
    for _ in range(400):
        config = {"layer": "Residual", "arguments": {"module": config}}
    save(Linear(2, 2), path)
    forged(path, lambda info: info.update(architecture=config))

    with pytest.raises(CheckpointError):
        load(path)


def test_a_file_of_a_later_version_is_refused(path):
    import hashlib

    save_file(
        {},
        path,
        {KEY: '{"version": 2}', DIGEST: hashlib.sha256(b'{"version": 2}').hexdigest()},
    )

    refused(path, "version 2")


def test_what_is_no_module_is_not_saved(path):
    with pytest.raises(TypeError, match="not a model: got model=3"):
        save(3, path)

    assert not path.exists()


def test_the_architecture_is_json_without_names_of_modules(path):
    save(net(), path)
    text = json.dumps(described(net()))

    assert "micrograd" not in text
    assert json.loads(text)["modules"][3] == {
        "layer": "MLP",
        "arguments": {"nin": 4, "nouts": [5, 2], "activation": {"activation": "relu"}},
    }


def test_a_folder_is_no_file_to_save_in(tmp_path):
    with pytest.raises(IsADirectoryError, match="a folder, no file: got path="):
        save(MLP(1, [1]), tmp_path)


def test_numbers_of_numpy_are_saved_as_numbers_and_other_things_refused(tmp_path):
    path = tmp_path / "net.safetensors"
    save(MLP(1, [1]), path, more={"best": np.int64(3)})
    with pytest.raises(TypeError, match="not to be saved: got "):
        save(MLP(1, [1]), path, more={"f": print})

    assert load(path)
