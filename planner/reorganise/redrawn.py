"""Redrawn zones, or redrawn zones of clusters, by the planner's own search, for the same aim."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from geodata import District
from geodata.sources.district_folder import write_district
from planner.errors import InfeasibleError
from planner.objectives import Dissimilarity, Objective, ParityGap, PovertySpread
from planner.reorganise.options import Redrawn
from planner.reorganise.study import Result, Study
from planner.scenario import Scenario, Stage, load_scenario
from planner.solve import solve
from planner.structures.aims import Aim
from planner.structures.arrangement import Arrangement

__all__ = ["aim_objective", "derived_district", "redraw"]


def redraw(option: Redrawn, study: Study, base: Arrangement) -> Result:
    """Redraw zones under a scenario's rules, the aim of the file first.

    Raises
    ------
    InfeasibleError
        Where the solver found no plan, with its status.
    """
    folder = study.out / "districts" / _plain(option.name)
    toml = write_district(derived_district(study, base), folder, overwrite=True)
    scenario = _for_aim(load_scenario(study.file.path(option.scenario)), study.aim, toml)
    solution = solve(
        scenario,
        time_limit_s=option.time_limit_s,
        iterations=option.iterations,
        seed=study.file.seed,
    )
    if solution.plan is None:
        raise InfeasibleError(
            f"option {option.name!r}: no plan was found ({solution.status})",
            "zones cannot be compared without one",
            "loosen the scenario's rules, or give more time",
        )
    drawn = Arrangement.from_plan(
        solution.plan,
        block_ids=base.block_ids,
        school_ids=base.school_ids,
        level_of=study.setting.pupils.level_of,
    )
    told = "; ".join(_told(aim) for aim in solution.objectives)
    sentence = f"zones redrawn for {study.file.aim}: {told or 'no bound'}"
    return Result(
        option.name, option.kind, study.merge(base, drawn), str(solution.status), sentence
    )


def derived_district(study: Study, base: Arrangement) -> District:
    """Return the district as if an arrangement were today's, with the file's seats."""
    district, level_of = study.district, study.setting.pupils.level_of
    current = base.plan(level_of).table
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


def _for_aim(scenario: Scenario, aim: Aim, toml: Path) -> Scenario:
    objective = aim_objective(aim)
    rest = tuple(s for s in scenario.objectives if s.name != objective.name)
    return replace(
        scenario,
        district=toml,
        objectives=(Stage(((1.0, objective),)), *rest),
        race_conscious=scenario.race_conscious or aim.uses_race,
    )


def _told(aim: object) -> str:
    name, value = getattr(aim, "name", ""), getattr(aim, "value", None)
    level, bound = getattr(aim, "level", ""), getattr(aim, "bound", None)
    proven = "no bound" if bound is None else f"not below {bound:.4g}"
    where = f" ({level})" if level else ""
    return f"{name}{where} {value:.4g}, {proven}" if value is not None else str(name)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
