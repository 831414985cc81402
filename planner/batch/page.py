"""The comparison page of a batch folder: one file, no network, everything within reach of keys."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from planner.batch.folder import Manifest
from planner.batch.good_plans import different_plans, good_plans, map_rows
from planner.batch.measures import (
    Measure,
    collect_measures,
    sensitivity,
)
from planner.batch.tables import BatchTables
from planner.batch.view import View, called, folder_of, short
from planner.runs.record import json_text

__all__ = ["Part", "render_page"]

COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A section with a table of its own, such as what draws of demand showed."""

    title: str
    texts: tuple[str, ...]
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...] = field(default_factory=tuple)


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
    view = View(tables, measures, values, x, y)
    environment = Environment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    runs = tables.runs
    counts = Counter(runs["status"])
    chosen = good_plans(view)
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
        different=list(different_plans(view, chosen)),
        extra=extra,
        short=short,
        maps=list(map_rows(view, chosen)),
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


def _shown(view: View) -> list[Measure]:
    """Return the measures that are columns of the table."""
    first = [m for m in view.measures if m.key in {view.x, view.y} or m.is_aim]
    rest = [m for m in view.measures if m not in first]
    return [*first, *rest][: max(COLUMNS, len(first))]


def _cell(value: Any) -> dict[str, Any]:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return {"v": "", "text": "–", "n": True}
    if isinstance(value, str):
        return {"v": value, "text": value or "–", "n": False}
    return {"v": repr(float(value)), "text": short(value), "n": True}


def _rows(view: View) -> Iterator[dict[str, Any]]:
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


def _varied(view: View) -> list[str]:
    rows = view.rows.loc[list(view.tables.found)] if view.tables.found else view.rows.iloc[:0]
    return [key for key in view.keys if rows[key].astype(str).nunique() > 1]


def _sensitivity(view: View) -> Iterator[dict[str, Any]]:
    keys = _varied(view)
    told = sensitivity(view.values, view.rows, keys)
    for measure in view.measures if keys else []:
        cells = []
        for key in keys:
            found = told[measure.key].get(key)
            text = "–" if found is None else (
                f"{short(found[0])} to {short(found[1])} ({found[2]:.0%})"
            )  # fmt: skip
            cells.append({"text": text, "v": "" if found is None else f"{found[2]:.6f}"})
        yield {"label": measure.label, "unit": measure.unit, "cells": cells}


def _data(view: View, manifests: Sequence[Manifest]) -> str:
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
                "name": called(view, job),
                "district": view.tables.jobs[job].district_name,
                "folder": folder_of(view, job),
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
