"""What the comparison page is drawn from, and how it calls its plans."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geodata import District
from planner.batch.folder import Manifest
from planner.batch.measures import SCOPES, Measure, collect_measures
from planner.batch.tables import BatchTables
from planner.metrics import metric_texts
from planner.objectives import OBJECTIVES
from planner.scenario.options import suggest

__all__ = [
    "Part",
    "View",
    "axis_fault",
    "called",
    "folder_of",
    "make_view",
    "says",
    "short",
    "span",
]


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


@dataclass(frozen=True, slots=True)
class Part:
    """A section with a table of its own, such as what draws of demand showed."""

    title: str
    texts: tuple[str, ...]
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...] = field(default_factory=tuple)


def make_view(tables: BatchTables, manifests: Sequence[Manifest]) -> View:
    """Return the view of a folder's tables, with the axes that its last sweep asks for."""
    measures, values = collect_measures(tables.results)
    about = manifests[-1].about
    x, y = _axes(measures, str(about.get("x", "")), str(about.get("y", "")))
    return View(tables, measures, values, x, y)


def axis_fault(name: str) -> str:
    """Say why a sweep file's x or y can be no measure; empty where it may be one."""
    scope, *rest = name.split("/")
    metric = rest[0] if rest and scope in SCOPES else scope.split(" ")[0]
    known = [*metric_texts(), *(kind.name for kind in OBJECTIVES)]
    return "" if metric in known else f"{name!r} is no measure or aim{suggest(metric, known)}"


def _axes(measures: Sequence[Measure], x: str, y: str) -> tuple[str, str]:
    """Return the measures shown first: those asked for by name, else the first two."""
    keys = [measure.key for measure in measures]

    def named(name: str) -> list[str]:
        return [k for k in keys if name and name in {k, k.split("/")[1], *_short_names(k)}]

    first = named(x)[:1] or keys[:1]
    others = [key for key in keys if key not in first]
    metric = first[0].split("/")[1] if first else ""
    unlike = [key for key in others if key.split("/")[1] != metric]
    second = [k for k in named(y) if k not in first][:1] or unlike[:1] or others[:1] or first
    return (first[0], second[0]) if first else ("", "")


def _short_names(key: str) -> set[str]:
    _, metric, _, group = key.split("/", 3)
    return {f"{metric} {group}", f"{metric}/{group}"}


def short(value: Any) -> str:
    """Write a number with four digits that count; text stays text."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return "not known"
    number = float(value)
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def span(low: float, high: float) -> tuple[str, str]:
    """Write two numbers, with as many digits as tell them apart."""
    written = [(short(low), short(high))]
    most = max(abs(low), abs(high)) or 1.0
    finer = max(0, 3 - math.floor(math.log10(most))) + 1  # fewer would round more than `short`
    written += [(f"{low:,.{n}f}", f"{high:,.{n}f}") for n in range(finer, finer + 6)]
    return next((ends for ends in written if ends[0] != ends[1]), written[0])


def called(view: View, job: str) -> str:
    """Return what a plan is called on the page."""
    return view.tables.called(job)


def folder_of(view: View, job: str) -> str:
    """Return the folder of a plan's run."""
    return str(view.rows.loc[job, "folder"])


def says(view: View, job: str) -> str:
    """Return the two first measures of a plan in words."""
    told = [m for m in view.measures if m.key in {view.x, view.y}]
    values = view.values.loc[job]
    return "; ".join(f"{m.label} {_with_unit(values[m.key], m.unit)}" for m in told)


def _with_unit(value: Any, unit: str) -> str:
    return f"{short(value)} {unit}" if value == value else short(value)
