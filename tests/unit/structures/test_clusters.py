"""Aims, ways of clusters, pairs and zones that are redrawn, on small towns worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_town import small_town

from planner.errors import (
    EmptyGroupError,
    InfeasibleError,
    MissingPovertyError,
    ScenarioError,
    StructureError,
    UnservedGradeError,
)
from planner.plan import Plan
from planner.reorganise.band_shape import Connected
from planner.reorganise.bands import BandRules, find_bands
from planner.reorganise.partition import Limits, best_clusters
from planner.structures import Buildings, Residents, Setting, ZoneUnits, aim_of, rank_pairs
from planner.structures.ageing import Ageing
from planner.structures.arrangement import Arrangement
from planner.structures.clusters import divide, evaluate
from planner.structures.coarse import cut_into_parts
from planner.structures.nearest import nearest_schools
from planner.structures.pairs import zone_terms

MEASURES = ("students", "poor", "group:a", "group:b")


def town(zones: str = "ppqqrr", columns: int = 6, **more):
    n = len(zones)
    a = np.repeat(np.linspace(10, 0, n)[:, None], 6, axis=1)
    at = {z: zones.index(z) for z in dict.fromkeys(zones)}
    options = {"students": 10.0, "groups": {"a": a, "b": 10 - a}, "poor": a * 0.5} | more
    return small_town({"elementary": list(zones)}, at, columns=columns, **options)


def ready(district, measures=MEASURES, **more):
    buildings = Buildings.from_district(district)
    residents = Residents.from_district(district)
    base = Arrangement.from_plan(
        Plan.today(district),
        block_ids=residents.block_ids,
        school_ids=buildings.ids,
        level_of=residents.level_of,
    )
    units = ZoneUnits.of(district, residents, base, buildings, measures=measures, **more)
    return residents, buildings, base, units


def test_aims_of_two_schools() -> None:
    """Two schools, one all poor a, one all rich b: every aim is at its worst."""
    a = np.array([[10.0] * 6, [0.0] * 6])
    district = town("pq", 2, groups={"a": a, "b": 10 - a}, poor=a)
    residents, buildings, _, units = ready(district)
    for name, value in (
        ("dissimilarity", 1.0),
        ("parity_gap", 1.0),
        ("poverty_distance", 0.5),
        ("poverty_spread", 0.5),
    ):
        aim = aim_of(name, residents, ("a", "b") if name == "dissimilarity" else ())
        assert aim.value(aim.join(zone_terms(units, aim, buildings))) == pytest.approx(value)


def test_ways_of_a_pair() -> None:
    """A pair of K-5 schools has ten ways to divide the grades, and today's."""
    _, _, _, units = ready(town("ppqq", 4))
    assert len(divide(units, (0, 1))) == 11


def test_asymmetric_ways_are_listed() -> None:
    """Two K-2 schools that feed one 3-5, each zone kept, are among the ways of three schools."""
    _, _, _, units = ready(town())
    wanted = np.array([[0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1], [2, 2, 2, 1, 1, 1]])
    assert any((table == wanted).all() for table in divide(units, (0, 1, 2)))


def test_no_way_leaves_a_building_empty() -> None:
    """A zone whose two schools divide its grades is joined with another; all three stay in use."""
    district = town()
    students, buildings, base, _ = ready(district)
    p, q, r = range(3)
    base.school_of[base.school_of == r] = p  # its six grades in p and r: one zone, two schools
    base.school_of[:, 3:][base.school_of[:, 3:] == p] = r
    units = ZoneUnits.of(district, students, base, buildings, measures=MEASURES)
    tables = divide(units, (0, 1))
    assert len(units) == 2
    assert len(tables) > 1
    assert all(set(table.ravel().tolist()) == {p, q, r} for table in tables)


