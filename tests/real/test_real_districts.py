"""Two real districts: they load from their own files, and their true faults are told."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest

from geodata import CheckReport, DataError, District, check_district, read_assignment

HERE = Path(__file__).resolve().parent
MEHFOUD, VARINA = "510189002124", "510189000834"


@pytest.fixture(scope="module")
def shared(shared_data: Path) -> Path:
    """Return the folder of real data, and let the district files find it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHARED_DATA", str(shared_data))
        yield shared_data


@pytest.fixture(scope="module")
def henrico(shared: Path) -> CheckReport:
    """Check Henrico once."""
    return check_district(HERE / "henrico")


@pytest.fixture(scope="module")
def santa_rosa(shared: Path) -> CheckReport:
    """Check Santa Rosa once."""
    return check_district(HERE / "santa_rosa")


def usable(report: CheckReport) -> District:
    """Return the district of a report without fatal faults."""
    assert report.district is not None, [str(fault) for fault in report.fatal]
    return report.district


def rows_of(report: CheckReport, code: str, word: str = "") -> set[str]:
    """Return the rows of the one fault of a code (and with a word in its message)."""
    found = [f for f in report.faults if f.code == code and word in f.message]
    assert len(found) == 1, [str(fault) for fault in report.faults]
    return set(found[0].rows)


def test_henrico_is_checked_in_fifteen_seconds(shared: Path) -> None:
    """6,354 blocks are read and checked in seconds of processor time."""
    start = time.process_time()
    check_district(HERE / "henrico" / "district.toml")
    assert time.process_time() - start < 15


def test_henrico_is_whole(henrico: CheckReport) -> None:
    """Blocks, people, schools and zones are those its source describes."""
    district = usable(henrico)
    assert district.n_blocks == 6_354
    assert district.crs == "EPSG:26918"
    assert dict(district.schools["level"].value_counts()) == {
        "elementary": 46,
        "middle": 12,
        "high": 9,
    }
    students = district.students
    assert students.proxy == "2010 under-18 counts"
    total = students.count(level="elementary")
    assert total.sum() == 74_372
    groups = sum(students.count(level="elementary", group=name) for name in students.groups)
    assert np.array_equal(total, groups)
    assert students.count(level="high").sum() == 74_372
    assert not students.has(poor=True)


def test_henrico_borders_and_isolates(henrico: CheckReport) -> None:
    """Its 15,035 shared borders are found; its seven isolates are bridged, with a warning."""
    district = usable(henrico)
    assert len(district.graph.edge_i) - len(district.graph.bridges) == 15_035
    assert len(district.graph.bridges) == 7
    assert len(rows_of(henrico, "block_isolated")) == 7
    assert len(district.graph.pieces) == 1


def test_henrico_shared_zone(henrico: CheckReport) -> None:
    """Mehfoud (PK-2) and Varina (3-5) share one zone; there are 45 zones for 46 schools."""
    district = usable(henrico)
    assert rows_of(henrico, "zone_shared") == {MEHFOUD, VARINA}
    plan = district.current[district.current["level"] == "elementary"]
    lowest = plan[plan["grade_low"] == "K"]
    assert lowest["block_id"].is_unique
    assert lowest["school_id"].nunique() == 45
    shared = plan[plan["school_id"].isin([MEHFOUD, VARINA])]
    assert set(shared[shared["school_id"] == VARINA]["grade_low"]) == {"3"}
    assert set(shared[shared["school_id"] == MEHFOUD]["grade_high"]) == {"2"}
    assert set(plan[~plan["school_id"].isin([MEHFOUD, VARINA])]["grade_high"]) == {"5"}


@pytest.mark.parametrize(
    ("level", "column", "apart"),
    [("elementary", "es_k2", 82), ("middle", "ms", 54), ("high", "hs", 54)],
)
def test_henrico_islands(
    henrico: CheckReport, shared: Path, level: str, column: str, apart: int
) -> None:
    """The islands of today are those that the source counts, less the bridged isolates."""
    district = usable(henrico)
    raw = gpd.read_file(shared / "henrico-va" / "blocks.geojson").set_index("geoid")
    bridged = {frozenset(bridge[:2]) for bridge in district.graph.bridges}
    ids = district.graph.ids
    edges = [
        (ids[i], ids[j]) for i, j in zip(district.graph.edge_i, district.graph.edge_j, strict=True)
    ]
    bare = nx.Graph(edge for edge in edges if frozenset(edge) not in bridged)
    bare.add_nodes_from(raw.index)
    assert len(_apart(bare, raw[column], _largest)) == apart

    homes = district.schools["block_id"].to_dict()
    linked = nx.Graph(edges)

    def main(school: str, parts: list[set[str]]) -> set[str]:
        holding = [part for part in parts if homes.get(school) in part]
        return holding[0] if holding else _largest(school, parts)

    assert rows_of(henrico, "zone_island", level) == _apart(linked, raw[column], main)


def _largest(_: str, parts: list[set[str]]) -> set[str]:
    return max(parts, key=len)


