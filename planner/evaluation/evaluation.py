"""What scoring a plan gives: numbers beside today's, rules kept or broken, moves, the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from geodata.reserved import ALL
from planner.evaluation.settings import Settings
from planner.ledger import Ledger
from planner.plain import plain_rows
from planner.rules import Finding

__all__ = ["Evaluation"]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Everything measured on a plan.

    Parameters
    ----------
    title : str
    metrics : DataFrame
        `metric`, `scope` (district, level, group, grade or school), `id` (of the level, grade or
        school; ``"all"``), `group` (``"all"``, ``"poor"``, a group, or a pair ``"a|b"``),
        `baseline` (today), `plan`, `change`, `unit`.  NaN is unknown, never 0.  Scope "group" is
        about the members of one group: what they meet and carry.  Indices of scope "district" are
        means over levels, each among its own schools; ``…_stratified`` are means over grades.
    findings : tuple of Finding
        What each rule of the scenario measured; none without a scenario.
    moves : DataFrame
        `level`, `from_school`, `to_school`, `blocks`, `students`, `from_name`, `to_name`.
    ledger : Ledger
    notes : tuple of str
        Warnings first, then why numbers are unknown, sources and thresholds.
    settings : Settings
    warnings : tuple of str
        The notes that warn: of rules that were not checked, of separation, of grades that a school
        does not teach, and of how the zones were set up.
    unchecked : tuple of str
        The warnings that say where, and why, the scenario's rules could not be measured.
    divided : frozenset of str
        Levels where schools divide the grades of a zone, under the plan or today: there, evenness
        is to be read within grades (``…_stratified``).
    """

    title: str
    metrics: pd.DataFrame
    findings: tuple[Finding, ...]
    moves: pd.DataFrame
    ledger: Ledger
    notes: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)
    warnings: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    divided: frozenset[str] = frozenset()

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels measured, the youngest students first."""
        table = self.metrics
        return tuple(dict.fromkeys(table.loc[table["scope"] == "level", "id"]))

    @property
    def ok(self) -> bool | None:
        """Whether every rule holds; None where none is broken but some were not checked."""
        holds = all(finding.ok for finding in self.findings)
        return None if holds and self.unchecked else holds

    def value(
        self,
        metric: str,
        scope: str = "district",
        where: str = ALL,
        group: str = ALL,
        column: str = "plan",
    ) -> float:
        """Return one number; NaN where it is unknown or was not measured.

        Parameters
        ----------
        metric, scope, where, group : str
            `where` is the table's `id`.
        column : {"plan", "baseline", "change"}
        """
        table = self.metrics
        rows = (table["metric"] == metric) & (table["scope"] == scope)
        rows &= (table["id"] == where) & (table["group"] == group)
        found = table.loc[rows, column]
        return float(found.iloc[0]) if len(found) else float("nan")

    def with_warnings(self, told: Iterable[str]) -> Evaluation:
        """Return the same with warnings before the others, such as those of the plan's file."""
        first = tuple(told)
        return replace(self, warnings=(*first, *self.warnings), notes=(*first, *self.notes))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON; unknown numbers are None."""
        return {
            "title": self.title,
            "ok": self.ok,
            "metrics": plain_rows(self.metrics),
            "findings": [
                {name: getattr(finding, name) for name in Finding.__slots__}
                for finding in self.findings
            ],
            "moves": plain_rows(self.moves),
            "ledger": self.ledger.to_dict(),
            "unchecked": list(self.unchecked),
            "warnings": list(self.warnings),
            "notes": list(self.notes),
        }
