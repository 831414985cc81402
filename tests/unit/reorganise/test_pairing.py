"""Lists of pairs: what is unknown stays unknown, and what is missing is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_town import small_town

from planner.errors import MissingPovertyError, ScenarioError, StructureError
from planner.reorganise import list_pairs

A = np.repeat(np.array([[9.0], [9], [1], [1]]), 6, axis=1)


def town(zones: str = "ppqq", **more):
    options = {"students": 10.0, "groups": {"a": A, "b": 10 - A}, "poor": A * 0.5} | more
    at = {zone: zones.index(zone) for zone in dict.fromkeys(zones)}
    return small_town({"elementary": list(zones)}, at, columns=4, **options)


def test_neither_poverty_nor_groups() -> None:
    """Without poverty and without two groups nothing ranks the pairs; groups alone do."""
    with pytest.raises(MissingPovertyError, match="no two groups are named"):
        list_pairs(town(poor=None), "elementary")
    table = list_pairs(town(poor=None), "elementary", groups=("a", "b"))
    assert table["gain_dissimilarity"].iloc[0] > 0


def test_unknown_level_is_named() -> None:
    """A level the district lacks is told with those it has."""
    with pytest.raises(ScenarioError, match="no level named 'nope'"):
        list_pairs(town(), "nope")


def test_zones_that_touch_no_other() -> None:
    """One zone has no neighbour: the list is empty and says why."""
    table = list_pairs(town("pppp"), "elementary")
    assert table.empty
    assert "no two zones of this level touch" in table.attrs["notes"]


def test_unknown_seats_leave_open_whether_a_pair_fits() -> None:
    """Without seats the halves are even and the fit is unknown; with seats it is known."""
    (row,) = list_pairs(town(), "elementary").to_dict("records")
    assert row["fits"] is None
    assert sorted(row["spans"].split(", ")) in (["p: 3-5", "q: K-2"], ["p: K-2", "q: 3-5"])
    for fit, fits in (("K-5", True), ("K", False)):
        known = town(seats={"p": 240.0, "q": 240.0}, allowed={"p": fit, "q": fit})
        assert list_pairs(known, "elementary")["fits"].tolist() == [fits]
    half = town(seats={"p": 240.0})
    assert list_pairs(half, "elementary")["fits"].tolist() == [None]


def test_unknown_counts_name_their_blocks() -> None:
    """Pairs are found by counting: blocks without counts are named, not called unreachable."""
    students = np.full((4, 6), 10.0)
    students[2, 1] = np.nan
    with pytest.raises(StructureError, match=r"all students in 1 block \(002\)"):
        list_pairs(town(students=students), "elementary")


def test_ledger_says_what_ranks() -> None:
    """By poverty, groups are watched; by two groups, both decide and the caution is there."""
    poverty = list_pairs(town(), "elementary").attrs["ledger"]
    assert poverty.deciding == ("poor",)
    assert not poverty.caution
    race = list_pairs(town(), "elementary", groups=("a", "b")).attrs["ledger"]
    assert race.deciding == ("group:a", "group:b")
    assert "not legal advice" in race.caution


@pytest.mark.parametrize(("column", "told"), [("is_open", "closed"), ("takes_zone", "no zone")])
def test_shut_schools_of_todays_plan_are_named(column: str, told: str) -> None:
    """Nobody is paired with a closed building, and the message says what is wrong with it."""
    district = town()
    schools = district.schools.assign(**{column: [False, True]})
    with pytest.raises(StructureError, match=rf"blocks at p \(.*{told}\)"):
        list_pairs(replace(district, schools=schools), "elementary")


def test_students_of_another_level_take_seats_of_a_pair() -> None:
    """A K-8 building of 150 seats with 60 older students does not fit half of 240."""
    levels = {"elementary": "K-5", "middle": "6-8"}
    students = np.full((4, 9), 10.0)
    students[:, 6:] = 5.0
    a = np.repeat(np.array([[9.0], [9], [1], [1]]), 9, axis=1)
    for middle, fits in (("m", True), ("p", False)):
        district = small_town(
            {"elementary": list("ppqq"), "middle": [middle] * 4}, {"p": 0, "q": 2, "m": 3},
            columns=4, levels=levels, students=students, groups={"a": a, "b": 10 - a},
            seats={"p": 150.0, "q": 150.0, "m": 100.0},
        )  # fmt: skip
        table = list_pairs(district, "elementary", groups=("a", "b"))
        assert table["fits"].tolist() == [fits]


def test_a_k8_building_of_a_pair_keeps_one_span() -> None:
    """Its half of the middle grades joins the K-5 that it goes on teaching."""
    levels = {"elementary": "K-5", "middle": "6-8"}
    a = np.repeat(np.array([[9.0], [9], [1], [1]]), 9, axis=1)
    students = np.full((4, 9), 10.0)
    students[:2, 6:8] = 30.0  # p would rather keep only its own few of grade 8
    a[:2, 6:8] = 27.0
    district = small_town(
        {"elementary": list("ppqq"), "middle": list("ppmm")}, {"p": 3, "q": 2, "m": 0},
        columns=4, levels=levels, students=students, groups={"a": a, "b": students - a},
        allowed={"p": "K-8"},
    )  # fmt: skip
    (row,) = list_pairs(district, "middle", groups=("a", "b")).to_dict("records")
    assert row["spans"].startswith("p: 6")
