"""Small districts with counts by grade, built by hand for tests of structures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geodata.contiguity import ContiguityGraph
from geodata.district import District, Level
from geodata.grades import GradeSpan
from geodata.students import StudentCounts
from geodata.travel import straight_line

SIDE_M = 1000.0
ORIGIN_M = np.array([500_000.0, 4_000_000.0])  # somewhere on the map grid
LEVELS = {"elementary": "K-5"}
K12 = {"elementary": "K-5", "middle": "6-8", "high": "9-12"}


def small_town(
    zones: Mapping[str, Sequence[str]],
    at: Mapping[str, int],
    *,
    columns: int,
    levels: Mapping[str, str] = LEVELS,
    students: np.ndarray | float = 10.0,
    groups: Mapping[str, np.ndarray] | None = None,
    poor: np.ndarray | None = None,
    seats: Mapping[str, float] | None = None,
    allowed: Mapping[str, str] | None = None,
    minutes: np.ndarray | None = None,
) -> District:
    """Return a grid of square blocks.

    Parameters
    ----------
    zones : mapping of level to today's school of each block, row by row
    at : mapping of school to the number of the block it stands in
    columns : int
        Blocks in a row of the grid.
    students, groups, poor : (n, G) arrays [students], or one number for all
    """
    n = len(next(iter(zones.values())))
    ids = np.array([f"{i:03d}" for i in range(n)])
    number = np.arange(n)
    xy = np.column_stack([number % columns, number // columns]) * SIDE_M + ORIGIN_M
    spans = {name: GradeSpan.parse(text) for name, text in levels.items()}
    grades = [grade for span in spans.values() for grade in span.grades]
    cells = {}
    for key, values in [(("*", "*"), students), (("*", "poor"), poor)] + [
        ((name, "*"), values) for name, values in (groups or {}).items()
    ]:
        if values is None:
            continue
        full = np.broadcast_to(np.asarray(values, dtype=float), (n, len(grades)))
        for g, grade in enumerate(grades):
            cells[grade, *key] = full[:, g]
    index = pd.Index(ids, name="block_id")
    level_of_school = {s: level for level, served in zones.items() for s in served if s}
    return District(
        name="small town",
        crs="EPSG:32616",
        levels={name: Level(name, span) for name, span in spans.items()},
        blocks=pd.DataFrame(
            {"x_m": xy[:, 0], "y_m": xy[:, 1], "area_m2": SIDE_M**2, "perimeter_m": 4 * SIDE_M},
            index=index,
        ),
        geometry=None,
        students=StudentCounts(
            pd.DataFrame(cells, index=index),
            groups=tuple(groups or ()),
            level_grades={name: span.grades for name, span in spans.items()},
        ),
        schools=_schools(at, level_of_school, spans, ids, xy, seats or {}, allowed or {}),
        current=_current(zones, spans, ids),
        graph=_grid(ids, columns),
        travel=straight_line(xy, xy[[at[s] for s in sorted(at)]].astype(float), detour_factor=1.0),
    )


def _schools(at, level_of_school, spans, ids, xy, seats, allowed) -> pd.DataFrame:
    names = sorted(at)
    level = [level_of_school.get(s, next(iter(spans))) for s in names]
    return pd.DataFrame(
        {
            "name": [f"{s} School" for s in names],
            "x_m": [xy[at[s], 0] for s in names],
            "y_m": [xy[at[s], 1] for s in names],
            "level": level,
            "grade_low": [spans[name].low for name in level],
            "grade_high": [spans[name].high for name in level],
            "capacity_seats": [seats.get(s, np.nan) for s in names],
            "is_open": True,
            "takes_zone": True,
            "block_id": [ids[at[s]] for s in names],
            "allowed_grades": [allowed.get(s, "") for s in names],
        },
        index=pd.Index(names, name="school_id"),
    )


def _current(zones, spans, ids) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "block_id": ids,
                "level": level,
                "grade_low": spans[level].low,
                "grade_high": spans[level].high,
                "school_id": list(served),
            }
        )
        for level, served in zones.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[table["school_id"] != ""].reset_index(drop=True)


def _grid(ids: np.ndarray, columns: int) -> ContiguityGraph:
    n = len(ids)
    right = [(i, i + 1) for i in range(n) if i % columns < columns - 1 and i + 1 < n]
    down = [(i, i + columns) for i in range(n - columns)]
    edges = np.array(sorted(right + down), dtype=np.int32).reshape(-1, 2)
    return ContiguityGraph(ids, edges[:, 0], edges[:, 1], np.full(len(edges), SIDE_M))
