"""The zones of a level: which schools take one, and which share one and divide its grades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.grades import GRADE_RANK, GRADES, GradeSpan
from planner.errors import ModelError
from planner.problem.partners import Partner

if TYPE_CHECKING:
    from geodata import District
    from planner.problem.events import Supply

__all__ = ["Zones", "goes_on", "zones_after", "zones_today"]


@dataclass(frozen=True, slots=True)
class Zones:
    """Zones of one level.

    Parameters
    ----------
    lead : tuple of str
        Lead school of each zone (lowest grades), sorted.
    partners : tuple of tuple of Partner
        All schools of each zone, lowest grades first.
    """

    lead: tuple[str, ...]
    partners: tuple[tuple[Partner, ...], ...]

    @property
    def are_shared(self) -> bool:
        """Whether schools share any of the zones."""
        return any(len(group) > 1 for group in self.partners)


def zones_today(district: District, level: str) -> Zones:
    """Return the zones of today's plan, also of schools that are closed by now."""
    span = district.levels[level].span
    rows = district.current[district.current["level"] == level]
    return _sorted(_shared(rows, span))


def zones_after(district: District, level: str, supply: Supply) -> Zones:
    """Return the zones there are to draw: of schools that are open and take one.

    Raises
    ------
    ModelError
        If no school is left, or grades of a zone would be served by nobody or twice.
    """
    span = district.levels[level].span
    schools = supply.schools
    rows = district.current[district.current["level"] == level]
    today = schools.index.isin(rows["school_id"])
    serves = (schools["level"] == level) | (today & ~schools.index.isin(supply.regraded))
    serves |= schools.index.isin(_regraded_into(supply, span, set(schools.index[today])))
    is_open = schools["is_open"].astype(bool) & schools["takes_zone"].astype(bool)
    ids = set(schools.index[serves & is_open])
    if not ids:
        raise _no_school(district, level, schools[serves])
    zones: dict[str, tuple[Partner, ...]] = {}
    for group in _shared(rows, span).values():
        left = _regraded(tuple(p for p in group if p.school_id in ids), supply, span)
        if left:
            _refuse_gaps(group, left)
            zones[left[0].school_id] = left
    named = {partner.school_id for group in zones.values() for partner in group}
    for school in sorted(ids - named):
        alone = _regraded((Partner(school, span.low, span.high),), supply, span)
        _refuse_gaps((Partner(school, span.low, span.high),), alone)
        zones[school] = alone
    return _sorted(zones)


def goes_on(today: Zones, after: Zones) -> dict[int, int]:
    """Return the number from now on of each zone of today of which a school still leads one."""
    number = {school: z for z, school in enumerate(after.lead)}
    found = {}
    for old, group in enumerate(today.partners):
        leads = [number[p.school_id] for p in group if p.school_id in number]
        if leads:
            found[old] = leads[0]
    return found


def _regraded_into(supply: Supply, span: GradeSpan, today: set[str]) -> list[str]:
    """Return the regraded schools that teach a level from now on.

    All of it; or some of it, where they have a zone of it today.
    """
    found = []
    for school in sorted(supply.regraded):
        low, high = supply.schools.loc[[school], ["grade_low", "grade_high"]].to_numpy()[0]
        own = GradeSpan(str(low), str(high))
        if own.contains(span) or (school in today and own.overlaps(span)):
            found.append(school)
    return found


def _sorted(zones: dict[str, tuple[Partner, ...]]) -> Zones:
    leads = tuple(sorted(zones))
    return Zones(leads, tuple(zones[school] for school in leads))


def _shared(rows: pd.DataFrame, span: GradeSpan) -> dict[str, tuple[Partner, ...]]:
    """Return the schools of each zone of today, keyed by lead."""
    low = rows["grade_low"].replace("", np.nan).fillna(span.low).map(GRADE_RANK)
    high = rows["grade_high"].replace("", np.nan).fillna(span.high).map(GRADE_RANK)
    rows = rows.assign(low=low, high=high).sort_values(["block_id", "low"])
    rows["lead"] = rows.groupby("block_id")["school_id"].transform("first")
    kinds = rows.groupby(["lead", "school_id"]).agg(low=("low", "min"), high=("high", "max"))
    zones: dict[str, list[Partner]] = {}
    for (lead, school), first, last in kinds.sort_values(["lead", "low"]).itertuples(name=None):
        group = zones.setdefault(str(lead), [])
        if group and first <= GRADE_RANK[group[-1].grade_high]:
            raise ModelError(
                f"{lead} serves all grades in some blocks of its zone and divides them with "
                f"{school} in others",
                "a zone has one school for each grade",
                "correct the assignment of today",
            )
        group.append(Partner(str(school), GRADES[first], GRADES[last]))
    return {lead: tuple(group) for lead, group in zones.items()}


def _regraded(group: tuple[Partner, ...], supply: Supply, span: GradeSpan) -> tuple[Partner, ...]:
    """Give regraded schools their new grades, as far as the level has them."""
    changed = []
    for partner in group:
        if partner.school_id in supply.regraded:
            own = supply.schools.loc[[partner.school_id], ["grade_low", "grade_high"]]
            first, last = (GRADE_RANK[str(grade)] for grade in own.to_numpy()[0])
            low, high = max(first, GRADE_RANK[span.low]), min(last, GRADE_RANK[span.high])
            partner = Partner(partner.school_id, GRADES[low], GRADES[high])
        changed.append(partner)
    return tuple(sorted(changed, key=lambda partner: GRADE_RANK[partner.grade_low]))


def _no_school(district: District, level: str, serving: pd.DataFrame) -> ModelError:
    """Return the error that no school of a level is left, and whether events closed them."""
    was_open = district.schools["is_open"].astype(bool).reindex(serving.index, fill_value=False)
    closed = serving.index[was_open & ~serving["is_open"].astype(bool)]
    return ModelError(
        f"no open school of level {level!r} takes a zone",
        "there is nowhere to send its students",
        f"leave out an [[event]] that closes one of {', '.join(closed)}"
        if len(closed)
        else "check is_open, takes_zone and level in the schools file",
    )


def _refuse_gaps(before: tuple[Partner, ...], after: tuple[Partner, ...]) -> None:
    """Raise where grades a zone had are served by nobody, or twice."""
    had = {grade for partner in before for grade in _grades(partner)}
    has = [grade for partner in after for grade in _grades(partner)]
    missing = [grade for grade in GRADES if grade in had and grade not in has]
    twice = sorted({grade for grade in has if has.count(grade) > 1}, key=GRADE_RANK.__getitem__)
    names = ", ".join(partner.school_id for partner in before)
    for grades, what in ((missing, "nobody"), (twice, "two schools")):
        if grades:
            raise ModelError(
                f"zone of {names}: after the events {what} would serve grades {', '.join(grades)}",
                "every grade of a zone has one school",
                "close or regrade its other schools too, or organise grades by pairing",
            )


def _grades(partner: Partner) -> tuple[str, ...]:
    return GradeSpan(partner.grade_low, partner.grade_high).grades
