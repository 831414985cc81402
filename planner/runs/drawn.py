"""A plan that was drawn elsewhere, in the form a run is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.dtypes import Ints
from planner.errors import PlanError, ScenarioError
from planner.runs.record import file_digest
from planner.scenario import Scenario, parse_scenario

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan
    from planner.problem import Problem
    from planner.scenario import Stage

__all__ = ["DrawnPlan", "drawn_plan", "is_drawn"]

_MARK = "drawn_elsewhere"


@dataclass(frozen=True, slots=True)
class DrawnPlan:
    """A plan nobody here has searched for: no bound, no seed, no iterations.

    Parameters
    ----------
    plan : Plan
    district : District
    scenario : Scenario
        Whose rules and aims it is measured by.
    record : mapping
        The file it was read from, with its digest.
    objectives : tuple of mapping
        The scenario's aims as measured on the plan; none has a bound.
    notes : tuple of str
        Why aims cannot be measured.
    """

    plan: Plan
    district: District
    scenario: Scenario
    record: Mapping[str, Any]
    objectives: tuple[Mapping[str, Any], ...] = field(default=())
    status: str = "HEURISTIC"
    seconds: float = 0.0
    iterations: int = 0
    seed: int = 0
    threads: int = 0
    solver: str = "none: drawn elsewhere"
    broken: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def drawn_plan(
    district: District,
    plan: Plan,
    *,
    plan_file: Path,
    district_file: Path,
    scenario: Scenario | None = None,
    title: str = "",
) -> DrawnPlan:
    """Return a plan drawn elsewhere as the source of a run.

    Parameters
    ----------
    district : District
    plan : Plan
    plan_file : Path
        Where it was read from.
    district_file : Path
        The district's ``district.toml``.
    scenario : Scenario, optional
        Its rules and aims; without it there are none.
    title : str
        What the plan is called; without it, after its file, never after the scenario.
    """
    title = title or f"Plan drawn by the district ({plan_file.name})"
    asked = scenario or parse_scenario(
        {"schema": 1, "title": title, "district": str(district_file.resolve())}
    )
    asked = replace(
        asked,
        title=title,
        resolved={**asked.resolved, "title": title},
        files=(*asked.files, plan_file),
    )
    aims, notes = [], []
    for level, problem in asked.problems(district, plan).items() if scenario else ():
        if level in plan.levels:
            zone_of = plan.zone_index(problem)
            for stage in asked.objectives_for(level):
                value, why_not = _measured(stage, problem, zone_of)
                notes += why_not
                aims.append(
                    {
                        "name": stage.name,
                        "level": level,
                        "value": value,
                        "bound": None,
                        "gap": None,
                        "unit": stage.unit,
                        "year": stage.year,
                    }
                )
    source = {_MARK: {"file": plan_file.name, "sha256": file_digest(plan_file)}}
    return DrawnPlan(plan, district, asked, source, tuple(aims), notes=tuple(notes))


def _measured(stage: Stage, problem: Problem, zone_of: Ints) -> tuple[float, list[str]]:
    """Return an aim's value; NaN, and why, where the plan or the district does not give it."""
    try:
        return stage.measure(problem, zone_of), []
    except (PlanError, ScenarioError) as error:
        told = f"{problem.level}: aim {stage.name} cannot be measured: {error.what}."
        return float("nan"), [told]


def is_drawn(record: Mapping[str, Any]) -> bool:
    """Tell whether a run's record (run.json) is of a plan that was drawn elsewhere."""
    return _MARK in (record.get("search") or {})
