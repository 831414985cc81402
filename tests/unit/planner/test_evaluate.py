"""Scoring plans: beside today's, whatever is missing, with what it says checked by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from oracle import slow_metrics as slow
from oracle.graded_town import grades, plan, town
from small_town import small_town

from geodata.district import District
from planner.errors import PlanError
from planner.evaluation import Evaluation, Settings, evaluate
from planner.metrics import metric_texts
from planner.plan import Plan, write_plan
from planner.problem.events import Close, Regrade
from planner.runs.drawn import drawn_plan
from planner.scenario import Scenario, load_scenario, parse_scenario

QUICK = Settings(random_draws=3, n_min_students=1)
COLUMNS = ["metric", "scope", "id", "group", "baseline", "plan", "change", "unit"]
BANDS = {"a": "K-1", "b": "2-3", "c": "4-5", "d": "6", "e": "7-8", "f": "9", "g": "10-12"}


def _clinton() -> District:
    """Return 13 grades of 390 in six blocks: 54 % Black, 38 % white, half poor, apart by block."""
    black = np.array([60.0, 55, 45, 30, 15, 5])
    white = np.array([2.0, 7, 17, 32, 42, 48])
    other = np.array([5.0, 5, 5, 5, 5, 6])
    black, white, other = (
        part * whole / part.sum() for part, whole in ((black, 210.6), (white, 148.2), (other, 31.2))
    )
    total = black + white + other
    poor = 0.8 * black + 0.1 * white + 0.3 * other
    poor = poor * (total.sum() / 2) / poor.sum()
    cells = {}
    for grade in grades("K", "12"):
        cells[grade, "*", "*"] = total
        cells[grade, "black", "*"] = black
        cells[grade, "white", "*"] = white
        cells[grade, "other", "*"] = other
        cells[grade, "*", "poor"] = poor
    homes = {"a": 0, "b": 3, "c": 5, "d": 1, "e": 4, "f": 2, "g": 2}
    today = [
        (f"0{b}", "all", school, low, high)
        for b in range(6)
        for school, low, high in (
            ("abc"[b // 2], "K", "5"),
            ("de"[b // 3], "6", "8"),
            ("g", "9", "12"),
        )
    ]
    return town(cells, homes, levels={"all": "K-12"}, today=today, exhaustive=True)


def _centers() -> Plan:
    rows = []
    for school, span in BANDS.items():
        low, _, high = span.partition("-")
        rows += [(f"0{b}", "all", school, low, high or low) for b in range(6)]
    return plan(rows)


@pytest.fixture(scope="module")
def clinton() -> Evaluation:
    """Return the grade centers scored against neighbourhood schools."""
    return evaluate(_clinton(), _centers(), settings=QUICK)


def test_clinton_by_arithmetic(clinton: Evaluation) -> None:
    """Grade centers: D 0, isolation .54, exposure .38, equal poverty, 6 transitions against 2."""

    def of(metric: str, group: str = "all") -> float:
        return clinton.value(metric, "level", "all", group)

    for metric in ("dissimilarity", "gini", "theil_h", "normalised_exposure", "isolation_excess"):
        assert of(f"{metric}_stratified", "black") == pytest.approx(0.0, abs=1e-12)
    assert of("dissimilarity_stratified", "black|white") == pytest.approx(0.0, abs=1e-12)
    assert of("isolation", "black") == pytest.approx(0.54)
    assert of("exposure", "black|white") == pytest.approx(0.38)
    assert of("exposure", "white|black") == pytest.approx(0.54)
    for group in ("black", "white", "other", "all"):
        assert of("exposure_to_poverty", group) == pytest.approx(0.5)
    assert of("parity_gap_stratified") == pytest.approx(0.0, abs=1e-12)
    assert of("transitions") == pytest.approx(6.0)
    assert of("years_per_building") == pytest.approx(13 / 7)
    assert of("cohort_kept_together") == pytest.approx(1.0)
    assert clinton.value("transitions", "level", "all", column="baseline") == pytest.approx(2.0)
    years = clinton.value("years_per_building", "level", "all", column="baseline")
    assert years == pytest.approx(13 / 3)
    assert clinton.value("dissimilarity_stratified", "level", "all", "black", "baseline") > 0.2
    assert clinton.value("parity_gap_stratified", "level", "all", column="baseline") > 0.1


def test_every_row_is_a_documented_metric_and_unique(clinton: Evaluation) -> None:
    """Columns, names, units and scopes are those that are documented; no key stands twice."""
    table = clinton.metrics
    assert list(table.columns) == COLUMNS
    texts = metric_texts()
    assert set(table["metric"]) <= set(texts)
    assert all(texts[m].unit == u for m, u in zip(table["metric"], table["unit"], strict=True))
    assert set(table["scope"]) <= {"district", "level", "school", "grade", "group"}
    assert not table.duplicated(["metric", "scope", "id", "group"]).any()
    assert table["change"].equals(table["plan"] - table["baseline"])
    assert not np.isinf(table[["baseline", "plan"]].to_numpy(dtype=float)).any()


def test_evaluation_is_plain_json(clinton: Evaluation) -> None:
    """Everything can be written as JSON without a single NaN."""
    text = json.dumps(clinton.to_dict(), allow_nan=False)
    assert json.loads(text)["ledger"]["known"] is False


def _small(**changes: object) -> District:
    """Return four blocks, two schools, one level with groups and poverty."""
    cells = {
        ("*", "*", "*"): [10.0, 20, 30, 40],
        ("*", "a", "*"): [8.0, 6, 3, 4],
        ("*", "b", "*"): [2.0, 14, 27, 36],
        ("*", "*", "poor"): [6.0, 5, 5, 10],
    }
    options: dict[str, object] = {
        "levels": {"elementary": "K-5"},
        "today": [(f"0{b}", "elementary", ["nn", "ss"][b // 2][0], "", "") for b in range(4)],
        "seats": {"n": 40.0, "s": 60.0},
        "attributes": {"hood": ["x", "x", "y", "y"]},
        "single_counts": ("elementary",),
        "exhaustive": True,
    }
    return town(cells, {"n": 0, "s": 3}, **{**options, **changes})  # type: ignore[arg-type]


def _moved() -> Plan:
    return plan([(f"0{b}", "elementary", "nsss"[b], "", "") for b in range(4)])


def test_school_and_level_figures_by_hand() -> None:
    """Students, seats, utilization, travel, moves and shape of two schools."""
    scored = evaluate(_small(), _moved(), settings=QUICK)
    assert scored.value("students", "school", "n") == 10.0
    assert scored.value("students", "school", "n", column="baseline") == 30.0
    assert scored.value("students", "school", "s", "a") == 13.0
    assert scored.value("share", "school", "s", "poor") == pytest.approx(20 / 90)
    assert scored.value("seats", "school", "s") == 60.0
    assert scored.value("utilization", "school", "s") == 1.5
    assert scored.value("utilization_highest", "level", "elementary") == 1.5
    assert scored.value("students_over_capacity", "level", "elementary") == 30.0
    assert scored.value("size_spread", "level", "elementary") == pytest.approx(0.8)
    assert scored.value("students_moved") == 20.0
    assert scored.value("share_moved", "group", "elementary", "b") == pytest.approx(14 / 79)
    assert scored.value("blocks_moved", "level", "elementary") == 1.0
    assert scored.value("travel_mean_metres", "school", "s") == pytest.approx(70 / 90 * 1000)
    assert scored.value("travel_longest_metres", "level", "elementary") == 2000.0
    assert scored.value("walkers_to_riders") == 20.0
    assert scored.value("neighbourhood_splits", "level", "elementary", "hood") == 1.0
    assert scored.value("border_length", "level", "elementary") == 1000.0
    assert scored.value("islands", "level", "elementary") == 0.0
    assert scored.moves.to_dict("records") == [
        {
            "level": "elementary",
            "from_school": "n",
            "to_school": "s",
            "blocks": 1,
            "students": 20.0,
            "from_name": "n",
            "to_name": "s",
        }
    ]


def test_level_indices_equal_their_slow_versions() -> None:
    """The level's indices in the table are those counted pupil by pupil."""
    district, table = _small(), evaluate(_small(), _moved(), settings=QUICK)
    counts = district.students.table.astype(int)
    pupils = []
    for block, school in zip(counts.index, "nsss", strict=True):
        for group in ("a", "b"):
            pupils.append((school, "*", group, False, counts.loc[block, ("*", group, "*")]))
    people = slow.pupils_of(pupils)
    assert table.value("dissimilarity", "level", "elementary", "a") == pytest.approx(
        slow.dissimilarity(people, "a")
    )
    assert table.value("theil_h_multigroup", "level", "elementary") == pytest.approx(
        slow.theil_h(people)
    )
    assert table.value("exposure", "level", "elementary", "a|b") == pytest.approx(
        slow.exposure(people, "a", "b")
    )


