"""Callbacks, and how training shows itself."""

import math
import re
import signal
import sys
import threading
import types

import numpy as np
import pytest
from tqdm.auto import tqdm

from micrograd_nn.nn import MLP, Linear
from micrograd_nn.optim import SGD, Adam
from micrograd_nn.training import (
    Callback,
    Checkpoint,
    EarlyStopping,
    LearningRateLogger,
    LivePlot,
    fit,
    live_plot,
)
from micrograd_nn.training.callbacks import is_better
from micrograd_nn.training.interrupts import Interrupts

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 2))
Y = (X[:, 0] > 0).astype(int)

backends = pytest.mark.parametrize("backend", ["compiled", "eager"])


class Diary(Callback):
    """Writes down what it is told, and what the parameters are then."""

    def __init__(self):
        self.entries, self.numbers = [], []

    def on_train_begin(self):
        self.entries.append("begin")

    def on_train_end(self):
        self.entries.append("end")

    def on_epoch_begin(self, epoch):
        self.entries.append(f"epoch {epoch}")

    def on_epoch_end(self, epoch, logs):
        self.entries.append(f"end of {epoch}: {', '.join(logs)}")

    def on_batch_end(self, step, logs):
        self.entries.append(f"step {step}: {', '.join(logs)}")
        self.numbers.append([value.data for value in self.run.values])


def trained(callbacks=(), model=None, **options):
    model = model or MLP(2, [3, 1])
    return fit(model, X, Y, batch_size=10, callbacks=callbacks, **options)


# When they are called -----------------------------------------------------------------


@backends
def test_callbacks_are_told_of_everything_in_order(backend):
    diary = Diary()

    trained([diary], epochs=2, verbose=0, backend=backend)

    epoch = ["step 0: loss, lr", "step 1: loss, lr", "end of {}: loss, accuracy, lr"]
    expected = [f"epoch {e}\n" + "\n".join(epoch).format(e) for e in (0, 1)]
    assert "\n".join(diary.entries) == "\n".join(["begin", *expected, "end"])


@backends
def test_callbacks_see_the_parameters_of_every_step(backend):
    diary = Diary()

    trained([diary], epochs=2, verbose=0, backend=backend)

    assert len({str(numbers) for numbers in diary.numbers}) == 4


@backends
def test_what_a_callback_assigns_is_trained_on(backend):
    model = Linear(2, 1, bias=False)

    class Mask(Callback):
        def on_batch_end(self, step, logs):
            self.run.model.weight[0][1].data = 0.0

    trained([Mask()], model, epochs=3, verbose=0, backend=backend)

    assert model.weight[0][1].data == 0.0
    assert model.weight[0][0].data != 0.0


@backends
def test_a_callback_may_stop_training_after_the_epoch(backend):
    class Stop(Callback):
        def on_batch_end(self, step, logs):
            self.run.stop("enough")

    history = trained([Stop()], epochs=9, verbose=0, backend=backend)

    assert (len(history.epoch), history.stopped) == (1, "enough")
    assert repr(history).endswith("stopped: enough>")


def test_one_callback_alone_needs_no_list():
    diary = Diary()

    trained(diary, epochs=1, verbose=0)

    assert diary.entries[-1] == "end"


@backends
def test_an_error_in_a_callback_comes_out_and_leaves_the_last_step(backend):
    model, diary = MLP(2, [3, 1]), Diary()

    class Broken(Callback):
        def on_batch_end(self, step, logs):
            if step == 1:
                raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        trained([diary, Broken()], model, verbose=0, backend=backend)

    assert [value.data for value in model.parameters()] == diary.numbers[-1]


# Early stopping -----------------------------------------------------------------------


class Scripted(Callback):
    """Gives the epochs made-up metrics, before others see them."""

    def __init__(self, name, numbers):
        self.name, self.numbers, self.weights = name, numbers, []

    def on_epoch_end(self, epoch, logs):
        logs[self.name] = self.numbers[epoch]
        self.weights.append([value.data for value in self.run.values])


@pytest.mark.parametrize(
    ("name", "numbers", "options", "count"),
    [
        ("loss", [3, 2, 2, 1, 1, 1, 1], {"patience": 2}, 6),
        ("loss", [3, 2, 1, 0, 1, 0, 0], {}, 5),
        ("loss", [3, 2, 1, 0, 1, 0, 0], {"patience": 1}, 5),
        ("loss", [3, 2.9, 2.8, 2.7, 2.6], {"patience": 2, "min_delta": 0.5}, 3),
        ("accuracy", [0.1, 0.2, 0.1, 0.1, 0.3], {"patience": 2}, 4),
        ("loss", [math.nan] * 7, {"patience": 3}, 3),
        ("loss", [5, 4, 3, 2, 1, 0, -1], {"patience": 1}, 7),
    ],
)
def test_early_stopping_waits_for_a_better_metric(name, numbers, options, count):
    callbacks = [Scripted(name, numbers), EarlyStopping(name, **options)]

    history = trained(callbacks, epochs=7, verbose=0)

    assert len(history.epoch) == count
    assert bool(history.stopped) == (count < 7)


