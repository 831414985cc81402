"""Score any plan against any district: every measure a planner would want, beside today's."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata import errors
from geodata.dtypes import Ints
from planner.evaluation.evaluation import Evaluation
from planner.evaluation.journeys import left_out
from planner.evaluation.measure import both_scenes, measure, of_levels_alone, side_by_side
from planner.evaluation.parity import flag_separation
from planner.evaluation.scene import Scene
from planner.evaluation.settings import Settings
from planner.evaluation.untaught import untaught
from planner.ledger import open_ledger
from planner.metrics.base import Placement
from planner.moves import count_moves, with_names
from planner.plan import Plan
from planner.problem.closings import left_behind
from planner.problem.events import apply_events
from planner.rules import Finding

if TYPE_CHECKING:
    from geodata import District
    from planner.problem import Problem
    from planner.scenario import Scenario

__all__ = ["Evaluation", "Settings", "evaluate"]

MOVES = ["level", "from_school", "to_school", "blocks", "students", "from_name", "to_name"]


def evaluate(
    district: District,
    plan: Plan,
    scenario: Scenario | None = None,
    *,
    baseline: Plan | None = None,
    settings: Settings | None = None,
) -> Evaluation:
    """Measure a plan, also one drawn elsewhere, beside today's.

    Parameters
    ----------
    district : District
        Any of its counts, seats, levels or today's plan may be missing: what cannot be measured
        is NaN and a note says why; a rule that cannot be is told as unchecked.
    plan : Plan
        Its levels are measured; other levels stay as today.
    scenario : Scenario, optional
        Its events happen first, its rules are checked, its aims stand in the ledger.
    baseline : Plan, optional
        What the plan is compared with; today's plan by default.
    settings : Settings, optional
        Thresholds such as the walking distance.

    Raises
    ------
    PlanError
        Where the plan is empty or names blocks, schools or levels the district does not have.
    ScenarioError
        Where the scenario names levels the district does not have, or an event cannot happen.
    """
    settings = settings or Settings()
    before = Plan.today(district) if baseline is None else baseline
    events = () if scenario is None else scenario.events
    scene, today = both_scenes(district, plan, before, events=events, settings=settings)
    numbers = measure(scene)
    old = {} if today is None else measure(today)
    if today is not None and today.levels != scene.levels:
        old = of_levels_alone(old)  # the district's would be those of fewer levels
    verdicts = flag_separation(scene, numbers, old).values()
    told_first = (v for v in verdicts if v.worse or (scene.groups and not v.judged))
    flags = [verdict.sentence() for verdict in told_first]
    checks, unchecked, told = _findings(district, plan, scenario, scene.placements)
    ways = [*left_out(scene), *(f"Today, {t}" for t in ([] if today is None else left_out(today)))]
    warnings = (*unchecked, *flags, *untaught(scene), *ways, *told)
    return Evaluation(
        title=district.name if scenario is None else scenario.title,
        metrics=side_by_side(numbers, old),
        findings=checks,
        moves=_moves(district, plan, before, scene.supply.schools["name"]),
        ledger=open_ledger(district, scenario),
        notes=(*warnings, *sorted(scene.notes), *_sources(scene), *settings.notes()),
        settings=settings,
        warnings=warnings,
        unchecked=tuple(unchecked),
        divided=scene.divided | (frozenset() if today is None else today.divided),
    )


def _findings(
    district: District,
    plan: Plan,
    scenario: Scenario | None,
    placements: Mapping[str, Placement],
) -> tuple[tuple[Finding, ...], list[str], list[str]]:
    """Return what the scenario's rules measure, why some do not, and what a planner should know."""
    if scenario is None:
        return (), [], []
    found: list[Finding] = []
    unchecked: list[str] = []
    asked = scenario.levels_of(district)
    drawn = {*asked, *plan.levels}
    supply = apply_events(district, scenario.events)
    notes = [f"{warning}." for warning in left_behind(district, drawn, supply)]
    notes += [
        f"{level}: the scenario does not redraw this level: it is measured, but no rule is checked."
        for level in plan.levels
        if level not in asked
    ]
    for level, problem in scenario.problems(district, plan).items():
        if level not in plan.levels:
            unchecked.append(
                f"{level}: the plan has no rows of this level; its rules are not checked."
            )
            continue
        if gaps := _blocks_with_gaps(placements[level]):
            unchecked.append(
                f"{level}: in {errors.counted(gaps, 'block')} the plan names a school for some "
                "grades and none for others; its rules are not checked."
            )
            continue
        zone_of = plan.zone_index(problem)
        other = Plan.from_zones(problem, zone_of).moves(plan.level(level))
        if len(other):
            count = other["block_id"].nunique()
            unchecked.append(
                f"{level}: in {errors.counted(count, 'block')} the plan divides grades in another "
                "way than the zones of the scenario do; its rules are not checked."
            )
            continue
        notes += [f"{level}: {warning}." for warning in problem.warnings]
        notes += _left_empty(problem, zone_of)
        measured, lacking = scenario.check_what_can_be(problem, zone_of)
        found += measured
        unchecked += lacking
    return tuple(found), unchecked, notes


def _blocks_with_gaps(placement: Placement) -> int:
    """Count the blocks where some grades of a level have a school and others have none."""
    named = placement.school_of >= 0
    return int((named.any(axis=1) & ~named.all(axis=1)).sum())


def _left_empty(problem: Problem, zone_of: Ints) -> list[str]:
    """Tell the open schools that a plan gives no block."""
    empty = np.setdiff1d(np.arange(problem.n_zones), zone_of).tolist()
    names = [f"{problem.zone_name(z)} [{problem.zone_ids[z]}]" for z in empty]
    if not names:
        return []
    return [f"{problem.level}: open, but without any block in this plan: {', '.join(names)}."]


def _moves(district: District, plan: Plan, before: Plan, names: pd.Series[str]) -> pd.DataFrame:
    """Return moved blocks and students by level and pair of schools, and what these are called."""
    levels = set(plan.levels) & set(before.levels)
    if not levels:
        return pd.DataFrame({column: [] for column in MOVES})
    moves = count_moves(plan.moves(before), district.students)
    return with_names(moves, names)[MOVES]


def _sources(scene: Scene) -> list[str]:
    """Say what the numbers stand on."""
    students = scene.district.students
    told = []
    if students.proxy:
        told.append(f"Students are a proxy: {students.proxy}.")
    if students.estimated:
        told.append("Students are estimated, not counted.")
    told += _counted_twice(scene)
    if scene.district.forecasts:
        years = ", ".join(map(str, sorted(scene.district.forecasts)))
        told.append(f"Figures of later years stand on the district's forecast of {years}.")
    if not scene.today:
        told.append("Today's plan is not known: there is no baseline.")
    return told


def _counted_twice(scene: Scene) -> list[str]:
    """Say which levels share one count of students, so that their sum counts children twice."""
    known = [level for level in scene.levels if scene.counts.has(level=level)]
    shared = [
        f"{a} and {b}"
        for a, b in combinations(known, 2)
        if np.array_equal(scene.counts.count(level=a), scene.counts.count(level=b), equal_nan=True)
    ]
    if not shared:
        return []
    return [
        f"The same counts stand for {'; '.join(shared)}: figures of the whole district count "
        "these students once a level."
    ]