def test_capacity_counts_every_year() -> None:
    """A way that fits today and not when cohorts age does not fit."""
    students = np.tile([30.0, 10, 10, 10, 10, 10], (4, 1))
    district = town("ppqq", 4, students=students, seats={"p": 110, "q": 160})
    residents, buildings, _, today = ready(district)
    aim = aim_of("poverty_distance", residents)
    table = np.array([[[1, 1, 1, 0, 0, 0]] * 2])  # grades 3-5 in p: 120 students in 110 seats
    assert not evaluate(today, (0, 1), aim, buildings, tables=table).fits[0]
    table = np.array([[[1, 1, 1, 1, 0, 0]] * 2])  # grades 4-5 in p: 80 students now …
    assert not evaluate(today, (0, 1), aim, buildings, tables=table).fits[0]  # q: 240 > 160
    _, _, _, later = ready(district, ageing=Ageing(years=5))
    roomy = ready(town("ppqq", 4, students=students, seats={"p": 110, "q": 300}),
                  ageing=Ageing(years=5))[3]  # fmt: skip
    big = Buildings.from_district(town("ppqq", 4, students=students, seats={"p": 110, "q": 300}))
    assert evaluate(today, (0, 1), aim, big, tables=table).fits[0]
    assert not evaluate(roomy, (0, 1), aim, big, tables=table).fits[0]  # … 240 when they age
    assert later.cohorts.shape[0] == 6


def test_pairs_are_ranked_by_gain() -> None:
    """The pair with the larger difference gains more; the table tells its cost."""
    a = np.array([[10.0] * 6, [10.0] * 6, [8.0] * 6, [8.0] * 6, [0.0] * 6, [0.0] * 6])
    district = town(groups={"a": a, "b": 10 - a})
    residents, buildings, _, units = ready(district)
    aims = {"dissimilarity": aim_of("dissimilarity", residents, ("a", "b")),
            "parity_gap": aim_of("parity_gap", residents)}  # fmt: skip
    table = rank_pairs(units, aims, buildings)
    assert table.loc[0, ["zone", "other"]].tolist() == ["q", "r"]
    assert table.loc[0, "gain_dissimilarity"] > table.loc[1, "gain_dissimilarity"]
    assert (table["moved"] > 0).all()
    assert (table["travel_change_m"] > 0).all()


@pytest.mark.filterwarnings("error")
def test_pairs_of_a_district_without_students() -> None:
    """Nobody lives there: nothing is gained, nobody's way grows, and no share of poverty exists."""
    nobody = np.zeros((4, 6))
    district = town("ppqq", 4, students=nobody, groups={}, poor=nobody)
    residents, buildings, _, units = ready(district, ("students", "poor"))
    table = rank_pairs(units, {"gap": aim_of("poverty_distance", residents)}, buildings)
    asked = ["gain_gap", "moved", "travel_change_m", "district_travel_change_m"]
    assert table.loc[0, asked].tolist() == [0, 0, 0, 0]
    assert np.isnan(table.loc[0, "poverty_difference"])


def test_limits_of_clusters() -> None:
    """Fewer clusters, fewer moves and shorter ways hold as limits."""
    a = np.repeat(np.array([[10.0], [10], [0], [0], [10], [10], [0], [0]]), 6, axis=1)
    district = town("ppqqrrss", 8, groups={"a": a, "b": 10 - a}, poor=a)
    residents, buildings, _, units = ready(district)
    aim = aim_of("dissimilarity", residents, ("a", "b"))
    free = best_clusters(units, aim, buildings)
    assert len(free.ways) == 2
    one = best_clusters(units, aim, buildings, Limits(clusters=1))
    assert len(one.ways) == 1
    assert one.value >= free.value
    still = best_clusters(units, aim, buildings, Limits(moved=0.0))
    assert not still.ways
    with pytest.raises(InfeasibleError):
        best_clusters(units, aim, buildings, Limits(mean_travel_m=1.0))


def test_bad_aims() -> None:
    """Missing poverty, empty groups and misspelt aims each have their own error."""
    residents = Residents.from_district(town(poor=None))
    with pytest.raises(MissingPovertyError, match="no poverty column"):
        aim_of("parity_gap", residents)
    nobody = np.zeros((6, 6))
    residents = Residents.from_district(town(groups={"a": nobody, "b": nobody + 10}))
    with pytest.raises(EmptyGroupError, match="group 'a' has no students"):
        aim_of("dissimilarity", residents, ("a", "b"))
    with pytest.raises(EmptyGroupError, match="no group named 'z'"):
        aim_of("dissimilarity", residents, ("b", "z"))
    with pytest.raises(ScenarioError, match="unknown aim"):
        aim_of("harmony", residents)


def test_shared_building_cannot_be_clustered() -> None:
    """Zones that share a building today are refused, because their parts cannot be told apart."""
    district = small_town(
        {"low": list("ppqq"), "high": list("mmmm")},
        {"p": 0, "q": 3, "m": 1},
        columns=4,
        levels={"low": "K-2", "high": "3-5"},
        groups={"a": np.ones((4, 6)), "b": np.full((4, 6), 9.0)},
        poor=np.ones((4, 6)),
    )
    residents, buildings, _, units = ready(district)
    with pytest.raises(StructureError, match="share a building today"):
        best_clusters(units, aim_of("poverty_distance", residents), buildings)


