"""A plan's first years under several policies: seats, evenness and ways, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.errors import counted
from planner.evaluation.measure import both_scenes
from planner.evaluation.settings import Settings
from planner.phasing.change import Change
from planner.phasing.cohorts import STUDENTS, Cohorts
from planner.phasing.course import take_course
from planner.phasing.policy import Policy
from planner.phasing.yearly import measures_by_year, schools_by_year
from planner.plain import plain_rows
from planner.plan import Plan
from planner.structures.ageing import Ageing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geodata import District
    from planner.problem.events import Event, Supply

__all__ = ["PhaseIn", "phase_in"]


@dataclass(frozen=True, slots=True, eq=False)
class PhaseIn:
    """What schools hold in each of a plan's first years, policy by policy.

    Parameters
    ----------
    title : str
        The plan's.
    policies : tuple of str
        Names, "No change" (today's zones stay) first.
    schools : DataFrame
        `policy`, `year` [years from now], `school_id`, `name`, `students` [students], `staying`
        [students], `seats` [seats], `utilization` [share], `over_seats` [students].
    measures : DataFrame
        `policy`, `year`, `level` ("all" of them together), `metric`, `group`, `value`, `unit`.
    changed : tuple of str
        Levels that the plan changes.
    notes : tuple of str
        The policies in words, and what was assumed.
    """

    title: str
    policies: tuple[str, ...]
    schools: pd.DataFrame
    measures: pd.DataFrame
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def years(self) -> int:
        """Years ahead [years]."""
        return int(self.schools["year"].max())

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON; unknown numbers are None."""
        return {
            "title": self.title,
            "policies": list(self.policies),
            "changed": list(self.changed),
            "schools": plain_rows(self.schools),
            "measures": plain_rows(self.measures),
            "notes": list(self.notes),
        }


def phase_in(
    district: District,
    plan: Plan,
    policies: Sequence[Policy],
    *,
    ageing: Ageing | None = None,
    events: Iterable[Event] = (),
    title: str = "",
) -> PhaseIn:
    """Follow a plan through its first years.

    Every year all children move up one grade, the first grade is filled as today, and who may
    stay at the school of today does.  So the figures are the most that a policy can keep: fewer
    stay where families choose the new school.

    Parameters
    ----------
    district : District
    plan : Plan
        Levels it does not name stay as today.
    policies : sequence of Policy
    ageing : Ageing, optional
        Years ahead and growth; five years without growth by default.
    events : iterable of Event, optional
        What happens to schools when the plan begins.
    title : str
        What the plan is called.

    Raises
    ------
    PlanError
        Where today's plan is not known, or the plan names what the district does not have.
    StructureError
        Where students are not counted, or levels claim the same grade.
    """
    ageing = ageing or Ageing()
    scene, _ = both_scenes(district, plan, Plan.today(district), events=events, settings=Settings())
    cohorts = Cohorts.of(district)
    change = Change.of(scene, cohorts.level_of)
    aged = cohorts.aged(change.grades, ageing)
    supplies = {False: scene.today_supply, True: scene.supply}
    courses = [
        take_course(change, policy, aged, supplies[policy is not None].metres)
        for policy in (None, *policies)
    ]
    level_of = {grade: cohorts.level_of[grade] for grade in change.grades}
    moved = change.differs.any(axis=0)
    return PhaseIn(
        title=title or district.name,
        policies=tuple(course.name for course in courses),
        schools=schools_by_year(courses, supplies),
        measures=measures_by_year(courses, change, level_of, supplies),
        changed=tuple(dict.fromkeys(level_of[change.grades[g]] for g in np.flatnonzero(moved))),
        notes=(
            *_notes(policies, cohorts, ageing, change, scene.supply),
            *_forecasts_left_out(district),
        ),
    )


def _notes(
    policies: Sequence[Policy],
    cohorts: Cohorts,
    ageing: Ageing,
    change: Change,
    supply: Supply,
) -> tuple[str, ...]:
    """Say the policies, and what the figures stand on."""
    told = [f"{policy.name}: {policy.sentence()}" for policy in policies]
    told.append(f"Students to come: {ageing.sentence()}.")
    told.append(
        "Each block's entering class is taken to be this year's again, so later years drift by "
        "chance: compare policies within a year rather than years with each other."
    )
    told.append(
        "Who must leave a building is counted in the plan's first year, a grade up; "
        "students_moved_forced of an evaluation counts today's students."
    )
    told.append(
        "Everybody who may stay is taken to stay: these are the most that a policy can keep. "
        "Who stays may have no bus."
    )
    if any(policy.sibling_shares for policy in policies):
        told.append(
            "Siblings are estimated from the shares given, as if independent of each other; "
            "households are not in the data."
        )
    else:
        told.append("Nobody stays for a brother or sister: no shares of siblings were given.")
    told += [f"{note[:1].upper()}{note[1:]}." for note in cohorts.notes]
    lost = int(np.isnan(cohorts.counts[STUDENTS]).any(axis=1).sum())
    if lost:
        told.append(f"Counts are unknown in {counted(lost, 'block')}: so are figures with them.")
    nowhere = int((change.today < 0).any(axis=1).sum())
    if nowhere:
        told.append(
            f"{counted(nowhere, 'block')} without a school today in some grade: their students "
            "are counted at the plan's school only."
        )
    serving = np.unique(change.plan[change.plan >= 0])
    blank = int(supply.schools["capacity_seats"].iloc[serving].isna().sum())
    if blank:
        told.append(
            f"Seats are unknown at {counted(blank, 'school')}: how many students lack one is not "
            "told for all schools together."
        )
    return tuple(told)


def _forecasts_left_out(district: District) -> Iterator[str]:
    """Say that years here are not those of the district's forecast."""
    if district.forecasts:
        years = ", ".join(map(str, sorted(district.forecasts)))
        yield (
            f"The district's forecast of {years} is not used here: it does not tell who lives here "
            "already and may stay."
        )