@pytest.mark.parametrize(
    ("missing", "metrics"),
    [
        ("poor", ("parity_gap", "poverty_spread", "schools_near_poverty", "exposure_to_poverty")),
        ("groups", ("dissimilarity", "theil_h_multigroup", "exposure", "parity_gap")),
        ("seats", ("utilization_highest", "seats", "schools_in_utilization_band")),
        ("grades", ("dissimilarity_stratified", "parity_gap_stratified")),
    ],
)
def test_what_is_missing_is_a_row_that_says_unknown(missing: str, metrics: tuple[str, ...]) -> None:
    """No poverty, groups, seats or grades: NaN in the rows and a note that says why."""
    district = _small()
    if missing in ("poor", "groups"):
        table = district.students.table
        kept = [
            c for c in table.columns if not ((c[2] == "poor") if missing == "poor" else c[1] != "*")
        ]
        groups = district.students.groups if missing == "poor" else ()
        counts = replace(district.students, table=table[kept], groups=groups)
        district = replace(district, students=counts)
    if missing == "seats":
        district = _small(seats={"n": 40.0})
    scored = evaluate(district, _moved(), settings=QUICK)
    for metric in metrics:
        rows = scored.metrics[
            (scored.metrics["metric"] == metric) & (scored.metrics["scope"] == "level")
        ]
        general = rows[rows["group"] == "all"]
        assert len(general) == 1, metric
        assert general[["baseline", "plan"]].isna().all(axis=None), metric
    words = {"poor": "poverty", "groups": "Groups", "seats": "seats", "grades": "by grade"}
    assert any(words[missing] in note for note in scored.notes)