def test_impossible_bands() -> None:
    """Too few seats for any bands is proven, and said."""
    district = town("ppqq", 4, seats={"p": 50, "q": 50})
    residents = Residents.from_district(district)
    buildings = Buildings.from_district(district)
    units = ZoneUnits.whole(district, residents, buildings)
    with pytest.raises(InfeasibleError, match="no bands keep the rules"):
        find_bands(units, buildings, BandRules(("transitions",), one_building_a_grade=True))


def test_grade_no_building_is_fit_for() -> None:
    """A grade that no building may serve is named before anything is solved."""
    district = town("ppqq", 4, allowed={"p": "K-3", "q": "K-4"})
    residents = Residents.from_district(district)
    buildings = Buildings.from_district(district)
    units = ZoneUnits.whole(district, residents, buildings)
    with pytest.raises(InfeasibleError, match="grade 5"):
        find_bands(units, buildings, BandRules(("transitions",), one_building_a_grade=True))


def test_clinton_bands_are_found() -> None:
    """From seats and allowed grades alone: K-1, 2-3, 4-5, 6, 7-8, 9, 10-12."""
    levels = {"elementary": "K-5", "middle": "6-8", "high": "9-12"}
    at = dict(zip("abcdefg", range(7), strict=True))
    seats = {"a": 21, "b": 21, "c": 21, "d": 10, "e": 21, "f": 10, "g": 31}
    fit = dict.fromkeys("abc", "K-5") | {"d": "6", "e": "6-8", "f": "9-10", "g": "9-12"}
    district = small_town(
        {"elementary": list("aabbcca"), "middle": ["d"] * 7, "high": ["f"] * 7},
        at,
        columns=7,
        levels=levels,
        students=10 / 7,
        seats=seats,
        allowed=fit | {"g": "10-12"},
    )
    buildings = Buildings.from_district(district, allowed={"e": "6-8", "g": "9-12"})
    residents = Residents.from_district(district)
    units = ZoneUnits.whole(district, residents, buildings, ageing=Ageing(years=5))
    rules = BandRules(("transitions", "travel"), one_building_a_grade=True)
    found = find_bands(units, buildings, rules)
    assert found.stages[0].value == pytest.approx(6)
    assert found.status == "PROVEN_OPTIMAL"
    runs = np.flatnonzero(np.diff(found.table[0])) + 1
    bands = [len(part) for part in np.split(found.table[0], runs)]
    assert bands == [2, 2, 2, 1, 2, 1, 3]


