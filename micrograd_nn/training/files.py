"""Checkpoint files: arrays by name in the safetensors format, and what they mean.

Files are written whole or not at all, and read without running anything in them. A
checksum tells flipped bits, which the format itself does not notice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from micrograd_nn.files import write_whole
from micrograd_nn.numbers import shortened

Tensors = dict[str, NDArray[Any]]
VERSION = 1
KEY, DIGEST = "micrograd_nn", "sha256"  # in the metadata of the file


class CheckpointError(ValueError):
    """A file that cannot be used; nothing has changed.

    Args:
        path: The file.
        found: What is wrong with it.
        expected: What should be there, and what to do.

    Attributes:
        path: The file.
        found: As given.
        expected: As given.
    """

    def __init__(self, path: Path, found: str, expected: str) -> None:
        super().__init__(f"no usable checkpoint: got {path} with {found}; {expected}")
        self.path, self.found, self.expected = path, found, expected


def _plain(x: Any) -> Any:
    """What JSON has in place of a number of NumPy's."""
    if isinstance(x, np.generic):
        return x.item()
    raise TypeError(
        f"not to be saved: got {shortened(x)} ({type(x).__name__}); expected what JSON "
        "can hold. Save numbers, texts, lists and dictionaries of them."
    )


def write(path: str | Path, tensors: Tensors, info: Mapping[str, Any]) -> None:
    """Write arrays and what they mean to `path`, in one step.

    Args:
        path: The file; its folder must be there.
        tensors: The arrays.
        info: What JSON can hold.
    """
    from safetensors.numpy import save

    path = Path(path)
    text = json.dumps({"version": VERSION, **info}, default=_plain)
    metadata = {KEY: text, DIGEST: _digest(tensors, text)}
    contiguous = {name: np.ascontiguousarray(x) for name, x in tensors.items()}
    shaped = {name: contiguous[name].reshape(x.shape) for name, x in tensors.items()}
    write_whole(path, save(shaped, metadata))
    _remove_leftovers(path)


def read(path: str | Path) -> tuple[Tensors, dict[str, Any] | None]:
    """The arrays of a file, and what they mean; None if another library wrote it.

    Raises:
        OSError: If the file cannot be read.
        CheckpointError: If it is truncated, changed, or of another format.
    """
    from safetensors import safe_open

    path = Path(path)
    path.open("rb").close()  # as usual if it is not there
    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except Exception as error:  # of the format, or of NumPy for a type it has not
        raise CheckpointError(
            path,
            f"what is no safetensors file ({shortened(str(error), 100)})",
            "expected one that `save` has written. Was it copied in full?",
        ) from error
    return tensors, _info(path, tensors, metadata)


def _info(
    path: Path, tensors: Tensors, metadata: Mapping[str, str]
) -> dict[str, Any] | None:
    if KEY not in metadata:
        return None
    text = metadata[KEY]
    if metadata.get(DIGEST) != _digest(tensors, text):
        raise CheckpointError(
            path,
            "a checksum that is not that of its content",
            "expected the file as it was written. Take another copy.",
        )
    info: dict[str, Any] = json.loads(text)
    if info["version"] != VERSION:
        raise CheckpointError(
            path, f"version {info['version']}", f"expected {VERSION}. Update this."
        )
    return info


def _digest(tensors: Tensors, text: str) -> str:
    found = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        array = tensors[name]
        found.update(f"{name} {array.dtype} {array.shape}".encode())
        found.update(array.tobytes())
    return found.hexdigest()


def _remove_leftovers(path: Path) -> None:
    """Remove what writing to `path` left behind when it was killed."""
    for leftover in path.parent.glob(f".{path.name}.????????.tmp"):
        leftover.unlink(missing_ok=True)
