"""Ways from blocks to schools: straight lines, matrices from files, and what is not known."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from district_folder import Town

from geodata import DataError, District, TravelMatrix
from geodata.travel import straight_line


def loaded(town: Town, folder: Path) -> District:
    """Load a district that must be usable."""
    report = town.check(folder)
    assert report.district is not None, [str(fault) for fault in report.faults]
    return report.district


def test_straight_lines_times_the_stated_factor(tmp_path: Path) -> None:
    """Metres are straight lines times the factor, and say so."""
    travel = loaded(Town(), tmp_path).travel
    assert travel.metres.shape == (12, 2)
    assert travel.metres.dtype == np.float32
    assert travel.metres[4, 1] == 0
    assert travel.metres[4, 0] == pytest.approx(390)
    assert travel.metres[0, 1] == pytest.approx(130)
    assert travel.minutes is None
    assert travel.method == "straight line × 1.3"
    assert "not road distance" in travel.label


def test_a_stated_speed_gives_minutes(tmp_path: Path) -> None:
    """Minutes come from a stated speed only, and say so."""
    town = Town()
    town.settings["travel"] |= {"speed_km_per_h": 30, "mode": "bus"}
    travel = loaded(town, tmp_path).travel
    assert travel.minutes is not None
    assert travel.minutes[4, 0] == pytest.approx(0.39 / 30 * 60)
    assert "30 km/h" in travel.label
    assert travel.mode == "bus"


def test_a_stated_label_is_kept(tmp_path: Path) -> None:
    """A planner's own label replaces ours."""
    town = Town()
    town.settings["travel"]["label"] = "crow-fly km"
    assert loaded(town, tmp_path).travel.label == "crow-fly km"


def test_unknown_points_give_unknown_ways() -> None:
    """A school without a point has no known way."""
    blocks, schools = np.zeros((2, 2)), np.array([[3.0, 4.0], [np.nan, np.nan]])
    travel = straight_line(blocks, schools)
    assert travel.metres[0, 0] == 5
    assert np.isnan(travel.metres[:, 1]).all()
    assert travel.reachable.tolist() == [[True, False], [True, False]]


def ways() -> pd.DataFrame:
    """Return ways of all blocks to both schools: 1 … 24 minutes, 10 times as many metres."""
    pairs = product(Town().students["block"], ("W1", "E1"))
    table = pd.DataFrame(pairs, columns=["from", "to"])
    return table.assign(min=np.arange(1, 25), sec=np.arange(1, 25) * 60, m=np.arange(1, 25) * 10)


def test_long_matrix_of_minutes_and_metres(tmp_path: Path) -> None:
    """A long table gives both units."""
    ways().sample(frac=1, random_state=1).to_csv(tmp_path / "ways.csv", index=False)
    town = Town()
    section = {"file": "ways.csv", "block": "from", "school": "to"}
    town.settings["travel"] = {**section, "minutes": "min", "metres": "m", "mode": "drive"}
    travel = loaded(town, tmp_path).travel
    assert travel.minutes is not None
    assert travel.minutes[0].tolist() == [2, 1]
    assert travel.metres[11].tolist() == [240, 230]
    assert travel.label == "matrix file ways.csv (drive)"
    town.settings["travel"] = {**section, "seconds": "sec", "kilometres": "m"}
    again = loaded(town, tmp_path).travel
    assert again.minutes is not None
    assert np.allclose(again.minutes, travel.minutes)
    assert np.allclose(again.metres, travel.metres * 1000)


def test_minutes_alone_leave_metres_unknown_unless_a_factor_is_stated(tmp_path: Path) -> None:
    """Metres are not invented from minutes; a stated factor gives them by straight line."""
    ways().to_csv(tmp_path / "ways.csv", index=False)
    town = Town()
    section = {"file": "ways.csv", "block": "from", "school": "to", "minutes": "min"}
    town.settings["travel"] = dict(section)
    assert np.isnan(loaded(town, tmp_path).travel.metres).all()
    town.settings["travel"] = {**section, "detour_factor": 1.2}
    travel = loaded(town, tmp_path).travel
    assert travel.metres[4, 0] == pytest.approx(360)
    assert "straight line × 1.2" in travel.label


