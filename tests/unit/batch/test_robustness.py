"""Other futures: cohorts, draws, chance of leaving the band, least regret."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import load_district
from geodata.district import Level
from geodata.grades import GradeSpan
from geodata.students import StudentCounts
from planner.batch.demand import draw_demand
from planner.batch.further import Robustness
from planner.batch.robustness import stress_plans
from planner.plan import Plan
from planner.structures.ageing import Ageing, age


def test_a_class_of_pk_does_not_become_all_of_kindergarten(batch_town: Path) -> None:
    """Where 10 attend PK and 60 K, 60 enter K again each year: futures and structures agree."""
    district = load_district(batch_town / "district" / "district.toml")
    grades, counts = ("PK", "K", "1", "2"), np.full((district.n_blocks, 4), 60.0)
    counts[:, 0] = 10.0
    cells = pd.DataFrame(
        {(grade, "*", "*"): counts[:, g] for g, grade in enumerate(grades)}, district.blocks.index
    )
    level = {"elementary": Level("elementary", GradeSpan("PK", "2"))}
    students = StudentCounts(cells, level_grades={"elementary": grades})
    asked = Robustness(draws=2, years=3)
    draws = draw_demand(replace(district, levels=level, students=students), "elementary", asked)
    assert draws is not None
    aged = age(counts, grades, Ageing(years=3)).sum(axis=2)
    np.testing.assert_array_equal(draws.expected, aged)
    np.testing.assert_array_equal(aged, 190.0)


def test_a_level_is_filled_by_the_level_below(batch_town: Path) -> None:
    """Next year's grade 6 is this year's grade 5; where that is unknown, grade 6 is filled anew."""
    district = load_district(batch_town / "district" / "district.toml")
    names, ids = [str(grade) for grade in range(4, 9)], district.blocks.index
    cells = pd.DataFrame({(g, "*", "*"): np.full(len(ids), 10.0 * int(g)) for g in names}, ids)
    spans = {"elementary": GradeSpan("4", "5"), "middle": GradeSpan("6", "8")}
    levels = {name: Level(name, span) for name, span in spans.items()}
    by_level = {name: span.grades for name, span in spans.items()}
    for below, wanted in ((50.0, [210.0, 180.0, 150.0]), (np.nan, [210.0, 190.0, 180.0])):
        cells.loc[ids[0], [("5", "*", "*")]] = below
        students = StudentCounts(cells, level_grades=by_level)
        one = replace(district, levels=levels, students=students)
        draws = draw_demand(one, "middle", Robustness(draws=2, years=2))
        assert draws is not None
        np.testing.assert_array_equal(draws.expected, np.array(wanted)[:, None].repeat(len(ids), 1))


def test_without_noise_only_chance_of_whole_students_is_left(batch_town: Path) -> None:
    """With no growth and no errors, the draws are Poisson around today's counts."""
    district = load_district(batch_town / "district" / "district.toml")
    asked = Robustness(draws=2000, years=1, growth_spread_share=0.0, noise_share=0.0)
    draws = draw_demand(district, "elementary", asked)
    assert draws is not None
    plan = Plan.today(district).level("elementary")
    owner = plan.table.set_index("block_id")["school_id"].reindex(district.blocks.index)
    zone, names = pd.factorize(owner, sort=True)
    totals = draws.by_zone(zone.astype(np.int32), len(names))[:, 0]
    students = pd.Series(district.students.count(level="elementary"), index=district.blocks.index)
    expected = students.groupby(owner).sum().reindex(names).to_numpy()
    np.testing.assert_allclose(totals.mean(axis=0), expected, rtol=0.01)
    np.testing.assert_allclose(totals.var(axis=0), expected, rtol=0.15)


