"""The built-in district: the same every time, like a real town, with the faults it promises."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geodata import (
    DataError,
    District,
    Level,
    synthetic_context,
    synthetic_district,
    synthetic_grid,
)

DIGEST = """
from geodata import synthetic_district
print(synthetic_district(300, 5, 2, 1, seed=4).digest())
"""


@pytest.fixture(scope="module")
def town() -> District:
    return synthetic_district()


def zones(district: District, level: str) -> np.ndarray:
    rows = district.current[district.current["level"] == level].set_index("block_id")
    return rows["school_id"].reindex(district.blocks.index).to_numpy(dtype=object)


def pieces(district: District, label: np.ndarray) -> dict[str, list[np.ndarray]]:
    """Split blocks of one label into connected pieces, the largest first."""
    graph = district.graph
    same = label[graph.edge_i] == label[graph.edge_j]
    i, j = graph.edge_i[same], graph.edge_j[same]
    shape = (len(label), len(label))
    part = connected_components(csr_array((np.ones(len(i)), (i, j)), shape=shape), False)[1]
    found: dict[str, list[np.ndarray]] = {}
    for number in np.unique(part):
        members = np.flatnonzero(part == number)
        found.setdefault(label[members[0]], []).append(members)
    return {name: sorted(parts, key=len, reverse=True) for name, parts in found.items()}


def by_zone(district: District, level: str, **which: object) -> pd.Series:
    students = district.students.count(level=level, **which)
    return pd.Series(students).groupby(zones(district, level)).sum()


def test_the_default_town_has_the_size_it_promises(town: District):
    """1,500 blocks, 14 elementary, 4 middle and 2 high schools, grades K-12."""
    assert town.n_blocks == 1500
    assert town.schools["level"].value_counts().to_dict() == {
        "elementary": 14,
        "middle": 4,
        "high": 2,
    }
    assert {name: str(level.span) for name, level in town.levels.items()} == {
        "elementary": "K-5",
        "middle": "6-8",
        "high": "9-12",
    }


def test_it_says_that_it_is_made_up(town: District):
    """Name, counts and provenance all tell that no real child is meant."""
    assert "synthetic" in town.name
    assert "no real children" in town.students.proxy
    assert {part.source for part in town.provenance.values()} == {town.students.proxy}


def test_the_same_seed_gives_the_same_bytes(town: District):
    """Two runs agree in every polygon, count and zone."""
    again = synthetic_district()
    assert again.digest() == town.digest()
    np.testing.assert_array_equal(
        shapely.to_wkb(again.geometry.to_numpy()), shapely.to_wkb(town.geometry.to_numpy())
    )
    pd.testing.assert_frame_equal(again.students.table, town.students.table)
    pd.testing.assert_frame_equal(again.schools, town.schools)
    pd.testing.assert_frame_equal(again.current, town.current)


def test_another_process_makes_the_same_town():
    """Nothing depends on the order of hashes or on what ran before."""
    told = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == synthetic_district(300, 5, 2, 1, seed=4).digest()


def test_another_seed_gives_another_town():
    """The seed is not decoration."""
    one, other = (synthetic_district(200, 4, 2, 1, seed=seed) for seed in (1, 2))
    assert one.digest() != other.digest()


def test_blocks_cover_the_land_without_overlap(town: District):
    """Borders match exactly, so zones dissolve without cracks."""
    shapes = town.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert (shapely.get_type_id(shapes) == 3).all()
    assert (shapely.area(shapes) > 2_000).all()


def test_block_ids_keep_leading_zeros(town: District):
    """Ids look like numbers and are not: a careless reader loses their zeros."""
    assert town.blocks.index.str.startswith("0").all()
    assert town.blocks.index.str.len().nunique() == 1


def test_only_two_bridges_join_the_banks(town: District):
    """Without its two bridges the river cuts the town in two."""
    graph = town.graph
    assert len(graph.bridges) == 2
    assert all("Bridge" in reason for _, _, reason in graph.bridges)
    assert len(graph.pieces) == 1
    real = graph.shared_m > 0
    i, j = graph.edge_i[real], graph.edge_j[real]
    shape = (town.n_blocks, town.n_blocks)
    count, bank = connected_components(csr_array((np.ones(len(i)), (i, j)), shape=shape), False)
    assert count == 2
    assert np.bincount(bank).min() > 200
    position = {name: at for at, name in enumerate(town.blocks.index)}
    assert all(bank[position[a]] != bank[position[b]] for a, b, _ in graph.bridges)


def test_the_context_belongs_to_the_town(town: District):
    """River between the blocks, bridges over it, named streets along their borders."""
    context = synthetic_context()
    assert set(context["kind"]) == {"river", "highway", "main_road", "bridge", "street"}
    assert context["name"].str.len().gt(0).all()
    assert (context["kind"] == "bridge").sum() == 2
    assert context.crs == town.geometry.crs
    (river,) = context.geometry[context["kind"] == "river"]
    (highway,) = context.geometry[context["kind"] == "highway"]
    assert not shapely.intersects(river, highway)
    overlap = shapely.area(shapely.intersection(town.geometry.to_numpy(), river))
    assert overlap.sum() < 1.0
    streets = context.geometry[context["kind"] == "street"].to_numpy()
    borders = shapely.union_all(shapely.boundary(town.geometry.to_numpy()))
    off = shapely.length(shapely.difference(streets, shapely.buffer(borders, 0.5)))
    assert off.sum() < 0.001 * shapely.length(streets).sum()


def test_streets_are_dense_downtown_and_far_apart_on_farms(town: District):
    """Blocks grow from a city grid to fields."""
    area = town.blocks["area_m2"]
    assert area.quantile(0.1) < 20_000
    assert area.quantile(0.98) > 300_000


def test_neighbourhoods_are_connected(town: District):
    """Each neighbourhood can be kept together: it is one piece."""
    label = town.blocks["neighbourhood"].to_numpy(dtype=object)
    assert all(len(parts) == 1 for parts in pieces(town, label).values())
    assert 40 <= len(set(label)) <= 80


def test_counts_are_whole_children(town: District):
    """Counts are integers, none negative or unknown, and poor students are among the students."""
    table = town.students.table
    values = table.to_numpy()
    assert (values >= 0).all()
    assert not (values % 1).any()
    everyone = table.xs("*", axis=1, level="poverty")
    poor = table.xs("poor", axis=1, level="poverty")
    assert (poor[everyone.columns].to_numpy() <= everyone.to_numpy()).all()
    total = sum(town.students.count(level=level).sum() for level in town.levels)
    assert total == everyone.to_numpy().sum()
    assert 12_000 < total < 15_500


def test_neighbourhoods_differ_in_density_income_and_race(town: District):
    """Poverty and groups are spread unevenly, as in real towns."""
    hood = town.blocks["neighbourhood"].to_numpy()
    students = pd.Series(town.students.count(level="elementary")).groupby(hood).sum()
    lived_in = students > 30
    for which in ({"poor": True}, {"group": "black"}, {"group": "white"}):
        some = pd.Series(town.students.count(level="elementary", **which)).groupby(hood).sum()
        share = (some / students)[lived_in]
        assert share.quantile(0.9) - share.quantile(0.1) > 0.3, which
    density = pd.Series(town.students.count(level="elementary")) / town.blocks["area_m2"].to_numpy()
    assert density.quantile(0.95) > 12 * density.quantile(0.3)


@pytest.mark.parametrize("level", ["elementary", "middle", "high"])
def test_schools_stand_in_their_own_zones(town: District, level: str):
    """Every school is inside its zone, and no two share a block."""
    zone = zones(town, level)
    schools = town.schools[town.schools["level"] == level]
    at = town.blocks.index.get_indexer(schools["block_id"])
    assert zone[at].tolist() == schools.index.tolist()
    shapes = town.geometry.loc[schools["block_id"]].to_numpy()
    points = shapely.points(schools[["x_m", "y_m"]].to_numpy())
    assert shapely.contains(shapes, points).all()


def test_no_two_schools_share_a_block(town: District):
    """Each school has a block of its own."""
    assert town.schools["block_id"].is_unique


def test_one_attendance_island_and_no_other(town: District):
    """Elementary zones have exactly one detached piece; the other levels none."""
    extra = {
        level: [part for parts in pieces(town, zones(town, level)).values() for part in parts[1:]]
        for level in town.levels
    }
    assert [len(extra[level]) for level in ("elementary", "middle", "high")] == [1, 0, 0]
    (island,) = extra["elementary"]
    assert len(island) >= 3
    assert town.students.count(level="elementary")[island].sum() > 20


def test_one_school_is_overfull_and_one_half_empty(town: District):
    """The faults of today's plan are there, and there are seats enough in all."""
    seats = town.schools["capacity_seats"]
    enrolled = by_zone(town, "elementary")
    used = (enrolled / seats[enrolled.index]).sort_values()
    assert used.iloc[0] < 0.6 < used.iloc[1]
    assert used.iloc[-1] > 1.2 > used.iloc[-2]
    assert enrolled.sum() < seats[enrolled.index].sum()


