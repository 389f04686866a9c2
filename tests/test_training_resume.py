"""Training that was cut off goes on as if it had not been, bit for bit."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from micrograd_nn.nn import MLP, BatchNorm1d, Dropout, Linear, Sequential, Tanh
from micrograd_nn.optim import SGD, Adam, OneCycleLR, ReduceLROnPlateau, StepLR
from micrograd_nn.training import (
    Callback,
    Checkpoint,
    CheckpointError,
    EarlyStopping,
    LearningRateLogger,
    fit,
    load,
    load_into,
    save,
)
from micrograd_nn.training.files import read, write
from tests import training_script

RNG = np.random.default_rng(0)
X, CLASSES = RNG.normal(size=(23, 3)), RNG.integers(0, 4, 23)

backends = pytest.mark.parametrize("backend", ["compiled", "eager"])


def plain():
    random.seed(1)
    return MLP(3, [5, 4], activation="tanh")


def with_dropout():
    random.seed(2)
    return Sequential(Linear(3, 6), Tanh(), Dropout(0.4), Linear(6, 4))


def with_batch_norm():
    random.seed(3)
    return Sequential(Linear(3, 6), BatchNorm1d(6), Dropout(0.2), Linear(6, 4))


def momentum(parameters):
    return SGD(parameters, lr=0.1, momentum=0.9)


def one_cycle(optimizer):
    return OneCycleLR(optimizer, max_lr=0.1, total_steps=12)


class Cut(Callback):
    """Stops training hard after so many steps, or at the end of an epoch."""

    def __init__(self, steps=0, epoch=None):
        self.after, self.epoch = steps, epoch

    def on_batch_end(self, step, logs):
        if self.run.steps == self.after:
            raise SystemExit

    def on_epoch_end(self, epoch, logs):
        if epoch == self.epoch:
            raise SystemExit


def arguments(**options):
    return {"epochs": 4, "batch_size": 8, "verbose": 0, **options}


def state(model):
    return list(model.state_dict().values())


def cut_and_resumed(make, path, cut, every, **options):
    """A training that is cut, and then goes on in another process, as it were."""
    model = make()
    checkpoint = Checkpoint(path, every)
    with pytest.raises(SystemExit):
        fit(model, X, CLASSES, **arguments(**options), callbacks=[cut, checkpoint])
    random.seed(99)
    np.random.seed(99)
    twin = make()
    for value in twin.parameters():
        value.data = 0.0
    history = fit(
        twin,
        X,
        CLASSES,
        **arguments(**options),
        callbacks=[Cut(), Checkpoint(path, every)],
        resume_from=path,
    )
    return twin, history


OPTIONS = {
    "adam": (with_dropout, {}),
    "momentum": (with_dropout, {"optimizer": momentum}),
    "adamw, in order": (plain, {"optimizer": "adamw", "shuffle": False}),
    "batch norm": (with_batch_norm, {"optimizer": momentum}),
    "one cycle": (with_dropout, {"schedule": one_cycle}),
    "steps": (plain, {"schedule": lambda o: StepLR(o, 1, gamma=0.5)}),
    "plateau": (
        plain,
        {"schedule": lambda o: ReduceLROnPlateau(o, patience=0, threshold=0.9)},
    ),
    "weights": (with_dropout, {"sample_weight": RNG.uniform(size=23)}),
    "accumulated": (with_dropout, {"accumulate": 2, "clip_norm": 0.1}),
    "validated": (with_dropout, {"validation_split": 0.2}),
}


@backends
@pytest.mark.parametrize(("make", "options"), OPTIONS.values(), ids=OPTIONS)
def test_a_training_that_was_cut_goes_on_bit_for_bit(make, options, backend, tmp_path):
    options = {**options, "backend": backend}
    expected = make()
    whole = fit(expected, X, CLASSES, **arguments(**options))

    path = tmp_path / "model.safetensors"
    found, history = cut_and_resumed(make, path, Cut(7), 2, **options)

    assert state(found) == state(expected)
    assert history.history == whole.history
    assert history.epoch == whole.epoch


@pytest.mark.parametrize(("cut", "every"), [(2, 1), (3, 1), (3, 2), (8, 5), (12, 1)])
def test_it_does_not_matter_where_it_was_cut(cut, every, tmp_path):
    expected = with_dropout()
    fit(expected, X, CLASSES, **arguments())

    path = tmp_path / "model.safetensors"
    found, _ = cut_and_resumed(with_dropout, path, Cut(cut), every)

    assert state(found) == state(expected)


@backends
def test_a_checkpoint_of_an_epoch_is_gone_on_from(backend, tmp_path):
    expected = with_dropout()
    whole = fit(expected, X, CLASSES, **arguments(backend=backend))

    path = tmp_path / "model.safetensors"
    found, history = cut_and_resumed(
        with_dropout, path, Cut(8), "epoch", backend=backend
    )

    assert state(found) == state(expected)
    assert history.history == whole.history


def test_a_training_that_was_over_is_over(tmp_path):
    path = tmp_path / "model.safetensors"
    model = plain()
    whole = fit(model, X, CLASSES, **arguments(), callbacks=[Checkpoint(path)])
    twin = plain()

    history = fit(
        twin, X, CLASSES, **arguments(), callbacks=[Checkpoint(path)], resume_from=path
    )

    assert state(twin) == state(model)
    assert history.history == whole.history


def test_more_epochs_may_follow(tmp_path):
    path = tmp_path / "model.safetensors"
    expected, model = plain(), plain()
    fit(expected, X, CLASSES, **arguments(epochs=6))
    fit(plain(), X, CLASSES, **arguments(epochs=2), callbacks=[Checkpoint(path)])

    history = fit(
        model,
        X,
        CLASSES,
        **arguments(epochs=6),
        callbacks=[Checkpoint(path)],
        resume_from=path,
    )

    assert state(model) == state(expected)
    assert history.epoch == list(range(6))


def test_callbacks_go_on_too(tmp_path):
    path = tmp_path / "model.safetensors"

    def callbacks():
        early = EarlyStopping("loss", patience=2, min_delta=10.0,
                              restore_best_weights=True)  # fmt: skip
        return [Checkpoint(path, every=1), LearningRateLogger(), early]

    cut, again = [*callbacks(), Cut(5)], [*callbacks(), Cut()]
    with pytest.raises(SystemExit):
        fit(plain(), X, CLASSES, **arguments(), callbacks=cut)
    model = plain()
    history = fit(model, X, CLASSES, **arguments(), callbacks=again, resume_from=path)

    assert len(again[1].lrs) == 9
    assert (len(history.epoch), again[2].best_epoch) == (3, 0)
    first = plain()
    fit(first, X, CLASSES, **arguments(epochs=1))
    assert state(model) == state(first)


def test_a_checkpoint_of_the_best_epoch_holds_that_one(tmp_path):
    path, model = tmp_path / "model.safetensors", plain()
    seen = []

    class Scripted(Callback):
        def on_epoch_end(self, epoch, logs):
            logs["loss"] = [3.0, 1.0, 2.0, 4.0][epoch]
            seen.append(state(self.run.model))

    fit(model, X, CLASSES, **arguments(),
        callbacks=[Checkpoint(path, monitor="loss"), Scripted()])  # fmt: skip

    assert state(load(path)) == seen[1]


def test_a_checkpoint_is_a_model_too(tmp_path):
    path, model = tmp_path / "model.safetensors", with_batch_norm()

    fit(model, X, CLASSES, **arguments(), callbacks=[Checkpoint(path)])

    assert state(load(path)) == state(model)
    assert state(load_into(with_batch_norm(), path)) == state(model)


# What does not go on ------------------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "model.safetensors"
    with pytest.raises(SystemExit):
        fit(plain(), X, CLASSES, **arguments(), callbacks=[Checkpoint(path, 1), Cut(4)])
    return path


OTHERS = {
    "seed": ({"seed": 1}, "seed=0, not 1"),
    "batch size": ({"batch_size": 9}, "batch_size=8, not 9"),
    "shuffle": ({"shuffle": False}, "shuffle=True, not False"),
    "accumulate": ({"accumulate": 2}, "accumulate=1, not 2"),
    "backend": ({"backend": "eager"}, "backend='compiled', not 'eager'"),
    "loss": ({"loss": "nll_loss"}, "loss='cross_entropy', not 'nll_loss'"),
    "optimizer": ({"optimizer": "sgd"}, "not .'SGD', 'NoneType'."),
    "schedule": ({"schedule": one_cycle}, "not .'Adam', 'OneCycleLR'."),
    "callbacks": ({"callbacks": []}, r"callbacks=\['Cut', 'Checkpoint'\]"),
    "data": ({"validation_split": 0.5}, "examples=23, not 11"),
}


@pytest.mark.parametrize(("other", "match"), OTHERS.values(), ids=OTHERS)
def test_other_settings_are_refused_and_nothing_changes(other, match, path):
    model = plain()
    before, content = state(model), path.read_bytes()
    options = {"callbacks": [Cut(), Checkpoint(path, 1)], **arguments(), **other}

    with pytest.raises(CheckpointError, match=match):
        fit(model, X, CLASSES, **options, resume_from=path)

    assert state(model) == before
    assert path.read_bytes() == content


def test_another_model_is_refused_and_nothing_changes(path):
    model = MLP(3, [6, 4], activation="tanh")
    optimizer = Adam(model.parameters(), lr=0.5)
    before = state(model), optimizer.state_dict()

    with pytest.raises(CheckpointError, match="other tensors"):
        fit(
            model,
            X,
            CLASSES,
            **arguments(),
            optimizer=optimizer,
            callbacks=[Cut(), Checkpoint(path, 1)],
            resume_from=path,
        )

    assert (state(model), optimizer.state_dict()) == before


def test_a_model_alone_is_no_training(path):
    save(plain(), path)

    with pytest.raises(CheckpointError, match="no state of training"):
        fit(plain(), X, CLASSES, **arguments(), resume_from=path)


@pytest.mark.parametrize(
    "change",
    [
        lambda info: info.update(random={"bit_generator": "MT19937"}),
        lambda info: info["counts"].pop("epoch"),
        lambda info: info.pop("history"),
        lambda info: info["optimizer"]["state"].update(lr=-1.0),
        lambda info: info["optimizer"]["state"].pop("betas"),
    ],
)
def test_a_state_that_was_forged_is_refused_and_nothing_changes(change, path):
    tensors, info = read(path)
    change(info)
    write(path, tensors, {key: x for key, x in info.items() if key != "version"})
    model = plain()
    optimizer = Adam(model.parameters(), lr=0.5)
    before = state(model), optimizer.state_dict()

    with pytest.raises(CheckpointError, match="a state that does not fit"):
        fit(
            model,
            X,
            CLASSES,
            **arguments(),
            optimizer=optimizer,
            callbacks=[Cut(), Checkpoint(path, 1)],
            resume_from=path,
        )

    assert (state(model), optimizer.state_dict()) == before


def test_a_folder_that_is_not_there_is_refused_before_training(tmp_path):
    model = plain()
    before = state(model)

    with pytest.raises(FileNotFoundError, match="no folder to save in"):
        fit(model, X, CLASSES, **arguments(), callbacks=[Checkpoint(tmp_path / "a/b")])

    assert state(model) == before


# In processes of their own ------------------------------------------------------------


def started(folder, backend):
    command = [sys.executable, "-m", "tests.training_script", str(folder), backend, "1"]
    return subprocess.Popen(
        command,
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def undisturbed(folder, backend):
    folder.mkdir()
    model, history = training_script.train(folder, backend, slow=True)
    return f"{state(model)} {history.history} False"


def after(process, steps, seconds, number):
    """Send a signal a moment after so many steps; whether it came in time."""
    for _ in range(steps):
        if process.stdout.readline() != "step\n":
            break
    time.sleep(seconds)
    process.send_signal(number)


def test_ctrl_c_in_a_process_ends_after_a_step_and_resumes(tmp_path):
    expected = undisturbed(tmp_path / "whole", "compiled")
    process = started(tmp_path, "compiled")

    after(process, 5, 0.002, signal.SIGINT)
    output, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert output.splitlines()[-1].endswith("True")  # the history says interrupted

    output, errors = started(tmp_path, "compiled").communicate()
    assert errors == ""
    assert output.splitlines()[-1] == expected


@pytest.mark.slow
@backends
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_killed_at_random_moments_training_ends_as_if_it_had_not_been(
    backend, number, tmp_path
):
    expected = undisturbed(tmp_path / "whole", backend)
    rng = random.Random(7)
    for _ in range(8):
        process = started(tmp_path, backend)
        after(process, rng.randint(1, 4), rng.uniform(0.0, 0.012), number)
        process.communicate()

    output, errors = started(tmp_path, backend).communicate()

    assert errors == ""
    assert output.splitlines()[-1] == expected
    assert [item.name for item in tmp_path.iterdir() if item.is_file()] == [
        "model.safetensors"
    ]