def test_without_todays_plan_there_is_no_baseline() -> None:
    """A district without a plan of today: numbers of the plan only, and moves are not 0."""
    scored = evaluate(_small(today=[]), _moved(), settings=QUICK)
    assert scored.metrics["baseline"].isna().all()
    assert np.isnan(scored.value("students_moved"))
    assert scored.value("students", "school", "s") == 90.0
    assert scored.moves.empty
    assert any("no baseline" in note for note in scored.notes)


def test_another_plan_may_be_the_baseline() -> None:
    """Two plans are set against each other by naming one as the baseline."""
    today = Plan.today(_small())
    scored = evaluate(_small(), today, baseline=_moved(), settings=QUICK)
    assert scored.value("students", "school", "n", column="change") == 20.0
    assert scored.value("students_moved") == 20.0


def test_a_closed_school_has_no_students_not_an_unknown_number() -> None:
    """A school that no block goes to has 0 students under the plan."""
    everyone = plan([(f"0{b}", "elementary", "s", "", "") for b in range(4)])
    scored = evaluate(_small(), everyone, settings=QUICK)
    assert scored.value("students", "school", "n") == 0.0
    assert scored.value("students", "school", "n", column="baseline") == 30.0
    assert scored.value("students_must_move") == 30.0


def test_a_school_left_open_and_empty_counts_as_empty() -> None:
    """Its seats and its 0 % stay in the level's figures: leaving it empty is no gain."""
    everyone = plan([(f"0{b}", "elementary", "s", "", "") for b in range(4)])
    district = _small()
    scored = evaluate(district, everyone, settings=QUICK)
    at = ("level", "elementary")
    assert scored.value("utilization_lowest", *at) == 0.0
    assert scored.value("seats", *at) == district.schools["capacity_seats"].sum()
    assert scored.value("size_deviation", "school", "n") == -1.0
    assert any("counted as empty: n." in note for note in scored.notes)
    closed = replace(district, schools=district.schools.assign(is_open=[False, True]))
    alone = evaluate(closed, everyone, settings=QUICK)
    assert alone.value("utilization_lowest", *at) > 0.0


def test_blocks_without_a_row_are_told() -> None:
    """A plan with holes is scored, and its unplaced students are counted and told."""
    holed = plan([(f"0{b}", "elementary", "s", "", "") for b in range(3)])
    scored = evaluate(_small(), holed, settings=QUICK)
    assert scored.value("students_unplaced") == 40.0
    assert scored.value("students", "school", "s") == 60.0
    assert any("unplaced" in note for note in scored.notes)


def test_an_empty_plan_and_a_plan_of_elsewhere_are_refused() -> None:
    """Nothing to measure, or ids of another district, is an error and not a table of zeros."""
    with pytest.raises(PlanError, match="no rows"):
        evaluate(_small(), plan([]))
    with pytest.raises(PlanError, match="does not have"):
        evaluate(_small(), plan([("99", "elementary", "n", "", "")]))


