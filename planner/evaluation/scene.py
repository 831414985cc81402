"""A plan ready to be measured: who goes where, how many, how far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geodata.dtypes import Floats, Ints, Singles
from geodata.errors import counted
from geodata.grades import GRADES
from geodata.reserved import POOR
from planner.evaluation.bodies import Body
from planner.evaluation.counted import Counted
from planner.evaluation.draws import Draws
from planner.evaluation.settings import Settings
from planner.metrics.base import Placement
from planner.metrics.enrolment import Enrolment, enrol

if TYPE_CHECKING:
    from geodata import District
    from planner.problem.events import Supply

__all__ = ["Scene", "Travellers", "note_unknown"]


@dataclass(frozen=True, slots=True, eq=False)
class Travellers:
    """Students of one level by block and run of grades, and their way to school.

    Parameters
    ----------
    students : (n, c) float64 [students]
    school, today : (n, c) int32
        School under this arrangement and today; -1 for none.
    metres, today_metres : (n, c) float64 [m]
    minutes, today_minutes : (n, c) float64 [min] or None
        NaN unknown.
    """

    students: Floats
    school: Ints
    today: Ints
    metres: Floats
    today_metres: Floats
    minutes: Floats | None
    today_minutes: Floats | None


@dataclass(frozen=True, eq=False)
class Scene:
    """One arrangement of a district (today's, or a plan's), with what measures need.

    Parameters
    ----------
    district : District
    counts : Counted
        The district's students.
    supply, today_supply : Supply
        Schools and the ways to them under this arrangement and today: the same schools, in the
        same order.
    placements : mapping of level to Placement
        Of the levels that are measured.
    today : mapping of level to Placement
        Today's, of every level where some of it is known.
    settings : Settings
    others : tuple of str
        Schools that serve the measured levels in the arrangement this one is set beside.
    emptied : mapping of level to tuple of str
        Schools that serve the level in the arrangement this one is set beside, are open and teach
        it in this one and serve none of its blocks.
    notes : set of str
        Filled while measuring: why numbers are unknown.
    """

    district: District
    counts: Counted
    supply: Supply
    today_supply: Supply
    placements: Mapping[str, Placement]
    today: Mapping[str, Placement]
    settings: Settings
    others: tuple[str, ...] = ()
    emptied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels that are measured, from the lowest grades up."""
        return tuple(sorted(self.placements, key=lambda level: _first_grade(self.district, level)))

    @property
    def divided(self) -> frozenset[str]:
        """Measured levels where schools divide the grades of a zone."""
        return frozenset(level for level, one in self.placements.items() if one.is_divided)

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups the district counts."""
        return self.counts.groups

    @cached_property
    def around(self) -> dict[str, Placement]:
        """Every level: as measured, or as today where it is not, from the lowest grades up.

        A school that closes teaches nobody any more, also where nobody drew its students a new one.
        """
        both = {k: self._still_open(v) for k, v in self.today.items()} | dict(self.placements)
        return {k: both[k] for k in sorted(both, key=lambda k: _first_grade(self.district, k))}

    def _still_open(self, today: Placement) -> Placement:
        was, is_open = (
            supply.schools["is_open"].to_numpy(dtype=bool)
            for supply in (self.today_supply, self.supply)
        )
        closed = np.flatnonzero(was & ~is_open)
        school_of = np.where(np.isin(today.school_of, closed), np.int32(-1), today.school_of)
        return replace(today, school_of=school_of)

    @cached_property
    def enrolments(self) -> dict[str, Enrolment]:
        """Who attends which school, by level."""
        return {level: enrol(placement, self.counts) for level, placement in self.around.items()}

    @cached_property
    def graded(self) -> dict[str, Enrolment]:
        """Return the same by grade; an entry's `by_grade` is False where counts are not."""
        return {
            level: one if one.by_grade else enrol(self.around[level], self.counts, by_grade=True)
            for level, one in self.enrolments.items()
        }

    @cached_property
    def bodies(self) -> dict[str, Body]:
        """Return the students of each measured level's schools."""
        return {level: Body.of(self.enrolments[level]) for level in self.levels}

    @cached_property
    def strata(self) -> dict[str, dict[str, Body]]:
        """Return the students of each measured level's grades; none where not by grade."""
        graded = {level: self.graded[level] for level in self.levels}
        return {
            level: {grade: Body.of(part) for grade, part in one.strata()} if one.by_grade else {}
            for level, one in graded.items()
        }

    @cached_property
    def all_strata(self) -> list[Body]:
        """Return the grades of all measured levels; none where one level is not by grade."""
        if not all(self.strata.values()):
            return []
        return [body for grades in self.strata.values() for body in grades.values()]

    @cached_property
    def draws(self) -> Draws:
        """Random assignments at the sizes of this arrangement's schools."""
        return Draws(self.settings)

    @cached_property
    def by_school(self) -> dict[str, Enrolment]:
        """Return the enrolment of each level that tells most schools apart."""
        return {
            level: graded if graded.by_grade and self.around[level].is_divided else one
            for (level, one), graded in zip(
                self.enrolments.items(), self.graded.values(), strict=True
            )
        }

    @cached_property
    def known_schools(self) -> tuple[str, ...]:
        """Return the schools that serve a measured level in either arrangement, sorted."""
        here = {p.school_ids[s] for p in self.placements.values() for s in p.schools()}
        return tuple(sorted({*here, *self.others}))

    def students(
        self, level: str, run: slice, group: str | None = None, *, poor: bool = False
    ) -> Floats | None:
        """Return the students of each block in a run of a level's grades, (n,), or None.

        Where counts are not by grade, a level's students are taken to be spread evenly over it.
        """
        counts, grades = self.counts, self.around[level].grades
        wanted = grades[run]
        if counts.has(grades=wanted, group=group, poor=poor):
            return counts.count(grades=wanted, group=group, poor=poor)
        if not counts.has(level=level, group=group, poor=poor):
            return None
        if len(wanted) < len(grades):
            self.notes.add(
                f"{level}: students are not counted by grade; in figures of travel and moves they "
                "are taken to be spread evenly over the grades."
            )
        share = len(wanted) / len(grades)
        return counts.count(level=level, group=group, poor=poor) * share

    def runs(self, level: str) -> list[slice]:
        """Return the runs of a level's grades in which no school changes, here or today."""
        placements = [self.around[level]]
        if level in self.today:
            placements.append(self.today[level])
        cuts = {run.start for placement in placements for run, _ in placement.runs()}
        edges = [*sorted(cuts), len(placements[0].grades)]
        return [slice(a, b) for a, b in pairwise(edges)]

    @cached_property
    def travellers(self) -> dict[str, Travellers]:
        """Who goes how far, by level."""
        return {level: self._travellers(level) for level in self.levels}

    def members(self, level: str, group: str | None, *, poor: bool = False) -> Floats | None:
        """Return the students of a group in the cells of `travellers`, (n, c), or None."""
        parts = [self.students(level, run, group, poor=poor) for run in self.runs(level)]
        known = [part for part in parts if part is not None]
        return np.stack(known, axis=1) if len(known) == len(parts) else None

    def _travellers(self, level: str) -> Travellers:
        starts = [run.start for run in self.runs(level)]
        school = self.placements[level].school_of[:, starts]
        today = np.full_like(school, -1)
        if level in self.today:
            today = self.today[level].school_of[:, starts]
        students = self.members(level, None)
        if students is None:
            students = np.full(school.shape, np.nan)
        ways = (self.supply, school), (self.today_supply, today)
        metres, today_metres = (_way(supply.metres, where) for supply, where in ways)
        minutes, today_minutes = (
            None if supply.minutes is None else _way(supply.minutes, where)
            for supply, where in ways
        )
        return Travellers(students, school, today, metres, today_metres, minutes, today_minutes)


def note_unknown(scene: Scene, level: str, name: str) -> None:
    """Note in how many blocks a group, or the poor, are counted but unknown at a level."""
    poor = name == POOR
    students = scene.members(level, None if poor else name, poor=poor)
    blocks = 0 if students is None else int(np.isnan(students).any(axis=1).sum())
    if blocks:
        who = "poor students" if poor else f"students of group {name}"
        scene.notes.add(
            f"{level}: the number of {who} is unknown in {counted(blocks, 'block')}; figures that "
            "need it are unknown."
        )


def _way(matrix: Singles, school: Ints) -> Floats:
    """Return the way from each block to its school, NaN where unknown or without a school."""
    rows = np.arange(len(school))[:, None]
    return np.where(school >= 0, matrix[rows, school].astype(np.float64), np.nan)


def _first_grade(district: District, level: str) -> int:
    return GRADES.index(district.levels[level].span.low)
