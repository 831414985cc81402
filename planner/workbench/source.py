"""What is put on the desk: a run's plan, or today's zones of a district."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geodata import load_district
from geodata.dtypes import Ints
from planner.errors import PlanError, RunError
from planner.hearing.buildings import all_schools
from planner.plan import Plan
from planner.problem.build import build_problem
from planner.problem.events import apply_events
from planner.runs import Run, read_run
from planner.runs.inputs import district_of, events_of

if TYPE_CHECKING:
    import pandas as pd

    from geodata import District
    from planner.problem import Problem

__all__ = ["Draft", "open_draft"]


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A plan on the desk.

    Parameters
    ----------
    title : str
    district : District
    place : Path
        Its district file.
    schools : DataFrame
        Today's, and those that the run's scenario opens; index school_id, all with a name.
    problems : mapping of level to Problem
        After the events of the run's scenario.
    plan : Plan
        To begin with.
    """

    title: str
    district: District
    place: Path
    schools: pd.DataFrame
    problems: Mapping[str, Problem]
    plan: Plan

    def zones(self, level: str) -> Ints:
        """Return the zone of each block of a level to begin with, -1 for none, (n,)."""
        return self.plan.zone_index(self.problems[level])


def open_draft(source: Path) -> Draft:
    """Open a run, or a district to begin with today's zones.

    Parameters
    ----------
    source : Path
        Run folder; or a district's folder or file.

    Raises
    ------
    RunError
        Where there is nothing, the run holds no plan, or its district has changed.
    PlanError
        Where today's zones are not known at any level, or the district has no shapes.
    """
    if not source.exists():
        raise RunError(
            f"{source} does not exist",
            "a plan to begin with is read from it",
            "name a run folder, or a district's folder or district.toml",
        )
    if (source / "run.json").is_file():
        draft = _of_run(read_run(source))
    else:
        draft = _of_today(load_district(source), source)
    if draft.district.geometry is None:
        raise PlanError(
            f"{draft.district.name}: there is no geometry, so no map can be drawn",
            "blocks are given to schools on a map",
            "name a file of shapes under [blocks], or edit the plan as a table",
        )
    return draft


def _of_run(run: Run) -> Draft:
    plan = run.need_plan(
        "there is nothing to edit", "name the district to begin with today's zones"
    )
    district, place = district_of(run), run.input_path("district")
    events = events_of(run.record)
    problems = {level: build_problem(district, level, events=events) for level in plan.levels}
    schools = all_schools(district, [apply_events(district, events)])
    return Draft(run.title, district, place, schools, problems, plan)


def _of_today(district: District, source: Path) -> Draft:
    today = Plan.today(district)
    if today.table.empty:
        raise PlanError(
            f"{district.name}: today's zones are not known at any level",
            "there is nothing to begin with",
            "name today's plan in the district file ([plan]), or a run",
        )
    place = source / "district.toml" if source.is_dir() else source
    problems = {level: build_problem(district, level) for level in today.levels}
    schools = all_schools(district, [])
    return Draft(district.name, district, place.resolve(), schools, problems, today)
