"""Save and load: a model in a file, with what it takes to go on training it.

The file has PyTorch's names and shapes, so that `safetensors.torch.load_file` reads it
for the equivalent model there. Nothing in a file is run.

>>> import tempfile
>>> from micrograd_nn.nn import MLP
>>> model = MLP(2, [3, 1], activation="tanh")
>>> with tempfile.TemporaryDirectory() as folder:
...     save(model, f"{folder}/model.safetensors")
...     twin = load(f"{folder}/model.safetensors")
>>> twin([1.0, 2.0]).data == model([1.0, 2.0]).data
True
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from micrograd_nn.nn import Module
from micrograd_nn.numbers import shortened
from micrograd_nn.optim import Optimizer, Schedule
from micrograd_nn.training.architecture import built, described, rebuilds
from micrograd_nn.training.files import CheckpointError, Tensors, read, write

ModuleT = TypeVar("ModuleT", bound=Module)
PREFIX = "training/"  # of tensors that are no part of the model


def save(
    model: Module,
    path: str | Path,
    *,
    optimizer: Optimizer | None = None,
    schedule: Schedule | None = None,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write a model to a file; what was there stays until the new file is whole.

    Args:
        model: Any module. `load` builds those of the layers in `micrograd_nn.nn`;
            others are made by you, for `load_into`.
        path: The file, such as "model.safetensors".
        optimizer: Saved too, if given.
        schedule: Saved too, if given.
        more: What else to remember, as JSON can hold it.

    Raises:
        TypeError: If that is no module.
        OSError: If the file cannot be written.
    """
    require_module(model)
    require_folder(path)
    states = {"more": dict(more or {})}
    write_states(model, path, architecture_of(model), states, optimizer, schedule)


def write_states(
    model: Module,
    path: str | Path,
    architecture: Mapping[str, Any],
    states: Mapping[str, Any],
    optimizer: Optimizer | None = None,
    schedule: Schedule | None = None,
) -> None:
    """Write a model and all that belongs to it.

    Args:
        model: The model.
        path: The file.
        architecture: That of the model, as `architecture_of` gave it.
        states: What else there is, as JSON can hold it.
        optimizer: As for `save`.
        schedule: As for `save`.
    """
    tensors = {
        name: np.array(tensor.data, dtype=np.float64)
        for name, tensor in model.named_tensors().items()
    }
    info = {**architecture, **states}
    if optimizer is not None:
        info["optimizer"] = _split(optimizer, tensors)
    if schedule is not None:
        info["schedule"] = _kind_and(schedule.state_dict(), schedule)
    write(path, tensors, info)


def load(path: str | Path) -> Any:
    """The model in a file, built anew.

    Args:
        path: What `save` has written.

    Raises:
        OSError: If the file cannot be read.
        CheckpointError: If it is truncated, changed, or of another kind.
    """
    tensors, info = read(path)
    if info is None or info["architecture"] is None:
        why = "another library's" if info is None else info["why"]
        raise CheckpointError(
            Path(path),
            f"no architecture ({why})",
            "expected one. Build the model yourself, and call load_into(model, path).",
        )
    own = _of_model(tensors)
    try:
        model = built(info["architecture"], [x.shape for x in own.values()])
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise CheckpointError(
            Path(path),
            f"an architecture that cannot be built ({error})",
            "expected one that `save` has written.",
        ) from error
    return _assigned(model, own, path)


def load_into(
    model: ModuleT,
    path: str | Path,
    *,
    optimizer: Optimizer | None = None,
    schedule: Schedule | None = None,
) -> ModuleT:
    """The model that was given, its parameters now those in a file.

    Args:
        model: Of the architecture that was saved. Files of PyTorch's models serve, if
            names and shapes are the same.
        path: The file.
        optimizer: Goes on where the saved one was, if given.
        schedule: Goes on where the saved one was, if given.

    Raises:
        TypeError: If that is no module.
        OSError: If the file cannot be read.
        CheckpointError: If it does not fit. Nothing has changed then.
    """
    require_module(model)
    tensors, info = read(path)
    with all_or_nothing(path, model, (optimizer, schedule)):
        restore(path, model, tensors, info or {}, optimizer, schedule)
    return model


def restore(
    path: str | Path,
    model: Module,
    tensors: Tensors,
    info: Mapping[str, Any],
    optimizer: Optimizer | None,
    schedule: Schedule | None,
) -> None:
    """Put what was read into a model, an optimizer and a schedule.

    To be called inside of `all_or_nothing`.

    Raises:
        CheckpointError: If the tensors are not those of the model.
        ValueError: If something else does not fit.
    """
    _assigned(model, _of_model(tensors), path)
    if optimizer is not None:
        saved = _saved(info, "optimizer", optimizer)
        optimizer.load_state_dict(_joined(saved, tensors, optimizer))
    if schedule is not None:
        schedule.load_state_dict(_saved(info, "schedule", schedule))


