import pytest

from micrograd_nn import demo
from micrograd_nn.__main__ import main

FILES = {
    "digits.png",
    "digits_confusion.png",
    "digits_history.png",
    "digits_weights.png",
    "moons_boundary.png",
    "moons_loss.png",
    "neuron.svg",
}


def test_the_demo_leaves_its_pictures_and_prints_where(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(demo, "MOONS_STEPS", 2)
    monkeypatch.setattr(demo, "DIGITS_EPOCHS", 1)
    monkeypatch.setattr(demo, "HELD_OUT", 1700)

    main(["demo", "--out", str(tmp_path / "pictures")])

    printed = capsys.readouterr().out
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == FILES
    assert all(name in printed for name in FILES)
    assert "Digits: accuracy" in printed


@pytest.mark.slow
def test_the_demo_learns_to_read_digits_and_to_tell_moons_apart(tmp_path):
    accuracy = demo.run(tmp_path)

    assert accuracy["digits"] >= 0.9
    assert accuracy["moons"] >= 0.95


def test_without_its_packages_the_error_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "find_spec", lambda name: None if name == "tqdm" else 1)

    with pytest.raises(ImportError, match=r"no tqdm; .* 'micrograd-nn\[demo\]'"):
        demo.run(tmp_path / "new")

    assert not (tmp_path / "new").exists()


def test_a_command_is_needed(capsys):
    with pytest.raises(SystemExit):
        main([])

    assert "command" in capsys.readouterr().err
