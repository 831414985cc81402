"""The tables of a batch: one tidy row a run and metric, and one row a job."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.reserved import ALL
from planner.batch.columns import A_KEY, COLUMNS
from planner.batch.folder import BatchFolder, Manifest
from planner.batch.job import Job
from planner.batch.keys import effective, written
from planner.objectives import OBJECTIVES
from planner.runs import Run
from planner.runs.asked import asked_by_aim
from planner.runs.folder import replace_file

__all__ = [
    "EXCEL_ROWS",
    "BatchTables",
    "aim_detail",
    "aim_groups",
    "gather",
    "places_of",
    "plain_setting",
    "write_table",
]

EXCEL_ROWS = 1_048_575
SCOPES = ("district", "level", "group")
"""Scopes of results.parquet; schools and grades are in metrics.csv of each run."""


@dataclass(frozen=True)
class BatchTables:
    """What a batch folder adds up to.

    Parameters
    ----------
    runs : DataFrame
        One row a job; columns as in `planner.batch.columns`.
    results : DataFrame
        One row a run and metric; columns as in `planner.batch.columns`.
        Aims are metrics of the scope "aim".  Times are left out, so that the same batch gives
        the same table.
    keys : tuple of str
        The columns that say what is varied.
    jobs : mapping of digest to Job
        With what every sweep of the folder says of it; for keys of other sweeps than its own,
        the value its scenario has.
    found : mapping of digest to Run
        Runs with a plan.
    places : mapping of digest to str
        What the district of a job is called; no two districts are called the same.
    """

    runs: pd.DataFrame
    results: pd.DataFrame
    keys: tuple[str, ...]
    jobs: Mapping[str, Job]
    found: Mapping[str, Run]
    places: Mapping[str, str]

    def called(self, job: str) -> str:
        """Return what a scenario is called: as in runs.csv, with its seed where there are some."""
        known = self.jobs[job]
        seeds = {other.seed for other in self.jobs.values()}
        return f"{known.name}, seed {known.seed}" if len(seeds) > 1 else known.name


def gather(batch: BatchFolder, manifests: Sequence[Manifest]) -> BatchTables:
    """Read every run of the sweeps of a folder."""
    jobs, sweeps = _jobs_of(manifests)
    keys = tuple(dict.fromkeys(key for job in jobs.values() for key in job.settings))
    jobs = {digest: _filled(job, keys) for digest, job in jobs.items()}
    places = places_of(jobs.values())
    failures = batch.failures()
    rows, parts, found = [], [], {}
    for digest, job in jobs.items():
        run = batch.read(digest)
        head = _head(job, sweeps[digest], keys, places[digest])
        rows.append(head | _row(batch, job, run, failures.get(digest)))
        if run is not None:
            parts.append(_measures(run).assign(**head, status=run.status))
            if run.plan is not None:
                found[digest] = run
    settings = [key for key in keys if key != "variation"]
    results = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    results = _tidy(results.reindex(columns=_order("results.csv", settings)), settings)
    runs = pd.DataFrame(rows, columns=_order("runs.csv", settings))
    return BatchTables(_tidy(runs, settings), results, keys, jobs, found, places)


def _order(table: str, settings: Sequence[str]) -> list[str]:
    """Return the columns of a table, with those of the keys in their place."""
    known = list(COLUMNS[table])
    at = known.index(A_KEY)
    return [*known[:at], *settings, *known[at + 1 :]]


def _jobs_of(manifests: Sequence[Manifest]) -> tuple[dict[str, Job], dict[str, list[str]]]:
    """Return each job with what all sweeps say of it, and the sweeps that ask for it."""
    jobs: dict[str, Job] = {}
    sweeps: dict[str, list[str]] = {}
    for manifest in manifests:
        for job in manifest.jobs:
            known = jobs.setdefault(job.digest, job)
            name = known.name
            if manifest.name in sweeps.setdefault(job.digest, []) and job.name != name:
                name = f"{name} = {job.name}"  # two scenarios of one sweep are the same
            settings = {**job.settings, **known.settings}
            jobs[job.digest] = replace(known, name=name, settings=settings)
            sweeps[job.digest] = list(dict.fromkeys([*sweeps[job.digest], manifest.name]))
    return jobs, sweeps


def _filled(job: Job, keys: Sequence[str]) -> Job:
    """Return a job with a value for every key that its scenario has one for."""
    others = {key: effective(job.scenario, key) for key in keys if key not in job.settings}
    return replace(job, settings={**job.settings, **others})


def places_of(jobs: Iterable[Job]) -> dict[str, str]:
    """Call districts by name, those of one name by path too, versions of one path by digest."""
    of = {job.digest: job.district_digest or job.district for job in jobs}
    first = {of[job.digest]: job for job in reversed(list(jobs))}
    called = {key: job.district_name for key, job in first.items()}
    for more in (lambda key: first[key].district, lambda key: key[:6]):
        count = Counter(called.values())
        called = {
            key: name if count[name] == 1 else f"{name} ({more(key)})"
            for key, name in called.items()
        }
    return {digest: called[key] for digest, key in of.items()}


def _head(job: Job, sweeps: Sequence[str], keys: Sequence[str], place: str) -> dict[str, Any]:
    settings = {key: plain_setting(job.settings.get(key)) for key in keys if key != "variation"}
    return {
        "job": job.digest,
        "sweep": " + ".join(sweeps),
        "name": job.name,
        "variation": job.variation,
        **settings,
        "district": place,
        "seed": job.seed,
    }


def plain_setting(value: Any) -> Any:
    """Return a setting as a number where it is one, else as text; None stays None."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return written(value) or "none"


