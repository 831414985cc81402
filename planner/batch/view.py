"""What the comparison page is drawn from, and how it calls its plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geodata import District
from planner.batch.measures import Measure
from planner.batch.tables import BatchTables

__all__ = ["View", "called", "folder_of", "says", "short"]


@dataclass(frozen=True)
class View:
    """Everything the page is drawn from.

    Parameters
    ----------
    values : DataFrame
        Index job, columns measure keys.
    x, y : str
        Keys of the two measures shown first.
    districts : mapping of digest to District
        Loaded so far; None where it has changed since.
    """

    tables: BatchTables
    measures: list[Measure]
    values: pd.DataFrame
    x: str
    y: str
    districts: dict[str, District | None] = field(default_factory=dict)

    @property
    def rows(self) -> pd.DataFrame:
        """One row a job, index job."""
        return self.tables.runs.set_index("job", drop=False)

    @property
    def keys(self) -> list[str]:
        """Columns that say what is varied; district and seed where they differ."""
        runs = self.tables.runs
        more = [name for name in ("district", "seed") if runs[name].nunique() > 1]
        return [*self.tables.keys, *more]


def short(value: Any) -> str:
    """Write a number with four digits that count; text stays text."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return "not known"
    number = float(value)
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def called(view: View, job: str) -> str:
    """Return what a plan is called on the page."""
    known = view.tables.jobs[job]
    return f"{known.name}, seed {known.seed}"


def folder_of(view: View, job: str) -> str:
    """Return the folder of a plan's run."""
    return str(view.rows.loc[job, "folder"])


def says(view: View, job: str) -> str:
    """Return the two first measures of a plan in words."""
    told = [m for m in view.measures if m.key in {view.x, view.y}]
    return "; ".join(f"{m.label} {short(view.values.loc[job, m.key])} {m.unit}" for m in told)
