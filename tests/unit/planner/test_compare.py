"""Plans side by side: the same rows, honest winners, and for whom each is better or worse."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from oracle.graded_town import plan, town

from geodata.district import District
from planner.batch.plain_names import plain_name
from planner.comparison import Comparison, compare, headline_table, tell
from planner.comparison.comparison import badness
from planner.errors import RunError
from planner.evaluation import Evaluation, Settings, evaluate
from planner.metrics import metric_texts
from planner.rules import Finding
from planner.runs import Run

QUICK = Settings(random_draws=2, n_min_students=1)
TEXTS = metric_texts()


def _district() -> District:
    cells = {
        ("*", "*", "*"): [10.0, 20, 30, 40],
        ("*", "a", "*"): [8.0, 6, 3, 4],
        ("*", "b", "*"): [2.0, 14, 27, 36],
        ("*", "*", "poor"): [6.0, 5, 5, 10],
    }
    return town(
        cells,
        {"n": 0, "s": 3},
        levels={"elementary": "K-5"},
        today=[(f"0{b}", "elementary", "nnss"[b], "", "") for b in range(4)],
        seats={"n": 40.0, "s": 60.0},
        exhaustive=True,
        single_counts=("elementary",),
    )


def _scored(schools: str, title: str) -> Evaluation:
    rows = [(f"0{b}", "elementary", school, "", "") for b, school in enumerate(schools)]
    return replace(evaluate(_district(), plan(rows), settings=QUICK), title=title)


@pytest.fixture(scope="module")
def pair() -> Comparison:
    """Return a plan that moves a block beside one that keeps today's."""
    return compare([_scored("nsss", "moves"), _scored("nnss", "stays")])


def _row(table: pd.DataFrame, metric: str, scope: str, group: str = "all") -> pd.DataFrame:
    return table[
        (table["metric"] == metric) & (table["scope"] == scope) & (table["group"] == group)
    ]


def test_every_measure_stands_beside_today_and_the_others(pair: Comparison) -> None:
    """One row a measure, one column an option, and its better side."""
    fixed = ["metric", "scope", "id", "group", "unit", "better", "today"]
    assert list(pair.table.columns) == [*fixed, "moves", "stays"]
    row = _row(pair.table, "students_moved", "district").iloc[0]
    assert (row["today"], row["moves"], row["stays"]) == (0.0, 20.0, 0.0)
    assert (row["better"], row["unit"]) == ("lower", "students")


def test_gains_and_losses_are_told_by_the_better_side(pair: Comparison) -> None:
    """Worse is worse whichever way the measure runs, and neutral measures are in neither list."""
    losses, gains = pair.losses("moves"), pair.gains("moves")
    assert len(_row(losses, "students_moved", "district")) == 1
    assert len(_row(losses, "utilization_lowest", "level")) == 1
    assert set(_row(losses, "walkers_to_riders", "group", "b")["id"]) == {"elementary", "all"}
    both = {*losses["metric"], *gains["metric"]}
    assert all(TEXTS[metric].better != "neither" for metric in both)
    assert not any(metric.endswith("_random") for metric in both)
    keys = ["metric", "scope", "id", "group"]
    assert losses[keys].merge(gains[keys]).empty
    assert pair.gains("stays").empty
    assert pair.losses("stays").empty


def test_gains_against_each_other_mirror(pair: Comparison) -> None:
    """What one option gains on the other, the other loses."""
    keys = ["metric", "scope", "id", "group"]
    one = pair.gains("moves", than="stays")[keys].sort_values(keys, ignore_index=True)
    two = pair.losses("stays", than="moves")[keys].sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(one, two)


def test_the_best_is_named_only_where_options_differ(pair: Comparison) -> None:
    """Ties and unknown values have no winner."""
    best = pair.best()
    assert _row(best, "students_moved", "district")["best"].item() == "stays"
    assert _row(best, "islands", "level")["best"].item() == ""
    assert _row(best, "dissimilarity_stratified", "level")["best"].item() == ""


def test_badness_turns_every_side_into_less_is_better() -> None:
    """Higher, nearer to 0 and nearer to 1 are all turned round."""
    values = np.array([2.0, 2.0, -2.0, 0.5])
    sides = ["lower", "higher", "nearer to 0", "nearer to 1"]
    assert badness(values, sides).tolist() == [2.0, -2.0, 2.0, 0.5]


def test_text_names_levels_winners_and_losers(pair: Comparison) -> None:
    """The text shows the headlines, what is worse and for whom, and where each is better."""
    text = tell(pair)
    assert "[elementary]" in text
    assert "worse than today, for everybody" in text
    assert "worse than today, for groups" in text
    assert "students moved [elementary]: 0 → 20" in text
    assert "stays: students moved [elementary]" in text.split("Where each is better")[1]
    assert "nan" not in text.lower()


def test_a_name_of_an_aim_is_no_other_measure(pair: Comparison) -> None:
    """The aim poverty_spread is a mean over students, the metric of that key the worst school."""
    text = tell(pair)
    for key in ("poverty_spread", "poverty_distance"):
        assert plain_name(key) in text
    assert "poverty spread" not in text


