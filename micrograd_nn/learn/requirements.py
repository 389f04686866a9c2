"""What the package asks for, as its installed metadata says, and what is there.

>>> Requirement.of('numpy>=1.26; extra == "viz"')
Requirement(name='numpy', bound='1.26', extra='viz')
>>> is_recent("2.4.6", "1.26"), is_recent("1.9", "1.26"), is_recent("2", "2.0")
(True, False, True)
"""

from __future__ import annotations

import re
from collections.abc import Collection
from importlib import metadata
from typing import NamedTuple

DISTRIBUTION = "micrograd-nn"

_AFTER_NAME = re.compile(r"[^\w.-]")
_BOUND = re.compile(r"[>=]=\s*([\d.]+)")
_EXTRA = re.compile(r"""extra == ["']([\w-]+)["']""")


class Requirement(NamedTuple):
    """A line of the metadata.

    Attributes:
        name: The distribution that is asked for.
        bound: Its least version; empty if any will do.
        extra: The extra that asks for it; empty if the package always does.
    """

    name: str
    bound: str
    extra: str

    @classmethod
    def of(cls, line: str) -> Requirement:
        """What a line of the form of PEP 508 asks for, as far as ours use that."""
        what, _, marker = line.partition(";")
        bound, extra = _BOUND.search(what), _EXTRA.search(marker)
        return cls(
            _AFTER_NAME.split(what)[0],
            bound[1] if bound else "",
            extra[1] if extra else "",
        )


def bounds(extras: Collection[str]) -> dict[str, str]:
    """The least version of each distribution that the package or those extras ask for.

    It is empty where the package runs from a folder and was never installed.
    """
    try:
        lines = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return {}
    found = [Requirement.of(line) for line in lines]
    return {each.name: each.bound for each in found if each.extra in {"", *extras}}


def version_of(distribution: str) -> str | None:
    """The installed version, or None.

    >>> version_of("no-such-distribution") is None
    True
    """
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def is_recent(version: str, bound: str) -> bool:
    """Whether the numbers at the start of `version` are at least those of `bound`."""
    return _release(version) >= _release(bound)


def _release(version: str) -> list[int]:
    """Its numbers up to the first letter, without the zeros at the end."""
    start = re.match(r"[\d.]*", version)
    numbers = [int(part) for part in start[0].split(".") if part] if start else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers
