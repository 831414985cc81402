"""The further questions a sweep may ask of its plans: other futures, and other plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias, TypeVar

import pandas as pd

from geodata import DataError, District, load_district
from planner.batch.columns import COLUMNS
from planner.batch.ensemble import COLD, draw_crowd, stand_in
from planner.batch.folder import BatchFolder, Manifest
from planner.batch.further import Ensemble, Robustness
from planner.batch.robustness import stress_plans
from planner.batch.tables import BatchTables, write_table
from planner.batch.view import Part
from planner.errors import PlannerError, RunError
from planner.plan import Plan
from planner.problem.build import build_problem
from planner.scenario import Scenario, parse_scenario

__all__ = ["further_parts"]

TODAY = "today's plan"
QUESTIONS = ("robustness", "ensemble")
CANDIDATES = 60  # plans that are put through other futures, the best first
SHOWN = 40
NEAR = 1.1  # R-hat above which chains disagree

T = TypeVar("T", Robustness, Ensemble)
Frames: TypeAlias = dict[str, list[pd.DataFrame]]


@dataclass(frozen=True, slots=True)
class _Proposals:
    """The plans of one sweep in one district, of which something more is proposals.

    Parameters
    ----------
    batch : BatchFolder
    tables : BatchTables
    manifest : Manifest
    district : District
    jobs : list of str
        Those with a plan, what is worth most first.
    frames : dict of str to list of DataFrame
        Where answers are gathered, by the table they belong to.
    """

    batch: BatchFolder
    tables: BatchTables
    manifest: Manifest
    district: District
    jobs: list[str]
    frames: Frames

    @property
    def place(self) -> str:
        """What the district is called."""
        return self.tables.places[self.jobs[0]]

    def plans(self, most: int | None = None) -> dict[str, Plan]:
        """Return the plans of the first jobs."""
        found = {job: self.tables.found[job].plan for job in self.jobs[:most]}
        return {job: plan for job, plan in found.items() if plan is not None}

    def named(self, job: str) -> str:
        """Return what a plan is called in the tables."""
        return TODAY if job == TODAY else self.tables.called(job)

    def keep(self, name: str, table: pd.DataFrame) -> None:
        """Add rows to one of the tables."""
        rows = table.assign(district=self.place, sweep=self.manifest.name)
        self.frames[name].append(rows)


def further_parts(
    batch: BatchFolder, manifests: list[Manifest], tables: BatchTables, best: Sequence[str] = ()
) -> list[Part]:
    """Answer what the sweeps of a folder ask beyond their runs, as sections of the page.

    Writes robustness.csv, regret.csv and ensemble.csv, each with a Parquet twin.

    Parameters
    ----------
    batch : BatchFolder
    manifests : list of Manifest
    tables : BatchTables
    best : sequence of str
        Jobs whose plans are worth most, first; they are put through other futures first.
    """
    rank = {job: at for at, job in enumerate(best)}
    parts: list[Part] = []
    frames: Frames = {"robustness": [], "regret": [], "ensemble": []}
    for manifest in manifests:
        for place, found_here in _by_district(manifest, tables).items():
            jobs = sorted(found_here, key=lambda job: rank.get(job, len(rank)))
            district = _load(place, tables.jobs[jobs[0]].district_digest)
            if district is None:
                gone = DataError(f"{place} is gone, or not what it was when the plans were made")
                parts += [
                    _untold(question, tables.places[jobs[0]], manifest, gone)
                    for question in QUESTIONS
                    if question in manifest.about
                ]
                continue
            proposals = _Proposals(batch, tables, manifest, district, jobs, frames)
            for question in QUESTIONS:
                if question not in manifest.about:
                    continue
                try:
                    parts += _answer(question, proposals)
                except (PlannerError, DataError, OSError) as error:
                    parts.append(_untold(question, proposals.place, manifest, error))
    for name, found in frames.items():
        if found:
            told = pd.concat(found, ignore_index=True)[list(COLUMNS[f"{name}.csv"])]
            write_table(told, batch.path / f"{name}.parquet")
        else:
            for kind in ("csv", "parquet"):
                (batch.path / f"{name}.{kind}").unlink(missing_ok=True)
    return parts


def _answer(question: str, proposals: _Proposals) -> list[Part]:
    """Answer one question."""
    about = proposals.manifest.about
    if question == "robustness":
        return [_stressed(proposals, _made(Robustness, about[question]))]
    if "base_scenario" not in about:
        raise RunError("the sweep was begun by an older version, which did not keep its base",
                       "", "repeat it with --resume")  # fmt: skip
    base = parse_scenario(about["base_scenario"])
    return list(_placed(proposals, base, _made(Ensemble, about[question])))


def _untold(question: str, place: str, manifest: Manifest, error: Exception) -> Part:
    """Say why a question has no answer: that spoils neither the page nor other sweeps."""
    return Part(
        f"[{question}] of {manifest.title}: {place}",
        (f"This was asked and could not be answered: {error}",),
        "No answer", ("plan",),
    )  # fmt: skip


def _made(kind: type[T], about: Mapping[str, Any]) -> T:
    known = {f.name for f in fields(kind)}
    values = {key: value for key, value in about.items() if key in known}
    if "history" in values:
        values["history"] = tuple(map(tuple, values["history"]))
    return kind(**values)


def _by_district(manifest: Manifest, tables: BatchTables) -> dict[str, list[str]]:
    """Return the jobs with a plan by the path of their district."""
    if not {"robustness", "ensemble"} & set(manifest.about):
        return {}
    found: dict[str, list[str]] = {}
    for job in manifest.jobs:
        if job.digest in tables.found:
            found.setdefault(job.district, []).append(job.digest)
    return found


def _load(place: str, digest: str) -> District | None:
    """Return the district plans were made for; None where it is gone, or has changed."""
    try:
        district = load_district(place)
    except (DataError, OSError):
        return None
    return district if district.digest() == digest else None


def _seats(proposals: _Proposals, job: str) -> pd.Series[float]:
    """Return the seats of every school after a job's events."""
    scenario = parse_scenario(proposals.tables.jobs[job].scenario)
    seats = proposals.district.schools["capacity_seats"].astype(float).copy()
    for event in scenario.events:
        given = getattr(event, "capacity_seats", None)
        if given is not None:
            seats[event.school] = float(given)
    return seats


