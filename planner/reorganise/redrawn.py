"""Redrawn zones, or redrawn zones of clusters, by the planner's own search, for the same aim."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geodata import District
from planner.errors import (
    InfeasibleError,
    PlannerError,
    ScenarioError,
    SolverError,
    together,
)
from planner.objectives import Dissimilarity, Objective, ParityGap, PovertySpread
from planner.problem.events import Capacity, Open, Relocate
from planner.reorganise.options import Redrawn
from planner.reorganise.study import Result, Study, left_out
from planner.scenario import Scenario, Stage, load_scenario
from planner.solving import SolveStatus, solve
from planner.structures.aims import Aim
from planner.structures.arrangement import Arrangement

__all__ = ["aim_objective", "derived_district", "redraw", "refuse_scenarios", "stand_in"]


def refuse_scenarios(study: Study) -> None:
    """Read the scenario of every redrawn option before any is worked out.

    Raises
    ------
    PlannerError
        With the faults of all of them.
    """
    faults = {}
    for option in study.file.option:
        if isinstance(option, Redrawn):
            try:
                _comparable(option, study)
            except PlannerError as error:
                faults[option.name] = error
    if faults:
        raise together(faults)


def redraw(option: Redrawn, study: Study, base: Arrangement) -> Result:
    """Redraw zones under a scenario's rules, the aim of the file first.

    Raises
    ------
    InfeasibleError, SolverError
        Where the solver proved that there is no plan, or found none.
    """
    district = derived_district(study, base)
    scenario = _comparable(option, study)
    if option.for_aim:
        scenario = _for_aim(scenario, study.aim, option.keep_within_share)
    solution = solve(
        scenario,
        time_limit_s=option.time_limit_s,
        iterations=option.iterations,
        seed=study.file.seed,
        district=district,
    )
    if solution.plan is None:
        kind = InfeasibleError if solution.status is SolveStatus.INFEASIBLE else SolverError
        raise kind(
            f"option {option.name!r}: {solution.status}; " + " ".join(solution.broken),
            "zones cannot be compared without a plan",
            "loosen the scenario's rules, start from another option, or give more time",
        )
    drawn = Arrangement.from_plan(
        solution.plan,
        block_ids=base.block_ids,
        school_ids=base.school_ids,
        level_of=study.setting.residents.level_of,
    )
    told = "; ".join(_told(aim) for aim in solution.objectives)
    what = study.file.aim if option.for_aim else "the scenario's own objectives"
    sentence = f"zones redrawn for {what}: {told or 'no bound'}"
    status = str(solution.status)
    if option.for_aim:
        status = str(SolveStatus.HEURISTIC)
        sentence += f"; {stand_in(study.aim)}, so nothing is proven of the aim itself"
    return Result(option.name, option.kind, study.merge(base, drawn), status, sentence)


def derived_district(study: Study, base: Arrangement) -> District:
    """Return the district as if an arrangement were today's, with the file's seats."""
    district, level_of = study.district, study.setting.residents.level_of
    others = district.current[~district.current["level"].isin(set(level_of.values()))]
    current = pd.concat([base.plan(level_of).table, others], ignore_index=True)
    schools = district.schools.copy()
    serves = base.serves()
    grades = np.array(base.grades, dtype=object)
    for s, building in enumerate(study.setting.buildings.all):
        school = building.school_id
        schools.loc[school, "capacity_seats"] = building.seats
        if serves[s].any():
            served = grades[serves[s]]
            schools.loc[school, ["grade_low", "grade_high"]] = [served[0], served[-1]]
            schools.loc[school, "level"] = level_of[served[0]]
        else:
            schools.loc[school, "is_open"] = False
    columns = list(district.current.columns)
    ordered = current[columns].sort_values(columns[:3], ignore_index=True)
    return replace(district, schools=schools, current=ordered.astype("str"))


def _comparable(option: Redrawn, study: Study) -> Scenario:
    """Read an option's scenario for the levels compared; refuse what cannot be measured.

    Raises
    ------
    ScenarioError
        Where events give schools other places or seats, no level compared is redrawn, or one of
        which some grades are not compared.
    """
    scenario = load_scenario(study.file.path(option.scenario))
    events = [e.sentence() for e in scenario.events if isinstance(e, Open | Relocate | Capacity)]
    if events:
        raise ScenarioError(
            f"option {option.name!r}: {' '.join(events)}",
            "every option is measured on the same buildings, places and seats",
            "change the schools file or [[building]], and take these events out",
        )
    compared = dict.fromkeys(study.setting.residents.level_of.values())
    levels = tuple(level for level in scenario.levels_of(study.district) if level in compared)
    if not levels:
        raise ScenarioError(
            f"option {option.name!r}: its scenario redraws none of the levels compared",
            remedy=f"use {', '.join(compared)}",
        )
    _refuse_half_levels(option, study, levels)
    return replace(scenario, levels=levels)


def _refuse_half_levels(option: Redrawn, study: Study, levels: tuple[str, ...]) -> None:
    """Refuse to redraw a level that has students in grades that are not compared."""
    residents = study.setting.residents
    every = np.zeros((0, 0)) if residents.all_students is None else residents.all_students
    counts = zip(residents.all_grades, every.sum(axis=0), strict=True)
    has_students = {grade for grade, many in counts if many != 0}  # NaN: it may have some
    level_of = left_out(study.district, residents)
    grades = [grade for grade in level_of if level_of[grade] in levels and grade in has_students]
    if grades:
        raise ScenarioError(
            f"option {option.name!r}: zones are drawn for a whole level, and of "
            f"{', '.join(dict.fromkeys(level_of[grade] for grade in grades))} these grades are "
            f"not compared: {', '.join(grades)}",
            "their students would move with the zones, and be counted where they are today",
            "compare these grades too (grades = …), or leave the option out",
        )


def aim_objective(aim: Aim) -> Objective:
    """Return the planner's objective for an aim of structures.

    Poverty spread (the furthest school) has the mean distance for its stand-in: the search knows
    no row for a ratio's maximum.
    """
    if aim.name == "dissimilarity":
        a, b = (measure.removeprefix("group:") for measure in aim.pairs[0])
        return Dissimilarity(a, b)
    if aim.name == "parity_gap":
        groups = {m.removeprefix("group:") for pair in aim.pairs for m in pair}
        return ParityGap(tuple(sorted(groups)))
    return PovertySpread()


def stand_in(aim: Aim) -> str:
    """Say what the search minimises in the place of the aim."""
    if aim.name == "poverty_spread":
        return f"the {aim.stand_in}, grades of a level together, stands in for it"
    return "the search takes the grades of a level together"


def _for_aim(scenario: Scenario, aim: Aim, keep_within_share: float) -> Scenario:
    objective = aim_objective(aim)
    rest = [stage for stage in scenario.objectives if stage.name != objective.name]
    rest[:1] = [replace(stage, keep_within_share=keep_within_share) for stage in rest[:1]]
    return replace(
        scenario,
        objectives=(Stage(((1.0, objective),)), *rest),
        race_conscious=scenario.race_conscious or aim.uses_race,
    )


def _told(aim: dict[str, Any]) -> str:
    bound = aim["bound"]
    proven = "no bound" if bound is None else f"not below {max(bound, 0.0):.4g}"
    return f"{aim['name']} ({aim['level']}) {aim['value']:.4g} {aim['unit']}, {proven}"
