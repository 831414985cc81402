"""Buildings: what each could hold, whichever grades it serves today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.dtypes import Bools, Floats, Ints
from geodata.errors import DataError
from geodata.grades import GradeSpan, grade_index
from planner.errors import StructureError

if TYPE_CHECKING:
    from geodata import District

__all__ = ["Building", "Buildings", "refuse_shut"]

ALLOWED_COLUMNS = ("allowed_grades", "grades_allowed")


@dataclass(frozen=True, slots=True)
class Building:
    """One open school building.

    Parameters
    ----------
    school_id, name : str
    today : GradeSpan or None
        Grades it serves today.
    allowed : GradeSpan
        Grades it is fit for (furniture, playground, laboratories, law).
    seats : float [seats]
        NaN unknown.
    rooms : float [rooms]
        Class rooms; NaN unknown.
    beside : tuple of str
        Grades it teaches that are not divided: those of another level (K-8).
    """

    school_id: str
    name: str
    today: GradeSpan | None
    allowed: GradeSpan
    seats: float = float("nan")
    rooms: float = float("nan")
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Buildings:
    """The buildings of a structure, sorted by id.

    Parameters
    ----------
    all : tuple of Building
        m buildings.
    columns : (m,) int
        Their columns in the district's travel matrix.
    x_m, y_m : (m,) float64 [m]
    """

    all: tuple[Building, ...]
    columns: NDArray[np.intp]
    x_m: Floats
    y_m: Floats

    @classmethod
    def from_district(
        cls,
        district: District,
        *,
        schools: Sequence[str] | None = None,
        allowed: Mapping[str, str] | None = None,
        seats: Mapping[str, float] | None = None,
    ) -> Buildings:
        """Read the open, zoned buildings of a district.

        Parameters
        ----------
        district : District
        schools : sequence of str, optional
            Only these; None: every open school that takes a zone.
        allowed : mapping of school to span, optional
            Grades a building is fit for, such as ``"K-6"``.  Where neither this nor a column
            ``allowed_grades`` of the schools says so, a building is fit for the span of its level
            and for what it teaches today.
        seats : mapping of school to seats, optional
            Instead of the district's capacity.
        """
        allowed, seats = dict(allowed or {}), dict(seats or {})
        table = district.schools
        _refuse_strangers(table, {*(schools or ()), *allowed, *seats})
        keep = table["is_open"].to_numpy(dtype=bool) & table["takes_zone"].to_numpy(dtype=bool)
        if schools is not None:
            keep = table.index.isin(list(schools))
        found, faults = [], []
        for school, row in zip(table.index[keep], _records(table[keep]), strict=True):
            try:
                found.append(_building(str(school), row, district, allowed, seats))
            except DataError as error:
                faults.append(f"{school}: {error}")
        if faults:
            raise StructureError(
                "grade spans that cannot be read: " + "; ".join(faults),
                "a building must say which grades it is fit for",
                "write spans as K-5 or 6",
            )
        if below := [f"{b.school_id} ({b.seats:g})" for b in found if b.seats < 0]:
            raise StructureError(
                f"seats below zero: {', '.join(below)}",
                "a building cannot hold fewer than nobody",
                "correct the seats; leave them out where they are unknown",
            )
        at = np.flatnonzero(keep)
        x, y = (table[c].to_numpy(dtype=np.float64)[at] for c in ("x_m", "y_m"))
        return cls(tuple(found), at, x, y)

    @property
    def ids(self) -> NDArray[np.str_]:
        """Ids, (m,) sorted."""
        return np.array([b.school_id for b in self.all], dtype=np.str_)

    @property
    def seats(self) -> Floats:
        """Seats, (m,) [seats]; NaN unknown, and 0 a building that holds nobody."""
        return np.array([b.seats for b in self.all])

    def may_serve(self, grades: Sequence[str]) -> Bools:
        """Tell which grades each building is fit for, (m, G) bool."""
        return np.array([[b.allowed.contains(g) for g in grades] for b in self.all], dtype=bool)

    def teaching(self, grades: Sequence[str], serves: Bools) -> Buildings:
        """Return the buildings with more grades that they teach beside those divided, (m, G)."""
        taught = [tuple(g for g, is_own in zip(grades, own, strict=True) if is_own)
                  for own in serves]  # fmt: skip
        more = zip(self.all, taught, strict=True)
        return replace(self, all=tuple(replace(b, beside=(*b.beside, *also)) for b, also in more))

    def runs(self, school: int, grades: Sequence[str], served: Bools) -> Ints:
        """Count the runs of grades one building teaches, with those beside; 1 is one span.

        Parameters
        ----------
        school : int
        grades : sequence of str
        served : (..., G) bool
            Which of them it serves.
        """
        beside = self.all[school].beside
        every = sorted({*grades, *beside}, key=grade_index)
        always = np.ones(served.shape[:-1], dtype=bool)
        columns = [always if g in beside else served[..., grades.index(g)] for g in every]
        before = [np.zeros_like(always), *columns[:-1]]
        begins = [now & ~low for now, low in zip(columns, before, strict=True)]
        return np.asarray(np.sum(begins, axis=0), dtype=np.int32)

    def gaps_m(self, detour: float) -> Floats:
        """Distance between buildings, straight line times a detour factor, (m, m) [m]."""
        dx, dy = np.subtract.outer(self.x_m, self.x_m), np.subtract.outer(self.y_m, self.y_m)
        return detour * np.hypot(dx, dy)

    def less(self, taken: Floats, ceiling_share: float = 1.0) -> Buildings:
        """Return the buildings with the seats that other students leave free.

        Parameters
        ----------
        taken : (m,) float64 [students]
            Students who are not moved around here; NaN where they are unknown.
        ceiling_share : float [share]
            To which buildings may be filled, all their students together: the seats left are such
            that this share of them is what the others leave, ``seats - taken / ceiling_share``.
        """
        left = [
            replace(b, seats=float(np.maximum(b.seats - other / ceiling_share, 0.0)))
            for b, other in zip(self.all, taken, strict=True)
        ]
        return replace(self, all=tuple(left))

    def unlimited_note(self, used: NDArray[np.int32]) -> str:
        """Say how many of the used buildings have unknown seats, which limit nothing."""
        unknown = int(np.isnan(self.seats[np.unique(used)]).sum())
        return f"; seats of {unknown} buildings are unknown and limit nothing" if unknown else ""

    def subset(self, schools: Iterable[str]) -> Buildings:
        """Return some of the buildings."""
        wanted = set(schools)
        keep = [i for i, b in enumerate(self.all) if b.school_id in wanted]
        return Buildings(
            tuple(self.all[i] for i in keep), self.columns[keep], self.x_m[keep], self.y_m[keep]
        )


def refuse_shut(district: District, levels: Iterable[str]) -> None:
    """Refuse a plan of today with blocks at schools that are closed or take no zone.

    Raises
    ------
    StructureError
        Naming the schools.
    """
    rows = district.current[district.current["level"].isin(set(levels))]
    table = district.schools[district.schools.index.isin(rows["school_id"])]
    shut = [
        f"{school} ({'takes no zone' if is_open else 'closed'})"
        for school, is_open, takes_zone in zip(
            table.index, table["is_open"], table["takes_zone"], strict=True
        )
        if not (is_open and takes_zone)
    ]
    if shut:
        raise StructureError(
            f"today's plan has blocks at {', '.join(shut)}",
            "grades can only be divided among open schools that take a zone",
            "give these blocks another school in [plan], or correct open and takes_zone",
        )


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _building(
    school: str,
    row: Mapping[str, object],
    district: District,
    allowed: Mapping[str, str],
    seats: Mapping[str, float],
) -> Building:
    today = None
    level = district.levels.get(str(row["level"]))
    if row["grade_low"] and row["grade_high"]:
        today = GradeSpan.parse(f"{row['grade_low']}-{row['grade_high']}")
    elif level is not None:
        today = level.span
    text = allowed.get(school) or next((str(row[c]) for c in ALLOWED_COLUMNS if row.get(c)), "")
    if text:
        fit = GradeSpan.parse(text)
    elif spans := [span for span in (level.span if level else None, today) if span is not None]:
        fit = GradeSpan(
            min((span.low for span in spans), key=grade_index),
            max((span.high for span in spans), key=grade_index),
        )
    else:
        raise DataError("neither a level nor grades nor allowed grades are known")
    rooms = row.get("rooms", float("nan"))
    return Building(
        school_id=school,
        name=str(row["name"]),
        today=today,
        allowed=fit,
        seats=float(seats.get(school, row["capacity_seats"])),  # type: ignore[arg-type]
        rooms=float(rooms) if rooms is not None else float("nan"),  # type: ignore[arg-type]
    )


def _refuse_strangers(table: pd.DataFrame, named: set[str]) -> None:
    strangers = sorted(named - set(table.index))
    if strangers:
        raise StructureError(
            f"unknown schools: {', '.join(strangers)}",
            "a building must be one of the district's schools",
            f"use ids of the schools file, such as {', '.join(map(str, table.index[:5]))}",
        )