@backends
def test_the_best_weights_are_brought_back(backend):
    script = Scripted("loss", [3, 1, 2, 2, 2])
    early = EarlyStopping("loss", patience=3, restore_best_weights=True)
    model = MLP(2, [3, 1])

    trained([script, early], model, epochs=9, verbose=0, backend=backend)

    assert [value.data for value in model.parameters()] == script.weights[1]
    assert early.best_epoch == 1


@pytest.mark.parametrize("make", [EarlyStopping, lambda m: Checkpoint("x", monitor=m)])
def test_a_metric_that_is_not_there_is_refused_before_training(make):
    model = MLP(2, [3, 1])
    before = model.state_dict()

    with pytest.raises(
        ValueError, match=r"no such metric: got monitor='val_loss'.*acc"
    ):
        trained([make("val_loss")], model, verbose=0)

    assert model.state_dict() == before


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: EarlyStopping(patience=-1), "got patience=-1"),
        (lambda: EarlyStopping(min_delta=-1), "got min_delta=-1"),
        (lambda: Checkpoint("x", every=0), "got every=0"),
        (lambda: Checkpoint("x", every=3, monitor="loss"), "a metric is of an epoch"),
        (lambda: LivePlot(0), "got every=0"),
    ],
)
def test_arguments_of_callbacks_are_checked(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_a_nan_is_never_better():
    assert not is_better(math.nan, None, "loss")
    assert is_better(1.0, None, "loss")


def test_the_learning_rate_logger_has_every_step():
    logger = LearningRateLogger()

    trained([logger], epochs=2, verbose=0, optimizer=lambda p: SGD(p, lr=0.25))

    assert logger.lrs == [0.25] * 4


# What is shown ------------------------------------------------------------------------


def test_silence_is_silent(capfd):
    trained(epochs=2, verbose=0)

    assert capfd.readouterr() == ("", "")


def test_a_table_has_a_row_an_epoch_under_aligned_headers(capsys):
    trained(epochs=11, verbose=2, validation_split=0.2)

    said, header, *rows = capsys.readouterr().out.splitlines()
    assert said.startswith(
        "loss: binary_cross_entropy_with_logits (one output for each"
    )
    names = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "lr"]
    assert header.split() == names
    ends = [match.end() for match in re.finditer(r"\S+", header)]
    for number, row in enumerate(rows, 1):
        assert row.split()[0] == f"{number}/11"
        assert [match.end() for match in re.finditer(r"\S+", row)] == ends


def test_a_bar_shows_steps_and_losses(capsys):
    trained(epochs=2, verbose=1, validation_split=0.2)

    found = capsys.readouterr()
    assert "loss: binary_cross_entropy" in found.out
    last = found.err.split("\r")[-1]
    assert "epoch 2/2: 100%" in last
    assert "4/4" in last
    assert "val_loss=" in last


def test_a_bar_needs_no_thread_for_in_a_browser_there_is_none(capsys, monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr(tqdm, "monitor", None)
    monkeypatch.setattr(tqdm, "monitor_interval", 10)
    trained(epochs=2, verbose=1)

    assert "4/4" in capsys.readouterr().err.split("\r")[-1]
    assert tqdm.monitor_interval == 0  # it tried


def test_a_bar_over_an_iterator_has_no_end(capsys):
    fit(MLP(2, [1]), lambda: [(X, Y), (X, Y)], epochs=2)

    assert "4step" in capsys.readouterr().err.split("\r")[-1]


def test_an_epoch_without_a_step_has_no_loss_to_tell():
    history = trained(epochs=1, verbose=0)

    assert repr(history).startswith("<History of 1 epoch: loss 0.")


def test_a_history_plots_its_losses():
    pytest.importorskip("matplotlib")
    history = trained(epochs=3, verbose=0, validation_split=0.2)

    every, loss = history.plot(), history.plot("loss")

    for name in ("loss", "val_loss", "accuracy", "val_accuracy"):
        assert every.data[name].tolist() == history.history[name]
    assert loss.ax.get_xlabel() == "epoch"


# LivePlot -----------------------------------------------------------------------------


class Notebook(types.ModuleType):
    """What IPython is in a notebook, as far as LivePlot sees."""

    def __init__(self):
        super().__init__("IPython")
        self.shell = None  # or matplotlib would hook into it
        self.version_info = (9, 0)
        self.shown, self.display = [], types.ModuleType("IPython.display")
        self.display.display, self.display.Image = self._display, lambda data: data

    def get_ipython(self):
        return self.shell

    def _display(self, image, display_id):
        self.shown.append(image)
        return types.SimpleNamespace(update=self.shown.append)


def test_a_live_plot_is_drawn_after_each_epoch_in_one_place(monkeypatch):
    plt = pytest.importorskip("matplotlib.pyplot")
    notebook = Notebook()
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setitem(sys.modules, "IPython.display", notebook.display)
    monkeypatch.setattr(live_plot, "in_notebook", lambda: True)

    trained([LivePlot(every=2)], epochs=5, verbose=0)

    assert len(set(notebook.shown)) == 3  # after epochs 2 and 4, and in the end
    assert all(image.startswith(b"\x89PNG") for image in notebook.shown)
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("shell", "expected"),
    [(types.SimpleNamespace(kernel=1), True), (types.SimpleNamespace(), False)],
)
def test_a_shell_with_a_kernel_is_a_notebook(shell, expected, monkeypatch):
    notebook = Notebook()
    notebook.shell = shell
    monkeypatch.setitem(sys.modules, "IPython", notebook)

    assert live_plot.in_notebook() == expected