def test_parity_bought_with_separation_is_flagged() -> None:
    """Poverty made equal while the groups part raises the flag and names the groups."""
    cells = {
        ("*", "*", "*"): [10.0, 10, 10, 10],
        ("*", "a", "*"): [10.0, 8, 2, 0],
        ("*", "b", "*"): [0.0, 2, 8, 10],
        ("*", "*", "poor"): [8.0, 0, 5, 3],
    }
    district = town(
        cells,
        {"n": 0, "s": 3},
        levels={"elementary": "K-5"},
        today=[(f"0{b}", "elementary", "nsns"[b], "", "") for b in range(4)],
        exhaustive=True,
        single_counts=("elementary",),
    )
    apart = plan([(f"0{b}", "elementary", "nnss"[b], "", "") for b in range(4)])
    scored = evaluate(district, apart, settings=QUICK)
    assert scored.value("parity_gap", "level", "elementary") == pytest.approx(0.0, abs=1e-12)
    assert scored.value("parity_gap", "level", "elementary", column="baseline") > 0
    assert scored.value("separate_but_equal", "level", "elementary") == 1.0
    assert scored.notes[0].startswith("Separate but equal?")
    assert "isolation_excess of a" in scored.notes[0]
    assert scored.warnings[0] == scored.notes[0]
    back = evaluate(district, Plan.today(district), baseline=apart, settings=QUICK)
    assert back.value("separate_but_equal", "level", "elementary") == 0.0


def test_groups_that_overlap_at_one_level_have_no_parity_by_chance() -> None:
    """Estimates may contradict at one level: everything else is measured all the same."""
    cells = {
        (level, group, poverty): [count] * 4
        for level, black in (("elementary", 40.0), ("middle", 70.0))
        for group, poverty, count in (
            ("*", "*", 80.0), ("*", "poor", 30.0), ("black", "*", black), ("white", "*", 40.0)
        )
    }  # fmt: skip
    levels = {"elementary": "K-5", "middle": "6-8"}
    today = [(f"0{b}", level, "nnss"[b], "", "") for level in levels for b in range(4)]
    scored = evaluate(
        district := town(cells, {"n": 0, "s": 3}, levels=levels, today=today),
        Plan.today(district),
        settings=QUICK,
    )
    assert scored.value("parity_gap", "district", "all") == 0.0
    assert np.isnan(scored.value("parity_gap_random", "district", "all"))


def test_a_school_that_closes_keeps_no_students_of_a_level_that_is_not_redrawn() -> None:
    """Its students of the other level are told and unplaced: nothing feeds them into it."""
    levels = {"elementary": "K-5", "middle": "6-8"}
    district = small_town(
        {"elementary": list("ppqq"), "middle": list("ppmm")}, {"p": 0, "q": 2, "m": 3},
        columns=4, levels=levels,
    )  # fmt: skip
    asked = Scenario("t", Path("d"), levels=("elementary",), events=(Close("p"),))
    drawn = plan([(f"00{b}", "elementary", "q", "", "") for b in range(4)])
    scored = evaluate(district, drawn, asked, settings=QUICK)
    assert scored.warnings[0] == (
        "p School [p] closes, but middle is not redrawn: 60 of its students are left without a "
        "school; add middle to levels, or keep it open."
    )
    fed = scored.metrics.query("metric == 'feed_share_of_receiver' and plan == plan")
    assert fed["id"].tolist() == ["m"]
    assert scored.value("upper_schools_fed", "school", "q") == 1.0
    assert scored.value("students_unplaced") == 60.0


def test_exposures_of_a_level_add_up() -> None:
    """Rows of exposure are 1 and shares times exposure to poverty is the district's poverty."""
    table = evaluate(_small(), _moved(), settings=QUICK).metrics
    level = table[table["scope"] == "level"].set_index(["metric", "group"])["plan"]
    assert level["exposure", "a|b"] + level["isolation", "a"] == pytest.approx(1.0)
    met = sum(level["share", g] * level["exposure_to_poverty", g] for g in ("a", "b"))
    assert met == pytest.approx(level["exposure_to_poverty", "all"])
    assert met == pytest.approx(26 / 100)


