"""A small district that tests build by hand: a grid of square blocks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from geodata.contiguity import ContiguityGraph
from geodata.district import District, Level
from geodata.grades import GradeSpan
from geodata.students import StudentCounts
from geodata.travel import straight_line

SIDE_M = 1000.0


def _grid(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ids, points and borders of a grid, row by row."""
    n = rows * columns
    number = np.arange(n)
    ids = np.array([f"{i:03d}" for i in range(n)])
    xy = np.column_stack([number % columns, number // columns]) * SIDE_M + SIDE_M / 2
    right = [(i, i + 1) for i in range(n) if i % columns < columns - 1]
    down = [(i, i + columns) for i in range(n - columns)]
    return ids, xy.astype(float), np.array(sorted(right + down))


def make_district(
    zone_of: list[str],
    at: dict[str, int],
    *,
    columns: int = 4,
    students: list[float] | None = None,
    group: dict[str, list[float]] | None = None,
    poor: list[float] | None = None,
    seats: dict[str, float] | None = None,
    current: pd.DataFrame | None = None,
    closed: tuple[str, ...] = (),
    attributes: dict[str, list[str]] | None = None,
    by_grade: bool = False,
) -> District:
    """Return a grid district with one level, K-5.

    Parameters
    ----------
    zone_of : list of str
        Today's school of each block, row by row.
    at : mapping of school to block number
        Where each school stands.
    """
    ids, xy, edges = _grid(len(zone_of) // columns, columns)
    n = len(ids)
    counts = np.full(n, 10.0) if students is None else np.array(students, dtype=float)
    cells: dict[tuple[str, str, str], np.ndarray] = {("*", "*", "*"): counts}
    if by_grade:
        cells = {(grade, "*", "*"): counts / 6 for grade in ("K", "1", "2", "3", "4", "5")}
    for name, values in (group or {}).items():
        cells["*", name, "*"] = np.array(values, dtype=float)
    if poor is not None:
        cells["*", "*", "poor"] = np.array(poor, dtype=float)
    table = pd.DataFrame(cells, index=pd.Index(ids, name="block_id"))
    names = sorted(at)
    place = np.array([xy[at[school]] for school in names])
    schools = pd.DataFrame(
        {
            "name": [f"{school} School" for school in names],
            "x_m": place[:, 0],
            "y_m": place[:, 1],
            "level": "elementary",
            "grade_low": "K",
            "grade_high": "5",
            "capacity_seats": [(seats or {}).get(school, np.nan) for school in names],
            "is_open": [school not in closed for school in names],
            "takes_zone": True,
            "block_id": [ids[at[school]] for school in names],
        },
        index=pd.Index(names, name="school_id"),
    )
    if current is None:
        current = pd.DataFrame(
            {
                "block_id": ids,
                "level": "elementary",
                "grade_low": "K",
                "grade_high": "5",
                "school_id": zone_of,
            }
        )
        current = current[current["school_id"] != ""].reset_index(drop=True)
    blocks = pd.DataFrame(
        {
            "x_m": xy[:, 0],
            "y_m": xy[:, 1],
            "area_m2": SIDE_M**2,
            "perimeter_m": 4 * SIDE_M,
            **(attributes or {}),
        },
        index=pd.Index(ids, name="block_id"),
    )
    return District(
        name="grid",
        crs=None,
        levels={"elementary": Level("elementary", GradeSpan("K", "5"))},
        blocks=blocks,
        geometry=None,
        students=StudentCounts(
            table,
            groups=tuple(group or ()),
            levels=() if by_grade else ("elementary",),
            level_grades={"elementary": GradeSpan("K", "5").grades},
        ),
        schools=schools,
        current=current,
        graph=ContiguityGraph(
            ids,
            edges[:, 0].astype(np.int32),
            edges[:, 1].astype(np.int32),
            np.full(len(edges), SIDE_M),
        ),
        travel=straight_line(xy, place, detour_factor=1.0),
    )


@pytest.fixture
def grid_district() -> Callable[..., District]:
    """Return the maker of grid districts."""
    return make_district
