"""Faults that show only when the files are laid side by side: schools, plan, borders, travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
from numpy.typing import NDArray

from geodata.district import District
from geodata.errors import Fault, counted, warning
from geodata.plan_check import plan_faults
from geodata.reserved import POOR
from geodata.students import StudentCounts
from geodata.take_up import enrolled_faults

__all__ = ["district_faults"]

_BLOCKS_HAVE = ("block has", "blocks have")
_FAR = 1.5  # times today's students, or today's by this many
_FILL_IN = "fill the counts in; state default = 0 for a column where empty means none"


def district_faults(
    district: District, files: Mapping[str, str], *, is_placed: bool = True
) -> list[Fault]:
    """Return what is wrong between the parts of a district.

    Fatal is only a school in the plan of a level it does not teach.

    Parameters
    ----------
    district : District
    files : mapping of part to file name
        ``blocks``, ``students``, ``forecast``, ``schools``, ``plan LEVEL`` of each level,
        ``travel``, for the messages.
    is_placed : bool
        Whether blocks and schools lie on each other.  Where a coordinate system is wrong, which
        is a fault of its own, nothing follows from where a school stands.
    """
    faults = list(_school_faults(district, files["schools"]))
    if is_placed:
        faults += _point_faults(district, files["schools"])
    faults += _site_faults(district, files["schools"])
    faults += _count_faults(district, files["students"])
    faults += _forecast_faults(district, files["forecast"])
    faults += enrolled_faults(district, files["schools"])
    faults += plan_faults(district, files)
    if is_placed or district.travel.detour_factor is None:
        faults += _travel_faults(district, files["travel"])
    return faults


def _school_faults(district: District, file: str) -> Iterator[Fault]:
    schools = district.schools
    zoned = schools[schools["is_open"] & schools["takes_zone"]]
    unknown = zoned[zoned["capacity_seats"].isna()]
    if len(unknown):
        yield warning(
            "capacity_missing",
            file,
            f"{len(unknown):,} of {len(zoned):,} open schools with a zone have no capacity",
            rows=unknown.index,
            why="no rule can hold seats that are not known; sizes can still be held to today's",
            do="map capacity in [schools], or limit sizes relative to today's",
        )
    for level in district.levels:
        if district.zoned_schools(level).empty:
            yield warning(
                "level_without_schools",
                file,
                f"the level {level!r} has no open school that takes a zone",
                why="nothing can be planned for it: `planner solve` refuses this level",
                do="map its schools in [schools], or take the level out of [levels]",
            )


def _point_faults(district: District, file: str) -> Iterator[Fault]:
    schools = district.schools
    zoned = schools[schools["is_open"] & schools["takes_zone"]]
    lost = zoned[(zoned["x_m"].isna() | zoned["y_m"].isna()) & (zoned["block_id"] == "")]
    if len(lost):
        yield warning(
            "school_without_point",
            file,
            f"without a point and a block: {counted(len(lost), 'open school', 'open schools')} "
            "with a zone",
            rows=lost.index,
            why="ways to them are unknown and their zones cannot grow from where they stand",
            do="map lon and lat (or x and y), or block, in [schools]",
        )
    for level in district.levels:
        zoned = district.zoned_schools(level)
        outside = zoned[zoned["x_m"].notna() & (zoned["block_id"] == "")]
        if district.geometry is not None and len(outside):
            yield warning(
                "school_outside_blocks",
                file,
                f"{counted(len(outside), f'{level} school stands', f'{level} schools stand')} "
                "outside every block",
                rows=outside.index,
                why="their zones grow from the nearest block of today's zone instead",
                do="check their coordinates; nothing where they truly stand outside",
            )


def _site_faults(district: District, file: str) -> Iterator[Fault]:
    for level in district.levels:
        zoned = district.zoned_schools(level)
        placed = zoned[zoned["block_id"] != ""]
        together = placed[placed["block_id"].duplicated(keep=False)]
        for block, here in together.groupby("block_id", sort=True):
            yield warning(
                "schools_share_block",
                file,
                f"{len(here):,} {level} schools stand in block {block}",
                rows=here.index,
                why="a block belongs to one zone, so all but one stand outside their own zone",
                do="cut the block in two, or check the coordinates; nothing where the schools "
                "divide the grades of one zone",
            )


def _count_faults(district: District, file: str) -> Iterator[Fault]:
    for level in district.levels:
        if not district.students.has(level=level):
            yield warning(
                "students_unknown",
                file,
                f"there are no counts of the students of level {level!r}",
                why="its zones cannot be sized: `planner solve` refuses this level",
                do="map them in [[students]]; a total for several levels needs for_levels",
            )
            continue
        yield from _unknown_counts(district, level, file)


def _unknown_counts(district: District, level: str, file: str) -> Iterator[Fault]:
    """Tell the counts of a level that are unknown in some block with a row; others are told."""
    faults = district.faults
    told = [row for fault in faults if fault.code == "students_missing" for row in fault.rows]
    ids = district.blocks.index
    total = district.students.count(level=level)
    blank = ids[np.isnan(total)].difference(told, sort=False)
    if len(blank):
        yield warning(
            "students_unknown",
            file,
            f"{counted(len(blank), *_BLOCKS_HAVE)} an unknown number of students of level "
            f"{level!r}",
            rows=blank,
            why="unknown is not zero: `planner solve` refuses this level, and the sizes of the "
            "zones with these blocks are not known",
            do=_FILL_IN,
        )
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, values in _parts(district.students, level):
        lacking = ids[np.isnan(values) & (total > 0)].difference(told, sort=False)
        if len(lacking):
            alike.setdefault(tuple(lacking), []).append(name)
    for blocks, names in alike.items():
        yield warning(
            "part_unknown",
            file,
            f"{counted(len(blocks), *_BLOCKS_HAVE)} an unknown number of {', '.join(names)} "
            f"students of level {level!r}",
            rows=blocks,
            why="unknown is not zero: no rule or aim can use these counts for this level, and the "
            "shares of the zones with these blocks are not known",
            do=_FILL_IN,
        )


def _forecast_faults(district: District, file: str) -> Iterator[Fault]:
    """Tell forecasts that are unknown in some block, or far from today's students."""
    for year, level in product(sorted(district.forecasts), district.levels):
        expected = district.forecasts[year]
        if not expected.has(level=level):
            continue
        count = expected.count(level=level)
        blank = district.blocks.index[np.isnan(count)]
        if len(blank):
            yield warning(
                "forecast_unknown",
                file,
                f"{counted(len(blank), *_BLOCKS_HAVE)} an unknown number of students of level "
                f"{level!r} in {year}",
                rows=blank,
                why="unknown is not zero: no rule or aim can use this year for this level, and the "
                "schools with these blocks have no forecast",
                do=_FILL_IN,
            )
        elif district.students.has(level=level):
            today = float(np.nansum(district.students.count(level=level)))
            ratio = float(count.sum()) / today if today else 1.0
            if not 1 / _FAR <= ratio <= _FAR:
                yield warning(
                    "forecast_far",
                    file,
                    f"the forecast of {year} has {count.sum():,.0f} students of level {level!r}, "
                    f"{100 * ratio:.0f} % of today's {today:,.0f}",
                    why="a forecast so far from today is mostly a wrong column or missing rows",
                    do="compare both files' columns, rows and levels; nothing where it is meant",
                )


def _parts(counts: StudentCounts, level: str) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield the counts of the poor and of each group that a level has, with their names."""
    parts = [(POOR, None, True), *((group, group, False) for group in counts.groups)]
    for name, group, poor in parts:
        if counts.has(level=level, group=group, poor=poor):
            yield name, counts.count(level=level, group=group, poor=poor)


def _travel_faults(district: District, file: str) -> Iterator[Fault]:
    reachable = district.travel.reachable
    for level in district.levels:
        zoned = district.schools.index.get_indexer(district.zoned_schools(level).index)
        if not len(zoned) or not district.students.has(level=level):
            continue
        lived_in = np.nan_to_num(district.students.count(level=level)) > 0
        cut_off = district.blocks.index[lived_in & ~reachable[:, zoned].any(axis=1)]
        if len(cut_off):
            yield warning(
                "travel_unreachable",
                file,
                f"no way is known from {counted(len(cut_off), 'block', 'blocks')} with students to "
                f"any open {level} school",
                rows=cut_off,
                why="unknown is not near: no limit on travel can be held for them",
                do="complete the matrix, or check the coordinates",
            )