def test_plans_of_one_level_are_measured_along_the_whole_path() -> None:
    """A new elementary plan is seen with today's middle schools: feeders and transitions."""
    cells = {(g, "*", "*"): [6.0, 4, 5, 5] for g in grades("K", "8")}
    schools = {"n": 0, "s": 3, "east": 1, "west": 2}
    today = [(f"0{b}", "low", "nnss"[b], "", "") for b in range(4)]
    today += [(f"0{b}", "mid", ("east", "east", "west", "west")[b], "", "") for b in range(4)]
    district = town(cells, schools, levels={"low": "K-5", "mid": "6-8"}, today=today)
    change = plan([(f"0{b}", "low", "nsss"[b], "", "") for b in range(4)])
    scored = evaluate(district, change, settings=QUICK)
    assert scored.value("split_feeders", "district", "low|mid") == 1.0
    assert scored.value("split_feeders", "district", "low|mid", column="baseline") == 0.0
    assert scored.value("feed_share_of_leavers", "school", "s") == pytest.approx(4 / 14)
    assert scored.value("transitions") == pytest.approx(1.0)
    assert scored.value("students_moved_forced") == 20.0
    assert scored.value("students_moved") == 24.0
    assert scored.levels == ("low",)
    whole = plan([*today[4:], *((f"0{b}", "low", "nsss"[b], "", "") for b in range(4))])
    assert evaluate(district, whole, settings=QUICK).levels == ("low", "mid")


def test_chance_stands_beside_each_index(clinton: Evaluation) -> None:
    """Every index has its expectation; exact ones do not depend on the draws."""
    table = clinton.metrics
    level = table[table["scope"] == "level"]
    for metric in ("dissimilarity", "gini", "theil_h", "isolation", "theil_h_multigroup"):
        assert (level["metric"] == f"{metric}_random").any()
    other = evaluate(_clinton(), _centers(), settings=replace(QUICK, seed=9)).metrics
    same = pd.Series(table["plan"].to_numpy() == other["plan"].to_numpy())
    moved = set(table.loc[~same & table["plan"].notna(), "metric"])
    assert moved <= {
        f"{index}{form}_random"
        for index in ("gini", "dissimilarity", "parity_gap")
        for form in ("", "_stratified")
    }


def test_same_district_and_plan_give_the_same_table(clinton: Evaluation) -> None:
    """Nothing depends on chance that is not seeded."""
    again = evaluate(_clinton(), _centers(), settings=QUICK).metrics
    pd.testing.assert_frame_equal(again, clinton.metrics)


def test_a_grade_with_unknown_counts_is_not_left_out_of_a_mean() -> None:
    """Unknown is not zero: without one grade's poor no gap within grades is known, nor an index."""
    cells = {
        (grade, *who): np.array([6.0, 4.0]) / (1 if who == ("*", "*") else 2)
        for grade in ("K", "1")
        for who in (("*", "*"), ("a", "*"), ("b", "*"), ("*", "poor"))
    }
    cells["K", "a", "*"], cells["K", "b", "*"] = np.array([5.0, 1.0]), np.array([1.0, 3.0])
    today = [(f"0{b}", "low", "ns"[b], "", "") for b in range(2)]
    levels, schools = {"low": "K-1"}, {"n": 0, "s": 1}
    free = Settings(random_draws=0, n_min_students=1)

    def of(metric: str, group: str = "all") -> float:
        district = town(cells, schools, levels=levels, today=today, exhaustive=True)
        scored = evaluate(district, Plan.today(district), settings=free)
        return scored.value(f"{metric}_stratified", "level", "low", group)

    asked = [("parity_gap", "all"), ("dissimilarity", "a"), ("dissimilarity", "a|b"),
             ("theil_h", "a"), ("gini", "a")]  # fmt: skip
    assert not np.isnan([of(*one) for one in asked]).any()
    cells["1", "*", "poor"] = np.array([np.nan, 2.0])
    assert np.isnan(of("parity_gap"))
    assert not np.isnan(of("dissimilarity", "a"))
    cells["1", "*", "poor"], cells["1", "a", "*"] = np.array([3.0, 2.0]), np.array([np.nan, 2.0])
    assert np.isnan([of(*one) for one in asked]).all()


