"""The comparison page of a batch folder: one file, no network, everything within reach of keys."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, FunctionLoader, StrictUndefined

from geodata import DataError, District, load_district
from planner.batch.folder import Manifest
from planner.batch.measures import (
    Measure,
    collect_measures,
    distances,
    front_of,
    good_and_different,
    sensitivity,
)
from planner.batch.minimaps import map_series
from planner.batch.tables import BatchTables
from planner.compare.comparison import badness
from planner.runs.record import json_text

__all__ = ["Part", "render_page"]

COLUMNS = 8
MAPS = 24
DIFFERENT = 6
NEAR = 0.05  # share of the range of the first aim that still counts as good
COMPARED = 80  # good plans that are held against each other, the best first


@dataclass(frozen=True, slots=True)
class Part:
    """A section with a table of its own, such as what draws of demand showed."""

    title: str
    texts: tuple[str, ...]
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...] = field(default_factory=tuple)


@dataclass(frozen=True)
class _View:
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


def render_page(
    tables: BatchTables, manifests: Sequence[Manifest], extra: Sequence[Part] = ()
) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    tables : BatchTables
    manifests : sequence of Manifest
    extra : sequence of Part
        Further sections.
    """
    measures, values = collect_measures(tables.results)
    about = manifests[-1].about
    x, y = _axes(measures, str(about.get("x", "")), str(about.get("y", "")))
    view = _View(tables, measures, values, x, y)
    environment = Environment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    runs = tables.runs
    counts = Counter(runs["status"])
    chosen = _good(view)
    return environment.get_template("sweep.html.j2").render(
        title=" · ".join(dict.fromkeys(manifest.title for manifest in manifests)),
        total=len(runs),
        counts=", ".join(f"{count} {status}" for status, count in sorted(counts.items())),
        css=_source("sweep.css"),
        js=_source("sweep.js"),
        measures=measures,
        districts=sorted(runs["district"].unique()),
        x=x,
        y=y,
        keys=view.keys,
        shown=_shown(view),
        rows=list(_rows(view)),
        problems=runs[~runs["job"].isin(list(tables.found))].to_dict("records"),
        varied=_varied(view),
        sensitivity=list(_sensitivity(view)),
        different=list(_different(view, chosen)),
        extra=extra,
        short=_short,
        maps=list(_maps(view, chosen)),
        data=_data(view, manifests),
    )


def _source(name: str) -> str:
    return (resources.files("planner.batch") / "page" / name).read_text(encoding="utf-8")


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


def _shown(view: _View) -> list[Measure]:
    """Return the measures that are columns of the table."""
    first = [m for m in view.measures if m.key in {view.x, view.y} or m.is_aim]
    rest = [m for m in view.measures if m not in first]
    return [*first, *rest][: max(COLUMNS, len(first))]


def _cell(value: Any) -> dict[str, Any]:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return {"v": "", "text": "–", "n": True}
    if isinstance(value, str):
        return {"v": value, "text": value or "–", "n": False}
    return {"v": repr(float(value)), "text": _short(value), "n": True}


