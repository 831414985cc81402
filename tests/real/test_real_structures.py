"""A real grade pair, and the pairs that a real county could form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geodata import District, load_district
from planner.metrics.transitions import cohort_kept_together, transitions
from planner.reorganise import list_pairs
from planner.reorganise.pairing import level_units
from planner.reorganise.partition import best_clusters
from planner.structures import Setting, ZoneUnits, aim_of, measure_arrangement
from planner.structures.pairs import zone_terms

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def henrico(shared_data: Path) -> District:
    """Return Henrico with its zones of 2015-16."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHARED_DATA", str(shared_data))
        return load_district(HERE / "henrico" / "district.toml")


def test_the_real_pair(henrico: District) -> None:
    """Mehfoud (K-2) and Varina (3-5): one change of building, made by the whole cohort."""
    residents, _, base = level_units(henrico, "elementary")
    spans = base.spans()
    paired = [school for school, span in spans.items() if span != "K-5"]
    assert sorted(spans[school] for school in paired) == ["3-5", "K-2"]
    inside = np.isin(base.school_ids[base.school_of[:, 0]], paired)
    weight = np.where(inside, residents.students.sum(axis=1), 0.0)
    assert transitions(base.school_of, weight) == 1
    assert cohort_kept_together(base.school_of[inside], residents.students[inside]) == 1
    assert transitions(base.school_of, residents.students.sum(axis=1)) < 0.05


def test_the_real_pair_against_two_zones(henrico: District) -> None:
    """Had each block of the pair its nearer school for all grades, ways were shorter."""
    residents, buildings, base = level_units(henrico, "elementary")
    metres = np.asarray(henrico.travel.metres, dtype=float)[:, buildings.columns]
    setting = Setting(residents, buildings, metres, base, buildings.gaps_m(1.0), "straight line")
    pair = sorted(s for s, span in base.spans().items() if span != "K-5")
    at = np.flatnonzero(np.isin(base.school_ids, pair))
    inside = np.isin(base.school_of[:, 0], at)
    nearer = at[np.argmin(metres[:, at], axis=1)].astype(np.int32)
    alone = np.where(inside[:, None], nearer[:, None], base.school_of)
    apart = measure_arrangement(replace(base, school_of=alone), setting)
    together = measure_arrangement(base, setting)

    def value(table, measure: str, group: str = "") -> float:
        rows = table[(table["measure"] == measure) & (table["group"] == group)]
        return float(rows["value"].iloc[0])

    assert value(apart, "travel_mean") < value(together, "travel_mean")
    assert value(apart, "transitions") < value(together, "transitions")
    even = value(together, "dissimilarity", "black - white")
    assert even <= value(apart, "dissimilarity", "black - white") + 1e-12
    notes = together.loc[together["measure"] == "walkers", "note"]
    assert notes.str.contains("no walking distance is stated").all()


def test_ten_pairs_with_the_largest_gain(henrico: District) -> None:
    """All touching zones are compared; ten are listed with what they cost in travel."""
    table = list_pairs(henrico, "elementary", groups=("black", "white"))
    assert len(table) == 10
    gains = table["gain_dissimilarity"]
    assert gains.is_monotonic_decreasing
    assert gains.iloc[0] == pytest.approx(0.0209, abs=0.0002)
    assert table["names"].iloc[0] == "Dumbarton Elementary + Echo Lake Elementary"
    assert (table["travel_change_m"] > 0).all()
    assert any("2010 under-18" in note for note in table.attrs["notes"])
    assert any("seats" in note for note in table.attrs["notes"])


def test_the_best_set_of_pairs_is_proven(henrico: District) -> None:
    """No set of pairs is more even than the one found, and it beats the best single pair."""
    residents, buildings, base = level_units(henrico, "elementary")
    measures = ("students", "group:black", "group:white")
    units = ZoneUnits.of(henrico, residents, base, buildings, measures=measures)
    aim = aim_of("dissimilarity", residents, ("black", "white"))
    found = best_clusters(units, aim, buildings)
    assert found.status == "PROVEN_OPTIMAL"
    assert found.value == pytest.approx(0.5743, abs=0.0005)
    today = aim.value(aim.join(zone_terms(units, aim, buildings)))
    assert found.value < today - 0.03
