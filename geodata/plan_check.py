"""Faults of today's plan: blocks without a zone, islands, shared zones, schools without one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geodata.district import District, Level
from geodata.errors import Fault, counted, fatal, warning
from geodata.grades import GRADE_RANK

__all__ = ["plan_faults", "zone_pieces"]

_BLOCKS, _SCHOOLS = ("block", "blocks"), ("school", "schools")


def plan_faults(district: District, files: Mapping[str, str]) -> list[Fault]:
    """Return the faults of today's plan, level by level.

    Fatal is a school that teaches no grade of the level it has blocks in; all others are warnings.
    """
    faults: list[Fault] = []
    schools = district.schools
    plan = district.current.join(
        schools[["level", "is_open", "takes_zone", "grade_low", "grade_high"]].add_prefix("own_"),
        on="school_id",
    )
    for level in district.levels:
        rows = plan[plan["level"] == level]
        if rows.empty:
            continue
        file = files[f"plan {level}"]
        faults += _block_faults(district, level, rows, file)
        faults += _grade_gaps(district.levels[level], rows, file)
        faults += _owner_faults(district.levels[level], rows, file)
        faults += _zone_faults(district, level, rows, file, files["schools"])
        faults += _shared(district, level, rows, file)
        faults += _islands(district, level, rows, file)
    return faults


def zone_pieces(district: District, level: str) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Split today's zones into connected pieces.

    Returns
    -------
    lead : (n_blocks,) object
        School with the lowest grades of each block's zone; None without one.
    main : (n_blocks,) bool
        Whether the block is in the main piece of its zone: the one with the school, or the
        largest where the school stands outside its zone.
    """
    rows = district.current[district.current["level"] == level]
    order = rows["grade_low"].map(GRADE_RANK)
    leads = rows.assign(order=order).sort_values(["block_id", "order"], kind="stable")
    first = leads.drop_duplicates("block_id").set_index("block_id")["school_id"]
    found = first.reindex(district.blocks.index).astype(object)
    lead: NDArray[np.object_] = found.where(found.notna(), None).to_numpy(dtype=object)
    graph = district.graph
    same = (lead[graph.edge_i] == lead[graph.edge_j]) & (lead[graph.edge_i] != None)  # noqa: E711
    i, j = graph.edge_i[same], graph.edge_j[same]
    shape = (district.n_blocks, district.n_blocks)
    piece = connected_components(csr_array((np.ones(len(i)), (i, j)), shape=shape), False)[1]
    size = np.bincount(piece)
    homes = district.schools["block_id"].to_dict()
    position = {name: at for at, name in enumerate(district.blocks.index)}
    main = np.zeros(district.n_blocks, dtype=bool)
    for school in sorted({name for name in lead if name is not None}):
        mine = np.flatnonzero(lead == school)
        home = position.get(homes.get(school, ""), -1)
        biggest = piece[mine[np.argmax(size[piece[mine]])]]
        kept = piece[home] if home >= 0 and lead[home] == school else biggest
        main[mine] = piece[mine] == kept
    return lead, main


def _ranks(rows: pd.DataFrame, of: str = "grade") -> tuple[pd.Series[int], pd.Series[int]]:
    """Return the ranks of the lowest and the highest grade of rows, as planned or as taught."""
    return rows[f"{of}_low"].map(GRADE_RANK), rows[f"{of}_high"].map(GRADE_RANK)


def _block_faults(district: District, level: str, rows: pd.DataFrame, file: str) -> Iterator[Fault]:
    without = district.blocks.index.difference(pd.Index(rows["block_id"].unique(), dtype="str"))
    if len(without):
        yield warning(
            "block_without_zone",
            file,
            f"in no {level} zone: {_blocks(district, level, without)}",
            rows=without,
            why="it is not known where their students go today, so nobody counts as moved there",
            do="assign them, or nothing where today's plan truly leaves them out",
        )
    (low, high), (own_low, own_high) = _ranks(rows), _ranks(rows, of="own_grade")
    beyond = rows[(low < own_low) | (high > own_high)]
    if len(beyond):
        schools = sorted(beyond["school_id"].unique())
        yield warning(
            "grade_not_taught",
            file,
            f"{counted(beyond['block_id'].nunique(), 'block is', 'blocks are')} assigned for "
            f"{level} grades that their school does not teach, at "
            f"{counted(len(schools), *_SCHOOLS)}",
            rows=schools,
            why="students of these grades would have no class there",
            do="state for_grades in [[plan]], or correct the grades of the schools",
        )


def _grade_gaps(level: Level, rows: pd.DataFrame, file: str) -> Iterator[Fault]:
    """Tell the blocks with a zone where some grade of the level has no school."""
    low, high = _ranks(rows)
    served = pd.DataFrame({"block_id": rows["block_id"]})
    for grade in level.span.grades:
        served[grade] = (low <= GRADE_RANK[grade]) & (high >= GRADE_RANK[grade])
    by_block = served.groupby("block_id")[list(level.span.grades)].any()
    gaps = by_block[~by_block.all(axis=1)]
    if len(gaps):
        grades = [grade for grade in level.span.grades if not gaps[grade].all()]
        yield warning(
            "grade_without_school",
            file,
            f"in {counted(len(gaps), *_BLOCKS)} today's plan names no {level.name} school for "
            f"grades {', '.join(grades)}",
            rows=gaps.index,
            why="their students of these grades are counted in the zone, but no school serves them",
            do="add the rows of these grades, or correct grade_low and grade_high",
        )