def test_headlines_leave_out_what_nobody_knows(pair: Comparison) -> None:
    """Rows without a single known number are not headlines."""
    heads = headline_table(pair)
    assert "dissimilarity_stratified" not in set(heads["metric"])
    assert "parity_gap" in set(heads["metric"])
    assert set(heads["scope"]) == {"level"}


def test_json_has_no_nan(pair: Comparison) -> None:
    """Everything can be written as plain JSON."""
    written = json.loads(json.dumps(pair.to_dict(), allow_nan=False))
    assert written["options"] == ["moves", "stays"]
    assert any(row["metric"] == "students_moved" for row in written["worse_than_today"]["moves"])


def test_names_stay_apart() -> None:
    """Equal titles are numbered, and no option is called like today's column."""
    twice = compare([_scored("nnss", "plan"), _scored("nsss", "plan")])
    assert twice.names == ("plan", "plan (2)")
    assert compare([_scored("nnss", "today")]).names == ("today (2)",)
    copies = [_scored("nnss", title) for title in ("run", "run", "run (2)", "better", "unit")]
    assert compare(copies).names == ("run", "run (2)", "run (2) (2)", "better (2)", "unit (2)")
    named = compare([_scored("nnss", "plan"), _scored("nsss", "plan")], names=["A", "B"])
    assert named.names == ("A", "B")


def _run(scored: Evaluation, data: str, ids: str = "0123") -> Run:
    """Return a run of a district's data; its blocks are named by `ids`."""
    record = {"status": "HEURISTIC", "objectives": [], "district": {"digest": data}}
    zones = plan([(f"0{b}", "elementary", "n", "", "") for b in ids])
    rules = pd.DataFrame({"ok": [True], "sentence": ["fine"]})
    return Run(Path(scored.title), record, zones, scored.metrics, rules, scored.moves)


def test_each_option_is_set_beside_its_own_today() -> None:
    """Of another year's students nothing is ranked, and gains are those on that year's today."""
    one = _scored("nsss", "one")
    later = one.metrics.assign(baseline=one.metrics["baseline"] + 50, plan=one.metrics["plan"] + 50)
    both = compare([_run(one, "a"), _run(replace(one, title="later", metrics=later), "b")])
    assert "on other data" in both.notes[0]
    assert tell(both).startswith("Note: The options do not agree about today")
    assert not both.best()["best"].any()
    assert both.gains("one", than="later").empty
    assert "Where each is better" not in tell(both)
    columns = list(both.columns)[6:]
    assert columns == ["today of one", "one", "today of later", "later"]
    for found in (both.losses("one"), both.losses("later")):
        row = _row(found, "students_moved", "district").iloc[0]
        assert row["after"] - row["before"] == 20.0
    assert both.to_dict()["same_today"] is False


def test_measures_with_another_today_are_not_ranked() -> None:
    """Of one district's data, only the measures whose numbers of today differ have no best."""
    one, two = _scored("nsss", "one"), _scored("nnss", "two")
    table = two.metrics
    other = table["baseline"].where(table["metric"] != "students_moved", 7.0)
    found = compare([_run(one, "a"), _run(replace(two, metrics=table.assign(baseline=other)), "a")])
    assert "thresholds" in found.notes[0]
    best = found.best()
    assert _row(best, "students_moved", "district")["best"].item() == ""
    assert _row(best, "share_moved", "district")["best"].item() == "two"


def test_runs_of_other_districts_are_refused() -> None:
    """Runs without a common block are of different districts; a part of one district is not."""
    one = _scored("nnss", "one")
    with pytest.raises(RunError, match="different districts"):
        compare([_run(one, "a"), _run(one, "b", ids="567")])
    assert compare([_run(one, "a", ids="01"), _run(one, "a", ids="23")]).notes == ()


def test_broken_rules_and_certainty_are_shown() -> None:
    """Rules that do not hold, and how sure a run is, stand with the option."""
    broken = Finding("capacity", False, 90.0, 60.0, "students", ("s",), "s is too full.")
    why = "high: its rules are not checked."
    scored = replace(_scored("nsss", "full"), findings=(broken,), unchecked=(why,))
    record = {
        "status": "HEURISTIC",
        "objectives": [
            {"name": "travel", "value": 1.5, "bound": 1.25, "unit": "km", "level": "low"},
            {"name": "students_moved", "value": 9, "bound": 7, "unit": "students", "level": "low"},
        ],
    }
    rules = pd.DataFrame({"ok": [True], "sentence": ["fine"]})
    run = Run(Path("runs/first"), record, None, scored.metrics, rules, scored.moves)
    text = tell(compare([scored, run]))
    assert "rule broken: s is too full." in text
    assert f"not checked: {why}" in text
    assert "how sure: HEURISTIC; travel 1.5 km, cannot be below 1.25; students_moved" in text
    assert "cannot be below 7 where the aims before it are kept" in text


def test_nothing_to_compare_is_an_error(tmp_path: Path) -> None:
    """No runs, names that do not fit, a folder that is no run, a run without a plan."""
    scored = _scored("nnss", "one")
    with pytest.raises(RunError, match="nothing to compare"):
        compare([])
    with pytest.raises(RunError, match="2 names for 1 runs"):
        compare([scored], names=["A", "B"])
    with pytest.raises(RunError):
        compare([tmp_path])
    with pytest.raises(RunError, match="no plan to compare"):
        compare([replace(scored, metrics=scored.metrics.iloc[:0])])