def test_a_missing_pair_stays_unknown(tmp_path: Path) -> None:
    """Pairs that the file leaves out are NaN, and not zero."""
    ways().iloc[1:].to_csv(tmp_path / "ways.csv", index=False)
    town = Town()
    town.settings["travel"] = {
        "file": "ways.csv",
        "block": "from",
        "school": "to",
        "minutes": "min",
    }
    travel = loaded(town, tmp_path).travel
    assert travel.minutes is not None
    assert np.isnan(travel.minutes[0, 1])
    assert np.isnan(travel.minutes).sum() == 1


def test_wide_matrix_by_ids_and_names(tmp_path: Path) -> None:
    """A wide table has one column a school, by id or name; other columns do not matter."""
    table = ways().pivot(index="from", columns="to", values="min").reset_index()
    table = table.rename(columns={"E1": "East School"}).assign(note="x")
    table.to_csv(tmp_path / "wide.csv", index=False)
    town = Town()
    town.settings["travel"] = {
        "file": "wide.csv",
        "form": "wide",
        "block": "from",
        "unit": "minutes",
    }
    travel = loaded(town, tmp_path).travel
    assert travel.minutes is not None
    assert travel.minutes[0].tolist() == [2, 1]


def test_strangers_in_a_matrix_are_told(tmp_path: Path) -> None:
    """Blocks and schools that the district does not have are left out with a warning."""
    extra = pd.DataFrame({"from": ["8888", "0000"], "to": ["W1", "Private School"], "min": [1, 1]})
    pd.concat([ways(), extra]).to_csv(tmp_path / "ways.csv", index=False)
    town = Town()
    town.settings["travel"] = {
        "file": "ways.csv",
        "block": "from",
        "school": "to",
        "minutes": "min",
    }
    told = {fault.rows for fault in loaded(town, tmp_path).faults}
    assert told == {("8888",), ("Private School",)}


def test_a_matrix_without_any_known_school_is_fatal(tmp_path: Path) -> None:
    """A wrong column of schools is not a matrix without ways."""
    ways().assign(to="?").drop_duplicates("from").to_csv(tmp_path / "ways.csv", index=False)
    town = Town()
    town.settings["travel"] = {
        "file": "ways.csv",
        "block": "from",
        "school": "to",
        "minutes": "min",
    }
    assert "id_unmatched" in {fault.code for fault in town.check(tmp_path).fatal}


def test_a_matrix_needs_a_unit(tmp_path: Path) -> None:
    """Numbers without a unit mean nothing."""
    ways().to_csv(tmp_path / "ways.csv", index=False)
    town = Town()
    town.settings["travel"] = {"file": "ways.csv", "block": "from", "school": "to"}
    assert "config_value" in {fault.code for fault in town.check(tmp_path).fatal}


def test_negative_ways_are_refused(tmp_path: Path) -> None:
    """A way has no negative length."""
    ways().assign(min=-1).to_csv(tmp_path / "ways.csv", index=False)
    town = Town()
    town.settings["travel"] = {
        "file": "ways.csv",
        "block": "from",
        "school": "to",
        "minutes": "min",
    }
    assert "count_negative" in {fault.code for fault in town.check(tmp_path).fatal}
    with pytest.raises(DataError, match="negative"):
        TravelMatrix(np.full((1, 1), -1, np.float32), None, "x")


def test_matrices_must_fit_together() -> None:
    """Metres and minutes have one shape and one type."""
    with pytest.raises(DataError, match="same shape"):
        TravelMatrix(np.zeros((1, 2), np.float32), np.zeros((2, 1), np.float32), "x")
    with pytest.raises(DataError, match="float32"):
        TravelMatrix(np.zeros((1, 2)), None, "x")