def test_an_unknown_group_leaves_the_gaps_of_the_others_known() -> None:
    """Nobody knows a's first graders in one block: its gaps are unknown, that of b and c is not."""
    cells = {
        (grade, *who): np.array(counts)
        for grade in ("K", "1")
        for who, counts in {
            ("*", "*"): [8.0, 8.0], ("a", "*"): [2.0, 2.0], ("b", "*"): [5.0, 1.0],
            ("c", "*"): [1.0, 5.0], ("*", "poor"): [4.0, 2.0],
        }.items()
    }  # fmt: skip
    cells["1", "a", "*"] = np.array([np.nan, 2.0])
    today = [(f"0{b}", "low", "ns"[b], "", "") for b in range(2)]
    district = town(cells, {"n": 0, "s": 1}, levels={"low": "K-1"}, today=today)
    scored = evaluate(district, Plan.today(district), settings=QUICK)
    gaps = [
        scored.value("poverty_gap_stratified", "level", "low", pair)
        for pair in ("a|b", "a|c", "b|c")
    ]
    assert np.isnan(gaps[:2]).all()
    assert gaps[2] == pytest.approx((5 - 1) / 6 * (0.5 - 0.25))


@pytest.mark.parametrize(("gone", "who"), [("a", "students of group a"), ("poor", "poor students")])
def test_unknown_counts_of_a_group_are_told_and_leave_no_verdict(gone: str, who: str) -> None:
    """One blank says in how many blocks it is, and that nobody judged what it hides."""
    cells = {("all", "*", "*"): [9.0, 9], ("all", "a", "*"): [4.0, 5], ("all", "b", "*"): [5.0, 4],
             ("all", "*", "poor"): [3.0, 1]}  # fmt: skip
    cells["all", *(("*", "poor") if gone == "poor" else (gone, "*"))] = [np.nan, 1]
    today = [(f"0{b}", "all", "ns"[b], "", "") for b in range(2)]
    district = town(cells, {"n": 0, "s": 1}, levels={"all": "K-5"}, today=today)
    scored = evaluate(district, Plan.today(district), settings=QUICK)
    assert np.isnan(scored.value("separate_but_equal", "level", "all"))
    assert scored.notes[0] == (
        f"Separate but equal? all: not judged; counts are unknown in some blocks: {gone}."
    )
    told = f"all: the number of {who} is unknown in 1 block; figures that need it are unknown."
    assert told in scored.notes


def test_what_one_level_does_not_count_is_known_in_the_others() -> None:
    """Poverty counted for one level only: its schools have it, the other level's do not."""
    cells = {
        ("low", "*", "*"): [6.0, 4],
        ("mid", "*", "*"): [3.0, 5],
        ("low", "*", "poor"): [3.0, 1],
    }
    today = [(f"0{b}", "low", "ns"[b], "", "") for b in range(2)]
    today += [(f"0{b}", "mid", "m", "", "") for b in range(2)]
    schools = {"n": 0, "s": 1, "m": 1}
    district = town(cells, schools, levels={"low": "K-5", "mid": "6-8"}, today=today)
    scored = evaluate(district, Plan.today(district), settings=QUICK)
    assert scored.value("students", "school", "n", "poor") == 3.0
    assert scored.value("share", "school", "s", "poor") == 0.25
    assert np.isnan(scored.value("students", "school", "m", "poor"))
    assert scored.value("students", "school", "m") == 8.0


def test_a_school_of_two_levels_is_filled_by_both() -> None:
    """A K-8 building holds its middle grades of today when only the lower level is redrawn."""
    cells = {(g, "*", "*"): [2.0, 1.0] for g in grades("K", "8")}
    today = [("00", "low", "n", "", ""), ("01", "low", "s", "", "")]
    today += [("00", "mid", "s", "", ""), ("01", "mid", "s", "", "")]
    district = town(
        cells, {"n": 0, "s": 1}, levels={"low": "K-5", "mid": "6-8"}, today=today,
        seats={"n": 12.0, "s": 30.0},
    )  # fmt: skip
    everyone = plan([("00", "low", "s", "", ""), ("01", "low", "s", "", "")])
    scored = evaluate(district, everyone, settings=QUICK)
    assert scored.value("students", "school", "s", column="baseline") == 15.0
    assert scored.value("students", "school", "s") == 27.0
    assert scored.value("utilization", "school", "s") == 0.9
    assert scored.value("utilization_highest", "level", "low") == 0.9
    assert scored.value("students", "level", "low") == 18.0