@contextmanager
def all_or_nothing(
    path: str | Path, model: Module, others: Iterable[Any]
) -> Iterator[None]:
    """A context that leaves all as it was if something in it raises.

    Args:
        path: The file, for the message.
        model: Its parameters and buffers are put back.
        others: Objects whose attributes are put back; None is left out.

    Raises:
        CheckpointError: For an error that is of the file.
    """
    numbers = {name: tensor.data for name, tensor in model.named_tensors().items()}
    before = [(thing, dict(vars(thing))) for thing in others if thing is not None]
    try:
        yield
    except BaseException as error:
        model.load_tensors(numbers)
        for thing, attributes in before:
            vars(thing).clear()
            vars(thing).update(attributes)
        if isinstance(error, CheckpointError) or not isinstance(error, _OF_A_FILE):
            raise
        raise CheckpointError(
            Path(path),
            f"a state that does not fit ({error})",
            "expected one that does.",
        ) from error


_OF_A_FILE = AttributeError, KeyError, TypeError, ValueError


def require_module(model: Any) -> None:
    """Refuse what is no module.

    Raises:
        TypeError: Telling what it is.
    """
    if not isinstance(model, Module):
        raise TypeError(
            f"not a model: got model={shortened(model)} ({type(model).__name__}); "
            "expected a Module, such as MLP(2, [16, 1]). Make one of a function as a "
            "subclass of nn.Module."
        )


def require_folder(path: str | Path) -> None:
    """Refuse a path that cannot be written, before anything takes time.

    Raises:
        FileNotFoundError: If its folder is not there.
        IsADirectoryError: If it is a folder itself.
    """
    if Path(path).is_dir():
        raise IsADirectoryError(
            f"a folder, no file: got path={str(path)!r} (str); expected the name of a "
            "file. Add one, such as model.safetensors."
        )
    if not Path(path).parent.is_dir():
        raise FileNotFoundError(
            f"no folder to save in: got path={str(path)!r} (str); expected "
            f"{Path(path).parent} to be there. Make it first."
        )


def architecture_of(model: Module) -> dict[str, Any]:
    """The architecture of a module for a file, or why there is none."""
    try:
        config = described(model)
    except (AttributeError, ValueError) as error:
        return {"architecture": None, "why": str(error)}
    if not rebuilds(model, config):
        why = "its parameters are not those that its layers start with"
        return {"architecture": None, "why": why}
    return {"architecture": config}


def _of_model(tensors: Tensors) -> Tensors:
    return {name: x for name, x in tensors.items() if not name.startswith(PREFIX)}


def _assigned(model: Module, tensors: Tensors, path: str | Path) -> Module:
    """The model with those numbers, if all names and shapes fit."""
    try:
        model.load_tensors(tensors)
    except (TypeError, ValueError) as error:
        raise CheckpointError(
            Path(path),
            f"other tensors ({error})",
            f"expected a {type(model).__name__}.",
        ) from error
    return model


def _split(optimizer: Optimizer, tensors: Tensors) -> dict[str, Any]:
    """The state of an optimizer: its lists among the tensors, the rest for JSON."""
    state = optimizer.state_dict()
    for name in optimizer.state_names:
        tensors[PREFIX + name] = np.array(state.pop(name), dtype=np.float64)
    return _kind_and(state, optimizer)


def _joined(
    saved: dict[str, Any], tensors: Tensors, optimizer: Optimizer
) -> dict[str, Any]:
    own = optimizer.hyperparameters
    state = {
        name: tuple(x) if isinstance(own.get(name), tuple) else x
        for name, x in saved.items()
    }
    columns = {name: tensors[PREFIX + name].tolist() for name in optimizer.state_names}
    return {**state, **columns}


def _kind_and(state: dict[str, Any], thing: object) -> dict[str, Any]:
    return {"kind": type(thing).__name__, "state": state}


def _saved(info: Mapping[str, Any], name: str, thing: object) -> dict[str, Any]:
    """The state that was saved of an optimizer or a schedule of this kind."""
    saved = info.get(name)
    if saved is None or saved["kind"] != type(thing).__name__:
        found = "none" if saved is None else saved["kind"]
        raise ValueError(f"{name} {found}, not {type(thing).__name__}")
    state: dict[str, Any] = saved["state"]
    return state
