"""Read the schools: where they stand, which grades they teach, how many seats they have."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.config import DistrictConfig, SchoolsConfig
from geodata.crs import far_fault
from geodata.errors import DataError, Fault, counted, fatal
from geodata.grades import GradeSpan, grade_index, parse_grade
from geodata.ids import id_faults, unmatched_fault
from geodata.reserved import school_fault
from geodata.sources.blocks import BlocksRead
from geodata.sources.cells import Cells
from geodata.sources.files import Files
from geodata.sources.points import points_in, read_points
from geodata.take_up import ENROLLED

__all__ = ["SchoolsRead", "read_schools"]

_NO_TEXTS = ["x_m", "y_m", "capacity_seats", ENROLLED, "is_open", "takes_zone"]


@dataclass(frozen=True)
class SchoolsRead:
    """Schools as far as they could be read.

    Parameters
    ----------
    label : str
        Name of the file, for faults.
    frame : DataFrame
        As in `District.schools`; ``block_id`` only where the file says it.
    """

    label: str
    frame: pd.DataFrame


def read_schools(config: DistrictConfig, files: Files, blocks: BlocksRead) -> SchoolsRead | None:
    """Read every section of schools and put them under each other; None without any."""
    parts, labels = [], []
    for number, section in enumerate(config.schools, start=1):
        what = "schools" if len(config.schools) == 1 else f"schools #{number}"
        raw = files.read(section, what, people=False)
        if raw is None:
            continue
        part = _read_section(section, config, Cells(raw, what, files.faults), blocks)
        if part is not None:
            parts.append(part)
            labels.append(raw.label)
    if not parts:
        return None
    frame = pd.concat(parts)
    label = ", ".join(dict.fromkeys(labels))
    names = [f"row {row}" for row in range(1, len(frame) + 1)]
    files.faults += id_faults(pd.Series(frame.index, dtype=object), names, label, "schools")
    frame = frame[frame.index.notna() & ~frame.index.duplicated()]
    frame.index = pd.Index(frame.index.to_numpy(dtype=object), name="school_id", dtype="str")
    frame = frame.sort_index(kind="stable")
    if fault := school_fault(frame.index, label):
        files.faults.append(fault)
    for name in frame.columns.difference(_NO_TEXTS):
        frame[name] = frame[name].fillna("").astype("str")
    return SchoolsRead(label, frame)


def _read_section(
    section: SchoolsConfig, config: DistrictConfig, cells: Cells, blocks: BlocksRead
) -> pd.DataFrame | None:
    ids = cells.texts(section.id, "id")
    if ids is None:
        return None
    frame = pd.DataFrame(index=pd.Index(ids.to_numpy(dtype=object), dtype=object))
    names = cells.texts(section.name, "name")
    frame["name"] = list(ids if names is None else names)
    located = read_points(section, cells)
    points = points_in(located, blocks.crs, len(frame))
    if np.isfinite(points).all(axis=1).any() and np.isfinite(blocks.points).any():
        shown = ids.fillna("(no id)").tolist()
        cells.add(far_fault(blocks.points, points, shown, cells.label))
    frame["x_m"], frame["y_m"] = points[:, 0], points[:, 1]
    low, high = _spans(section, cells)
    frame["level"] = _levels(section, config, cells, low, high)
    spans = {name: GradeSpan.parse(text) for name, text in config.levels.items()}
    known = [spans.get(name) for name in frame["level"]]
    frame["grade_low"] = [g or (s.low if s else "") for g, s in zip(low, known, strict=True)]
    frame["grade_high"] = [g or (s.high if s else "") for g, s in zip(high, known, strict=True)]
    seats = cells.numbers(section.capacity, "capacity")
    frame["capacity_seats"] = np.full(len(frame), np.nan) if seats is None else seats
    for name, column, key in (
        ("is_open", section.open, "open"),
        ("takes_zone", section.takes_zone, "takes_zone"),
    ):
        stated = cells.flags(column, key)
        frame[name] = np.ones(len(frame), dtype=bool) if stated is None else stated
    homes = cells.texts(section.block, "block")
    frame["block_id"] = [""] * len(frame) if homes is None else list(homes.fillna(""))
    cells.add(_unmatched(frame["block_id"], cells.label, blocks))
    for name, column in section.attributes.items():
        values = cells.texts(column, f"attributes.{name}")
        frame[name] = [""] * len(frame) if values is None else list(values)
    attends = cells.numbers(section.enrolled, "enrolled")
    if attends is not None:
        frame[ENROLLED] = attends
    return frame


def _unmatched(homes: pd.Series, file: str, blocks: BlocksRead) -> Fault | None:
    return unmatched_fault(
        {block for block in homes if block},
        blocks.frame.index,
        file=file,
        other=blocks.label,
        what="blocks",
        why="the zones of these schools cannot grow from there",
        make=fatal,
    )


def _spans(section: SchoolsConfig, cells: Cells) -> tuple[list[str], list[str]]:
    """Return the lowest and the highest grade of each school; empty where the file has none."""
    count = len(cells.raw.frame)
    low, high = [""] * count, [""] * count
    wrong: list[str] = []
    whole = cells.texts(section.grades, "grades")
    for at, text in enumerate([] if whole is None else whole):
        try:
            span = None if text is None else GradeSpan.parse(text)
        except DataError:
            wrong.append(str(text))
            continue
        low[at], high[at] = (span.low, span.high) if span else ("", "")
    for column, into in ((section.grade_low, low), (section.grade_high, high)):
        ends = cells.texts(column, "grades")
        for at, text in enumerate([] if ends is None else ends):
            try:
                into[at] = "" if text is None else parse_grade(text)
            except DataError:
                wrong.append(str(text))
    for at, (first, last) in enumerate(zip(low, high, strict=True)):
        if first and last and grade_index(first) > grade_index(last):
            wrong.append(f"{first}-{last}")
            low[at], high[at] = "", ""
    if wrong:
        cells.add(
            fatal(
                "grade_unreadable",
                cells.label,
                f"{counted(len(wrong), 'cell is', 'cells are')} no grade, or no span of grades "
                "from low to high",
                rows=dict.fromkeys(wrong),
                why="it is not known which students a school teaches",
                do='map them with values: { "Primary" = "K-5" }',
            )
        )
    return low, high


def _levels(
    section: SchoolsConfig, config: DistrictConfig, cells: Cells, low: list[str], high: list[str]
) -> list[str]:
    """Return the level of each school: the file's, or the one its grades fit best."""
    if section.level is not None:
        found = cells.texts(section.level, "level")
        if found is None:
            return [""] * len(low)
        wrong = found[~found.isin(list(config.levels))]
        if len(wrong):
            cells.add(_level_fault(wrong, cells, list(config.levels)))
        return [str(text or "") for text in found]
    spans = {name: GradeSpan.parse(text) for name, text in config.levels.items()}
    levels = [_best_level(a, b, spans) for a, b in zip(low, high, strict=True)]
    if len(spans) == 1:  # grades that are not known are those of the only level
        (only,) = spans
        levels = [
            name or ("" if a and b else only) for name, a, b in zip(levels, low, high, strict=True)
        ]
    unknown = cells.raw.frame.index[[not name for name in levels]]
    if len(unknown):
        cells.add(
            fatal(
                "level_unknown",
                cells.label,
                f"{counted(len(unknown), 'school')} with neither a level nor grades of one",
                rows=cells.rows(unknown),
                why="it is not known which students they teach",
                do=f"map level or grades in [{cells.what}], or leave the rows out with where",
            )
        )
    return levels


def _best_level(low: str, high: str, spans: dict[str, GradeSpan]) -> str:
    if not low or not high:
        return ""
    taught = set(GradeSpan(low, high).grades)
    shared = {name: len(taught & set(span.grades)) for name, span in spans.items()}
    best = max(shared, key=lambda name: shared[name])
    return best if shared[best] else ""


def _level_fault(wrong: pd.Series, cells: Cells, levels: list[str]) -> Fault:
    values = [str(value) for value in wrong.dropna().unique()]
    close = difflib.get_close_matches(values[0].lower(), levels, n=1) if values else []
    example = f'{{ "{values[0]}" = "{close[0] if close else levels[0]}" }}' if values else "{ … }"
    return fatal(
        "level_unknown",
        cells.label,
        f"{counted(len(wrong), 'school')} of a level that [levels] does not have: "
        + (", ".join(map(repr, values[:6])) or "(empty)"),
        rows=cells.rows(wrong.index),
        why=f"schools are planned level by level: {', '.join(levels)}",
        do=f"map [{cells.what}.level] with values = {example}, or leave rows out with where",
    )
