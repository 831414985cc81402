"""Understand one section of a plan: a table of blocks, or zone polygons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.config import PlanConfig
from geodata.config_basics import ColumnConfig
from geodata.district import CURRENT_COLUMNS
from geodata.errors import Fault, counted, fatal
from geodata.grades import GradeSpan, grade_index
from geodata.ids import unmatched_fault
from geodata.sources.blocks import BlocksRead
from geodata.sources.cells import Cells
from geodata.sources.plan_rows import read_grades
from geodata.sources.points import read_shapes
from geodata.sources.school_keys import SchoolKeys
from geodata.sources.schools import SchoolsRead
from geodata.sources.zones import Zones, zone_rows

__all__ = ["PlanReader"]


@dataclass(frozen=True)
class PlanReader:
    """Reads sections of a plan for one set of blocks and schools.

    Parameters
    ----------
    levels : dict of level to GradeSpan
    block : ColumnConfig
        Column of block ids, where a section names none.
    blocks : BlocksRead
    schools : SchoolsRead
    """

    levels: dict[str, GradeSpan]
    block: ColumnConfig
    blocks: BlocksRead
    schools: SchoolsRead

    @cached_property
    def keys(self) -> SchoolKeys:
        """Schools by id and by name."""
        return SchoolKeys(self.schools.frame, self.schools.label)

    def table(self, section: PlanConfig, cells: Cells) -> pd.DataFrame | None:
        """Read blocks and their schools."""
        ids = cells.texts(section.block or self.block, "block")
        values = cells.texts(section.school, "school")
        if ids is None or values is None:
            return None
        if section.file is None:
            ids = ids.where(~ids.duplicated())
        else:
            cells.add(self._unmatched(ids, cells.label))
        stated = self._stated_levels(section, cells)
        school_ids = self.keys.match(values, stated, cells.label, cells.faults)
        low, high = self._grades(section, cells)
        rows = pd.DataFrame(
            {
                "block_id": ids.to_numpy(dtype=object),
                "level": self._levels(stated, school_ids, low, high),
                "grade_low": low,
                "grade_high": high,
                "school_id": school_ids.to_numpy(dtype=object),
            }
        )
        return rows[ids.isin(self.blocks.frame.index).to_numpy(dtype=bool)]

    def zones(self, section: PlanConfig, cells: Cells) -> pd.DataFrame | None:
        """Lay zone polygons over the blocks, level by level."""
        values = cells.texts(section.school, "school")
        shapes = read_shapes(section.crs, cells)
        outlines, crs = self.blocks.geometry, self.blocks.crs
        if outlines is None or crs is None or cells.raw.geometry is None:
            whose = "the blocks have" if cells.raw.geometry is not None else "the file has"
            if not self.blocks.is_misplaced or cells.raw.geometry is None:
                cells.add(_no_outlines(cells, whose))
            return None
        if values is None or shapes is None:
            return None
        shapes = shapes.to_crs(crs)
        if _lie_apart(shapes, outlines):
            cells.add(_zones_elsewhere(cells))
            return None
        stated = self._stated_levels(section, cells)
        school_ids = self.keys.match(values, stated, cells.label, cells.faults)
        low, high = self._grades(section, cells)
        parts = pd.DataFrame(
            {"level": self._levels(stated, school_ids, low, high), "low": low, "high": high},
            index=shapes.index,
        )
        spans = _school_spans(self.schools.frame)
        found = []
        for (level, first, last), here in parts.groupby(["level", "low", "high"], sort=True):
            names = school_ids.loc[here.index].tolist()
            zones = Zones(shapes.loc[here.index], names, cells.label)
            rows = zone_rows(zones, outlines, spans, section.match, cells.faults)
            rows["grade_low"] = rows["grade_low"].where(rows["grade_low"] != "", first)
            rows["grade_high"] = rows["grade_high"].where(rows["grade_high"] != "", last)
            found.append(rows.assign(level=str(level)))
        if not found:  # no rows: told where the file was read
            return None
        return pd.concat(found)[list(CURRENT_COLUMNS)]

    def _levels(
        self, stated: list[str], school_ids: pd.Series, low: list[str], high: list[str]
    ) -> list[str]:
        """Return the level of each row: as stated, else the school's own.

        Upper grades of a school that teaches on beyond its level are of the level they lie in.
        """
        found = []
        for level, key, first, last in zip(stated, school_ids, low, high, strict=True):
            own = level or (self.keys.level_of(key) if key else "")
            if not level and own in self.levels and first and last:
                own = self._level_with(own, first, last)
            found.append(own)
        return found

    def _level_with(self, own: str, low: str, high: str) -> str:
        """Return a level that has one of the grades, the school's own first."""
        if grade_index(low) > grade_index(high):  # told where the rows are put in order
            return own
        span = GradeSpan(low, high)
        return next((x for x in (own, *self.levels) if self.levels[x].overlaps(span)), own)

    def _stated_levels(self, section: PlanConfig, cells: Cells) -> list[str]:
        """Return the level of each row; empty where the school's own is meant."""
        found = cells.texts(section.level, "level")
        if found is None:
            only = next(iter(self.levels)) if len(self.levels) == 1 else ""
            return [section.for_level or only] * len(cells.raw.frame)
        wrong = found[~found.isin(list(self.levels))]
        if len(wrong):
            cells.add(
                fatal(
                    "level_unknown",
                    cells.label,
                    f"{counted(len(wrong), 'row')} of the plan for a level that [levels] lacks",
                    rows=dict.fromkeys(str(value) for value in wrong),
                    why="they would be left out",
                    do=f"map them with values to one of {', '.join(self.levels)}",
                )
            )
        return [text or "" for text in found]

    def _grades(self, section: PlanConfig, cells: Cells) -> tuple[list[str], list[str]]:
        span = None if section.for_grades is None else GradeSpan.parse(section.for_grades)
        ends = []
        for column, stated in (
            (section.grade_low, span.low if span else ""),
            (section.grade_high, span.high if span else ""),
        ):
            found = cells.texts(column, "grades")
            texts = [stated] * len(cells.raw.frame) if found is None else list(found)
            ends.append(read_grades(texts, cells.label, cells.faults))
        return ends[0], ends[1]

    def _unmatched(self, ids: pd.Series, file: str) -> Fault | None:
        return unmatched_fault(
            ids.dropna().unique(),
            self.blocks.frame.index,
            file=file,
            other=self.blocks.label,
            what="blocks",
            why="these rows of the plan are about no block and are left out",
        )


