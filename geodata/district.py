"""The district: blocks, students, schools, today's plan, borders and ways between them.

Everything is measured in metres.  Rows are sorted by id; unknown numbers are NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.digest import Digest
from geodata.errors import DataError, Fault
from geodata.grades import GradeSpan
from geodata.reserved import group_fault, level_fault, school_fault
from geodata.students import StudentCounts
from geodata.travel import TravelMatrix

if TYPE_CHECKING:
    import geopandas as gpd

    from geodata.graph import ContiguityGraph

__all__ = ["BLOCK_COLUMNS", "CURRENT_COLUMNS", "SCHOOL_COLUMNS", "District", "Level", "Provenance"]

BLOCK_COLUMNS = ("x_m", "y_m", "area_m2", "perimeter_m")
SCHOOL_COLUMNS = (
    "name",
    "x_m",
    "y_m",
    "level",
    "grade_low",
    "grade_high",
    "capacity_seats",
    "is_open",
    "takes_zone",
    "block_id",
)
CURRENT_COLUMNS = ("block_id", "level", "grade_low", "grade_high", "school_id")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a part of the district comes from.

    Parameters
    ----------
    source, vintage, retrieved, licence : str
        Who published it, the year it describes, the date it was fetched, its licence; empty where
        the district file does not say.
    path : str
        File it was read from, as the district file writes it.
    sha256 : str
        Digest of the file's bytes.
    method : str
        How it was made where it was not counted.
    estimated : bool
        Whether it is an estimate.
    """

    source: str = ""
    vintage: str = ""
    retrieved: str = ""
    licence: str = ""
    path: str = ""
    sha256: str = ""
    method: str = ""
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A level of schooling and its grades."""

    name: str
    span: GradeSpan


@dataclass(frozen=True)
class District:
    """Everything known about a district, checked and immutable by convention.

    Parameters
    ----------
    name : str
    crs : str or None
        Metric coordinate system of all coordinates; None without geometry or points.
    levels : mapping of str to Level
    blocks : DataFrame
        Index ``block_id`` (sorted str); ``x_m``, ``y_m`` (a point inside the block) [m],
        ``area_m2`` [m²], ``perimeter_m`` [m], then the attributes the district file lists.
    geometry : GeoSeries or None
        Polygons as given, in ``crs``, index ``block_id``.
    students : StudentCounts
    schools : DataFrame
        Index ``school_id`` (sorted str); ``name``, ``x_m``, ``y_m`` [m], ``level``,
        ``grade_low``, ``grade_high``, ``capacity_seats`` [seats], ``is_open``, ``takes_zone``,
        ``block_id`` (block the point lies in, or empty), then attributes; and
        ``enrolled_students`` [students] where the district file gives it.
    current : DataFrame
        Today's plan: ``block_id``, ``level``, ``grade_low``, ``grade_high``, ``school_id``; rows
        only where known, sorted.
    graph : ContiguityGraph
    travel : TravelMatrix
    forecasts : mapping of year to StudentCounts
        Students expected in later years, of the same blocks.
    provenance : mapping of part to Provenance
    faults : tuple of Fault
        Warnings that remain; while files are read, all that was found in them so far.
    file_crs : str or None
        Coordinate system of the blocks file, in which map layers are handed out; None: ``crs``.

    Raises
    ------
    DataError
        Where the parts do not fit each other, or a school, group or level has a name that is taken
        and `faults` does not say so.
    """

    name: str
    crs: str | None
    levels: Mapping[str, Level]
    blocks: pd.DataFrame
    geometry: gpd.GeoSeries | None
    students: StudentCounts
    schools: pd.DataFrame
    current: pd.DataFrame
    graph: ContiguityGraph
    travel: TravelMatrix
    forecasts: Mapping[int, StudentCounts] = field(default_factory=dict)
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    file_crs: str | None = None

    def __post_init__(self) -> None:
        for frame, columns, what in (
            (self.blocks, BLOCK_COLUMNS, "blocks"),
            (self.schools, SCHOOL_COLUMNS, "schools"),
            (self.current, CURRENT_COLUMNS, "today's plan"),
        ):
            missing = [column for column in columns if column not in frame.columns]
            if missing:
                raise DataError(f"{what}: the columns {', '.join(missing)} are missing")
        for frame, what in ((self.blocks, "blocks"), (self.schools, "schools")):
            if not (frame.index.is_monotonic_increasing and frame.index.is_unique):
                raise DataError(f"{what}: ids must be unique and sorted")
        named = [("students", self.students)]
        named += [(f"forecast {year}", counts) for year, counts in self.forecasts.items()]
        for what, counts in named:
            if not counts.table.index.equals(self.blocks.index):
                raise DataError(f"{what}: the blocks must be those of the district, in their order")
        if self.geometry is not None and not self.geometry.index.equals(self.blocks.index):
            raise DataError("geometry: the blocks must be those of the district, in their order")
        if list(self.graph.ids) != list(self.blocks.index):
            raise DataError("graph: the blocks must be those of the district, in their order")
        if self.travel.metres.shape != (len(self.blocks), len(self.schools)):
            raise DataError(
                f"travel: a matrix of {self.travel.metres.shape} does not fit "
                f"{len(self.blocks)} blocks and {len(self.schools)} schools"
            )
        self._refuse_reserved()

    def _refuse_reserved(self) -> None:
        spans = {name: str(level.span) for name, level in self.levels.items()}
        found = (
            school_fault(self.schools.index, "schools"),
            group_fault(self.students.groups, "students"),
            level_fault(spans, "levels"),
        )
        told = {fault.code for fault in self.faults}
        wrong = [fault for fault in found if fault is not None and fault.code not in told]
        if wrong:
            raise DataError(wrong)

    @property
    def n_blocks(self) -> int:
        """Number of blocks."""
        return len(self.blocks)

    @property
    def n_schools(self) -> int:
        """Number of schools, closed ones included."""
        return len(self.schools)

    def drawing(self) -> tuple[gpd.GeoSeries, str]:
        """Return a cleaned copy of the polygons for drawing, and what was cleaned.

        Raises
        ------
        DataError
            Where the district has no geometry.
        """
        if self.geometry is None:
            raise DataError(f"{self.name}: there is no geometry, so no map can be drawn")
        from geodata.geometry import drawing_copy

        copy, report = drawing_copy(self.geometry)
        return copy, report

    def in_year(self, year: int) -> District:
        """Return the district with the students expected in a year of its forecast.

        Raises
        ------
        DataError
            Where there is no forecast of that year.
        """
        if year not in self.forecasts:
            known = ", ".join(map(str, sorted(self.forecasts))) or "no years"
            raise DataError(f"{self.name}: there is no forecast of {year}; there is one of {known}")
        return replace(self, students=self.forecasts[year], forecasts={})

    def digest(self) -> str:
        """Return a SHA-256 of the content: the same for the same data, wherever it is stored.

        Coordinates count to the millimetre and travel to the centimetre, so that other versions
        of a library give the same digest.  Provenance and warnings do not count.
        """
        digest = Digest()
        digest.text(
            self.name, str(self.crs), *(f"{k}={v.span}" for k, v in sorted(self.levels.items()))
        )
        digest.frame(self.blocks)
        self.students.feed(digest)
        digest.frame(self.schools)
        digest.frame(self.current)
        graph = self.graph
        digest.numbers(graph.edge_i, graph.edge_j)
        digest.numbers(graph.shared_m, decimals=3)
        digest.text(*(part for bridge in graph.bridges for part in map(str, bridge)))
        digest.numbers(self.travel.metres, decimals=2)
        if self.travel.minutes is not None:
            digest.numbers(self.travel.minutes, decimals=3)
        digest.text(self.travel.method)
        if self.geometry is not None:
            digest.geometry(self.geometry.array)
        for year, counts in sorted(self.forecasts.items()):
            digest.text("forecast", str(year))
            counts.feed(digest)
        return digest.hexdigest()

    def zoned_schools(self, level: str) -> pd.DataFrame:
        """Return the open schools that take a zone of a level.

        They are those of the level, and those of another level that today's plan has in it: a
        school from K to 8 serves two levels.
        """
        schools = self.schools
        rows = self.current[self.current["level"] == level]
        serves = (schools["level"] == level) | schools.index.isin(rows["school_id"])
        return schools[serves & schools["is_open"] & schools["takes_zone"]]

    @property
    def map_crs(self) -> str | None:
        """Coordinate system of map layers for other programs: the blocks file's, where known."""
        return self.file_crs or self.crs

    def describe(self) -> dict[str, Any]:
        """Return the main facts as plain values, for people and for JSON."""
        pieces = len(self.graph.pieces)
        area = float(self.blocks["area_m2"].to_numpy(dtype=np.float64).sum())
        return {
            "name": self.name,
            "crs": self.crs,
            "blocks": self.n_blocks,
            "area_km2": None if np.isnan(area) else round(area / 1e6, 3),
            "schools": self.n_schools,
            "levels": {name: self._level_facts(name) for name in self.levels},
            "students": self.students.describe(),
            "forecasts": sorted(self.forecasts),
            "groups": list(self.students.groups),
            "estimated": self.students.estimated,
            "proxy": self.students.proxy,
            "borders": len(self.graph.edge_i),
            "bridges": len(self.graph.bridges),
            "pieces": pieces,
            "travel": self.travel.label or self.travel.method,
            "has_geometry": self.geometry is not None,
            "digest": self.digest(),
        }

    def _level_facts(self, name: str) -> dict[str, Any]:
        known = self.students.has(level=name)
        count = self.students.count(level=name) if known else np.full(self.n_blocks, np.nan)
        unknown = int(np.isnan(count).sum())
        plan = self.current[self.current["level"] == name]
        return {
            "grades": str(self.levels[name].span),
            "students": None if unknown else round(float(count.sum()), 2),
            "students_known": round(float(np.nansum(count)), 2),
            "blocks_with_unknown_students": unknown,
            "schools_open_with_zone": len(self.zoned_schools(name)),
            "blocks_with_zone_today": int(plan["block_id"].nunique()),
            "schools_in_plan_today": int(plan["school_id"].nunique()),
        }