def _stressed(proposals: _Proposals, futures: Robustness) -> Part:
    """Put plans through other futures."""
    district, plans = proposals.district, proposals.plans(CANDIDATES)
    seats = {job: _seats(proposals, job) for job in plans}
    levels = {level for plan in plans.values() for level in plan.levels}
    today = Plan.today(district)
    if levels <= set(today.levels):
        plans[TODAY] = Plan.combine([today.level(level) for level in sorted(levels)])
    stress = stress_plans(district, plans, futures, seats)
    names = {job: proposals.named(job) for job in plans}
    for name, table in (("robustness", stress.schools), ("regret", stress.plans)):
        proposals.keep(name, table.assign(name=table["job"].map(names)))
    heads = (
        "plan", "level", "students outside the band (mean)", "most regret [students]",
        "mean regret [students]", "chance that a school leaves its band", "least regret",
    )  # fmt: skip
    rows = tuple(
        (
            names[str(row["job"])], row["level"], row["outside"], row["most_regret"],
            row["mean_regret"], f"{row['chance_any_out']:.0%}", "yes" if row["least"] else "",
        )
        for row in stress.plans.head(SHOWN).to_dict("records")
    )  # fmt: skip
    left = len(proposals.jobs) - CANDIDATES
    more = (
        (f"The {CANDIDATES} best plans were put through them, {left} more were not.",)
        if left > 0
        else ()
    )
    told = "Regret: students outside the band beyond those of the best plan of the same future."
    return Part(
        f"Other futures: {proposals.place}",
        (*stress.notes, told, "By school and year: robustness.csv.", *more),
        "Plans by their largest regret",
        heads,
        rows,
    )


def _placed(proposals: _Proposals, base: Scenario, wanted: Ensemble) -> Iterator[Part]:
    """Tell where today's plan and each proposal stand among plans that only keep the rules."""
    district, place = proposals.district, proposals.place
    for crowd in draw_crowd(base, district, wanted, proposals.batch):
        if crowd.measures.empty:
            yield Part(
                f"Among compact plans that keep the rules: {place}, {crowd.level}",
                (f"No plan was drawn that keeps every rule ({crowd.refused} broke one).",),
                "Nothing drawn", ("plan",),
            )  # fmt: skip
            continue
        problem = build_problem(district, crowd.level, events=base.events)
        today = Plan.today(district)
        candidates = {TODAY: today} if crowd.level in today.levels else {}
        parts, other = [], 0
        for job, plan in {**candidates, **proposals.plans()}.items():
            zone_of = plan.zone_index(problem)
            if (zone_of < 0).any():
                other += 1
                continue
            try:
                table = stand_in(crowd, base, problem, zone_of)
            except PlannerError:
                other += 1
                continue
            parts.append(table.assign(name=proposals.named(job), job=job, level=crowd.level))
        if parts:
            whole = pd.concat(parts, ignore_index=True)
            proposals.keep("ensemble", whole)
            yield _crowd_part(
                place, crowd.level, len(crowd.measures), refused=crowd.refused, other=other,
                table=whole,
            )  # fmt: skip


def _crowd_part(
    place: str, level: str, drawn: int, *, refused: int, other: int, table: pd.DataFrame
) -> Part:
    apart = table.drop_duplicates("measure")
    apart = apart[~(apart["disagreement"] <= NEAR)]
    texts = [
        f"{drawn} plans that keep the base's rules, drawn without its aims ({refused} more broke "
        "a rule and were left out). Share lower: how many of them have a lower, that is better, "
        "value; below 2.5 % or above 97.5 % a plan is an outlier.",
        f"They are no even draw from all such plans: a random walk from today's plan at a fixed "
        f"temperature ({COLD:g} of the typical change of the border length in one move) prefers "
        "short borders, and plans near today's. An outlier stands out among compact plans of this "
        "kind; that says nothing of why it was drawn.",
    ]
    if len(apart):
        named = ", ".join(apart["measure"])
        texts.append(f"The chains still disagree in {named}: draw more plans before relying on it.")
    if other:
        texts.append(f"{other} plans have other schools or blocks without one, and are left out.")
    rows = tuple(
        (
            row["name"], row["measure"], row["value"], row["crowd_low"], row["crowd_middle"],
            row["crowd_high"], row["unit"], f"{row['share_lower']:.1%}",
            "outlier" if row["is_outlier"] else "",
        )
        for row in table.head(20 * SHOWN).to_dict("records")
    )  # fmt: skip
    heads = ("plan", "measure", "value", "5 % of plans below", "middle", "5 % above", "unit",
             "share lower", "outlier")  # fmt: skip
    title = f"Among compact plans that keep the rules: {place}, {level}"
    return Part(title, tuple(texts), "Where each plan stands", heads, rows)