def test_bands_and_zones_in_one_program() -> None:
    """Redrawn areas are in one piece around their building and no worse than today."""
    rng = np.random.default_rng(5)
    zones = "".join("pq"[(i % 6) // 3] for i in range(36))
    a = np.repeat(rng.integers(0, 10, (36, 1)).astype(float), 6, axis=1)
    district = town(zones, 6, groups={"a": a, "b": 10 - a}, poor=a)
    residents, buildings, base, _ = ready(district)
    parts = cut_into_parts(district, base, residents.students.sum(axis=1), buildings, parts=12)
    first = [np.flatnonzero(parts.part_of == k)[0] for k in range(parts.count)]
    today = base.school_of[first]
    names = [f"part {k}" for k in range(parts.count)]
    units = ZoneUnits.grouped(
        district,
        residents,
        buildings,
        names=names,
        zone_of=parts.part_of,
        table=today,
        measures=MEASURES,
    )
    rules = BandRules(
        ("balance",), cuts=("3",), connected=Connected.around(parts, today), time_limit_s=20
    )
    aim = aim_of("poverty_distance", residents)
    found = find_bands(units, buildings, rules, aim=aim, start=today)
    before = aim.of({m: base.tally(residents.measure(m)) for m in aim.measures})
    assert found.stages[0].value <= before + 1e-9
    connected = Connected.around(parts, found.table)
    assert (connected.mend(found.table) == found.table).all()
    assert (found.table[:, 0] == found.table[:, 2]).all()
    assert (found.table[:, 3] == found.table[:, 5]).all()


def setting_of(district):
    residents, buildings, base, _ = ready(district)
    metres = np.asarray(district.travel.metres, dtype=float)[:, buildings.columns]
    return Setting(residents, buildings, metres, base, buildings.gaps_m(1.0))


def test_nearest_with_room() -> None:
    """Handicaps fill the smaller school up to its seats; without them the nearest is taken."""
    district = town("ppppqq", 6, seats={"p": 180, "q": 300})
    setting = setting_of(district)
    spans = {"p": "K-5", "q": "K-5"}
    nearest = nearest_schools(district, setting, spans)
    assert nearest.tally(setting.residents.students).sum(axis=1).tolist() == [180, 180]
    assert nearest_schools(district, setting, spans, within_seats=True).spans() == spans
    tight = setting_of(town("ppppqq", 6, seats={"p": 240, "q": 150}))
    fitted = nearest_schools(district, tight, spans, within_seats=True)
    assert fitted.tally(setting.residents.students).sum(axis=1).tolist() == [240, 120]
    small = setting_of(town("ppppqq", 6, seats={"p": 60, "q": 60}))
    with pytest.raises(StructureError, match="hold their 360 students in 120 seats"):
        nearest_schools(district, small, spans, within_seats=True)


def test_nearest_refuses_what_does_not_fit() -> None:
    """Unknown schools, unfit spans and unserved grades are told."""
    district = town("pppqqq", 6, allowed={"p": "K-2"})
    setting = setting_of(district)
    with pytest.raises(StructureError, match="unknown school z; p serves K-5 but is fit for K-2"):
        nearest_schools(district, setting, {"z": "K-5", "p": "K-5"})
    with pytest.raises(UnservedGradeError, match="grades 3, 4, 5"):
        nearest_schools(district, setting, {"p": "K-2", "q": "K-2"})


def test_setting_of_grades() -> None:
    """Some of the grades can be given as anything that runs once."""
    setting = setting_of(town())
    part = setting.of_grades(g for g in ("K", "1"))
    assert part.residents.grades == ("K", "1")
    assert part.base.school_of.shape == (6, 2)


def test_nearest_with_room_counts_all_grades_of_a_building() -> None:
    """A building that serves K-5 beside one of K-2 is filled once, not once for each kind."""
    district = town("ppppqq", 6, seats={"p": 100, "q": 300})
    setting = setting_of(district)
    fitted = nearest_schools(district, setting, {"p": "K-2", "q": "K-5"}, within_seats=True)
    filled = fitted.tally(setting.residents.students).sum(axis=1)
    assert filled.sum() == 360
    assert (filled <= [100, 300]).all()
    full = setting_of(town("ppppqq", 6, seats={"p": 60, "q": 270}))
    with pytest.raises(StructureError, match="hold their 360 students in 330 seats"):
        nearest_schools(district, full, {"p": "K-2", "q": "K-5"}, within_seats=True)


def test_zones_grow_from_their_own_blocks() -> None:
    """Two schools in one block, and one outside its zone, root in parts of their own zones."""
    district = town("pppqqq", 6)
    residents, buildings, base, _ = ready(district)
    schools = district.schools.assign(block_id="001", x_m=district.blocks["x_m"].iloc[1])
    moved = replace(district, schools=schools)
    buildings = Buildings.from_district(moved)
    parts = cut_into_parts(moved, base, residents.students.sum(axis=1), buildings, parts=6)
    assert parts.root.tolist() == [parts.part_of[1], parts.part_of[3]]


def test_grades_of_another_level_are_joined() -> None:
    """A K-8 building whose 6-8 are not divided takes the upper grades, in clusters and in bands."""
    a = np.array([[10.0] * 6, [10.0] * 6, [0.0] * 6, [0.0] * 6])
    district = town("ppqq", 4, groups={"a": a, "b": 10 - a}, poor=a)
    residents, buildings, _, units = ready(district)
    aim = aim_of("poverty_distance", residents)
    joined = buildings.teaching(("6", "7", "8"), np.array([[True] * 3, [False] * 3]))
    first = {
        int(way.table[0, 0])
        for way in evaluate(units, (0, 1), aim, joined).best()
        if way.table[0, 0] == way.table[1, 0] and way.moved
    }
    assert first == {1}
    rules = BandRules(("balance", "travel"), time_limit_s=20)
    for one in (False, True):
        found = find_bands(units, joined, replace(rules, one_building_a_grade=one), aim=aim)
        assert found.table[:, -1].tolist() == [0, 0]
        assert found.table[:, 0].tolist() == [1, 1]
