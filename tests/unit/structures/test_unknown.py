"""Unknown counts and seats never become numbers; no seats at all is a limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_town import small_town

from planner.errors import InfeasibleError, StructureError
from planner.plan import Plan
from planner.reorganise.bands import BandRules, find_bands
from planner.structures import Buildings, Residents, Setting, ZoneUnits, aim_of
from planner.structures.ageing import Ageing, band_capacity, first_overflow
from planner.structures.arrangement import Arrangement
from planner.structures.clusters import evaluate
from planner.structures.measure import measure_arrangement
from planner.structures.nearest import nearest_schools
from planner.structures.setting import Rows

MEASURES = ("students", "poor", "group:a", "group:b")
A = np.repeat(np.array([[9.0], [9], [1], [1]]), 6, axis=1)


def ready(**more):
    """Return setting, arrangement of today and district of a town of two schools."""
    options = {"students": 10.0, "groups": {"a": A, "b": 10 - A}, "poor": A * 0.5} | more
    options = {"seats": {"p": 150, "q": 150}} | options
    town = small_town({"elementary": list("ppqq")}, {"p": 0, "q": 3}, columns=4, **options)
    residents, buildings = Residents.from_district(town), Buildings.from_district(town)
    base = Arrangement.from_plan(
        Plan.today(town), block_ids=residents.block_ids, school_ids=buildings.ids,
        level_of=residents.level_of,
    )  # fmt: skip
    metres = np.asarray(town.travel.metres, dtype=float)
    setting = Setting(
        residents=residents, buildings=buildings, metres=metres, base=base,
        gaps_m=buildings.gaps_m(1.0), class_size=np.full(6, 20.0), ageing=Ageing(years=2),
    )  # fmt: skip
    return setting, base, town


def rows_of(setting: Setting, base: Arrangement) -> pd.DataFrame:
    return measure_arrangement(base, setting).set_index(["measure", "group"])


def holed(value: float) -> np.ndarray:
    counts = np.full((4, 6), value)
    counts[1, 2] = np.nan
    return counts


def test_unknown_totals_pass_through() -> None:
    """One block without a count: every measure that needs it has no value and says why."""
    rows = rows_of(*ready(students=holed(10.0))[:2])
    for key in (
        ("dissimilarity", "a - b"), ("isolation", "a"), ("exposure", "a to b"),
        ("poverty_exposure", "a"), ("parity_gap", ""), ("poverty_distance", ""),
        ("poverty_spread", ""), ("parity_gap_at_most", ""), ("sections", ""),
        ("class_spread", ""), ("fullest", "year 0"), ("over_capacity", "year 2"),
        ("drop_off_round", ""), ("transitions", ""), ("emptiest", "year 0"),
    ):  # fmt: skip
        assert np.isnan(rows.loc[key, "value"]), key
    for key in (
        ("parity_gap", ""), ("sections", ""), ("fullest", "year 0"), ("transitions", ""),
        ("cohort_kept_together", ""), ("siblings_together", "1 grades apart"),
        ("drop_off_round", ""), ("travel_mean", ""), ("travel_p90", ""),
    ):  # fmt: skip
        assert "counts are unknown in 1 block" in rows.loc[key, "note"], key
    grades = rows.loc["class_spread_by_grade", "value"]
    assert grades.isna().tolist() == [False, False, True, False, False, False]


@pytest.mark.parametrize(("poor", "a"), [(holed(2.0), A), (2.0, holed(5.0))])
def test_unknown_poverty_or_group_passes_through(poor, a) -> None:
    """An unknown count of the poor, or of one group, leaves their gaps and exposure unknown."""
    setting, base, _ = ready(poor=poor, groups={"a": a, "b": 10 - A})
    rows = rows_of(setting, base)
    assert np.isnan(rows.loc[("poverty_exposure", "a"), "value"])
    assert np.isnan(rows.loc[("parity_gap", ""), "value"])
    aim = aim_of("parity_gap", setting.residents)
    assert np.isnan(aim.of({m: base.tally(setting.residents.measure(m)) for m in aim.measures}))


def test_a_level_with_none_of_a_group_adds_no_walkers() -> None:
    """Where walking distances differ by level, a group absent from one is counted in the other."""
    a = np.full((4, 6), 4.0)
    a[:, 3:] = 0
    setting, base, _ = ready(groups={"a": a, "b": 10 - a})
    walk_m = np.array([1000.0] * 3 + [2000.0] * 3)
    rows = rows_of(replace(setting, walk_m=walk_m), base)["value"]
    assert rows["walkers", "a"] == 4 * 4 * 3
    assert rows["walkers_lost", "a"] == 0
    no_way = np.full((4, 2), np.nan)
    unknown = rows_of(replace(setting, walk_m=walk_m, metres=no_way), base)["value"]
    assert np.isnan(unknown["walkers", "a"])


def test_random_expectation_and_second_certificate() -> None:
    """Chance stands beside each index; every gap keeps dissimilarity times the poverty range."""
    rows = rows_of(*ready()[:2])
    assert rows.loc[("dissimilarity", "a - b"), "value"] == pytest.approx(0.8)
    assert 0 < rows.loc[("dissimilarity_random", "a - b"), "value"] < 0.4
    by_chance = rows.loc[("isolation_random", "a"), "value"]
    assert 0.5 < by_chance < rows.loc[("isolation", "a"), "value"]
    gap = rows.loc[("parity_gap", ""), "value"]
    assert gap <= rows.loc[("parity_gap_at_most_by_evenness", ""), "value"] + 1e-12
    assert rows.loc[("parity_gap_at_most_by_evenness", ""), "value"] == pytest.approx(0.8 * 0.4)


def test_small_groups_keep_their_rows() -> None:
    """A group too small for gaps still has its exposure, with a note."""
    setting, base, _ = ready()
    rows = rows_of(replace(setting, least_group=1000.0), base)
    assert rows.loc[("poverty_exposure", "a"), "value"] == pytest.approx(0.41)
    assert "left out of gaps" in rows.loc[("exposure", "a to b"), "note"]
    assert np.isnan(rows.loc[("parity_gap", ""), "value"])


def test_no_seats_hold_nobody() -> None:
    """A building with 0 seats is over full, no way may fill it, and no band may use it."""
    setting, base, town = ready(seats={"p": 0, "q": 300})
    buildings, residents = setting.buildings, setting.residents
    full = band_capacity(base, residents.students, buildings, Ageing(years=0))
    full = full.set_index("school_id")
    assert full.loc["p", "over"] == 120
    assert first_overflow(full.reset_index())["school_id"].tolist() == ["p"]
    units = ZoneUnits.of(town, residents, base, buildings, measures=MEASURES)
    aim = aim_of("poverty_distance", residents)
    swapped = np.full((1, 2, 6), 0, dtype=np.int32)
    assert not evaluate(units, (0, 1), aim, buildings, tables=swapped).fits[0]
    found = find_bands(units, buildings, BandRules(("travel",)), aim=aim)
    assert (found.table == 1).all()
    none = replace(buildings, all=tuple(replace(b, seats=0.0) for b in buildings.all))
    with pytest.raises(InfeasibleError, match="no building may serve"):
        find_bands(units, none, BandRules(("travel",)), aim=aim)
    near = nearest_schools(town, setting, {"p": "K-5", "q": "K-5"}, within_seats=True)
    assert (near.school_of == 1).all()


def test_negative_seats_are_refused() -> None:
    """Fewer than no seats is a fault that names the building."""
    with pytest.raises(StructureError, match=r"below zero: p \(-5\)"):
        ready(seats={"p": -5, "q": 100})


def test_kept_spans_are_kept() -> None:
    """With keep_spans every building serves all of today's grades, however good others are."""
    setting, base, town = ready()
    units = ZoneUnits.of(town, setting.residents, base, setting.buildings, measures=MEASURES)
    aim = aim_of("poverty_distance", setting.residents)
    free = find_bands(units, setting.buildings, BandRules(("balance",)), aim=aim)
    assert free.stages[0].value == pytest.approx(0, abs=1e-6)
    kept = find_bands(units, setting.buildings, BandRules(("balance",), keep_spans=True), aim=aim)
    assert all(set(column) == {0, 1} for column in kept.table.T.tolist())


def test_a_reason_is_a_reason_in_any_words() -> None:
    """What is left out is told instead of how a value is made; without a reason it is said so."""
    rows = Rows()
    rows.add("gap", np.nan, "share", note="by only one of unknown formulas", why="a group is small")
    rows.add("gap", 0.5, "share", note="by formula")
    rows.add("gap", np.nan, "share", note="by only one of unknown formulas")
    assert [row[-1] for row in rows.all] == [
        "a group is small",
        "by formula",
        "cannot be told from the data given; by only one of unknown formulas",
    ]