def _owner_faults(level: Level, rows: pd.DataFrame, file: str) -> Iterator[Fault]:
    """Tell the schools of the plan that should have no zone of this level."""
    yield from _strangers(level, rows, file)
    for mask, code, text, why in (
        (
            ~rows["own_is_open"].astype(bool),
            "zone_of_closed_school",
            "closed, but with blocks in today's plan",
            "their students must go elsewhere",
        ),
        (
            ~rows["own_takes_zone"].astype(bool),
            "zone_of_programme",
            "without a zone to take, but with blocks in today's plan",
            "it is not sure whether the zone may be redrawn",
        ),
    ):
        schools = sorted(rows.loc[mask, "school_id"].unique())
        if schools:
            yield warning(
                code,
                file,
                f"{counted(len(schools), *_SCHOOLS)}: {text}",
                rows=schools,
                why=why,
                do="correct the plan or the schools, or nothing where it is true",
            )


def _strangers(level: Level, rows: pd.DataFrame, file: str) -> Iterator[Fault]:
    """Refuse schools that teach no grade of the level: they would be zones to choose from."""
    low, high = _ranks(rows, of="own_grade")
    taught_elsewhere = (low > GRADE_RANK[level.span.high]) | (high < GRADE_RANK[level.span.low])
    strange = rows[taught_elsewhere]
    if len(strange):
        schools = sorted(strange["school_id"].unique())
        yield fatal(
            "zone_of_other_level",
            file,
            f"{counted(len(schools), 'school teaches', 'schools teach')} no {level.name} grade "
            f"({level.span}), but today's {level.name} plan has "
            f"{counted(strange['block_id'].nunique(), *_BLOCKS)} there",
            rows=schools,
            why="a new plan could send students of the level where there is no class for them",
            do="correct these rows of the plan, or the grades of the schools",
        )


def _zone_faults(
    district: District, level: str, rows: pd.DataFrame, file: str, schools: str
) -> Iterator[Fault]:
    """Tell the schools without a zone, and those that stand outside their own."""
    zoned = district.zoned_schools(level)
    empty = zoned.index.difference(pd.Index(rows["school_id"].unique(), dtype="str"))
    if len(empty):
        yield warning(
            "school_without_zone",
            file,
            f"open, without a block in today's {level} plan: {counted(len(empty), *_SCHOOLS)}",
            rows=empty,
            why="they have no size or borders of today to compare with",
            do="state takes_zone = false for programme schools; nothing for new ones",
        )
    pairs = set(zip(rows["block_id"], rows["school_id"], strict=True))
    placed = zoned[(zoned["block_id"] != "") & ~zoned.index.isin(empty)]
    astray = [s for s, block in placed["block_id"].items() if (block, s) not in pairs]
    if astray:
        yield warning(
            "school_outside_zone",
            schools,
            f"{counted(len(astray), f'{level} school stands', f'{level} schools stand')} outside "
            "their own zone of today",
            rows=astray,
            why="their zones grow from the nearest block of today's zone instead",
            do="check their coordinates; nothing where it is true",
        )


def _shared(district: District, level: str, rows: pd.DataFrame, file: str) -> Iterator[Fault]:
    divided = rows[rows["block_id"].duplicated(keep=False)].sort_values(["block_id", "school_id"])
    sharing = divided.drop_duplicates(["block_id", "school_id"]).groupby("block_id")["school_id"]
    together = sharing.agg("\n".join)
    for names, blocks in together[together.str.contains("\n")].groupby(together):
        ids = str(names).split("\n")
        grades = district.schools.loc[ids].sort_values(
            "grade_low", key=lambda low: low.map(GRADE_RANK)
        )
        told = ", ".join(
            f"{school['name']} ({school['grade_low']}-{school['grade_high']})"
            for _, school in grades.iterrows()
        )
        yield warning(
            "zone_shared",
            file,
            f"{told} share one zone of {counted(len(blocks), *_BLOCKS)} and divide its grades",
            rows=ids,
            why="the zone is planned as one, with the seats and students of all of them",
            do="nothing; keep the schools paired, or give each its own zone in a scenario",
        )


def _islands(district: District, level: str, rows: pd.DataFrame, file: str) -> Iterator[Fault]:
    lead, main = zone_pieces(district, level)
    stray = np.array([school is not None for school in lead], dtype=bool) & ~main
    if not stray.any():
        return
    blocks = district.blocks.index[stray]
    schools = sorted(set(lead[stray]))
    yield warning(
        "zone_island",
        file,
        f"in islands, cut off from the main part of their {level} zone: "
        f"{_blocks(district, level, blocks)}, at {counted(len(schools), *_SCHOOLS)}",
        rows=blocks,
        why="today's plan is not in one piece; a new plan may keep or dissolve these islands",
        do="nothing where it is true; otherwise correct the plan or declare a bridge",
    )


def _blocks(district: District, level: str, blocks: pd.Index) -> str:
    """Say how many blocks they are, and how many students of the level live there, if known."""
    told = counted(len(blocks), *_BLOCKS)
    if not district.students.has(level=level):
        return told
    count = pd.Series(district.students.count(level=level), index=district.blocks.index)
    return f"{told} with {counted(round(count[blocks].sum()), 'student', 'students')}"