def test_poverty_is_unequal_between_schools(town: District):
    """The poorest school has three times the share of the richest."""
    share = by_zone(town, "elementary", poor=True) / by_zone(town, "elementary")
    assert share.max() > 3 * share.min()


@pytest.mark.parametrize(("n_blocks", "schools"), [(100, (3, 1, 1)), (600, (7, 3, 1))])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_sizes_and_seeds_keep_their_promises(n_blocks, schools, seed):
    """Exact size, one town, matching borders, schools at home, zones whole but for one island."""
    district = synthetic_district(n_blocks, *schools, seed=seed)
    assert district.n_blocks == n_blocks
    assert len(district.graph.pieces) == 1
    assert len(district.graph.bridges) == 2
    assert shapely.coverage_is_valid(district.geometry.to_numpy())
    assert tuple(district.schools["level"].value_counts()[list(district.levels)]) == schools
    loose = 0
    for level in district.levels:
        zone = zones(district, level)
        mine = district.schools[district.schools["level"] == level]
        at = district.blocks.index.get_indexer(mine["block_id"])
        assert zone[at].tolist() == mine.index.tolist()
        loose += sum(len(parts) - 1 for parts in pieces(district, zone).values())
    assert loose <= 1


def test_a_level_may_have_no_school():
    """Without middle schools there are none in the tables."""
    district = synthetic_district(120, 3, 0, 1)
    assert set(district.schools["level"]) == {"elementary", "high"}
    assert set(district.current["level"]) == {"elementary", "high"}