def test_a_live_plot_does_nothing_outside_of_a_notebook(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    live = LivePlot()

    trained([live], epochs=2, verbose=0)

    assert live._handle is None


# Ctrl-C -------------------------------------------------------------------------------


def interrupt(*_):
    raise KeyboardInterrupt


def numbers_after(steps, backend):
    """The parameters after so many steps of a training that is not disturbed."""
    diary = Diary()
    trained([diary], start(), epochs=3, verbose=0, backend=backend)
    return diary.numbers[steps - 1] if steps else numbers(start())


def start():
    model = MLP(2, [3, 1])
    for value, number in zip(model.parameters(), RNG_NUMBERS, strict=True):
        value.data = number
    return model


def numbers(model):
    return [value.data for value in model.parameters()]


RNG_NUMBERS = np.random.default_rng(5).normal(size=13).tolist()


@backends
@pytest.mark.parametrize("hook", ["on_epoch_begin", "on_batch_end", "on_epoch_end"])
def test_ctrl_c_in_a_callback_returns_the_history_so_far(backend, hook):
    class Interrupting(Callback):
        calls = 0

        def count(self, *_):
            self.calls += 1
            if self.calls == 2:
                raise KeyboardInterrupt

    setattr(Interrupting, hook, Interrupting.count)
    model, diary = start(), Diary()

    history = trained([Interrupting(), diary], model, verbose=0, backend=backend)

    steps = {"on_epoch_begin": 2, "on_batch_end": 2, "on_epoch_end": 4}[hook]
    assert numbers(model) == numbers_after(steps, backend)
    assert history.interrupted
    assert "interrupted in epoch" in history.stopped
    assert diary.entries[-1] == "end"


@pytest.mark.parametrize("backend", ["compiled", "eager"])
@pytest.mark.parametrize(
    "place",
    [
        ("micrograd_nn.optim.Adam.step", "eager"),
        ("micrograd_nn.training.eager.Eager._backward", "eager"),
        ("micrograd_nn.training.eager.Eager._is_finite", "eager"),
        ("micrograd_nn.compiler.training.Training.step", "compiled"),
        ("micrograd_nn.compiler.training.Training._move", "compiled"),
        ("micrograd_nn.training.compiled.Compiled._take_up", "compiled"),
        ("micrograd_nn.training.compiled.Compiled._is_finite", "compiled"),
        ("micrograd_nn.training.run.Run.end_epoch", "both"),
        ("micrograd_nn.training.fitting.grouped", "both"),
    ],
    ids=lambda place: place[0].split(".", 2)[2],
)
@pytest.mark.parametrize("after", [False, True])
def test_ctrl_c_anywhere_leaves_model_and_optimizer_after_a_whole_step(
    monkeypatch, backend, place, after
):
    name, only = place
    owner, _, attribute = name.rpartition(".")
    owner = __import__("pydoc").locate(owner)
    original = getattr(owner, attribute)
    calls = []

    def patched(*args, **kwargs):
        calls.append(1)
        if len(calls) == 3 and not after:
            raise KeyboardInterrupt
        found = original(*args, **kwargs)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return found

    model = start()
    optimizer = Adam(model.parameters())
    with monkeypatch.context() as patch:
        patch.setattr(owner, attribute, patched)
        history = trained(
            (), model, optimizer=optimizer, epochs=3, verbose=0, backend=backend
        )

    assert history.interrupted == (only in (backend, "both"))
    assert numbers(model) == numbers_after(optimizer.steps, backend)
    fresh = trained((), model, optimizer=optimizer, epochs=1, verbose=0)
    assert fresh.epoch == [0]


def test_the_first_ctrl_c_waits_and_the_second_does_not():
    with Interrupts() as interrupts:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
        interrupts.check()

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_ctrl_c_that_nobody_asked_for_comes_out_in_the_end():
    with pytest.raises(KeyboardInterrupt), Interrupts():
        signal.raise_signal(signal.SIGINT)


def test_a_ctrl_c_in_the_last_epoch_is_told():
    class Late(Callback):
        def on_epoch_end(self, epoch, logs):
            signal.raise_signal(signal.SIGINT)

    history = trained([Late()], epochs=1, verbose=0)

    assert history.interrupted
    assert history.epoch == [0]


def test_a_handler_of_somebody_else_is_left_alone():
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        with Interrupts():
            assert signal.getsignal(signal.SIGINT) is interrupt
    finally:
        signal.signal(signal.SIGINT, before)


def test_training_works_in_a_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(trained(epochs=1, verbose=0)))

    thread.start()
    thread.join()

    assert found[0].epoch == [0]
