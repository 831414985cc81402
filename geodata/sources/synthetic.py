"""The built-in district: a made-up town with made-up children, for demos, tests and benchmarks.

Everything follows from the seed.  The town has a river with two bridges, a highway, a street grid
that turns into suburbs and farms, neighbourhoods of different density, income and race, and zones
with the faults of real ones: an overfull school, one half empty, an attendance island.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geodata.district import District, Level, Provenance
from geodata.grades import GradeSpan
from geodata.reserved import EVERY, POOR
from geodata.sources.synthetic_land import CRS
from geodata.sources.synthetic_names import school_names
from geodata.sources.synthetic_people import GRADES_K_12, GROUPS, Population, settle
from geodata.sources.synthetic_town import Town, build_grid, build_town, draw_context, streams
from geodata.sources.synthetic_zones import Ground, LevelPlan, draw_level, move_island
from geodata.students import StudentCounts
from geodata.travel import straight_line

__all__ = ["DETOUR_FACTOR", "NOTICE", "synthetic_context", "synthetic_district", "synthetic_grid"]

NOTICE = "synthetic: drawn by chance, no real place, no real children"
DETOUR_FACTOR = 1.3
LEVELS = {"elementary": "K-5", "middle": "6-8", "high": "9-12"}
_UNEVEN = {"elementary": 1.0, "middle": 0.45, "high": 0.3}
_SEAT_STEP = {"elementary": 25, "middle": 50, "high": 100}


def synthetic_district(
    n_blocks: int = 1500,
    n_elementary: int = 14,
    n_middle: int = 4,
    n_high: int = 2,
    seed: int = 1,
) -> District:
    """Return the made-up town.

    Parameters
    ----------
    n_blocks : int
        Planning blocks, at least 100.
    n_elementary, n_middle, n_high : int
        Schools; there are about 74 students a grade for each elementary school.
    seed : int
        The same seed gives the same district, byte for byte.

    Returns
    -------
    District
        With one overfull and one half-empty elementary school and, where there is room for it,
        one attendance island; every other zone is connected and holds its school.
    """
    chance = streams(seed)
    schools = {"elementary": n_elementary, "middle": n_middle, "high": n_high}
    made = f"a town of {n_blocks} blocks from seed {seed}"
    return _inhabit("Alderton (synthetic)", made, build_town(n_blocks, chance), schools, chance)


def synthetic_grid(
    n_blocks: int = 400,
    n_elementary: int = 6,
    n_middle: int = 2,
    n_high: int = 1,
    seed: int = 1,
) -> District:
    """Return a district of squares: the same people and faults, ready at once, for benchmarks."""
    chance = streams(seed)
    schools = {"elementary": n_elementary, "middle": n_middle, "high": n_high}
    made = f"a grid of {n_blocks} blocks from seed {seed}"
    return _inhabit("Squareton (synthetic)", made, build_grid(n_blocks, chance), schools, chance)


def synthetic_context(n_blocks: int = 1500, seed: int = 1) -> gpd.GeoDataFrame:
    """Return what a map shows beside the blocks of the town of that size and seed.

    Returns
    -------
    GeoDataFrame
        ``kind`` (river, highway, main_road, bridge, street), ``name``, geometry.
    """
    return draw_context(n_blocks, streams(seed))


def _inhabit(
    name: str,
    made: str,
    town: Town,
    schools: dict[str, int],
    chance: dict[str, np.random.Generator],
) -> District:
    """Settle people, place schools, draw zones and put the district together."""
    people = settle(chance["people"], town.place, schools["elementary"])
    index = pd.Index(town.ids, name="block_id", dtype="str")
    geometry = gpd.GeoSeries(town.shapes, index=index, crs=CRS)
    inside = shapely.get_coordinates(shapely.point_on_surface(town.shapes))
    blocks = pd.DataFrame(
        {
            "x_m": inside[:, 0],
            "y_m": inside[:, 1],
            "area_m2": shapely.area(town.shapes),
            "perimeter_m": shapely.length(town.shapes),
            "neighbourhood": pd.array(town.hood_names[town.place.neighbourhood], dtype="str"),
            "land_use": pd.array(people.land_use, dtype="str"),
        },
        index=index,
    )
    students = _counts(people, index)
    frame, current = _school_tables(town, people, students, schools, inside=inside, chance=chance)
    travel = straight_line(
        inside, frame[["x_m", "y_m"]].to_numpy(np.float64), detour_factor=DETOUR_FACTOR
    )
    parts = ("blocks", "students", "schools", "plan", "travel")
    return District(
        name=name,
        crs=CRS,
        levels={level: Level(level, GradeSpan.parse(span)) for level, span in LEVELS.items()},
        blocks=blocks,
        geometry=geometry,
        students=students,
        schools=frame,
        current=current,
        graph=town.graph,
        travel=travel,
        provenance={part: Provenance(source=NOTICE, method=made) for part in parts},
    )


def _counts(people: Population, index: pd.Index) -> StudentCounts:
    """Put the counts into the district's form."""
    cells = [
        ((grade, group, poverty), counts[:, g, k])
        for poverty, counts in ((EVERY, people.students), (POOR, people.poor))
        for g, grade in enumerate(GRADES_K_12)
        for k, group in enumerate(GROUPS)
    ]
    cells.sort(key=lambda cell: cell[0])
    columns = pd.MultiIndex.from_tuples(
        [key for key, _ in cells], names=["grade", "group", "poverty"]
    )
    values = np.column_stack([count for _, count in cells]).astype(np.float64)
    return StudentCounts(
        table=pd.DataFrame(values, index=index, columns=columns),
        groups=GROUPS,
        proxy=NOTICE,
        exhaustive=True,
        level_grades={level: GradeSpan.parse(span).grades for level, span in LEVELS.items()},
    )


