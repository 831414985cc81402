"""Cohorts age into buildings, classes and walks."""

from __future__ import annotations

import numpy as np
import pytest
from small_town import small_town

from planner.metrics.travel import travel_mean, travel_percentile, walkers, walkers_to_riders
from planner.structures.ageing import (
    Ageing,
    age,
    band_capacity,
    first_overflow,
    second_sites,
    survival_ratios,
)
from planner.structures.arrangement import grade_levels
from planner.structures.buildings import Buildings
from planner.structures.residents import Residents
from planner.structures.service import class_evenness, sections, student_metres
from planner.structures.table import Structure
from planner.structures.zones import ZoneUnits


def town(**more):
    counts = np.tile([10.0, 20, 30, 40, 50, 60], (4, 1))
    return small_town(
        {"elementary": list("aabb")}, {"a": 0, "b": 3, "c": 1}, columns=4, students=counts, **more
    )


def centers(district, spans):
    buildings = Buildings.from_district(district)
    arrangement = Structure.grade_centers(spans).arrange(
        block_ids=district.blocks.index.to_numpy(dtype=np.str_),
        grades=tuple(grade_levels(district)),
        zone_of=np.zeros(4, dtype=np.int32),
        zones=["a"],
        buildings=buildings,
    )
    return arrangement, buildings


def test_cohorts_move_up() -> None:
    """Each year every grade is last year's grade below; kindergarten is as today."""
    counts = np.array([[10.0, 20, 30]])
    years = age(counts, ("K", "1", "2"), Ageing(years=2))
    assert years[1].tolist() == [[10, 10, 20]]
    assert years[2].tolist() == [[10, 10, 10]]


def test_growth_and_survival() -> None:
    """Entering grades grow, survival moves more or fewer up; PK does not become all of K."""
    counts = np.array([[5.0, 100, 80]])
    ageing = Ageing(years=1, survival={"K": 1.1}, entry_growth=0.1)
    assert age(counts, ("PK", "K", "1"), ageing)[1, 0].tolist() == pytest.approx([5.5, 110, 110])


def test_survival_ratios_by_hand() -> None:
    """100 and 120 in K become 90 and 114 in grade 1 a year later: 204 of 220."""
    ratios = survival_ratios([[100, 0, 50], [120, 90, 0], [130, 114, 45]], ("K", "1", "2"))
    assert ratios == pytest.approx({"K": 204 / 220, "1": 45 / 90})
    assert survival_ratios([[0, 1], [0, 1]], ("K", "1")) == {}


def test_overflow_and_second_site() -> None:
    """The band that outgrows its building is found, with the year and a site that could help."""
    district = town(seats={"a": 300, "b": 460, "c": 200})
    arrangement, buildings = centers(district, {"a": "K-2", "b": "3-5"})
    capacity = band_capacity(arrangement, np.tile([50.0, 20, 30, 40, 50, 20], (4, 1)), buildings,
                             Ageing(years=5))  # fmt: skip
    now = capacity[capacity["year"] == 0].set_index("school_id")
    assert now.loc["a", "utilization"] == pytest.approx(400 / 300)
    first = first_overflow(capacity)
    assert first[["year", "school_id"]].to_numpy().tolist() == [[0, "a"], [1, "b"]]
    sites = second_sites(arrangement, capacity, buildings).set_index("school_id")
    assert sites.loc["a", "site"] == "c"
    assert sites.loc["a", "spare"] == 200


def test_unknown_seats_stay_unknown() -> None:
    """A building without known seats is neither full nor empty."""
    arrangement, buildings = centers(town(), {"a": "K-2", "b": "3-5"})
    capacity = band_capacity(arrangement, np.ones((4, 6)), buildings, Ageing(years=0))
    assert capacity["utilization"].isna().all()
    assert first_overflow(capacity).empty


def test_sections_and_evenness() -> None:
    """One building a grade has one pool of students: classes are even."""
    district = town()
    arrangement, _ = centers(district, {"a": "K-2", "b": "3-5"})
    table = sections(arrangement, np.tile([10.0, 20, 30, 40, 50, 60], (4, 1)), np.full(6, 25.0))
    assert table["sections"].tolist() == [2, 4, 5, 7, 8, 10]
    assert (class_evenness(table, arrangement.grades)["spread"] == 0).all()


def test_class_spread() -> None:
    """26 students are two classes of 13, 25 are one of 25: a spread of 12."""
    district = small_town({"elementary": list("ab")}, {"a": 0, "b": 1}, columns=2)
    buildings = Buildings.from_district(district)
    pair = Structure.cluster(["a"], {"a": "K-5"}).with_rows(
        Structure.cluster(["b"], {"b": "K-5"}).rows
    )
    arrangement = pair.arrange(
        block_ids=district.blocks.index.to_numpy(dtype=np.str_),
        grades=tuple(grade_levels(district)),
        zone_of=np.array([0, 1], dtype=np.int32),
        zones=["a", "b"],
        buildings=buildings,
    )
    table = sections(arrangement, np.array([[26.0] * 6, [25.0] * 6]), np.full(6, 25.0))
    assert class_evenness(table, arrangement.grades)["spread"].tolist() == [12.0] * 6


def test_travel_and_walkers() -> None:
    """Mean, ninetieth percentile and walkers of a line of four blocks with both schools."""
    district = town()
    base, _ = centers(district, {"a": "K-5"})
    after, _ = centers(district, {"a": "K-2", "b": "3-5"})
    metres = np.asarray(district.travel.metres, dtype=float)
    counts = np.ones((4, 6))
    way = student_metres(base, metres)
    assert (travel_mean(way, counts), travel_percentile(way, counts)) == (1500, 3000)
    assert walkers(way, counts, 1000) == 12
    assert walkers_to_riders(way, student_metres(after, metres), counts, 1000) == 6


def test_a_gap_in_the_grades_is_not_jumped() -> None:
    """Where grades 6 to 8 are not taught, grade 9 enters anew, and grade 5 leaves."""
    counts = np.array([[10.0, 10, 100, 100]])
    years = age(counts, ("4", "5", "9", "10"), Ageing(years=3))
    assert years[3].tolist() == [[10, 10, 100, 100]]


def test_cohorts_of_one_level_come_from_the_level_below() -> None:
    """Middle school students of later years are today's elementary students, for that level too."""
    counts = np.array([[20.0] * 6 + [10.0] * 3])
    levels = {"elementary": "K-5", "middle": "6-8"}
    district = small_town(
        {"elementary": ["a"], "middle": ["m"]}, {"a": 0, "m": 0}, columns=1, levels=levels,
        students=counts,
    )  # fmt: skip
    residents = Residents.from_district(district, ("6", "7", "8"))
    assert residents.cohorts(Ageing(years=3)).sum(axis=2).ravel().tolist() == [30, 40, 50, 60]
    units = ZoneUnits.whole(
        district, residents, Buildings.from_district(district), ageing=Ageing(years=3)
    )
    assert units.cohorts.sum(axis=(1, 2)).tolist() == [30, 40, 50, 60]
