"""`python -m micrograd_nn train` and `predict`."""

import subprocess
import sys

import pytest

from micrograd_nn.__main__ import main
from micrograd_nn.datasets import DATASETS
from micrograd_nn.training import load, predict, score

pytest.importorskip("sklearn")


def train(path, data="moons", *more):
    return main(["train", "--data", data, "--save", str(path), "--quiet", *more])


@pytest.fixture
def moons(tmp_path, capsys):
    path = tmp_path / "moons.safetensors"
    train(path, "moons", "--hidden", "8", "--epochs", "5")
    capsys.readouterr()
    return path


def test_digits_are_learned_saved_and_read_again(tmp_path, capsys):
    path = tmp_path / "digits.safetensors"

    code = train(path, "digits", "--hidden", "32", "--epochs", "20")

    held_out, saved = capsys.readouterr().out.splitlines()
    accuracy = float(held_out.split()[2])
    assert (code, saved) == (0, f"saved: {path}")
    assert held_out == f"digits: accuracy {accuracy:.4f} on 360 examples held out"
    assert accuracy >= 0.95

    assert main(["predict", "--model", str(path), "--data", "digits"]) == 0
    assert float(capsys.readouterr().out.split()[2]) >= 0.98

    assert main(["predict", "--model", str(path), "--data", "digits",
                 "--index", "0", "1796"]) == 0  # fmt: skip
    assert capsys.readouterr().out == "0: 0 (truth: 0)\n1796: 8 (truth: 8)\n"


def test_the_net_that_is_saved_takes_raw_numbers(moons, capsys):
    data = DATASETS["moons"]()

    main(["predict", "--model", str(moons), "--data", "moons"])

    expected = score(load(moons), data.X, data.y)
    assert f"moons: accuracy {expected:.4f} on all 100" in capsys.readouterr().out


def test_numbers_are_learned_in_their_own_units(tmp_path, capsys):
    path = tmp_path / "houses.safetensors"
    data = DATASETS["houses"]()

    train(path, "houses", "--hidden", "--epochs", "60")
    main(["predict", "--model", str(path), "--data", "houses", "--index", "3"])

    trained, _, found = capsys.readouterr().out.splitlines()
    assert trained.startswith("houses: R² 0.9")
    price = float(predict(load(path), data.X[[3]])[0])
    assert found == f"3: {price:.4g} (truth: {data.y[3]:.4g})"


def test_a_row_an_epoch_is_printed(capsys):
    main(["train", "--data", "iris", "--hidden", "4", "4", "--epochs", "3",
          "--optimizer", "sgd", "--activation", "tanh"])  # fmt: skip

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:5]] == ["1/3", "2/3", "3/3"]
    assert lines[-1].startswith("iris: accuracy")


def test_the_same_seed_is_the_same_net(tmp_path):
    paths = [tmp_path / name for name in "abc"]
    for path, seed in zip(paths, "112", strict=True):
        train(path, "moons", "--epochs", "2", "--seed", seed)

    one, two, other = (load(path).state_dict() for path in paths)
    assert one == two != other


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "nope"], "train: no such data set: got --data 'nope'"),
        (["--data", "reverse"], "train: not for this command: got data='reverse'"),
        (["--data", "moons", "--epochs", "-1"], "no such count: got epochs=-1"),
        (["--data", "moons", "--hidden", "0"], "not a size: got nout=0"),
        (["--data", "moons", "--optimizer", "no"], "no such optimizer"),
        (["--data", "moons", "--activation", "no"], "no such activation"),
        (["--data", "moons", "--backend", "no"], "no such backend"),
        (["--data", "moons", "--test", "1.5"], "train: "),
        (["--data", "moons", "--save", "/no/where/x"], "no folder to save in"),
        (["--data", "moons", "--optimizer", "sgd", "--lr", "1e308"], "diverged"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_with_exit_code_1(arguments, message, capsys):
    code = main(["train", *arguments, "--quiet"])

    found = capsys.readouterr()
    assert code == 1
    assert message in found.err
    assert found.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--index", "100"], "no such example: got --index 100"),
        (["--index", "-1"], "no such example: got --index -1"),
        (["--data", "digits"], "predict: wrong number of inputs"),
        (["--model", "/no/such/file"], "predict: [Errno 2]"),
        (["--model", __file__], "predict: no usable checkpoint"),
    ],
)
def test_predictions_that_cannot_be_are_exit_code_1(moons, arguments, message, capsys):
    code = main(["predict", "--model", str(moons), "--data", "moons", *arguments])

    assert code == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["train"], ["predict"], ["fly"]])
def test_a_command_line_that_is_none_is_exit_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert "usage: python -m micrograd_nn" in capsys.readouterr().err


def test_ctrl_c_is_exit_code_130_and_the_net_is_saved(tmp_path, monkeypatch):
    def interrupt(self, batches, taken=[]):  # noqa: B006
        taken.append(1)
        if len(taken) == 3:
            raise KeyboardInterrupt
        return original(self, batches)

    from micrograd_nn.training.run import Run

    original = Run.take_step
    monkeypatch.setattr(Run, "take_step", interrupt)

    assert train(tmp_path / "x", "moons") == 130
    assert load(tmp_path / "x")


def test_it_runs_as_a_module_from_anywhere(tmp_path):
    command = [sys.executable, "-m", "micrograd_nn", "train", "--data", "xor",
               "--epochs", "1", "--save", "xor.safetensors"]  # fmt: skip
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (run.returncode, run.stderr) == (0, "")
    assert load(tmp_path / "xor.safetensors")