def _school_tables(
    town: Town,
    people: Population,
    students: StudentCounts,
    schools: dict[str, int],
    *,
    inside: NDArray[np.float64],
    chance: dict[str, np.random.Generator],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of schools and of today's plan."""
    ground = _ground(town, people, inside, chance["zones"])
    growth = people.growth[town.place.neighbourhood]
    taken = np.zeros(0, dtype=np.int64)
    frames, plans = [], []
    for level, count in schools.items():
        if count == 0:
            continue
        of_level = students.count(level=level)
        plan = draw_level(
            chance["zones"],
            ground,
            of_level,
            count,
            growth=growth,
            taken=taken,
            uneven=_UNEVEN[level],
        )
        zone_of = plan.zone_of
        if level == "elementary":
            island = move_island(ground, plan, of_level)
            zone_of = zone_of if island is None else island
        taken = np.concatenate([taken, plan.site])
        hoods = town.hood_names[town.place.neighbourhood[plan.site]]
        names = school_names(chance["names"], level.capitalize(), hoods)
        enrolled = np.asarray(np.bincount(zone_of, of_level, count), dtype=np.float64)
        seats = _seats(chance["seats"], level, plan, enrolled)
        frame = _school_frame(level, names, plan, seats=seats, ids=town.ids, inside=inside)
        frames.append(frame)
        plans.append(_plan_frame(level, town.ids, frame.index.to_numpy()[zone_of]))
    current = pd.concat(plans, ignore_index=True)
    return (
        pd.concat(frames).sort_index(),
        current.sort_values(["block_id", "level", "grade_low"], ignore_index=True),
    )


def _plan_frame(level: str, blocks: NDArray[np.str_], schools: NDArray[np.object_]) -> pd.DataFrame:
    """Return which school each block goes to at one level."""
    span = GradeSpan.parse(LEVELS[level])
    columns = {"block_id": blocks, "level": level, "grade_low": span.low, "grade_high": span.high}
    return pd.DataFrame(columns | {"school_id": schools}).astype("str")


def _ground(
    town: Town, people: Population, inside: NDArray[np.float64], rng: np.random.Generator
) -> Ground:
    """Measure ways between neighbouring blocks; big roads and bridges make them longer."""
    i, j = town.graph.edge_i, town.graph.edge_j
    metres = np.hypot(*(inside[i] - inside[j]).T)
    place = town.place
    metres *= np.where(place.neighbourhood[i] != place.neighbourhood[j], 1.9, 1.0)
    metres *= np.where(place.side[i] != place.side[j], 3.0, 1.0)
    metres *= rng.uniform(0.97, 1.03, len(metres))
    both = np.concatenate([metres, metres])
    n = len(inside)
    ways = csr_array((both, (np.concatenate([i, j]), np.concatenate([j, i]))), shape=(n, n))
    usual = people.land_use == "residential"
    return Ground(inside, ways, place.neighbourhood, usual if usual.any() else ~usual)


def _seats(
    rng: np.random.Generator, level: str, plan: LevelPlan, enrolled: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give every school seats, (m,) [seats]: about enough, but for the two that stand out."""
    used = rng.uniform(0.84, 1.02, len(enrolled))
    if len(enrolled) > 2:
        used[plan.crowded] = 1.0 + 0.30 * _UNEVEN[level]
        used[plan.emptied] = 0.92 - 0.40 * _UNEVEN[level]
    step = _SEAT_STEP[level]
    return np.maximum(np.round(enrolled / used / step), 1) * step


def _school_frame(
    level: str,
    names: list[str],
    plan: LevelPlan,
    *,
    seats: NDArray[np.float64],
    ids: NDArray[np.str_],
    inside: NDArray[np.float64],
) -> pd.DataFrame:
    """Return the schools of one level."""
    count = len(names)
    span = GradeSpan.parse(LEVELS[level])
    numbers = [
        f"{level[0].upper()}{number:0{len(str(count)) + 1}d}" for number in range(1, count + 1)
    ]
    index = pd.Index(numbers, name="school_id", dtype="str")
    xy = np.round(inside[plan.site], 1)
    texts = {"level": level, "grade_low": span.low, "grade_high": span.high}
    frame = pd.DataFrame({"name": names, "x_m": xy[:, 0], "y_m": xy[:, 1], **texts}, index=index)
    frame["capacity_seats"] = seats
    frame["is_open"] = True
    frame["takes_zone"] = True
    frame["block_id"] = ids[plan.site]
    return frame.astype(dict.fromkeys(("name", *texts, "block_id"), "str"))
