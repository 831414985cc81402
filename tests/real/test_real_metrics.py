"""The measures of two real districts: what is published of them, and identities on real counts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import load_district
from planner.evaluation import Evaluation, Settings, evaluate
from planner.plan import Plan
from planner.scenario import load_scenario

HERE = Path(__file__).parent
QUICK = Settings(random_draws=5)


@pytest.fixture(scope="module")
def henrico(shared_data: Path, monkeypatch_module: pytest.MonkeyPatch) -> Evaluation:
    """Return today's elementary zones of Henrico, measured."""
    monkeypatch_module.setenv("SHARED_DATA", str(shared_data))
    district = load_district(HERE / "henrico" / "district.toml")
    return evaluate(district, Plan.today(district).level("elementary"), settings=QUICK)


@pytest.fixture(scope="module")
def monkeypatch_module() -> pytest.MonkeyPatch:
    """Return a patcher that lasts for the whole file."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_dissimilarity_of_henrico(henrico: Evaluation) -> None:
    """Black students against all others, in 45 zones with 2010 under-18 counts: 0.5896."""
    today = henrico.value("dissimilarity", "level", "elementary", "black")
    assert today == pytest.approx(0.5896, abs=0.00005)
    chance = henrico.value("dissimilarity_random", "level", "elementary", "black")
    assert 0 < chance < 0.05


def test_a_real_grade_pair_is_counted_together(henrico: Evaluation) -> None:
    """Mehfoud (PK-2) and Varina (3-5) share one zone; without grades they stand together."""
    table = henrico.metrics
    sizes = table[(table["scope"] == "school") & (table["metric"] == "students")]
    schools = sizes["id"].unique()
    assert len(schools) == 45
    assert sum("+" in school for school in schools) == 1


def test_exposures_of_henrico_add_up(henrico: Evaluation) -> None:
    """Each group's row of the exposure matrix is 1, and exposure is mutual by size."""
    level = henrico.metrics[henrico.metrics["scope"] == "level"]
    values = level.set_index(["metric", "group"])["plan"]
    groups = [group for metric, group in values.index if metric == "isolation"]
    groups = [group for group in groups if group != "poor"]
    assert len(groups) == 8
    for of in groups:
        row = values["isolation", of] + sum(
            values["exposure", f"{of}|{to}"] for to in groups if to != of
        )
        assert row == pytest.approx(1.0)
    a, b = "black", "white"
    mutual = [values["students", x] * values["exposure", f"{x}|{y}"] for x, y in ((a, b), (b, a))]
    assert mutual[0] == pytest.approx(mutual[1])


def test_unknown_of_henrico_stays_unknown(henrico: Evaluation) -> None:
    """No poverty, no seats, no grades: NaN with a note, and the proxy is named."""
    for metric in ("parity_gap", "utilization_highest", "dissimilarity_stratified"):
        assert np.isnan(henrico.value(metric, "level", "elementary"))
    assert any("2010 under-18 counts" in note for note in henrico.notes)


def test_the_adopted_plan_of_santa_rosa(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steele Lane closes: its own 437 students must move, the adopted plan moves 475."""
    monkeypatch.setenv("SHARED_DATA", str(shared_data))
    district = load_district(HERE / "santa_rosa" / "district.toml")
    scenario = load_scenario(HERE / "santa_rosa" / "closure.toml")
    text = (shared_data / "santa-rosa-ca" / "blocks.geojson").read_text(encoding="utf-8")
    rows = [feature["properties"] for feature in json.loads(text)["features"]]
    adopted = Plan(
        pd.DataFrame(
            {
                "block_id": [str(row["unit_id"]) for row in rows],
                "level": "elementary",
                "school_id": [row["school_2026_27"] for row in rows],
            }
        )
    )
    scored = evaluate(district, adopted, scenario, settings=QUICK)
    assert scored.value("students_moved") == 475
    assert scored.value("students_must_move") == 437
    assert scored.moves["students"].sum() == 475
    assert scored.value("islands", "level", "elementary") == 0
    assert scored.value("students", "level", "elementary") == 2861
