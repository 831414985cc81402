"""A row of blocks with counts by grade, group and poverty: districts that tests write by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geodata.contiguity import ContiguityGraph
from geodata.district import District, Level
from geodata.grades import GRADES, GradeSpan
from geodata.students import StudentCounts
from geodata.travel import straight_line
from planner.plan import Plan

SIDE_M = 1000.0
Cell = tuple[str, str, str]


def grades(low: str, high: str) -> tuple[str, ...]:
    """Return the grades from one to another."""
    return GRADES[GRADES.index(low) : GRADES.index(high) + 1]


def town(
    cells: Mapping[Cell, Sequence[float]],
    schools: Mapping[str, int],
    *,
    levels: Mapping[str, str],
    today: Sequence[tuple[str, str, str, str, str]] = (),
    seats: Mapping[str, float] | None = None,
    attributes: Mapping[str, Sequence[str]] | None = None,
    exhaustive: bool = False,
    single_counts: Sequence[str] = (),
) -> District:
    """Return a district of blocks "00", "01", ... in a row, a kilometre each.

    Parameters
    ----------
    cells : mapping of (grade, group, poverty) to students of each block
    schools : mapping of school to the number of its block
    levels : mapping of level to span, such as "K-5"
    today : rows (block, level, school, low, high)
    seats : mapping of school to seats; unknown without
    single_counts : levels for which the grade "*" stands
    """
    n = len(next(iter(cells.values())))
    ids = [f"{i:02d}" for i in range(n)]
    xy = np.column_stack([np.arange(n) * SIDE_M + SIDE_M / 2, np.full(n, SIDE_M / 2)])
    table = pd.DataFrame({k: np.asarray(v, dtype=float) for k, v in cells.items()})
    table.index = pd.Index(ids, name="block_id")
    table.columns = pd.MultiIndex.from_tuples(list(cells))
    spans = {name: Level(name, GradeSpan.parse(span)) for name, span in levels.items()}
    names = sorted(schools)
    place = np.array([xy[schools[name]] for name in names])
    frame = pd.DataFrame(
        {
            "name": names,
            "x_m": place[:, 0],
            "y_m": place[:, 1],
            "level": next(iter(levels)),
            "grade_low": "K",
            "grade_high": "12",
            "capacity_seats": [(seats or {}).get(name, np.nan) for name in names],
            "is_open": True,
            "takes_zone": True,
            "block_id": [ids[schools[name]] for name in names],
        },
        index=pd.Index(names, name="school_id"),
    )
    blocks = pd.DataFrame(
        {
            "x_m": xy[:, 0],
            "y_m": xy[:, 1],
            "area_m2": SIDE_M**2,
            "perimeter_m": 4 * SIDE_M,
            **{name: list(values) for name, values in (attributes or {}).items()},
        },
        index=pd.Index(ids, name="block_id"),
    )
    columns = ["block_id", "level", "school_id", "grade_low", "grade_high"]
    left = np.arange(n - 1, dtype=np.int32)
    return District(
        name="row",
        crs=None,
        levels=spans,
        blocks=blocks,
        geometry=None,
        students=StudentCounts(
            table,
            groups=tuple(dict.fromkeys(g for _, g, _ in cells if g != "*")),
            levels=tuple(single_counts),
            exhaustive=exhaustive,
            level_grades={name: level.span.grades for name, level in spans.items()},
        ),
        schools=frame,
        current=pd.DataFrame(list(today), columns=columns),
        graph=ContiguityGraph(np.array(ids), left, left + 1, np.full(n - 1, SIDE_M)),
        travel=straight_line(xy, place),
    )


def plan(rows: Sequence[tuple[str, str, str, str, str]]) -> Plan:
    """Return a plan of rows (block, level, school, low, high)."""
    columns = ["block_id", "level", "school_id", "grade_low", "grade_high"]
    return Plan(pd.DataFrame(list(rows), columns=columns))