def test_the_grid_is_a_plain_district():
    """Squares with the same people and faults, no river, no bridge."""
    district = synthetic_grid(400)
    assert district.n_blocks == 400
    assert district.graph.bridges == ()
    assert district.graph.n_borders == 2 * 20 * 19
    assert len(district.graph.pieces) == 1
    assert sum(len(p) - 1 for p in pieces(district, zones(district, "elementary")).values()) <= 1


@pytest.mark.slow
def test_a_large_county_takes_less_than_a_minute():
    """25,000 blocks and 140 schools, faults included, in under a minute of one processor."""
    start = time.process_time()
    county = synthetic_district(25_000, 98, 28, 14)
    assert time.process_time() - start < 60
    assert (county.n_blocks, county.n_schools) == (25_000, 140)
    assert len(county.graph.pieces) == 1


def test_what_changes_results_changes_the_digest(town: District):
    """Whether groups are everybody, and where on earth the coordinates lie, are content too."""
    part = replace(town.students, exhaustive=not town.students.exhaustive)
    assert replace(town, students=part).digest() != town.digest()
    assert replace(town, crs="EPSG:32618").digest() != town.digest()


@pytest.mark.parametrize("code", ["id_reserved", "group_reserved", "level_reserved"])
def test_a_district_made_in_python_is_refused_names_that_are_taken(
    town: District, code: str
) -> None:
    """What no file may name a school, group or level, no script may either."""
    first, span = str(town.schools.index[0]), town.levels["elementary"].span
    parts = {
        "id_reserved": {"schools": town.schools.rename(index={first: f"{first}+"})},
        "group_reserved": {"students": replace(town.students, groups=("all", "poor"))},
        "level_reserved": {"levels": {"a b": Level("a b", span), "a_b": Level("a_b", span)}},
    }
    with pytest.raises(DataError) as refused:
        replace(town, **parts[code])
    assert [fault.code for fault in refused.value.faults] == [code]