def _apart(
    graph: nx.Graph, zone: pd.Series, main: Callable[[str, list[set[str]]], set[str]]
) -> set[str]:
    """Return the blocks outside the main part of their zone."""
    apart: set[str] = set()
    for school, blocks in zone.groupby(zone).groups.items():
        parts = list(nx.connected_components(graph.subgraph(blocks)))
        apart |= set(blocks) - main(str(school), parts)
    return apart


def test_henrico_schools_outside_their_zone(henrico: CheckReport, shared: Path) -> None:
    """Schools outside their zone are those an overlay of points and blocks finds."""
    folder = shared / "henrico-va"
    raw = gpd.read_file(folder / "blocks.geojson").to_crs(2284)
    table = pd.read_csv(folder / "schools.csv", dtype={"ncessch": str})
    points = gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326
    ).to_crs(2284)
    inside = gpd.sjoin(points, raw, predicate="within")
    zones = inside[["es_k2", "es_35", "ms", "hs"]]
    astray = inside[(zones.ne(inside["ncessch"], axis=0)).all(axis=1)]
    astray = set(astray[astray["level"] != "Combined"]["ncessch"])
    assert rows_of(henrico, "school_outside_zone") == astray
    assert not [f for f in henrico.faults if f.code == "school_outside_blocks"]


def test_henrico_unknown_seats(henrico: CheckReport) -> None:
    """No school's capacity is known, and none is invented."""
    district = usable(henrico)
    assert rows_of(henrico, "capacity_missing") == set(district.schools.index)
    assert district.schools["capacity_seats"].isna().all()


def test_henrico_tells_nothing_else(henrico: CheckReport) -> None:
    """These are its faults, and no others."""
    assert {fault.code for fault in henrico.faults} == {
        "geometry_overlap",
        "geometry_sliver",
        "block_isolated",
        "capacity_missing",
        "zone_shared",
        "zone_island",
        "school_outside_zone",
    }


def test_henrico_zone_polygons_give_its_plan(henrico: CheckReport, shared: Path) -> None:
    """Zones give the source's columns, but for 16 blocks in no zone and 3 wholly in two."""
    district = usable(henrico)
    found = read_assignment(shared / "henrico-va" / "zones_es.geojson", district)
    keys = ["block_id", "level", "grade_low", "grade_high"]
    both = found.merge(district.current, on=keys, how="left")
    assert len(found) == 6_354 - 16 + 443
    unlike = both[both["school_id_x"] != both["school_id_y"]]
    assert set(unlike["block_id"]) == {
        "510872004091000",
        "510872004091009",
        "510872004113006",
    }
    told = {fault.code: fault.rows for fault in found.attrs["faults"]}
    assert len(told["block_without_zone"]) == 16
    assert {"510189000797 - 510189000830", "510189000796 - 510189000821"} <= {
        pair.split(" (")[0] for pair in told["zones_overlap"]
    }


def test_santa_rosa_is_whole(santa_rosa: CheckReport) -> None:
    """The seven schools of 2025-26, their students and a plan in one piece."""
    district = usable(santa_rosa)
    assert district.n_blocks == 900
    assert len(district.graph.edge_i) == 2_115
    assert district.schools["is_open"].sum() == 7
    assert district.students.count(level="elementary").sum() == 2_861
    assert district.current["school_id"].nunique() == 7
    count = pd.Series(district.students.count(level="elementary"), index=district.blocks.index)
    homes = district.current.set_index("block_id")["school_id"]
    assert count.groupby(homes).sum()["Steele Lane Elementary School"] == 437
    codes = {fault.code for fault in santa_rosa.faults}
    assert codes == {"capacity_missing", "geometry_crack", "geometry_gap"}


def test_santa_rosa_with_the_residents_of_2026_27(shared: Path, santa_rosa: CheckReport) -> None:
    """A second district file counts the residents of 2026-27 and changes nothing else."""
    later = usable(check_district(HERE / "santa_rosa" / "district_2027.toml"))
    now = usable(santa_rosa)
    assert later.students.count(level="elementary").sum() == 2_712
    assert later.current.equals(now.current)
    assert later.schools.equals(now.schools)
    assert later.digest() != now.digest()


def test_santa_rosa_adopted_plan(santa_rosa: CheckReport, shared: Path) -> None:
    """The adopted plan of 2026-27 can be read from a column and from its zones, alike."""
    district = usable(santa_rosa)
    folder = shared / "santa-rosa-ca"
    column = read_assignment(folder / "blocks.geojson", district, school_column="school_2026_27")
    zones = read_assignment(folder / "zones_elementary_2026-27.geojson", district)
    assert column.equals(zones)
    assert column["school_id"].nunique() == 6
    now = district.current.set_index("block_id")["school_id"]
    moved = now != column.set_index("block_id")["school_id"]
    count = pd.Series(district.students.count(level="elementary"), index=now.index)
    assert moved.sum() == 81
    assert count[moved].sum() == 475
    with pytest.raises(DataError, match="school_2025_26, school_2026_27"):
        read_assignment(folder / "blocks.geojson", district)


def test_digests_of_real_districts(henrico: CheckReport, santa_rosa: CheckReport) -> None:
    """Digests do not depend on machine, Python or library version."""
    assert usable(henrico).digest().startswith("f82fa36a563a9bc9")
    assert usable(santa_rosa).digest().startswith("ee04ed005010a802")