def _no_outlines(cells: Cells, whose: str) -> Fault:
    return fatal(
        "geometry_missing",
        cells.label,
        f"[{cells.what}] wants zone polygons, but {whose} no outlines",
        why="zones cannot be laid over blocks",
        do="give the plan as a table of blocks and schools",
    )


def _lie_apart(zones: gpd.GeoSeries, blocks: gpd.GeoSeries) -> bool:
    """Tell whether no zone can touch a block: their surroundings do not."""
    bounds = [shapes.total_bounds for shapes in (zones, blocks)]
    if not np.isfinite(bounds).all():  # no outline at all: told where they are laid over blocks
        return False
    around = [shapely.box(*each) for each in bounds]
    return not shapely.intersects(*around)


def _zones_elsewhere(cells: Cells) -> Fault:
    return fatal(
        "crs_wrong",
        cells.label,
        "none of its zones lies where the blocks are",
        why="today's school would be unknown for every block",
        do=f"check crs in [{cells.what}], and that x and y are not exchanged",
    )


def _school_spans(schools: pd.DataFrame) -> dict[str, GradeSpan]:
    """Return the grades of each school that has any."""
    known = schools[(schools["grade_low"] != "") & (schools["grade_high"] != "")]
    pairs = zip(known.index, known["grade_low"], known["grade_high"], strict=True)
    return {str(key): GradeSpan(low, high) for key, low, high in pairs}