def _short(value: Any) -> str:
    """Write a number with four digits that count; text stays text."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return "not known"
    number = float(value)
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def _rows(view: _View) -> Iterator[dict[str, Any]]:
    shown = [measure.key for measure in _shown(view)]
    table = view.values.reindex(view.tables.runs["job"])
    for row in view.tables.runs.to_dict("records"):
        yield {
            "job": row["job"],
            "name": row["name"],
            "settings": [_cell(row[key]) for key in view.keys],
            "status": row["status"],
            "numbers": [_cell(float(table.loc[row["job"], key])) for key in shown],
            "folder": row["folder"],
            "has_plan": row["job"] in view.tables.found,
        }


def _varied(view: _View) -> list[str]:
    rows = view.rows.loc[list(view.tables.found)] if view.tables.found else view.rows.iloc[:0]
    return [key for key in view.keys if rows[key].astype(str).nunique() > 1]


def _sensitivity(view: _View) -> Iterator[dict[str, Any]]:
    keys = _varied(view)
    told = sensitivity(view.values, view.rows, keys)
    for measure in view.measures if keys else []:
        cells = []
        for key in keys:
            found = told[measure.key].get(key)
            text = "–" if found is None else (
                f"{_short(found[0])} to {_short(found[1])} ({found[2]:.0%})"
            )  # fmt: skip
            cells.append({"text": text, "v": "" if found is None else f"{found[2]:.6f}"})
        yield {"label": measure.label, "unit": measure.unit, "cells": cells}


def _good(view: _View) -> dict[str, list[str]]:
    """Return, for each district, the plans no other beats in aims, x and y, and the near-best."""
    judged = [m for m in view.measures if m.is_aim or m.key in {view.x, view.y}]
    found: dict[str, list[str]] = {}
    for district, rows in view.tables.runs.groupby("district"):
        jobs = [job for job in rows["job"] if job in view.tables.found]
        if not jobs:
            continue
        if not judged:
            found[str(district)] = jobs
            continue
        table = view.values.loc[jobs, [m.key for m in judged]]
        table = table.dropna(axis=1, how="all")
        sides = [m.better for m in judged if m.key in table.columns]
        numbers = table.to_numpy(float)
        front, first = front_of(numbers, sides), badness(numbers[:, 0], sides[:1] * len(numbers))
        near = first <= np.nanmin(first) + NEAR * (np.nanmax(first) - np.nanmin(first))
        best = sorted(np.flatnonzero(front | near), key=lambda i: (not front[i], first[i], i))
        found[str(district)] = [jobs[i] for i in best]
    return found


def _district_of(view: _View, job: str) -> District | None:
    """Return the district of a job for its maps; None where it is no longer there."""
    known = view.tables.jobs[job]
    key = known.district_digest
    if key not in view.districts:
        try:
            district = load_district(known.district)
        except (DataError, OSError):
            return None
        view.districts[key] = district if district.digest() == key else None
    return view.districts[key]


def _different(view: _View, chosen: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    for district, jobs in chosen.items():
        compared = jobs[:COMPARED]
        plans = {j: p for j in compared if (p := view.tables.found[j].plan) is not None}
        names, apart = distances(plans, _students(view, compared[0]))
        for at, (job, share) in enumerate(good_and_different(compared, names, apart, DIFFERENT)):
            yield {
                "name": _called(view, job), "folder": _folder(view, job),
                "district": district, "apart": "–" if at == 0 else f"{share:.1%}",
            }  # fmt: skip


def _students(view: _View, job: str) -> pd.Series[float]:
    """Return students by block where the district still tells, else nothing: blocks then count."""
    district = _district_of(view, job)
    if district is None:
        return pd.Series(dtype=float)
    total = np.zeros(district.n_blocks)
    for level in district.levels:
        if district.students.has(level=level):
            total += np.nan_to_num(district.students.count(level=level))
    return pd.Series(total, index=district.blocks.index)


def _maps(view: _View, chosen: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    for name, good in chosen.items():
        everyone = [
            job
            for job in view.tables.found
            if view.tables.jobs[job].district_name == name and job not in good
        ]
        jobs = [*good, *everyone][:MAPS]
        district = _district_of(view, jobs[0])
        if district is None:
            continue
        plans = {j: p for j in jobs if (p := view.tables.found[j].plan) is not None}
        for series in map_series(district, plans):
            maps = [
                {
                    "svg": series.draw(job, _called(view, job)),
                    "name": _called(view, job),
                    "folder": _folder(view, job),
                    "says": _says(view, job),
                }
                for job in series.owners
            ]
            left_out = len(everyone) + len(good) - len(jobs)
            text = "Plans that no other beats come first; what changes school is hatched."
            text += f" {left_out} more plans are not drawn." if left_out else ""
            yield {"title": f"{name}, {series.level}", "text": text, "maps": maps}


def _called(view: _View, job: str) -> str:
    known = view.tables.jobs[job]
    return f"{known.name}, seed {known.seed}"


def _folder(view: _View, job: str) -> str:
    return str(view.rows.loc[job, "folder"])


def _says(view: _View, job: str) -> str:
    told = [m for m in view.measures if m.key in {view.x, view.y}]
    return "; ".join(f"{m.label} {_short(view.values.loc[job, m.key])} {m.unit}" for m in told)


def _data(view: _View, manifests: Sequence[Manifest]) -> str:
    """Return what the script of the page reads, safe inside a script element."""
    numbers = view.values.astype(object).where(view.values.notna(), None)
    document = {
        "measures": [
            {"key": m.key, "label": m.label, "unit": m.unit, "better": m.better, "at": at}
            for at, m in enumerate(view.measures)
        ],
        "runs": [
            {
                "job": job,
                "name": _called(view, job),
                "district": view.tables.jobs[job].district_name,
                "folder": _folder(view, job),
                "values": list(numbers.loc[job]),
            }
            for job in view.tables.found
        ],
        "bounds": [
            {**point, "x": view.x, "y": view.y}
            for manifest in manifests
            for point in manifest.about.get("bounds", [])
        ],
    }
    return json_text(document).replace("</", "<\\/")
