"""Every number of one arrangement, and two arrangements side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.grades import GradeSpan
from geodata.reserved import ALL
from planner.errors import PlanError
from planner.evaluation.counted import Counted
from planner.evaluation.families import families
from planner.evaluation.forecasts import forecasts
from planner.evaluation.integration import integration
from planner.evaluation.journeys import journeys
from planner.evaluation.outlines import outlines
from planner.evaluation.poverty import poverty
from planner.evaluation.rows import Rows
from planner.evaluation.scene import Scene
from planner.evaluation.school_poverty import school_poverty
from planner.evaluation.service import service
from planner.evaluation.settings import Settings
from planner.evaluation.take_up import residents_and_enrolled
from planner.metrics import metric_texts
from planner.metrics.base import Placement, place
from planner.plan import Plan
from planner.problem.events import Supply, apply_events, supply_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geodata import District
    from planner.problem.events import Event

__all__ = ["COLUMNS", "PANELS", "both_scenes", "measure", "side_by_side"]

COLUMNS = ["metric", "scope", "id", "group", "baseline", "plan", "change", "unit"]
PANELS: tuple[Callable[[Scene], Rows], ...] = (
    service,
    forecasts,
    residents_and_enrolled,
    integration,
    poverty,
    school_poverty,
    journeys,
    families,
    outlines,
)
_SCOPES = ("district", "level", "group", "grade", "school")

Numbers = dict[tuple[str, str, str, str], float]


def both_scenes(
    district: District,
    plan: Plan,
    baseline: Plan,
    *,
    events: Iterable[Event] = (),
    settings: Settings,
) -> tuple[Scene, Scene | None]:
    """Return the plan's scene and today's; None where today's plan is not known at all.

    Raises
    ------
    PlanError
        Where the plan is empty, or names what the district does not have.
    """
    if plan.table.empty:
        raise PlanError("the plan has no rows", "there is nothing to measure", "check the file")
    supply = apply_events(district, events)
    before = _aligned(supply_of(district), supply)
    ids = list(map(str, supply.schools.index))
    placements = place(plan, district, ids)
    today = place(baseline, district, ids) if len(baseline.table) else {}
    counts = Counted(district.students)
    known = {level: today[level] for level in placements if level in today}
    emptied = _emptied(district, placements, known, supply)
    scene = Scene(
        district=district,
        counts=counts,
        supply=supply,
        today_supply=before,
        placements=placements,
        today=today,
        settings=settings,
        others=_schools(known),
        emptied=emptied,
    )
    if not known:
        return scene, None
    there = _schools(placements)
    past = replace(scene, supply=before, placements=known, others=there, emptied={})
    return scene, past


def _schools(placements: Mapping[str, Placement]) -> tuple[str, ...]:
    """Return the schools that serve any block, sorted."""
    return tuple(sorted({p.school_ids[s] for p in placements.values() for s in p.schools()}))


def _emptied(
    district: District,
    placements: Mapping[str, Placement],
    known: Mapping[str, Placement],
    supply: Supply,
) -> dict[str, tuple[str, ...]]:
    """Return the open schools of a level of today that teach it and serve no block any more."""
    found = {}
    for level, today in known.items():
        gone = set(_schools({level: today})) - set(_schools({level: placements[level]}))
        span = district.levels[level].span
        found[level] = tuple(sorted(school for school in gone if _teaches(supply, school, span)))
    return found


def _teaches(supply: Supply, school: str, span: GradeSpan) -> bool:
    """Tell whether a school that taught some of these grades today is open and still does."""
    columns = ["is_open", "grade_low", "grade_high"]
    is_open, low, high = supply.schools.loc[[school], columns].to_numpy()[0]
    is_kept = school not in supply.regraded or span.overlaps(GradeSpan(str(low), str(high)))
    return bool(is_open) and is_kept


def measure(scene: Scene, panels: Sequence[Callable[[Scene], Rows]] = PANELS) -> Numbers:
    """Return the numbers of a scene, all or of some panels, by metric, scope, id and group.

    A building that teaches several measured levels has several ways, zones and sizes: the table
    has one row a school, so such a number is unknown there, and a note tells it.
    """
    numbers: Numbers = {}
    doubled: set[str] = set()
    for panel in panels:
        for row in panel(scene):
            key = row[:4]
            if key in numbers and not _same(numbers[key], row.value):
                doubled.add(row.id)
                numbers[key] = float("nan")
            else:
                numbers[key] = row.value
    if doubled:
        scene.notes.add(
            f"{', '.join(sorted(doubled))}: teaches more than one of the measured levels; its "
            "size, ways and zone differ from level to level and are left out of its own rows."
        )
    return numbers


def _same(one: float, other: float) -> bool:
    """Tell whether two numbers say the same; unknown is the same as unknown."""
    return one == other or (np.isnan(one) and np.isnan(other))


def of_levels_alone(numbers: Numbers) -> Numbers:
    """Return the numbers without those about the district as a whole."""
    return {
        key: value
        for key, value in numbers.items()
        if key[1] != "district" and (key[1], key[2]) != ("group", ALL)
    }


def side_by_side(plan: Numbers, baseline: Numbers) -> pd.DataFrame:
    """Put a plan's numbers beside today's.

    Returns
    -------
    DataFrame
        Columns `metric`, `scope`, `id`, `group`, `baseline`, `plan`, `change`, `unit`; NaN where
        a number is unknown.  Rows by scope (district, level, group, grade, school), then as
        measured.
    """
    texts = metric_texts()
    keys = list(dict.fromkeys([*plan, *baseline]))
    keys.sort(key=lambda key: _SCOPES.index(key[1]))
    table = pd.DataFrame(keys, columns=COLUMNS[:4], dtype=object)
    table["baseline"] = np.array([baseline.get(key, np.nan) for key in keys], dtype=np.float64)
    table["plan"] = np.array([plan.get(key, np.nan) for key in keys], dtype=np.float64)
    table["change"] = table["plan"] - table["baseline"]
    table["unit"] = [texts[key[0]].unit for key in keys]
    return table[COLUMNS]


def _aligned(before: Supply, after: Supply) -> Supply:
    """Return today's schools and ways in the rows and columns of those after the events."""
    ids = after.schools.index
    at = before.schools.index.get_indexer(ids)
    schools = after.schools.copy()
    shared = ids[at >= 0]
    schools.loc[shared, before.schools.columns] = before.schools.loc[shared]
    new = ids[at < 0]
    schools.loc[new, "is_open"] = False
    metres = np.where(at >= 0, before.metres[:, at], np.float32(np.nan))
    minutes = before.minutes
    if minutes is not None:
        minutes = np.where(at >= 0, minutes[:, at], np.float32(np.nan))
    return replace(before, schools=schools, metres=metres, minutes=minutes)