def test_all_plans_meet_the_same_futures(batch_town: Path) -> None:
    """Joined zones have, draw by draw, the students of their parts: no plan has its own luck."""
    district = load_district(batch_town / "district" / "district.toml")
    draws = draw_demand(district, "elementary", Robustness(draws=40, years=2))
    assert draws is not None
    zone = np.arange(district.n_blocks, dtype=np.int32) % 5
    apart, joined = draws.by_zone(zone, 5), draws.by_zone(zone // 4, 2)
    np.testing.assert_array_equal(joined[:, :, 0], apart[:, :, :4].sum(axis=2))
    np.testing.assert_array_equal(joined[:, :, 1], apart[:, :, 4])


def test_students_of_other_levels_take_seats(batch_town: Path) -> None:
    """A building of two levels is full of both: its band is of the seats the other one leaves."""
    district = load_district(batch_town / "district" / "district.toml")
    plan = Plan.today(district)
    shared = sorted(plan.level("elementary").table["school_id"].unique())[0]
    upper = plan.level("middle").table.assign(school_id=shared)
    both = replace(district, current=pd.concat([plan.level("elementary").table, upper]))
    asked = Robustness(draws=5, years=1)
    tables = [
        stress_plans(one, {"today": plan.level("elementary")}, asked).schools.set_index("zone")
        for one in (district, both)
    ]
    base = [table.loc[shared, "base"].iloc[0] for table in tables]
    assert base[1] == max(0.0, base[0] - district.students.count(level="middle").sum())
    other = tables[0].index[tables[0].index != shared][0]
    assert (tables[0].loc[other, "base"] == tables[1].loc[other, "base"]).all()


def test_regret_is_against_the_best_of_the_same_future(batch_town: Path) -> None:
    """Of a plan and one that crowds a school, the first has no regret and least regret."""
    district = load_district(batch_town / "district" / "district.toml")
    today = Plan.today(district).level("elementary")
    table = today.table.copy()
    schools = sorted(table["school_id"].unique())
    table["school_id"] = np.where(table["school_id"] == schools[1], schools[0], table["school_id"])
    crowded = Plan(table)
    asked = Robustness(draws=50, years=2, floor_share=0.0, ceiling_share=1.1)
    stress = stress_plans(district, {"today": today, "crowded": crowded}, asked)
    plans = stress.plans.set_index("job")
    assert plans.loc["today", "least"]
    assert plans.loc["today", "outside"] < plans.loc["crowded", "outside"]
    assert plans.loc["today", "most_regret"] <= plans.loc["crowded", "most_regret"]
    rows = stress.schools
    assert set(rows["year"]) == {0, 1, 2}
    np.testing.assert_allclose(rows["chance_out"], rows["chance_below"] + rows["chance_above"])
    assert rows["chance_out"].between(0, 1).all()


def test_a_history_of_other_grades_is_not_used_and_told(batch_town: Path) -> None:
    """Survival comes from a history of the level's own grades; a note says whether it does."""
    district = load_district(batch_town / "district" / "district.toml")
    grades = len(district.levels["elementary"].span.grades)
    plan = Plan.today(district).level("elementary")
    history = tuple(tuple(100.0 * 0.9**g for g in range(grades)) for _ in range(2))
    for told, used in ((history, True), (tuple(row[:-1] for row in history), False)):
        asked = Robustness(draws=3, years=1, history=told)
        draws = draw_demand(district, "elementary", asked, told)
        assert draws is not None
        assert draws.by_history == (used and draws.by_grade)
        note = stress_plans(district, {"today": plan}, asked).notes[0]
        assert ("was not used" in note) != draws.by_history


def test_the_best_plans_are_put_through_other_futures_first(
    batch_town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are too many plans, those of the front are tried, not the first in the file."""
    from types import SimpleNamespace
    from typing import Any, cast

    from planner.batch import standing
    from planner.batch.folder import BatchFolder, Manifest
    from planner.batch.job import Job

    monkeypatch.setattr(standing, "CANDIDATES", 1)
    place = str(batch_town / "district" / "district.toml")
    digest = load_district(place).digest()
    jobs = tuple(Job(name, name, "base", {}, place, "t", digest, 1) for name in ("one", "two"))
    tried: list[str] = []

    def stressed(proposals: Any, *more: Any) -> Any:
        tried.extend(proposals.jobs[: standing.CANDIDATES])
        return SimpleNamespace()

    monkeypatch.setattr(standing, "_stressed", stressed)
    known = {job.digest: job for job in jobs}
    tables = cast(Any, SimpleNamespace(found={"one": None, "two": None}, jobs=known))
    manifest = Manifest("s", "S", jobs, {"robustness": {"draws": 2}})
    standing.further_parts(BatchFolder(tmp_path), [manifest], tables, ["two"])
    assert tried == ["two"]


def test_unknown_counts_are_not_drawn(batch_town: Path) -> None:
    """A district that does not know its students gets a note, not a number."""
    from geodata import StudentCounts

    district = load_district(batch_town / "district" / "district.toml")
    unknown = replace(district, students=StudentCounts(district.students.table.iloc[:, :0]))
    plan = Plan.today(district).level("elementary")
    stress = stress_plans(unknown, {"today": plan}, Robustness(draws=5, years=1))
    assert stress.plans.empty
    assert "not known" in stress.notes[0]