def _row(
    batch: BatchFolder, job: Job, run: Run | None, failure: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return what runs.csv says of a job beside what it varies."""
    if run is None:
        told = "" if failure is None else str(failure["message"])
        status = "MISSING" if failure is None else "FAILED"
        return {**_aim({}), "status": status, "parent": job.parent, "reason": told, "folder": ""}
    about = _about(run.folder)
    aim: dict[str, Any] = next(iter(run.record["objectives"]), {})
    return {
        "status": run.status,
        **_aim(aim),
        "rules_broken": float((~run.rules["ok"].astype(bool)).sum()) if run.plan else None,
        "seconds": run.record["seconds"],
        "memory_mb": about.get("memory_mb"),
        "parent": job.parent,
        "reason": " ".join(about.get("reasons", [])),
        "folder": run.folder.relative_to(batch.path).as_posix(),
    }


def _aim(aim: Mapping[str, Any]) -> dict[str, Any]:
    names = {"aim": "name", "value": "value", "bound": "bound", "gap": "gap", "unit": "unit"}
    return {column: aim.get(key) for column, key in names.items()}


def _about(folder: Path) -> dict[str, Any]:
    path = folder / "job.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _measures(run: Run) -> pd.DataFrame:
    """Return the metrics of a run, and its aims as metrics of the scope "aim"."""
    metrics = run.metrics[run.metrics["scope"].isin(SCOPES)]
    aims = pd.DataFrame(
        [
            {
                "metric": aim["name"],
                "scope": "aim",
                "id": aim["level"],
                "group": aim_groups(run.record)[at],
                "plan": aim["value"],
                "unit": aim["unit"],
            }
            for at, aim in enumerate(run.record["objectives"])
        ],
        columns=["metric", "scope", "id", "group", "plan", "unit"],
    )
    has_plan = {"metric": "has_plan", "scope": "run", "id": ALL, "group": ALL}
    first = pd.DataFrame([{**has_plan, "plan": float(run.plan is not None), "unit": "1 or 0"}])
    return pd.concat([part for part in (first, aims, metrics) if len(part)], ignore_index=True)


def aim_groups(record: Mapping[str, Any]) -> list[str]:
    """Return which students each aim of a run is about: a group, or "all".

    With every option that is not the usual one, such as ``all, of worst``: aims of one name that
    mean different things are different measures.  Aims that differ in nothing are numbered.
    """
    told = [
        (aim["name"], aim["level"], aim_detail(asked[0]) if len(asked) == 1 else _year_of(asked))
        for aim, asked in zip(record["objectives"], asked_by_aim(record), strict=True)
    ]
    return [
        one[2] if told.count(one) == 1 else f"{one[2]}, aim {told[: at + 1].count(one)}"
        for at, one in enumerate(told)
    ]


def aim_detail(asked: Mapping[str, Any]) -> str:
    """Return which students an aim is about, its year, and every option that is not the usual."""
    kinds: tuple[Any, ...] = OBJECTIVES
    kind = next(kind for kind in kinds if kind.name == asked["use"])
    usual = {option.name: option.default for option in fields(kind)} | {"year": None}
    more = [
        f"{key.replace('_', ' ')} {written(value)}"
        for key, value in sorted(asked.items())
        if key in usual and key != "group" and value != usual[key]
    ]
    return ", ".join([str(asked.get("group", ALL)), *more])


def _year_of(asked: Sequence[Mapping[str, Any]]) -> str:
    """Return which students a weighted aim is about: those of its year."""
    year = asked[0].get("year") if asked else None
    return ALL if year is None else f"{ALL}, year {year}"


def _tidy(table: pd.DataFrame, settings: Sequence[str]) -> pd.DataFrame:
    """Make each key's column one kind of value: numbers, or text."""
    for key in settings:
        values = table[key]
        is_number = values.map(lambda v: v is None or isinstance(v, int | float)).all()
        text = values.map(lambda v: "" if v is None or v != v else written(v))
        table = table.assign(**{key: values.astype(float) if is_number else text})
    return table


def write_table(table: pd.DataFrame, place: Path) -> None:
    """Write a table as Parquet with a CSV twin beside it, each whole or not at all.

    The CSV has no byte order mark, as no CSV here has: scripts would read it as a part of the
    first column's name.
    """
    raw = io.BytesIO()
    table.to_parquet(raw, index=False)
    replace_file(place, raw.getvalue())
    text = table.to_csv(index=False, lineterminator="\n")
    replace_file(place.with_suffix(".csv"), text.encode())