def test_a_building_that_loses_its_zone_of_one_level_keeps_the_other() -> None:
    """A K-8 without a block of K-5 is an empty school of that level, its older students stay."""
    cells = {(g, "*", "*"): [2.0, 1.0] for g in grades("K", "8")}
    today = [(f"0{b}", "low", "ns"[b], "", "") for b in range(2)]
    today += [(f"0{b}", "mid", "n", "", "") for b in range(2)]
    levels, seats = {"low": "K-5", "mid": "6-8"}, {"n": 30.0, "s": 30.0}
    district = town(cells, {"n": 0, "s": 1}, levels=levels, today=today, seats=seats)
    everyone = [(f"0{b}", "low", "s", "", "") for b in range(2)]
    for drawn in (plan(everyone), plan([*everyone, *today[2:]])):
        scored = evaluate(district, drawn, settings=QUICK)
        assert scored.value("students", "school", "n") == 9.0
        assert scored.value("utilization_lowest", "level", "low") == 0.3
        assert scored.value("seats", "level", "low") == 60.0
        assert scored.value("size_spread", "level", "low") == 1.0
        assert any("counted as empty: n." in note for note in scored.notes)
    nothing = parse_scenario({"schema": 1, "title": "t", "district": "town.toml"})
    gone = [Regrade("n", "6-8"), Regrade("s", "K-5")]
    scored = evaluate(
        district, plan(everyone), replace(nothing, events=tuple(gone)), settings=QUICK
    )
    assert scored.value("students", "school", "n") == 9.0
    assert scored.value("seats", "level", "low") == 30.0


def test_what_differs_between_the_levels_of_one_building_is_no_single_number() -> None:
    """A K-8 building is large among elementary and small among middle schools: its row says so."""
    cells = {(g, "*", "*"): [2.0, 1.0] for g in grades("K", "8")}
    today = [(f"0{b}", "low", "ns"[b], "", "") for b in range(2)]
    today += [(f"0{b}", "mid", "sm"[b], "", "") for b in range(2)]
    schools = {"n": 0, "s": 1, "m": 1}
    district = town(cells, schools, levels={"low": "K-5", "mid": "6-8"}, today=today)
    scored = evaluate(district, Plan.today(district), settings=QUICK)
    assert np.isnan(scored.value("size_deviation", "school", "s"))
    assert scored.value("size_deviation", "school", "n") == pytest.approx(1 / 3)
    assert any(n.startswith("s: teaches more than one") for n in scored.notes)
    metres = district.travel.metres
    assert np.isnan(scored.value("travel_mean_metres", "school", "s"))
    for level, ways in (("low", (("n", 0, 12), ("s", 1, 6))), ("mid", (("s", 0, 6), ("m", 1, 3)))):
        column = {school: district.schools.index.get_loc(school) for school, *_ in ways}
        total = sum(many * metres[b, column[school]] for school, b, many in ways)
        mean = total / sum(many for *_, many in ways)
        assert scored.value("travel_mean_metres", "level", level) == pytest.approx(mean)
    lower = evaluate(district, Plan.today(district).level("low"), settings=QUICK)
    assert lower.value("size_deviation", "school", "s") == pytest.approx(-1 / 3)
    assert not any("teaches more than one" in n for n in lower.notes)


def _scenario(folder: Path, text: str) -> Scenario:
    path = folder / "scenario.toml"
    head = 'schema = 1\ntitle = "Events"\ndistrict = "district.toml"\n'
    path.write_text(head + text, encoding="utf-8")
    return load_scenario(path)


def test_what_a_planner_should_know_is_in_the_notes(tmp_path: Path) -> None:
    """A school set up in another's block, and an open school without any block, are told."""
    event = '[[event]]\nkind = "relocate"\nschool = "s"\nblock = "00"\n'
    scenario = _scenario(tmp_path, event)
    everyone = plan([(f"0{b}", "elementary", "n", "", "") for b in range(4)])
    scored = evaluate(_small(), everyone, scenario, settings=QUICK)
    assert any(n.startswith("elementary: s: its block holds another") for n in scored.notes)
    empty = [note for note in scored.notes if "without any block" in note]
    assert len(empty) == 1
    assert "[s]" in empty[0]
    assert set(scored.warnings) <= set(scored.notes)


