"""Who attends which school: students added up by school, grade, group and poverty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geodata.dtypes import Bools, Floats, Ints
from planner.metrics.base import Counts, Placement

__all__ = ["UNGROUPED", "Enrolment", "enrol"]

UNGROUPED = "(no group given)"
"""Students who are in the total but in none of the groups counted."""

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Enrolment:
    """Students who attend each school, as far as the district's counts tell.

    Parameters
    ----------
    school_ids : (s,) tuple of str
        Schools; where counts are not by grade, schools that share one zone and divide its grades
        stand together as ``"A+B"``, lowest grades first.
    slots : (h,) tuple of str
        Grades; or the names of levels, where students are counted for the level as a whole.
    by_grade : bool
        Whether every slot is one grade.
    groups : (g,) tuple of str
    students : (s, h) float64 [students]
        NaN where unknown: never 0.
    poor : (s, h) float64 [students] or None
    by_group : (s, h, g) float64 [students] or None
    poor_by_group : (s, h, g) float64 [students] or None
    unplaced : float [students]
        Students whose block (and grade) the plan gives no school.
    unknown_blocks : int
        Blocks whose number of students is unknown.
    """

    school_ids: tuple[str, ...]
    slots: tuple[str, ...]
    by_grade: bool
    groups: tuple[str, ...]
    students: Floats
    poor: Floats | None = None
    by_group: Floats | None = None
    poor_by_group: Floats | None = None
    unplaced: float = 0.0
    unknown_blocks: int = 0

    @property
    def total(self) -> Floats:
        """Students of each school, (s,)."""
        return np.asarray(self.students.sum(axis=1))

    @property
    def poor_total(self) -> Floats | None:
        """Poor students of each school, (s,), or None."""
        return None if self.poor is None else np.asarray(self.poor.sum(axis=1))

    @property
    def group_totals(self) -> Floats | None:
        """Students of each school and group, (s, g), or None."""
        return None if self.by_group is None else np.asarray(self.by_group.sum(axis=1))

    def everyone(self) -> Floats | None:
        """Return groups that add up to all students, (s, h, g) or (s, h, g + 1).

        Returns
        -------
        float64 array [students], or None
            None where groups are unknown, or overlap (they add up to more than the total).
        """
        if self.by_group is None or not self.groups:
            return None
        rest = self.students - self.by_group.sum(axis=2)
        slack = _ROUNDING * max(1.0, float(np.nansum(self.students)))
        if (rest < -slack).any():
            return None
        if not (rest > slack).any():
            return self.by_group
        return np.concatenate([self.by_group, np.maximum(rest, 0.0)[:, :, None]], axis=2)

    def strata(self) -> Iterator[tuple[str, Enrolment]]:
        """Yield each slot as an enrolment of its own, over the schools that serve it."""
        for h, slot in enumerate(self.slots):
            serves = ~(self.students[:, h] == 0)
            yield slot, self.pick(serves, slice(h, h + 1))

    def pick(self, schools: Bools, slots: slice = slice(None)) -> Enrolment:
        """Return the chosen schools, (s,) bool, and slots."""

        def part(values: Floats | None) -> Floats | None:
            return None if values is None else values[schools][:, slots]

        return Enrolment(
            school_ids=tuple(np.array(self.school_ids, dtype=object)[schools]),
            slots=self.slots[slots],
            by_grade=self.by_grade,
            groups=self.groups,
            students=self.students[schools][:, slots],
            poor=part(self.poor),
            by_group=part(self.by_group),
            poor_by_group=part(self.poor_by_group),
        )


def enrol(placement: Placement, counts: Counts, *, by_grade: bool = False) -> Enrolment:
    """Add up the students of one level by the school they attend under a plan.

    Parameters
    ----------
    placement : Placement
    counts : Counts
    by_grade : bool
        Whether slots must be grades: groups and poverty that are not counted by grade are then
        None.  Otherwise slots are grades only where everything is counted so.

    Returns
    -------
    Enrolment
        Its own `by_grade` is False where the district's counts are not by grade.
    """
    kinds = _Kinds(placement, counts)
    graded = kinds.is_graded() and (by_grade or kinds.all_graded())
    units = _units(placement, graded)
    count = kinds.count(None, poor=False, graded=graded)
    students = np.full((len(units.ids), 1), np.nan) if count is None else units.tally(count)
    return Enrolment(
        school_ids=units.ids,
        slots=placement.grades if graded else (placement.level,),
        by_grade=graded,
        groups=counts.groups,
        students=students,
        poor=kinds.poor(units, graded),
        by_group=kinds.groups(units, graded, poor=False),
        poor_by_group=kinds.groups(units, graded, poor=True),
        unplaced=float("nan") if count is None else _unplaced(placement, count),
        unknown_blocks=0 if count is None else int(np.isnan(count).any(axis=1).sum()),
    )


@dataclass(frozen=True, slots=True)
class _Kinds:
    """Counts of one level by kind: total, poor, group, poor of a group."""

    placement: Placement
    counts: Counts

    def is_graded(self, group: str | None = None, poor: bool = False) -> bool:
        """Tell whether a kind is counted for every grade of the level."""
        return all(
            self.counts.has(grades=(grade,), group=group, poor=poor)
            for grade in self.placement.grades
        )

    def all_graded(self) -> bool:
        """Tell whether every kind that is counted for the level is counted by grade too."""
        return all(
            self.is_graded(group, poor)
            for group in (None, *self.counts.groups)
            for poor in (False, True)
            if self.counts.has(level=self.placement.level, group=group, poor=poor)
        )

    def count(self, group: str | None, *, poor: bool, graded: bool) -> Floats | None:
        """Return the students of each block, (n, G) by grade or (n, 1), or None."""
        level = self.placement.level
        if graded:
            if not self.is_graded(group, poor):
                return None
            return np.stack(
                [
                    self.counts.count(grades=(grade,), group=group, poor=poor)
                    for grade in self.placement.grades
                ],
                axis=1,
            )
        if not self.counts.has(level=level, group=group, poor=poor):
            return None
        return self.counts.count(level=level, group=group, poor=poor)[:, None]

    def poor(self, units: _Units, graded: bool) -> Floats | None:
        """Return the poor students of each unit and slot, (s, h), or None."""
        count = self.count(None, poor=True, graded=graded)
        return None if count is None else units.tally(count)

    def groups(self, units: _Units, graded: bool, *, poor: bool) -> Floats | None:
        """Return the students of each unit, slot and group, (s, h, g), or None."""
        parts = [self.count(group, poor=poor, graded=graded) for group in self.counts.groups]
        known = [units.tally(part) for part in parts if part is not None]
        return np.stack(known, axis=2) if known and len(known) == len(parts) else None


@dataclass(frozen=True, slots=True)
class _Units:
    """Schools, or sets of schools that cannot be told apart: `of` each block and slot (-1 none).

    `blurred` (s,) marks schools that share students with another, nobody can say how many.
    """

    ids: tuple[str, ...]
    of: Ints
    blurred: Bools

    def tally(self, count: Floats) -> Floats:
        """Add up (n, h) students, (s, h)."""
        out = np.empty((len(self.ids), count.shape[1]))
        for h in range(count.shape[1]):
            placed = self.of[:, h] >= 0
            weights = count[placed, h]
            out[:, h] = np.bincount(self.of[placed, h], weights, minlength=len(self.ids))
        out[self.blurred] = np.nan
        return out


def _units(placement: Placement, graded: bool) -> _Units:
    """Return schools; or, where counts are not by grade, sets of schools that share a zone."""
    names = placement.school_ids
    if graded or not placement.is_divided:
        used = placement.schools()
        number = np.full(len(names) + 1, -1, dtype=np.int32)
        number[used] = np.arange(len(used))
        of = number[placement.school_of] if graded else number[placement.school_of[:, :1]]
        return _Units(tuple(names[s] for s in used), of, np.zeros(len(used), dtype=bool))
    paths, path_of = np.unique(placement.school_of, axis=0, return_inverse=True)
    sets = [frozenset(int(s) for s in path if s >= 0) for path in paths]
    seen = [s for one in set(sets) for s in one]
    doubled = {s for s in seen if seen.count(s) > 1}
    whole = sorted({one for one in sets if one and not one & doubled}, key=min)
    blurred = sorted({s for one in sets if one & doubled for s in one})
    number_of = {one: position for position, one in enumerate(whole)}
    unit = np.array([number_of.get(one, -1) for one in sets], dtype=np.int32)
    order = {
        one: dict.fromkeys(int(s) for s in path if s >= 0)
        for one, path in zip(sets, paths, strict=True)
    }
    ids = ["+".join(names[s] for s in order[one]) for one in whole]
    return _Units(
        (*ids, *(names[s] for s in blurred)),
        unit[path_of.reshape(-1)][:, None],
        np.arange(len(whole) + len(blurred)) >= len(whole),
    )


def _unplaced(placement: Placement, count: Floats) -> float:
    """Return the students in blocks and grades without a school."""
    missing = placement.school_of < 0
    if count.shape[1] == 1:
        share = missing.mean(axis=1)
        return float((count[:, 0] * share)[share > 0].sum())
    return float(count[missing].sum())
