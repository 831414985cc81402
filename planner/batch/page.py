"""The comparison page of a batch folder: one file, no network, everything within reach of keys."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from planner.batch.bounds import bound_of, bound_parts
from planner.batch.folder import Manifest
from planner.batch.good_plans import different_plans, good_plans, map_rows
from planner.batch.measures import Measure
from planner.batch.plain_names import key_words, plain_status
from planner.batch.sensitivity import Dependence, sensitivity
from planner.batch.tables import plain_setting
from planner.batch.view import Part, View, called, folder_of, short, span
from planner.pages import page_source, page_templates
from planner.runs.record import json_text

__all__ = ["render_page"]

COLUMNS = 8


def render_page(
    view: View,
    manifests: Sequence[Manifest],
    extra: Sequence[Part] = (),
    summaries: Mapping[str, str] | None = None,
) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    view : View
    manifests : sequence of Manifest
    extra : sequence of Part
        Further sections.
    summaries : mapping of job to str, optional
        Where the summary of a run is, from the batch folder.
    """
    runs = view.tables.runs
    counts = Counter(runs["status"])
    chosen = good_plans(view)
    return (
        page_templates("planner.batch")
        .get_template("sweep.html.j2")
        .render(
            title=" · ".join(dict.fromkeys(manifest.title for manifest in manifests)),
            total=len(runs),
            counts="; ".join(f"{plain_status(status)}: {n}" for status, n in counts.most_common()),
            css=page_source("planner.batch", "sweep.css"),
            js=page_source("planner.batch", "sweep.js"),
            measures=view.measures,
            districts=sorted(runs["district"].unique()),
            sweeps=[manifest.title for manifest in manifests],
            x=view.x,
            y=view.y,
            keys=view.keys,
            shown=_shown(view),
            rows=list(_rows(view, summaries or {})),
            problems=runs[~runs["job"].isin(list(view.tables.found))].to_dict("records"),
            sensitivities=list(_sensitivities(view, manifests)),
            different=list(different_plans(view, chosen)),
            extra=[*bound_parts(manifests), *extra],
            short=short,
            key_words=key_words,
            plain_status=plain_status,
            maps=list(map_rows(view, chosen)),
            data=_data(view, manifests),
        )
    )


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


def _gap(share: float | None) -> dict[str, Any]:
    cell = _cell(None if share is None else float(share))
    return cell if share is None or share != share else cell | {"text": f"{share:.1%}"}


def _rows(view: View, summaries: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    shown = [measure.key for measure in _shown(view)]
    table = view.values.reindex(view.tables.runs["job"])
    for row in view.tables.runs.to_dict("records"):
        yield {
            "job": row["job"],
            "name": row["name"],
            "settings": [_cell(row[key]) for key in view.keys],
            "status": plain_status(row["status"]),
            "gap": _gap(row["gap"]),
            "numbers": [_cell(float(table.loc[row["job"], key])) for key in shown],
            "folder": row["folder"],
            "summary": summaries.get(row["job"], ""),
            "has_plan": row["job"] in view.tables.found,
        }


def _sensitivities(view: View, manifests: Sequence[Manifest]) -> Iterator[dict[str, Any]]:
    """Yield a table for each sweep, of its own scenarios and the keys that it varies."""
    done: set[frozenset[str]] = set()
    for manifest in manifests:
        told = _settings(view, manifest)
        jobs = frozenset(told.index)
        keys = [str(key) for key in told if told[key].nunique() > 1]
        if manifest.about.get("kind") == "pareto" or not keys or jobs in done:
            continue
        done.add(jobs)
        yield {
            "title": manifest.title,
            "keys": keys,
            "rows": list(_sensitivity(view, told[keys])),
        }


def _settings(view: View, manifest: Manifest) -> pd.DataFrame:
    """Return what the scenarios of one sweep set, as text; None where one leaves a key alone."""
    rows = {
        job.digest: {key: str(plain_setting(value)) for key, value in job.settings.items()}
        | {"district": view.tables.places[job.digest], "seed": str(job.seed)}
        for job in manifest.jobs
        if job.digest in view.tables.found
    }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object)


def _sensitivity(view: View, settings: pd.DataFrame) -> Iterator[dict[str, Any]]:
    keys = [str(key) for key in settings]
    told = sensitivity(view.values.loc[settings.index], settings, keys)
    for measure in view.measures:
        cells = []
        for key in keys:
            found = told[measure.key].get(key)
            explained = (
                "" if found is None or math.isnan(found.explained) else f"{found.explained:.6f}"
            )
            cells.append({"text": "–" if found is None else _depends(found), "v": explained})
        yield {"label": measure.label, "unit": measure.unit, "cells": cells}


def _depends(found: Dependence) -> str:
    """Write the ends of a measure, each with the value of the key that gives it."""
    low, high = span(found.least, found.most)
    ends = f"{low} at {found.least_at} to {high} at {found.most_at}"
    return ends if math.isnan(found.explained) else f"{ends} ({found.explained:.0%})"


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
                "district": view.tables.places[job],
                "folder": folder_of(view, job),
                "values": list(numbers.loc[job]),
            }
            for job in view.tables.found
        ],
        "sweeps": [[job.digest for job in manifest.jobs] for manifest in manifests],
        "bounds": [bound for m in manifests if (bound := bound_of(m, view.tables)) is not None],
    }
    return json_text(document).replace("</", "<\\/")