def test_events_change_the_plan_and_not_today(tmp_path: Path) -> None:
    """A new school and new seats count for the plan; today is measured as it stands."""
    scenario = _scenario(
        tmp_path,
        """
        [[event]]
        kind = "open"
        school = "new"
        block = "01"
        level = "elementary"
        capacity_seats = 25
        [[event]]
        kind = "capacity"
        school = "n"
        capacity_seats = 20
        [[rule]]
        use = "capacity"
        ceiling_share = 1.0
        """,
    )
    rows = [(f"0{b}", "elementary", ("n", "new", "s", "s")[b], "", "") for b in range(4)]
    scored = evaluate(_small(), plan(rows), scenario, settings=QUICK)
    assert scored.title == "Events"
    assert scored.value("students", "school", "new") == 20.0
    assert scored.value("students", "school", "new", column="baseline") == 0.0
    assert scored.value("utilization", "school", "new") == 0.8
    assert scored.value("utilization", "school", "n") == 0.5
    assert scored.value("utilization", "school", "n", column="baseline") == 0.75
    assert scored.value("travel_mean_metres", "school", "new") == 0.0
    assert not scored.ok
    broken = [finding for finding in scored.findings if not finding.ok]
    assert [finding.rule for finding in broken] == ["capacity"]
    assert {finding.level for finding in scored.findings} == {"elementary"}
    assert broken[0].where == ("s",)
    assert scored.ledger.deciding == ()


def test_levels_the_plan_leaves_out_are_not_checked_silently(tmp_path: Path) -> None:
    """Rules of a level that the plan has no rows for are told as unchecked."""
    cells = {("low", "*", "*"): [6.0, 4], ("mid", "*", "*"): [3.0, 5]}
    today = [(f"0{b}", "low", "ns"[b], "", "") for b in range(2)]
    today += [(f"0{b}", "mid", "ns"[b], "", "") for b in range(2)]
    levels = {"low": "K-5", "mid": "6-8"}
    district = town(cells, {"n": 0, "s": 1}, levels=levels, today=today)
    scenario = _scenario(tmp_path, '[[rule]]\nuse = "contiguity"\n')
    only = plan([(f"0{b}", "low", "ns"[b], "", "") for b in range(2)])
    scored = evaluate(district, only, scenario, settings=QUICK)
    assert any(note.startswith("mid: the plan has no rows") for note in scored.notes)
    assert scored.ok is None


def test_rules_are_not_checked_on_grades_divided_otherwise(tmp_path: Path) -> None:
    """A pair drawn elsewhere is not judged as if its lower school taught everybody."""
    scenario = _scenario(tmp_path, '[[rule]]\nuse = "capacity"\nceiling_share = 1.0\n')
    rows = [
        (f"0{b}", "elementary", school, low, high)
        for b in range(4)
        for school, low, high in (("n", "K", "2"), ("s", "3", "5"))
    ]
    scored = evaluate(_small(), plan(rows), scenario, settings=QUICK)
    assert scored.findings == ()
    assert any("divides grades in another way" in note for note in scored.notes)


def test_rules_are_not_checked_where_grades_have_no_school(tmp_path: Path) -> None:
    """A block whose upper grades are left out is not judged as if its school taught them too."""
    scenario = _scenario(tmp_path, '[[rule]]\nuse = "capacity"\nceiling_share = 1.0\n')
    rows = [(f"0{b}", "elementary", "ns"[b % 2], "", "") for b in range(1, 4)]
    scored = evaluate(
        _small(), plan([("00", "elementary", "n", "K", "2"), *rows]), scenario, settings=QUICK
    )
    assert scored.findings == ()
    assert scored.ok is None
    assert any("in 1 block the plan names a school for some" in told for told in scored.warnings)


def test_what_has_no_meaning_here_leaves_everything_else_measured(tmp_path: Path) -> None:
    """A school without seats has no utilization: that rule and that aim are told, no other."""
    scenario = _scenario(
        tmp_path,
        """
        [[rule]]
        use = "limit"
        objective = "utilization_spread"
        at_most = 5

        [[rule]]
        use = "capacity"
        ceiling_share = 1.0

        [[objective]]
        use = "utilization_spread"

        [[objective]]
        use = "students_moved"
        """,
    )
    district = _small()
    seats = district.schools["capacity_seats"].where(district.schools.index != "n", 0.0)
    district = replace(district, schools=district.schools.assign(capacity_seats=seats))
    drawn = Plan.today(district)
    scored = evaluate(district, drawn, scenario, settings=QUICK)
    (told,) = scored.unchecked
    assert told.startswith("elementary: rule 'limit' is not checked: ")
    assert "has no seats" in told
    assert {finding.rule for finding in scored.findings} == {"assign_once", "capacity"}
    assert scored.value("students", "school", "s") > 0
    file = tmp_path / "plan.csv"
    write_plan(drawn, file, district.levels)
    run = drawn_plan(district, drawn, plan_file=file, district_file=file, scenario=scenario)
    assert [np.isnan(aim["value"]) for aim in run.objectives] == [True, False]
    (note,) = run.notes
    assert note.startswith("elementary: aim utilization_spread cannot be measured: ")
