"""What a gradient check found, and how it prints.

>>> from micrograd_nn import Value
>>> from micrograd_nn.gradcheck import gradcheck
>>> report = gradcheck(lambda x: x * Value(x.data), 3.0)
>>> bool(report), report.rows[0].ratio
(False, 0.5...)
"""

from __future__ import annotations

from dataclasses import dataclass

from micrograd_nn.gradcheck.verdict import Comparison, Verdict

SHOWN = 10  # rows that print; `rows` has them all


@dataclass(frozen=True)
class WrongOp:
    """A node of the graph whose own rule is wrong.

    Attributes:
        op: The symbol of its op.
        position: Which operand's partial is wrong; None for all of them together.
        inputs: The data of its operands.
        partial: That partial, analytic and numeric; None if the fault is another.
        fault: What else is wrong.
    """

    op: str
    position: int | None
    inputs: tuple[float, ...]
    partial: Comparison | None = None
    fault: str = ""

    @property
    def summary(self) -> str:
        """It in one line."""
        operand = "" if self.position is None else f", operand {self.position}"
        inputs = ", ".join(map(repr, self.inputs[:SHOWN]))
        more = ", ..." if len(self.inputs) > SHOWN else ""
        return f"wrong op: {self.op!r}{operand}, at inputs {inputs}{more}"

    def __str__(self) -> str:
        return f"{self.summary}\n{self.partial or f'FAIL  {self.fault}'}"


@dataclass(frozen=True, repr=False)
class GradcheckReport:
    """What `gradcheck` found: true if every gradient is right, and every op.

    Attributes:
        call: The call that repeats the check.
        rows: A comparison for each gradient, the worst first.
        wrong_op: The first op whose own rule is wrong, if there is one.
        notes: What was left out of the check, and what to look for.
    """

    call: str
    rows: tuple[Comparison, ...]
    wrong_op: WrongOp | None = None
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all."""
        return Verdict.FAIL if self.wrong_op else self.rows[0].verdict

    def __bool__(self) -> bool:
        return self.verdict.passed

    def __repr__(self) -> str:
        if self:
            return f"<{self._headline()}>"
        culprit = f"; {self.wrong_op.summary}" if self.wrong_op else ""
        return f"<gradcheck: {self.rows[0].summary}{culprit}>"

    def __str__(self) -> str:
        more = len(self.rows) - SHOWN
        lines = [self._headline(), *map(str, self.rows[:SHOWN])]
        lines += [f"and {more} more gradients, none of them worse"] if more > 0 else []
        lines += [str(self.wrong_op)] if self.wrong_op else []
        lines += [f"note: {note}" for note in self.notes]
        lines += [f"to repeat: {self.call}"]
        return "\n".join(lines)

    def _headline(self) -> str:
        verdict = self.verdict if self else self.verdict.upper()
        good = sum(row.verdict.passed for row in self.rows)
        return f"gradcheck: {verdict}, {good} of {len(self.rows)} gradients are right"
