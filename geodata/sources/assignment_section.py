"""Find out how a plan drawn elsewhere is to be read: its columns, its level, or polygons."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from geodata.config import PlanConfig
from geodata.config_basics import ColumnConfig
from geodata.district import District
from geodata.errors import Fault, fatal
from geodata.grades import GradeSpan
from geodata.sources.cells import as_texts
from geodata.sources.columns import column_missing
from geodata.sources.files import RawTable
from geodata.sources.school_keys import SchoolKeys
from geodata.sources.schools import SchoolsRead

__all__ = ["section_of", "with_level"]

LEAST_SHARE = 0.5
"""A column is taken for ids where at least so many of its values are known [share]."""


def section_of(
    raw: RawTable,
    district: District,
    schools: SchoolsRead,
    *,
    level: str | None,
    id_column: str | None,
    school_column: str | None,
    faults: list[Fault],
) -> PlanConfig | None:
    """Say how the file is to be read: which columns, or polygons."""
    for name in (id_column, school_column):
        if name is not None and name not in raw.frame.columns:
            faults.append(
                column_missing(
                    raw.frame, name, raw.label, "plan",
                    header=raw.header, do="say --header-row {row}",
                )
            )  # fmt: skip
    if any(fault.is_fatal for fault in faults):
        return None
    known = set(district.blocks.index)
    keys = SchoolKeys(schools.frame, schools.label)
    ids = _pick(raw, id_column, "block_id", known.__contains__)
    named = _agreed(raw, _pick(raw, school_column, "school_id", keys.knows, but=ids), keys)
    if not named:  # ids that lost their zeros are told as such
        width = max(map(len, schools.frame.index), default=0)
        named = _pick(raw, None, "", lambda text: keys.knows(text.zfill(width)), but=ids)
    if not ids:
        width = max(map(len, known), default=0)
        ids = _pick(raw, None, "", lambda text: text.zfill(width) in known, but=named)
    outlines = raw.geometry is not None and _polygons(raw)
    if len(named) != 1:
        faults.append(_undecided("schools", "--school-column", named, raw))
    if len(ids) > 1 or (not ids and not outlines):
        faults.append(_undecided("blocks", "--id-column", ids, raw))
    if any(fault.is_fatal for fault in faults):
        return None
    own_level = "level" in raw.frame and bool(
        as_texts(raw.frame["level"]).isin(list(district.levels)).all()
    )
    return PlanConfig(
        file=str(raw.path),
        kind="table" if ids else "zones",
        block=ColumnConfig(column=ids[0]) if ids else None,
        school=ColumnConfig(column=named[0]),
        for_level=level,
        level=ColumnConfig(column="level") if own_level else None,
        grade_low=ColumnConfig(column="grade_low") if "grade_low" in raw.frame else None,
        grade_high=ColumnConfig(column="grade_high") if "grade_high" in raw.frame else None,
    )


def with_level(
    section: PlanConfig,
    raw: RawTable,
    district: District,
    schools: SchoolsRead,
    faults: list[Fault],
) -> PlanConfig:
    """Say the level of a plan that does not, where its schools' own levels would divide it.

    A building of two levels (K-8) is among the schools of either: they are all of the one level
    that every school named teaches.  Where there is none, each row is of its school's level.
    """
    if section.for_level or section.level or section.grade_low:
        return section
    keys = SchoolKeys(schools.frame, schools.label)
    values = as_texts(raw.frame[section.school.column])
    named = keys.match(values, [""] * len(values), raw.label, []).dropna().unique()
    taught = [_levels_of(schools, str(school), district) for school in named]
    common = [level for level in district.levels if all(level in own for own in taught)]
    if len({keys.level_of(str(school)) for school in named}) < 2 or not common:
        return section
    if len(common) > 1:
        faults.append(
            fatal(
                "level_undecided",
                raw.label,
                f"does not say its level, and all schools it names teach {' and '.join(common)}",
                why="it is not known which students its zones are for",
                do=f"say --level: one of {', '.join(common)}; or give the file a column level",
            )
        )
    return section.model_copy(update={"for_level": common[0]})


def _levels_of(schools: SchoolsRead, school: str, district: District) -> set[str]:
    """Return the levels a school teaches: its own, and those of which it has a grade."""
    row = schools.frame.loc[school]
    own = {str(row["level"])}
    if not (row["grade_low"] and row["grade_high"]):
        return own
    span = GradeSpan(str(row["grade_low"]), str(row["grade_high"]))
    return own | {name for name, level in district.levels.items() if level.span.overlaps(span)}


def _pick(
    raw: RawTable,
    given: str | None,
    usual: str,
    knows: Callable[[str], bool],
    but: list[str] | None = None,
) -> list[str]:
    """Return the columns that may be meant: the given, the usual, or those best known."""
    if given is not None:
        return [given]
    if usual in raw.frame.columns:
        return [usual]
    shares = {}
    for name in raw.frame.columns.difference(but or [], sort=False):
        values = as_texts(raw.frame[name]).dropna().unique()
        shares[str(name)] = float(np.mean([knows(value) for value in values] or [False]))
    best = max(shares.values(), default=0.0)
    return [name for name, share in shares.items() if share == best and best >= LEAST_SHARE]


def _agreed(raw: RawTable, named: list[str], keys: SchoolKeys) -> list[str]:
    """Return one column where several, of ids and of names, mean the same schools."""
    texts = {name: as_texts(raw.frame[name]) for name in named}
    if not all(keys.agree(texts[named[0]], texts[name]) for name in named[1:]):
        return named
    return sorted(named, key=lambda name: -texts[name].map(keys.is_id).mean())[:1]


def _polygons(raw: RawTable) -> bool:
    return bool((shapely.get_dimensions(np.asarray(raw.geometry, dtype=object)) == 2).any())


def _undecided(what: str, option: str, found: list[str], raw: RawTable) -> Fault:
    columns = ", ".join(found or map(str, raw.frame.columns))
    message = f"has several columns of {what}" if found else f"has no column of known {what}"
    titles = "; or --header-row N, where titles stand above the names of the columns"
    titles = titles if raw.header and not found else ""
    return fatal(
        "column_undecided",
        raw.label,
        message,
        rows=found,
        why="it is not known which school a block goes to",
        do=f"say {option}: one of {columns}{titles}",
    )
