"""Counts of verdicts, and the tables that show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

PASS, FAIL, UNSURE = "pass", "fail", "inconclusive"


class Counts(Counter[tuple[str, str]]):
    """How often each (kind, verdict) came."""

    def share(self, verdict: str, kind: str = "") -> float:
        """The share of a verdict among all of that kind; of all kinds without one."""
        chosen = {key: n for key, n in self.items() if kind in ("", key[0])}
        hits = sum(n for (_, found), n in chosen.items() if found == verdict)
        return hits / max(sum(chosen.values()), 1)


@dataclass
class Tally:
    """What one checker said of right and of wrong gradients."""

    correct: Counts = field(default_factory=Counts)
    wrong: Counts = field(default_factory=Counts)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def percent(x: float) -> str:
    return f"{100 * x:.3f}%" if x < 0.01 else f"{100 * x:.1f}%"


def totals(tallies: dict[str, Tally]) -> str:
    header = ["checker", "false alarms", "bugs missed", "undecided: right gradients"]
    header += ["undecided: bugs"]
    return table(
        header,
        [
            [
                name,
                percent(tally.correct.share(FAIL)),
                percent(tally.wrong.share(PASS)),
                percent(tally.correct.share(UNSURE)),
                percent(tally.wrong.share(UNSURE)),
            ]
            for name, tally in tallies.items()
        ],
    )


def by_kind(
    tallies: dict[str, Tally], counts: Callable[[Tally], Counts], bad: str
) -> str:
    """The share of the `bad` verdict for each kind; last, what ours leaves open."""
    ours, first = next((name, counts(tally)) for name, tally in tallies.items())
    rows = []
    for kind in sorted({kind for kind, _ in first}):
        number = sum(n for (found, _), n in first.items() if found == kind)
        shares = [counts(tally).share(bad, kind) for tally in tallies.values()]
        shares.append(first.share(UNSURE, kind))
        rows.append([kind, str(number), *map(percent, shares)])
    return table(["kind", "number", *tallies, f"{ours}: undecided"], rows)
